"""Evaluation at a point: values against SymPy and mpmath, what is undefined, what cannot be told."""

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
    Integer,
    Mul,
    Piecewise,
    Pow,
    Rational,
    Symbol,
    Tuple,
    erf,
    exp,
    gamma,
    lambdify,
    log,
    oo,
    pi,
    sin,
    sqrt,
    tanh,
)

from klderive.certificates.evaluation import (
    Formula,
    Point,
    StepFunction,
    Table,
    UndefinedError,
    UndeterminedError,
    Value,
    Work,
    compare,
    evaluate,
)
from klderive.certificates.real_arithmetic import power
from klderive.notation.nodes import (
    ProductOver,
    SumOver,
    unevaluated_integral,
    unevaluated_product,
    unevaluated_sum,
)
from klderive.probability.divergences import KL
from klderive.statement import FunctionDeclaration

x, y, a, b, i = (Symbol(n, real=True) for n in ("x", "y", "a", "b", "i"))
X = Symbol("X")
p, q, f = (Function(n) for n in ("p", "q", "f"))
HALF = fmpq(1, 2)
LINE = (x, -oo, oo)


def times(*factors: Expr) -> Expr:
    return Mul(*factors, evaluate=False)


def over(e: Expr) -> Expr:
    return Pow(e, -1, evaluate=False)


def ln(e: Expr) -> Expr:
    return log(e, evaluate=False)


def density(
    name: str, *limits: Expr, definition: Expr | None = None, sign: str = "nonnegative"
) -> FunctionDeclaration:
    return FunctionDeclaration(name, (x,), (Tuple(x, *limits),), sign, definition)  # type: ignore[arg-type]


def at(e: Expr, *declared: FunctionDeclaration, precision: int = 64, **point: object) -> Value:
    functions = {d.key: d for d in declared}
    return evaluate(e, Point(**point), precision, functions)  # type: ignore[arg-type]


def integral(body: Expr, lower: Expr, upper: Expr) -> Expr:
    return unevaluated_integral(
        body, x, *(e if isinstance(e, Expr) else Integer(e) for e in (lower, upper))
    )


def encloses(value: Value, expected: object) -> bool:
    """Whether a ball at 64 bits, or a rational, is a number that mpmath knows to 40 digits."""
    ball = arb(value)
    with mpmath.workdps(40):
        known = arb(mpmath.nstr(mpmath.mpf(expected), 35)) + arb(0, 1e-30)
    return bool(ball.overlaps(known)) and bool(ball.rad() < 1e-12 * (1 + abs(ball.mid())))


# Against SymPy and mpmath

