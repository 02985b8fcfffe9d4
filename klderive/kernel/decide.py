"""Decides statements: the one place where a proof becomes a verdict.

Accepts a statement, and what its reason allows: theories, definitions, facts. The idea: first both sides must be
defined wherever the assumptions hold, whatever the reason says; then the difference must have normal form zero modulo
what the reason allows. What is not enough is tried with everything, so that a wrong reason is told from a wrong line.

Outside help only proposes: points that refute, witness or satisfy come from a searcher and are certified here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Protocol

from flint import fmpq
from sympy import Expr, Integer, Symbol
from sympy.core.function import AppliedUndef

from klderive.kernel.certificate import Counterexample, Point, certify, satisfies, witness
from klderive.kernel.convergence import Convergence
from klderive.kernel.events import (
    AbsolutelyContinuous,
    Event,
    Mode,
    Nonzero,
    Obligation,
    UnestablishedError,
    Unfold,
    Use,
)
from klderive.kernel.expression import functional
from klderive.kernel.factoring import Factoring
from klderive.kernel.normal_form import Normalizer
from klderive.kernel.ring import (
    ONE,
    BudgetExceededError,
    Frozen,
    Monomial,
    Polynomial,
    Ring,
    freeze,
)
from klderive.kernel.signs import NEGATIVE, POSITIVE, symbol_sign
from klderive.kernel.statement import Condition, Context, Fact, Statement
from klderive.kernel.verdict import Verdict, _token
from klderive.notation import NotationError, read_sympy, to_text
from klderive.notation.nodes import ArgMin, Defined, Optimum
from klderive.notation.tree import deep_recursion

BUDGET = 400_000
"""Products of terms that one attempt at a statement may take."""

MINIMISED = 10
"""Reasons with more parts than this are minimised by deletion only."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a reason allows beside plain algebra.

    `definitions` are names of operators and functions; None stands for all of them.
    """

    logarithms: bool = False
    linearity: bool = False
    definitions: frozenset[str] | None = frozenset()
    facts: tuple[Fact, ...] = ()


class Searcher(Protocol):
    """Proposes points; what it proposes is certified by the kernel."""

    def counterexample(self, statement: Statement, context: Context) -> Point | None:
        """A point at which the statement may be false."""

    def witness(self, statement: Statement, context: Context) -> Point | None:
        """A point at which the two sides may differ."""

    def model(self, conditions: Sequence[Statement], context: Context) -> Point | None:
        """A point at which all givens and conditions may hold."""


@dataclass(slots=True)
class Attempt:
    """The outcome of one attempt to prove a statement."""

    proved: bool
    uses: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    leftover: Expr | None = None
    message: str = ""
    counterexample: Counterexample | None = None


@dataclass(slots=True)
class _Definedness:
    events: tuple[Event, ...] = ()
    problem: str = ""


@dataclass(slots=True)
class _Needs:
    """The conditions that events amount to."""

    conditions: dict[Condition, None] = field(default_factory=dict)
    problem: str = ""


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
        self.ring = Ring(budget)
        self.factoring = Factoring(self.ring)
        self.values: dict[Symbol, Polynomial] = {}
        self.problem = ""
        self._new_signs()
        self._normalizers: dict[tuple[Mode, tuple[str, ...]], Normalizer] = {}
        self._definedness: dict[Expr, _Definedness] = {}
        self._bound_names: dict[int, str] = {}
        with deep_recursion():
            self._take_givens()
            self._probe = self._make(Mode(True, True, None, "folded"))
            self._convergence = Convergence(self._probe, self._valued())
        self._generic: set[Condition] = set()
        self._satisfiable: dict[tuple[Condition, ...], bool] = {}

    # Public

    def judge(self, statement: Statement, allowed: Allowed, everything: Allowed) -> Verdict:
        """The verdict on a statement with a reason: proved, wrong reason, refuted or undecided.

        Args:
            statement: the statement.
            allowed: what the reason allows.
            everything: all that could be allowed there, to tell a wrong reason from a wrong line.
        """
        attempt = self._attempt(statement, allowed)
        if attempt.proved:
            return self._proved(attempt, unused=_unused(allowed, attempt.uses))
        other = self._attempt(statement, everything)
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
        attempt = self._attempt(statement, everything)
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
        brings, is the right side.
        """
        left = statement.left
        if isinstance(left, Defined):
            attempt = self._attempt(
                statement, Allowed(definitions=frozenset({left.name})), defined=False
            )
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
                problem = self._definition_problem(name)
                if problem:
                    return Verdict(_token, "undecided", message=problem)
                return Verdict(_token, "definition", uses=(name,))
        return Verdict(_token, "undecided", message="only a fresh name can be defined")

    def _definition_problem(self, name: str) -> str:
        """Why a definition does not do for its function; empty if it does.

        It must be defined, and have the declared sign, for all values of the parameters in their domains.
        """
        declared = self.context.functions[name]
        self.ring.work = 0
        try:
            value, events = self._probe.defined_value(declared)
        except (UnestablishedError, BudgetExceededError) as error:
            return str(error)
        for event in events:
            if isinstance(event, Nonzero):
                return f"{self._probe.express(dict(event.polynomial))} may vanish"
            if isinstance(event, Obligation) and self._convergence.body(event) != "converges":
                return self._divergence(event, dict(event.body))
        signs = self.signs.sign(value)
        if declared.sign != "unknown" and signs & NEGATIVE:
            return f"the definition of {name} is not proved nonnegative on its domain"
        if declared.sign == "positive" and signs != POSITIVE:
            return f"the definition of {name} is not proved positive on its domain"
        return ""

    # Attempts

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
        if self.searcher is not None and not self.problem:
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

    def _attempt(self, statement: Statement, allowed: Allowed, *, defined: bool = True) -> Attempt:
        self.ring.work = 0
        if self.problem:
            return Attempt(False, message=self.problem)
        with deep_recursion():
            try:
                return self._try(statement, allowed, defined)
            except UnestablishedError as error:
                return Attempt(False, message=str(error))
            except BudgetExceededError as error:
                return Attempt(False, message=str(error))

    def _try(self, statement: Statement, allowed: Allowed, defined: bool) -> Attempt:
        left, right = statement.left, statement.right
        over = set(statement.over) | {
            str(v) for side in (left, right) if isinstance(side, Optimum) for v in side.args[1]
        }
        fixed = sorted(over & {str(symbol) for symbol in self.values})
        if fixed:
            return Attempt(False, message=f"the assumptions fix {fixed[0]}, which should vary")
        if isinstance(left, Optimum) or isinstance(right, Optimum):
            return self._optimum(statement, allowed)
        events: list[Event] = []
        if defined:
            for side in (left, right):
                definedness = self._defined(side)
                if definedness.problem:
                    return Attempt(False, message=definedness.problem)
                events += definedness.events
        first: Attempt | None = None
        for mode in _modes(allowed, self.context):
            try:
                normalizer = self._normalizer(mode, allowed.facts)
                attempt = self._compare(statement, normalizer, allowed, events)
            except UnestablishedError as error:
                attempt = Attempt(False, message=str(error))
            if attempt.proved:
                return attempt
            if first is None or (first.leftover is None and attempt.leftover is not None):
                first = attempt
        assert first is not None
        if statement.relation == "!=":
            return self._witnessed(statement) or first
        return first

    def _compare(
        self,
        statement: Statement,
        normalizer: Normalizer,
        allowed: Allowed,
        definedness: Sequence[Event],
    ) -> Attempt:
        left, left_events = normalizer.side(statement.left)
        right, right_events = normalizer.side(statement.right)
        difference = self.ring.subtract(left, right)
        events = [*left_events, *right_events]
        signs = normalizer.signs
        match statement.relation:
            case "=":
                holds = self.factoring.is_zero(difference)
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
                holds = not self._mentions(
                    self.factoring.by_denominator(difference), statement.over
                )
            case "proportional":
                holds = self._proportional(normalizer, left, right, statement.over)
            case _:
                return Attempt(False, message=f"the kernel has no rule for {statement.relation}")
        if not holds:
            leftover = normalizer.express(self.factoring.by_denominator(difference))
            return Attempt(False, leftover=leftover, message=_failure(statement.relation, leftover))
        return self._with_needs(statement, normalizer, events, definedness)

    def _with_needs(
        self,
        statement: Statement,
        normalizer: Normalizer,
        events: list[Event],
        definedness: Sequence[Event],
    ) -> Attempt:
        """A comparison that came out, with the conditions it needs; pieces that may diverge are put together."""
        needs = self._needs(events, definedness, normalizer.mode.split)
        listed = any(c.kind == "converges" for c in needs.conditions)
        if normalizer.mode.split and statement.relation == "=" and (needs.problem or listed):
            whole = self._whole(statement, normalizer, definedness)
            if whole is not None and not whole.problem:
                fewer = sum(c.kind == "converges" for c in whole.conditions)
                if needs.problem or fewer < sum(c.kind == "converges" for c in needs.conditions):
                    needs = whole
        if needs.problem:
            return Attempt(False, message=needs.problem)
        names = dict.fromkeys(e.name for e in [*events] if isinstance(e, Use))
        facts = {fact.name: fact for fact in normalizer.facts}
        for name in names:
            if name in facts:
                needs.conditions.update(dict.fromkeys(facts[name].conditions))
        conditions = tuple(needs.conditions)
        if not self._can_hold(conditions):
            return Attempt(
                False,
                message="no point was found at which the assumptions and conditions hold together",
            )
        return Attempt(True, uses=tuple(names), conditions=conditions)

    def _whole(
        self, statement: Statement, normalizer: Normalizer, definedness: Sequence[Event]
    ) -> _Needs | None:
        """The needs if the functionals of one domain, put under one sign, already agree."""
        mode = replace(normalizer.mode, split=False)
        try:
            other = self._normalizer(mode, normalizer.facts)
            left, left_events = other.side(statement.left)
            right, right_events = other.side(statement.right)
            difference = self.ring.subtract(left, right)
            if not self._merges_to_zero(other, difference):
                return None
        except UnestablishedError:
            return None
        return self._needs([*left_events, *right_events], definedness, split=False)

    def _merges_to_zero(self, normalizer: Normalizer, difference: Polynomial) -> bool:
        ring = self.ring
        rest: Polynomial = {}
        bodies: dict[tuple[object, ...], list[tuple[Polynomial, Frozen]]] = {}
        for monomial, coefficient in difference.items():
            functionals = [p for p in monomial if ring.atoms[p[0]].kind == "functional"]
            if not functionals:
                rest[monomial] = coefficient
                continue
            if len(functionals) > 1 or functionals[0][1] != 1:
                return False
            atom = ring.atoms[functionals[0][0]]
            cofactor = {tuple(p for p in monomial if p not in functionals): coefficient}
            body = atom.key[-1]
            assert isinstance(body, frozenset)
            bodies.setdefault(atom.key[:-1], []).append((cofactor, body))
        if not self.factoring.is_zero(rest):
            return False
        for key, terms in bodies.items():
            domain = key[1:]
            variables = {
                leaf
                for _, body in terms
                for leaf in ring.free(dict(body))
                if isinstance(leaf, int)
                and ring.atoms[leaf].kind == "bound"
                and ring.atoms[leaf].key[1:4] == domain
            }
            if len(variables) > 1:
                return False
            merged = ring.add(*(ring.multiply(c, dict(b)) for c, b in terms))
            if not self.factoring.is_zero(merged):
                return False
        return True

    # Relations of their own

    def _proportional(
        self, normalizer: Normalizer, left: Polynomial, right: Polynomial, over: Sequence[str]
    ) -> bool:
        if not normalizer.signs.is_nonzero(left) or not normalizer.signs.is_nonzero(right):
            return False
        return bool(self._ratios(left, right, over))

    def _ratios(
        self, left: Polynomial, right: Polynomial, over: Sequence[str]
    ) -> list[tuple[Polynomial, Polynomial]]:
        """All pairs of polynomials a, b free of the variables, one a basis, with a * left = b * right."""
        by_left, by_right = self._by_basis(left, over), self._by_basis(right, over)
        if by_left.keys() != by_right.keys():
            return []
        pairs = [(by_right[basis], by_left[basis]) for basis in by_left]
        for a, b in pairs:
            crossed = self.ring.subtract(self.ring.multiply(a, left), self.ring.multiply(b, right))
            if not self.factoring.is_zero(crossed):
                return []
        return pairs

    def _by_basis(self, polynomial: Polynomial, over: Sequence[str]) -> dict[Monomial, Polynomial]:
        """The coefficients, free of the variables, of the monomials in atoms that depend on them."""
        leaves = self._leaves(over)
        parts: dict[Monomial, Polynomial] = {}
        for monomial, coefficient in polynomial.items():
            inside = tuple(p for p in monomial if self.ring.atoms[p[0]].free & leaves)
            outside = tuple(p for p in monomial if not self.ring.atoms[p[0]].free & leaves)
            part = parts.setdefault(inside, {})
            part[outside] = coefficient
        return parts

    def _leaves(self, over: Sequence[str]) -> frozenset[int | str]:
        """The atoms of the named symbols, and the names themselves, for functions."""
        found: set[int | str] = set(over)
        for atom in self.ring.atoms:
            if atom.kind == "symbol" and str(atom.key[0]) in over:
                found.add(atom.id)
        return frozenset(found)

    def _mentions(self, polynomial: Polynomial, over: Sequence[str]) -> bool:
        return bool(self.ring.free(polynomial) & self._leaves(over))

    def _optimum(self, statement: Statement, allowed: Allowed) -> Attempt:
        """Equal sets of optima: equal objectives up to free terms and a free factor of proved sign."""
        left, right = statement.left, statement.right
        if statement.relation != "=":
            return Attempt(False, message="sets of optima can only be equal")
        if not isinstance(left, Optimum) or not isinstance(right, Optimum):
            return Attempt(False, message="a set of optima is compared with something else")
        if set(left.args[1]) != set(right.args[1]):
            return Attempt(False, message="the two sides optimise over different variables")
        over = tuple(str(v) for v in left.args[1])
        opposite = isinstance(left, ArgMin) != isinstance(right, ArgMin)
        events: list[Event] = []
        for side in (left, right):
            definedness = self._defined(side.args[0])
            if definedness.problem:
                return Attempt(False, message=definedness.problem)
            events += definedness.events
        plain = Statement(left.args[0], "=", right.args[0])
        first: Attempt | None = None
        for mode in _modes(allowed, self.context):
            try:
                normalizer = self._normalizer(mode, allowed.facts)
                f, left_events = normalizer.side(left.args[0])
                g, right_events = normalizer.side(right.args[0])
                if self._same_optima(normalizer, f, g, over, opposite):
                    attempt = self._with_needs(
                        plain
                        if not opposite and self.factoring.is_zero(self.ring.subtract(f, g))
                        else replace(plain, relation="up to"),
                        normalizer,
                        [*left_events, *right_events],
                        events,
                    )
                    if attempt.proved:
                        bad = [
                            c
                            for c in attempt.conditions
                            if c.kind == "nonzero"
                            and {str(s) for s in c.expressions[0].free_symbols} & set(over)
                        ]
                        if bad:
                            attempt = Attempt(
                                False, message=f"{bad[0].text} is not established for all values"
                            )
                else:
                    difference = self.ring.subtract(f, g)
                    attempt = Attempt(
                        False,
                        leftover=normalizer.express(self.factoring.by_denominator(difference)),
                        message="the objectives differ by more than a free term and a factor of the right sign",
                    )
            except UnestablishedError as error:
                attempt = Attempt(False, message=str(error))
            if attempt.proved:
                return attempt
            if first is None or (first.leftover is None and attempt.leftover is not None):
                first = attempt
        assert first is not None
        return first

    def _same_optima(
        self,
        normalizer: Normalizer,
        f: Polynomial,
        g: Polynomial,
        over: Sequence[str],
        opposite: bool,
    ) -> bool:
        leaves = self._leaves(over)
        f, g = self.factoring.by_denominator(f), self.factoring.by_denominator(g)

        def dependent(p: Polynomial) -> Polynomial:
            return {
                m: c for m, c in p.items() if any(self.ring.atoms[n].free & leaves for n, _ in m)
            }

        f, g = dependent(f), dependent(g)
        if not f and not g:
            return True
        wanted = NEGATIVE if opposite else POSITIVE
        return any(
            normalizer.signs.sign(self.ring.multiply(a, b)) == wanted
            for a, b in self._ratios(f, g, over)
        )

    def _witnessed(self, statement: Statement) -> Attempt | None:
        """Not identically equal: one certified point at which the two sides differ."""
        if self.searcher is None:
            return None
        point = self.searcher.witness(statement, self.context)
        certificate = witness(statement, self.context, point) if point is not None else None
        if certificate is None:
            return None
        return Attempt(True, uses=("witness",), counterexample=certificate)

    # What must hold

    def _defined(self, side: Expr) -> _Definedness:
        """The events of a side in a mode that unfolds operators only: what must hold for it to be defined."""
        known = self._definedness.get(side)
        if known is None:
            try:
                known = _Definedness(self._probe.side(side)[1])
            except UnestablishedError as error:
                known = _Definedness(problem=str(error))
            self._definedness[side] = known
        return known

    def _needs(self, events: Iterable[Event], definedness: Iterable[Event], split: bool) -> _Needs:
        needs = _Needs()
        pieces: list[tuple[Obligation, Monomial]] = []
        own = [event for event in definedness if isinstance(event, Obligation)]
        wholes = list(dict.fromkeys(own))
        for event in dict.fromkeys([*definedness, *events]):
            if isinstance(event, Nonzero):
                expression = self._probe.express(dict(event.polynomial))
                text = f"{_text(expression)} != 0"
                condition = Condition("nonzero", (expression,), text)
                needs.conditions[condition] = None
                if self._is_generic(dict(event.polynomial)):
                    self._generic.add(condition)
            elif isinstance(event, AbsolutelyContinuous):
                weight, other = (
                    self._probe.express({((n, 1),): ONE}) for n in (event.weight, event.other)
                )
                text = f"{_text(other)} > 0 wherever {_text(weight)} > 0"
                needs.conditions[Condition("absolutely continuous", (weight, other), text)] = None
            elif isinstance(event, Obligation):
                wholes.append(event)
        # The statement's own functionals are those of its definedness; a proof adds the pieces that it splits off.
        if split:
            for event in events:
                if isinstance(event, Obligation) and len(event.body) > 1:
                    pieces += [(event, monomial) for monomial, _ in event.body]
        for obligation in wholes:
            if len(obligation.body) == 1:
                pieces.append((obligation, next(iter(obligation.body))[0]))
        listed: set[tuple[object, ...]] = set()
        for obligation, monomial in pieces:
            answer = self._convergence.monomial(obligation, monomial)
            if answer == "unknown":
                needs.problem = needs.problem or self._divergence(obligation, {monomial: ONE})
            elif answer == "listed":
                inside = tuple(
                    p for p in monomial if obligation.variable in self.ring.atoms[p[0]].free
                )
                listed.add((obligation.functional, obligation.domain, obligation.variable, inside))
                condition = self._converges(obligation, {inside: ONE})
                needs.conditions[condition] = None
        for obligation in wholes:
            if len(obligation.body) == 1:
                continue
            answers = {
                monomial: self._convergence.monomial(obligation, monomial)
                for monomial, _ in obligation.body
            }
            if "unknown" in answers.values():
                needs.problem = needs.problem or self._divergence(obligation, dict(obligation.body))
                continue
            open_pieces = [
                monomial
                for monomial, answer in answers.items()
                if answer == "listed"
                and (
                    obligation.functional,
                    obligation.domain,
                    obligation.variable,
                    tuple(p for p in monomial if obligation.variable in self.ring.atoms[p[0]].free),
                )
                not in listed
            ]
            if open_pieces:
                needs.conditions[self._converges(obligation, dict(obligation.body))] = None
        return needs

    def _converges(self, obligation: Obligation, body: Polynomial) -> Condition:
        expression = self._functional_expression(obligation, body)
        return Condition("converges", (expression,), f"{_text(expression)} converges")

    def _functional_expression(self, obligation: Obligation, body: Polynomial) -> Expr:
        key = (obligation.functional, *obligation.domain, freeze(body))
        names = {**self._bound_names, obligation.variable: obligation.name}
        return functional(self.ring, key, names)

    def _divergence(self, obligation: Obligation, body: Polynomial) -> str:
        expression = self._functional_expression(obligation, body)
        return f"it is not established that {_text(expression)} converges"

    def _is_generic(self, polynomial: Polynomial) -> bool:
        """Whether a polynomial that is not zero certainly differs from 0 at almost all values of its symbols.

        So does a polynomial in symbols that take infinitely many values, and an abstract density: it is normalised.
        """
        if len(polynomial) == 1:
            ((monomial, _),) = polynomial.items()
            if len(monomial) == 1 and self.ring.atoms[monomial[0][0]].kind == "apply":
                name = str(self.ring.atoms[monomial[0][0]].key[0])
                declared = self.context.functions.get(name)
                return declared is not None and declared.definition is None
        return all(
            self.ring.atoms[number].kind == "symbol"
            and isinstance(exponent, int)
            and exponent > 0
            and _takes_many_values(self.ring.atoms[number].key[0])
            for monomial in polynomial
            for number, exponent in monomial
        )

    def _can_hold(self, conditions: Sequence[Condition]) -> bool:
        """Whether the givens and conditions hold together at some point.

        Polynomials that are not zero do not vanish somewhere, together, as long as only the symbols' own assumptions
        restrict them. Otherwise a point is searched and certified. Conditions on abstract functions hold in the models
        that the rules of their listing name.
        """
        scalar = [c for c in conditions if c.kind == "nonzero"]
        if not self.context.givens and all(c in self._generic for c in scalar):
            return True
        key = tuple(scalar)
        known = self._satisfiable.get(key)
        if known is None:
            known = False
            if self.searcher is not None:
                statements = [Statement(c.expressions[0], "!=", Integer(0)) for c in scalar]
                point = self.searcher.model(statements, self.context)
                known = point is not None and satisfies(statements, self.context, point)
            self._satisfiable[key] = known
        return known

    # Normalizers

    def _new_signs(self) -> None:
        from klderive.kernel.signs import Signs

        self.signs = Signs(self.ring, self.factoring)

    def _make(self, mode: Mode) -> Normalizer:
        normalizer = Normalizer(
            self.ring, self.factoring, self.signs, self.context, mode, self.values
        )
        normalizer.bound_names = self._bound_names
        return normalizer

    def _normalizer(self, mode: Mode, facts: tuple[Fact, ...]) -> Normalizer:
        key = (mode, tuple(fact.name for fact in facts))
        known = self._normalizers.get(key)
        if known is None:
            known = self._make(mode)
            known.facts = facts
            for fact in facts:
                self._add_rule(known, fact)
            self._normalizers[key] = known
        return known

    def _add_rule(self, normalizer: Normalizer, fact: Fact) -> None:
        """Orient a fact: its largest functional, solved for, becomes the rest.

        A fact that cannot be oriented, or that says nothing new, is left out.
        """
        try:
            left, left_events = normalizer.side(fact.left)
            right, right_events = normalizer.side(fact.right)
        except UnestablishedError:
            return
        difference = self.factoring.clear(self.ring.subtract(left, right))[0]
        uses = dict.fromkeys(e.name for e in (*left_events, *right_events) if isinstance(e, Use))
        candidates = []
        for monomial, coefficient in difference.items():
            for number, exponent in monomial:
                kind = self.ring.atoms[number].kind
                if exponent != 1 or kind not in ("functional", "node", "apply"):
                    continue
                rank = ("apply", "node", "functional").index(kind)
                candidates.append(
                    ((rank, _size(self.ring, number), number), number, monomial, coefficient)
                )
        for _, number, monomial, coefficient in sorted(candidates, reverse=True):
            cofactor = tuple(p for p in monomial if p[0] != number)
            others = {m: c for m, c in difference.items() if m != monomial}
            if any(self._occurs(number, m) for m in [*others, cofactor]):
                continue
            if not self.signs.is_nonzero({cofactor: ONE}):
                continue
            inverse = self.ring.monomial_power(cofactor, -1)
            value = self.ring.multiply(self.ring.scale(others, fmpq(-1) / coefficient), inverse)
            normalizer.add_rule(number, value, (*uses, fact.name))
            return

    def _occurs(self, target: int, monomial: Monomial) -> bool:
        """Whether an atom occurs in a monomial, also inside other atoms."""
        for number, _ in monomial:
            if number == target:
                return True
            for part in self.ring.atoms[number].key:
                if isinstance(part, frozenset):
                    if any(self._occurs(target, m) for m, _ in part):
                        return True
                elif isinstance(part, tuple) and self._occurs(target, part):
                    return True
        return False

    def _valued(self) -> frozenset[int]:
        """The functionals to which a declared fact gives a value: they converge."""
        found = set()
        for declared in self.context.functions.values():
            for fact in declared.facts:
                try:
                    value, _ = self._probe.side(fact.left)
                except UnestablishedError:
                    continue
                if len(value) == 1:
                    ((monomial, _),) = value.items()
                    found |= {n for n, _ in monomial if self.ring.atoms[n].kind == "functional"}
        return frozenset(found)

    def _take_givens(self) -> None:
        """Turn the givens into values of symbols, and inequalities."""
        probe = self._make(Mode(True, True, None, "folded"))
        for given in self.context.givens:
            try:
                left = probe.normal(given.left, self.values)
                right = probe.normal(given.right, self.values)
            except UnestablishedError as error:
                self.problem = f"an assumption cannot be used: {error}"
                return
            difference = self.ring.subtract(left, right)
            match given.relation:
                case "=":
                    self._take_equation(difference)
                case ">" | ">=":
                    self.signs.inequalities.append((difference, given.relation == ">"))
                case "<" | "<=":
                    negative = self.ring.scale(difference, -1)
                    self.signs.inequalities.append((negative, given.relation == "<"))
                case "!=":
                    _, _, primitive = self.factoring.content(difference)
                    for p in (difference, primitive):
                        self.signs.different.add(freeze(p))
                        self.signs.different.add(freeze(self.ring.scale(p, -1)))
                case _:
                    self.problem = f"a {given.relation} relation cannot be assumed"
            self.signs.forget()

    def _take_equation(self, difference: Polynomial) -> None:
        """Solve an assumed equation for a symbol that stands in it alone, and put its value in everywhere."""
        for monomial, coefficient in difference.items():
            if len(monomial) != 1 or monomial[0][1] != 1:
                continue
            number = monomial[0][0]
            atom = self.ring.atoms[number]
            others = {m: c for m, c in difference.items() if m != monomial}
            if atom.kind != "symbol" or number in self.ring.free(others):
                continue
            symbol = atom.key[0]
            assert isinstance(symbol, Symbol)
            value = self.ring.scale(others, fmpq(-1) / coefficient)
            possible = symbol_sign(symbol)
            if not self.signs.sign(value) & possible:
                self.problem = f"the assumptions contradict each other on {symbol}"
                return
            for sign, strict in ((1, not possible & 6), (-1, not possible & 3)):
                if not possible & (NEGATIVE if sign > 0 else POSITIVE) and self.ring.free(value):
                    self.signs.inequalities.append((self.ring.scale(value, sign), strict))
            self.values[symbol] = value
            return
        if difference:
            self.problem = "an assumed equation must give a symbol its value"

    # Reasons

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
                    attempt = self._attempt(statement, _restricted(everything, chosen))
                    if attempt.proved:
                        return chosen, attempt
        for name in list(best):
            fewer = tuple(n for n in best if n != name)
            attempt = self._attempt(statement, _restricted(everything, fewer))
            if attempt.proved:
                best, best_attempt = fewer, attempt
        return best, best_attempt


