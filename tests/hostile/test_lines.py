"""Hostile lines: each gets a clear error or a verdict within its budget, in bounded memory; none is proved."""

from __future__ import annotations

import time

import pytest
import sympy

from klderive import Derivation, by, prove
from klderive.derivation import DerivationError
from klderive.verify import verify

SYMBOLS = {"x": "real", "y": "positive", "N": "positive integer"}
SECONDS = 10.0
"""Of this process; budgets are counted, so that it is about one on a machine with nothing else to do."""

REFUSED = {
    "a thousand brackets": ("(" * 1000 + "x" + ")" * 1000, "nested more than 500 levels"),
    "a hundred thousand signs": ("-" * 100_000 + "x", "nested more than 500 levels"),
    "a hundred thousand terms": ("+".join(["x"] * 100_000), "more than 20,000 names and numbers"),
    "a million characters": ("x" * 1_000_001, "longer than 1,000,000 characters"),
    "a long number": ("9" * 5000, "more than 1,000 digits"),
    "nan": ("nan", "unknown name `nan`"),
    "NaN": ("NaN", "unknown name `NaN`"),
    "inf": ("inf", "infinity is written `oo`"),
    "zoo": ("zoo", "unknown name `zoo`"),
    "a float": ("1e400", "floating-point number"),
    "Cyrillic": ("х", "CYRILLIC SMALL LETTER HA"),
    "full width": ("ｘ", "FULLWIDTH LATIN SMALL LETTER X"),
    "mathematical italic": ("𝑥", "MATHEMATICAL ITALIC SMALL X"),
    "right to left": ("x\u202ey", "RIGHT-TO-LEFT OVERRIDE"),
    "zero width": ("x\u200b", "ZERO WIDTH SPACE"),
    "a surrogate": ("\ud800", "unknown character"),
    "a zero byte": ("x\0", "unknown character"),
    "an import": ("__import__('os')", "a name begins with a letter"),
    "an attribute": ("x.__class__", "unknown character `.`"),
    "a lambda": ("(lambda: x)()", "unknown character `:`"),
}

NEVER_PROVED = {
    "a tower": ("9**9**9**9", "1"),
    "a factor that is a tower": ("9**9**9**9*x", "x"),
    "towers": ("2**(9**9**9)", "3**(9**9**9)"),
    "the logarithm of a tower": ("log(9**9**9)", "9**9"),
    "exponentials of exponentials": ("exp(exp(exp(exp(exp(x)))))", "1"),
    "a high power": ("x**9999999999", "x"),
    "a high power of a sum": ("(x + 1)**99999", "x"),
    "a power of many terms": ("(x + y + N + 1)**60", "x"),
    "nested logarithms": ("log(" * 400 + "y" + ")" * 400, "y"),
    "nested powers": ("**".join(["x"] * 450), "x"),
    "many terms": ("+".join(["x"] * 5_000), "5001*x"),
    "many brackets multiplied": ("*".join(f"(x + {i})" for i in range(500)), "x"),
    "a long sum": ("Sum(i, (i, 1, 10**12))", "1"),
    "a long sum of long sums": ("Sum(Sum(i*j, (j, 1, 1000)), (i, 1, 1000))", "9"),
    "a number of thousands of digits": ("*".join(["9" * 900] * 20), "1"),
    "its logarithm": ("log(-" + "*".join(["9" * 900] * 20) + ")", "1"),
    "a sum of many fractions": (" + ".join(f"1/(x**2 + {i})" for i in range(1, 30)), "x"),
    "nested fractions": ("1/(1 + " * 100 + "y" + ")" * 100, "1"),
    "nested roots": ("sqrt(1 + " * 60 + "y" + ")" * 60, "1"),
    "nested absolute values": ("abs(x + " * 60 + "y" + ")" * 60, "1"),
    "nested integrals": (
        "Integral(" * 4 + "exp(-a*b*c*d)" + "".join(f", ({v}, 0, 1))" for v in "dcba"),
        "1",
    ),
    "nested sums": (
        "Sum(" * 6 + "1/(i + n)" + "".join(f", ({v}, 1, 10))" for v in "nmlkji"),
        "1",
    ),
    "derivatives of derivatives": ("Diff(" * 15 + "exp(x**2)" + ", x)" * 15, "1"),
    "a pole inside": ("Integral(1/(x - 1/3), (x, 0, 1))", "0"),
    "a long product": ("Product(2, (i, 1, 10**9))", "1"),
    "a factorial": ("factorial(99999999)", "1"),
    "a deep root": ("2**(1/10**9)", "1"),
    "infinity less infinity": ("oo - oo", "0"),
    "infinity": ("x + oo", "oo"),
    "nothing times infinity": ("0*oo", "0"),
    "a division by zero": ("1/0", "1/0"),
    "an oscillating integral": ("Integral(exp(-x**2)*sin(10**6*x), (x, -oo, oo))", "1"),
    "a wild integral": ("Integral(sin(1/x), (x, 0, 1))", "0"),
    "a steep integral": ("Integral(exp(sin(exp(x*y))), (x, 0, 100))", "0"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_line_that_is_refused(name: str) -> None:
    text, words = REFUSED[name]
    start = time.process_time()
    with pytest.raises(DerivationError) as error:
        prove(text, "x", symbols=SYMBOLS)
    assert words in str(error.value)
    assert time.process_time() - start < 1
    assert len(str(error.value)) < 1000


@pytest.mark.parametrize("name", NEVER_PROVED)
def test_a_line_that_takes_no_longer_than_its_budget(name: str) -> None:
    left, right = NEVER_PROVED[name]
    start = time.process_time()
    verdict = prove(left, right, symbols=SYMBOLS)
    assert verdict.status in ("refuted", "undecided")
    assert verdict.message
    assert verdict.explain()
    assert time.process_time() - start < SECONDS


def test_long_and_deep_lines_that_are_true() -> None:
    assert prove("+".join(["x"] * 15_000), "15000*x", symbols=SYMBOLS).status == "proved"
    assert prove("(" * 499 + "x" + ")" * 499, "x", symbols=SYMBOLS).status == "proved"


def test_memory_is_bounded() -> None:
    """In a process of its own, with less memory than a computed tower or an expanded power would take."""
    from klderive.verify.limits import Limits

    def work() -> None:
        for name in ("a tower", "towers", "a high power of a sum", "a power of many terms"):
            left, right = NEVER_PROVED[name]
            prove(left, right, symbols=SYMBOLS)

    assert Limits(120, memory=400 * 1024**2).problem(work) == ""


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (sympy.nan, "has no notation"),
        (sympy.zoo, "has no notation"),
        (sympy.I, "has no notation"),
        (sympy.Float(0.5), "floating-point number"),
        (sympy.Float("nan"), "has no notation"),
        (sympy.true, "has no notation"),
        (None, "not NoneType"),
        (1.5, "not float"),
        (float("nan"), "not float"),
        (b"x", "not bytes"),
    ],
)
def test_objects_that_are_no_formulas(formula: object, words: str) -> None:
    with pytest.raises(DerivationError, match=words):
        prove(formula, "1")  # type: ignore[arg-type]


