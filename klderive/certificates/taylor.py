"""Taylor polynomials of an expression in some of its symbols, and derivatives by them.

Accepts an expression and the values of its symbols at a point. The idea is forward differentiation: each symbol that
varies is its value plus an infinitesimal, of which powers beyond an order vanish, and everything else is computed with
such polynomials. An elementary function is its own Taylor polynomial at the constant coefficient.

What this yields holds in a neighbourhood of the point: the argument of a logarithm or root is certainly positive, a
denominator certainly not 0, a case certainly the same all around. Where that cannot be told, there is no derivative
here. (Griewank and Walther, Evaluating Derivatives, 2nd edition, chapter 13.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import factorial
from operator import add as plus
from typing import TypeAlias

from flint import fmpq
from sympy import Derivative, Expr, Integer, Integral, Symbol, oo

from klderive.certificates.cells import Environment, Evaluator
from klderive.certificates.elementary_functions import taylor_coefficients
from klderive.certificates.interpretation import Interpreter
from klderive.certificates.real_arithmetic import (
    InexactError,
    UndefinedError,
    UndeterminedError,
    Value,
    add,
    exponential,
    is_zero,
    logarithm,
    multiply,
    power,
)
from klderive.notation.nodes import unevaluated_integral

HIGHEST_ORDER = 12
"""The order of a derivative, of all its variables together."""

LARGEST_EXPONENT = 10_000

Taylor: TypeAlias = Mapping[tuple[int, ...], Value]
"""From the exponents of the infinitesimals to coefficients; what is missing is 0."""


class TaylorPolynomials:
    """The algebra of Taylor polynomials in some infinitesimals.

    Args:
        orders: for each infinitesimal the highest power that does not vanish.
    """

    def __init__(self, orders: Sequence[int]) -> None:
        if sum(orders) > HIGHEST_ORDER:
            raise UndeterminedError(f"a derivative of order {sum(orders)} is not evaluated")
        self.orders = tuple(orders)
        self.zero = (0,) * len(self.orders)
        self.order = sum(self.orders)

    def constant(self, value: Value) -> Taylor:
        """A number."""
        return {} if is_zero(value) else {self.zero: value}

    def seed(self, place: int, value: Value) -> Taylor:
        """A number plus an infinitesimal."""
        unit = tuple(int(i == place) for i in range(len(self.orders)))
        return {**self.constant(value), unit: fmpq(1)}

    def at(self, a: Taylor) -> Value:
        """The constant coefficient."""
        return a.get(self.zero, fmpq(0))

    def add(self, a: Taylor, b: Taylor) -> Taylor:
        """The sum."""
        result = dict(a)
        for key, value in b.items():
            result[key] = add(result[key], value) if key in result else value
        return {key: value for key, value in result.items() if not is_zero(value)}

    def multiply(self, a: Taylor, b: Taylor) -> Taylor:
        """The product."""
        result: dict[tuple[int, ...], Value] = {}
        for first, c in a.items():
            for second, d in b.items():
                key = tuple(map(plus, first, second))
                if any(k > most for k, most in zip(key, self.orders, strict=True)):
                    continue
                product = multiply(c, d)
                result[key] = add(result[key], product) if key in result else product
        return {key: value for key, value in result.items() if not is_zero(value)}

    def composed(self, coefficients: Sequence[Value], a: Taylor) -> Taylor:
        """A power series in the infinitesimal part of a polynomial."""
        rest = {key: value for key, value in a.items() if key != self.zero}
        result = self.constant(coefficients[-1])
        for coefficient in reversed(coefficients[:-1]):
            result = self.add(self.multiply(result, rest), self.constant(coefficient))
        return result

    def power(self, base: Taylor, exponent: Taylor) -> Taylor:
        """A power; a base that is not certainly positive takes integers only."""
        fixed = self.at(exponent)
        if set(exponent) - {self.zero}:
            return self.exponential(self.multiply(exponent, self.logarithm(base)))
        if not set(base) - {self.zero}:
            return self.constant(power(self.at(base), fixed))
        if isinstance(fixed, fmpq) and fixed.q == 1:
            return self._integer_power(base, int(fixed.p))
        place = self.at(base)
        if not place > 0:
            raise InexactError("the base of a power may be 0")
        coefficients: list[Value] = []
        binomial: Value = fmpq(1)
        for k in range(self.order + 1):
            coefficients.append(multiply(binomial, power(place, fixed - k)))
            binomial = multiply(binomial, (fixed - k) / fmpq(k + 1))
        return self.composed(coefficients, base)

    def _integer_power(self, base: Taylor, exponent: int) -> Taylor:
        if abs(exponent) > LARGEST_EXPONENT:
            raise UndeterminedError("an exponent is too large")
        if exponent < 0:
            place = self.at(base)
            if not (place > 0 or place < 0):
                raise InexactError("a denominator may be 0")
            inverses = [
                multiply(fmpq((-1) ** k), power(place, fmpq(-k - 1))) for k in range(self.order + 1)
            ]
            base, exponent = self.composed(inverses, base), -exponent
        result = self.constant(fmpq(1))
        while exponent:
            if exponent % 2:
                result = self.multiply(result, base)
            exponent //= 2
            if exponent:
                base = self.multiply(base, base)
        return result

    def exponential(self, a: Taylor) -> Taylor:
        """E to a power."""
        value = exponential(self.at(a))
        coefficients = [multiply(value, fmpq(1, factorial(k))) for k in range(self.order + 1)]
        return self.composed(coefficients, a)

    def logarithm(self, a: Taylor) -> Taylor:
        """The natural logarithm of what is certainly positive."""
        place = self.at(a)
        if not place > 0:
            raise InexactError("the argument of a logarithm may be 0")
        coefficients = [logarithm(place)] + [
            multiply(fmpq((-1) ** (k + 1), k), power(place, fmpq(-k)))
            for k in range(1, self.order + 1)
        ]
        return self.composed(coefficients, a)

    def absolute(self, a: Taylor) -> Taylor:
        """The absolute value of what is certainly not 0."""
        sign = self.sign(a)
        if sign is None:
            raise InexactError("an absolute value has a kink there")
        return self.multiply(self.constant(fmpq(sign)), a)

    def apply(self, function: type, a: Taylor) -> Taylor:
        """An elementary function."""
        return self.composed(taylor_coefficients(function, self.at(a), self.order), a)

    def sign(self, a: Taylor) -> int | None:
        """The sign all around the point; a Taylor polynomial does not show that something is 0 there."""
        place = self.at(a)
        return 1 if place > 0 else -1 if place < 0 else None

    def is_integral(self, _: Taylor) -> bool:
        """What varies continuously does not take integers only."""
        return False

    def special(
        self,
        interpreter: Interpreter[Taylor],
        e: Expr,
        env: Environment,
        varying: Mapping[Symbol, Taylor],
    ) -> Taylor:
        """A derivative in a derivative; an integral of which only the bounds vary."""
        if isinstance(e, Derivative):
            return self._derivative(interpreter, e, env, varying)
        if isinstance(e, Integral):
            return self._integral(interpreter, e, env, varying)
        raise UndeterminedError(f"{type(e).__name__} is not differentiated")

    def _derivative(
        self,
        interpreter: Interpreter[Taylor],
        e: Derivative,
        env: Environment,
        varying: Mapping[Symbol, Taylor],
    ) -> Taylor:
        """The derivative with one more infinitesimal for each of its variables."""
        body, counts = variables_of(e)
        extended = TaylorPolynomials((*self.orders, *counts.values()))
        pad = (0,) * len(counts)

        def longer(all_values: Mapping[Symbol, Taylor]) -> dict[Symbol, Taylor]:
            return {
                s: {(*key, *pad): value for key, value in a.items()} for s, a in all_values.items()
            }

        here, everywhere = longer(varying), longer(interpreter.everywhere)
        for place, symbol in enumerate(counts, len(self.orders)):
            unit: Taylor = {tuple(int(i == place) for i in range(len(extended.orders))): fmpq(1)}
            if symbol in here:
                here[symbol] = extended.add(here[symbol], unit)
            elif symbol in env:
                raise UndeterminedError(f"{symbol} does not range over an interval")
            else:
                known = everywhere.get(symbol)
                if known is None:
                    known = extended.constant(interpreter.evaluator.value(symbol, {}))
                everywhere[symbol] = extended.add(known, unit)
        found = Interpreter(interpreter.evaluator, extended, everywhere).value(body, env, here)
        return _coefficient(found, tuple(counts.values()))

    def _integral(
        self,
        interpreter: Interpreter[Taylor],
        e: Integral,
        env: Environment,
        varying: Mapping[Symbol, Taylor],
    ) -> Taylor:
        """An integral as a function of its bounds: its derivative is the integrand there, which is smooth."""
        body, *all_limits = e.args
        if len(all_limits) != 1 or len(all_limits[0]) != 3:
            raise UndeterminedError("the integral is not one between bounds")
        variable, *bounds = all_limits[0]
        outer = {s: a for s, a in varying.items() if s != variable}
        inner = {s: v for s, v in env.items() if s != variable}
        inner[variable] = fmpq(0)
        if not interpreter.is_number(body, inner, outer):
            raise UndeterminedError("an integral is not differentiated in a parameter")
        ends: list[Taylor] = []
        names: list[Expr] = []
        numbers = dict(env)
        for bound in bounds:
            if bound in (oo, -oo):
                ends.append({})
                names.append(bound)
                continue
            ends.append(interpreter.value(bound, env, varying))
            # A name that no expression has.
            name = Symbol(f"bound {len(names)}", real=True)
            numbers[name] = self.at(ends[-1])
            names.append(name)
        result = self.constant(
            interpreter.evaluator.value(unevaluated_integral(body, variable, *names), numbers)
        )
        for end, name, sign in zip(ends, names, (-1, 1), strict=True):
            if not set(end) - {self.zero}:
                continue
            line = TaylorPolynomials((self.order,))
            integrand = Interpreter(interpreter.evaluator, line, {}).value(
                body,
                {s: v for s, v in env.items() if s != variable},
                {variable: line.seed(0, numbers[name])},
            )
            primitive: list[Value] = [fmpq(0)]
            primitive += [
                multiply(integrand.get((k,), fmpq(0)), fmpq(sign, k + 1))
                for k in range(self.order + 1)
            ]
            result = self.add(result, self.composed(primitive, end))
        return result


def variables_of(e: Derivative) -> tuple[Expr, dict[Symbol, int]]:
    """The body of a derivative, and how often it is taken in each variable; nested ones are put together."""
    counts: dict[Symbol, int] = {}
    body: Expr = e
    while isinstance(body, Derivative):
        body, *variables = body.args
        for variable, count in variables:
            if not isinstance(variable, Symbol) or not isinstance(count, Integer) or count < 0:
                raise UndeterminedError("derivatives are taken with respect to symbols")
            counts[variable] = counts.get(variable, 0) + int(count)
    return body, counts


def _coefficient(a: Taylor, counts: tuple[int, ...]) -> Taylor:
    """The derivative in the last infinitesimals, at 0."""
    scale = 1
    for count in counts:
        scale *= factorial(count)
    length = len(counts)
    return {
        key[:-length]: multiply(fmpq(scale), value)
        for key, value in a.items()
        if key[-length:] == counts
    }


def derivative(evaluator: Evaluator, e: Derivative, env: Environment) -> Value:
    """The value of a derivative at a point.

    Raises:
        UndefinedError: if what is differentiated is certainly undefined there.
        UndeterminedError: if it is not shown to be differentiable.
    """
    body, counts = variables_of(e)
    for symbol in counts:
        if symbol not in env:
            check_variation(symbol, evaluator.value(symbol, env))
    # A function that has no value at a point has no derivative there.
    evaluator.value(body, env)
    numbers = TaylorPolynomials(())
    bound = {s: numbers.constant(env[s]) for s in counts if s in env}
    rest = {s: value for s, value in env.items() if s not in bound}
    try:
        taylor = numbers.special(Interpreter(evaluator, numbers, {}), e, rest, bound)
    except UndefinedError as error:
        raise UndeterminedError(str(error)) from None
    return taylor.get((), fmpq(0))


def value_around(
    evaluator: Evaluator, e: Expr, variable: Symbol, place: Value, env: Environment
) -> Value | None:
    """The value of an expression at a place of a variable all around which it is smooth; None if that is not shown."""
    line = TaylorPolynomials((1,))
    rest = {s: value for s, value in env.items() if s != variable}
    try:
        found = Interpreter(evaluator, line, {}).value(e, rest, {variable: line.seed(0, place)})
    except (UndefinedError, UndeterminedError):
        return None
    return line.at(found)


def slope_on(
    evaluator: Evaluator, e: Expr, variable: Symbol, place: Value, env: Environment
) -> Value:
    """An enclosure of the derivative by a bound variable, all around which it is smooth.

    Raises:
        UndeterminedError: if that is not shown.
    """
    line = TaylorPolynomials((1,))
    rest = {s: value for s, value in env.items() if s != variable}
    try:
        found = Interpreter(evaluator, line, {}).value(e, rest, {variable: line.seed(0, place)})
    except UndefinedError as error:
        raise UndeterminedError(str(error)) from None
    return found.get((1,), fmpq(0))


def check_variation(symbol: Symbol, value: Value) -> None:
    """Refuse a symbol whose assumptions do not hold all around a value.

    Raises:
        UndeterminedError: if they may not.
    """
    if not _varies_freely(symbol, value):
        raise UndeterminedError(f"{symbol} does not range over an open set")


def _varies_freely(symbol: Symbol, value: Value) -> bool:
    """Whether the assumptions on a symbol hold all around a value."""
    if symbol.is_integer or symbol.is_rational or symbol.is_zero or symbol.is_real is False:
        return False
    closed = symbol.is_nonnegative or symbol.is_nonpositive
    return not closed or bool(value > 0 or value < 0)
