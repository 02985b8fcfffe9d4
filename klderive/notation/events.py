"""Events as expressions: chains of comparisons as products of indicators, and back.

`a <= x <= b` is the product of the indicators of `x >= a` and `b >= x`; `x = c` that of `x >= c` and `c >= x`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, Mul

from klderive.notation.nodes import Indicator, StrictIndicator
from klderive.notation.tree import RelationSign

EVENT_SIGNS = frozenset({"<=", ">=", "<", ">", "="})
"""The relations of which a probability is taken."""


def event(sides: Sequence[Expr], signs: Sequence[str]) -> Expr:
    """The product of the indicators of a chain of comparisons."""
    factors: list[Expr] = []
    for left, sign, right in zip(sides, signs, sides[1:], strict=False):
        match sign:
            case ">=":
                factors.append(Indicator(left, right))
            case "<=":
                factors.append(Indicator(right, left))
            case ">":
                factors.append(StrictIndicator(left, right))
            case "<":
                factors.append(StrictIndicator(right, left))
            case _:
                factors += [Indicator(left, right), Indicator(right, left)]
    return factors[0] if len(factors) == 1 else Mul(*factors, evaluate=False)


def comparisons(expression: Expr) -> tuple[list[Expr], list[RelationSign]] | None:
    """The sides and signs of the chain whose event an expression is; None if it is not one."""
    factors = list(expression.args) if isinstance(expression, Mul) else [expression]
    sides: list[Expr] = []
    signs: list[RelationSign] = []
    while factors:
        factor = factors.pop(0)
        if not isinstance(factor, Indicator | StrictIndicator):
            return None
        left, right = factor.args
        sign: RelationSign = ">" if isinstance(factor, StrictIndicator) else ">="
        if sign == ">=" and factors and factors[0] == Indicator(right, left):
            factors.pop(0)
            sign = "="
        if not sides:
            sides, signs = [left, right], [sign]
        elif sides[-1] == left:
            sides.append(right)
            signs.append(sign)
        elif sides[0] == right:
            sides.insert(0, left)
            signs.insert(0, sign)
        else:
            return None
    return sides, signs
