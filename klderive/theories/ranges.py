"""Sums over ranges of integers with symbolic ends: shifted, reversed, split at an index, exchanged over a triangle.

Accepts monomials under a sum over a range, in a mode that aligns. The idea: sums of one summand over ranges that differ
at their ends by whole numbers become one sum, and the terms in between stand beside it.

A range is shifted, or reversed, so that the index itself is the argument of a function or member in the summand; of
several arguments, that is taken whose sum comes first. Then the ends lose their whole parts: with F such that
F(k + 1) - F(k) = f(k) on all integers between, the sum of f from a to b is F(b + 1) - F(a) if b >= a - 1, so that two
sums whose ranges satisfy that differ by the terms at their ends. A sum from j on, j >= 1, is that from 1 on without
that up to j - 1. Over a triangle, the sums of h(i, j) and of h(j, i) with j <= i are together the sum over the square
and its diagonal.
(Graham, Knuth and Patashnik, Concrete Mathematics, sections 2.3, 2.4 and 2.6.)

Caveat: nothing is put in where the summand is not established to be defined; an infinite sum is moved at its lower end
only, where that leaves its convergence as it is. What has no rule for putting in is left where it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flint import fmpq
from sympy import Symbol, oo

from klderive.kernel.events import Domain, Obligation, UnestablishedError
from klderive.kernel.finite_sums import explicit_integers
from klderive.kernel.ring import ONE, UNIT, Frozen, Monomial, Polynomial, freeze
from klderive.theories.displacement import ARGUMENTS, Displacement
from klderive.theories.readings import ALIGNED

LONGEST_STEP = 8
"""Terms at an end of a range that are written out."""


class Ranges(Displacement):
    """Adds canonical ranges of sums."""

    def prepare(self) -> None:
        """Make the state that this layer keeps."""
        super().prepare()
        self.transposing = False
        self.settled: set[int] = set()

    def term_value(self, name: str, domain: Domain, variable: int, inside: Monomial) -> Polynomial:
        """The integral or sum of one monomial; a sum over a range has canonical ends."""
        if name == "sum" and domain[0] == "range" and inside and self.mode.reads(ALIGNED):
            for rule in (self._shifted, self._split, self._over_triangle):
                count = len(self.events)
                try:
                    value = rule(domain, variable, inside)
                except UnestablishedError:
                    value = None
                if value is not None:
                    self.use("linearity")
                    return value
                del self.events[count:]
        return super().term_value(name, domain, variable, inside)

    # Shifts and reversals

    def _shifted(self, domain: Domain, variable: int, inside: Monomial) -> Polynomial | None:
        """The sum over the range in which the index is an argument; None if it is."""
        own = freeze(self.ring.of_atom(variable))
        places = self._places(inside, variable)
        if not places or places == {own} or variable in self.settled:
            return None
        found: list[tuple[list[Any], Frozen, Domain, int, Polynomial]] = []
        for place in sorted(places, key=sorted):
            try:
                found.append(self._moved_to(place, domain, variable, inside))
            except UnestablishedError:
                continue
        if not found:
            return None
        _, place, moved, index, body = min(found, key=lambda entry: entry[0])
        if place == own:
            return None
        # Another shift would follow if the rules for an atom made other arguments of it.
        self.settled.add(index)
        if moved[2] == oo:
            printed = self.bound_names[index]
            self.events.append(
                Obligation("sum", moved, index, freeze(body), printed, introduced=True)
            )
        return self._added(moved, index, body)

    def _moved_to(
        self, place: Frozen, domain: Domain, variable: int, inside: Monomial
    ) -> tuple[list[Any], Frozen, Domain, int, Polynomial]:
        """The sum with a place, plus or minus the index and something, as its index; first, what it is ordered by."""
        ring = self.ring
        offset = dict(place)
        sign = offset.pop(((variable, 1),))
        kind, lower, upper = domain
        if sign < 0 and not isinstance(upper, frozenset):
            raise UnestablishedError("an infinite range is not reversed")
        ends = [
            self.frozen(ring.add(ring.scale(dict(end), sign), offset))
            if isinstance(end, frozenset)
            else end
            for end in (lower, upper)
        ]
        moved: Domain = (kind, *(ends if sign > 0 else reversed(ends)))
        index = self.fresh_variable(moved, self.bound_names[variable])
        value = ring.scale(ring.subtract(ring.of_atom(index), offset), sign)
        with self.binding(index):
            body = self.displaced({inside: ONE}, variable, value, onto=True)
        core: Polynomial = {self._core(monomial, index): ONE for monomial in body}
        number = self.functional_number("sum", ("range", frozenset(), oo), index, core)
        return [number], place, moved, index, body

    def _core(self, monomial: Monomial, index: int) -> Monomial:
        """The factors that no shift of the index changes into several terms."""
        atoms = self.ring.atoms
        return tuple(p for p in monomial if p[0] != index and index in atoms[p[0]].free)

    def _places(self, monomial: Monomial, variable: int) -> set[Frozen]:
        """The arguments of functions and members in a monomial that are the index, or its negative, and an integer."""
        found = set(self.arguments_in(monomial, variable, ARGUMENTS))
        if any(n == variable and e < 0 for n, e in monomial):
            found.add(freeze(self.ring.of_atom(variable)))
        return {place for place in found if self._is_place(place, variable)}

    def _is_place(self, argument: Frozen, variable: int) -> bool:
        offset = dict(argument)
        sign = offset.pop(((variable, 1),), None)
        return (
            sign in (1, -1) and variable not in self.ring.free(offset) and self.is_integer(offset)
        )

    # Ends

    def _split(self, domain: Domain, variable: int, inside: Monomial) -> Polynomial | None:
        """The sum over a range with canonical ends, and the terms that this takes; None if it has them."""
        _, lower, upper = domain
        if not isinstance(lower, frozenset) or explicit_integers(domain) is not None:
            return None
        for low, high in self._ends(lower, upper):
            if (low, high) == (lower, upper):
                return None
            count = len(self.events)
            try:
                return self._between(domain, variable, inside, low, high)
            except UnestablishedError:
                del self.events[count:]
        return None

    def _ends(self, lower: Frozen, upper: object) -> Iterator[tuple[Frozen, object]]:
        """The ends that a range may be given, the best first."""
        one = freeze(self.ring.number(1))
        own = _without_whole_part(lower)
        lows = [one] if isinstance(upper, frozenset) else [frozenset(), one]
        if own:
            lows.append(own)
        highs = [upper]
        if isinstance(upper, frozenset) and _without_whole_part(upper):
            highs.insert(0, _without_whole_part(upper))
        for low in [*lows, lower]:
            for high in highs:
                yield low, high

    def _between(
        self, domain: Domain, variable: int, inside: Monomial, low: Frozen, high: object
    ) -> Polynomial:
        """A sum by that with other ends.

        Raises:
            UnestablishedError: if one of them is not proved to have at least no terms, or a term not to be defined.
        """
        ring = self.ring
        _, lower, upper = domain
        assert isinstance(lower, frozenset)
        step = ring.subtract(dict(low), dict(lower))
        if not self.is_number(step):
            return self._from_one(domain, variable, inside, low)
        new: Domain = ("range", low, high)
        self._need_range(new)
        self._need_range(domain)
        total: Polynomial = {}
        for place in self._steps(dict(lower), step):
            term = self.displaced({inside: ONE}, variable, place[0])
            total = ring.add(total, ring.scale(term, place[1]))
        if isinstance(upper, frozenset) and isinstance(high, frozenset):
            first = ring.add(dict(high), ring.number(1))
            for place in self._steps(first, ring.subtract(dict(upper), dict(high))):
                term = self.displaced({inside: ONE}, variable, place[0])
                total = ring.add(total, ring.scale(term, place[1]))
        index = self.fresh_variable(new, self.bound_names[variable])
        self.settled.add(index)
        with self.binding(index):
            body = self.displaced({inside: ONE}, variable, ring.of_atom(index))
        return ring.add(total, self._added(new, index, body))

    def _from_one(self, domain: Domain, variable: int, inside: Monomial, low: Frozen) -> Polynomial:
        """The sum from j to n as that from 1 to n without that from 1 to j - 1, with j >= 1.

        Raises:
            UnestablishedError: if j is not proved to be, or the summand is not proved to be defined below.
        """
        ring = self.ring
        _, lower, upper = domain
        assert isinstance(lower, frozenset)
        self._need_range(domain)
        total: Polynomial = {}
        before = freeze(ring.subtract(dict(lower), ring.number(1)))
        for end, sign in ((upper, 1), (before, -1)):
            part: Domain = ("range", low, end)
            self._need_range(part)
            index = self.fresh_variable(part, self.bound_names[variable])
            self.settled.add(index)
            with self.binding(index):
                body = self.displaced({inside: ONE}, variable, ring.of_atom(index))
            total = ring.add(total, ring.scale(self._added(part, index, body), sign))
        return total

    def _steps(self, first: Polynomial, step: Polynomial) -> Iterator[tuple[Polynomial, int]]:
        """The places from one on, with 1, or those before it, with -1: so many as the step says.

        Raises:
            UnestablishedError: if there are many, or their number is not known.
        """
        whole = step.get(UNIT, fmpq(0))
        if set(step) - {UNIT} or whole.q != 1 or abs(int(whole.p)) > LONGEST_STEP:
            raise UnestablishedError("the ends differ by more than a few terms")
        count = int(whole.p)
        places = range(count) if count > 0 else range(count, 0)
        for k in places:
            yield self.ring.add(first, self.ring.number(k)), 1 if count > 0 else -1

    def _need_range(self, domain: Domain) -> None:
        """Establish that a range ends at most 1 before it begins.

        Raises:
            UnestablishedError: if it is not proved to.
        """
        _, lower, upper = domain
        assert isinstance(lower, frozenset)
        if not self.is_integer(dict(lower)):
            raise UnestablishedError("a range begins at an integer")
        if not isinstance(upper, frozenset):
            return
        ring = self.ring
        count = ring.add(ring.subtract(dict(upper), dict(lower)), ring.number(1))
        if not self.is_integer(dict(upper)) or not self.signs.is_nonnegative(count):
            raise UnestablishedError("the range is not proved to end where it begins, or later")

    # Triangles

    def _over_triangle(self, domain: Domain, variable: int, inside: Monomial) -> Polynomial | None:
        """The sum over j <= i of h(i, j), or by that of h(j, i), whichever comes first; None if it is the former."""
        ring = self.ring
        _, lower, upper = domain
        end = freeze(ring.of_atom(variable))
        inner = [n for n, _ in inside if ring.atoms[n].kind == "functional"]
        if self.transposing or not isinstance(upper, frozenset) or len(inner) != 1:
            return None
        atom = ring.atoms[inner[0]]
        own = self.bound_in(inner[0])
        if atom.key[:4] != ("sum", "range", lower, end) or (inner[0], 1) not in inside:
            return None
        terms = dict(atom.key[4])
        if own is None or ring.height(terms):
            return None
        rest: Polynomial = {tuple(p for p in inside if p[0] != inner[0]): ONE}
        row, column = (self.fresh_variable(domain, self.bound_names[n]) for n in (variable, own))
        with self.binding(row, column):
            square = ring.multiply(
                self.displaced(rest, variable, ring.of_atom(row)),
                self.displaced(
                    self.displaced(terms, own, ring.of_atom(column)), variable, ring.of_atom(row)
                ),
            )
        with self.binding(row):
            diagonal = self.displaced(square, column, ring.of_atom(row))
        plain = self.functional_value("sum", domain, variable, {inside: ONE})
        other = self._transposed(domain, square, row, column)
        together = self._added(domain, row, self._added(domain, column, square))
        together = ring.add(together, self._added(domain, row, diagonal))
        if plain == other:
            return ring.scale(together, fmpq(1, 2))
        if self._rank(plain) < self._rank(other):
            return None
        return ring.subtract(together, other)

    def _transposed(self, domain: Domain, square: Polynomial, row: int, column: int) -> Polynomial:
        """The sum over j <= i of h(j, i)."""
        ring = self.ring
        _, lower, _ = domain
        # Not fresh: a variable in whose domain another one is renamed would not be told apart.
        index = 1 + ring.height(square)
        outer = self.bound(index + 1, domain, Symbol(self.bound_names[row]))
        short: Domain = ("range", lower, freeze(ring.of_atom(outer)))
        inner = self.bound(index, short, Symbol(self.bound_names[column]))
        if {outer, inner} & (ring.free(square) | set(self.active)):
            raise UnestablishedError("a variable is bound that is bound outside it")
        with self.binding(outer, inner):
            body = self.displaced(square, column, ring.of_atom(outer))
            body = self.displaced(body, row, ring.of_atom(inner))
        before, self.transposing = self.transposing, True
        try:
            return self._added(domain, outer, self._added(short, inner, body))
        finally:
            self.transposing = before

    def _rank(self, polynomial: Polynomial) -> tuple[int, list[Any]]:
        """What the better of two forms is less by: how deep sums nest in it."""
        return self.ring.height(polynomial), sorted(polynomial.items())

    # Putting in

    def _added(self, domain: Domain, variable: int, body: Polynomial) -> Polynomial:
        """The sum of a body, term by term."""
        ring = self.ring
        total: Polynomial = {}
        for monomial, coefficient in body.items():
            inside = tuple(p for p in monomial if variable in ring.atoms[p[0]].free)
            outside = tuple(p for p in monomial if variable not in ring.atoms[p[0]].free)
            value = self.term_value("sum", domain, variable, inside)
            total = ring.add(total, ring.multiply({outside: coefficient}, value))
        return total


def _without_whole_part(end: Frozen) -> Frozen:
    """A bound without the whole number that is added to it."""
    return frozenset((monomial, coefficient) for monomial, coefficient in end if monomial)
