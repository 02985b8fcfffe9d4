"""Lines that are equal up to a term, proportional, or tend to a limit: verdicts and print."""

from __future__ import annotations

import pytest

from klderive.derivation import Derivation, by
from klderive.render.json_report import report_data
from klderive.render.latex import latex_fragment
from klderive.render.terminal import terminal_rows
from klderive.verify import verify


def new() -> Derivation:
    d = Derivation("relations")
    d.symbols(a="real", b="positive", N="positive integer", w="real")
    d.variable("theta", on="Theta")
    d.density("q", of="x")
    d.density("p", of="x")
    d.axiom("law of large numbers", "means tend to expectations")
    return d


@pytest.mark.parametrize(
    ("kind", "left", "right", "over", "status"),
    [
        ("up_to", "a + w**2", "w**2", "w", "proved"),
        ("up_to", "KL(p, q)", "CrossEntropy(p, q)", "q", "proved"),
        ("up_to", "KL(p, q)", "CrossEntropy(p, q)", "p", "refuted"),
        ("up_to", "a*w", "w", "w", "refuted"),
        ("up_to", "theta + a", "theta", "theta", "proved"),
        ("up_to", "theta*a", "theta", "theta", "refuted"),
        ("proportional", "b*exp(w)", "exp(w)", "w", "proved"),
        ("proportional", "exp(w + a)", "exp(w)", "w", "proved"),
        ("proportional", "b*exp(w)", "exp(2*w)", "w", "refuted"),
        ("proportional", "a*exp(w)", "exp(w)", "w", "undecided"),
    ],
)
def test_verdicts(kind: str, left: str, right: str, over: str, status: str) -> None:
    d = new()
    getattr(d.chain(left), kind)(right, over)
    assert verify(d).lines()[-1].verdict.status == status


def test_a_limit_is_assumed_by_an_axiom_in_words_only() -> None:
    d = new()
    d.chain("1/N + a").tends("a", "N", "oo", by.axiom("law of large numbers"))
    d.chain("1/N + a").tends("a + 1", "N", "oo")
    first, second = verify(d).lines()
    assert first.verdict.status == "assumed"
    assert second.verdict.status == "refuted"


def test_a_line_up_to_a_term_is_no_equation_for_others() -> None:
    d = new()
    c = d.chain("KL(p, q)").up_to("CrossEntropy(p, q)", "q")
    d.chain("KL(p, q)").eq("CrossEntropy(p, q)", by.line(c))
    assert verify(d).lines()[-1].verdict.status in ("refuted", "undecided")


def shown() -> Derivation:
    d = new()
    d.chain("a + w**2").up_to("w**2", "w", by.algebra, number="doc:a")
    d.chain("b*exp(w)").proportional("exp(w)", "w", by.algebra)
    d.chain("1/N + a").tends("a", "N", "oo", by.axiom("law of large numbers"))
    return d


def test_the_terminal_says_what_a_relation_speaks_of() -> None:
    rows = "\n".join(row.plain for row in terminal_rows(verify(shown())))
    assert "a + w² = w² + const" in rows
    assert "up to a term free of w; algebra" in rows
    assert "b exp(w) ∝ exp(w)" in rows
    assert "up to a factor free of w; algebra" in rows
    assert "1/N + a → a" in rows
    assert "as N → ∞; law of large numbers" in rows
    plain = "\n".join(row.plain for row in terminal_rows(verify(shown()), ascii=True))
    assert plain.isascii()
    assert "as N -> oo" in plain


def test_latex_says_what_a_relation_speaks_of() -> None:
    latex = latex_fragment(verify(shown()))
    assert r"a + w^2 = w^2 + \mathrm{const}" in latex
    assert r"up to a term free of $w$; algebra" in latex
    assert r"\propto" in latex
    assert r"\frac{1}{N} + a \to a" in latex
    assert r"as $N$ $\to$ $\infty$; assumed: law of large numbers" in latex


def test_json_says_what_a_relation_speaks_of() -> None:
    steps = report_data(verify(shown()))["steps"]
    assert isinstance(steps, list)
    assert [(s["relation"], s["over"], s["to"]) for s in steps] == [
        ("up to", ["w"], None),
        ("proportional", ["w"], None),
        ("->", ["N"], "oo"),
    ]
