"""Definitions by cases: which case holds must be decided by numbers."""

from __future__ import annotations

import pytest

from klderive.derivation import Derivation, by
from klderive.notation import read_text, to_latex, to_text, to_unicode
from klderive.verify import verify

THIRDS = "Cases((1/3, x = 1), (2/3, x = 0))"


def cases(**definitions: str) -> Derivation:
    d = Derivation("cases")
    d.symbols(a="positive", c="real")
    d.density("p", of="x", on="{0, 1}", as_="1/2")
    for name, as_ in definitions.items():
        d.density(name, of="x", on="{0, 1}", as_=as_)
    return d


def one(d: Derivation, left: str, right: str, *reasons):
    d.chain(left).eq(right, *reasons)
    return verify(d).lines()[-1].verdict


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Sum(q(x), x)", "1"),
        ("q(1)", "1/3"),
        ("q(3 - 3)", "2/3"),
        ("E(x, x in q)", "1/3"),
        ("Entropy(q)", "log(3) - 2/3*log(2)"),
        ("KL(p, q)", "log(3) - 3/2*log(2)"),
        ("Cases((c, 1 < 1), (2*c, 1 != 2), (3*c, otherwise))", "2*c"),
        ("Cases((c, a - a >= 1), (2*c, otherwise))", "2*c"),
    ],
)
def test_proved_by_cases(left: str, right: str) -> None:
    verdict = one(cases(q=THIRDS), left, right)
    assert verdict.status == "proved", verdict.message
    assert not verdict.conditions


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("q(1)", "2/3"),
        ("Entropy(q)", "log(3)"),
        ("KL(p, q)", "KL(q, p)"),
        ("Cases((c, 1 <= 1), (2*c, otherwise))", "2*c"),
    ],
)
def test_refuted_by_cases(left: str, right: str) -> None:
    assert one(cases(q=THIRDS), left, right).status == "refuted"


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ("Cases((1/3, x = 1))", "no case holds"),
        ("Cases((4/3, x = 1), (-1/3, x = 0))", "nonnegative"),
        ("Cases((1/3, x = a), (2/3, otherwise))", "which case holds"),
        ("Cases((1/3, x >= 1), (1/x, otherwise))", "division by zero"),
        ("Cases((1/3, 0 < x <= 1), (2/3, otherwise))", "no rule for the case"),
    ],
)
def test_a_definition_must_have_a_value_everywhere(definition: str, message: str) -> None:
    verdict = verify(cases(q=definition)).lines()[-1].verdict
    assert verdict.status == "undecided"
    assert message in verdict.message


def test_what_is_defined_by_cases_is_not_known_to_be_normalised() -> None:
    d = cases(q="Cases((1/3, x = 1), (1/3, x = 0))")
    assert one(d, "Sum(q(x), x)", "1", by.normalisation("q")).status == "undecided"
    assert one(d, "Sum(q(x), x)", "1").status == "refuted"
    assert one(d, "Sum(q(x), x)", "2/3").status == "proved"


def test_a_case_is_not_decided_by_a_sign() -> None:
    assert one(cases(), "Cases((1, a > 0), (2, otherwise))", "1").status == "undecided"


def test_cases_are_printed() -> None:
    node = read_text("Cases((1/3, x = 1), (2/3, otherwise))")
    assert to_text(node) == "Cases((1/3, x = 1), (2/3, otherwise))"
    assert to_unicode(node) == "{1/3 if x = 1; 2/3 otherwise}"
    assert r"\begin{cases} 1/3 & \text{if } x = 1" in to_latex(node)
