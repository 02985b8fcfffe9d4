"""Improper integrals, kinks, infinite sums and limits: values against closed forms and mpmath, and what is not told."""

from __future__ import annotations

from itertools import pairwise

import mpmath
import pytest
from flint import arb, fmpq
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import (
    Abs,
    Add,
    Eq,
    Expr,
    Function,
    Integer,
    Limit,
    Mul,
    Piecewise,
    Pow,
    Rational,
    Symbol,
    Tuple,
    cos,
    cosh,
    exp,
    factorial,
    gamma,
    lambdify,
    log,
    oo,
    pi,
    sin,
    sqrt,
    tan,
    tanh,
)

from klderive.certificates.evaluation import (
    Point,
    StepFunction,
    UndefinedError,
    UndeterminedError,
    Value,
    evaluate,
)
from klderive.notation.nodes import (
    BetweenBounds,
    Indicator,
    StrictIndicator,
    unevaluated_integral,
    unevaluated_product,
    unevaluated_sum,
)
from klderive.statement import FunctionDeclaration

x, y, c = (Symbol(n, real=True) for n in ("x", "y", "c"))
i, n = Symbol("i", real=True), Symbol("n", integer=True, positive=True)
even = Symbol("even", even=True, positive=True)
t = Symbol("t", positive=True)
p = Function("p")


def number(e: object) -> Expr:
    return e if isinstance(e, Expr) else Integer(e)  # type: ignore[arg-type]


def integral(body: Expr, lower: object, upper: object) -> Expr:
    return unevaluated_integral(body, x, number(lower), number(upper))


def total(body: Expr, lower: object, upper: object = oo) -> Expr:
    return unevaluated_sum(body, i, number(lower), number(upper))


def at(e: Expr, *declared: FunctionDeclaration, precision: int = 64, **point: object) -> Value:
    return evaluate(e, Point(**point), precision, {d.key: d for d in declared})  # type: ignore[arg-type]


def is_near(value: Value, expected: object, digits: float = 1e-14) -> bool:
    """Whether a tight enclosure contains a number that mpmath knows to 40 digits."""
    with mpmath.workdps(40):
        known = arb(mpmath.nstr(mpmath.mpf(expected), 38)) + arb(0, 1e-34)
    ball = arb(value)
    return bool(ball.overlaps(known)) and bool(ball.rad() < digits * (1 + abs(ball.mid())))


def known(text: str) -> mpmath.mpf:
    with mpmath.workdps(40):
        return eval(text, vars(mpmath))


IMPROPER = [
    (log(x), 0, 1, "-1"),
    (log(x) ** 2, 0, 1, "2"),
    (x * log(x), 0, 1, "mpf(-1)/4"),
    (log(1 - x), 0, 1, "-1"),
    (1 / sqrt(x), 0, 1, "2"),
    (1 / sqrt(x * (1 - x)), 0, 1, "pi"),
    (x ** Rational(-1, 3), 0, 8, "6"),
    (log(x) / (1 + x), 0, 1, "-pi**2/12"),
    (exp(-x) * log(x), 0, oo, "-euler"),
    (exp(-x) / sqrt(x), 0, oo, "sqrt(pi)"),
    (x ** Rational(5, 2) * exp(-x), 0, oo, "gamma(mpf(7)/2)"),
    (exp(-(x**2)), 0, oo, "sqrt(pi)/2"),
    (exp(-(x**2)), 1, oo, "sqrt(pi)/2*erfc(1)"),
    (x**2 * exp(-(x**2) / 2), -oo, 0, "sqrt(pi/2)"),
    (exp(-(x**4)), -oo, oo, "2*gamma(mpf(5)/4)"),
    (1 / (1 + x**2), -oo, oo, "pi"),
    (1 / (1 + x**2), -oo, 1, "3*pi/4"),
    (1 / (x * (x + 1)), 1, oo, "log(2)"),
    (x ** Rational(-3, 2), 1, oo, "2"),
    (log(x) / x**2, 1, oo, "1"),
    (1 / (1 + x**3), 0, oo, "2*pi/(3*sqrt(3))"),
    (exp(-sqrt(x)), 0, oo, "2"),
    (exp(x) / (1 + exp(x)) ** 2, -oo, oo, "1"),
    (log(1 + exp(-x)), 0, oo, "pi**2/12"),
    (1 / cosh(x), -oo, oo, "pi"),
    (exp(-x) * cos(x), 0, oo, "mpf(1)/2"),
    (exp(-exp(x) + x), -oo, oo, "1"),
    (exp(-1 / x) / x**2, 0, oo, "1"),
]


