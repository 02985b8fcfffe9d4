"""Finite sums and products that are written out, or whose equal terms are put together; products of positive factors.

Accepts sums over few explicit integers, which are the sum of their terms; sums and products over data that take few
values, by their counts; and products, which are the exp of the sum of the logarithms of factors proved positive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sympy import (
    Expr,
    Indexed,
    Integer,
    Symbol,
    Tuple,
    preorder_traversal,
)

from klderive.kernel.applications import Applications
from klderive.kernel.events import Domain, Nonzero, UnestablishedError, Use
from klderive.kernel.ring import ONE, Polynomial, as_rational, freeze
from klderive.kernel.workspace import Environment
from klderive.notation.nodes import ProductOver, SumOver

TERM_COST = 400
"""Work that a term of an explicit sum counts as."""

EXPLICIT_TERMS = 200
"""Sums over at most so many explicit integers are written out."""


class FiniteSums(Applications):
    """Adds finite sums and products."""

    def _big_product(self, e: Expr, env: Environment) -> Polynomial:
        """A product: written out, or as the exp of the sum of the logarithms of factors proved positive."""
        if isinstance(e, ProductOver):
            body, variable, over = e.args
            if not isinstance(variable, Symbol):
                raise UnestablishedError("a product over a set of pairs is not decided")
            domain: Domain = ("set", over, None)
        else:
            body, *all_limits = e.args
            if len(all_limits) != 1 or len(all_limits[0]) != 3:
                raise UnestablishedError("a product needs bounds")
            variable = all_limits[0][0]
            domain = self.limits_domain(Tuple(*all_limits[0], 1), env)
            if explicit_integers(domain) is not None:
                return self._multiplied(self._explicit_terms(domain, body, variable, env))
            counted = self._counted(domain, body, variable, env)
            if counted is not None:
                return self._counted_product(counted, env)
        number = self.variable(body, domain, variable, env)
        with self.binding(number):
            # A factor is no weight: where one vanishes, the others must be defined all the same.
            self.position = "apart"
            polynomial = self.normal(body, {**env, variable: self.ring.of_atom(number)})
            if not self.signs.is_positive(polynomial):
                shown = self.express(polynomial)
                raise UnestablishedError(
                    f"a product needs `{shown} > 0`, which is not established for all its factors"
                )
            count = len(self.events)
            logarithms = self.factoring.by_denominator(self.log_of(polynomial, split=True))
        outer = self.mode
        if not outer.closed:
            self.mode = replace(outer, split=True)
        try:
            value = self.exp_of(self.accumulate("sum", domain, number, logarithms), True)
        finally:
            self.mode = outer
        # That a product of positive factors is such an exp is how it is represented, not a law that is used.
        self.events[count:] = [e for e in self.events[count:] if not isinstance(e, Use)]
        return value

    def _multiplied(self, factors: Sequence[Polynomial]) -> Polynomial:
        result = self.ring.number(1)
        for factor in factors:
            result = self.ring.multiply(result, factor)
        return result

    def _counted_product(
        self, counted: Sequence[tuple[Polynomial, Expr]], env: Environment
    ) -> Polynomial:
        result = self.ring.number(1)
        for count, term in counted:
            base = self.normal(term, env)
            if not self.signs.is_positive(base):
                shown = self.express(base)
                raise UnestablishedError(f"a power needs `{shown} > 0`, which is not established")
            logarithm = self.log_of(base, split=True)
            result = self.ring.multiply(
                result, self.exp_of(self.ring.multiply(count, logarithm), True)
            )
        return result

    def _counted(
        self, domain: Domain, body: Expr, variable: Symbol, env: Environment
    ) -> list[tuple[Polynomial, Expr]] | None:
        """How often each term of a sum over data occurs, and the term, if the data take known values.

        The body may depend on the index only through the data, `x[i]`; the fact `counts of x` must be allowed.
        """
        one = freeze(self.ring.number(1))
        for family in self.context.families.values():
            name = f"counts of {family.name}"
            if not family.counts or family.length is None:
                continue
            if all(fact.name != name for fact in self.facts):
                continue
            if domain != ("range", one, self.frozen(self.normal(family.length, self.values))):
                continue
            members = {i for i in body.atoms(Indexed) if str(i.base) == family.name}
            if any(i.indices != (variable,) for i in members) or _binds(body, variable):
                continue
            terms = [body.xreplace(dict.fromkeys(members, Integer(v))) for v in family.values]
            if any(variable in term.free_symbols for term in terms):
                continue
            self.use(name)
            counts = [self.normal(count, self.values) for count in family.counts]
            return list(zip(counts, terms, strict=True))
        return None

    def _finite_sum(
        self, domain: Domain, body: Expr, variable: Symbol, env: Environment
    ) -> Polynomial:
        """A sum over few integers: written out, unless a term has its value under the sum only.

        Where p is a weight, p(0)*log(p(0)) has a value under the sum, and none outside it if p(0) is 0.
        """
        outer, self.events = self.events, []
        try:
            explicit: Polynomial | None = self.ring.add(
                *self._explicit_terms(domain, body, variable, env)
            )
        except UnestablishedError:
            explicit = None
        finally:
            found, self.events = self.events, outer
        if explicit is not None and not any(isinstance(event, Nonzero) for event in found):
            self.events += found
            return explicit
        count = len(outer)
        try:
            return self._functional("sum", domain, body, variable, env)
        except UnestablishedError:
            if explicit is None:
                raise
            del self.events[count:]
            self.events += found
            return explicit

    def _explicit_terms(
        self, domain: Domain, body: Expr, variable: Symbol, env: Environment
    ) -> list[Polynomial]:
        integers = explicit_integers(domain) or range(0)
        self.ring.spend(TERM_COST * len(integers))
        return [self.normal(body, {**env, variable: self.ring.number(i)}) for i in integers]

    def functional_value(
        self, name: str, domain: Domain, variable: int, body: Polynomial
    ) -> Polynomial:
        """The integral or sum of a body: written out over few integers, by a fact, or as an atom."""
        integers = explicit_integers(domain) if name == "sum" else None
        if integers is not None:
            count = len(self.events)
            self.ring.spend(TERM_COST * len(integers))
            try:
                return self.ring.add(*(self._at(body, variable, i) for i in integers))
            except UnestablishedError:
                del self.events[count:]
        return super().functional_value(name, domain, variable, body)

    def _at(self, polynomial: Polynomial, variable: int, value: int) -> Polynomial:
        """A polynomial in a variable and in functions of it, at a value of the variable."""
        result: Polynomial = {}
        for monomial, coefficient in polynomial.items():
            term = self.ring.number(coefficient)
            for number, exponent in monomial:
                atom = self.ring.atoms[number]
                factor: Polynomial = {((number, exponent),): ONE}
                if variable in atom.free:
                    if not isinstance(exponent, int) or exponent < 1:
                        raise UnestablishedError("a factor is not a power that has a value there")
                    factor = self.ring.power(self._atom_at(number, variable, value), exponent)
                term = self.ring.multiply(term, factor)
            result = self.ring.add(result, term)
        return result

    def _atom_at(self, number: int, variable: int, value: int) -> Polynomial:
        if number == variable:
            return self.ring.number(value)
        atom = self.ring.atoms[number]
        if atom.kind != "apply":
            raise UnestablishedError("only functions are taken at a value")
        arguments = [self.frozen(self._at(dict(a), variable, value)) for a in atom.key[1:]]
        return self._application(str(atom.key[0]), arguments)

    def _functional(
        self, name: str, domain: Domain, body: Expr, variable: Symbol, env: Environment
    ) -> Polynomial:
        number = self.variable(body, domain, variable, env)
        with self.binding(number):
            polynomial = self.normal(body, {**env, variable: self.ring.of_atom(number)})
            polynomial = self.factoring.by_denominator(polynomial)
        return self.accumulate(name, domain, number, polynomial)


def _binds(e: Expr, variable: Symbol) -> bool:
    """Whether something inside an expression binds a variable of this name."""
    return any(
        (isinstance(part, Tuple) and part.args[0] == variable)
        or (isinstance(part, SumOver | ProductOver) and part.args[1] == variable)
        for part in preorder_traversal(e)
    )


def explicit_integers(domain: Domain) -> range | None:
    """The integers of a domain, if they are few and known."""
    kind, lower, upper = domain
    if kind != "range" or not isinstance(lower, frozenset) or not isinstance(upper, frozenset):
        return None
    first, last = as_rational(dict(lower)), as_rational(dict(upper))
    if not isinstance(first, int) or not isinstance(last, int) or last - first >= EXPLICIT_TERMS:
        return None
    return range(first, last + 1)
