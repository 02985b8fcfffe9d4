"""Exact values in logarithms of primes: what is a rational number plus rational multiples of logarithms of primes.

Accepts an expression at a point. Finite sums with rational weights of logarithms of rationals, such as entropies of
tables, have such values. The idea: logarithms of different primes are linearly independent over the rationals together
with 1 (unique factorisation, and that e to a nonzero rational is irrational), but that is not even needed: two values
with the same coefficients are equal. So a strict inequality is seen to fail where its sides are equal, which enclosures
never tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from flint import fmpq, fmpz
from sympy import Add, Expr, Mul, Pow, Sum, log
from sympy.core.function import AppliedUndef

from klderive.certificates.cells import Environment, Evaluator, flat
from klderive.certificates.models import Formula
from klderive.certificates.real_arithmetic import UndeterminedError, is_zero
from klderive.notation.nodes import Defined, SumOver

LogarithmSum: TypeAlias = Mapping[int, fmpq]
"""From primes to the coefficients of their logarithms; 1 stands for the rational part. No coefficient is 0."""

LARGEST_FACTORED = fmpz(10) ** 18
"""What is factored into primes is no larger."""


def exact_value(evaluator: Evaluator, e: Expr, env: Environment) -> LogarithmSum:
    """The exact value of an expression.

    Raises:
        UndefinedError: if it is certainly undefined.
        UndeterminedError: if it is of another kind.
    """
    evaluator.spend()
    value = evaluator.value(e, env)
    if isinstance(value, fmpq):
        return {1: value} if value else {}
    match e:
        case Add():
            return _sum(exact_value(evaluator, argument, env) for argument in e.args)
        case Mul():
            return _product(evaluator, e, env)
        case log():
            return _logarithm(evaluator, e.args[0], env)
        case Defined():
            return exact_value(evaluator, e.definition(), env)
        case AppliedUndef():
            model = evaluator.model(e.func.__name__)
            if isinstance(model, Formula):
                arguments = [evaluator.value(argument, env) for argument in e.args]
                inner = dict(zip(model.parameters, arguments, strict=True))
                return exact_value(evaluator, model.expression, inner)
        case Sum() | SumOver():
            variable, elements = evaluator.elements_of_binder(e, env)
            terms = ({**env, variable: element} for element in elements)
            return _sum(_summand(evaluator, e.args[0], inner) for inner in terms)
    raise UndeterminedError(f"{type(e).__name__} has no exact value")


def _summand(evaluator: Evaluator, e: Expr, env: Environment) -> LogarithmSum:
    """The exact value of a summand of a sum, in which a weight that is 0 makes everything 0."""
    if is_zero(evaluator.summand(e, env)):
        return {}
    if isinstance(e, Add):
        return _sum(_summand(evaluator, argument, env) for argument in e.args)
    return exact_value(evaluator, e, env)


def _sum(parts: Iterable[LogarithmSum]) -> LogarithmSum:
    total: dict[int, fmpq] = {}
    for part in parts:
        for prime, c in part.items():
            total[prime] = total.get(prime, fmpq(0)) + c
    return {prime: c for prime, c in total.items() if c}


def _product(evaluator: Evaluator, e: Mul, env: Environment) -> LogarithmSum:
    """A product of which one factor at most is not rational."""
    scale = fmpq(1)
    other: LogarithmSum = {1: fmpq(1)}
    for factor in flat(e):
        value = exact_value(evaluator, factor, env)
        if set(value) <= {1}:
            scale *= value.get(1, fmpq(0))
        elif set(other) <= {1}:
            other = value
        else:
            raise UndeterminedError("a product of logarithms has no exact value")
    return {prime: c * scale for prime, c in other.items() if scale}


def _logarithm(evaluator: Evaluator, e: Expr, env: Environment) -> LogarithmSum:
    value = evaluator.value(e, env)
    if isinstance(value, fmpq):
        parts = [(fmpz(value.p), 1), (fmpz(value.q), -1)]
        if any(part > LARGEST_FACTORED for part, _ in parts):
            raise UndeterminedError("a number is too large to be factored")
        return _sum(
            {int(prime): fmpq(sign * int(power))}
            for part, sign in parts
            for prime, power in part.factor()
        )
    if isinstance(e, Pow):
        exponent = evaluator.value(e.args[1], env)
        if isinstance(exponent, fmpq):
            inner = _logarithm(evaluator, e.args[0], env)
            return {prime: c * exponent for prime, c in inner.items() if exponent}
    raise UndeterminedError("a logarithm has no exact value")
