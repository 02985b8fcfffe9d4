"""Makes a counterexample easier to check by hand: shorter data, fewer numbers, smaller numbers, equal laws.

Accepts a point, and a check that says whether a changed point is still a counterexample. One thing is changed at a
time, the greatest gain first, within a budget.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from flint import fmpq
from sympy import Symbol

from klderive.kernel import Point
from klderive.refute.values import SIMPLE, fits, rank

LARGE = 3
"""Integers up to which a value that is no simple one is rounded."""


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
    for symbol in sorted(point.values, key=str):
        for value in _simpler(symbol, point):
            other = replace(point, values={**point.values, symbol: value})
            if fails(other):
                point = other
                break
    return point


def _simpler(symbol: Symbol, point: Point) -> Iterator[fmpq]:
    """Values for a symbol: those that others have, then those that are simpler than its own."""
    own = point.values[symbol]
    known = [v for s, v in point.values.items() if s != symbol]
    if own in known:
        return
    simpler = sorted((v for v in SIMPLE if rank(v) < rank(own)), key=rank)
    # A value that is far out, or between two integers, is brought nearer to these.
    rounded = [fmpq(own.floor()), fmpq(own.ceil())] if own.q > 1 else []
    for value in dict.fromkeys([*sorted(known, key=rank), *simpler, *rounded]):
        if value != own and fits(symbol, value):
            yield value
