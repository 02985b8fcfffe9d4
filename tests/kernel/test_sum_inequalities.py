"""Cauchy and Schwarz's inequality and the triangle inequality for finite sums: what they prove, and what not."""

from __future__ import annotations

import pytest
from sympy import Abs, Expr, IndexedBase, Integer, Sum, Symbol, oo

from klderive.statement import RelationName
from klderive.verify import prove

A, B = IndexedBase("a"), IndexedBase("b")
INDEX, N = Symbol("i", integer=True), Symbol("N", integer=True, positive=True)


def total(body: Expr, upper: Expr = N) -> Expr:
    return Sum(body, (INDEX, 1, upper))


@pytest.mark.parametrize(
    ("left", "relation", "right", "proved"),
    [
        (total(A[INDEX] * B[INDEX]) ** 2, "<=", total(A[INDEX] ** 2) * total(B[INDEX] ** 2), True),
        ((total(A[INDEX]) / N) ** 2, "<=", total(A[INDEX] ** 2) / N, True),
        (total(A[INDEX]) ** 2, "<=", total(A[INDEX] ** 2), False),
        (total(A[INDEX]) ** 2, "<", N * total(A[INDEX] ** 2), False),
        (total(A[INDEX] * B[INDEX]) ** 2, ">=", total(A[INDEX] ** 2) * total(B[INDEX] ** 2), False),
        (total(A[INDEX] * B[INDEX]) ** 2, "<=", total(A[INDEX] ** 2) * total(B[INDEX]) ** 2, False),
        (total(A[INDEX], oo) ** 2, "<=", total(A[INDEX] ** 2, oo), False),
        (Abs(total(A[INDEX])), "<=", total(Abs(A[INDEX])), True),
        (Abs(total(A[INDEX])), "<", total(Abs(A[INDEX])), False),
        (Abs(total(A[INDEX])), "<=", total(A[INDEX]), False),
        (Abs(total(A[INDEX])), ">=", total(Abs(A[INDEX])), False),
        (Abs(total(A[INDEX], oo)), "<=", total(Abs(A[INDEX]), oo), False),
        (Integer(0), "<=", N * total(A[INDEX] ** 2) - total(A[INDEX]) ** 2, True),
    ],
)
def test_sums(left: Expr, relation: RelationName, right: Expr, proved: bool) -> None:
    verdict = prove(left, right, relation)
    assert (verdict.status == "proved") is proved, verdict.message
