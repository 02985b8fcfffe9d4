"""Regions outside of which an objective in one variable is nowhere optimal.

Accepts an objective and the interval that its variable runs over. The idea is branch and bound: an interval is cut into
cells, and a cell goes if the objective is worse on all of it than at one place, or has no stationary point in it. Near
an end at which the objective has no value, or that is infinite, an expansion says the same. What is left is a finite
union of closed bounded intervals on which the objective is enclosed, hence continuous: so it is optimal somewhere in
them, and nowhere else. Two sets of optima differ if the other objective is nowhere optimal there.

(Moore, Kearfott and Cloud, Introduction to Interval Analysis, chapter 11, has branch and bound.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from flint import arb, fmpq
from sympy import Expr, Symbol

from klderive.certificates.evaluation import (
    Point,
    UndefinedError,
    UndeterminedError,
    Value,
    Work,
    evaluate,
    sign_near,
)
from klderive.certificates.real_arithmetic import multiply
from klderive.certificates.tails import Direction, End
from klderive.notation.nodes import unevaluated_derivative
from klderive.statement import FunctionDeclaration

PRECISION = 64

CELLS = 160
"""Cells that are looked at for one objective."""

HALVINGS = 6
"""How often an interval is halved."""

STARTS = (fmpq(2), fmpq(4), fmpq(8), fmpq(16))
"""How near to an end an expansion begins: beyond 2, within exp(-2) of it, and so on."""

PLACES = 12
"""Places at which an objective is looked at."""

Cell: TypeAlias = tuple[fmpq, fmpq]


@dataclass(frozen=True)
class Domain:
    """An interval; an end that is None is infinite, one that is `closed` belongs to it."""

    lower: fmpq | None
    upper: fmpq | None
    closed: tuple[bool, bool] = (False, False)

    def places(self) -> Iterator[fmpq]:
        """Places in it, evenly spread."""
        lower = self.lower if self.lower is not None else (self.upper or fmpq(0)) - 4
        upper = self.upper if self.upper is not None else lower + (8 if self.lower is None else 4)
        for k in range(1, PLACES):
            yield lower + (upper - lower) * fmpq(k, PLACES)


@dataclass(frozen=True)
class Optimised:
    """A formula in one variable over a domain, at a point that gives everything else a value.

    The `sign` is 1 if it is minimised, -1 if it is maximised.
    """

    body: Expr
    sign: Direction
    variable: Symbol
    domain: Domain
    point: Point
    functions: Mapping[str, FunctionDeclaration]
    work: Work | None

    def evaluated(self, place: fmpq) -> Value:
        """What is to be as small as possible, at a place."""
        at = replace(self.point, values={**self.point.values, self.variable: place})
        value = evaluate(self.body, at, PRECISION, self.functions, self.work)
        return multiply(fmpq(self.sign), value)

    def loss(self, place: fmpq) -> Value | None:
        """The same; None if it is not known."""
        try:
            return self.evaluated(place)
        except (UndefinedError, UndeterminedError, ZeroDivisionError, OverflowError):
            return None

    def loss_on(self, cell: Cell) -> arb | None:
        """An enclosure on a cell; None if there is none."""
        return self._enclosed(self.body, cell)

    def is_steep_on(self, cell: Cell) -> bool:
        """Whether it has a derivative that is not 0 on all of a cell, no end of which is one of the domain."""
        if cell[0] == self.domain.lower or cell[1] == self.domain.upper:
            return False
        slope = self._enclosed(unevaluated_derivative(self.body, (self.variable,)), cell)
        return slope is not None and bool(slope > 0 or slope < 0)

    def _enclosed(self, e: Expr, cell: Cell) -> arb | None:
        """An enclosure of a formula on a cell, with the sign; None if there is none."""
        ball = arb(cell[0]).union(arb(cell[1]))
        varied = {self.variable: ball}
        try:
            value = evaluate(e, self.point, PRECISION, self.functions, self.work, varied=varied)
        except (UndefinedError, UndeterminedError, ZeroDivisionError, OverflowError):
            return None
        return arb(multiply(fmpq(self.sign), value))

    def best(self) -> tuple[fmpq, Value] | None:
        """The best of some places, with what is lost there."""
        found: tuple[fmpq, Value] | None = None
        for place in self.domain.places():
            loss = self.loss(place)
            if loss is not None and (found is None or loss < found[1]):
                found = place, loss
        return found

    def is_worse_near(self, end: End, start: fmpq, level: Value) -> bool:
        """Whether more than a level is lost everywhere near an end, from a start on."""
        sign = sign_near(
            self.body,
            self.variable,
            end,
            start,
            multiply(fmpq(self.sign), level),
            self.point,
            self.functions,
            self.work,
        )
        return sign == self.sign

    def region(self) -> list[Cell] | None:
        """Cells outside of which it is nowhere optimal, and in which it is somewhere; None if none are found."""
        found = self.best()
        if found is None:
            return None
        level = found[1]
        lower, upper = self._core_end(-1, level), self._core_end(1, level)
        if lower is None or upper is None or not lower < upper:
            return None
        return self._left_in((lower, upper), level)

    def _core_end(self, side: Direction, level: Value) -> fmpq | None:
        """A place beyond which, on one side, it is worse than a level; or the end, if it belongs to the domain."""
        place = self.domain.lower if side == -1 else self.domain.upper
        closed = place is not None and self.domain.closed[0 if side == -1 else 1]
        has_value = closed
        if closed and place is not None:
            try:
                loss = self.evaluated(place)
            except UndefinedError:
                # Where there is no objective, it is not optimal.
                has_value = False
            except UndeterminedError:
                return None
            else:
                if not loss > level:
                    return place
        end = End(place, side, exponential=place is not None)
        for start in STARTS:
            if self.is_worse_near(end, start, level):
                if place is None:
                    return side * start
                # Nearer than exp(-start), since e is less than 2^(3/2).
                return place - side * fmpq(1, 2 ** int(3 * start / 2))
        return place if has_value else None

    def _left_in(self, core: Cell, level: Value) -> list[Cell] | None:
        """The cells of an interval that are not ruled out; each is enclosed."""
        least = (core[1] - core[0]) / 2**HALVINGS
        pending, left, looked_at = [core], [], 0
        while pending:
            cell = pending.pop()
            looked_at += 1
            if looked_at > CELLS:
                return None
            loss = self.loss_on(cell)
            if loss is not None and (loss > level or self.is_steep_on(cell)):
                continue
            if cell[1] - cell[0] > least:
                middle = (cell[0] + cell[1]) / 2
                pending += [(cell[0], middle), (middle, cell[1])]
            elif loss is None:
                return None
            else:
                left.append(cell)
        return sorted(left, key=lambda cell: cell[0])


def told_apart(
    first: Optimised,
    second: Optimised,
    name: str,
    admits_place: Callable[[fmpq], bool],
    admits_cell: Callable[[Cell], bool],
) -> tuple[str, str] | None:
    """Why two sets of optima certainly differ, said of both; None if that is not shown.

    Args:
        first: an objective.
        second: the other.
        name: how the variable is called.
        admits_place: whether the assumptions hold at a place.
        admits_cell: whether they hold on all of a cell.
    """
    for one, other, turned in ((first, second, False), (second, first, True)):
        found = _separated(one, other, admits_place, admits_cell)
        if found is None:
            continue
        cells, better = found
        joined: list[list[fmpq]] = []
        for lower, upper in cells:
            if joined and joined[-1][1] == lower:
                joined[-1][1] = upper
            else:
                joined.append([lower, upper])
        where = " or ".join(f"{lower} <= {name} <= {upper}" for lower, upper in joined)
        texts = (
            f"optimal only where {where}",
            f"not optimal there: better at {name} = {better}",
        )
        return texts[::-1] if turned else texts
    return None


def _separated(
    one: Optimised,
    other: Optimised,
    admits_place: Callable[[fmpq], bool],
    admits_cell: Callable[[Cell], bool],
) -> tuple[Sequence[Cell], fmpq] | None:
    """Cells in which one objective is optimal somewhere, and a place at which the other is better than there."""
    better = other.best()
    if better is None or not admits_place(better[0]):
        return None
    cells = one.region()
    if not cells or not all(map(admits_cell, cells)):
        return None
    for cell in cells:
        loss = other.loss_on(cell)
        if loss is None or not loss > better[1]:
            return None
    return cells, better[0]
