"""A report as rows for a terminal: the derivation as on paper, a mark and a reason on each line.

Accepts a report and a width. The idea: formulas are broken by the notation's own `wrap`, never by the terminal; every
row is a finished rich `Text` of at most the width, so nothing downstream may wrap or interpret it. The reason and the
line's number stand flush right, on the formula's last row if there is room and below it otherwise.

Caveats: a piece of a formula that is wider than the row and has no place to break is cut where the row ends.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from rich.cells import cell_len, chop_cells
from rich.text import Text
from sympy import Expr, Symbol

from klderive.derivation import Line
from klderive.notation import read_sympy, to_ascii, to_unicode, wrap
from klderive.notation.strength import with_constant
from klderive.notation.tree import Name, Node, Relation, RelationSign
from klderive.render.alphabet import in_ascii
from klderive.render.declared import values
from klderive.render.dependence import conclusion_stands
from klderive.render.explanation import explained
from klderive.render.formulas import prose
from klderive.render.marks import MARKS
from klderive.render.provisions import Provisions
from klderive.render.summary import (
    Detail,
    closing,
    leftover,
    mark_of,
    place,
    provision,
    qualification,
    reason_words,
    remarks,
    tag,
    tags,
    tally,
)
from klderive.verify import LineReport, PartReport, Report

MARK_WIDTH = 3
REMARK_INDENT = 8
HANG = 4
LONGEST_UNBROKEN = 24
"""Cells of a formula within words that is kept in one row."""
UNBROKEN_SPACE = "\u00a0"


def terminal_rows(
    report: Report,
    *,
    width: int = 80,
    ascii: bool = False,
    lemma: str | None = None,
    detail: Detail = "paper",
) -> list[Text]:
    """The report as rows of at most `width` cells; with `lemma`, only that lemma.

    With the detail `brief`, what is stated without its proof; with `full`, what the kernel used under each line.
    """
    page = _Page(report, width, ascii, detail)
    if lemma is not None:
        for part in report.parts:
            if part.part.kind == "lemma" and part.part.name == lemma:
                page.lemma(part)
        return page.rows
    page.heading(report)
    for part in report.parts:
        if part.part.kind == "lemma":
            page.lemma(part)
        else:
            page.section(part)
    page.conclusion(report)
    return page.rows


def verdict_rows(report: Report, *, width: int = 80, ascii: bool = False) -> list[Text]:
    """Whether a derivation stands, in a row, then each line that does not, with its place and what is wrong."""
    page = _Page(report, width, ascii)
    page.verdict(report)
    for line in report.lines():
        if not line.verified:
            page.failing(line)
    return page.rows


class _Page:
    """Rows in the making; `bar` and `indent` stand at the left of each."""

    def __init__(self, report: Report, width: int, ascii: bool, detail: Detail = "paper") -> None:
        self.report = report
        self.detail = detail
        self.derivation = report.derivation
        self.scope = report.derivation.scope
        self.called = tags(report)
        self.provisions = Provisions()
        self.width = width
        self.ascii = ascii
        self.bar = ""
        self.rows: list[Text] = []

    # The parts of the page

    def heading(self, report: Report) -> None:
        """Title, source, assumptions on symbols."""
        derivation = report.derivation
        self.words(derivation.title, "bold")
        source = derivation.source
        if source is not None:
            titled = source.title if source.title != derivation.title else ""
            named = ", ".join(filter(None, (titled, source.author, source.place)))
            if named:
                self.words(f"after {named}", "dim")
        assumptions = "; ".join(self.assumptions())
        if assumptions:
            self.words(f"for {assumptions}", "dim")

    def section(self, part: PartReport) -> None:
        """A section under its heading."""
        if self.detail == "brief":
            return
        if part.part.title:
            self.blank()
            self.rule(part.part.title)
        elif part.lines:
            self.blank()
        self.lines(part)

    def lemma(self, part: PartReport) -> None:
        """A lemma, set apart by a bar: its name, what it states, its proof."""
        top, side, foot = ("+", "|", "+") if self.ascii else ("┌", "│", "└")
        if self.rows:
            self.blank()
        title = f"  {self.plain(part.part.title)}" if part.part.title else ""
        head = Text(f"{top} ", "dim").append(f"Lemma {part.part.name}", "bold").append(title, "dim")
        self.put(head)
        self.bar = f"{side} "
        conclusion = part.part.conclusion()
        if conclusion is not None:
            left, sign, right, _ = conclusion
            for row in self.relation(left, sign, right, "", self.room()):
                self.put_text(Text(row, "bold"))
            qualified = self.qualified(part.part.qualified())
            if qualified:
                self.words(qualified, "italic")
        if self.detail != "brief":
            self.blank()
            self.lines(part)
        self.bar = ""
        self.put(Text(foot, "dim"))

    def conclusion(self, report: Report) -> None:
        """What follows in the end, and the closing line."""
        self.blank()
        self.rule("")
        conclusion = report.derivation.conclusion()
        if conclusion is not None:
            left, sign, right, line = conclusion
            stands = conclusion_stands(report)
            lead = "So " if stands else "Not established: "
            for row in self.relation(left, sign, right, lead, self.room()):
                self.put_text(Text(row, "bold" if stands else "bold red"))
            qualified = self.qualified(report.derivation.qualified())
            if qualified:
                self.words(qualified, "italic")
            if line.where:
                self.words(values(line, self.inline), "italic")
        self.words(prose(closing(report), self.scope, self.unbroken), "")

    def verdict(self, report: Report) -> None:
        """The derivation's name, whether it stands, the tally."""
        sign = MARKS["proved" if report.verified else "refuted"]
        mark = sign.ascii if self.ascii else sign.sign
        word = "verified" if report.verified else "not verified"
        head = (
            Text().append(mark.ljust(MARK_WIDTH), sign.style).append(report.derivation.name, "bold")
        )
        head.append(f"  {word}; {tally(report)}")
        if cell_len(head.plain) <= self.width:
            self.put(head)
        else:
            self.words(head.plain, "bold")

    def failing(self, line: LineReport) -> None:
        """One line that does not stand."""
        mark = mark_of(line)
        where = place(line.line.location)
        head = Text("  ").append(f"{self.mark_text(line)}", mark.style)
        head.append(f"{mark.one}: {tag(line.line)}")
        beside = cell_len(head.plain) + cell_len(where) + 2 <= self.width
        if where and beside:
            head.append(f"  {where}", "dim")
        self.put(head)
        if not beside:
            self.words(where, "dim", 6)
        if line.line.where:
            self.words(values(line.line, self.inline), "", 6)
        room = self.width - 6
        for row in self.relation(line.line.left, line.line.sign, line.line.right, "", room):
            self.put(Text(" " * 6 + row))
        for said in self.said(line):
            self.words(said, "", 6)

    # Lines

    def lines(self, part: PartReport) -> None:
        """The lines of a part; a chain's first side stands where the chain opens or comes back."""
        current: Node | None = None
        where: tuple[tuple[str, Node], ...] = ()
        for position, line in enumerate(part.lines):
            written = line.line
            follower = part.lines[position + 1] if position + 1 < len(part.lines) else None
            if written.where != where:
                where = written.where
                if where:
                    self.words(values(written, self.inline), "italic", MARK_WIDTH)
            opens = written.opening or (not written.remark and written.first is not current)
            if not written.remark:
                current = written.first
            alone = follower is None or follower.line.first is not written.first
            self.line(line, opens, alone or written.restated or written.role == "definition")

    def line(self, line: LineReport, opens: bool, compact: bool) -> None:
        """A line: mark, formula, reason, number, and what there is to say about it."""
        written = line.line
        indent = " " * (REMARK_INDENT if written.remark else 0)
        room = self.room() - MARK_WIDTH - len(indent)
        blank = " " * MARK_WIDTH
        left_shown = opens or written.restated
        formula: list[str] = []
        if left_shown and compact:
            relation = Relation((written.start, written.right), (written.sign,))
            if len(self.wrapped(relation, room, braces=False)) == 1:
                formula = self.wrapped(relation, room)
        if not formula:
            if left_shown:
                for row in self.wrapped(written.start, room):
                    self.put_text(Text(blank + indent + row))
            right = with_constant(written.right) if written.sign == "up to" else written.right
            formula = self.wrapped(right, room, f"  {self.sign(written.sign)} ")
        mark = mark_of(line)
        struck = "strike" if line.erratum else ""
        rows = [Text(blank + indent).append(row, struck) for row in formula[1:]]
        first = Text().append(self.mark_text(line), mark.style).append(indent)
        rows.insert(0, first.append(formula[0], struck))
        words = self.plain(prose(reason_words(line, self.called), self.scope, self.unbroken))
        reason = "; ".join(filter(None, (self.qualified(written), words)))
        rows += self.beside(rows.pop(), reason, self.plain(tag(written)))
        for finished in rows:
            self.put_text(finished)
        for said in self.said(line):
            style = "dim" if line.verified else mark.style
            self.words(said, style, MARK_WIDTH + len(indent) + HANG)
        if self.detail == "full":
            self.used(line, MARK_WIDTH + len(indent) + HANG)

    def used(self, line: LineReport, indent: int) -> None:
        """What the kernel used for a line, each with what it says."""
        for words, formula in explained(self.report, line):
            said = prose(words, self.scope, self.unbroken)
            said += self.inline(formula) if formula is not None else ""
            self.words(said, "dim", indent)

    def beside(self, row: Text, reason: str, number: str) -> list[Text]:
        """The formula's last row with reason and number flush right, on rows below it if there is no room."""
        room = self.room()
        wrapped = textwrap.wrap(reason, max(20, room - cell_len(number) - 12)) or [""]
        pieces = [piece.replace(UNBROKEN_SPACE, " ") for piece in wrapped]
        rows = [row]
        for position, piece in enumerate(pieces):
            last = position == len(pieces) - 1
            shown = f"{piece}  {number}".strip() if last and number else piece
            gap = room - cell_len(rows[-1].plain) - cell_len(shown)
            if gap < 2 or position:
                rows.append(Text())
                gap = max(0, room - cell_len(shown))
            rows[-1].append(" " * gap).append(shown, "dim")
        return rows

    # Pieces

    def said(self, line: LineReport) -> list[str]:
        """What stands under a line: its conditions, then the rest."""
        nonzero = " != 0" if self.ascii else " ≠ 0"
        # Where every line is explained, each has all of its conditions.
        said = provision if self.detail == "full" else self.provisions.said
        conditions = said(line, self.formula, nonzero=nonzero, positive=" > 0")
        rest = leftover(line, self.formula)
        remarked = (prose(words, self.scope, self.unbroken) for words in remarks(line, self.called))
        return [words for words in (conditions, rest, *remarked) if words]

    def formula(self, expression: Expr) -> str:
        """An expression of the kernel's within words."""
        return self.unbroken(read_sympy(expression, self.scope))

    def unbroken(self, node: Node) -> str:
        """A formula within words, with no place to break unless it is long."""
        shown = self.inline(node)
        return shown.replace(" ", UNBROKEN_SPACE) if cell_len(shown) <= LONGEST_UNBROKEN else shown

    def assumptions(self) -> Iterator[str]:
        """The symbols with what is assumed of them, those alike together, then the hypotheses on them."""
        kinds: dict[str, list[str]] = {}
        for name, symbol in self.scope.symbols.items():
            kinds.setdefault(self.kind(symbol), []).append(self.inline(Name(name)))
        for kind, names in kinds.items():
            yield f"{', '.join(names)}{kind}"
        for node, _ in self.derivation.givens:
            yield self.inline(node)

    def kind(self, symbol: Symbol) -> str:
        """What is assumed of a symbol, to stand after its name."""
        if symbol.is_positive:
            words = " > 0"
        elif symbol.is_negative:
            words = " < 0"
        elif symbol.is_nonnegative:
            words = " >= 0" if self.ascii else " ≥ 0"
        elif symbol.is_nonpositive:
            words = " <= 0" if self.ascii else " ≤ 0"
        elif symbol.is_nonzero:
            words = " != 0" if self.ascii else " ≠ 0"
        else:
            words = ""
        for known, word in (
            (symbol.is_prime, " prime"),
            (symbol.is_even, " even"),
            (symbol.is_odd, " odd"),
            (symbol.is_integer, " integer"),
            (symbol.is_rational, " rational"),
        ):
            if known:
                return words + word
        return words or " real"

    def relation(
        self, left: Node, sign: RelationSign, right: Node, lead: str, width: int
    ) -> list[str]:
        """A relation in rows, the first after `lead`."""
        return self.wrapped(Relation((left, right), (sign,)), width, lead)

    def wrapped(self, node: Node, width: int, prefix: str = "", braces: bool = True) -> list[str]:
        """A formula in rows of at most the width, with its underbraces if they are wanted."""
        rows = wrap(
            node,
            width,
            self.scope,
            prefix=prefix,
            hang=HANG + (2 if prefix.startswith("  ") else 0),
            ascii=self.ascii,
            braces=braces,
        )
        return [piece for row in rows for piece in chop_cells(row, width) or [""]]

    def inline(self, node: Node) -> str:
        """A formula within words."""
        return to_ascii(node, self.scope) if self.ascii else to_unicode(node, self.scope)

    def sign(self, sign: RelationSign) -> str:
        """The sign of a relation."""
        shown = self.inline(Relation((Name("a"), Name("b")), (sign,)))
        return shown[1:].split(" b")[0].strip()

    def qualified(self, line: Line | None) -> str:
        """What the relation of a line speaks of, in words."""
        return qualification(line, self.inline, "->" if self.ascii else "→")

    def mark_text(self, line: LineReport) -> str:
        """The mark of a line's status, padded."""
        mark = mark_of(line)
        return (mark.ascii if self.ascii else mark.sign).ljust(MARK_WIDTH)

    def plain(self, text: str) -> str:
        """An author's words in this alphabet."""
        if not self.ascii:
            return text
        return in_ascii(text)

    # Rows

    def room(self) -> int:
        """The cells right of the bar."""
        return self.width - len(self.bar)

    def put(self, row: Text) -> None:
        """Add a row as it is, cut at the width."""
        row.truncate(self.width)
        row.rstrip()
        self.rows.append(row)

    def put_text(self, row: Text) -> None:
        """Add a row behind the bar."""
        self.put(Text(self.bar, "dim").append_text(row))

    def blank(self) -> None:
        """Add an empty row."""
        self.put_text(Text())

    def words(self, text: str, style: str, indent: int = 0) -> None:
        """Add words, broken between words; a text of several rows keeps its rows."""
        for paragraph in text.splitlines() or [""]:
            rows = textwrap.wrap(
                self.plain(paragraph),
                max(20, self.room() - indent),
                drop_whitespace=True,
                break_on_hyphens=False,
            )
            for row in rows or [""]:
                self.put_text(Text(" " * indent).append(row.replace(UNBROKEN_SPACE, " "), style))

    def rule(self, title: str) -> None:
        """Add a rule with a heading in it."""
        dash = "-" if self.ascii else "─"
        shown = self.plain(title)
        if cell_len(shown) > self.width - 8:
            self.words(title, "bold")
            return
        lead = f"{dash * 2} " if shown else ""
        head = Text(lead, "dim").append(shown, "bold")
        rest = self.width - cell_len(head.plain) - (1 if shown else 0)
        self.put(head.append(" " if shown else "").append(dash * max(0, rest), "dim"))
