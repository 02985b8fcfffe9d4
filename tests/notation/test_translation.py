"""Translation to SymPy: unevaluated structure, values, names, errors."""

from __future__ import annotations

from fractions import Fraction as Rational

import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st
from sympy import Add, Integer, Mul, Pow, S, Symbol, Tuple, oo

from klderive.notation import NotationError, Scope, read_text, to_text, translate, translate_sides
from klderive.notation.nodes import (
    ArgMin,
    BetweenBounds,
    Minimum,
    SumOver,
    unevaluated_integral,
    unevaluated_sum,
)
from klderive.notation.tree import Name, Node, Number, deep_recursion

from .scopes import KL, gauss
from .trees import arithmetic, value

SCOPE = gauss()
A, B, C, N, X = (SCOPE.symbols[name] for name in ("a", "b", "c", "N", "x"))
BOUND = Symbol("x", real=True)
Z = Symbol("z", real=True)
P_GT = sympy.Function("P_gt")


def read(text: str) -> sympy.Expr:
    return translate(read_text(text), SCOPE, text)


def add(*terms: sympy.Expr) -> sympy.Expr:
    return Add(*terms, evaluate=False)


def mul(*factors: sympy.Expr) -> sympy.Expr:
    return Mul(*factors, evaluate=False)


def power(base: sympy.Expr, exponent: sympy.Expr | int) -> sympy.Expr:
    return Pow(base, exponent, evaluate=False)


INTEGRAL = unevaluated_integral(P_GT(BOUND), BOUND, -oo, oo)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + a", add(A, A)),
        ("a - a", add(A, mul(S.NegativeOne, A))),
        ("2*3 - 6", add(mul(Integer(2), Integer(3)), Integer(-6))),
        ("a/a", mul(A, power(A, -1))),
        ("1/a", power(A, -1)),
        ("0*a", mul(S.Zero, A)),
        ("1*a*1", mul(S.One, A, S.One)),
        ("b*a", mul(B, A)),
        ("sqrt(a**2)", power(power(A, 2), sympy.Rational(1, 2))),
        ("0.25", sympy.Rational(1, 4)),
        ("exp(log(a))", sympy.exp(sympy.log(A), evaluate=False)),
        ("log(1)", sympy.log(1, evaluate=False)),
        ("e**0", power(S.Exp1, 0)),
        ("abs(-3)", sympy.Abs(Integer(-3), evaluate=False)),
        ("0*Integral(P_gt(x), x)", mul(S.Zero, INTEGRAL)),
        ("Integral(P_gt(x), (x, -oo, oo))", INTEGRAL),
        ("Sum(a, (x, X))", SumOver(A, BOUND, SCOPE.sets["X"])),
        (
            "Sum(d[x], (x, 1, N))",
            unevaluated_sum(sympy.IndexedBase(Symbol("d", real=True))[BOUND], BOUND, 1, N),
        ),
        ("ArgMin(x, x)", ArgMin(X, Tuple(X))),
        ("ArgMin(a, q)", ArgMin(A, Tuple(Symbol("q")))),
        ("Min(a, b)", Minimum(A, Tuple(B))),
        ("Bar(x, (x, a, b))", BetweenBounds(BOUND, BOUND, A, B)),
        ("hat(theta)", SCOPE.symbols["theta_hat"]),
        ("p(z | x) ", sympy.Function("p_z_x")(Z, X)),
        ("p(x | z)", sympy.Function("p_x_z")(X, Z)),
        ("p(0 | z)", sympy.Function("p_x_z")(0, Z)),
        ("p(a)", sympy.Function("p")(A)),
        ("KL(P_gt, q)", KL(P_GT(BOUND), sympy.Function("q")(BOUND), Tuple(BOUND, -oo, oo))),
        ("9**9**9**9", power(Integer(9), power(Integer(9), power(Integer(9), Integer(9))))),
        ("a < b <= c", sympy.And(sympy.Lt(A, B), sympy.Le(B, C), evaluate=False)),
    ],
)
def test_structure_is_not_evaluated(text: str, expected: sympy.Expr) -> None:
    result = read(text)
    assert result == expected
    assert sympy.srepr(result) == sympy.srepr(expected)
    assert result.args == expected.args


def test_sums_over_pairs_nest_from_the_last_variable() -> None:
    y = Symbol("y", real=True)
    inner = SumOver(mul(BOUND, y), y, SCOPE.sets["Y"])
    assert read("Sum(x*y, ((x, y), X*Y))") == SumOver(inner, BOUND, SCOPE.sets["X"])


def test_integrals_nest_and_outer_variables_are_bound_in_inner_bounds() -> None:
    y = Symbol("y", real=True)
    inner = unevaluated_integral(BOUND, BOUND, S.Zero, y)
    assert read("Integral(x, (x, 0, y), (y, 0, 1))") == unevaluated_integral(
        inner, y, S.Zero, S.One
    )


