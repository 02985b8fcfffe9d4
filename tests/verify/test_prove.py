"""`prove`: a single line, as text or SymPy, with symbols, assumptions, relations and reasons."""

from __future__ import annotations

import pytest
import sympy
from sympy import Function, Indexed, IndexedBase, Integral, Rational, Sum, Symbol, Tuple, log, oo

from klderive.derivation import DerivationError
from klderive.probability import KL
from klderive.verify import prove

X, Y = Symbol("x", real=True), Symbol("y", real=True)
S, T = Symbol("s", positive=True), Symbol("t", positive=True)


def test_text_and_sympy_have_equal_standing() -> None:
    symbols = {"s": "positive", "t": "positive"}
    text = prove("log(s*t)", "log(s) + log(t)", symbols=symbols)
    expression = prove(sympy.log(S * T, evaluate=False), sympy.log(S) + sympy.log(T))
    mixed = prove(sympy.log(S * T, evaluate=False), "log(s) + log(t)")
    assert {v.status for v in (text, expression, mixed)} == {"proved"}
    assert text.uses == expression.uses == ("logarithms",)


def test_symbols_bring_their_own_assumptions() -> None:
    assert prove(sympy.sqrt(X**2), X).status == "refuted"
    assert prove("sqrt(s**2)", S).status == "proved"
    assert prove("sqrt(x**2)", "x", symbols={"x": Symbol("x", positive=True)}).status == "proved"
    assert prove("sqrt(x**2)", "x", symbols={"x": "nonnegative"}).status == "proved"
    plain = Symbol("x")
    assert prove(sympy.sqrt(plain**2), plain).status != "proved"
    assert prove(sympy.sqrt(plain**2), sympy.Abs(plain)).status == "proved"


def test_sums_and_integrals_of_sympy() -> None:
    i, n = Symbol("i", integer=True), Symbol("n", integer=True, positive=True)
    x, a = IndexedBase("x"), Symbol("a", real=True)
    left = Sum((x[i] - a) ** 2, (i, 1, n))
    right = Sum(x[i] ** 2, (i, 1, n)) - 2 * a * Sum(x[i], (i, 1, n)) + n * a**2
    assert isinstance(x[i], Indexed)
    assert prove(left, right).status == "proved"
    assert prove(left, right + 1).status != "proved"
    f = Function("f")
    whole = Integral(f(X) + f(X) * X, (X, 0, 1))
    parts = Integral(f(X), (X, 0, 1)) + Integral(X * f(X), (X, 0, 1))
    verdict = prove(whole, parts)
    assert verdict.status == "proved"
    assert {c.kind for c in verdict.conditions} == {"converges"}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (X, Symbol("x", positive=True)),
        (Function("f")(X), Function("f")(Symbol("x"))),
        (Symbol("d"), sympy.Dummy("d")),
    ],
)
def test_two_symbols_of_one_name(left: sympy.Expr, right: sympy.Expr) -> None:
    with pytest.raises(DerivationError):
        prove(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Symbol("e"), sympy.E),
        (Symbol("pi"), sympy.pi),
        (Function("exp")(X), sympy.exp(X)),
        (Function("log")(S), sympy.log(S)),
    ],
)
def test_a_name_is_not_a_constant_or_a_known_function(left: sympy.Expr, right: sympy.Expr) -> None:
    try:
        verdict = prove(left, right)
    except DerivationError:
        return
    assert verdict.status != "proved"


@pytest.mark.parametrize(
    "expression",
    [
        sympy.Float(0.5),
        sympy.nan,
        sympy.zoo,
        sympy.I,
        Integral(X, X),
        Symbol("x y"),
        sympy.Dummy("d"),
        sympy.MatrixSymbol("M", 2, 2)[0, 0],
        sympy.floor(X),
        sympy.true,
    ],
    ids=str,
)
def test_what_has_no_notation_is_an_error(expression: sympy.Basic) -> None:
    with pytest.raises(DerivationError):
        prove(expression, expression)


@pytest.mark.parametrize(
    "symbol",
    [
        Symbol("z", complex=True),
        Symbol("z", imaginary=True),
        Symbol("z", commutative=False),
        Symbol("z", infinite=True),
    ],
    ids=lambda s: ",".join(k for k, v in s.assumptions0.items() if not v)[:20],
)
def test_symbols_that_are_not_real_are_left_alone(symbol: Symbol) -> None:
    assert prove(symbol, symbol).status == "undecided"


def test_zero_has_no_inverse() -> None:
    zero = Symbol("z", zero=True)
    assert prove("z/z", "1", symbols={"z": zero}).status != "proved"


def test_infinity_is_no_number() -> None:
    assert prove(sympy.oo, sympy.oo).status != "proved"


