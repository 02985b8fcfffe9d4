"""Certified evaluation of an expression at a point, with exact rationals and Arb balls.

Accepts an unevaluated expression and a point: values of symbols, concrete models of abstract functions, elements of
finite sets, data. Gives a rational as long as everything is rational, otherwise a ball that contains the value. The
idea: a counterexample must be certain, so that nothing is rounded without an enclosure, and "undefined" is said only
where it is proved (a denominator exactly 0, the logarithm of something certainly not positive, a divergent integral).
What cannot be told is `UndeterminedError`.

Integrals are summed over the cells of step functions; on a cell `acb.integral` is used with its analytic flag. Over
unbounded intervals the integrand is written as a sum of c x^k exp(q(x)), whose integrals are known in closed form.

Under a binder a product with a density that is exactly 0 is 0, whatever its other factors (0 log 0 = 0); elsewhere
0 log 0 is undefined. python-flint's arithmetic and `acb.integral` are trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import factorial
from types import MappingProxyType
from typing import TypeAlias

from flint import acb, arb, ctx, fmpq, fmpq_poly, fmpz
from sympy import (
    Abs,
    Add,
    E,
    Expr,
    Indexed,
    Integral,
    Mul,
    Piecewise,
    Pow,
    Product,
    Rational,
    Sum,
    Symbol,
    cos,
    erf,
    exp,
    gamma,
    log,
    oo,
    pi,
    sin,
    tanh,
)
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from klderive.kernel.statement import FunctionDeclaration
from klderive.notation.nodes import Defined, ProductOver, SumOver

Value: TypeAlias = fmpq | arb
"""An exact rational, or a ball."""

EVALUATIONS = 200_000
"""Nodes evaluated before an evaluation is given up."""

EVALUATION_LIMIT = 3_000
"""Evaluations of an integrand before an integral is given up."""

TERMS = 5_000
"""Terms of an explicit sum or product."""

BITS = 20_000
"""Bits of an exact number."""


class UndefinedError(Exception):
    """The expression has certainly no value at the point; the message says why."""


class UndeterminedError(Exception):
    """It cannot be told whether the expression has a value, or which."""


@dataclass(frozen=True, slots=True)
class StepFunction:
    """A function that is constant between breaks and 0 outside: one height for each cell."""

    breaks: tuple[fmpq, ...]
    heights: tuple[fmpq, ...]

    def at(self, x: fmpq) -> fmpq:
        """The value at a point; at a break, that of the cell to the right."""
        for left, right, height in self.cells():
            if left <= x < right:
                return height
        return fmpq(0)

    def cells(self) -> Iterator[tuple[fmpq, fmpq, fmpq]]:
        """The ends and the height of each cell."""
        return zip(self.breaks, self.breaks[1:], self.heights, strict=False)


@dataclass(frozen=True, slots=True)
class Table:
    """A function on finitely many arguments, given by its values."""

    entries: Mapping[tuple[fmpq, ...], fmpq]


@dataclass(frozen=True, slots=True)
class Formula:
    """A function given by an expression in its parameters."""

    parameters: tuple[Symbol, ...]
    expression: Expr


Model: TypeAlias = StepFunction | Table | Formula


@dataclass(frozen=True)
class Point:
    """A model of everything that a statement speaks of.

    `values` are the values of symbols, `functions` the models of functions by key, `sets` the elements of finite sets,
    `families` the data of indexed families, from index 1.
    """

    values: Mapping[Symbol, fmpq] = field(default_factory=lambda: MappingProxyType({}))
    functions: Mapping[str, Model] = field(default_factory=lambda: MappingProxyType({}))
    sets: Mapping[Symbol, tuple[fmpq, ...]] = field(default_factory=lambda: MappingProxyType({}))
    families: Mapping[str, tuple[fmpq, ...]] = field(default_factory=lambda: MappingProxyType({}))


def evaluate(
    expression: Expr,
    point: Point,
    precision: int,
    functions: Mapping[str, FunctionDeclaration] = MappingProxyType({}),
) -> Value:
    """The value of an expression at a point, as a rational or a ball.

    Args:
        expression: the expression, unevaluated.
        point: the values and models; a function with a declared definition is that definition.
        precision: bits of the balls.
        functions: the declared functions.

    Raises:
        UndefinedError: if the expression is certainly undefined there.
        UndeterminedError: if it cannot be told.
    """
    with ctx.workprec(precision):
        value = _Evaluation(point, functions).value(expression, {})
        if isinstance(value, arb) and not value.is_finite():
            raise UndeterminedError("the enclosure is not finite")
        return value


Environment: TypeAlias = Mapping[Symbol, Value]


class _Evaluation:
    def __init__(self, point: Point, functions: Mapping[str, FunctionDeclaration]) -> None:
        self.point = point
        self.functions = functions
        self.work = 0
        self.bound = 0
        """How many binders are around."""

    def spend(self) -> None:
        self.work += 1
        if self.work > EVALUATIONS:
            raise UndeterminedError("the evaluation takes too much work")

    def value(self, e: Expr, env: Environment) -> Value:
        self.spend()
        if isinstance(e, Symbol):
            found = env.get(e)
            if found is None:
                found = self.point.values.get(e)
            if found is None:
                raise UndeterminedError(f"{e} has no value")
            return found
        if isinstance(e, Rational):
            return fmpq(int(e.p), int(e.q))
        if isinstance(e, Add):
            total: Value = fmpq(0)
            for argument in e.args:
                total = _add(total, self.value(argument, env))
            return total
        if isinstance(e, Mul):
            return self.product(e, env)
        if isinstance(e, Pow):
            base, exponent = e.args
            if base == E:
                return _exp(self.value(exponent, env))
            return power(self.value(base, env), self.value(exponent, env))
        if isinstance(e, exp):
            return _exp(self.value(e.args[0], env))
        if isinstance(e, log):
            return logarithm(self.value(e.args[0], env))
        if isinstance(e, Abs):
            value = self.value(e.args[0], env)
            if isinstance(value, fmpq):
                return value if value >= 0 else -value
            return arb(abs(value))
        if isinstance(e, AppliedUndef):
            return self.application(e, env)
        if isinstance(e, Defined):
            return self.value(e.definition(), env)
        if isinstance(e, Integral):
            return self.integral(e, env)
        if isinstance(e, Sum | Product):
            return self.over_range(e, env)
        if isinstance(e, SumOver | ProductOver):
            return self.over_set(e, env)
        if isinstance(e, Indexed):
            return self.indexed(e, env)
        if isinstance(e, Piecewise):
            return self.cases(e, env)
        if e is pi:
            return arb.pi()
        if e == E:
            return arb(1).exp()
        function = REAL_FUNCTIONS.get(type(e))
        if function is not None:
            return function(arb(self.value(e.args[0], env)))
        raise UndeterminedError(f"{type(e).__name__} is not evaluated")

    def product(self, e: Mul, env: Environment) -> Value:
        factors = list(_flat(e))
        if self.bound:
            for factor in factors:
                if self.is_weight(factor):
                    weight = self.value(factor, env)
                    if isinstance(weight, fmpq) and weight == 0:
                        return weight
        result: Value = fmpq(1)
        for factor in factors:
            result = _multiply(result, self.value(factor, env))
        return result

    def is_weight(self, factor: Expr) -> bool:
        """Whether a factor is a density: under a binder, where it is 0 the product is 0."""
        if not isinstance(factor, AppliedUndef):
            return False
        declared = self.functions.get(factor.func.__name__)
        return declared is not None and declared.sign != "unknown"

    def application(self, e: AppliedUndef, env: Environment) -> Value:
        model = self.model(e.func.__name__)
        arguments = [self.value(argument, env) for argument in e.args]
        if isinstance(model, Formula):
            if len(arguments) != len(model.parameters):
                raise UndeterminedError(f"{e} has another number of arguments than its definition")
            self.check_domain(e.func.__name__, arguments)
            return self.value(model.expression, dict(zip(model.parameters, arguments, strict=True)))
        exact = tuple(a for a in arguments if isinstance(a, fmpq))
        if len(exact) != len(arguments):
            raise UndeterminedError(f"{e} is not known at an inexact argument")
        if isinstance(model, StepFunction):
            return model.at(exact[0])
        found = model.entries.get(exact)
        if found is None:
            raise UndeterminedError(f"{e} is not in the table")
        return found

    def model(self, name: str) -> Model:
        declared = self.functions.get(name)
        if declared is not None and declared.definition is not None:
            return Formula(declared.parameters, declared.definition)
        model = self.point.functions.get(name)
        if model is None:
            raise UndeterminedError(f"{name} has no model")
        return model

    def check_domain(self, name: str, arguments: list[Value]) -> None:
        """A definition speaks of its domain only."""
        declared = self.functions.get(name)
        if declared is None or declared.definition is None:
            return
        for argument, limits in zip(arguments, declared.limits, strict=True):
            if len(limits) == 2:
                continue
            for end, sign in ((limits[1], 1), (limits[2], -1)):
                if end in (oo, -oo):
                    continue
                gap = _multiply(fmpq(sign), _subtract(argument, self.value(end, {})))
                if not gap >= 0:
                    raise UndeterminedError(f"{name} is not known outside its domain")

    def indexed(self, e: Indexed, env: Environment) -> Value:
        data = self.point.families.get(str(e.base))
        index = self.value(e.indices[0], env)
        if data is None or len(e.indices) != 1 or not isinstance(index, fmpq) or index.q != 1:
            raise UndeterminedError(f"{e} has no value")
        place = int(index.p)
        if not 1 <= place <= len(data):
            raise UndeterminedError(f"{e} is outside the data")
        return data[place - 1]

    def cases(self, e: Piecewise, env: Environment) -> Value:
        for value, condition in e.args:
            if condition == True:  # noqa: E712 - SymPy's true
                return self.value(value, env)
            if not isinstance(condition, Relational):
                raise UndeterminedError("the cases are not compared")
            answer = compare(
                condition.rel_op, self.value(condition.lhs, env), self.value(condition.rhs, env)
            )
            if answer is None:
                raise UndeterminedError("it cannot be told which case holds")
            if answer:
                return self.value(value, env)
        raise UndefinedError("no case holds")

    # Sums and products

    def over_range(self, e: Sum | Product, env: Environment) -> Value:
        body, *all_limits = e.args
        if len(all_limits) != 1 or len(all_limits[0]) != 3:
            raise UndeterminedError("the bounds are not one range")
        variable, lower, upper = all_limits[0]
        first, last = self.value(lower, env), self.value(upper, env)
        if not isinstance(first, fmpq) or not isinstance(last, fmpq) or first.q != 1 or last.q != 1:
            raise UndeterminedError("the bounds are not integers")
        if last < first - 1:
            raise UndeterminedError("the range is reversed")
        if last - first > TERMS:
            raise UndeterminedError("the range is too long")
        elements = [fmpq(i) for i in range(int(first.p), int(last.p) + 1)]
        return self.accumulated(body, variable, elements, env, isinstance(e, Product))

    def over_set(self, e: SumOver | ProductOver, env: Environment) -> Value:
        body, variable, over = e.args
        elements = self.point.sets.get(over)
        if elements is None:
            raise UndeterminedError(f"{over} has no elements")
        return self.accumulated(body, variable, list(elements), env, isinstance(e, ProductOver))

    def accumulated(
        self, body: Expr, variable: Symbol, elements: list[fmpq], env: Environment, times: bool
    ) -> Value:
        result: Value = fmpq(1 if times else 0)
        self.bound += 1
        try:
            for element in elements:
                term = self.value(body, {**env, variable: element})
                result = _multiply(result, term) if times else _add(result, term)
        finally:
            self.bound -= 1
        return result

    # Integrals

    def integral(self, e: Integral, env: Environment) -> Value:
        body, *all_limits = e.args
        if len(all_limits) > 1:
            body = Integral(body, *all_limits[:-1])
        limits = all_limits[-1]
        if len(limits) != 3:
            raise UndeterminedError("the integral has no bounds")
        variable = limits[0]
        lower, upper = (None if end in (oo, -oo) else self.value(end, env) for end in limits[1:])
        if limits[1] == oo or limits[2] == -oo:
            raise UndeterminedError("the bounds are reversed")
        self.bound += 1
        try:
            return self.over_interval(body, variable, lower, upper, env)
        finally:
            self.bound -= 1

    def over_interval(
        self,
        body: Expr,
        variable: Symbol,
        lower: Value | None,
        upper: Value | None,
        env: Environment,
    ) -> Value:
        breaks = self.breaks(body)
        if not breaks:
            return self.smooth(body, variable, lower, upper, env)
        if not (lower is None or isinstance(lower, fmpq)) or not (
            upper is None or isinstance(upper, fmpq)
        ):
            raise UndeterminedError("step functions over an inexact interval")
        if lower is not None and upper is not None and lower > upper:
            return _multiply(fmpq(-1), self.over_interval(body, variable, upper, lower, env))
        inner = [b for b in breaks if (lower is None or b > lower) and (upper is None or b < upper)]
        ends: list[fmpq | None] = [lower, *inner, upper]
        total: Value = fmpq(0)
        for left, right in pairwise(ends):
            total = _add(total, self.cell(body, variable, left, right, env))
        return total

    def breaks(self, body: Expr) -> list[fmpq]:
        """The breaks of all step functions in a body."""
        found: set[tuple[int, int]] = set()
        for application in body.atoms(AppliedUndef):
            name = application.func.__name__
            declared = self.functions.get(name)
            if declared is not None and declared.definition is not None:
                continue
            model = self.point.functions.get(name)
            if isinstance(model, StepFunction):
                found |= {(int(b.p), int(b.q)) for b in model.breaks}
        for node in body.atoms(Defined):
            inner = node.definition()
            if inner != body:
                found |= {(int(b.p), int(b.q)) for b in self.breaks(inner)}
        return sorted(fmpq(p, q) for p, q in found)

    def cell(
        self,
        body: Expr,
        variable: Symbol,
        left: fmpq | None,
        right: fmpq | None,
        env: Environment,
    ) -> Value:
        """The integral over a cell on which all step functions of the variable are constant."""
        if left is not None and right is not None:
            inside = (left + right) / 2
        elif right is not None:
            inside = right - 1
        elif left is not None:
            inside = left + 1
        else:
            inside = fmpq(0)
        constant = self.constant(body, variable, {**env, variable: inside})
        if constant is not None:
            if left is None or right is None:
                if isinstance(constant, fmpq) and constant == 0:
                    return constant
                raise UndeterminedError("the integrand does not vanish outside a bounded interval")
            return _multiply(constant, right - left)
        return self.smooth(body, variable, left, right, env, inside)

    def constant(self, body: Expr, variable: Symbol, env: Environment) -> Value | None:
        """The value on the cell, if the variable occurs in step functions only or a weight is 0."""
        if isinstance(body, Mul):
            for factor in _flat(body):
                if self.is_weight(factor) and factor.args == (variable,):
                    weight = self.value(factor, env)
                    if isinstance(weight, fmpq) and weight == 0:
                        return weight
        if self.occurs(body, variable):
            return None
        return self.value(body, env)

    def occurs(self, e: Expr, variable: Symbol) -> bool:
        """Whether a variable occurs other than as the argument of a step function."""
        if e == variable:
            return True
        if isinstance(e, AppliedUndef) and e.args == (variable,):
            name = e.func.__name__
            declared = self.functions.get(name)
            if declared is None or declared.definition is None:
                return not isinstance(self.point.functions.get(name), StepFunction)
            return True
        if variable not in e.free_symbols:
            return False
        return any(self.occurs(argument, variable) for argument in e.args)

    def smooth(
        self,
        body: Expr,
        variable: Symbol,
        lower: Value | None,
        upper: Value | None,
        env: Environment,
        inside: fmpq | None = None,
    ) -> Value:
        """The integral of something analytic; `inside` is a point of the cell where step functions are taken."""
        quotient = self.rational(body, variable, env, inside)
        if quotient is not None:
            _check_poles(*quotient, lower, upper)
        if lower is None or upper is None:
            return self.unbounded(body, variable, lower, upper, env, inside)
        self.bound += 1

        problems: list[str] = []

        def integrand(z: acb, analytic: bool) -> acb:
            # An exception must not pass through FLINT; what is not finite makes the integral not finite.
            if problems:
                return acb("nan")
            try:
                return self.complex(body, variable, z, analytic, env, inside)
            except (UndefinedError, UndeterminedError, ZeroDivisionError, ValueError) as error:
                problems.append(str(error))
                return acb("nan")

        try:
            result = acb.integral(
                integrand, acb(lower), acb(upper), eval_limit=EVALUATION_LIMIT, depth_limit=60
            )
        finally:
            self.bound -= 1
        if problems:
            raise UndeterminedError(problems[0])
        if not result.is_finite() or result.real.rad() > arb(2) ** -20:
            raise UndeterminedError("the integral is not enclosed")
        return result.real

    def complex(
        self,
        e: Expr,
        variable: Symbol,
        z: acb,
        analytic: bool,
        env: Environment,
        inside: fmpq | None,
    ) -> acb:
        """The analytic continuation of the integrand at a complex ball, or nan where it may not be analytic."""
        self.spend()

        def go(part: Expr) -> acb:
            return self.complex(part, variable, z, analytic, env, inside)

        if e == variable:
            return z
        if not self.occurs(e, variable):
            here = {**env, variable: inside} if inside is not None else env
            return acb(self.value(e, here))
        if isinstance(e, Add):
            total = acb(0)
            for argument in e.args:
                total += go(argument)
            return total
        if isinstance(e, Mul):
            product = acb(1)
            for argument in e.args:
                product *= go(argument)
            return product
        if isinstance(e, Pow):
            base, exponent = e.args
            if base == E:
                return go(exponent).exp()
            if isinstance(exponent, Rational) and exponent.q == 1:
                return go(base) ** int(exponent.p)
            if variable in exponent.free_symbols:
                return (go(exponent) * go(base).log(analytic=analytic)).exp()
            return go(base).pow(acb(self.value(exponent, env)), analytic=analytic)
        if isinstance(e, exp):
            return go(e.args[0]).exp()
        if isinstance(e, log):
            return go(e.args[0]).log(analytic=analytic)
        if isinstance(e, AppliedUndef):
            model = self.model(e.func.__name__)
            if isinstance(model, Formula) and e.args == (variable,):
                if model.parameters[0] == variable:
                    return go(model.expression)
                inner = model.expression
                return self.complex(inner, model.parameters[0], z, analytic, env, inside)
        function = COMPLEX_FUNCTIONS.get(type(e))
        if function is not None:
            return function(go(e.args[0]))
        raise UndeterminedError(f"{type(e).__name__} is not integrated")

    def rational(
        self, e: Expr, variable: Symbol, env: Environment, inside: fmpq | None
    ) -> tuple[fmpq_poly, fmpq_poly] | None:
        """Numerator and denominator of a rational function with rational coefficients, or None."""
        self.spend()
        if e == variable:
            return fmpq_poly([0, 1]), fmpq_poly([1])
        if not self.occurs(e, variable):
            try:
                value = self.value(e, {**env, variable: inside} if inside is not None else env)
            except UndeterminedError:
                return None
            return (fmpq_poly([value]), fmpq_poly([1])) if isinstance(value, fmpq) else None
        parts = [self.rational(argument, variable, env, inside) for argument in e.args]
        if isinstance(e, Pow):
            base, exponent = parts[0], e.args[1]
            if base is None or not isinstance(exponent, Rational) or exponent.q != 1:
                return None
            n = int(exponent.p)
            if abs(n) > 100:
                return None
            top, bottom = base if n >= 0 else base[::-1]
            return top ** abs(n), bottom ** abs(n)
        if not isinstance(e, Add | Mul) or any(part is None for part in parts):
            return None
        top, bottom = (
            (fmpq_poly([0]), fmpq_poly([1]))
            if isinstance(e, Add)
            else (fmpq_poly([1]), fmpq_poly([1]))
        )
        for part in parts:
            assert part is not None
            if isinstance(e, Add):
                top, bottom = top * part[1] + part[0] * bottom, bottom * part[1]
            else:
                top, bottom = top * part[0], bottom * part[1]
        return top, bottom

    def unbounded(
        self,
        body: Expr,
        variable: Symbol,
        lower: Value | None,
        upper: Value | None,
        env: Environment,
        inside: fmpq | None,
    ) -> Value:
        """The closed form of an integral over a line or half-line of a sum of c x^k exp(q(x))."""
        terms = self.exponential_sum(body, variable, env, inside)
        if lower is None and upper is None:
            return _add_all(_over_line(q, c) for q, c in terms.items())
        if isinstance(lower, fmpq) and upper is None:
            return _add_all(_over_half_line(_shifted(q, c, lower)) for q, c in terms.items())
        if isinstance(upper, fmpq) and lower is None:
            return _add_all(
                _over_half_line(_shifted(*_mirrored(q, c), -upper)) for q, c in terms.items()
            )
        raise UndeterminedError("an unbounded integral of this kind is not evaluated")

    def exponential_sum(
        self, e: Expr, variable: Symbol, env: Environment, inside: fmpq | None
    ) -> ExponentialSum:
        """An expression as a sum of polynomials times exps of polynomials without constant term."""
        self.spend()

        def go(part: Expr) -> ExponentialSum:
            return self.exponential_sum(part, variable, env, inside)

        if e == variable:
            return {(): [fmpq(0), fmpq(1)]}
        if not self.occurs(e, variable):
            here = {**env, variable: inside} if inside is not None else env
            return {(): [self.value(e, here)]}
        if isinstance(e, Add):
            total: ExponentialSum = {}
            for argument in e.args:
                total = _sum_add(total, go(argument))
            return total
        if isinstance(e, Mul):
            product: ExponentialSum = {(): [fmpq(1)]}
            for argument in e.args:
                product = _sum_multiply(product, go(argument))
            return product
        if isinstance(e, Pow) and e.args[0] != E:
            exponent = e.args[1]
            base = go(e.args[0])
            if isinstance(exponent, Rational) and exponent.q == 1 and abs(int(exponent)) <= 100:
                n = int(exponent)
                if n < 0:
                    base = _sum_inverse(base)
                result: ExponentialSum = {(): [fmpq(1)]}
                for _ in range(abs(n)):
                    result = _sum_multiply(result, base)
                return result
        if isinstance(e, exp) or (isinstance(e, Pow) and e.args[0] == E):
            return _sum_exp(go(e.args[-1]))
        if isinstance(e, log):
            return _sum_log(go(e.args[0]))
        if isinstance(e, AppliedUndef):
            model = self.model(e.func.__name__)
            if isinstance(model, Formula) and e.args == (variable,):
                return self.exponential_sum(model.expression, model.parameters[0], env, inside)
        raise UndeterminedError("the integrand is not a sum of polynomials times exponentials")


ExponentialSum: TypeAlias = dict[tuple[fmpq, ...], list[Value]]
"""From the coefficients (of x, x^2, ...) of an exponent to the coefficients of the polynomial before the exp."""


def _sum_add(a: ExponentialSum, b: ExponentialSum) -> ExponentialSum:
    result = dict(a)
    for q, c in b.items():
        result[q] = _poly_add(result.get(q, []), c)
    return result


def _sum_multiply(a: ExponentialSum, b: ExponentialSum) -> ExponentialSum:
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


def _sum_inverse(a: ExponentialSum) -> ExponentialSum:
    q, c = _single(a)
    return {tuple(-d for d in q): [power(_constant(c), fmpq(-1))]}


def _sum_exp(a: ExponentialSum) -> ExponentialSum:
    if not a:
        return {(): [fmpq(1)]}
    q, c = _single(a)
    if q:
        raise UndeterminedError("an exponential of an exponential is not integrated")
    return {_trim(tuple(c[1:])): [_exp(c[0])]}


def _sum_log(a: ExponentialSum) -> ExponentialSum:
    q, c = _single(a)
    return {(): [logarithm(_constant(c)), *q]}


def _poly_add(a: list[Value], b: list[Value]) -> list[Value]:
    longer, shorter = (a, b) if len(a) >= len(b) else (b, a)
    return [_add(c, shorter[i]) if i < len(shorter) else c for i, c in enumerate(longer)]


def _poly_multiply(a: list[Value], b: list[Value]) -> list[Value]:
    result: list[Value] = [fmpq(0)] * (len(a) + len(b) - 1 if a and b else 0)
    for i, c in enumerate(a):
        for j, d in enumerate(b):
            result[i + j] = _add(result[i + j], _multiply(c, d))
    return result


def _over_line(q: tuple[fmpq, ...], c: list[Value]) -> Value:
    """The integral over the line of a polynomial times exp(b x - a x^2).

    With m = b/(2a), it is exp(b^2/(4a)) times the integral of the polynomial at t + m against exp(-a t^2), whose even
    moments are Gamma(j + 1/2) / a^(j + 1/2).
    """
    if all(isinstance(d, fmpq) and d == 0 for d in c):
        return fmpq(0)
    if len(q) != 2 or q[1] >= 0:
        if any(isinstance(d, fmpq) and d != 0 for d in c) and len(q) <= 2:
            raise UndefinedError("the integral diverges")
        raise UndeterminedError("the integral over the line is not evaluated")
    b, a = q[0], -q[1]
    shifted = _poly_shift(c, b / (2 * a))
    total: Value = fmpq(0)
    for degree, coefficient in enumerate(shifted):
        if degree % 2:
            continue
        half = fmpq(degree + 1, 2)
        moment = arb.gamma(arb(half)) / arb(a) ** arb(half)
        total = _add(total, _multiply(coefficient, moment))
    return _multiply(total, arb(b * b / (4 * a)).exp())


def _over_half_line(term: tuple[tuple[fmpq, ...], list[Value]]) -> Value:
    """The integral from 0 to infinity of a polynomial times exp(-r x): k!/r^(k+1) for x^k."""
    q, c = term
    if all(isinstance(d, fmpq) and d == 0 for d in c):
        return fmpq(0)
    if not q or (len(q) == 1 and q[0] >= 0):
        if any(isinstance(d, fmpq) and d != 0 for d in c):
            raise UndefinedError("the integral diverges")
        raise UndeterminedError("the integral over the half-line is not evaluated")
    if len(q) != 1:
        raise UndeterminedError("the integral over the half-line is not evaluated")
    rate = -q[0]
    total: Value = fmpq(0)
    for degree, coefficient in enumerate(c):
        moment = fmpq(factorial(degree)) / rate ** (degree + 1)
        total = _add(total, _multiply(coefficient, moment))
    return total


def _shifted(
    q: tuple[fmpq, ...], c: list[Value], start: fmpq
) -> tuple[tuple[fmpq, ...], list[Value]]:
    """A term at x + start, with the constant of the exponent in the coefficients."""
    exponent = _poly_shift([fmpq(0), *q], start)
    factor = _exp(exponent[0]) if exponent else fmpq(1)
    return _trim(tuple(exponent[1:])), [_multiply(factor, d) for d in _poly_shift(c, start)]


def _mirrored(q: tuple[fmpq, ...], c: list[Value]) -> tuple[tuple[fmpq, ...], list[Value]]:
    """A term at -x."""
    return (
        tuple(d if i % 2 else -d for i, d in enumerate(q)),
        [_multiply(fmpq(-1), d) if i % 2 else d for i, d in enumerate(c)],
    )


def _poly_shift(c: list[Value], m: fmpq) -> list[Value]:
    """The coefficients of a polynomial at t + m, by Horner."""
    result: list[Value] = []
    for coefficient in reversed(c):
        result = _poly_add(_poly_multiply(result, [m, fmpq(1)]), [coefficient])
    return result


def _check_poles(
    top: fmpq_poly, bottom: fmpq_poly, lower: Value | None, upper: Value | None
) -> None:
    """An integral of a rational function diverges at a rational pole in the closed interval, and without decay.

    Raises:
        UndefinedError: if it certainly diverges.
    """
    if bottom.degree() < 0:
        raise UndefinedError("division by zero")
    common = top.gcd(bottom)
    if common.degree() > 0:
        top, bottom = top // common, bottom // common
    if top.degree() < 0:
        return
    for root, _ in bottom.roots():
        above = lower is None or bool(root >= lower)
        below = upper is None or bool(root <= upper)
        if above and below:
            raise UndefinedError(f"the integrand has a pole at {root}")
    if (lower is None or upper is None) and top.degree() >= bottom.degree() - 1:
        raise UndefinedError("the integral diverges")


# Arithmetic


def _flat(e: Mul) -> Iterator[Expr]:
    for factor in e.args:
        if isinstance(factor, Mul):
            yield from _flat(factor)
        else:
            yield factor


def _add(a: Value, b: Value) -> Value:
    return a + b


def _add_all(values: Iterator[Value]) -> Value:
    total: Value = fmpq(0)
    for value in values:
        total = _add(total, value)
    return total


def _subtract(a: Value, b: Value) -> Value:
    return a - b


def _multiply(a: Value, b: Value) -> Value:
    if isinstance(a, fmpq) and isinstance(b, fmpq) and (a.height_bits() + b.height_bits() > BITS):
        raise UndeterminedError("an exact number is too large")
    return a * b


def _exp(value: Value) -> Value:
    if isinstance(value, fmpq):
        if value == 0:
            return fmpq(1)
        if abs(value) > 10_000:
            raise UndeterminedError("an exponent is too large")
    return arb(value).exp()


def logarithm(value: Value) -> Value:
    """The natural logarithm.

    Raises:
        UndefinedError: of something certainly not positive.
        UndeterminedError: of a ball that contains 0.
    """
    if isinstance(value, fmpq):
        if value <= 0:
            raise UndefinedError(f"log({value})")
        return fmpq(0) if value == 1 else arb(value).log()
    if value > 0:
        return value.log()
    if value <= 0:
        raise UndefinedError(f"log({value.str(6, radius=False)})")
    raise UndeterminedError("the argument of a logarithm may be 0")


def power(base: Value, exponent: Value) -> Value:
    """A power over the reals.

    Raises:
        UndefinedError: for 0 to a negative exponent, or a negative base to a fraction.
        UndeterminedError: if the base is not certainly on one side of 0 where that matters.
    """
    if isinstance(exponent, fmpq) and exponent.q == 1:
        return _integer_power(base, int(exponent.p))
    if isinstance(base, fmpq) and base == 0:
        if exponent > 0:
            return base
        if exponent < 0:
            raise UndefinedError("0 to a negative exponent")
        raise UndeterminedError("0 to an exponent that may be 0")
    if base < 0:
        if isinstance(exponent, fmpq):
            raise UndefinedError(f"{_short(base)}**({exponent})")
        raise UndeterminedError("a negative base to an inexact exponent")
    if not base > 0:
        raise UndeterminedError("the base of a power may be 0")
    if isinstance(base, fmpq) and isinstance(exponent, fmpq):
        root = _exact_root(base, exponent)
        if root is not None:
            return root
    return arb(base) ** arb(exponent)


def _integer_power(base: Value, exponent: int) -> Value:
    if isinstance(base, fmpq):
        if base == 0 and exponent < 0:
            raise UndefinedError("division by zero")
        if base.height_bits() * abs(exponent) > BITS:
            raise UndeterminedError("an exact power is too large")
        return base**exponent
    if exponent < 0:
        if base > 0 or base < 0:
            return (1 / base) ** (-exponent)
        raise UndeterminedError("a denominator may be 0")
    return base**exponent


def _exact_root(base: fmpq, exponent: fmpq) -> fmpq | None:
    """A fractional power of a positive rational, where it is rational."""
    degree = int(exponent.q)
    if degree > 64:
        return None
    top, bottom = (_integer_root(fmpz(part), degree) for part in (base.p, base.q))
    if top is None or bottom is None:
        return None
    value = _integer_power(fmpq(top, bottom), int(exponent.p))
    return value if isinstance(value, fmpq) else None


def _integer_root(value: fmpz, degree: int) -> fmpz | None:
    root = value.root(degree)
    return root if root**degree == value else None


def _short(value: Value) -> str:
    return str(value) if isinstance(value, fmpq) else value.str(6, radius=False)


def compare(relation: str, left: Value, right: Value) -> bool | None:
    """Whether a relation certainly holds (True), certainly fails (False), or cannot be told (None)."""
    difference = _subtract(left, right)
    if isinstance(difference, fmpq):
        zero = difference == 0
        positive, negative = difference > 0, difference < 0
    else:
        positive, negative = bool(difference > 0), bool(difference < 0)
        zero = False
        if not positive and not negative:
            one_sided = difference <= 0 if relation == "<=" else difference >= 0
            return True if relation in ("<=", ">=") and one_sided else None
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


REAL_FUNCTIONS: dict[type, Callable[[arb], arb]] = {
    sin: lambda x: x.sin(),
    cos: lambda x: x.cos(),
    tanh: lambda x: x.tanh(),
    erf: lambda x: x.erf(),
    gamma: lambda x: x.gamma(),
}

COMPLEX_FUNCTIONS: dict[type, Callable[[acb], acb]] = {
    sin: lambda z: z.sin(),
    cos: lambda z: z.cos(),
    erf: lambda z: z.erf(),
}
