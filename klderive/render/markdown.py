r"""A report as Markdown with dollar math, as GitHub and notebooks show it.

Accepts a report. The idea: one display for each line, its reason and whatever there is to say below it as text.
Markdown reads the text between dollars before any reader of mathematics does, so formulas are written without what
Markdown would take for its own: no backslash before punctuation, no `*`, no `<`, no `_` that could open emphasis.

Caveats: GitHub forbids `\operatorname`; an upright `\mathop` stands for it. Long formulas are not broken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sympy import Expr

from klderive.notation import Node, Scope, read_sympy, to_latex
from klderive.notation.strength import with_constant
from klderive.notation.tree import Relation, RelationSign
from klderive.render.declared import assumptions, values
from klderive.render.dependence import conclusion_stands
from klderive.render.explanation import explained
from klderive.render.formulas import MINUS, named_pieces
from klderive.render.summary import (
    TOGETHER,
    Detail,
    closing,
    condition_words,
    leftover,
    mark_of,
    provision,
    qualification,
    reason_words,
    remarks,
    supports_by_kind,
    tag,
    tags,
    tally,
    together,
)
from klderive.verify import LineReport, PartReport, Report, Support

_SIGNS: dict[RelationSign, str] = {
    "=": "=",
    "!=": r"\neq",
    "<=": r"\leq",
    ">=": r"\geq",
    "<": r"\lt",
    ">": r"\gt",
    "->": r"\to",
    "~": r"\approx",
    "in": r"\in",
    "up to": "=",
    "proportional": r"\propto",
}
_NEUTRAL = (
    (re.compile(r"\\operatorname\*\{([^{}]*)\}"), r"\\mathop{\\mathrm{\1}}\\limits"),
    (re.compile(r"\\operatorname\{([^{}]*)\}"), r"\\mathop{\\mathrm{\1}}\\nolimits"),
    (re.compile(r"\\\\"), r"\\cr "),
    (re.compile(r"\\,"), r"\\thinspace "),
    (re.compile(r"\\!"), ""),
    (re.compile(r"\\\|"), r"\\Vert "),
    (re.compile(r"\\\{"), r"\\lbrace "),
    (re.compile(r"\\\}"), r"\\rbrace "),
    (re.compile(r"\["), r"\\lbrack "),
    (re.compile(r"\]"), r"\\rbrack "),
    (re.compile(r"<"), r"\\lt "),
    (re.compile(r">"), r"\\gt "),
    (re.compile(r"\*"), r"\\ast "),
    (re.compile(r"(?<=[^\w\s])_(?=\S)"), "_ "),
)
_HELD = re.compile("\ue000([0-9]+)\ue001")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#+|~$!&])")
_BEGINS_BLOCK = re.compile(r"^(\s*\d*)([-=.)])")


def markdown(report: Report, *, lemma: str | None = None, detail: Detail = "paper") -> str:
    """The report as a Markdown document; with `lemma`, only that lemma.

    With the detail `brief`, what is stated without its proof; with `full`, what the kernel used under each line.
    """
    page = _Page(report, detail)
    if lemma is None:
        page.heading()
    for part in report.parts:
        if lemma is None or (part.part.kind == "lemma" and part.part.name == lemma):
            page.part(part)
    if lemma is None:
        page.conclusion()
        if detail != "brief":
            page.supports()
    return "\n\n".join(page.blocks)


def neutral(latex: str) -> str:
    """LaTeX that Markdown leaves alone."""
    # The degree of a root is the one bracket that is not a delimiter.
    latex = re.sub(r"\\sqrt\[([^\[\]]*)\]\{", r"\\root \1 \\of{", latex)
    for pattern, replacement in _NEUTRAL:
        latex = pattern.sub(replacement, latex)
    return re.sub(r" {2,}", " ", latex).strip()


def escaped(words: str) -> str:
    """Words in which nothing is taken for Markdown, within a paragraph or at its beginning."""
    return _at_beginning(_within(words))


def _within(words: str) -> str:
    return _SPECIAL.sub(r"\\\1", words.replace("\n", " "))


def _at_beginning(shown: str) -> str:
    """A paragraph that is taken neither for a list nor for a rule."""
    return _BEGINS_BLOCK.sub(r"\1\\\2", shown)


class _Page:
    """Blocks of Markdown in the making."""

    def __init__(self, report: Report, detail: Detail) -> None:
        self.report = report
        self.detail = detail
        self.derivation = report.derivation
        self.scope: Scope = report.derivation.scope
        self.called = tags(report)
        self.blocks: list[str] = []
        self.held: list[str] = []

    # The parts

    def heading(self) -> None:
        """Title, source, assumptions on symbols, status."""
        derivation = self.derivation
        self.blocks.append(f"# {escaped(derivation.title)}")
        source = derivation.source
        if source is not None:
            titled = source.title if source.title != derivation.title else ""
            named = ", ".join(filter(None, (titled, source.author, source.place)))
            if named:
                self.blocks.append(f"After {escaped(named)}.")
        declared = "; ".join(assumptions(derivation, self.formula))
        if declared:
            self.blocks.append(self.words(f"For {declared}."))
        word = "verified" if self.report.verified else "not verified"
        self.blocks.append(f"**{word}**; {escaped(tally(self.report))}.")

    def part(self, part: PartReport) -> None:
        """A section or a lemma under its heading, then its lines."""
        title = escaped(part.part.title)
        if self.detail == "brief" and part.part.kind != "lemma":
            return
        if part.part.kind == "lemma":
            name = f"Lemma {escaped(part.part.name)}"
            self.blocks.append(f"## {name}{f': {title}' if title else ''}")
            conclusion = part.part.conclusion()
            if conclusion is not None:
                left, sign, right, _ = conclusion
                self.display(Relation((left, right), (sign,)))
                self.said(qualification(part.part.qualified(), self.formula, "→"))
            if self.detail == "brief":
                return
            self.blocks.append("*Proof.*")
        elif title:
            self.blocks.append(f"## {title}")
        current: Node | None = None
        where: tuple[tuple[str, Node], ...] = ()
        for line in part.lines:
            written = line.line
            if written.where != where:
                where = written.where
                self.said(values(written, self.formula))
            opens = written.opening or (not written.remark and written.first is not current)
            if not written.remark:
                current = written.first
            self.line(line, opens or written.restated)

    def line(self, line: LineReport, left_shown: bool) -> None:
        """A line: its display, then mark, number, reason, and what there is to say of it."""
        written = line.line
        if left_shown:
            self.display(Relation((written.start, written.right), (written.sign,)))
        else:
            side = with_constant(written.right) if written.sign == "up to" else written.right
            self.display(side, _SIGNS[written.sign] + " ")
        mark = mark_of(line)
        reason = reason_words(line, self.called)
        if line.verdict.status == "assumed" or not (line.verified or line.erratum):
            reason = f"{mark.one}: {reason}" if reason else mark.one
        qualified = qualification(written, self.formula, "→")
        words = self.words("; ".join(filter(None, (qualified, reason))))
        if line.erratum:
            words = words.replace(escaped(mark.one), f"**{escaped(mark.one)}**", 1)
        sign = escaped(mark.sign)
        self.blocks.append(f"{sign} **{escaped(tag(written))}** {words}".rstrip())
        shown = [
            provision(line, self.expression, nonzero=" ≠ 0", positive=" > 0"),
            *remarks(line, self.called),
            leftover(line, self.expression),
        ]
        items = [self.words(said) for said in shown if said]
        if self.detail == "full":
            items += self.explained(line)
        self.listed(items)

    def explained(self, line: LineReport) -> Iterator[str]:
        """What the kernel used for a line."""
        for words, formula in explained(self.report, line):
            yield self.words(words + (self.formula(formula) if formula is not None else ""))

    def conclusion(self) -> None:
        """What follows in the end, and the closing words."""
        conclusion = self.derivation.conclusion()
        if conclusion is not None:
            left, sign, right, line = conclusion
            said = (
                qualification(self.derivation.qualified(), self.formula, "→"),
                values(line, self.formula),
            )
            case = f" ({'; '.join(filter(None, said))})" if any(said) else ""
            lead = "So" if conclusion_stands(self.report) else "Not established:"
            self.blocks += ["---", self.words(lead + case)]
            self.display(Relation((left, right), (sign,)))
        self.blocks.append(self.words(closing(self.report)))

    def supports(self) -> None:
        """What the derivation stands on, by kind."""
        self.blocks.append("## What it stands on")
        groups = supports_by_kind(self.report)
        if not groups:
            self.blocks.append("It stands on nothing but its definitions.")
        for heading, supports in groups.items():
            self.blocks.append(f"### {heading}")
            self.listed(map(self.support, supports))
        words = together(self.report)
        if words:
            self.blocks += [f"### {TOGETHER}", self.words(words)]

    def support(self, support: Support) -> str:
        """A support with its conditions and the lines that need it."""
        words = support.text
        for condition in self.report.conditions():
            if support.kind == "condition" and str(condition) == support.text:
                words = condition_words(condition, self.expression, nonzero=" ≠ 0", positive=" > 0")
        needed = ", ".join(self.called.get(label, label) for label in support.lines)
        said = [
            f"{words} [{support.source}]" if support.source else words,
            support.statement,
            *(f"provided that {condition}" for condition in support.conditions),
            f"needed by {needed}" if needed else "no step uses it",
        ]
        return "; ".join(self.words(each) for each in said if each)

    # Blocks

    def display(self, node: Node, sign: str = "") -> None:
        """A formula as a display."""
        self.blocks.append(f"$${sign}{neutral(to_latex(node, self.scope))}$$")

    def said(self, words: str) -> None:
        """Words as a paragraph, if there are any."""
        if words:
            self.blocks.append(self.words(words))

    def listed(self, items: Iterable[str]) -> None:
        """A list, if there is anything to list."""
        rows = "\n".join(f"- {item}" for item in items)
        if rows:
            self.blocks.append(rows)

    # Formulas within words

    def formula(self, node: Node) -> str:
        """A mark for a formula, which `words` puts in its place."""
        self.held.append(f"${neutral(to_latex(node, self.scope))}$")
        return f"\ue000{len(self.held) - 1}\ue001"

    def expression(self, expression: Expr) -> str:
        """A mark for an expression of the kernel's."""
        return self.formula(read_sympy(expression, self.scope))

    def words(self, words: str) -> str:
        """Words escaped, with their formulas and names as mathematics."""
        done = []
        for place, piece in enumerate(_HELD.split(words)):
            if place % 2:
                index = int(piece)
                done.append(self.held[index] if index < len(self.held) else "")
                continue
            for text, node in named_pieces(piece, self.scope):
                if node is None:
                    done.append(_within(MINUS.sub("−", text)))
                else:
                    done.append(f"${neutral(to_latex(node, self.scope))}$")
        return _at_beginning("".join(done))
