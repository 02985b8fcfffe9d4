"""What must hold for a line to be true beyond its proof: both sides defined, pieces convergent, denominators nonzero.

Accepts the events of normal forms. What is established needs no mention; what is not becomes a listed condition where
the rules allow that, and otherwise the line is not proved. The listed conditions must be able to hold together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from sympy import Add, Expr, Integer, Mul, Symbol

from klderive.certificates.certificate import Point, satisfies
from klderive.kernel.convergence import Convergence
from klderive.kernel.events import (
    AbsolutelyContinuous,
    Domain,
    Event,
    Exchange,
    Nonzero,
    Obligation,
    UnestablishedError,
)
from klderive.kernel.expression import express, functional, text_of
from klderive.kernel.matching import single_atom
from klderive.kernel.normal_form import Normalizer
from klderive.kernel.ring import ONE, Monomial, Polynomial, freeze
from klderive.kernel.session import Session
from klderive.statement import Condition, Context, Statement


class Searcher(Protocol):
    """Proposes points; what it proposes is certified by the kernel."""

    def counterexample(self, statement: Statement, context: Context) -> Point | None:
        """A point at which the statement may be false."""

    def witness(self, statement: Statement, context: Context) -> Point | None:
        """A point at which the two sides may differ."""

    def model(self, conditions: Sequence[Statement], context: Context) -> Point | None:
        """A point at which all givens and conditions may hold."""


@dataclass(slots=True)
class Definedness:
    """What must hold for a side to be defined, or why that is not established."""

    events: tuple[Event, ...] = ()
    problem: str = ""


@dataclass(slots=True)
class Needs:
    """The conditions that events amount to."""

    conditions: dict[Condition, None] = field(default_factory=dict)
    uses: dict[str, None] = field(default_factory=dict)
    problem: str = ""


class Inner:
    """What is known of functionals inside others: without a theory, nothing.

    Args:
        session: the session.
        convergence: what is known of single functionals.
    """

    def __init__(self, session: Session, convergence: Convergence) -> None:
        self.session = session
        self.convergence = convergence

    def has_value(
        self,
        needs: Needs,
        obligation: Obligation,
        monomial: Monomial,
        around: list[Obligation],
        normalizer: Normalizer,
    ) -> bool:
        """Whether a functional in or around others has a value, perhaps under conditions that are added."""
        return False

    def may_exchange(self, needs: Needs, event: Exchange, normalizer: Normalizer) -> bool:
        """Whether two functionals may be exchanged, perhaps under conditions that are added."""
        return False


class Conditions:
    """Turns events into conditions, in one session.

    Args:
        session: the session.
        searcher: proposes models in which conditions hold together.
    """

    def __init__(self, session: Session, searcher: Searcher | None) -> None:
        self.session = session
        self.searcher = searcher
        self.convergence = session.theories.convergence(session.probe, session.valued())
        self.inner = session.theories.inner(session, self.convergence)
        self._definedness: dict[Expr, Definedness] = {}
        self._generic: set[Condition] = set()
        self._satisfiable: dict[tuple[Condition, ...], bool] = {}

    def defined(self, side: Expr) -> Definedness:
        """The events of a side in a mode that unfolds operators only: what must hold for it to be defined."""
        known = self._definedness.get(side)
        if known is None:
            try:
                known = Definedness(self.session.probe.side(side)[1])
            except UnestablishedError as error:
                known = self._defined_by_facts(side) or Definedness(problem=str(error))
            self._definedness[side] = known
        return known

    def _defined_by_facts(self, side: Expr) -> Definedness | None:
        """The same where only what is declared of functions shows that a side is defined, as of a mean's derivative."""
        try:
            with self.session.informed() as normalizer:
                return Definedness(normalizer.side(side)[1])
        except UnestablishedError:
            return None

    def needs(
        self,
        events: Iterable[Event],
        definedness: Iterable[Event],
        split: bool,
        normalizer: Normalizer,
    ) -> Needs:
        """The conditions of a proof.

        Args:
            events: of the normal forms that agree.
            definedness: the events that must hold for the sides to be defined.
            split: whether functionals were split into pieces, which must then have values themselves.
            normalizer: what the facts of the proof give a value has one.
        """
        needs = Needs()
        for event in dict.fromkeys([*definedness, *events]):
            if isinstance(event, Nonzero):
                expression = self.session.probe.express(dict(event.polynomial))
                text = f"{text_of(expression)} != 0"
                condition = Condition("nonzero", (expression,), text)
                needs.conditions[condition] = None
                if self._is_generic(dict(event.polynomial)):
                    self._generic.add(condition)
            elif isinstance(event, AbsolutelyContinuous):
                both = (event.weight, event.other)
                names = {**self.session.bound_names, **argument_names(self.session, both)}
                weight, other = (express(self.session.ring, {((n, 1),): ONE}, names) for n in both)
                text = f"{text_of(other)} > 0 wherever {text_of(weight)} > 0"
                needs.conditions[Condition("absolutely continuous", (weight, other), text)] = None
        every = [*definedness, *events]
        around = [event for event in every if isinstance(event, Obligation)]
        self._add_convergence(
            needs, self._obligations(definedness, events, split), around, normalizer
        )
        for event in every:
            if isinstance(event, Exchange) and not self.inner.may_exchange(
                needs, event, normalizer
            ):
                needs.problem = (
                    needs.problem or "it is not established that the integrals may be exchanged"
                )
        return needs

    def _obligations(
        self, definedness: Iterable[Event], events: Iterable[Event], split: bool
    ) -> list[Obligation]:
        """The functionals that must have a value: those of the sides, and the pieces that a proof splits off."""
        found = dict.fromkeys(e for e in definedness if isinstance(e, Obligation))
        found.update((e, None) for e in events if isinstance(e, Obligation) and e.introduced)
        if split:
            for event in events:
                if isinstance(event, Obligation) and len(event.body) > 1:
                    for monomial, _ in event.body:
                        body = freeze(self.convergence.opened(event, monomial))
                        found[replace(event, body=body)] = None
        # Those of one term first: a sum of terms that are listed need not be listed itself.
        return sorted(found, key=lambda obligation: len(obligation.body))

    def _add_convergence(
        self,
        needs: Needs,
        obligations: Iterable[Obligation],
        around: list[Obligation],
        normalizer: Normalizer,
    ) -> None:
        listed: set[tuple[object, ...]] = set()
        found: list[Condition] = []
        for obligation in obligations:
            open_terms: list[tuple[str, Domain, int, Monomial]] = []
            for monomial, _ in obligation.body:
                answer = self.convergence.monomial(obligation, monomial)
                key = self.convergence.key(obligation, monomial)
                # Only what is abstract: a concrete integral must converge by itself.
                if answer == "listed" and self._is_valued(needs, obligation, key[-1], normalizer):
                    continue
                if answer == "unknown" and self.convergence.as_a_whole(obligation):
                    open_terms = []
                    break
                if answer == "unknown" and self.inner.has_value(
                    needs, obligation, monomial, around, normalizer
                ):
                    continue
                if answer == "unknown":
                    needs.problem = needs.problem or self.divergence(
                        obligation, dict(obligation.body)
                    )
                elif answer == "listed" and key not in listed:
                    open_terms.append(key)
            if not open_terms:
                continue
            body = dict(obligation.body)
            if len(body) == 1:
                listed.update(open_terms)
                body = {open_terms[0][-1]: ONE}
            found.append(that_converges(self.session, obligation, body))
        for condition in sorted(found, key=lambda c: (len(c.text), c.text)):
            needs.conditions[condition] = None

    def _is_valued(
        self, needs: Needs, obligation: Obligation, inside: Monomial, normalizer: Normalizer
    ) -> bool:
        """Whether the facts of a proof, or what is declared, give a functional a value, or all its pieces."""
        functional, domain, variable = (
            obligation.functional,
            obligation.domain,
            obligation.variable,
        )
        for pieces in ([inside], self.convergence.pieces(obligation, inside)):
            uses: list[str] = []
            for piece in pieces:
                if self.convergence.monomial(obligation, piece) == "converges":
                    continue
                body: Polynomial = {self.convergence.key(obligation, piece)[-1]: ONE}
                facts = normalizer.value_by_facts(functional, domain, variable, body)
                if facts is None:
                    with self.session.informed() as informed:
                        facts = informed.value_by_facts(functional, domain, variable, body)
                    if facts is None:
                        break
                    # What is declared needs no reason.
                    facts = ()
                uses += facts
            else:
                if pieces:
                    needs.uses.update(dict.fromkeys(uses))
                    return True
        return False

    def divergence(self, obligation: Obligation, body: Polynomial) -> str:
        """The message that a convergence is not established."""
        expression = _expression(self.session, obligation, body)
        return f"it is not established that {text_of(expression)} converges"

    def _is_generic(self, polynomial: Polynomial) -> bool:
        """Whether a polynomial that is not zero certainly differs from 0 at almost all values of its symbols.

        So does a polynomial in symbols that take infinitely many values; an abstract density, which is normalised; and
        the integral or sum of a product of such.
        """
        if len(polynomial) == 1:
            ((monomial, _),) = polynomial.items()
            if len(monomial) == 1:
                atom = self.session.ring.atoms[monomial[0][0]]
                if atom.kind == "apply":
                    return self._is_abstract_density(monomial[0][0])
                if atom.kind == "functional" and isinstance(atom.key[-1], frozenset):
                    return self._is_not_empty(atom.key[1:4]) and all(
                        self._is_abstract_density(number)
                        for factors, _ in atom.key[-1]
                        for number, _ in factors
                    )
        return all(
            self.session.ring.atoms[number].kind == "symbol"
            and isinstance(exponent, int)
            and exponent > 0
            and self._takes_many_values(self.session.ring.atoms[number].key[0])
            for monomial in polynomial
            for number, exponent in monomial
        )

    def _takes_many_values(self, symbol: Symbol) -> bool:
        """Whether the assumptions on a symbol, and its domain if it is a variable, leave it infinitely many values."""
        limits = self.session.context.ranges.get(symbol)
        if limits is not None and len(limits) == 4:
            return False
        claims = (symbol.is_zero, symbol.is_prime, symbol.is_composite, symbol.is_irrational)
        both = symbol.is_nonnegative and symbol.is_nonpositive
        return not both and all(claim is not True for claim in claims)

    def _is_not_empty(self, domain: tuple[object, ...]) -> bool:
        """Whether an interval certainly has a length; sets are not empty."""
        kind, lower, upper = domain
        if kind != "interval":
            return kind == "set"
        if not isinstance(lower, frozenset) or not isinstance(upper, frozenset):
            return True
        length = self.session.ring.subtract(dict(upper), dict(lower))
        return self.session.signs.is_positive(length)

    def _is_abstract_density(self, number: int) -> bool:
        """Whether an atom is an abstract density at a place of its domain."""
        atom = self.session.ring.atoms[number]
        declared = self.session.context.functions.get(str(atom.key[0]))
        return (
            atom.kind == "apply"
            and declared is not None
            and declared.definition is None
            and self.session.probe.in_domain(number, declared)
        )

    def can_hold(self, conditions: Sequence[Condition]) -> bool:
        """Whether the givens and conditions hold together at some point.

        Polynomials that are not zero do not vanish somewhere, together, as long as only the symbols' own assumptions
        restrict them. Otherwise a point is searched and certified. Conditions on abstract functions hold in the models
        that the rules of their listing name.
        """
        scalar = [c for c in conditions if c.kind == "nonzero"]
        if not self.session.context.givens and all(c in self._generic for c in scalar):
            return True
        key = tuple(scalar)
        known = self._satisfiable.get(key)
        if known is None:
            known = False
            if self.searcher is not None:
                statements = [Statement(c.expressions[0], "!=", Integer(0)) for c in scalar]
                point = self.searcher.model(statements, self.session.context)
                known = point is not None and satisfies(statements, self.session.context, point)
            self._satisfiable[key] = known
        return known


