"""The walk through a derivation: reasons, lemmas, citations, special cases, definitions."""

from __future__ import annotations

import pytest

from klderive.derivation import Derivation, DerivationError, by
from klderive.verify import Report, verify

X_P = "Integral(x*p(x), x)"


def new() -> Derivation:
    derivation = Derivation("test")
    derivation.symbols(a="real", b="real", s="positive", t="positive")
    return derivation


def statuses(derivation: Derivation) -> dict[str, str]:
    return {line.line.label: line.verdict.status for line in verify(derivation).lines()}


def verdict(report: Report, label: str):
    return next(line.verdict for line in report.lines() if line.line.label == label)


def test_a_reason_is_checked() -> None:
    d = new()
    c = d.chain("log(s*t)")
    c.eq("log(s) + log(t)", by.logarithms)
    c.eq("log(t) + log(s)", by.linearity)
    d.chain("log(s*t)").eq("log(s) + log(t)", by.algebra)
    d.chain("log(s*t)").eq("log(s) - log(t)", by.logarithms)
    report = verify(d)
    assert statuses(d) == {"1": "proved", "2": "proved", "3": "wrong_reason", "4": "refuted"}
    assert verdict(report, "2").unused == ("linearity",)
    assert verdict(report, "3").suggestion == ("logarithms",)
    assert verdict(report, "4").counterexample is not None
    assert not report.verified


def test_a_line_without_a_reason_gets_the_smallest() -> None:
    d = new()
    p = d.density("p", of="x")
    d.chain("Integral(a*p(x), x)").eq("a")
    d.chain("a + b").eq("b + a")
    report = verify(d)
    assert set(report.lines()[0].reasons) == {"linearity", f"normalisation of {p.name}"}
    assert report.lines()[1].reasons == ("algebra",)


def test_one_bad_line_hides_no_other() -> None:
    d = new()
    c = d.chain("a")
    c.eq("a + 0")
    c.eq("a + 1")
    c.eq("1 + a")
    assert statuses(d) == {"1": "proved", "2": "refuted", "3": "proved"}


def test_a_chain_with_a_bad_line_cannot_be_cited() -> None:
    d = new()
    d.density("p", of="x")
    c = d.chain(X_P)
    c.eq(f"{X_P} + 1")
    c.eq(f"1 + {X_P}")
    d.chain(X_P).eq(f"{X_P} + 1", by.line(c))
    report = verify(d)
    assert [line.verdict.status for line in report.lines()][1:] == ["proved", "undecided"]
    assert "not available" in report.lines()[2].verdict.message


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (by.lemma("M"), "lemma M is not available here"),
        (by.line("9"), "there is no `line 9` above this line"),
        (by.fact("nonsense"), "there is no `nonsense` above this line"),
        (by.normalisation("q"), "there is no `normalisation of q` above this line"),
    ],
)
def test_a_missing_citation(reason, words: str) -> None:
    d = new()
    d.density("p", of="x")
    d.chain("Integral(p(x), x)").eq("1", reason)
    report = verify(d)
    assert report.lines()[0].verdict.status == "undecided"
    assert words in report.lines()[0].verdict.message


def test_a_lemma_is_a_fact_once_its_lines_hold() -> None:
    d = new()
    d.density("p", of="x")
    good = d.lemma("good")
    good.chain("Integral((a*x + b)*p(x), x)").eq(f"a*{X_P} + b")
    bad = d.lemma("bad")
    bad.chain(X_P).eq("7")
    itself = d.lemma("itself")
    itself.chain(X_P).eq("3", by.lemma("itself"))
    d.chain("Integral((a*x + b)*p(x), x)").eq(f"a*{X_P} + b", by.lemma(good))
    d.chain(X_P).eq("7", by.lemma(bad))
    d.chain(X_P).eq("3", by.lemma(itself))
    report = verify(d)
    found = [line.verdict.status for line in report.lines()]
    assert found == ["proved", "refuted", "undecided", "proved", "undecided", "undecided"]
    assert verdict(report, "1").uses == ("lemma good",)
    assert report.lines()[3].cites == ("lemma good",)


