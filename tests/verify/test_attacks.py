"""False or vacuous lines that a careless kernel calls proved: definitions, families of densities, hypotheses."""

from __future__ import annotations

import pytest

from klderive.derivation import Derivation, DerivationError, by
from klderive.refute import Search
from klderive.statement import Context, RelationName, Statement
from klderive.verify import prove, verify


def last_status(d: Derivation) -> str:
    return verify(d).lines()[-1].verdict.status


def new() -> Derivation:
    d = Derivation("attack")
    d.symbols(a="real", b="real", k="positive")
    return d


def test_a_density_keeps_no_sign_that_rested_on_a_rejected_definition() -> None:
    d = new()
    d.density("p", of="x")
    d.density("q", of="x", as_="p(x)")
    d.define("p(x)", "-exp(-x**2)")
    d.chain("q(1)").ge("0")
    assert last_status(d) == "refuted"


def test_conditions_of_a_later_definition_are_kept() -> None:
    d = new()
    d.density("p", of="x")
    d.define("g(x)", "p(x) + 1")
    d.define("p(x)", "exp(-x**2)/a**2")
    d.chain("g(1) - g(1)").eq("0")
    verdict = verify(d).lines()[-1].verdict
    assert verdict.status == "proved"
    assert [str(c) for c in verdict.conditions] == ["a != 0"]


@pytest.mark.parametrize("domain", ["(a, b)", "(a, a)", "(1, 0)"])
def test_a_density_needs_an_interval_that_is_not_empty(domain: str) -> None:
    with pytest.raises(DerivationError, match="not established"):
        new().density("p", of="x", on=domain)


def test_a_condition_that_can_never_hold_does_not_count() -> None:
    empty = "Integral(p(x), (x, 1, 1))"
    assert prove(f"{empty}/{empty}", "1", symbols={"p": "density of x"}).status != "proved"


@pytest.mark.parametrize(("given", "expected"), [("-5", False), ("a", False), ("2", True)])
def test_a_fact_holds_in_the_domain_of_its_parameters_only(given: str, expected: bool) -> None:
    d = new()
    d.variable("x", on="(0, oo)")
    d.variable("y", on="(-oo, oo)")
    d.density("p", of="y", given="x")
    d.chain(f"Integral(p(y | {given}), y)").eq("1")
    assert (last_status(d) == "proved") is expected


def test_a_density_names_each_variable_once() -> None:
    d = new()
    d.variable("x", on="(0, oo)")
    with pytest.raises(DerivationError, match="twice"):
        d.density("p", of="x", given="x")


def test_hypotheses_that_rewrite_themselves_end() -> None:
    d = new()
    d.density("p", of="x")
    d.hypothesis("shift", "p(x) = p(x + 1)")
    d.chain("p(a) + 1").eq("p(b) + 1")
    assert last_status(d) != "proved"


def test_a_functional_is_defined_for_its_own_function_only() -> None:
    d = new()
    d.density("q", of="z")
    d.density("r", of="z")
    d.define("F(q)", "Integral(q(z)*z**2, z)")
    with pytest.raises(DerivationError, match="defined for the functions q only"):
        d.chain("F(r)")


def test_a_hypothesis_must_not_fix_what_is_optimised() -> None:
    d = new()
    d.density("q", of="x")
    d.density("p", of="x")
    d.hypothesis("equal", "q(x) = p(x)")
    d.chain("ArgMin(KL(q, p), q)").eq(
        "ArgMax(KL(q, p), q)", by.hypothesis("equal"), by.definition("KL"), by.logarithms
    )
    assert last_status(d) != "proved"


def test_a_binder_does_not_bind_what_stands_in_a_definition() -> None:
    d = new()
    d.define("f(x)", "x/k")
    with pytest.raises(DerivationError, match="stands in the definition"):
        d.chain("Integral(f(1), (k, 1, 2))")


def test_a_hypothesis_does_not_define_again_what_is_defined() -> None:
    d = new()
    d.density("p", of="x", law="normal(a, k)")
    with pytest.raises(DerivationError, match="could contradict"):
        d.hypothesis("other", "p(x) = exp(-x)")


