"""Values for symbols: small integers and simple fractions first, then random rationals.

Accepts symbols with their assumptions, and the domains of variables. The simplest combinations come first: those whose
places in the lists of values have a small sum, so that equal values and the values 0 and 1 are among the first.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice

from flint import fmpq
from sympy import Symbol

from klderive.certificates.certificate import Point
from klderive.certificates.domains import elements_of, lies_in
from klderive.statement import Context

SIMPLE = tuple(
    fmpq(p, q)
    for p, q in (
        (1, 1),
        (2, 1),
        (0, 1),
        (-1, 1),
        (1, 2),
        (3, 1),
        (-2, 1),
        (1, 3),
        (-1, 2),
        (3, 2),
        (1, 4),
        (5, 1),
        (3, 4),
        (2, 3),
        (10, 1),
        (-3, 1),
        (1, 10),
    )
)
"""Values in the order in which they are tried."""

RANDOM_POINTS = 40
"""Combinations of random values."""


def rank(value: fmpq) -> tuple[int, int, bool]:
    """How simple a number is: small denominators first, then small numerators."""
    return int(value.q), abs(int(value.p)), bool(value < 0)


def fits(symbol: Symbol, value: fmpq) -> bool:
    """Whether a value meets the assumptions on a symbol."""
    return not (
        (symbol.is_positive and value <= 0)
        or (symbol.is_negative and value >= 0)
        or (symbol.is_nonnegative and value < 0)
        or (symbol.is_nonpositive and value > 0)
        or (symbol.is_nonzero and value == 0)
        or (symbol.is_integer and value.q != 1)
        or (symbol.is_even and int(value.p) % 2)
        or (symbol.is_odd and int(value.p) % 2 == 0)
    )


def pool(symbol: Symbol, context: Context, point: Point) -> Sequence[fmpq]:
    """The values that a symbol may have, in the order in which they are tried.

    Args:
        symbol: the symbol.
        context: the domains of variables.
        point: the elements of sets, and values of symbols in the ends of domains.
    """
    limits = context.ranges.get(symbol)
    fitting = [v for v in SIMPLE if fits(symbol, v)] or [fmpq(1)]
    if limits is None:
        return fitting
    elements = elements_of(limits, point) or fitting
    # Where an end of an interval is a symbol, it cannot be told yet what lies in it.
    return [v for v in elements if lies_in(v, limits, point)] or fitting


def combinations_of(
    pools: Mapping[Symbol, Sequence[fmpq]],
    most: int,
    seed: int,
    domains: Collection[Symbol] = (),
) -> Iterator[dict[Symbol, fmpq]]:
    """Values of all symbols together.

    Args:
        pools: the values of each.
        most: how many combinations, the random ones included.
        seed: of the random ones.
        domains: symbols that keep to their pool.
    """
    if not pools:
        yield {}
        return
    sizes = [len(values) for values in pools.values()]
    for places in islice(_diagonal(sizes), max(0, most - RANDOM_POINTS)):
        yield {s: values[i] for (s, values), i in zip(pools.items(), places, strict=True)}
    generator = random.Random(seed)
    for _ in range(min(most, RANDOM_POINTS)):
        yield {
            s: generator.choice(values) if s in domains else _random_value(s, generator)
            for s, values in pools.items()
        }


def _diagonal(sizes: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """All places in a grid, those with a small sum first."""

    def with_sum(total: int, rest: Sequence[int]) -> Iterator[tuple[int, ...]]:
        if len(rest) == 1:
            if total < rest[0]:
                yield (total,)
            return
        for first in range(min(total, rest[0] - 1) + 1):
            for others in with_sum(total - first, rest[1:]):
                yield (first, *others)

    for total in range(sum(sizes) - len(sizes) + 1):
        yield from with_sum(total, sizes)


def _random_value(symbol: Symbol, generator: random.Random) -> fmpq:
    for _ in range(20):
        denominator = 1 if symbol.is_integer else generator.randint(1, 7)
        value = fmpq(generator.randint(-20, 20), denominator)
        if symbol.is_positive or symbol.is_nonnegative:
            value = abs(value)
        if symbol.is_negative or symbol.is_nonpositive:
            value = -abs(value)
        if fits(symbol, value):
            return value
    return fmpq(1)
