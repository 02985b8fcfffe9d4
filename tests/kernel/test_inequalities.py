"""Inequalities, products, events and exchanged sums: what they prove, and what they must not."""

from __future__ import annotations

import pytest

from klderive import prove

DENSITIES = {"p": "density of x", "q": "density of x", "c": "positive", "m": "real"}
FINITE = {
    "P": "density of k on K",
    "Q": "density of k on K",
    "n": "positive integer",
    "w": "real",
    "s": "positive",
    "t": "nonnegative",
}


def _status(
    left: str, right: str, relation: str, symbols: dict[str, str], **options: object
) -> str:
    return prove(left, right, relation, symbols=symbols, **options).status  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("left", "relation", "right", "proved"),
    [
        ("log(u)", "<=", "u - 1", True),
        ("log(u)", "<=", "u - 101/100", False),
        ("log(u)", "<", "u - 1", False),
        ("log(u)", ">=", "u - 1", False),
        ("log(u)", "<=", "2*(u - 1)", False),
        ("3*log(u)", "<=", "3*u - 3", True),
        ("-log(u)", "<=", "1/u - 1", True),
        ("log(u*v)", "<=", "u*v - 1", True),
        ("log(u/v)", "<=", "u/v - 1", True),
        ("r*log(u)", "<=", "r*(u - 1)", False),
        ("t*log(u)", "<=", "t*(u - 1)", True),
        ("t*log(u/t)", "<=", "u - t", True),
    ],
)
def test_the_logarithm_lies_below_its_tangent(
    left: str, relation: str, right: str, proved: bool
) -> None:
    symbols = {"u": "positive", "v": "positive", "t": "nonnegative", "r": "real"}
    assert (_status(left, right, relation, symbols) == "proved") is proved


@pytest.mark.parametrize(
    ("left", "relation", "right", "proved"),
    [
        ("KL(p, q)", ">=", "0", True),
        ("KL(p, q)", ">", "0", False),
        ("KL(p, q)", ">=", "1/1000", False),
        ("KL(p, q)", "<=", "0", False),
        ("KL(p, q)", "<=", "KL(q, p)", False),
        ("CrossEntropy(p, q)", ">=", "Entropy(p)", True),
        ("CrossEntropy(p, q)", ">=", "Entropy(q)", False),
        ("Integral(p(x)*log(q(x)/p(x)), x)", "<=", "Integral(q(x) - p(x), x)", True),
        ("Integral(p(x)*log(q(x)/p(x)), x)", "<=", "Integral(q(x) - 2*p(x), x)", False),
        ("Integral(m*p(x)*log(q(x)/p(x)), x)", "<=", "0", False),
        ("E(log(q(x)), x in p)", "<=", "log(E(q(x), x in p))", True),
        ("E(log(q(x)), x in p)", ">=", "log(E(q(x), x in p))", False),
        ("E(log(q(x)), x in p)", "<=", "log(E(q(x), x in q))", False),
        ("2*E(log(q(x)), x in p)", "<=", "log(E(q(x), x in p))", False),
        ("2*E(log(q(x)), x in p)", "<=", "2*log(E(q(x), x in p))", True),
    ],
)
def test_bounds_of_divergences(left: str, relation: str, right: str, proved: bool) -> None:
    assert (_status(left, right, relation, DENSITIES) == "proved") is proved


def test_jensen_needs_a_normalised_weight() -> None:
    symbols = {**DENSITIES}
    line = ("Integral(2*p(x)*log(q(x)), x)", "log(Integral(2*p(x)*q(x), x))", "<=")
    assert prove(*line, symbols=symbols).status != "proved"  # type: ignore[arg-type]
    half = ("E(log(q(x)), x in p)", "log(E(q(x), x in p))", "<=")
    using = ["Jensen's inequality", "definition E", "linearity", "logarithms"]
    assert prove(*half, symbols=symbols, using=using).status == "wrong_reason"  # type: ignore[arg-type]
    using.append("normalisation of p")
    assert prove(*half, symbols=symbols, using=using).status == "proved"  # type: ignore[arg-type]


