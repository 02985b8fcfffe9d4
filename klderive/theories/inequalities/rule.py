"""What an inequality is to the search: a way to make polynomials smaller."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from klderive.kernel.ring import Polynomial
from klderive.theories.inequalities.integrands import Bound, Integrands


class Rule:
    """An inequality that makes polynomials smaller; this one knows none.

    Args:
        integrands: puts functionals under one sign, and makes new ones.
    """

    reason: ClassVar[str]
    """How reasons call it."""

    alone: ClassVar[bool] = False
    """Whether it is used on a difference as it stands only, not on what others made of it."""

    def __init__(self, integrands: Integrands) -> None:
        self.integrands = integrands
        self.normalizer = integrands.normalizer
        self.ring = integrands.ring
        self.signs = integrands.signs

    def smaller(self, polynomial: Polynomial) -> Iterator[Bound]:
        """Polynomials that are at most a given one wherever both have values.

        Raises:
            UnestablishedError: if a condition of the inequality is not established.
        """
        yield from ()
