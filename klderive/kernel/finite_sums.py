"""Sums over few explicit integers, which are the sum of their terms."""

from __future__ import annotations

from sympy import (
    Expr,
    Symbol,
)

from klderive.kernel.applications import Applications
from klderive.kernel.events import Domain, Nonzero, UnestablishedError
from klderive.kernel.ring import ONE, Polynomial, as_rational
from klderive.kernel.workspace import Environment

TERM_COST = 400
"""Work that a term of an explicit sum counts as."""

EXPLICIT_TERMS = 200
"""Sums over at most so many explicit integers are written out."""


class FiniteSums(Applications):
    """Adds sums that are written out."""

    def bound_operator(
        self, name: str, domain: Domain, body: Expr, variable: Symbol, env: Environment
    ) -> Polynomial:
        """An integral or a sum: written out over few integers, else as a functional."""
        if explicit_integers(domain) is not None:
            return self._finite_sum(domain, body, variable, env)
        return self.functional_over(name, domain, body, variable, env)

    def _finite_sum(
        self, domain: Domain, body: Expr, variable: Symbol, env: Environment
    ) -> Polynomial:
        """A sum over few integers: written out, unless a term has its value under the sum only.

        Where p is a weight, p(0)*log(p(0)) has a value under the sum, and none outside it if p(0) is 0.
        """
        outer, self.events = self.events, []
        try:
            explicit: Polynomial | None = self.ring.add(
                *self.explicit_terms(domain, body, variable, env)
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
            return self.functional_over("sum", domain, body, variable, env)
        except UnestablishedError:
            if explicit is None:
                raise
            del self.events[count:]
            self.events += found
            return explicit

    def explicit_terms(
        self, domain: Domain, body: Expr, variable: Symbol, env: Environment
    ) -> list[Polynomial]:
        """The values of a body at the few integers of a domain."""
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

    def functional_over(
        self, name: str, domain: Domain, body: Expr, variable: Symbol, env: Environment
    ) -> Polynomial:
        """The integral or sum of a body over a domain, under a variable of its own."""
        number = self.variable(body, domain, variable, env)
        with self.binding(number):
            polynomial = self.normal(body, {**env, variable: self.ring.of_atom(number)})
            polynomial = self.factoring.by_denominator(polynomial)
        return self.accumulate(name, domain, number, polynomial)


def explicit_integers(domain: Domain) -> range | None:
    """The integers of a domain, if they are few and known."""
    kind, lower, upper = domain
    if kind != "range" or not isinstance(lower, frozenset) or not isinstance(upper, frozenset):
        return None
    first, last = as_rational(dict(lower)), as_rational(dict(upper))
    if not isinstance(first, int) or not isinstance(last, int) or last - first >= EXPLICIT_TERMS:
        return None
    return range(first, last + 1)
