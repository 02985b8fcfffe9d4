"""Derivatives, values between bounds, the fundamental theorem, parity, stationary points: what each proves, and not."""

from __future__ import annotations

import pytest

from klderive.kernel import Verdict
from klderive.verify import prove

pytestmark = pytest.mark.usefixtures("only_proofs")

SYMBOLS = {
    "a": "real",
    "b": "real",
    "s": "positive",
    "w": "real",
    "m": "nonzero",
    "N": "positive integer",
    "n": "integer",
    "r": "nonnegative",
    "f": "function",
    "p": "density of u",
}
THEOREM = ["fundamental theorem of calculus"]
PARITY = ["parity"]
STATIONARY = ["stationary point"]


def judged(
    left: str, right: str, *given: str, using: list[str] | None = None, relation="="
) -> Verdict:
    return prove(left, right, relation, symbols=SYMBOLS, assuming=given, using=using)


def is_proved(left: str, right: str, *given: str, using: list[str] | None = None) -> None:
    verdict = judged(left, right, *given, using=using)
    assert verdict.status == "proved", f"{left} = {right}: {verdict.message}"
    assert verdict.unused == ()
    for name in using or ():
        assert name in verdict.uses


def is_not_proved(left: str, right: str, *given: str) -> None:
    verdict = judged(left, right, *given)
    assert verdict.status not in ("proved", "wrong_reason"), f"{left} = {right} is proved"


# Derivatives


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Diff(a*w**3, w)", "3*a*w**2"),
        ("Diff(Diff(w**3, w), w)", "6*w"),
        ("Diff(w**2*b**3, w, b)", "6*w*b**2"),
        ("Diff(sqrt(s), s)", "1/(2*sqrt(s))"),
        ("Diff(s**(5/3), s)", "5/3*s**(2/3)"),
        ("Diff(s**a, s)", "a*s**(a - 1)"),
        ("Diff(exp(-w**2/2), w)", "-w*exp(-w**2/2)"),
        ("Diff(log(s**2 + 1), s)", "2*s/(s**2 + 1)"),
        ("Diff(1/(w**2 + 1), w)", "-2*w/(w**2 + 1)**2"),
        ("Diff(sqrt(w**2 + 1), w)", "w/sqrt(w**2 + 1)"),
        ("Diff(sqrt(s/(s + 1)), s)", "1/(2*sqrt(s)*(s + 1)**(3/2))"),
        ("Diff(Sum((i*w - a)**2, (i, 1, N)), w)", "Sum(2*i*(i*w - a), (i, 1, N))"),
        (
            "Diff(log(Sum(exp(i*w), (i, 1, N))), w)",
            "Sum(i*exp(i*w), (i, 1, N))/Sum(exp(i*w), (i, 1, N))",
        ),
        ("Diff(w*f(a), w)", "f(a)"),
        ("Integral(Diff(x**2, x), (x, 0, 1))", "Integral(2*x, (x, 0, 1))"),
        ("Diff(w*Integral(exp(-x**2), (x, -oo, oo)), w)", "Integral(exp(-x**2), (x, -oo, oo))"),
    ],
)
def test_derivatives(left: str, right: str) -> None:
    is_proved(left, right, using=[])


def test_a_derivative_enters_nested_sums() -> None:
    is_proved(
        "Diff(Sum(Sum(i*j*w**2, (j, 1, N)), (i, 1, N)), w)",
        "Sum(Sum(2*i*j*w, (j, 1, N)), (i, 1, N))",
        using=["linearity"],
    )
    for wrong in ("Sum(Sum(2*j*j*w, (j, 1, N)), (i, 1, N))", "Sum(2*i*i*w, (i, 1, N))"):
        is_not_proved("Diff(Sum(Sum(i*j*w**2, (j, 1, N)), (i, 1, N)), w)", wrong)
    for body in ("exp(w*i*j)", "log(s + i*j)*w"):
        is_not_proved(
            f"Diff(Sum(Sum({body}, (j, 1, N)), (i, 1, N)), w)",
            f"Sum(Diff({body.replace('j', 'i')}, w), (i, 1, N))",
        )