def test_a_bound_needs_its_reason() -> None:
    verdict = prove("log(u)", "u - 1", "<=", symbols={"u": "positive"}, using=["logarithms"])
    assert verdict.status == "wrong_reason"
    assert verdict.suggestion == ("log u <= u - 1",)


@pytest.mark.parametrize(
    ("left", "relation", "right", "proved"),
    [
        ("Prob(abs(x - m) >= c, x in p)", "<=", "E((x - m)**2, x in p)/c**2", True),
        ("Prob(abs(x - m) >= c, x in p)", "<=", "E((x - m)**2, x in p)/c", False),
        ("Prob(abs(x - m) >= c, x in p)", "<=", "E((x - m)**2, x in p)/(2*c**2)", False),
        ("Prob(abs(x - m) >= c, x in p)", "<=", "E(x**2, x in p)/c**2", False),
        ("Prob(x >= c, x in p)", "<=", "E(x, x in p)/c", False),
        ("Prob(x - m >= c, x in p)", "<=", "E(x - m, x in p)/c", False),
        ("Prob(abs(x - m) >= -c, x in p)", "<=", "E((x - m)**2, x in p)/c**2", False),
        ("Prob(abs(x - m) <= c, x in p)", "<=", "E((x - m)**2, x in p)/c**2", False),
        ("Prob(abs(x - m) >= c, x in p)", "=", "Prob((x - m)**2 >= c**2, x in p)", True),
        ("Prob(x - m >= c, x in p)", "=", "Prob((x - m)**2 >= c**2, x in p)", False),
        ("Prob(abs(x) >= m, x in p)", "=", "Prob(x**2 >= m**2, x in p)", False),
        ("Prob(abs(x - m) >= c, x in p)", ">=", "0", True),
        ("Prob(x**2 >= -1, x in p)", "=", "1", True),
        ("Prob(-1 >= x**2, x in p)", "=", "0", True),
    ],
)
def test_markov(left: str, relation: str, right: str, proved: bool) -> None:
    assert (_status(left, right, relation, DENSITIES) == "proved") is proved


@pytest.mark.parametrize(
    ("assuming", "proved"),
    [(["p <= 1", "q <= 1"], True), (["p <= 1", "q <= 2"], False), ([], False)],
)
def test_a_square_of_something_small_is_smaller(assuming: list[str], proved: bool) -> None:
    symbols = {"p": "nonnegative", "q": "nonnegative"}
    verdict = prove("(p - q)**2", "abs(p - q)", "<=", symbols=symbols, assuming=assuming)
    assert (verdict.status == "proved") is proved


@pytest.mark.parametrize(
    ("left", "right", "proved"),
    [
        ("Product(s*exp(w*i), (i, 1, n))", "s**n*exp(w*Sum(i, (i, 1, n)))", True),
        ("Product(s*exp(w*i), (i, 1, n))", "s*exp(w*Sum(i, (i, 1, n)))", False),
        ("log(Product(s + i, (i, 1, n)))", "Sum(log(s + i), (i, 1, n))", True),
        ("log(Product(s + i, (i, 1, n)))", "Sum(s + i, (i, 1, n))", False),
        ("Product(s + i, (i, 1, n))", "Product(s + k, (k, 1, n))", True),
        ("Product(s + i, (i, 1, n))", "Product(s + i, (i, 0, n))", False),
        ("Product((s + i)**2, (i, 1, n))", "Product(s + i, (i, 1, n))**2", True),
        ("Product(w + i, (i, 1, 2))", "(w + 1)*(w + 2)", True),
        ("Product(w + i, (i, 1, n))**2", "Product((w + i)**2, (i, 1, n))", True),
        ("log(Product(w**2, (i, 1, n)))", "n*log(w**2)", False),
    ],
)
def test_products(left: str, right: str, proved: bool) -> None:
    assert (_status(left, right, "=", FINITE) == "proved") is proved