rationals = st.builds(lambda n, d: Rational(n, d), st.integers(-6, 6), st.integers(1, 5))
terms = st.recursive(
    st.one_of(st.just(a), st.just(b), rationals),
    lambda inner: st.one_of(
        st.builds(lambda u, v: Add(u, v, evaluate=False), inner, inner),
        st.builds(times, inner, inner),
        st.builds(lambda u, n: Pow(u, n, evaluate=False), inner, st.integers(-2, 3)),
        st.builds(lambda u: Abs(u, evaluate=False), inner),
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(terms, rationals, rationals)
def test_rational_terms_are_exact_and_agree_with_sympy(e: Expr, u: Rational, v: Rational) -> None:
    point = {a: fmpq(int(u.p), int(u.q)), b: fmpq(int(v.p), int(v.q))}
    # SymPy's substitution may cancel a pole, so Python's own fractions are the second opinion.
    try:
        expected = _fraction(e, {a: u, b: v})
    except ZeroDivisionError:
        with pytest.raises(UndefinedError):
            at(e, values=point)
        return
    value = at(e, values=point)
    assert isinstance(value, fmpq)
    assert Rational(int(value.p), int(value.q)) == expected


def _fraction(e: Expr, values: dict[Symbol, Rational]) -> Rational:
    if e.is_Symbol:
        return values[e]
    if e.is_Rational:
        return e
    parts = [_fraction(part, values) for part in e.args]
    match e:
        case Add():
            return sum(parts, Integer(0))
        case Mul():
            result = Integer(1)
            for part in parts:
                result *= part
            return result
        case Pow():
            if parts[0] == 0 and parts[1] < 0:
                raise ZeroDivisionError
            return parts[0] ** parts[1]
        case Abs():
            return abs(parts[0])
    raise AssertionError(e)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(
        [
            exp(a) * sin(b),
            log(1 + a**2) - b,
            sqrt(2 + b**2) ** 3,
            erf(a) + tanh(b),
            gamma(2 + a**2),
            (1 + a**2) ** b,
            exp(1 - a) + pi * b,
        ]
    ),
    rationals,
    rationals,
)
def test_balls_contain_what_mpmath_says(e: Expr, u: Rational, v: Rational) -> None:
    value = at(e, values={a: fmpq(int(u.p), int(u.q)), b: fmpq(int(v.p), int(v.q))})
    with mpmath.workdps(40):
        known = lambdify((a, b), e, "mpmath")(*(mpmath.mpf(int(r.p)) / int(r.q) for r in (u, v)))
    assert encloses(value, known)


@settings(max_examples=60, deadline=None)
@given(rationals, st.integers(1, 4))
def test_integrals_contain_what_mpmath_says(u: Rational, width: int) -> None:
    body = exp(x) * sin(2 * x) + 1 / (1 + x**2)
    value = at(integral(body, u, u + width))
    with mpmath.workdps(40):
        start = mpmath.mpf(int(u.p)) / int(u.q)
        known = mpmath.quad(lambdify(x, body, "mpmath"), [start, start + width])
    assert encloses(value, known)


@pytest.mark.parametrize(("power", "moment"), [(0, 1), (1, 2), (2, 13), (3, 62), (4, 475)])
def test_moments_of_a_gaussian(power: int, moment: int) -> None:
    normal = exp(-((x - 2) ** 2) / 18) / (3 * sqrt(2 * pi))
    value = at(integral(times(Pow(x, power), normal), -oo, oo))
    assert value == fmpq(moment)
    assert compare("=", value, fmpq(moment) + fmpq(1, 10**9)) is False


def test_a_half_line() -> None:
    assert encloses(at(integral(x**3 * exp(-2 * x), 0, oo)), mpmath.mpf(3) / 8)
    with mpmath.workdps(40):
        assert encloses(at(integral(exp(x), -oo, 1)), +mpmath.e)
    assert encloses(at(integral(x * exp(-x), -1, oo)), 0)


def test_polynomials_are_integrated_exactly() -> None:
    assert at(integral(x**2, -1, 2)) == 3
    assert at(integral(x**2, 2, -1)) == -3


# What has no value

UNDEFINED = [
    over(a),
    ln(a),
    ln(a - 1),
    Pow(a - 1, Rational(1, 2), evaluate=False),
    Pow(a, Rational(-1, 2), evaluate=False),
    times(a, ln(a)),
    times(a, over(a)),
    Pow(over(a), 0, evaluate=False),
    integral(over(x), -1, 1),
    integral(over(x), 1, -1),
    integral(over(x), 0, 1),
    integral(over(x - 1), 0, 1),
    integral(x / (x**2 - 4), 1, 3),
    integral(Integer(1), -oo, oo),
    integral(x, -oo, oo),
    integral(over(1 + x), 0, oo),
    integral(exp(x), 0, oo),
    integral(exp(x) - exp(-x), -oo, oo),
    unevaluated_sum(over(i), i, Integer(-1), Integer(1)),
    Piecewise((1, a > 1), evaluate=False),
    Pow(gamma(a, evaluate=False), 0, evaluate=False),
    unevaluated_sum(over(i), i, Integer(1), oo),
    integral(Pow(Pow(1 + x, 100, evaluate=False), 100, evaluate=False), -oo, oo),
]


@pytest.mark.parametrize("e", UNDEFINED, ids=str)
def test_undefined(e: Expr) -> None:
    with pytest.raises(UndefinedError):
        at(e, values={a: fmpq(0)})


UNDETERMINED = [
    b,
    times(exp(a) - exp(a), b),
    over(log(6) - log(2) - log(3)),
    integral(over(x), 0, 0),
    integral(sqrt(x), -1, 0),
    integral(times(sqrt(x), Pow(x, Rational(1, 2), evaluate=False)), -1, 0),
    integral(ln(x), -2, -1),
    integral(ln(x), -1, 1),
    integral(times(x, over(x)), -1, 1),
    integral(exp(-x), oo, 0),
    unevaluated_sum(i, i, Integer(3), Integer(1)),
    unevaluated_sum(i, i, Integer(1), Rational(5, 2)),
    SumOver(x, Tuple(x, y), X),
    oo,
]


@pytest.mark.parametrize("e", UNDETERMINED, ids=str)
def test_undetermined(e: Expr) -> None:
    with pytest.raises(UndeterminedError):
        at(e, values={a: fmpq(0), x: fmpq(1), y: fmpq(1)}, sets={X: (fmpq(0), fmpq(1))})


# Weights

STEP = StepFunction((fmpq(0), HALF, fmpq(1)), (fmpq(2), fmpq(0)))
FLAT = StepFunction((fmpq(0), fmpq(1)), (fmpq(1),))
P, Q = density("p", -oo, oo), density("q", -oo, oo)
MODELS = {"p": STEP, "q": FLAT}


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (times(p(x), ln(p(x))), "log(2)"),
        (times(x, p(x), ln(p(x))), "log(2)/4"),
        (Add(times(x, p(x), ln(p(x))), times(x, p(x)), evaluate=False), "log(2)/4 + 1/4"),
        (times(Add(times(p(x), ln(p(x))), p(x), evaluate=False), x), "log(2)/4 + 1/4"),
        (times(p(x), over(p(x)), x), "1/8"),
    ],
    ids=str,
)
def test_a_density_that_is_zero_makes_its_summand_zero(body: Expr, value: str) -> None:
    expected = mpmath.mpf(eval(value, {"log": mpmath.log}))
    assert bool(
        arb(at(integral(body, -oo, oo), P, Q, functions=MODELS)).overlaps(
            arb(str(expected)) + arb(0, 1e-12)
        )
    )


