"""Reading text: structure, round trips, Python's own parser, errors and limits."""

from __future__ import annotations

import ast
from fractions import Fraction as Rational

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klderive.notation import NotationError, read_text, to_text
from klderive.notation.text_reader import MAX_NESTING, MAX_OPERANDS
from klderive.notation.tree import (
    Application,
    BigOperator,
    Binder,
    Bracket,
    Fraction,
    Name,
    Node,
    Number,
    Power,
    Product,
    Relation,
    Root,
    Sum,
    Term,
)

from .trees import lines, value

A, B, C, X, Z = map(Name, "abcxz")
ONE, TWO = Number("1"), Number("2")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a*b/c", Fraction(Product((A, B)), C)),
        ("a/b*c", Product((Fraction(A, B), C))),
        ("a/b/c", Fraction(Fraction(A, B), C)),
        ("-1/2*x", Sum((Term("-", Product((Fraction(ONE, TWO), X))),))),
        ("-x**2", Sum((Term("-", Power(X, TWO)),))),
        ("2**-x", Power(TWO, Sum((Term("-", X),)))),
        ("a**b**c", Power(A, Power(B, C))),
        ("+a - b", Sum((Term("+", A), Term("-", B)))),
        ("a - -b*c", Sum((Term("", A), Term("-", Sum((Term("-", Product((B, C))),)))))),
        ("a*-b*c", Product((A, Sum((Term("-", B),)), C))),
        ("((a))", Bracket(Bracket(A))),
        ("[a]", Bracket(A, "[")),
        ("abs(x)", Bracket(X, "|")),
        ("sqrt(x)", Root(X)),
        ("root(x, 3)", Root(X, Number("3"))),
        ("p(z | x)", Application(Name("p"), (Z,), (X,))),
        (
            "E(x, z in p(z | x))",
            BigOperator("E", X, (Binder((Z,), domain=Application(Name("p"), (Z,), (X,))),)),
        ),
        ("Integral(a, x)", BigOperator("Integral", A, (Binder((X,)),))),
        ("Integral(a, (x, b, c))", BigOperator("Integral", A, (Binder((X,), B, C),))),
        ("Sum(a, ((x, z), b*c))", BigOperator("Sum", A, (Binder((X, Z), domain=Product((B, C))),))),
        ("Limit(a, x, oo)", BigOperator("Limit", A, (Binder((X,), to=Name("oo")),))),
        ("a == b != c", Relation((A, B, C), ("=", "!="))),
        ("a->b", Relation((A, B), ("->",))),
        ("lambda + lambda", Sum((Term("", Name("lambda")), Term("+", Name("lambda"))))),
    ],
)
def test_structure(text: str, tree: Node) -> None:
    assert read_text(text) == tree


def test_spans() -> None:
    text = "a + 2*f(x, y)**2"
    tree = read_text(text)
    assert isinstance(tree, Sum)
    second = tree.terms[1].body
    assert isinstance(second, Product)
    power = second.factors[1]
    assert isinstance(power, Power)
    spans = [tree.span, tree.terms[1].span, second.span, power.span, power.base.span]
    assert [text[slice(*(span or (0, 0)))] for span in spans] == [
        text,
        "+ 2*f(x, y)**2",
        "2*f(x, y)**2",
        "f(x, y)**2",
        "f(x, y)",
    ]


@given(lines)
def test_a_printed_tree_reads_back(tree: Node) -> None:
    assert read_text(to_text(tree)) == tree


