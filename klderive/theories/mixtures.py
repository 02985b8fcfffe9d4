"""Mixtures c h + (1 - c) k: where a density in one is positive, so is the mixture, if the coefficient is.

Accepts sums that stand under a logarithm. The kernel sees that a sum of nonnegative terms is positive where one of them
is a weight; here the terms with one weight are put together first, so that its coefficient may be a sum like 1 - c,
which the assumptions make positive, and the rest need only be nonnegative as a whole. Under another weight it is
listed that one of the densities in the mixture is positive where that weight is.
"""

from __future__ import annotations

from klderive.kernel.events import AbsolutelyContinuous
from klderive.kernel.normal_form import Normalizer
from klderive.kernel.ring import Polynomial
from klderive.kernel.signs import NEGATIVE


class Mixtures(Normalizer):
    """Adds that a mixture is positive where a weight in it is."""

    def sum_positive_under_weight(self, polynomial: Polynomial) -> bool:
        """Inside a logarithm, a positive multiple of a weight with something nonnegative is positive where that is."""
        if super().sum_positive_under_weight(polynomial):
            return True
        if not self.weights or self.position != "logarithm" or len(polynomial) < 2:
            return False
        numbers = [n for n in self._densities(polynomial) if self._makes_positive(polynomial, n)]
        if any(number in self.weights for number in numbers):
            return True
        listed = [
            n for n in numbers for w in self.weights if AbsolutelyContinuous(w, n) in self.events
        ]
        return any(self.positive_under_weight(number) for number in (*listed, *numbers))

    def _densities(self, polynomial: Polynomial) -> list[int]:
        """The functions of declared sign among the factors."""
        factors = {number for monomial in polynomial for number, exponent in monomial}
        return sorted(
            n for n in factors if self.ring.atoms[n].kind == "apply" and self.signs.is_declared(n)
        )

    def _makes_positive(self, polynomial: Polynomial, number: int) -> bool:
        """Whether a polynomial is a positive multiple of a factor and something nonnegative."""
        factor: Polynomial = {}
        rest: Polynomial = {}
        for monomial, coefficient in polynomial.items():
            if (number, 1) in monomial:
                others = tuple(pair for pair in monomial if pair[0] != number)
                factor[others] = coefficient
            else:
                rest[monomial] = coefficient
        return self.signs.is_positive(factor) and not self.signs.sign(rest) & NEGATIVE
