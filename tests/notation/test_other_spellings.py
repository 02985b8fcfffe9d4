"""Hints for what other notations call otherwise: each says what would be right, and that can be read."""

from __future__ import annotations

import re

import pytest

from klderive import prove
from klderive.derivation import DerivationError
from klderive.notation import NotationError, read_text
from klderive.notation.other_spellings import OTHER_SPELLINGS
from klderive.notation.text_reader import RESERVED
from klderive.notation.translation import KNOWN_FUNCTIONS
from klderive.probability import probability_operators

SYMBOLS = {
    "x": "real",
    "u": "positive",
    "n": "positive integer",
    "f": "function",
    "d": "data",
    "s": "variable on (-oo, oo)",
    "p": "density of s",
    "q": "density of s",
}


@pytest.mark.parametrize("name", sorted(OTHER_SPELLINGS))
def test_what_a_hint_says_can_be_read(name: str) -> None:
    assert name not in {*RESERVED, *KNOWN_FUNCTIONS, *probability_operators()}
    for written in re.findall("`([^`]+)`", OTHER_SPELLINGS[name]):
        if "..." not in written:
            read_text(written)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("ln(u)", "`log(x)`"),
        ("log2(u)", "`log(x)/log(2)`"),
        ("max(x, u)", "`Max(f, x)`"),
        ("binomial(n, 2)", "`factorial(n)/(factorial(k)*factorial(n - k))`"),
        ("beta(u, u)", "`gamma(a)*gamma(b)/gamma(a + b)`"),
        ("sum(x, n)", "`Sum(f, (i, 1, n))`"),
        ("prod(d[i], (i, 1, n))", "`Product(f, (i, 1, n))`"),
        ("Piecewise((1, x > 0), (0, True))", "`Cases((a, x >= c), (b, otherwise))`"),
        ("diff(x**2, x)", "`Diff(f, x)`"),
        ("integrate(p(s), s)", "`Integral(f, (x, a, b))`"),
        ("H(p)", "`Entropy(p)`"),
        ("D_KL(p, q)", "`KL(p, q)`"),
        ("KL(p || q)", "`KL(p, q)`"),
        ("Cov(s, u)", "`E(x*y, (x, y) in p(x, y)) - "),
        ("Pr(s > 0)", "`Prob(x >= c, x in p)`"),
        ("f(s > 0)", "`Prob(x >= c, x in p)`"),
        ("E(s, s ~ p)", "`E(f, z in q)`"),
        ("E(s, p)", "`E(f, z in q)`"),
        ("|x|", "`abs(x)`"),
        ("n!", "`factorial(n)`"),
        ("f'(x)", "`Diff(f(x), x)`"),
        ("f''(x)", "`Diff(f(x), x, x)`"),
        ("x'", "`prime(x)`"),
        ("d(1)", "`d[i]`"),
        ("x = u", "give both sides"),
        ("if x", "`Cases("),
    ],
)
def test_hints(text: str, hint: str) -> None:
    with pytest.raises(DerivationError, match=re.escape(hint)):
        prove(text, "1", symbols=SYMBOLS)


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("x in (0, 1)", "`0 < x < 1`"),
        ("x > 0 and x < 1", "`0 < x < 1`"),
        ("x > 0, x < 1", "one relation"),
        ("x is real", "its declaration"),
        ("x <> 0", "`!=`"),
        ("not x = 0", "`!=`"),
    ],
)
def test_hints_for_assumptions(given: str, hint: str) -> None:
    with pytest.raises(DerivationError, match=re.escape(hint)):
        prove("x", "x", symbols=SYMBOLS, assuming=[given])


@pytest.mark.parametrize(
    ("relation", "meant"), [("==", "="), ("≤", "<="), ("=<", "<="), ("≥", ">="), ("≠", "!=")]
)
def test_hints_for_relations(relation: str, meant: str) -> None:
    with pytest.raises(DerivationError, match=f"write `{meant}`"):
        prove("x", "x", relation, symbols=SYMBOLS)  # type: ignore[arg-type]


def test_a_name_that_is_declared_is_no_other_spelling() -> None:
    symbols = {"H": "function of x", "x": "real"}
    assert prove("H(x) - H(x)", "0", symbols=symbols).status == "proved"
    with pytest.raises(NotationError):
        read_text("prod(x, (i, 1, n)) + (1, 2)")
