"""Data with a declared domain: what follows from it, what does not, and which points are data at all."""

from __future__ import annotations

import pytest
from flint import fmpq

from klderive.certificates.admission import admits
from klderive.certificates.models import Point
from klderive.derivation import Derivation, DerivationError, by
from klderive.verify import prove, verify


def sample() -> Derivation:
    d = Derivation("data")
    d.symbols(
        N="positive integer", i="positive integer", c="real", m="integer", M="positive integer"
    )
    d.variable("theta", on="Theta")
    d.density("P", of="z", on="Z", positive=True)
    d.density("u", of="w", on="(0, oo)", positive=True)
    d.density("b", of="v", on="{0, 1}", positive=True)
    d.data("r")
    d.data("t", of="(0, oo)")
    d.data("z", of="Z")
    d.data("k", of="{1, ..., M}")
    d.data("y", of="{0, 1}", length="N", counts="n_0, n_1")
    return d


def one(d: Derivation, left: str, right: str, relation: str = "eq"):
    getattr(d.chain(left), relation)(right)
    return verify(d).lines()[-1].verdict


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("log(t[i]**2)", "2*log(t[i])"),
        ("abs(t[i])", "t[i]"),
        ("log(P(z[i])**2)", "2*log(P(z[i]))"),
        ("log(u(t[i])**2)", "2*log(u(t[i]))"),
        ("log(u(k[3])**2)", "2*log(u(k[3]))"),
        ("log(b(y[i])**2)", "2*log(b(y[i]))"),
        ("log(b(1 - y[i])**2)", "2*log(b(1 - y[i]))"),
        ("Sum(log(t[j]**2), (j, 1, N))", "2*Sum(log(t[j]), (j, 1, N))"),
        ("Sum(log(P(z[j])**2), (j, 1, N))", "2*Sum(log(P(z[j])), (j, 1, N))"),
        ("n_0 + n_1", "N"),
        ("n_1/N", "1 - n_0/N"),
    ],
)
def test_data_lie_in_their_domain(left: str, right: str) -> None:
    verdict = one(sample(), left, right)
    assert verdict.status == "proved", verdict.message
    assert not verdict.conditions


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("log(r[i]**2)", "2*log(r[i])"),
        ("abs(y[i] - 1)", "y[i] - 1"),
        ("log(P(r[i])**2)", "2*log(P(r[i]))"),
        ("log(P(t[i])**2)", "2*log(P(t[i]))"),
        ("log(u(y[i])**2)", "2*log(u(y[i]))"),
        ("log(b(k[i])**2)", "2*log(b(k[i]))"),
        ("log(b(t[i])**2)", "2*log(b(t[i]))"),
        ("log(b(y[i] + 1)**2)", "2*log(b(y[i] + 1))"),
        ("y[i]/y[i]", "y[i]"),
    ],
)
def test_what_does_not_follow_of_data(left: str, right: str) -> None:
    assert one(sample(), left, right).status != "proved"


def test_the_ends_of_a_domain_are_inequalities() -> None:
    assert one(sample(), "k[i]", "1", "ge").status == "proved"
    assert one(sample(), "k[i]", "M", "le").status == "proved"
    assert one(sample(), "y[i]", "1", "le").status == "proved"
    assert one(sample(), "t[i]", "0", "gt").status == "proved"
    assert one(sample(), "y[i]", "0", "gt").status != "proved"
    assert one(sample(), "t[1]", "2", "lt").status == "refuted"


def test_only_data_in_the_domain_refute() -> None:
    for left, right in (("t[1]", "-1"), ("y[1]*(y[1] - 1)", "1/5")):
        assert one(sample(), left, right, "ne").status != "refuted"
    # True of data in {0, 1}, false of others.
    assert one(sample(), "y[1]*(y[1] - 1)", "0").status != "refuted"
    assert one(sample(), "Sum(y[j], (j, 1, N))", "n_1").status != "refuted"
    assert one(sample(), "Sum(y[j], (j, 1, N))", "n_0").status == "refuted"
    assert one(sample(), "n_0", "n_1").status == "refuted"


