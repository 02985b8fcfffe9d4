"""Proposals for sums: H with H(i + 1) - H(i) equal to the summand; nothing here is trusted.

Accepts a polynomial in normal form and the index of a sum. The idea: powers of the index by Faulhaber's recursion, a
polynomial times what is multiplied by a constant from one index to the next likewise, and terms that are shifts of
each other by telescoping, fractions taken apart first.
(Graham, Knuth and Patashnik, Concrete Mathematics, sections 2.6 and 5.7.)
"""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

from flint import fmpq

from klderive.kernel.events import UnestablishedError
from klderive.kernel.ring import ONE, Monomial, Polynomial
from klderive.theories.proposals.primitives import Primitives

if TYPE_CHECKING:
    from klderive.theories.bounds import Bounds

DEGREE = 30
"""Powers of the index up to which sums have closed forms."""

SHIFT = 4
"""How far apart terms that cancel may be."""

FRACTIONS = 20
"""Steps in which a fraction is taken apart."""


class Differences:
    """Proposes antidifferences with respect to one index.

    Args:
        normal: makes normal forms.
        index: the bound variable.
    """

    def __init__(self, normal: Bounds, index: int) -> None:
        self.normal = normal
        self.ring = normal.ring
        self.i = index

    def of(self, body: Polynomial) -> Polynomial | None:
        """An antidifference of a polynomial, or None if no pattern fits.

        Raises:
            UnestablishedError: if a coefficient may vanish, or a term makes no sense at the next index.
        """
        ring = self.ring
        result: Polynomial = {}
        left: dict[Monomial, Polynomial] = {}
        for monomial, coefficient in self._separated(body).items():
            inside = tuple(p for p in monomial if self._depends(p[0]))
            outside = tuple(p for p in monomial if not self._depends(p[0]))
            part = left.setdefault(inside, {})
            part[outside] = coefficient
        for inside in list(left):
            found = self._geometric(inside)
            if found is not None:
                result = ring.add(result, ring.multiply(left.pop(inside), found))
        telescoped = self._telescoped(left)
        return None if telescoped is None else ring.add(result, telescoped)

    def _depends(self, number: int) -> bool:
        return self.i in self.ring.atoms[number].free

    def _separated(self, body: Polynomial) -> Polynomial:
        """The body with products of linear denominators as differences."""
        fractions = Primitives(self.normal, self.i)
        for _ in range(FRACTIONS):
            for monomial, coefficient in body.items():
                inside = tuple(p for p in monomial if self._depends(p[0]))
                outside = tuple(p for p in monomial if not self._depends(p[0]))
                try:
                    found = fractions.separated(inside)
                except UnestablishedError:
                    continue
                if found is not None:
                    rest = {m: c for m, c in body.items() if m != monomial}
                    term = self.ring.multiply({outside: coefficient}, found)
                    body = self.ring.add(rest, term)
                    break
            else:
                return body
        return body

    def _at(self, polynomial: Polynomial, shift: int) -> Polynomial:
        place = self.ring.add(self.ring.of_atom(self.i), self.ring.number(shift))
        shifted = self.normal.put(polynomial, self.i, place)
        return self.normal.factoring.by_denominator(shifted)

    def _geometric(self, inside: Monomial) -> Polynomial | None:
        """i^k g(i), where g(i + 1) is a constant times g(i); the constant is 1 for a power alone."""
        ring = self.ring
        power = dict(inside).get(self.i, 0)
        if not isinstance(power, int) or not 0 <= power <= DEGREE:
            return None
        g = tuple(p for p in inside if p[0] != self.i)
        if not g:
            return self._power(power)
        if any(self.ring.atoms[n].kind not in ("exp", "power") for n, _ in g):
            return None
        ratio = ring.multiply(self._at({g: ONE}, 1), ring.monomial_power(g, -1))
        if self.i in ring.free(ratio):
            return None
        gap = ring.subtract(ratio, ring.number(1))
        self.normal.need_nonzero(gap)
        inverse = self.normal.inverse(gap)
        coefficients: dict[int, Polynomial] = {}
        for j in range(power, -1, -1):
            value = ring.number(1 if j == power else 0)
            higher = ring.add(
                *(ring.scale(coefficients[m], comb(m, j)) for m in range(j + 1, power + 1))
            )
            value = ring.subtract(value, ring.multiply(ratio, higher))
            coefficients[j] = ring.multiply(inverse, value)
        polynomial = ring.add(
            *(ring.multiply(c, ring.of_atom(self.i, j)) for j, c in coefficients.items())
        )
        return ring.multiply({g: ONE}, polynomial)

    def _power(self, power: int) -> Polynomial:
        """The sum of the k-th powers below i."""
        ring = self.ring
        h: dict[int, fmpq] = {}
        for j in range(power, -1, -1):
            rest = sum((h[m] * comb(m, j) for m in h if m > j + 1), fmpq(0))
            h[j + 1] = (fmpq(1 if j == power else 0) - rest) / (j + 1)
        return ring.add(*(ring.scale(ring.of_atom(self.i, j), c) for j, c in h.items()))

    def _telescoped(self, left: dict[Monomial, Polynomial]) -> Polynomial | None:
        """Each term that is the shift of another is moved onto it; all must cancel."""
        ring = self.ring
        result: Polynomial = {}
        for base in list(left):
            if base not in left:
                continue
            steps: Polynomial = {}
            for shift in range(1, SHIFT + 1):
                steps = ring.add(steps, self._at({base: ONE}, shift - 1))
                shifted = self._at({base: ONE}, shift)
                if len(shifted) != 1:
                    break
                ((other, scale),) = shifted.items()
                if other != base and other in left:
                    moved = ring.scale(left.pop(other), 1 / scale)
                    result = ring.add(result, ring.multiply(moved, steps))
                    left[base] = ring.add(left[base], moved)
        for inside, coefficient in left.items():
            if coefficient:
                found = self._logarithm(inside)
                if found is None:
                    return None
                result = ring.add(result, ring.multiply(coefficient, found))
        return result

    def _logarithm(self, inside: Monomial) -> Polynomial | None:
        """log(i + a), which is log(G(i + 1 + a)) - log(G(i + a)) for the Gamma function."""
        if len(inside) != 1 or inside[0][1] != 1:
            return None
        atom = self.ring.atoms[inside[0][0]]
        if atom.kind != "log":
            return None
        argument = dict(atom.key[0])
        if argument.pop(((self.i, 1),), None) != 1 or self.i in self.ring.free(argument):
            return None
        return self.normal.log_of(self.normal.gamma(dict(atom.key[0])), split=True)