@pytest.mark.parametrize(("body", "lower", "upper", "value"), IMPROPER, ids=str)
def test_improper_integrals(body: Expr, lower: object, upper: object, value: str) -> None:
    for precision in (64, 192):
        found = at(integral(body, lower, upper), precision=precision)
        assert is_near(found, known(value), 2.0 ** (12 - min(precision, 110)))


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([Rational(a, b) for a in (-1, 1, 2, 5) for b in (2, 3)]),
    st.sampled_from([Rational(1, 2), Rational(1), Rational(3)]),
)
def test_the_gamma_function(power: Rational, rate: Rational) -> None:
    assume(power > -1)
    value = at(integral(x**power * exp(-rate * x), 0, oo))
    with mpmath.workdps(40):
        a, r = mpmath.mpf(int(power.p)) / int(power.q) + 1, mpmath.mpf(int(rate.p)) / int(rate.q)
        assert is_near(value, mpmath.gamma(a) / r**a)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([Rational(k, 2) for k in (-1, 0, 1, 2, 3)]),
    st.sampled_from([Rational(k, 3) for k in (-2, -1, 0, 1, 4)]),
)
def test_the_beta_function(first: Rational, second: Rational) -> None:
    value = at(integral(x**first * (1 - x) ** second, 0, 1))
    with mpmath.workdps(40):
        a, b = (mpmath.mpf(int(r.p)) / int(r.q) + 1 for r in (first, second))
        assert is_near(value, mpmath.beta(a, b))


DIVERGENT = [
    (1 / x**2, 0, 1),
    (x ** Rational(-1), 0, 1),
    (x ** Rational(-3, 2), 0, 1),
    (1 / (x * sqrt(1 + x)), 0, 1),
    (1 / sqrt(x), 1, oo),
    (1 / sqrt(1 + x**2), 0, oo),
    (exp(-x) / x, 0, 1),
    (1 / (1 - x), 0, 1),
    (1 / sin(x), 0, 1),
    (1 + exp(-(x**2)), -oo, oo),
    (tanh(x), 0, oo),
    (log(x), 1, oo),
    (exp(-exp(x)), -oo, 0),
    (log(1 + x) / x**2, 0, 1),
    (2**x, 0, oo),
    (sin(x), 0, oo),
    (cos(x / 2 + 1), -oo, 0),
    (sin(x) ** 2, 0, oo),
    (x * cos(2 * x), 0, oo),
    (sin(x + 1 / x), 1, oo),
    (sin(x) + exp(-x), 0, oo),
    # Poles inside.
    (1 / (x**2 - 2) ** 2, 0, 2),
    (1 / sin(x), -1, 1),
    (tan(x), 0, 3),
    (1 / cos(x) ** 2, 0, 3),
    (1 / (1 - exp(x)), -1, 1),
    (exp(x) / (exp(x) - 2), 0, 2),
]


@pytest.mark.parametrize(("body", "lower", "upper"), DIVERGENT, ids=str)
def test_divergent_integrals(body: Expr, lower: object, upper: object) -> None:
    with pytest.raises(UndefinedError):
        at(integral(body, lower, upper))


