"""The optimum of a strictly convex or concave function of one variable is where its derivative vanishes.

Accepts an objective, its variable and a point. On an open interval a differentiable function whose second derivative is
positive everywhere is strictly convex, and a point at which its derivative vanishes is its only minimiser; likewise
with a negative one and the maximiser. (Boyd and Vandenberghe, Convex Optimization, sections 3.1.4 and 4.2.3.) So is a
point m with a derivative (x - m)^k h, h positive everywhere and k odd: the function falls before m and rises after it.
(Spivak, Calculus, chapter 11.)

The interval is all reals or all positive ones, cut by strict assumptions that are linear in the variable; the point
must be proved to meet them.

Caveat: a second derivative that is only nonnegative is refused, since there may be other optima.
"""

from __future__ import annotations

from sympy import Expr, Symbol

from klderive.kernel.events import Event, Nonzero, UnestablishedError
from klderive.kernel.normal_form import Normalizer
from klderive.kernel.ring import Polynomial
from klderive.kernel.signs import NEGATIVE, POSITIVE, UNKNOWN, symbol_sign
from klderive.notation.nodes import ArgMin, Optimum

MULTIPLICITY = 3
"""Odd powers of x - m that are looked for in a derivative."""

DOMAINS = (Symbol("x", real=True).assumptions0, Symbol("x", positive=True).assumptions0)
"""The assumptions under which a symbol ranges over an open interval: all reals, or the positive ones."""


def check_stationary(normalizer: Normalizer, optimum: Optimum, point: Expr) -> tuple[Event, ...]:
    """Establish that a point is the only optimum; the events are what that needs.

    Raises:
        UnestablishedError: if it is not established.
    """
    objective, variables = optimum.args
    variable = _variable(normalizer, variables)
    number = normalizer.ring.intern("symbol", (variable,))
    f, events = normalizer.side(objective)
    place, more = normalizer.side(point)
    f, place = (normalizer.factoring.by_denominator(p) for p in (f, place))
    f = _squared(normalizer, f, number)
    if number in normalizer.ring.free(place):
        raise UnestablishedError(f"the right side depends on {variable}")
    if symbol_sign(variable) == POSITIVE and not normalizer.signs.is_positive(place):
        raise UnestablishedError(f"the right side is not proved positive, as {variable} is")
    start = len(normalizer.events)
    try:
        for known, strict in normalizer.signs.inequalities:
            if number in normalizer.ring.free(known):
                _check_meets(normalizer, known, strict, number, place)
        first = _derivative(normalizer, f, number)
        slope = normalizer.put(first, number, place)
        if not normalizer.factoring.is_zero(slope):
            shown = normalizer.express(normalizer.factoring.by_denominator(slope))
            raise UnestablishedError(f"the derivative is {shown} there, not 0")
        wanted = POSITIVE if isinstance(optimum, ArgMin) else NEGATIVE
        if _sign_beside(normalizer, first, number, place) != wanted:
            second = normalizer.factoring.lowest_terms(_derivative(normalizer, first, number))
            if normalizer.signs.sign(second) != wanted:
                kind = "positive" if wanted == POSITIVE else "negative"
                raise UnestablishedError(
                    f"the second derivative {normalizer.express(second)} is not proved {kind}"
                )
        found = (*events, *more, *normalizer.events[start:])
    finally:
        del normalizer.events[start:]
    for event in found:
        if isinstance(event, Nonzero) and number in normalizer.ring.free(dict(event.polynomial)):
            shown = normalizer.express(dict(event.polynomial))
            raise UnestablishedError(f"{shown} != 0 is not established for all values")
    return found


def _squared(normalizer: Normalizer, f: Polynomial, number: int) -> Polynomial:
    """An objective c |g|, up to terms free of the variable, as c g^2, which has the same optima."""
    ring = normalizer.ring
    moving = {m: c for m, c in f.items() if ring.depends(m, number)}
    if len(moving) != 1:
        return f
    ((monomial, coefficient),) = moving.items()
    inside = [p for p in monomial if number in ring.atoms[p[0]].free]
    if len(inside) != 1 or inside[0][1] != 1 or ring.atoms[inside[0][0]].kind != "abs":
        return f
    factor: Polynomial = {tuple(p for p in monomial if p not in inside): coefficient}
    return ring.multiply(factor, ring.power(dict(ring.atoms[inside[0][0]].key[0]), 2))


def _sign_beside(normalizer: Normalizer, first: Polynomial, number: int, place: Polynomial) -> int:
    """The sign of h, if the derivative is (x - m)^k h with k odd: then m is the only optimum."""
    ring = normalizer.ring
    quotient = normalizer.factoring.lowest_terms(first)
    inverse = normalizer.inverse(ring.subtract(ring.of_atom(number), place))
    for _ in range(MULTIPLICITY):
        quotient = normalizer.factoring.lowest_terms(ring.multiply(quotient, inverse))
        signs = normalizer.signs.sign(quotient)
        if signs in (POSITIVE, NEGATIVE):
            return signs
        quotient = ring.multiply(quotient, inverse)
    return UNKNOWN


def _derivative(normalizer: Normalizer, f: Polynomial, number: int) -> Polynomial:
    return normalizer.factoring.by_denominator(normalizer.derivative(f, number))


def _variable(normalizer: Normalizer, variables: tuple[Symbol, ...]) -> Symbol:
    """The variable, which must range over all reals or over all positive ones."""
    if len(variables) != 1:
        raise UnestablishedError("an optimum in several variables is not decided by derivatives")
    variable = variables[0]
    context = normalizer.context
    number = normalizer.ring.intern("symbol", (variable,))
    if str(variable) in context.functions or variable.assumptions0 not in DOMAINS:
        raise UnestablishedError(
            f"{variable} is not a symbol that takes all real or all positive values"
        )
    signs = normalizer.signs
    fixing = [*normalizer.values.values(), *(dict(known) for known in signs.different)]
    if (
        variable in context.ranges
        or variable in context.optima
        or variable in normalizer.values
        or any(number in normalizer.ring.free(p) for p in fixing)
    ):
        raise UnestablishedError(f"the assumptions restrict {variable}, which should vary")
    return variable


def _check_meets(
    normalizer: Normalizer, known: Polynomial, strict: bool, number: int, place: Polynomial
) -> None:
    """Establish that the point meets an assumption on the variable, and that this cuts off a half-line only.

    Raises:
        UnestablishedError: if that is not established.
    """
    ring = normalizer.ring
    variable = ring.atoms[number].key[0]
    linear = all(
        (n == number and e == 1) or number not in ring.atoms[n].free
        for monomial in known
        for n, e in monomial
    )
    if not strict or not linear:
        raise UnestablishedError(f"the assumptions restrict {variable} to more than an interval")
    if not normalizer.signs.is_positive(normalizer.put(known, number, place)):
        raise UnestablishedError(
            f"the right side is not proved to meet the assumptions on {variable}"
        )