def test_a_denominator_of_a_derivative_is_listed() -> None:
    assert [str(c) for c in judged("Diff(1/w, w)", "-1/w**2").conditions] == ["w != 0"]
    assert judged("Diff(1/m, m)", "-1/m**2").conditions == ()
    assert [str(c) for c in judged("Diff(log(w**2), w)", "2/w").conditions] == ["w != 0"]
    assert [str(c) for c in judged("Diff(abs(w)**3, w)", "3*w*abs(w)").conditions] == ["w != 0"]


def test_a_derivative_passes_into_pieces_that_do_not_depend_on_its_variable() -> None:
    left = "Diff(Integral((u - w)**2*p(u), u), w)"
    verdict = judged(left, "2*(w - Integral(u*p(u), u))")
    assert verdict.status == "proved"
    # The condition holds for all w at once.
    assert [str(c) for c in verdict.conditions] == [
        "Integral(u*p(u), (u, -oo, oo)) converges",
        "Integral(u**2*p(u), (u, -oo, oo)) converges",
    ]
    is_not_proved(left, "2*(Integral(u*p(u), u) - w)")
    # The integral as a whole may converge at one w only.
    assert judged(left, "2*(w - Integral(u*p(u), u))", using=["normalisation of p"]).status == (
        "wrong_reason"
    )
    is_not_proved("Diff(Integral(w*u, (u, 0, oo)), w)", "Integral(u, (u, 0, oo))")
    is_not_proved("Diff(Integral(exp(w*u)*p(u), u), w)", "Integral(u*exp(w*u)*p(u), u)")
    is_not_proved("Diff(Integral((u - w)**2*p(u), (u, 0, s)), s)", "0")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Diff(a*w**3, w)", "a*w**2"),
        ("Diff(abs(w), w)", "1"),
        ("Diff(sqrt(w**2), w)", "1"),
        ("Diff(sqrt(r), r)", "1/(2*sqrt(r))"),
        ("Diff(r**2, r)", "2*r"),
        ("Diff(n**2, n)", "2*n"),
        ("Diff(Sum(i, (i, 1, N)), N)", "1"),
        ("Diff(f(w), w)", "0"),
        ("Diff(f(w), w)", "f(w)"),
        ("Diff(f(w) - f(w) + abs(w), w)", "1"),
        ("Diff(Integral(f(w*x), (x, 0, 1)) - Integral(f(w*x), (x, 0, 1)), w)", "0"),
        ("Diff(log(abs(w)), w)", "1/abs(w)"),
        ("Diff(Integral(exp(-w*x**2), (x, 0, 1)), w)", "0"),
        ("Diff(Integral(x, (x, 0, s)), s)", "0"),
        ("Sum(Diff(i**2, i), (i, 1, N))", "Sum(2*i, (i, 1, N))"),
        ("Diff(Sum(s**i/i, (i, 1, oo)), s)", "Sum(s**(i - 1), (i, 1, oo))"),
    ],
)
def test_what_is_not_proved_differentiable_is_not_differentiated(left: str, right: str) -> None:
    is_not_proved(left, right)


@pytest.mark.parametrize("given", ["w = 3", "w >= 0", "a = 2*w"])
def test_what_the_assumptions_restrict_is_not_varied(given: str) -> None:
    is_not_proved("Diff(w**2, w)", "2*w", given)


def test_an_open_assumption_restricts_nothing() -> None:
    is_proved("Diff(sqrt(w), w)", "1/(2*sqrt(w))", "w > 0", using=[])


# Formulas between bounds, by value


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Bar(x**2, (x, a, b))", "b**2 - a**2"),
        ("Bar(x**2, (x, 1, 0))", "-1"),
        ("Bar(-1/x, (x, 1, oo))", "1"),
        ("Bar(-exp(-s*x), (x, 0, oo))", "1"),
        ("Bar(x**7*exp(-x**2 + a*x), (x, -oo, oo))", "0"),
        ("Bar(x**3*exp(x), (x, -oo, 0))", "0"),
        ("Bar(log(x)/x, (x, 1, oo))", "0"),
        ("Bar(a + 1/x, (x, s, oo))", "-1/s"),
    ],
)
def test_values_between_bounds(left: str, right: str) -> None:
    is_proved(left, right, using=[])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Bar(x, (x, 0, oo))", "0"),
        ("Bar(x - x**2, (x, -oo, oo))", "0"),
        ("Bar(exp(-x), (x, -oo, oo))", "0"),
        ("Bar(exp(-a*x), (x, 0, oo))", "-1"),
        ("Bar(exp(-x**2), (x, oo, -oo))", "0"),
        ("Bar(1/x, (x, 0, 1))", "1"),
        ("Bar(x/x, (x, 0, 1))", "0"),
        ("Bar(1/x, (x, -oo, oo))", "0"),
        ("Bar(f(x), (x, -oo, oo))", "0"),
        ("Bar(p(u), (u, -oo, oo))", "0"),
    ],
)
def test_what_has_no_established_value_at_a_bound(left: str, right: str) -> None:
    is_not_proved(left, right)


