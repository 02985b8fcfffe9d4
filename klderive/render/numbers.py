"""The numbers of a derivation's lines as rows: one number down a chain, and a mark where it changes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import replace

from klderive.certificates.point_text import point_texts
from klderive.notation import to_ascii, to_unicode, wrap
from klderive.notation.strength import with_constant
from klderive.notation.tree import Name, Node, Relation
from klderive.render.alphabet import ascii_rows
from klderive.render.formulas import prose
from klderive.render.summary import tag
from klderive.verify.numbers import LineNumbers, Numbers, Side

NUMBER_WIDTH = 14
MARK_WIDTH = 2
HANG = 6
NONE = "-"


def number_rows(numbers: Numbers, *, width: int = 80, ascii: bool = False) -> list[str]:
    """The point, then each line with its number, as rows of at most `width` characters."""
    page = _Page(numbers, width, ascii)
    rows = [*page.heading(), *page.lines(), "", *page.closing()]
    return ascii_rows(rows, width) if ascii else rows


class _Page:
    """The rows of one derivation."""

    def __init__(self, numbers: Numbers, width: int, ascii: bool) -> None:
        self.numbers = numbers
        self.scope = numbers.derivation.scope
        self.width = width
        self.ascii = ascii

    def inline(self, node: Node) -> str:
        """A formula within words."""
        return to_ascii(node, self.scope) if self.ascii else to_unicode(node, self.scope)

    def words(self, words: str, indent: int = 0) -> list[str]:
        """Words in rows."""
        return textwrap.wrap(
            prose(words, self.scope, self.inline),
            self.width,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + 2),
            break_on_hyphens=False,
        )

    def heading(self) -> Iterator[str]:
        """The title and the point: what was set, what was chosen."""
        numbers = self.numbers
        yield from self.words(numbers.derivation.title)
        values = {str(s): v for s, v in numbers.point.values.items()}
        given = [f"{name} = {text}" for name, text in numbers.given.items()]
        chosen = [f"{name} = {values[name]}" for name in numbers.chosen]
        families = {k: v for k, v in numbers.point.families.items() if k not in numbers.given}
        rest = replace(numbers.point, values={}, families=families)
        chosen += point_texts(rest)
        if given:
            yield from self.words(f"set: {', '.join(given)}")
        if chosen:
            yield from self.words(f"chosen, since not set: {'; '.join(chosen)}")

    def lines(self) -> Iterator[str]:
        """The chains."""
        part = None
        current: Node | None = None
        aside: Node | None = None
        where: tuple[tuple[str, Node], ...] = ()
        for row in self.numbers.lines:
            written = row.line
            if row.part is not part:
                part = row.part
                title = f"Lemma {part.name}" if part.kind == "lemma" else part.title
                yield ""
                yield from self.words(title)
                current = None
            fresh, where = written.where != where, written.where
            if where and fresh:
                at = ", ".join(f"{n} = {self.inline(value)}" for n, value in written.where)
                yield from self.words(f"with {at}", MARK_WIDTH + NUMBER_WIDTH)
            if written.opening or written.first is not (aside if written.remark else current):
                yield from self.side(row.left, written.start, "")
            if written.remark:
                aside = written.first
            else:
                current = written.first
            yield from self.line(row)

    def line(self, row: LineNumbers) -> Iterator[str]:
        """A line's right side with its number."""
        written = row.line
        sign = self.inline(Relation((Name("a"), Name("b")), (written.sign,)))[1:].split(" b")[0]
        side = with_constant(written.right) if written.sign == "up to" else written.right
        mark = "!" if row.agreement == "changed" else ""
        yield from self.side(row.right, side, f"  {sign.strip()} ", tag(written), mark)
        if mark:
            what = "the number changes here" if written.sign == "=" else "this does not hold here"
            yield from self.words(what, MARK_WIDTH + NUMBER_WIDTH + HANG)

    def side(
        self, side: Side, node: Node, lead: str, number: str = "", mark: str = ""
    ) -> Iterator[str]:
        """A side's number, its formula, what the line is called."""
        shown = str(side) or NONE
        room = self.width - MARK_WIDTH - NUMBER_WIDTH
        rows = wrap(node, room, self.scope, prefix=lead, hang=HANG, ascii=self.ascii)
        head = mark.ljust(MARK_WIDTH) + shown.ljust(NUMBER_WIDTH)
        rows = [(head if not i else " " * len(head)) + row for i, row in enumerate(rows)]
        if len(rows[-1]) + len(number) + 2 <= self.width:
            rows[-1] = rows[-1] + number.rjust(self.width - len(rows[-1]))
        else:
            rows.append(number.rjust(self.width))
        yield from (row.rstrip() for row in rows)
        if side.value is None:
            yield from self.words(f"no value here: {side.why}", len(head) + HANG)

    def closing(self) -> list[str]:
        """How many lines keep their number."""
        found = [row.agreement for row in self.numbers.lines]
        parts = [f"{found.count('same')} of {len(found)} lines hold here"]
        if found.count("changed"):
            parts.append(f"{found.count('changed')} do not")
        if found.count("unknown"):
            parts.append(f"{found.count('unknown')} cannot be compared")
        rows = []
        if not self.numbers.heeded:
            rows = self.words("It is not known whether the hypotheses hold at this point.")
        return rows + self.words("; ".join(parts) + ". Digits are certain up to 1 in the last.")
