"""Each condition stands once on a page."""

import re

import pytest

from klderive.library import load
from klderive.render.latex import latex_fragment
from klderive.render.terminal import terminal_rows
from klderive.verify import verify


def words_of(name, **options):
    rows = terminal_rows(verify(load(name)), width=4000, **options)
    return [row.plain.strip(" │") for row in rows]


def conditions(rows):
    found = []
    for row in rows:
        lead = re.match(r"provided (?:also )?that (.*)", row)
        found += lead[1].split("; ") if lead else []
    return found


@pytest.mark.parametrize("name", ["elbo", "kl-cross-entropy", "gaussian-l2", "chebyshev"])
def test_no_condition_is_said_twice(name):
    found = conditions(words_of(name))
    assert found
    assert len(found) == len(set(found))


def test_every_condition_is_said():
    report = verify(load("elbo"))
    said = len(conditions(words_of("elbo")))
    distinct = {c.text for c in report.conditions()}
    # Conditions that only name a bound variable otherwise read the same.
    assert 10 <= said <= len(distinct)


def test_a_line_refers_to_the_line_that_has_its_conditions():
    rows = words_of("kl-cross-entropy")
    assert "conditions as at ce:12" in rows
    assert "a condition among those at ce:12" in rows


def test_a_lemma_alone_says_its_own():
    assert conditions(words_of("gaussian-l2", lemma="T1"))


def test_latex_says_each_once():
    fragment = latex_fragment(verify(load("chebyshev")))
    assert fragment.count("provided that") == 2
    assert "conditions as at (2)" in fragment


def test_an_erratum_as_expected_does_not_say_what_it_lacks():
    shown = "\n".join(words_of("kl-cross-entropy"))
    assert "counterexample: " in shown
    assert "lacks" not in shown
    assert "p(0 | 0, 0) = 1/4" in shown
