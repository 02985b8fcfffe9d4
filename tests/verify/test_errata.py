"""Errata, axioms and hypotheses: what is expected to be false, and what is openly assumed."""

from __future__ import annotations

import pytest

from klderive.derivation import Derivation, DerivationError, by
from klderive.verify import LineReport, Report, verify

X_P = "Integral(x*p(x), x)"


def new() -> Derivation:
    derivation = Derivation("test")
    derivation.symbols(a="real", b="real", s="positive", t="positive")
    return derivation


def at(report: Report, name: str) -> LineReport:
    return next(r for r in report.lines() if name in (r.line.label, r.line.number))


def statuses(report: Report) -> list[str]:
    return [line.verdict.status for line in report.lines()]


def squares(printed: str = "a**2 + b**2", corrects: str = "doc:1") -> Derivation:
    d = new()
    c = d.chain("(a + b)**2")
    c.eq(printed, by.algebra, erratum="the mixed term is missing", number="doc:1")
    c.eq("a**2 + 2*a*b + b**2", by.algebra, corrects=corrects)
    return d


# Errata


def test_an_erratum_is_refuted_and_the_line_after_it_starts_before_it() -> None:
    report = verify(squares())
    erratum, correction = report.lines()
    assert (erratum.verdict.status, correction.verdict.status) == ("refuted", "proved")
    assert erratum.verdict.counterexample is not None
    assert erratum.erratum
    assert not correction.erratum
    assert erratum.corrected_by == ("2",)
    assert correction.line.left == erratum.line.left
    assert report.verified
    assert report.errata() == (erratum,)
    assert report.counts() == {"proved": 1}


def test_the_same_line_without_the_mark_is_a_failure() -> None:
    d = new()
    d.chain("(a + b)**2").eq("a**2 + b**2", by.algebra)
    assert not verify(d).verified


@pytest.mark.parametrize("reasons", [(by.algebra,), (by.logarithms,), ()])
def test_a_true_erratum_is_a_failure_whatever_its_reason(reasons) -> None:
    d = new()
    d.chain("log(s*t)").eq("log(s) + log(t)", *reasons, erratum="said to be false")
    report = verify(d)
    assert report.lines()[0].verdict.status == "proved"
    assert not report.lines()[0].verified
    assert not report.verified


def test_an_undecided_erratum_is_a_failure() -> None:
    d = new()
    d.chain("ArgMin((a - 1)**2, a)").eq("ArgMin((a - 2)**2, a)", erratum="another minimum")
    d.define("f(u)", "1/u")
    d.chain("f(a)").eq("1/a", by.line("9"), erratum="nothing is known of f")
    report = verify(d)
    for line in report.errata():
        assert line.verified == (line.verdict.status == "refuted")
    assert not report.verified


@pytest.mark.parametrize("corrects", ["doc:2", "7", "2"])
def test_what_is_corrected_must_be_an_erratum_above(corrects: str) -> None:
    report = verify(squares(corrects=corrects))
    correction = report.lines()[1]
    assert correction.verdict.status == "undecided"
    assert f"there is no erratum {corrects} above this line" in correction.verdict.message
    assert not report.verified


def test_the_correction_may_not_stand_before_the_erratum() -> None:
    d = new()
    d.chain("a + a").eq("2*a", by.algebra, corrects="doc:1")
    d.chain("a + a").eq("a**2", by.algebra, erratum="a sum, not a product", number="doc:1")
    assert statuses(verify(d)) == ["undecided", "refuted"]


def test_an_erratum_without_number_is_corrected_by_its_label() -> None:
    d = new()
    c = d.chain("a + a")
    c.eq("a**2", erratum="a sum, not a product")
    c.eq("2*a", corrects="1")
    report = verify(d)
    assert report.verified
    assert report.lines()[0].corrected_by == ("2",)


def test_nothing_rests_on_an_erratum() -> None:
    d = new()
    p = d.density("p", of="x")
    c = d.chain("Integral((a*x + b)*p(x), x)")
    c.eq(f"a*{X_P}", erratum="the constant is missing", number="doc:1")
    d.chain("b").eq("0", by.line("doc:1"), by.linearity, by.normalisation(p))
    d.chain("b").eq("0")
    c.eq(f"a*{X_P} + b", by.linearity, by.normalisation(p), corrects="doc:1")
    d.chain("2*Integral((a*x + b)*p(x), x)").eq(f"2*(a*{X_P} + b)", by.line(c))
    report = verify(d)
    assert statuses(report) == ["refuted", "undecided", "refuted", "proved", "proved"]
    assert "is an erratum" in report.lines()[1].verdict.message
    assert c.label == "4"


