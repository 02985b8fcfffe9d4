"""Regions of optima contain the optima, and sets of optima are told apart only if they differ."""

from __future__ import annotations

import pytest
from flint import fmpq
from sympy import Abs, Expr, Integer, Symbol, exp, log

from klderive.certificates.models import Point
from klderive.certificates.optimal_regions import Domain, Optimised, told_apart
from klderive.certificates.tails import Direction
from klderive.notation.nodes import Indicator
from klderive.verify import prove

x = Symbol("x", real=True)
LINE = Domain(None, None)
HALF_LINE = Domain(fmpq(0), None)
UNIT = Domain(fmpq(0), fmpq(1))
CLOSED = Domain(fmpq(0), fmpq(1), (True, True))


def optimised(body: Expr, sign: Direction, domain: Domain) -> Optimised:
    return Optimised(body, sign, x, domain, Point(), {}, None)


@pytest.mark.parametrize(
    ("body", "sign", "domain", "places"),
    [
        ((x - 1) ** 2, 1, LINE, [1]),
        ((x**2 - 1) ** 2, 1, LINE, [1, -1]),
        (exp(-(x**2)), -1, LINE, [0]),
        (x - log(x), 1, HALF_LINE, [1]),
        (x * log(x) + (1 - x) * log(1 - x), 1, UNIT, [fmpq(1, 2)]),
        (Abs(x - 2), 1, LINE, [2]),
        (x**2, 1, CLOSED, [0]),
        (x**2, -1, CLOSED, [1]),
    ],
    ids=str,
)
def test_a_region_has_the_optima(
    body: Expr, sign: Direction, domain: Domain, places: list[fmpq]
) -> None:
    cells = optimised(body, sign, domain).region()
    assert cells is not None
    for place in places:
        assert any(lower <= place <= upper for lower, upper in cells)
    assert sum(float(upper - lower) for lower, upper in cells) < 1


@pytest.mark.parametrize(
    ("body", "sign", "domain"),
    [
        (exp(-x), 1, LINE),
        (x**2, 1, UNIT),
        (x**2, 1, HALF_LINE),
        (x**3, 1, LINE),
        (log(x), 1, HALF_LINE),
        # It jumps, and has no least value.
        (x**2 + Indicator(-Abs(x), Integer(0)), 1, LINE),
    ],
    ids=str,
)
def test_there_may_be_no_optimum(body: Expr, sign: Direction, domain: Domain) -> None:
    assert optimised(body, sign, domain).region() is None


@pytest.mark.parametrize(
    ("first", "second", "differ"),
    [
        ((x - 1) ** 2, (x - 2) ** 2, True),
        ((x - 1) ** 2, exp((x - 1) ** 2), False),
        ((x**2 - 1) ** 2, (x - 1) ** 2, False),
        (x**2, x**2 + exp(-x), True),
    ],
)
def test_sets_are_told_apart(first: Expr, second: Expr, differ: bool) -> None:
    one, other = (optimised(body, 1, LINE) for body in (first, second))
    found = told_apart(one, other, "x", lambda _: True, lambda _: True)
    assert (found is not None) == differ


@pytest.mark.parametrize(
    ("left", "right", "status"),
    [
        ("ArgMin(KL(P, Q), Q)", "ArgMax(KL(P, Q), Q)", "refuted"),
        ("ArgMin(KL(P, Q), P)", "ArgMin(CrossEntropy(P, Q), P)", "refuted"),
        ("ArgMax(Entropy(P), P)", "ArgMin(Entropy(P), P)", "refuted"),
        ("ArgMin(KL(P, Q), Q)", "ArgMin(CrossEntropy(P, Q), Q)", "proved"),
        # Both are P alone.
        ("ArgMin(KL(P, Q), Q)", "ArgMin(KL(Q, P), Q)", "undecided"),
    ],
)
def test_densities(left: str, right: str, status: str) -> None:
    kinds = {"P": "density of k on K", "Q": "density of k on K"}
    assert prove(left, right, symbols=kinds).status == status


def test_an_assumption_keeps_the_optimum_away() -> None:
    line = ("ArgMin((w - 1)**2, w)", "ArgMin((w - 2)**2, w)")
    assert prove(*line, symbols={"w": "real"}).status == "refuted"
    assert prove(*line, symbols={"w": "real"}, assuming=["w > 3"]).status != "refuted"
