"""Changes of variable, and derivatives and optima in a walk: what a line may rest on."""

from __future__ import annotations

import pytest

from klderive.derivation import Derivation, by
from klderive.verify import verify

GAUSS = "Integral(exp(-(x - mu)**2/(2*sigma**2)), x)"


def new() -> Derivation:
    d = Derivation("test")
    d.symbols(mu="real", sigma="positive", a="real", b="real", c="positive", w="real", v="real")
    d.symbols(N="positive integer")
    d.variable("x", on="(-oo, oo)")
    d.variable("t", on="(-oo, oo)")
    d.data("z")
    return d


def verdicts(d: Derivation) -> list:
    return [line.verdict for line in verify(d).lines()]


@pytest.mark.parametrize(
    ("left", "right", "formula"),
    [
        (GAUSS, "Integral(sqrt(2)*sigma*exp(-t**2), t)", "mu + sqrt(2)*sigma*t"),
        (GAUSS, "sqrt(2)*sigma*Integral(exp(-t**2), t)", "mu + sqrt(2)*sigma*t"),
        ("Integral(x, (x, 0, 4))", "Integral(2*t**3, (t, 0, 2))", "t**2"),
        ("Integral(x, (x, 0, c))", "Integral(c**2*t, (t, 0, 1))", "c*t"),
        ("Integral(x, (x, 0, 1))", "Integral((1 - exp(-t))*exp(-t), (t, 0, oo))", "1 - exp(-t)"),
        (
            "Integral(Integral(exp(-x**2 - y**2), (y, -oo, oo)), x)",
            "Integral(Integral(exp(-(t + a)**2 - y**2), (y, -oo, oo)), t)",
            "t + a",
        ),
    ],
)
def test_a_change_of_variable(left: str, right: str, formula: str) -> None:
    d = new()
    d.chain(left).eq(right, by.substitution("x", formula), by.linearity)
    d.chain(left).eq(right, by.linearity)
    first, second = verdicts(d)
    assert first.status == "proved", first.message
    assert f"substitution x = {formula}" in first.uses
    assert second.status != "proved"


@pytest.mark.parametrize(
    ("left", "right", "formula"),
    [
        # The factor phi' is missing.
        (GAUSS, "Integral(exp(-t**2), t)", "mu + sqrt(2)*sigma*t"),
        # The bounds do not correspond.
        (GAUSS, "Integral(sqrt(2)*sigma*exp(-t**2), (t, 0, oo))", "mu + sqrt(2)*sigma*t"),
        ("Integral(x, (x, 0, 1))", "Integral(2*t**3, (t, 0, 2))", "t**2"),
        ("Integral(exp(-x), (x, 0, oo))", "Integral(exp(-t), t)", "t"),
        # The formula is not monotone, or not proved to increase.
        ("Integral(x, (x, 1, 1))", "Integral(2*t**3, (t, -1, 1))", "t**2"),
        ("Integral(exp(-x**2), x)", "Integral(3*t**2*exp(-t**6), t)", "t**3"),
        ("Integral(exp(-x**2), x)", "Integral(exp(-t**2), t)", "-t"),
        ("Integral(exp(-x**2), x)", "Integral(a*exp(-a**2*t**2), t)", "a*t"),
        ("Integral(x, (x, a, b))", "Integral((a + (b - a)*t)*(b - a), (t, 0, 1))", "a + (b - a)*t"),
        # An infinite end of something that is not affine.
        ("Integral(exp(-x), (x, 0, oo))", "Integral(exp(-exp(t))*exp(t), t)", "exp(t)"),
        # The variable is no new one.
        ("Integral(exp(-x**2), x)", "Integral(exp(-(x + mu)**2), x)", "x + mu"),
        ("Integral(exp(-x**2), x)", "Integral(exp(-t**2), t)", "mu + a"),
        ("Integral(exp(-x**2), x)", "Integral(exp(-t**2), t)", "t + s"),
        ("Integral(exp(-x**2), x)", "Integral(exp(-t**2), t)", "t +"),
    ],
)
def test_a_wrong_change_of_variable(left: str, right: str, formula: str) -> None:
    d = new()
    d.chain(left).eq(right, by.substitution("x", formula), by.linearity)
    assert verdicts(d)[0].status in ("undecided", "refuted")


