"""Each theory can be left out: what it is for is undecided then, the rest is proved as before, and nothing breaks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import klderive.theories
from klderive import Derivation, by, load, prove
from klderive.theories import ALL, chosen
from klderive.verify import verify
from klderive.verify.answer import Answer

BY_KERNEL: list[dict[str, Any]] = [
    {"line": ("(a + b)**2", "a**2 + 2*a*b + b**2")},
    {"line": ("a/u - b/u", "(a - b)/u"), "symbols": {"u": "positive"}},
    {
        "line": ("log(u**2/v)", "2*log(u) - log(v)"),
        "symbols": {"u": "positive", "v": "positive"},
    },
    {"line": ("sqrt(a**2)", "abs(a)")},
    {
        "line": (
            "Sum(P(i)*(a*i + b), (i, 1, n))",
            "a*Sum(P(i)*i, (i, 1, n)) + b*Sum(P(i), (i, 1, n))",
        ),
        "symbols": {"P": "function of i", "n": "positive integer"},
    },
    {
        "line": ("KL(p, q)", "CrossEntropy(p, q) - Entropy(p)"),
        "symbols": {"p": "density of x", "q": "density of x"},
    },
    {"line": ("E(a*x + b, x in p)", "a*E(x, x in p) + b"), "symbols": {"p": "density of x"}},
    {"line": ("a + u", "a", ">"), "symbols": {"u": "positive"}},
    {"line": ("f(x) + a", "f(x)", "up to"), "symbols": {"f": "function of x"}, "over": "x"},
]
"""Lines that need no theory."""

BY_THEORY: dict[str, dict[str, Any]] = {
    "signs of sums": {"line": ("a**2 + a + 1", "0", ">")},
    "events": {
        "line": ("Prob(x >= 0, x in p)", "Integral(p(x), (x, 0, oo))"),
        "symbols": {"p": "density of x"},
    },
    "parity": {"line": ("Integral(x*exp(-x**4), (x, -oo, oo))", "0")},
    "cases": {
        "line": ("Sum(Sum(Cases((a, i = j), (0, otherwise)), (j, 1, n)), (i, 1, n))", "a*n"),
        "symbols": {"n": "positive integer"},
    },
    "iterated integrals and sums": {
        "line": (
            "Sum(Sum(f(i, j), (j, 1, n)), (i, 1, m))",
            "Sum(Sum(f(i, j), (i, 1, m)), (j, 1, n))",
        ),
        "symbols": {"f": "function of i, j", "m": "positive integer", "n": "positive integer"},
    },
    "products": {
        "line": ("log(Product(u*i, (i, 1, n)))", "Sum(log(u*i), (i, 1, n))"),
        "symbols": {"u": "positive", "n": "positive integer"},
    },
    "counted data": {
        "line": ("Sum(a + y[i], (i, 1, N))", "a*N + n_1"),
        "symbols": {
            "N": "positive integer",
            "n_0": "nonnegative integer",
            "n_1": "nonnegative integer",
            "y": "data on {0, 1} with counts n_0, n_1 of N",
        },
    },
    "selected terms": {
        "line": ("Sum(f(i)*Cases((1, i = 2), (0, otherwise)), (i, 1, n + 2))", "f(2)"),
        "symbols": {"f": "function of i", "n": "positive integer"},
    },
    "ranges": {
        "line": ("Sum(f(i + 1), (i, 0, n))", "Sum(f(i), (i, 1, n + 1))"),
        "symbols": {"f": "function of i", "n": "positive integer"},
    },
    "affine maps": {
        "line": ("Integral(f(x + a), (x, 0, 1))", "Integral(f(x), (x, a, a + 1))"),
        "symbols": {"f": "function of x"},
    },
    "mixtures": {
        "line": (
            "Integral(p(x)*log((c*p(x) + (1 - c)*q(x))**2), x)",
            "2*Integral(p(x)*log(c*p(x) + (1 - c)*q(x)), x)",
        ),
        "symbols": {"p": "density of x", "q": "density of x", "c": "positive"},
        "assuming": ["c < 1"],
    },
    "products by factors": {
        "line": ("Product(a*f(i), (i, 1, n))", "a**n*Product(f(i), (i, 1, n))"),
        "symbols": {"f": "function of i", "n": "positive integer"},
    },
    "whole numbers": {
        "line": ("(-1)**(2*j)", "1"),
        "symbols": {"j": "integer"},
    },
    "arctangents": {"line": ("tan(atan(a))", "a")},
    "signs of quotients": {"line": ("1/a**2", "0", ">")},
    "proportions": {
        "line": ("u*f(x)", "f(x)", "proportional"),
        "symbols": {"u": "positive", "f": "function of x"},
        "over": "x",
    },
    "renamed optima": {
        "line": ("ArgMin((a - b)**2, a)", "ArgMin((c - b)**2, c)"),
        "symbols": {"c": "real"},
    },
    "whole powers": {
        "line": ("a**n*a", "a**(n + 1)"),
        "symbols": {"n": "positive integer"},
    },
    "elementary functions": {"line": ("sin(a)**2 + cos(a)**2", "1")},
    "Gamma function": {
        "line": ("factorial(n + 1)", "(n + 1)*factorial(n)"),
        "symbols": {"n": "positive integer"},
    },
    "tests of convergence": {
        "line": (
            "Integral(a*exp(-x**4) + x*exp(-x**4), (x, 0, oo))",
            "a*Integral(exp(-x**4), (x, 0, oo)) + Integral(x*exp(-x**4), (x, 0, oo))",
        ),
    },
    "derivatives": {"line": ("Diff(a**2, a)", "2*a")},
    "fundamental theorem of calculus": {"line": ("Bar(x**2, (x, 0, a))", "a**2")},
    "summation": {
        "line": ("Sum(i, (i, 1, n))", "n*(n + 1)/2"),
        "symbols": {"n": "positive integer"},
    },
    "integration": {"line": ("Integral(x, (x, 0, 1))", "1/2")},
    "limits": {
        "line": ("1/N", "0", "->"),
        "symbols": {"N": "positive integer"},
        "over": "N",
        "to": "oo",
    },
    "optima": {"line": ("ArgMin((a - b)**2 + 1, a)", "ArgMin((a - b)**2, a)")},
    "monotone maps": {
        "line": ("sqrt(v)", "sqrt(u)", "<="),
        "symbols": {"u": "positive", "v": "positive"},
        "assuming": ["v <= u"],
        "beside": "inequalities",
    },
    "inequalities": {"line": ("log(u)", "u - 1", "<="), "symbols": {"u": "positive"}},
}
"""For each theory a line that needs it, or it or what stands `beside` it. Two have tests of their own: a change of
variable is named by a reason only, and totals that do not vanish spare conditions.
"""


def answer(case: dict[str, Any], theories: list[str] | None) -> Answer:
    symbols = {"a": "real", "b": "real", **case.get("symbols", {})}
    options = {name: case[name] for name in ("over", "to", "assuming") if name in case}
    return prove(*case["line"], symbols=symbols, theories=theories, **options)


def without(name: str) -> list[str]:
    """All theories but one, and but those that stand on it."""
    layers = ALL[name].layers
    return [
        other
        for other, theory in ALL.items()
        if other != name
        and not any(issubclass(own, layer) for own in theory.layers for layer in layers)
    ]


@pytest.mark.parametrize("case", BY_KERNEL, ids=lambda case: case["line"][0])
def test_the_kernel_alone_proves(case: dict[str, Any]) -> None:
    assert answer(case, []).status == "proved"


def test_every_theory_has_a_line() -> None:
    assert {*BY_THEORY, "change of variable", "totals that do not vanish"} == set(ALL)


@pytest.mark.parametrize("name", BY_THEORY)
def test_a_theory_proves_its_line_and_is_needed_for_it(name: str) -> None:
    case = BY_THEORY[name]
    assert answer(case, None).status == "proved"
    rest = [other for other in without(name) if other != case.get("beside")]
    assert answer(case, rest).status == "undecided"


@pytest.mark.parametrize("name", ALL)
def test_what_does_not_need_a_theory_is_proved_without_it(name: str) -> None:
    rest = without(name)
    for case in BY_KERNEL:
        assert answer(case, rest).status == "proved", case["line"]


def test_a_change_of_variable_needs_its_theory() -> None:
    d = Derivation("scaling")
    d.symbols(a="real")
    chain = d.chain("Integral(exp(-x**4/16), (x, -oo, oo))")
    chain.eq("Integral(2*exp(-t**4), (t, -oo, oo))", by.substitution("x", "2*t"))
    statuses = [
        [line.verdict.status for line in verify(d, theories=theories).lines()]
        for theories in (None, without("change of variable"))
    ]
    assert statuses == [["proved"], ["undecided"]]


def test_a_total_that_does_not_vanish_is_listed_without_its_theory() -> None:
    total = "Integral(p(x)**2, x)"
    listed = [
        [
            condition.kind
            for condition in answer(
                {"line": (f"{total}/{total}", "1"), "symbols": {"p": "density of x"}}, theories
            ).conditions
        ]
        for theories in (None, without("totals that do not vanish"))
    ]
    assert listed == [["converges"], ["nonzero", "converges"]]


@pytest.mark.parametrize(
    ("theories", "open_lines"), [(["optima", "tests of convergence"], 0), ([], 9)]
)
def test_gaussian_l2_needs_two_theories(theories: list[str], open_lines: int) -> None:
    lines = list(verify(load("gaussian-l2"), theories=theories).lines())
    assert len(lines) == 38
    assert sum(not line.verified for line in lines) == open_lines


def test_an_unknown_theory_is_named() -> None:
    with pytest.raises(ValueError, match="there is no theory `calculus`; there are: Gamma"):
        chosen(["parity", "calculus"])


def test_the_soundness_page_names_every_theory_with_its_files() -> None:
    page = (Path(__file__).parents[2] / "docs" / "soundness.md").read_text(encoding="utf-8")
    table = page[page.index("| theory | reasons") : page.index("A theory stands on those")]
    files = {path.name for path in Path(klderive.theories.__file__).parent.glob("*.py")}
    listed = {part for part in table.split("`") if part.endswith(".py")}
    assert listed == files - {"__init__.py", "readings.py"}
    rows = [row.split("|")[1] for row in table.splitlines() if row]
    assert set(ALL) <= {name.strip() for row in rows for name in row.split(",")}
