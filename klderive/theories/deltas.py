"""Sums that select one term: the sum over i of f(i) times 1 where i = j and 0 elsewhere is f(j).

Accepts monomials under a sum over a range, one factor of which is the atom that says whether the index has a value. The
value must be proved to be an integer in the range, and f to be defined there.
(Graham, Knuth and Patashnik, Concrete Mathematics, section 2.4.)
"""

from __future__ import annotations

from klderive.kernel.events import Domain, UnestablishedError
from klderive.kernel.ring import ONE, Frozen, Monomial, Polynomial
from klderive.theories.displacement import Displacement


class Deltas(Displacement):
    """Adds the selection of one term."""

    def term_value(self, name: str, domain: Domain, variable: int, inside: Monomial) -> Polynomial:
        """The integral or sum of one monomial; one term of it, if it selects that."""
        if name == "sum" and domain[0] == "range":
            count = len(self.events)
            try:
                value = self._selected_term(domain, variable, inside)
            except UnestablishedError:
                value = None
            if value is not None:
                return value
            del self.events[count:]
        return super().term_value(name, domain, variable, inside)

    def _selected_term(self, domain: Domain, variable: int, inside: Monomial) -> Polynomial | None:
        """The term that a factor selects; None if none does."""
        for number, exponent in inside:
            atom = self.ring.atoms[number]
            if atom.kind != "equal" or not isinstance(exponent, int) or exponent < 1:
                continue
            place = self._selected_place(atom.key[0], variable)
            if place is not None and self._is_in_range(place, domain):
                rest: Polynomial = {tuple(p for p in inside if p[0] != number): ONE}
                self.use("linearity")
                return self.displaced(rest, variable, place)
        return None

    def _selected_place(self, event: Frozen, variable: int) -> Polynomial | None:
        """The value of the index at which an event that is linear in it, with coefficient 1 or -1, happens."""
        rest = dict(event)
        sign = rest.pop(((variable, 1),), None)
        if sign not in (1, -1) or variable in self.ring.free(rest):
            return None
        return self.ring.scale(rest, -sign)

    def _is_in_range(self, place: Polynomial, domain: Domain) -> bool:
        """Whether a place is proved to be an integer in a range."""
        _, lower, upper = domain
        ring, signs = self.ring, self.signs
        if not self.is_integer(place) or not isinstance(lower, frozenset):
            return False
        return signs.is_nonnegative(ring.subtract(place, dict(lower))) and (
            not isinstance(upper, frozenset)
            or signs.is_nonnegative(ring.subtract(dict(upper), place))
        )
