"""Tries known inequalities on a statement, in each mode: functionals as a whole first, then in pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from klderive.kernel.attempt import Attempt
from klderive.kernel.events import Event, Mode, UnestablishedError
from klderive.kernel.reasons import Allowed
from klderive.kernel.theory import Prover
from klderive.statement import Statement
from klderive.theories.bounds import Bounds
from klderive.theories.inequalities.search import Inequalities

PROOFS = 4
"""Proofs of one sign of which it is tried whether what they rest on holds."""


class KnownInequalities(Prover):
    """Proves inequalities by known ones: each functional as a whole first, then in pieces."""

    def of_values(
        self, statement: Statement, allowed: Allowed, definedness: Sequence[Event]
    ) -> Attempt | None:
        """An inequality by known inequalities, in the first mode in which that succeeds."""
        if statement.relation not in ("<=", ">=", "<", ">"):
            return None
        for mode in self.session.modes((statement.left, statement.right), allowed):
            try:
                attempt = self._bounded(statement, mode, allowed, definedness)
            except UnestablishedError:
                continue
            if attempt is not None:
                return attempt
        return None

    def _bounded(
        self,
        statement: Statement,
        mode: Mode,
        allowed: Allowed,
        definedness: Sequence[Event],
    ) -> Attempt | None:
        """An inequality by known inequalities: each functional as a whole first, then in pieces."""
        normalizer = self.session.normalizer(mode, allowed.facts)
        whole = self.session.normalizer(replace(mode, split=False), allowed.facts)
        pieces = self.session.layered(Bounds, replace(mode, split=True), allowed.facts)
        inequalities = Inequalities(pieces, allowed.facts)
        strict = statement.relation in ("<", ">")
        for sides in (whole, normalizer) if mode.split else (whole,):
            try:
                left, left_events = sides.side(statement.left)
                right, right_events = sides.side(statement.right)
                gap = self.session.ring.subtract(right, left)
                if statement.relation in (">=", ">"):
                    gap = self.session.ring.scale(gap, -1)
            except UnestablishedError:
                continue
            for rests in islice(inequalities.proofs(gap, strict), PROOFS):
                attempt = self.attempts.conclude(
                    statement,
                    sides,
                    [*left_events, *right_events, *rests],
                    [*definedness, *rests],
                )
                if attempt.proved:
                    return attempt
        return None