@pytest.mark.parametrize(
    "body",
    [
        ln(p(x)),
        times(q(x), ln(p(x))),
        times(q(x), ln(times(p(x), ln(p(x))))),
        times(q(x), Pow(times(p(x), ln(p(x))), 2, evaluate=False)),
        times(q(x), exp(times(p(x), ln(p(x))), evaluate=False)),
    ],
    ids=str,
)
def test_only_a_factor_of_the_summand_itself_is_a_weight(body: Expr) -> None:
    with pytest.raises(UndefinedError):
        at(integral(body, 0, 1), P, Q, functions=MODELS)


def test_a_weight_is_a_density_at_a_bound_variable() -> None:
    e = integral(times(p(y), ln(p(y)), q(x)), 0, 1)
    with pytest.raises(UndeterminedError):
        at(e, P, Q, functions=MODELS, values={y: fmpq(3, 4)})
    plain = density("p", -oo, oo, sign="unknown")
    with pytest.raises(UndeterminedError):
        at(integral(times(p(x), ln(p(x))), 0, 1), plain, functions=MODELS)


def test_a_parameter_of_a_definition_is_not_bound() -> None:
    body = SumOver(times(p(y), ln(x)), x, X)
    f_of_y = FunctionDeclaration("f", (y,), (Tuple(y, -oo, oo),), definition=body)
    point = {"functions": MODELS, "sets": {X: (fmpq(0),)}, "values": {a: fmpq(3, 4)}}
    with pytest.raises(UndeterminedError):
        at(f(a), P, f_of_y, **point)


