"""What rests on what: every need is in the tree, once unfolded, and nothing else."""

from __future__ import annotations

import re

import pytest

from klderive.derivation import Derivation, by
from klderive.render import dependence
from klderive.render.dependence import Dependence, dependences
from klderive.render.html import html_page
from klderive.render.supports import dependence_rows
from klderive.verify import verify

from .reports import SHIPPED, hostile, shipped


def walk(items):
    for item in items:
        yield item
        yield from walk(item.below)


def depth(item: Dependence) -> int:
    return 1 + max(map(depth, item.below), default=0)


def small():
    """A lemma that two chains need, the last of them the conclusion; it rests on a cited fact."""
    d = Derivation("small")
    d.symbols(a="real")
    p = d.density("p", of="x")
    lemma = d.lemma("L")
    lemma.chain("Integral(p(x), x)").eq("1", by.normalisation(p))
    d.chain("Integral(p(x), x) + a").eq("1 + a", by.lemma("L"))
    d.chain("2*Integral(p(x), x)").eq("2", by.lemma("L"))
    return d


@pytest.mark.parametrize("name", SHIPPED)
def test_every_support_is_in_the_tree(name):
    report = shipped(name)
    items = list(walk(dependences(report)))
    named = {item.name for item in items}
    for support in report.supports:
        if support.lines and support.kind in ("cited fact", "axiom", "hypothesis"):
            assert support.text in named
    conditions = {label for item in items if item.kind == "conditions" for label in item.lines}
    lines = [line for line in report.lines() if not line.erratum]
    assert conditions == {line.line.label for line in lines if line.verdict.conditions}
    assert all(item.established for item in items)


@pytest.mark.parametrize("name", SHIPPED)
def test_each_chain_is_unfolded_once(name):
    items = [item for item in walk(dependences(shipped(name))) if item.relation is not None]
    here = [item.label for item in items if item.unfolded == "here"]
    assert len(here) == len(set(here))
    assert {item.label for item in items} == set(here)


def test_the_conclusion_is_the_first_root():
    for name in ("gaussian-l2", "elbo", "kl-cross-entropy", "chebyshev"):
        report = shipped(name)
        conclusion = report.derivation.conclusion()
        assert dependences(report)[0].label == conclusion[3].label


def test_a_lemma_is_unfolded_where_it_is_first_needed():
    first, second = dependences(verify(small()))
    assert (first.label, second.label) == ("2", "1")
    [lemma] = first.below
    assert (lemma.name, lemma.unfolded, lemma.lines) == ("lemma L", "here", ("2",))
    assert [(item.kind, item.name) for item in lemma.below] == [
        ("cited fact", "normalisation of p")
    ]
    [again] = second.below
    assert (again.name, again.unfolded, again.below) == ("lemma L", "above", ())


def test_a_chain_that_goes_on_below_a_cited_line():
    roots = dependences(shipped("kl-cross-entropy"))
    [root] = [root for root in roots if root.label == "5"]
    cited, conditions = root.below
    assert (cited.label, cited.unfolded, cited.lines) == ("3", "above", ("5",))
    assert (conditions.kind, conditions.lines) == ("conditions", ("5",))


def test_what_needs_nothing_is_plain_algebra():
    root = dependences(shipped("jensen-shannon"))[0]
    assert [item.name for item in root.below] == ["plain algebra", "conditions"]


def test_a_special_case_says_so():
    case = dependences(shipped("gaussian-l2"))[-1]
    assert case.label == "14"
    assert [item.label for item in case.below if item.relation] == ["12"]
    rows = dependence_rows(shipped("gaussian-l2"), ascii=True)
    assert any("with sigma_gt = sigma_m = 1" in row for row in rows)


def test_a_line_that_fails_establishes_nothing():
    d = small()
    d.chain("a*Integral(p(x), x)").eq("a + 1", by.lemma("L"))
    report = verify(d)
    root = dependences(report)[0]
    assert (root.label, root.established) == ("3", False)
    assert "not established" in "\n".join(dependence_rows(report))
    tree = html_page([report]).partition('<section class="dependence">')[2]
    assert tree.count("<strong>not established</strong>") == 1


def test_what_is_deep_is_a_root(monkeypatch):
    monkeypatch.setattr(dependence, "DEEPEST", 3)
    roots = dependences(shipped("gaussian-l2"))
    assert max(map(depth, roots)) == 4
    items = [item for item in walk(roots) if item.relation is not None]
    assert {item.label for item in items if item.unfolded == "below"} == {"T1.12"}
    assert [item.label for item in items if item.unfolded == "here"].count("T1.12") == 1
    assert roots[-1].label == "T1.12"
    assert "see below" in "\n".join(dependence_rows(shipped("gaussian-l2")))


def test_an_erratum_carries_nothing():
    names = {item.label for item in walk(dependences(shipped("kl-cross-entropy")))}
    errata = {line.line.label for line in shipped("kl-cross-entropy").errata()}
    assert errata
    assert not names & errata


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("ascii", [False, True])
def test_rows_fit(width, ascii):
    for report in [*map(shipped, SHIPPED), hostile()]:
        rows = dependence_rows(report, width=width, ascii=ascii)
        assert max(map(len, rows)) <= width
        assert not ascii or all(row.isascii() for row in rows)
        assert not ascii or not any("?" in row for row in rows) or report is hostile()


def test_an_empty_derivation():
    report = verify(Derivation("empty", title="Empty"))
    assert dependence_rows(report) == ["Empty", "", "It has no lines to prove."]
    assert 'class="dependence"' not in html_page([report])


def test_the_page_links_the_tree_to_the_lines():
    tree = html_page([shipped("gaussian-l2")]).partition('<section class="dependence">')[2]
    tree = tree.partition("</section>")[0]
    assert '<a href="#lemma-T1">lemma T1</a>' in tree
    assert re.search(r'needed by <a href="#11">gauss:31</a>', tree)
    assert "what it needs stands above" in tree
    assert "normal-moments" in tree
