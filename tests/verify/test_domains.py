"""Variables on integers, and variables that stand free: what is proved of them, and what is not."""

from __future__ import annotations

import pytest

from klderive.derivation import Derivation, DerivationError, by
from klderive.notation import NotationError, read_sympy, to_text
from klderive.verify import Report, verify


def bernoulli() -> Derivation:
    d = Derivation("bernoulli")
    d.symbols(a="positive", K="positive integer", m="integer", c="real")
    d.assume("a < 1")
    d.density("p", of="x", on="{0, 1}", as_="a**x*(1 - a)**(1 - x)")
    d.density("q", of="x", on="{0, 1}")
    d.density("r", of="x", on="{0, 1}")
    return d


def one(d: Derivation, left: str, right: str, relation: str = "eq"):
    getattr(d.chain(left), relation)(right)
    return verify(d).lines()[-1].verdict


def conditions(report: Report) -> set[str]:
    return {str(c) for line in report.lines() for c in line.verdict.conditions}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Sum(p(x), x)", "1"),
        ("Entropy(p)", "-a*log(a) - (1 - a)*log(1 - a)"),
        ("KL(q, r)", "CrossEntropy(q, r) - Entropy(q)"),
        ("E(x, x in q)", "1 - q(0)"),
        ("Var(x, x in p)", "a*(1 - a)"),
        ("Sum(q(x)*(log(q(x)) + c), x)", "c - Entropy(q)"),
        ("abs(q(x))", "q(x)"),
        ("abs(q(0))", "q(0)"),
    ],
)
def test_proved_on_integers(left: str, right: str) -> None:
    verdict = one(bernoulli(), left, right)
    assert verdict.status == "proved", verdict.message


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Sum(p(x), x)", "2"),
        ("Entropy(p)", "-a*log(a) - (1 - a)*log(a)"),
        ("KL(q, r)", "CrossEntropy(r, q) - Entropy(q)"),
        ("KL(q, r)", "KL(r, q)"),
        ("E(x, x in q)", "q(0)"),
        ("Sum(q(x), x)", "q(0)"),
    ],
)
def test_refuted_on_integers(left: str, right: str) -> None:
    assert one(bernoulli(), left, right).status == "refuted"


def test_a_divergence_keeps_its_condition() -> None:
    d = bernoulli()
    d.chain("KL(q, r)").eq("Sum(q(x)*log(q(x)/r(x)), x)", by.definition("KL"))
    assert conditions(verify(d)) == {"r(x) > 0 wherever q(x) > 0"}


def test_a_function_is_not_known_outside_the_integers() -> None:
    d = bernoulli()
    for outside in ("2", "-1", "1/2", "m"):
        assert one(d, f"abs(q({outside}))", f"q({outside})").status == "undecided"


def test_a_range_up_to_a_symbol() -> None:
    d = bernoulli()
    d.density("s", of="k", on="{1, ..., K}")
    assert one(d, "Sum(c*s(k), k)", "c").status == "proved"
    assert one(d, "abs(s(K))", "s(K)").status == "proved"
    assert one(d, "abs(s(K + 1))", "s(K + 1)").status == "undecided"
    assert one(d, "abs(s(k))", "s(k)").status == "proved"


def test_a_range_that_may_be_empty_is_refused() -> None:
    d = bernoulli()
    for declare in (
        lambda: d.variable("k", on="{1, ..., m}"),
        lambda: d.density("s", of="j", on="{1, ..., m}"),
    ):
        with pytest.raises(DerivationError, match="not established that 1 <= m"):
            declare()
    d.assume("m >= 3")
    d.density("s", of="i", on="{1, ..., m}")


@pytest.mark.parametrize(
    "on",
    [
        "{}",
        "{0, 2}",
        "{1, 0}",
        "{0, ..., a}",
        "{0.5, 1}",
        "{1, ..., 0}",
        "{..., 1}",
        "{0, 1",
        "{m}",
    ],
)
def test_what_is_no_range_of_integers(on: str) -> None:
    with pytest.raises(DerivationError):
        bernoulli().variable("k", on=on)


def test_there_is_no_integral_over_integers() -> None:
    with pytest.raises((DerivationError, NotationError), match="runs over integers"):
        bernoulli().chain("Integral(q(x), x)")


def test_a_sum_over_the_declared_range_reads_back() -> None:
    d = bernoulli()
    for text in ("Sum(q(x), x)", "Sum(q(x), (x, 0, 0))"):
        expression = d.read(text, None)[1]
        assert to_text(read_sympy(expression, d.scope)) == text


def free() -> Derivation:
    d = Derivation("free")
    d.symbols(c="real")
    d.variable("theta", on="Theta")
    d.variable("x", on="(0, oo)")
    d.variable("y", on="{0, 1}")
    d.density("P", of="x", given="theta", positive=True)
    d.density("Q", of="y", given="theta")
    return d


def test_a_free_variable_lies_in_its_domain() -> None:
    d = free()
    assert one(d, "log(P(x | theta)**2)", "2*log(P(x | theta))").status == "proved"
    assert one(d, "abs(Q(y | theta))", "Q(y | theta)").status == "proved"
    # A symbol lies in no domain, nor does another variable lie in that of x.
    for outside in ("P(c | theta)", "P(y | theta)", "P(x | c)", "P(x | x)"):
        assert one(d, f"log(({outside})**2)", f"2*log({outside})").status != "proved"


def test_a_free_variable_takes_the_values_of_its_domain_only() -> None:
    d = free()
    # False for other reals, where the variables never are.
    assert one(d, "x", "-1", "gt").status != "refuted"
    assert one(d, "y*(y - 1)", "0").status != "refuted"
    assert one(d, "x", "1", "gt").status == "refuted"
    assert one(d, "y", "0").status == "refuted"


def test_a_condition_that_never_holds_on_the_integers_proves_nothing() -> None:
    assert one(free(), "y*(y - 1)/(y*(y - 1))", "1").status != "proved"


def test_what_is_given_leaves_a_pmf_on_integers_normalised() -> None:
    d = free()
    assert one(d, "Sum(c*y*Q(y | theta), y)", "c*(1 - Q(0 | theta))").status == "proved"
    assert one(d, "Sum(Q(y | theta), y)", "1").status == "proved"
    assert one(d, "Q(0 | theta) + Q(1 | theta)", "1").status == "proved"
    assert one(d, "Sum(Q(y | theta), y)", "2").status == "refuted"
    # Not for what is given elsewhere than in its domain.
    assert one(d, "Q(0 | c) + Q(1 | c)", "1").status != "proved"
    assert one(d, "Q(0 | theta) + Q(0 | theta)", "1").status != "proved"
