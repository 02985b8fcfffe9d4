"""The number that each side of each line has at a point, certified, and where a chain's number changes.

Accepts a derivation and values of some of its names; the others get values that the search proposes and that meet all
assumptions. The kernel's evaluation says the numbers, or that a side has none there. Nothing here is a proof: equal
numbers at a point do not make a line true, but different ones make it false.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from typing import Literal

from flint import arb, fmpq
from sympy import Expr, Rational, Symbol
from sympy.core.function import AppliedUndef

from klderive.certificates.admission import admits
from klderive.certificates.certificate import Point, satisfies
from klderive.certificates.evaluation import (
    InexactError,
    UndefinedError,
    UndeterminedError,
    Value,
    Work,
    compare,
    evaluate,
)
from klderive.certificates.real_arithmetic import subtract
from klderive.derivation import Derivation, Line, Part
from klderive.notation import NotationError, bound_variable, read_text
from klderive.notation.nodes import Optimum
from klderive.notation.tree import Application
from klderive.probability.distributions import distribution_of
from klderive.refute import Search
from klderive.refute.solving import counts_of
from klderive.statement import Context, Statement

PRECISIONS = (64, 128, 256, 512)
ACCURATE = 24
"""Bits of a value that show six digits."""
NEAR_ZERO = 1e-12
"""A value that may be 0 is shown as 0 if it is certainly nearer to 0 than this."""
TRIED = 200
"""Points that are looked at for one with different values."""
DEFAULTS = tuple(
    fmpq(p, q)
    for p, q in ((1, 1), (2, 1), (1, 2), (3, 1), (3, 2), (1, 3), (2, 3), (5, 1), (0, 1), (-1, 1))
)
"""Values for what is not set, in the order in which they are taken."""
EVALUATED = 8
"""Of these, those at which the lines are evaluated."""


class SettingError(ValueError):
    """A value that cannot be set: an unknown name, or a value that the assumptions exclude."""


@dataclass(frozen=True, slots=True)
class Side:
    """A side of a line at the point: its value, or why it has none."""

    value: Value | None
    why: str = ""

    def __str__(self) -> str:
        if self.value is None:
            return ""
        if isinstance(self.value, fmpq):
            return str(self.value) if self.value.q == 1 else arb(self.value).str(6, radius=False)
        return "0" if self.value.contains(0) else self.value.str(6, radius=False)


Agreement = Literal["same", "changed", "unknown"]


@dataclass(frozen=True, slots=True)
class LineNumbers:
    """A line with the numbers of its sides, and whether the number is the same on both."""

    part: Part
    line: Line
    left: Side
    right: Side
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Numbers:
    """The point, what was set and which values were chosen, and the numbers of all lines that are no definitions.

    `heeded` says whether the point certainly meets the hypotheses; if not, a changed number may be theirs to explain.
    """

    derivation: Derivation
    given: Mapping[str, str]
    point: Point
    chosen: tuple[str, ...]
    heeded: bool
    lines: tuple[LineNumbers, ...]


def numbers(derivation: Derivation, given: Mapping[str, str]) -> Numbers:
    """The numbers of all lines of a derivation at a point.

    Args:
        derivation: the derivation.
        given: values by name, as typed: `1/2`, `0.25`; `1, 0, 1` for data; `normal(0, 1)` for an abstract density.

    Raises:
        SettingError: if a name is unknown, a value cannot be read, or no point meets the assumptions.
    """
    setting = _Setting(derivation)
    for name, text in given.items():
        setting.take(name, text)
    lines = [
        (part, line)
        for part in derivation.parts
        for line in part.lines
        if line.role != "definition"
    ]
    point = setting.point([line for _, line in lines])
    found = tuple(
        _line(part, line, setting.at(line, point), setting.context) for part, line in lines
    )
    named = {*derivation.scope.symbols, *derivation.scope.ranges} - {*given}
    chosen = tuple(str(symbol) for symbol in point.values if str(symbol) in named)
    return Numbers(derivation, dict(given), point, chosen, setting.heeded, found)


def _line(part: Part, line: Line, point: Point, context: Context) -> LineNumbers:
    left, right = (
        _side(side, point, context) for side in (line.statement.left, line.statement.right)
    )
    return LineNumbers(part, line, left, right, _agreement(line, left, right))


def _agreement(line: Line, left: Side, right: Side) -> Agreement:
    relation = line.statement.relation
    if left.value is None or right.value is None:
        return "unknown"
    if relation == "!=":
        return "same" if compare("=", left.value, right.value) is False else "unknown"
    if relation not in ("=", "<=", ">=", "<", ">"):
        return "unknown"
    answer = compare(relation, left.value, right.value)
    if answer is None and relation in ("=", "<=", ">="):
        # Balls that overlap are never certainly equal; where they are this small, that is what is meant.
        close = abs(arb(subtract(left.value, right.value))) < NEAR_ZERO
        return "same" if close else "unknown"
    return "changed" if answer is False else "same" if answer else "unknown"


def _side(side: Expr, point: Point, context: Context) -> Side:
    if isinstance(side, Optimum):
        return Side(None, "a set of optima, not a number")
    why = "it cannot be told"
    for precision in PRECISIONS:
        try:
            value = evaluate(side, point, precision, context.functions, Work())
        except InexactError as error:
            why = str(error)
            continue
        except UndefinedError as error:
            return Side(None, f"not defined: {error}")
        except (UndeterminedError, ZeroDivisionError, OverflowError) as error:
            return Side(None, str(error))
        if isinstance(value, fmpq) or value.rel_accuracy_bits() >= ACCURATE:
            return Side(value)
        if value.contains(0) and abs(value) < NEAR_ZERO:
            return Side(value)
        why = "too few of its digits are certain"
    return Side(None, why)


class _Setting:
    """What is set, and the context with it."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation
        self.context = derivation.context()
        # A hypothesis on numbers alone, such as a known integral, tells no point from another.
        self.closed = [
            p.closed
            for p in derivation.premises.values()
            if p.restricts and p.closed is not None and _speaks_of_something(p.closed)
        ]
        self.heeded = all(p.closed for p in derivation.premises.values() if p.restricts)
        self.values: dict[Symbol, fmpq] = {}
        self.data: dict[str, tuple[fmpq, ...]] = {}

    def take(self, name: str, text: str) -> None:
        """Set a name."""
        scope = self.derivation.scope
        if name in scope.functions:
            self.take_law(name, text)
        elif name in scope.families:
            self.data[name] = tuple(_number(name, piece) for piece in text.split(","))
        elif name in scope.symbols or name in scope.ranges:
            symbol = scope.symbols.get(name) or bound_variable(name)
            value = _number(name, text)
            if not self.may_be(symbol, value):
                raise SettingError(f"{name} cannot be {text}: its assumptions exclude that")
            self.values[symbol] = value
        else:
            known = [*scope.symbols, *scope.families, *self.abstract()]
            near = difflib.get_close_matches(name, known, n=2, cutoff=0.5)
            hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known)}"
            hint = hint if known else "nothing can be set here"
            raise SettingError(f"there is no `{name}` to set; {hint}")

    def abstract(self) -> list[str]:
        """The densities of one variable that have no definition."""
        functions = self.context.functions
        return [
            name
            for name, declared in functions.items()
            if declared.definition is None and len(declared.parameters) == 1
        ]

    def take_law(self, name: str, text: str) -> None:
        """Give an abstract density a law."""
        if name not in self.abstract():
            raise SettingError(f"{name} cannot be set: it is defined, or has several variables")
        try:
            law = read_text(text)
            if not isinstance(law, Application):
                raise NotationError("this is not a law", hint="such as normal(0, 1)")
            distribution = distribution_of(law, self.derivation.scope)
        except NotationError as error:
            raise SettingError(f"{name} cannot be {text}: {error}") from None
        declared = self.context.functions[name]
        (limits,) = declared.limits
        if distribution.support != f"({', '.join(map(str, limits[1:]))})":
            raise SettingError(
                f"{name} cannot be {text}, which lives on {distribution.support}:"
                f" {name} is declared on ({', '.join(map(str, limits[1:]))})"
            )
        (variable,) = declared.parameters
        definition = distribution.density(variable)
        functions = {**self.context.functions, name: replace(declared, definition=definition)}
        self.context = replace(self.context, functions=functions)

    def point(self, lines: Sequence[Line]) -> Point:
        """A point that meets the assumptions, at which many sides have values and different names different ones."""
        sides = [
            side
            for line in lines
            for side in (line.statement.left, line.statement.right)
            if not isinstance(side, Optimum)
        ]
        symbols = sorted({s for side in sides for s in side.free_symbols}, key=str)
        for expressions, closed, values in (
            (sides, self.closed, {**self.values, **self.defaults(symbols)}),
            (sides, self.closed, self.values),
            # Abstract functions stay without a model: their lines have no number.
            ([s for s in symbols if isinstance(s, Symbol)], [], self.values),
        ):
            given = [Statement(s, "=", Rational(int(v.p), int(v.q))) for s, v in values.items()]
            context = replace(self.context, givens=(*self.context.givens, *closed, *given))
            proposals = list(islice(self.proposed(expressions, context), TRIED))
            if proposals:
                self.heeded = self.heeded and len(closed) == len(self.closed)
                proposals.sort(key=lambda point: -len(set(point.values.values())))
                return max(proposals[:EVALUATED], key=lambda point: self.evaluated(lines, point))
        raise SettingError("no point was found that meets all assumptions; set other values")

    def defaults(self, symbols: Sequence[Expr]) -> dict[Symbol, fmpq]:
        """Values that differ from one another for the declared symbols that are not set."""
        chosen: dict[Symbol, fmpq] = {}
        for symbol in symbols:
            if symbol in self.values or self.derivation.scope.symbols.get(str(symbol)) != symbol:
                continue
            used = [*self.values.values(), *chosen.values()]
            for value in DEFAULTS:
                if value not in used and self.may_be(symbol, value):
                    chosen[symbol] = value
                    break
        return chosen

    def may_be(self, symbol: Symbol, value: fmpq) -> bool:
        """Whether a symbol's own assumptions admit a value."""
        return admits([symbol], Context(ranges=self.context.ranges), Point({symbol: value}))

    def proposed(self, sides: Sequence[Expr], context: Context) -> Iterator[Point]:
        """Points of the search that meet the assumptions."""
        for point in Search().points_for(sides, context):
            full = replace(point, values={**point.values, **self.values})
            full = replace(full, families={**full.families, **self.data})
            # The data give the counts of their values.
            counted = dict(counts_of(full, context)) if full.families else {}
            full = replace(full, values={**full.values, **counted})
            if satisfies([], context, full, Work()):
                yield full

    def evaluated(self, lines: Sequence[Line], point: Point) -> int:
        """How many sides have a value at a point."""
        return sum(
            _side(side, self.at(line, point), self.context).value is not None
            for line in lines
            for side in (line.statement.left, line.statement.right)
        )

    def at(self, line: Line, point: Point) -> Point:
        """The point with the values of the special case that a line is."""
        values = dict(point.values)
        for given in line.givens:
            if not isinstance(given.left, Symbol):
                continue
            found = _side(given.right, replace(point, values=values), self.context).value
            if isinstance(found, fmpq):
                values[given.left] = found
        return replace(point, values=values)


def _speaks_of_something(statement: Statement) -> bool:
    sides = (statement.left, statement.right)
    return any(side.free_symbols or side.atoms(AppliedUndef) for side in sides)


def _number(name: str, text: str) -> fmpq:
    """An exact number: an integer, a fraction, or a decimal."""
    try:
        value = Fraction(text.strip())
    except (ValueError, ZeroDivisionError):
        raise SettingError(
            f"{name} cannot be {text!r}: write a number such as 2, -1/2 or 0.25"
        ) from None
    return fmpq(value.numerator, value.denominator)