def test_a_point_with_data_elsewhere_is_refused() -> None:
    d = sample()
    context = d.context()
    symbols = d.scope.symbols
    n, n_0, n_1 = (symbols[name] for name in ("N", "n_0", "n_1"))
    side = d.read("Sum(y[j], (j, 1, N)) - n_1", None)[1]
    times = d.read("t[1]", None)[1]

    def point(data: list[int], **values: int) -> Point:
        numbers = {symbols[name]: fmpq(value) for name, value in values.items()}
        return Point(values=numbers, families={"y": tuple(map(fmpq, data))})

    good = {"N": 3, "n_0": 1, "n_1": 2}
    assert {n, n_0, n_1} == set(point([0, 1, 1], **good).values)
    assert admits([side], context, point([0, 1, 1], **good))
    assert admits([side], context, point([0, 1, 1, 0], **good))
    assert not admits([side], context, point([0, 0, 1], **good))
    assert not admits([side], context, point([0, 1], **good))
    assert not admits([side], context, point([0, 2, 1], **good))
    assert not admits([side], context, point([0, 1, 1], N=3, n_0=2, n_1=1))
    some = {symbols[s]: fmpq(1) for s in ("N", "n_1")} | {n_0: fmpq(0)}
    for value, fits in ((1, True), (0, False), (-1, False)):
        data = {"t": (fmpq(value),)}
        assert admits([times], context, Point(values=some, families=data)) is fits


def test_the_given_of_counts_is_printed_and_can_be_used() -> None:
    d = sample()
    assert [str(statement.right) for _, statement in d.givens] == ["N"]
    assert d.families["y"].values == (0, 1)
    assert d.families["y"].counts == (d.scope.symbols["n_0"], d.scope.symbols["n_1"])
    assert d.families["t"].sign == "positive"
    d.chain("Sum(c, (j, 1, N))").eq("c*(n_0 + n_1)", by.linearity)
    assert verify(d).lines()[-1].verdict.status == "proved"


@pytest.mark.parametrize(
    "options",
    [
        {"of": "{0, 1}", "length": "N"},
        {"of": "{0, 1}", "counts": "m_0, m_1"},
        {"of": "{0, 1}", "length": "m", "counts": "m_0, m_1"},
        {"of": "{0, 1}", "length": "N", "counts": "m_0"},
        {"of": "{0, 1}", "length": "N", "counts": "m_0, m_0"},
        {"of": "{0, 1}", "length": "N", "counts": "N, m_1"},
        {"of": "{0, 1}", "length": "N", "counts": "c, m_1"},
        {"of": "{0, 1}", "length": "N", "counts": "P, m_1"},
        {"of": "{1, ..., M}", "length": "N", "counts": "m_0, m_1"},
        {"of": "(0, oo)", "length": "N", "counts": "m_0, m_1"},
        {"length": "N", "counts": "m_0, m_1"},
        {"of": "{1, ..., m}"},
        {"of": "(1, 0)"},
        {"of": "nothing here"},
    ],
)
def test_data_that_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(DerivationError):
        sample().data("fresh", **options)


@pytest.mark.parametrize(
    ("objective", "other", "over"),
    [
        ("Sum(y[i], (i, 1, N))", "0", "N"),
        ("Sum(y[i], (i, 1, N))", "n_1", "n_1"),
        ("n_0", "N", "N"),
    ],
)
def test_counts_and_lengths_do_not_vary_on_their_own(objective: str, other: str, over: str) -> None:
    left, right = (f"ArgMin({side}, {over})" for side in (objective, other))
    assert one(sample(), left, right).status != "proved"
    assert one(sample(), f"Diff({objective}, c)", "0").status == "proved"