def test_an_erratum_as_the_last_line_is_no_conclusion() -> None:
    d = new()
    lemma = d.lemma("L")
    c = lemma.chain("Integral(x*exp(-x**2), (x, 0, s))")
    c.eq("Integral(exp(-x**2)*x, (x, 0, s))", by.algebra)
    c.eq("7", erratum="it depends on s")
    m = d.chain("2*Integral(x*exp(-x**2), (x, 0, s))")
    m.eq("2*Integral(exp(-x**2)*x, (x, 0, s))", by.lemma(lemma))
    m.eq("14", erratum="it depends on s")
    report = verify(d)
    assert statuses(report) == ["proved", "refuted", "proved", "refuted"]
    for conclusion in (lemma.part.conclusion(), d.conclusion()):
        assert conclusion is not None
        assert conclusion[3].role == "step"


def test_a_chain_is_cited_by_its_last_line_that_is_no_erratum() -> None:
    d = new()
    c = d.chain("a + a")
    with pytest.raises(DerivationError, match="cannot be cited"):
        _ = c.eq("a", erratum="one is missing").label
    c.eq("2*a", corrects="1")
    c.eq("4*a", erratum="too many")
    assert c.label == "2"


def test_the_derivation_does_not_stand_on_its_errata() -> None:
    d = new()
    d.chain("s + s").eq("t", erratum="there is no t in a sum of s")
    report = verify(d)
    assert report.verified
    assert all(not s.lines for s in report.supports)


def test_an_erratum_that_is_not_refuted_leaves_its_lemma_alone() -> None:
    d = new()
    p = d.density("p", of="x")
    lemma = d.lemma("L")
    lemma.chain("Integral(a*p(x), x)").eq("a", by.linearity, by.normalisation(p))
    lemma.chain("a + a").eq("2*a", erratum="it is true")
    d.chain("Integral(a*p(x), x)").eq("a", by.lemma(lemma))
    report = verify(d)
    assert statuses(report) == ["proved", "proved", "proved"]
    assert not report.verified


def test_other_relations_have_errata() -> None:
    d = new()
    d.chain("s").le("s**2", erratum="false below one")
    d.chain("s").gt("s + t", erratum="t is positive")
    report = verify(d)
    assert statuses(report) == ["refuted", "refuted"]
    assert report.verified


@pytest.mark.parametrize(
    "options",
    [
        {"erratum": True},
        {"erratum": " "},
        {"corrects": True},
        {"erratum": "false", "corrects": "doc:1"},
    ],
)
def test_marks_are_words(options) -> None:
    with pytest.raises(DerivationError):
        new().chain("a").eq("a", **options)


def test_an_approximation_is_no_erratum() -> None:
    with pytest.raises(DerivationError, match="approximate"):
        new().chain("a").approx("b", erratum="far off")


# Axioms


def support(report: Report, kind: str, text: str):
    return next(s for s in report.supports if (s.kind, s.text) == (kind, text))


def test_a_line_by_an_axiom_is_assumed() -> None:
    d = new()
    d.axiom("big", "a is at most b", conditions=("both are large",), source="a book")
    c = d.chain("a").le("b", by.axiom("big"))
    c.le("b + s", by.algebra)
    report = verify(d)
    assert statuses(report) == ["assumed", "proved"]
    axiom = support(report, "axiom", "big")
    assert (axiom.statement, axiom.conditions, axiom.source) == (
        "a is at most b",
        ("both are large",),
        "a book",
    )
    assert axiom.lines == ("1",)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (by.axiom("law of large nombers"), "did you mean `law of large numbers`"),
        (by.axiom("iid"), "declared as a hypothesis, not an axiom"),
        (by.hypothesis("i.i.d."), "there is no hypothesis `i.i.d.`"),
        (by.hypothesis("law of large numbers"), "declared as an axiom"),
    ],
)
def test_only_declared_premises_are_cited(reason, words: str) -> None:
    d = new()
    d.axiom("law of large numbers")
    d.hypothesis("iid")
    with pytest.raises(DerivationError, match=words):
        d.chain("a").eq("b", reason)


