"""The inequality of the means: a^r b^s <= r a + s b for nonnegative a, b and weights r, s >= 0 with r + s = 1.

Accepts products of fractional powers of nonnegative factors, and of exps of multiples of logarithms, of any number of
factors. Summed or integrated with r + s = 1 it is Hölder's inequality for two densities.
(Steele, The Cauchy-Schwarz Master Class, equation 2.7.)
"""

from __future__ import annotations

from flint import fmpq

from klderive.kernel.ring import ONE, Frozen, Monomial, Polynomial, as_fmpq, freeze
from klderive.kernel.signs import NEGATIVE
from klderive.theories.inequalities.rule import RuleForBodies


class Means(RuleForBodies):
    """Replaces each -c a^r b^s under a sign by the smaller -c (r a + s b)."""

    reason = "inequality of the means"

    def smaller_body(self, body: Polynomial, variable: int) -> Polynomial:
        """A body with the geometric means bounded."""
        return self.ring.add(*(self._arithmetic(m, variable, c) for m, c in body.items()))

    def _arithmetic(self, monomial: Monomial, variable: int, coefficient: fmpq) -> Polynomial:
        """A term, or what is less with the arithmetic mean in place of the geometric one."""
        ring = self.ring
        term: Polynomial = {monomial: coefficient}
        inside = tuple(p for p in monomial if variable in ring.atoms[p[0]].free)
        outside = {tuple(p for p in monomial if p not in inside): coefficient}
        if self.signs.sign(ring.scale(outside, -1)) & NEGATIVE:
            return term
        exponents = self._exponents(inside)
        if exponents is None or len(exponents) < 2:
            return term
        if ring.add(*exponents.values()) != ring.number(1):
            return term
        mean: Polynomial = {}
        for base, exponent in exponents.items():
            if not self.signs.is_nonnegative(exponent):
                return term
            if not self.signs.is_nonnegative(dict(base)):
                return term
            mean = ring.add(mean, ring.multiply(exponent, dict(base)))
        return ring.multiply(outside, mean)

    def _exponents(self, inside: Monomial) -> dict[Frozen, Polynomial] | None:
        """The exponent of each base of a product of powers; None if a factor is none."""
        ring = self.ring
        exponents: dict[Frozen, Polynomial] = {}
        for number, exponent in inside:
            atom = ring.atoms[number]
            if atom.kind != "exp":
                base = freeze({((number, 1),): ONE})
                value = ring.number(as_fmpq(exponent))
            else:
                logs = [p for p in atom.key[0] if ring.atoms[p[0]].kind == "log"]
                if len(logs) != 1 or logs[0][1] != 1:
                    return None
                base = ring.atoms[logs[0][0]].key[0]
                value = {tuple(p for p in atom.key[0] if p not in logs): as_fmpq(exponent)}
            exponents[base] = ring.add(exponents.get(base, {}), value)
        return {base: value for base, value in exponents.items() if value}
