"""Inequalities and optima by monotone maps, cases and derivatives: what these prove, and what they must not."""

from __future__ import annotations

import pytest

from klderive.statement import RelationName
from klderive.verify import prove

pytestmark = pytest.mark.usefixtures("only_proofs")

SYMBOLS = {
    "x": "positive",
    "y": "positive",
    "r": "nonnegative",
    "u": "real",
    "v": "real",
    "p": "positive",
    "q": "positive",
    "n": "positive integer",
    "m": "nonzero",
    "f": "function",
}


def is_proved(left: str, relation: RelationName, right: str, *given: str) -> bool:
    verdict = prove(left, right, relation, symbols=SYMBOLS, assuming=given)
    return verdict.status in ("proved", "wrong_reason")


@pytest.mark.parametrize(
    ("left", "relation", "right", "given"),
    [
        ("log(1 + x)", "<", "x", []),
        ("log(1 + r)", "<=", "r", []),
        ("log(1 + x)", "<=", "sqrt(x)", []),
        ("x - x**2/2", "<", "log(1 + x)", []),
        ("sin(x)", "<=", "x", []),
        ("-p*log(p) - (1 - p)*log(1 - p)", ">", "0", ["p < 1"]),
        ("-p*log(p) - (1 - p)*log(1 - p)", "<=", "log(2)", ["p < 1"]),
        ("p*log(p/q) + (1 - p)*log((1 - p)/(1 - q))", ">=", "2*(p - q)**2", ["p < 1", "q < 1"]),
        ("p*log(x) + (1 - p)*log(y)", "<=", "log(p*x + (1 - p)*y)", ["p < 1"]),
        ("(1 + x)**n", ">=", "1 + n*x", []),
        ("2**n", ">", "n", []),
        ("abs(abs(u) - abs(v))", "<=", "abs(u - v)", []),
        ("sqrt(u**2 + v**2)", "<=", "abs(u) + abs(v)", []),
        ("1/sqrt(x)", ">", "1/sqrt(y)", ["x < y"]),
        ("log(exp(u) + exp(v))", ">", "u", []),
        ("x**2", "<=", "4", ["x <= 2"]),
    ],
)
def test_inequalities(left: str, relation: RelationName, right: str, given: list[str]) -> None:
    assert is_proved(left, relation, right, *given)


@pytest.mark.parametrize(
    ("left", "relation", "right", "given"),
    [
        # Equality is reached.
        ("log(1 + r)", "<", "r", []),
        ("log(x)", "<", "x - 1", []),
        ("-p*log(p) - (1 - p)*log(1 - p)", "<", "log(2)", ["p < 1"]),
        ("abs(u)", ">", "0", []),
        ("x**2", "<", "4", ["x <= 2"]),
        ("sqrt(u**2 + v**2)", "<", "abs(u) + abs(v)", []),
        # A pole between the end and the point: what increases on both sides of it need not be above its limit.
        ("-1/(x - 1)", ">=", "1", []),
        ("1/(1 - x)", ">=", "1", []),
        ("1/(1 - x)**3", ">=", "1", []),
        ("log((x - 1)**2)", "<=", "0", []),
        ("-1/u", ">=", "0", []),
        ("-1/m", ">=", "0", []),
        # Constants too large, and the wrong way round.
        ("p*log(p/q) + (1 - p)*log((1 - p)/(1 - q))", ">=", "3*(p - q)**2", ["p < 1", "q < 1"]),
        ("log(1 + x)", ">=", "x", []),
        ("log(1 + x)", "<=", "x - x**2/2", []),
        ("2**n", ">", "n**2", []),
        ("2**n", ">", "2*n", []),
        ("(1 + u)**n", ">=", "1 + n*u", []),
        ("u**3", ">=", "-1", []),
        ("exp(u)", ">=", "1", []),
        ("abs(u)", "<=", "u**2", []),
        # Of a root and an absolute value nothing follows where the other side is negative.
        ("sqrt(x)", "<=", "x", []),
        ("abs(u)", "<=", "v", ["v**2 >= u**2"]),
        ("sqrt(x**2 + 1)", "<=", "-x - 2", []),
        # Nothing is known of a function.
        ("f(u)", ">=", "f(0)", []),
        ("f(u)", "<=", "abs(f(u)) - 1", []),
    ],
)
def test_what_is_not_proved(
    left: str, relation: RelationName, right: str, given: list[str]
) -> None:
    assert not is_proved(left, relation, right, *given)


def test_the_mean_value_theorem_is_a_reason() -> None:
    verdict = prove("log(1 + x)", "x", "<", symbols=SYMBOLS)
    assert verdict.uses == ("mean value theorem",)


@pytest.mark.parametrize(
    ("left", "right", "proved"),
    [
        ("ArgMin(u**4, u)", "0", True),
        ("ArgMin(u**3, u)", "0", False),
        ("ArgMax(x*exp(-x), x)", "1", True),
        ("ArgMin(x*exp(-x), x)", "1", False),
        ("ArgMax(1/(1 + u**2), u)", "0", True),
        ("ArgMax(u**2*exp(-u**2), u)", "1", False),
        ("ArgMin(u**4 - 2*u**2, u)", "1", False),
        ("ArgMin(u**2*(u - 1)**2, u)", "0", False),
        ("ArgMin(abs(u - v), u)", "ArgMin((u - v)**2, u)", True),
        ("ArgMin(abs(u - v), u)", "v", True),
        ("ArgMin(abs(u - v)*x + y, u)", "v", True),
        ("ArgMax(abs(u - v), u)", "v", False),
        ("ArgMin(abs(u - v)*m, u)", "v", False),
        ("ArgMin(abs(u - v) + abs(u), u)", "v", False),
        ("ArgMin(-abs(u - v), u)", "ArgMin((u - v)**2, u)", False),
        ("ArgMin(abs(u), u)", "ArgMin(u, u)", False),
        ("ArgMin(abs(u) + v*u, u)", "ArgMin(u**2 + v*u, u)", False),
    ],
)
def test_optima(left: str, right: str, proved: bool) -> None:
    verdict = prove(left, right, symbols=SYMBOLS)
    assert (verdict.status == "proved") is proved, verdict.message
