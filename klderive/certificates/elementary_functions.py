"""Functions of one argument on balls: on the real line, their Taylor coefficients, and their analytic continuation.

Accepts the classes by which SymPy names them. Over the reals a function that is not shown to have a value is not told.
The continuation is not finite where it is not analytic, so that it may stand under `acb.integral`.
"""

from __future__ import annotations

from collections.abc import Callable
from math import factorial as factorial_of

from flint import acb, arb, arb_series, fmpq, fmpz
from sympy import (
    acos,
    asin,
    atan,
    cos,
    cosh,
    digamma,
    erf,
    erfc,
    factorial,
    gamma,
    loggamma,
    sin,
    sinh,
    tan,
    tanh,
)

from klderive.certificates.real_arithmetic import (
    InexactError,
    UndefinedError,
    UndeterminedError,
    Value,
    finite,
)

LARGEST_FACTORIAL = 2_000


def _positive(function: Callable[[arb], arb]) -> Callable[[arb], arb]:
    """A function that is taken of positive numbers only."""

    def restricted(x: arb) -> arb:
        return function(x) if x > 0 else arb.nan()

    return restricted


REAL_FUNCTIONS: dict[type, Callable[[arb], arb]] = {
    sin: lambda x: x.sin(),
    cos: lambda x: x.cos(),
    tan: lambda x: x.tan(),
    asin: lambda x: x.asin(),
    acos: lambda x: x.acos(),
    atan: lambda x: x.atan(),
    sinh: lambda x: x.sinh(),
    cosh: lambda x: x.cosh(),
    tanh: lambda x: x.tanh(),
    erf: lambda x: x.erf(),
    erfc: lambda x: x.erfc(),
    gamma: lambda x: x.gamma(),
    loggamma: _positive(lambda x: x.lgamma()),
    digamma: lambda x: x.digamma(),
}
"""Functions of a real argument, not finite where they have no value."""

EXACT: dict[tuple[type, int], int] = {
    (sin, 0): 0,
    (cos, 0): 1,
    (tan, 0): 0,
    (asin, 0): 0,
    (acos, 1): 0,
    (atan, 0): 0,
    (sinh, 0): 0,
    (cosh, 0): 1,
    (tanh, 0): 0,
    (erf, 0): 0,
    (erfc, 0): 1,
    (loggamma, 1): 0,
    (loggamma, 2): 0,
}
"""Values that are known exactly."""


def elementary(function: type, argument: Value) -> Value:
    """The value of a function at a real number.

    Raises:
        UndefinedError: for the factorial of a negative integer.
        UndeterminedError: if it is not shown to have one.
    """
    if isinstance(argument, fmpq) and argument.q == 1:
        known = EXACT.get((function, int(argument.p)))
        if known is not None:
            return fmpq(known)
        if function in (factorial, gamma):
            return _factorial(int(argument.p) - (function is gamma))
    if function is factorial:
        raise UndeterminedError("the factorial of what is not known to be an integer")
    real = REAL_FUNCTIONS.get(function)
    if real is None:
        raise UndeterminedError(f"{function.__name__} is not evaluated")
    return finite(real(arb(argument)))


def _factorial(number: int) -> Value:
    if number < 0:
        # Factorials and the gamma function have poles there.
        raise UndefinedError(f"the factorial of {number}")
    if number > LARGEST_FACTORIAL:
        return finite(arb(fmpz(number + 1)).gamma())
    return fmpq(factorial_of(number))


def taylor_coefficients(function: type, place: Value, order: int) -> list[Value]:
    """The coefficients of the Taylor polynomial of a function at a place, from that of degree 0.

    Raises:
        UndeterminedError: if the function is not shown to be analytic there.
    """
    first = elementary(function, place)
    if order == 0 and function is not factorial:
        return [first]
    length = order + 1
    variable = arb_series([arb(place), arb(1)], prec=length)
    if function is tanh:
        # The derivative is 1 - tanh^2.
        found: list[Value] = [first]
        for k in range(order):
            square = sum((found[i] * found[k - i] for i in range(k + 1)), fmpq(0))
            found.append(((1 if k == 0 else 0) - square) / fmpq(k + 1))
        return [first, *(_checked(c) for c in found[1:])]
    if function in (sinh, cosh):
        up, down = variable.exp(), (-variable).exp()
        series = (up - down if function is sinh else up + down) * arb(0.5)
    elif function is digamma:
        at = acb(arb(place))
        derivatives = [
            (at.polygamma(acb(k)) / fmpz(factorial_of(k))).real for k in range(1, length)
        ]
        return [first, *(_checked(c) for c in derivatives)]
    else:
        method = _SERIES.get(function)
        if method is None:
            raise UndeterminedError(f"{function.__name__} is not differentiated")
        series = method(variable)
    coefficients: list[Value] = [_checked(series[k]) for k in range(length)]
    return [first, *coefficients[1:]]


def _checked(value: Value) -> Value:
    if isinstance(value, arb) and not value.is_finite():
        raise InexactError("a derivative is not enclosed")
    return value


_SERIES: dict[type, Callable[[arb_series], arb_series]] = {
    sin: lambda s: s.sin(),
    cos: lambda s: s.cos(),
    tan: lambda s: s.tan(),
    asin: lambda s: s.asin(),
    acos: lambda s: s.acos(),
    atan: lambda s: s.atan(),
    erf: lambda s: s.erf(),
    erfc: lambda s: s.erfc(),
    gamma: lambda s: s.gamma(),
    loggamma: lambda s: s.lgamma(),
}


def _off(cut: Callable[[acb], bool], function: Callable[[acb], acb]) -> Callable[[acb], acb]:
    """A function that is not finite where the ball is not shown to lie off its branch cuts."""

    def checked(z: acb) -> acb:
        return function(z) if cut(z) else acb("nan")

    return checked


def _off_imaginary_cut(z: acb) -> bool:
    return bool(z.real > 0 or z.real < 0 or abs(z.imag) < 1)


def _off_real_cut(z: acb) -> bool:
    return bool(z.imag > 0 or z.imag < 0 or abs(z.real) < 1)


COMPLEX_FUNCTIONS: dict[type, Callable[[acb], acb]] = {
    sin: lambda z: z.sin(),
    cos: lambda z: z.cos(),
    tan: lambda z: z.tan(),
    sinh: lambda z: z.sinh(),
    cosh: lambda z: z.cosh(),
    tanh: lambda z: z.tanh(),
    erf: lambda z: z.erf(),
    erfc: lambda z: z.erfc(),
    gamma: lambda z: z.gamma(),
    digamma: lambda z: z.digamma(),
    atan: _off(_off_imaginary_cut, lambda z: z.atan()),
    asin: _off(_off_real_cut, lambda z: z.asin()),
    acos: _off(_off_real_cut, lambda z: z.acos()),
    loggamma: _off(lambda z: bool(z.real > 0), lambda z: z.lgamma()),
}
"""The analytic continuations."""
