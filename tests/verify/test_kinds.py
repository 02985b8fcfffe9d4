"""What the names of a single line mean, in a few words each."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Symbol

from klderive import prove
from klderive.derivation import DerivationError


@pytest.mark.parametrize(
    ("left", "right", "symbols"),
    [
        ("E(x, x in p)", "m", {"m": "real", "s": "positive", "p": "density of x = normal(m, s)"}),
        ("Entropy(p)", "log(3)", {"p": "density of x = uniform(2, 5)"}),
        ("E(x, x in p)", "1/r", {"r": "positive", "p": "density of x on (0, oo) = r*exp(-r*x)"}),
        ("E(k, k in p)", "1/3", {"p": "density of k on {0, 1} = Cases((1/3, k = 1), (2/3, k = 0))"}),
        ("p(x, z)", "p(x | z)*p(z)", {"p": "joint density of x, z"}),
        ("p(x, z | w)", "p(x | z, w)*p(z | w)", {"w": "real", "p": "joint density of x, z given w"}),
        ("Integral(q(z | x), z)", "1", {"q": "density of z; density of z given x"}),
        ("Integral(Integral(h(u, v), v), u)", "1", {"h": "density of u, v"}),
        ("f(y)", "f(y)", {"f": "function of t", "y": "real"}),
        ("g(-t)", "1 - g(t)", {"t": "real", "g": "function of u = 1/(1 + exp(-u))"}),
        ("Sum(x[i], (i, 1, N))", "a", {"N": "positive integer", "x": "data on {0, 1} with counts b, a of N"}),
        ("Sum(p(j), j)", "1", {"j": "variable on {1, ..., K}", "K": "positive integer", "p": "density of j"}),
        ("w", "ArgMin(m*t**2, t)", {"t": "real", "m": "positive", "w": "ArgMin(t**2, t)"}),
        ("log(p(x))", "log(p(x))", {"p": "positive density of x"}),
    ],
)  # fmt: skip
def test_each_kind(left: str, right: str, symbols: dict[str, str]) -> None:
    assert prove(left, right, symbols=symbols).status == "proved"


def test_symbols_come_first_whatever_the_order() -> None:
    symbols = {"p": "density of x = normal(m, s)", "s": "positive", "m": "real"}
    assert prove("E(x, x in p)", "m", symbols=symbols).status == "proved"


def test_assumptions_hold_for_the_parameters_of_laws() -> None:
    symbols = {"a": "real", "b": "real", "p": "density of x = uniform(a, b)"}
    assert (
        prove("E(x, x in p)", "(a + b)/2", symbols=symbols, assuming=["a < b"]).status == "proved"
    )
    with pytest.raises(DerivationError, match="a < b"):
        prove("E(x, x in p)", "(a + b)/2", symbols=symbols)


def test_an_equation_of_functions_is_a_hypothesis() -> None:
    symbols = {"x": "variable on X", "z": "variable on Z", "p": "joint density of x, z"}
    verdict = prove("p(x | z)", "p(x)", symbols=symbols, assuming=["p(x | z) = p(x)"])
    assert verdict.status == "proved"
    assert verdict.uses == ("hypothesis p(x | z) = p(x)",)
    assert prove("p(x | z)", "p(x)", symbols=symbols).status == "refuted"
    weights = {"K": "positive integer", "k": "variable on {1, ..., K}", "w": "data on (0, 1)"}
    given = ["Sum(w[k], k) = 1"]
    assert prove("Sum(2*w[k], k)", "2", symbols=weights, assuming=given).status == "proved"
    assert prove("Sum(2*w[k], k)", "2", symbols=weights).status != "proved"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("functions of x", "not a kind"),
        ("function on x", "no kind"),
        ("density", "no kind"),
        ("density of", "no kind"),
        ("density x", "no kind"),
        ("density of x of z", "no kind"),
        ("density of x = ", "no kind"),
        ("density of x = cauchy(1)", "no law"),
        ("density of x = gaussian(0, 1)", r"normal\(mean, deviation\)"),
        ("density of x = gamma(2, 3)", r"exponential\(rate\)"),
        ("density of x = normal(1)", "write normal"),
        ("density of x on nowhere at all", "not a domain"),
        ("density of x given z = normal(0, 1)", "without domain and formula"),
        ("density of x; density of x on {0, 1}", "without domain and formula"),
        ("density of x on {0, 1} = 1 - 2*x", "not proved nonnegative"),
        ("joint density of x", "not two variables"),
        ("data on nowhere at all", "not a domain"),
        ("data with counts a, b", "no kind"),
        ("variable on [0", "not a domain"),
        ("variable on [0, oo)", r"write \(0, oo\)"),
        ("variable on (0, 1]", r"write \(0, 1\)"),
        ("density of x on [0, 1]", r"write \(0, 1\)"),
        ("density of x on R", r"write \(-oo, oo\)"),
        ("density of x on Reals", r"write \(-oo, oo\)"),
        ("density of x on N", r"write \{0, 1, ...\}"),
        ("variable on Z", r"write \{0, 1, ...\}"),
        ("data on RR", r"write \(-oo, oo\)"),
        ("function of x = ", "nothing|empty|read|unexpected|expected"),
        ("ArgMin(", "."),
        ("__import__('os')", "not a kind"),
        ("probability", "0 < theta < 1"),
        ("in (0, 1)", "0 < theta < 1"),
        ("natural number", "positive integer"),
        ("positive integer, even", "separated by blanks"),
        ("pdf of x", "density of x"),
        ("variable on {1, 2, 5}", "has a name, such as X"),
        ("variable on {1, ..., N - 1}", "declare a symbol for it"),
    ],
)
def test_kinds_that_are_none(kind: str, words: str) -> None:
    with pytest.raises(DerivationError, match=words):
        prove("p(0)", "p(0)", symbols={"p": kind})


def test_what_the_line_does_not_speak_of_is_not_declared() -> None:
    symbols = {
        "p": "density of x = normal(m, s)",
        "m": "real",
        "s": "positive",
        "other": "nonsense",
    }
    assert prove("E(x, x in p)", "m", symbols=symbols).status == "proved"
    with pytest.raises(DerivationError, match="not a kind"):
        prove("other", "m", symbols=symbols)


def test_a_formula_that_is_no_known_density_has_no_facts() -> None:
    symbols = {"p": "density of x = exp(-x**2)"}
    assert prove("Integral(p(x), x)", "1", symbols=symbols).status != "proved"


def test_a_function_is_used_only_where_its_definition_is_defined() -> None:
    symbols = {"f": "function of t = 1/t", "y": "real"}
    verdict = prove("f(y)*y", "1", symbols=symbols)
    assert verdict.status == "proved"
    assert [str(c) for c in verdict.conditions] == ["y != 0"]
    assert prove("f(0)", "f(0)", symbols=symbols).status != "proved"


def test_a_kind_is_text_or_a_symbol() -> None:
    symbols: dict[str, Any] = {"p": 5}
    with pytest.raises(DerivationError, match="no kind"):
        prove("p", "p", symbols=symbols)


def test_a_set_may_be_called_by_the_capital_of_its_variable() -> None:
    symbols = {"z": "variable on Z", "p": "density of z"}
    assert prove("Sum(p(z), (z, Z))", "1", symbols=symbols).status == "proved"


@pytest.mark.parametrize("assumption", ["extended_real", "extended_positive", "extended_nonzero"])
def test_a_symbol_that_may_be_infinite_is_no_number(assumption: str) -> None:
    x = Symbol("x", **{assumption: True})
    assert prove("x - x", "0", symbols={"x": x}).status == "undecided"
    assert prove("x - x", "0", symbols={"x": Symbol("x", real=True)}).status == "proved"
