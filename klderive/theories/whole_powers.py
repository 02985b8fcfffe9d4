"""Powers whose exponent is a symbolic whole number, such as (-1)^n and u^(n + 2).

Accepts a base of any sign and an exponent that is an integer, proved nonnegative if the base may vanish. Such a power
is a product of powers of symbols in their least values, so that u^(n + 2) is u^3 u^(n - 1) for n >= 1.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from flint import fmpq
from sympy import Expr, Pow

from klderive.kernel.kinds import AtomKind
from klderive.kernel.normal_form import Normalizer
from klderive.kernel.ring import ONE, UNIT, Polynomial
from klderive.kernel.signs import POSITIVE, UNKNOWN, Signs


class PowerKind(AtomKind):
    """Powers whose exponent is a symbolic whole number."""

    def signs(self, signs: Signs, key: tuple[Any, ...]) -> int:
        """They are positive if the base is."""
        return POSITIVE if signs.is_positive(dict(key[0])) else UNKNOWN

    def expression(self, key: tuple[Any, ...], shown: Callable[[object], Expr]) -> Expr:
        """The power."""
        return Pow(shown(key[0]), shown(key[1]), evaluate=False)


class WholePowers(Normalizer):
    """Adds powers with whole exponents."""

    kinds = MappingProxyType({"power": PowerKind()})

    def power_of_unknown_sign(self, base: Polynomial, exponent: Polynomial) -> Polynomial:
        """A power of something that is not proved positive, if its exponent is a whole number."""
        if self.is_integer(exponent) and (
            self.signs.is_nonnegative(exponent) or self.signs.is_nonzero(base)
        ):
            return self.integer_symbol_power(base, exponent)
        return super().power_of_unknown_sign(base, exponent)

    def integer_symbol_power(self, base: Polynomial, exponent: Polynomial) -> Polynomial:
        """A power of which the exponent is an integer, as a product of powers of symbols in their least values.

        So u^(n + 2) is u^3 u^(n - 1) for n >= 1. The exponent is proved nonnegative, or the base not to vanish.
        """
        ring = self.ring
        whole = exponent.get(UNIT, fmpq(0))
        parts: list[tuple[Polynomial, int]] = []
        for monomial, coefficient in exponent.items():
            if not monomial:
                continue
            part: Polynomial = {monomial: ONE}
            if self.signs.is_nonnegative(ring.subtract(part, ring.number(1))):
                part = ring.subtract(part, ring.number(1))
                whole += coefficient
            elif not self.signs.is_nonnegative(part):
                return self._opaque_power(base, exponent)
            if coefficient.q != 1 or coefficient < 0:
                return self._opaque_power(base, exponent)
            parts.append((part, int(coefficient.p)))
        if whole < 0:
            return self._opaque_power(base, exponent)
        result = self.integer_power(base, int(whole.p))
        for part, count in parts:
            if base == ring.number(-1):
                count %= 2
            result = ring.multiply(result, ring.power(self._opaque_power(base, part), count))
        return result

    def _opaque_power(self, base: Polynomial, exponent: Polynomial) -> Polynomial:
        keys = self.frozen(base), self.frozen(exponent)
        return self.ring.of_atom(self.intern("power", keys, list(keys)))
