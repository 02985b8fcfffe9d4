"""The fundamental theorem of calculus and integration by parts: formulas between bounds as integrals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from klderive.kernel.attempt import Attempt, first_proved
from klderive.kernel.events import Event, Mode
from klderive.kernel.reasons import Allowed
from klderive.kernel.theory import Prover
from klderive.statement import Statement
from klderive.theories.readings import BARS, has_bar


class IntegrationByParts(Prover):
    """Compares sides of which one or both are read as integrals."""

    def of_values(
        self, statement: Statement, allowed: Allowed, definedness: Sequence[Event]
    ) -> Attempt | None:
        """The sides with formulas between bounds as integrals, in one of them or in both."""
        sides = statement.left, statement.right
        if "fundamental theorem of calculus" not in allowed.theories or not has_bar(*sides):
            return None

        def attempt(mode: Mode) -> Attempt:
            read = replace(mode, readings=mode.readings | {BARS})
            return first_proved(
                ((read, read), (mode, read), (read, mode)),
                lambda both: self.attempts.in_mode(
                    statement, *both, allowed, definedness, merge=True
                ),
            )

        return first_proved(self.session.modes(sides, allowed), attempt)