def test_two_symbols_of_one_name() -> None:
    positive, real = sympy.Symbol("x", positive=True), sympy.Symbol("x", real=True)
    for left, right in ((positive, real), (positive + real, 2 * real), (sympy.sqrt(real**2), "x")):
        with pytest.raises(DerivationError, match="different assumptions"):
            prove(left, right, symbols={"x": positive})
    d = Derivation("two")
    d.symbols(x="real")
    with pytest.raises(DerivationError):
        d.chain(sympy.sqrt(positive**2))


def test_definitions_that_go_round() -> None:
    d = Derivation("round")
    d.variable("x", on="(0, oo)")
    with pytest.raises(DerivationError, match="unknown function `g`"):
        d.define("f(x)", "g(x)")
    with pytest.raises(DerivationError):
        d.define("f(x)", "f(x) + 1")
    d.define("h(x)", "x")
    with pytest.raises(DerivationError, match="defined already"):
        d.define("h(x)", "h(x) + 1")


def test_lemmas_that_go_round() -> None:
    d = Derivation("round")
    d.symbols(a="real")
    d.lemma("itself").chain("a").eq("a + 1", by.lemma("itself"))
    d.lemma("A").chain("a").eq("a + 1", by.lemma("B"))
    d.lemma("B").chain("a").eq("a + 1", by.lemma("A"))
    d.lemma("C").chain("a").eq("a + 1", by.line("doc:1"))
    d.chain("a").eq("a + 1", by.lemma("C"), number="doc:1")
    d.chain("a").eq("a + 1", by.line("doc:2"), number="doc:2")
    for line in verify(d).lines():
        assert line.verdict.status == "undecided"
        assert "is not available here" in line.verdict.message or "there is no" in (
            line.verdict.message
        )


@pytest.mark.parametrize("index", ["1/2", "log(i)", "i/2", "2**i", "sqrt(i)", "pi", "v[1]"])
def test_an_index_that_is_no_whole_number(index: str) -> None:
    d = Derivation("index")
    d.data("v")
    with pytest.raises(DerivationError, match="an index is a whole number"):
        d.chain(f"Sum(v[{index}], (i, 1, 3))")
    d.chain("Sum(v[i + 1] + v[2*i] + v[i**2] + v[3], (i, 1, 3))")
