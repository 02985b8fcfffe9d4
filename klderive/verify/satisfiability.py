"""Whether what a derivation assumes can hold: a point that meets its assumptions and hypotheses, all together.

Accepts a derivation. The idea: from assumptions that contradict each other everything follows, so that a reader wants
to see one case in which they hold. A point is searched and certified by the kernel; where none is found, that is said.

Caveats: premises in words are not looked at, nor the values of special cases.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from klderive.certificates.certificate import Point, satisfies
from klderive.certificates.point_text import point_texts
from klderive.derivation import Derivation
from klderive.derivation.parts import Premise
from klderive.refute import Search


@dataclass(frozen=True, slots=True)
class Satisfiability:
    """What is known of a derivation's assumptions: how many there are, and a point that certainly meets them all."""

    claims: int
    model: Point | None = None

    @property
    def shown(self) -> bool:
        """Whether nothing is assumed, or all of it is known to hold together somewhere."""
        return not self.claims or self.model is not None

    def model_texts(self) -> list[str]:
        """The point in plain text, one thing a line; empty if none was found."""
        return [] if self.model is None else point_texts(self.model)


NOTHING_ASSUMED = Satisfiability(0)


def claims_of(derivation: Derivation) -> int:
    """How many relations a derivation assumes."""
    return len(derivation.context().givens) + len(_premises(derivation))


def _premises(derivation: Derivation) -> list[Premise]:
    return [p for p in derivation.premises.values() if p.statement is not None and p.restricts]


def satisfiability(derivation: Derivation) -> Satisfiability:
    """A model of the relations that a derivation assumes, as assumptions, hypotheses or axioms on what is abstract."""
    context = derivation.context()
    premises, claims = _premises(derivation), claims_of(derivation)
    closed = [p.closed for p in premises if p.closed is not None]
    if not claims or len(closed) < len(premises):
        return Satisfiability(claims)
    # As givens they lead the search to what they say of functions and symbols.
    point = Search().model([], replace(context, givens=(*context.givens, *closed)))
    if point is None or not satisfies(closed, context, point):
        return Satisfiability(claims)
    return Satisfiability(claims, point)