NOT_TOLD = [
    # Conditionally convergent.
    (sin(x) / x, 1, oo),
    (cos(x**2), 0, oo),
    (cos(sqrt(2) * x), 0, oo),
    (cos(1 / x) / x, 0, 1),
    # No value at a place inside, or none on one side.
    (1 / sqrt(Abs(x)), -1, 1),
    (log(Abs(x)), -1, 1),
    (Mul(x, Pow(x, -1, evaluate=False), evaluate=False), -1, 1),
    (sin(x) / x, -1, 1),
    (1 / sin(x) - 1 / x, -1, 1),
    (Mul(x, Pow(Abs(x), -1, evaluate=False), evaluate=False), -1, 1),
    (log(x), -1, 1),
    (sqrt(x), -1, 1),
    (Piecewise((1, x < 0), (2, x > 0)), -1, 1),
    (Piecewise((1, x**2 < 2), (3, x**2 > 2)), 0, 2),
    (Piecewise((1 / (x - 1), Eq(x, 0)), (1 / x, True)), -1, 1),
    # It is not known where the branch changes.
    (Abs(cos(x) - x), 0, 1),
    (Indicator(exp(x), 3 * x), 0, 2),
    # Oscillating without end.
    (Abs(sin(1 / x)), 0, 1),
]


@pytest.mark.parametrize(("body", "lower", "upper"), NOT_TOLD, ids=str)
def test_integrals_that_are_not_told(body: Expr, lower: object, upper: object) -> None:
    try:
        value = at(integral(body, lower, upper))
    except UndeterminedError:
        return
    except UndefinedError:
        # That a pole is one is certain, whatever is on its other side.
        assert body.has(Piecewise)
        return
    raise AssertionError(value)


# Kinks, events and cases

KINKS = [
    (Abs(x), -1, 2, "mpf(5)/2"),
    (Abs(x - Rational(1, 3)), 0, 1, "mpf(5)/18"),
    (Abs(Abs(x) - 1), -2, 2, "2"),
    (Abs(x**2 - 2), 0, 2, "mpf(8)*sqrt(2)/3 - mpf(4)/3"),
    (sqrt(x**2), -1, 1, "1"),
    (sqrt(Abs(x)), -1, 1, "mpf(4)/3"),
    (exp(-Abs(x)), -oo, oo, "2"),
    (Abs(x) * exp(-(x**2)), -oo, oo, "1"),
    (exp(-Abs(x - 1) / 2) / 4, -oo, oo, "1"),
    (exp(-(x**2)) * Indicator(x, Integer(1)), -oo, oo, "sqrt(pi)/2*erfc(1)"),
    (exp(-(x**2)) * Indicator(Abs(x), Integer(1)), -oo, oo, "sqrt(pi)*erfc(1)"),
    (x * StrictIndicator(x, Rational(1, 2)), 0, 1, "mpf(3)/8"),
    (Indicator(x**2, sqrt(Integer(2))), 0, 2, "2 - sqrt(sqrt(mpf(2)))"),
    (Indicator(x, pi), 0, 4, "4 - pi"),
    (Piecewise((x, x < 1), (1, True)), 0, 3, "mpf(5)/2"),
    (Piecewise((0, x < 0), (exp(-x), True)), -oo, oo, "1"),
    (Piecewise((5, Eq(x, 1)), (x, True)), 0, 2, "2"),
    (
        Indicator(log(exp(-((x - 1) ** 2)) / exp(-(x**2))), Integer(0)) * exp(-x),
        0,
        oo,
        "exp(-mpf(1)/2)",
    ),
]


@pytest.mark.parametrize(("body", "lower", "upper", "value"), KINKS, ids=str)
def test_kinks(body: Expr, lower: object, upper: object, value: str) -> None:
    assert is_near(at(integral(body, lower, upper)), known(value))


def test_exponentials_that_cross() -> None:
    first, second = exp(-x), 2 * exp(-2 * x)
    value = at(integral(Abs(first - second), 0, oo))
    assert is_near(value, known("mpf(1)/2"))
    bells = [exp(-((x - m) ** 2) / 2) for m in (0, 1)]
    value = at(integral(Abs(bells[0] - bells[1]), -oo, oo))
    assert is_near(value, known("2*sqrt(2*pi)*erf(1/(2*sqrt(2)))"))


def test_a_root_of_exponentials() -> None:
    body = sqrt(Mul(2, exp(-x), exp(-3 * x), evaluate=False))
    assert is_near(at(integral(body, 0, oo)), known("sqrt(2)/2"))


