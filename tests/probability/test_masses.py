"""The bounds of mass functions, and which sums and integrals over unbounded domains have values."""

from __future__ import annotations

import pytest

from klderive import prove

SYMBOLS = {
    "j": "variable on {0, 1, ...}",
    "x": "variable on (-oo, oo)",
    "y": "variable on Y",
    "P": "density of k on K",
    "B": "density of b on {0, 1}",
    "J": "joint density of y, i",
    "i": "variable on {1, ..., n}",
    "q": "density of x; density of x given y; density of y given x",
    "n": "positive integer",
    "r": "positive",
    "c": "real",
    "u": "positive",
    "Q": "density of j = poisson(r)",
    "G": "density of j = geometric(u)",
    "L": "density of x = laplace(c, r)",
}


def status(left: str, relation: str, right: str) -> str:
    return prove(left, right, relation, symbols=SYMBOLS, assuming=["u < 1"]).status


@pytest.mark.parametrize(
    ("left", "relation", "right"),
    [
        ("P(k)", "<=", "1"),
        ("B(1)", "<=", "1"),
        ("J(y, i)", "<=", "J(y)"),
        ("q(y | x)", "<=", "1"),
        ("Entropy(P)", ">=", "0"),
        ("-log(u)", ">", "0"),
        ("log(1 - u)", "<", "0"),
        ("factorial(j)", ">=", "0"),
        ("factorial(5)", "=", "120"),
        ("factorial(0)", "=", "1"),
        ("log(Q(j))", "=", "j*log(r) - r - log(factorial(j))"),
        ("Sum(r**j/factorial(j), j)", "=", "Sum(r**j/factorial(j), j)"),
        ("Sum(exp(c*j)/factorial(j), j)", "=", "Sum(exp(c*j)/factorial(j), j)"),
        ("Sum(u**j*j**3, j)", "=", "Sum(j**3*u**j, j)"),
        ("E(exp(-abs(x)), x in L)", "=", "Integral(L(x)*exp(-abs(x)), x)"),
        ("Integral(abs(x - 1)*exp(-abs(2*x - c)), x)", "=", "Integral(abs(1 - x)*exp(-abs(c - 2*x)), x)"),
        ("E(abs(x - 3), x in L)", "=", "abs(c - 3) + r*exp(-abs(c - 3)/r)"),
        ("E(abs(x), x in L)", "=", "abs(c) + r*exp(-abs(c)/r)"),
        ("E(abs(u**2 - x), x in L)", "=", "abs(c - u**2) + r*exp(-abs(c - u**2)/r)"),
    ],
)  # fmt: skip
def test_what_is_proved(left: str, relation: str, right: str) -> None:
    assert status(left, relation, right) == "proved"


@pytest.mark.parametrize(
    ("left", "relation", "right"),
    [
        # A density is no mass function, a conditional one neither; and a mass function is one on its domain only.
        ("q(x)", "<=", "1"),
        ("q(x | y)", "<=", "1"),
        ("B(2)", "<=", "1"),
        ("Entropy(q(x), x)", ">=", "0"),
        ("P(k)", "<", "1"),
        ("Entropy(P)", ">", "0"),
        ("log(r)", ">=", "0"),
        ("log(u)", ">=", "-1"),
        ("factorial(c)", ">", "0"),
        ("factorial(j - 1)", "=", "factorial(j)/j"),
        ("factorial(j + 1)", "=", "factorial(j) + 1"),
        # These have no value, or need not have one.
        ("Sum(factorial(j), j)", "=", "Sum(factorial(j), j)"),
        ("Sum(r**j, j)", "=", "Sum(r**j, j)"),
        ("Sum(1, j)", "=", "Sum(1, j)"),
        ("Sum(exp(j**2)/factorial(j), j)", "=", "Sum(exp(j**2)/factorial(j), j)"),
        ("Sum(r**j/factorial(j)**c, j)", "=", "Sum(r**j/factorial(j)**c, j)"),
        ("Sum(1/j, j)", "=", "Sum(1/j, j)"),
        ("Integral(exp(abs(x)), x)", "=", "Integral(exp(abs(x)), x)"),
        ("Integral(exp(-c*abs(x)), x)", "=", "Integral(exp(-c*abs(x)), x)"),
        ("Integral(exp(x - abs(x)), x)", "=", "Integral(exp(x - abs(x)), x)"),
        ("Integral(abs(x), x)", "=", "Integral(abs(x), x)"),
        ("Integral(exp(-abs(x))/x, x)", "=", "Integral(exp(-abs(x))/x, x)"),
        ("Integral(exp(-abs(x))/abs(x), x)", "=", "Integral(exp(-abs(x))/abs(x), x)"),
        ("Integral(exp(abs(x)/x**2), (x, 0, 1))", "=", "Integral(exp(abs(x)/x**2), (x, 0, 1))"),
        ("Integral(exp(abs(x - 1)/x), (x, 0, 1))", "=", "Integral(exp(abs(x - 1)/x), (x, 0, 1))"),
        ("Integral(exp(-abs(c*x)), x)", "=", "Integral(exp(-abs(c*x)), x)"),
        ("E(abs(x - 3), x in L)", "=", "abs(c + 3) + r*exp(-abs(c + 3)/r)"),
        ("E(abs(2*x - 3), x in L)", "=", "abs(c - 3) + r*exp(-abs(c - 3)/r)"),
        ("E(exp(2*abs(x)/r), x in L)", "=", "E(exp(2*abs(x)/r), x in L)"),
    ],
)  # fmt: skip
def test_what_is_not_proved(left: str, relation: str, right: str) -> None:
    assert status(left, relation, right) != "proved"
