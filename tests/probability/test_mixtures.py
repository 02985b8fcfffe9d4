"""Sums of densities as weights, and under the logarithms of their terms: what is proved of them, and what is not."""

from __future__ import annotations

import pytest

from klderive import prove

SYMBOLS = {
    "p": "density of x",
    "q": "density of x",
    "r": "density of x",
    "P": "density of k on K",
    "Q": "density of k on K",
    "R": "density of k on K",
    "f": "function",
    "s": "positive",
}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Sum(P(k)*log(P(k) + Q(k)), k)", "Sum(P(k)*(log(2) + log((P(k) + Q(k))/2)), k)"),
        (
            "Sum((P(k) + Q(k))*log(P(k) + Q(k)), k)",
            "Sum(P(k)*log(P(k) + Q(k)) + Q(k)*log(P(k) + Q(k)), k)",
        ),
        (
            "KL(P(k), (P(k) + s*Q(k))/(1 + s), k)",
            "Sum(P(k)*log(P(k)), k) - Sum(P(k)*log(P(k) + s*Q(k)), k) + log(1 + s)",
        ),
        ("Integral((p(x) - q(x))*log(p(x)/q(x)), x)", "KL(p, q) + KL(q, p)"),
    ],
)
def test_a_sum_is_positive_where_a_term_is(left: str, right: str) -> None:
    assert prove(left, right, symbols=SYMBOLS).status == "proved"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        # No weight: where both are 0 there is no logarithm.
        ("Sum(log(P(k) + Q(k)), k)", "Sum(log(Q(k) + P(k)), k)"),
        # Where P is positive the difference may be negative.
        ("Sum(P(k)*log(P(k) - Q(k)/2), k)", "Sum(P(k)*log(2*P(k) - Q(k)), k) - log(2)"),
        ("Sum(P(k)*log(P(k) + f(k)), k)", "Sum(P(k)*log(f(k) + P(k)), k)"),
        # The quotient leaves the logarithm.
        ("Sum(P(k)/(P(k) + Q(k)), k)", "1 - Sum(Q(k)/(P(k) + Q(k)), k)"),
        ("Sum(P(k)*exp(1/(P(k) + Q(k))), k)", "Sum(P(k)*exp(1/(Q(k) + P(k))), k)"),
        # A factor without a density in each term is no weight.
        ("Sum((P(k) + 1)*log(P(k)), k)", "Sum(P(k)*log(P(k)) + log(P(k)), k)"),
        ("Sum((P(k) + f(k))*log(P(k)), k)", "Sum(P(k)*log(P(k)) + f(k)*log(P(k)), k)"),
        # Where P is 0 and Q is not, the logarithm counts.
        ("Sum((P(k) + Q(k))*log(P(k)), k)", "Sum(P(k)*log(P(k)), k)"),
    ],
)
def test_a_sum_that_may_vanish_is_not_divided_by(left: str, right: str) -> None:
    assert prove(left, right, symbols=SYMBOLS).status != "proved"


def test_a_logarithm_under_a_sum_of_weights_needs_both() -> None:
    verdict = prove(
        "Sum((P(k) + Q(k))*log(P(k)), k)",
        "Sum(P(k)*log(P(k)), k) + Sum(Q(k)*log(P(k)), k)",
        symbols=SYMBOLS,
    )
    assert verdict.status == "proved"
    assert [str(c) for c in verdict.conditions] == ["P(k) > 0 wherever Q(k) > 0"]


def test_the_weight_of_another_density_needs_a_condition() -> None:
    verdict = prove(
        "Sum(R(k)*log(P(k) + Q(k)), k)", "Sum(R(k)*log(Q(k) + P(k)), k)", symbols=SYMBOLS
    )
    assert verdict.status == "proved"
    assert [str(c) for c in verdict.conditions] == ["P(k) > 0 wherever R(k) > 0"]