@pytest.mark.parametrize(
    ("body", "lower", "upper", "value"),
    [
        (x + y, 0, y, fmpq(1, 2)),
        (x * y, 0, y, fmpq(1, 8)),
        ((x - y) ** 2, y, 1, fmpq(1, 12)),
        (Integer(1), y**2, y, fmpq(1, 6)),
        (x, 1, 0, fmpq(-1, 2)),
    ],
    ids=str,
)
def test_an_integral_in_an_integral(body: Expr, lower: object, upper: object, value: fmpq) -> None:
    inner = integral(body, lower, upper)
    assert at(unevaluated_integral(inner, y, Integer(0), Integer(1))) == value


def test_a_kink_in_a_definition() -> None:
    laplace = FunctionDeclaration("p", (y,), (Tuple(y, -oo, oo),), "positive", exp(-Abs(y - c)) / 2)
    point = {"values": {c: fmpq(2, 3)}}
    assert is_near(at(integral(p(x), -oo, oo), laplace, **point), 1)
    assert is_near(at(integral(x * p(x), -oo, oo), laplace, **point), known("mpf(2)/3"))
    event = Indicator(x, Symbol("c", real=True))
    assert is_near(at(integral(p(x) * event, -oo, oo), laplace, **point), known("mpf(1)/2"))
    entropy = Mul(-1, p(x), log(p(x), evaluate=False), evaluate=False)
    assert is_near(at(integral(entropy, -oo, oo), laplace, **point), known("1 + log(2)"))


def test_an_event_under_a_step_density() -> None:
    step = StepFunction((fmpq(0), fmpq(1, 2), fmpq(1)), (fmpq(1, 2), fmpq(3, 2)))
    declared = FunctionDeclaration("p", (y,), (Tuple(y, -oo, oo),), "nonnegative")
    event = Indicator(Abs(x - Rational(1, 2)), Rational(1, 4))
    body = Mul(p(x), event, evaluate=False)
    assert at(integral(body, -oo, oo), declared, functions={"p": step}) == fmpq(1, 2)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(-3, 3), min_size=2, max_size=4),
    st.lists(st.integers(-3, 3), min_size=1, max_size=2),
)
def test_an_absolute_value_of_a_polynomial(first: list[int], second: list[int]) -> None:
    u, v = (sum((k * x**d for d, k in enumerate(ks)), Integer(0)) for ks in (first, second))
    body = Abs(u, evaluate=False) + v * Indicator(u, v)
    value = at(integral(body, -2, 3))
    with mpmath.workdps(20):
        f = lambdify(x, abs(u), "mpmath")
        ends = [mpmath.mpf(-2), mpmath.mpf(3)]
        for q in (u, u - v):
            coefficients = [mpmath.mpf(int(k)) for k in q.as_poly(x).all_coeffs()]
            if len(coefficients) > 1 and any(coefficients[:-1]):
                roots = mpmath.polyroots(coefficients, maxsteps=200, extraprec=200)
                ends += [
                    mpmath.re(r)
                    for r in roots
                    if abs(mpmath.im(r)) < 1e-6 and -2 < mpmath.re(r) < 3
                ]
        ends.sort()
        expected = mpmath.mpf(0)
        g, h = lambdify(x, v, "mpmath"), lambdify(x, u - v, "mpmath")
        for left, right in pairwise(ends):
            middle = (left + right) / 2
            expected += mpmath.quad(f, [left, right])
            if h(middle) >= 0:
                expected += mpmath.quad(lambda z: g(z) + 0 * z, [left, right])
    assert abs(arb(value).mid() - arb(str(expected))) < 1e-6


# Between bounds