# The fundamental theorem


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Integral(2*x, (x, 0, 1))", "Bar(x**2, (x, 0, 1))"),
        ("Integral(x**-2, (x, 1, oo))", "Bar(-1/x, (x, 1, oo))"),
        ("Integral(1/x, (x, s, s + 1))", "Bar(log(x), (x, s, s + 1))"),
        ("Integral(s*exp(-s*x), (x, 0, oo))", "Bar(-exp(-s*x), (x, 0, oo))"),
        (
            "Integral(x*exp(-x), (x, 0, oo))",
            "Bar(-x*exp(-x), (x, 0, oo)) + Integral(exp(-x), (x, 0, oo))",
        ),
        (
            "Integral(x**2*exp(-x**2/(2*s**2)), (x, -oo, oo))",
            "Bar(-s**2*x*exp(-x**2/(2*s**2)), (x, -oo, oo))"
            " + s**2*Integral(exp(-x**2/(2*s**2)), (x, -oo, oo))",
        ),
        ("Integral(Diff(f(a)*x**3, x), (x, 0, 1))", "Bar(f(a)*x**3, (x, 0, 1))"),
        (
            "Bar(-x*exp(-x), (x, 0, oo)) + Integral(exp(-x), (x, 0, oo))",
            "Bar(-exp(-x), (x, 0, oo))",
        ),
        (
            "Bar(-exp(-x), (x, 0, oo))",
            "Bar(-x*exp(-x), (x, 0, oo)) + Integral(exp(-x), (x, 0, oo))",
        ),
    ],
)
def test_the_fundamental_theorem(left: str, right: str) -> None:
    is_proved(left, right, using=THEOREM)
    assert judged(left, right, using=[]).status == "wrong_reason"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Integral(x**-2, (x, -1, 1))", "Bar(-1/x, (x, -1, 1))"),
        ("Integral(x**-2, (x, 0, 1))", "Bar(-1/x, (x, 0, 1))"),
        ("Integral((x - a)**-2, (x, 0, 1))", "Bar(-1/(x - a), (x, 0, 1))"),
        ("Integral(1, (x, -1, 1))", "Bar(abs(x), (x, -1, 1))"),
        ("Integral(2*x, (x, 0, 1))", "Bar(x**2/2, (x, 0, 1))"),
        ("Integral(2*x, (x, 0, 1))", "Bar(x**2, (x, 0, 2))"),
        ("Integral(2*x, (x, -oo, oo))", "Bar(x**2, (x, -oo, oo))"),
        ("Integral(0, (x, 0, 1))", "Bar(f(x), (x, 0, 1))"),
        (
            "Integral(x*exp(-x), (x, 0, oo))",
            "Bar(-x*exp(-x), (x, 0, oo)) - Integral(exp(-x), (x, 0, oo))",
        ),
        ("Integral(exp(-x), (x, 0, oo))", "Integral(1, (x, 0, oo)) - Bar(x + exp(-x), (x, 0, oo))"),
    ],
)
def test_what_the_fundamental_theorem_does_not_give(left: str, right: str) -> None:
    is_not_proved(left, right)


# Parity


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Integral(x*exp(-x**2), (x, -oo, oo))", "0"),
        ("Integral(x**3*abs(x), (x, -s, s))", "0"),
        ("Integral(x**5*exp(-s*x**4 + b*x**2 - s*x**4), (x, -oo, oo))", "0"),
    ],
)
def test_odd_integrands_vanish(left: str, right: str) -> None:
    is_proved(left, right, using=PARITY)
    assert judged(left, right, using=[]).status == "wrong_reason"