def test_a_premise_is_declared_once() -> None:
    d = new()
    d.axiom("big")
    with pytest.raises(DerivationError, match="declared already"):
        d.hypothesis("big")
    with pytest.raises(DerivationError, match="needs a name"):
        d.axiom(" ")


def test_paths_go_down_through_lines_chains_and_lemmas() -> None:
    d = new()
    p = d.density("p", of="x")
    d.axiom("centre")
    lemma = d.lemma("L")
    inner = lemma.chain(X_P)
    inner.eq("a", by.axiom("centre"))
    inner.eq("a*Integral(p(x), x)", by.normalisation(p))
    middle = d.chain(f"2*{X_P}").eq("2*a", by.lemma(lemma), by.normalisation(p))
    d.chain(f"2*{X_P} + b").eq("2*a + b", by.line(middle))
    d.chain("a + a").eq("2*a", by.algebra)
    report = verify(d)
    assert report.verified, statuses(report)
    axiom = support(report, "axiom", "centre")
    assert axiom.lines == ("L.1",)
    assert set(axiom.paths) == {"1 <- lemma L", "2 <- line 1 <- lemma L"}


# Hypotheses


def test_an_equation_is_a_fact_for_the_lines_that_cite_it() -> None:
    d = new()
    d.density("p", of="x")
    centred = d.hypothesis("p is centred at 3", f"{X_P} = 3", source="page 2")
    d.chain(f"2*{X_P}").eq("6", by.hypothesis(centred))
    d.chain(f"2*{X_P}").eq("6", by.algebra)
    d.chain(f"2*{X_P}").eq("6")
    report = verify(d)
    assert statuses(report) == ["proved", "wrong_reason", "proved"]
    assert report.lines()[0].verdict.uses == ("hypothesis p is centred at 3",)
    assert report.lines()[2].reasons == ("p is centred at 3",)
    found = support(report, "hypothesis", "p is centred at 3")
    assert found.source == "page 2"
    assert {"1", "3"} <= set(found.lines)


def test_the_name_may_be_the_equation() -> None:
    d = new()
    d.density("p", of="x")
    d.hypothesis(f"{X_P} = 3")
    d.chain(f"2*{X_P}").eq("6", by.hypothesis(f"{X_P} = 3"))
    assert statuses(verify(d)) == ["proved"]


def test_an_equation_holds_for_all_values_of_its_variables() -> None:
    d = new()
    d.variable("x", on="X")
    d.density("p", of="x", on="X")
    d.density("q", of="x", on="X")
    d.hypothesis("the same", "p(x) = q(x)")
    d.chain("Sum(p(x)**2, (x, X))").eq("Sum(q(x)**2, (x, X))", by.hypothesis("the same"))
    d.chain("Sum(p(x)**2, (x, X))").eq("Sum(q(x)**3, (x, X))", by.hypothesis("the same"))
    found = statuses(verify(d))
    assert found[0] == "proved"
    assert found[1] != "proved"


def test_a_hypothesis_does_not_prove_more_than_it_says() -> None:
    d = new()
    d.density("p", of="x")
    d.hypothesis("centred", f"{X_P} = 3")
    d.chain(f"2*{X_P}").eq("7", by.hypothesis("centred"))
    d.chain("Integral(x**2*p(x), x)").eq("9", by.hypothesis("centred"))
    assert "proved" not in statuses(verify(d))


def pair() -> Derivation:
    """A density on a set; the hypothesis holds at (1/4, 3/4) but not at (1/2, 1/2)."""
    d = new()
    d.density("p", of="x", on="X")
    d.density("q", of="x", on="X")
    d.hypothesis("uneven", "Sum(p(x)**2, (x, X)) = 5/8")
    return d


def test_a_counterexample_meets_the_hypotheses() -> None:
    d = pair()
    d.chain("Sum(p(x)**3, (x, X))").eq("1/4", erratum="true only of a fair coin")
    d.chain("a").eq("b", erratum="this has nothing to do with p")
    cubes, other = verify(d).lines()
    assert cubes.verified
    assert "left side: 7/16 = 0.437500" in cubes.verdict.counterexample.explain()
    assert other.verified