@pytest.mark.parametrize("given", ["p < 1", Symbol("p", positive=True) < 1], ids=["text", "sympy"])
def test_assumptions(given: object) -> None:
    symbols = {"p": Symbol("p", positive=True)}
    assert prove("1 - p", "0", ">", symbols=symbols, assuming=[given]).status == "proved"
    assert prove("1 - p", "0", ">", symbols=symbols).status == "refuted"


@pytest.mark.parametrize("given", ["p", "p +", "log(p)", 3, "p ~ 1"])
def test_what_is_no_relation_cannot_be_assumed(given: object) -> None:
    with pytest.raises(DerivationError):
        prove("p", "p", symbols={"p": "real"}, assuming=[given])


@pytest.mark.parametrize(
    "kind", ["nonsense", "positive nonsense", "positive negative", "even odd", ""]
)
def test_kinds_of_symbols(kind: str) -> None:
    if not kind:
        assert prove("p", "p", symbols={"p": kind}).status == "proved"
        return
    with pytest.raises(DerivationError):
        prove("p", "p", symbols={"p": kind})


def test_a_symbol_under_another_name() -> None:
    with pytest.raises(DerivationError, match="under the name"):
        prove("p", "p", symbols={"p": Symbol("q")})


def test_reasons_by_name() -> None:
    symbols = {"p": "density of x"}
    for using, status in [
        ([], "wrong_reason"),
        (["linearity"], "wrong_reason"),
        (["normalisation of p"], "proved"),
    ]:
        assert prove("Integral(p(x), x)", "1", symbols=symbols, using=using).status == status
    with pytest.raises(DerivationError, match="no theory or fact"):
        prove("Integral(p(x), x)", "1", symbols=symbols, using=["nonsense"])


def test_definitions_all_or_one() -> None:
    symbols = {"p": "density of x", "q": "density of x"}
    left, right = "KL(p, q)", "Integral(p(x)*log(p(x)/q(x)), x)"
    for using in (["definition"], ["definition KL"]):
        assert prove(left, right, symbols=symbols, using=using).status == "proved"
    verdict = prove(left, right, symbols=symbols, using=["definition E"])
    assert verdict.status == "wrong_reason"
    assert "definition KL" in verdict.suggestion


def test_relations() -> None:
    symbols = {"a": "real", "b": "real"}
    assert prove("a", "b", "approx", symbols=symbols).status == "assumed"
    assert prove("a**2", "0", ">=", symbols=symbols).status == "proved"
    assert prove("a", "b", "!=", symbols=symbols).uses == ("witness",)
    limit = prove("1/a", "0", "->", over="a", to="oo", symbols=symbols)
    assert limit.status == "proved"
    assert prove("a", "0", "->", over="a", to="oo", symbols=symbols).status != "proved"


def test_the_leftover_says_what_is_missing() -> None:
    verdict = prove("(s + t)**2", "s**2 + t**2", symbols={"s": "positive", "t": "positive"})
    assert verdict.status == "refuted"
    assert sympy.expand(verdict.leftover - 2 * S * T) == 0
    assert verdict.counterexample is not None


def test_decimals_are_exact() -> None:
    assert prove("0.1 + 0.2", "0.3").status == "proved"
    assert prove("0.5", "0.4999999").status == "refuted"
    assert prove("1/3", "0.3333333333").status == "refuted"
    assert prove(Rational(1, 2), "0.5").status == "proved"


@pytest.mark.parametrize(
    "text", ["E", "a +", "f(a)", "unknown", "a b", "__import__('os')", "a.b", ""]
)
def test_unreadable_lines(text: str) -> None:
    with pytest.raises(DerivationError):
        prove(text, "a", symbols={"a": "real"})


@pytest.mark.parametrize(
    ("left", "right", "symbols"),
    [
        ("E(f(x)*g(x), x in p)", "E(f(x), x in p)*E(g(x), x in p)", "p f g"),
        ("E(x, x in p)", "0", "p"),
        ("KL(p, q)", "KL(q, p)", "p q"),
        ("a", "b", ""),
        ("Integral(x**2, (x, -1, 1))", "0", ""),
    ],
)
def test_what_other_checkers_get_wrong(left: str, right: str, symbols: str) -> None:
    kinds = {"p": "density of x", "q": "density of x", "f": "function", "g": "function"}
    declared = {name: kinds[name] for name in symbols.split()} | {"a": "real", "b": "real"}
    assert prove(left, right, symbols=declared).status == "refuted"


def test_a_sympy_node_brings_the_domain_of_its_variable() -> None:
    x = Symbol("x", real=True)
    p, q = Function("p")(x), Function("q")(x)
    node = KL(p, q, Tuple(x, 0, oo))
    densities = {"p": "density of x on (0, oo)", "q": "density of x on (0, oo)"}
    written = Integral(p * log(p / q), (x, 0, oo))
    assert prove(node, written, symbols=densities).status == "proved"
    with pytest.raises(DerivationError, match="another domain"):
        prove(KL(p, q, Tuple(x, 0, 1)), written, symbols=densities)
