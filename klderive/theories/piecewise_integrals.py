"""Integrals with an absolute value, as the sum of two, cut where its argument vanishes.

Accepts an integrand in normal form in which |a x + b| stands, a of known sign. If -b/a lies inside the interval, the
integral is that up to there and that from there on, if both have values.
(Spivak, Calculus, chapter 13, theorem 4.)
"""

from __future__ import annotations

from sympy import Symbol

from klderive.kernel.events import Domain, Use
from klderive.kernel.ring import ONE, Polynomial, freeze
from klderive.kernel.signs import NEGATIVE, POSITIVE
from klderive.theories.euler_integrals import EulerIntegrals


class PiecewiseIntegrals(EulerIntegrals):
    """Adds integrals that are cut into two."""

    def integrated(self, domain: Domain, variable: int, body: Polynomial) -> Polynomial | None:
        """The value of an integral; of one with an absolute value, by its two pieces."""
        cut = self._cut(domain, variable, body)
        if cut is None:
            return super().integrated(domain, variable, body)
        kind, lower, upper = domain
        total: Polynomial = {}
        pieces: tuple[Domain, ...] = ((kind, lower, freeze(cut)), (kind, freeze(cut), upper))
        for piece in pieces:
            count = len(self.events)
            index = self.ring.atoms[variable].key[0]
            number = self.bound(index, piece, Symbol(self.bound_names[variable]))
            self.bound_names.setdefault(number, self.bound_names[variable])
            with self.binding(number):
                self.position = "apart"
                inner = self.put(body, variable, self.ring.of_atom(number))
                inner = self.factoring.by_denominator(inner)
            if any(not isinstance(event, Use) for event in self.events[count:]):
                return None
            value = self.integral_value(piece, number, inner)
            if value is None:
                return None
            total = self.ring.add(total, value)
        return total

    def _cut(self, domain: Domain, variable: int, body: Polynomial) -> Polynomial | None:
        """Where the argument of an absolute value vanishes inside the interval."""
        ring = self.ring
        kind, lower, upper = domain
        if kind != "interval":
            return None
        for number in sorted(self._absolute_values(body, variable)):
            slope: Polynomial = {}
            rest: Polynomial = {}
            for monomial, coefficient in ring.atoms[number].key[0]:
                others = tuple(p for p in monomial if p[0] != variable)
                if others == monomial:
                    rest[monomial] = coefficient
                elif (variable, 1) in monomial:
                    slope[others] = coefficient
                else:
                    return None
            if {variable} & (ring.free(slope) | ring.free(rest)):
                return None
            if self.signs.sign(slope) not in (POSITIVE, NEGATIVE):
                return None
            place = ring.scale(ring.multiply(rest, self.inverse(slope)), -1)
            place = self.factoring.lowest_terms(place)
            if isinstance(lower, frozenset) and not self.signs.is_positive(
                ring.subtract(place, dict(lower))
            ):
                continue
            if isinstance(upper, frozenset) and not self.signs.is_positive(
                ring.subtract(dict(upper), place)
            ):
                continue
            return place
        return None

    def _absolute_values(self, polynomial: Polynomial, variable: int) -> set[int]:
        """The absolute values in a polynomial that depend on a variable, also those inside an exp."""
        found = set()
        for monomial in polynomial:
            for number, _ in monomial:
                atom = self.ring.atoms[number]
                if variable not in atom.free:
                    continue
                if atom.kind == "abs":
                    found.add(number)
                elif atom.kind == "exp":
                    found |= self._absolute_values({atom.key[0]: ONE}, variable)
        return found
