"""Inequalities of finite sums: Cauchy and Schwarz's, and the triangle inequality.

Accepts a polynomial in normal form and makes it smaller: -(sum of a b)^2 becomes -(sum of a^2)(sum of b^2), and
-|sum of a| becomes -(sum of |a|). The sums are over ranges that end, or over finite sets, so that all have values.
(Spivak, Calculus, chapter 1, theorem 1, and chapter 2, problem 21.)
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from klderive.kernel.events import Domain, Use
from klderive.kernel.ring import ONE, Monomial, Polynomial
from klderive.kernel.signs import NEGATIVE
from klderive.theories.bounds import Bounds
from klderive.theories.inequalities.integrands import Bound
from klderive.theories.inequalities.rule import Rule

FACTORS = 4
"""Factors of a summand up to which it is split in all ways."""


class _Shown(Rule):
    """Bounds one sum, where the sign shows then."""

    def bounds(self, polynomial: Polynomial) -> Iterator[Polynomial]:
        """Smaller polynomials."""
        raise NotImplementedError

    def smaller(self, polynomial: Polynomial) -> Iterator[Bound]:
        """The first smaller polynomial whose sign shows."""
        normalizer = self.normalizer
        outer, normalizer.events = normalizer.events, []
        try:
            for smaller in self.bounds(polynomial):
                if self.integrands.sign_shows(smaller, False) == ():
                    rests = [e for e in normalizer.events if not isinstance(e, Use)]
                    found = Bound(smaller, (Use(self.reason), *rests))
                    break
            else:
                return
        finally:
            normalizer.events = outer
        yield found


class CauchySchwarz(_Shown):
    """Replaces -(sum of a b)^2 by the smaller -(sum of a^2)(sum of b^2)."""

    reason = "Cauchy-Schwarz inequality"

    def bounds(self, polynomial: Polynomial) -> Iterator[Polynomial]:
        """Smaller polynomials, in each of which one square of a sum is bounded."""
        return _by_cauchy_schwarz(self.normalizer, polynomial)


class Triangle(_Shown):
    """Replaces -|sum of a| by the smaller -(sum of |a|)."""

    reason = "triangle inequality"

    def bounds(self, polynomial: Polynomial) -> Iterator[Polynomial]:
        """Smaller polynomials, in each of which the absolute value of one sum is bounded."""
        return _by_triangle(self.normalizer, polynomial)


def _by_cauchy_schwarz(normal: Bounds, polynomial: Polynomial) -> Iterator[Polynomial]:
    """Smaller polynomials, in each of which one square of a sum is bounded, for each way to split the summand."""
    ring = normal.ring
    for monomial, coefficient in polynomial.items():
        for number, exponent in monomial:
            found = _finite_sum(normal, number)
            if found is None or exponent != 2:
                continue
            weight: Polynomial = {tuple(p for p in monomial if p[0] != number): -coefficient}
            if normal.signs.sign(weight) & NEGATIVE:
                continue
            domain, variable, body = found
            others = {m: c for m, c in polynomial.items() if m != monomial}
            for a, b in _splits(body):
                bound = weight
                for each in (a, b):
                    square = ring.power(each, 2)
                    bound = ring.multiply(bound, normal.accumulate("sum", domain, variable, square))
                yield ring.subtract(others, bound)


def _by_triangle(normal: Bounds, polynomial: Polynomial) -> Iterator[Polynomial]:
    """Smaller polynomials, in each of which the absolute value of one sum is bounded."""
    ring = normal.ring
    for monomial, coefficient in polynomial.items():
        for number, exponent in monomial:
            atom = ring.atoms[number]
            if atom.kind != "abs" or exponent != 1 or len(atom.key[0]) != 1:
                continue
            ((inside, _),) = atom.key[0]
            if len(inside) != 1 or inside[0][1] != 1:
                continue
            found = _finite_sum(normal, inside[0][0])
            weight: Polynomial = {tuple(p for p in monomial if p[0] != number): -coefficient}
            if found is None or normal.signs.sign(weight) & NEGATIVE:
                continue
            domain, variable, body = found
            with normal.binding(variable):
                size = normal.factoring.by_denominator(normal.absolute(body))
            bound = ring.multiply(weight, normal.accumulate("sum", domain, variable, size))
            others = {m: c for m, c in polynomial.items() if m != monomial}
            yield ring.subtract(others, bound)


def _finite_sum(normal: Bounds, number: int) -> tuple[Domain, int, Polynomial] | None:
    """The domain, the variable and the summand of an atom, if it is a sum over a range that ends or a finite set."""
    atom = normal.ring.atoms[number]
    if atom.kind != "functional":
        return None
    name, kind, lower, upper, body = atom.key
    if name != "sum" or not (kind == "set" or isinstance(upper, frozenset)):
        return None
    return (kind, lower, upper), normal.own_variable(number), dict(body)


def _splits(body: Polynomial) -> Iterator[tuple[Polynomial, Polynomial]]:
    """The ways to write a summand as a product: with 1, and of its factors."""
    yield body, {(): ONE}
    if len(body) != 1:
        return
    ((monomial, coefficient),) = body.items()
    if len(monomial) > FACTORS:
        return
    for size in range(1, len(monomial)):
        for chosen in combinations(monomial, size):
            other: Monomial = tuple(p for p in monomial if p not in chosen)
            yield {chosen: coefficient}, {other: ONE}
