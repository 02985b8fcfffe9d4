"""Domains at a point: whether a value lies in one, the elements of finite ones, the ends of intervals.

Accepts limits as declarations write them: `Tuple(x, lower, upper)` for an interval, open unless its ends are said to
belong to it, `Tuple(x, X)` for a finite set, `Tuple(i, lower, upper, 1)` for integers. What cannot be told exactly is
not said.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq
from sympy import Tuple

from klderive.certificates.evaluation import (
    TERMS,
    Point,
    UndefinedError,
    UndeterminedError,
    evaluate,
)


def lies_in(
    value: fmpq, limits: Tuple, point: Point, belongs: tuple[bool, bool] = (False, False)
) -> bool:
    """Whether a value certainly lies in a domain, written as limits: an interval, a set, a range of integers.

    Args:
        value: the value.
        limits: the domain.
        point: what the ends mean.
        belongs: whether the lower and the upper end of an interval belong to it.
    """
    if len(limits) == 2:
        return value in point.sets.get(limits[1], ())
    found = ends(limits, point)
    if found is None:
        return False
    lower, upper = found
    if len(limits) == 4:
        return (
            value.q == 1 and (lower is None or lower <= value) and (upper is None or value <= upper)
        )
    return (lower is None or lower < value or (belongs[0] and lower == value)) and (
        upper is None or value < upper or (belongs[1] and value == upper)
    )


def elements_of(limits: Tuple, point: Point) -> Sequence[fmpq] | None:
    """The elements of a domain that is a finite set or a range of integers with rational ends."""
    if len(limits) == 2:
        return point.sets.get(limits[1])
    if len(limits) != 4:
        return None
    lower, upper = ends(limits, point) or (None, None)
    if lower is None or upper is None or lower.q != 1 or upper.q != 1 or upper - lower > TERMS:
        return None
    return [fmpq(i) for i in range(int(lower.p), int(upper.p) + 1)]


def ends(limits: Tuple, point: Point) -> tuple[fmpq | None, fmpq | None] | None:
    """The ends of an interval or range, None for an infinite one; None if one is not rational at the point."""
    found: list[fmpq | None] = []
    for end in limits[1:3]:
        if end.is_infinite:
            found.append(None)
            continue
        try:
            value = evaluate(end, point, 64)
        except (UndefinedError, UndeterminedError):
            return None
        if not isinstance(value, fmpq):
            return None
        found.append(value)
    return found[0], found[1]