def test_nothing_is_listed_of_a_density_outside_its_domain() -> None:
    densities = {"p": "density of x on (0, oo)"}
    assert prove("p(-5)/p(-5)", "1", symbols=densities).status != "proved"
    outside = "Integral(p(x), (x, -2, -1))"
    assert prove(f"{outside}/{outside}", "1", symbols=densities).status != "proved"
    both = {"p": "density of x", "q": "density of y on (0, oo)"}
    split = "Integral(p(x)*log(p(x)), x) - Integral(p(x)*log(q(x)), x)"
    assert prove("KL(p(x), q(x), x)", split, symbols=both).status != "proved"
    assert prove("p(5)/p(5)", "1", symbols=densities).status == "proved"


def optima() -> Derivation:
    d = new()
    d.symbols(w="real")
    d.density("r", of="u")
    d.hypothesis("mean", "Integral(u*r(u), u) = w")
    d.define("square", "ArgMin(w**2, w)")
    d.define("itself", "ArgMin(w, w)")
    d.define("distance", "ArgMin((w - Integral(u*r(u), u))**2 + w, w)")
    return d


def test_what_a_name_of_optima_varies_is_not_fixed() -> None:
    d = optima()
    d.chain("square").eq("square").at(w=0).eq("itself")
    assert last_status(d) != "proved"
    d = optima()
    d.chain("distance").eq("itself", by.hypothesis("mean"))
    assert last_status(d) != "proved"
    d = optima()
    d.chain("distance").eq("itself")
    assert last_status(d) != "proved"


def test_a_name_of_optima_is_compared_with_a_point() -> None:
    d = optima()
    d.chain("square").eq("a", by.stationary, by.definition("square"))
    assert last_status(d) == "undecided"
    d = optima()
    c = d.chain("square").eq("0", by.stationary, by.definition("square"))
    c.eq("0", by.stationary)
    first, second = verify(d).lines()[-2:]
    assert first.verdict.status == "proved"
    assert "definition square" in first.verdict.uses
    assert second.verdict.status == "proved"


def conditional() -> Derivation:
    d = Derivation("conditional")
    d.variable("x", on="X")
    d.variable("v", on="V")
    d.density("p", of="x", given="v")
    d.density("q", of="x", given="v")
    return d


def test_an_optimum_varies_the_densities_of_its_letter() -> None:
    d = conditional()
    d.chain("ArgMin(Sum(Sum(p(x | v)*q(x | v), x), v), p)").eq(
        "ArgMax(Sum(Sum(p(x | v)**2, x), v), p)"
    )
    assert last_status(d) != "proved"
    d = conditional()
    d.hypothesis("equal", "p(x | v) = q(x | v)")
    d.chain("ArgMin(Sum(Sum(p(x | v)*q(x | v), x), v), p)").eq(
        "ArgMin(Sum(Sum(q(x | v)**2, x), v), p)", by.hypothesis("equal")
    )
    assert last_status(d) != "proved"
    d = conditional()
    d.chain("ArgMin(Sum(KL(q(x | v), p(x | v), x), v), p)").eq(
        "ArgMin(Sum(CrossEntropy(q(x | v), p(x | v), x), v), p)"
    )
    assert last_status(d) == "proved"


def test_what_is_assumed_of_a_joint_density_is_heeded_for_its_marginal() -> None:
    d = new()
    d.variable("x", on="(-oo, oo)")
    d.variable("y", on="(-oo, oo)")
    d.density("p", of="x, y")
    d.density("p", of="x")
    d.hypothesis("centred", "Integral(x*p(x, y), x) = 0")
    d.chain("Integral(x*p(x), x)").eq("0")
    assert last_status(d) == "undecided"


@pytest.mark.parametrize(
    ("kind", "to", "expected"),
    [
        ("positive", "-1", False),
        ("positive", "c", False),
        ("negative", "1", False),
        ("positive", "0", True),
        ("negative", "-1", True),
        ("real", "-1", True),
    ],
)
def test_a_symbol_does_not_tend_to_where_its_sign_keeps_it_from(
    kind: str, to: str, expected: bool
) -> None:
    symbols = {"u": kind, "c": "real"}
    verdict = prove("2*u", f"2*({to})", "->", over="u", to=to, symbols=symbols)
    assert (verdict.status == "proved") is expected, verdict.message


