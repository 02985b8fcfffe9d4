"""Densities and laws: their formulas and moments against numbers, and the facts they bring."""

from __future__ import annotations

import mpmath
import pytest
import sympy
from sympy import Rational, Symbol, oo

from klderive.derivation import Derivation, DerivationError, by
from klderive.notation import read_sympy, to_text
from klderive.notation.nodes import SumOver
from klderive.verify import prove, verify

LAWS = {
    "normal(3/10, 2)": (-oo, oo),
    "exponential(3)": (0, oo),
    "laplace(3/10, 2)": (-oo, oo),
    "uniform(1, 3)": (1, 3),
    "bernoulli(1/3)": (0, 1),
    "geometric(1/3)": (0, oo),
    "poisson(5/2)": (0, oo),
}
DISCRETE = ("bernoulli", "geometric", "poisson")
MOMENTS = ("normalisation", "mean", "variance", "second moment")


def law_of(law: str) -> tuple[sympy.Expr, object]:
    d = Derivation("test")
    density = d.density("p", of="x", law=law)
    assert density.law is not None
    formula = density.law_density()
    assert formula is not None
    return formula, density


def total(law: str, f: sympy.Expr) -> float:
    """The integral or sum over the support, by mpmath."""
    function = sympy.lambdify(Symbol("x", real=True), f, "mpmath")
    lower, upper = LAWS[law]
    if law.startswith(DISCRETE):
        return float(mpmath.fsum(function(mpmath.mpf(k)) for k in range(min(upper, 200) + 1)))
    kinks = [-1, mpmath.mpf(3) / 10, 2]
    if lower == -oo:
        return float(mpmath.quad(function, [-200, -20, *kinks, 20, 200]))
    return float(mpmath.quad(function, [0, 2, 40] if upper == oo else [lower, upper]))


@pytest.mark.parametrize("law", LAWS)
def test_the_moments_of_a_law_are_right(law: str) -> None:
    formula, density = law_of(law)
    x = Symbol("x", real=True)
    facts = {fact.name: fact for fact in density.facts}
    further = {f"{m.name} of p": m for m in density.law.further(x)}
    assert set(facts) == {f"{w} of p" for w in MOMENTS} | set(further)
    mean = facts["mean of p"].right
    expected = {"normalisation": 1, "mean": x, "variance": (x - mean) ** 2, "second moment": x**2}
    for word, weight in expected.items():
        value = total(law, weight * formula)
        assert value == pytest.approx(float(facts[f"{word} of p"].right), abs=1e-8), word
    for name, moment in further.items():
        assert facts[name].right == moment.value
        for number in (-1, Rational(3, 10), 2):
            at = dict.fromkeys(moment.parameters, sympy.sympify(number))
            value = total(law, moment.weight.subs(at) * formula)
            assert value == pytest.approx(float(moment.value.subs(at)), abs=1e-8), name
    declared = density.declaration.limits[0]
    assert tuple(declared[1:3]) == tuple(sympy.sympify(end) for end in LAWS[law])
    assert (len(declared) == 4) is law.startswith(DISCRETE)
    assert density.declaration.sign == "positive"


@pytest.mark.parametrize("law", LAWS)
def test_the_kernel_uses_the_facts_of_a_law(law: str) -> None:
    d = Derivation("test")
    p = d.density("p", of="x", law=law)
    assert p.law is not None
    whole = "Sum(p(x), x)" if law.startswith(DISCRETE) else "Integral(p(x), x)"
    d.chain(whole).eq("1", by.normalisation(p))
    d.chain("E(x, x in p)").eq(p.law.mean, by.definition("E"), by.mean(p))
    d.chain("Var(x, x in p)").eq(p.law.variance)
    d.chain("E(x**2, x in p)").eq(p.law.variance + p.law.mean**2)
    d.chain(whole).eq("2")
    d.chain("Var(x, x in p)").eq(p.law.variance * 2)
    found = [line.verdict.status for line in verify(d).lines()]
    assert found[:4] == ["proved"] * 4
    assert "proved" not in found[4:]


