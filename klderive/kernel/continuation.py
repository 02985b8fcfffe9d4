"""Integrands as functions of a complex ball, for `acb.integral`.

Accepts an integrand on a cell on which it is one formula. The formula is read once, into functions of the ball and of
the flag that asks whether the integrand is analytic there. Logarithms and roots are nan on their cuts, also where only
a value is asked for: so at a real point of a ball with a finite value, the argument of each of them is positive.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from flint import acb, fmpq
from sympy import Abs, Add, E, Expr, Mul, Piecewise, Pow, exp, log
from sympy.core.function import AppliedUndef

from klderive.kernel.cells import Cell
from klderive.kernel.elementary_functions import COMPLEX_FUNCTIONS
from klderive.kernel.integrands import Integrands
from klderive.kernel.real_arithmetic import UndefinedError, UndeterminedError
from klderive.notation.nodes import Defined, Indicator, StrictIndicator

LARGEST_EXPONENT = 10_000

Continuation: TypeAlias = Callable[[acb, bool], acb]
"""The analytic continuation at a ball; not finite where it may not be analytic and this is asked for."""


def continuation(integrands: Integrands, e: Expr, cell: Cell) -> Continuation:
    """The analytic continuation of an integrand.

    Raises:
        UndeterminedError: if it has none that is known.
    """
    nodes = 0

    def read(e: Expr, cell: Cell) -> Continuation:
        nonlocal nodes
        nodes += 1
        integrands.evaluator.spend()
        if e == cell.variable:
            return lambda z, _: z
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
                argument = read(e.args[0], cell)
                return lambda z, analytic: argument(z, analytic).log(analytic=True)
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
        base = read(e.args[0], cell)
        if integrands.occurs(e.args[1], cell.variable):
            exponent = read(e.args[1], cell)
            return lambda z, analytic: (
                exponent(z, analytic) * base(z, analytic).log(analytic=True)
            ).exp()
        value = integrands.free(e.args[1], cell)
        if isinstance(value, fmpq) and value.q == 1:
            integer = int(value.p)
            if abs(integer) > LARGEST_EXPONENT:
                raise UndeterminedError("an exponent is too large")
            return lambda z, analytic: base(z, analytic) ** integer
        fixed, positive = acb(value), bool(value > 0)

        def root(z: acb, analytic: bool) -> acb:
            inner = base(z, analytic)
            if not analytic and positive and inner.imag == 0 and inner.real >= 0:
                return inner.pow(fixed)
            return inner.pow(fixed, analytic=True)

        return root

    try:
        found = read(e, cell)
    except UndefinedError as error:
        raise UndeterminedError(str(error)) from None

    def counted(z: acb, analytic: bool) -> acb:
        integrands.evaluator.spend(nodes)
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
    first, *others = parts

    def product(z: acb, analytic: bool) -> acb:
        result = first(z, analytic)
        for part in others:
            result *= part(z, analytic)
        return result

    return product
