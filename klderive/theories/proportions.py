"""Sides that are proportional: A = c B, where c is free of the variables named and never 0.

Accepts the normal forms of both sides. The idea: a basis of monomials in the atoms that depend on the variables; the
coefficients of the sides stand in one ratio c = b/a, which is checked: a A = b B. B may vanish, as a likelihood does or
a derivative, if only c does not. That a and b do not vanish must be proved, or be listed because the sides divide by
them. (Gelman and others, Bayesian Data Analysis, 3rd edition, section 1.3; the factor of Bishop, Pattern Recognition
and Machine Learning, (1.44), is one over the evidence.)

Caveat: nothing is listed that the sides do not ask for, so `a*f(x)` is not proportional to `f(x)` for a real a.
"""

from __future__ import annotations

from collections.abc import Sequence

from klderive.kernel.attempt import Attempt, first_proved
from klderive.kernel.events import Event, Mode, Nonzero
from klderive.kernel.normal_form import Normalizer
from klderive.kernel.reasons import Allowed
from klderive.kernel.ring import Frozen, Polynomial, freeze
from klderive.kernel.theory import Prover
from klderive.statement import Statement
from klderive.theories.ratios import Ratios


class Proportions(Prover):
    """Proves that sides are proportional."""

    def of_values(
        self, statement: Statement, allowed: Allowed, definedness: Sequence[Event]
    ) -> Attempt | None:
        """The sides in one ratio, in one of the modes that the reason allows."""
        if statement.relation != "proportional":
            return None

        def attempt(mode: Mode) -> Attempt:
            normalizer = self.session.normalizer(mode, allowed.facts)
            left, left_events = normalizer.side(statement.left)
            right, right_events = normalizer.side(statement.right)
            events = [*left_events, *right_events]
            pairs = Ratios(self.session).ratios(left, right, statement.over)
            if not pairs:
                message = "it is not established that the quotient is free of the named variables"
            elif not _some_factor(normalizer, left, right, pairs, [*definedness, *events]):
                message = "it is not established that the factor between the sides is not 0"
            else:
                return self.attempts.conclude(statement, normalizer, events, definedness)
            return Attempt(False, message=message)

        return first_proved(self.session.modes((statement.left, statement.right), allowed), attempt)


def _some_factor(
    normalizer: Normalizer,
    left: Polynomial,
    right: Polynomial,
    pairs: Sequence[tuple[Polynomial, Polynomial]],
    events: Sequence[Event],
) -> bool:
    """Whether b/a is certainly a factor that is not 0 for one of the pairs, or the sides themselves never are 0."""
    listed = {event.polynomial for event in events if isinstance(event, Nonzero)}
    if any(all(_is_nonzero(normalizer, p, listed) for p in pair) for pair in pairs):
        return True
    # Where no side is 0, neither are all coefficients at once.
    return all(normalizer.signs.is_nonzero(side) for side in (left, right))


def _is_nonzero(normalizer: Normalizer, polynomial: Polynomial, listed: set[Frozen]) -> bool:
    """Whether a coefficient is proved, or listed, not to vanish: each of its factors but the denominators."""
    _, parts = normalizer.parts(normalizer.factoring.lowest_terms(polynomial))
    for part, exponent in parts:
        base = normalizer.part_polynomial(part)
        if (
            exponent > 0
            and not normalizer.signs.is_nonzero(base)
            and not {freeze(base), freeze(normalizer.ring.scale(base, -1))} & listed
        ):
            return False
    return True