def test_a_lemma_stands_on_all_its_lines() -> None:
    d = new()
    p = d.density("p", of="x")
    lemma = d.lemma("L")
    lemma.chain("a").eq("a + 1")
    lemma.chain("Integral(a*p(x), x)").eq("a", by.linearity, by.normalisation(p))
    d.chain("Integral(a*p(x), x)").eq("a", by.lemma(lemma))
    assert list(statuses(d).values()) == ["refuted", "proved", "undecided"]


def test_the_conditions_of_a_lemma_come_with_it() -> None:
    d = new()
    d.density("p", of="x")
    lemma = d.lemma("L")
    lemma.chain("b*Integral(a*p(x), x)/b").eq("a")
    d.chain("b*Integral(a*p(x), x)/b").eq("a", by.lemma(lemma))
    report = verify(d)
    for line in report.lines():
        if line.verdict.status == "proved":
            assert "b != 0" in [str(c) for c in line.verdict.conditions]


def test_a_line_is_cited_by_label_or_number() -> None:
    d = new()
    p = d.density("p", of="x")
    c = d.chain("Integral(a*p(x), x)").eq("a", by.linearity, by.normalisation(p), number="eq:1")
    d.chain("Integral(a*p(x), x)").eq("a", by.line("eq:1"))
    d.chain("Integral(a*p(x), x)").eq("a", by.line(c))
    d.chain("Integral(a*p(x), x)").eq("a", by.line("1"))
    assert set(statuses(d).values()) == {"proved"}


def test_nothing_cites_what_stands_below() -> None:
    d = new()
    d.density("p", of="x")
    d.chain(X_P).eq("3", by.line("2"))
    d.chain(X_P).eq("3", by.line("1"))
    assert set(statuses(d).values()) == {"undecided"}


def test_what_is_assumed_is_said_to_be_assumed() -> None:
    d = new()
    d.density("p", of="x")
    d.hypothesis("centred at 3")
    d.chain(X_P).eq("3", by.hypothesis("centred at 3"))
    d.chain(f"2*{X_P}").eq("6", by.line("1"))
    d.chain(f"2*{X_P}").eq("6")
    d.chain("a").approx("b")
    report = verify(d)
    found = [line.verdict.status for line in report.lines()]
    assert found == ["assumed", "proved", "proved", "assumed"]
    kinds = {support.kind: support for support in report.supports}
    assert kinds["hypothesis"].text == "centred at 3"
    cited = " ".join(kinds["hypothesis"].paths)
    assert "2 <- line 1" in cited
    assert "3 <- line 1" in cited


def test_an_equation_may_be_a_hypothesis() -> None:
    d = new()
    d.density("p", of="x")
    d.hypothesis("centred", f"{X_P} = 3")
    d.chain(f"2*{X_P}").eq("6", by.hypothesis("centred"))
    d.chain(f"2*{X_P}").eq("7", by.hypothesis("centred"))
    d.chain(f"2*{X_P}").eq("6", by.algebra)
    report = verify(d)
    # The second is refuted by a density that meets the hypothesis.
    assert [line.verdict.status for line in report.lines()] == [
        "proved",
        "refuted",
        "wrong_reason",
    ]
    assert [s.text for s in report.supports if s.kind == "hypothesis"]


def test_contradicting_hypotheses_do_not_prove_numbers_equal() -> None:
    d = new()
    d.density("p", of="x")
    d.hypothesis("one", f"{X_P} = 7")
    d.hypothesis("other", f"{X_P} = 8")
    both = by.hypothesis("one"), by.hypothesis("other")
    d.chain("7").eq("8", *both)
    d.chain("7").eq("8")
    d.chain(f"{X_P} - {X_P}").eq("1", *both)
    assert "proved" not in statuses(d).values()


# Special cases


def test_a_special_case_holds_there_only() -> None:
    d = new()
    d.define("f(x)", "x**2")
    c = d.chain("f(a)")
    c.eq("a**2", by.definition("f"))
    there = c.at(a=3)
    there.eq("9", by.definition("f"))
    d.chain("f(a)").eq("9", by.line(there))
    d.chain("f(a)").eq("9")
    report = verify(d)
    found = [line.verdict.status for line in report.lines()]
    assert found == ["definition", "proved", "proved", "undecided", "refuted"]