def test_the_odd_part_of_an_integrand_vanishes() -> None:
    is_proved(
        "Integral(x**3 + x**2, (x, -s, s))",
        "Integral(x**2, (x, -s, s))",
        using=["parity", "linearity"],
    )


@pytest.mark.parametrize(
    "integral",
    [
        "Integral(1/x, (x, -1, 1))",
        "Integral(x, (x, -oo, oo))",
        "Integral(x/(1 + x**2), (x, -oo, oo))",
        "Integral(x*exp(a*x**2), (x, -oo, oo))",
        "Integral(x**2*exp(-x**2), (x, -oo, oo))",
        "Integral(x*exp(-x**2 + x), (x, -oo, oo))",
        "Integral(x*exp(-x), (x, -s, s))",
        "Integral(x, (x, -s, s + 1))",
        "Integral(x, (x, 0, s))",
        "Integral(x*f(x), (x, -s, s))",
        "Integral(u*p(u), (u, -oo, oo))",
        "Integral(x*abs(x - a), (x, -s, s))",
        "Sum(x, (x, -N, N + 1))",
    ],
)
def test_what_parity_does_not_give(integral: str) -> None:
    is_not_proved(integral, "0")


# Stationary points


@pytest.mark.parametrize(
    ("left", "right", "given"),
    [
        ("ArgMin((w - a)**2, w)", "a", ()),
        ("ArgMax(3 - (w - a)**2/s, w)", "a", ()),
        ("ArgMin(exp(w) - w, w)", "0", ()),
        ("ArgMin(s - log(s), s)", "1", ()),
        ("ArgMax(N*log(s) - a*s, s)", "N/a", ("a > 0",)),
        ("ArgMin(Sum((a - w*i)**2, (i, 1, N)), w)", "Sum(a*i, (i, 1, N))/Sum(i**2, (i, 1, N))", ()),
        ("a", "ArgMin((w - a)**2, w)", ()),
        ("ArgMin((w - a)**4, w)", "a", ()),
        ("ArgMin(N*log(s) + a/(2*s**2), s)", "sqrt(a/N)", ("a > 0",)),
        ("ArgMax(s**2/(1 + s**4), s)", "1", ()),
        ("ArgMax(1/(1 + (w - a)**2), w)", "a", ()),
        ("ArgMax(s*exp(-s), s)", "1", ()),
    ],
)
def test_stationary_points(left: str, right: str, given: tuple[str, ...]) -> None:
    is_proved(left, right, *given, using=STATIONARY)
    assert judged(left, right, *given, using=[]).status == "wrong_reason"


def test_a_stationary_point_under_a_monotone_map() -> None:
    both = ["monotone maps", *STATIONARY]
    is_proved("ArgMin(abs(w - a), w)", "a", using=both)
    is_proved("ArgMin(exp(abs(w - a)), w)", "a", using=both)
    assert judged("ArgMin(abs(w - a), w)", "a", using=STATIONARY).status == "wrong_reason"