@pytest.mark.parametrize("left", ["Sum(p(x)**3, (x, X))", "KL(p, q)"])
def test_where_a_hypothesis_fails_there_is_no_counterexample(left: str) -> None:
    d = pair()
    d.hypothesis("like q", "Sum(p(x)*q(x), (x, X)) = 5/8")
    right = {"KL(p, q)": "0"}.get(left, "7/16")
    d.chain(left).eq(right, by.hypothesis("uneven"))
    assert statuses(verify(d)) == ["undecided"]
    bare = new()
    bare.density("p", of="x", on="X")
    bare.density("q", of="x", on="X")
    bare.chain(left).eq(right)
    assert statuses(verify(bare)) == ["refuted"]


def test_a_witness_meets_the_hypotheses() -> None:
    d = pair()
    d.chain("Sum(p(x)**3, (x, X))").ne("7/16", by.witness)
    d.chain("Sum(p(x)**3, (x, X))").ne("1/4", by.witness)
    assert statuses(verify(d)) == ["undecided", "proved"]


def test_a_hypothesis_in_words_is_assumed() -> None:
    d = new()
    d.hypothesis("the limit and the minimum may be exchanged")
    d.chain("a").eq("b", by.hypothesis("the limit and the minimum may be exchanged"))
    assert statuses(verify(d)) == ["assumed"]


@pytest.mark.parametrize("formula", ["a <= b", "a = b = s", "a =", "a = 1", "a**2 = 2*b"])
def test_a_formula_must_be_an_equation_of_functions(formula: str) -> None:
    with pytest.raises(DerivationError):
        new().hypothesis("H", formula)


def test_what_no_step_uses_is_reported() -> None:
    d = new()
    d.density("p", of="x")
    d.axiom("idle axiom")
    d.hypothesis("idle words")
    d.hypothesis("idle equation", f"{X_P} = 3")
    d.hypothesis("cited but not needed", "Integral(x**2*p(x), x) = 10")
    d.assume("t < 1")
    d.chain("s + s").eq("2*s", by.algebra, by.hypothesis("cited but not needed"))
    report = verify(d)
    idle = {s.text for s in report.supports if not s.lines}
    assert idle == {
        "idle axiom",
        "idle words",
        "idle equation",
        "cited but not needed",
        "t < 1",
        "t > 0",
    }
    assert support(report, "assumption", "s > 0").lines == ("1",)


# Joint laws


def labels() -> Derivation:
    d = Derivation("test")
    for variable, over in (("x", "X"), ("y", "Y"), ("w", "W")):
        d.variable(variable, on=over)
    d.joint("ps", of="y, x")
    d.joint("p", of="y, x", given="w")
    d.density("p", of="x")
    d.hypothesis("p(x | w) = p(x)")
    return d


CROSS = "-Sum(ps(y, x)*log(p(y | x, w)), ((y, x), Y*X))"


def test_a_cross_entropy_with_dropped_terms_is_refuted() -> None:
    d = labels()
    whole = (
        f"Sum(ps(y, x)*log(ps(y, x)), ((y, x), Y*X)) + {CROSS}"
        " - Sum(ps(y, x)*log(p(x)), ((y, x), Y*X))"
    )
    d.chain(whole).eq(CROSS, erratum="the entropy and the prior are dropped")
    report = verify(d)
    assert report.verified
    example = report.lines()[0].verdict.counterexample
    assert example is not None
    assert {"p(0)", "ps(0, 0)"} <= {line.partition(" =")[0] for line in example.explain()}


@pytest.mark.parametrize(
    ("side", "false"), [("p(y, x | w), ps(y, x)", True), ("ps(y, x), p(y, x | w)", False)]
)
def test_exchanged_arguments_of_a_divergence_under_arg_min(side: str, false: bool) -> None:
    d = labels()
    d.chain(f"ArgMin(KL({side}, y, x), w)").eq(f"ArgMin({CROSS}, w)", erratum="said to be false")
    # The right order holds by the hypothesis, and must not be refuted, whether it is proved or not.
    assert (statuses(verify(d)) == ["refuted"]) == false
