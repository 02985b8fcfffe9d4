"""Values of integrals and sums by antiderivatives and telescoping: what they prove, and what they must not."""

from __future__ import annotations

import pytest

from klderive.verify import prove

pytestmark = pytest.mark.usefixtures("only_proofs")

SYMBOLS = {
    "a": "real",
    "b": "positive",
    "c": "positive",
    "n": "positive integer",
    "k": "nonnegative integer",
    "m": "integer",
    "f": "function",
    "p": "density of u",
}


@pytest.mark.parametrize(
    ("left", "right", "using"),
    [
        ("Integral(x**2, (x, 0, b))", "b**3/3", ["integration"]),
        ("Integral(x, (x, b, a))", "(a**2 - b**2)/2", ["integration"]),
        ("Integral(exp(-b*x), (x, 0, oo))", "1/b", ["integration"]),
        ("Integral(x*exp(-b*x**2), (x, 0, oo))", "1/(2*b)", ["integration"]),
        ("Integral(exp(-(x - a)**2), (x, -oo, oo))", "sqrt(pi)", ["integration"]),
        ("Integral(x*exp(-(x - a)**2), (x, -oo, oo))", "a*sqrt(pi)", ["integration"]),
        ("Integral(1/(1 + x**2), (x, -oo, oo))", "pi", ["integration"]),
        ("Integral(1/((x + 1)*(x + 2)), (x, 0, oo))", "log(2)", None),
        ("Integral(1/sqrt(1 - x), (x, 0, 1))", "2", ["integration"]),
        ("Integral(log(1 - x), (x, 0, 1))", "-1", None),
        ("Integral(abs(x - 1), (x, 0, 3))", "5/2", ["integration"]),
        ("Integral(x**(b - 1)*exp(-c*x), (x, 0, oo))", "gamma(b)/c**b", None),
        (
            "Integral(x**(b - 1)*(1 - x)**(c - 1), (x, 0, 1))",
            "gamma(b)*gamma(c)/gamma(b + c)",
            None,
        ),
        ("Integral(x*sin(x), (x, 0, pi))", "pi", None),
        ("Integral(sin(x)**2, (x, 0, pi))", "pi/2", None),
        ("Integral(x*exp(-x)*cos(2*x), (x, 0, oo))", "-3/25", None),
        ("Integral(exp(-b*x)*sin(c*x), (x, 0, oo))", "c/(b**2 + c**2)", None),
        ("Integral(f(a)*x, (x, 0, 1))", "f(a)/2", None),
        ("Sum(i**2, (i, 1, n))", "n*(n + 1)*(2*n + 1)/6", ["summation"]),
        ("Sum(i, (i, n, 2*n))", "3*n*(n + 1)/2", ["summation"]),
        ("Sum(a**i, (i, 0, n))", "(1 - a**(n + 1))/(1 - a)", ["summation"]),
        ("Sum(1/(i*(i + 2)), (i, 1, oo))", "3/4", ["summation"]),
        ("Sum(log((i + 1)/i), (i, 1, n))", "log(n + 1)", ["summation", "logarithms"]),
        ("Sum(b**i/factorial(i), (i, 0, oo))", "exp(b)", None),
        ("Sum(i*b**i/factorial(i), (i, 0, oo))", "b*exp(b)", None),
        ("Sum(b**i/factorial(i), (i, 2, oo))", "exp(b) - 1 - b", None),
        (
            "Sum(i*factorial(n)/(factorial(i)*factorial(n - i))*b**i, (i, 0, n))",
            "n*b*(1 + b)**n/(1 + b)",
            None,
        ),
        ("Product(i, (i, 1, n))", "factorial(n)", None),
    ],
)
def test_values(left: str, right: str, using: list[str] | None) -> None:
    verdict = prove(left, right, symbols=SYMBOLS, using=using)
    assert verdict.status == "proved", verdict.message
    assert verdict.unused == ()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        # Poles inside, and divergence at an end.
        ("Integral(1/x**2, (x, -1, 1))", "-2"),
        ("Integral(1/x, (x, -1, 2))", "log(2)"),
        ("Integral(1/(x - 1)**2, (x, 0, 3))", "-3/2"),
        ("Integral(1/(x - a)**2, (x, 0, 1))", "1/(1 - a) + 1/a"),
        ("Integral(1/(x**2 - 1), (x, -2, 2))", "-log(3)"),
        ("Integral(1/x, (x, 0, 1))", "0"),
        ("Integral(1/x, (x, 1, oo))", "0"),
        ("Integral(x/(1 + x**2), (x, -oo, oo))", "0"),
        ("Integral(x, (x, -oo, oo))", "0"),
        ("Integral(cos(x), (x, 0, oo))", "0"),
        ("Integral(exp(-a*x), (x, 0, oo))", "1/a"),
        ("Integral(x*cos(x), (x, 0, oo))", "-1"),
        ("Integral(exp(-a*x)*sin(x), (x, 0, oo))", "1/(1 + a**2)"),
        # True where a is not 0; of the left side that is not established.
        ("Integral(sin(a*x), (x, 0, pi))", "(1 - cos(a*pi))/a"),
        ("Integral(exp(a*x), (x, 0, 1))", "(exp(a) - 1)/a"),
        ("Integral(exp(-a*x**2), (x, -oo, oo))", "sqrt(pi)/sqrt(a)"),
        ("Integral(x**(a - 1), (x, 0, 1))", "1/a"),
        ("Integral(x**(a - 1)*exp(-x), (x, 0, oo))", "gamma(a)"),
        ("Integral(x**(b - 2)*exp(-x), (x, 0, oo))", "gamma(b - 1)"),
        ("Integral(x**(b - 2)*(1 - x), (x, 0, 1))", "gamma(b - 1)/gamma(b + 1)"),
        ("Integral(1/x, (x, a, 1))", "-log(a)"),
        # An antiderivative that jumps, or one branch of it.
        ("Integral(1/(1 + x**2), (x, -1, 1))", "0"),
        ("Integral(abs(x), (x, -1, 1))", "0"),
        ("Integral(x*abs(x), (x, -1, 1))", "2/3"),
        ("Integral(exp(-abs(x)), (x, -oo, oo))", "0"),
        # Pieces that diverge.
        (
            "Integral(1/x - 1/(x + 1), (x, 1, oo))",
            "Integral(1/x, (x, 1, oo)) - Integral(1/(x + 1), (x, 1, oo))",
        ),
        ("Integral(1/x, (x, 1, oo)) - Integral(1/(x + 1), (x, 1, oo))", "log(2)"),
        ("Sum(1/i - 1/(i + 1), (i, 1, oo))", "Sum(1/i, (i, 1, oo)) - Sum(1/(i + 1), (i, 1, oo))"),
        ("Sum(1/i, (i, 1, oo)) - Sum(1/(i + 1), (i, 1, oo))", "1"),
        # Abstract functions have no antiderivative.
        ("Integral(f(x), (x, 0, 1))", "f(1) - f(0)"),
        ("Integral(u*p(u), (u, -oo, oo))", "0"),
        # Sums.
        ("Sum(a**i, (i, 0, oo))", "1/(1 - a)"),
        ("Sum(b**i, (i, 0, oo))", "1/(1 - b)"),
        ("Sum(2**i, (i, 0, oo))", "-1"),
        ("Sum((-1)**i, (i, 0, oo))", "1/2"),
        ("Sum(i, (i, 1, oo))", "-1/12"),
        ("Sum(1/i, (i, 1, oo))", "0"),
        ("Sum(i, (i, 1, m))", "m*(m + 1)/2"),
        ("Sum(i, (i, 0, k))", "k*(k - 1)/2"),
        ("Sum(1/(i*(i - 1)), (i, 1, n))", "-1/n"),
        ("Sum(1/(i*(i + 1)), (i, 0, n))", "1 - 1/(n + 1)"),
        ("Sum(log(i), (i, 0, n))", "log(factorial(n))"),
        ("Sum(b**i/factorial(i), (i, 1, oo))", "exp(b)"),
        ("Sum(a**i/factorial(i), (i, 0, oo))", "exp(-a)"),
        ("Sum(factorial(n)/(factorial(i)*factorial(n - i)), (i, 1, n))", "2**n"),
        ("Sum(factorial(n)/(factorial(i)*factorial(n - i)), (i, 0, n + 1))", "2**n"),
    ],
)
def test_what_has_no_value_or_another(left: str, right: str) -> None:
    assert prove(left, right, symbols=SYMBOLS).status not in ("proved", "wrong_reason")


