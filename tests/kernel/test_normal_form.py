"""Random expressions: equal rewritings are never refuted, breaking changes never proved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import mpmath
import pytest
import sympy
from flint import arb, ctx, fmpq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from klderive import Derivation
from klderive.certificates.certificate import Point
from klderive.certificates.evaluation import evaluate
from klderive.kernel.decide import BUDGET
from klderive.kernel.session import Session
from klderive.theories import TOGETHER
from klderive.verify import prove

SYMBOLS = {"a": "real", "b": "real", "s": "positive", "t": "positive"}
POINTS = [
    {"a": "7/5", "b": "-9/4", "s": "5/3", "t": "3/8"},
    {"a": "-3/7", "b": "11/6", "s": "2/9", "t": "13/4"},
    {"a": "0.31", "b": "0.77", "s": "1.9", "t": "0.6"},
]
LINES = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

Tree = Any
"""A number or name as text, or an operation with its operands."""

leaves = st.sampled_from(["a", "b", "s", "t", "2", "3", "1/2", "5"])
positive_leaves = st.sampled_from(["s", "t", "2", "3", "1/2"])


def node(name: str, *operands: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    return st.tuples(st.just(name), *operands)


positive = st.recursive(
    positive_leaves,
    lambda p: st.one_of(
        node("+", p, p), node("*", p, p), node("/", p, p), node("sqrt", p), node("exp", leaves)
    ),
    max_leaves=4,
)
trees = st.recursive(
    leaves,
    lambda e: st.one_of(
        node("+", e, e),
        node("-", e, e),
        node("*", e, e),
        node("/", e, positive),
        node("square", e),
        node("exp", leaves),
        node("log", positive),
        node("abs", e),
        node("integral", e),
        node("sum", e),
    ),
    max_leaves=8,
)


def text(tree: Tree) -> str:
    if isinstance(tree, str):
        return tree
    name, *operands = tree
    parts = [f"({text(operand)})" for operand in operands]
    match name:
        case "+" | "-" | "*" | "/":
            return f"{parts[0]}{name}{parts[1]}"
        case "square":
            return f"{parts[0]}**2"
        case "integral":
            return f"Integral({parts[0]} + x, (x, 0, 2))"
        case "sum":
            return f"Sum({parts[0]}*i, (i, 1, 3))"
        case _:
            return f"{name}{parts[0]}"


def value(tree: Tree, at: dict[str, mpmath.mpf]) -> mpmath.mpf:
    if isinstance(tree, str):
        return at[tree] if tree in at else mpmath.mpf(sympy.Rational(tree).evalf(30))
    name, *operands = tree
    x, *rest = (value(operand, at) for operand in operands)
    match name:
        case "+":
            return x + rest[0]
        case "-":
            return x - rest[0]
        case "*":
            return x * rest[0]
        case "/":
            return x / rest[0]
        case "square":
            return x * x
        case "integral":
            return 2 * x + 2
        case "sum":
            return 6 * x
        case _:
            return {"abs": abs, "exp": mpmath.exp, "log": mpmath.log, "sqrt": mpmath.sqrt}[name](x)


def values(tree: Tree) -> list[mpmath.mpf]:
    with mpmath.workdps(40):
        found = []
        for point in POINTS:
            at = {
                n: mpmath.mpf(sympy.Rational(v).p) / sympy.Rational(v).q for n, v in point.items()
            }
            found.append(value(tree, at))
        return found


def is_positive(tree: Tree) -> bool:
    """Whether a tree is positive by its shape."""
    if isinstance(tree, str):
        return tree not in ("a", "b")
    name, *operands = tree
    return name == "exp" or (name in "+*/sqrt" and all(map(is_positive, operands)))


def rewritings(tree: Tree) -> Iterator[Tree]:
    """Trees of the same value wherever the symbols' assumptions hold."""
    yield ("+", tree, ("-", "s", "s"))
    yield ("*", tree, ("/", "t", "t"))
    yield ("-", ("*", "2", tree), tree)
    yield ("-", ("+", tree, "a"), "a")
    yield ("/", ("*", tree, ("exp", "a")), ("exp", "a"))
    if isinstance(tree, str):
        if is_positive(tree):
            yield ("exp", ("log", tree))
            yield ("square", ("sqrt", tree))
            yield ("abs", tree)
        yield ("log", ("exp", tree))
        return
    name, *operands = tree
    if name in "+*":
        yield (name, operands[1], operands[0])
    if name == "-":
        yield ("+", ("-", "2", operands[1]), ("-", operands[0], "2"))
    if name == "square":
        yield ("*", operands[0], operands[0])
        yield ("square", ("-", "3", ("+", operands[0], "3")))
        yield ("square", ("abs", operands[0]))
    if name == "log" and isinstance(operands[0], tuple):
        inner, *parts = operands[0]
        if inner == "*":
            yield ("+", ("log", parts[0]), ("log", parts[1]))
        if inner == "/":
            yield ("-", ("log", parts[0]), ("log", parts[1]))
        if inner == "sqrt":
            yield ("/", ("log", parts[0]), "2")
    if name == "/":
        yield ("*", operands[0], ("/", "2", ("*", "2", operands[1])))
    if name == "integral":
        yield ("+", ("*", "2", operands[0]), "2")
    if name == "sum":
        yield ("*", "3", ("*", "2", operands[0]))
    for place, operand in enumerate(operands):
        for other in rewritings(operand):
            if name == "exp":
                continue
            yield (name, *operands[:place], other, *operands[place + 1 :])