def laws() -> Derivation:
    d = Derivation("test")
    d.symbols(m="real", n="real", s="positive", t="positive", k="positive", l="positive")
    d.density("p", of="x", law="normal(m, s)")
    d.density("q", of="x", law="normal(n, t)")
    d.density("u", of="y", law="exponential(k)")
    d.density("v", of="y", law="exponential(l)")
    return d


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("KL(p, q)", "log(t/s) + (s**2 + (m - n)**2)/(2*t**2) - 1/2"),
        ("Entropy(p)", "log(2*pi*e*s**2)/2"),
        ("CrossEntropy(p, q)", "log(2*pi*t**2)/2 + (s**2 + (m - n)**2)/(2*t**2)"),
        ("KL(p, p)", "0"),
        ("KL(u, v)", "log(k/l) + l/k - 1"),
        ("Entropy(u)", "1 - log(k)"),
        ("CrossEntropy(u, v)", "l/k - log(l)"),
        ("E((x - n)**2, x in p)", "s**2 + (m - n)**2"),
        ("Var(2*x + 1, x in p)", "4*s**2"),
    ],
)
def test_known_divergences_and_entropies(left: str, right: str) -> None:
    d = laws()
    d.chain(left).eq(right)
    (line,) = verify(d).lines()
    assert line.verdict.status == "proved", line.verdict.message
    assert line.verdict.conditions == ()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("KL(p, q)", "log(s/t) + (s**2 + (m - n)**2)/(2*t**2) - 1/2"),
        ("KL(p, q)", "log(t/s) + (t**2 + (m - n)**2)/(2*s**2) - 1/2"),
        ("Entropy(p)", "log(2*pi*s**2)/2"),
        ("KL(u, v)", "log(l/k) + k/l - 1"),
        ("KL(u, v)", "log(k/l) + k/l - 1"),
        ("Entropy(u)", "1 + log(k)"),
        ("KL(p, q)", "0"),
    ],
)
def test_wrong_divergences_are_refuted(left: str, right: str) -> None:
    d = laws()
    d.chain(left).eq(right)
    assert verify(d).lines()[0].verdict.status == "refuted"


@pytest.mark.parametrize(
    ("law", "words"),
    [
        ("normal(m)", "write normal"),
        ("normal(m, m)", "`m` is positive"),
        ("normal(m, -1)", "`-1` is positive"),
        ("normal(m, 0)", "`0` is positive"),
        ("normal(m, m**2)", "is positive"),
        ("normal(m, s - 1)", "is positive"),
        ("normal(m, sqrt(m))", "is defined"),
        ("normal(m, sqrt(abs(m)))", "is positive"),
        ("normal(1/m, s)", "is defined"),
        ("normal(x, 1)", "unknown name"),
        ("normal(Integral(x, (x, 0, 1)), 1)", "bound variable"),
        ("exponential(m)", "`m` is positive"),
        ("exponential(s - s)", "is positive"),
        ("exponential(oo)", "is defined"),
        ("uniform(1, 0)", "1 < 0"),
        ("uniform(m, s)", "m < s"),
        ("uniform(1, 1)", "1 < 1"),
        ("bernoulli(s)", "s < 1"),
        ("bernoulli(1)", "1 < 1"),
        ("bernoulli(m)", "`m` is positive"),
        ("bernoulli(exp(-m**2))", "< 1"),
        ("bernoulli(1/s)", "1/s < 1"),
        ("geometric(3/2)", "3/2 < 1"),
        ("poisson(m)", "`m` is positive"),
        ("laplace(m, m)", "`m` is positive"),
        ("laplace(m, abs(m))", "is positive"),
        ("laplace(m)", "write laplace"),
        ("cauchy(m, s)", "not a known distribution"),
        ("m", "not a known distribution"),
    ],
)
def test_laws_that_are_none(law: str, words: str) -> None:
    d = Derivation("test")
    d.symbols(m="real", s="positive")
    with pytest.raises(DerivationError, match=words):
        d.density("p", of="x", law=law)


@pytest.mark.parametrize("definition", ["log(t)", "1/t", "sqrt(t)"])
@pytest.mark.parametrize(
    "law", ["normal(f(m), s)", "normal(m, 1 + f(m)**2)", "exponential(exp(f(m)))"]
)
def test_a_parameter_must_be_defined_for_all_values(definition: str, law: str) -> None:
    d = Derivation("test")
    d.symbols(m="real", s="positive")
    d.define("f(t)", as_=definition)
    with pytest.raises(DerivationError, match="is defined"):
        d.density("p", of="x", law=law)


