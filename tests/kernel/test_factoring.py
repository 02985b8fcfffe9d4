"""Content, factors, exact quotients and lowest terms, against the ring's own multiplication."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq
from hypothesis import given
from sympy import Symbol

from klderive.kernel.factoring import Factoring
from klderive.kernel.ring import ONE, Polynomial, Ring, freeze

from .test_ring import evaluate, make, points, shapes, values

nonzero_values = values.filter(bool)


def product(ring: Ring, factoring: Factoring, polynomial: Polynomial) -> Polynomial:
    unit, common, factors = factoring.factors(polynomial)
    result = ring.multiply(ring.number(unit), ring.monomial_power(common, 1))
    for factor, multiplicity in factors:
        result = ring.multiply(result, ring.power(factor, multiplicity))
    return result


@given(shapes, shapes)
def test_factors_multiply_back(left: list, right: list) -> None:
    ring = Ring(10**7)
    factoring = Factoring(ring)
    f = ring.multiply(make(ring, left), make(ring, right))
    if f:
        assert product(ring, factoring, f) == f
        rational, common, primitive = factoring.content(f)
        assert rational > 0
        assert ring.multiply(ring.multiply({common: rational}, primitive), ring.number(1)) == f
        assert all(coefficient.q == 1 for coefficient in primitive.values())


@given(shapes, shapes)
def test_exact_quotients(left: list, right: list) -> None:
    ring = Ring(10**7)
    factoring = Factoring(ring)
    f, g = make(ring, left), make(ring, right)
    _, _, divisor = factoring.content(g) if g else (None, None, {})
    if len(divisor) < 2:
        return
    if f:
        assert factoring.quotient(ring.multiply(f, divisor), divisor) == f
    with_rest = ring.add(ring.multiply(f, ring.power(divisor, 2)), ring.number(1))
    assert factoring.quotient(with_rest, divisor) is None


def test_perfect_squares_and_differences() -> None:
    ring = Ring(10**6)
    factoring = Factoring(ring)
    square = make(
        ring, [((2, 0, 0), Fraction(1)), ((1, 1, 0), Fraction(-2)), ((0, 2, 0), Fraction(1))]
    )
    unit, common, factors = factoring.factors(square)
    assert (abs(unit), common) == (1, ())
    assert [multiplicity for _, multiplicity in factors] == [2]
    difference = make(ring, [((2, 0, 0), Fraction(1)), ((0, 2, 0), Fraction(-1))])
    assert len(factoring.factors(difference)[2]) == 2
    linear = make(ring, [((1, 0, 0), Fraction(-2)), ((0, 1, 0), Fraction(4))])
    unit, _, factors = factoring.factors(linear)
    assert abs(unit) == 2
    assert len(factors) == 1


def test_roots_of_atoms_are_generators() -> None:
    ring = Ring(10**6)
    factoring = Factoring(ring)
    x = ring.intern("symbol", (Symbol("x", positive=True),))
    f = ring.subtract(ring.of_atom(x), ring.number(1))
    g = ring.add(f, ring.scale(ring.of_atom(x, Fraction(1, 2)), 3))
    assert product(ring, factoring, f) == f
    assert product(ring, factoring, g) == g


@given(shapes, shapes, points)
def test_lowest_terms_keep_the_value(left: list, right: list, point: tuple) -> None:
    """A fraction over a sum, put in lowest terms, has the same value wherever it is defined."""
    ring = Ring(10**7)
    factoring = Factoring(ring)
    f, g = make(ring, left), make(ring, right)
    if not g:
        return
    _, _, divisor = factoring.content(g)
    if len(divisor) < 2:
        return
    at = evaluate(ring, divisor, point)
    if not at:
        return
    atom = ring.intern("sum", (freeze(divisor),), ring.free(divisor))
    fraction = ring.multiply(f, {((atom, -1),): ONE})
    reduced = factoring.lowest_terms(fraction)
    numerator, denominator = factoring.clear(reduced)
    value = evaluate(ring, numerator, point) if numerator else Fraction(0)
    for number, exponent in denominator:
        value *= evaluate(ring, dict(ring.atoms[number].key[0]), point) ** exponent
    assert value == evaluate(ring, f, point) / at
    whole = factoring.lowest_terms(ring.multiply(ring.multiply(f, divisor), {((atom, -1),): ONE}))
    assert whole == f


def test_zero_is_seen_through_denominators() -> None:
    ring = Ring(10**6)
    factoring = Factoring(ring)
    a = ring.of_atom(ring.intern("symbol", (Symbol("a", real=True),)))
    shifted = ring.add(a, ring.number(1))
    atom = ring.intern("sum", (freeze(shifted),), ring.free(shifted))
    inverse = {((atom, -1),): ONE}
    rest = ring.subtract(ring.multiply(shifted, inverse), ring.number(1))
    assert factoring.is_zero(rest)
    assert not factoring.is_zero(ring.subtract(inverse, ring.number(1)))
    assert factoring.lowest_terms(ring.multiply(shifted, inverse)) == ring.number(fmpq(1))
