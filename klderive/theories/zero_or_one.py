"""Atoms whose value is 0 or 1."""

from __future__ import annotations

from typing import Any

from klderive.kernel.kinds import AtomKind
from klderive.kernel.ring import Polynomial
from klderive.kernel.signs import NONNEGATIVE, Signs


class ZeroOrOne(AtomKind):
    """Atoms that tell whether something is so."""

    def signs(self, signs: Signs, key: tuple[Any, ...]) -> int:
        """They are nonnegative."""
        return NONNEGATIVE

    def inequalities(
        self, signs: Signs, key: tuple[Any, ...], atom: Polynomial
    ) -> list[tuple[Polynomial, bool]]:
        """They are at most 1."""
        return [(signs.ring.subtract(signs.ring.number(1), atom), False)]