def _takes_many_values(symbol: Symbol) -> bool:
    """Whether the assumptions on a symbol leave it infinitely many values."""
    claims = (symbol.is_zero, symbol.is_prime, symbol.is_composite, symbol.is_irrational)
    both = symbol.is_nonnegative and symbol.is_nonpositive
    return not both and all(claim is not True for claim in claims)


def _modes(allowed: Allowed, context: Context) -> list[Mode]:
    unfolds: list[Unfold] = ["folded"]
    if any(
        declared.definition is not None
        and (allowed.definitions is None or name in allowed.definitions)
        for name, declared in context.functions.items()
    ):
        unfolds = ["logarithm", "full", "folded"]
    return [
        Mode(allowed.logarithms, allowed.linearity, allowed.definitions, unfold)
        for unfold in unfolds
    ]


def _restricted(everything: Allowed, names: Sequence[str]) -> Allowed:
    """What of everything the names allow."""
    return Allowed(
        logarithms=everything.logarithms and "logarithms" in names,
        linearity=everything.linearity and "linearity" in names,
        definitions=frozenset(
            name.removeprefix("definition ") for name in names if name.startswith("definition ")
        ),
        facts=tuple(fact for fact in everything.facts if fact.name in names),
    )


def _unused(allowed: Allowed, uses: Sequence[str]) -> tuple[str, ...]:
    """What a reason allows and the proof did not touch."""
    names = [
        *(["logarithms"] if allowed.logarithms else []),
        *(["linearity"] if allowed.linearity else []),
        *(f"definition {name}" for name in sorted(allowed.definitions or ())),
        *(fact.name for fact in allowed.facts),
    ]
    return tuple(name for name in names if name not in uses)


SHORT_LEFTOVER = 160
"""Characters up to which a message quotes what is left of a difference."""


def _failure(relation: str, leftover: Expr) -> str:
    """Why a comparison failed; for an equation, what the right side lacks."""
    if relation == "=":
        text = _text(leftover)
        if len(text) <= SHORT_LEFTOVER:
            return f"the right side lacks {text}"
    return {
        "=": "the two sides have different normal forms",
        "!=": "no point was found at which the sides differ",
        "up to": "the difference depends on the named variables",
        "proportional": "the quotient depends on the named variables",
    }.get(relation, "the sign of the difference is not established")


def _size(ring: Ring, number: int) -> int:
    """A measure of an atom by which facts are oriented: the sum of the degrees inside."""
    size = 1
    for part in ring.atoms[number].key:
        if isinstance(part, frozenset):
            for monomial, _ in part:
                size += sum(int(abs(e)) * _size(ring, n) for n, e in monomial)
    return size


def _text(expression: Expr) -> str:
    """An expression in the notation in which lines are typed."""
    try:
        return to_text(read_sympy(expression))
    except NotationError:
        return str(expression)
