"""Integrals and sums inside one another: when the inner ones have values, and when they may be exchanged.

Accepts the obligations of normal forms. An inner integral depends on the outer variables, so that no condition can say
that it converges. The idea is the theorem of Fubini and Tonelli: if the absolute value of the whole integrand has an
integral over all the variables together, then the inner integrals converge at almost all outer values at which the
factors beside them do not vanish, the outer ones converge, and the order does not matter. What is listed is that one
condition, if it can hold: abstract functions must be able to fall in each of the variables. Of something nonnegative
it is not even needed for the exchange; and a density that is normalised has it.

Caveats: an inner integral is reached through factors only. One that stands in a logarithm, or beside a factor that may
vanish on more than a null set and is no density, is not. The factors are taken to be measurable.

Source: Rudin, Real and Complex Analysis, 3rd edition, theorem 8.8.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import permutations

from sympy import Abs, Expr, Mul

from klderive.kernel.convergence import Convergence
from klderive.kernel.events import Domain, Exchange, Obligation, UnestablishedError, Use
from klderive.kernel.expression import accumulated, express
from klderive.kernel.facts import occurs
from klderive.kernel.needs import Inner, Needs, argument_names, that_converges
from klderive.kernel.normal_form import Normalizer
from klderive.kernel.ring import ONE, Monomial, Polynomial, Ring, freeze
from klderive.kernel.session import Session
from klderive.kernel.signs import NEGATIVE, POSITIVE
from klderive.notation.shown import text_of
from klderive.statement import Condition

DEPTH = 3
"""Integrals and sums inside one another that are followed."""


@dataclass(frozen=True, slots=True)
class Nest:
    """An integrand without inner functionals, its binders from outside in, and the functionals on the way."""

    factors: Monomial
    binders: tuple[tuple[str, Domain, int], ...]
    inner: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cover:
    """What must converge for a functional with others inside to have a value; with `listed`, the whole itself, too."""

    nests: tuple[Nest, ...]
    inner: tuple[int, ...]
    listed: bool = False


class Iterated(Inner):
    """Answers for the functionals of one session.

    Args:
        session: the session.
        convergence: what is known of single functionals.
    """

    def __init__(self, session: Session, convergence: Convergence) -> None:
        super().__init__(session, convergence)
        self.ring: Ring = session.ring
        self.signs = session.signs
        self._expressions: dict[Nest, Expr] = {}

    def has_value(
        self,
        needs: Needs,
        obligation: Obligation,
        monomial: Monomial,
        around: list[Obligation],
        normalizer: Normalizer,
    ) -> bool:
        """Whether a functional among others has a value because the absolute value of all has one."""
        name, domain, variable, inside = self.convergence.key(obligation, monomial)
        if self.convergence.bound(inside) - {variable}:
            facts = normalizer.value_by_facts(name, domain, variable, {inside: ONE})
            if facts is not None:
                needs.uses.update(dict.fromkeys(facts))
                return True
            return self._covered(needs, obligation, inside, around, normalizer)
        cover = self.cover(obligation, monomial)
        if cover is None or not all(
            self._add_nest(needs, nest, normalizer) for nest in cover.nests
        ):
            return False
        if cover.listed:
            needs.conditions[that_converges(self.session, obligation, {inside: ONE})] = None
        return True

    def may_exchange(self, needs: Needs, event: Exchange, normalizer: Normalizer) -> bool:
        """Whether two functionals may be exchanged: the absolute value must have one over all the variables."""
        nest = self.of_exchange(event)
        return nest is not None and self._add_nest(needs, nest, normalizer)

    def _add_nest(self, needs: Needs, nest: Nest, normalizer: Normalizer) -> bool:
        """Whether a nest of functionals converges absolutely, perhaps under a condition that is added."""
        if self.is_valued(nest):
            return True
        facts = self.value_by_facts(nest, normalizer)
        if facts is not None:
            needs.uses.update(dict.fromkeys(facts))
            return True
        with self.session.informed() as informed:
            if self.value_by_facts(nest, informed) is not None:
                return True
        if not self.can_be_listed(nest) or self.diverges(nest, normalizer):
            return False
        expression = self.expression(nest)
        text = f"{text_of(expression)} converges"
        needs.conditions[Condition("converges", (expression,), text)] = None
        return True

    def _covered(
        self,
        needs: Needs,
        obligation: Obligation,
        inside: Monomial,
        around: list[Obligation],
        normalizer: Normalizer,
    ) -> bool:
        """Whether an inner functional has values wherever it counts, because what it is a factor of has one."""
        number = self.session.probe.functional_number(
            obligation.functional, obligation.domain, obligation.variable, {inside: ONE}
        )
        covers = self.covers(number, around)
        return bool(covers) and all(
            self._add_nest(needs, n, normalizer) for c in covers or () for n in c.nests
        )

    def cover(self, obligation: Obligation, monomial: Monomial) -> Cover | None:
        """What must converge for a closed functional with others among its factors to have a value.

        If one of them is no plain factor beside what seldom vanishes, its own convergence where the weights do not
        vanish, and that of the whole as it stands.
        """
        inside = self.convergence.key(obligation, monomial)[-1]
        binder = (obligation.functional, obligation.domain, obligation.variable)
        inner = self._functionals(inside, obligation.variable)
        if not inner or self.convergence.bound(inside) - {obligation.variable}:
            return None
        whole = self._multiplied(inside, (binder,), ())
        if whole is not None:
            return Cover((whole,), whole.inner)
        if any(not isinstance(e, int) or e < 1 for n, e in inside if n in inner):
            return None
        weights = tuple(p for p in inside if p[0] not in inner and self._is_weight(*p))
        nests = [self._multiplied(tuple(sorted((*weights, (n, 1)))), (binder,), ()) for n in inner]
        found = tuple(nest for nest in nests if nest is not None)
        if len(found) < len(nests):
            return None
        return Cover(found, tuple(n for nest in found for n in nest.inner), listed=True)

    def covers(self, number: int, obligations: Iterable[Obligation]) -> list[Cover] | None:
        """What the functionals must satisfy in which an inner one occurs; None if one has no rule."""
        found: dict[Cover, None] = {}
        for obligation in obligations:
            for monomial, _ in obligation.body:
                inside = self.convergence.key(obligation, monomial)[-1]
                if not occurs(self.ring, number, inside):
                    continue
                if self.convergence.bound(inside) - {obligation.variable}:
                    # It stands in another one itself.
                    continue
                cover = self.cover(obligation, monomial)
                if (
                    cover is None
                    or number not in cover.inner
                    or not self._only_factor(number, inside)
                ):
                    return None
                found[cover] = None
        return list(found)

    def _only_factor(self, number: int, inside: Monomial) -> bool:
        """Whether a functional occurs in a monomial, and in the functionals in it, as a factor only."""
        for atom, _ in inside:
            if atom == number or not occurs(self.ring, number, ((atom, 1),)):
                continue
            if self.ring.atoms[atom].kind != "functional":
                return False
            if not all(self._only_factor(number, m) for m, _ in self.ring.atoms[atom].key[-1]):
                return False
        return True

    def _functionals(self, inside: Monomial, variable: int) -> tuple[int, ...]:
        """The functionals among the factors that depend on a variable."""
        atoms = self.ring.atoms
        return tuple(
            n for n, _ in inside if atoms[n].kind == "functional" and variable in atoms[n].free
        )

    def _multiplied(
        self, inside: Monomial, binders: tuple[tuple[str, Domain, int], ...], inner: tuple[int, ...]
    ) -> Nest | None:
        """A monomial under binders with its inner functionals multiplied out, if these are plain factors."""
        atoms = self.ring.atoms
        variables = {variable for _, _, variable in binders}
        number = next(
            (n for n, _ in inside if atoms[n].kind == "functional" and atoms[n].free & variables),
            None,
        )
        if number is None:
            return Nest(inside, binders, inner)
        name, kind, lower, upper, body = atoms[number].key
        domain: Domain = (kind, lower, upper)
        rest = tuple(p for p in inside if p[0] != number)
        variable = self.session.probe.bound_in(number)
        if (
            dict(inside)[number] != 1
            or len(binders) >= DEPTH
            or variable is None
            or variable in variables
            or len(body) != 1
            or not all(self._seldom_vanishes(n, e, binders[-1][1]) for n, e in rest)
            or any(
                isinstance(end, frozenset) and self.ring.free(dict(end)) & variables
                for end in domain[1:]
            )
        ):
            return None
        ((own, _),) = body
        together = self.ring.multiply({rest: ONE}, {own: ONE})
        if len(together) != 1:
            return None
        ((factors, _),) = together.items()
        return self._multiplied(factors, (*binders, (name, domain, variable)), (*inner, number))

    def _is_weight(self, number: int, exponent: object) -> bool:
        """Whether a factor is positive, or a density: where that is 0, the product is 0."""
        atom = self.ring.atoms[number]
        if self.signs.atom(number) == POSITIVE or not atom.free:
            return True
        return atom.kind == "apply" and isinstance(exponent, int) and self.signs.is_declared(number)

    def _seldom_vanishes(self, number: int, exponent: object, domain: Domain) -> bool:
        """Whether a factor is a weight, or vanishes on a null set of the outer variable only."""
        if self._is_weight(number, exponent):
            return True
        return self.ring.atoms[number].kind == "bound" and domain[0] == "interval"

    def is_nonnegative(self, nest: Nest) -> bool:
        """Whether the integrand of a nest is nonnegative."""
        return not self.signs.monomial(nest.factors) & NEGATIVE

    def is_valued(self, nest: Nest) -> bool:
        """Whether a declared fact gives the whole a value, in one order of its variables, and it is nonnegative."""
        if not self.is_nonnegative(nest):
            return False
        factors, binders = self._fresh(nest)
        return any(
            self._functional(factors, order) in self.convergence.valued
            for order in permutations(binders)
        )

    def value_by_facts(self, nest: Nest, normalizer: Normalizer) -> tuple[str, ...] | None:
        """The names of facts that give something nonnegative a number as its value, one variable after the other."""
        if not self.is_nonnegative(nest):
            return None
        factors, binders = self._fresh(nest)
        for order in permutations(binders):
            count = len(normalizer.events)
            try:
                body: Polynomial = {factors: ONE}
                for name, domain, variable in reversed(order):
                    body = normalizer.accumulate(name, domain, variable, body)
                names = tuple(e.name for e in normalizer.events[count:] if isinstance(e, Use))
            except UnestablishedError:
                continue
            finally:
                del normalizer.events[count:]
            if normalizer.is_number(body):
                return tuple(n for n in names if any(fact.name == n for fact in normalizer.facts))
        return None

    def _fresh(self, nest: Nest) -> tuple[Monomial, list[tuple[str, Domain, int]]]:
        """The factors and binders with fresh variables, each of which may be the innermost one."""
        probe = self.session.probe
        frozen, binders = freeze({nest.factors: ONE}), []
        for name, domain, variable in nest.binders:
            fresh = probe.fresh_variable(domain, self.session.bound_names[variable])
            frozen = probe.renamed(frozen, variable, fresh)
            binders.append((name, domain, fresh))
        ((factors, _),) = frozen
        return factors, binders

    def _functional(
        self, factors: Monomial, binders: tuple[tuple[str, Domain, int], ...]
    ) -> int | None:
        """The atom of the functionals of a monomial, one inside the other, in one order."""
        body = {factors: ONE}
        number = None
        for name, domain, variable in reversed(binders):
            number = self.session.probe.functional_number(name, domain, variable, body)
            body = {((number, 1),): ONE}
        return number

    def can_be_listed(self, nest: Nest) -> bool:
        """Whether there are abstract functions among the factors by which the whole converges in some model."""
        variables = {v for _, _, v in nest.binders}
        small = {v for v in variables if self._stays_bounded(nest.factors, v)}
        return self._may_fall(self.convergence.falling(nest.factors, variables), variables, small)

    def _stays_bounded(self, inside: Monomial, variable: int) -> bool:
        """Whether a variable runs over finitely many values, or a bounded interval on which the factors are bounded."""
        kind, lower, upper = self.ring.atoms[variable].key[1:4]
        if kind == "set" or (kind == "range" and isinstance(upper, frozenset)):
            return True
        return (
            isinstance(lower, frozenset)
            and isinstance(upper, frozenset)
            and all(
                exponent > 0
                if atom.kind == "bound"
                or (atom.kind == "apply" and self.convergence.full.is_abstract(number))
                else atom.kind == "exp"
                and all(self.ring.atoms[n].kind == "bound" and e > 0 for n, e in atom.key[0])
                for number, exponent in inside
                if variable in (atom := self.ring.atoms[number]).free
            )
        )

    def _may_fall(self, applications: list[int], variables: set[int], small: set[int]) -> bool:
        """Whether values of abstract functions may fall as fast as one likes in the variables that are not small.

        In the variables of an argument, once they fall in all but one of these. A density falls in its variable,
        whatever is given, but in what is given only where one does not take all values of its variable together.
        """
        left = variables - small
        if not applications:
            return False
        while left:
            fallen = {
                variable
                for number in applications
                for position, argument in enumerate(self.ring.atoms[number].key[1:])
                for variable in left & self.ring.free(dict(argument))
                if len(left & self.ring.free(dict(argument))) == 1
                and self.convergence.moves(dict(argument), variable)
                and not self._is_given(number, position, variables)
            }
            if not fallen:
                return False
            left -= fallen
        return True

    def _is_given(self, number: int, position: int, variables: set[int]) -> bool:
        """Whether an argument is given to a density over whose own variables one sums or integrates, too."""
        atom = self.ring.atoms[number]
        declared = self.session.context.functions.get(str(atom.key[0]))
        if declared is None or len(declared.parameters) != len(atom.key) - 1:
            return False
        for fact in declared.facts:
            if not (fact.right.is_Number and declared.parameters[position] in fact.parameters):
                continue
            own = [
                part
                for part, parameter in zip(atom.key[1:], declared.parameters, strict=True)
                if parameter not in fact.parameters
            ]
            if all(self.ring.free(dict(part)) & variables for part in own):
                return True
        return False

    def diverges(self, nest: Nest, normalizer: Normalizer) -> bool:
        """Whether facts leave a number under an integral or sum without end, such as 1 of a conditional density."""
        for binder in nest.binders:
            _, domain, _ = binder
            others = tuple(other for other in nest.binders if other != binder)
            endless = domain[0] != "set" and not all(isinstance(e, frozenset) for e in domain[1:])
            inner = replace(nest, binders=others)
            if endless and others and self.value_by_facts(inner, normalizer) is not None:
                return True
        return False

    def of_exchange(self, event: Exchange) -> Nest | None:
        """The nest of two functionals that were exchanged, if nothing else is bound around them."""
        binders = event.binders
        if self.convergence.bound(event.factors) - {variable for _, _, variable in binders}:
            return None
        return self._multiplied(event.factors, binders, ())

    def expression(self, nest: Nest) -> Expr:
        """The integral of the absolute value, in the order of the variables that comes first as text."""
        known = self._expressions.get(nest)
        if known is None:
            known = self._expressions[nest] = self._expression(nest)
        return known

    def _expression(self, nest: Nest) -> Expr:
        ring = self.ring
        names = {**self.session.bound_names, **self._names(nest)}
        plain = tuple(p for p in nest.factors if not self.signs.monomial((p,)) & NEGATIVE)
        signed = tuple(p for p in nest.factors if p not in plain)
        factors = list(Mul.make_args(express(ring, {plain: ONE}, names))) if plain else []
        if signed:
            factors.append(Abs(express(ring, {signed: ONE}, names), evaluate=False))
        whole = factors[0] if len(factors) == 1 else Mul(*factors, evaluate=False)

        def ordered(order: Iterable[tuple[str, Domain, int]]) -> Expr:
            body = whole
            for name, domain, variable in order:
                body = accumulated(ring, name, domain, body, names[variable], names)
            return body

        return min((ordered(order) for order in permutations(nest.binders)), key=str)

    def _names(self, nest: Nest) -> dict[int, str]:
        """A name for each bound variable, by the functions that it is an argument of; no two are alike."""
        names = argument_names(self.session, (number for number, _ in nest.factors))
        for _, _, variable in nest.binders:
            if variable not in names:
                name = self.session.bound_names[variable]
                while name in names.values():
                    name += "_1"
                names[variable] = name
        return names
