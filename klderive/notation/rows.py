"""Chooses where the rows of a long line break.

Accepts the pieces between break points with their widths and what it costs to break before each. The idea: rows are
filled from the left; of the breaks that fit, the one is taken where the cost and the part of the row left empty are
least. Once a line needs several rows, every relation but the first begins one, and so does the first if it is not in
the first row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

COST_OF_RELATION = 0.0
COST_OF_FURTHER_RELATION = -1.0
COST_OF_TERM = 0.15
COST_OF_COMMA = 0.3
COST_OF_FACTOR = 0.45
COST_OF_SLASH = 1.5
COST_OF_LAST_RESORT = 4.0
"""Of a break that is taken only where no other is in reach."""
COST_OF_DEPTH = 0.4
"""What each bracket around a break point adds."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece's width, the part of it that vanishes at the start of a row, and the cost of a break before it."""

    width: float
    lead: float
    cost: float


def row_starts(pieces: Sequence[Piece], first: float, rest: float) -> list[int]:
    """The indices of the pieces that begin a row; `first` and `rest` are the widths of the first and further rows."""
    starts = [0]
    if sum(piece.width for piece in pieces) <= first:
        return starts
    room = max(1.0, first)
    while True:
        start = starts[-1]
        filled = 0.0
        best, least = start + 1, float("inf")
        stop = start
        while stop < len(pieces):
            piece = pieces[stop]
            width = piece.width - (piece.lead if stop == start else 0.0)
            if stop > start and filled + width > room:
                break
            filled += width
            stop += 1
            if stop < len(pieces):
                cost = pieces[stop].cost
                if cost < COST_OF_RELATION or (cost == COST_OF_RELATION and len(starts) > 1):
                    best = stop
                    break
                cost += max(0.0, 1.0 - filled / room)
                if cost <= least:
                    best, least = stop, cost
        if stop == len(pieces):
            return starts
        starts.append(best)
        room = max(1.0, rest)
