"""Poles inside an interval: that an integrand certainly cannot be integrated over one.

Accepts an integrand that is a product, on an interval. The idea: a factor g of a denominator changes its sign in a
short interval, on which its derivative is enclosed and not 0. So it has exactly one zero z there, and |g(x)| is at most
M |x - z|. If the other factors are certainly not 0 there, the integrand is at least c/|x - z| in size on both sides and
of one sign on each: its integral diverges.
"""

from __future__ import annotations

from collections.abc import Iterator

from flint import arb, fmpq
from sympy import Expr, Integer, Mul, Pow, Symbol, cos, sin, tan

from klderive.certificates.cells import Environment, Evaluator, flat, inside_of
from klderive.certificates.real_arithmetic import (
    UndefinedError,
    UndeterminedError,
    Value,
    may_vanish,
)
from klderive.certificates.taylor import slope_on

PLACES = 32
"""Places between which a change of sign is looked for."""

HALVINGS = 12
"""How often an interval with a change of sign is halved."""


def has_pole(
    evaluator: Evaluator,
    e: Expr,
    variable: Symbol,
    lower: Value | None,
    upper: Value | None,
    env: Environment,
) -> bool:
    """Whether an integrand certainly has a pole in an open interval, over which its integral diverges.

    Args:
        evaluator: values expressions.
        e: the integrand.
        variable: its variable.
        lower: the lower end of the interval; None for minus infinity.
        upper: the upper end.
        env: the values of the other bound variables.
    """
    factors = list(_factors(e))
    for i, (base, exponent) in enumerate(factors):
        if exponent > -1 or variable not in base.free_symbols:
            continue
        try:
            interval = _sign_change(evaluator, base, variable, lower, upper, env)
            if interval is None:
                continue
            ball = arb(interval[0]).union(arb(interval[1]))
            slope = slope_on(evaluator, base, variable, ball, env)
            others = [b for j, (b, _) in enumerate(factors) if j != i]
            values = [evaluator.value(other, {**env, variable: ball}) for other in others]
        except (UndefinedError, UndeterminedError):
            continue
        if not may_vanish(slope) and not any(map(may_vanish, values)):
            return True
    return False


def _factors(e: Expr) -> Iterator[tuple[Expr, Integer]]:
    """The factors of a product with their exponents; those that are no integers stay in the base."""
    for factor in flat(e) if isinstance(e, Mul) else [e]:
        if isinstance(factor, Pow) and isinstance(factor.args[1], Integer):
            for base, exponent in _factors(factor.args[0]):
                yield base, exponent * factor.args[1]
        elif isinstance(factor, tan):
            yield sin(factor.args[0], evaluate=False), Integer(1)
            yield cos(factor.args[0], evaluate=False), Integer(-1)
        else:
            yield factor, Integer(1)


def _sign_change(
    evaluator: Evaluator,
    e: Expr,
    variable: Symbol,
    lower: Value | None,
    upper: Value | None,
    env: Environment,
) -> tuple[fmpq, fmpq] | None:
    """A short interval inside, between whose ends an expression changes its sign."""

    def sign(place: fmpq) -> int:
        value = evaluator.value(e, {**env, variable: place})
        return 0 if may_vanish(value) else 1 if value > 0 else -1

    middle = inside_of(lower, upper)
    first = middle - 4 if lower is None else inside_of(lower, middle)
    last = middle + 4 if upper is None else inside_of(middle, upper)
    for _ in range(4):
        first = first if lower is None else inside_of(lower, first)
        last = last if upper is None else inside_of(last, upper)
    # Not evenly spread with the ends, so that a zero in the middle is between two places.
    places = [first + (last - first) * fmpq(3 * k + 1, 3 * PLACES) for k in range(PLACES)]
    signs = [sign(place) for place in places]
    for k in range(PLACES - 1):
        if signs[k] * signs[k + 1] != -1:
            continue
        left, right = places[k], places[k + 1]
        for _ in range(HALVINGS):
            half = left + (right - left) * fmpq(4, 9)
            found = sign(half)
            if not found:
                break
            left, right = (half, right) if found == signs[k] else (left, half)
        return left, right
    return None