@pytest.mark.parametrize(
    ("body", "lower", "upper", "value"),
    [
        (x**2, 1, 3, fmpq(8)),
        (-x * exp(-(x**2)) / 2, -oo, oo, fmpq(0)),
        (-exp(-x), 0, oo, fmpq(1)),
        (tanh(x), -oo, oo, fmpq(2)),
        (x / (1 + x), 0, oo, fmpq(1)),
    ],
    ids=str,
)
def test_between_bounds(body: Expr, lower: object, upper: object, value: fmpq) -> None:
    assert at(BetweenBounds(body, x, number(lower), number(upper))) == value


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (x**2, UndefinedError),
        (log(x), UndefinedError),
        (sin(x), UndefinedError),
        (sin(x**2), UndeterminedError),
    ],
)
def test_no_value_at_infinity(body: Expr, error: type[Exception]) -> None:
    with pytest.raises(error):
        at(BetweenBounds(body, x, Integer(1), oo))


# Infinite sums

SUMS = [
    (Rational(1, 2) ** i, 0, "2"),
    (i * Rational(9, 10) ** i, 0, "90"),
    (Rational(-1, 2) ** i, 1, "-mpf(1)/3"),
    (Integer(3) ** i / factorial(i), 0, "exp(3)"),
    (i * Rational(5, 2) ** i * exp(-Rational(5, 2)) / factorial(i), 0, "mpf(5)/2"),
    (1 / gamma(i + 1), 0, "e"),
    (i**-2, 1, "pi**2/6"),
    (1 / (i * (i + 1)), 1, "1"),
    (i ** Rational(-3, 2), 4, "zeta(mpf(3)/2, 4)"),
    (exp(-i), 0, "1/(1 - exp(-1))"),
    (exp(-(i**2)), 0, "(1 + jtheta(3, 0, exp(-1)))/2"),
    ((-1) ** i / i**4, 1, "-7*pi**4/720"),
    ((-1) ** i / i, 1, "-log(2)"),
    ((-1) ** i / (2 * i + 1), 0, "pi/4"),
    ((-1) ** i / i + 1 / i**2, 1, "pi**2/6 - log(2)"),
    (1 / (2**i + 3**i), 0, "nsum(lambda k: 1/(mpf(2)**k + mpf(3)**k), [0, inf])"),
]


@pytest.mark.parametrize(("body", "lower", "value"), SUMS, ids=str)
def test_infinite_sums(body: Expr, lower: int, value: str) -> None:
    with mpmath.workdps(40):
        expected = known(value)
    assert is_near(at(total(body, lower)), expected, 1e-9)


@pytest.mark.parametrize(
    ("body", "lower"),
    [
        (1 / i, 1),
        (1 / i + 1 / i**2, 1),
        (i ** Rational(-1, 2), 1),
        (Integer(1), 0),
        (Integer(2) ** i, 0),
        (i / (i + 1), 0),
        (1 / i, -1),
        (factorial(i) / 2**i, 0),
        ((-1) ** i, 0),
        ((-1) ** i * i, 0),
        ((-1) ** i + 1 / i, 1),
        ((-1) ** i / i + 1 / i, 1),
        (cos(i), 0),
        (i * sin(i / 2 + 1), 0),
    ],
    ids=str,
)
def test_divergent_sums(body: Expr, lower: int) -> None:
    with pytest.raises(UndefinedError):
        at(total(body, lower))


@pytest.mark.parametrize(
    "e",
    [
        total((-1) ** i / log(i), 2),
        total(sin(i) / i, 1),
        total(1 / (i * log(i)), 2),
        total(Rational(1, 2) ** i, -oo),
        unevaluated_product(1 + i**-2, i, Integer(1), oo),
        total(1 / (i - Rational(1, 2)) ** 2, c),
    ],
    ids=str,
)
def test_sums_that_are_not_told(e: Expr) -> None:
    with pytest.raises(UndeterminedError):
        at(e, values={c: fmpq(1, 2)})


# Limits


def limit(body: Expr, variable: Symbol, to: object) -> Expr:
    return Limit(body, variable, number(to), dir="+-")


