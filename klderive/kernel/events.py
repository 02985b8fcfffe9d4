"""What a normal form may use, and what it records on its way.

A mode says which laws and definitions a normal form may use. Events say what it did use, and what must hold for it:
a denominator that must not vanish, a density that must be positive where another is, a functional that must have a
value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from sympy import Expr, Tuple

from klderive.kernel.ring import Frozen, Monomial


class UnestablishedError(Exception):
    """A rule does not apply because one of its conditions is not established; the message says which."""


Unfold = Literal["folded", "logarithm", "full"]
"""Where definitions of functions unfold: nowhere, as arguments of a logarithm only, everywhere."""


@dataclass(frozen=True, slots=True)
class Substitution:
    """A change of variable under integrals over `variable`, which is a formula in a new variable with limits.

    `name` is how reasons and uses call it.
    """

    name: str
    variable: str
    formula: Expr
    limits: Tuple


@dataclass(frozen=True, slots=True)
class Mode:
    """What a normal form may use.

    `split` pulls factors out of functionals and splits them; without it a functional is one atom.
    `definitions` are names of operators and functions; None stands for all. `theories` are those that may be used, and
    `readings` the ways in which they are to read a line.
    """

    logarithms: bool
    split: bool
    definitions: frozenset[str] | None
    unfold: Unfold
    theories: frozenset[str] = frozenset()
    substitutions: tuple[Substitution, ...] = ()
    readings: frozenset[str] = frozenset()

    def allows(self, name: str) -> bool:
        """Whether a definition may be used."""
        return self.definitions is None or name in self.definitions

    def reads(self, reading: str) -> bool:
        """Whether a line is to be read in a certain way."""
        return reading in self.readings


@dataclass(frozen=True, slots=True)
class Use:
    """A theory, definition or fact was used."""

    name: str


@dataclass(frozen=True, slots=True)
class Nonzero:
    """A denominator must not vanish."""

    polynomial: Frozen


@dataclass(frozen=True, slots=True)
class AbsolutelyContinuous:
    """The second function must be positive wherever the first, the weight, is."""

    weight: int
    other: int


Domain: TypeAlias = tuple[str, object, object]
"""The kind of a domain (`interval`, `oriented`, `range`, `set`) with its bounds, frozen or infinite, or its set.

A value, as of data or of a function, may also lie in an interval with ends (`closed`, `closed below`, `closed above`).
"""


@dataclass(frozen=True, slots=True)
class Obligation:
    """A functional that occurs must have a value.

    One that a rule has `introduced` is no part of a side, and must have a value all the same.
    """

    functional: str
    domain: Domain
    variable: int
    body: Frozen
    name: str = field(default="x", compare=False)
    """The author's name of the variable, for print."""
    introduced: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """Two functionals, given from outside in, were exchanged: the absolute value of the factors must have both."""

    factors: Monomial
    binders: tuple[tuple[str, Domain, int], ...]


Event: TypeAlias = Use | Nonzero | AbsolutelyContinuous | Obligation | Exchange
