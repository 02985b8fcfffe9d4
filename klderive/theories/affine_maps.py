"""Affine changes of variable, reversed bounds and split intervals under integrals of whatever functions.

Accepts monomials under an integral over an interval, in a mode that aligns. The idea: t = a x + b becomes the variable
where f(a x + b) stands in the integrand, so that the integral is 1/|a| times that over the image of the interval; of
several arguments, that is taken whose integral comes first. The sign of a must be known. (Rudin, Real and Complex
Analysis, theorem 7.26; for improper integrals by the limit of the ends.)

Then the integral of f from a to b is P(b) - P(a), with one P for each integrand: where the integrals of a line
converge, there is a function P on the union of their intervals and ends of which that is true, made on each of its
connected parts, since integrals over intervals that meet add up. (Rudin, Principles of Mathematical Analysis, theorem
6.12.) So bounds may be reversed, and intervals split. P is an opaque name: nothing more is used of it. Where a fact
gives the integral over the domain of a density a value, P at the one end is P at the other and that value.

Caveat: an integrand in which something else is bound is left where it is.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from sympy import Expr, Function, Symbol, oo

from klderive.kernel.events import Domain, Event, Obligation, UnestablishedError
from klderive.kernel.kinds import AtomKind
from klderive.kernel.ring import ONE, Frozen, Monomial, Polynomial, freeze
from klderive.kernel.signs import NEGATIVE, POSITIVE, UNKNOWN, Signs
from klderive.theories.displacement import Displacement
from klderive.theories.readings import ALIGNED


class PrimitiveKind(AtomKind):
    """A function of which integrals are the differences, at a place."""

    def signs(self, signs: Signs, key: tuple[Any, ...]) -> int:
        """Nothing is known of them."""
        return UNKNOWN

    def expression(self, key: tuple[Any, ...], shown: Callable[[object], Expr]) -> Expr:
        """A name, at the place."""
        place = shown(key[1]) if isinstance(key[1], frozenset) else key[1]
        return Function("primitive")(shown(key[0]), place)


class AffineMaps(Displacement):
    """Adds affine changes of variable, and integrals as differences."""

    kinds = MappingProxyType({"primitive": PrimitiveKind()})

    def term_value(self, name: str, domain: Domain, variable: int, inside: Monomial) -> Polynomial:
        """The integral or sum of one monomial; an integral over the variable that its functions have."""
        if name == "integral" and inside and self.mode.reads(ALIGNED):
            count = len(self.events)
            try:
                value = self._changed(domain, variable, inside)
            except UnestablishedError:
                value = None
            if value is not None:
                self.use("linearity")
                return value
            del self.events[count:]
        return super().term_value(name, domain, variable, inside)

    def side(self, expression: Expr) -> tuple[Polynomial, tuple[Event, ...]]:
        """The normal form of one side of a statement, with its events; its integrals as differences.

        Raises:
            UnestablishedError: if a rule that it needs does not apply.
            BudgetExceededError: if it takes too much work.
        """
        plain, events = super().side(expression)
        # A fact gives an integral a value, and so stays as it is.
        if not self.mode.reads(ALIGNED) or any(
            expression in (fact.left, fact.right) for fact in self.facts
        ):
            return plain, events
        count = len(self.events)
        result = self._as_differences(plain)
        if result != plain:
            self.use("linearity")
        events += tuple(self.events[count:])
        del self.events[count:]
        return result, events

    def _as_differences(self, polynomial: Polynomial) -> Polynomial:
        """A polynomial with the integrals among its factors as differences."""
        ring = self.ring
        result: Polynomial = {}
        for monomial, coefficient in polynomial.items():
            term = ring.number(coefficient)
            for number, exponent in monomial:
                factor: Polynomial = {((number, exponent),): ONE}
                atom = ring.atoms[number]
                if atom.kind == "functional" and isinstance(exponent, int) and exponent > 0:
                    name, kind, lower, upper, body = atom.key
                    variable = self.bound_in(number)
                    if name == "integral" and kind != "set" and variable is not None:
                        ends = [self._primitive(variable, dict(body), e) for e in (lower, upper)]
                        factor = ring.power(ring.subtract(ends[1], ends[0]), exponent)
                term = ring.multiply(term, factor)
            result = ring.add(result, term)
        return result

    # The change of variable

    def _changed(self, domain: Domain, variable: int, inside: Monomial) -> Polynomial | None:
        """The integral over the variable that is an argument; None if its variable is."""
        ring = self.ring
        own = freeze(ring.of_atom(variable))
        places = set(self.arguments_in(inside, variable, ("apply",)))
        if not places or places == {own}:
            return None
        found: list[tuple[int, Frozen, Polynomial, Domain, int, Polynomial]] = []
        for place in places:
            try:
                found.append(self._changed_to(place, domain, variable, inside))
            except UnestablishedError:
                continue
        if not found:
            return None
        _, place, factor, image, new, body = min(found, key=lambda entry: entry[0])
        if place == own:
            return None
        printed = self.bound_names[new]
        self.events.append(
            Obligation("integral", image, new, freeze(body), printed, introduced=True)
        )
        total: Polynomial = {}
        for monomial, coefficient in body.items():
            within = tuple(p for p in monomial if new in ring.atoms[p[0]].free)
            outside = tuple(p for p in monomial if new not in ring.atoms[p[0]].free)
            value = super().term_value("integral", image, new, within)
            total = ring.add(total, ring.multiply({outside: coefficient}, value))
        return ring.multiply(factor, total)

    def _changed_to(
        self, place: Frozen, domain: Domain, variable: int, inside: Monomial
    ) -> tuple[int, Frozen, Polynomial, Domain, int, Polynomial]:
        """The integral with an argument as its variable: the factor, the interval, the variable and the integrand.

        Raises:
            UnestablishedError: if the argument is not affine, or its slope has no known sign.
        """
        ring = self.ring
        slope, rest = self._affine(place, variable)
        sign = self.signs.sign(slope)
        if sign not in (POSITIVE, NEGATIVE):
            raise UnestablishedError("the slope has no known sign")
        count = len(self.events)
        inverse = self.inverse(slope)
        del self.events[count:]
        kind, lower, upper = domain
        ends = [self._image(end, slope, rest, sign) for end in (lower, upper)]
        if sign == NEGATIVE:
            ends.reverse()
        image: Domain = (kind, ends[0], ends[1])
        new = self.fresh_variable(image, self.bound_names[variable])
        value = ring.multiply(inverse, ring.subtract(ring.of_atom(new), rest))
        with self.binding(new):
            body = self.displaced({inside: ONE}, variable, value, onto=True)
        core: Polynomial = {
            tuple(p for p in monomial if p[0] != new and new in ring.atoms[p[0]].free): ONE
            for monomial in body
        }
        index = self.functional_number("integral", ("oriented", "core", None), new, core)
        factor = inverse if sign == POSITIVE else ring.scale(inverse, -1)
        return index, place, factor, image, new, body

    def _affine(self, place: Frozen, variable: int) -> tuple[Polynomial, Polynomial]:
        slope: Polynomial = {}
        rest: Polynomial = {}
        for monomial, coefficient in place:
            others = tuple(p for p in monomial if p[0] != variable)
            if self.ring.depends(others, variable) or dict(monomial).get(variable, 1) != 1:
                raise UnestablishedError("the argument is not affine")
            (rest if others == monomial else slope)[others] = coefficient
        return slope, rest

    def _image(self, end: object, slope: Polynomial, rest: Polynomial, sign: int) -> object:
        if isinstance(end, frozenset):
            return self.frozen(self.ring.add(self.ring.multiply(slope, dict(end)), rest))
        return end if sign == POSITIVE else (-oo if end == oo else oo)

    # Differences

    def _primitive(self, variable: int, body: Polynomial, end: object) -> Polynomial:
        """The function of which the integrals of a body are the differences, at an end."""
        ring = self.ring
        whole = self._over_domain(variable, body)
        if whole is not None and end == whole[0][2]:
            return ring.add(self._primitive(variable, body, whole[0][1]), whole[1])
        frozen = freeze(body)
        index = 1 + ring.height(body)
        # A domain of its own: what is declared of the functions on their domain is not said of these atoms.
        alike = self.bound(index, ("oriented", "primitive", None), Symbol("x"))
        frozen = self.renamed(frozen, variable, alike)
        free = set(ring.free(dict(frozen))) - {alike}
        if isinstance(end, frozenset):
            free |= ring.free(dict(end))
        return ring.of_atom(ring.intern("primitive", (frozen, end), free, index))

    def _over_domain(self, variable: int, body: Polynomial) -> tuple[Domain, Polynomial] | None:
        """The domain of a density that is a factor, and the integral over it, if a fact gives that a value."""
        ring = self.ring
        own = freeze(ring.of_atom(variable))
        if len(body) != 1:
            return None
        for number, _ in next(iter(body)):
            atom = ring.atoms[number]
            if atom.kind != "apply" or atom.key[1:] != (own,):
                continue
            declared = self.context.functions.get(str(atom.key[0]))
            if declared is None or len(declared.limits) != 1:
                continue
            count = len(self.events)
            try:
                domain = self.limits_domain(declared.limits[0], self.values)
                if domain[0] != "interval":
                    continue
                new = self.fresh_variable(domain, self.bound_names[variable])
                with self.binding(new):
                    there = self.displaced(body, variable, ring.of_atom(new))
                value = self.rule(self.functional_number("integral", domain, new, there))
            except UnestablishedError:
                value = None
            if value is not None:
                return domain, value
            del self.events[count:]
        return None
