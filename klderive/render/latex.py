r"""A report as LaTeX: a fragment for one's own paper, or a whole document.

Accepts reports and a style. The idea: every row begins at the left, so that chains read as they do in the terminal; the
layouts say where reasons and numbers stand. Formulas too wide for the page are broken by the notation's `latex_rows`.

Caveats: the fragment needs amsmath and amssymb, with environments also amsthm and a theorem `lemma`; it reads best with
the class option `fleqn`, and is broken for the size and the columns of its style.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sympy import Expr

from klderive.derivation import Line
from klderive.notation import latex_rows, read_sympy, to_latex
from klderive.notation.latex_printer import latex_width
from klderive.notation.strength import with_constant
from klderive.notation.tree import Name, Node, Relation, RelationSign
from klderive.render.declared import assumptions, special_case
from klderive.render.dependence import conclusion_stands
from klderive.render.explanation import explained
from klderive.render.formulas import MINUS, named_pieces
from klderive.render.latex_layouts import LAYOUTS, Entry, Row, display, formula_width
from klderive.render.latex_style import NARROW, LatexStyle, definitions, preamble
from klderive.render.latex_text import text
from klderive.render.marks import ERRATUM
from klderive.render.provisions import Provisions
from klderive.render.summary import (
    Detail,
    closing,
    leftover,
    mark_of,
    provision,
    qualification,
    reason_words,
    remarks,
    tag,
    tags,
)
from klderive.verify import LineReport, PartReport, Report

LEMMA_INDENT = 2.0
REMARK_INDENT = 4.0
NARROW_INDENT = 1.0
SIGN_WIDTH = 3.0
_SIGNS = {">": ">", "<": "<", "≥": r"\geq", "≤": r"\leq", "≠": r"\neq"}
"""The signs of declarations, `σ > 0`."""
_REFERENCE = 0xE000
"""Characters from here stand for references to lines while words are put together."""


def latex_fragment(
    report: Report,
    *,
    lemma: str | None = None,
    style: LatexStyle | None = None,
    detail: Detail = "paper",
) -> str:
    """The report to be input into a paper.

    Args:
        report: the report.
        lemma: the one lemma to be shown.
        style: the choices of the paper.
        detail: whether what is stated is shown without its proofs, or each line with what the kernel used.
    """
    style = style or LatexStyle()
    return "\n".join([*definitions(style), *_body(report, lemma, style, detail)])


def latex_document(
    reports: Sequence[Report],
    *,
    lemma: str | None = None,
    style: LatexStyle | None = None,
    detail: Detail = "paper",
) -> str:
    """A whole document with the reports, ready for pdflatex."""
    style = style or LatexStyle()
    rows = [preamble(style), r"\begin{document}", ""]
    for report in reports:
        derivation = report.derivation
        rows.append(rf"\section*{{{heading(derivation.title)}}}")
        source = derivation.source
        if source is not None:
            titled = source.title if source.title != derivation.title else ""
            named = ", ".join(filter(None, (titled, source.author, source.place)))
            if named:
                rows.append(rf"{{\small\raggedright After {text(named)}.\par}}")
        rows += filter(None, [_Page(report, style, detail).declared()])
        rows += [*_body(report, lemma, style, detail), ""]
    rows.append(r"\end{document}")
    return "\n".join(rows)


def label_of(name: str, line: Line) -> str:
    """The key by which a paper refers to a line of the derivation called `name`: `eq:gaussian-l2:T1:3`."""
    return key("eq", name, line.label)


def heading(title: str) -> str:
    """A title as it stands in a heading, where no word is divided."""
    return rf"\raggedright\hyphenpenalty=10000 {text(title)}"


def signed(row: str) -> str:
    """A row of a display; the minus it begins with is a sign, not a difference from what stands before the row."""
    return "{-}" + row[1:] if row.startswith("-") else row


def key(*parts: str) -> str:
    """A key for references, in which every character is harmless to LaTeX."""
    joined = ":".join(parts).replace(".", ":").replace(" ", "-")
    return re.sub(r"[^A-Za-z0-9:_-]", lambda match: f"-{ord(match[0]):x}-", joined)


def _body(report: Report, lemma: str | None, style: LatexStyle, detail: Detail) -> list[str]:
    page = _Page(report, style, detail)
    page.add(r"\begingroup\allowdisplaybreaks")
    for part in report.parts:
        if part.part.kind == "lemma":
            if lemma in (None, part.part.name):
                page.lemma(part)
        elif lemma is None and detail != "brief":
            page.section(part)
    if lemma is None:
        page.conclusion(report)
    page.add(r"\endgroup")
    return page.rows


class _Page:
    """Rows of LaTeX in the making."""

    def __init__(self, report: Report, style: LatexStyle, detail: Detail) -> None:
        self.report = report
        self.name = report.derivation.name
        self.scope = report.derivation.scope
        self.style = style
        self.detail = detail
        self.lines_by_label = [line.line for line in report.lines()]
        self.called = self.names(report)
        self.provisions = Provisions(self.places())
        self.rows: list[str] = []
        self.width = style.width
        narrow = style.width < NARROW
        self.lemma_indent = NARROW_INDENT if narrow else LEMMA_INDENT
        self.remark_indent = NARROW_INDENT if narrow else REMARK_INDENT
        self.hang = r"\quad " if narrow else r"\qquad "

    def names(self, report: Report) -> dict[str, str]:
        """What lines are called where others cite them: the document's numbers, or references."""
        names = tags(report)
        if self.style.number == "none":
            names = dict.fromkeys(names, "above")
        if self.style.number == "each":
            order = enumerate(self.lines_by_label)
            names = {line.label: chr(_REFERENCE + place) for place, line in order}
        return self.by_number(names)

    def by_number(self, names: dict[str, str]) -> dict[str, str]:
        """Names by label, and by number in the document, too: a reason may cite either."""
        numbered = {
            line.number: names[line.label]
            for line in self.lines_by_label
            if line.number and line.label in names
        }
        return {**names, **numbered}

    def places(self) -> dict[str, str]:
        """What lines are called where conditions refer to them, in LaTeX."""
        if self.style.number == "each":
            return self.called
        none = self.style.number == "none"
        return {k: "a line above" if none else text(name) for k, name in self.called.items()}

    def add(self, *rows: str) -> None:
        """Add rows as they are."""
        self.rows += rows

    # The parts of the page

    def declared(self) -> str:
        """What is assumed of the symbols."""
        said = "; ".join(assumptions(self.report.derivation, lambda node: f"${self.inline(node)}$"))
        for sign, latex in _SIGNS.items():
            said = said.replace(f"$ {sign} 0", f"$ ${latex} 0$")
        return rf"{{\small\raggedright For {said}.\par}}" if said else ""

    def section(self, part: PartReport) -> None:
        """A section under its heading."""
        if part.part.title:
            self.add(rf"\subsection*{{{heading(part.part.title)}}}")
            if part.lines and self.style.layout != "table":
                # A display begins a paragraph, the first line of which is empty.
                self.add(r"\nobreak\vskip-\baselineskip")
        self.lines(part)

    def lemma(self, part: PartReport) -> None:
        """A lemma: its name, what it states, its proof; as an indented block, or as environments."""
        name, title = text(part.part.name), text(part.part.title)
        conclusion = part.part.conclusion()
        environments = self.style.environments
        if environments:
            label = key("lem", self.name, part.part.name)
            # Braces, for a title may hold a square bracket.
            titled = ": ".join(filter(None, (name, title)))
            self.add(rf"\begin{{lemma}}[{{{titled}}}]\label{{{label}}}")
        else:
            self.width = self.style.width - self.lemma_indent
            indent = rf"\setlength{{\leftmargin}}{{{self.lemma_indent}em}}"
            self.add(rf"\begin{{list}}{{}}{{{indent}}}\item\relax")
            self.add(rf"\textbf{{Lemma {name}}}{f' ({title})' if title else ''}.")
        if conclusion is not None:
            left, sign, right, _ = conclusion
            self.add(*display(self.stated(left, sign, right)))
            self.add(*filter(None, (self.qualified(part.part.qualified()),)))
        if environments:
            self.add(r"\end{lemma}")
        if self.detail != "brief":
            self.add(r"\begin{proof}\leavevmode" if environments else r"\emph{Proof.}")
            self.lines(part)
            if environments:
                self.add(r"\end{proof}")
        if not environments:
            self.add(r"\end{list}")
        self.width = self.style.width

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
            lead = "So" if conclusion_stands(report) else "Not established:"
            self.add("", rf"\bigskip {lead}{case}")
            self.add(*display(self.stated(left, sign, right)))
        self.add("", rf"{{\raggedright {self.words(self.closed(report))}\par}}")

    def closed(self, report: Report) -> str:
        """The closing line, with the names of lines that this page gives them."""
        return closing(report, self.called).replace("conditions at above", "conditions above")

    # Lines

    def lines(self, part: PartReport) -> None:
        """The lines of a part in the layout; where chains have one number, each by itself."""
        groups: list[list[tuple[LineReport, bool]]] = [[]]
        current: Node | None = None
        for line in part.lines:
            written = line.line
            opens = written.opening or (not written.remark and written.first is not current)
            fresh = self.style.layout == "split" and opens and not written.remark
            if fresh and groups[-1]:
                groups.append([])
            if not written.remark:
                current = written.first
            groups[-1].append((line, opens or written.restated))
        where: tuple[tuple[str, Node], ...] = ()
        for group in groups:
            lettered = self.style.layout == "split" and len(group) > 1
            items: list[Entry | str] = []
            outside = self.called
            if lettered:
                own = {line.line.label: f"({_letter(n)})" for n, (line, _) in enumerate(group)}
                self.called = {**outside, **self.by_number(own)}
            for place, (line, left_shown) in enumerate(group):
                if line.line.where != where:
                    where = line.line.where
                    if where:
                        items.append(self.values(line.line))
                letter = _letter(place) if lettered else ""
                items.append(self.entry(line, left_shown, letter))
            self.called = outside
            # A line that stands alone has room for its reason beside it.
            layout = LAYOUTS["align" if self.style.layout == "split" else self.style.layout]
            layout = LAYOUTS["split"] if lettered else layout
            if items:
                self.add(*layout(items, self.style, self.remark_indent, self.width))

    def entry(self, line: LineReport, left_shown: bool, letter: str) -> Entry:
        """A line as it is to be set."""
        written = line.line
        room = formula_width(self.style, self.width)
        if written.remark:
            room -= self.remark_indent
        indent = rf"\hspace{{{self.remark_indent}em}}" if written.remark else ""
        rows = self.formula_rows(line, left_shown, letter, indent, room)
        reason = self.words(reason_words(line, self.called))
        if line.erratum:
            lead = mark_of(line).one
            rest = reason.removeprefix(ERRATUM.one)
            reason = rf"\textbf{{{lead}}}{rest}"
        elif not line.verified:
            reason = rf"\textbf{{{mark_of(line).one}}}" + (f": {reason}" if reason else "")
        elif line.verdict.status == "assumed":
            reason = f"assumed: {reason}" if reason else "assumed"
        qualified = self.qualified(written)
        entry = Entry(rows, "; ".join(filter(None, (qualified, reason))), letter=letter)
        entry.length = len(qualified) + len(reason_words(line, self.called)) + len(tag(written))
        entry.number = text(tag(written))
        entry.label = label_of(self.name, written)
        # Where every line is explained, each has all of its conditions.
        said = provision if self.detail == "full" else self.provisions.said
        conditions = said(line, self.formula, nonzero=r"~$\neq 0$", positive="~$> 0$")
        # A condition is said in LaTeX already, but for the name of the line that it refers to.
        entry.comments = [self.referred(conditions)] if conditions else []
        entry.comments += [self.words(said) for said in remarks(line, self.called)]
        entry.comments += filter(None, (leftover(line, self.formula),))
        if self.detail == "full":
            entry.comments += self.explained(line)
        return entry

    def explained(self, line: LineReport) -> Iterator[str]:
        """What the kernel used for a line; a formula that would fill a row stands in rows of its own."""
        for words, formula in explained(self.report, line):
            shown = ""
            if formula is not None:
                rows = self.wrapped(formula, self.width - self.remark_indent)
                if len(rows) == 1 and latex_width(rows[0]) < self.width / 3:
                    shown = f"${rows[0]}$"
                else:
                    shown = "".join(rf"\\[2pt] $\displaystyle {signed(row)}$" for row in rows)
            yield f"{self.words(words.strip())} {shown}".strip()

    def formula_rows(
        self, line: LineReport, left_shown: bool, letter: str, indent: str, room: float
    ) -> list[str]:
        """The formula of a line: both sides in a row if there is room, otherwise the sign begins a row."""
        written = line.line
        sign = self.sign(written.sign)
        if letter:
            sign = rf"\overset{{\mathrm{{{letter}}}}}{{{sign}}}"
        side = with_constant(written.right) if written.sign == "up to" else written.right
        rows: list[str] = []
        if left_shown:
            relation = Relation((written.start, written.right), (written.sign,))
            if len(self.wrapped(relation, room)) == 1:
                both = f"{signed(self.inline(written.start))} {sign} {self.inline(side)}"
                return [f"{indent}{both}"]
            rows += self.hanging(self.wrapped(written.start, room), indent)
        right = self.wrapped(side, room - SIGN_WIDTH)
        right[0] = f"{sign} {right[0]}"
        return [*rows, *self.hanging(right, indent + r"\quad ")]

    def hanging(self, rows: list[str], indent: str) -> Iterator[str]:
        """Rows of one formula, all but the first further to the right."""
        for position, row in enumerate(rows):
            yield indent + (self.hang if position else "") + signed(row)

    def stated(self, left: Node, sign: RelationSign, right: Node) -> list[Row]:
        """A relation as rows of a display."""
        rows = self.wrapped(Relation((left, right), (sign,)), self.width)
        return [(f"&{row}", False) for row in self.hanging(rows, "")]

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
        shown = [
            "$"
            + " = ".join([*(self.inline(Name(name)) for name in names), self.inline(value)])
            + "$"
            for names, value in special_case(line)
        ]
        return "with " + ", ".join(shown)

    def formula(self, expression: Expr) -> str:
        """An expression of the kernel's within words."""
        return f"${self.inline(read_sympy(expression, self.scope))}$"

    def inline(self, node: Node) -> str:
        """A formula within words."""
        return to_latex(node, self.scope, macros=self.style.macros)

    def wrapped(self, node: Node, width: float) -> list[str]:
        """A formula in rows."""
        return latex_rows(node, self.scope, width=width, macros=self.style.macros)

    def words(self, words: str) -> str:
        """Words for print, in which formulas and the names of functions and symbols are set as mathematics."""
        return self.referred(
            "".join(
                self.plain(piece) if node is None else f"${self.inline(node)}$"
                for piece, node in named_pieces(words, self.scope)
            )
        )

    def referred(self, words: str) -> str:
        """LaTeX with references in place of the characters that stand for them, and escaped names of lines."""
        return "".join(
            rf"\eqref{{{label_of(self.name, self.lines_by_label[ord(c) - _REFERENCE])}}}"
            if _REFERENCE <= ord(c) < _REFERENCE + len(self.lines_by_label)
            else c
            for c in words
        )

    def plain(self, words: str) -> str:
        """Words escaped, but for the characters that stand for references."""
        last = chr(_REFERENCE + len(self.lines_by_label) - 1)
        tokens = re.split(rf"(\s+|[{chr(_REFERENCE)}-{last}])", MINUS.sub("−", words))
        return "".join(
            " " if token.isspace() else token if place % 2 else text(token)
            for place, token in enumerate(tokens)
        )


def _letter(place: int) -> str:
    """a, b, ..., z, aa, ab, ..."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return (_letter(place // 26 - 1) if place >= 26 else "") + letters[place % 26]
