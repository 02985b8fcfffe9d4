"""Integrals of polynomials times exponentials of quadratics are exact, and identities of normal laws are seen."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import reduce

import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Add,
    Expr,
    Function,
    Integer,
    Integral,
    Mul,
    Pow,
    Rational,
    Symbol,
    Tuple,
    exp,
    log,
    oo,
    pi,
    sqrt,
)

from klderive.certificates.admission import admits
from klderive.certificates.certificate import Point, certify
from klderive.certificates.evaluation import Formula, Work, evaluate
from klderive.certificates.gaussian_integrals import (
    integral_value,
    is_identity,
    is_positive_formula,
)
from klderive.derivation import Derivation
from klderive.refute.normal_laws import normal_laws
from klderive.statement import FunctionDeclaration, Statement

x, y, z, a = (Symbol(name, real=True) for name in "xyza")
LINE = (-oo, oo)
small = st.integers(-3, 3)


def over(body: Expr, *variables: Symbol) -> Integral:
    return Integral(body, *((v, *LINE) for v in variables))


def value(e: Expr, **values: int) -> object:
    point = Point(values={Symbol(n, real=True): fmpq(v) for n, v in values.items()})
    return integral_value(e, {}, point, {}, Work())


def meet(first: object, second: object) -> bool:
    return isinstance(first, arb) and isinstance(second, arb) and bool(first.overlaps(second))


@given(st.lists(small, min_size=1, max_size=4), st.integers(1, 4), small, st.integers(1, 3), small)
@settings(max_examples=40, deadline=None)
def test_one_variable_against_another_quadrature(
    coefficients: list[int], top: int, linear: int, bottom: int, constant: int
) -> None:
    polynomial = sum((c * x**i for i, c in enumerate(coefficients)), Rational(0))
    quadratic = -Rational(top, bottom) * x**2 + linear * x + constant
    found = value(over(polynomial * exp(quadratic), x))

    def integrand(t: float) -> float:
        factor = sum(c * t**i for i, c in enumerate(coefficients))
        return factor * math.exp(-top / bottom * t**2 + linear * t + constant)

    # The trapezoidal rule converges exponentially for such integrands.
    expected = sum(integrand(k / 20) for k in range(-600, 601)) / 20
    assert isinstance(found, arb | fmpq)
    assert math.isclose(float(arb(found)), expected, rel_tol=1e-9, abs_tol=1e-9)


def test_constants_cancel() -> None:
    normal = exp(-(x**2) / 2) / sqrt(2 * pi)
    assert value(over(normal, x)) == fmpq(1)
    assert value(over(x**2 * normal, x)) == fmpq(1)
    assert value(over(x**4 * normal, x)) == fmpq(3)
    wide = exp(-((x - a) ** 2) / 8) / (2 * sqrt(2 * pi))
    assert value(over(x * wide, x), a=5) == fmpq(5)
    # The divergence of normal(0, 1) from normal(0, 2) is log 2 + 1/8 - 1/2.
    assert meet(
        value(over(normal * -log(wide.subs(a, 0) / normal), x)), arb(2).log() - arb(fmpq(3, 8))
    )
    # The logarithms cancel: half the square of the distance of the means.
    shifted = normal.subs(x, x - 1)
    assert value(over(normal * log(normal / shifted), x)) == fmpq(1, 2)


def test_several_variables() -> None:
    joint = exp(-(x**2) + x * y - y**2)
    assert meet(value(over(joint, x, y)), value(over(over(joint, y), x)))
    assert meet(value(over(joint, x, y)), 2 * arb.pi() / arb(3).sqrt())
    normal = joint * sqrt(3) / (2 * pi)
    assert value(over(normal, x, y)) == fmpq(1)
    assert value(over(x * y * normal, x, y)) == fmpq(1, 3)


@pytest.mark.parametrize(
    "body",
    [
        exp(x**2),
        exp(x),
        exp(-(x**3)),
        exp(-(x**4)),
        exp(-(x**4) - x**2),
        Rational(1),
        x,
        exp(-(x**2)) / x,
        exp(-(x**2) + exp(x)),
        log(x) * exp(-(x**2)),
        log(-exp(-(x**2))) * exp(-(x**2)),
        Mul(exp(-(x**2)), Pow(Integer(-1), Rational(1, 2), evaluate=False), evaluate=False),
        abs(x) * exp(-(x**2)),
        exp(-(x**2) * y),
        Function("f")(x) * exp(-(x**2)),
    ],
)
def test_what_is_not_judged(body: Expr) -> None:
    assert value(over(body, x)) is None


def test_other_bounds_are_not_judged() -> None:
    assert value(Integral(exp(-(x**2)), (x, 0, oo))) is None
    assert value(Integral(exp(-(x**2)), (x, -1, 1))) is None
    assert value(over(over(exp(-(x**2)), y), x)) is None
    assert value(over(Integral(exp(-(x**2) - y**2), (y, 0, oo)) + exp(-(x**2)), x)) is None
    assert value(over(Integral(y, (y, 0, 1)) * exp(-(x**2)), x)) is None


def test_variables_of_one_name_are_kept_apart() -> None:
    # The inner x is another one; the definition of f does not see what is bound around it.
    inner = over(exp(-(x**2)), x)
    apart = over(exp(-(x**2) - y**2 - z**2), x, y, z)
    assert meet(value(over(inner**2 * exp(-(x**2)), x)), value(apart))
    f = Formula((y,), y + a)
    point = Point(values={a: fmpq(2), y: fmpq(100)}, functions={"f": f})
    e = over(Function("f")(x) * exp(-(x**2) / 2) / sqrt(2 * pi), x)
    assert integral_value(e, {a: fmpq(7)}, point, {}, Work()) == fmpq(2)


def test_domains_count() -> None:
    e = over(Function("f")(x) * exp(-(x**2)), x)
    point = Point(functions={"f": Formula((y,), y**2)})
    whole = FunctionDeclaration("f", (y,), (Tuple(y, -oo, oo),))
    assert integral_value(e, {}, point, {"f": whole}, Work()) is not None
    half = replace(whole, limits=(Tuple(y, 0, oo),))
    assert integral_value(e, {}, point, {"f": half}, Work()) is None


def test_positive_formulas() -> None:
    for e in (exp(-x), exp(x**2 - y) / sqrt(2 * pi), Rational(1, 2), pi * exp(x) ** Rational(1, 3)):
        assert is_positive_formula(Formula((x, y), e))
    for e in (x, x**2, -exp(x), exp(sqrt(x)), exp(1 / x), exp(x) - 1, log(x), exp(a), Rational(0)):
        assert not is_positive_formula(Formula((x, y), e))


def test_large_numbers_are_given_up() -> None:
    tower = reduce(lambda e, _: Pow(e, 39, evaluate=False), range(3), Add(1, 1, evaluate=False))
    assert value(over(Mul(tower, exp(-(x**2)), evaluate=False), x)) is None
    assert value(over(Pow(1 + x, 30, evaluate=False) * exp(-(x**2)), x)) is not None


# Normal laws


def laws() -> Derivation:
    d = Derivation("t")
    d.variable("x", on="(-oo, oo)")
    d.variable("z", on="(-oo, oo)")
    d.joint("p", of="x, z")
    d.density("q", of="z")
    return d


def admitted(d: Derivation, functions: dict[str, Formula]) -> bool:
    sides = [d.read(s, None)[1] for s in ("p(z | x)", "p(x | z)*p(z)/p(x)*q(z)")]
    values = {Symbol(n, real=True): fmpq(1) for n in "xz"}
    return admits(sides, d.context(), Point(values=values, functions=functions))


def of_letter(d: Derivation, letter: str, place: int, *, correlated: bool) -> dict[str, Formula]:
    group = [f for key, f in d.functions.items() if key.partition("(")[0] == letter]
    found = normal_laws(group, place, correlated=correlated)
    assert found is not None
    return found


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("correlated", [True, False])
def test_the_densities_of_a_joint_normal_law_belong_together(place: int, correlated: bool) -> None:
    d = laws()
    p = of_letter(d, "p", place, correlated=correlated)
    q = of_letter(d, "q", 1, correlated=False)
    assert set(p) == {"p(x, z)", "p(x | z)", "p(z | x)", "p(x)", "p(z)"}
    assert admitted(d, {**p, **q})


def test_densities_that_do_not_belong_together_are_not_admitted() -> None:
    d = laws()
    q = of_letter(d, "q", 1, correlated=False)
    whole = {**of_letter(d, "p", 0, correlated=True), **q}
    for place, correlated in ((0, False), (1, True), (2, True)):
        other = of_letter(d, "p", place, correlated=correlated)
        for key in other:
            if other[key] != whole[key]:
                assert not admitted(d, {**whole, key: other[key]})
    for scale in (2, Rational(1, 2), -1):
        for key, model in whole.items():
            assert not admitted(
                d, {**whole, key: replace(model, expression=scale * model.expression)}
            )
    for key in whole:
        assert not admitted(d, {k: m for k, m in whole.items() if k != key})


def test_a_density_that_is_negative_somewhere_is_not_admitted() -> None:
    d = Derivation("t")
    d.density("P", of="x", on="(-oo, oo)")
    normal = exp(-(x**2) / 2) / sqrt(2 * pi)
    line = Statement(d.read("P(1)", None)[1], "=", d.read("9", None)[1])
    for e, allowed in ((normal, True), (x**2 * normal, False), ((x + 1) * normal, False)):
        assert value(over(e, x)) == fmpq(1)
        point = Point(functions={"P": Formula((x,), e)})
        assert (certify(line, d.context(), point) is not None) == allowed


def test_identities_hold_for_all_values_or_not_at_all() -> None:
    d = laws()
    p = of_letter(d, "p", 0, correlated=True)
    domains = {x: LINE, z: LINE}

    def same(left: str, right: str) -> bool:
        sides = [d.read(s, None)[1] for s in (left, right)]
        return is_identity(sides[0], sides[1], domains, Point(functions=p), d.functions, Work())

    assert same("p(x, z)", "p(x | z)*p(z)")
    assert same("p(z | x)", "p(x | z)*p(z)/p(x)")
    assert same("Integral(p(x, z), z)", "p(x)")
    assert not same("p(x, z)", "p(x)*p(z)")
    assert not same("p(x | z)", "p(x)")
    # True at x = 0 only.
    assert not same("x*p(x)", "0")


def test_evaluation_uses_them() -> None:
    d = laws()
    functions = {**of_letter(d, "p", 0, correlated=True), **of_letter(d, "q", 1, correlated=False)}
    point = Point(values={x: fmpq(1)}, functions=functions)

    def at(text: str) -> object:
        return evaluate(d.read(text, None)[1], point, 64, d.functions)

    assert at("Integral(Integral(x*z*p(x, z), x), z)") == fmpq(3, 5)
    assert at("Integral(z*p(z | x), z)") == fmpq(3, 5)
    assert at("Integral((z - 3/5)**2*p(z | x), z)") == fmpq(16, 25)
    assert at("Integral(q(z), z)") == fmpq(1)
