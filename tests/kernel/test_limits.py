"""Limits by continuity: what they prove, and what they must not."""

from __future__ import annotations

import pytest

from klderive import Derivation, by, prove
from klderive.verify import verify

SYMBOLS = {"a": "real", "b": "positive", "n": "positive", "N": "positive integer", "k": "real"}


@pytest.mark.parametrize(
    ("left", "right", "proved"),
    [
        ("(n + a)/n", "1", True),
        ("(n + a)/n", "a", False),
        ("a/n", "0", True),
        ("a*n", "0", False),
        ("n", "n", False),
        ("n/n", "1", True),
        ("(2*n**2 + a*n)/(n**2 + 1)", "2", True),
        ("(2*n**2 + a*n)/(n**3 + 1)", "0", True),
        ("(2*n**3 + a*n)/(n**2 + 1)", "2", False),
        ("log(b + 1/n)", "log(b)", True),
        ("log(1/n)", "0", False),
        ("exp(a/n)", "1", True),
        ("exp(-n)", "0", True),
        ("n*log(1 + 1/n)", "0", False),
        ("abs(a + 1/n)", "abs(a)", True),
        ("sqrt(b + 1/n)", "sqrt(b)", True),
        ("(-1)**N", "1", False),
        ("sin(n)/n", "0", True),
        ("sin(n)", "0", False),
        ("n**a", "0", False),
        ("exp(a*n)", "0", False),
        ("n*log(1 + 1/n)", "1", True),
        ("(1 + 1/n)**n", "e", True),
        ("(1 + 1/n)**n", "1", False),
        ("n*(sqrt(n**2 + n) - n)", "1/2", False),
        ("sqrt(n**2 + n) - n", "1/2", True),
        ("log(n)/n", "0", True),
        ("log(n)", "0", False),
        ("n**5*exp(-b*n)", "0", True),
        ("n**5*exp(-a*n)", "0", False),
        ("erf(n)", "1", True),
        ("(1 + a/N)**N", "exp(a)", True),
        ("(1 - a/N)**N", "exp(a)", False),
        ("(-1)**N/N", "0", False),
        ("(1 - N)**N", "0", False),
        ("atan(a*n)", "pi/2", False),
        ("atan(b*n)", "pi/2", True),
    ],
)
def test_limits_at_infinity(left: str, right: str, proved: bool) -> None:
    over = "N" if "N" in left else "n"
    verdict = prove(left, right, "->", over=over, to="oo", symbols=SYMBOLS)
    assert (verdict.status == "proved") is proved, verdict.message


@pytest.mark.parametrize(
    ("left", "right", "to", "proved"),
    [
        ("k**2 + a", "4 + a", "2", True),
        ("k**2 + a", "4", "2", False),
        ("(k**2 - 4)/(k - 2)", "4", "2", True),
        ("(k**2 - 4)/(k - 2)", "0", "2", False),
        ("sin(k)/k", "1", "0", True),
        ("sin(1/k)", "0", "0", False),
        ("k*sin(1/k)", "0", "0", True),
        ("exp(1/k)", "0", "0", False),
        ("exp(-1/k**2)", "0", "0", True),
        ("atan(1/k)", "pi/2", "0", False),
        ("sqrt(k)", "0", "0", False),
        ("(sin(k) - k)/k**3", "0", "0", False),
        ("1/k", "0", "0", False),
        ("abs(k)/k", "1", "0", False),
        ("exp(k)", "1", "0", True),
    ],
)
def test_limits_at_a_number(left: str, right: str, to: str, proved: bool) -> None:
    verdict = prove(left, right, "->", over="k", to=to, symbols=SYMBOLS)
    assert (verdict.status == "proved") is proved, verdict.message


def test_a_limit_that_is_written_out() -> None:
    assert prove("Limit((n + a)/n, n, oo)", "1", symbols=SYMBOLS).status == "proved"
    assert prove("Limit((n + a)/n, n, oo)", "a", symbols=SYMBOLS).status != "proved"


@pytest.mark.parametrize("assuming", ["n < 5", "n = 5", "n < a"])
def test_what_is_restricted_does_not_tend(assuming: str) -> None:
    line = ("(n + a)/n", "1", "->")
    verdict = prove(*line, over="n", to="oo", symbols=SYMBOLS, assuming=[assuming])  # type: ignore[arg-type]
    assert verdict.status != "proved"


def coin() -> Derivation:
    d = Derivation("t")
    d.symbols(N="positive integer", u="positive")
    d.data("x", of="{0, 1}", length="N", counts="n_0, n_1")
    d.density("p", of="k", on="{0, 1}", positive=True)
    d.density("q", of="k", on="{0, 1}", positive=True)
    d.axiom("ones", "n_1/N -> p(1)", over="N", to="oo")
    return d


def status(d: Derivation, left: str, right: str) -> str:
    reasons = [by.continuity, by.axiom("ones")]
    if "p(0)" in right:
        reasons.append(by.normalisation("p"))
    d.chain(left).tends(right, "N", "oo", *reasons)
    return verify(d).lines()[-1].verdict.status


@pytest.mark.parametrize(
    ("left", "right", "proved"),
    [
        ("n_1/N*log(p(1)/q(1))", "p(1)*log(p(1)/q(1))", True),
        ("n_1/N*log(p(1)/q(1))", "q(1)*log(p(1)/q(1))", False),
        ("n_0/N", "p(0)", True),
        ("n_0/N", "1 - p(1)", True),
        ("n_0/N", "p(1)", False),
        ("n_1/N**2", "0", True),
        ("n_1", "p(1)", False),
        ("n_1/(n_0 + n_1)", "p(1)", True),
        ("log(1 + n_1/N)", "log(1 + p(1))", True),
        ("Sum(x[i], (i, 1, N))/N", "p(1)", False),
    ],
)
def test_the_law_of_large_numbers_through_a_formula(left: str, right: str, proved: bool) -> None:
    assert (status(coin(), left, right) == "proved") is proved


def test_a_count_does_not_stand_still() -> None:
    # Without the axiom n_1/N is no constant divided by N.
    d = coin()
    d.chain("n_1/N").tends("0", "N", "oo", by.continuity)
    assert verify(d).lines()[-1].verdict.status != "proved"
