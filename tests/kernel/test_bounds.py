"""Bounds by known inequalities: what they list, which reasons they need, and where they must not apply."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from klderive import prove
from klderive.statement import RelationName
from klderive.verify.answer import Answer

SYMBOLS = {
    "c": "positive",
    "a": "positive",
    "h": "density of s",
    "k": "density of s",
    "s": "variable on (-oo, oo)",
    "y": "variable on (0, oo)",
    "q": "density of s",
    "d": "density of y",
    "i": "variable on {1, ..., K}",
    "j": "variable on {1, ..., K}",
    "K": "positive integer",
    "P": "density of i on {1, ..., K}",
    "Q": "positive density of i on {1, ..., K}",
    "F": "function",
    "G": "function",
    "o": "data",
    "b": "data on (0, oo)",
    "n": "joint density of s, t",
    "t": "variable on (-oo, oo)",
}


def _verdict(
    left: str,
    relation: RelationName,
    right: str,
    *,
    assuming: Sequence[str] = (),
    using: Sequence[str] | None = None,
) -> Answer:
    return prove(left, right, relation, symbols=SYMBOLS, assuming=assuming, using=using)


@pytest.mark.parametrize(
    ("assuming", "proved"), [(["c < 1"], True), (["c <= 1"], True), (["c < 2"], False), ([], False)]
)
def test_a_mixture_needs_coefficients_that_are_not_negative(
    assuming: list[str], proved: bool
) -> None:
    verdict = _verdict("KL(c*h(s) + (1 - c)*k(s), k(s), s)", "<=", "c*KL(h, k)", assuming=assuming)
    assert (verdict.status == "proved") is proved
    # At c = 1 the mixture is h, which need not be positive where k is.
    listed = [str(condition) for condition in verdict.conditions]
    assert ("h(s) > 0 wherever k(s) > 0" in listed) is (assuming == ["c <= 1"])


def test_a_mixture_under_another_weight_lists_that_a_density_is_positive_there() -> None:
    verdict = _verdict("KL(q(s), c*h(s) + (1 - c)*k(s), s)", ">=", "0", assuming=["c < 1"])
    assert verdict.status == "proved"
    assert any("wherever q(s) > 0" in str(condition) for condition in verdict.conditions)


@pytest.mark.parametrize(
    ("left", "right", "listed"),
    [
        ("E(F(s)*G(s), s in h)**2", "E(F(s)**2, s in h)*E(G(s)**2, s in h)", 3),
        ("abs(E(F(s), s in h))", "E(abs(F(s)), s in h)", 2),
        ("E(F(i)*G(i), i in P)**2", "E(F(i)**2, i in P)*E(G(i)**2, i in P)", 0),
    ],
)
def test_what_an_inequality_introduces_must_converge(left: str, right: str, listed: int) -> None:
    verdict = _verdict(left, "<=", right)
    assert verdict.status == "proved"
    assert len(verdict.conditions) == listed


def test_a_square_that_need_not_have_a_mean_is_not_used() -> None:
    # The integral of 1/(1 + s^2) converges, that of its factor s/(1 + s^2) by itself does not.
    verdict = _verdict("Integral(s/(1 + s**2)**2, s)**2", "<=", "Integral(s**2/(1 + s**2), s)")
    assert verdict.status != "proved"


@pytest.mark.parametrize(
    ("left", "relation", "right", "proved"),
    [
        ("Sum(exp(o[j]), j)", ">=", "exp(o[i])", True),
        ("Sum(o[j], j)", ">=", "o[i]", False),
        ("Sum(b[j], j)", ">=", "b[i]", True),
        ("Sum(b[j], (j, 1, i))", ">=", "b[K]", False),
        ("Sum(b[j], (j, 2, K))", ">=", "b[i]", False),
        ("P(i)", "<=", "1", True),
        ("2*P(i)", "<=", "1", False),
        ("P(i)*F(i)", "<=", "F(i)", False),
        ("h(s)", "<=", "1", False),
    ],
)
def test_terms_of_sums(left: str, relation: RelationName, right: str, proved: bool) -> None:
    assert (_verdict(left, relation, right).status == "proved") is proved


@pytest.mark.parametrize(
    ("right", "assuming", "proved"),
    [
        ("1 + log(a)", ["E(y, y in d) = a"], True),
        ("log(a)", ["E(y, y in d) = a"], False),
        ("1 + log(a)", [], False),
        ("1 + log(a)", ["E(y**2, y in d) = a"], False),
        ("1 + log(a)/2", ["E(y**2, y in d) = a"], False),
    ],
)
def test_the_exponential_law_has_the_most_entropy_of_a_mean(
    right: str, assuming: list[str], proved: bool
) -> None:
    verdict = _verdict("Entropy(d)", "<=", right, assuming=assuming)
    assert (verdict.status == "proved") is proved


@pytest.mark.parametrize("relation", ["<", "<="])
def test_equality_is_possible(relation: RelationName) -> None:
    lines = [
        ("Entropy(d)", "1 + log(a)", ["E(y, y in d) = a"]),
        ("1", "Sum(P(i)**2/Q(i), i)", []),
        ("1/K", "Sum(P(i)**2, i)", []),
        ("Sum(sqrt(P(i)*Q(i)), i)", "1", []),
        ("Entropy(n(s, t), s, t)", "Entropy(n(s), s) + Entropy(n(t), t)", []),
        ("Sum(P(i)*o[i], i) + Entropy(P)", "log(Sum(exp(o[j]), j))", []),
    ]
    for left, right, assuming in lines:
        verdict = _verdict(left, relation, right, assuming=assuming)
        assert (verdict.status == "proved") is (relation == "<="), (left, relation, right)


@pytest.mark.parametrize(
    ("left", "relation", "right", "name"),
    [
        ("Sum(sqrt(P(i)*Q(i)), i)", "<=", "1", "inequality of the means"),
        ("Sum(exp(o[j]), j)", ">=", "exp(o[i])", "terms of a sum"),
        ("Sum(P(i)**2, i)", ">=", "1/K", "Cauchy-Schwarz inequality"),
    ],
)
def test_a_bound_needs_its_reason(left: str, relation: RelationName, right: str, name: str) -> None:
    assert name in _verdict(left, relation, right).uses
    assert _verdict(left, relation, right, using=["logarithms", "linearity"]).status != "proved"
