"""Data for indexed families: short periods of small integers that lie in their domains, and of the ends of these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flint import fmpq

from klderive.certificates.certificate import Point
from klderive.certificates.domains import ends, lies_in
from klderive.statement import Context, FamilyDeclaration

PERIODS = ((1, 0), (1, 1, 0), (1, 0, 2), (1, 2), (2, 1), (3, 1, 2), (0,), (0, 0, 1))
"""Periods of data, in the order in which they are tried."""


def family(name: str, context: Context) -> FamilyDeclaration:
    """What is declared of a family."""
    return context.families.get(name) or FamilyDeclaration(name)


def data(
    families: Sequence[str], context: Context, point: Point
) -> Iterator[dict[str, tuple[fmpq, ...]]]:
    """Periods of the data of families, in their domains."""
    if not families:
        yield {}
        return
    fitting = []
    for place, name in enumerate(families):
        turned = [
            tuple(fmpq(period[(i + place) % len(period)]) for i in range(len(period)))
            for period in PERIODS
        ]
        declared = family(name, context)
        turned += _of_ends(declared, point)
        fitting.append([values for values in turned if _may_be_data(values, declared, point)])
    if not all(fitting):
        return
    for number in range(max(len(periods) for periods in fitting)):
        chosen = [periods[number % len(periods)] for periods in fitting]
        yield dict(zip(families, chosen, strict=True))


def _of_ends(declared: FamilyDeclaration, point: Point) -> list[tuple[fmpq, ...]]:
    """Periods of the ends of a family's domain and of places between them."""
    limits = declared.limits
    lower, upper = (limits is not None and len(limits) > 2 and ends(limits, point)) or (None, None)
    if lower is None:
        if upper is None:
            return []
        lower = upper - 2
    if upper is None:
        upper = lower + 2
    middle = (lower + upper) / fmpq(2)
    first = (lower + middle) / fmpq(2)
    pairs = ((lower, upper), (lower, middle), (middle, upper), (first, middle))
    return [*pairs, (lower,), (middle,), (upper,)]


def _may_be_data(values: Sequence[fmpq], declared: FamilyDeclaration, point: Point) -> bool:
    limits = declared.limits
    return all(
        (limits is None or lies_in(v, limits, point, declared.belongs))
        and (not declared.values or v in declared.values)
        and (declared.sign != "positive" or v > 0)
        for v in values
    )
