"""Quotients, powers, roots and absolute values of polynomials, and when they are defined.

A denominator must not vanish: that is proved, or listed factor by factor; under a binder it must be proved for all
values of the bound variable. A fractional power stands on a base proved nonnegative, and splits off factors of proved
sign only; a perfect square of unknown sign comes out of a root as an absolute value.
"""

from __future__ import annotations

from fractions import Fraction
from typing import cast

from flint import fmpq, fmpz

from klderive.kernel.events import AbsolutelyContinuous, Nonzero, UnestablishedError
from klderive.kernel.ring import (
    ONE,
    BudgetExceededError,
    Exponent,
    Frozen,
    Monomial,
    Polynomial,
    exact,
    freeze,
)
from klderive.kernel.signs import NEGATIVE, POSITIVE, VANISHES
from klderive.kernel.workspace import Workspace

POWER_LIMIT = 10_000
"""Integer exponents beyond this are left alone."""

FACTORED_BITS = 96
"""Integers of more bits are not factored."""


class Powers(Workspace):
    """Adds quotients, powers, roots and absolute values."""

    def positive_under_weight(self, number: int) -> bool:
        """Inside a logarithm, a density is positive where the weight is; another one if it is said to be."""
        if not self.weights or self.position != "logarithm":
            return False
        if number in self.weights:
            return True
        atom = self.ring.atoms[number]
        declared = self.context.functions.get(str(atom.key[0])) if atom.kind == "apply" else None
        # Outside its domain nothing is declared of a density; that it is positive there must not be listed.
        if declared is None or not self.signs.is_declared(number):
            return False
        bound = atom.free & set(self.active)
        for weight in reversed(self.weights):
            if bound and bound <= self.ring.atoms[weight].free:
                self.events.append(AbsolutelyContinuous(weight, number))
                return True
        return False

    def unfoldable_application(self, number: int) -> bool:
        """Whether an atom is an application whose definition may be used here."""
        return self.ring.atoms[number].kind == "apply" and self.unfoldable(number) is not None

    def opened(self, polynomial: Polynomial) -> Polynomial:
        """The polynomial with the definitions of the applications among its factors, and in sums among these."""
        ring = self.ring
        if not any(self._opens(number) for monomial in polynomial for number, _ in monomial):
            return polynomial
        result: Polynomial = {}
        for monomial, coefficient in polynomial.items():
            term = ring.number(coefficient)
            for number, exponent in monomial:
                factor: Polynomial = {((number, exponent),): ONE}
                if isinstance(exponent, int) and self._opens(number):
                    if ring.atoms[number].kind == "sum":
                        factor = self.opened(dict(ring.atoms[number].key[0]))
                    else:
                        factor = self.unfolded(number)
                    if exponent < 0:
                        self.need_nonzero(factor)
                        factor = self.inverse(factor)
                    factor = ring.power(factor, abs(exponent))
                term = ring.multiply(term, factor)
            result = ring.add(result, term)
        return result

    def _opens(self, number: int) -> bool:
        """Whether an atom is an application whose definition may be used here, or a sum that holds one."""
        atom = self.ring.atoms[number]
        if atom.kind == "sum":
            return any(self._opens(n) for monomial, _ in atom.key[0] for n, _ in monomial)
        return self.unfoldable_application(number)

    def sum_positive_under_weight(self, polynomial: Polynomial) -> bool:
        """Inside a logarithm, a sum of nonnegative terms is positive where one of them is a weight."""
        if not self.weights or self.position != "logarithm":
            return False
        if any(c < 0 or self.signs.monomial(m) & NEGATIVE for m, c in polynomial.items()):
            return False
        return any(
            all(self.signs.atom(n) == POSITIVE or n in self.weights for n, _ in monomial)
            for monomial in polynomial
        )

    def need_positive(self, polynomial: Polynomial) -> None:
        """Establish that a polynomial is positive; of one proved nonnegative, list that it does not vanish.

        Raises:
            UnestablishedError: if it may be negative.
        """
        signs = self.signs.sign(polynomial)
        if signs == POSITIVE:
            return
        if len(polynomial) == 1:
            ((monomial, coefficient),) = polynomial.items()
            if coefficient > 0 and all(
                self.signs.atom(number) == POSITIVE or self.positive_under_weight(number)
                for number, _ in monomial
            ):
                return
        if self.sum_positive_under_weight(polynomial):
            return
        if not signs & NEGATIVE:
            self.need_nonzero(polynomial)
            return
        # Such as 1 - s(z) with s(z) := 1/(1 + exp(-z)): the sign shows in the definition.
        opened = self.opened(polynomial)
        if opened != polynomial and self.signs.is_positive(self.factoring.lowest_terms(opened)):
            return
        shown = self.text(polynomial)
        raise UnestablishedError(f"`log({shown})` needs `{shown} > 0`, which is not established")

    def need_nonzero(self, polynomial: Polynomial) -> None:
        """Establish that a polynomial does not vanish, or list each of its factors that may.

        Raises:
            UnestablishedError: if it is zero, or may vanish for some value of a bound variable.
        """
        if not self.factoring.clear(polynomial)[0]:
            raise UnestablishedError("division by zero")
        if self.signs.is_nonzero(polynomial):
            return
        _, parts = self.parts(self.factoring.lowest_terms(polynomial))
        for part, _ in parts:
            base = self.part_polynomial(part)
            signs = self.signs.sign(base)
            if not signs & VANISHES:
                continue
            if signs == VANISHES:
                raise UnestablishedError("division by zero")
            if isinstance(part, int) and self.positive_under_weight(part):
                continue
            if self.sum_positive_under_weight(base):
                continue
            count = len(self.events)
            opened = self.opened(base)
            if opened != base and self.signs.is_nonzero(self.factoring.lowest_terms(opened)):
                continue
            del self.events[count:]
            if isinstance(part, int) and self.ring.atoms[part].kind == "abs":
                base = dict(self.ring.atoms[part].key[0])
            if self.ring.free(base) & set(self.active):
                raise UnestablishedError(
                    f"`{self.text(base)} != 0` is not established for all values of what is bound"
                )
            if not self.ring.free(base):
                raise UnestablishedError(f"{self.text(base)} is not proved different from 0")
            self.events.append(Nonzero(freeze(base)))

    def lists_nonzero(self, polynomial: Polynomial) -> bool:
        """Whether a polynomial does not vanish, or can be listed not to."""
        try:
            self.need_nonzero(polynomial)
        except UnestablishedError:
            return False
        return True

    def integer_power(self, base: Polynomial, exponent: int) -> Polynomial:
        """An integer power; for a negative exponent the base must not vanish."""
        if abs(exponent) > POWER_LIMIT and not (len(base) == 1 and not self.is_number(base)):
            raise BudgetExceededError(f"the exponent {exponent} is too large")
        if exponent >= 0:
            return self.ring.power(base, exponent)
        self.need_nonzero(base)
        return self.ring.power(self.inverse(base), -exponent)

    def inverse(self, polynomial: Polynomial) -> Polynomial:
        """One over a polynomial that is not zero, with irreducible sums as atoms in the denominator."""
        ring = self.ring
        if len(polynomial) == 1:
            return ring.power(polynomial, -1)
        numerator, denominators = self.factoring.clear(polynomial)
        if not numerator:
            raise UnestablishedError("division by zero")
        unit, common, factors = self.factoring.factors(numerator)
        result = ring.scale(ring.monomial_power(common, -1), 1 / unit)
        for factor, multiplicity in factors:
            sign, atom = self._oriented(factor)
            result = ring.multiply(result, ring.of_atom(atom, -multiplicity))
            if sign < 0 and multiplicity % 2:
                result = ring.scale(result, -1)
        for number, exponent in denominators:
            result = ring.multiply(result, ring.of_atom(number, exact(-exponent)))
        return result

    def root(self, polynomial: Polynomial, exponent: Fraction) -> Polynomial:
        """A fractional power of a polynomial proved nonnegative (positive, if the exponent is negative).

        Factors of proved sign come out; a perfect square of unknown sign comes out as an absolute value.
        """
        ring = self.ring
        polynomial = self.factoring.lowest_terms(polynomial)
        if not polynomial:
            if exponent > 0:
                return polynomial
            raise UnestablishedError("division by zero")
        signs = self.signs.sign(polynomial)
        if signs & NEGATIVE:
            raise UnestablishedError(
                f"a root needs `{self.text(polynomial)} >= 0`, which is not established"
            )
        if exponent < 0 and signs & VANISHES:
            self.need_nonzero(polynomial)
        result, rest, rest_sign = ring.number(1), ring.number(1), 1
        unit, parts = self.parts(polynomial)
        if unit < 0:
            rest_sign = -1
        result = self._rational_power(abs(unit), exponent)
        certain = True
        for part, multiplicity in parts:
            base = self.part_polynomial(part)
            sign = self.signs.sign(base)
            power = exact(multiplicity * exponent)
            if sign == POSITIVE:
                result = ring.multiply(result, self.part_power(part, power))
            elif sign == NEGATIVE:
                if Fraction(multiplicity).denominator != 1:
                    raise UnestablishedError("a fractional power of something negative")
                result = ring.multiply(result, self._negative_power(base, power))
                rest_sign *= -1 if multiplicity % 2 else 1
            elif not isinstance(multiplicity, Fraction) and multiplicity % 2 == 0:
                if sign & NEGATIVE:
                    absolute = self.absolute(base)
                    result = ring.multiply(result, self._single_power(absolute, power))
                else:
                    result = ring.multiply(result, self.part_power(part, power))
                certain = certain and not sign & VANISHES
            else:
                rest = ring.multiply(rest, self.part_power(part, multiplicity))
        if rest == ring.number(1):
            if rest_sign < 0:
                raise UnestablishedError("a root of something negative")
            return result
        rest = ring.scale(rest, rest_sign)
        if len(rest) == 1 and self.signs.is_nonnegative(rest):
            ((monomial, coefficient),) = rest.items()
            if coefficient > 0 and all(
                not self.signs.atom(number) & NEGATIVE for number, _ in monomial
            ):
                return ring.multiply(result, ring.monomial_power(monomial, exponent))
        if not certain or self.signs.sign(rest) & NEGATIVE:
            return self._opaque_root(polynomial, exponent)
        return ring.multiply(result, self._opaque_root(rest, exponent))

    def _opaque_root(self, polynomial: Polynomial, exponent: Fraction) -> Polynomial:
        if len(polynomial) == 1:
            ((monomial, coefficient),) = polynomial.items()
            if (
                coefficient == 1
                and len(monomial) == 1
                and not (self.signs.atom(monomial[0][0]) & NEGATIVE)
            ):
                return self.ring.monomial_power(monomial, exponent)
        numerator, _ = self.factoring.clear(polynomial)
        if numerator is not polynomial and numerator != polynomial:
            frozen = freeze(polynomial)
            return self.ring.of_atom(self.intern("root", (frozen, exponent), [frozen]))
        frozen = freeze(polynomial)
        return self.ring.of_atom(self.intern("sum", (frozen,), [frozen]), exponent)

    def absolute(self, polynomial: Polynomial) -> Polynomial:
        """The absolute value, with the factors of proved sign taken out."""
        ring = self.ring
        polynomial = self.factoring.lowest_terms(polynomial)
        signs = self.signs.sign(polynomial)
        if not signs & NEGATIVE:
            return polynomial
        if not signs & POSITIVE:
            return ring.scale(polynomial, -1)
        unit, parts = self.parts(polynomial)
        result = ring.number(abs(unit))
        for part, multiplicity in parts:
            base = self.part_polynomial(part)
            sign = self.signs.sign(base)
            if not sign & NEGATIVE:
                result = ring.multiply(result, self.part_power(part, multiplicity))
            elif not sign & POSITIVE and isinstance(multiplicity, int):
                result = ring.multiply(result, self._integer_power_of_known(base, multiplicity))
            else:
                frozen = freeze(base)
                atom = self.intern("abs", (frozen,), [frozen])
                result = ring.multiply(result, ring.of_atom(atom, multiplicity))
        return result

    def parts(self, polynomial: Polynomial) -> tuple[fmpq, list[tuple[object, Exponent]]]:
        """A rational and the factors of a polynomial: atoms (by number) and primitive sums (as keys)."""
        unit, common, factors = self.factoring.factors(polynomial)
        parts: list[tuple[object, Exponent]] = list(common)
        for factor, multiplicity in factors:
            sign, atom = self._oriented(factor)
            if sign < 0 and multiplicity % 2:
                unit = -unit
            parts.append((self.ring.atoms[atom].key[0], multiplicity))
        return unit, parts

    def part_polynomial(self, part: object) -> Polynomial:
        """A factor given by `parts` as a polynomial."""
        if isinstance(part, int):
            atom = self.ring.atoms[part]
            return dict(atom.key[0]) if atom.kind == "sum" else {((part, 1),): ONE}
        return dict(cast(Frozen, part))

    def part_power(self, part: object, exponent: Exponent) -> Polynomial:
        """A power of a factor given by `parts`."""
        if isinstance(part, int):
            return self.ring.of_atom(part, exponent) if exponent else self.ring.number(1)
        assert isinstance(part, frozenset)
        return self.ring.of_atom(self.intern("sum", (part,), [part]), exponent)

    def _negative_power(self, base: Polynomial, exponent: Exponent) -> Polynomial:
        return self._single_power(self.ring.scale(base, -1), exponent)

    def _single_power(self, polynomial: Polynomial, exponent: Exponent) -> Polynomial:
        """A power of a nonnegative polynomial that is an atom, or a sum made one."""
        if len(polynomial) == 1:
            ((monomial, coefficient),) = polynomial.items()
            if coefficient == 1:
                return self.ring.monomial_power(monomial, exponent)
        if isinstance(exponent, int) and exponent >= 0:
            return self.ring.power(polynomial, exponent)
        if isinstance(exponent, int):
            return self.ring.power(self.inverse(polynomial), -exponent)
        frozen = freeze(polynomial)
        return self.ring.of_atom(self.intern("sum", (frozen,), [frozen]), exponent)

    def _rational_power(self, value: fmpq, exponent: Fraction) -> Polynomial:
        """A fractional power of a positive rational, by primes."""
        result = self.ring.number(1)
        for prime, power in factor_integer(value.p):
            result = self.ring.multiply(result, self._prime_power(prime, exact(power * exponent)))
        for prime, power in factor_integer(value.q):
            result = self.ring.multiply(result, self._prime_power(prime, exact(-power * exponent)))
        return result

    def _prime_power(self, prime: int, exponent: Exponent) -> Polynomial:
        return self.ring.of_atom(self.ring.intern("prime", (prime,)), exponent)

    def _integer_power_of_known(self, base: Polynomial, exponent: int) -> Polynomial:
        negative = self.ring.scale(base, -1)
        if exponent >= 0:
            return self.ring.power(negative, exponent)
        return self.ring.power(self.inverse(negative), -exponent)

    def _oriented(self, factor: Polynomial) -> tuple[int, int]:
        """A sign and the atom of a primitive sum: positive if that is proved, else with a fixed first term."""
        signs = self.signs.sign(factor)
        if signs == NEGATIVE or (signs != POSITIVE and self.leading(factor) < 0):
            negative = self.ring.scale(factor, -1)
            return -1, self.intern("sum", (freeze(negative),), [freeze(negative)])
        return 1, self.intern("sum", (freeze(factor),), [freeze(factor)])

    def leading(self, polynomial: Polynomial) -> fmpq:
        """The coefficient of the term that comes first by its atoms; renaming a bound variable keeps it."""
        return polynomial[min(polynomial, key=self._order)]

    def _order(self, monomial: Monomial) -> tuple[object, ...]:
        degree = sum(Fraction(e) for _, e in monomial)
        return (
            -degree,
            [(self.ring.atoms[n].kind, self._place(n), -Fraction(e)) for n, e in monomial],
        )

    def _place(self, number: int) -> int:
        """Bound variables of one domain are told apart only by being there."""
        return 0 if self.ring.atoms[number].kind == "bound" else number


def factor_integer(value: fmpz) -> list[tuple[int, int]]:
    """The prime factors of an integer; a large one is its own factor."""
    integer = fmpz(abs(int(value)))
    if integer <= 1:
        return []
    if integer.bit_length() > FACTORED_BITS:
        return [(int(integer), 1)]
    return [(int(prime), int(power)) for prime, power in integer.factor()]
