"""The search finds counterexamples to what is false, simple ones, and none to what is true."""

from __future__ import annotations

import time

import pytest
from flint import fmpq

from klderive.derivation import Derivation
from klderive.kernel import Context, Counterexample, Statement
from klderive.kernel.certificate import certify, satisfies
from klderive.refute import Search


def refuted(
    d: Derivation, left: str, right: str, relation: str = "=", over: tuple[str, ...] = ()
) -> Counterexample | None:
    """The certificate of the point that the search finds."""
    statement = Statement(d.read(left, None)[1], relation, d.read(right, None)[1], over)  # type: ignore[arg-type]
    context = d.context()
    point = Search().counterexample(statement, context)
    return certify(statement, context, point) if point is not None else None


def reals(*givens: str) -> Derivation:
    d = Derivation("t")
    d.symbols(x="real", a="real", b="positive", p="real", n="positive integer")
    for given in givens:
        d.assume(given)
    return d


def densities(on: str) -> Derivation:
    d = Derivation("t")
    d.density("P", of="x", on=on)
    d.density("Q", of="x", on=on)
    return d


def values(found: Counterexample | None) -> dict[str, fmpq]:
    assert found is not None
    return {str(symbol): value for symbol, value in found.point.values.items()}


def test_a_root_of_a_square() -> None:
    assert values(refuted(reals(), "sqrt(x**2)", "x")) == {"x": -1}


def test_the_square_of_a_sum() -> None:
    assert values(refuted(reals(), "(a + x)**2", "a**2 + x**2")) == {"a": 1, "x": 1}


@pytest.mark.parametrize("on", ["(-oo, oo)", "(0, 1)", "(0, oo)", "X"])
def test_kl_is_not_symmetric(on: str) -> None:
    found = refuted(densities(on), "KL(P, Q)", "KL(Q, P)")
    assert found is not None
    assert found.difference is not None
    assert {line.partition(":")[0] for line in found.explain()} >= {"P", "Q", "left side"}


def test_a_bound_that_needs_its_assumptions() -> None:
    assert refuted(reals(), "p**2", "p", "<=") is not None
    assert values(refuted(reals("0 <= p"), "p**2", "p", "<="))["p"] > 1
    assert refuted(reals("0 <= p", "p <= 1"), "p**2", "p", "<=") is None


def test_numbers_are_few_and_small() -> None:
    assert values(refuted(reals("7 < 2*x"), "x + a", "x - a")) == {"x": 5, "a": 5}
    assert values(refuted(reals(), "x*a*b", "1 + x*a*b")) == {"x": 1, "a": 1, "b": 1}


@pytest.mark.parametrize(
    ("left", "relation", "right"),
    [
        ("sqrt(x**2)", "=", "abs(x)"),
        ("(a + x)**2", "=", "a**2 + 2*a*x + x**2"),
        ("log(b**2)", "=", "2*log(b)"),
        ("x/b", "=", "x*b**(-1)"),
        ("x**2 + a**2", ">=", "2*a*x"),
        ("Sum(x, (i, 1, n))", "=", "n*x"),
    ],
)
def test_nothing_true_is_refuted(left: str, relation: str, right: str) -> None:
    assert refuted(reals(), left, right, relation) is None


@pytest.mark.parametrize("on", ["(-oo, oo)", "(0, 1)", "X"])
def test_nothing_true_of_densities_is_refuted(on: str) -> None:
    d = densities(on)
    assert refuted(d, "KL(P, Q)", "CrossEntropy(P, Q) - Entropy(P)") is None
    assert refuted(d, "KL(P, Q)", "0", ">=") is None
    assert refuted(d, "KL(P, Q)", "CrossEntropy(P, Q)", "up to", ("Q",)) is None


def test_up_to_and_proportional() -> None:
    d = reals()
    assert refuted(d, "x**2 + a", "a", "up to", ("x",)) is not None
    assert refuted(d, "x**2 + a", "x**2", "up to", ("x",)) is None
    assert refuted(d, "b*x**2", "x", "proportional", ("x",)) is not None
    assert refuted(d, "b*x**2", "x**2", "proportional", ("x",)) is None
    d = densities("(0, 1)")
    assert refuted(d, "KL(P, Q)", "CrossEntropy(P, Q)", "up to", ("P",)) is not None


