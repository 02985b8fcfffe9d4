"""Compares the two sides of a statement: equations, inequalities, "up to".

Accepts a statement and what its reason allows. The idea: first both sides must be defined; then the difference of
the sides must have normal form zero, or an established sign, in one of the modes that the reason allows. What that
does not settle is for the provers of theories.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sympy import Add, Derivative, Expr

from klderive.certificates.certificate import Counterexample, witness
from klderive.kernel.attempt import Attempt, Attempts, first_proved, restricts
from klderive.kernel.events import Event, Mode
from klderive.kernel.expression import text_of
from klderive.kernel.needs import Searcher
from klderive.kernel.reasons import Allowed
from klderive.kernel.session import Session
from klderive.kernel.signs import NEGATIVE, POSITIVE
from klderive.statement import Statement

SHORT_LEFTOVER = 160
"""Characters up to which a message quotes what is left of a difference."""


class Relations(Attempts):
    """Attempts on statements, by the kernel's own comparison and by the provers of theories."""

    def __init__(self, session: Session, searcher: Searcher | None) -> None:
        super().__init__(session, searcher)
        self.provers = tuple(prover(self) for prover in session.theories.provers)
        self.witnesses: dict[Statement, Counterexample | None] = {}
        """What was found to show sides not identically equal, which does not depend on what a reason allows."""

    def compare(self, statement: Statement, allowed: Allowed, *, defined: bool = True) -> Attempt:
        """An attempt on a statement; unless `defined`, its sides need not be established to be so.

        Raises:
            UnestablishedError: if a side is not, or assumptions fix what should vary.
            BudgetExceededError: if it takes too much work.
        """
        over = _differentiated_by(statement)
        for prover in self.provers:
            statement = prover.read(statement)
            over |= prover.varied_by(statement)
        over.update(statement.over)
        # The number of data is one that a limit may vary.
        self.check_vary(statement.over, counts=statement.relation == "->")
        # A hypothesis about what varies would fix it.
        facts = tuple(fact for fact in allowed.facts if not restricts(fact, over))
        theories = allowed.theories & self.session.theories.reasons
        allowed = replace(allowed, facts=facts, theories=theories)
        for prover in self.provers:
            attempt = prover.of_no_values(statement, allowed)
            if attempt is not None:
                return attempt
        events = self.definedness(statement.left, statement.right) if defined else ()
        first = self._compared(statement, allowed, events)
        if first.proved:
            return first
        for prover in self.provers:
            found = prover.of_values(statement, allowed, events)
            if found is not None and found.proved:
                return found
            if found is not None and first.leftover is None:
                first = found
        return first

    def _compared(
        self, statement: Statement, allowed: Allowed, definedness: Sequence[Event]
    ) -> Attempt:
        """The first mode in which the sides compare as the statement says."""
        found = first_proved(
            self.session.modes((statement.left, statement.right), allowed),
            lambda mode: self.in_mode(statement, mode, mode, allowed, definedness),
        )
        if statement.relation == "!=" and not found.proved:
            return self._witnessed(statement) or found
        return found

    def in_mode(
        self,
        statement: Statement,
        mode: Mode,
        of_right: Mode,
        allowed: Allowed,
        definedness: Sequence[Event],
        merge: bool = False,
    ) -> Attempt:
        """An attempt in one mode, or one for each side; to `merge` puts integrals that have values under one sign."""
        normalizer = self.session.normalizer(mode, allowed.facts)
        left, left_events = normalizer.side(statement.left)
        right, right_events = self.session.normalizer(of_right, allowed.facts).side(statement.right)
        difference = self.session.ring.subtract(left, right)
        events = [*left_events, *right_events]
        signs = normalizer.signs
        match statement.relation:
            case "=":
                holds = self.session.factoring.vanishes(difference) or (
                    merge and self.comparison.merges_to_zero(difference)
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
            case _:
                return Attempt(False, message=f"the kernel has no rule for {statement.relation}")
        if not holds:
            leftover = normalizer.leftover(self.session.factoring.by_denominator(difference))
            return Attempt(False, leftover=leftover, message=_failure(statement.relation, leftover))
        return self.conclude(statement, normalizer, events, definedness)

    def _witnessed(self, statement: Statement) -> Attempt | None:
        """Not identically equal: one certified point at which the two sides differ."""
        if self.searcher is None:
            return None
        if statement not in self.witnesses:
            context = self.session.context
            point = self.searcher.witness(statement, context)
            found = witness(statement, context, point) if point is not None else None
            self.witnesses[statement] = found
        certificate = self.witnesses[statement]
        if certificate is None:
            return None
        return Attempt(True, uses=("witness",), counterexample=certificate)


def _differentiated_by(statement: Statement) -> set[str]:
    """The names that the sides of a statement differentiate by."""
    return {
        str(variable)
        for side in (statement.left, statement.right)
        for node in side.atoms(Derivative)
        for variable in node.variables
    }


def _failure(relation: str, leftover: Expr | None) -> str:
    """Why a comparison failed; for an equation, what the right side lacks."""
    if relation == "=" and leftover is not None:
        text = text_of(leftover)
        if len(text) <= SHORT_LEFTOVER:
            return f"the right side lacks {text}"
        if isinstance(leftover, Add):
            least = min((text_of(term) for term in leftover.args), key=len)
            shown = f", among them {least}" if len(least) <= SHORT_LEFTOVER else ""
            return f"the two sides have different normal forms: they differ in {len(leftover.args)} terms{shown}"
    return {
        "=": "the two sides have different normal forms",
        "!=": "no point was found at which the sides differ",
        "up to": "the difference depends on the named variables",
    }.get(relation, "the sign of the difference is not established")