@pytest.mark.parametrize(
    ("law", "mean", "variance"),
    [
        ("normal(m, sqrt(s))", "m", "s"),
        ("normal(m**2, exp(m))", "m**2", "exp(2*m)"),
        ("normal(0, f(m))", "0", "(1 + m**2)**2"),
        ("exponential(2*s)", "1/(2*s)", "1/(4*s**2)"),
        ("laplace(m, 1/s)", "m", "2/s**2"),
        ("uniform(m - s, m + s)", "m", "s**2/3"),
        ("bernoulli(1/(1 + exp(-m)))", "1/(1 + exp(-m))", "exp(m)/(1 + exp(m))**2"),
        ("poisson(exp(m))", "exp(m)", "exp(m)"),
    ],
)
def test_a_parameter_may_be_a_formula(law: str, mean: str, variance: str) -> None:
    d = Derivation("test")
    d.symbols(m="real", s="positive")
    d.define("f(t)", as_="1 + t**2")
    d.density("p", of="x", law=law)
    d.chain("E(x, x in p)").eq(mean)
    d.chain("Var(x, x in p)").eq(variance)
    d.chain("E(x, x in p)").eq(f"{mean} + 1")
    verdicts = [line.verdict for line in verify(d).lines() if line.line.role != "definition"]
    assert [v.status for v in verdicts[:2]] == ["proved", "proved"]
    assert [v.conditions for v in verdicts[:2]] == [(), ()]
    assert verdicts[2].status != "proved"


def test_an_abstract_density_is_normalised_and_no_more() -> None:
    d = Derivation("test")
    p = d.density("p", of="x")
    assert [fact.name for fact in p.facts] == ["normalisation of p"]
    assert p.law is None
    assert p.declaration.sign == "nonnegative"
    assert d.density("q", of="x", positive=True).declaration.sign == "positive"


def test_a_mass_function_sums_to_one() -> None:
    d = Derivation("test")
    p = d.density("p", of="x", on="X")
    (fact,) = p.facts
    assert isinstance(fact.left, SumOver)
    d.chain("Sum(p(x), x)").eq("1", by.normalisation(p))
    d.chain("Entropy(p)").eq("-Sum(p(x)*log(p(x)), x)", by.definition("Entropy"))
    assert {line.verdict.status for line in verify(d).lines()} == {"proved"}


@pytest.mark.parametrize(
    ("formula", "on", "law"),
    [
        ("1/(s*sqrt(2*pi))*exp(-(x - m)**2/(2*s**2))", None, "normal"),
        ("exp(-x**2/2)/sqrt(2*pi)", None, "normal"),
        ("exp(-x**2)", None, None),
        ("s*exp(-s*x)", "(0, oo)", "exponential"),
        ("s*exp(-s*x)", "(1, oo)", None),
        ("2*s*exp(-s*x)", "(0, oo)", None),
        ("exp(-x**2/2)/sqrt(2*pi)", "(0, oo)", None),
        ("m*exp(-m*x)", "(0, oo)", None),
        ("x**2", "(0, 1)", None),
    ],
)
def test_definitions_are_recognised_or_have_no_facts(
    formula: str, on: str | None, law: str | None
) -> None:
    d = Derivation("test")
    d.symbols(m="real", s="positive")
    d.density("p", of="x", on=on, as_=formula)
    density = d.densities["p"]
    found = None if density.law is None else density.law.law
    assert found == law
    known = ["normalisation", "mean", "variance", "second moment"] if law else []
    assert list(d.facts) == [f"{word} of p" for word in known]
    assert [fact.name for fact in d.functions["p"].facts] == list(d.facts)


@pytest.mark.parametrize(
    "text", ["KL(p)", "KL(p, q, r)", "Entropy(p, q)", "E(x)", "E(x, x)", "Var(x)"]
)
def test_operators_wrongly_written(text: str) -> None:
    symbols = dict.fromkeys("pq", "density of x")
    with pytest.raises(DerivationError):
        prove(text, "0", symbols=symbols)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("x >= c", "x >= c"),
        ("x <= c", "c >= x"),
        ("x < c", "c > x"),
        ("x = c", "x = c"),
        ("a < x <= c", "c >= x > a"),
        ("a >= x > c", "a >= x > c"),
    ],
)
def test_an_event_is_read_back(written: str, read: str) -> None:
    d = Derivation("events")
    d.symbols(a="real", c="real")
    d.density("p", of="x")
    probability = d.read(f"Prob({written}, x in p)", None)[1]
    assert to_text(read_sympy(probability)) == f"Prob({read}, x in p(x))"
