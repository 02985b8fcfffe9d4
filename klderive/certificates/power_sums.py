"""Sums of polynomials in the index, up to a symbol: by Faulhaber's formula.

Accepts a sum over a range that begins at an integer and ends at a symbol, of something that is a polynomial in the
index, with coefficients that may be anything free of it. (Graham, Knuth and Patashnik, Concrete Mathematics, 2nd
edition, equation (6.78).)
"""

from __future__ import annotations

from math import comb

from flint import fmpq
from sympy import Add, Expr, Integer, Mul, Pow, Rational, Sum, Symbol

HIGHEST_DEGREE = 12


def closed_form(e: Sum, n: Symbol) -> Expr | None:
    """The sum as a formula in its upper end, for all integers from the lower end on; None if it is of another kind.

    Args:
        e: the sum.
        n: the symbol at which it ends.
    """
    body, *all_limits = e.args
    if len(all_limits) != 1 or len(all_limits[0]) != 3:
        return None
    index, first, last = all_limits[0]
    if last != n or not isinstance(first, Integer):
        return None
    coefficients = _coefficients(body, index)
    if coefficients is None:
        return None
    parts = []
    for degree, factors in coefficients.items():
        total = _power_sum(degree, n)
        below = _power_sum(degree, Integer(int(first) - 1))
        difference = Add(total, Mul(-1, below, evaluate=False), evaluate=False)
        parts.append(Mul(Add(*factors, evaluate=False), difference, evaluate=False))
    return Add(*parts, evaluate=False)


def _coefficients(e: Expr, index: Symbol) -> dict[int, list[Expr]] | None:
    """The summands of each coefficient of a polynomial in an index."""
    if index not in e.free_symbols:
        return {0: [e]}
    if e == index:
        return {1: [Integer(1)]}
    if isinstance(e, Add):
        total: dict[int, list[Expr]] = {}
        for argument in e.args:
            part = _coefficients(argument, index)
            if part is None:
                return None
            for degree, found in part.items():
                total.setdefault(degree, []).extend(found)
        return total
    factors = list(e.args) if isinstance(e, Mul) else []
    if isinstance(e, Pow) and isinstance(e.args[1], Integer) and 0 < e.args[1] <= HIGHEST_DEGREE:
        factors = [e.args[0]] * int(e.args[1])
    if not factors:
        return None
    result: dict[int, list[Expr]] = {0: [Integer(1)]}
    for factor in factors:
        part = _coefficients(factor, index)
        if part is None:
            return None
        product: dict[int, list[Expr]] = {}
        for degree, found in result.items():
            for other, more in part.items():
                term = Mul(Add(*found, evaluate=False), Add(*more, evaluate=False), evaluate=False)
                product.setdefault(degree + other, []).append(term)
        result = product
        if max(result) > HIGHEST_DEGREE:
            return None
    return result


def _power_sum(degree: int, n: Expr) -> Expr:
    """A polynomial in n of which the difference of two values is the sum of i**degree over the integers between."""
    parts = []
    for j in range(degree + 1):
        number = fmpq(1, 2) if j == 1 else fmpq.bernoulli(j)
        coefficient = number * comb(degree + 1, j) / (degree + 1)
        power = Pow(n, Integer(degree + 1 - j), evaluate=False)
        parts.append(Mul(Rational(int(coefficient.p), int(coefficient.q)), power, evaluate=False))
    return Add(*parts, evaluate=False)
