"""Where an integrand changes its branch: zeros under absolute values and roots, ends of events and of cases.

Accepts an integrand on an interval. The idea: find such a node of which the inside has no other such node, take the
difference that decides its branch, enclose all its zeros in the interval, and cut there; then look again. The zeros are
those of a polynomial, or of a difference of two exponentials; that of a difference of another kind is not told.

An integrand must have a value at each cut, which lies in the open interval.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias

from flint import acb, arb, fmpq, fmpq_poly
from sympy import Abs, Add, E, Expr, Integer, Mul, Piecewise, Pow
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from klderive.certificates.cells import Cell
from klderive.certificates.exponential_sums import ExponentialSum
from klderive.certificates.integrands import Integrands
from klderive.certificates.real_arithmetic import (
    InexactError,
    UndeterminedError,
    Value,
    add,
    is_zero,
    logarithm,
    may_vanish,
    multiply,
    power,
    subtract,
)
from klderive.notation.nodes import Defined, Indicator, StrictIndicator

CUTS = 64
"""Cells that an interval is cut into for the sake of branches."""

DEPTH = 300

Path: TypeAlias = tuple[Expr, ...]
"""The nodes around something, from the outside."""


class Kinks:
    """Finds where an integrand changes its branch.

    Args:
        integrands: reads what decides a branch.
    """

    def __init__(self, integrands: Integrands) -> None:
        self.integrands = integrands

    def inside(
        self, body: Expr, cell: Cell, settled: frozenset[Path]
    ) -> tuple[list[Value], frozenset[Path]]:
        """Places in the open cell at which some node changes its branch, in order; none if none does.

        Args:
            body: the integrand.
            cell: the cell.
            settled: what is known to have no zeros in the cell.

        Returns:
            The places, and what has no zeros between them.

        Raises:
            UndeterminedError: if it cannot be told where.
        """
        for path, node, difference, where in self._decisions(body, cell, ()):
            if path in settled:
                continue
            places = self._zeros(difference, where)
            if not _is_total(node) and not all(isinstance(place, fmpq) for place in places):
                raise UndeterminedError("no case may hold where they change")
            settled |= {path}
            if places:
                return places, settled
        return [], settled

    def _decisions(
        self, e: Expr, cell: Cell, path: Path
    ) -> Iterator[tuple[Path, Expr, Expr, Cell]]:
        """The differences whose sign decides a branch, inner ones first, with their nodes, cells and paths.

        The branch of a node is looked into only when what decides it has no zeros in the cell.
        """
        if len(path) > DEPTH:
            raise UndeterminedError("the expression is too deep")
        if e == cell.variable or not self.integrands.occurs(e, cell.variable):
            return
        here = (*path, e)
        if isinstance(e, AppliedUndef):
            inner, inner_cell = self.integrands.inner(e, cell)
            yield from self._decisions(inner, inner_cell, here)
            return
        for difference in _deciding(e):
            yield from self._decisions(difference, cell, here)
            yield (*here, difference), e, difference, cell
        if isinstance(e, Abs | Indicator | StrictIndicator | Piecewise | Defined):
            yield from self._decisions(self.integrands.branch(e, cell), cell, here)
            return
        for argument in e.args:
            if isinstance(argument, Expr):
                yield from self._decisions(argument, cell, here)

    def _zeros(self, difference: Expr, cell: Cell) -> list[Value]:
        """The zeros of a difference in the open cell, and where it has poles."""
        if not self.integrands.occurs(difference, cell.variable):
            return []
        quotient = self.integrands.rational(difference, cell)
        if quotient is not None:
            if quotient[0].degree() < 0:
                return []
            places = [z for part in quotient for z in real_zeros(part)]
        else:
            places = _zeros_of_sum(self.integrands.exponential_sum(difference, cell))
        return _between(places, cell.lower, cell.upper)


def _is_total(e: Expr) -> bool:
    """Whether a node has a branch wherever its cases change."""
    return not isinstance(e, Piecewise) or e.args[-1][1] == True  # noqa: E712 - SymPy's true


def _deciding(e: Expr) -> Iterator[Expr]:
    """The differences whose sign decides the branch of a node."""
    match e:
        case Abs():
            yield e.args[0]
        case Indicator() | StrictIndicator():
            yield _difference(*e.args)
        case Piecewise():
            for _, condition in e.args:
                if condition == True:  # noqa: E712 - SymPy's true
                    return
                if not isinstance(condition, Relational):
                    raise UndeterminedError("the cases are not compared")
                yield _difference(condition.lhs, condition.rhs)
        case Pow() if e.args[0] != E and e.args[1].is_Rational and not e.args[1].is_Integer:
            # A root is analytic on either side of a zero under it.
            yield e.args[0]


def _difference(left: Expr, right: Expr) -> Expr:
    return Add(left, Mul(Integer(-1), right, evaluate=False), evaluate=False)


def real_zeros(polynomial: fmpq_poly) -> list[Value]:
    """All real zeros, rational ones exactly."""
    if polynomial.degree() < 1:
        return []
    rational = [zero for zero, _ in polynomial.roots()]
    for zero in rational:
        factor = fmpq_poly([-zero, 1])
        while polynomial.degree() > 0 and polynomial(zero) == 0:
            polynomial //= factor
    found: list[Value] = list(rational)
    if polynomial.degree() < 1:
        return found
    for root, _ in polynomial.complex_roots():  # type: ignore[misc]
        place = acb(root)  # type: ignore[has-type]
        # One that is not certainly real is taken for a real one: to cut there does no harm.
        if place.imag.contains(0):
            found.append(place.real)
    return found


def _zeros_of_sum(terms: ExponentialSum) -> list[Value]:
    """The zeros of a polynomial, times an exponential or not, or of the difference of two exponentials.

    Two exponentials are equal where their logarithms are.
    """
    if len(terms) < 2:
        return _zeros_of(next(iter(terms.values()), []))
    if len(terms) > 2 or any(len(c) != 1 for c in terms.values()):
        raise UndeterminedError("it is not known where a branch changes")
    (first, (c,)), (second, (d,)) = terms.items()
    if (c > 0 and d > 0) or (c < 0 and d < 0):
        return []
    if may_vanish(c) or may_vanish(d):
        raise InexactError("it is not known where a branch changes")
    length = max(len(first), len(second))
    exponents = [[*q, *[fmpq(0)] * (length - len(q))] for q in (first, second)]
    ratio = multiply(multiply(fmpq(-1), c), power(d, fmpq(-1)))
    rest: list[Value] = [a - b for a, b in zip(*exponents, strict=True)]
    return _zeros_of([logarithm(ratio), *rest])


def _zeros_of(coefficients: list[Value]) -> list[Value]:
    """All real zeros of a polynomial, of degree two at most if a coefficient is a ball."""
    while coefficients and is_zero(coefficients[-1]):
        coefficients = coefficients[:-1]
    if len(coefficients) < 2:
        return []
    exact = [c for c in coefficients if isinstance(c, fmpq)]
    if len(exact) == len(coefficients):
        return real_zeros(fmpq_poly(exact))
    lead = coefficients[-1]
    if may_vanish(lead):
        raise InexactError("the degree of a polynomial is not known")
    inverse = power(lead, fmpq(-1))
    if len(coefficients) == 2:
        return [multiply(multiply(fmpq(-1), coefficients[0]), inverse)]
    if len(coefficients) > 3:
        raise UndeterminedError("it is not known where a branch changes")
    half = multiply(multiply(coefficients[1], inverse), fmpq(-1, 2))
    square = subtract(multiply(half, half), multiply(coefficients[0], inverse))
    if square < 0:
        return []
    if not square > 0:
        raise InexactError("two zeros are not told apart")
    root = power(square, fmpq(1, 2))
    return [subtract(half, root), add(half, root)]


def _between(places: list[Value], lower: Value | None, upper: Value | None) -> list[Value]:
    """The places that lie in an open interval, in order.

    Raises:
        InexactError: if it cannot be told whether one does, or in which order they are.
    """
    found: list[Value] = []
    for place in places:
        after = lower is None or place > lower
        before = upper is None or place < upper
        if after and before:
            if not any(place is known or place == known for known in found):
                found.append(place)
        elif (not after and lower is not None and not place <= lower) or (
            not before and upper is not None and not place >= upper
        ):
            raise InexactError("a branch may change in the interval")
    found.sort(key=lambda place: arb(place).mid())
    for first, second in pairwise(found):
        if not first < second:
            raise InexactError("two places at which branches change are not told apart")
    return found
