"""Integrals of rational functions with rational coefficients: poles, polynomials, and half-lines.

A half-line is integrated in 1/x beyond 1, where a function that decays fast enough is analytic up to 0.
"""

from __future__ import annotations

from flint import acb_poly, fmpq, fmpq_poly

from klderive.certificates.continuation import Continuation
from klderive.certificates.quadrature import last_bit, quadrature
from klderive.certificates.real_arithmetic import (
    DivergentError,
    Value,
    ZeroDenominatorError,
    add,
    multiply,
    power,
    subtract,
)


def check_poles(
    top: fmpq_poly, bottom: fmpq_poly, lower: Value | None, upper: Value | None
) -> None:
    """An integral of a rational function diverges at a rational pole in the closed interval, and without decay.

    Args:
        top: the numerator.
        bottom: the denominator.
        lower: the lower end, certainly less than the upper one; None for minus infinity.
        upper: the upper end; None for infinity.

    Raises:
        UndefinedError: if it certainly diverges.
    """
    if bottom.degree() < 0:
        raise ZeroDenominatorError("division by zero")
    common = top.gcd(bottom)
    if common.degree() > 0:
        top, bottom = top // common, bottom // common
    if top.degree() < 0:
        return
    for root, _ in bottom.roots():
        above = lower is None or bool(root >= lower)
        below = upper is None or bool(root <= upper)
        if above and below:
            raise DivergentError(f"the integrand has a pole at {root}")
    if (lower is None or upper is None) and top.degree() >= bottom.degree() - 1:
        raise DivergentError("the integral diverges")


def over_infinity(
    top: fmpq_poly, bottom: fmpq_poly, lower: Value | None, upper: Value | None
) -> Value:
    """The integral of a rational function over a line or half-line, beyond +-1 in the variable 1/x."""
    if lower is None and upper is None:
        middle = fmpq(0)
        return add(
            over_infinity(top, bottom, None, middle), over_infinity(top, bottom, middle, None)
        )
    if top.degree() < 0:
        return fmpq(0)
    if lower is None and upper is not None:
        minus = fmpq_poly([0, -1])
        return over_infinity(top(minus), bottom(minus), multiply(fmpq(-1), upper), None)
    assert lower is not None
    start = lower if lower > 1 else fmpq(1)
    total = (
        fmpq(0) if start is lower else quadrature(_quotient(top, bottom), lower, start, last_bit())
    )
    reversed_top = fmpq_poly([fmpq(0)] * (bottom.degree() - top.degree() - 2) + top.coeffs()[::-1])
    reversed_bottom = fmpq_poly(bottom.coeffs()[::-1])
    beyond = power(start, fmpq(-1))
    tail = quadrature(_quotient(reversed_top, reversed_bottom), fmpq(0), beyond, last_bit())
    return add(total, tail)


def _quotient(top: fmpq_poly, bottom: fmpq_poly) -> Continuation:
    """A rational function of a complex ball."""
    tops, bottoms = acb_poly(top), acb_poly(bottom)
    return lambda z, _: tops(z) / bottoms(z)


def over_polynomial(polynomial: fmpq_poly, lower: Value, upper: Value) -> Value:
    """The integral of a polynomial, exact between rationals."""
    antiderivative = polynomial.integral()
    ends = []
    for end in (upper, lower):
        total: Value = fmpq(0)
        for coefficient in reversed(antiderivative.coeffs()):
            total = add(multiply(total, end), coefficient)
        ends.append(total)
    return subtract(*ends)