@pytest.mark.parametrize(
    ("left", "right", "given"),
    [
        ("ArgMax((w - a)**2, w)", "a", ()),
        ("ArgMin((w - a)**2, w)", "a + 1", ()),
        ("ArgMin((w - a)**2, w)", "w", ()),
        ("ArgMin(w**3, w)", "0", ()),
        ("ArgMin((w - a)**3, w)", "a", ()),
        ("ArgMax((w - a)**4, w)", "a", ()),
        ("ArgMin((w - a)**4 - (w - a)**2, w)", "a", ()),
        ("ArgMin((w - a)**2*(w - b)**2, w)", "a", ()),
        ("ArgMin(w**4 + b*w**2, w)", "0", ()),
        ("ArgMax(1/(1 - w**2), w)", "0", ()),
        ("ArgMax(N*log(s) + a/(2*s**2), s)", "sqrt(a/N)", ("a > 0",)),
        ("ArgMin(N*log(s) + a/(2*s**2), s)", "a/N", ("a > 0",)),
        ("ArgMax(abs(w - a), w)", "a", ()),
        ("ArgMin(w*abs(w - a), w)", "a", ()),
        ("ArgMin(exp(w**3), w)", "0", ()),
        ("ArgMin(s**2*(s - 1)**2, s)", "1", ()),
        ("ArgMin(0*w, w)", "0", ()),
        ("ArgMin(b*(w - a)**2, w)", "a", ()),
        ("ArgMin((s - a)**2, s)", "a", ()),
        ("ArgMin((r - a)**2, r)", "a", ()),
        ("ArgMin((n - a)**2, n)", "a", ()),
        ("ArgMin((m - a)**2, m)", "a", ()),
        ("ArgMin((w - a)**2, w)", "a", ("w > 0",)),
        ("ArgMin((w - a)**2, w)", "a", ("w = 1",)),
        ("ArgMin((w - a)**2, w)", "a", ("b = 2*w",)),
        ("ArgMin((w - a)**2 + (b - b)/w, w)", "a", ()),
        ("ArgMin((w - a)**2 + abs(w), w)", "a", ()),
        ("ArgMin((w - a)**2 + f(w), w)", "a", ()),
        ("ArgMin((w - a)**2 + (b - a)**2, w, b)", "a", ()),
        ("ArgMin(w + 1/w, w)", "1", ()),
        ("ArgMax(N*log(s) - a*s, s)", "N/a", ()),
    ],
)
def test_what_is_no_established_optimum(left: str, right: str, given: tuple[str, ...]) -> None:
    is_not_proved(left, right, *given)


def test_a_set_of_optima_is_no_number_of_another_kind() -> None:
    assert judged("ArgMin((w - a)**2, w)", "a", relation="<=").status != "proved"


@pytest.mark.parametrize(
    ("assuming", "left", "right", "proved"),
    [
        (["t < 1"], "ArgMax(n*log(t) + m*log(1 - t), t)", "n/(n + m)", True),
        (["t < 1"], "ArgMax(n*log(t) + m*log(1 - t), t)", "m/(n + m)", False),
        (["t < 1"], "ArgMin((t - 2)**2, t)", "2", False),
        (["w < a"], "ArgMin((w - 1)**2, w)", "1", False),
        (["w < a"], "ArgMin((w - a)**2, w)", "a", False),
        (["w < a"], "ArgMin((w - a + 1)**2, w)", "a - 1", True),
        (["w <= a"], "ArgMin((w - a + 1)**2, w)", "a - 1", False),
        (["w != 1"], "ArgMin((w - 2)**2, w)", "2", False),
        (["w**2 > 1"], "ArgMin((w - 2)**2, w)", "2", False),
        (["w = 2"], "ArgMin((w - 2)**2, w)", "2", False),
        (["w > 1", "w < 3"], "ArgMin((w - 2)**2, w)", "2", True),
    ],
)
def test_a_stationary_point_in_an_interval(
    assuming: list[str], left: str, right: str, proved: bool
) -> None:
    symbols = {"t": "positive", "w": "real", "a": "real", "n": "positive", "m": "positive"}
    verdict = prove(left, right, symbols=symbols, assuming=assuming)
    assert (verdict.status == "proved") is proved, verdict.message


# What is not continuous


@pytest.mark.parametrize(
    ("left", "given"),
    [
        ("Diff(f(w)/f(w), w)", ()),
        ("Diff(f(w)/f(w), w)", ("f(w) != 0",)),
        ("Diff(abs(f(w)) - f(w), w)", ("f(w) > 0",)),
        ("Diff(p(w)/p(w), w)", ()),
    ],
)
def test_what_holds_at_one_point_of_an_abstract_function_is_not_differentiated(
    left: str, given: tuple[str, ...]
) -> None:
    is_not_proved(left, "0", *given)


def test_what_is_open_by_continuity_restricts_nothing() -> None:
    is_proved("Diff(abs(abs(w) - 1) - abs(w) + 1, w)", "0", "abs(w) > 1", using=[])
    is_proved("Diff(log(exp(w) - a), w)", "exp(w)/(exp(w) - a)", "exp(w) > a", using=[])
    is_proved("Diff(w/(w**2 - a), w)", "-(w**2 + a)/(w**2 - a)**2", "w**2 != a", using=[])
