"""What a derivation stands on, as plain rows of text: by kind, or as a tree of what rests on what."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len, chop_cells

from klderive.notation import to_ascii, to_unicode, wrap
from klderive.notation.tree import Node
from klderive.render.alphabet import ascii_rows
from klderive.render.dependence import Dependence, dependences
from klderive.render.summary import TOGETHER, listed, supports_by_kind, tag, tags, together
from klderive.verify import Report

INDENT = 2
LINES_INDENT = 6


def support_rows(report: Report, *, width: int = 80, ascii: bool = False) -> list[str]:
    """The supports of a report as rows of at most `width` characters."""
    derivation = report.derivation
    called = tags(report)
    rows = textwrap.wrap(derivation.title, width)
    failing = [tag(line.line) for line in report.lines() if not line.verified]
    if failing:
        verb = "does" if len(failing) == 1 else "do"
        rows += ["", *textwrap.wrap(f"Not verified: {', '.join(failing)} {verb} not stand.", width)]
    groups = supports_by_kind(report)
    if not groups:
        rows += ["", "It stands on nothing but its definitions."]
    for heading, supports in groups.items():
        rows += ["", heading]
        for support in supports:
            text = support.text + (f"  [{support.source}]" if support.source else "")
            if support.derived_in:
                text += f", derived in {support.derived_in}"
            rows += _wrapped(text, width, INDENT, INDENT + 2)
            if support.statement:
                rows += _wrapped(support.statement, width, LINES_INDENT)
            for condition in support.conditions:
                rows += _wrapped(f"provided that {condition}", width, LINES_INDENT)
            needed = [called.get(label, label) for label in support.lines]
            if needed:
                rows += _wrapped("needed by " + ", ".join(needed), width, LINES_INDENT)
            else:
                rows += _wrapped("no step uses it", width, LINES_INDENT)
            rows += _wrapped(_paths(support.paths, called), width, LINES_INDENT)
    return ascii_rows(rows, width) if ascii else rows


def dependence_rows(report: Report, *, width: int = 80, ascii: bool = False) -> list[str]:
    """What rests on what, as a tree in rows: first what the derivation concludes, then what else it proves."""
    page = _Tree(report, width, ascii)
    rows = textwrap.wrap(report.derivation.title, width)
    roots = dependences(report)
    rows += ["", *page.item(roots[0])] if roots else ["", "It has no lines to prove."]
    for position, root in enumerate(roots[1:]):
        rows += ["", "On their own", ""] if not position else []
        rows += page.item(root)
    return ascii_rows(rows, width) if ascii else rows


class _Tree:
    """Rows of a tree in the making; branches are drawn at the left of each."""

    def __init__(self, report: Report, width: int, ascii: bool) -> None:
        self.scope = report.derivation.scope
        self.called = tags(report)
        self.width = width
        self.ascii = ascii
        self.signs = ("|-", "`-", "| ") if ascii else ("├ ", "└ ", "│ ")

    def item(self, item: Dependence, first: str = "", rest: str = "") -> list[str]:
        """A statement and what it needs; `first` and `rest` stand before its first row and its others."""
        trunk = rest + (self.signs[2] if item.below else "")
        room = self.width - len(rest) - 2
        rows = self.said(item, room)
        shown = [(first if not i else trunk) + row for i, row in enumerate(rows)]
        fork, end, along = self.signs
        for position, below in enumerate(item.below):
            last = position == len(item.below) - 1
            branch, further = (end, "  ") if last else (fork, along)
            shown += self.item(below, rest + branch, rest + further)
        return shown

    def said(self, item: Dependence, room: int) -> list[str]:
        """What a statement is called, what it says, who needs it, in rows."""
        name, notes = self.named(item), "; ".join(self.notes(item))
        if item.relation is None:
            lead = f"{name}  {notes}" if notes else name
            return _wrapped(lead, room, 0, INDENT)
        rows = wrap(item.relation, room, self.scope, prefix=f"{name}  ", hang=4, ascii=self.ascii)
        rows = [piece for row in rows for piece in chop_cells(row, room)]
        if notes and len(rows) == 1 and cell_len(rows[0]) + 2 + cell_len(notes) <= room:
            return [f"{rows[0]}  {notes}"]
        return rows + (_wrapped(notes, room, INDENT) if notes else [])

    def named(self, item: Dependence) -> str:
        """What a statement is called."""
        match item.kind:
            case "rules":
                return f"by {item.name}"
            case "conditions":
                return f"conditions at {self.tags(item.lines)}"
            case "axiom" | "hypothesis":
                return f"{item.kind} {item.name}"
        if item.label and item.relation is None:
            return f"{item.name}, {self.tags((item.label,))}"
        return item.name

    def notes(self, item: Dependence) -> Iterator[str]:
        """What there is to say beside it."""
        arrow = "->" if self.ascii else "→"
        said = item.qualification(self.inline, arrow)
        if said:
            yield said
        if not item.established:
            yield "not established"
        if item.lines and item.kind != "conditions":
            yield f"needed by {self.tags(item.lines)}"
        if item.support is not None and item.support.derived_in:
            yield f"derived in {item.support.derived_in}"
        if item.unfolded != "here":
            yield f"see {item.unfolded}"

    def tags(self, labels: Sequence[str]) -> str:
        """Lines as they are called in print."""
        return ", ".join(self.called.get(label, label) for label in labels)

    def inline(self, node: Node) -> str:
        """A formula within words."""
        return to_ascii(node, self.scope) if self.ascii else to_unicode(node, self.scope)


def derived_rows(reports: Sequence[Report], *, width: int = 80, ascii: bool = False) -> list[str]:
    """What the derivations stand on in which cited facts are proved, as rows."""
    rows = ["", "Derived elsewhere"] if reports else []
    for report in reports:
        state = "verified" if report.verified else "not verified"
        rows += _wrapped(f"{report.derivation.name}: {state}", width, INDENT, INDENT + 2)
        stands = [s for s in report.supports if s.kind in ("axiom", "hypothesis", "cited fact")]
        for support in stands:
            text = f"rests on the {support.kind} {support.text}"
            text += f"  [{support.source}]" if support.source else ""
            rows += _wrapped(text, width, LINES_INDENT, LINES_INDENT + 2)
            if support.statement:
                rows += _wrapped(support.statement, width, LINES_INDENT + 2)
        if not stands:
            rows += _wrapped("rests on nothing but its definitions", width, LINES_INDENT)
    return ascii_rows(rows, width) if ascii else rows


def model_rows(report: Report, *, width: int = 80, ascii: bool = False) -> list[str]:
    """A case in which everything assumed holds, as rows; or that none was found."""
    words = together(report)
    rows = ["", TOGETHER, *_wrapped(words, width, INDENT)] if words else []
    return ascii_rows(rows, width) if ascii else rows


def _paths(paths: tuple[str, ...], called: Mapping[str, str]) -> str:
    """Paths in a row, those with the same way down together: `and by 31, 32 <- lemma T1`."""
    starts: dict[str, list[str]] = {}
    for path in paths:
        label, _, way = path.partition(" <- ")
        starts.setdefault(way, []).append(called.get(label, label))
    shown = [
        f"{', '.join(labels)} <- " + " <- ".join(listed([c], called) for c in way.split(" <- "))
        for way, labels in starts.items()
    ]
    return f"and by {'; '.join(shown)}" if shown else ""


def _wrapped(text: str, width: int, indent: int, hang: int | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent if hang is None else hang),
        break_on_hyphens=False,
    )