def test_circular_facts_about_exchanged_sums_come_to_an_end() -> None:
    d = new()
    d.variable("x", on="X")
    d.variable("y", on="Y")
    d.function("f", of="x, y")
    d.function("g", of="x, y")
    d.hypothesis("columns", "Sum(f(x, y), x) = Sum(g(x, y), x)")
    d.hypothesis("rows", "Sum(g(x, y), y) = Sum(f(x, y), y)")
    both = (by.hypothesis("columns"), by.hypothesis("rows"), by.linearity)
    d.chain("Sum(Sum(f(x, y), x), y)").eq("0", *both)
    assert last_status(d) != "proved"


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("ArgMin(a*w**2, w)", "ArgMin(a*w**2/s, w)", True),
        ("ArgMax(-a*w**2/s, w)", "ArgMin(a*w**2, w)", True),
        ("ArgMin(a*w**2, w)", "ArgMin(-a*w**2, w)", False),
        ("ArgMin(a*w**2, w)", "ArgMin(b*w**2, w)", False),
        ("ArgMin(a*w**2, w)", "ArgMin(a**2*w**2, w)", False),
        ("ArgMin(a*b*w**2, w)", "ArgMin(a*w**2, w)", False),
        ("ArgMin(a*w**2 + a*b*w, w)", "ArgMin(s*w**2 + s*b*w, w)", False),
    ],
)
def test_a_common_factor_of_objectives_may_vanish_but_not_another(
    left: str, right: str, expected: bool
) -> None:
    symbols = {"a": "real", "b": "real", "w": "real", "s": "positive"}
    assert (prove(left, right, symbols=symbols).status == "proved") is expected


def test_a_parameter_of_a_law_is_not_the_place_that_a_distance_is_from() -> None:
    kinds = {"a": "real", "b": "positive", "c": "real", "p": "density of x = laplace(a, b)"}
    using = ["definition E", "mean distance of p"]
    assert prove("E(abs(x - c), x in p)", "b", using=using, symbols=kinds).status == "refuted"
    right = "abs(a - c) + b*exp(-abs(a - c)/b)"
    assert prove("E(abs(x - c), x in p)", right, using=using, symbols=kinds).status == "proved"


@pytest.mark.parametrize(
    "parameter", ["log(a)", "1/a", "1/0", "oo", "sqrt(a)", "Integral(1/t, (t, 0, 1))"]
)
def test_a_parameter_of_a_law_is_defined(parameter: str) -> None:
    kinds = {"a": "real", "p": f"density of x = normal({parameter}, 1)"}
    with pytest.raises(DerivationError, match="is defined"):
        prove("Integral(p(x), x)", "1", symbols=kinds)


@pytest.mark.parametrize(("assumed", "parameter"), [("a > 0", "log(a)"), ("a != 0", "1/a")])
def test_what_a_parameter_of_a_law_needs_may_be_assumed(assumed: str, parameter: str) -> None:
    kinds = {"a": "real", "p": f"density of x = normal({parameter}, 1)"}
    assert prove("E(x, x in p)", parameter, assuming=[assumed], symbols=kinds).status == "proved"


def test_no_condition_is_dropped_when_the_ends_of_a_domain_are_compared() -> None:
    kinds = {"a": "real", "p": "density of x on (1/a, 1/a + 1)"}
    with pytest.raises(DerivationError, match="not established"):
        prove("Integral(p(x), x)", "1", symbols=kinds)


@pytest.mark.parametrize(
    ("left", "kinds"),
    [
        ("Limit(p(0), s, oo)", {"p": "density of x = normal(m, s)"}),
        ("Limit(f(2), s, oo)", {"f": "function of x = 1/(s + x)"}),
        ("Limit(E(x, x in p), m, 0)", {"p": "density of x = normal(m, s)"}),
    ],
)
def test_a_limit_is_that_of_what_stands_in_definitions_too(
    left: str, kinds: dict[str, str]
) -> None:
    symbols = {"m": "real", "s": "positive", **kinds}
    assert prove(left, "0", symbols=symbols).status != "refuted"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("sin(2*x)/sin(x)", "2*cos(x)"),
        ("(1 - cos(x))/sin(x)", "tan(x/2)"),
        ("Sum(sin(2*x)/sin(x), (i, 1, 3))", "6*cos(x)"),
    ],
)
def test_a_line_is_not_false_where_a_denominator_is_zero(left: str, right: str) -> None:
    assert prove(left, right, symbols={"x": "real"}).status != "refuted"


