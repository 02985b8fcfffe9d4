"""The triangle inequality: |integral of a| <= integral of |a|, and |a + b| <= |a| + |b| under a sign.

Accepts sums and integrals; the integral of |a| must have a value.
(Spivak, Calculus, chapter 1, theorem 1, and chapter 2, problem 21; Rudin, Real and Complex Analysis, theorem 1.33.)
"""

from __future__ import annotations

from collections.abc import Iterator

from flint import fmpq

from klderive.kernel.events import Event, UnestablishedError, Use
from klderive.kernel.ring import Monomial, Polynomial
from klderive.kernel.signs import NEGATIVE
from klderive.theories.inequalities.integrands import Bound
from klderive.theories.inequalities.rule import Rule


class Triangle(Rule):
    """Replaces the absolute value of a sum or integral by what is no less."""

    reason = "triangle inequality"

    def smaller(self, polynomial: Polynomial) -> Iterator[Bound]:
        """The polynomial with one absolute value of an integral bounded, or with all those under its integrals."""
        yield from self._outside(polynomial)
        yield from self._inside(polynomial)

    def _outside(self, polynomial: Polynomial) -> Iterator[Bound]:
        """With -|integral of a| replaced by the smaller -(integral of |a|), where the sign shows then."""
        ring, normalizer = self.ring, self.normalizer
        for monomial, coefficient in polynomial.items():
            for number, exponent in monomial:
                atom = ring.atoms[number]
                if atom.kind != "abs" or exponent != 1 or len(atom.key[0]) != 1:
                    continue
                ((inside, _),) = atom.key[0]
                part = (
                    self.integrands.part(inside[0][0])
                    if len(inside) == 1 and inside[0][1] == 1
                    else None
                )
                weight: Polynomial = {tuple(p for p in monomial if p[0] != number): -coefficient}
                if part is None or self.signs.sign(weight) & NEGATIVE:
                    continue
                with normalizer.binding(part.variable):
                    size = normalizer.factoring.by_denominator(normalizer.absolute(part.body))
                total = self.integrands.accumulated(part, size)
                others = {m: c for m, c in polynomial.items() if m != monomial}
                result = ring.subtract(others, ring.multiply(weight, total.polynomial))
                if self.integrands.sign_shows(result, False) == ():
                    yield Bound(result, (Use(self.reason), *total.events))
                    return

    def _inside(self, polynomial: Polynomial) -> Iterator[Bound]:
        """With each -w |a + b| under a sign replaced by the smaller -w |a| - w |b|."""
        split = self.integrands.merged(polynomial, constants=True)
        if split is None:
            return
        result, parts = split
        events: list[Event] = []
        changed = False
        for part in parts:
            body: Polynomial = {}
            for monomial, coefficient in part.body.items():
                body = self.ring.add(body, self._without_bars(monomial, coefficient))
            if body == part.body:
                result = self.ring.add(result, self.integrands.original(polynomial, part))
                continue
            try:
                total = self.integrands.accumulated(part, body)
            except UnestablishedError:
                return
            changed = True
            result = self.ring.add(result, total.polynomial)
            events += [Use(self.reason), *total.events]
        if changed:
            yield Bound(result, tuple(dict.fromkeys(events)))

    def _without_bars(self, monomial: Monomial, coefficient: fmpq) -> Polynomial:
        """A term, or what is less with the absolute value of a sum in it taken of its terms."""
        ring = self.ring
        term: Polynomial = {monomial: coefficient}
        for number, exponent in monomial:
            atom = ring.atoms[number]
            if atom.kind != "abs" or exponent != 1 or len(atom.key[0]) < 2:
                continue
            weight: Polynomial = {tuple(p for p in monomial if p[0] != number): coefficient}
            if self.signs.sign(ring.scale(weight, -1)) & NEGATIVE:
                return term
            sizes = (self.normalizer.absolute({m: c}) for m, c in atom.key[0])
            return ring.multiply(weight, ring.add(*sizes))
        return term
