"""Places that show a claim about an optimum to be false: a better one, or one that is optimal for one objective only.

Accepts objectives in one variable, and the point at which everything else has a value. The idea: a place is not optimal
if another one, which the assumptions admit, is certainly better. That a place is optimal is shown only of objectives
that are polynomials with rational coefficients between their kinks: by how much they exceed their value there has no
odd zero, and is positive somewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from flint import fmpq, fmpq_poly
from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef

from klderive.certificates.evaluation import (
    InexactError,
    Point,
    UndefinedError,
    UndeterminedError,
    Value,
    Work,
    evaluate,
    polynomial_pieces,
)
from klderive.certificates.integrals import Piece
from klderive.certificates.kinks import real_zeros
from klderive.certificates.real_arithmetic import is_zero, multiply, short
from klderive.notation.nodes import ArgMin, BetweenBounds, Defined, Optimum
from klderive.statement import Context

PRECISIONS = (64, 192)

STEPS = tuple(
    fmpq(p, q)
    for p, q in ((1, 1), (1, 2), (1, 10), (2, 1), (1, 100), (5, 1), (1, 1000), (1, 10**5))
)
"""How far from a place better ones are looked for, on both sides."""

PLACES = tuple(fmpq(p, q) for p, q in ((0, 1), (1, 1), (-1, 1), (1, 2), (2, 1), (1, 4), (3, 4)))
"""Places that are looked at anyway."""

Admits = Callable[[Point], bool]
"""Whether a point, with a value of the variable, meets all assumptions."""


@dataclass(frozen=True)
class Objective:
    """What is optimised over a variable at a point that gives everything else a value."""

    optimum: Optimum
    variable: Symbol
    point: Point
    context: Context
    work: Work | None

    @property
    def body(self) -> Expr:
        """The formula."""
        return self.optimum.args[0]

    @property
    def sign(self) -> fmpq:
        """1 if the least value is looked for, -1 if the greatest."""
        return fmpq(1 if isinstance(self.optimum, ArgMin) else -1)

    def at(self, place: fmpq) -> Point:
        """The point with a value of the variable."""
        return replace(self.point, values={**self.point.values, self.variable: place})

    def value(self, place: fmpq) -> Value | None:
        """The objective at a place; None if it is not known."""
        return self._evaluated(self.body, self.at(place))

    def is_better(self, place: fmpq, than: Value) -> bool:
        """Whether the objective is certainly better at one place than at another."""
        if isinstance(than, fmpq):
            values = self.value(place), self.value(than)
            if values[0] is None or values[1] is None:
                return False
            gain = multiply(self.sign, values[1] - values[0])
            return bool(gain > 0)
        if self.body.atoms(AppliedUndef, Defined):
            # A definition may speak of the variable, which a bound one is not.
            return False
        ends = [Symbol(f"place {i}", real=True) for i in range(2)]
        difference = BetweenBounds(self.body, self.variable, *ends)
        found = self._evaluated(difference, self.point, {ends[0]: place, ends[1]: than})
        return found is not None and bool(multiply(self.sign, found) > 0)

    def _evaluated(
        self, e: Expr, point: Point, bound: dict[Symbol, Value] | None = None
    ) -> Value | None:
        for precision in PRECISIONS:
            try:
                return evaluate(e, point, precision, self.context.functions, self.work, bound or {})
            except InexactError:
                continue
            except (UndefinedError, UndeterminedError, ZeroDivisionError, OverflowError):
                return None
        return None

    def better_place(self, than: Value, admits: Admits) -> fmpq | None:
        """A place that is admitted and certainly better than another one."""
        for place in _around(than):
            if self.is_better(place, than) and admits(self.at(place)):
                return place
        return None

    def optimal_places(self) -> Iterator[fmpq]:
        """Places that are certainly optimal among all real numbers of the sign of the variable."""
        lower = fmpq(0) if self.variable.is_nonnegative else None
        upper = fmpq(0) if self.variable.is_nonpositive else None
        try:
            pieces = polynomial_pieces(
                self.body,
                self.variable,
                (lower, upper),
                self.point,
                self.context.functions,
                self.work,
            )
        except (UndefinedError, UndeterminedError):
            return
        inner = [end for piece in pieces for end in (piece.lower, piece.upper) if end is not None]
        # A variable that may be 0 has a value at the end, where the objective may jump.
        outside = (lower, upper) if self.variable.is_zero is False else ()
        ends = [e for e in inner if isinstance(e, fmpq) and e not in outside]
        if any(not isinstance(end, fmpq) for end in inner):
            return
        stationary = [
            zero
            for piece in pieces
            for zero in real_zeros(piece.polynomial.derivative())
            if isinstance(zero, fmpq)
        ]
        for place in dict.fromkeys((*ends, *stationary, *PLACES)):
            value = self.value(place)
            if not isinstance(value, fmpq):
                continue
            at_ends = [self.value(end) for end in ends]
            if all(v is not None and self.sign * (v - value) >= 0 for v in at_ends) and all(
                _is_nonnegative(self.sign * (piece.polynomial - value), piece) for piece in pieces
            ):
                yield place


def _around(place: Value) -> Iterator[fmpq]:
    middle = place if isinstance(place, fmpq) else place.mid().fmpq()
    for step in STEPS:
        yield middle + step
        yield middle - step
    yield from PLACES


def _is_nonnegative(polynomial: fmpq_poly, piece: Piece) -> bool:
    """Whether a polynomial is certainly nowhere negative on a piece: no odd zero in it, and positive somewhere."""
    if polynomial.degree() < 0:
        return True
    _, factors = polynomial.factor()
    for factor, exponent in factors:
        if exponent % 2 == 0:
            continue
        for zero in real_zeros(factor):
            before = piece.lower is not None and zero <= piece.lower
            after = piece.upper is not None and zero >= piece.upper
            if not (before or after):
                return False
    places = [piece.inside + fmpq(k, 1000) * piece.width for k in range(polynomial.degree() + 1)]
    return any(polynomial(place) > 0 for place in places)


def misplaced(objective: Objective, claimed: Value, admits: Admits) -> tuple[str, str] | None:
    """Why a place is certainly not optimal, said of the optimum and of the place; None if that is not shown."""
    name = objective.variable
    own = f"{name} = {short(claimed)}"
    excluded = (name.is_nonnegative and claimed < 0) or (name.is_nonpositive and claimed > 0)
    if excluded or (name.is_zero is False and is_zero(claimed)):
        # The rest of the point must meet the assumptions with some value of the variable.
        if any(admits(objective.at(place)) for place in PLACES):
            return f"the assumptions on {name} admit no optimum there", own
        return None
    place = objective.better_place(claimed, admits)
    if place is None:
        return None
    better = objective.value(place)
    text = f"the objective is better at {name} = {place}"
    if better is not None:
        text = f"the objective is {short(better)} at {name} = {place}"
    there = objective.value(claimed) if isinstance(claimed, fmpq) else None
    return text, own if there is None else f"{own}, where the objective is {short(there)}"


def distinguished(first: Objective, second: Objective, admits: Admits) -> tuple[str, str] | None:
    """A place that is optimal for one objective, and not for the other, said of both; None if none is found."""
    for one, other, turned in ((first, second, False), (second, first, True)):
        for place in one.optimal_places():
            if not admits(one.at(place)):
                continue
            better = other.better_place(place, admits)
            if better is None:
                continue
            name = one.variable
            texts = (
                f"optimal at {name} = {place}",
                f"not optimal at {name} = {place}: better at {name} = {better}",
            )
            return texts[::-1] if turned else texts
    return None
