"""Sums of rational polynomials times sqrt(r) pi^(h/2) exp(q), in several variables, with exact operations.

Accepts variables, rationals, pi, and what the operations make of them: r is a squarefree integer, q a polynomial, and
the logarithms of primes and of pi are further variables. So constants that are equal have one form, and cancel. An
operation of which the result is no such sum, or too large, is `AnotherKindError`.

Caveats: two sums that differ may still be equal, since nothing is known of how the logarithms depend on each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import comb, factorial, gcd
from typing import TypeAlias

from flint import arb, fmpq, fmpz

from klderive.certificates.real_arithmetic import Value, add, exponential, multiply

TERMS = 300
"""Monomials of a sum before it is given up."""

DEGREE = 40
"""The largest exponent of a power."""

BITS = 64
"""Bits of an integer that is factored."""

HEIGHT = 6_400
"""Bits of a coefficient."""

Variable: TypeAlias = tuple[str, int]
Monomial: TypeAlias = tuple[tuple[Variable, int], ...]
Polynomial: TypeAlias = dict[Monomial, fmpq]

LOG_PI: Variable = ("log pi", 0)


@dataclass(frozen=True, slots=True)
class Factor:
    """Stands for sqrt(radicand) pi^(halves/2) exp(exponent), with a squarefree radicand."""

    halves: int = 0
    radicand: int = 1
    exponent: frozenset[tuple[Monomial, fmpq]] = frozenset()


GaussianSum: TypeAlias = dict[Factor, Polynomial]

ONE = Factor()


class AnotherKindError(Exception):
    """An expression is no sum of polynomials times exponentials of quadratics."""


def constant(value: Value | None) -> GaussianSum:
    """A rational number as a sum."""
    if not isinstance(value, fmpq):
        raise AnotherKindError
    return {ONE: {(): value}} if value else {}


def rational(a: GaussianSum) -> fmpq | None:
    """The rational number that a sum is, or None."""
    if not a:
        return fmpq(0)
    if len(a) == 1 and ONE in a and len(a[ONE]) == 1:
        return a[ONE].get(())
    return None


def added(a: GaussianSum, b: GaussianSum) -> GaussianSum:
    """The sum of two sums."""
    result = dict(a)
    for factor, polynomial in b.items():
        total = plus(result.get(factor, {}), polynomial)
        if total:
            result[factor] = total
        else:
            result.pop(factor, None)
    if sum(map(len, result.values())) > TERMS:
        raise AnotherKindError
    return result


def plus(a: Polynomial, b: Polynomial) -> Polynomial:
    """The sum of two polynomials."""
    result = dict(a)
    for monomial, coefficient in b.items():
        total = result.get(monomial, fmpq(0)) + coefficient
        if total:
            result[monomial] = total
        else:
            result.pop(monomial, None)
    return result


def times(a: Polynomial, b: Polynomial) -> Polynomial:
    """The product of two polynomials."""
    result: Polynomial = {}
    for m, c in a.items():
        for n, d in b.items():
            powers = dict(m)
            for variable, power in n:
                powers[variable] = powers.get(variable, 0) + power
            monomial = tuple(sorted(powers.items()))
            total = result.get(monomial, fmpq(0)) + c * d
            if total.height_bits() > HEIGHT:
                raise AnotherKindError
            result[monomial] = total
            if len(result) > TERMS:
                raise AnotherKindError
    return {m: c for m, c in result.items() if c}


def scaled(a: GaussianSum, number: fmpq) -> GaussianSum:
    """A sum times a number."""
    if number == 0:
        return {}
    if number == 1:
        return a
    result = {f: {m: c * number for m, c in p.items()} for f, p in a.items()}
    if any(c.height_bits() > HEIGHT for p in result.values() for c in p.values()):
        raise AnotherKindError
    return result


def product(a: GaussianSum, b: GaussianSum) -> GaussianSum:
    """The product of two sums."""
    for one, other in ((a, b), (b, a)):
        number = rational(one)
        if number is not None:
            return scaled(other, number)
    result: GaussianSum = {}
    for f, p in a.items():
        for g, q in b.items():
            # sqrt(r) sqrt(s) = d sqrt(r s/d^2), where d divides both.
            shared = gcd(f.radicand, g.radicand)
            factor = Factor(
                f.halves + g.halves,
                f.radicand * g.radicand // shared**2,
                frozenset(plus(dict(f.exponent), dict(g.exponent)).items()),
            )
            polynomial = times({m: c * shared for m, c in p.items()}, q)
            result = added(result, {factor: polynomial} if polynomial else {})
    return result


def single(a: GaussianSum) -> tuple[Factor, fmpq]:
    """The factor and the coefficient of a sum that is a number, different from 0, times one factor."""
    if len(a) != 1:
        raise AnotherKindError
    ((factor, polynomial),) = a.items()
    if len(polynomial) != 1 or () not in polynomial:
        raise AnotherKindError
    return factor, polynomial[()]


def raised(a: GaussianSum, exponent: fmpq) -> GaussianSum:
    """A power of a sum with a whole exponent, or with half of one if the sum is a single positive term."""
    if exponent.q == 2:
        a, exponent = _root(a), fmpq(exponent.p)
    if exponent.q != 1 or abs(exponent) > DEGREE:
        raise AnotherKindError
    if exponent < 0:
        factor, coefficient = single(a)
        inverse = Factor(
            -factor.halves, factor.radicand, frozenset((m, -c) for m, c in factor.exponent)
        )
        a = {inverse: {(): 1 / (coefficient * factor.radicand)}}
    result = constant(fmpq(1))
    for _ in range(abs(int(exponent.p))):
        result = product(result, a)
    return result


def _root(a: GaussianSum) -> GaussianSum:
    """The square root of a single positive term."""
    factor, coefficient = single(a)
    if coefficient <= 0 or factor.radicand != 1 or factor.halves % 2:
        raise AnotherKindError
    exponent = frozenset((m, c / 2) for m, c in factor.exponent)
    return product(_root_of(coefficient), {Factor(factor.halves // 2, 1, exponent): {(): fmpq(1)}})


def _root_of(value: fmpq) -> GaussianSum:
    """The square root of a positive rational."""
    square, radicand = fmpq(1, value.q), 1
    for prime, power in _primes(value.p * value.q):
        square *= fmpq(prime) ** (power // 2)
        radicand *= prime ** (power % 2)
    return {Factor(radicand=radicand): {(): square}}


def _primes(value: fmpz) -> Iterable[tuple[int, int]]:
    if value.bit_length() > BITS:
        raise AnotherKindError
    return [(int(prime), int(power)) for prime, power in value.factor()]


def exponential_of(a: GaussianSum) -> GaussianSum:
    """The exponential of a polynomial."""
    if a and set(a) != {ONE}:
        raise AnotherKindError
    polynomial = a.get(ONE, {})
    if any(variable[0] != "variable" for m in polynomial for variable, _ in m):
        raise AnotherKindError
    return {Factor(exponent=frozenset(polynomial.items())): {(): fmpq(1)}}


def logarithm_of(a: GaussianSum) -> GaussianSum:
    """The logarithm of a single positive term."""
    factor, coefficient = single(a)
    if coefficient <= 0:
        raise AnotherKindError
    result = dict(factor.exponent)
    counted = [(p, fmpq(n)) for p, n in _primes(coefficient.p)]
    counted += [(p, fmpq(-n)) for p, n in _primes(coefficient.q)]
    counted += [(p, fmpq(n, 2)) for p, n in _primes(fmpz(factor.radicand))]
    for prime, count in counted:
        result = plus(result, {((("log", prime), 1),): count})
    if factor.halves:
        result = plus(result, {((LOG_PI, 1),): fmpq(factor.halves, 2)})
    return {ONE: result} if result else {}


def over_line(a: GaussianSum, variable: Variable) -> GaussianSum:
    """The integral over the line of a sum, in a variable.

    Of t^k exp(-a t^2 + b t), with m = b/(2a), it is exp(b^2/(4a)) times the integral of (t + m)^k exp(-a t^2), whose
    even moments are Gamma(j + 1/2) / a^(j + 1/2), where Gamma(j + 1/2) = (2j)!/(4^j j!) sqrt(pi).
    """
    result: GaussianSum = {}
    for factor, polynomial in a.items():
        parts = by_degree(dict(factor.exponent), variable)
        leading = parts.pop(2, {})
        linear, rest = parts.pop(1, {}), parts.pop(0, {})
        if parts or set(leading) != {()} or leading[()] >= 0:
            raise AnotherKindError
        minus = -leading[()]
        mean = {m: c / (2 * minus) for m, c in linear.items()}
        square = {m: c / (4 * minus) for m, c in times(linear, linear).items()}
        exponent = frozenset(plus(rest, square).items())
        outer = product(
            {Factor(factor.halves + 1, factor.radicand, exponent): {(): fmpq(1)}},
            _root_of(1 / minus),
        )
        moments: Polynomial = {}
        for degree, coefficient in by_degree(polynomial, variable).items():
            for half in range(degree // 2 + 1):
                moment = fmpq(factorial(2 * half), 4**half * factorial(half)) / minus**half
                shift: Polynomial = {(): moment * comb(degree, 2 * half)}
                for _ in range(degree - 2 * half):
                    shift = times(shift, mean)
                moments = plus(moments, times(shift, coefficient))
        if moments:
            result = added(result, product(outer, {ONE: moments}))
    return result


def by_degree(p: Polynomial, variable: Variable) -> dict[int, Polynomial]:
    """The coefficients of the powers of a variable, polynomials in the others."""
    result: dict[int, Polynomial] = {}
    for monomial, coefficient in p.items():
        degree = dict(monomial).get(variable, 0)
        if degree > DEGREE:
            raise AnotherKindError
        rest = tuple((v, n) for v, n in monomial if v != variable)
        result.setdefault(degree, {})[rest] = coefficient
    return result


def number_of(a: GaussianSum) -> Value:
    """The value of a sum without variables."""
    total: Value = fmpq(0)
    for factor, polynomial in sorted(a.items(), key=repr):
        value = _of_logarithms(polynomial)
        if factor.radicand > 1:
            value = multiply(value, arb(factor.radicand).sqrt())
        if factor.halves:
            value = multiply(value, arb.pi() ** fmpq(factor.halves, 2))
        if factor.exponent:
            value = multiply(value, exponential(_of_logarithms(dict(factor.exponent))))
        total = add(total, value)
    return total


def _of_logarithms(polynomial: Polynomial) -> Value:
    total: Value = fmpq(0)
    for monomial, coefficient in sorted(polynomial.items()):
        value: Value = coefficient
        for (kind, number), power in monomial:
            if kind == "variable":
                raise AnotherKindError
            base = arb.pi().log() if (kind, number) == LOG_PI else arb(number).log()
            value = multiply(value, base**power)
        total = add(total, value)
    return total
