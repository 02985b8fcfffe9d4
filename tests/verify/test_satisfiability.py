"""A case in which everything assumed holds is shown, or it is said that none was found."""

from __future__ import annotations

from klderive import Derivation
from klderive.kernel.certificate import satisfies
from klderive.library import load
from klderive.render.supports import model_rows
from klderive.verify.satisfiability import satisfiability


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
    assert any("all hold" in row for row in model_rows(found))


def test_contradictory_assumptions_are_not_shown_satisfiable() -> None:
    d = sample("a < b", "b < a")
    assert satisfiability(d).model is None
    d = sample()
    d.hypothesis("one", "Sum(x*p(x), x) = 1/3")
    d.hypothesis("another", "Sum(x*p(x), x) = 2/3")
    found = satisfiability(d)
    assert found.model is None
    assert any("not shown satisfiable" in row for row in model_rows(found))


def test_where_nothing_is_assumed_nothing_is_said() -> None:
    found = satisfiability(sample())
    assert found.claims == 0
    assert model_rows(found) == []


def test_the_shipped_hypothesis_on_the_model_can_hold() -> None:
    found = satisfiability(load("kl-cross-entropy"))
    assert found.claims == 1
    assert found.model is not None
