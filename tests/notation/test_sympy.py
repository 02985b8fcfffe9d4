"""Reading SymPy expressions."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import assume, given
from sympy import (
    Add,
    Function,
    Integer,
    Integral,
    Limit,
    Piecewise,
    Rational,
    Symbol,
    exp,
    log,
    oo,
    pi,
    sqrt,
)
from sympy import Sum as SymPySum
from sympy.core import evalf

from klderive.notation import NotationError, Scope, read_sympy, read_text, to_text, translate
from klderive.notation.nodes import unevaluated_sum
from klderive.notation.tree import Node

from .scopes import gauss
from .test_translation import POINT, formulas
from .trees import value

SCOPE = gauss()
x, y = Symbol("x", real=True), Symbol("y", real=True)
P = Function("P")


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (x**2 + 2 * x + 1, "x**2 + 2*x + 1"),
        (-x - 3, "-x - 3"),
        (-(x + 1), "-x - 1"),
        (sympy.Mul(-1, x + 1, evaluate=False), "-(x + 1)"),
        ((x + 1) ** 2 / (2 * x), "(x + 1)**2/(2*x)"),
        (Rational(-3, 4) * x, "-3*x/4"),
        (exp(-(x**2) / 2) / sqrt(2 * pi), "sqrt(2)*exp(-x**2/2)/(2*sqrt(pi))"),
        (x ** Rational(-1, 2), "1/sqrt(x)"),
        (x ** Rational(1, 3), "root(x, 3)"),
        (x ** Rational(3, 2), "x**(3/2)"),
        (x**-y, "x**-y"),
        ((-2) ** x, "(-2)**x"),
        (2 ** (x + 1), "2**(x + 1)"),
        (sympy.Pow(x**2, y, evaluate=False), "(x**2)**y"),
        (x / y / 3, "x/(3*y)"),
        (sympy.E**2 + sympy.E, "e + exp(2)"),
        (abs(x - 1) + log(x), "log(x) + abs(x - 1)"),
        (Integral(P(x), (x, 0, oo)), "Integral(P(x), (x, 0, oo))"),
        (SymPySum(x, (x, 1, 3)), "Sum(x, (x, 1, 3))"),
        (Limit(1 / x, x, oo), "Limit(1/x, x, oo)"),
        (Piecewise((x, x > 1), (2, True)), "Cases((x, x > 1), (2, otherwise))"),
        (sympy.Eq(x, y), "x = y"),
        (sympy.Derivative(P(x), x, 2), "Diff(P(x), x, x)"),
        (sympy.IndexedBase("x")[1] * 2, "2*x[1]"),
        (sympy.Add(2, x, -2, evaluate=False), "2 + x - 2"),
    ],
)
def test_readable_math(expr: sympy.Expr, text: str) -> None:
    tree = read_sympy(expr)
    assert to_text(tree) == text
    assert read_text(text) == tree


@pytest.mark.parametrize(
    "text",
    [
        "x/x",
        "0*Integral(P_gt(x), x)",
        "Integral(x, (x, 0, oo))",
        "sqrt(x**2) + exp(log(x))",
        "2*3 - 6",
        "p(z | x) + p(x | z)*p(x)",
        "a/b*c - (a - b)/(a + b)",
        "a - (b - c) - -b",
        "KL(P_gt(x), q(x), x)",
        "E(log(q(z)), z in p(z | x))",
        "Sum(d[x], (x, X)) + Product(a, (x, X)) + Sum(A[x, 1], (x, 1, N))",
        "ArgMin(x**2, x)",
        "Max(x**2, a, b)",
        "Bar(x, (x, a, b)) + Diff(x**2, x) + Limit(1/N, N, oo)",
        "0 <= a <= b < 1",
        "9**9**9**9 + 1/0",
    ],
)
def test_a_translation_reads_back(text: str) -> None:
    expr = translate(read_text(text), SCOPE, text)
    tree = read_sympy(expr, SCOPE)
    assert translate(tree, SCOPE) == expr
    if " - -" not in text:
        assert to_text(tree) == text


@given(formulas)
def test_the_value_is_kept(tree: Node) -> None:
    try:
        expected = value(tree, POINT)
    except ZeroDivisionError:
        assume(False)
    again = read_sympy(translate(tree, SCOPE), SCOPE)
    assert read_text(to_text(again)) == again
    point = {SCOPE.symbols[name]: Rational(str(number)) for name, number in POINT.items()}
    assert translate(again, SCOPE).xreplace(point).doit() == Rational(str(expected))


@pytest.mark.parametrize(
    ("expr", "problem", "hint"),
    [
        (x * 0.5, "`0.500000000000000` is a floating-point number", "exact rationals only"),
        (0.5, "float is not a SymPy expression", "numbers are exact rationals"),
        (sympy.nan, "`nan` has no notation here", None),
        (sympy.zoo, "`zoo` has no notation here", None),
        (sympy.I * x, "`I` has no notation here", None),
        (
            Integral(x, x),
            "SymPy's `Integral` without bounds is not definite",
            "write `Integral(f, (x, a, b))`",
        ),
        (Symbol("a b"), "the name `a b` cannot be written", "names are of letters"),
        (Symbol("E"), "the name `E` cannot be written", "names are of letters"),
        (Symbol("pi"), "a symbol named `pi` would read back as the constant", "declare it"),
        (sympy.binomial(x, 2), "SymPy's `binomial` has no notation here", None),
        (Limit(x, x, 0), "a one-sided limit has no notation here", "write"),
    ],
)
def test_errors(expr: sympy.Expr, problem: str, hint: str | None) -> None:
    with pytest.raises(NotationError) as caught:
        read_sympy(expr)
    assert caught.value.problem == problem
    assert (caught.value.hint or "").startswith(hint or "")
    assert (caught.value.hint is None) == (hint is None)


def test_a_tower_of_powers_is_not_evaluated_to_find_an_order() -> None:
    tower = sympy.Integer(9)
    for _ in range(3):
        tower = sympy.Pow(9, tower, evaluate=False)
    assert to_text(read_sympy(sympy.Add(x, tower, evaluate=False))) == "x + 9**9**9**9"
    assert to_text(read_sympy(sympy.Mul(tower, x, evaluate=False))) == "9**9**9**9*x"


def test_a_sum_that_is_a_number_is_not_evaluated_to_find_an_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def evaluated(*_: object, **__: object) -> None:
        raise AssertionError

    i = Symbol("i", integer=True)
    for number in (
        SymPySum(2**i, (i, 0, oo)),
        Integral(exp(-(x**2)), (x, 0, 1)),
        Limit(x, x, 0, "+-"),
    ):
        plus = sympy.Add(1, number, evaluate=False)
        with monkeypatch.context() as patched:
            patched.setattr(sympy.Expr, "evalf", evaluated)
            patched.setattr(type(number), "evalf", evaluated)
            assert to_text(read_sympy(plus)).startswith("1 + ")


def test_a_declared_symbol_may_be_named_like_a_constant() -> None:
    scope = Scope(symbols={"pi": Symbol("pi", positive=True)})
    assert to_text(read_sympy(Symbol("pi", positive=True) + 1, scope)) == "pi + 1"


def test_too_deep_an_expression_is_refused() -> None:
    expr = x
    for _ in range(3000):
        expr = Function("f")(expr)
    with pytest.raises(NotationError, match="nested too deeply"):
        read_sympy(expr)


def test_a_sum_that_is_a_number_is_not_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("SymPy evaluates a sum")

    one = Symbol("i")
    total = Add(unevaluated_sum(2**one, one, Integer(0), oo), 1, evaluate=False)
    evalf.evalf(Integer(1), 15, {})  # SymPy makes its table at the first call.
    monkeypatch.setitem(evalf.evalf_table, SymPySum, fail)
    assert to_text(read_sympy(total)) == "Sum(2**i, (i, 0, oo)) + 1"
