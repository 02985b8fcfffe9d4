"""The inventory of the documents' relations, and what the shipped derivations have of it."""

import re

import pytest

from klderive.derivation import Derivation, by
from klderive.library import DocumentRelation, catalogue, document_relations, load
from klderive.verify import verify
from klderive.verify.coverage import coverage

COUNTS = {"gauss": 34, "elbo": 10, "ce": 24, "mle": 14}
COMPLETE = ("gauss", "elbo", "ce", "mle")
"""The documents of which no relation may be open."""


@pytest.fixture(scope="module")
def shipped():
    names = [entry.name for entry in catalogue() if entry.package == "klderive"]
    return coverage(document_relations(), [verify(load(name)) for name in names])


def test_the_inventory_counts_every_relation_once():
    numbers = [relation.number for relation in document_relations()]
    assert numbers == [f"{name}:{n}" for name, count in COUNTS.items() for n in range(1, count + 1)]


def test_the_inventory_is_in_words():
    for relation in document_relations():
        assert relation.says
        assert set(relation.expect) <= {"definition", "proved", "assumed", "refuted"}
        assert not re.search(r"[\\=]", relation.says)
    false = [r.number for r in document_relations() if "refuted" in r.expect]
    assert false == ["ce:14", "ce:15", "mle:4", "mle:11", "mle:13"]


def test_every_covered_relation_occurs_once_with_its_status(shipped):
    covered, strange = shipped
    assert [problem for relation in covered for problem in relation.problems()] == []
    assert [place.number for place in strange] == []


def test_complete_documents_have_no_open_relation(shipped):
    covered, _ = shipped
    open_ = [r.relation.number for r in covered if r.open and r.relation.document in COMPLETE]
    assert open_ == []


ROWS = (
    DocumentRelation("doc:1", "one", ("proved",)),
    DocumentRelation("doc:2", "two", ("definition", "proved")),
    DocumentRelation("doc:3", "three", ("refuted",)),
)


def derivation(name, lines):
    d = Derivation(name)
    d.symbols(a="real", b="real")
    for number, side, erratum in lines:
        if side == "definition":
            d.define(f"f{number[-1]}(u)", "u", number=number)
        else:
            d.chain("a + a").eq(side, by.algebra, number=number, erratum=erratum)
    return d


@pytest.mark.parametrize(
    ("lines", "problems"),
    [
        ([], []),
        ([("doc:1", "2*a", "")], []),
        ([("doc:1a", "2*a", ""), ("doc:1b", "2*a", "")], []),
        ([("doc:1a", "2*a", "")], ["doc:1b is missing"]),
        ([("doc:1", "2*b", "")], ["doc:1 is refuted, not proved"]),
        ([("doc:1", "2*a", ""), ("doc:1a", "2*a", "")], ["doc:1b is missing", "doc:1 is not in"]),
        ([("doc:2a", "definition", ""), ("doc:2b", "2*a", "")], []),
        ([("doc:2a", "2*a", ""), ("doc:2b", "2*a", "")], ["doc:2a is proved, not definition"]),
        ([("doc:2b", "2*a", "")], ["doc:2a is missing"]),
        ([("doc:2", "2*a", "")], ["doc:2a is missing", "doc:2b is missing", "doc:2 is not in"]),
        ([("doc:3", "2*b", "another letter")], []),
        ([("doc:3", "2*a", "true")], ["doc:3 is proved, not refuted"]),
        ([("doc:3", "2*b", "")], ["doc:3 is refuted, but not marked as an erratum"]),
    ],
)
def test_what_is_wrong_with_a_relation_is_said(lines, problems):
    covered, strange = coverage(ROWS, [verify(derivation("d", lines))])
    found = [problem for relation in covered for problem in relation.problems()]
    assert len(found) == len(problems), found
    assert all(f.startswith(p) for f, p in zip(found, problems, strict=True)), found
    assert not strange


def test_a_number_in_two_derivations_is_doubled():
    reports = [verify(derivation(name, [("doc:1", "2*a", "")])) for name in ("d", "e")]
    covered, _ = coverage(ROWS, reports)
    assert covered[0].problems() == ("doc:1 occurs 2 times",)


@pytest.mark.parametrize("number", ["doc:4", "doc:12", "doc:1-a"])
def test_an_unknown_number_of_a_document_is_seen(number):
    _, strange = coverage(ROWS, [verify(derivation("d", [(number, "2*a", "")]))])
    assert [place.number for place in strange] == [number]


def test_numbers_of_other_documents_are_none_of_ours():
    covered, strange = coverage(ROWS, [verify(derivation("d", [("other:1", "2*a", "")]))])
    assert not strange
    assert all(relation.open for relation in covered)
