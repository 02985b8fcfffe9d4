"""Arithmetic on exact rationals and Arb balls, over the reals.

Accepts values: a rational as long as everything is rational, otherwise a ball that contains the value. Two errors are
kept apart: an operation that certainly has no value, and one of which that cannot be told. python-flint's arithmetic is
trusted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from flint import arb, fmpq, fmpz

Value: TypeAlias = fmpq | arb
"""An exact rational, or a ball."""

BITS = 20_000
"""Bits of an exact number."""

DIGITS = 6
"""Digits that are shown."""

SHOWN_BITS = 64
"""Bits of an exact number that is shown exactly."""


class UndefinedError(Exception):
    """The expression has certainly no value at the point; the message says why."""


class DivergentError(UndefinedError):
    """An integral or sum in the expression certainly diverges at the point."""


class ZeroDenominatorError(UndefinedError):
    """A denominator in the expression is 0 at the point; that it is not may be a condition of a line."""


class ZeroLogarithmError(UndefinedError):
    """Something is 0 under a logarithm; of an abstract function, that it is not may be a condition of a line."""


class VanishingError(UndefinedError):
    """For a value of a bound variable, something is 0 in a denominator or under a logarithm."""


class UndeterminedError(Exception):
    """It cannot be told whether the expression has a value, or which."""


class InexactError(UndeterminedError):
    """It cannot be told because a ball is too wide; more bits may help."""


def add(a: Value, b: Value) -> Value:
    """The sum."""
    return _checked(a + b)


def add_all(values: Iterable[Value]) -> Value:
    """The sum of all."""
    total: Value = fmpq(0)
    for value in values:
        total = add(total, value)
    return total


def subtract(a: Value, b: Value) -> Value:
    """The difference."""
    return _checked(a - b)


def multiply(a: Value, b: Value) -> Value:
    """The product."""
    return _checked(a * b)


def _checked(value: Value) -> Value:
    """A value that is neither too large to go on with nor without bounds: nan to the power 0 would be 1."""
    if isinstance(value, fmpq):
        if value.height_bits() > BITS:
            raise UndeterminedError("an exact number is too large")
    elif not value.is_finite():
        raise InexactError("the enclosure is not finite")
    return value


def finite(value: arb) -> arb:
    """The ball, if it has bounds.

    Raises:
        InexactError: if it has none.
    """
    if not value.is_finite():
        raise InexactError("the enclosure is not finite")
    return value


def may_vanish(value: Value) -> bool:
    """Whether a value is not certainly different from 0."""
    return not (value > 0 or value < 0)


def is_zero(value: Value) -> bool:
    """Whether a value is exactly 0."""
    return isinstance(value, fmpq) and value == 0


def exponential(value: Value) -> Value:
    """E to a power."""
    if isinstance(value, fmpq):
        if value == 0:
            return fmpq(1)
        if abs(value) > 10_000:
            raise UndeterminedError("an exponent is too large")
    return finite(arb(value).exp())


def logarithm(value: Value) -> Value:
    """The natural logarithm.

    Raises:
        UndefinedError: of something certainly not positive.
        UndeterminedError: of a ball that contains 0.
    """
    if isinstance(value, fmpq):
        if value <= 0:
            raise (UndefinedError if value else ZeroLogarithmError)(f"log({value})")
        return fmpq(0) if value == 1 else arb(value).log()
    if value > 0:
        return value.log()
    if value <= 0:
        raise UndefinedError(f"log({short(value)})")
    raise InexactError("the argument of a logarithm may be 0")


def power(base: Value, exponent: Value) -> Value:
    """A power over the reals.

    Raises:
        ZeroDenominatorError: for 0 to a negative exponent.
        UndefinedError: for a negative base to a fraction.
        UndeterminedError: if the base is not certainly on one side of 0 where that matters.
    """
    if isinstance(exponent, fmpq) and exponent.q == 1:
        return _integer_power(base, int(exponent.p))
    if isinstance(base, fmpq) and base == 0:
        if exponent > 0:
            return base
        if exponent < 0:
            raise ZeroDenominatorError("0 to a negative exponent")
        raise InexactError("0 to an exponent that may be 0")
    if base < 0:
        if isinstance(exponent, fmpq):
            raise UndefinedError(f"({short(base)})**({exponent}) is not real")
        raise UndeterminedError("a negative base to an inexact exponent")
    if not base > 0:
        raise InexactError("the base of a power may be 0")
    if isinstance(base, fmpq) and isinstance(exponent, fmpq):
        root = _exact_root(base, exponent)
        if root is not None:
            return root
    return finite(arb(base) ** arb(exponent))


def _integer_power(base: Value, exponent: int) -> Value:
    if isinstance(base, fmpq):
        if base == 0 and exponent < 0:
            raise ZeroDenominatorError("division by zero")
        if base.height_bits() * abs(exponent) > BITS:
            if base in (0, 1, -1):
                return base ** (2 - exponent % 2) if exponent else fmpq(1)
            raise UndeterminedError("an exact power is too large")
        return base**exponent
    if exponent < 0:
        if base > 0 or base < 0:
            return finite((1 / base) ** (-exponent))
        raise InexactError("a denominator may be 0")
    if exponent and not (base > 0 or base < 0):
        # Arb takes a power by the logarithm, which a ball around 0 does not have.
        greatest = abs(base).upper()
        bound = greatest**exponent if greatest else arb(0)
        return finite(arb(0).union(bound) if exponent % 2 == 0 else (-bound).union(bound))
    return finite(base**exponent)


def _exact_root(base: fmpq, exponent: fmpq) -> fmpq | None:
    """A fractional power of a positive rational, where it is rational."""
    if exponent.q > 64:
        return None
    degree = int(exponent.q)
    top, bottom = (_integer_root(fmpz(part), degree) for part in (base.p, base.q))
    if top is None or bottom is None:
        return None
    value = _integer_power(fmpq(top, bottom), int(exponent.p))
    return value if isinstance(value, fmpq) else None


def _integer_root(value: fmpz, degree: int) -> fmpz | None:
    root = value.root(degree)
    return root if root**degree == value else None


def short(value: Value) -> str:
    """A value in few digits, exactly if it is exact and not long; of one that may be 0, the zeros that are certain."""
    if isinstance(value, fmpq):
        if value.height_bits() <= SHOWN_BITS:
            return str(value)
        value = arb(value)
    if value.contains(0):
        for places in range(DIGITS, 0, -1):
            if abs(value) < arb(10) ** -places / 2:
                return f"0.{'0' * places}"
    return value.str(DIGITS, radius=False)


def compare(relation: str, left: Value, right: Value) -> bool | None:
    """Whether a relation certainly holds (True), certainly fails (False), or cannot be told (None)."""
    difference = left - right
    if isinstance(difference, fmpq):
        zero = difference == 0
        positive, negative = difference > 0, difference < 0
    else:
        if not difference.is_finite():
            return None
        positive, negative = bool(difference > 0), bool(difference < 0)
        zero = False
        if not positive and not negative:
            return _touching(relation, difference)
    match relation:
        case "=" | "==":
            return zero
        case "!=":
            return not zero
        case "<":
            return negative
        case "<=":
            return negative or zero
        case ">":
            return positive
        case ">=":
            return positive or zero
    return None


def _touching(relation: str, difference: arb) -> bool | None:
    """What a difference says that may be 0, but may lie on one side of it."""
    match relation:
        case "<=" | ">" if difference <= 0:
            return relation == "<="
        case ">=" | "<" if difference >= 0:
            return relation == ">="
    return None
