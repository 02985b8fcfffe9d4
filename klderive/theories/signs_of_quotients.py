"""The sign of a quotient: where it is defined its denominator is not 0, so that 1/c^2 is positive.

Accepts strict inequalities whose sides differ by one monomial in normal form. Each denominator in it stands
in a side, where it was established not to vanish, or listed.

Caveat: that a denominator does not vanish is used for the sides as they are written only. Of a quotient that a rule
makes on its way nothing is known where its denominator is 0.
"""

from __future__ import annotations

from collections.abc import Sequence

from klderive.kernel.attempt import Attempt
from klderive.kernel.events import Event, UnestablishedError
from klderive.kernel.reasons import Allowed
from klderive.kernel.ring import Polynomial
from klderive.kernel.signs import NEGATIVE, NONZERO, POSITIVE, UNKNOWN, opposite, power, product
from klderive.kernel.theory import Prover
from klderive.statement import Statement

WANTED = {">": POSITIVE, "<": NEGATIVE}


class SignsOfQuotients(Prover):
    """Proves that quotients are positive or negative."""

    def of_values(
        self, statement: Statement, allowed: Allowed, definedness: Sequence[Event]
    ) -> Attempt | None:
        """The sign of the difference, if that is one monomial."""
        wanted = WANTED.get(statement.relation)
        if wanted is None:
            return None
        for mode in self.session.modes((statement.left, statement.right), allowed):
            normalizer = self.session.normalizer(mode, allowed.facts)
            try:
                left, left_events = normalizer.side(statement.left)
                right, right_events = normalizer.side(statement.right)
            except UnestablishedError:
                continue
            if self._sign(self.session.ring.subtract(left, right)) == wanted:
                events = [*left_events, *right_events]
                return self.attempts.conclude(statement, normalizer, events, definedness)
        return None

    def _sign(self, difference: Polynomial) -> int:
        """The possible signs of one monomial, the denominators of which do not vanish."""
        if len(difference) != 1:
            return UNKNOWN
        ((monomial, coefficient),) = difference.items()
        signs = POSITIVE
        for number, exponent in monomial:
            own = power(self.session.signs.atom(number), exponent)
            signs = product(signs, own & NONZERO if exponent < 0 else own)
        return signs if coefficient > 0 else opposite(signs)
