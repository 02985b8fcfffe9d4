"""A term of a sum of nonnegative terms is at most the sum.

So exp(a[i]) is at most the sum of exp(a[j]), and a mass function is at most 1. The sum runs over a set or a range, and
the term's index must be proved to lie there.
"""

from __future__ import annotations

from collections.abc import Iterator

from klderive.kernel.events import Domain, Event, UnestablishedError, Use
from klderive.kernel.matching import single_atom
from klderive.kernel.ring import ONE, Polynomial, freeze
from klderive.kernel.signs import NEGATIVE, POSITIVE
from klderive.theories.inequalities.integrands import Bound, Part
from klderive.theories.inequalities.rule import Rule


class Terms(Rule):
    """Replaces a sum by one of its terms, and -p(i) by the smaller -1 for a mass function p."""

    reason = "terms of a sum"

    def smaller(self, polynomial: Polynomial) -> Iterator[Bound]:
        """The polynomial with sums replaced by terms, or masses by 1."""
        yield from self._by_a_term(polynomial)
        denominators = tuple(
            (n, e)
            for n, e in self.normalizer.factoring.common_monomial(polynomial)
            if e < 0 and self.ring.atoms[n].kind == "functional"
        )
        if denominators and self.signs.monomial(denominators) == POSITIVE:
            cleared = self.ring.multiply(polynomial, self.ring.monomial_power(denominators, -1))
            for bound in self._by_a_term(cleared):
                yield Bound(self.ring.multiply(bound.polynomial, {denominators: ONE}), bound.events)
        yield from self._masses(polynomial)

    def _by_a_term(self, polynomial: Polynomial) -> Iterator[Bound]:
        """Each +c log(sum) by the smaller +c log(term), and each +c sum by +c term, at an index that occurs."""
        ring = self.ring
        indices = sorted(
            leaf
            for leaf in ring.free(polynomial)
            if isinstance(leaf, int) and ring.atoms[leaf].kind in ("symbol", "bound")
        )
        for monomial, coefficient in polynomial.items():
            for number, exponent in monomial:
                atom = ring.atoms[number]
                inside = single_atom(dict(atom.key[0])) if atom.kind == "log" else number
                part = self.integrands.part(inside) if inside is not None else None
                factor: Polynomial = {tuple(p for p in monomial if p[0] != number): coefficient}
                if part is None or exponent != 1 or part.name != "sum":
                    continue
                if self.signs.sign(factor) & NEGATIVE or self.signs.sign(part.body) & NEGATIVE:
                    continue
                if atom.kind == "log" and not self.signs.is_positive(part.body):
                    continue
                others = {m: c for m, c in polynomial.items() if m != monomial}
                for index in indices:
                    if self._domain(index) != part.domain:
                        continue
                    term = self._at(part, index)
                    if term is None:
                        continue
                    logged = self.integrands.logarithm(term) if atom.kind == "log" else Bound(term)
                    result = ring.add(others, ring.multiply(factor, logged.polynomial))
                    yield Bound(result, (Use(self.reason), *logged.events))

    def _domain(self, number: int) -> Domain | None:
        atom = self.ring.atoms[number]
        if atom.kind == "bound":
            return atom.key[1:4] if number in self.normalizer.active else None
        return self.signs.domain(number)

    def _at(self, part: Part, index: int) -> Polynomial | None:
        """The summand at another index, which lies in the same domain."""
        try:
            return dict(self.normalizer.renamed(freeze(part.body), part.variable, index))
        except UnestablishedError:
            return None

    def _masses(self, polynomial: Polynomial) -> Iterator[Bound]:
        """With each -c p(i), and each -c p(i)^2 under a sum by -c p(i), for functions whose sum is 1."""
        split = self.integrands.merged(polynomial, constants=True)
        if split is None:
            return
        rest, parts = split
        result, uses = self._lowered(rest, 1)
        events = [*uses]
        for part in parts:
            body, uses = self._lowered(part.body, 2)
            if not uses:
                result = self.ring.add(result, self.integrands.original(polynomial, part))
                continue
            total = self.integrands.accumulated(part, body)
            result = self.ring.add(result, total.polynomial)
            events += [*uses, *total.events]
        if events:
            yield Bound(result, tuple(dict.fromkeys((Use(self.reason), *events))))

    def _lowered(self, polynomial: Polynomial, least: int) -> tuple[Polynomial, list[Event]]:
        """The polynomial with one factor that is at most 1 left out of each negative term, and what that rests on."""
        result: Polynomial = {}
        events: list[Event] = []
        for monomial, coefficient in polynomial.items():
            term: Polynomial = {monomial: coefficient}
            for number, exponent in monomial:
                if not isinstance(exponent, int) or exponent < least:
                    continue
                mass = self._mass(number)
                if mass is None:
                    continue
                lowered = tuple((n, e - 1 if n == number else e) for n, e in monomial)
                smaller: Polynomial = {tuple(p for p in lowered if p[1]): coefficient}
                if not self.signs.sign(self.ring.scale(smaller, -1)) & NEGATIVE:
                    term = smaller
                    events += [Use(self.reason), *mass]
                    break
            result = self.ring.add(result, term)
        return result, events

    def _mass(self, number: int) -> tuple[Event, ...] | None:
        """What it rests on that an atom is a nonnegative function of an index whose sum is 1; None if it is not."""
        atom = self.ring.atoms[number]
        if (
            atom.kind != "apply"
            or len(atom.key) != 2
            or not self.signs.is_declared(number)
            or self.signs.atom(number) & NEGATIVE
        ):
            return None
        index = single_atom(dict(atom.key[1]))
        if index is None:
            return None
        bound = self.ring.atoms[index].kind == "bound"
        domain = self.ring.atoms[index].key[1:4] if bound else self.signs.domain(index)
        if domain is None or domain[0] not in ("set", "range"):
            return None
        variable = self.normalizer.fresh_variable(domain, "i")
        try:
            ((own, _),) = self.normalizer.renamed(
                frozenset({(((number, 1),), ONE)}), index, variable
            )
            mass = self.integrands.accumulated(Part("sum", domain, variable, {}), {own: ONE})
        except UnestablishedError:
            return None
        return mass.events if mass.polynomial == self.ring.number(1) else None