def test_a_value_needs_its_reason() -> None:
    line = ("Integral(x, (x, 0, 1))", "1/2")
    assert prove(*line, using=["linearity"]).suggestion == ("integration",)
    assert prove("Sum(i, (i, 1, n))", "n*(n + 1)/2", symbols=SYMBOLS, using=[]).suggestion == (
        "summation",
    )


def test_a_geometric_sum_lists_its_denominator() -> None:
    verdict = prove("Sum(a**i, (i, 0, n - 1))", "(a**n - 1)/(a - 1)", symbols=SYMBOLS)
    assert [str(c) for c in verdict.conditions] == ["a - 1 != 0"]


@pytest.mark.parametrize(
    ("left", "right", "proved"),
    [
        ("gamma(b + 1)", "b*gamma(b)", True),
        ("gamma(a + 1)", "a*gamma(a)", False),
        ("gamma(1/2)", "sqrt(pi)", True),
        ("factorial(k + 1)", "(k + 1)*factorial(k)", True),
        ("factorial(k)", "k*factorial(k - 1)", False),
        ("factorial(m)", "m*factorial(m - 1)", False),
        ("sin(a)**2 + cos(a)**2", "1", True),
        ("sin(a)**4 - cos(a)**4", "sin(a)**2 - cos(a)**2", True),
        ("sin(-a)", "-sin(a)", True),
        ("sin(-a)", "sin(a)", False),
        ("cos(b - a)", "cos(a - b)", True),
        ("sin(pi/2)", "1", True),
        ("sin(pi)", "1", False),
        ("tan(a)*cos(a)", "sin(a)", True),
        ("atan(1)", "pi/4", True),
        ("atan(tan(a))", "a", False),
        ("cosh(a)**2 - sinh(a)**2", "1", True),
        ("tanh(a)", "sinh(a)/cosh(a)", True),
        ("erf(-a)", "-erf(a)", True),
        ("Diff(erf(a), a)", "2/sqrt(pi)*exp(-a**2)", True),
        ("Diff(Integral(exp(-t**2), (t, a, b)), b)", "exp(-b**2)", True),
        ("Diff(Integral(exp(-t**2), (t, b, 1)), b)", "exp(-b**2)", False),
        ("Diff(Integral(b*t, (t, 0, b)), b)", "b**2", False),
        ("Diff(Integral(f(t), (t, 0, b)), b)", "f(b)", False),
        ("Diff(a**n, a)", "n*a**(n - 1)", True),
        ("Diff(a**k, a)", "k*a**(k - 1)", False),
    ],
)
def test_special_functions(left: str, right: str, proved: bool) -> None:
    verdict = prove(left, right, symbols=SYMBOLS)
    assert (verdict.status == "proved") is proved, verdict.message
