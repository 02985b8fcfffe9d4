"""The sign of what is divided by: where a quotient is defined, its denominator is not 0.

Accepts monomials with negative exponents. That a denominator does not vanish is seen to, or listed, where the quotient
is made; so 1/c^2 is positive, not only nonnegative.
"""

from __future__ import annotations

from klderive.kernel.ring import Monomial
from klderive.kernel.signs import NONZERO, POSITIVE, power, product
from klderive.theories.signs_of_sums import SignsOfSums


class SignsOfQuotients(SignsOfSums):
    """Adds that denominators do not vanish."""

    def monomial(self, monomial: Monomial) -> int:
        """The possible signs of a monomial."""
        signs = POSITIVE
        for number, exponent in monomial:
            own = power(self.atom(number), exponent)
            signs = product(signs, own & NONZERO if exponent < 0 else own)
        return signs
