"""Numbers of lines at a point."""

import pytest

from klderive.derivation import Derivation, by
from klderive.library import load
from klderive.verify.numbers import SettingError, numbers


def shown(found):
    return [(str(row.left), str(row.right), row.agreement) for row in found.lines]


def squares():
    d = Derivation("squares")
    d.symbols(a="real", b="positive")
    c = d.chain("(a + b)**2")
    c.eq("a**2 + 2*a*b + b**2", by.algebra)
    c.eq("a**2 + b**2", by.algebra)
    c.le("a**2", by.algebra)
    d.chain("1/(a - b)").ne("b", by.witness)
    return d


def test_the_number_changes_where_the_line_is_false():
    found = numbers(squares(), {"a": "-1/2", "b": "0.5"})
    assert shown(found) == [
        ("0", "0", "same"),
        ("0", "0.500000", "changed"),
        ("0.500000", "0.250000", "changed"),
        ("-1", "0.500000", "same"),
    ]
    assert found.chosen == ()


def test_what_has_no_value_says_why():
    row = numbers(squares(), {"a": "1", "b": "1"}).lines[-1]
    assert row.left.value is None
    assert "not defined" in row.left.why
    assert row.agreement == "unknown"


def test_what_is_not_set_is_chosen_and_said():
    found = numbers(squares(), {"a": "3"})
    assert found.chosen == ("b",)
    (b,) = (value for symbol, value in found.point.values.items() if str(symbol) == "b")
    assert b > 0


def test_the_divergence_of_two_gaussians():
    given = {"mu_gt": "0", "mu_m": "1", "sigma_gt": "1", "sigma_m": "2"}
    found = numbers(load("gaussian-l2"), given)
    by_number = {row.line.number: row for row in found.lines}
    # log 2 + (1 + 1)/8 - 1/2
    assert {str(by_number[n].right) for n in ("gauss:6", "gauss:8", "gauss:31", "gauss:32")} == {
        "0.443147"
    }
    assert str(by_number["gauss:34"].right) == "0.500000"
    assert not [row for row in found.lines if row.agreement == "changed"]


def test_an_abstract_density_is_given_by_name():
    found = numbers(load("gibbs-inequality"), {"p": "normal(0, 1)", "q": "normal(1, 2)"})
    assert "-0.443147" in {str(row.left) for row in found.lines}
    assert {row.agreement for row in found.lines} == {"same"}


def test_an_erratum_changes_the_number():
    found = numbers(load("jensen-shannon"), {})
    assert {row.agreement for row in found.lines if row.line.role == "erratum"} == {"changed"}


@pytest.mark.parametrize("name", ["elbo", "kl-versus-l2", "softmax", "normal-moments"])
def test_no_true_line_changes_its_number(name):
    assert all(row.agreement != "changed" for row in numbers(load(name), {}).lines)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("mu", "3", "did you mean mu_"),
        ("sigma_gt", "-1", "assumptions exclude"),
        ("mu_gt", "1/0", "write a number"),
        ("P_gt", "normal(0, 1)", "it is defined"),
        ("P", "exponential(1)", r"declared on \(-oo, oo\)"),
        ("P", "foo(1)", "not a known distribution"),
    ],
)
def test_what_cannot_be_set(name, text, words):
    with pytest.raises(SettingError, match=words):
        numbers(load("gaussian-l2"), {name: text})


def test_hypotheses_that_may_not_hold_are_told_of():
    assert numbers(load("chebyshev"), {}).heeded
    found = numbers(load("chebyshev"), {"p": "normal(0, 1)", "sigma": "2", "mu": "0"})
    assert not found.heeded
