"""What is abstract becomes a normal or exponential law, three elements, a random variable; what is true stays true."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Integer, Symbol, exp, pi, sqrt

from klderive.certificates.certificate import Counterexample, Point, certify
from klderive.certificates.evaluation import Formula, StepFunction, Table
from klderive.certificates.point_text import law_text, point_texts
from klderive.derivation import Derivation
from klderive.refute import Search
from klderive.refute.minimising import minimised
from klderive.statement import Statement
from klderive.verify.heeding import Heeding

X, Y = (Symbol(name, real=True) for name in "xy")


def refuted(d: Derivation, left: str, right: str, relation: str = "=") -> Counterexample | None:
    """The certificate of the point that the search finds where the hypotheses hold."""
    sides = [d.read(s, None)[1] for s in (left, right)]
    statement = Statement(sides[0], relation, sides[1])  # type: ignore[arg-type]
    hypotheses = [(p.statement, p.closed) for p in d.premises.values() if p.statement is not None]
    point = Heeding(hypotheses).counterexample(statement, d.context())
    return certify(statement, d.context(), point) if point is not None else None


def shown(found: Counterexample | None) -> tuple[str, ...]:
    assert found is not None
    return found.explain()


def densities(on: str) -> Derivation:
    d = Derivation("t")
    d.density("P", of="x", on=on)
    d.density("Q", of="x", on=on)
    return d


def joint() -> Derivation:
    d = Derivation("t")
    for variable in "xz":
        d.variable(variable, on="(-oo, oo)")
    d.joint("p", of="x, z")
    d.density("q", of="z")
    return d


def test_densities_on_the_line_are_normal() -> None:
    found = shown(refuted(densities("(-oo, oo)"), "KL(P, Q)", "0"))
    assert found[:2] == ("P(x) = normal(0, 1)", "Q(x) = normal(1, 1)")
    assert "left side: 1/2 = 0.500000" in found
    found = shown(refuted(densities("(-oo, oo)"), "KL(P, Q)", "KL(Q, P)"))
    assert found[:2] == ("P(x) = normal(0, 1)", "Q(x) = normal(0, 2)")


def test_densities_on_a_half_line_are_exponential() -> None:
    found = shown(refuted(densities("(0, oo)"), "KL(P, Q)", "KL(Q, P)"))
    assert found[:2] == ("P(x) = exponential(1)", "Q(x) = exponential(2)")


def test_steps_serve_where_normal_laws_do_not() -> None:
    # The largest value of a normal density with a deviation of 1 or more is less than 2/5.
    found = refuted(densities("(-oo, oo)"), "P(1/4)", "1/2", "<=")
    assert found is not None
    assert any(isinstance(model, StepFunction) for model in found.point.functions.values())


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("p(x | z)", "p(x)"),
        ("p(x, z)", "p(x)*p(z)"),
        ("p(z | x)", "p(x | z)*p(z)"),
        ("KL(q(z), p(z | x), z)", "KL(q(z), p(z), z)"),
        ("KL(q(z), p(z | x), z)", "E(log(q(z)), z in q) - E(log(p(x | z)*p(z)), z in q)"),
        ("Integral(Integral(x*z*p(x, z), x), z)", "0"),
        ("Integral(Integral(p(x, z)*log(p(x, z)/(p(x)*p(z))), x), z)", "0"),
    ],
)
def test_joint_densities_on_the_line(left: str, right: str) -> None:
    found = refuted(joint(), left, right)
    assert found is not None
    assert all(isinstance(model, Formula) for model in found.point.functions.values())


@pytest.mark.parametrize(
    ("left", "relation", "right"),
    [
        ("p(x, z)", "=", "p(x | z)*p(z)"),
        ("p(z | x)", "=", "p(x | z)*p(z)/Integral(p(x | z)*p(z), z)"),
        ("Integral(p(x, z), z)", "=", "p(x)"),
        ("Integral(Integral(p(x, z), x), z)", "=", "1"),
        ("log(p(x))", ">=", "E(log(p(x | z)*p(z)), z in q) - E(log(q(z)), z in q)"),
        ("Integral(Integral(p(x, z)*log(p(x, z)/(p(x)*p(z))), x), z)", ">=", "0"),
    ],
)
def test_nothing_true_of_joint_densities_is_refuted(left: str, relation: str, right: str) -> None:
    assert refuted(joint(), left, right, relation) is None


def apart(on: str, *others: tuple[str, str]) -> Derivation:
    """Densities of one letter that are declared one by one."""
    d = Derivation("t")
    d.variable("x", on="X" if on == "set" else on)
    d.variable("y", on="Y" if on == "set" else on)
    d.density("p", of="x, y")
    for of, given_ in others:
        d.density("p", of=of, given=given_)
    return d


@pytest.mark.parametrize("on", ["set", "(-oo, oo)"])
@pytest.mark.parametrize(
    ("others", "left", "right", "false"),
    [
        ([("x", "")], "p(x, y)", "p(x)", True),
        ([("x", "")], "TOTAL(p(x, y), y)", "p(x)", False),
        ([("y", "x")], "p(x, y)", "p(y | x)", True),
        ([("y", "x")], "p(x, y)", "p(y | x)*TOTAL(p(x, y), y)", False),
        ([("x", ""), ("y", "x")], "p(x, y)", "p(y | x)*p(x)", False),
        ([("x", ""), ("y", "")], "p(x, y)", "p(x)*p(y)", True),
    ],
)
def test_densities_of_one_letter_belong_together(
    on: str, others: list[tuple[str, str]], left: str, right: str, false: bool
) -> None:
    d = apart(on, *others)
    total = "Sum" if on == "set" else "Integral"
    found = refuted(d, left.replace("TOTAL", total), right.replace("TOTAL", total))
    assert (found is not None) == false


@pytest.mark.parametrize(("of", "given_"), [("x", ""), ("y", "x")])
def test_tables_that_are_no_parts_of_the_joint_one_are_no_model(of: str, given_: str) -> None:
    d = apart("set", (of, given_))
    key = "p(y | x)" if given_ else "p(x)"
    line = Statement(d.read("p(x, y)", None)[1], "=", d.read(f"3*{key}", None)[1])
    half, third = fmpq(1, 2), fmpq(1, 3)
    pairs = [(fmpq(i), fmpq(j)) for i in range(2) for j in range(2)]

    def certified(first: fmpq) -> bool:
        """Whether the point is a counterexample with this weight of the first element."""
        law = (first, 1 - first)
        keys = pairs if given_ else [(fmpq(0),), (fmpq(1),)]
        (other,) = set(d.functions) - {"p(x, y)"}
        point = Point(
            values={X: fmpq(0), Y: fmpq(0)},
            sets={over: (fmpq(0), fmpq(1)) for over in d.scope.sets.values()},
            functions={
                "p(x, y)": Table({pair: fmpq(1, 4) for pair in pairs}),
                other: Table({k: law[int(k[0].p)] for k in keys}),
            },
        )
        return certify(line, d.context(), point) is not None

    assert certified(half)
    assert not certified(third)


def test_models_are_judged_anew_where_a_domain_changes() -> None:
    d = Derivation("t")
    d.symbols(b="positive")
    d.density("P", of="x", on="(0, b)")
    line = Statement(d.read("b", None)[1], "=", d.read("7 + Integral(P(x), x)", None)[1])
    context, b = d.context(), d.scope.symbols["b"]
    # The very same objects; on (0, 1/2) the density does not fit.
    values: dict[Symbol, fmpq] = {}
    sets: dict[Symbol, tuple[fmpq, ...]] = {}
    families: dict[str, tuple[fmpq, ...]] = {}
    functions = {"P": StepFunction((fmpq(0), fmpq(1)), (fmpq(1),))}
    for value, fits in ((fmpq(1), True), (fmpq(1, 2), False), (fmpq(2), True)):
        point = Point({b: value}, functions, sets, families)
        assert (certify(line, context, point) is not None) == fits
    d = densities("X")
    line = Statement(d.read("Sum(P(x), x)", None)[1], "=", d.read("2", None)[1])
    context, over = d.context(), d.scope.sets["X"]
    half = {(fmpq(i),): fmpq(1, 2) for i in range(2)}
    tables = {"P": Table(half)}
    for number, fits in ((2, True), (3, False), (1, False)):
        elements = tuple(fmpq(i) for i in range(number))
        point = Point(values, tables, {over: elements}, families)
        assert (certify(line, context, point) is not None) == fits


def test_independence_on_the_line() -> None:
    d = joint()
    d.hypothesis("p(x, z) = p(x)*p(z)")
    assert refuted(d, "p(x | z)", "p(x)") is None
    assert refuted(d, "Integral(Integral(x*z*p(x, z), x), z)", "1/7") is not None


@pytest.mark.parametrize(
    ("left", "relation", "right"),
    [
        ("Sum(P(x)**2, x)", ">=", "1/2"),
        ("Entropy(P)", "<=", "log(2)"),
        ("(x - 1)*x*P(x)", "=", "0"),
    ],
)
def test_three_elements_where_two_do_not_serve(left: str, relation: str, right: str) -> None:
    found = refuted(densities("X"), left, right, relation)
    assert found is not None
    assert {len(elements) for elements in found.point.sets.values()} == {3}
    table = found.point.functions.get("P")
    assert isinstance(table, Table)
    assert sum(table.entries.values(), fmpq(0)) == 1


def means() -> Derivation:
    d = Derivation("t")
    d.symbols(n="positive integer", mu="real", sigma="positive")
    for index in "ij":
        d.variable(index, on="{1, ..., n}")
    d.density("P", of="omega", on="Omega")
    d.function("X", of="i, omega")
    d.hypothesis("equal means", "Sum(X(i, omega)*P(omega), omega) = mu")
    d.hypothesis(
        "no correlation",
        "Sum(X(i, omega)*X(j, omega)*P(omega), omega)"
        " = mu**2 + Cases((sigma**2, i = j), (0, otherwise))",
    )
    return d


MEAN = "1/n*Sum(X(i, omega), (i, 1, n))"


@pytest.mark.parametrize(
    ("left", "right", "false"),
    [
        (f"Var({MEAN}, omega in P)", "sigma**2", True),
        (f"Var({MEAN}, omega in P)", "sigma**2/n**2", True),
        (f"Var({MEAN}, omega in P)", "sigma**2/n", False),
        (f"E({MEAN}, omega in P)", "mu", False),
        (f"E({MEAN}, omega in P)", "n*mu", True),
        (f"E(({MEAN})**2, omega in P)", "mu**2", True),
        (f"E(({MEAN})**2, omega in P)", "mu**2 + sigma**2/n", False),
    ],
)
def test_random_variables(left: str, right: str, false: bool) -> None:
    assert (refuted(means(), left, right) is not None) == false


def test_a_function_of_which_only_the_domain_is_known() -> None:
    d = Derivation("t")
    d.density("P", of="x", on="(-oo, oo)")
    d.function("f", of="x")
    assert refuted(d, "E(f(x), x in P)", "f(E(x, x in P))") is not None
    assert refuted(d, "E(f(x) + 1, x in P)", "E(f(x), x in P) + 1") is None
    d = Derivation("t")
    d.density("P", of="x", on="X")
    d.function("f", of="x")
    assert refuted(d, "E(f(x)**2, x in P)", "E(f(x), x in P)**2") is not None
    assert refuted(d, "E(f(x)**2, x in P)", "E(f(x), x in P)**2", ">=") is None


# What is printed


def test_symbols_that_nothing_ties_to_the_line_are_not_shown() -> None:
    d = Derivation("t")
    d.symbols(a="real", b="real", c="real", u="real", v="real")
    d.assume("u < v")
    d.assume("a < b")
    found = refuted(d, "a", "c")
    names = {line.partition(" = ")[0] for line in shown(found)}
    assert names >= {"a", "b", "c"}
    assert not names & {"u", "v"}
    # The point is complete nevertheless: it can be certified again.
    assert found is not None
    assert {str(s) for s in found.point.values} == set("abcuv")


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (exp(-(X**2)) / sqrt(pi), "normal(0, sqrt(1/2))"),
        (exp(-((X - Y) ** 2) / 6) / sqrt(6 * pi), "normal(y, sqrt(3))"),
        (3 * exp(-3 * X), "exponential(3)"),
        # No densities of these laws.
        (exp(-(X**2)), ""),
        (2 * exp(-X), ""),
        (exp(X), ""),
        (exp(-(X**2) * Y) / sqrt(pi), ""),
        (X**2 * exp(-(X**2)) / sqrt(pi), ""),
        (Integer(1), ""),
    ],
)
def test_names_of_laws(formula: Expr, text: str) -> None:
    assert law_text(Formula((X, Y), formula)) == text


def test_values_of_functions_of_one_shape_are_told_apart() -> None:
    half = Table({(fmpq(0), fmpq(1)): fmpq(1, 2)})
    texts = point_texts(Point(functions={"p(x | w)": half, "p(y | w)": half, "p(x)": half}))
    assert "p(x = 0 | w = 1) = 1/2" in texts
    assert "p(y = 0 | w = 1) = 1/2" in texts
    assert "p(0 | 1) = 1/2" in point_texts(Point(functions={"p(x | w)": half}))


@pytest.mark.parametrize(
    ("left", "right", "values"),
    [
        ("x*(x - 1)*(x - 2)*(x + 1)*(2*x - 1)", "0", {"x": "-2"}),
        ("x + y", "x*y + 1", {"x": "0", "y": "0"}),
        ("(x - y)*x*(x - 1)", "0", {"x": "-1", "y": "0"}),
        ("x**2 + y**2", "9", {"x": "0", "y": "0"}),
    ],
)
def test_small_numbers(left: str, right: str, values: dict[str, str]) -> None:
    d = Derivation("t")
    d.symbols(x="real", y="real")
    found = refuted(d, left, right)
    assert found is not None
    assert {str(s): str(v) for s, v in found.point.values.items()} == values


@given(st.fractions(min_value=-20, max_value=20, max_denominator=7), st.integers(-3, 3))
@settings(max_examples=60, deadline=None)
def test_minimising_keeps_what_fails(value: Fraction, least: int) -> None:
    d = Derivation("t")
    d.symbols(x="real", y="real")
    x, y = (d.scope.symbols[name] for name in "xy")
    start = fmpq(value.numerator, value.denominator)
    point = Point(values={x: start, y: fmpq(7, 5)})

    def fails(at: Point) -> bool:
        return bool(at.values[x] >= least)

    if not fails(point):
        return
    smaller = minimised(point, fails)
    assert fails(smaller)
    assert smaller.values[x].q <= start.q
    assert smaller.values[y].q == 1


def test_a_number_is_not_replaced_by_one_that_is_harder_to_read() -> None:
    d = Derivation("t")
    d.symbols(x="real", y="real")
    x, y = (d.scope.symbols[name] for name in "xy")

    def fails(at: Point) -> bool:
        return at.values[y] == fmpq(7, 5) and at.values[x] != 0

    found = minimised(Point(values={x: fmpq(3), y: fmpq(7, 5)}), fails)
    assert found.values == {x: fmpq(1), y: fmpq(7, 5)}


def test_true_lines_of_random_coefficients_are_not_refuted() -> None:
    d = densities("(-oo, oo)")
    d.symbols(a="real", b="real")
    search = Search()
    for c in range(1, 4):
        left, right = (
            d.read(s, None)[1]
            for s in (
                f"Integral((a*x + {c}*b)*P(x), x)",
                f"a*Integral(x*P(x), x) + {c}*b*Integral(Q(x), x)",
            )
        )
        assert search.counterexample(Statement(left, "=", right), d.context()) is None
        assert search.counterexample(Statement(left, "<", right), d.context()) is not None
