"""Signs: proved from assumptions, givens and domains; never wrong at a point."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st
from sympy import Symbol

from klderive.kernel.factoring import Factoring
from klderive.kernel.ring import Polynomial, Ring, exact, freeze
from klderive.kernel.signs import (
    NEGATIVE,
    NONNEGATIVE,
    NONPOSITIVE,
    NONZERO,
    POSITIVE,
    UNKNOWN,
    VANISHES,
    opposite,
    power,
    product,
    symbol_sign,
    total,
)
from klderive.theories.signs_of_sums import SignsOfSums

KINDS = {
    "real": lambda v: v,
    "positive": lambda v: abs(v) + Fraction(1, 3),
    "nonnegative": abs,
    "negative": lambda v: -abs(v) - Fraction(1, 3),
    "nonpositive": lambda v: -abs(v),
    "nonzero": lambda v: v or Fraction(1),
}
values = st.fractions(min_value=-4, max_value=4, max_denominator=4)
kinds = st.sampled_from(sorted(KINDS))
terms = st.tuples(
    st.tuples(*[st.integers(-1, 3)] * 2),
    st.sampled_from([Fraction(n, 2) for n in range(-4, 5) if n]),
)
shapes = st.lists(terms, min_size=1, max_size=4)
SIGNS = [POSITIVE, VANISHES, NEGATIVE]
MASKS = range(1, 8)


def sign_of(value: Fraction) -> int:
    return POSITIVE if value > 0 else NEGATIVE if value < 0 else VANISHES


def signs_in(mask: int) -> list[Fraction]:
    examples = {POSITIVE: [Fraction(1, 2), Fraction(3)], VANISHES: [Fraction(0)]}
    examples[NEGATIVE] = [-v for v in examples[POSITIVE]]
    return [value for sign in SIGNS if mask & sign for value in examples[sign]]


def build(ring: Ring, shape: list, symbols: list[Symbol]) -> Polynomial:
    result: Polynomial = {}
    for exponents, coefficient in shape:
        term = ring.number(fmpq(coefficient.numerator, coefficient.denominator))
        for symbol, exponent in zip(symbols, exponents, strict=True):
            if exponent:
                atom = ring.intern("symbol", (symbol,))
                term = ring.multiply(term, ring.of_atom(atom, exponent))
        result = ring.add(result, term)
    return result


def value_of(shape: list, point: list[Fraction]) -> Fraction | None:
    result = Fraction(0)
    for exponents, coefficient in shape:
        for value, exponent in zip(point, exponents, strict=True):
            if exponent < 0 and not value:
                return None
            coefficient *= value**exponent
        result += coefficient
    return result


@pytest.mark.parametrize("a", MASKS)
@pytest.mark.parametrize("b", MASKS)
def test_tables_of_products_and_sums(a: int, b: int) -> None:
    for x in signs_in(a):
        assert opposite(a) & sign_of(-x)
        for exponent in (1, 2, 3):
            assert power(a, exponent) & sign_of(x**exponent)
        if x >= 0:
            assert power(a, Fraction(1, 2)) & sign_of(x)
        for y in signs_in(b):
            assert product(a, b) & sign_of(x * y)
            assert total(a, b) & sign_of(x + y)


@given(kinds, kinds, values, values, shapes)
def test_signs_from_assumptions_are_never_wrong(
    first: str, second: str, x: Fraction, y: Fraction, shape: list
) -> None:
    ring = Ring(10**6)
    signs = SignsOfSums(ring, Factoring(ring))
    symbols = [Symbol("x", real=True, **_flag(first)), Symbol("y", real=True, **_flag(second))]
    value = value_of(shape, [KINDS[first](x), KINDS[second](y)])
    if value is not None:
        assert signs.sign(build(ring, shape, symbols)) & sign_of(value)


def _flag(kind: str) -> dict[str, bool]:
    return {} if kind == "real" else {kind: True}


@given(kinds, kinds, values, values, shapes, st.lists(st.tuples(shapes, st.booleans()), max_size=3))
def test_signs_from_givens_are_never_wrong(
    first: str, second: str, x: Fraction, y: Fraction, shape: list, givens: list
) -> None:
    """Inequalities that hold at a point never prove a sign that the polynomial does not have there."""
    ring = Ring(10**6)
    signs = SignsOfSums(ring, Factoring(ring))
    symbols = [Symbol("x", real=True, **_flag(first)), Symbol("y", real=True, **_flag(second))]
    point = [KINDS[first](x), KINDS[second](y)]
    value = value_of(shape, point)
    for known, different in givens:
        at = value_of(known, point)
        if at is None or not at:
            continue
        polynomial = build(ring, known, symbols)
        if not polynomial:
            continue
        if different:
            signs.different.add(freeze(polynomial))
        elif at > 0:
            signs.inequalities.append((polynomial, True))
        else:
            signs.inequalities.append((ring.scale(polynomial, -1), False))
    if value is not None:
        assert signs.sign(build(ring, shape, symbols)) & sign_of(value)


@given(st.integers(-2, 3), st.integers(1, 3), st.fractions(0, 1, max_denominator=5), shapes)
def test_signs_of_bound_variables_are_never_wrong(
    lower: int, length: int, part: Fraction, shape: list
) -> None:
    ring = Ring(10**6)
    signs = SignsOfSums(ring, Factoring(ring))
    ends = [freeze(ring.number(lower)), freeze(ring.number(lower + length))]
    bound = ring.intern("bound", (1, "interval", *ends), (), 1)
    inside = lower + length * (part * Fraction(8, 10) + Fraction(1, 10))
    polynomial: Polynomial = {}
    value: Fraction | None = Fraction(0)
    for (exponent, _), coefficient in shape:
        term = ring.of_atom(bound, exponent)
        scaled = ring.scale(term, fmpq(coefficient.numerator, coefficient.denominator))
        polynomial = ring.add(polynomial, scaled)
        if exponent < 0 and not inside:
            return
        value += coefficient * inside**exponent
    assert signs.sign(polynomial) & sign_of(value)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("real", UNKNOWN),
        ("positive", POSITIVE),
        ("negative", NEGATIVE),
        ("nonnegative", NONNEGATIVE),
        ("nonpositive", NONPOSITIVE),
        ("nonzero", NONZERO),
    ],
)
def test_signs_of_symbols(kind: str, expected: int) -> None:
    assert symbol_sign(Symbol("x", **{kind: True})) == expected


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ([((2, 0), 1), ((1, 1), -2), ((0, 2), 1)], NONNEGATIVE),
        ([((2, 0), 1), ((1, 0), 1), ((0, 0), 1)], POSITIVE),
        ([((2, 0), -1), ((0, 0), -1)], NEGATIVE),
        ([((2, 0), 1), ((0, 0), -1)], UNKNOWN),
        ([((2, 0), 1), ((1, 1), -1), ((0, 2), 1)], NONNEGATIVE),
        ([((2, 0), 1), ((1, 1), -3), ((0, 2), 1)], UNKNOWN),
        ([((1, 0), 1)], UNKNOWN),
    ],
)
def test_squares_and_quadratics_of_reals(shape: list, expected: int) -> None:
    ring = Ring(10**6)
    signs = SignsOfSums(ring, Factoring(ring))
    symbols = [Symbol("x", real=True), Symbol("y", real=True)]
    assert signs.sign(build(ring, [(e, Fraction(c)) for e, c in shape], symbols)) == expected


def test_constants_by_certified_evaluation() -> None:
    ring = Ring(10**6)
    signs = SignsOfSums(ring, Factoring(ring))
    root = ring.of_atom(ring.intern("prime", (2,)), exact(Fraction(1, 2)))
    assert signs.sign(ring.subtract(root, ring.number(fmpq(3, 2)))) == NEGATIVE
    assert signs.sign(ring.subtract(root, ring.number(fmpq(7, 5)))) == POSITIVE
    pi = ring.of_atom(ring.intern("pi", ()))
    assert signs.sign(ring.subtract(pi, ring.number(3))) == POSITIVE
