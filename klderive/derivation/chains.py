"""Chains: how lines are written, each new side related to the side before it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sympy import (
    Expr,
)

from klderive.derivation.display import Displayed
from klderive.derivation.reason import Reason
from klderive.derivation.record import Entry, Plain
from klderive.notation import to_text
from klderive.notation.tree import (
    Node,
    RelationSign,
)
from klderive.statement import (
    RelationName,
    Statement,
)

if TYPE_CHECKING:
    from klderive.derivation.model import Derivation

from klderive.derivation.parts import (
    DerivationError,
    Formula,
    Line,
    Location,
    Part,
    Role,
    author_location,
    compose,
)


class Chain(Displayed):
    """A chain of relations, written side by side: each method relates a new side to the one before it.

    Made by `Derivation.chain` and `Lemma.chain`. Every method takes the new side (text or SymPy), the reasons from
    `by`, and optionally the relation's number in the document; it returns the chain itself.

    A false line of the document is written as printed with `erratum="why it is false"`; the next line is then related
    to the side before it, so that the right line, marked `corrects="number"`, follows in the same chain.
    """

    def __init__(
        self,
        derivation: Derivation,
        part_of: Lemma | None,
        first: Node,
        expression: Expr,
        *,
        remark: bool = False,
        where: tuple[tuple[str, Node, Statement], ...] = (),
    ) -> None:
        self._derivation = derivation
        self._lemma = part_of
        self._first = first
        self._side = first
        self._expression = expression
        self._remark = remark
        self._where = where
        self._lines: list[Line] = []
        self._place = -1

    def opened(self, source: Chain | None = None) -> Chain:
        """The chain, kept in the derivation's record: opened with its first side, or as a special case of another."""
        entries = self._derivation.entries
        self._place = self._derivation.chains
        self._derivation.chains += 1
        if source is not None:
            own = self._where[len(source._where) :]
            values = {name: to_text(value) for name, value, _ in own}
            entries.append(Entry("at", {"chain": source._place, "values": values}))
            return self
        fields: dict[str, str | bool] = {"first": to_text(self._first)}
        if self._lemma is not None:
            fields["lemma"] = self._lemma.name
        if self._remark:
            fields["remark"] = True
        entries.append(Entry("chain", fields))
        return self

    @property
    def derivation(self) -> Derivation:
        """The derivation that the chain is part of."""
        return self._derivation

    @property
    def lines(self) -> tuple[Line, ...]:
        """The chain's lines so far."""
        return tuple(self._lines)

    @property
    def label(self) -> str:
        """The label of the chain's last line that is no erratum, by which `by.line` cites it."""
        for line in reversed(self._lines):
            if line.role != "erratum":
                return line.label
        raise DerivationError("a chain without a line cannot be cited")

    def eq(self, side: Formula, *reasons: Reason, **options: str | bool) -> Chain:
        """Add `= side`."""
        return self._add("=", "=", side, reasons, **options)

    def ne(self, side: Formula, *reasons: Reason, **options: str | bool) -> Chain:
        """Add `!= side`: the two are not identically equal."""
        return self._add("!=", "!=", side, reasons, **options)

    def le(self, side: Formula, *reasons: Reason, **options: str | bool) -> Chain:
        """Add `<= side`."""
        return self._add("<=", "<=", side, reasons, **options)

    def ge(self, side: Formula, *reasons: Reason, **options: str | bool) -> Chain:
        """Add `>= side`."""
        return self._add(">=", ">=", side, reasons, **options)

    def lt(self, side: Formula, *reasons: Reason, **options: str | bool) -> Chain:
        """Add `< side`."""
        return self._add("<", "<", side, reasons, **options)

    def gt(self, side: Formula, *reasons: Reason, **options: str | bool) -> Chain:
        """Add `> side`."""
        return self._add(">", ">", side, reasons, **options)

    def approx(self, side: Formula, *reasons: Reason, **options: str | bool) -> Chain:
        """Add `~ side`, approximately equal: always assumed, never proved."""
        return self._add("~", "approx", side, reasons, **options)

    def tends(
        self,
        side: Formula,
        variable: str,
        to: Formula,
        *reasons: Reason,
        **options: str | bool,
    ) -> Chain:
        """Add `-> side`: the side before it tends to this one as a declared symbol tends to a value, such as `oo`."""
        location = author_location()
        symbol = self._derivation.scope.symbols.get(variable)
        if symbol is None:
            raise DerivationError(f"`{variable}`, which tends, is not a declared symbol", location)
        node, value = self._derivation.read(to, location)
        if symbol in value.free_symbols:
            raise DerivationError(f"`{variable}` tends to a value that depends on it", location)
        over = ((variable,), (variable,))
        return self._add("->", "->", side, reasons, over, (node, value), **options)

    def up_to(self, side: Formula, over: str, *reasons: Reason, **options: str | bool) -> Chain:
        """Add `= side + const`: the sides differ by a term free of the named symbols, variables and functions."""
        names = self._over(over)
        return self._add("up to", "up to", side, reasons, names, **options)

    def proportional(
        self, side: Formula, over: str, *reasons: Reason, **options: str | bool
    ) -> Chain:
        """Add a side that is proportional: up to a factor free of the named symbols, variables and functions."""
        names = self._over(over)
        return self._add("proportional", "proportional", side, reasons, names, **options)

    def _over(self, over: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The names in a list such as `mu, sigma`, and what the kernel calls them."""
        location = author_location()
        scope = self._derivation.scope
        names = tuple(name.strip() for name in over.split(",") if name.strip())
        if not names:
            raise DerivationError("it is not said of which names the rest is free", location)
        known: list[str] = []
        for name in names:
            if name in scope.symbols or name in scope.ranges:
                known.append(name)
            elif name in scope.functions:
                known += [form.key or form.name for form in scope.functions[name]]
            else:
                raise DerivationError(
                    f"`{name}` is neither a declared symbol nor a variable nor a function", location
                )
        return names, tuple(known)

    def at(self, /, **values: Formula | int) -> Chain:
        """A new chain for the special case in which symbols take values; it opens with this chain's first side.

        The lines of this chain are cited in it by `by.line(chain)`.
        """
        location = author_location()
        where = []
        for name, value in values.items():
            symbol = self._derivation.scope.symbols.get(name)
            if symbol is None:
                raise DerivationError(f"`{name}` is not a declared symbol", location)
            node, expression = self._derivation.read(str(value), location)
            where.append((name, node, Statement(symbol, "=", expression)))
        return Chain(
            self._derivation,
            self._lemma,
            self._first,
            self._derivation.translate(self._first, location),
            where=(*self._where, *where),
        ).opened(self)

    def _add(
        self,
        sign: RelationSign,
        relation: RelationName,
        side: Formula,
        reasons: tuple[Reason, ...],
        over: tuple[tuple[str, ...], tuple[str, ...]] = ((), ()),
        to: tuple[Node, Expr] | None = None,
        /,
        *,
        number: str | bool = "",
        note: str | bool = "",
        restate: str | bool = False,
        erratum: str | bool = "",
        corrects: str | bool = "",
    ) -> Chain:
        location = author_location()
        role = _role(relation, erratum, corrects, location)
        for reason in reasons:
            if not isinstance(reason, Reason):
                raise DerivationError(
                    f"a reason comes from `by`, such as by.logarithms, not {reason!r}", location
                )
            self._derivation.check_premise(reason, location)
        node, expression = self._derivation.read(side, location)
        part = self._derivation.part_for(self._lemma.part if self._lemma is not None else None)
        line = Line(
            label=self._derivation.next_label(part),
            left=self._side,
            sign=sign,
            right=node,
            statement=Statement(
                self._expression, relation, expression, over[1], to[1] if to else None
            ),
            first=self._first,
            start=self._first,
            opening=not self._lines,
            reasons=reasons or None,
            role=role,
            number=str(number),
            restated=bool(restate),
            remark=self._remark,
            where=tuple((name, value) for name, value, _ in self._where),
            givens=tuple(given for _, _, given in self._where),
            note=str(note),
            erratum=str(erratum or ""),
            corrects=str(corrects or ""),
            over=over[0],
            to=to[0] if to else None,
            location=location,
            scope=self._derivation.scope,
        )
        line = replace(line, start=self._start(line))
        self._derivation.check_number(line)
        part.lines.append(line)
        self._lines.append(line)
        if role != "erratum":
            self._side, self._expression = node, expression
        self._derivation.entries.append(Entry("line", self._said(line)))
        return self

    def _said(self, line: Line) -> dict[str, Plain]:
        """What was said to add a line, as plain data."""
        fields: dict[str, Plain] = {
            "chain": self._place,
            "relation": line.sign,
            "right": to_text(line.right),
        }
        if line.over:
            fields["over"] = list(line.over)
        if line.to is not None:
            fields["to"] = to_text(line.to)
        if line.reasons:
            fields["reasons"] = [reason.data() for reason in line.reasons]
        for name in ("number", "note", "erratum", "corrects"):
            if getattr(line, name):
                fields[name] = getattr(line, name)
        if line.restated:
            fields["restate"] = True
        return fields

    def _start(self, line: Line) -> Node:
        """The side that stands on the left where the line is printed as a relation of its own.

        Raises:
            DerivationError: if the chain's relations say nothing of its ends, or not what a restated line would.
        """
        lines = [*(other for other in self._lines if other.role != "erratum"), line]
        composed = compose([other.link for other in lines])
        if composed == "=":
            return line.first
        if line.restated:
            raise DerivationError(
                "only a chain of equalities is restated: its ends are not equal by it",
                line.location,
            )
        if composed is not None or line.role == "erratum":
            return line.left
        before = next(o for o in reversed(lines[:-1]) if o.sign != "=")
        raise DerivationError(
            f"`{line.sign}` does not compose with `{before.sign}` of line {before.label}:"
            " open another chain",
            line.location,
        )


class Lemma:
    """A lemma with lines of its own, cited later by `by.lemma(name)`."""

    def __init__(self, derivation: Derivation, part: Part) -> None:
        self._derivation = derivation
        self.part = part

    @property
    def name(self) -> str:
        """The name by which the lemma is cited."""
        return self.part.name

    def chain(self, first: Formula, *, remark: bool = False) -> Chain:
        """Open a chain in the proof of the lemma; what the last chain concludes is the lemma's statement."""
        location = author_location()
        node, expression = self._derivation.read(first, location)
        return Chain(self._derivation, self, node, expression, remark=remark).opened()


def _role(
    relation: RelationName, erratum: str | bool, corrects: str | bool, location: Location | None
) -> Role:
    for name, value in (("erratum", erratum), ("corrects", corrects)):
        if value is True or (isinstance(value, str) and value and not value.strip()):
            what = "why the line is false" if name == "erratum" else "the number of an erratum"
            raise DerivationError(f"{name}= says {what}", location)
    if erratum and corrects:
        raise DerivationError("a line is an erratum or corrects one, not both", location)
    if relation == "approx":
        if erratum:
            raise DerivationError(
                "an approximate relation is never refuted, so it is no erratum", location
            )
        return "assumption"
    return "erratum" if erratum else "step"
