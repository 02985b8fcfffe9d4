"""Decides statements: the one place where a proof becomes a verdict.

Accepts a statement, and what its reason allows: theories, definitions, facts. The idea: first both sides must be
defined wherever the assumptions hold, whatever the reason says; then the difference must have normal form zero modulo
what the reason allows. What is not enough is tried with everything, so that a wrong reason is told from a wrong line.

Outside help only proposes: points that refute, witness or satisfy come from a searcher and are certified here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from sympy import Derivative, Expr, Symbol
from sympy.core.function import AppliedUndef

from klderive.kernel.bounds import has_bar
from klderive.kernel.certificate import Counterexample, certify, witness
from klderive.kernel.comparison import Comparison, under_increasing_map
from klderive.kernel.events import Event, Mode, UnestablishedError, Use
from klderive.kernel.functionals import has_functional
from klderive.kernel.inequalities import Inequalities
from klderive.kernel.limits import as_limit, check_limit, without_variable
from klderive.kernel.needs import Conditions, Needs, Searcher, text_of, without_implied
from klderive.kernel.normal_form import Normalizer
from klderive.kernel.reasons import Allowed, alternatives, modes, restricted, unused
from klderive.kernel.ring import BudgetExceededError, Polynomial
from klderive.kernel.session import Session
from klderive.kernel.signs import NEGATIVE, POSITIVE
from klderive.kernel.statement import Condition, Context, Fact, Statement
from klderive.kernel.stationary import check_stationary
from klderive.kernel.verdict import Verdict, _token
from klderive.notation.nodes import ArgMin, Defined, Optimum
from klderive.notation.tree import deep_recursion

BUDGET = 400_000
"""Products of terms that one attempt may take."""

MINIMISED = 10
"""Reasons with more parts than this are minimised by deletion only."""

SHORT_LEFTOVER = 160
"""Characters up to which a message quotes what is left of a difference."""


@dataclass(slots=True)
class Attempt:
    """The outcome of one attempt to prove a statement."""

    proved: bool
    uses: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    leftover: Expr | None = None
    message: str = ""
    counterexample: Counterexample | None = None


class Kernel:
    """Decides statements in one context; atoms and normal forms are kept between statements.

    Args:
        context: the givens and the declared functions.
        searcher: proposes counterexamples, witnesses and models; without one nothing is refuted.
        budget: products of terms that one attempt may take.
    """

    def __init__(
        self, context: Context, searcher: Searcher | None = None, *, budget: int = BUDGET
    ) -> None:
        self.context = context
        self.searcher = searcher
        self.session = Session(context, budget)
        with deep_recursion():
            self.conditions = Conditions(self.session, searcher)
        self.comparison = Comparison(self.session)

    def judge(self, statement: Statement, allowed: Allowed, everything: Allowed) -> Verdict:
        """The verdict on a statement with a reason: proved, wrong reason, refuted or undecided.

        Args:
            statement: the statement.
            allowed: what the reason allows.
            everything: all that could be allowed there, to tell a wrong reason from a wrong line.
        """
        attempt = self._attempt(statement, allowed)
        if attempt.proved:
            return self._proved(attempt, unused=unused(allowed, attempt.uses))
        other = self._attempt_anything(statement, everything)
        if other.proved:
            names, _ = self._smallest(statement, everything, other)
            return Verdict(
                _token,
                "wrong_reason",
                uses=other.uses,
                conditions=other.conditions,
                message="the line is true, but not by the reason given",
                suggestion=names,
            )
        return self._not_proved(statement, other if other.leftover is not None else attempt)

    def find_reason(self, statement: Statement, everything: Allowed) -> Verdict:
        """The verdict on a statement without a reason; `uses` is the smallest reason that suffices."""
        attempt = self._attempt_anything(statement, everything)
        if not attempt.proved:
            return self._not_proved(statement, attempt)
        names, smallest = self._smallest(statement, everything, attempt)
        return self._proved(replace(smallest, uses=names))

    def assume(self, name: str) -> Verdict:
        """The verdict on a line that an axiom or a hypothesis states: assumed."""
        return Verdict(_token, "assumed", uses=(name,))

    def reject(self, problem: str) -> Verdict:
        """The verdict on a line whose reason cannot be used: undecided, with the problem."""
        return Verdict(_token, "undecided", message=problem)

    def define(self, statement: Statement) -> Verdict:
        """The verdict on a definition.

        The left side must be a function of the context applied to its parameters, with the right side as its
        definition in names other than its own and of the sign declared; or an operator whose definition, which it
        brings, is the right side; or the name of a set of optima in the context, which is the right side.
        """
        left = statement.left
        if isinstance(left, Symbol) and self.context.optima.get(left) == statement.right:
            return self._name_optima(left, statement.right)
        if isinstance(left, Defined):
            others = {node.name for node in statement.right.atoms(Defined)}
            if left.name in others:
                return Verdict(
                    _token, "undecided", message=f"{left.name} is defined by means of itself"
                )
            allowed = Allowed(definitions=frozenset({left.name, *others}))
            attempt = self._attempt(statement, allowed, defined=False)
            if attempt.proved:
                return Verdict(_token, "definition", uses=(f"definition {left.name}",))
            return Verdict(
                _token,
                "undecided",
                leftover=attempt.leftover,
                message=f"this is not the definition that klderive has of {left.name}",
            )
        if isinstance(left, AppliedUndef):
            name = left.func.__name__
            declared = self.context.functions.get(name)
            if declared is not None and declared.definition == statement.right:
                if any(part.func.__name__ == name for part in statement.right.atoms(AppliedUndef)):
                    return Verdict(
                        _token, "undecided", message=f"{name} is defined by means of itself"
                    )
                problem, conditions = self._definition(name)
                if problem:
                    return Verdict(_token, "undecided", message=problem)
                return Verdict(_token, "definition", uses=(name,), conditions=conditions)
        return Verdict(_token, "undecided", message="only a fresh name can be defined")

    def _name_optima(self, name: Symbol, optima: Expr) -> Verdict:
        """The verdict on a name for a set of optima: the objective must be established to be defined."""
        if not isinstance(optima, Optimum):
            return Verdict(_token, "undecided", message=f"{name} is not a set of optimal points")
        self.session.ring.work = 0
        problem = self.session.problem
        over = self._varied(optima)
        fixed = sorted({str(symbol) for symbol in self.session.values} & {*over})
        if not problem and fixed:
            problem = f"the assumptions fix {fixed[0]}, which should vary"
        if problem:
            return Verdict(_token, "undecided", message=problem)
        try:
            definedness = self.conditions.defined(optima.args[0])
        except BudgetExceededError as error:
            return Verdict(_token, "undecided", message=str(error))
        if definedness.problem:
            return Verdict(_token, "undecided", message=definedness.problem)
        needs = self.conditions.needs([], definedness.events, False, self.session.probe)
        conditions = without_implied(tuple(needs.conditions))
        problem = needs.problem
        for condition in conditions:
            free = {str(s) for s in condition.expressions[0].free_symbols}
            if condition.kind == "nonzero" and free & {*over}:
                problem = problem or f"{condition.text} is not established for all values"
        if not problem and not self.conditions.can_hold(conditions):
            problem = "no point was found at which the assumptions and conditions hold together"
        if problem:
            return Verdict(_token, "undecided", message=problem)
        listed = tuple(_for_every(condition, over) for condition in conditions)
        return Verdict(_token, "definition", uses=(str(name),), conditions=listed)

    def _definition(self, name: str) -> tuple[str, tuple[Condition, ...]]:
        """Why a definition does not do for its function (empty if it does), and the conditions under which it does.

        It must be defined, and have the declared sign, for all values of the parameters in their domains.
        """
        declared = self.context.functions[name]
        probe = self.session.probe
        self.session.ring.work = 0
        conditions: dict[Condition, None] = {}
        try:
            for value, events in probe.defined_values(declared):
                needs = self.conditions.needs([], events, False, probe)
                if needs.problem:
                    return needs.problem, ()
                signs = self.session.signs.sign(value)
                if declared.sign != "unknown" and signs & NEGATIVE:
                    return f"the definition of {name} is not proved nonnegative on its domain", ()
                if declared.sign == "positive" and signs != POSITIVE:
                    return f"the definition of {name} is not proved positive on its domain", ()
                conditions.update(needs.conditions)
        except (UnestablishedError, BudgetExceededError) as error:
            return str(error), ()
        return "", tuple(conditions)

    def is_positive(self, name: str) -> bool:
        """Whether the definition of a function is proved positive for all values of its parameters in their domains."""
        declared = self.context.functions[name]
        if declared.definition is None or self._definition(name) != ("", ()):
            return False
        values = self.session.probe.defined_values(declared)
        return all(self.session.signs.is_positive(value) for value, _ in values)

    def _proved(self, attempt: Attempt, unused: tuple[str, ...] = ()) -> Verdict:
        return Verdict(
            _token,
            "proved",
            uses=attempt.uses,
            conditions=attempt.conditions,
            counterexample=attempt.counterexample,
            unused=unused,
        )

    def _not_proved(self, statement: Statement, attempt: Attempt) -> Verdict:
        if self.searcher is not None and not self.session.problem:
            point = self.searcher.counterexample(statement, self.context)
            certificate = certify(statement, self.context, point) if point is not None else None
            if certificate is not None:
                return Verdict(
                    _token,
                    "refuted",
                    leftover=attempt.leftover,
                    counterexample=certificate,
                    message=attempt.message,
                )
        return Verdict(_token, "undecided", leftover=attempt.leftover, message=attempt.message)

    def _attempt_anything(self, statement: Statement, everything: Allowed) -> Attempt:
        """The first of the alternatives that proves a statement, or the outcome of the first."""
        first: Attempt | None = None
        for allowed in alternatives(everything):
            attempt = self._attempt(statement, allowed)
            if attempt.proved:
                return attempt
            first = first or attempt
        assert first is not None
        return first

    def _attempt(self, statement: Statement, allowed: Allowed, *, defined: bool = True) -> Attempt:
        self.session.ring.work = 0
        if self.session.problem:
            return Attempt(False, message=self.session.problem)
        with deep_recursion():
            try:
                return self._try(statement, allowed, defined)
            except UnestablishedError as error:
                return Attempt(False, message=str(error))
            except BudgetExceededError as error:
                return Attempt(False, message=str(error))
            except RecursionError:
                return Attempt(False, message="the step nests too deeply")

    def _try(self, statement: Statement, allowed: Allowed, defined: bool) -> Attempt:
        statement = as_limit(statement)
        left, right = statement.left, statement.right
        # What a name of a set of optima varies, varies too.
        over = set(statement.over) | {
            name
            for side in (left, right)
            for optimum in (side, self.context.optima.get(side))
            if isinstance(optimum, Optimum)
            for name in self._varied(optimum)
        }
        fixing = {str(symbol) for symbol in self.session.values}
        if statement.relation != "->":
            fixing |= self._counted()
        fixed = sorted(over & fixing)
        if fixed:
            return Attempt(False, message=f"the assumptions fix {fixed[0]}, which should vary")
        if over:
            # A hypothesis about what varies would fix it.
            allowed = replace(
                allowed, facts=tuple(f for f in allowed.facts if not _restricts(f, over))
            )
        allowed = replace(allowed, facts=self._for_all_values(allowed.facts, left, right))
        if any(isinstance(side, Optimum) or side in self.context.optima for side in (left, right)):
            return self._optimum(statement, allowed)
        events: list[Event] = []
        if defined:
            for side in (left, right):
                definedness = self.conditions.defined(side)
                if definedness.problem:
                    return Attempt(False, message=definedness.problem)
                events += definedness.events
        if statement.relation == "->":
            return self._limit(statement, allowed, events)
        inner = under_increasing_map(statement)
        if inner is not None and "monotone maps" in allowed.theories:
            attempt = self._try(inner, allowed, defined=True)
            if attempt.proved:
                needs = self.conditions.needs([], events, False, self.session.probe)
                conditions = without_implied((*attempt.conditions, *needs.conditions))
                if not needs.problem and self.conditions.can_hold(conditions):
                    attempt.conditions = tuple(dict.fromkeys(conditions))
                    attempt.uses = (*attempt.uses, "monotone maps")
                    return attempt
        found = _first_proved(
            modes(
                allowed,
                self.context,
                bars=has_bar(left, right),
                closed=has_functional(left, right),
            ),
            lambda mode: self._compare_bars(statement, mode, allowed, events),
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
            return self._with_needs(statement, normalizer, list(found), near)

        closed = has_functional(statement.left)
        return _first_proved(modes(allowed, self.context, closed=closed), attempt)

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
            leftover = normalizer.express(self.session.factoring.by_denominator(difference))
            return Attempt(False, leftover=leftover, message=_failure(statement.relation, leftover))
        return self._with_needs(statement, normalizer, events, definedness)

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
            attempt = self._with_needs(
                statement,
                sides,
                [*left_events, *right_events, *rests],
                [*definedness, *rests],
            )
            if attempt.proved:
                return attempt
        return None

    def _with_needs(
        self,
        statement: Statement,
        normalizer: Normalizer,
        events: list[Event],
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
        if needs.problem:
            return Attempt(False, message=needs.problem)
        names = dict.fromkeys(e.name for e in events if isinstance(e, Use))
        names.update(needs.uses)
        facts = {fact.name: fact for fact in normalizer.facts}
        for name in names:
            if name in facts:
                needs.conditions.update(dict.fromkeys(facts[name].conditions))
        conditions = without_implied(tuple(needs.conditions))
        if not self.conditions.can_hold(conditions):
            return Attempt(
                False,
                message="no point was found at which the assumptions and conditions hold together",
            )
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

    def _proportional(
        self, normalizer: Normalizer, left: Polynomial, right: Polynomial, over: Sequence[str]
    ) -> bool:
        if not normalizer.signs.is_nonzero(left) or not normalizer.signs.is_nonzero(right):
            return False
        return bool(self.comparison.ratios(left, right, over))

    def _optimum(self, statement: Statement, allowed: Allowed) -> Attempt:
        """Equal sets of optima: equal objectives up to free terms and a free factor of proved sign."""
        (left, right), names = self._unfolded_optima(statement, allowed)
        if statement.relation != "=":
            return Attempt(False, message="sets of optima can only be equal")
        if not isinstance(left, Optimum) or not isinstance(right, Optimum):
            return self._stationary(left, right, names, allowed)
        if set(left.args[1]) != set(right.args[1]):
            return Attempt(False, message="the two sides optimise over different variables")
        over = self._varied(left)
        opposite = isinstance(left, ArgMin) != isinstance(right, ArgMin)
        events: list[Event] = list(names)
        for side in (left, right):
            definedness = self.conditions.defined(side.args[0])
            if definedness.problem:
                return Attempt(False, message=definedness.problem)
            events += definedness.events
        plain = Statement(left.args[0], "=", right.args[0])

        def attempt(mode: Mode) -> Attempt:
            normalizer = self.session.normalizer(mode, allowed.facts)
            f, left_events = normalizer.side(left.args[0])
            g, right_events = normalizer.side(right.args[0])
            difference = self.session.ring.subtract(f, g)
            same = self.comparison.same_optima(f, g, over, opposite)
            if not same and "monotone maps" in allowed.theories:
                same = self.comparison.same_optima(f, g, over, opposite, monotone=True)
                left_events = (*left_events, Use("monotone maps"))
            if not same:
                leftover = self.session.factoring.by_denominator(difference)
                return Attempt(
                    False,
                    leftover=normalizer.express(leftover),
                    message="the objectives differ by more than a free term and a factor of the right sign",
                )
            equal = not opposite and self.session.factoring.is_zero(difference)
            found = self._with_needs(
                plain if equal else replace(plain, relation="up to"),
                normalizer,
                [*names, *left_events, *right_events],
                events,
            )
            bad = [
                c
                for c in found.conditions
                if c.kind == "nonzero"
                and {str(s) for s in c.expressions[0].free_symbols} & set(over)
            ]
            if bad:
                return Attempt(False, message=f"{bad[0].text} is not established for all values")
            found.conditions = tuple(_for_every(condition, over) for condition in found.conditions)
            return found

        return _first_proved(modes(allowed, self.context), attempt)

    def _counted(self) -> set[str]:
        """The counts and lengths of data, which follow from the data and do not vary on their own."""
        return {
            str(symbol)
            for family in self.context.families.values()
            if family.counts
            for symbol in (family.length, *family.counts)
        }

    def _varied(self, optimum: Optimum) -> tuple[str, ...]:
        """The names that an optimum varies: of a letter of densities, such as p(x | v), all their keys."""
        letters = {str(variable) for variable in optimum.args[1]}
        keys = [key for key in self.context.functions if key.partition("(")[0] in letters]
        return tuple(dict.fromkeys([*sorted(letters), *keys]))

    def _unfolded_optima(
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
        events: list[Event] = list(named)
        for side in (optimum.args[0], point):
            definedness = self.conditions.defined(side)
            if definedness.problem:
                return Attempt(False, message=definedness.problem)
            events += definedness.events
        names = set(self._varied(optimum))
        facts = tuple(f for f in allowed.facts if not _restricts(f, names))
        plain = Statement(optimum.args[0], "up to", optimum.args[0])

        def attempt(mode: Mode) -> Attempt:
            normalizer = self.session.normalizer(replace(mode, logarithms=True, split=True), facts)
            rests = check_stationary(normalizer, optimum, point)
            found = self._with_needs(plain, normalizer, [*named, *rests], events)
            bad = [c for c in found.conditions if self._spoken_of(c.expressions) & names]
            if bad:
                return Attempt(False, message=f"{bad[0].text} is not established for all values")
            # What the calculus of finite sums and logarithms does on the way is part of the rule.
            uses = (n for n in found.uses if n not in ("logarithms", "linearity"))
            found.uses = (*uses, "stationary point")
            return found

        closed = has_functional(optimum.args[0], point)
        return _first_proved(modes(allowed, self.context, closed=closed), attempt)

    def _for_all_values(self, facts: tuple[Fact, ...], *sides: Expr) -> tuple[Fact, ...]:
        """The facts that do not fix what the sides differentiate by."""
        names = {
            str(variable)
            for side in sides
            for node in side.atoms(Derivative)
            for variable in node.variables
        }
        return tuple(f for f in facts if not _restricts(f, names))

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

    def _witnessed(self, statement: Statement) -> Attempt | None:
        """Not identically equal: one certified point at which the two sides differ."""
        if self.searcher is None:
            return None
        point = self.searcher.witness(statement, self.context)
        certificate = witness(statement, self.context, point) if point is not None else None
        if certificate is None:
            return None
        return Attempt(True, uses=("witness",), counterexample=certificate)

    def _smallest(
        self, statement: Statement, everything: Allowed, found: Attempt
    ) -> tuple[tuple[str, ...], Attempt]:
        """The smallest set of names that suffices, among those that the proof used."""
        names = [n for n in found.uses if n != "witness"]
        if "witness" in found.uses:
            return ("witness",), found
        best, best_attempt = tuple(names), found
        if len(names) <= MINIMISED:
            for count in range(0, min(len(names), 3)):
                for chosen in combinations(names, count):
                    attempt = self._attempt(statement, restricted(everything, chosen))
                    if attempt.proved:
                        return chosen, attempt
        for name in list(best):
            fewer = tuple(n for n in best if n != name)
            attempt = self._attempt(statement, restricted(everything, fewer))
            if attempt.proved:
                best, best_attempt = fewer, attempt
        return best, best_attempt


def _first_proved(tried: Iterable[Mode], attempt: Callable[[Mode], Attempt]) -> Attempt:
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


def _restricts(fact: Fact, over: Collection[str]) -> bool:
    """Whether a fact rests on a hypothesis that fixes what should vary; one on a limit speaks of its varying."""
    return fact.relation != "->" and bool(fact.restricts & set(over))


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


def _failure(relation: str, leftover: Expr) -> str:
    """Why a comparison failed; for an equation, what the right side lacks."""
    if relation == "=":
        text = text_of(leftover)
        if len(text) <= SHORT_LEFTOVER:
            return f"the right side lacks {text}"
    return {
        "=": "the two sides have different normal forms",
        "!=": "no point was found at which the sides differ",
        "up to": "the difference depends on the named variables",
        "proportional": "the quotient depends on the named variables",
    }.get(relation, "the sign of the difference is not established")
