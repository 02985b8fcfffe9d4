"""What an inequality is to the search: a way to make polynomials smaller."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from klderive.kernel.events import Event, Use
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


class RuleForBodies(Rule):
    """An inequality that makes what stands under an integral or sum smaller."""

    def smaller(self, polynomial: Polynomial) -> Iterator[Bound]:
        """The polynomial with the body of each integral and sum made smaller."""
        split = self.integrands.merged(polynomial, constants=True)
        if split is None:
            return
        result, parts = split
        events: list[Event] = []
        for part in parts:
            body = self.smaller_body(part.body, part.variable)
            if body == part.body:
                result = self.ring.add(result, self.integrands.original(polynomial, part))
                continue
            total = self.integrands.accumulated(part, body)
            result = self.ring.add(result, total.polynomial)
            events += [Use(self.reason), *total.events]
        if events:
            yield Bound(result, tuple(dict.fromkeys(events)))

    def smaller_body(self, body: Polynomial, variable: int) -> Polynomial:
        """A body that is at most a given one wherever both are defined; the same one if nothing is known."""
        return body
