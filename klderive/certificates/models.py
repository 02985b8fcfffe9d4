"""Points: concrete models of everything that a statement speaks of.

Accepts exact rationals and expressions, and holds them. What a model must satisfy is the certificate's business, what
its value is the evaluation's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from flint import fmpq
from sympy import Expr, Symbol


@dataclass(frozen=True, slots=True)
class StepFunction:
    """A function that is constant between breaks and 0 outside: one height for each cell.

    Of several arguments it depends on the one at `place` only.
    """

    breaks: tuple[fmpq, ...]
    heights: tuple[fmpq, ...]
    arguments: int = 1
    place: int = 0

    def at(self, x: fmpq) -> fmpq:
        """The value at a point; at a break, that of the cell to the right."""
        for left, right, height in self.cells():
            if left <= x < right:
                return height
        return fmpq(0)

    def cells(self) -> Iterator[tuple[fmpq, fmpq, fmpq]]:
        """The ends and the height of each cell."""
        return zip(self.breaks, self.breaks[1:], self.heights, strict=False)

    def is_valid(self) -> bool:
        """Whether the breaks ascend, each cell has one height, and the place is that of an argument."""
        return (
            len(self.breaks) == len(self.heights) + 1
            and all(left < right for left, right, _ in self.cells())
            and 0 <= self.place < self.arguments
        )


@dataclass(frozen=True, slots=True)
class Table:
    """A function on finitely many arguments, given by its values."""

    entries: Mapping[tuple[fmpq, ...], fmpq]


@dataclass(frozen=True, slots=True)
class Formula:
    """A function given by an expression in its parameters."""

    parameters: tuple[Symbol, ...]
    expression: Expr


Model: TypeAlias = StepFunction | Table | Formula
"""What an abstract function may be at a point."""


@dataclass(frozen=True)
class Point:
    """A model of everything that a statement speaks of.

    `values` are the values of symbols, `functions` the models of functions by key, `sets` the elements of finite sets,
    `families` one period of the data of indexed families, from index 1, which repeats without end. `other` is a second
    point, for a relation whose failure only two points show ("up to", "proportional").
    """

    values: Mapping[Symbol, fmpq] = field(default_factory=lambda: MappingProxyType({}))
    functions: Mapping[str, Model] = field(default_factory=lambda: MappingProxyType({}))
    sets: Mapping[Symbol, tuple[fmpq, ...]] = field(default_factory=lambda: MappingProxyType({}))
    families: Mapping[str, tuple[fmpq, ...]] = field(default_factory=lambda: MappingProxyType({}))
    other: Point | None = None
