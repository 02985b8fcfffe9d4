"""Compares the two sides of a statement: equations, inequalities, "up to", "proportional", limits.

Accepts a statement whose sides are established to be defined, and what its reason allows. The idea: the difference of
the sides must have normal form zero, or an established sign, in one of the modes that the reason allows; inequalities
between functionals come from known inequalities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sympy import Expr

from klderive.certificates.certificate import Counterexample, witness
from klderive.kernel.attempt import Attempt, Attempts, first_proved
from klderive.kernel.bounds import has_bar
from klderive.kernel.events import Event, Mode, UnestablishedError
from klderive.kernel.functionals import has_functional
from klderive.kernel.indicators import has_indicator
from klderive.kernel.inequalities import Inequalities
from klderive.kernel.limits import check_limit, without_variable
from klderive.kernel.needs import text_of
from klderive.kernel.normal_form import Normalizer
from klderive.kernel.reasons import Allowed, modes
from klderive.kernel.ring import Polynomial
from klderive.kernel.signs import NEGATIVE, POSITIVE
from klderive.statement import Statement

SHORT_LEFTOVER = 160
"""Characters up to which a message quotes what is left of a difference."""


class Relations:
    """Attempts on statements that compare values."""

    def __init__(self, attempts: Attempts) -> None:
        self.attempts = attempts
        self.session = attempts.session
        self.comparison = attempts.comparison
        self.witnesses: dict[Statement, Counterexample | None] = {}
        """What was found to show sides not identically equal, which does not depend on what a reason allows."""

    def compare(
        self, statement: Statement, allowed: Allowed, definedness: Sequence[Event]
    ) -> Attempt:
        """The first mode in which the sides compare as the statement says."""
        if statement.relation == "->":
            return self._limit(statement, allowed, definedness)
        found = first_proved(
            modes(
                allowed,
                self.session.context,
                bars=has_bar(statement.left, statement.right),
                events=has_indicator(statement.left, statement.right),
                closed=has_functional(statement.left, statement.right),
            ),
            lambda mode: self._compare_bars(statement, mode, allowed, definedness),
        )
        if statement.relation == "!=" and not found.proved:
            return self._witnessed(statement) or found
        return found

    def _limit(
        self, statement: Statement, allowed: Allowed, definedness: Sequence[Event]
    ) -> Attempt:
        """A limit by continuity, from facts that say where quotients tend."""
        if not {"continuity", "asymptotic expansion"} & allowed.theories:
            return Attempt(False, message="a limit is proved by continuity, or assumed by an axiom")

        def attempt(mode: Mode) -> Attempt:
            normalizer = self.session.normalizer(mode, allowed.facts)
            found = check_limit(normalizer, statement, allowed.facts)
            near = without_variable(normalizer, definedness, statement)
            return self.attempts.conclude(statement, normalizer, found, near)

        closed = has_functional(statement.left)
        return first_proved(modes(allowed, self.session.context, closed=closed), attempt)

    def _compare_bars(
        self, statement: Statement, mode: Mode, allowed: Allowed, definedness: Sequence[Event]
    ) -> Attempt:
        """Compare the sides; a mode that reads formulas between bounds as integrals may do so on one side only."""
        normalizer = self.session.normalizer(mode, allowed.facts)
        attempt = self._compare(statement, normalizer, normalizer, definedness)
        if mode.bars_as_integrals and not attempt.proved:
            plain = self.session.normalizer(replace(mode, bars_as_integrals=False), allowed.facts)
            for other in ((plain, normalizer), (normalizer, plain)):
                if not attempt.proved:
                    attempt = self._compare(statement, *other, definedness)
        return attempt

    def _compare(
        self,
        statement: Statement,
        normalizer: Normalizer,
        of_right: Normalizer,
        definedness: Sequence[Event],
    ) -> Attempt:
        left, left_events = normalizer.side(statement.left)
        right, right_events = of_right.side(statement.right)
        difference = self.session.ring.subtract(left, right)
        events = [*left_events, *right_events]
        signs = normalizer.signs
        match statement.relation:
            case "=":
                holds = self.session.factoring.vanishes(difference) or (
                    # Integration by parts puts integrals that have values under one sign.
                    (normalizer.mode.bars_as_integrals or of_right.mode.bars_as_integrals)
                    and self.comparison.merges_to_zero(difference)
                )
            case "!=":
                holds = signs.is_nonzero(difference)
            case "<=":
                holds = not signs.sign(difference) & POSITIVE
            case ">=":
                holds = not signs.sign(difference) & NEGATIVE
            case "<":
                holds = signs.sign(difference) == NEGATIVE
            case ">":
                holds = signs.sign(difference) == POSITIVE
            case "up to":
                holds = not self.comparison.mentions(
                    self.session.factoring.by_denominator(difference), statement.over
                )
            case "proportional":
                holds = self._proportional(normalizer, left, right, statement.over)
            case _:
                return Attempt(False, message=f"the kernel has no rule for {statement.relation}")
        if not holds and statement.relation in ("<=", ">=", "<", ">"):
            bounded = self._bounded(statement, normalizer, definedness)
            if bounded is not None:
                return bounded
        if not holds:
            leftover = normalizer.leftover(self.session.factoring.by_denominator(difference))
            return Attempt(False, leftover=leftover, message=_failure(statement.relation, leftover))
        return self.attempts.conclude(statement, normalizer, events, definedness)

    def _bounded(
        self,
        statement: Statement,
        normalizer: Normalizer,
        definedness: Sequence[Event],
    ) -> Attempt | None:
        """An inequality by known inequalities: each functional as a whole first, then in pieces."""
        mode = normalizer.mode
        whole = self.session.normalizer(replace(mode, split=False), normalizer.facts)
        pieces = self.session.normalizer(replace(mode, split=True), normalizer.facts)
        inequalities = Inequalities(pieces, normalizer.facts)
        strict = statement.relation in ("<", ">")
        for sides in (whole, normalizer) if mode.split else (whole,):
            try:
                left, left_events = sides.side(statement.left)
                right, right_events = sides.side(statement.right)
                gap = self.session.ring.subtract(right, left)
                if statement.relation in (">=", ">"):
                    gap = self.session.ring.scale(gap, -1)
                rests = inequalities.proof(gap, strict)
            except UnestablishedError:
                continue
            if rests is None:
                continue
            attempt = self.attempts.conclude(
                statement,
                sides,
                [*left_events, *right_events, *rests],
                [*definedness, *rests],
            )
            if attempt.proved:
                return attempt
        return None

    def _proportional(
        self, normalizer: Normalizer, left: Polynomial, right: Polynomial, over: Sequence[str]
    ) -> bool:
        if not normalizer.signs.is_nonzero(left) or not normalizer.signs.is_nonzero(right):
            return False
        return bool(self.comparison.ratios(left, right, over))

    def _witnessed(self, statement: Statement) -> Attempt | None:
        """Not identically equal: one certified point at which the two sides differ."""
        if self.attempts.searcher is None:
            return None
        if statement not in self.witnesses:
            context = self.session.context
            point = self.attempts.searcher.witness(statement, context)
            found = witness(statement, context, point) if point is not None else None
            self.witnesses[statement] = found
        certificate = self.witnesses[statement]
        if certificate is None:
            return None
        return Attempt(True, uses=("witness",), counterexample=certificate)


def _failure(relation: str, leftover: Expr | None) -> str:
    """Why a comparison failed; for an equation, what the right side lacks."""
    if relation == "=" and leftover is not None:
        text = text_of(leftover)
        if len(text) <= SHORT_LEFTOVER:
            return f"the right side lacks {text}"
    return {
        "=": "the two sides have different normal forms",
        "!=": "no point was found at which the sides differ",
        "up to": "the difference depends on the named variables",
        "proportional": "the quotient depends on the named variables",
    }.get(relation, "the sign of the difference is not established")
