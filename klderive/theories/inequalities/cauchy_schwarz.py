"""Cauchy and Schwarz's inequality: (integral of w a b)^2 <= (integral of w a^2)(integral of w b^2), where w >= 0.

Accepts sums and integrals; where they do not end, those of w a^2 and w b^2 must have values. An integrand that is a
sum is split by its factors, such as w (f - m) (g - n).
(Spivak, Calculus, chapter 1, theorem 1; Rudin, Real and Complex Analysis, 3rd edition, theorem 3.5.)
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from klderive.kernel.events import UnestablishedError, Use
from klderive.kernel.ring import ONE, Polynomial
from klderive.kernel.signs import NEGATIVE
from klderive.theories.inequalities.integrands import Bound, Part
from klderive.theories.inequalities.rule import Rule

FACTORS = 4
"""Factors of an integrand up to which it is split in all ways."""

SPLITS = 30
"""Ways to split an integrand that are tried."""


class CauchySchwarz(Rule):
    """Replaces the square of one sum or integral, where the sign shows then."""

    reason = "Cauchy-Schwarz inequality"

    def smaller(self, polynomial: Polynomial) -> Iterator[Bound]:
        """The first smaller polynomial whose sign shows."""
        for monomial, coefficient in polynomial.items():
            for number, exponent in monomial:
                part = self.integrands.part(number)
                if part is None or exponent != 2:
                    continue
                factor: Polynomial = {tuple(p for p in monomial if p[0] != number): -coefficient}
                if self.signs.sign(factor) & NEGATIVE:
                    continue
                others = {m: c for m, c in polynomial.items() if m != monomial}
                for bound in self._products(part):
                    product = self.ring.multiply(factor, bound.polynomial)
                    result = self.ring.subtract(others, product)
                    if self.integrands.sign_shows(result, False) == ():
                        yield Bound(result, (Use(self.reason), *bound.events))
                        return

    def _products(self, part: Part) -> Iterator[Bound]:
        """The products of two integrals that bound the square of one."""
        ring = self.ring
        for weight, a, b in self._splits(part.body):
            try:
                first, second = (
                    self.integrands.accumulated(part, ring.multiply(weight, ring.power(each, 2)))
                    for each in (a, b)
                )
            except UnestablishedError:
                continue
            yield Bound(
                ring.multiply(first.polynomial, second.polynomial),
                (*first.events, *second.events),
            )

    def _splits(self, body: Polynomial) -> Iterator[tuple[Polynomial, Polynomial, Polynomial]]:
        """Ways to write an integrand as w a b with w >= 0: with 1, and of its factors."""
        ring = self.ring
        yield ring.number(1), body, ring.number(1)
        if self.normalizer.factoring.clear(body)[1]:
            return
        unit, common, sums = self.normalizer.factoring.factors(body)
        factors: list[Polynomial] = [{(pair,): ONE} for pair in common]
        factors += [factor for factor, multiplicity in sums for _ in range(multiplicity)]
        if len(factors) > FACTORS:
            return
        places = range(len(factors))
        weights = [i for i in places if not self.signs.sign(factors[i]) & NEGATIVE]
        count = 0
        for taken in range(len(weights), -1, -1):
            for weight in combinations(weights, taken):
                rest = [i for i in places if i not in weight]
                for size in range(len(rest) // 2 + 1):
                    for chosen in combinations(rest, size):
                        count += 1
                        if count > SPLITS:
                            return
                        yield (
                            self._product([factors[i] for i in weight]),
                            ring.scale(self._product([factors[i] for i in chosen]), unit),
                            self._product([factors[i] for i in rest if i not in chosen]),
                        )

    def _product(self, factors: list[Polynomial]) -> Polynomial:
        result = self.ring.number(1)
        for factor in factors:
            result = self.ring.multiply(result, factor)
        return result