LIMITS = [
    (n / (n + 1), n, oo, fmpq(1)),
    ((1 + 1 / n) ** n, n, oo, "e"),
    ((1 - 2 / n) ** n, n, oo, "exp(-2)"),
    (n * (sqrt(n**2 + 1) - n), n, oo, fmpq(1, 2)),
    (n - sqrt(n**2 + n), n, oo, fmpq(-1, 2)),
    (log(n) / n, n, oo, fmpq(0)),
    (n ** (1 / n), n, oo, fmpq(1)),
    ((-1) ** n / n, n, oo, fmpq(0)),
    (2**n / factorial(n), n, oo, fmpq(0)),
    (sin(x) / x, x, 0, fmpq(1)),
    ((exp(x) - 1) / x, x, 0, fmpq(1)),
    ((1 - cos(x)) / x**2, x, 0, fmpq(1, 2)),
    ((x**2 - 1) / (x - 1), x, 1, fmpq(2)),
    (x * log(Abs(x)), x, 0, fmpq(0)),
    (t * log(t), t, 0, fmpq(0)),
    (exp(-1 / x**2) / x**3, x, 0, fmpq(0)),
    (log(x), x, 2, "log(2)"),
    (tanh(x), x, -oo, fmpq(-1)),
]


@pytest.mark.parametrize(("body", "variable", "to", "value"), LIMITS, ids=str)
def test_limits(body: Expr, variable: Symbol, to: object, value: fmpq | str) -> None:
    found = at(limit(body, variable, to))
    if isinstance(value, str):
        assert is_near(found, known(value))
    else:
        assert found == value


@pytest.mark.parametrize(
    ("body", "variable", "to"),
    [
        *((1 / x, x, 0), (Abs(x) / x, x, 0), (log(t), t, 0), (n**2, n, oo), (exp(1 / x), x, 0)),
        *((sin(x), x, oo), (cos(x) + 1 / x, x, oo), (x * sin(x), x, oo), (sin(1 / x), x, 0)),
        *(((-1) ** n, n, oo), ((-1) ** n * n, n, oo), (cos(n), n, oo)),
    ],
    ids=str,
)
def test_there_is_no_limit(body: Expr, variable: Symbol, to: object) -> None:
    with pytest.raises((UndefinedError, UndeterminedError)) as raised:
        at(limit(body, variable, to))
    assert body.has(exp) or raised.type is UndefinedError


@pytest.mark.parametrize(
    ("body", "variable", "to"),
    [
        (sin(x**2), x, oo),
        # The variable is even.
        (Pow(-1, even, evaluate=False), even, oo),
        (sqrt(x), x, 0),
        (log(x), x, 0),
        (t, t, -1),
        (n, n, 3),
        (sin(1 / x**2), x, 0),
    ],
    ids=str,
)
def test_limits_that_are_not_told(body: Expr, variable: Symbol, to: object) -> None:
    with pytest.raises(UndeterminedError):
        at(limit(body, variable, to))


@pytest.mark.parametrize("body", [sin(x) / x, cos(x**2) / x**2, (-1) ** n / n], ids=str)
def test_what_oscillates_may_have_a_limit(body: Expr) -> None:
    (variable,) = body.free_symbols
    assert at(limit(body, variable, oo)) == 0


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (total(i, 1, n) / n**2, fmpq(1, 2)),
        (total(i**2 / n**3, 1, n), fmpq(1, 3)),
        (total(1 / n, 1, n), fmpq(1)),
        (total((i + 1) * (i - 2), 3, n) / n**3, fmpq(1, 3)),
        (n - total(Integer(1), 0, n), fmpq(-1)),
        (total(1 / (i * (i + 1)), 1, n), "mpf(1)"),
    ],
    ids=str,
)
def test_limits_of_sums(body: Expr, value: fmpq | str) -> None:
    found = at(limit(body, n, oo))
    assert is_near(found, known(value), 1e-9) if isinstance(value, str) else found == value


def test_partial_sums_without_a_limit() -> None:
    for summand in (1 / i, (-1) ** i):
        with pytest.raises(UndefinedError):
            at(limit(total(summand, 1, n), n, oo))


def test_a_sum_that_starts_at_a_pole_is_undefined() -> None:
    with pytest.raises(UndefinedError):
        at(total(Add(i**-2, Mul(0, i, evaluate=False), evaluate=False), 0))
