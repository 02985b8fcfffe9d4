"""Expansions at infinity bound what they cut off; growths are compared exactly."""

from __future__ import annotations

from math import factorial as factorial_of

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Abs,
    Add,
    Expr,
    Integer,
    Mul,
    Pow,
    Rational,
    Symbol,
    atan,
    cos,
    cosh,
    erf,
    erfc,
    exp,
    factorial,
    gamma,
    log,
    sin,
    sinh,
    tanh,
)

from klderive.certificates.evaluation import (
    Point,
    UndefinedError,
    UndeterminedError,
    Work,
    _Evaluation,
    evaluate,
)
from klderive.certificates.expansions import Expansion, Expansions
from klderive.certificates.growths import (
    CONSTANT,
    LINEAR,
    Growth,
    direction,
    rank,
    slope,
    times,
    to_power,
    value_at,
)
from klderive.certificates.tails import (
    End,
    Tails,
    diverges,
    limit_of,
    tail_of_integral,
    tail_of_sum,
)

x = Symbol("x", real=True)
ENDS = [
    End(None, 1, exponential=False),
    End(None, -1, exponential=False),
    End(None, 1, exponential=True),
    End(None, -1, exponential=True),
    End(fmpq(1), 1, exponential=True),
    End(fmpq(0), -1, exponential=True),
]


def expansion(e: Expr, end: End, start: int, *, integers: bool = False) -> Expansion:
    evaluator = _Evaluation(Point(), {}, Work())
    return Tails(evaluator).expansion(e, x, {}, end, Expansions(fmpq(start), integers=integers))


def approximate(a: Expansion, u: fmpq) -> arb:
    """The terms and the bound of the rest at u, as a ball."""
    total, radius = arb(0), arb(0)
    for growth, c in a.terms.items():
        total += arb(c) * value_at(growth, u)
    for growth, bound in a.rest.items():
        # A bound is itself a ball, of which the upper end counts.
        assert not bound < 0
        radius += bound * value_at(growth, u)
    return total + arb(0, radius.upper())


numbers = st.sampled_from([Rational(n, d) for n in (-3, -1, 1, 2) for d in (1, 2)])
pieces = st.recursive(
    st.one_of(st.just(x), st.just(x), numbers),
    lambda inner: st.one_of(
        st.builds(lambda u, v: Add(u, v, evaluate=False), inner, inner),
        st.builds(lambda u, v: Mul(u, v, evaluate=False), inner, inner),
        st.builds(
            lambda u, n: Pow(u, n, evaluate=False),
            inner,
            st.sampled_from(
                [Integer(-2), Integer(-1), Integer(2), Rational(1, 2), Rational(-3, 2)]
            ),
        ),
        st.builds(
            lambda f, u: f(u, evaluate=False),
            st.sampled_from([exp, exp, log, Abs, sin, cos, tanh, erf, erfc, atan, sinh, cosh]),
            inner,
        ),
        st.builds(lambda b, u: Pow(b, u, evaluate=False), st.just(Rational(1, 3)), inner),
    ),
    max_leaves=6,
)


@settings(max_examples=600, deadline=None)
@given(
    pieces,
    st.sampled_from(ENDS),
    st.sampled_from([2, 8, 32]),
    st.sampled_from([fmpq(1), fmpq(3, 2), fmpq(7), fmpq(101, 3)]),
)
def test_an_expansion_encloses_what_it_expands(
    e: Expr, end: End, start: int, further: fmpq
) -> None:
    try:
        with ctx.workprec(128):
            found = expansion(e, end, start)
            u = start * further
            there = approximate(found, u)
    except UndeterminedError:
        return
    with ctx.workprec(4000):
        place = end.at(arb_complex(u))[0].real
    try:
        value = evaluate(e, Point({x: exact(place)}), 4000)
    except UndeterminedError:
        return
    assert arb(value).overlaps(there), (e, end, found, value, there)


def arb_complex(u: fmpq):  # type: ignore[no-untyped-def]
    from flint import acb

    return acb(arb(u))


