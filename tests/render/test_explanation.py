"""One line in full."""

import pytest

from klderive.derivation import Derivation, by
from klderive.library import load
from klderive.render.explanation import step_rows, used
from klderive.render.terminal import terminal_rows
from klderive.verify import verify
from klderive.verify.normal_forms import normal_form


@pytest.fixture(scope="module")
def gaussian():
    return verify(load("gaussian-l2"))


def line_of(report, name):
    return next(line for line in report.lines() if name in (line.line.number, line.line.label))


def explained(report, name, **options):
    return step_rows(report, line_of(report, name), **options)


def test_what_is_used_says_what_it_says(gaussian):
    rows = [row.strip() for row in explained(gaussian, "gauss:17")]
    assert "∫ x P_gt dx = μ_gt" in rows
    assert "∫ P_gt dx = 1" in rows
    assert any(row.startswith("chain from  ∫ P_gt log P_gt dx") for row in rows)


def test_a_definition_is_shown_as_written(gaussian):
    (item,) = used(gaussian, line_of(gaussian, "gauss:6"))
    assert item.name == "definition of KL"
    assert item.says is not None


def test_cited_lines_and_those_that_cite(gaussian):
    assert "            ∫ x² P_gt dx = σ_gt² + μ_gt²" in explained(gaussian, "gauss:20")
    assert explained(gaussian, "gauss:19")[-1].startswith("cited by    gauss:20")


@pytest.mark.parametrize("name", ["elbo", "kl-cross-entropy", "coin-kl", "mle-kl", "chebyshev"])
def test_every_line_can_be_explained(name):
    report = verify(load(name))
    for line in report.lines():
        for width in (40, 80):
            rows = step_rows(report, line, width=width, ascii=True)
            assert all(row.isascii() for row in rows)
            assert all(len(row) <= width for row in rows)
    assert terminal_rows(report, detail="full")


def test_a_false_line_says_why():
    d = Derivation("false")
    d.symbols(a="real", b="positive")
    d.chain("(a + b)**2").eq("a**2 + b**2", by.algebra)
    rows = explained(verify(d), "1")
    assert "status      refuted: it is false" in rows
    assert any("the right side lacks 2a b" in row for row in rows)


def test_the_normal_form_is_that_of_both_sides():
    d = Derivation("forms")
    d.symbols(a="real", b="positive")
    d.chain("(a + 1)**2").eq("1 + 2*a + a**2", by.algebra)
    d.chain("a").eq("b", by.algebra)
    first, second = verify(d).lines()
    assert str(normal_form(d, first)) == "a**2 + 2*a + 1"
    assert normal_form(d, second) is None


def test_brief_has_the_statements_alone(gaussian):
    rows = [row.plain for row in terminal_rows(gaussian, detail="brief")]
    assert "│ ∫ P_gt log P_gt dx = −log(σ_gt √(2π)) − 1/2" in rows
    assert any(row.startswith("So ") for row in rows)
    assert not any("gauss:9" in row for row in rows)


def test_full_has_all_conditions_under_each_line():
    rows = [row.plain for row in terminal_rows(verify(load("chebyshev")), detail="full")]
    assert sum("provided that ∫ (μ² p(x)" in row for row in rows) == 2
    assert any("by the variance of x is σ²" in row for row in rows)
