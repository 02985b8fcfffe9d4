"""Inequalities of which both sides are the same increasing map of something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sympy import E, Pow, Rational, exp, log

from klderive.kernel import Allowed
from klderive.kernel.attempt import Attempt
from klderive.kernel.events import Event, UnestablishedError
from klderive.kernel.theory import Prover
from klderive.statement import Statement


class MonotoneMaps(Prover):
    """Compares what is within the maps."""

    def of_values(
        self, statement: Statement, allowed: Allowed, definedness: Sequence[Event]
    ) -> Attempt | None:
        """What is within the same increasing map on both sides, compared."""
        inner = under_increasing_map(statement)
        if inner is None or "monotone maps" not in allowed.theories:
            return None
        try:
            attempt = self.attempts.compare(inner, allowed)
            if attempt.proved:
                needs = self.attempts.conditions.needs([], definedness, False, self.session.probe)
                attempt.conditions = self.attempts.listed(needs, *attempt.conditions)
                attempt.uses = (*attempt.uses, "monotone maps")
        except UnestablishedError as error:
            return Attempt(False, message=str(error))
        return attempt


def under_increasing_map(statement: Statement) -> Statement | None:
    """The inequality of the arguments, where both sides are the same increasing map: exp, log, or a root.

    That both sides are defined gives the arguments' signs: a logarithm's is positive, a root's is not negative.
    """
    left, right = statement.left, statement.right
    if statement.relation not in ("<=", ">=", "<", ">") or left.func is not right.func:
        return None
    if isinstance(left, exp | log):
        return replace(statement, left=left.args[0], right=right.args[0])
    if isinstance(left, Pow) and left.args[0] == right.args[0] == E:
        return replace(statement, left=left.args[1], right=right.args[1])
    if isinstance(left, Pow) and left.args[1] == right.args[1]:
        exponent = left.args[1]
        if isinstance(exponent, Rational) and exponent > 0 and exponent.q > 1:
            return replace(statement, left=left.args[0], right=right.args[0])
    return None
