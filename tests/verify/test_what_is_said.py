"""What is said of lines that fail: true of the line, and in its notation."""

from __future__ import annotations

import pytest

from klderive import prove

SYMBOLS = {
    "a": "real",
    "t": "real",
    "x": "real",
    "n": "positive integer",
    "N": "positive integer",
    "y": "variable on (0, oo)",
    "s": "variable on (-oo, oo)",
    "z": "variable on (-oo, oo)",
    "f": "function",
    "p": "density of s",
    "J": "joint density of s, z",
    "l": "data on {0, 1} with counts n_0, n_1 of N",
}


@pytest.mark.parametrize(
    ("left", "relation", "right", "unsaid"),
    [
        ("a", ">=", "0", "would be"),
        ("a", ">", "0", "`a > 0`"),
        ("l[1]**2", "=", "l[1]", "squared"),
        ("Prob(s > a, s in p)", "=", "1", "Indicator"),
        ("E(KL(J(z | s), Integral(J(z | s)*J(s), s), z), s in J(s))", "=", "1", "J(s)(s)"),
        ("0**t", "=", "0", "0 > 0"),
        ("f(Limit(f(n), n, oo))", "=", "0", "no rule"),
        ("Limit(factorial(n)/n**n, n, oo)", "=", "1", "_t"),
        ("ArgMax(-(y - 1)**2, y)", "=", "1", "assumptions restrict"),
    ],
)
def test_what_is_not_said(left: str, relation: str, right: str, unsaid: str) -> None:
    verdict = prove(left, right, relation, symbols=SYMBOLS)  # type: ignore[arg-type]
    assert verdict.status != "proved"
    assert unsaid not in str(verdict)


@pytest.mark.parametrize("right", ["b*x", "2*x**2"])
def test_proportional_sides_that_may_vanish(right: str) -> None:
    symbols = SYMBOLS | {"b": "real"}
    verdict = prove("a*x", right, "proportional", over="x", symbols=symbols)
    assert "depends on" not in verdict.message


def test_an_indicator_is_shown_by_its_cases() -> None:
    said = str(prove("Prob(s > a, s in p)", "1", symbols=SYMBOLS))
    assert "Cases((1, a - s >= 0), (0, otherwise))" in said