def breakings(tree: Tree) -> Iterator[Tree]:
    """Trees that mostly have another value."""
    yield ("+", tree, "1/2")
    yield ("*", tree, "2")
    yield ("-", "2", tree)
    if isinstance(tree, str):
        for other in ("a", "s", "3"):
            if other != tree:
                yield other
        return
    name, *operands = tree
    swaps = {"+": "-", "-": "+", "*": "+", "log": "exp", "abs": "square", "sum": "integral"}
    if name in swaps:
        yield (swaps[name], *operands)
    if name in "-/":
        yield (name, operands[1], operands[0]) if is_positive(operands[0]) else ("abs", tree)
    for place, operand in enumerate(operands):
        for other in breakings(operand):
            if name in ("log", "sqrt") and not is_positive(other):
                continue
            if name == "/" and place == 1 and not is_positive(other):
                continue
            yield (name, *operands[:place], other, *operands[place + 1 :])


@LINES
@given(trees, st.data())
def test_equal_rewritings_are_never_refuted(tree: Tree, data: st.DataObject) -> None:
    other = data.draw(st.sampled_from(list(rewritings(tree))))
    assert all(
        mpmath.almosteq(x, y, 1e-20) for x, y in zip(values(tree), values(other), strict=True)
    )
    verdict = prove(text(tree), text(other), symbols=SYMBOLS)
    assert verdict.status in ("proved", "undecided"), (text(tree), text(other))
    if verdict.status == "proved":
        assert verdict.conditions == ()


@LINES
@given(trees, st.data())
@pytest.mark.usefixtures("only_proofs")
def test_breaking_changes_are_never_proved(tree: Tree, data: st.DataObject) -> None:
    other = data.draw(st.sampled_from(list(breakings(tree))))
    pairs = list(zip(values(tree), values(other), strict=True))
    if all(mpmath.almosteq(x, y, 1e-15, 1e-15) for x, y in pairs):
        return
    verdict = prove(text(tree), text(other), symbols=SYMBOLS)
    assert verdict.status != "proved", (text(tree), text(other))


@LINES
@given(trees, trees)
@pytest.mark.usefixtures("only_proofs")
def test_proved_inequalities_hold(left: Tree, right: Tree) -> None:
    for relation in ("<=", ">="):
        if prove(text(left), text(right), relation, symbols=SYMBOLS).status == "proved":
            for x, y in zip(values(left), values(right), strict=True):
                assert (x - y if relation == "<=" else y - x) < 1e-12


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("((a + b)**3 - a**3 - b**3)/3", "a*b*(a + b)"),
        ("(s**2 - t**2)/(s + t)", "s - t"),
        ("1/(1 + s) + s/(1 + s)", "1"),
        ("log(s**2*t/(s + t))", "2*log(s) + log(t) - log(s + t)"),
        ("sqrt(s**3*t)/sqrt(s*t)", "s"),
        ("exp(2*a)*exp(-a)**2", "1"),
        ("abs(a - b)", "abs(b - a)"),
        ("abs(a*s)", "s*abs(a)"),
        ("Integral(a*x**2 + x, (x, 0, 2))", "Integral(x + x**2*a, (x, 0, 2))"),
        ("Integral(Integral(s*x*y, (y, 0, 1)), (x, 0, 1))", "s*Integral(x, (x, 0, 1))**2"),
        ("Sum(a*i + b, (i, 1, 3))", "6*a + 3*b"),
        ("Integral(x, (x, 0, 1))", "Integral(y, (y, 0, 1))"),
    ],
)
def test_equal_expressions_have_one_normal_form(left: str, right: str) -> None:
    assert prove(left, right, symbols=SYMBOLS).status == "proved"


def test_what_cancels_must_still_have_a_value() -> None:
    for left in (
        "Integral(1/x, (x, -1, 1)) - Integral(1/x, (x, -1, 1))",
        "0*Integral(1/x, (x, 0, 1))",
        "0*log(-s)",
        "(a - a)*(1/0)",
        "sqrt(-s)*0",
    ):
        assert prove(left, "0", symbols=SYMBOLS).status != "proved"


@LINES
@given(trees)
def test_the_normal_form_is_idempotent_and_has_the_same_value(tree: Tree) -> None:
    derivation = Derivation("t")
    derivation.symbols(**SYMBOLS)
    expression = derivation.read(text(tree), None)[1]
    session = Session(derivation.context(), TOGETHER, BUDGET)
    normal, _ = session.probe.side(expression)
    shown = session.probe.express(normal)
    again, _ = session.probe.side(shown)
    assert session.factoring.is_zero(session.ring.subtract(normal, again))
    for point, expected in zip(POINTS, values(tree), strict=True):
        at = {
            derivation.scope.symbols[name]: fmpq(sympy.Rational(v).p, sympy.Rational(v).q)
            for name, v in point.items()
        }
        for formula in (expression, shown):
            # The kernel's own second opinion, in certified enclosures.
            with ctx.workprec(128):
                ball = arb(evaluate(formula, Point(values=at), 128))
                assert abs(ball - arb(mpmath.nstr(expected, 40))) < abs(ball) * 1e-20 + 1e-20
        exact = {symbol: sympy.Rational(int(v.p), int(v.q)) for symbol, v in at.items()}
        number = expression.subs(exact).doit().evalf(30)
        assert mpmath.almosteq(mpmath.mpf(str(number)), expected, 1e-12, 1e-12)
