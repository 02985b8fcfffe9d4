"""Values that are exactly equal are seen to be, others never."""

from __future__ import annotations

import pytest
from flint import fmpq
from sympy import Add, Expr, Integer, Mul, Pow, Rational, Symbol, log, sqrt

from klderive.certificates.evaluation import Point, are_equal
from klderive.notation.nodes import unevaluated_sum
from klderive.verify import prove

i = Symbol("i", real=True)


def ln(e: object) -> Expr:
    return log(Rational(str(e)), evaluate=False)


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (ln(6), ln(2) + ln(3), True),
        (ln("4/9"), 2 * ln(2) - 2 * ln(3), True),
        (ln(6), ln(2) + ln(4), False),
        (ln(2) + 1, ln(2), False),
        (log(sqrt(Integer(2)), evaluate=False), Mul(Rational(1, 2), ln(2), evaluate=False), True),
        (unevaluated_sum(log(i), i, Integer(1), Integer(4)), ln(24), True),
        # Equal, but of another kind.
        (Pow(ln(2), 2, evaluate=False), Pow(ln(2), 2, evaluate=False), False),
        (Add(sqrt(Integer(2)), ln(2)), Add(sqrt(Integer(2)), ln(2)), False),
    ],
    ids=str,
)
def test_values(left: Expr, right: Expr, equal: bool) -> None:
    assert are_equal(left, right, Point({i: fmpq(1)})) == equal


@pytest.mark.parametrize(("relation", "refuted"), [("<", True), ("<=", False)])
def test_a_bound_that_is_attained(relation: str, refuted: bool) -> None:
    kinds = {"P": "density of k on {0, 1}"}
    verdict = prove("Entropy(P)", "log(2)", relation, symbols=kinds)  # type: ignore[arg-type]
    assert (verdict.status == "refuted") == refuted
