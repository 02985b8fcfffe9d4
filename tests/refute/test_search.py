"""The search finds counterexamples to what is false, simple ones, and none to what is true."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flint import fmpq
from sympy import (
    Abs,
    Expr,
    Function,
    IndexedBase,
    Integer,
    Limit,
    Mul,
    Pow,
    Symbol,
    Tuple,
    log,
    oo,
)

from klderive.certificates.certificate import Counterexample, certify, satisfies, witness
from klderive.certificates.models import Table
from klderive.derivation import Derivation
from klderive.notation import bound_variable
from klderive.notation.nodes import (
    ArgMax,
    ArgMin,
    Indicator,
    SumOver,
    unevaluated_product,
    unevaluated_sum,
)
from klderive.refute import Search
from klderive.statement import Context, FamilyDeclaration, Statement
from klderive.verify import prove
from klderive.verify.heeding import Heeding


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
    shown = {re.split(r"[:(]", line)[0] for line in found.explain()}
    assert shown >= {"P", "Q", "left side"}


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
    refuted(d, left, right)


def test_the_search_is_deterministic() -> None:
    d = reals()
    first, second = (refuted(d, "x**3*a", "x*a**3 + b") for _ in range(2))
    assert first == second
    assert first is not None


# Laws that belong together


def heeded(
    d: Derivation, left: Expr | str, right: Expr | str, relation: str = "="
) -> Counterexample | None:
    """The certificate of the point that the search finds where the hypotheses hold."""
    sides = [d.read(s, None)[1] if isinstance(s, str) else s for s in (left, right)]
    statement = Statement(sides[0], relation, sides[1])  # type: ignore[arg-type]
    hypotheses = [(p.statement, p.closed) for p in d.premises.values() if p.statement is not None]
    point = Heeding(hypotheses).counterexample(statement, d.context())
    return certify(statement, d.context(), point) if point is not None else None


def labels(*, hypothesis: bool = True) -> Derivation:
    d = Derivation("t")
    for variable, over in (("x", "X"), ("y", "Y"), ("w", "W")):
        d.variable(variable, on=over)
    d.joint("ps", of="y, x")
    d.joint("p", of="y, x", given="w")
    if hypothesis:
        d.density("p", of="x")
        d.hypothesis("p(x | w) = p(x)")
    return d


def summed(formula: str) -> str:
    return f"Sum(Sum(ps(y, x)*{formula}, (y, Y)), (x, X))"


WITH_PRIOR = f"{summed('log(ps(y, x))')} - {summed('log(p(y | x, w))')} - {summed('log(p(x))')}"
CONDITIONAL = f"-{summed('log(p(y | x, w))')}"


def test_a_dropped_entropy_and_prior_of_joint_laws() -> None:
    d = labels()
    found = heeded(d, WITH_PRIOR, CONDITIONAL)
    assert found is not None
    shown = {line.partition(" =")[0] for line in found.explain()}
    # The other tables of the joint laws follow from these.
    assert shown >= {"p(0)", "p(0 | 0, 0)", "ps(0, 0)", "w"}
    assert not shown & {"p(0 | 0)", "ps(0)", "p(0, 0 | 0)"}
    assert found.implied
    prior, given = (found.point.functions[name] for name in ("p(x)", "p(x | w)"))
    assert isinstance(prior, Table)
    assert isinstance(given, Table)
    assert all(given.entries[x, w] == prior.entries[x,] for x, w in given.entries)


def test_the_search_finds_joint_laws_soon() -> None:
    assert heeded(labels(), WITH_PRIOR, CONDITIONAL) is not None


def test_a_law_without_doubt_is_no_counterexample() -> None:
    d = labels()
    found = heeded(d, WITH_PRIOR, CONDITIONAL)
    assert found is not None
    certain = {
        name: Table({arguments: fmpq(int(arguments[0] == 1)) for arguments in table.entries})
        if name.startswith(("ps(y |", "ps(x |", "ps(x)", "ps(y)"))
        else table
        for name, table in found.point.functions.items()
        if isinstance(table, Table)
    }
    joint = found.point.functions["ps(y, x)"]
    assert isinstance(joint, Table)
    certain["ps(y, x)"] = Table({a: fmpq(int(a == (1, 1))) for a in joint.entries})
    certain["p(x)"] = Table({(fmpq(0),): fmpq(0), (fmpq(1),): fmpq(1)})
    certain["p(x | w)"] = certain["p(x)"]
    sides = [d.read(s, None)[1] for s in (WITH_PRIOR, CONDITIONAL)]
    at = replace(found.point, functions=certain)
    assert certify(Statement(sides[0], "=", sides[1]), d.context(), at) is None


def test_tables_that_contradict_each_other_are_no_model() -> None:
    d = labels()
    found = heeded(d, WITH_PRIOR, CONDITIONAL)
    assert found is not None
    sides = [d.read(s, None)[1] for s in (WITH_PRIOR, CONDITIONAL)]
    line = Statement(sides[0], "=", sides[1])
    assert certify(line, d.context(), found.point) is not None
    for name, table in found.point.functions.items():
        assert isinstance(table, Table)
        turned = Table(dict(zip(table.entries, [*table.entries.values()][::-1], strict=True)))
        if turned == table:
            continue
        wrong = replace(found.point, functions={**found.point.functions, name: turned})
        assert certify(line, d.context(), wrong) is None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("p(y, x | w)", "p(y | x, w)*p(x)"),
        ("p(x | y, w)*p(y | w)", "p(y | x, w)*p(x)"),
        ("Sum(p(y, x | w), (y, Y))", "p(x)"),
        (
            f"{summed('log(ps(y, x)/p(y, x | w))')}",
            WITH_PRIOR,
        ),
        ("ArgMin(KL(ps(y, x), p(y, x | w), y, x), w)", f"ArgMin({CONDITIONAL}, w)"),
    ],
)
def test_nothing_true_of_joint_laws_is_refuted(left: str, right: str) -> None:
    assert heeded(labels(), left, right) is None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("p(y, x | w)", "p(y | x, w)*p(x)"),
        ("ArgMin(KL(ps(y, x), p(y, x | w), y, x), w)", f"ArgMin({CONDITIONAL}, w)"),
    ],
)
def test_what_holds_by_a_hypothesis_fails_without_it(left: str, right: str) -> None:
    d = labels(hypothesis=False)
    d.density("p", of="x")
    assert heeded(d, left.replace("p(x)", "p(x | w)"), right.replace("p(x)", "ps(x)")) is not None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("ArgMin(KL(p(y, x | w), ps(y, x), y, x), w)", f"ArgMin({CONDITIONAL}, w)"),
        (
            "ArgMin(KL(p(y, x | w), ps(y, x), y, x), w)",
            "ArgMin(KL(ps(y, x), p(y, x | w), y, x), w)",
        ),
        ("ArgMin(KL(ps(y, x), p(y, x | w), y, x), w)", f"ArgMax({CONDITIONAL}, w)"),
    ],
)
@pytest.mark.parametrize("hypothesis", [True, False])
def test_false_optima_of_joint_laws(left: str, right: str, hypothesis: bool) -> None:
    found = heeded(labels(hypothesis=hypothesis), left, right)
    assert found is not None
    assert str(found.left).startswith("optimal at w = ")


def test_a_law_that_nothing_ties_to_the_others_is_no_model() -> None:
    d = labels(hypothesis=False)
    d.density("p", of="x")
    found = heeded(d, "p(x)", "p(x | w)")
    # Without the hypothesis p(x) is a mixture of p(x | w), and only one that is equal to them is known to be.
    assert found is None


def test_independence_is_met() -> None:
    d = Derivation("t")
    for variable, over in (("x", "X"), ("y", "Y")):
        d.variable(variable, on=over)
    d.joint("p", of="x, y")
    d.hypothesis("p(x, y) = p(x)*p(y)")
    assert heeded(d, "p(x | y)", "p(x)") is None
    found = heeded(d, "p(x | y)", "1/3")
    assert found is not None
    assert {"p(x, y)", "p(x)", "p(y)"} <= set(found.point.functions)


# Moments that hypotheses name


def chebyshev() -> Derivation:
    d = Derivation("t")
    d.symbols(mu="real", sigma="positive", k="positive")
    d.density("p", of="x", on="X")
    d.hypothesis("Sum(x*p(x), (x, X)) = mu")
    d.hypothesis("Sum((x - mu)**2*p(x), (x, X)) = sigma**2")
    return d


def tail(d: Derivation, distance: str) -> Expr:
    x = bound_variable("x")
    event = Indicator(Abs(x - d.scope.symbols["mu"]), d.read(distance, None)[1])
    return SumOver(Mul(Function("p")(x), event, evaluate=False), x, d.scope.sets["X"])


@pytest.mark.parametrize(
    ("distance", "bound", "false"),
    [
        ("k*sigma**2", "1/k**2", True),
        ("k*sigma", "1/k**3", True),
        ("k*sigma", "1/(2*k**2)", True),
        ("sigma", "1/k**2", True),
        ("k*sigma", "1/k**2", False),
        ("k*sigma", "1/k", False),
        ("k*sigma**2", "1/(k*sigma)**2", False),
    ],
)
def test_the_chebyshev_inequality(distance: str, bound: str, false: bool) -> None:
    d = chebyshev()
    found = heeded(d, tail(d, distance), bound, "<=")
    assert (found is not None) == false
    if found is not None:
        at, p = values(found), found.point.functions["p"]
        assert isinstance(p, Table)
        mean = sum((x * weight for (x,), weight in p.entries.items()), fmpq(0))
        variance = sum(((x - mean) ** 2 * w for (x,), w in p.entries.items()), fmpq(0))
        assert at["mu"] == mean
        assert at["sigma"] ** 2 == variance


def test_a_moment_that_is_a_number() -> None:
    d = Derivation("t")
    d.density("p", of="x", on="X")
    d.hypothesis("Sum(x*p(x), (x, X)) = 4/5")
    found = heeded(d, "p(0)", "p(1)")
    assert found is not None
    assert found.point.functions["p"] == Table({(fmpq(0),): fmpq(1, 5), (fmpq(1),): fmpq(4, 5)})
    assert heeded(d, "Sum(x**2*p(x), (x, X))", "4/5") is None


def test_the_wrong_power_has_a_small_counterexample() -> None:
    d = chebyshev()
    found = heeded(d, tail(d, "k*sigma**2"), "1/k**2", "<=")
    half = fmpq(1, 2)
    assert values(found) == {"k": 2, "mu": half, "sigma": half}


def test_symbols_that_givens_determine() -> None:
    d = reals("x = a**2 + 7")
    assert values(refuted(d, "x", "a + 7")) == {"a": 2, "x": 11}
    # The root of 2 is not rational, so no point meets the given.
    assert refuted(reals("b**2 = 2"), "b", "x") is None
    assert values(refuted(reals("b**2 = 9/4"), "b", "x"))["b"] == fmpq(3, 2)
    assert refuted(reals("x = a", "a = x"), "x", "x + a - p") is not None


# Data without end


def likelihood() -> tuple[Derivation, Expr, Expr, Expr]:
    """The limit of the mean log-likelihood, the log of the likelihood, and the sum of its logs."""
    d = Derivation("t")
    d.symbols(n="positive integer")
    d.variable("theta", on="Theta")
    d.variable("x", on="X")
    d.density("P", of="x", given="theta", positive=True)
    n, theta, i = d.scope.symbols["n"], bound_variable("theta"), Symbol("i", integer=True)
    p = Function("P(x | theta)")(IndexedBase("x")[i], theta)
    log_sum = unevaluated_sum(log(p), i, Integer(1), n)
    limit = Limit(Mul(Pow(n, -1), log_sum, evaluate=False), n, oo)
    return d, limit, log(unevaluated_product(p, i, Integer(1), n)), log_sum


def test_a_limit_under_arg_max_is_not_its_finite_form() -> None:
    d, limit, finite, log_sum = likelihood()
    theta = Tuple(bound_variable("theta"))
    found = heeded(d, ArgMax(limit, theta), ArgMax(finite, theta))
    assert found is not None
    assert values(found) == {"n": 1}
    assert "x[1] = 1, x[2] = 0, repeating" in found.explain()
    assert heeded(d, ArgMax(log_sum, theta), ArgMax(finite, theta)) is None
    assert heeded(d, ArgMin(finite, theta), ArgMax(finite, theta)) is not None
    assert heeded(d, limit, finite) is not None
    assert heeded(d, log_sum, finite) is None


def test_data_stay_in_their_domain() -> None:
    d, *_ = likelihood()
    context = replace(
        d.context(), families={"x": FamilyDeclaration("x", Tuple(Symbol("x"), 0, 1, 1))}
    )
    first = IndexedBase("x")[1]
    for left, right, relation, false in (
        (first**2, first, "=", False),
        (first, Integer(1), "<=", False),
        (first, Integer(0), "=", True),
    ):
        statement = Statement(left, relation, right)  # type: ignore[arg-type]
        assert (Search().counterexample(statement, context) is not None) == false


# Densities with something given, on the real line


def posterior() -> Derivation:
    d = Derivation("t")
    for variable in ("z", "x"):
        d.variable(variable, on="(-oo, oo)")
    d.density("p", of="z", given="x")
    for name in "qr":
        d.density(name, of="z")
    return d


SQUARE = "Integral((q(z) - p(z | x))**2, z)"


def test_given_reals() -> None:
    d = posterior()
    overlap = "Integral(q(z)*p(z | x), z)"
    squares = "Integral(q(z)**2, z) {} Integral(p(z | x)**2, z)"
    assert refuted(d, SQUARE, squares.format("-")) is not None
    assert refuted(d, SQUARE, squares.format("+")) is not None
    assert refuted(d, SQUARE, squares.format(f"- 2*{overlap} +")) is None
    assert refuted(d, "KL(q(z), p(z | x), z)", "KL(p(z | x), q(z), z)") is not None
    assert refuted(d, "KL(q(z), p(z | x), z)", "0", ">=") is None
    sides = [d.read(s, None)[1] for s in (overlap, overlap.replace("q(", "r("))]
    statement = Statement(sides[0], "!=", sides[1])
    point = Search().witness(statement, d.context())
    assert point is not None
    assert witness(statement, d.context(), point) is not None


# Variables that stand free


def test_free_variables_are_elements_of_their_set() -> None:
    d = densities("X")
    found = refuted(d, "P(x)", "Q(x)")
    assert found is not None
    assert values(found)["x"] in (0, 1)
    # With two elements 0 and 1 it is true.
    assert values(refuted(d, "x**2", "x")) == {"x": 2}
    assert refuted(d, "P(x)", "1", "<=") is None
    assert refuted(densities("(0, 1)"), "x", "0", "<=") is not None
    assert refuted(densities("(0, 1)"), "x**2", "x", "<") is None
    d = Derivation("t")
    d.symbols(a="real", b="real")
    d.assume("a < b")
    d.variable("x", on="(a, b)")
    found = refuted(d, "x", "a + 1", "<=")
    assert found is not None
    at = values(found)
    assert at["a"] + 1 < at["x"] < at["b"]
    assert refuted(d, "x", "a", ">") is None


def test_an_assumption_on_another_symbol_does_not_use_up_the_points() -> None:
    symbols = {
        "N": "positive integer",
        "m": "real",
        "s": "positive",
        "u": "positive",
        "x": "data",
        "g": "density of h = normal(m, s)",
    }
    right = "-Sum((x[i] - m)**2, (i, 1, N))/(2*s**2) - log(s) - log(2*pi)/2"
    verdict = prove("Sum(log(g(x[i])), (i, 1, N))", right, symbols=symbols, assuming=["u < 1/2"])
    assert verdict.status == "refuted"


@pytest.mark.parametrize(
    ("left", "relation", "right"),
    [
        ("KL(P, Q)", ">", "0"),
        ("KL(P, Q)", "<=", "10"),
        ("Entropy(P)", ">", "0"),
        ("P(k)", "<", "1"),
        ("Sum(abs(P(k) - Q(k)), k)", "<", "2"),
        ("KL(p, q)", ">", "0"),
        ("Entropy(p)", "<=", "10"),
        ("Integral(abs(p(x) - q(x)), x)", "<", "2"),
    ],
)
def test_what_fails_for_extreme_densities_only(left: str, relation: str, right: str) -> None:
    kinds = dict.fromkeys("PQ", "density of k on K") | dict.fromkeys("pq", "density of x")
    assert prove(left, right, relation, symbols=kinds).status == "refuted"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("left", "relation", "right"),
    [
        ("Sum(P(k)**2/Q(k), k)", ">", "0"),
        ("E(P(k)/Q(k), k in Q)", "=", "1"),
        ("E(p(x)/q(x), x in q)", "=", "1"),
        ("KL(P, Q)", ">=", "0"),
        ("exp(log(P(k))) + 0*k", "=", "P(k)"),
    ],
)
def test_a_density_that_is_0_where_another_is_not(left: str, relation: str, right: str) -> None:
    # That one is positive where another is, is a condition of these, which a point without it does not refute.
    kinds = dict.fromkeys("PQ", "density of k on K") | dict.fromkeys("pq", "density of x")
    assert prove(left, right, relation, symbols=kinds).status != "refuted"  # type: ignore[arg-type]
