"""Makes a counterexample easier to check by hand: shorter data, fewer numbers, smaller numbers.

Accepts a point, and a check that says whether a changed point is still a counterexample. One thing is changed at a
time; symbols that have the same value keep it together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from flint import fmpq

from klderive.certificates.certificate import Point
from klderive.refute.values import SIMPLE, fits, rank


def minimised(point: Point, fails: Callable[[Point], bool]) -> Point:
    """The point with values replaced by numbers that it has already, and by simpler ones, where that will do.

    Args:
        point: a counterexample that consists of one point.
        fails: whether a changed point is a counterexample; False if the budget is spent.
    """
    longest = max((len(data) for data in point.families.values()), default=0)
    for length in range(1, longest):
        shorter = {name: data[:length] for name, data in point.families.items()}
        if fails(replace(point, families=shorter)):
            point = replace(point, families=shorter)
            break
    # What is hardest to read is replaced first.
    for own in sorted(dict.fromkeys(point.values.values()), key=rank, reverse=True):
        alike = [symbol for symbol, value in point.values.items() if value == own]
        for value in _simpler(own, point):
            if all(fits(symbol, value) for symbol in alike):
                other = replace(point, values={**point.values, **dict.fromkeys(alike, value)})
                if fails(other):
                    point = other
                    break
    return point


def _simpler(own: fmpq, point: Point) -> Iterator[fmpq]:
    """Values instead of one: others that the point has, then those that are simpler."""
    known = [v for v in point.values.values() if v != own and v.q <= own.q]
    simpler = [v for v in SIMPLE if rank(v) < rank(own)]
    rounded = [fmpq(own.floor()), fmpq(own.ceil())] if own.q > 1 else []
    yield from dict.fromkeys([*sorted(known, key=rank), *sorted(simpler, key=rank), *rounded])
