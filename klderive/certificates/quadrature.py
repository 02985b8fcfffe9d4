"""The quadrature of analytic integrands between real ends, by `acb.integral`, which is trusted."""

from __future__ import annotations

from flint import acb, arb, ctx

from klderive.certificates.continuation import Continuation
from klderive.certificates.real_arithmetic import UndefinedError, UndeterminedError, Value

EVALUATION_LIMIT = 10_000
"""Evaluations of an integrand before an integral is given up."""

WIDEST = arb(2) ** -20
"""The radius beyond which an enclosure is given up."""


def last_bit() -> arb:
    """The last bit of a number of the size of 1."""
    return arb(2) ** -ctx.prec


def quadrature(integrand: Continuation, lower: Value, upper: Value, tolerance: arb) -> Value:
    """The integral of an analytic integrand between two real ends, enclosed.

    Args:
        integrand: takes a complex ball, and whether it must be analytic there; it may raise this module's errors.
        lower: the lower end.
        upper: the upper end.
        tolerance: the error that is aimed at.

    Raises:
        UndeterminedError: if it is not enclosed.
    """
    problems: list[str] = []

    def guarded(z: acb, analytic: bool) -> acb:
        # An exception must not pass through FLINT; what is not finite makes the integral not finite.
        if problems:
            return acb("nan")
        try:
            return integrand(z, analytic)
        except (UndefinedError, UndeterminedError, ZeroDivisionError, ValueError) as error:
            problems.append(str(error))
            return acb("nan")

    result = acb.integral(
        guarded,
        acb(lower),
        acb(upper),
        rel_tol=tolerance,
        abs_tol=tolerance,
        eval_limit=EVALUATION_LIMIT,
        depth_limit=60,
    )
    if problems:
        raise UndeterminedError(problems[0])
    if not result.is_finite() or result.real.rad() > WIDEST:
        raise UndeterminedError("the integral is not enclosed")
    if not result.imag.contains(0):
        raise UndeterminedError("the integrand is not real")
    return result.real
