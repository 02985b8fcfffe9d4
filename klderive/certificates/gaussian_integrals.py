"""Exact integrals over whole spaces of polynomials times exponentials of quadratics, in several variables.

Accepts rational numbers, pi, symbols, sums, products, integer powers, square roots and inverses of single positive
terms, exponentials of polynomials, logarithms of single positive terms, functions that formulas of these define, and
integrals over the line. The idea: each value is an exact sum of polynomials times exponentials (`gaussian_sums`), in
which equal constants cancel; so densities are seen to be normalised, or to be each other's marginals and conditionals,
for all values of their variables. An integral completes the square; it takes a quadratic with a negative leading
coefficient in the exponent, so that what is integrated converges absolutely.

Caveats: what is of another kind, or diverges, is not judged here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from flint import fmpq
from sympy import Add, E, Expr, Integer, Integral, Mul, Pow, Rational, Symbol, exp, log, oo, pi
from sympy.core.function import AppliedUndef

from klderive.certificates.gaussian_sums import (
    ONE,
    AnotherKindError,
    Factor,
    GaussianSum,
    Polynomial,
    Variable,
    added,
    by_degree,
    constant,
    exponential_of,
    logarithm_of,
    number_of,
    over_line,
    product,
    raised,
    rational,
    scaled,
    single,
)
from klderive.certificates.models import Formula, Point
from klderive.certificates.real_arithmetic import Value
from klderive.notation.nodes import Defined
from klderive.statement import FunctionDeclaration

DEPTH = 200
"""Nodes inside one another."""

Bindings: TypeAlias = Mapping[Symbol, GaussianSum]


class Budget(Protocol):
    """A counted budget."""

    def spend(self) -> None:
        """Count a step."""


class _Unlimited:
    def spend(self) -> None:
        """Count nothing: depth and sizes are bounded."""


def integral_value(
    e: Integral,
    env: Mapping[Symbol, Value],
    point: Point,
    functions: Mapping[str, FunctionDeclaration],
    work: Budget,
) -> Value | None:
    """The value of an integral over the line or a space; None if it is of another kind.

    Args:
        e: the integral, with bounds.
        env: values of bound variables around it.
        point: values of symbols, and models of functions.
        functions: the declared functions; a declared definition counts.
        work: a budget.

    Raises:
        UndeterminedError: if the budget is spent.
    """
    if any(tuple(limits[1:]) != (-oo, oo) for limits in e.args[1:]):
        return None
    values = {**point.values, **env}
    try:
        return number_of(_Reader(point, functions, work, values).value(e, {}))
    except AnotherKindError:
        return None


def is_identity(
    left: Expr,
    right: Expr,
    domains: Mapping[Symbol, tuple[Expr, ...]],
    point: Point,
    functions: Mapping[str, FunctionDeclaration],
    work: Budget,
) -> bool:
    """Whether two sides are certainly equal for all real values of some symbols.

    Args:
        left: a side.
        right: the other.
        domains: the symbols, each with its domain: a function with this domain may be applied to it.
        point: values of the other symbols, and models of functions.
        functions: the declared functions.
        work: a budget.

    Raises:
        UndeterminedError: if the budget is spent.
    """
    reader = _Reader(point, functions, work, point.values)
    bindings = {symbol: reader.fresh() for symbol in domains}
    reader.known = [(bindings[symbol], domain) for symbol, domain in domains.items()]
    try:
        return not added(
            reader.value(left, bindings), scaled(reader.value(right, bindings), fmpq(-1))
        )
    except AnotherKindError:
        return False


def is_positive_formula(model: Formula) -> bool:
    """Whether a formula is positive for all real values of its parameters: of positive constants and exponentials."""

    def polynomial(e: Expr) -> bool:
        if isinstance(e, Pow):
            return bool(e.args[1].is_Integer and e.args[1] >= 0) and polynomial(e.args[0])
        if isinstance(e, Add | Mul):
            return all(map(polynomial, e.args))
        return isinstance(e, Rational) or e in model.parameters

    def positive(e: Expr) -> bool:
        match e:
            case Rational():
                return bool(e.p > 0)
            case Mul():
                return all(map(positive, e.args))
            case exp():
                return polynomial(e.args[0])
            case Pow():
                return bool(e.args[1].is_Rational) and positive(e.args[0])
        return e is pi

    return positive(model.expression)


@dataclass(frozen=True, slots=True)
class Law:
    """A known law with its parameters: of a normal one mean and variance, of an exponential one the rate."""

    name: str
    mean: Expr
    parameter: fmpq


def law_of(model: Formula) -> Law | None:
    """The law of the first parameter, for all values of the others, that a formula is the density of; None if unknown.

    Args:
        model: the formula.
    """
    reader = _Reader(Point(), {}, _Unlimited(), {})
    bindings = {p: reader.fresh() for p in model.parameters}
    x: Variable = ("variable", 1)
    try:
        density = reader.value(model.expression, bindings)
        parts = by_degree(dict(single(density)[0].exponent), x)
        linear, square = parts.get(1, {}), parts.get(2, {})
        if not square:
            rate = -linear.get((), fmpq(0))
            expected = scaled(exponential_of({ONE: {((x, 1),): -rate}}), rate)
            return (
                Law("exponential", Integer(0), rate) if rate > 0 and density == expected else None
            )
        if set(square) != {()} or square[()] >= 0:
            return None
        variance = fmpq(-1, 2) / square[()]
        mean = {m: c * variance for m, c in linear.items()}
        away = added(bindings[model.parameters[0]], scaled({ONE: mean} if mean else {}, fmpq(-1)))
        kernel = exponential_of(scaled(product(away, away), fmpq(-1, 2) / variance))
        scale = raised(product({Factor(halves=2): {(): fmpq(2)}}, constant(variance)), fmpq(-1, 2))
        if density != product(scale, kernel):
            return None
        return Law("normal", _expression(mean, model.parameters), variance)
    except AnotherKindError:
        return None


def _expression(p: Polynomial, names: Sequence[Symbol]) -> Expr:
    """A polynomial in variables that stand for names, as an expression."""
    terms = [
        Mul(Rational(int(c.p), int(c.q)), *(Pow(names[v[1] - 1], n) for v, n in monomial))
        for monomial, c in sorted(p.items())
    ]
    return Add(*terms)


class _Reader:
    """Turns expressions into sums."""

    def __init__(
        self,
        point: Point,
        functions: Mapping[str, FunctionDeclaration],
        work: Budget,
        values: Mapping[Symbol, Value],
    ) -> None:
        self.point = point
        self.functions = functions
        self.work = work
        self.values = values
        self.known: list[tuple[GaussianSum, tuple[Expr, ...]]] = []
        """Variables with the domains that they run over."""
        self.variables = 0
        self.depth = 0

    def fresh(self) -> GaussianSum:
        """A variable."""
        self.variables += 1
        return {ONE: {((("variable", self.variables), 1),): fmpq(1)}}

    def value(self, e: Expr, env: Bindings) -> GaussianSum:
        """An expression as a sum."""
        self.work.spend()
        self.depth += 1
        try:
            if self.depth > DEPTH:
                raise AnotherKindError
            return self.node(e, env)
        finally:
            self.depth -= 1

    def node(self, e: Expr, env: Bindings) -> GaussianSum:
        """A node by its kind."""
        match e:
            case Symbol():
                return env[e] if e in env else constant(self.values.get(e))
            case Rational():
                return constant(fmpq(int(e.p), int(e.q)))
            case Add():
                total: GaussianSum = {}
                for argument in e.args:
                    total = added(total, self.value(argument, env))
                return total
            case Mul():
                result = constant(fmpq(1))
                for argument in e.args:
                    result = product(result, self.value(argument, env))
                return result
            case Pow():
                base, exponent = e.args
                if base == E:
                    return exponential_of(self.value(exponent, env))
                if not exponent.is_Rational:
                    raise AnotherKindError
                return raised(self.value(base, env), fmpq(int(exponent.p), int(exponent.q)))
            case exp():
                return exponential_of(self.value(e.args[0], env))
            case log():
                return logarithm_of(self.value(e.args[0], env))
            case Defined():
                return self.value(e.definition(), env)
            case Integral():
                return self.integral(e, env)
            case AppliedUndef():
                return self.application(e, env)
        if e is pi:
            return {Factor(halves=2): {(): fmpq(1)}}
        raise AnotherKindError

    def integral(self, e: Integral, env: Bindings) -> GaussianSum:
        """An integral over the line, or several inside one another."""
        body, *all_limits = e.args
        inner = dict(env)
        bound = []
        for limits in all_limits:
            if tuple(limits[1:]) != (-oo, oo):
                raise AnotherKindError
            inner[limits[0]] = self.fresh()
            bound.append(("variable", self.variables))
        if len({limits[0] for limits in all_limits}) < len(all_limits):
            raise AnotherKindError
        result = self.value(body, inner)
        for variable in bound:
            result = over_line(result, variable)
        return result

    def application(self, e: AppliedUndef, env: Bindings) -> GaussianSum:
        """A function that a formula gives, at arguments in its domain."""
        declared = self.functions.get(e.func.__name__)
        if declared is not None and declared.definition is not None:
            model = Formula(declared.parameters, declared.definition)
        else:
            found = self.point.functions.get(e.func.__name__)
            if not isinstance(found, Formula):
                raise AnotherKindError
            model = found
        if len(e.args) != len(model.parameters):
            raise AnotherKindError
        arguments = [self.value(argument, env) for argument in e.args]
        if declared is not None:
            if len(declared.limits) != len(arguments):
                raise AnotherKindError
            for limits, value in zip(declared.limits, arguments, strict=True):
                self.check_domain(tuple(limits[1:]), value)
        # What is bound around an application is not bound in a definition.
        outer, self.values = self.values, self.point.values
        try:
            return self.value(model.expression, dict(zip(model.parameters, arguments, strict=True)))
        finally:
            self.values = outer

    def check_domain(self, domain: tuple[Expr, ...], value: GaussianSum) -> None:
        """Refuse an argument of which it is not known that it lies in the domain."""
        if domain == (-oo, oo) or (value, domain) in self.known:
            return
        number = rational(value)
        if len(domain) == 1 and number in self.point.sets.get(domain[0], ()):
            return
        raise AnotherKindError
