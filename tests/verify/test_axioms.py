"""Axioms that are formulas: lines are proved from them, and everyone is told."""

from __future__ import annotations

import pytest

from klderive.derivation import Derivation, DerivationError, by
from klderive.kernel.reasons import Allowed
from klderive.statement import Fact, Statement
from klderive.verify import Report, verify
from klderive.verify.verifier import Walk

GAUSS = "Integral(exp(-t**2), (t, -oo, oo))"


def new() -> Derivation:
    d = Derivation("axioms")
    d.symbols(a="real", s="positive", N="positive integer")
    d.axiom("Gaussian integral", f"{GAUSS} = sqrt(pi)", source="a table")
    return d


def support(report: Report, text: str):
    (found,) = [s for s in report.supports if s.kind == "axiom" and s.text == text]
    return found


def test_a_line_is_proved_from_an_axiom() -> None:
    d = new()
    d.chain(f"a*{GAUSS}").eq("a*sqrt(pi)", by.axiom("Gaussian integral"), by.linearity)
    d.chain("Integral(exp(-u**2), (u, -oo, oo))").eq("sqrt(pi)", by.axiom("Gaussian integral"))
    report = verify(d)
    assert [line.verdict.status for line in report.lines()] == ["proved", "proved"]
    assert "axiom Gaussian integral" in report.lines()[0].verdict.uses
    assert report.lines()[0].reasons[0] == "Gaussian integral"
    found = support(report, "Gaussian integral")
    assert found.lines == ("1", "2")
    assert found.source == "a table"
    assert found.statement == f"{GAUSS} = sqrt(pi)"


def test_an_axiom_is_found_as_a_reason() -> None:
    d = new()
    d.chain(GAUSS).eq("sqrt(pi)")
    (line,) = verify(d).lines()
    assert line.reasons == ("Gaussian integral",)


def test_an_axiom_proves_no_more_than_it_says() -> None:
    d = new()
    reason = by.axiom("Gaussian integral")
    d.chain(GAUSS).eq("2*sqrt(pi)", reason)
    d.chain("Integral(exp(-t**2), (t, 0, oo))").eq("sqrt(pi)", reason)
    d.chain("Integral(exp(-t**2/s), (t, -oo, oo))").eq("sqrt(pi)", reason)
    d.chain("a").eq("a + 1", reason)
    d.chain(GAUSS).eq("sqrt(pi)", by.algebra)
    statuses = [line.verdict.status for line in verify(d).lines()]
    assert "proved" not in statuses
    assert "assumed" not in statuses
    assert statuses[-2:] == ["refuted", "wrong_reason"]


def test_an_axiom_about_something_abstract_restricts_counterexamples() -> None:
    d = new()
    d.variable("x", on="X")
    d.density("p", of="x", on="X")
    d.chain("Sum(p(x)**2, (x, X))").eq("5/8")
    assert verify(d).lines()[-1].verdict.status == "refuted"
    d.axiom("uneven", "Sum(p(x)**2, (x, X)) = 5/8")
    d.chain("Sum(3*p(x)**2, (x, X))").eq("15/8", by.axiom("uneven"), by.linearity)
    assert [line.verdict.status for line in verify(d).lines()] == ["proved", "proved"]
    # True only by the axiom, in a way that the kernel does not see: not refuted.
    d.chain("Sum(p(x)**2, (x, X))**2*a").eq("25*a/64 + 0*Sum(p(x)**4, (x, X))")
    assert verify(d).lines()[-1].verdict.status != "refuted"


@pytest.mark.parametrize(
    "statement", ["Sum(p(x)**2, (x, X)) < 1/10", "p(x) <= 1/3", "Sum(p(x)**2, (x, X)) -> 0"]
)
def test_an_axiom_that_no_point_is_known_to_meet_refutes_nothing(statement: str) -> None:
    d = new()
    d.variable("x", on="X")
    d.density("p", of="x", on="X")
    over = {"over": "N", "to": "oo"} if "->" in statement else {}
    d.axiom("strange", statement, **over)
    d.chain("Sum(p(x)**2, (x, X))").eq("1/2")
    assert verify(d).lines()[-1].verdict.status == "undecided"
    d.chain("a").eq("a + 1")
    assert verify(d).lines()[-1].verdict.status == "refuted"


def test_an_inequality_is_a_fact_but_no_rule() -> None:
    d = new()
    d.density("p", of="x", positive=True)
    d.axiom("bound", "Integral(x*p(x), x) <= a")
    d.axiom("limit", "Integral(x**2*p(x), x)/N -> a", over="N", to="oo")
    walk = Walk(d)
    bound, limit = walk.facts["axiom bound"], walk.facts["axiom limit"]
    assert (bound.relation, bound.source) == ("<=", "axiom")
    assert (limit.relation, limit.over, str(limit.to)) == ("->", ("N",), "oo")
    d.chain("Integral(x*p(x), x)").eq("a", by.axiom("bound"))
    d.chain("Integral(x**2*p(x), x)/N").eq("a", by.axiom("limit"))
    assert {line.verdict.status for line in verify(d).lines()} == {"undecided"}


def test_the_kernel_takes_no_inequality_for_an_equation() -> None:
    d = new()
    left, right = (d.read(text, None)[1] for text in ("Integral(t, (t, 0, a))", "a"))
    kernel = Walk(d).kernel(None)
    for relation, status in (("=", "proved"), ("<=", "undecided"), ("->", "undecided")):
        fact = Fact(relation, left, right, "axiom", relation=relation)  # type: ignore[arg-type]
        allowed = Allowed(facts=(fact,))
        verdict = kernel.judge(Statement(left, "=", right), allowed)
        assert verdict.status in (status, "refuted")
        assert (verdict.status == "proved") is (relation == "=")


def test_an_axiom_must_not_fix_what_is_optimised() -> None:
    d = new()
    d.density("p", of="x")
    d.density("q", of="x")
    d.axiom("equal", "q(x) = p(x)")
    d.chain("ArgMax(CrossEntropy(q, p), q)").eq(
        "ArgMax(KL(q, p), q)", by.axiom("equal"), by.definition("KL"), by.logarithms
    )
    assert verify(d).lines()[-1].verdict.status != "proved"


@pytest.mark.parametrize(
    ("statement", "options"),
    [
        ("a = 2*s", {}),
        ("0 <= Integral(t, (t, 0, a)) <= 1", {}),
        ("Integral(t, (t, 0, a)) != 1", {}),
        ("Integral(t, (t, 0, a)) =", {}),
        ("Integral(t, (t, 0, a)) -> 1", {}),
        ("Integral(t, (t, 0, a)) -> 1", {"over": "N"}),
        ("Integral(t, (t, 0, a)) -> 1", {"over": "t", "to": "oo"}),
        ("Integral(t, (t, 0, a)) -> 1", {"over": "N", "to": "N + 1"}),
        ("Integral(t, (t, 0, a)) = 1", {"over": "N", "to": "oo"}),
        ("in words", {"over": "N", "to": "oo"}),
    ],
)
def test_formulas_that_are_refused(statement: str, options: dict[str, str]) -> None:
    with pytest.raises(DerivationError):
        new().axiom("A", statement, **options)
