"""How fast something grows: u^a b^u exp(q(u)).

Accepts rational exponents and bases. Growths are multiplied by adding exponents, and compared exactly: of two different
ones, one is smaller than the other by any factor as u grows, since the logarithm of a rational base is rational only
for 1.
"""

from __future__ import annotations

from functools import cmp_to_key, lru_cache
from typing import NamedTuple

from flint import arb, ctx, fmpq

from klderive.kernel.real_arithmetic import UndeterminedError, finite, power

PRECISIONS = (64, 256, 1024)


class Growth(NamedTuple):
    """The coefficients (of u, u^2, ...) of the exponent q, the power a of u, and the base b > 0."""

    exponent: tuple[fmpq, ...] = ()
    power: fmpq = fmpq(0)
    base: fmpq = fmpq(1)


CONSTANT = Growth()
LINEAR = Growth(power=fmpq(1))


def times(a: Growth, b: Growth) -> Growth:
    """The growth of a product."""
    longer, shorter = sorted((a.exponent, b.exponent), key=len, reverse=True)
    sums = [c + shorter[i] if i < len(shorter) else c for i, c in enumerate(longer)]
    while sums and sums[-1] == 0:
        sums.pop()
    return Growth(tuple(sums), a.power + b.power, a.base * b.base)


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
    return Growth(tuple(c * exponent for c in a.exponent), a.power * exponent, base)


@lru_cache(maxsize=4096)
def direction(a: Growth) -> int:
    """1 for what grows beyond bounds, -1 for what tends to 0, 0 for a constant.

    Raises:
        UndeterminedError: if an exponential is too near to a constant.
    """
    if len(a.exponent) > 1:
        return _sign(a.exponent[-1])
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
    """A bound s >= 0 with u^a b^u exp(q(u)) falling at least like exp(-s u) from a start on; None if it may grow.

    Args:
        a: the growth.
        start: where it begins, at least 1.
    """
    if not a.exponent and a.base == 1:
        return arb(0) if a.power <= 0 else None
    exponent = a.exponent or (fmpq(0),)
    lead = len(exponent)
    rates = [arb(c) for c in exponent]
    rates[0] += arb(a.base).log()
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
    return finite(arb(total).exp() * arb(u) ** arb(a.power) * arb(a.base) ** arb(u))
