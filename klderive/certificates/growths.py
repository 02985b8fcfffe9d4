"""How fast something grows: u^a b^u (u!)^k exp(q(u)).

Accepts rational exponents and bases; factorials for integers u. Growths are multiplied by adding exponents, and
compared exactly: of two different ones, one is smaller than the other by any factor as u grows, since the logarithm of
a rational base is rational only for 1.
"""

from __future__ import annotations

from functools import cmp_to_key, lru_cache
from typing import NamedTuple

from flint import arb, ctx, fmpq

from klderive.certificates.real_arithmetic import UndeterminedError, finite, power

PRECISIONS = (64, 256, 1024)


class Growth(NamedTuple):
    """The coefficients (of u, u^2, ...) of the exponent q, the power a of u, the base b > 0, the power of u!."""

    exponent: tuple[fmpq, ...] = ()
    power: fmpq = fmpq(0)
    base: fmpq = fmpq(1)
    factorials: int = 0

    @property
    def is_power(self) -> bool:
        """Whether it is a power of u."""
        return not self.exponent and self.base == 1 and not self.factorials

    @property
    def is_exponential(self) -> bool:
        """Whether it is exp(k u) for a rational k, or a constant."""
        return self == Growth(self.exponent) and len(self.exponent) < 2


CONSTANT = Growth()
LINEAR = Growth(power=fmpq(1))


def times(a: Growth, b: Growth) -> Growth:
    """The growth of a product."""
    longer, shorter = sorted((a.exponent, b.exponent), key=len, reverse=True)
    sums = [c + shorter[i] if i < len(shorter) else c for i, c in enumerate(longer)]
    while sums and sums[-1] == 0:
        sums.pop()
    factorials = a.factorials + b.factorials
    return Growth(tuple(sums), a.power + b.power, a.base * b.base, factorials)


def to_power(a: Growth, exponent: fmpq) -> Growth:
    """The growth of a power.

    Raises:
        UndeterminedError: for a base that has no such rational power.
    """
    if exponent == 0:
        return CONSTANT
    base = power(a.base, exponent)
    if not isinstance(base, fmpq):
        raise UndeterminedError("a root of an exponential is not expanded")
    factorials = a.factorials * exponent
    if factorials.q != 1:
        raise UndeterminedError("a root of a factorial is not expanded")
    coefficients = tuple(c * exponent for c in a.exponent)
    return Growth(coefficients, a.power * exponent, base, int(factorials.p))


@lru_cache(maxsize=4096)
def direction(a: Growth) -> int:
    """1 for what grows beyond bounds, -1 for what tends to 0, 0 for a constant.

    Raises:
        UndeterminedError: if an exponential is too near to a constant.
    """
    if len(a.exponent) > 1:
        return _sign(a.exponent[-1])
    if a.factorials:
        return 1 if a.factorials > 0 else -1
    rate = a.exponent[0] if a.exponent else fmpq(0)
    if a.base == 1:
        return _sign(rate) or _sign(a.power)
    for precision in PRECISIONS:
        with ctx.workprec(precision):
            total = arb(rate) + arb(a.base).log()
            if total > 0 or total < 0:
                return 1 if total > 0 else -1
    raise UndeterminedError("two exponentials are too near to one another")


def _sign(number: fmpq) -> int:
    return int(number > 0) - int(number < 0)


def _compare(a: Growth, b: Growth) -> int:
    return 0 if a == b else direction(times(a, to_power(b, fmpq(-1))))


rank = cmp_to_key(_compare)
"""A key by which growths are sorted: the later, the faster."""


def slope(a: Growth, start: fmpq) -> arb | None:
    """A bound s >= 0 with which it falls at least like exp(-s u) from a start on; None if it may grow.

    Args:
        a: the growth.
        start: where it begins, at least 1.
    """
    if a.is_power:
        return arb(0) if a.power <= 0 else None
    exponent = a.exponent or (fmpq(0),)
    lead = len(exponent)
    rates = [arb(c) for c in exponent]
    rates[0] += arb(a.base).log()
    if a.factorials > 0 and lead == 1:
        return None
    # From u to u + 1, (u!)^k changes by the factor (u + 1)^k; beside a square, log(u + 1) is at most u.
    rates[0] += a.factorials * arb(start + 1).log() if lead == 1 else arb(max(a.factorials, 0))
    if a.factorials > 0:
        rates[1] += a.factorials
    # The logarithmic derivative divided by u^(lead - 1), which is at least 1; what helps is left out.
    bracket = lead * rates[-1]
    for i, c in enumerate(rates[:-1], 1):
        if not c <= 0:
            bracket += i * abs(c) / arb(start ** (lead - i))
    if a.power > 0:
        bracket += arb(a.power / start**lead)
    return -bracket * arb(start ** (lead - 1)) if bracket <= 0 else None


def value_at(a: Growth, u: fmpq) -> arb:
    """The value at a positive rational."""
    total = fmpq(0)
    for i, c in enumerate(a.exponent, 1):
        total += c * u**i
    value = arb(total).exp() * arb(u) ** arb(a.power) * arb(a.base) ** arb(u)
    return finite(value * arb(u + 1).gamma() ** a.factorials if a.factorials else value)