def test_a_counterexample_is_no_zero_of_a_denominator_if_there_is_another() -> None:
    found = prove("u/(u + v)", "1/(1 + v)", symbols={"u": "real", "v": "real"}).counterexample
    assert found is not None
    assert found.difference is not None


def test_a_witness_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[Statement] = []

    def none(_: Search, statement: Statement, context: Context) -> None:
        searched.append(statement)

    monkeypatch.setattr(Search, "witness", none)
    symbols = {
        "p": "joint density of x, y",
        "x": "variable on X",
        "y": "variable on Y",
    }
    independent = ["p(x, y) = p(x)*p(y)"]
    verdict = prove("p(x | y)", "p(x)", "!=", assuming=independent, symbols=symbols)
    assert verdict.status != "proved"
    assert len(searched) == 1


@pytest.mark.parametrize(
    ("left", "right", "kind", "expected"),
    [
        ("log(tanh(x)**2)", "2*log(abs(tanh(x)))", "real", "proved"),
        ("sqrt(abs(x**2 - 1))*x", "x*sqrt(abs(x*x - 1))", "nonnegative", "proved"),
        ("1/abs(cos(x) + x)", "1/(abs(cos(x)) + abs(x))", "real", "refuted"),
    ],
)
def test_a_quotient_of_two_absolute_values_may_be_a_sum(
    left: str, right: str, kind: str, expected: str
) -> None:
    assert prove(left, right, symbols={"x": kind}).status == expected


# Hypotheses that the line does not speak of

APART = {"a": "real", "b": "real", "s": "variable on (-oo, oo)", "p": "density of s"}


@pytest.mark.parametrize(
    "hypotheses",
    [["Var(s, s in p) = -1"], ["E(s, s in p) = 1", "E(s, s in p) = 2"], ["E(s**2, s in p) = -1"]],
)
@pytest.mark.parametrize(("left", "right"), [("a", "b"), ("1", "2")])
def test_where_no_point_meets_the_hypotheses_nothing_is_refuted(
    hypotheses: list[str], left: str, right: str
) -> None:
    verdict = prove(left, right, symbols=APART, assuming=hypotheses)
    assert verdict.status == "undecided"
    assert prove(left, right, "!=", symbols=APART, assuming=hypotheses).status != "refuted"


def test_hypotheses_that_can_be_met_beside_the_point_hide_no_counterexample() -> None:
    assert prove("a", "b", symbols=APART, assuming=["E(s, s in p) = 1"]).status == "refuted"


TIED = {
    "a": "real",
    "b": "real",
    "f": "function",
    "s": "variable on (-oo, oo)",
    "p": "density of s",
    "d": "data on {0, 1} with counts m, n of N",
    "m": "nonnegative integer",
    "n": "nonnegative integer",
    "N": "positive integer",
    "i": "integer",
}


@pytest.mark.parametrize(
    ("assumptions", "left", "relation", "right"),
    [
        (["f(0) = b", "f(0) = 1", "a > b"], "a", ">", "1"),
        (["f(b) = b", "f(b) = 2", "a >= b"], "a", ">=", "2"),
        (["E(s, s in p) = b", "E(s, s in p) = 2", "a > b"], "a", ">", "2"),
        (["Sum(d[i], (i, 1, N)) = 2"], "n", "=", "2"),
        (["Sum(d[i], (i, 1, N)) = 1"], "n", ">=", "1"),
        (["Product(d[i], (i, 1, N)) = 1"], "m*n", "=", "0"),
    ],
)
def test_a_point_meets_hypotheses_that_are_tied_to_the_line_by_givens_or_counts(
    assumptions: list[str], left: str, relation: RelationName, right: str
) -> None:
    assert prove(left, right, relation, assuming=assumptions, symbols=TIED).status == "undecided"


def test_hypotheses_that_nothing_ties_to_the_line_hide_no_counterexample() -> None:
    beside = ["f(0) = b", "f(0) = 1", "N > 2"]
    assert prove("a", "1", ">", assuming=beside, symbols=TIED).status == "refuted"
