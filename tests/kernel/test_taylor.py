"""Derivatives at a point: values against SymPy's derivatives, and where there is none that is known."""

from __future__ import annotations

import mpmath
import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Abs,
    Add,
    Expr,
    Function,
    Indexed,
    IndexedBase,
    Integer,
    Mul,
    Piecewise,
    Pow,
    Rational,
    Symbol,
    Tuple,
    acos,
    asin,
    atan,
    cos,
    cosh,
    diff,
    digamma,
    erf,
    erfc,
    exp,
    gamma,
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

from klderive.certificates.evaluation import (
    Point,
    StepFunction,
    Table,
    UndefinedError,
    UndeterminedError,
    Value,
    evaluate,
)
from klderive.notation.nodes import (
    BetweenBounds,
    Indicator,
    SumOver,
    unevaluated_derivative,
    unevaluated_integral,
    unevaluated_sum,
)
from klderive.statement import FunctionDeclaration

a, b, x, y, i = (Symbol(n, real=True) for n in ("a", "b", "x", "y", "i"))
n = Symbol("n", integer=True)
r = Symbol("r", nonnegative=True)
f, g, p = Function("f"), Function("g"), Function("p")


def at(e: Expr, *declared: FunctionDeclaration, precision: int = 128, **point: object) -> Value:
    return evaluate(e, Point(**point), precision, {d.key: d for d in declared})  # type: ignore[arg-type]


def slope(e: Expr, *variables: Symbol) -> Expr:
    return unevaluated_derivative(e, variables or (a,))