def test_a_substitution_that_is_not_needed_is_said() -> None:
    d = new()
    d.chain("Integral(exp(-t**2), t)").eq("Integral(exp(-t**2), t)", by.substitution("x", "2*t"))
    (verdict,) = verdicts(d)
    assert verdict.status == "proved"
    assert verdict.unused == ("substitution x = 2*t",)


def test_the_new_variable_may_run_over_its_declared_domain() -> None:
    d = new()
    value = d.hypothesis("value", "Integral(exp(-t**2), t) = sqrt(pi)")
    c = d.chain("Integral(exp(-(x - mu)**2), x)")
    c.eq("sqrt(pi)", by.substitution("x", "mu + t"), by.hypothesis(value))
    assert verdicts(d)[0].status == "proved"


def test_a_derivative_of_a_defined_function() -> None:
    d = new()
    d.define("q(x)", "x**2 + w*x")
    d.chain("Diff(q(a), a)").eq("2*a + w", by.definition("q"))
    d.chain("Diff(q(w), w)").eq("4*w", by.definition("q"))
    d.chain("Diff(q(a), a)").eq("2*a + w", by.algebra)
    c = d.chain("Integral(2*x + w, (x, 0, 1))")
    c.eq("Bar(q(x), (x, 0, 1))", by.antiderivative, by.definition("q"))
    assert [v.status for v in verdicts(d)] == [
        *("definition", "proved", "proved", "wrong_reason", "proved")
    ]


def test_a_parameter_and_another_symbol_are_not_one_variable() -> None:
    d = new()
    d.define("g(w)", "Diff(w*v, w)")
    d.chain("g(a)").eq("v", by.definition("g"))
    d.chain("g(v)").eq("2*v")
    d.chain("g(v)").eq("v")
    d.chain("g(3)").eq("3*v")
    assert [v.status for v in verdicts(d)[:2]] == ["definition", "proved"]
    assert not {v.status for v in verdicts(d)[2:]} & {"proved", "wrong_reason"}


def test_a_law_ties_its_density_to_its_parameters() -> None:
    d = new()
    p = d.density("p", of="u", law="normal(mu, sigma)")
    d.chain("Diff(Integral(u*p(u), u), mu)").eq("0")
    d.chain("ArgMin(mu**2 + Integral(u*p(u), u), mu)").eq("ArgMin(mu**2, mu)")
    d.chain("ArgMin(mu**2 + Integral(u*p(u), u), mu)").eq("0", by.stationary)
    d.chain("ArgMin(mu**2 + Integral(u*p(u), u), mu)").eq("-1/2", by.stationary, by.mean(p))
    *wrong, right = verdicts(d)
    assert not {v.status for v in wrong} & {"proved", "wrong_reason"}
    assert right.status == "proved"


def test_what_rests_on_a_hypothesis_fixes_no_variable() -> None:
    d = new()
    h = d.hypothesis("h", "Sum(w*z[i], (i, 1, N)) = 3")
    d.chain("Sum(w*z[i], (i, 1, N)) + w").eq("3 + w", by.hypothesis(h))
    square = "(Sum(w*z[i], (i, 1, N)) + w)**2"
    for cited in (by.hypothesis(h), by.line("1")):
        d.chain("Diff(Sum(w*z[i], (i, 1, N)) + w, w)").eq("1", cited)
        d.chain(f"ArgMin({square}, w)").eq("-3", by.stationary, cited)
        d.chain(f"ArgMin({square}, w)").eq("ArgMin((3 + w)**2, w)", cited)
    first, *others = verdicts(d)
    assert first.status == "proved"
    assert not {v.status for v in others} & {"proved", "wrong_reason"}


def test_a_special_case_does_not_vary_what_it_fixes() -> None:
    d = new()
    d.chain("Diff(w**2, w)").at(w=1).eq("2")
    d.chain("Diff(w*v, w)").at(v="2*w").eq("4*w")
    d.chain("Diff(w*v, w)").at(v="2*w").eq("2*w")
    d.chain("ArgMin((w - v)**2, w)").at(v="2*w").eq("v", by.stationary)
    d.chain("ArgMin((w - v)**2, w)").at(v="2*a").eq("2*a", by.stationary)
    *wrong, right = verdicts(d)
    assert not {v.status for v in wrong} & {"proved", "wrong_reason"}
    assert right.status == "proved"