@pytest.mark.parametrize(
    "text",
    [
        "-1/(2*sigma_gt**2)*[Integral(x**2*P_gt(x), x) - 2*mu_gt*Integral(x*P_gt(x), x)]",
        "a*-b**2/-c - -d",
        "- - x",
        "2**--x*3",
        "Sum(f(x, y), ((x, y), X*Y)) + Product(p(x[i]), (i, 1, N))",
        "E(log(q(z)), z in p(z | x)) - Var(x, (x, y) in P) + E(f)",
        "ArgMin(-f, a, b) ~ ArgMax(f, a) -> Min(f, x)",
        "Bar(x**2, (x, 0, 1)) + Diff(f(x), x, y) + Cases((1, x > 0), (0, otherwise))",
        "0 <= (p - q)**2 <= abs(p - q)",
        "Prob(abs(X - mu) >= k*sigma) + hat(theta)*x[i, j]*root(x, n)/sqrt(2)",
        "x in X",
        "a/b/c*d/(e*[f])",
        "0.25*.5",
    ],
)
def test_text_prints_as_typed(text: str) -> None:
    assert to_text(read_text(text)).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (Fraction(A, Product((B, C))), "a/(b*c)"),
        (Fraction(Sum((Term("", A), Term("+", B))), C), "(a + b)/c"),
        (Power(Power(A, B), C), "(a**b)**c"),
        (Power(Sum((Term("-", A),)), TWO), "(-a)**2"),
        (Power(A, Sum((Term("", B), Term("+", C)))), "a**(b + c)"),
        (Sum((Term("", Sum((Term("-", A),))), Term("+", B))), "(-a) + b"),
        (Sum((Term("-", Sum((Term("", A), Term("-", B)))),)), "-(a - b)"),
        (Product((A, Fraction(B, C))), "a*(b/c)"),
        (Product((Product((A, B)), C)), "(a*b)*c"),
    ],
)
def test_a_tree_built_by_hand_gets_the_brackets_it_needs(tree: Node, text: str) -> None:
    assert to_text(tree) == text


_NAMES = {"x": Rational(2, 3), "y": Rational(-5), "z": Rational(7, 2)}


@st.composite
def arithmetic_text(draw: st.DrawFn, depth: int = 3) -> str:
    if depth == 0:
        return draw(st.sampled_from(["x", "y", "z", "1", "2", "3"]))
    part = arithmetic_text(depth - 1)
    kind = draw(st.sampled_from(["leaf", "+", "-", "*", "/", "**", "()", "-x", "+x"]))
    if kind == "leaf":
        return draw(arithmetic_text(0))
    if kind == "()":
        return f"({draw(part)})"
    if kind in ("-x", "+x"):
        return kind[0] + draw(part)
    if kind == "**":
        sign = draw(st.sampled_from(["", "-", "--", "+"]))
        base = draw(st.one_of(arithmetic_text(0), part.map(lambda text: f"({text})")))
        return f"{base}**{sign}{draw(st.sampled_from(['0', '1', '2', '2**2', '3**1']))}"
    return f"{draw(part)} {kind} {draw(part)}"


