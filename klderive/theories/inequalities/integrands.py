"""Integrals and sums put under one sign, and new ones made of their integrands.

What a rule makes is no part of a side: whatever it introduces must have a value, which its events say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from klderive.kernel.events import Domain, Event, Obligation, Use
from klderive.kernel.ring import ONE, Frozen, Polynomial, freeze
from klderive.kernel.signs import NEGATIVE, POSITIVE
from klderive.theories.bounds import Bounds


@dataclass(frozen=True, slots=True)
class Bound:
    """A polynomial that is at most another, and what that rests on."""

    polynomial: Polynomial
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What of a polynomial stands under one integral or sum, put under one sign."""

    name: str
    domain: Domain
    variable: int
    body: Polynomial


class Integrands:
    """Puts the functionals of polynomials under one sign, and makes new ones, in one mode.

    Args:
        normalizer: normal forms with functionals split, in which new integrals and sums are made.
    """

    def __init__(self, normalizer: Bounds) -> None:
        self.normalizer = normalizer
        self.ring = normalizer.ring
        self.signs = normalizer.signs

    def weights(self, body: Polynomial) -> Iterator[Polynomial]:
        """The functions among the factors of a body that are proved nonnegative, such as densities."""
        seen = set()
        for monomial in body:
            for number, exponent in monomial:
                weight: Polynomial = {((number, 1),): ONE}
                if self.ring.atoms[number].kind != "apply" or exponent != 1 or number in seen:
                    continue
                seen.add(number)
                if not self.signs.sign(weight) & NEGATIVE:
                    yield weight

    def merged(
        self, polynomial: Polynomial, *, constants: bool = False
    ) -> tuple[Polynomial, list[Part]] | None:
        """The polynomial as a rest and one integrand for each domain; None if it is not linear in functionals.

        With `constants` the terms that are not linear, too, are part of the rest.
        """
        ring = self.ring
        rest: Polynomial = {}
        normalizer = self.normalizer
        bodies: dict[tuple[str, Domain], list[tuple[Polynomial, Frozen, int | None]]] = {}
        for monomial, coefficient in polynomial.items():
            functionals = [p for p in monomial if ring.atoms[p[0]].kind == "functional"]
            if not functionals:
                rest[monomial] = coefficient
                continue
            if len(functionals) > 1 or functionals[0][1] != 1:
                if constants:
                    rest[monomial] = coefficient
                    continue
                return None
            number = functionals[0][0]
            name, kind, lower, upper, body = ring.atoms[number].key
            if kind == "oriented":
                return None
            cofactor = {tuple(p for p in monomial if p not in functionals): coefficient}
            place = bodies.setdefault((name, (kind, lower, upper)), [])
            place.append((cofactor, body, normalizer.bound_in(number)))
        parts = []
        for (name, domain), terms in bodies.items():
            variables = {variable for _, _, variable in terms if variable is not None}
            # Those of another index, or bound around as well, get one that is bound nowhere.
            variable = variables.pop() if len(variables) == 1 else None
            if variable is None or variable in normalizer.active:
                own_names = [normalizer.bound_names[v] for _, _, v in terms if v is not None]
                variable = normalizer.fresh_variable(domain, own_names[0] if own_names else "x")
            merged = [
                ring.multiply(
                    cofactor,
                    dict(body if own is None else normalizer.renamed(body, own, variable)),
                )
                for cofactor, body, own in terms
            ]
            parts.append(Part(name, domain, variable, ring.add(*merged)))
        return rest, parts

    def logarithm(self, polynomial: Polynomial, *bound: int) -> Bound:
        """The logarithm of something for all values of what is bound, with what must hold for it.

        Raises:
            UnestablishedError: if it is not established to be positive.
        """
        normalizer = self.normalizer
        outer, normalizer.events = normalizer.events, []
        try:
            with normalizer.binding(*bound):
                value = normalizer.log_of(polynomial, split=normalizer.mode.logarithms)
            return Bound(value, tuple(e for e in normalizer.events if not isinstance(e, Use)))
        finally:
            normalizer.events = outer

    def length(self, part: Part) -> Polynomial | None:
        """The integral or sum of 1 over a bounded interval or range, if it is proved positive."""
        kind, lower, upper = part.domain
        if kind not in ("range", "interval"):
            return None
        if not isinstance(lower, frozenset) or not isinstance(upper, frozenset):
            return None
        length = self.ring.subtract(dict(upper), dict(lower))
        if kind == "range":
            length = self.ring.add(length, self.ring.number(1))
        return length if self.signs.is_positive(length) else None

    def part(self, number: int) -> Part | None:
        """What stands under the sign of an integral or sum; None if an atom is none."""
        atom = self.ring.atoms[number]
        if atom.kind != "functional" or atom.key[1] == "oriented":
            return None
        name, kind, lower, upper, body = atom.key
        variable = self.normalizer.bound_in(number)
        if variable is None or variable in self.normalizer.active:
            return None
        return Part(name, (kind, lower, upper), variable, dict(body))

    def accumulated(self, part: Part, body: Polynomial) -> Bound:
        """The integral or sum of a body, which must have a value."""
        normalizer = self.normalizer
        outer, normalizer.events = normalizer.events, []
        try:
            with normalizer.binding(part.variable):
                body = normalizer.factoring.by_denominator(body)
            value = normalizer.accumulate(part.name, part.domain, part.variable, body)
            # That integrals are compared by their integrands is part of the inequality, not a use of linearity.
            events = [e for e in normalizer.events if e != Use("linearity")]
        finally:
            normalizer.events = outer
        pieces = [
            replace(e, body=freeze({monomial: ONE}))
            for e in events
            if isinstance(e, Obligation)
            for monomial, _ in e.body
        ]
        return Bound(value, (*events, *pieces))

    def sign_shows(self, polynomial: Polynomial, strict: bool) -> tuple[Event, ...] | None:
        """What it rests on that the sign shows: at once, or when what stands under one integral is put together.

        What stands under none may go under one whose weight is normalised.
        """
        signs = self.signs.sign(polynomial)
        if signs == POSITIVE if strict else not signs & NEGATIVE:
            return ()
        split = self.merged(polynomial)
        if split is None or strict:
            return None
        rest, parts = split
        if self.signs.sign(rest) & NEGATIVE:
            return None
        open_parts = [part for part in parts if self.signs.sign(part.body) & NEGATIVE]
        if not open_parts:
            return ()
        if len(open_parts) > 1:
            return None
        (part,) = open_parts
        for weight in self.weights(part.body):
            mass = self.accumulated(part, weight)
            whole = self.ring.add(part.body, self.ring.multiply(rest, weight))
            if mass.polynomial == self.ring.number(1) and not self.signs.sign(whole) & NEGATIVE:
                return mass.events
        return None

    def original(self, polynomial: Polynomial, part: Part) -> Polynomial:
        """The terms of a polynomial that a part was put together from."""
        atoms = self.ring.atoms
        found: Polynomial = {}
        for monomial, coefficient in polynomial.items():
            functionals = [(n, e) for n, e in monomial if atoms[n].kind == "functional"]
            if len(functionals) != 1 or functionals[0][1] != 1:
                continue
            key = atoms[functionals[0][0]].key
            if (key[0], key[1:4]) == (part.name, part.domain):
                found[monomial] = coefficient
        return found
