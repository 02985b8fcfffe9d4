"""One line in full: what it claims, why it holds or fails, what the kernel used, what rests on it.

Accepts a report; gives labelled items whose words and formulas each format prints in its own way.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import chop_cells
from sympy import Symbol, preorder_traversal

from klderive.kernel import Status
from klderive.notation import NotationError, read_sympy, to_ascii, to_unicode, wrap
from klderive.notation.nodes import Defined
from klderive.notation.tree import Application, Name, Node, Relation
from klderive.render.alphabet import ascii_rows
from klderive.render.formulas import prose
from klderive.render.summary import leftover, listed, place, provisos, remarks, tag, tags
from klderive.verify import LineReport, PartReport, Report, words_for
from klderive.verify.normal_forms import normal_form

LABEL_WIDTH = 12
HANG = 4
_THEORIES = {
    "logarithms": "the laws of logarithms, of factors that are positive",
    "linearity": "integrals, sums and expectations are linear",
    "log u <= u - 1": "log u <= u - 1 for positive u",
    "monotone maps": "a monotone map keeps the optimum",
    "parity": "an odd integrand vanishes on a symmetric interval",
    "integration": "an integral is the difference of an antiderivative's values at the ends",
    "summation": "a sum is the difference of an antidifference's values at the ends, or a series of known sum",
    "mean value theorem": "a function with a derivative that is not negative does not fall",
}
_STATUS: dict[Status, str] = {
    "proved": "proved, by plain algebra and what it uses",
    "definition": "a definition: it introduces a name",
    "assumed": "assumed, not proved",
    "wrong_reason": "true, but not by the reason given",
    "refuted": "refuted: it is false",
    "undecided": "undecided: neither proved nor refuted",
}


@dataclass(frozen=True, slots=True)
class Used:
    """Something that the proof of a line used: its name, and what it says, as a formula or in words."""

    name: str
    says: Node | None = None
    words: str = ""


def used(report: Report, line: LineReport) -> Iterator[Used]:
    """What the kernel used for a line, in order of first need."""
    if line.verdict.status == "definition":
        return  # It names what it introduces, which stands on the line.
    called = tags(report)
    for name in line.verdict.uses:
        (shown,) = (listed([words_for(name)], called),)
        try:
            says = _statement(report, line, name)
        except NotationError:
            says = None
        yield Used(shown, says, "" if says is not None else _THEORIES.get(name, ""))


def explained(report: Report, line: LineReport) -> Iterator[tuple[str, Node | None]]:
    """What the kernel used for a line, and what both sides come to: words, each with the formula that follows them."""
    for item in used(report, line):
        words = f"by {item.name}" + (f": {item.words}" if item.words else "")
        yield (words if item.says is None else f"{words}: "), item.says
    form = both_sides(report, line)
    if form is not None:
        yield "both sides come to ", form


def both_sides(report: Report, line: LineReport) -> Node | None:
    """What both sides of a line come to; None where that says nothing or cannot be written."""
    form = normal_form(report.derivation, line)
    if form is None:
        return None
    try:
        return read_sympy(form, report.derivation.scope)
    except NotationError:
        return None


def _statement(report: Report, line: LineReport, name: str) -> Node | None:
    """What a definition, a fact, a lemma, a line or a premise says."""
    derivation = report.derivation
    kind, _, rest = name.partition(" ")
    if kind == "definition":
        return _definition(report, line, rest)
    if kind == "lemma" and rest in derivation.lemmas:
        conclusion = derivation.lemmas[rest].conclusion()
        return conclusion and Relation((conclusion[0], conclusion[2]), (conclusion[1],))
    if kind == "line":
        for other in derivation.lines():
            if rest in (other.label, other.number):
                return Relation((other.start, other.right), (other.sign,))
    if kind in ("axiom", "hypothesis") and rest in derivation.premises:
        return derivation.premises[rest].relation
    fact = derivation.facts.get(name)
    if fact is None:
        return None
    sides = [read_sympy(side, derivation.scope) for side in (fact.left, fact.right)]
    return Relation((sides[0], sides[1]), ("=",))


def _definition(report: Report, line: LineReport, name: str) -> Node | None:
    """A definition as it was written, or what an operator in the line stands for."""
    for other in report.derivation.lines():
        head = other.left
        if other.role == "definition" and name in _names_of(head):
            return Relation((head, other.right), ("=",))
    for side in (line.line.statement.left, line.line.statement.right):
        for node in preorder_traversal(side):
            if isinstance(node, Defined) and node.name == name:
                scope = report.derivation.scope
                meaning = read_sympy(node.definition(), scope)
                return Relation((read_sympy(node, scope), meaning), ("=",))
    declared = report.derivation.functions.get(name)
    if declared is None or declared.definition is None:
        return None
    arguments = tuple(Name(p.name) for p in declared.parameters if isinstance(p, Symbol))
    body = read_sympy(declared.definition, report.derivation.scope)
    return Relation((Application(Name(name), arguments), body), ("=",))


def _names_of(head: Node) -> tuple[str, ...]:
    if isinstance(head, Application):
        return (head.function.name,)
    return (head.name,) if isinstance(head, Name) else ()


def step_rows(
    report: Report, line: LineReport, *, width: int = 80, ascii: bool = False
) -> list[str]:
    """One line of a report explained, as rows of at most `width` characters."""
    page = _Page(report, width, ascii)
    page.explain(line)
    return ascii_rows(page.rows, width) if ascii else page.rows


class _Page:
    """Labelled rows in the making."""

    def __init__(self, report: Report, width: int, ascii: bool) -> None:
        self.report = report
        self.scope = report.derivation.scope
        self.width = width
        self.ascii = ascii
        self.label = ""
        self.rows: list[str] = []

    def explain(self, line: LineReport) -> None:
        """The line: where it stands, what it claims, and all there is to say about it."""
        written, verdict = line.line, line.verdict
        called = tags(self.report)
        part = next(part for part in self.report.parts if line in part.lines)
        self.words("line", self.whereabouts(line, part))
        self.formula("claims", Relation((written.left, written.right), (written.sign,)))
        if written.first != written.left:
            self.formula("chain from", written.first)
        for name, value in written.where:
            self.formula("with", Relation((Name(name), value), ("=",)))
        status = _STATUS[verdict.status]
        if line.erratum:
            expected = "as expected" if line.verified else "not as expected"
            status = f"a false line of the document, {expected} {status}"
        self.words("status", status)
        self.words("reason", listed(line.reasons, called))
        for item in used(self.report, line):
            self.words("uses", item.name + (f": {item.words}" if item.words else ""))
            if item.says is not None:
                self.formula("", item.says)
        nonzero = " != 0" if self.ascii else " ≠ 0"
        for words in provisos(
            line, lambda e: self.inline(read_sympy(e, self.scope)), nonzero=nonzero, positive=" > 0"
        ):
            self.words("if", words)
        form = both_sides(self.report, line)
        if form is not None:
            self.formula("both sides", form)
        for words in remarks(line, called):
            self.words("note", words)
        rest = leftover(line, lambda e: self.inline(read_sympy(e, self.scope)))
        self.words("note", rest)
        citing = [
            tag(other.line)
            for other in self.report.lines()
            if {f"line {written.label}", f"line {written.number}"} & {*other.cites}
        ]
        self.words("cited by", ", ".join(citing))

    def whereabouts(self, line: LineReport, part: PartReport) -> str:
        """What the line is called, and where it stands."""
        written = line.line
        names = [tag(written)] + ([f"label {written.label}"] if written.number else [])
        if part.part.kind == "lemma":
            names.append(f"lemma {part.part.name}")
        elif part.part.title:
            names.append(f'section "{part.part.title}"')
        if written.location is not None:
            names.append(place(written.location))
        return ", ".join(names)

    def inline(self, node: Node) -> str:
        """A formula within words."""
        return to_ascii(node, self.scope) if self.ascii else to_unicode(node, self.scope)

    def formula(self, label: str, node: Node) -> None:
        """A formula behind a label."""
        room = self.width - LABEL_WIDTH
        wrapped = wrap(node, room, self.scope, hang=HANG, ascii=self.ascii)
        # What has no place to break is cut where the row ends.
        rows = [piece for row in wrapped for piece in chop_cells(row, room)]
        for position, row in enumerate(rows):
            lead = self.lead(label) if not position else " " * LABEL_WIDTH
            self.rows.append((lead + row).rstrip())

    def lead(self, label: str) -> str:
        """A label, padded; several rows of one kind have it once."""
        fresh = label != self.label and label
        self.label = label or self.label
        return (label if fresh else "").ljust(LABEL_WIDTH)

    def words(self, label: str, words: str) -> None:
        """Words behind a label, unless there are none."""
        if words:
            self.rows += textwrap.wrap(
                prose(words, self.scope, self.inline),
                self.width,
                initial_indent=self.lead(label),
                subsequent_indent=" " * LABEL_WIDTH,
                break_on_hyphens=False,
            )