def test_zero_times_undefined_is_not_told_where_it_may_be_meant_as_zero() -> None:
    mixture = times(Add(p(x), q(x), evaluate=False), ln(Add(p(x), q(x), evaluate=False)))
    with pytest.raises(UndeterminedError):
        at(integral(mixture, -1, 1), P, Q, functions=MODELS)
    defined = density("f", -oo, oo, definition=times(p(x), ln(p(x))), sign="unknown")
    with pytest.raises(UndeterminedError):
        at(integral(times(f(x), q(x)), 0, 1), P, Q, defined, functions=MODELS)


def test_kl_of_step_densities() -> None:
    r = StepFunction((fmpq(0), HALF, fmpq(1)), (HALF, fmpq(3, 2)))
    models = {"p": FLAT, "q": r}
    value = at(KL(p(x), q(x), Tuple(x, -oo, oo)), P, Q, functions=models)
    with mpmath.workdps(40):
        known = (mpmath.log(2) + mpmath.log(mpmath.mpf(2) / 3)) / 2
    assert encloses(value, known)
    with pytest.raises(UndefinedError):
        at(KL(q(x), p(x), Tuple(x, -oo, oo)), P, Q, functions=MODELS)


def test_breaks_inside_definitions_count() -> None:
    m = density("f", -oo, oo, definition=(p(x) + q(x)) / 2)
    assert at(integral(times(f(x), x), -oo, oo), P, Q, m, functions=MODELS) == fmpq(3, 8)


def test_a_defined_density_that_is_zero_is_a_weight() -> None:
    m = density("f", -oo, oo, definition=(p(x) + q(x)) / 2)
    divergence = KL(f(x), q(x), Tuple(x, -oo, oo))
    value = at(divergence, P, Q, m, functions={"p": STEP, "q": FLAT})
    with mpmath.workdps(40):
        known = (mpmath.log(1.5) * 1.5 + mpmath.log(0.5) * 0.5) / 2
    assert encloses(value, known)
    # A definition that vanishes on a cell, but not as a constant: not told.
    scaled = density("f", -oo, oo, definition=times(x**2, p(x)))
    with pytest.raises(UndeterminedError):
        at(integral(times(f(x), ln(p(x))), 0, 1), P, Q, scaled, functions=MODELS)


# Domains

EXPONENTIAL = density("p", 0, oo, definition=exp(-x), sign="positive")


def test_a_definition_speaks_of_its_domain_only() -> None:
    assert encloses(at(integral(p(x), 0, oo), EXPONENTIAL), 1)
    with mpmath.workdps(40):
        known = 1 - mpmath.exp(-1)
    assert encloses(at(integral(p(x), 0, 1), EXPONENTIAL), known)
    for lower, upper in ((-1, 1), (-1, oo), (-oo, oo)):
        with pytest.raises(UndeterminedError):
            at(
                integral(p(x), Integer(lower) if isinstance(lower, int) else lower, upper),
                EXPONENTIAL,
            )
    for place in (-1, 0):
        with pytest.raises(UndeterminedError):
            at(p(a), EXPONENTIAL, values={a: fmpq(place)})


def test_a_step_density_is_not_known_outside_its_domain() -> None:
    unit = density("q", 0, 1)
    assert at(integral(q(x), 0, 1), unit, functions=MODELS) == 1
    with pytest.raises(UndeterminedError):
        at(integral(q(x), 0, 2), unit, functions=MODELS)
    with pytest.raises(UndeterminedError):
        at(q(a), unit, functions=MODELS, values={a: fmpq(1)})


