"""Sets of optima: equal when one objective becomes the other, or when they are one stationary point.

Accepts statements in which a side is an arg min or arg max, or a name for one. Two are equal if the objectives agree up
to terms free of what varies and a factor free of it whose sign is proved, or under a monotone map; one is a point if
the objective is strictly convex or concave and stationary there. What varies takes all values that meet the
assumptions: a condition that is listed must not speak of it, and no assumption may fix it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef

from klderive.kernel.attempt import Attempt, first_proved, restricts
from klderive.kernel.events import Event, Mode, UnestablishedError, Use
from klderive.kernel.reasons import Allowed, modes
from klderive.kernel.relations import Relations
from klderive.kernel.theory import Prover
from klderive.notation.nodes import ArgMin, Optimum
from klderive.statement import Condition, Statement
from klderive.theories.bounds import Bounds
from klderive.theories.objectives import Objectives
from klderive.theories.stationary import check_stationary, free_variable


class Optima(Prover):
    """Attempts on statements about sets of optima."""

    def __init__(self, attempts: Relations) -> None:
        super().__init__(attempts)
        self.context = attempts.session.context
        self.objectives = Objectives(attempts.session)

    def is_about(self, statement: Statement) -> bool:
        """Whether a side is a set of optima or names one."""
        return any(
            isinstance(side, Optimum) or side in self.context.optima
            for side in (statement.left, statement.right)
        )

    def varied(self, optimum: Optimum) -> tuple[str, ...]:
        """The names that an optimum varies: of a letter of densities, such as p(x | v), all their keys."""
        letters = {str(variable) for variable in optimum.args[1]}
        keys = [key for key in self.context.functions if key.partition("(")[0] in letters]
        return tuple(dict.fromkeys([*sorted(letters), *keys]))

    def varied_by(self, statement: Statement) -> set[str]:
        """The names that the sides of a statement vary; what a name of a set of optima varies, varies too."""
        return {
            name
            for side in (statement.left, statement.right)
            for optimum in (side, self.context.optima.get(side))
            if isinstance(optimum, Optimum)
            for name in self.varied(optimum)
        }

    def of_no_values(self, statement: Statement, allowed: Allowed) -> Attempt | None:
        """Equal sets of optima, or one that is given by its only element."""
        return self._compare(statement, allowed) if self.is_about(statement) else None

    def _compare(self, statement: Statement, allowed: Allowed) -> Attempt:
        """Equal sets of optima: equal objectives up to free terms and a free factor of proved sign."""
        self.attempts.check_vary(self.varied_by(statement))
        (left, right), names = self._unfolded(statement, allowed)
        if statement.relation != "=":
            return Attempt(False, message="sets of optima can only be equal")
        if not isinstance(left, Optimum) or not isinstance(right, Optimum):
            return self._stationary(left, right, names, allowed)
        if set(left.args[1]) != set(right.args[1]):
            return Attempt(False, message="the two sides optimise over different variables")
        over = self.varied(left)
        opposite = isinstance(left, ArgMin) != isinstance(right, ArgMin)
        events = (*names, *self.attempts.definedness(left.args[0], right.args[0]))
        plain = Statement(left.args[0], "=", right.args[0])

        def attempt(mode: Mode) -> Attempt:
            normalizer = self.session.normalizer(mode, allowed.facts)
            f, left_events = normalizer.side(left.args[0])
            g, right_events = normalizer.side(right.args[0])
            difference = self.session.ring.subtract(f, g)
            same = self.objectives.same_optima(f, g, over, opposite)
            if not same and "monotone maps" in allowed.theories:
                same = self.objectives.same_optima(f, g, over, opposite, monotone=True)
                left_events = (*left_events, Use("monotone maps"))
            if not same:
                leftover = self.session.factoring.by_denominator(difference)
                return Attempt(
                    False,
                    leftover=normalizer.leftover(leftover),
                    message="the objectives differ by more than a free term and a factor of the right sign",
                )
            equal = not opposite and self.session.factoring.is_zero(difference)
            found = self.attempts.conclude(
                plain if equal else replace(plain, relation="up to"),
                normalizer,
                [*names, *left_events, *right_events],
                events,
            )
            _check_free(found.conditions, over)
            found.conditions = tuple(_for_every(condition, over) for condition in found.conditions)
            return found

        return first_proved(modes(allowed, self.context), attempt)

    def _unfolded(
        self, statement: Statement, allowed: Allowed
    ) -> tuple[tuple[Expr, Expr], tuple[Event, ...]]:
        """The sides, with names of sets of optima replaced by what they stand for, where that may be used."""
        sides = []
        events = []
        for side in (statement.left, statement.right):
            meaning = self.context.optima.get(side) if isinstance(side, Symbol) else None
            name = str(side)
            if meaning is not None and (allowed.definitions is None or name in allowed.definitions):
                events.append(Use(f"definition {name}"))
                side = meaning
            sides.append(side)
        return (sides[0], sides[1]), tuple(events)

    def _stationary(
        self, left: Expr, right: Expr, named: Sequence[Event], allowed: Allowed
    ) -> Attempt:
        """A set of optima that has one element: a stationary point of something strictly convex or concave."""
        if "stationary point" not in allowed.theories:
            return Attempt(False, message="a set of optima is compared with something else")
        optimum, point = left, right
        if not isinstance(optimum, Optimum):
            optimum, point = point, optimum
        if not isinstance(optimum, Optimum) or point in self.context.optima:
            return Attempt(False, message="a name of a set of optima is not used as it is defined")
        events = (*named, *self.attempts.definedness(optimum.args[0], point))
        names = set(self.varied(optimum))
        facts = tuple(f for f in allowed.facts if not restricts(f, names))
        plain = Statement(optimum.args[0], "up to", optimum.args[0])

        def attempt(mode: Mode) -> Attempt:
            normalizer = self.session.layered(
                Bounds, replace(mode, logarithms=True, split=True), facts
            )
            rests = self._check_optimal(normalizer, optimum, point, allowed)
            found = self.attempts.conclude(plain, normalizer, [*named, *rests], events)
            bad = [c for c in found.conditions if self._spoken_of(c.expressions) & names]
            if bad:
                return Attempt(False, message=f"{bad[0].text} is not established for all values")
            # What the calculus of finite sums and logarithms does on the way is part of the rule.
            uses = (n for n in found.uses if n not in ("logarithms", "linearity"))
            found.uses = (*uses, "stationary point")
            return found

        return first_proved(self.session.modes((optimum.args[0], point), allowed), attempt)

    def _check_optimal(
        self, normalizer: Bounds, optimum: Optimum, point: Expr, allowed: Allowed
    ) -> tuple[Event, ...]:
        """Establish that a point is the only optimum, of the objective or of what monotone maps make of it.

        Raises:
            UnestablishedError: if it is not established.
        """
        objective, variables = optimum.args
        variable = free_variable(normalizer, variables)
        f, events = normalizer.side(objective)
        place, more = normalizer.side(point)
        least = isinstance(optimum, ArgMin)
        first: UnestablishedError | None = None
        for swapped, g in self.objectives.with_same_optima(f, [str(variable)]):
            if g is not f and "monotone maps" not in allowed.theories:
                break
            mapped = () if g is f else (Use("monotone maps"),)
            try:
                rests = check_stationary(normalizer, g, variable, place, least=least is not swapped)
                return (*events, *more, *mapped, *rests)
            except UnestablishedError as error:
                first = first or error
        assert first is not None
        raise first

    def _spoken_of(self, expressions: Sequence[Expr]) -> set[str]:
        """The names of the symbols and functions in expressions, and in the definitions of these functions."""
        names = set()
        for expression in expressions:
            names |= {str(symbol) for symbol in expression.free_symbols}
            for application in expression.atoms(AppliedUndef):
                for leaf in self.session.probe.leaves(application.func.__name__):
                    known = leaf if isinstance(leaf, str) else self.session.ring.atoms[leaf].key[0]
                    names.add(str(known))
        return names

    def name(self, name: Symbol, meaning: Expr) -> tuple[Condition, ...] | None:
        """The conditions under which a name may be given to a set of optima: the objective must be defined.

        Raises:
            UnestablishedError: if it may not.
        """
        if not isinstance(meaning, Optimum):
            return None
        over = self.varied(meaning)
        self.attempts.check_vary(over)
        events = self.attempts.definedness(meaning.args[0])
        needs = self.attempts.conditions.needs([], events, False, self.session.probe)
        conditions = self.attempts.listed(needs)
        _check_free(conditions, over)
        return tuple(_for_every(condition, over) for condition in conditions)


def _check_free(conditions: Sequence[Condition], over: Collection[str]) -> None:
    """Check that no condition that something is not zero speaks of what varies: it would restrict it.

    Raises:
        UnestablishedError: if one does.
    """
    for condition in conditions:
        free = {str(symbol) for symbol in condition.expressions[0].free_symbols}
        if condition.kind == "nonzero" and free & set(over):
            raise UnestablishedError(f"{condition.text} is not established for all values")


def _for_every(condition: Condition, over: Sequence[str]) -> Condition:
    """A condition as one on every candidate, where it speaks of a function that is optimised."""
    names = sorted(
        {
            application.func.__name__
            for expression in condition.expressions
            for application in expression.atoms(AppliedUndef)
        }
        & set(over)
    )
    if not names:
        return condition
    return replace(condition, text=f"{condition.text}, for every {', '.join(names)} considered")