def test_a_leftover_of_nested_integrals_is_not_evaluated() -> None:
    d = new()
    c = d.chain("Integral(Integral(exp(-x**2 - y**2)*x**2, (y, -oo, oo)), x)")
    c.eq("Integral(Integral(exp(-2*x**2)*x**2, (y, 0, 1)), x)", by.algebra)
    assert verdicts(d)[0].status != "proved"


def test_the_mean_minimises_the_expected_square() -> None:
    d = new()
    p = d.density("p", of="u", law="normal(mu, sigma)")
    c = d.chain("ArgMin(Integral((u - w)**2*p(u), u), w)")
    c.eq("mu", by.second_moment(p), by.mean(p), by.normalisation(p), by.stationary)
    assert verdicts(d)[0].status == "proved"


def test_a_formula_that_jumps_at_an_end_is_no_antiderivative() -> None:
    d = new()
    d.density("p", of="u", on="(0, 1)", as_="1")
    jump = "Bar(Prob(0 >= s, u in p), (s, 0, 1))"
    reasons = (by.definition("Prob"), by.definition("p"), by.linearity)
    d.chain(jump).eq("-1", *reasons)
    d.chain(jump).eq("0", by.antiderivative, *reasons)
    d.chain(jump).eq("Integral(0, (s, 0, 1))", by.antiderivative, *reasons)
    _, right, *wrong = verdicts(d)
    assert right.status == "proved"
    assert not {v.status for v in wrong} & {"proved", "wrong_reason"}


def test_a_fact_about_inner_points_says_nothing_of_the_ends() -> None:
    d = Derivation("test")
    d.variable("t", on="(0, 1)")
    d.density("q", of="t", on="(0, 1)")
    inside = by.hypothesis(d.hypothesis("inside", "q(t) = 2*t"))
    ends = [by.hypothesis(d.hypothesis(name, name)) for name in ("q(0) = 1", "q(1) = 2")]
    d.chain("Bar(q(y), (y, 0, 1))").eq("1", *ends)
    for facts in ((inside,), (inside, *ends)):
        d.chain("Bar(q(y), (y, 0, 1))").eq("Integral(2, (y, 0, 1))", by.antiderivative, *facts)
        c = d.chain("Integral(x, (x, 1, 2))")
        c.eq("Integral(4*t, (t, 0, 1))", by.substitution("x", "q(t)"), by.linearity, *facts)
    c = d.chain("Integral(x, (x, 0, 2))")
    c.eq("Integral(4*t, (t, 0, 1))", by.substitution("x", "q(t)"), by.linearity, inside)
    first, *wrong, last = verdicts(d)
    assert first.status == last.status == "proved"
    assert not {v.status for v in wrong} & {"proved", "wrong_reason"}


def test_an_assumption_on_a_definition_restricts_the_symbols_in_it() -> None:
    d = new()
    d.define("g(x)", "x*w")
    d.assume("g(1) > 3")
    d.chain("ArgMin((w - 1)**2, w)").eq("1", by.stationary)
    assert verdicts(d)[-1].status == "undecided"


def test_a_definition_does_not_hide_what_varies() -> None:
    d = new()
    d.density("q", of="u")
    d.define("D(c)", "Diff(c*Sum(w*z[i], (i, 1, N)), w)")
    d.define("g(w)", "Diff(w*Integral(y*q(y), (y, -oo, oo)), w)")
    h = by.hypothesis(d.hypothesis("h", "Sum(w*z[i], (i, 1, N)) = 3"))
    mean = by.hypothesis(d.hypothesis("mean", "Integral(u*q(u), u) = w"))
    d.axiom("a", "Integral(u**2*q(u), u) = Diff(Integral(u*q(u), u), w)")
    d.chain("D(1)").eq("Sum(z[i], (i, 1, N))", by.definition("D"), by.linearity)
    d.chain("g(v)").eq("w", by.definition("g"), mean)
    d.chain("D(1)").eq("0", by.definition("D"), h)
    d.chain("g(w)").eq("2*w", by.definition("g"), mean)
    d.chain("Integral(u**2*q(u), u)").eq("1", by.axiom("a"), mean)
    *_, first, second, x, y, z = (v.status for v in verdicts(d))
    assert first == second == "proved"
    assert not {x, y, z} & {"proved", "wrong_reason"}
