"""A case in which everything assumed holds is shown, or it is said that none was found."""

from __future__ import annotations

import json

import pytest
from flint import fmpq

from klderive import Derivation
from klderive.certificates.certificate import satisfies
from klderive.certificates.models import Table
from klderive.library import catalogue, load
from klderive.render.html import html_page
from klderive.render.json_report import report_data
from klderive.render.latex import latex_document
from klderive.render.markdown import markdown
from klderive.render.supports import model_rows
from klderive.render.terminal import terminal_rows, verdict_rows
from klderive.verify import Report, verify
from klderive.verify.satisfiability import Satisfiability, satisfiability


def sample(*assumptions: str) -> Derivation:
    d = Derivation("t")
    d.symbols(a="positive", b="real")
    d.variable("x", on="X")
    d.density("p", of="x")
    for assumption in assumptions:
        d.assume(assumption)
    return d


def test_a_model_meets_all_assumptions() -> None:
    d = sample("a < 1", "b > a")
    d.hypothesis("mean", "Sum(x*p(x), x) = 2/3")
    found = satisfiability(d)
    assert found.claims == 3
    assert found.model is not None
    closed = [p.closed for p in d.premises.values() if p.closed is not None]
    assert satisfies(closed, d.context(), found.model)
    assert any("all hold" in row for row in model_rows(verify(d)))


def test_contradictory_assumptions_are_not_shown_satisfiable() -> None:
    d = sample("a < b", "b < a")
    assert satisfiability(d).model is None
    d = sample()
    d.hypothesis("one", "Sum(x*p(x), x) = 1/3")
    d.hypothesis("another", "Sum(x*p(x), x) = 2/3")
    found = satisfiability(d)
    assert found.model is None
    assert any("not shown satisfiable" in row for row in model_rows(verify(d)))


def in_each_format(report: Report) -> dict[str, str]:
    return {
        "terminal": "\n".join(row.plain for row in terminal_rows(report, width=1000)),
        "verify": "\n".join(row.plain for row in verdict_rows(report, width=1000)),
        "markdown": markdown(report),
        "latex": latex_document([report]),
        "html": html_page([report]),
        "json": json.dumps(report_data(report)),
        "axioms": "\n".join(model_rows(report, width=1000)),
    }


def test_each_format_says_what_is_not_shown_satisfiable() -> None:
    d = sample("a < b", "b < a")
    d.chain("a + b").eq("b + a")
    report = verify(d)
    for name, text in in_each_format(report).items():
        if name == "json":
            assert report_data(report)["satisfiability"] == {
                "assumed": 2,
                "shown": False,
                "model": [],
            }
        else:
            assert "not shown satisfiable" in text, name


def test_no_format_says_so_of_what_can_hold() -> None:
    d = sample("a < b")
    d.chain("a + b").eq("b + a")
    report = verify(d)
    for name, text in in_each_format(report).items():
        assert "not shown satisfiable" not in text, name
    assert report_data(report)["satisfiability"] == {
        "assumed": 1,
        "shown": True,
        "model": ["a = 1", "b = 2"],
    }


def test_an_error_of_the_search_hides_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    d = sample("a < b")
    d.chain("a + b").eq("b + a")

    def fails(derivation: Derivation) -> Satisfiability:
        raise ZeroDivisionError

    monkeypatch.setattr("klderive.verify.verifier.satisfiability", fails)
    report = verify(d)
    assert report.verified
    assert not report.satisfiability.shown


@pytest.mark.parametrize("name", [e.name for e in catalogue() if e.package == "klderive"])
def test_what_a_shipped_derivation_assumes_can_hold(name: str) -> None:
    found = satisfiability(load(name))
    assert found.shown
    if found.model is not None:
        d = load(name)
        closed = [p.closed for p in d.premises.values() if p.restricts and p.closed is not None]
        assert satisfies(closed, d.context(), found.model)


def test_random_variables_on_a_finite_space() -> None:
    model = satisfiability(load("variance-of-mean")).model
    assert model is not None
    values = {str(symbol): value for symbol, value in model.values.items()}
    # With n = 1 nothing would be said of their correlation.
    assert values["n"] == 2
    table = model.functions["X"]
    assert isinstance(table, Table)
    rows = [[table.entries[fmpq(i), fmpq(w)] for w in range(4)] for i in (1, 2)]
    mu = values["mu"]
    assert sum((a - mu) * (b - mu) for a, b in zip(*rows, strict=True)) == 0


def test_a_density_with_a_given_deviation() -> None:
    d = Derivation("t")
    d.symbols(sigma="positive")
    d.density("p", of="x", on="(-oo, oo)")
    d.hypothesis("mean", "Integral(x*p(x), x) = 1")
    d.hypothesis("variance", "Integral((x - 1)**2*p(x), x) = sigma**2")
    d.assume("sigma >= 2")
    found = satisfiability(d)
    assert found.model is not None
    assert "p(x) = normal(1, 2)" in found.model_texts()


def test_where_nothing_is_assumed_nothing_is_said() -> None:
    found = satisfiability(sample())
    assert found.claims == 0
    assert found.shown
    assert model_rows(verify(sample())) == []


def test_the_shipped_hypothesis_on_the_model_can_hold() -> None:
    found = satisfiability(load("kl-cross-entropy"))
    assert found.claims == 1
    assert found.model is not None