TRIGONOMETRIC = (sin, cos, tan, asin, acos, atan, sinh, cosh, tanh)
numbers = st.sampled_from([Rational(k, d) for k in (-3, -1, 1, 2) for d in (1, 2)])
smooth = st.recursive(
    st.one_of(st.just(a), st.just(a), st.just(b), numbers),
    lambda inner: st.one_of(
        st.builds(lambda u, v: Add(u, v, evaluate=False), inner, inner),
        st.builds(lambda u, v: Mul(u, v, evaluate=False), inner, inner),
        st.builds(
            lambda u, k: Pow(u, k, evaluate=False),
            inner,
            st.sampled_from(
                [Integer(-2), Integer(-1), Integer(3), Rational(1, 2), Rational(-3, 2)]
            ),
        ),
        st.builds(lambda u, v: Pow(exp(u), v, evaluate=False), inner, inner),
        st.builds(
            lambda h, u: h(u, evaluate=False),
            st.sampled_from([exp, log, Abs, *TRIGONOMETRIC, erf, erfc, gamma, loggamma, digamma]),
            inner,
        ),
    ),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(smooth, st.sampled_from([(a,), (a, a), (a, b), (b, a, a)]), numbers, numbers)
def test_derivatives_are_those_of_sympy(
    e: Expr, variables: tuple[Symbol, ...], u: Rational, v: Rational
) -> None:
    values = {a: fmpq(int(u.p), int(u.q)), b: fmpq(int(v.p), int(v.q))}
    try:
        value = at(slope(e, *variables), values=values)
    except (UndefinedError, UndeterminedError):
        return
    known = diff(e, *variables)
    try:
        expected = at(known, values=values)
    except (UndefinedError, UndeterminedError):
        return
    assert arb(value).overlaps(arb(expected)), (e, value, expected)


VALUES = [
    (a**3, (a,), fmpq(12)),
    (a**3, (a, a), fmpq(12)),
    (a**3, (a, a, a, a), fmpq(0)),
    (b**2, (a,), fmpq(0)),
    (a**2 * b, (b,), fmpq(4)),
    (1 / a, (a,), fmpq(-1, 4)),
    (Abs(a - 5), (a,), fmpq(-1)),
    (log(Abs(a)), (a,), fmpq(1, 2)),
    (Indicator(a, b) * a, (a,), fmpq(0)),
    (Piecewise((a**2, a < 3), (0, True)), (a,), fmpq(4)),
    (unevaluated_sum(i * a**i, i, Integer(0), Integer(3)), (a,), fmpq(1 + 4 * 2 + 9 * 4)),
    (BetweenBounds(x**2 * a, x, Integer(1), a), (a,), fmpq(3 * 4 - 1)),
    (Mul(a, slope(a**3), evaluate=False), (a,), fmpq(3 * 3 * 4)),
    (slope(slope(a**4 * b**2, b), a), (a,), fmpq(2 * 3 * 12 * 4)),
    (unevaluated_integral(x**2, x, Integer(0), a), (a,), fmpq(4)),
    (unevaluated_integral(x**2, x, a, a**2), (a,), fmpq(16 * 4 - 4)),
    (unevaluated_integral(x**2, x, Integer(0), a), (a, a), fmpq(4)),
]


@pytest.mark.parametrize(("e", "variables", "value"), VALUES, ids=str)
def test_values(e: Expr, variables: tuple[Symbol, ...], value: fmpq) -> None:
    assert at(slope(e, *variables), values={a: fmpq(2), b: fmpq(3)}) == value


def test_an_integral_up_to_infinity_as_a_function_of_its_bound() -> None:
    e = slope(unevaluated_integral(exp(-(x**2)), x, a, oo))
    value = at(e, values={a: fmpq(1)})
    assert arb(value).overlaps(-arb(-1).exp())
    assert arb(value).rad() < 1e-30


def test_through_definitions_sums_and_data() -> None:
    square = FunctionDeclaration("f", (x,), (Tuple(x, -oo, oo),), definition=x**2 * b)
    point = {"values": {a: fmpq(2), b: fmpq(3)}}
    assert at(slope(f(a)), square, **point) == 12
    assert at(slope(f(a), b), square, **point) == 4
    assert at(slope(f(a**2), a, b), square, **point) == 32
    data = Indexed(IndexedBase("v"), i)
    loss = unevaluated_sum((data - a) ** 2, i, Integer(1), Integer(2))
    assert at(slope(loss), families={"v": (fmpq(1), fmpq(5))}, **point) == 2 * (1 - 3)
    over = SumOver(f(x) * a, x, Symbol("X"))
    table = Table({(fmpq(0),): fmpq(1), (fmpq(1),): fmpq(5)})
    sets = {Symbol("X"): (fmpq(0), fmpq(1))}
    declared = FunctionDeclaration("f", (x,), (Tuple(x, Symbol("X")),))
    assert at(slope(over), declared, sets=sets, functions={"f": table}, **point) == 6


def test_a_parameter_of_a_definition_is_its_own() -> None:
    constant = FunctionDeclaration("f", (a,), (Tuple(a, -oo, oo),), definition=a**2)
    assert at(slope(f(b)), constant, values={a: fmpq(2), b: fmpq(3)}) == 0
    inside = FunctionDeclaration("f", (x,), (Tuple(x, -oo, oo),), definition=slope(x**3, x))
    assert at(f(b), inside, values={b: fmpq(2)}) == 12
    assert at(slope(f(b), b), inside, values={b: fmpq(2)}) == 12


def test_a_step_density_is_constant_in_its_cells() -> None:
    step = StepFunction((fmpq(0), fmpq(1)), (fmpq(1),))
    declared = FunctionDeclaration("p", (x,), (Tuple(x, -oo, oo),), "nonnegative")
    for place in (fmpq(1, 2), fmpq(3)):
        assert at(slope(p(a)), declared, functions={"p": step}, values={a: place}) == 0
    with pytest.raises(UndeterminedError):
        at(slope(p(a)), declared, functions={"p": step}, values={a: fmpq(1)})


# Where there is none


@pytest.mark.parametrize("e", [1 / a, log(a), log(a - 1), sqrt(a - 1)], ids=str)
def test_what_has_no_value_has_no_derivative(e: Expr) -> None:
    with pytest.raises(UndefinedError):
        at(slope(e), values={a: fmpq(0)})


ZERO = {a: fmpq(0), b: fmpq(0), r: fmpq(0), n: fmpq(2), i: fmpq(1)}


@pytest.mark.parametrize(
    "e",
    [
        slope(Abs(a)),
        slope(sqrt(a)),
        slope(a ** Rational(3, 2)),
        slope(sqrt(a**2)),
        slope(Indicator(a, Integer(0))),
        slope(Indicator(a**5, Integer(0))),
        slope(Piecewise((a, a < 0), (a**2, True))),
        slope(Piecewise((1, Pow(a, 5) < 0), (2, True))),
        slope(Abs(a**2, evaluate=False)),
        slope(r**2, r),
        slope(n**2, n),
        slope(0**r, r),
        slope(Add(a, f(a))),
        slope(unevaluated_sum(a, i, Integer(1), a), a),
        slope(unevaluated_integral(Abs(x - a), x, Integer(-1), Integer(1))),
        # It is a, though the integral of the derivative is 0 there: nothing bounds the derivatives around.
        slope(unevaluated_integral(a**3 * exp(-(a**2) * x), x, Integer(0), oo)),
        slope(unevaluated_sum(a / (a**2 + i) ** 2, i, Integer(1), a)),
        slope(unevaluated_integral(x, x, Integer(0), a)),
        unevaluated_sum(slope(i**2, i), i, Integer(1), Integer(3)),
        slope(unevaluated_sum(a * slope(i**2, i), i, Integer(1), Integer(3))),
        slope(a**13, *(a,) * 13),
        slope(Function("unknown")(a)),
    ],
    ids=str,
)
def test_derivatives_that_are_not_told(e: Expr) -> None:
    with pytest.raises(UndeterminedError):
        at(e, values=ZERO)


UNDER_THE_SIGN = [
    (unevaluated_integral(sin((a + 1) * x), x, Integer(0), Integer(1)), "sin(1) + cos(1) - 1"),
    (unevaluated_integral(exp(-(a + 1) * x**2), x, -oo, oo), "-sqrt(pi)/2"),
    (unevaluated_integral(x * exp(-x / (a + 1)), x, Integer(0), oo), "2"),
    (unevaluated_integral(x**a * exp(-x), x, Integer(0), oo), "-euler"),
    (unevaluated_integral(exp(-(a + 1) * x), x, a, 2 * a + 1), "2*exp(-1) - 1 - (1 - 2*exp(-1))"),
    (unevaluated_integral(log(1 + a + x), x, Integer(0), Integer(1)), "log(2)"),
    (unevaluated_sum((a + Rational(1, 2)) ** i, i, Integer(0), oo), "4"),
    (unevaluated_sum((a + 1) ** i / gamma(i + 1), i, Integer(0), oo), "e"),
    (log(unevaluated_integral(exp(-(a + 1) * x**2), x, -oo, oo)), "-mpf(1)/2"),
]


@pytest.mark.parametrize(("e", "expected"), UNDER_THE_SIGN, ids=str)
def test_derivatives_of_integrals_and_sums_by_a_parameter(e: Expr, expected: str) -> None:
    value = arb(at(slope(e), values=ZERO, precision=64))
    known = eval(expected, vars(mpmath).copy())
    assert abs(value - arb(str(known))) < 1e-8
    assert value.rad() < 1e-8


def test_a_second_derivative_of_an_integral() -> None:
    body = unevaluated_integral(exp(-(a + 1) * x), x, Integer(0), oo)
    assert at(slope(body, a, a), values=ZERO, precision=64) == 2


def test_derivatives_under_an_integral() -> None:
    bell = exp(-((x - a) ** 2) / 2) / sqrt(2 * pi)
    score = Pow(slope(log(bell, evaluate=False)), 2, evaluate=False)
    information = unevaluated_integral(Mul(bell, score, evaluate=False), x, -oo, oo)
    assert at(information, values=ZERO) == 1
    moving = unevaluated_integral(slope(x**2, x), x, Integer(0), Integer(3))
    assert at(moving) == 9
    # Where what is differentiated has no value, there is no derivative.
    undefined = unevaluated_integral(slope(log(x), x), x, Integer(-2), Integer(-1))
    with pytest.raises(UndeterminedError):
        at(undefined)


def test_a_score_by_a_parameter_that_stands_in_a_definition() -> None:
    bell = exp(-((x - a) ** 2) / 2) / sqrt(2 * pi)
    declared = FunctionDeclaration("p", (x,), (Tuple(x, -oo, oo),), "positive", bell)
    score = slope(log(p(x), evaluate=False))
    information = Mul(p(x), Pow(score, 2, evaluate=False), evaluate=False)
    for body, value in ((information, 1), (Mul(p(x), score, evaluate=False), 0)):
        found = at(unevaluated_integral(body, x, -oo, oo), declared, values=ZERO)
        assert found == value


def test_a_parameter_that_runs_over_a_set_is_not_differentiated() -> None:
    over_set = FunctionDeclaration("f", (x,), (Tuple(x, Symbol("X")),), definition=slope(x**2, x))
    point = {"sets": {Symbol("X"): (fmpq(0), fmpq(1))}, "values": {a: fmpq(1)}}
    with pytest.raises(UndeterminedError):
        at(f(a), over_set, **point)
    integers = FunctionDeclaration("f", (x,), (Tuple(x, 0, oo, 1),), definition=slope(x**2, x))
    with pytest.raises(UndeterminedError):
        at(f(a), integers, **point)


def test_a_definition_speaks_of_its_open_domain_only() -> None:
    unit = FunctionDeclaration("f", (x,), (Tuple(x, 0, 1),), definition=x**2)
    assert at(slope(f(a)), unit, values={a: fmpq(1, 2)}) == 1
    for place in (0, 1, 2):
        with pytest.raises(UndeterminedError):
            at(slope(f(a)), unit, values={a: fmpq(place)})