def test_a_line_without_a_reason_does_not_use_a_special_case() -> None:
    d = new()
    d.define("f(x)", "x**2")
    c = d.chain("f(a)")
    c.eq("f(a)")
    c.at(a=3).eq("9")
    d.chain("f(a)").eq("9")
    assert list(statuses(d).values()) == ["definition", "proved", "proved", "refuted"]


@pytest.mark.parametrize(
    "values", [{"s": 0}, {"s": -1}, {"a": "a + 1"}, {"a": "s", "s": "-1"}], ids=str
)
def test_an_impossible_special_case_proves_nothing(values: dict) -> None:
    d = new()
    c = d.chain("a")
    c.eq("a")
    c.at(**values).eq("17")
    assert statuses(d)["2"] != "proved"


def test_values_are_given_once() -> None:
    d = new()
    c = d.chain("a")
    c.eq("a")
    c.at(a=1).at(a=2).eq("1")
    assert statuses(d)["2"] != "proved"


def test_a_condition_of_the_general_case_binds_the_special_case() -> None:
    d = new()
    c = d.chain("a*b/a")
    c.eq("b")
    c.at(a=0).eq("b", by.line(c))
    c.at(a=2).eq("b")
    found = statuses(d)
    assert found["2"] != "proved"
    assert found["3"] == "proved"


# Definitions


def test_a_definition_must_be_defined_everywhere() -> None:
    for formula in ("1/x", "log(x)", "sqrt(x)"):
        d = new()
        d.define("f(x)", formula)
        d.chain("f(0) - f(0)").eq("0")
        d.chain("f(-1) - f(-1)").eq("0")
        report = verify(d)
        assert report.lines()[0].verdict.status == "undecided"
        undefined = 1 if formula == "1/x" else 2
        assert report.lines()[undefined].verdict.status != "proved", formula


def test_a_negative_density_proves_nothing_of_its_sign() -> None:
    d = new()
    d.density("p", of="x", as_="-exp(-x**2)")
    d.chain("p(1)").ge("0")
    d.chain("Integral(p(x), x)").eq("1")
    report = verify(d)
    assert [line.verdict.status == "proved" for line in report.lines()] == [False] * 3
    assert report.lines()[0].verdict.status != "definition"


def test_a_density_that_is_not_its_law_loses_the_facts() -> None:
    d = new()
    p = d.density(
        "p",
        of="x",
        law="normal(a, s)",
        as_="1/(s*sqrt(2*pi))*exp(-(x - a)**2/(3*s**2))",
    )
    d.chain("Integral(p(x), x)").eq("1", by.normalisation(p))
    d.chain(X_P).eq("a")
    report = verify(d)
    assert not any(line.verdict.status == "proved" for line in report.lines())
    assert "is not the normal density" in report.lines()[1].verdict.message


def test_a_density_that_is_not_normalised_has_no_facts() -> None:
    d = new()
    d.density("p", of="x", as_="exp(-x**2)")
    d.chain("Integral(p(x), x)").eq("1")
    d.chain("Integral(exp(-x**2), x)").eq("1")
    assert "proved" not in statuses(d).values()


def test_defining_a_declared_density_takes_its_facts() -> None:
    d = new()
    d.density("p", of="x")
    try:
        d.define("p(x)", "exp(-x**2)")
    except ValueError:
        return
    d.chain("Integral(exp(-x**2), x)").eq("1")
    assert list(statuses(d).values())[-1] != "proved"


def test_a_recognised_definition_has_the_facts_of_its_law() -> None:
    d = new()
    p = d.density("p", of="x", as_="1/(s*sqrt(2*pi))*exp(-(x - a)**2/(2*s**2))")
    d.chain("Integral(p(x), x)").eq("1", by.normalisation(p))
    d.chain(X_P).eq("a", by.mean(p))
    d.chain("Entropy(p)").eq("log(s*sqrt(2*pi)) + 1/2")
    assert list(statuses(d).values()) == ["definition", "proved", "proved", "proved"]


def test_the_definition_of_an_operator_is_a_reminder() -> None:
    d = new()
    d.density("p", of="x")
    d.density("q", of="x")
    d.define("KL(p, q)", "Integral(p(x)*log(p(x)/q(x)), x)")
    d.define("KL(p, q)", "Integral(q(x)*log(q(x)/p(x)), x)")
    assert list(statuses(d).values()) == ["definition", "undecided"]


