"""Integrands as functions of a complex ball, for `acb.integral`.

Accepts an integrand on a cell on which it is one formula. The formula is read once, into functions of the ball and of
the flag that asks whether the integrand is analytic there. Logarithms and roots are nan on their cuts, also where only
a value is asked for: so at a real point of a ball with a finite value, the argument of each of them is positive. Near
an end, factors of that argument that are exponentials of u, positive on the real line, are taken out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from flint import acb, fmpq
from sympy import Abs, Add, E, Expr, Mul, Piecewise, Pow, exp, log
from sympy.core.function import AppliedUndef

from klderive.certificates.cells import Cell, flat
from klderive.certificates.elementary_functions import COMPLEX_FUNCTIONS
from klderive.certificates.expansions import Expansions
from klderive.certificates.integrands import Integrands
from klderive.certificates.real_arithmetic import (
    UndefinedError,
    UndeterminedError,
    Value,
    logarithm,
    multiply,
)
from klderive.certificates.tails import End, Tails
from klderive.notation.nodes import Defined, Indicator, StrictIndicator

LARGEST_EXPONENT = 10_000

COMPILED = 8
"""How many nodes of a formula that is read once cost as much as one that is looked at."""

Continuation: TypeAlias = Callable[[acb, bool], acb]
"""The analytic continuation at a ball; not finite where it may not be analytic and this is asked for."""


def continuation(
    integrands: Integrands, e: Expr, cell: Cell, end: End | None = None
) -> Continuation:
    """The analytic continuation of an integrand.

    Args:
        integrands: reads its parts.
        e: the integrand.
        cell: the cell.
        end: if it is given, the continuation is a function of the u by which the variable is written near this end.

    Raises:
        UndeterminedError: if it has none that is known.
    """
    nodes = 0
    variable: Continuation = (lambda z, _: z) if end is None else (lambda u, _: end.at(u)[0])

    def read(e: Expr, cell: Cell) -> Continuation:
        nonlocal nodes
        nodes += 1
        integrands.evaluator.spend()
        if e == cell.variable:
            return variable
        if not integrands.occurs(e, cell.variable):
            number = acb(integrands.free(e, cell))
            return lambda _, __: number
        match e:
            case Add():
                return _sum([read(argument, cell) for argument in e.args])
            case Mul():
                return _product([read(argument, cell) for argument in e.args])
            case Pow():
                return power(e, cell)
            case exp():
                exponent = read(e.args[0], cell)
                return lambda z, analytic: exponent(z, analytic).exp()
            case log():
                argument, c, k = apart(e.args[0], cell)
                constant, rate = acb(logarithm(c)), acb(k)
                return lambda u, analytic: (
                    constant + rate * u + argument(u, analytic).log(analytic=True)
                )
            case AppliedUndef():
                return read(*integrands.inner(e, cell))
            case Abs() | Indicator() | StrictIndicator() | Piecewise() | Defined():
                return read(integrands.branch(e, cell), cell)
        function = COMPLEX_FUNCTIONS.get(type(e))
        if function is None:
            raise UndeterminedError(f"{type(e).__name__} is not integrated")
        inside = read(e.args[0], cell)
        return lambda z, analytic: function(inside(z, analytic))

    def power(e: Pow, cell: Cell) -> Continuation:
        if e.args[0] == E:
            top = read(e.args[1], cell)
            return lambda z, analytic: top(z, analytic).exp()
        if integrands.occurs(e.args[1], cell.variable):
            base, exponent = read(e.args[0], cell), read(e.args[1], cell)
            return lambda z, analytic: (
                exponent(z, analytic) * base(z, analytic).log(analytic=True)
            ).exp()
        value = integrands.free(e.args[1], cell)
        if isinstance(value, fmpq) and value.q == 1:
            integer = int(value.p)
            if abs(integer) > LARGEST_EXPONENT:
                raise UndeterminedError("an exponent is too large")
            base, c, k = apart(e.args[0], cell)
            scale, rate = acb(c) ** integer, acb(k * integer)
            if k == 0:
                return lambda z, analytic: scale * base(z, analytic) ** integer
            return lambda z, analytic: scale * (rate * z).exp() * base(z, analytic) ** integer
        base, c, k = apart(e.args[0], cell)
        fixed, positive = acb(value), bool(value > 0)
        scale, rate = acb(c).pow(fixed), acb(k) * fixed

        def root(z: acb, analytic: bool) -> acb:
            inner = base(z, analytic)
            outer = scale * (rate * z).exp() if k != 0 else scale
            if not analytic and positive and inner.imag == 0 and inner.real >= 0:
                return outer * inner.pow(fixed)
            return outer * inner.pow(fixed, analytic=True)

        return root

    def apart(e: Expr, cell: Cell) -> tuple[Continuation, Value, fmpq]:
        """An expression as a factor times c exp(k u), where c is positive: what is under a logarithm or a root."""
        c: Value = fmpq(1)
        k = fmpq(0)
        others: list[Expr] = []
        for factor in flat(e) if isinstance(e, Mul) else [e]:
            found = exponential(factor, cell)
            if found is None:
                others.append(factor)
            else:
                c, k = multiply(c, found[0]), k + found[1]
        return _product([read(factor, cell) for factor in others]), c, k

    def exponential(e: Expr, cell: Cell) -> tuple[Value, fmpq] | None:
        """A positive c and the k for which an expression is exactly c exp(k u) near the end."""
        if end is None or not end.exponential:
            return None
        try:
            written = Tails(integrands.evaluator).expansion(
                e, cell.variable, cell.env, end, Expansions(fmpq(2))
            )
        except UndeterminedError:
            return None
        if written.rest or len(written.terms) != 1:
            return None
        ((growth, c),) = written.terms.items()
        if not growth.is_exponential or not c > 0:
            return None
        return c, growth.exponent[0] if growth.exponent else fmpq(0)

    try:
        found = read(e, cell)
    except UndefinedError as error:
        raise UndeterminedError(str(error)) from None

    def counted(z: acb, analytic: bool) -> acb:
        integrands.evaluator.spend(1 + nodes // COMPILED)
        return found(z, analytic)

    return counted


def _sum(parts: list[Continuation]) -> Continuation:
    first, *others = parts

    def total(z: acb, analytic: bool) -> acb:
        result = first(z, analytic)
        for part in others:
            result += part(z, analytic)
        return result

    return total


def _product(parts: list[Continuation]) -> Continuation:
    if not parts:
        one = acb(1)
        return lambda _, __: one
    first, *others = parts

    def product(z: acb, analytic: bool) -> acb:
        result = first(z, analytic)
        for part in others:
            result *= part(z, analytic)
        return result

    return product