def test_counts_are_used_where_something_else_varies() -> None:
    left, right = "ArgMin(c + Sum(y[j], (j, 1, N))/N, c)", "ArgMin(c + n_1, c)"
    assert one(sample(), left, right).status == "proved"


def test_an_index_is_an_integer() -> None:
    assert one(sample(), "t[c]", "0", "gt").status != "proved"
    with pytest.raises(DerivationError, match="whole number"):
        one(sample(), "r[1/2]", "r[1/2]")
    assert one(sample(), "t[m]", "0", "gt").status == "proved"


# Intervals with and without their ends

COUNTED = {"N": "positive integer"}


@pytest.mark.parametrize(
    ("domain", "left", "relation", "right"),
    [
        ("[0, oo)", "d[1]", ">=", "0"),
        ("[0, 1]", "d[1]", "<=", "1"),
        ("[0, 1)", "d[1]", "<", "1"),
        ("(0, 1]", "d[1]", ">", "0"),
        ("(0, 1]", "d[1]", "<=", "1"),
        ("(0, 1]", "log(Product(d[i], (i, 1, N)))", "=", "Sum(log(d[i]), (i, 1, N))"),
        ("(2, oo)", "d[1]", ">", "2"),
        ("[2, 3]", "d[1]", ">=", "2"),
        ("[2, 3]", "Sum(d[i]/d[i], (i, 1, N))", "=", "N"),
        ("(-oo, 0)", "d[1]", "<", "0"),
        ("(-oo, 0]", "abs(d[1])", "=", "-d[1]"),
        ("{0, 1}", "d[1]", "<=", "1"),
        ("[0, oo]", "d[1]", ">=", "0"),
    ],
)
def test_what_follows_from_an_interval(domain: str, left: str, relation: str, right: str) -> None:
    verdict = prove(left, right, relation, symbols={"d": f"data on {domain}", **COUNTED})
    assert verdict.status == "proved", verdict.message
    assert not verdict.conditions


@pytest.mark.parametrize(
    ("domain", "left", "relation", "right"),
    [
        ("[0, oo)", "d[1]", ">", "0"),
        ("[0, 1]", "d[1]", "<", "1"),
        ("[0, 1)", "d[1]", ">", "0"),
        ("(0, 1]", "d[1]", "<", "1"),
        ("[2, oo)", "d[1]", ">", "2"),
        ("(-oo, 0]", "d[1]", "<", "0"),
        ("(-oo, 0)", "d[1]", ">=", "0"),
        ("{0, 1}", "d[1]", "<", "1"),
        ("[0, oo)", "Sum(d[i], (i, 1, N))", ">", "0"),
        ("[-1, 1]", "d[1]", ">", "-1"),
    ],
)
def test_an_end_that_belongs_to_the_data_refutes(
    domain: str, left: str, relation: str, right: str
) -> None:
    verdict = prove(left, right, relation, symbols={"d": f"data on {domain}", **COUNTED})
    assert verdict.status == "refuted"


@pytest.mark.parametrize("domain", ["[0, oo)", "[0, 1]", "[0, 1)", "(-oo, 0]", "[-1, 1]"])
@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("log(Product(d[i], (i, 1, N)))", "Sum(log(d[i]), (i, 1, N))"),
        ("Sum(log(d[i]), (i, 1, N))", "Sum(log(d[i]), (i, 1, N))"),
        ("Sum(1/d[i], (i, 1, N))", "Sum(1/d[i], (i, 1, N))"),
        ("Sum(d[i]/d[i], (i, 1, N))", "N"),
        ("p(d[1])", "p(d[1])*1 + abs(p(d[1])) - p(d[1])"),
    ],
)
def test_an_end_that_is_zero_is_not_forgotten(domain: str, left: str, right: str) -> None:
    symbols = {"d": f"data on {domain}", "p": "density of y on (0, 1)", **COUNTED}
    assert prove(left, right, symbols=symbols).status != "proved"
