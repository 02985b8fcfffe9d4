"""Attempts to prove a statement: what one came to, and what it rests on once the two sides agree.

Accepts a comparison that came out, with the events of the normal forms behind it. The idea: agreement is not yet a
proof; the conditions that the events amount to must be established or listed, and be able to hold together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from sympy import Expr

from klderive.certificates.certificate import Counterexample
from klderive.kernel.comparison import Comparison
from klderive.kernel.events import Event, UnestablishedError, Use
from klderive.kernel.needs import Conditions, Needs, Searcher, without_implied
from klderive.kernel.normal_form import Normalizer
from klderive.kernel.session import Session
from klderive.statement import Condition, Fact, Statement

_Tried = TypeVar("_Tried")


@dataclass(slots=True)
class Attempt:
    """The outcome of one attempt to prove a statement."""

    proved: bool
    uses: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    leftover: Expr | None = None
    message: str = ""
    counterexample: Counterexample | None = None


class Attempts:
    """What attempts in one session share: the session, its conditions, the comparison of normal forms."""

    def __init__(self, session: Session, searcher: Searcher | None) -> None:
        self.session = session
        self.searcher = searcher
        self.conditions = Conditions(session, searcher)
        self.comparison = Comparison(session)

    def check_vary(self, names: Collection[str], *, counts: bool = False) -> None:
        """Check that the assumptions fix none of the names; `counts` and lengths of data may be named.

        Raises:
            UnestablishedError: if they fix one.
        """
        fixing = {str(symbol) for symbol in self.session.values}
        if not counts:
            fixing |= self._counted()
        for name in sorted(fixing & set(names)):
            raise UnestablishedError(f"the assumptions fix {name}, which should vary")

    def _counted(self) -> set[str]:
        """The counts and lengths of data, which follow from the data and do not vary on their own."""
        return {
            str(symbol)
            for family in self.session.context.families.values()
            if family.counts
            for symbol in (family.length, *family.counts)
        }

    def definedness(self, *sides: Expr) -> tuple[Event, ...]:
        """What must hold for sides to be defined.

        Raises:
            UnestablishedError: if one of them is not established to be.
        """
        events: list[Event] = []
        for side in sides:
            definedness = self.conditions.defined(side)
            if definedness.problem:
                raise UnestablishedError(definedness.problem)
            events += definedness.events
        return tuple(events)

    def listed(self, needs: Needs, *others: Condition) -> tuple[Condition, ...]:
        """The conditions of a proof: what it needs, and others, without those that are implied.

        Raises:
            UnestablishedError: if something is not established that cannot be listed, or no point was found at which
                the conditions hold together.
        """
        if needs.problem:
            raise UnestablishedError(needs.problem)
        conditions = without_implied(tuple(dict.fromkeys((*others, *needs.conditions))))
        if not self.conditions.can_hold(conditions):
            raise UnestablishedError(
                "no point was found at which the assumptions and conditions hold together"
            )
        return conditions

    def conclude(
        self,
        statement: Statement,
        normalizer: Normalizer,
        events: Sequence[Event],
        definedness: Sequence[Event],
    ) -> Attempt:
        """A comparison that came out, with the conditions it needs; pieces that may diverge are put together."""
        needs = self.conditions.needs(events, definedness, normalizer.mode.split, normalizer)
        listed = any(c.kind == "converges" for c in needs.conditions)
        if normalizer.mode.split and statement.relation == "=" and (needs.problem or listed):
            whole = self._whole(statement, normalizer, definedness)
            if whole is not None and not whole.problem:
                fewer = sum(c.kind == "converges" for c in whole.conditions)
                if needs.problem or fewer < sum(c.kind == "converges" for c in needs.conditions):
                    needs = whole
        names = dict.fromkeys(e.name for e in events if isinstance(e, Use))
        names.update(needs.uses)
        facts = {fact.name: fact for fact in normalizer.facts}
        for name in names:
            if name in facts:
                needs.conditions.update(dict.fromkeys(facts[name].conditions))
        try:
            conditions = self.listed(needs)
        except UnestablishedError as error:
            return Attempt(False, message=str(error))
        return Attempt(True, uses=tuple(names), conditions=conditions)

    def _whole(
        self, statement: Statement, normalizer: Normalizer, definedness: Sequence[Event]
    ) -> Needs | None:
        """The needs if the functionals of one domain, put under one sign, already agree."""
        mode = replace(normalizer.mode, split=False)
        try:
            other = self.session.normalizer(mode, normalizer.facts)
            left, left_events = other.side(statement.left)
            right, right_events = other.side(statement.right)
            difference = self.session.ring.subtract(left, right)
            if not self.comparison.merges_to_zero(difference):
                return None
        except UnestablishedError:
            return None
        return self.conditions.needs([*left_events, *right_events], definedness, False, other)


def first_proved(tried: Iterable[_Tried], attempt: Callable[[_Tried], Attempt]) -> Attempt:
    """The first attempt that proves, or the first that failed, one with a leftover if there is one."""
    first: Attempt | None = None
    for mode in tried:
        try:
            found = attempt(mode)
        except UnestablishedError as error:
            found = Attempt(False, message=str(error))
        if found.proved:
            return found
        if first is None or (first.leftover is None and found.leftover is not None):
            first = found
    assert first is not None
    return first


def restricts(fact: Fact, over: Collection[str]) -> bool:
    """Whether a fact rests on a hypothesis that fixes what should vary; one on a limit speaks of its varying."""
    return fact.relation != "->" and bool(fact.restricts & set(over))