def test_tables_and_sets() -> None:
    table = Table({(fmpq(0),): fmpq(1, 4), (fmpq(1),): fmpq(3, 4)})
    declared = density("p", X)
    point = {"functions": {"p": table}, "sets": {X: (fmpq(0), fmpq(1))}}
    assert at(SumOver(times(x, p(x)), x, X), declared, **point) == fmpq(3, 4)
    assert at(ProductOver(p(x), x, X), declared, **point) == fmpq(3, 16)
    with pytest.raises(UndeterminedError):
        at(p(a), declared, **point, values={a: fmpq(2)})


def test_an_outer_symbol_lends_a_bound_variable_nothing() -> None:
    formula = Formula((y,), y + x)
    e = SumOver(times(f(x), x), x, X)
    point = {"functions": {"f": formula}, "sets": {X: (fmpq(1), fmpq(2))}, "values": {x: fmpq(10)}}
    assert at(e, **point) == 11 + 12 * 2


# Comparison


@pytest.mark.parametrize(
    ("left", "relation", "right", "answer"),
    [
        (arb(1), "<", arb(2), True),
        (arb(1), "=", arb(2), False),
        (arb(1, 0.5), "=", arb(1), None),
        (arb(1, 0.5), "!=", arb(1), None),
        (arb(1, 0.5), "<", arb(1), None),
        (arb("nan"), "=", arb(1), None),
        (arb("nan"), "<=", arb(1), None),
        (arb(0, 1) - 1, "<=", fmpq(0), None),
        (fmpq(1), "<=", fmpq(1), True),
        (fmpq(1), "<", fmpq(1), False),
        (fmpq(1), "=", fmpq(1), True),
        (fmpq(1), "->", fmpq(1), None),
    ],
)
def test_comparison(left: Value, relation: str, right: Value, answer: bool | None) -> None:
    assert compare(relation, left, right) is answer


# Budgets

nine = Integer(9)
HOSTILE = [
    Pow(Pow(Pow(nine, 99, evaluate=False), 99, evaluate=False), nine, evaluate=False),
    Pow(nine, Pow(nine, nine, evaluate=False), evaluate=False),
    unevaluated_sum(i, i, Integer(1), Integer(10**9)),
    unevaluated_product(i, i, Integer(1), Integer(5000)),
    unevaluated_sum(
        unevaluated_sum(sin(i * x), i, Integer(1), Integer(4000)), x, Integer(1), Integer(4000)
    ),
    integral(Abs(sin(10000 * x)), 0, 1),
    unevaluated_sum(over(i**2 + i**7), i, Integer(10**9), oo),
    integral(exp(-(x ** Integer(10**6))), 0, oo),
    integral(Abs(Abs(Abs(Abs(x**9 - x) - 1) - 2) - x**5), -9, 9) * over(a),
    integral(sin(1000000 * x) * exp(sin(x)), 0, 1000),
    Pow(exp(exp(exp(exp(exp(nine))))), nine, evaluate=False),
]


@pytest.mark.parametrize("e", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_expressions_end(e: Expr) -> None:
    # By its budget, which is counted.
    with pytest.raises(UndeterminedError):
        at(e)


def test_a_budget_is_shared() -> None:
    work = Work(20)
    assert evaluate(a + 1, Point({a: fmpq(1)}), 64, work=work) == 2
    with pytest.raises(UndeterminedError):
        evaluate(unevaluated_sum(i, i, Integer(1), Integer(50)), Point(), 64, work=work)
    with pytest.raises(UndeterminedError):
        evaluate(a, Point({a: fmpq(1)}), 64, work=work)


@pytest.mark.parametrize("exponent", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("ball", [arb(0, 1e-30), arb(1, 2), arb(-1, 3), arb(-2, 2)])
def test_a_power_of_a_ball_around_zero_encloses_all_powers(ball: arb, exponent: int) -> None:
    found = power(ball, fmpq(exponent))
    for weight in (-1, -0.5, 0, 0.5, 1):
        assert found.contains(arb(ball.mid() + weight * ball.rad()) ** exponent if exponent else 1)