def conditionals() -> Derivation:
    d = Derivation("t")
    for variable, over in (("y", "Y"), ("x", "X"), ("w", "W")):
        d.variable(variable, on=over)
    d.density("p", of="y", given="x, w")
    d.density("p", of="x")
    d.density("q", of="y, x")
    return d


DROPPED = "-Sum(q(y, x)*log(p(y | x, w)), ((y, x), Y*X))"
WHOLE = (
    f"Sum(q(y, x)*log(q(y, x)), ((y, x), Y*X)) + {DROPPED} - Sum(q(y, x)*log(p(x)), ((y, x), Y*X))"
)


def test_dropped_terms_of_a_cross_entropy() -> None:
    d = conditionals()
    found = refuted(d, WHOLE, DROPPED)
    assert found is not None
    assert set(found.point.functions) == {"p(x)", "p(y | x, w)", "q(y, x)"}
    assert refuted(d, WHOLE, DROPPED, "up to", ("w",)) is None
    assert refuted(d, f"ArgMin({WHOLE}, w)", f"ArgMin({DROPPED}, w)") is None


def test_exchanged_arguments_under_arg_min() -> None:
    d = Derivation("t")
    for variable, over in (("y", "Y"), ("w", "W")):
        d.variable(variable, on=over)
    d.density("p", of="y", given="w")
    d.density("q", of="y", on="Y")
    cross = "ArgMin(-Sum(q(y)*log(p(y | w)), (y, Y)), w)"
    wrong = "ArgMin(Sum(p(y | w)*log(p(y | w)/q(y)), (y, Y)), w)"
    right = "ArgMin(Sum(q(y)*log(q(y)/p(y | w)), (y, Y)), w)"
    assert refuted(d, wrong, cross) is not None
    assert refuted(d, right, cross) is None


def test_a_jensen_shannon_divergence_with_an_exchanged_argument() -> None:
    d = densities("X")
    d.density("M", of="x", on="X", as_="(P(x) + Q(x))/2")
    assert refuted(d, "(KL(P, M) + KL(M, P))/2", "(KL(Q, M) + KL(M, Q))/2") is not None
    assert refuted(d, "(KL(P, M) + KL(Q, M))/2", "(KL(Q, M) + KL(P, M))/2") is None


def test_data() -> None:
    d = Derivation("t")
    d.variable("x", on="X")
    d.data("s")
    d.density("p", of="x", on="X")
    found = refuted(d, "Sum(log(p(s[i])), (i, 1, 3))", "log(p(s[1])*p(s[2]))")
    assert found is not None
    assert "s[1] = 1, repeating" in found.explain()
    found = refuted(d, "p(s[1])", "p(s[2])")
    assert found is not None
    assert {len(data) for data in found.point.families.values()} == {2}
    assert refuted(d, "Sum(log(p(s[i])), (i, 1, 2))", "log(p(s[1])*p(s[2]))") is None


def test_a_model_of_conditions() -> None:
    d = reals("x < a", "a < 0")
    context = Context(d.context().givens, d.functions)
    conditions = [Statement(d.read("x + 3", None)[1], "!=", d.read("0", None)[1])]
    point = Search().model(conditions, context)
    assert point is not None
    assert satisfies(conditions, context, point)
    assert Search().model([], reals("x < a", "a < x").context()) is None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Sum(i, (i, 1, 10**9))", "x"),
        ("Sum(Sum(sin(i*j*x), (i, 1, 4000)), (j, 1, 4000))", "x"),
        ("Integral(abs(t - x), (t, a, b))", "x"),
        ("Integral(exp(sin(1000*t*x)), (t, a, b))", "Integral(exp(sin(1000*t*x)), (t, a, b))"),
        ("x**(9**(9**2))", "x"),
    ],
)
def test_the_search_ends_soon(left: str, right: str) -> None:
    d = reals()
    start = time.perf_counter()
    refuted(d, left, right)
    assert time.perf_counter() - start < 8


def test_the_search_is_deterministic() -> None:
    d = reals()
    first, second = (refuted(d, "x**3*a", "x*a**3 + b") for _ in range(2))
    assert first == second
    assert first is not None
