"""Sums in closed form: an antidifference is proposed, checked, and taken at the ends.

Accepts a summand in normal form and its range. If H(i + 1) - H(i) is the summand for all i from a to b, the sum is
H(b + 1) - H(a), also where the range is empty; if H has a limit at infinity, so has the sum.
(Graham, Knuth and Patashnik, Concrete Mathematics, section 2.6; Spivak, Calculus, chapter 23.)

The antidifference comes from `differences`, which is not trusted. A denominator in it that is free of the index, such
as 1 - q in a geometric sum, is listed.

Caveat: a series that converges only conditionally has the value of the limit.
"""

from __future__ import annotations

from klderive.kernel.events import Domain, Event, Nonzero, UnestablishedError, Use
from klderive.kernel.ring import Frozen, Polynomial, freeze
from klderive.theories.antiderivatives import Antiderivatives
from klderive.theories.proposals.differences import Differences
from klderive.theories.readings import CLOSED


class Telescoping(Antiderivatives):
    """Adds the values of sums that telescope."""

    def prepare(self) -> None:
        """Make the state that this layer keeps."""
        super().prepare()
        self.sums: dict[
            tuple[Domain, int, Frozen], tuple[Polynomial, tuple[Event, ...]] | None
        ] = {}

    def functional_value(
        self, name: str, domain: Domain, variable: int, body: Polynomial
    ) -> Polynomial:
        """The value of a sum, if the mode asks for it and there is one; else as it would be."""
        value = super().functional_value(name, domain, variable, body)
        if not self.mode.reads(CLOSED) or name != "sum" or "summation" not in self.mode.theories:
            return value
        if value != self.ring.of_atom(self.functional_number(name, domain, variable, body)):
            return value
        found = self.sum_value(domain, variable, body)
        if found is None:
            return value
        self.events += found[1]
        self.use("summation")
        return found[0]

    def has_value(self, name: str, domain: Domain, variable: int, body: Polynomial) -> bool:
        """Whether a sum has a value by an antidifference, without conditions."""
        if name == "sum":
            found = self.sum_value(domain, variable, body)
            return found is not None and not found[1]
        return super().has_value(name, domain, variable, body)

    def sum_value(
        self, domain: Domain, variable: int, body: Polynomial
    ) -> tuple[Polynomial, tuple[Event, ...]] | None:
        """The value of a sum over a range with the conditions that it needs; None if that is not established."""
        key = (domain, variable, freeze(body))
        if key not in self.sums:
            outer, self.events = self.events, []
            place = self.position, self.weights
            self.position, self.weights = "apart", []
            try:
                value = self.summed(domain, variable, body)
                events = tuple(e for e in self.events if not isinstance(e, Use))
                if value is None or not all(isinstance(e, Nonzero) for e in events):
                    self.sums[key] = None
                else:
                    self.sums[key] = (value, events)
            except UnestablishedError:
                self.sums[key] = None
            finally:
                self.events = outer
                self.position, self.weights = place
        return self.sums[key]

    def summed(self, domain: Domain, variable: int, body: Polynomial) -> Polynomial | None:
        """The value of a sum, which may raise if it is not established."""
        kind, lower, upper = domain
        ring = self.ring
        if kind != "range" or not isinstance(lower, frozenset):
            return None
        with self.binding(variable):
            self.position = "apart"
            found = Differences(self, variable).of(body)
            if found is None:
                return None
            self.need_defined(found)
            found = self.factoring.by_denominator(found)
            following = ring.add(ring.of_atom(variable), ring.number(1))
            step = ring.subtract(self.put(found, variable, following), found)
            if not self.factoring.is_zero(ring.subtract(step, body)):
                return None
        first = self.put(found, variable, dict(lower))
        if isinstance(upper, frozenset):
            after = ring.add(dict(upper), ring.number(1))
            last = self.put(found, variable, after)
        else:
            last = self.limit_toward(found, variable, ("interval", lower, upper), 1)
        return ring.subtract(last, first)
