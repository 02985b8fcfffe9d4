"""The optimum of a function of one variable where its derivative vanishes.

Accepts an objective, its variable and a point. Two theorems say that a stationary point on an open interval is the only
minimiser, and with the signs turned the only maximiser:

- the derivative is (w - a)^k g(w) with k odd and g positive everywhere, so that the objective falls up to a and rises
  from there (Rudin, Principles of Mathematical Analysis, theorem 5.11);
- the second derivative is positive everywhere, so that the objective is strictly convex (Boyd and Vandenberghe, Convex
  Optimization, sections 3.1.4 and 4.2.3).

The interval is all reals or all positive ones, cut by strict assumptions that are linear in the variable; the point
must be proved to meet them.

Caveats: the first applies to derivatives that are, up to a factor of known sign, polynomials in the variable; for the
second, a second derivative that is only nonnegative is refused.
"""

from __future__ import annotations

from sympy import Symbol

from klderive.kernel.events import Event, Nonzero, UnestablishedError
from klderive.kernel.ring import ONE, Polynomial
from klderive.kernel.signs import NEGATIVE, POSITIVE, UNKNOWN, symbol_sign
from klderive.theories.bounds import Bounds

DOMAINS = (Symbol("x", real=True).assumptions0, Symbol("x", positive=True).assumptions0)
"""The assumptions under which a symbol ranges over an open interval: all reals, or the positive ones."""

HIGHEST_POWER = 20
"""Powers of the variable up to which a derivative is divided."""


def check_stationary(
    normalizer: Bounds,
    objective: Polynomial,
    variable: Symbol,
    place: Polynomial,
    *,
    least: bool,
) -> tuple[Event, ...]:
    """Establish that a place is the only minimiser, or with `least` false maximiser; the events are what that needs.

    Args:
        normalizer: in which objective and place are normal forms.
        objective: differentiable wherever the variable may be.
        variable: the variable, as `free_variable` gives it.
        place: the point.
        least: whether the objective is minimised.

    Raises:
        UnestablishedError: if it is not established.
    """
    number = normalizer.ring.intern("symbol", (variable,))
    objective, place = (normalizer.factoring.by_denominator(p) for p in (objective, place))
    if number in normalizer.ring.free(place):
        raise UnestablishedError(f"the right side depends on {variable}")
    if symbol_sign(variable) == POSITIVE and not normalizer.signs.is_positive(place):
        raise UnestablishedError(f"the right side is not proved positive, as {variable} is")
    start = len(normalizer.events)
    try:
        for known, strict in normalizer.signs.inequalities:
            if number in normalizer.ring.free(known):
                _check_meets(normalizer, known, strict, number, place)
        slope = _derivative(normalizer, objective, number)
        at_place = normalizer.put(slope, number, place)
        if not normalizer.factoring.is_zero(at_place):
            shown = normalizer.text(normalizer.factoring.by_denominator(at_place))
            raise UnestablishedError(f"the derivative is {shown} there, not 0")
        wanted = POSITIVE if least else NEGATIVE
        if _sign_around(normalizer, slope, variable, place) != wanted:
            _check_convex(normalizer, slope, number, wanted)
        found = tuple(normalizer.events[start:])
    finally:
        del normalizer.events[start:]
    for event in found:
        if isinstance(event, Nonzero) and number in normalizer.ring.free(dict(event.polynomial)):
            shown = normalizer.text(dict(event.polynomial))
            raise UnestablishedError(f"{shown} != 0 is not established for all values")
    return found


def _check_convex(normalizer: Bounds, slope: Polynomial, number: int, wanted: int) -> None:
    """Establish that the second derivative has a sign everywhere.

    Raises:
        UnestablishedError: if that is not established.
    """
    second = normalizer.factoring.lowest_terms(_derivative(normalizer, slope, number))
    if normalizer.signs.sign(second) != wanted:
        kind = "positive" if wanted == POSITIVE else "negative"
        raise UnestablishedError(
            f"the second derivative {normalizer.text(second)} is not proved {kind}"
        )


def _sign_around(normalizer: Bounds, slope: Polynomial, variable: Symbol, place: Polynomial) -> int:
    """The sign of g if the slope is (w - place)^k g(w) with k odd; UNKNOWN otherwise."""
    ring = normalizer.ring
    number = ring.intern("symbol", (variable,))
    cleared, denominator = normalizer.factoring.clear(slope)
    _, common, rest = normalizer.factoring.content(cleared)
    power = dict(common).get(number, 0)
    factor = ring.multiply({denominator: ONE}, {tuple(p for p in common if p[0] != number): ONE})
    if symbol_sign(variable) != POSITIVE:
        if power < 0 or not isinstance(power, int):
            return UNKNOWN
        rest = ring.multiply(rest, ring.of_atom(number, power)) if power else rest
    coefficients = _coefficients(normalizer, rest, number)
    if coefficients is None:
        return UNKNOWN
    order = 0
    while True:
        quotient, remainder = _divided(normalizer, coefficients, place)
        if not normalizer.factoring.is_zero(remainder):
            break
        coefficients, order = quotient, order + 1
        if not coefficients:
            return UNKNOWN
    if order % 2 == 0:
        return UNKNOWN
    left = ring.add(
        *(ring.multiply(c, ring.power(ring.of_atom(number), k)) for k, c in enumerate(coefficients))
    )
    return normalizer.signs.sign(normalizer.factoring.lowest_terms(ring.multiply(factor, left)))


def _coefficients(
    normalizer: Bounds, polynomial: Polynomial, number: int
) -> list[Polynomial] | None:
    """The coefficients of the powers of a symbol, the constant one first, where nothing else depends on it."""
    found: dict[int, Polynomial] = {}
    for monomial, coefficient in polynomial.items():
        power = dict(monomial).get(number, 0)
        rest = tuple(p for p in monomial if p[0] != number)
        if not isinstance(power, int) or not 0 <= power <= HIGHEST_POWER:
            return None
        if any(number in normalizer.ring.atoms[n].free for n, _ in rest):
            return None
        found.setdefault(power, {})[rest] = coefficient
    return [found.get(power, {}) for power in range(max(found, default=-1) + 1)]


def _divided(
    normalizer: Bounds, coefficients: list[Polynomial], place: Polynomial
) -> tuple[list[Polynomial], Polynomial]:
    """Horner's division of a polynomial by the variable minus a place: the quotient, the remainder."""
    ring = normalizer.ring
    quotient: list[Polynomial] = []
    carried: Polynomial = {}
    for coefficient in reversed(coefficients):
        carried = ring.add(coefficient, ring.multiply(place, carried))
        quotient.append(carried)
    remainder = quotient.pop() if quotient else {}
    return quotient[::-1], remainder


def _derivative(normalizer: Bounds, f: Polynomial, number: int) -> Polynomial:
    return normalizer.factoring.by_denominator(normalizer.derivative(f, number))


def free_variable(normalizer: Bounds, variables: tuple[Symbol, ...]) -> Symbol:
    """The variable of an optimum, which must range over all reals or over all positive ones.

    Raises:
        UnestablishedError: if it does not, or there are several.
    """
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
    if variable in context.ranges:
        raise UnestablishedError(
            f"{variable} is a variable with a domain; an optimum is one in a symbol that is real or positive"
        )
    if (
        variable in context.optima
        or variable in normalizer.values
        or any(number in normalizer.ring.free(p) for p in fixing)
    ):
        raise UnestablishedError(f"the assumptions restrict {variable}, which should vary")
    return variable


def _check_meets(
    normalizer: Bounds, known: Polynomial, strict: bool, number: int, place: Polynomial
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
