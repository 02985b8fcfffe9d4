"""Joint distributions: mutual information, subadditivity of the entropy, independence as a hypothesis."""

from __future__ import annotations

import pytest

from klderive import Derivation
from klderive.verify import verify

INFORMATION = "KL(p(x, y), p(x)*p(y), x, y)"
ENTROPIES = "Entropy(p(x), x) + Entropy(p(y), y)"


def joint() -> Derivation:
    d = Derivation("t")
    d.variable("x", on="X")
    d.variable("y", on="Y")
    d.joint("p", of="x, y")
    d.density("q", of="x")
    d.density("r", of="y")
    return d


@pytest.mark.parametrize(
    ("left", "relation", "right", "proved"),
    [
        (INFORMATION, "eq", f"{ENTROPIES} - Entropy(p(x, y), x, y)", True),
        (INFORMATION, "eq", f"{ENTROPIES} + Entropy(p(x, y), x, y)", False),
        (INFORMATION, "ge", "0", True),
        (INFORMATION, "le", "0", False),
        (INFORMATION, "eq", "0", False),
        ("Entropy(p(x, y), x, y)", "ge", ENTROPIES, False),
        ("Entropy(p(x, y), x, y)", "le", "Entropy(p(x), x)", False),
        ("Sum(Sum(p(x, y), y), x)", "eq", "1", True),
        ("Sum(p(x, y), y)", "eq", "p(x)", True),
        ("Sum(p(x, y), y)", "eq", "p(y)", False),
        ("Sum(Sum(p(x | y)*p(y)*log(p(y)), y), x)", "eq", "Sum(p(y)*log(p(y)), y)", True),
        ("Sum(Sum(p(x | y)*p(y)*log(p(x)), y), x)", "eq", "Sum(p(y)*log(p(y)), y)", False),
    ],
)
def test_a_joint_distribution(left: str, relation: str, right: str, proved: bool) -> None:
    d = joint()
    getattr(d.chain(left), relation)(right)
    verdict = verify(d).lines()[-1].verdict
    assert (verdict.status == "proved") is proved, verdict.message


def test_the_entropy_is_subadditive_by_the_mutual_information() -> None:
    d = joint()
    d.chain(INFORMATION).eq(f"{ENTROPIES} - Entropy(p(x, y), x, y)")
    d.chain("Entropy(p(x, y), x, y)").le(ENTROPIES)
    assert [line.verdict.status for line in verify(d).lines()] == ["proved", "proved"]


@pytest.mark.parametrize(
    ("left", "right", "proved"),
    [
        (INFORMATION, "0", True),
        ("Entropy(p(x, y), x, y)", ENTROPIES, True),
        (
            "KL(p(x, y), q(x)*r(y), x, y)",
            "KL(p(x), q(x), x) + KL(p(y), r(y), y)",
            True,
        ),
        ("KL(p(x, y), q(x)*r(y), x, y)", "KL(p(x), q(x), x)", False),
    ],
)
def test_independence_is_a_hypothesis(left: str, right: str, proved: bool) -> None:
    d = joint()
    d.hypothesis("p(x, y) = p(x)*p(y)")
    d.chain(left).eq(right)
    report = verify(d)
    verdict = report.lines()[-1].verdict
    assert (verdict.status == "proved") is proved, verdict.message
    if proved:
        needed = {s.text for s in report.supports if s.kind == "hypothesis" and s.lines}
        assert needed == {"p(x, y) = p(x)*p(y)"}
