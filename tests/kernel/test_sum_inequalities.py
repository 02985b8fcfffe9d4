"""Cauchy and Schwarz's inequality and the triangle inequality for finite sums: what they prove, and what not."""

from __future__ import annotations

import pytest
from sympy import Abs, Expr, IndexedBase, Integer, Sum, Symbol, oo

from klderive.kernel import RelationName
from klderive.verify import prove

A, B = IndexedBase("a"), IndexedBase("b")
I, N = Symbol("i", integer=True), Symbol("N", integer=True, positive=True)


def total(body: Expr, upper: Expr = N) -> Expr:
    return Sum(body, (I, 1, upper))


@pytest.mark.parametrize(
    ("left", "relation", "right", "proved"),
    [
        (total(A[I] * B[I]) ** 2, "<=", total(A[I] ** 2) * total(B[I] ** 2), True),
        ((total(A[I]) / N) ** 2, "<=", total(A[I] ** 2) / N, True),
        (total(A[I]) ** 2, "<=", total(A[I] ** 2), False),
        (total(A[I]) ** 2, "<", N * total(A[I] ** 2), False),
        (total(A[I] * B[I]) ** 2, ">=", total(A[I] ** 2) * total(B[I] ** 2), False),
        (total(A[I] * B[I]) ** 2, "<=", total(A[I] ** 2) * total(B[I]) ** 2, False),
        (total(A[I], oo) ** 2, "<=", total(A[I] ** 2, oo), False),
        (Abs(total(A[I])), "<=", total(Abs(A[I])), True),
        (Abs(total(A[I])), "<", total(Abs(A[I])), False),
        (Abs(total(A[I])), "<=", total(A[I]), False),
        (Abs(total(A[I])), ">=", total(Abs(A[I])), False),
        (Abs(total(A[I], oo)), "<=", total(Abs(A[I]), oo), False),
        (Integer(0), "<=", N * total(A[I] ** 2) - total(A[I]) ** 2, True),
    ],
)
def test_sums(left: Expr, relation: RelationName, right: Expr, proved: bool) -> None:
    verdict = prove(left, right, relation)
    assert (verdict.status == "proved") is proved, verdict.message