def test_the_logarithm_of_a_product_is_a_law_of_logarithms() -> None:
    line = ("log(Product(s + i, (i, 1, n)))", "Sum(log(s + i), (i, 1, n))")
    assert prove(*line, symbols=FINITE, using=["linearity"]).status == "wrong_reason"
    assert prove(*line, symbols=FINITE, using=["logarithms"]).status == "proved"


def test_a_factor_of_a_product_is_no_weight() -> None:
    # Where P vanishes log(P) is not defined, and a product has no convention that would make up for it.
    left = "Product(exp(P(k)*log(P(k))), (k, K))"
    assert prove(left, left, symbols=FINITE).status != "proved"


@pytest.mark.parametrize(
    ("left", "right", "proved"),
    [
        ("ArgMin(-log(exp(w**2) + 1), w)", "ArgMax(w**2, w)", True),
        ("ArgMin(-log(exp(w**2) + 1), w)", "ArgMin(w**2, w)", False),
        ("ArgMax(exp(-(w - 1)**2), w)", "ArgMin((w - 1)**2, w)", True),
        ("ArgMax(exp(-(w - 1)**2), w)", "ArgMax((w - 1)**2, w)", False),
        ("ArgMax(exp(w)*exp(-w**2), w)", "ArgMax(w - w**2, w)", True),
        ("ArgMax(exp(w) + exp(-w**2), w)", "ArgMax(w - w**2, w)", False),
        ("ArgMax(w*exp(-w**2), w)", "ArgMax(log(s) + w - w**2, w)", False),
        ("ArgMin(w**3, w)", "ArgMin(w, w)", False),
        ("ArgMin(1/(w**2 + 1), w)", "ArgMax(w**2, w)", True),
        ("ArgMin(s*log(w**2 + 1) + 3, w)", "ArgMin(w**2, w)", True),
        ("ArgMin(r*log(w**2 + 1) + 3, w)", "ArgMin(w**2, w)", False),
        ("ArgMin(log(w**2), w)", "ArgMin(w**2, w)", False),
        (
            "ArgMin(-log(Product(exp(w*i) + 1, (i, 1, n))), w)",
            "ArgMax(Product(exp(w*i) + 1, (i, 1, n)), w)",
            True,
        ),
        (
            "ArgMin(-Sum(log(exp(w*i) + 1), (i, 1, n)), w)",
            "ArgMax(Product(exp(w*i) + 1, (i, 1, n)), w)",
            True,
        ),
    ],
)
def test_monotone_maps(left: str, right: str, proved: bool) -> None:
    symbols = {**FINITE, "r": "real"}
    assert (_status(left, right, "=", symbols) == "proved") is proved


@pytest.mark.parametrize(
    ("left", "right", "proved"),
    [
        (
            "Sum(P(k)*Sum(i**2*k + k**2, (i, 1, n)), k)",
            "Sum(Sum(P(k)*(i**2*k + k**2), k), (i, 1, n))",
            True,
        ),
        (
            "Sum(P(k)*Sum(exp(i*k), (i, 1, n))**2, k)",
            "Sum(Sum(Sum(P(k)*exp(i*k)*exp(j*k), k), (i, 1, n)), (j, 1, n))",
            True,
        ),
        (
            "Sum(P(k)*Sum(exp(i*k), (i, 1, n))**2, k)",
            "Sum(Sum(P(k)*exp(i*k)**2, k), (i, 1, n))",
            False,
        ),
        (
            "Sum(Sum(exp(i**2*j), (j, 1, n + 1)), (i, 1, n))",
            "Sum(Sum(exp(i**2*j), (i, 1, n)), (j, 1, n + 1))",
            True,
        ),
        (
            "Sum(Sum(exp(i**2*j), (j, 1, n + 1)), (i, 1, n))",
            "Sum(Sum(exp(j**2*i), (i, 1, n)), (j, 1, n + 1))",
            False,
        ),
        (
            "Sum(Sum(exp(i**2*j), (j, 1, i)), (i, 1, n))",
            "Sum(Sum(exp(i**2*j), (i, 1, n)), (j, 1, n))",
            False,
        ),
        (
            "Sum(Sum(exp(i**2*j), (j, 1, n)), (i, 1, n))",
            "Sum(Sum(exp(k**2*i), (i, 1, n)), (k, 1, n))",
            True,
        ),
    ],
)
def test_finite_sums_are_exchanged(left: str, right: str, proved: bool) -> None:
    symbols = {k: v for k, v in FINITE.items() if k != "Q"}
    assert (_status(left, right, "=", symbols) == "proved") is proved