def exact(place: arb) -> fmpq:
    return place.mid().fmpq()


growths = st.builds(
    lambda q, a, b: times(Growth(tuple(fmpq(c) for c in q)), Growth((), fmpq(a, 2), b)),
    st.lists(st.integers(-2, 2), max_size=2),
    st.integers(-3, 3),
    st.sampled_from([fmpq(1), fmpq(1, 2), fmpq(3)]),
)


@settings(max_examples=200, deadline=None)
@given(growths, growths)
def test_growths_are_ordered_as_their_values_are_far_out(a: Growth, b: Growth) -> None:
    far = fmpq(10**6)
    with ctx.workprec(128):
        quotient = times(a, to_power(b, fmpq(-1)))
        exponent = arb(0)
        for i, c in enumerate(quotient.exponent, 1):
            exponent += arb(c * far**i)
        exponent += arb(quotient.power) * arb(far).log() + far * arb(quotient.base).log()
        sign = 0 if a == b else 1 if exponent > 0 else -1
    assert direction(quotient) == sign
    assert (rank(a) > rank(b)) == (sign > 0)


@settings(max_examples=200, deadline=None)
@given(growths, st.sampled_from([fmpq(1), fmpq(2), fmpq(20)]), st.integers(1, 40))
def test_a_slope_bounds_how_a_growth_falls(a: Growth, start: fmpq, steps: int) -> None:
    found = slope(a, start)
    if found is None:
        return
    later = start + fmpq(steps, 3)
    assert not value_at(a, later) > value_at(a, start) * (-found * fmpq(steps, 3)).exp()


@pytest.mark.parametrize(
    ("growth", "sign"),
    [
        (CONSTANT, 0),
        (LINEAR, 1),
        (Growth(power=fmpq(-1, 2)), -1),
        (Growth((fmpq(5), fmpq(-1))), -1),
        (Growth((), fmpq(9), fmpq(1, 2)), -1),
        (Growth((fmpq(-1),), fmpq(0), fmpq(3)), 1),
        (Growth((fmpq(-1),), fmpq(0), fmpq(2)), -1),
        # log 2 = 0.693147180559945309417232121458176568...
        (Growth((fmpq(-693147180559945309417232121458, 10**30),), fmpq(0), fmpq(2)), 1),
    ],
)
def test_direction(growth: Growth, sign: int) -> None:
    assert direction(growth) == sign


INFINITY = ENDS[0]

LIMITS = [
    ((1 + 1 / x) ** x, None),
    (x * (log(x + 1) - log(x)), fmpq(1)),
    (1 / x, fmpq(0)),
    (x / (x + 1), fmpq(1)),
    (tanh(x), fmpq(1)),
    (erfc(-x), fmpq(2)),
    (erf(x) * exp(-x), fmpq(0)),
    (sin(x) / x, fmpq(0)),
    (exp(-exp(x)) * exp(3 * x), fmpq(0)),
]


@pytest.mark.parametrize(("e", "limit"), LIMITS, ids=str)
def test_limits(e: Expr, limit: fmpq | None) -> None:
    end = ENDS[2] if e.has(log) else INFINITY
    value = limit_of(expansion(e, end, 32))
    if limit is None:
        assert arb(value).overlaps(arb(1).exp())
        assert arb(value).rad() < 1e-15
    else:
        assert value == limit


@pytest.mark.parametrize(
    "e", [sin(x), x * sin(x), exp(Abs(x)) * cos(x), atan(x), Abs(sin(x))], ids=str
)
def test_what_is_only_bounded_has_no_known_limit(e: Expr) -> None:
    for end in ENDS[:4]:
        with pytest.raises(UndeterminedError):
            limit_of(expansion(e, end, 32))
        if not (end.exponential and e.has(exp)):
            assert not diverges(expansion(e, end, 32))


@pytest.mark.parametrize(
    "e", [x, sqrt_ := Pow(x, Rational(1, 2)), x - sqrt_, exp(x) / x**3], ids=str
)
def test_what_grows_has_no_limit(e: Expr) -> None:
    with pytest.raises(UndefinedError):
        limit_of(expansion(e, INFINITY, 128))