def test_an_inner_integral_is_not_merged() -> None:
    outer = read("Integral(x, (x, 0, y), (y, 0, 1))")
    y = Symbol("y", real=True)
    assert outer.args[1:] == (Tuple(y, S.Zero, S.One),)
    assert outer.args[0].args == (BOUND, Tuple(BOUND, S.Zero, y))


def test_a_bound_variable_has_none_of_the_outer_assumptions() -> None:
    integral = read("x*Integral(x, (x, a, b))").args[1]
    assert X.is_positive
    assert integral.args[0] == BOUND
    assert integral.args[0].is_positive is None


def test_a_limit_is_taken_in_the_declared_variable() -> None:
    limit = read("Limit(1/N, N, oo)")
    assert limit.args[:3] == (power(N, -1), N, oo)


def test_sides() -> None:
    text = "a = b + b = c"
    assert translate_sides(read_text(text), SCOPE, text) == [A, add(B, B), C]


POINT = {"a": Rational(3, 2), "b": Rational(-2), "c": Rational(5, 7)}
formulas = st.recursive(
    st.one_of(
        st.sampled_from(["a", "b", "c"]).map(Name),
        st.sampled_from(["0", "1", "3", "0.5"]).map(Number),
    ),
    arithmetic,
    max_leaves=12,
)


@given(formulas)
def test_values_agree_with_sympy(tree: Node) -> None:
    try:
        expected = value(tree, POINT)
    except ZeroDivisionError:
        assume(False)
    point = {SCOPE.symbols[name]: sympy.Rational(str(number)) for name, number in POINT.items()}
    assert translate(tree, SCOPE).xreplace(point).doit() == sympy.Rational(str(expected))


@pytest.mark.parametrize(
    ("text", "problem", "marked", "hint"),
    [
        (
            "1 + sgma_gt",
            "unknown name `sgma_gt`",
            "sgma_gt",
            'did you mean `sigma_gt` or `sigma_m`? a new symbol is declared with `symbols(sgma_gt="real")`',
        ),
        ("inf", "unknown name `inf`", "inf", "infinity is written `oo`"),
        ("r(a)", "unknown function `r`", "r", 'a new function is declared with `function("r")`'),
        ("a*P_gt", "`P_gt` is a function", "P_gt", "write `P_gt(x)`"),
        (
            "a(b + c)",
            "`a` is a symbol, not a function",
            "a",
            "a product is written with `*`: `a*(...)`",
        ),
        ("P_gt(a, b)", "`P_gt` is not a function of 2 arguments", "P_gt(a, b)", "write `P_gt(x)`"),
        (
            "p(0 | 1)",
            "it is ambiguous which `p` is meant",
            "p(0 | 1)",
            "write `p(x)` or `p(z | x)` or `p(x | z)`",
        ),
        (
            "Integral(a, b)",
            "the integral needs bounds for `b`",
            "b",
            "write `Integral(f, (b, a, b))`, or declare the range of `b`",
        ),
        ("Sum(a, (b, Z))", "this is not a declared set", "Z", "sets are `X`, `Y`"),
        ("X + 1", "`X` is a set", "X", "a set stands in a sum: `Sum(f, (x, X))`"),
        ("A[1]", "`A` has 2 indices, not 1", "A[1]", None),
        ("a[1]", "`a` is not an indexed family", "a", "indexed families are `d`, `A`"),
        ("1 + ArgMin(a, b)", "a set of optimal points takes no arithmetic", "ArgMin(a, b)", None),
        ("sin(a, b)", "`sin` takes one argument", "sin(a, b)", "write `sin(x)`"),
        ("c + KL(q)", "`KL` takes two densities", "KL(q)", None),
        ("Var(a, x in P)", "`Var` is not defined here", "Var(a, x in P)", None),
    ],
)
def test_errors(text: str, problem: str, marked: str, hint: str | None) -> None:
    with pytest.raises(NotationError) as caught:
        read(text)
    error = caught.value
    assert error.problem == problem
    assert error.span is not None
    assert error.text[slice(*error.span)] == marked
    assert error.span[0] == (text.rindex(marked) if marked != "a" else text.index("a"))
    assert error.hint == hint


@pytest.mark.parametrize(
    "text",
    ["+".join(["x"] * 3000), "(" * 400 + "x" + ")" * 400, "log(1 + " * 250 + "x" + ")" * 250],
    ids=["summands", "brackets", "calls"],
)
def test_large_lines_translate(text: str) -> None:
    result = translate(read_text(text), Scope(symbols={"x": X}))
    with deep_recursion():
        assert result.free_symbols == {X}
    assert to_text(read_text(text)).replace(" ", "") == text.replace(" ", "")
