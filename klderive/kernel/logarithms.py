"""Exponentials and logarithms of polynomials.

The exp of a sum is the product of the exps of its terms, always. A logarithm splits into those of its factors only as
far as each is proved positive itself; the rest stays one logarithm. The exp of c log(a) is a^c where a is positive.
"""

from __future__ import annotations

from flint import fmpq

from klderive.kernel.events import UnestablishedError
from klderive.kernel.powers import Powers, factor_integer
from klderive.kernel.ring import ONE, Exponent, Polynomial, as_fmpq, exact, freeze
from klderive.kernel.signs import NEGATIVE, POSITIVE


class Logarithms(Powers):
    """Adds exp and log."""

    def exp_of(self, argument: Polynomial, undo_logs: bool) -> Polynomial:
        """The exp of a sum is the product of the exps of its terms; exp of c log(a) is a^c where a is positive."""
        ring = self.ring
        result = ring.number(1)
        monomials: list[tuple[int, Exponent]] = []
        for monomial, coefficient in self.factoring.by_denominator(argument).items():
            exponent = exact(coefficient)
            if undo_logs and len(monomial) == 1 and monomial[0][1] == 1:
                atom = ring.atoms[monomial[0][0]]
                if atom.kind == "log":
                    inner = ring.thaw(atom.key[0])
                    if self.signs.is_positive(inner):
                        self.use("logarithms")
                        result = ring.multiply(result, self._positive_power(inner, exponent))
                        continue
            number = self.intern("exp", (monomial,), [frozenset({(monomial, ONE)})])
            monomials.append((number, exponent))
        return ring.multiply(result, {tuple(sorted(monomials)): ONE})

    def _positive_power(self, polynomial: Polynomial, exponent: Exponent) -> Polynomial:
        if isinstance(exponent, int):
            return self.integer_power(polynomial, exponent)
        return self.root(polynomial, exponent)

    def log_of(self, polynomial: Polynomial, *, split: bool) -> Polynomial:
        """The logarithm of a polynomial proved positive, split into those of its factors if asked.

        Raises:
            UnestablishedError: if the polynomial, or a factor that must be, is not proved positive.
        """
        ring = self.ring
        polynomial = self.factoring.lowest_terms(polynomial)
        if polynomial == ring.number(1):
            if split:
                self.use("logarithms")
            return {}
        if not polynomial:
            raise UnestablishedError("log(0) is not defined")
        if not split:
            self.need_positive(polynomial)
            frozen = freeze(polynomial)
            return ring.of_atom(self.intern("log", (frozen,), [frozen]))
        unit, parts = self.parts(polynomial)
        if len(parts) + (unit != 1) > 1 or any(m != 1 for _, m in parts) or _composite(unit):
            self.use("logarithms")
        result = self._log_of_rational(abs(unit))
        sign = 1 if unit > 0 else -1
        rest = ring.number(1)
        for part, multiplicity in parts:
            base = self.part_polynomial(part)
            signs = self.signs.sign(base)
            if (
                signs == POSITIVE
                or (isinstance(part, int) and self.positive_under_weight(part))
                or self.sum_positive_under_weight(base)
            ):
                piece = self._log_of_part(part, base)
            elif signs == NEGATIVE and isinstance(multiplicity, int):
                piece = self._log_of_atom(ring.scale(base, -1))
                sign *= -1 if multiplicity % 2 else 1
            elif isinstance(multiplicity, int) and multiplicity % 2 == 0:
                self.need_nonzero(base)
                piece = self._log_of_atom(self.absolute(base))
            elif not signs & NEGATIVE and self.lists_nonzero(base):
                piece = self._log_of_part(part, base)
            else:
                rest = ring.multiply(rest, self.part_power(part, multiplicity))
                continue
            result = ring.add(result, ring.scale(piece, as_fmpq(multiplicity)))
        rest = ring.scale(rest, sign)
        if rest != ring.number(1):
            self.need_positive(rest)
            result = ring.add(result, self._log_of_atom(rest))
        return result

    def _log_of_part(self, part: object, base: Polynomial) -> Polynomial:
        """The log of a positive factor, undone for an exp."""
        if isinstance(part, int):
            atom = self.ring.atoms[part]
            if atom.kind == "exp":
                self.use("logarithms")
                return {atom.key[0]: ONE}
            if atom.kind == "prime":
                return self._log_of_rational(fmpq(int(atom.key[0])))
        return self._log_of_atom(base)

    def _log_of_atom(self, polynomial: Polynomial) -> Polynomial:
        frozen = freeze(polynomial)
        return self.ring.of_atom(self.intern("log", (frozen,), [frozen]))

    def _log_of_rational(self, value: fmpq) -> Polynomial:
        result: Polynomial = {}
        for sign, integer in ((1, value.p), (-1, value.q)):
            for prime, power in factor_integer(integer):
                piece = self._log_of_atom(self.ring.number(prime))
                result = self.ring.add(result, self.ring.scale(piece, sign * power))
        return result


def _composite(value: fmpq) -> bool:
    """Whether the logarithm of a positive rational splits."""
    factors = [*factor_integer(value.p), *factor_integer(value.q)]
    return len(factors) > 1 or any(power != 1 for _, power in factors)