def python_value(node: ast.expr) -> Rational:
    match node:
        case ast.Constant(value=int(number)):
            return Rational(number)
        case ast.Name(id=name):
            return _NAMES[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -python_value(operand)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return python_value(operand)
        case ast.BinOp(left=left, op=op, right=right):
            a, b = python_value(left), python_value(right)
            match op:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
                case ast.Div():
                    return a / b
            return a ** int(b)
    raise AssertionError(ast.dump(node))


@given(arithmetic_text())
def test_arithmetic_means_what_python_means(text: str) -> None:
    try:
        expected = python_value(ast.parse(text, mode="eval").body)
    except ZeroDivisionError:
        with pytest.raises(ZeroDivisionError):
            value(read_text(text), _NAMES)
    else:
        assert value(read_text(text), _NAMES) == expected


@given(st.text(alphabet="xE12(),[]|+-*/=<>~ .^in", max_size=25))
def test_any_text_reads_or_is_refused_with_its_place(text: str) -> None:
    refused = None
    try:
        tree = read_text(text)
    except NotationError as error:
        refused = error
    if refused is None:
        assert read_text(to_text(tree)) == tree
    else:
        assert refused.problem
        assert refused.span is not None
        assert 0 <= refused.span[0] < refused.span[1] <= max(1, len(text))


@pytest.mark.parametrize(
    ("text", "problem", "marked", "hint"),
    [
        ("(a + b", "`(` is never closed", (0, 1), "`)` is missing"),
        ("f(a, [b", "`[` is never closed", (5, 6), "`]` is missing"),
        ("f(a,", "`(` is never closed", (1, 2), "`)` is missing"),
        ("(a + b]", "`(` is closed by `]`", (0, 1), "`)` is missing"),
        ("a + b)", "`)` closes no bracket", (5, 6), None),
        ("a + ", "an operand is missing after `+`", (2, 3), None),
        ("* a", "an operand is missing before `*`", (0, 1), None),
        ("()", "the bracket is empty", (0, 1), None),
        ("", "the line is empty", (0, 1), None),
        ("2x", "`2` and `x` stand side by side", (0, 2), "a product is written with `*`: `2*x`"),
        ("(a)(b)", "`)` and `(` stand side by side", (3, 4), "a product is written with `*`"),
        ("a b", "`a` and `b` stand side by side", (2, 3), "a product is written with `*`"),
        ("x^2", "unknown character `^`", (1, 2), "powers are written `**`"),
        ("x + σ", "unknown character `σ` (GREEK SMALL LETTER SIGMA)", (4, 5), "write `sigma`"),
        ("Δ", "unknown character `Δ` (GREEK CAPITAL LETTER DELTA)", (0, 1), "write `Delta`"),
        (
            "xа",
            "unknown character `а` (CYRILLIC SMALL LETTER A)",
            (1, 2),
            "names are of ASCII letters, digits and underscores",
        ),
        ("a − b", "unknown character `−` (MINUS SIGN)", (2, 3), "write `-`"),
        (
            "1e5",
            "`1e5` is a floating-point number",
            (0, 3),
            "write an exact number, such as `10**5`, `1/1000` or `0.25`",
        ),
        ("2j", "`2j` is a complex number", (0, 2), "numbers are real here"),
        (
            "E + 1",
            "`E` stands alone, without brackets",
            (0, 1),
            "the number is `e` or `exp(1)`; an expectation is `E(f, z in q)`",
        ),
        ("log(x, y)", "`log` takes other arguments", (0, 3), "write `log(x)`"),
        ("1 + sqrt()", "`sqrt` takes other arguments", (4, 8), "write `sqrt(x)`"),
        (
            "Integral(f)",
            "`Integral` takes other arguments",
            (0, 8),
            "write `Integral(f, x)` or `Integral(f, (x, a, b))`",
        ),
        ("Limit(f, N)", "`Limit` takes other arguments", (0, 5), "write `Limit(f, N, oo)`"),
        ("E(x, z)", "`E` takes other arguments", (0, 1), "write `E(f, z in q)`"),
        (
            "x | y",
            "unexpected `|`",
            (2, 3),
            "an absolute value is `abs(x)`; a condition stands in a call: `p(z | x)`",
        ),
        ("f()", "an argument is missing", (1, 2), None),
    ],
)
def test_errors(text: str, problem: str, marked: tuple[int, int], hint: str | None) -> None:
    with pytest.raises(NotationError) as caught:
        read_text(text)
    error = caught.value
    assert (error.problem, error.span, error.hint, error.text) == (problem, marked, hint, text)


def test_the_caret_stands_below_the_opening_bracket() -> None:
    with pytest.raises(NotationError) as caught:
        read_text("x + (a + b")
    assert str(caught.value).splitlines() == [
        "`(` is never closed",
        "    x + (a + b",
        "        ^",
        "hint: `)` is missing",
    ]


def test_at_the_limits_a_line_reads() -> None:
    nested = "(" * MAX_NESTING + "x" + ")" * MAX_NESTING
    assert to_text(read_text(nested)) == nested
    summands = "+".join(["x"] * MAX_OPERANDS)
    assert to_text(read_text(summands)).replace(" ", "") == summands
    assert to_text(read_text("9**9**9**9")) == "9**9**9**9"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("+".join(["x"] * 100_000), "the line has more than 20,000 names and numbers"),
        ("+".join(["x"] * (MAX_OPERANDS + 1)), "the line has more than 20,000 names and numbers"),
        ("(" * 60_000 + "x" + ")" * 60_000, "the line is nested more than 500 levels deep"),
        ("(" * 900_000, "the line has more than 20,000 names and numbers"),
        ("(" * 1_000 + "x" + ")" * 1_000, "the line is nested more than 500 levels deep"),
        ("f(" * 1_000 + "x" + ")" * 1_000, "the line is nested more than 500 levels deep"),
        ("x" + "**x" * 600, "the line is nested more than 500 levels deep"),
        ("x" + "/x" * 600, "the line is nested more than 500 levels deep"),
        ("-" * 600 + "x", "the line is nested more than 500 levels deep"),
        ("(" * 40 + "x" + ("/x" * 400 + ")") * 40, "the line is nested more than 500 levels deep"),
        ("x" * 50_000_000, "the line is longer than 1,000,000 characters"),
        ("1" * 2_000, "the number has more than 1,000 digits"),
    ],
    ids=[
        "terms",
        "one term",
        "many brackets",
        "openings",
        "brackets",
        "calls",
        "powers",
        "fractions",
        "signs",
        "mixed",
        "length",
        "digits",
    ],
)
def test_beyond_the_limits_a_line_is_refused(text: str, problem: str) -> None:
    with pytest.raises(NotationError) as caught:
        read_text(text)
    assert caught.value.problem == problem
