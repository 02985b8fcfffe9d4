"""What a function does at an end of an interval or of a range: its limit, the bound of its integral or sum, divergence.

Accepts an expression in one variable, and the end that the variable tends to. There it is written in a variable u that
tends to infinity: x = u, x = exp(u) or x = a + exp(-u), and likewise downwards, and expanded from a start on. A limit
or divergence is certain if the expansion says so; what is not decided by it, is not told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from flint import acb, arb, ctx, fmpq
from sympy import Expr, Symbol

from klderive.certificates.cells import Environment, Evaluator
from klderive.certificates.expansions import Expansion, Expansions, Phase
from klderive.certificates.growths import (
    CONSTANT,
    LINEAR,
    Growth,
    direction,
    rank,
    slope,
    times,
    value_at,
)
from klderive.certificates.interpretation import Interpreter
from klderive.certificates.real_arithmetic import (
    DivergentError,
    InexactError,
    UndefinedError,
    UndeterminedError,
    Value,
    add,
    finite,
    may_vanish,
    multiply,
)

STARTS = (8, 32, 128, 512, 2048)
"""Where expansions begin, in the order in which they are tried."""

FIRST_STARTS = STARTS[:3]

PARITY = Expansions(fmpq(STARTS[0]), integers=True)
"""Of sequences of every second integer."""

WINDOW = arb(fmpq(1, 4))
"""Half the width of the windows, in radians, in which an integrand is looked at."""

Direction = Literal[1, -1]


@dataclass(frozen=True)
class End:
    """An end that a variable x tends to, in the direction in which it does; infinite if `place` is None.

    With `exponential`, which it is at a finite place, x is a + exp(-u) or a - exp(-u) there, and exp(u) or -exp(u) at
    infinity; otherwise u or -u.
    """

    place: Value | None
    direction: Direction
    exponential: bool

    def variable(self, algebra: Expansions) -> Expansion:
        """The variable x in terms of u."""
        sign = fmpq(self.direction)
        if self.place is not None:
            step = algebra.exponential_of(fmpq(-1), -sign)
            return algebra.add(algebra.constant(self.place), step)
        if self.exponential:
            return algebra.exponential_of(fmpq(1), sign)
        return algebra.multiply(algebra.constant(sign), algebra.identity())

    def jacobian(self, algebra: Expansions) -> Expansion:
        """The size of dx/du."""
        if not self.exponential:
            return algebra.constant(fmpq(1))
        return algebra.exponential_of(fmpq(1 if self.place is None else -1))

    def at(self, u: acb) -> tuple[acb, acb]:
        """The values of x and of the size of dx/du."""
        if not self.exponential:
            return self.direction * u, acb(1)
        size = u.exp() if self.place is None else (-u).exp()
        if self.place is None:
            return self.direction * size, size
        return acb(self.place) - self.direction * size, size


@dataclass(frozen=True)
class Progression:
    """An infinite end that is reached by every second integer, x = 2 u or x = 2 u + 1."""

    odd: bool

    def variable(self, algebra: Expansions) -> Expansion:
        """The variable x in terms of u."""
        return Expansion({LINEAR: fmpq(2), **algebra.constant(fmpq(int(self.odd))).terms})


@dataclass(frozen=True)
class Reciprocal:
    """A finite place that a variable tends to as x = a + 1/u or x = a - 1/u."""

    place: Value
    direction: Direction

    def variable(self, algebra: Expansions) -> Expansion:
        """The variable x in terms of u."""
        step = Expansion({Growth(power=fmpq(-1)): fmpq(-self.direction)})
        return algebra.add(algebra.constant(self.place), step)


PROGRESSIONS = (Progression(odd=False), Progression(odd=True))
"""The even and the odd integers."""

TURNS = (1, 2, 3)
"""In periods of how many turns sines and cosines are looked at."""


def phases(width: arb) -> Iterator[Phase]:
    """Eight phases in each period, of a certain width."""
    for turns in TURNS:
        for place in range(8):
            angle = arb.pi() * turns * place / 4 + arb(fmpq(1, 10))
            yield Phase(arb(angle.mid(), width * turns), turns)


def ends_at(place: Value | None, direction: Direction) -> Iterator[End]:
    """The ways to write a variable near an end."""
    if place is None:
        yield End(None, direction, exponential=False)
    yield End(place, direction, exponential=True)


class Tails:
    """Expands expressions at ends.

    Args:
        evaluator: values what is free of the variable.
    """

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator

    def expansion(
        self,
        e: Expr,
        variable: Symbol,
        env: Environment,
        end: End | Progression | Reciprocal,
        algebra: Expansions,
    ) -> Expansion:
        """An expression near an end, as an expansion in u.

        Raises:
            UndeterminedError: if it has none from there on.
        """
        rest = {s: value for s, value in env.items() if s != variable}
        bound = {variable: end.variable(algebra)}
        try:
            return Interpreter(self.evaluator, algebra, {}).value(e, rest, bound, weighed=True)
        except UndefinedError as error:
            raise UndeterminedError(str(error)) from None

    def limit(
        self,
        e: Expr,
        variable: Symbol,
        env: Environment,
        place: Value | None,
        direction: Direction,
        *,
        integers: bool = False,
    ) -> Value:
        """The limit as the variable tends to a place, or to infinity, in a direction.

        Raises:
            UndefinedError: if it certainly tends to plus or minus infinity.
            UndeterminedError: if it cannot be told.
        """

        def found(a: Expansion, _: Expansions) -> Value:
            return limit_of(a)

        try:
            return self._first(e, variable, env, place, direction, integers, found)
        except UndeterminedError as error:
            if not variable.is_integer and variable.is_rational is not None:
                raise
            if variable.is_even is not None or variable.is_prime is not None:
                # It does not run over the sequences that are looked at.
                raise
            limit = self._common_limit(e, variable, env, place, direction, integers=integers)
            if limit is None:
                raise error from None
            return limit

    def _common_limit(
        self,
        e: Expr,
        variable: Symbol,
        env: Environment,
        place: Value | None,
        direction: Direction,
        *,
        integers: bool,
    ) -> Value | None:
        """The limit of what tends to the same along even and odd integers; None if it is not told.

        Raises:
            UndefinedError: if it certainly tends to different values, or to none, along some sequences.
        """
        if integers and direction == 1:
            both = [self._limit_along(e, variable, env, p, PARITY) for p in PROGRESSIONS]
            if None not in both and isinstance(both[0], fmpq) and both[0] == both[1]:
                return both[0]
            _check_agreement(both)
        end = End(None, direction, exponential=False) if place is None else None
        where = end or Reciprocal(place or fmpq(0), direction)
        found: list[Value | None] = []
        for phase in phases(arb(2) ** -ctx.prec):
            algebra = Expansions(fmpq(STARTS[0]), integers=integers, phase=phase)
            found.append(self._limit_along(e, variable, env, where, algebra))
            if len(found) == 2 and None in found:
                return None
            _check_agreement(found)
        return None

    def _limit_along(
        self,
        e: Expr,
        variable: Symbol,
        env: Environment,
        end: End | Progression | Reciprocal,
        algebra: Expansions,
    ) -> Value | None:
        """The limit along a sequence; None if it is not told.

        Raises:
            UndefinedError: if it certainly is infinite.
        """
        try:
            return limit_of(self.expansion(e, variable, env, end, algebra))
        except UndeterminedError:
            return None

    def _first(
        self,
        e: Expr,
        variable: Symbol,
        env: Environment,
        place: Value | None,
        direction: Direction,
        integers: bool,
        find: Callable[[Expansion, Expansions], Value],
    ) -> Value:
        """What is found in the first expansion that does."""
        problem: UndeterminedError | None = None
        for end in ends_at(place, direction):
            for start in FIRST_STARTS:
                algebra = Expansions(fmpq(start), integers=integers and not end.exponential)
                try:
                    return find(self.expansion(e, variable, env, end, algebra), algebra)
                except UndeterminedError as error:
                    if problem is None or not isinstance(problem, InexactError):
                        problem = error
        raise problem or UndeterminedError("the limit is not told")

    def cut(
        self,
        e: Expr,
        variable: Symbol,
        env: Environment,
        place: Value | None,
        direction: Direction,
        least: fmpq,
        tolerance: arb,
    ) -> tuple[End, fmpq, arb]:
        """Where an integral up to an end may be cut off: the end, the value of u, and a bound of what is cut off.

        Args:
            e: the integrand.
            variable: its variable.
            env: the values of the others.
            place: the end; None for infinity.
            direction: in which the variable tends to it.
            least: cut off at a value of u that is no less.
            tolerance: what is cut off is tried to be less.

        Raises:
            UndefinedError: if it certainly diverges.
            UndeterminedError: if it is not shown to converge.
        """
        best: tuple[End, fmpq, arb] | None = None
        problem = UndeterminedError("the integral is not shown to converge")
        for end in ends_at(place, direction):
            start = fmpq(2)
            while start < STARTS[-1]:
                start *= 2
                if start < least:
                    continue
                algebra = Expansions(start)
                try:
                    found = self.expansion(e, variable, env, end, algebra)
                    found = algebra.multiply(found, end.jacobian(algebra))
                    if diverges(found):
                        raise DivergentError("the integral diverges")
                    bound = tail_of_integral(found, algebra)
                except UndeterminedError as error:
                    problem = error
                    if start > STARTS[2] and best is None:
                        break
                    continue
                if best is None or bound < best[2]:
                    best = (end, start, bound)
                if bound < tolerance:
                    return best
                if not end.exponential and any(growth.is_power for growth in found.magnitudes()):
                    # It falls as a power only: written exponentially, it falls fast.
                    break
        if best is None:
            if place is None and self.oscillates(e, variable, env, direction, WINDOW):
                raise DivergentError("the integral diverges")
            raise problem
        return best

    def oscillates(
        self,
        e: Expr,
        variable: Symbol,
        env: Environment,
        direction: Direction,
        width: arb,
        *,
        integers: bool = False,
    ) -> bool:
        """Whether it certainly keeps away from 0 on a sequence of windows of some width that tends to infinity."""
        end = End(None, direction, exponential=False)
        for phase in phases(width):
            algebra = Expansions(fmpq(STARTS[0]), integers=integers, phase=phase)
            try:
                found = self.expansion(e, variable, env, end, algebra)
            except UndeterminedError:
                return False
            if keeps_away(found):
                return True
        return False


def keeps_away(a: Expansion) -> bool:
    """Whether what has an expansion is certainly greater than some positive number, or less than a negative one."""
    lead = a.leading()
    return lead is not None and direction(lead) >= 0 and _leads(a, lead)


def vanishes_at_infinity(a: Expansion) -> bool:
    """Whether what has an expansion certainly tends to 0."""
    return all(direction(growth) < 0 for growth in a.magnitudes())


def _check_agreement(limits: Sequence[Value | None]) -> None:
    """Refuse limits along different sequences that certainly differ."""
    known = [limit for limit in limits if limit is not None]
    if any(a < b or a > b for a, b in combinations(known, 2)):
        raise UndefinedError("it tends to different values along different sequences")


def limit_of(a: Expansion) -> Value:
    """The limit of what has an expansion.

    Raises:
        UndefinedError: if it certainly tends to plus or minus infinity.
        UndeterminedError: if it cannot be told.
    """
    lead = a.leading()
    if lead is not None and direction(lead) > 0 and _leads(a, lead):
        raise UndefinedError("the limit is infinite")
    if all(direction(growth) <= 0 for growth in a.terms) and all(
        direction(growth) < 0 for growth in a.rest
    ):
        return a.terms.get(CONSTANT, fmpq(0))
    raise UndeterminedError("the limit is not told")


def _leads(a: Expansion, lead: Growth) -> bool:
    """Whether the leading term certainly does not vanish, and grows faster than the rest."""
    return not may_vanish(a.terms[lead]) and all(rank(growth) < rank(lead) for growth in a.rest)


def diverges(a: Expansion) -> bool:
    """Whether the integral, or the sum, of what has an expansion certainly diverges at infinity."""
    lead = a.leading()
    return lead is not None and direction(times(lead, LINEAR)) >= 0 and _leads(a, lead)


def tail_of_integral(a: Expansion, algebra: Expansions) -> arb:
    """A bound of the integral of the absolute value from the start on.

    Raises:
        UndeterminedError: if there is none.
    """
    total = arb(0)
    for growth, size in a.magnitudes().items():
        total += size * _integrated(growth, algebra)
    return finite(total)


def _integrated(growth: Growth, algebra: Expansions) -> arb:
    if growth.is_power:
        if growth.power >= -1:
            raise UndeterminedError("the integral is not shown to converge")
        primitive = times(growth, LINEAR)
        return value_at(primitive, algebra.start) / arb(-primitive.power)
    return value_at(growth, algebra.start) / _slope(growth, algebra)


def _slope(growth: Growth, algebra: Expansions) -> arb:
    found = slope(growth, algebra.start)
    if found is None or not found > 0:
        raise UndeterminedError("terms do not yet fall")
    return found


def tail_of_sum(a: Expansion, algebra: Expansions) -> Value:
    """The sum over all integers from the start on, which is one.

    Powers of u are summed by the Hurwitz zeta function; everything else is bounded.

    Raises:
        UndeterminedError: if the sum is not shown to converge absolutely.
    """
    exact: Value = fmpq(0)
    bound = arb(0)
    for growth, c in a.terms.items():
        if growth.is_power and growth.power < -1:
            zeta = acb(arb(-growth.power)).zeta(acb(arb(algebra.start))).real
            exact = add(exact, multiply(c, finite(zeta)))
        else:
            bound += abs(arb(c)) * _summed(growth, algebra)
    for growth, size in a.rest.items():
        bound += size * _summed(growth, algebra)
    if bound == 0:
        return exact
    return finite(arb(exact) + arb(0, finite(bound).upper()))


def _summed(growth: Growth, algebra: Expansions) -> arb:
    first = value_at(growth, algebra.start)
    if growth.is_power:
        return first + _integrated(growth, algebra)
    # Each term is at most exp(-s) times the one before.
    return first / (1 - (-_slope(growth, algebra)).exp())
