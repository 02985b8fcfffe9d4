"""False claims about optima over real variables are refuted by a place; true ones never."""

from __future__ import annotations

import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Abs,
    Expr,
    Function,
    Ge,
    Integer,
    Le,
    Piecewise,
    Rational,
    Symbol,
    Tuple,
    exp,
    log,
    oo,
    sqrt,
)

from klderive.certificates.certificate import certify
from klderive.certificates.models import Point
from klderive.notation.nodes import ArgMax, ArgMin
from klderive.statement import Context, FunctionDeclaration, Statement

w, a, b = (Symbol(n, real=True) for n in ("w", "a", "b"))
t = Symbol("t", positive=True)
f = Function("f")


def least(e: Expr, over: Symbol = w) -> Expr:
    return ArgMin(e, Tuple(over))


def greatest(e: Expr, over: Symbol = w) -> Expr:
    return ArgMax(e, Tuple(over))


def refuted(left: Expr, right: Expr, *givens: Statement, **values: int) -> bool:
    declared = FunctionDeclaration("f", (b,), (Tuple(b, -oo, oo),), definition=(b - w) ** 2)
    context = Context(givens=givens, functions={"f": declared})
    at = Point({Symbol(name, real=True): fmpq(value) for name, value in values.items()})
    found = certify(Statement(left, "=", right), context, at)
    turned = certify(Statement(right, "=", left), context, at)
    assert (found is None) == (turned is None)
    return found is not None


FALSE = [
    (least((w - a) ** 2), Integer(0)),
    (least((w - a) ** 2), a + Rational(1, 1000)),
    (least((w - a) ** 2), sqrt(Integer(2))),
    (least(-((w - a) ** 2)), a),
    (greatest(-((w - a) ** 2)), a + 1),
    (least(w**3), Integer(0)),
    (least(w**4 - 2 * w**2), Integer(0)),
    (greatest(w * exp(-(w**2))), Integer(0)),
    (least(t + 1 / t, t), Integer(2)),
    (least(t - log(t), t), Rational(1, 2)),
    (least(t - log(t), t), Integer(-1) * a),
    (least(f(a)), a + 2),
    (least((w - a) ** 2), least((w - 2 * a) ** 2)),
    (least((w - a) ** 2), greatest((w - a) ** 2)),
    (least(Abs(w - a)), least(w)),
    (least(Abs(w - a) + Abs(w)), least(Abs(w))),
    (least(w**2), least(w)),
    (least((w - a) ** 2 + w), least((w - a) ** 2)),
    (least(0 * w + 0 * a), least(w**2)),
    (least((w - a) ** 2), least(exp(w))),
    (greatest(1 - Abs(w)), greatest(1 - Abs(w - 1))),
]


@pytest.mark.parametrize(("left", "right"), FALSE, ids=str)
def test_false_optima_are_refuted(left: Expr, right: Expr) -> None:
    assert refuted(left, right, a=3)


TRUE_OR_NOT_TOLD = [
    (least((w - a) ** 2), a),
    (least(f(a)), a),
    (least(t - log(t), t), Integer(1)),
    (least(t + 1 / t, t), Integer(1)),
    (greatest(w * exp(-w)), Integer(1)),
    (least((w - a) ** 2), least(2 * (w - a) ** 2 + 1)),
    (least((w - a) ** 2), greatest(-Abs(w - a))),
    # Both are empty.
    (least(w), least(w**3)),
    (least(1 / t, t), least(t, t)),
    (least(w), greatest(w)),
    # Two optima, or a jump at an end: not told.
    (greatest(w**2 * (1 - w**2)), 1 / sqrt(Integer(2))),
    (least(Abs(w**2 - 2)), least((w**2 - 2) ** 2)),
    (least(Piecewise((w**2, w > 0), (w**2 - 1, w < 0))), least(w**2 + 1)),
]


@pytest.mark.parametrize(("left", "right"), TRUE_OR_NOT_TOLD, ids=str)
def test_true_optima_are_not_refuted(left: Expr, right: Expr) -> None:
    assert not refuted(left, right, a=3)


def test_only_places_that_meet_the_assumptions_count() -> None:
    line = least((w - 3) ** 2), Integer(1)
    assert refuted(*line)
    assert refuted(*line, Statement(w, "<", Integer(2)))
    assert not refuted(*line, Statement(w, "<=", Integer(1)))
    assert not refuted(*line, Statement(w, "=", Integer(1)))
    elsewhere = least(t - log(t), t), -a
    assert refuted(*elsewhere, a=3)
    assert not refuted(*elsewhere, Statement(a, "<", Integer(2)), a=3)
    sets = least((w - 3) ** 2), least((w - 4) ** 2)
    assert refuted(*sets)
    # Among all w > 5 neither has an optimum.
    assert not refuted(*sets, Statement(w, ">", Integer(5)))
    assert not refuted(*sets, Statement(w, "=", Integer(3)))


def test_an_objective_may_jump_at_the_end_of_its_variable() -> None:
    v, s = Symbol("v", nonnegative=True), Symbol("s", positive=True)
    for variable, false in ((v, False), (s, True)):
        jump = Piecewise((-5, Le(variable, 0)), (1, True), evaluate=False)
        assert refuted(least(jump, variable), least(variable, variable)) is false
    other = Symbol("u", nonpositive=True)
    jump = Piecewise((5, Ge(other, 0)), (1, True), evaluate=False)
    assert not refuted(greatest(jump, other), greatest(other, other))


def test_an_integer_variable_is_left_alone() -> None:
    n = Symbol("n", integer=True)
    assert not refuted(least((2 * n - 1) ** 2, n), Integer(0))


coefficients = st.lists(st.integers(-3, 3), min_size=1, max_size=3)


@settings(max_examples=40, deadline=None)
@given(coefficients, coefficients, st.sampled_from([-2, 0, 1]), st.integers(0, 2))
def test_objectives_with_one_and_the_same_optimum(
    first: list[int], second: list[int], place: int, kink: int
) -> None:
    u, v = (sum((c * w**d for d, c in enumerate(row)), Integer(0)) for row in (first, second))
    e = (w - place) ** 2 * (u**2 + 1) + kink * Abs(w - place)
    g = (w - place) ** 2 * (v**2 + 2)
    for claims in (
        (least(e), least(g)),
        (least(e), greatest(7 - 3 * g)),
        (least(e), Integer(place)),
        (greatest(-g), Integer(place)),
    ):
        assert not refuted(*claims)
    for other in (place + 1, place - 2):
        assert refuted(least(e), Integer(other))
        assert refuted(least(e), least((w - other) ** 2))
