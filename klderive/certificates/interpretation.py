"""What an expression is in another algebra than that of numbers: in Taylor polynomials, or in expansions at infinity.

Accepts an unevaluated expression in which some symbols stand for elements of an algebra, which has the numbers in it.
The idea: what none of these symbols occurs in, also in definitions, is a number, which the evaluation says; everything
else is put together by the operations of the algebra. Definitions are followed with their parameters standing for what
they are applied to.

Whatever has no rule is not told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, Protocol, TypeVar

from flint import fmpq
from sympy import (
    Abs,
    Add,
    E,
    Expr,
    Function,
    Mul,
    Piecewise,
    Pow,
    Product,
    Sum,
    Symbol,
    Tuple,
    exp,
    log,
    oo,
)
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from klderive.certificates.cells import Environment, Evaluator, flat
from klderive.certificates.models import Formula, StepFunction
from klderive.certificates.real_arithmetic import UndeterminedError, Value, compare, is_zero
from klderive.notation.nodes import (
    BetweenBounds,
    Defined,
    Indicator,
    ProductOver,
    StrictIndicator,
    SumOver,
)

DEPTH = 200
"""Nodes inside one another."""

T = TypeVar("T")


class Algebra(Protocol[T]):
    """The operations that an expression is put together by; what one cannot do, it says by `UndeterminedError`."""

    def constant(self, value: Value) -> T:
        """A number."""

    def add(self, a: T, b: T) -> T:
        """The sum."""

    def multiply(self, a: T, b: T) -> T:
        """The product."""

    def power(self, base: T, exponent: T) -> T:
        """A power."""

    def exponential(self, a: T) -> T:
        """E to a power."""

    def logarithm(self, a: T) -> T:
        """The natural logarithm."""

    def absolute(self, a: T) -> T:
        """The absolute value."""

    def apply(self, function: type, a: T) -> T:
        """An elementary function of one argument."""

    def sign(self, a: T) -> int | None:
        """The sign, where it is the same everywhere that counts; 0 only of what is 0 everywhere there."""

    def is_integral(self, a: T) -> bool:
        """Whether an element certainly takes integers only."""

    def special(
        self, interpreter: Interpreter[T], e: Expr, env: Environment, varying: Mapping[Symbol, T]
    ) -> T:
        """A node that this algebra has a rule of its own for."""


class Interpreter(Generic[T]):
    """Reads expressions in an algebra.

    Args:
        evaluator: values what is a number.
        algebra: the operations.
        everywhere: what free symbols stand for, also in definitions.
    """

    def __init__(
        self, evaluator: Evaluator, algebra: Algebra[T], everywhere: Mapping[Symbol, T]
    ) -> None:
        self.evaluator = evaluator
        self.algebra = algebra
        self.everywhere = everywhere
        self.depth = 0

    def value(
        self, e: Expr, env: Environment, varying: Mapping[Symbol, T], *, weighed: bool = False
    ) -> T:
        """What an expression is.

        Args:
            e: the expression.
            env: the values of bound variables and parameters that are numbers.
            varying: the other bound variables and parameters.
            weighed: whether it is a summand, in which a density that is 0 as a factor makes everything 0.
        """
        self.evaluator.spend()
        self.depth += 1
        try:
            if self.depth > DEPTH:
                raise UndeterminedError("the expression is too deep")
            if self.is_number(e, env, varying):
                value = self.evaluator.summand if weighed else self.evaluator.value
                return self.algebra.constant(value(e, env))
            return self._node(e, env, varying, weighed)
        finally:
            self.depth -= 1

    def is_number(self, e: Expr, env: Environment, varying: Mapping[Symbol, T]) -> bool:
        """Whether nothing in an expression stands for anything but a number."""
        if any(symbol in varying for symbol in e.free_symbols):
            return False
        return not any(
            (symbol in e.free_symbols and symbol not in env) or self.evaluator.mentions(e, symbol)
            for symbol in self.everywhere
        )

    def _node(self, e: Expr, env: Environment, varying: Mapping[Symbol, T], weighed: bool) -> T:
        algebra = self.algebra
        match e:
            case Symbol():
                if e in varying:
                    return varying[e]
                if e in env:
                    return algebra.constant(env[e])
                return self.everywhere[e]
            case Add():
                total = algebra.constant(fmpq(0))
                for argument in e.args:
                    part = self.value(argument, env, varying, weighed=weighed)
                    total = algebra.add(total, part)
                return total
            case Mul():
                return self._product(e, env, varying, weighed)
            case Pow():
                base, exponent = e.args
                power = self.value(exponent, env, varying)
                if base == E:
                    return algebra.exponential(power)
                return algebra.power(self.value(base, env, varying), power)
            case exp():
                return algebra.exponential(self.value(e.args[0], env, varying))
            case log():
                return self._logarithm(e.args[0], env, varying)
            case Abs():
                return algebra.absolute(self.value(e.args[0], env, varying))
            case AppliedUndef():
                return self._application(e, env, varying, weighed)
            case Defined():
                return self.value(e.definition(), env, varying)
            case Sum() | Product() | SumOver() | ProductOver():
                return self._accumulated(e, env, varying)
            case BetweenBounds():
                return self._between(e, env, varying)
            case Indicator() | StrictIndicator():
                sign = self._difference_sign(e.args[0], e.args[1], env, varying)
                happens = sign > 0 or (sign == 0 and isinstance(e, Indicator))
                return algebra.constant(fmpq(int(happens)))
            case Piecewise():
                return self._cases(e, env, varying, weighed)
        if isinstance(e, Function):
            return algebra.apply(type(e), self.value(e.args[0], env, varying))
        return algebra.special(self, e, env, varying)

    def _product(self, e: Mul, env: Environment, varying: Mapping[Symbol, T], weighed: bool) -> T:
        factors = list(flat(e))
        if weighed:
            for factor in factors:
                if (
                    self.evaluator.is_weight(factor, env)
                    and self.is_number(factor, env, varying)
                    and is_zero(self.evaluator.value(factor, env))
                ):
                    return self.algebra.constant(fmpq(0))
        result = self.algebra.constant(fmpq(1))
        for factor in factors:
            part = self.value(factor, env, varying, weighed=weighed)
            result = self.algebra.multiply(result, part)
        return result

    def _logarithm(self, e: Expr, env: Environment, varying: Mapping[Symbol, T]) -> T:
        """The logarithm of something; where that is too large or too small to be known, factor by factor."""
        try:
            return self.algebra.logarithm(self.value(e, env, varying))
        except UndeterminedError:
            if self.is_number(e, env, varying):
                raise
            if isinstance(e, exp) or (isinstance(e, Pow) and e.args[0] == E):
                return self.value(e.args[-1], env, varying)
            if isinstance(e, Pow) and self.is_number(e.args[1], env, varying):
                exponent = self.algebra.constant(self.evaluator.value(e.args[1], env))
                return self.algebra.multiply(exponent, self._logarithm(e.args[0], env, varying))
            if isinstance(e, AppliedUndef):
                model = self.evaluator.model(e.func.__name__)
                if isinstance(model, Formula):
                    numbers, others = self._arguments(e, env, varying)
                    parameters = _places(model, e)
                    return self._logarithm(
                        model.expression,
                        {parameters[place]: value for place, value in numbers.items()},
                        {parameters[place]: value for place, value in others.items()},
                    )
            if not isinstance(e, Mul):
                raise
            total = self.algebra.constant(fmpq(0))
            for factor in flat(e):
                total = self.algebra.add(total, self._logarithm(factor, env, varying))
            return total

    # Functions

    def _application(
        self, e: AppliedUndef, env: Environment, varying: Mapping[Symbol, T], weighed: bool
    ) -> T:
        model = self.evaluator.model(e.func.__name__)
        numbers, others = self._arguments(e, env, varying)
        if isinstance(model, Formula):
            parameters = _places(model, e)
            return self.value(
                model.expression,
                {parameters[place]: value for place, value in numbers.items()},
                {parameters[place]: value for place, value in others.items()},
                weighed=weighed,
            )
        if not isinstance(model, StepFunction) or len(e.args) != model.arguments:
            raise UndeterminedError(f"{e} is not known there")
        if model.place not in others:
            found = numbers[model.place]
            if not isinstance(found, fmpq):
                raise UndeterminedError(f"{e} is not known at an inexact argument")
            return self.algebra.constant(model.at(found))
        where = others[model.place]
        behind = 0
        for end in model.breaks:
            sign = self._sign_beyond(where, end)
            if not sign:
                raise UndeterminedError("a step function breaks there")
            behind += sign > 0
        height = model.heights[behind - 1] if 0 < behind < len(model.breaks) else fmpq(0)
        return self.algebra.constant(height)

    def _arguments(
        self, e: AppliedUndef, env: Environment, varying: Mapping[Symbol, T]
    ) -> tuple[dict[int, Value], dict[int, T]]:
        """The arguments of a function by place, numbers and others, which lie in its domain."""
        numbers: dict[int, Value] = {}
        others: dict[int, T] = {}
        for place, argument in enumerate(e.args):
            if self.is_number(argument, env, varying):
                numbers[place] = self.evaluator.value(argument, env)
            else:
                others[place] = self.value(argument, env, varying)
        self._check_domain(e.func.__name__, len(e.args), numbers, others)
        return numbers, others

    def _check_domain(
        self, name: str, count: int, numbers: Mapping[int, Value], others: Mapping[int, T]
    ) -> None:
        limits_of_all = self.evaluator.domain(name, count)
        for place, limits in enumerate(limits_of_all):
            if place in numbers:
                self.evaluator.check_argument(name, numbers[place], limits)
                continue
            integers = len(limits) == 4
            if len(limits) == 2 or (integers and not self.algebra.is_integral(others[place])):
                raise UndeterminedError(f"{name} is not known outside its domain")
            for end, side in ((limits[1], 1), (limits[2], -1)):
                if end in (oo, -oo):
                    continue
                sign = self._sign_beyond(others[place], self.evaluator.value(end, {}))
                if sign != side and not (integers and sign == 0):
                    raise UndeterminedError(f"{name} is not known outside its domain")

    def _sign_beyond(self, a: T, place: Value) -> int | None:
        """The sign of what is left of an element when a number is taken away."""
        algebra = self.algebra
        return algebra.sign(algebra.add(a, algebra.constant(-place)))

    # Cases

    def _difference_sign(
        self, left: Expr, right: Expr, env: Environment, varying: Mapping[Symbol, T]
    ) -> int:
        sides = [self.value(side, env, varying) for side in (left, right)]
        minus = self.algebra.multiply(self.algebra.constant(fmpq(-1)), sides[1])
        sign = self.algebra.sign(self.algebra.add(sides[0], minus))
        if sign is None:
            raise UndeterminedError("it cannot be told which case holds")
        return sign

    def _cases(
        self, e: Piecewise, env: Environment, varying: Mapping[Symbol, T], weighed: bool
    ) -> T:
        for value, condition in e.args:
            if condition != True:  # noqa: E712 - SymPy's true
                if not isinstance(condition, Relational):
                    raise UndeterminedError("the cases are not compared")
                sign = self._difference_sign(condition.lhs, condition.rhs, env, varying)
                if not compare(condition.rel_op, fmpq(sign), fmpq(0)):
                    continue
            return self.value(value, env, varying, weighed=weighed)
        raise UndeterminedError("no case holds")

    # Binders

    def _accumulated(
        self,
        e: Sum | Product | SumOver | ProductOver,
        env: Environment,
        varying: Mapping[Symbol, T],
    ) -> T:
        times = isinstance(e, Product | ProductOver)
        bounds = [end for limits in e.args[1:] if isinstance(limits, Tuple) for end in limits[1:]]
        if not all(self.is_number(end, env, varying) for end in bounds):
            raise UndeterminedError("the range of a sum varies")
        variable, elements = self.evaluator.elements_of_binder(e, env)
        inner = {s: value for s, value in varying.items() if s != variable}
        result = self.algebra.constant(fmpq(1 if times else 0))
        for element in elements:
            part = self.value(e.args[0], {**env, variable: element}, inner, weighed=not times)
            combine = self.algebra.multiply if times else self.algebra.add
            result = combine(result, part)
        return result

    def _between(self, e: BetweenBounds, env: Environment, varying: Mapping[Symbol, T]) -> T:
        body, variable, *bounds = e.args
        ends: list[T] = []
        for bound in bounds:
            if bound in (oo, -oo):
                raise UndeterminedError("a value at infinity is not taken here")
            constant = {s: v for s, v in env.items() if s != variable}
            inner = {s: v for s, v in varying.items() if s != variable}
            if self.is_number(bound, env, varying):
                constant[variable] = self.evaluator.value(bound, env)
            else:
                inner[variable] = self.value(bound, env, varying)
            ends.append(self.value(body, constant, inner))
        minus = self.algebra.multiply(self.algebra.constant(fmpq(-1)), ends[0])
        return self.algebra.add(ends[1], minus)


def _places(model: Formula, e: AppliedUndef) -> tuple[Symbol, ...]:
    """The parameters of a function that is applied to as many arguments."""
    if len(model.parameters) != len(e.args):
        raise UndeterminedError(f"{e} has another number of arguments than its definition")
    return model.parameters