def test_circular_definitions_are_refused() -> None:
    d = new()
    d.density("p", of="x")
    d.density("q", of="x", as_="2*p(x)")
    try:
        d.define("p(x)", "q(x)*2")
    except ValueError:
        return
    d.chain("Integral(p(x), x)").eq("1")
    assert "proved" not in list(statuses(d).values())[-1:]


# Hidden dependence


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("ArgMin(Integral(q(x)*log(p(x)), x), a)", "ArgMin(0, a)"),
        ("ArgMin(KL(q, p), a)", "ArgMax(KL(q, p), a)"),
        ("ArgMin(f(1), a)", "ArgMax(f(1), a)"),
        ("ArgMin(Entropy(p), s)", "ArgMin(0, s)"),
        ("ArgMin(g(1), a)", "ArgMin(0, a)"),
    ],
)
def test_definitions_do_not_hide_what_they_depend_on(left: str, right: str) -> None:
    d = new()
    d.density("p", of="x", law="normal(a, s)")
    d.density("q", of="x", law="normal(b, t)")
    d.define("f(x)", "(x - a)**2")
    d.define("g(x)", "f(x) + 1")
    d.chain(left).eq(right)
    assert list(statuses(d).values())[-1] != "proved"


def test_the_law_of_a_density_keeps_to_its_support() -> None:
    for law, on, left in [
        ("normal(a, s)", "(0, oo)", "Integral(p(x), x)"),
        ("exponential(s)", "(1, oo)", "Integral(p(x), x)"),
        ("exponential(s)", "(-oo, oo)", "Integral(p(x), x)"),
        ("uniform(0, 1)", "(0, 2)", "Integral(p(x), x)"),
    ]:
        d = new()
        try:
            d.density("p", of="x", law=law, on=on)
        except ValueError:
            continue
        d.chain(left).eq("1")
        assert statuses(d)["1"] != "proved", (law, on)


def test_the_law_of_a_density_is_free_of_its_variable() -> None:
    d = new()
    d.density("q", of="x")
    try:
        d.density("p", of="x", law="normal(x, 1)")
    except ValueError:
        return
    d.chain(X_P).eq("x")
    assert "proved" not in statuses(d).values()


def test_progress_and_counts() -> None:
    d = new()
    d.chain("a").eq("a").eq("a + 0")
    seen = []
    report = verify(d, progress=lambda line: seen.append(line.label))
    assert seen == ["1", "2"]
    assert report.counts() == {"proved": 2}
    assert report.conditions() == ()


def test_a_relation_chain_composes() -> None:
    d = new()
    d.density("p", of="x")
    d.density("q", of="x")
    c = d.chain("KL(p, q)")
    c.ne("KL(q, p)", by.witness)
    with pytest.raises(DerivationError, match="does not compose"):
        c.ne("KL(p, q)", by.witness)
    assert set(statuses(d).values()) == {"proved"}
    e = new()
    e.chain("0").le("(a - b)**2").eq("(b - a)**2")
    conclusion = e.conclusion()
    assert conclusion is not None
    assert conclusion[1] == "<="


@pytest.mark.parametrize(
    ("left", "right", "status"),
    [
        ("log(1 - s(z))", "-z - log(1 + exp(-z))", "proved"),
        ("Diff(-log(1 - s(z)), z)", "s(z)", "proved"),
        ("log(1 - s(z))", "z - log(1 + exp(-z))", "refuted"),
        ("log(s(z) - 1)", "log(s(z) - 1)", "undecided"),
        ("log(1 - r(z))", "log(1 - z/(1 + exp(-z)))", "undecided"),
    ],
)
def test_the_sign_of_a_difference_may_show_in_a_definition(
    left: str, right: str, status: str
) -> None:
    d = Derivation("logistic")
    d.symbols(z="real")
    d.define("s(z)", "1/(1 + exp(-z))")
    d.define("r(z)", "z/(1 + exp(-z))")
    d.chain(left).eq(right)
    assert verify(d).lines()[-1].verdict.status == status
