r"""A report as LaTeX: a fragment for one's own paper, or a whole document.

Accepts reports. The idea: every row of an `align*` begins at the left, so that chains read as they do in the terminal;
reason and number are the row's `\tag*`, which amsmath sets at the right margin where there is room and below the row
where there is none, so that they never collide. Formulas too wide for the page are broken by the notation's
`latex_rows`; words too long for a tag become a row of their own.

Caveats: the fragment needs amsmath and amssymb, reads best with the class option `fleqn`, and reckons with a text width
of at least 45 em at 10 pt. Letters of text that pdflatex does not know are set as question marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sympy import Expr

from klderive.derivation import Line
from klderive.notation import latex_rows, read_sympy, to_latex
from klderive.notation.names import GREEK
from klderive.notation.strength import with_constant
from klderive.notation.tree import Name, Node, Relation, RelationSign
from klderive.render.formulas import pieces
from klderive.render.marks import ERRATUM
from klderive.render.provisions import Provisions
from klderive.render.summary import (
    closing,
    leftover,
    mark_of,
    qualification,
    reason_words,
    remarks,
    tag,
    tags,
)
from klderive.verify import LineReport, PartReport, Report

TEXT_WIDTH = 43.0
"""Ems that a row may fill, in the estimate of the notation room; the page has 45.5."""
LEMMA_INDENT = 2.0
REMARK_INDENT = 4.0
SIGN_WIDTH = 3.0
LONGEST_TAG = 75
"""Characters of a reason that may stand beside a row; longer ones get a row of their own."""

_PREAMBLE = r"""\documentclass[fleqn]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern}
\usepackage{microtype}
\usepackage{amsmath,amssymb,mathtools}
\usepackage[a4paper,margin=25mm]{geometry}
\setlength{\mathindent}{0pt}
\setlength{\parindent}{0pt}
\setlength{\parskip}{\smallskipamount}
\emergencystretch=3em
"""


def latex_fragment(report: Report, *, lemma: str | None = None) -> str:
    """The report to be input into a document that loads amsmath and amssymb; with `lemma`, only that lemma."""
    page = _Page(report)
    page.add(r"\begingroup\allowdisplaybreaks")
    for part in report.parts:
        if part.part.kind == "lemma":
            if lemma in (None, part.part.name):
                page.lemma(part)
        elif lemma is None:
            page.section(part)
    if lemma is None:
        page.conclusion(report)
    page.add(r"\endgroup")
    return "\n".join(page.rows)


def latex_document(reports: Sequence[Report], *, lemma: str | None = None) -> str:
    """A whole document with the reports, ready for pdflatex."""
    rows = [_PREAMBLE, r"\begin{document}", ""]
    for report in reports:
        derivation = report.derivation
        rows.append(rf"\section*{{{text(derivation.title)}}}")
        source = derivation.source
        if source is not None:
            titled = source.title if source.title != derivation.title else ""
            named = ", ".join(filter(None, (titled, source.author, source.place)))
            if named:
                rows.append(rf"{{\small\raggedright After {text(named)}.\par}}")
        rows += [latex_fragment(report, lemma=lemma), ""]
    rows.append(r"\end{document}")
    return "\n".join(rows)


_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
    "`": "`",
    "\u00a0": "~",
}
_GREEK_COMMANDS = {letter: rf"\ensuremath{{\{name}}}" for name, letter in GREEK.items()}
_KNOWN_SIGNS = "–—‘’“”…"
_LONG_WORD = 24


def text(words: str) -> str:
    """Words with every character that means something to LaTeX escaped; long words may break."""
    return " ".join(_word(word) for word in words.split())


def _word(word: str) -> str:
    pieces = []
    run = 0
    for character in word:
        if character in _SPECIAL:
            piece = _SPECIAL[character]
        elif character in _GREEK_COMMANDS:
            piece = _GREEK_COMMANDS[character]
        elif character.isascii():
            piece = character if character.isprintable() else ""
        elif "\u00a1" <= character <= "\u017f" or character in _KNOWN_SIGNS:
            piece = character
        else:
            piece = "?"
        run = run + 1 if character.isalnum() else 0
        if len(word) > _LONG_WORD and run % _LONG_WORD == 0:
            piece += r"\allowbreak{}"
        pieces.append(piece)
    return "".join(pieces)


class _Page:
    """Rows of LaTeX in the making."""

    def __init__(self, report: Report) -> None:
        self.scope = report.derivation.scope
        self.called = tags(report)
        self.provisions = Provisions()
        self.rows: list[str] = []
        self.width = TEXT_WIDTH

    def add(self, *rows: str) -> None:
        """Add rows as they are."""
        self.rows += rows

    # The parts of the page

    def section(self, part: PartReport) -> None:
        """A section under its heading."""
        if part.part.title:
            self.add(rf"\subsection*{{{text(part.part.title)}}}")
        self.lines(part)

    def lemma(self, part: PartReport) -> None:
        """A lemma as an indented block: its name, what it states, its proof."""
        self.width = TEXT_WIDTH - LEMMA_INDENT
        title = f" ({text(part.part.title)})" if part.part.title else ""
        indent = rf"\setlength{{\leftmargin}}{{{LEMMA_INDENT}em}}"
        self.add(rf"\begin{{list}}{{}}{{{indent}}}\item\relax")
        self.add(rf"\textbf{{Lemma {text(part.part.name)}}}{title}.")
        conclusion = part.part.conclusion()
        if conclusion is not None:
            left, sign, right, _ = conclusion
            self.display(self.stated(left, sign, right))
            self.add(*filter(None, (self.qualified(part.part.qualified()),)))
        self.add(r"\emph{Proof.}")
        self.lines(part)
        self.add(r"\end{list}")
        self.width = TEXT_WIDTH

    def conclusion(self, report: Report) -> None:
        """What follows in the end, and the closing line."""
        conclusion = report.derivation.conclusion()
        if conclusion is not None:
            left, sign, right, line = conclusion
            said = (
                self.qualified(report.derivation.qualified()),
                self.values(line) if line.where else "",
            )
            case = f" ({'; '.join(filter(None, said))})" if any(said) else ""
            lead = "So" if report.verified else "Not established:"
            self.add("", rf"\bigskip {lead}{case}")
            self.display(self.stated(left, sign, right))
        self.add("", rf"{{\raggedright {self.words(closing(report))}\par}}")

    # Lines

    def lines(self, part: PartReport) -> None:
        """The lines of a part, one display for as long as no words come between."""
        if not part.lines:
            return
        rows: list[str] = []
        current: Node | None = None
        where: tuple[tuple[str, Node], ...] = ()
        for line in part.lines:
            written = line.line
            if written.where != where:
                where = written.where
                if where:
                    rows.append(rf"&\text{{{self.values(written)}}}")
            opens = written.opening or (not written.remark and written.first is not current)
            if not written.remark:
                current = written.first
            rows += self.line(line, opens or written.restated)
        self.display(rows)

    def line(self, line: LineReport, left_shown: bool) -> Iterator[str]:
        """The rows of a line, the last with reason and number."""
        written = line.line
        indent = rf"\hspace{{{REMARK_INDENT}em}}" if written.remark else ""
        width = self.width - (REMARK_INDENT if written.remark else 0)
        rows = []
        whole = latex_rows(
            Relation((written.start, written.right), (written.sign,)), self.scope, width=width
        )
        if left_shown and len(whole) == 1:
            rows.append(f"&{indent}{whole[0]}")
        else:
            if left_shown:
                rows += self.hanging(latex_rows(written.start, self.scope, width=width), indent)
            side = with_constant(written.right) if written.sign == "up to" else written.right
            right = latex_rows(side, self.scope, width=width - SIGN_WIDTH)
            right[0] = f"{self.sign(written.sign)} {right[0]}"
            rows += self.hanging(right, indent + r"\quad ")
        status = line.verdict.status
        reason = self.words(reason_words(line, self.called))
        if line.erratum:
            lead = mark_of(line).one
            rest = reason.removeprefix(ERRATUM.one)
            reason = rf"\textbf{{{lead}}}{rest}"
        elif not line.verified:
            reason = rf"\textbf{{{mark_of(line).one}}}" + (f": {reason}" if reason else "")
        elif status == "assumed":
            reason = f"assumed: {reason}" if reason else "assumed"
        qualified = self.qualified(written)
        reason = "; ".join(filter(None, (qualified, reason)))
        number = text(tag(written))
        length = len(qualified) + len(reason_words(line, self.called))
        beside = bool(reason) and length <= LONGEST_TAG
        shown = rf"{reason}\quad {number}" if beside else number
        yield from rows[:-1]
        yield rf"{rows[-1]} \tag*{{\footnotesize {shown}}}"
        if reason and not beside:
            yield self.comment(reason)
        conditions = self.provisions.said(
            line, self.formula, nonzero=r" $\neq 0$", positive=" $> 0$"
        )
        if conditions:
            yield self.comment(conditions)
        for said in remarks(line, self.called):
            yield self.comment(self.words(said))
        rest = leftover(line, self.formula)
        if rest:
            yield self.comment(rest)

    @staticmethod
    def hanging(rows: list[str], indent: str) -> Iterator[str]:
        """Rows of one formula, all but the first further to the right."""
        for position, row in enumerate(rows):
            yield f"&{indent}" + (r"\qquad " if position else "") + row

    def comment(self, words: str) -> str:
        """Words as a row of a display."""
        box = rf"\parbox{{0.85\linewidth}}{{\footnotesize\raggedright {words}}}"
        return rf"&\hspace{{{REMARK_INDENT}em}}{box}"

    def stated(self, left: Node, sign: RelationSign, right: Node) -> list[str]:
        """A relation as rows of a display."""
        relation = Relation((left, right), (sign,))
        return list(self.hanging(latex_rows(relation, self.scope, width=self.width), ""))

    def display(self, rows: list[str]) -> None:
        """Rows as one display; no page ends after a row that only leads to the next."""
        ends = [r" \\" if r"\tag*" in row or r"\parbox" in row else r" \\*" for row in rows[:-1]]
        joined = [row + end for row, end in zip(rows, [*ends, ""], strict=True)]
        self.add(r"\begin{align*}", *joined, r"\end{align*}")

    # Pieces

    def sign(self, sign: RelationSign) -> str:
        """The sign of a relation."""
        shown = to_latex(Relation((Name("a"), Name("b")), (sign,)), self.scope)
        return shown[1:].split(" b")[0].strip()

    def qualified(self, line: Line | None) -> str:
        """What the relation of a line speaks of, in words."""
        return qualification(line, lambda node: f"${self.inline(node)}$", r"$\to$")

    def values(self, line: Line) -> str:
        """The special case of a line in words."""
        groups: list[tuple[list[str], Node]] = []
        for name, value in line.where:
            for names, other in groups:
                if other == value:
                    names.append(name)
                    break
            else:
                groups.append(([name], value))
        shown = [
            "$"
            + " = ".join([*(self.inline(Name(name)) for name in names), self.inline(value)])
            + "$"
            for names, value in groups
        ]
        return "with " + ", ".join(shown)

    def formula(self, expression: Expr) -> str:
        """An expression of the kernel's within words."""
        return f"${self.inline(read_sympy(expression, self.scope))}$"

    def inline(self, node: Node) -> str:
        """A formula within words."""
        return to_latex(node, self.scope)

    def words(self, words: str) -> str:
        """Words for print, in which formulas and the names of functions and symbols are set as mathematics."""
        return "".join(
            self._words(piece) if node is None else f"${self.inline(node)}$"
            for piece, node in pieces(words, self.scope)
        )

    def _words(self, words: str) -> str:
        done = []
        previous = ""
        for token in re.split(r"(\s+|[,;:.()]+)", words):
            named = token in self.scope.functions and (len(token) > 1 or previous == "of")
            if named or (token in self.scope.symbols and len(token) > 1):
                done.append(f"${self.inline(Name(token))}$")
            elif token.isspace():
                done.append(" ")
            else:
                done.append(text(token))
            if token.strip():
                previous = token
        return "".join(done)
