"""Names of sets of optimal points: how they are declared, and that they are no numbers."""

from __future__ import annotations

import pytest
from sympy import Symbol

from klderive.certificates.certificate import certify
from klderive.certificates.models import Point
from klderive.derivation import Derivation, DerivationError, by
from klderive.notation.nodes import ArgMax
from klderive.statement import Statement
from klderive.verify import verify

NAMED = "ArgMax(Sum(log(P(x[i] | theta)), (i, 1, n)), theta)"


def sample() -> Derivation:
    d = Derivation("optima")
    d.symbols(n="positive integer", c="real", a="real")
    d.variable("x", on="X")
    d.variable("theta", on="Theta")
    d.density("P", of="x", given="theta", positive=True)
    d.data("x", of="X")
    d.define("theta_MLE", NAMED, number="mle:1")
    return d


def test_a_name_stands_for_a_set_of_optima() -> None:
    d = sample()
    (line,) = verify(d).lines()
    assert line.verdict.status == "definition"
    assert line.line.number == "mle:1"
    symbol = Symbol("theta_MLE")
    assert line.line.statement.left == symbol
    assert isinstance(d.context().optima[symbol], ArgMax)
    assert d.read("theta_MLE", None)[1] == symbol
    assert d.read(symbol, None)[1] == symbol


@pytest.mark.parametrize(
    "text",
    [
        "theta_MLE + 1",
        "2*theta_MLE",
        "P(c | theta_MLE)",
        "(theta_MLE)**2",
        "log(theta_MLE)",
        "Sum(c, (theta_MLE, 1, 2))",
        "ArgMin(c, theta_MLE)",
        "ArgMin(theta_MLE, c)",
    ],
)
def test_a_set_takes_no_arithmetic(text: str) -> None:
    with pytest.raises(DerivationError):
        sample().read(text, None)


@pytest.mark.parametrize(
    ("name", "as_"),
    [
        ("theta_MLE", "ArgMin(c**2, c)"),
        ("c", "ArgMin(c**2, c)"),
        ("x", "ArgMin(c**2, c)"),
        ("theta", "ArgMin(c**2, c)"),
        ("P", "ArgMin(c**2, c)"),
        ("KL", "ArgMin(c**2, c)"),
        ("best", "c**2"),
        ("best", "Min(c**2, c)"),
        ("best", "ArgMin(best, c)"),
    ],
)
def test_names_that_are_refused(name: str, as_: str) -> None:
    with pytest.raises(DerivationError):
        sample().define(name, as_)


def test_the_name_is_taken_afterwards() -> None:
    d = sample()
    for declare in (
        lambda: d.symbols(theta_MLE="real"),
        lambda: d.variable("theta_MLE", on="Theta"),
        lambda: d.data("theta_MLE"),
        lambda: d.density("theta_MLE", of="x"),
    ):
        with pytest.raises(DerivationError, match="taken"):
            declare()


def test_the_objective_must_be_defined() -> None:
    for objective in ("log(c)", "1/c", "Integral(1/t, (t, -1, 1))"):
        d = sample()
        d.define("best", f"ArgMin({objective}, c)")
        assert verify(d).lines()[-1].verdict.status == "undecided", objective
    d = sample()
    d.define("best", "ArgMin((c - a)**2/a, c)")
    (condition,) = verify(d).lines()[-1].verdict.conditions
    assert str(condition) == "a != 0"
    d = sample()
    d.assume("c = 1")
    d.define("best", "ArgMin((c - a)**2, c)")
    assert verify(d).lines()[-1].verdict.status == "undecided"


def test_a_set_is_no_number() -> None:
    d = sample()
    d.define("other", "ArgMin((c - a)**2, c)")
    for right in ("other", "0"):
        d.chain("theta_MLE").eq(right)
    assert {line.verdict.status for line in verify(d).lines()[2:]} == {"undecided"}
    left, right = Symbol("theta_MLE"), Symbol("other")
    point = Point(values={left: 1, right: 2})
    assert certify(Statement(left, "=", right), d.context(), point) is None


def test_a_name_does_not_hide_what_varies() -> None:
    d = sample()
    d.data("z")
    d.define("first", "ArgMin((c - z[1])**2 + c**2, c)")
    d.define("second", "ArgMin(c**2, c)")
    d.define("third", "ArgMax(c**2, c)")
    fixed = by.hypothesis(d.hypothesis("fixed", "z[1] = c"))
    named = (by.definition("first"), by.definition("second"), by.definition("third"))
    d.chain("first").eq("second", fixed, *named)
    d.chain("second").at(c=1).eq("third", *named)
    d.chain("second").eq("0", by.stationary, *named)
    d.chain("second").eq("0", by.stationary)
    d.chain("second").at(c=1).eq("1", by.stationary, *named)
    d.chain("second").at(c=1).eq("0", by.stationary, *named)
    *_, a, b, good, unnamed, x, y = (line.verdict.status for line in verify(d).lines())
    assert (good, unnamed) == ("proved", "wrong_reason")
    assert not {a, b, x, y} & {"proved", "wrong_reason"}


@pytest.mark.parametrize(
    ("given", "left", "right", "status"),
    [
        ("c > 1", "ArgMin(abs(c - 1), c)", "ArgMin(c, c)", "proved"),
        ("c > 0", "ArgMin(abs(c - 1), c)", "ArgMin(c, c)", "refuted"),
        ("q(1) > 1", "ArgMin(abs(q(1) - 1), q)", "ArgMin(q(1), q)", "proved"),
        ("g(1) > 1", "ArgMin(abs(c + 1), c)", "ArgMin(c, c)", "undecided"),
    ],
)
def test_an_optimum_is_one_among_what_meets_the_assumptions(
    given: str, left: str, right: str, status: str
) -> None:
    d = Derivation("optima")
    d.symbols(c="real")
    d.density("q", of="u")
    d.define("g(a)", "a*c")
    d.assume(given)
    d.chain(left).eq(right)
    assert verify(d).lines()[-1].verdict.status == status