@pytest.mark.parametrize(
    ("left", "relation", "right", "proved"),
    [
        ("E(x**2, x in p)", ">=", "E(x, x in p)**2", True),
        ("E(x**2, x in p)", "<=", "E(x, x in p)**2", False),
        ("E(x**2, x in p)", ">=", "2*E(x, x in p)**2", False),
        ("E((2*x + m)**2, x in p)", ">=", "(2*E(x, x in p) + m)**2", True),
        ("Integral(2*x**2*p(x), x)", ">=", "Integral(2*x*p(x), x)**2", False),
        ("E(x**2, x in p)", ">=", "E(x, x in q)**2", False),
        ("E(exp(x), x in p)", ">=", "exp(E(x, x in p))", True),
        ("E(exp(m*x + c), x in p)", ">=", "exp(m*E(x, x in p) + c)", True),
        ("E(exp(x), x in p)", "<=", "exp(E(x, x in p))", False),
        ("Integral(2*exp(x)*p(x), x)", ">=", "exp(Integral(2*x*p(x), x))", False),
        ("m*E(exp(x), x in p)", ">=", "m*exp(E(x, x in p))", False),
        ("Prob(abs(x) >= c, x in p)", "<=", "1", True),
        ("Prob(abs(x) >= c, x in p)", "<=", "1/2", False),
        ("Integral(2*p(x)*cos(x), x)", "<=", "1", False),
    ],
)
def test_convex_functions(left: str, relation: str, right: str, proved: bool) -> None:
    assert (_status(left, right, relation, DENSITIES) == "proved") is proved


@pytest.mark.parametrize(
    ("left", "relation", "right", "proved"),
    [
        ("exp(a)", "<=", "exp(a + b)", True),
        ("exp(a)", "<", "exp(a + b)", True),
        ("exp(a)", "<=", "exp(a - b)", False),
        ("exp(r)", ">=", "1 + r", True),
        ("exp(r)", ">=", "2 + r", False),
        ("2*exp(r)", ">=", "2 + 2*r", True),
        ("-exp(r)", ">=", "-1 - r", False),
        ("exp(-r)", ">=", "1 - r", True),
        ("log(a)", "<=", "log(a + b)", True),
        ("log(a + b)", "<=", "log(a)", False),
        ("sqrt(a)", "<=", "sqrt(a + b)", True),
        ("sqrt(a + b)", "<=", "sqrt(a)", False),
        ("r**2", "<=", "(r + b)**2", False),
        ("1/(a + b)", "<=", "1/a", True),
        ("1/a", "<=", "1/(a + b)", False),
        ("log(r**2)", "<=", "log(r**2 + b)", True),
    ],
)
def test_increasing_maps(left: str, relation: str, right: str, proved: bool) -> None:
    symbols = {"a": "positive", "b": "positive", "r": "real"}
    assert (_status(left, right, relation, symbols) == "proved") is proved


def test_the_entropy_is_at_most_that_of_the_uniform_distribution() -> None:
    symbols = {"n": "positive integer", "P": "density of k on {1, ..., n}"}
    assert prove("Entropy(P)", "log(n)", "<=", symbols=symbols).status == "proved"
    assert prove("Entropy(P)", "log(n) - 1/100", "<=", symbols=symbols).status != "proved"
    assert prove("Entropy(P)", "log(n)", ">=", symbols=symbols).status != "proved"
