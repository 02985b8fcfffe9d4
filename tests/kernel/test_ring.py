"""Arithmetic with polynomials over atoms, against exact evaluation at rational points."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st
from sympy import Symbol

from klderive.kernel.ring import (
    ONE,
    UNIT,
    BudgetExceededError,
    Polynomial,
    Ring,
    exact,
    freeze,
)

NAMES = ("a", "b", "c")
values = st.fractions(min_value=-5, max_value=5, max_denominator=7)
points = st.tuples(values, values, values)
terms = st.tuples(
    st.tuples(*[st.integers(0, 3)] * 3), st.fractions(min_value=-3, max_value=3, max_denominator=5)
)
shapes = st.lists(terms, max_size=5)


def make(ring: Ring, shape: list[tuple[tuple[int, ...], Fraction]]) -> Polynomial:
    total: Polynomial = {}
    for exponents, coefficient in shape:
        term = ring.number(fmpq(coefficient.numerator, coefficient.denominator))
        for name, exponent in zip(NAMES, exponents, strict=True):
            symbol = ring.intern("symbol", (Symbol(name, real=True),))
            term = ring.multiply(term, ring.of_atom(symbol, exponent))
        total = ring.add(total, term)
    return total


def evaluate(ring: Ring, polynomial: Polynomial, point: tuple[Fraction, ...]) -> Fraction:
    at = dict(zip(NAMES, point, strict=True))
    total = Fraction(0)
    for monomial, coefficient in polynomial.items():
        term = Fraction(int(coefficient.p), int(coefficient.q))
        for number, exponent in monomial:
            term *= at[str(ring.atoms[number].key[0])] ** exponent
        total += term
    return total


@given(shapes, shapes, points)
def test_sums_and_products_have_the_values_of_sums_and_products(
    left: list, right: list, point: tuple
) -> None:
    ring = Ring(10**6)
    f, g = make(ring, left), make(ring, right)
    at_f, at_g = evaluate(ring, f, point), evaluate(ring, g, point)
    assert evaluate(ring, ring.add(f, g), point) == at_f + at_g
    assert evaluate(ring, ring.subtract(f, g), point) == at_f - at_g
    assert evaluate(ring, ring.multiply(f, g), point) == at_f * at_g
    assert evaluate(ring, ring.scale(f, fmpq(-2, 3)), point) == at_f * Fraction(-2, 3)
    assert evaluate(ring, ring.power(f, 3), point) == at_f**3


@given(shapes, shapes, shapes)
def test_ring_laws(first: list, second: list, third: list) -> None:
    ring = Ring(10**6)
    f, g, h = make(ring, first), make(ring, second), make(ring, third)
    assert ring.multiply(f, g) == ring.multiply(g, f)
    assert ring.multiply(f, ring.multiply(g, h)) == ring.multiply(ring.multiply(f, g), h)
    assert ring.multiply(f, ring.add(g, h)) == ring.add(ring.multiply(f, g), ring.multiply(f, h))
    assert ring.subtract(f, f) == {}
    assert ring.multiply(f, ring.number(1)) == f
    assert all(coefficient for coefficient in ring.add(f, g).values())


def test_equal_atoms_are_one() -> None:
    ring = Ring(100)
    a = ring.intern("symbol", (Symbol("a", real=True),))
    assert ring.intern("symbol", (Symbol("a", real=True),)) == a
    assert ring.intern("symbol", (Symbol("a", positive=True),)) != a
    assert ring.atoms[a].free == {a}


@pytest.mark.parametrize(
    ("prime", "exponent", "whole", "rest"),
    [
        (2, Fraction(3, 2), fmpq(2), Fraction(1, 2)),
        (2, Fraction(-1, 2), fmpq(1, 2), Fraction(1, 2)),
        (3, Fraction(-7, 3), fmpq(1, 27), Fraction(2, 3)),
        (5, 2, fmpq(25), 0),
        (5, -1, fmpq(1, 5), 0),
    ],
)
def test_a_prime_keeps_an_exponent_below_one(
    prime: int, exponent: Fraction, whole: fmpq, rest: Fraction
) -> None:
    ring = Ring(1000)
    number = ring.intern("prime", (prime,))
    assert ring.of_atom(number, exponent) == {((number, rest),) if rest else UNIT: whole}


def test_roots_fold_when_they_meet() -> None:
    ring = Ring(1000)
    two = ring.of_atom(ring.intern("prime", (2,)), Fraction(1, 2))
    assert ring.multiply(two, two) == ring.number(2)
    a = ring.of_atom(ring.intern("symbol", (Symbol("a", real=True),)))
    absolute = ring.of_atom(ring.intern("abs", (freeze(a),), ring.free(a)))
    assert ring.multiply(absolute, absolute) == ring.power(a, 2)
    assert ring.power(absolute, 3) == ring.multiply(ring.power(a, 2), absolute)
    inverse = ring.power(absolute, -1)
    assert ring.multiply(inverse, absolute) == ring.number(1)
    shifted = ring.add(a, ring.number(1))
    composite = ring.intern("sum", (freeze(shifted),), ring.free(shifted))
    root = ring.of_atom(composite, Fraction(1, 2))
    assert ring.multiply(root, root) == shifted
    assert ring.of_atom(composite, 2) == ring.power(shifted, 2)
    assert ring.of_atom(composite, -1) == {((composite, -1),): ONE}
    assert ring.multiply(ring.of_atom(composite, Fraction(-1, 2)), root) == ring.number(1)


def test_exponents_are_canonical() -> None:
    assert exact(Fraction(4, 2)) == 2
    assert isinstance(exact(Fraction(4, 2)), int)
    assert isinstance(exact(fmpq(6, 3)), int)
    assert exact(fmpq(1, 3)) == Fraction(1, 3)


def test_dependence_reaches_inside_atoms() -> None:
    ring = Ring(100)
    a = ring.intern("symbol", (Symbol("a", real=True),))
    inner = ring.of_atom(a)
    log = ring.intern("log", (freeze(inner),), ring.free(inner))
    assert ring.depends(((log, 1),), a)
    assert ring.free({((log, 2),): ONE}) == {a}


def test_work_is_bounded() -> None:
    ring = Ring(1000)
    a, b = (ring.of_atom(ring.intern("symbol", (Symbol(n, real=True),))) for n in "ab")
    with pytest.raises(BudgetExceededError):
        ring.power(ring.add(a, b), 500)
    with pytest.raises(ValueError, match="single term"):
        ring.power(ring.add(a, b), -1)
