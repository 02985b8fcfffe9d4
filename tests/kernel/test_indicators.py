"""Probabilities of events: their indicators, and the bounds that they become."""

from __future__ import annotations

import pytest

from klderive.derivation import Derivation
from klderive.verify import verify


def derivation() -> Derivation:
    d = Derivation("events")
    d.symbols(a="real", c="real", s="positive", lam="positive")
    d.symbols(m="positive integer", n="positive integer")
    d.assume("m < n")
    d.variable("x", on="(-oo, oo)")
    d.variable("y", on="(0, oo)")
    d.variable("k", on="{0, ..., n}")
    d.density("p", of="x")
    d.density("g", of="y")
    d.density("q", of="k")
    d.density("die", of="v", on="{1, 2, 3, 4, 5, 6}", as_="1/6")
    return d


def status(left: str, right: str) -> str:
    d = derivation()
    d.chain(left).eq(right)
    return verify(d).lines()[-1].verdict.status


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Prob(x > c, x in p)", "1 - Prob(x <= c, x in p)"),
        ("Prob(x > c, x in p)", "Integral(p(x), (x, c, oo))"),
        ("Prob(x <= c, x in p)", "Integral(p(x), (x, -oo, c))"),
        ("Prob(1 - 2*x >= c, x in p)", "Integral(p(x), (x, -oo, (1 - c)/2))"),
        ("Prob(c < x <= c + s, x in p)", "Integral(p(x), (x, c, c + s))"),
        ("Prob(x >= c, x in p)", "Prob(x > c, x in p)"),
        ("Prob(x = c, x in p)", "0"),
        ("Prob(y > s, y in g)", "Integral(g(y), (y, s, oo))"),
        ("Prob(y > -s, y in g)", "1"),
        ("Prob(y < -s, y in g)", "0"),
        ("Prob(k >= m, k in q)", "Sum(q(k), (k, m, n))"),
        ("Prob(k > m, k in q)", "Sum(q(k), (k, m + 1, n))"),
        ("Prob(k < m, k in q)", "Sum(q(k), (k, 0, m - 1))"),
        ("Prob(k < m, k in q)", "1 - Prob(k >= m, k in q)"),
        ("Prob(v > 4, v in die)", "1/3"),
        ("Prob(2 <= v < 4, v in die)", "1/3"),
        ("Prob(v = 4, v in die)", "1/6"),
    ],
)
def test_an_event_is_a_bound(left: str, right: str) -> None:
    assert status(left, right) == "proved"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Prob(x > c, x in p)", "Prob(x <= c, x in p)"),
        ("Prob(x > c, x in p)", "Integral(p(x), (x, -oo, c))"),
        ("Prob(1 - 2*x >= c, x in p)", "Integral(p(x), (x, (1 - c)/2, oo))"),
        ("Prob(a*x >= c, x in p)", "Integral(p(x), (x, c/a, oo))"),
        # The bounds may be in the wrong order.
        ("Prob(a <= x <= c, x in p)", "Integral(p(x), (x, a, c))"),
        # The place may lie outside the domain.
        ("Prob(y > c, y in g)", "Integral(g(y), (y, c, oo))"),
        ("Prob(x**2 > c**2, x in p)", "Integral(p(x), (x, c, oo))"),
        # Under a sum it matters whether the place belongs to the event.
        ("Prob(k > m, k in q)", "Sum(q(k), (k, m, n))"),
        ("Prob(k <= m, k in q)", "1 - Prob(k >= m, k in q)"),
        ("Prob(k <= m, k in q)", "Prob(k < m, k in q)"),
        ("Prob(k > n, k in q)", "Sum(q(k), (k, n, n))"),
        ("Prob(k >= c, k in q)", "Sum(q(k), (k, 0, n))"),
        ("Prob(k = m, k in q)", "0"),
        ("Prob(v > 4, v in die)", "1/2"),
        ("Prob(2 <= v <= 4, v in die)", "1/3"),
    ],
)
def test_what_an_event_is_not(left: str, right: str) -> None:
    assert status(left, right) != "proved"
