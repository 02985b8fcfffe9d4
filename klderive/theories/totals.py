"""Integrals and sums that certainly are not 0, so that one may divide by them and take their logarithms.

Accepts a polynomial that must not vanish. The idea: a density that is normalised is positive on more than a null set,
so that the integral or sum of a power of it, with factors that are positive beside it, is positive; so is the integral
of what is positive over an interval that has a length, and the sum of it over a range without end. A sum of terms that
are not negative, one of which is positive, is positive. (Rudin, Real and Complex Analysis, theorem 1.39 (a).)

That the integral or sum has a value is established apart.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import oo

from klderive.kernel.events import UnestablishedError
from klderive.kernel.normal_form import Normalizer
from klderive.kernel.ring import ONE, Exponent, Polynomial
from klderive.kernel.signs import NEGATIVE, POSITIVE


class Totals(Normalizer):
    """Adds that some integrals and sums do not vanish."""

    def prepare(self) -> None:
        """Make the state that this layer keeps."""
        super().prepare()
        self._normalised: frozenset[int] | None = None

    def need_nonzero(self, polynomial: Polynomial) -> None:
        """Establish that a polynomial does not vanish, or list each of its factors that may.

        Raises:
            UnestablishedError: if it is zero, or may vanish for some value of a bound variable.
        """
        if any(
            self.ring.atoms[n].kind in ("functional", "sum")
            for monomial in polynomial
            for n, _ in monomial
        ) and not self.signs.is_nonzero(polynomial):
            left = self.ring.number(1)
            unit, parts = self.parts(self.factoring.lowest_terms(polynomial))
            for part, exponent in parts:
                if not self._is_positive_total(self.part_polynomial(part)):
                    left = self.ring.multiply(left, self.part_power(part, exponent))
            polynomial = self.ring.scale(left, unit)
        super().need_nonzero(polynomial)

    def _is_positive_total(self, polynomial: Polynomial) -> bool:
        """Whether no term is negative, and one is certainly positive."""
        if any(c < 0 or self.signs.monomial(m) & NEGATIVE for m, c in polynomial.items()):
            return False
        return any(
            all(self.signs.atom(n) == POSITIVE or self._is_positive_functional(n) for n, _ in m)
            for m in polynomial
        )

    def _is_positive_functional(self, number: int) -> bool:
        atom = self.ring.atoms[number]
        if atom.kind != "functional" or not isinstance(atom.key[-1], frozenset):
            return False
        _, kind, lower, upper, body = atom.key
        if kind == "oriented" or any(c < 0 or self.signs.monomial(m) & NEGATIVE for m, c in body):
            return False
        if number in self._totals_that_are_normalised():
            return True
        if self.signs.is_positive(dict(body)) and self._has_a_length(kind, lower, upper):
            return True
        return any(self._weighs(number, dict(m)) for m, _ in body)

    def _has_a_length(self, kind: object, lower: object, upper: object) -> bool:
        """Whether an interval certainly has a length, or a range no end."""
        if kind == "range":
            return upper is oo
        if kind != "interval":
            return False
        if not isinstance(lower, frozenset) or not isinstance(upper, frozenset):
            return True
        return self.signs.is_positive(self.ring.subtract(dict(upper), dict(lower)))

    def _weighs(self, number: int, factors: dict[int, Exponent]) -> bool:
        """Whether the factors are a power of a density that is normalised over the same domain, and positive ones."""
        name, kind, lower, upper, _ = self.ring.atoms[number].key
        variable = self.bound_in(number)
        # What is divided by does not vanish where the density beside it is positive; the variable of an integral
        # vanishes at one point only.
        unsure = [
            n
            for n, e in factors.items()
            if e > 0
            and self.signs.atom(n) != POSITIVE
            and not (name == "integral" and n == variable)
        ]
        if len(unsure) > 1:
            return False
        for density in unsure or factors:
            if factors[density] <= 0 or variable is None:
                continue
            whole = self.functional_number(
                name, (kind, lower, upper), variable, {((density, 1),): ONE}
            )
            if whole in self._totals_that_are_normalised():
                return True
        return False

    def _totals_that_are_normalised(self) -> frozenset[int]:
        """The functionals that the normalisation of a declared density says are 1."""
        if self._normalised is None:
            self._normalised = frozenset()
            # A fact in force would give them their value, and a definition might hold it.
            kept = self.rules, self.schemes, self.definitions
            self.rules, self.schemes, self.definitions = {}, [], {}
            count = len(self.events)
            try:
                self._normalised = frozenset(self._declared_totals())
            finally:
                self.rules, self.schemes, self.definitions = kept
                del self.events[count:]
        return self._normalised

    def _declared_totals(self) -> Iterator[int]:
        for declared in self.context.functions.values():
            for fact in declared.facts:
                if fact.right != 1 or fact.relation != "=" or fact.conditions or fact.restricts:
                    continue
                try:
                    value = self.normal(fact.left, self.values)
                except UnestablishedError:
                    continue
                for monomial, coefficient in value.items():
                    if len(value) == len(monomial) == coefficient == 1:
                        yield monomial[0][0]