@pytest.mark.parametrize(
    ("e", "answer"),
    [
        (1 / x, True),
        (1 / x + sin(x) / x**2, True),
        (1 / x + sin(x) / x, False),
        (x**-2, False),
        (1 / (x * (1 + exp(-x))), True),
        (2**-x * 2**x / x, True),
        (exp(-x), False),
    ],
    ids=str,
)
def test_divergence(e: Expr, answer: bool) -> None:
    assert diverges(expansion(e, INFINITY, 32)) is answer


def test_a_tail_is_bounded() -> None:
    algebra = Expansions(fmpq(8))
    bound = tail_of_integral(expansion(x**2 * exp(-x), INFINITY, 8), algebra)
    # The integral from 8 on is (64 + 16 + 2) exp(-8).
    true = 82 * arb(-8).exp()
    assert true <= bound <= 2 * true
    with pytest.raises(UndeterminedError):
        tail_of_integral(expansion(1 / x, INFINITY, 8), algebra)


def test_the_tail_of_a_sum() -> None:
    algebra = Expansions(fmpq(8), integers=True)
    value = tail_of_sum(expansion(x**-2, INFINITY, 8, integers=True), algebra)
    true = arb.pi() ** 2 / 6 - sum(arb(fmpq(1, k * k)) for k in range(1, 8))
    assert arb(value).overlaps(true)
    assert arb(value).rad() < 1e-15
    value = tail_of_sum(expansion(1 / factorial(x), INFINITY, 8, integers=True), algebra)
    true = arb(1).exp() - sum(arb(fmpq(1, factorial_of(k))) for k in range(8))
    assert arb(value).contains(true)
    value = tail_of_sum(expansion(Integer(-1) ** x / x**3, INFINITY, 8, integers=True), algebra)
    true = arb(-3) / 4 * arb(3).zeta() - sum(arb(fmpq((-1) ** k, k**3)) for k in range(1, 8))
    assert arb(value).contains(true)
    for e in (1 / x, Integer(-1) ** x / x, Integer(-1) ** x):
        with pytest.raises(UndeterminedError):
            tail_of_sum(expansion(e, INFINITY, 8, integers=True), algebra)


def test_powers_of_negative_numbers_are_those_of_integers_only() -> None:
    with pytest.raises(UndeterminedError):
        expansion(Integer(-1) ** x, INFINITY, 8)
    with pytest.raises(UndeterminedError):
        expansion(Integer(-1) ** (x / 2), INFINITY, 8, integers=True)
    for e in (Integer(-1) ** (Rational(1, 2) ** x), factorial(Rational(1, 2) ** x)):
        with pytest.raises(UndeterminedError):
            expansion(e, INFINITY, 8, integers=True)
    with pytest.raises(UndeterminedError):
        expansion(1 / factorial(x), INFINITY, 8)
    with pytest.raises(UndeterminedError):
        expansion(gamma(x + Rational(1, 2)), INFINITY, 8, integers=True)


@pytest.mark.parametrize(
    "e",
    [
        factorial(x) / 2**x,
        1 / gamma(x - 2),
        gamma(x + 3) / factorial(x),
        log(factorial(x)),
        log(3**x / factorial(x)) + log(factorial(x)),
        log(3**x / factorial(x) * gamma(x)),
        exp(-(x**2)) * factorial(x) ** 2,
        x**2 / factorial(x + 2) * (-1) ** x,
    ],
    ids=str,
)
@pytest.mark.parametrize("start", [4, 8, 64])
def test_expansions_with_factorials_enclose_what_they_expand(e: Expr, start: int) -> None:
    try:
        found = expansion(e, INFINITY, start, integers=True)
    except UndeterminedError:
        assert start == 4
        return
    for u in (start, start + 1, start + 17):
        value = evaluate(e, Point({x: fmpq(u)}), 512)
        assert arb(value).overlaps(approximate(found, fmpq(u))), (e, found, u)
