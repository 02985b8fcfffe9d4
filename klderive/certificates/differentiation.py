"""Derivatives as formulas: of expressions, of the definitions in them, and of integrals and sums by a parameter.

Accepts an expression and a symbol. The rules are those of calculus; a function with a definition is its definition, an
integral is differentiated under its sign and at its bounds (Leibniz), a sum term by term. That an integral may be
differentiated like this is not judged here: it takes an enclosure of the integral of the derivative for all values of
the symbol in a neighbourhood at once, which bounds the derivatives by one integrable function.

A formula is the derivative wherever what is differentiated has a value all around: log(x) and log(-x) have the same.
Whatever has a kink or a case that depends on the symbol is not told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from sympy import (
    Add,
    Derivative,
    E,
    Expr,
    Integer,
    Integral,
    Limit,
    Mul,
    Piecewise,
    Pow,
    Product,
    Sum,
    Symbol,
    acos,
    asin,
    atan,
    cos,
    cosh,
    digamma,
    erf,
    erfc,
    exp,
    log,
    loggamma,
    oo,
    pi,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
)
from sympy.core.function import AppliedUndef

from klderive.certificates.cells import Evaluator
from klderive.certificates.models import Formula
from klderive.certificates.real_arithmetic import UndeterminedError
from klderive.notation.nodes import (
    BetweenBounds,
    Defined,
    ProductOver,
    SumOver,
    unevaluated_integral,
    unevaluated_sum,
)

DEPTH = 200
"""Nodes inside one another."""

BINDERS = (Integral, Sum, Product, SumOver, ProductOver, Limit, Derivative, Defined)
"""What binds variables, which an argument might have the name of."""

ZERO, ONE, MINUS_ONE = Integer(0), Integer(1), Integer(-1)


def _times(*factors: Expr) -> Expr:
    if ZERO in factors:
        return ZERO
    others = [factor for factor in factors if factor != ONE]
    if len(others) < 2:
        return others[0] if others else ONE
    return Mul(*others, evaluate=False)


def _plus(*summands: Expr) -> Expr:
    others = [summand for summand in summands if summand != ZERO]
    if len(others) < 2:
        return others[0] if others else ZERO
    return Add(*others, evaluate=False)


def _power(base: Expr, exponent: Expr) -> Expr:
    return (
        ONE
        if exponent == ZERO
        else base
        if exponent == ONE
        else Pow(base, exponent, evaluate=False)
    )


def _square(e: Expr) -> Expr:
    return _power(e, Integer(2))


OUTER: Mapping[type, Callable[[Expr], Expr]] = {
    exp: lambda u: exp(u, evaluate=False),
    sin: lambda u: cos(u, evaluate=False),
    cos: lambda u: _times(MINUS_ONE, sin(u, evaluate=False)),
    tan: lambda u: _plus(ONE, _square(tan(u, evaluate=False))),
    asin: lambda u: _power(
        sqrt(_plus(ONE, _times(MINUS_ONE, _square(u))), evaluate=False), MINUS_ONE
    ),
    acos: lambda u: _times(
        MINUS_ONE,
        _power(sqrt(_plus(ONE, _times(MINUS_ONE, _square(u))), evaluate=False), MINUS_ONE),
    ),
    atan: lambda u: _power(_plus(ONE, _square(u)), MINUS_ONE),
    sinh: lambda u: cosh(u, evaluate=False),
    cosh: lambda u: sinh(u, evaluate=False),
    tanh: lambda u: _plus(ONE, _times(MINUS_ONE, _square(tanh(u, evaluate=False)))),
    erf: lambda u: _gaussian(u, Integer(2)),
    erfc: lambda u: _gaussian(u, Integer(-2)),
    loggamma: lambda u: digamma(u, evaluate=False),
}
"""The derivatives of functions of one argument."""


def _gaussian(u: Expr, factor: Expr) -> Expr:
    """A factor times exp(-u^2)/sqrt(pi)."""
    bell = exp(_times(MINUS_ONE, _square(u)), evaluate=False)
    return _times(factor, _power(sqrt(pi, evaluate=False), MINUS_ONE), bell)


class Differentiation:
    """Differentiates expressions.

    Args:
        evaluator: knows the definitions.
        bound: the variables that are bound around an expression, which definitions do not speak of.
    """

    def __init__(self, evaluator: Evaluator, bound: Collection[Symbol] = ()) -> None:
        self.evaluator = evaluator
        self.bound = frozenset(bound)
        self.depth = 0

    def derivative(self, e: Expr, s: Symbol) -> Expr:
        """The derivative of an expression by a symbol.

        Raises:
            UndeterminedError: if there is no rule for it.
        """
        self.evaluator.spend()
        if s not in e.free_symbols and (s in self.bound or not self.evaluator.mentions(e, s)):
            return ZERO
        self.depth += 1
        try:
            if self.depth > DEPTH:
                raise UndeterminedError("the expression is too deep")
            return self._node(e, s)
        finally:
            self.depth -= 1

    def _node(self, e: Expr, s: Symbol) -> Expr:
        match e:
            case Symbol():
                return ONE
            case Add():
                return _plus(*(self.derivative(argument, s) for argument in e.args))
            case Mul():
                parts = list(e.args)
                return _plus(
                    *(
                        _times(*parts[:i], self.derivative(part, s), *parts[i + 1 :])
                        for i, part in enumerate(parts)
                    )
                )
            case Pow():
                return self._power(e, s)
            case log():
                return self._of_logarithm(e.args[0], s)
            case AppliedUndef():
                return self.derivative(self.unfolded(e), s)
            case Defined():
                return self.derivative(e.definition(), s)
            case Derivative():
                return self.derivative(self.resolved(e), s)
            case Integral():
                return self._integral(e, s)
            case Sum():
                return self._sum(e, s)
            case SumOver():
                body, *rest = e.args
                return SumOver(self._under(body, s, rest[:1]), *rest)
        outer = OUTER.get(type(e))
        if outer is None:
            raise UndeterminedError(f"{type(e).__name__} is not differentiated")
        return _times(outer(e.args[0]), self.derivative(e.args[0], s))

    def _power(self, e: Pow, s: Symbol) -> Expr:
        base, exponent = e.args
        inner, outer = self.derivative(base, s), self.derivative(exponent, s)
        if base == E or inner == ZERO:
            return _times(e, ONE if base == E else log(base, evaluate=False), outer)
        less = exponent - 1 if exponent.is_Rational else _plus(exponent, MINUS_ONE)
        first = _times(exponent, _power(base, less), inner)
        return _plus(first, _times(e, log(base, evaluate=False), outer))

    def _of_logarithm(self, e: Expr, s: Symbol) -> Expr:
        """The derivative of a logarithm, factor by factor: so no exponential stands in a denominator."""
        inner = self.derivative(e, s)
        match e:
            case _ if inner == ZERO:
                return ZERO
            case Mul():
                return _plus(*(self._of_logarithm(factor, s) for factor in e.args))
            case exp():
                return self.derivative(e.args[0], s)
            case Pow():
                base, exponent = e.args
                outer = self.derivative(exponent, s)
                if base == E:
                    return outer
                rest = _times(log(base, evaluate=False), outer)
                return _plus(_times(exponent, self._of_logarithm(base, s)), rest)
            case AppliedUndef():
                return self._of_logarithm(self.unfolded(e), s)
        return _times(inner, _power(e, MINUS_ONE))

    def _under(self, body: Expr, s: Symbol, variables: Collection[Symbol]) -> Expr:
        """The derivative of what is under a binder."""
        if s in variables:
            raise UndeterminedError("a bound variable has the name of a symbol")
        outer, self.bound = self.bound, self.bound | {*variables}
        try:
            return self.derivative(body, s)
        finally:
            self.bound = outer

    def _sum(self, e: Sum, s: Symbol) -> Expr:
        body, *all_limits = e.args
        if len(all_limits) != 1 or len(all_limits[0]) != 3:
            raise UndeterminedError("the bounds are not one range")
        variable, *ends = all_limits[0]
        if any(end not in (oo, -oo) and self.derivative(end, s) != ZERO for end in ends):
            raise UndeterminedError("the range of a sum varies")
        return unevaluated_sum(self._under(body, s, [variable]), variable, *ends)

    def _integral(self, e: Integral, s: Symbol) -> Expr:
        body, *all_limits = e.args
        for limits in all_limits[:-1]:
            if len(limits) != 3:
                raise UndeterminedError("the integral has no bounds")
            body = unevaluated_integral(body, *limits)
        if len(all_limits[-1]) != 3:
            raise UndeterminedError("the integral has no bounds")
        variable, *ends = all_limits[-1]
        inner = self._under(body, s, [variable])
        parts = [ZERO if inner == ZERO else unevaluated_integral(inner, variable, *ends)]
        for end, sign in zip(ends, (MINUS_ONE, ONE), strict=True):
            if end in (oo, -oo):
                continue
            speed = self.derivative(end, s)
            if speed != ZERO:
                parts.append(_times(sign, self.substituted(body, {variable: end}), speed))
        return _plus(*parts)

    # Definitions

    def unfolded(self, e: AppliedUndef) -> Expr:
        """The definition of a function with its arguments put in.

        Raises:
            UndeterminedError: if it has none, or an argument would be taken for something else in it.
        """
        name = e.func.__name__
        model = self.evaluator.model(name)
        if not isinstance(model, Formula) or len(model.parameters) != len(e.args):
            raise UndeterminedError(f"{e} is not differentiated")
        own = model.expression.free_symbols - {*model.parameters}
        if own & self.bound or any(
            end.free_symbols
            for limits in self.evaluator.domain(name, len(e.args))
            for end in limits[1:3]
            if len(limits) > 2
        ):
            raise UndeterminedError(f"{e} is not differentiated")
        return self.substituted(model.expression, dict(zip(model.parameters, e.args, strict=True)))

    def substituted(self, e: Expr, values: Mapping[Symbol, Expr]) -> Expr:
        """An expression with others in place of symbols.

        Raises:
            UndeterminedError: if something in it binds a variable.
        """
        if not e.free_symbols & values.keys():
            return e
        if isinstance(e, Symbol):
            return values[e]
        if isinstance(e, BINDERS) or not all(isinstance(argument, Expr) for argument in e.args):
            raise UndeterminedError(f"{type(e).__name__} is not differentiated")
        parts = [self.substituted(argument, values) for argument in e.args]
        return _rebuilt(e, parts)

    # Derivatives in an expression

    def resolved(self, e: Expr) -> Expr:
        """An expression with formulas in place of the derivatives in it.

        What is differentiated stays, times 0: where it has no value, there is no derivative.

        Raises:
            UndeterminedError: if there is no rule for one.
        """
        if not e.has(Derivative):
            return e
        if isinstance(e, Derivative):
            body, *variables = e.args
            body = found = self.resolved(body)
            for variable, count in variables:
                if not isinstance(variable, Symbol) or not isinstance(count, Integer):
                    raise UndeterminedError("derivatives are taken with respect to symbols")
                for _ in range(int(count)):
                    found = self.derivative(found, variable)
            return Add(found, Mul(ZERO, body, evaluate=False), evaluate=False)
        if isinstance(e, Defined):
            return self.resolved(e.definition())
        if isinstance(e, Piecewise | BetweenBounds):
            raise UndeterminedError(f"{type(e).__name__} is not differentiated")
        if isinstance(e, BINDERS):
            outer, self.bound = self.bound, self.bound | _bound_in(e)
            try:
                body = self.resolved(e.args[0])
            finally:
                self.bound = outer
            if any(argument.has(Derivative) for argument in e.args[1:]):
                raise UndeterminedError("a derivative in a bound is not evaluated")
            return _with_body(e, body)
        return _rebuilt(e, [self.resolved(argument) for argument in e.args])


def _bound_in(e: Expr) -> set[Symbol]:
    """The variables that a node binds; those of a derivative that stands under it are not among them."""
    if isinstance(e, Integral | Sum | Product):
        return {limits[0] for limits in e.args[1:]}
    return {e.args[1]} if isinstance(e, SumOver | ProductOver | Limit) else set()


def _rebuilt(e: Expr, parts: Sequence[Expr]) -> Expr:
    """A node with other arguments, unevaluated."""
    if isinstance(e, Add | Mul):
        return type(e)._from_args(parts, True)
    return e.func(*parts) if isinstance(e, AppliedUndef) else e.func(*parts, evaluate=False)


def _with_body(e: Expr, body: Expr) -> Expr:
    """A binder over another body; SymPy's constructors would evaluate it."""
    node: Expr = Expr.__new__(type(e), body, *e.args[1:])
    node.is_commutative = True
    return node
