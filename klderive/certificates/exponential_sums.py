"""Sums of polynomials times exponentials of polynomials, and their integrals over a line or a half-line.

Accepts coefficients that are rationals or balls; exponents have rational coefficients and no constant term. The idea:
terms with different exponents are linearly independent, and as x grows each pair of them differs by any factor. So a
term whose integral diverges makes the whole diverge: nothing cancels it.
"""

from __future__ import annotations

from math import factorial
from typing import TypeAlias

from flint import arb, fmpq

from klderive.certificates.real_arithmetic import (
    DivergentError,
    UndeterminedError,
    Value,
    add,
    exponential,
    logarithm,
    multiply,
    power,
)

LENGTH = 120
"""Coefficients of a polynomial, and terms of a sum, before it is given up."""

ExponentialSum: TypeAlias = dict[tuple[fmpq, ...], list[Value]]
"""From the coefficients (of x, x^2, ...) of an exponent to the coefficients of the polynomial before the exp."""


def sum_add(a: ExponentialSum, b: ExponentialSum) -> ExponentialSum:
    """The sum of two sums."""
    result = dict(a)
    for q, c in b.items():
        result[q] = _poly_add(result.get(q, []), c)
    return result


def sum_multiply(a: ExponentialSum, b: ExponentialSum) -> ExponentialSum:
    """The product of two sums."""
    if len(a) * len(b) > LENGTH:
        raise UndeterminedError("a sum of exponentials is too long")
    result: ExponentialSum = {}
    for q, c in a.items():
        for r, d in b.items():
            key = _trim(tuple(_poly_add(list(q), list(r))))
            result[key] = _poly_add(result.get(key, []), _poly_multiply(c, d))
    return result


def _trim(q: tuple[Value, ...]) -> tuple[fmpq, ...]:
    exact = [c for c in q if isinstance(c, fmpq)]
    if len(exact) != len(q):
        raise UndeterminedError("the exponent is not exact")
    while exact and exact[-1] == 0:
        exact.pop()
    return tuple(exact)


def _single(a: ExponentialSum) -> tuple[tuple[fmpq, ...], list[Value]]:
    if len(a) != 1:
        raise UndeterminedError("a sum of exponentials is not inverted")
    return next(iter(a.items()))


def _constant(c: list[Value]) -> Value:
    if any(not (isinstance(d, fmpq) and d == 0) for d in c[1:]):
        raise UndeterminedError("a polynomial is not inverted")
    return c[0] if c else fmpq(0)


def sum_inverse(a: ExponentialSum) -> ExponentialSum:
    """One over a single exponential with a constant before it."""
    q, c = _single(a)
    return {tuple(-d for d in q): [power(_constant(c), fmpq(-1))]}


def sum_exp(a: ExponentialSum) -> ExponentialSum:
    """The exponential of a polynomial."""
    if not a:
        return {(): [fmpq(1)]}
    q, c = _single(a)
    if q:
        raise UndeterminedError("an exponential of an exponential is not integrated")
    return {_trim(tuple(c[1:])): [exponential(c[0])]}


def sum_log(a: ExponentialSum) -> ExponentialSum:
    """The logarithm of a single exponential with a constant before it."""
    q, c = _single(a)
    return {(): [logarithm(_constant(c)), *q]}


def sum_root(a: ExponentialSum, exponent: fmpq) -> ExponentialSum:
    """A fractional power of a single exponential with a positive constant before it."""
    q, c = _single(a)
    base = _constant(c)
    if not base > 0:
        raise UndeterminedError("the root of what is not positive")
    return {tuple(d * exponent for d in q): [power(base, exponent)]}


def _poly_add(a: list[Value], b: list[Value]) -> list[Value]:
    longer, shorter = (a, b) if len(a) >= len(b) else (b, a)
    return [add(c, shorter[i]) if i < len(shorter) else c for i, c in enumerate(longer)]


def _poly_multiply(a: list[Value], b: list[Value]) -> list[Value]:
    if len(a) + len(b) > LENGTH:
        raise UndeterminedError("a polynomial is too long")
    result: list[Value] = [fmpq(0)] * (len(a) + len(b) - 1 if a and b else 0)
    for i, c in enumerate(a):
        for j, d in enumerate(b):
            result[i + j] = add(result[i + j], multiply(c, d))
    return result


def over_line(q: tuple[fmpq, ...], c: list[Value]) -> Value:
    """The integral over the line of a polynomial times exp(b x - a x^2).

    With m = b/(2a), it is exp(b^2/(4a)) times the integral of the polynomial at t + m against exp(-a t^2), whose even
    moments are Gamma(j + 1/2) / a^(j + 1/2).
    """
    if all(isinstance(d, fmpq) and d == 0 for d in c):
        return fmpq(0)
    if len(q) != 2 or q[1] >= 0:
        if any(isinstance(d, fmpq) and d != 0 for d in c) and len(q) <= 2:
            raise DivergentError("the integral diverges")
        raise UndeterminedError("the integral over the line is not evaluated")
    b, a = q[0], -q[1]
    shifted = _poly_shift(c, b / (2 * a))
    total: Value = fmpq(0)
    for degree, coefficient in enumerate(shifted):
        if degree % 2:
            continue
        half = fmpq(degree + 1, 2)
        moment = arb.gamma(arb(half)) / arb(a) ** arb(half)
        total = add(total, multiply(coefficient, moment))
    return multiply(total, exponential(b * b / (4 * a)))


def over_half_line(term: tuple[tuple[fmpq, ...], list[Value]]) -> Value:
    """The integral from 0 to infinity of a polynomial times exp(-r x): k!/r^(k+1) for x^k."""
    q, c = term
    if all(isinstance(d, fmpq) and d == 0 for d in c):
        return fmpq(0)
    if not q or (len(q) == 1 and q[0] >= 0):
        if any(isinstance(d, fmpq) and d != 0 for d in c):
            raise DivergentError("the integral diverges")
        raise UndeterminedError("the integral over the half-line is not evaluated")
    if len(q) != 1:
        raise UndeterminedError("the integral over the half-line is not evaluated")
    rate = -q[0]
    total: Value = fmpq(0)
    for degree, coefficient in enumerate(c):
        moment = fmpq(factorial(degree)) / rate ** (degree + 1)
        total = add(total, multiply(coefficient, moment))
    return total


def shifted(
    q: tuple[fmpq, ...], c: list[Value], start: fmpq
) -> tuple[tuple[fmpq, ...], list[Value]]:
    """A term at x + start, with the constant of the exponent in the coefficients."""
    exponent = _poly_shift([fmpq(0), *q], start)
    factor = exponential(exponent[0]) if exponent else fmpq(1)
    return _trim(tuple(exponent[1:])), [multiply(factor, d) for d in _poly_shift(c, start)]


def mirrored(q: tuple[fmpq, ...], c: list[Value]) -> tuple[tuple[fmpq, ...], list[Value]]:
    """A term at -x."""
    return (
        tuple(d if i % 2 else -d for i, d in enumerate(q)),
        [multiply(fmpq(-1), d) if i % 2 else d for i, d in enumerate(c)],
    )


def _poly_shift(c: list[Value], m: fmpq) -> list[Value]:
    """The coefficients of a polynomial at t + m, by Horner."""
    result: list[Value] = []
    for coefficient in reversed(c):
        result = _poly_add(_poly_multiply(result, [m, fmpq(1)]), [coefficient])
    return result