def that_converges(session: Session, obligation: Obligation, body: Polynomial) -> Condition:
    """The condition that a functional of a body has a value."""
    expression = _expression(session, obligation, body)
    return Condition("converges", (expression,), f"{text_of(expression)} converges")


def _expression(session: Session, obligation: Obligation, body: Polynomial) -> Expr:
    key = (obligation.functional, *obligation.domain, freeze(body))
    names = {**session.bound_names, obligation.variable: obligation.name}
    return functional(session.ring, key, names)


def argument_names(session: Session, numbers: Iterable[int]) -> dict[int, str]:
    """Names for bound variables by the parameters of the functions that they are arguments of; no two are alike."""
    names: dict[int, str] = {}
    for number in numbers:
        for variable, name in _arguments(session, number):
            if variable not in names and name not in names.values():
                names[variable] = name
    return names


def _arguments(session: Session, number: int) -> Iterator[tuple[int, str]]:
    """The bound variables that are arguments of an application, with the names of its parameters."""
    atom = session.ring.atoms[number]
    declared = session.context.functions.get(str(atom.key[0])) if atom.kind == "apply" else None
    if declared is None:
        return
    for argument, parameter in zip(atom.key[1:], declared.parameters, strict=False):
        alone = single_atom(dict(argument))
        if alone is not None and session.ring.atoms[alone].kind == "bound":
            yield alone, str(parameter)


def without_implied(conditions: Sequence[Condition]) -> tuple[Condition, ...]:
    """The conditions without those that a sum converges of which each term is listed to converge."""
    single = {
        (c.expressions[0].func, _term(c.expressions[0].args[0]), c.expressions[0].args[1:])
        for c in conditions
        if c.kind == "converges" and not isinstance(c.expressions[0].args[0], Add)
    }

    def implied(condition: Condition) -> bool:
        functional = condition.expressions[0]
        if condition.kind != "converges" or not isinstance(functional.args[0], Add):
            return False
        return all(
            (functional.func, _term(term), functional.args[1:]) in single
            for term in functional.args[0].args
        )

    return tuple(condition for condition in conditions if not implied(condition))


def _term(term: Expr) -> frozenset[Expr]:
    """The factors of a term that are not numbers."""
    factors = term.args if isinstance(term, Mul) else (term,)
    return frozenset(factor for factor in factors if not factor.is_Number)
