"""Markov's inequality: the indicator of f >= c is at most f/c, where f >= 0 and c > 0.

Chebyshev's is the same for the square of a distance, which is completed where the event is written out.
(Cover and Thomas, Elements of Information Theory, 2nd edition, problem 3.1.)
"""

from __future__ import annotations

from collections.abc import Iterator

from flint import fmpq

from klderive.kernel.events import Event, Use
from klderive.kernel.ring import Polynomial
from klderive.kernel.signs import NEGATIVE
from klderive.theories.inequalities.integrands import Bound, Part
from klderive.theories.inequalities.rule import Rule


class Markov(Rule):
    """Replaces each -w 1[f >= c] under a binder by the smaller -w f/c."""

    reason = "Markov's inequality"

    def smaller(self, polynomial: Polynomial) -> Iterator[Bound]:
        """The polynomial with the indicators of each integral or sum bounded."""
        split = self.integrands.merged(polynomial)
        if split is None:
            return
        result, parts = split
        events: list[Event] = []
        changed = False
        for part in parts:
            body = self._without_indicators(part)
            if body is None:
                result = self.ring.add(result, self.integrands.original(polynomial, part))
                continue
            total = self.integrands.accumulated(part, body)
            result = self.ring.add(result, total.polynomial)
            events += [Use(self.reason), *total.events]
            changed = True
        if changed:
            yield Bound(result, tuple(dict.fromkeys(events)))

    def _without_indicators(self, part: Part) -> Polynomial | None:
        """The body with its indicators bounded, or None if it has none that can be."""
        ring = self.ring
        result: Polynomial = {}
        changed = False
        for monomial, coefficient in part.body.items():
            indicators = [n for n, _ in monomial if ring.atoms[n].kind == "indicator"]
            term = {monomial: coefficient}
            if len(indicators) == 1:
                number = indicators[0]
                weight = {tuple(p for p in monomial if p[0] != number): -coefficient}
                quotient = self._quotient(number, part.variable)
                if quotient is None or self.signs.sign(weight) & NEGATIVE:
                    return None
                term = ring.scale(ring.multiply(weight, quotient), -1)
                changed = True
            elif indicators:
                return None
            result = ring.add(result, term)
        return result if changed else None

    def _quotient(self, number: int, variable: int) -> Polynomial | None:
        """f/c for the event f >= c, where f is nonnegative and holds the variable, and c is positive and does not."""
        ring = self.ring
        event = dict(ring.atoms[number].key[0])
        moving = {
            m: c for m, c in event.items() if any(variable in ring.atoms[n].free for n, _ in m)
        }
        fixed = {m: -c for m, c in event.items() if m not in moving}
        for f, c in self._ways(moving, fixed):
            if any(variable in ring.atoms[n].free for m in c for n, _ in m):
                continue
            if self.signs.is_positive(c) and self.signs.is_nonnegative(f):
                return ring.multiply(f, self.normalizer.inverse(c))
        return None

    def _ways(
        self, moving: Polynomial, fixed: Polynomial
    ) -> Iterator[tuple[Polynomial, Polynomial]]:
        """Ways to write an event as f >= c: as it stands, and with a square completed."""
        yield moving, fixed
        ring = self.ring
        for monomial in moving:
            for number, exponent in monomial:
                if exponent != 2:
                    continue
                leading = {
                    tuple(p for p in m if p[0] != number): c
                    for m, c in moving.items()
                    if (number, 2) in m
                }
                linear = {
                    tuple(p for p in m if p[0] != number): c
                    for m, c in moving.items()
                    if (number, 1) in m
                }
                if len(leading) != 1 or not self.signs.is_positive(leading):
                    continue
                if len(leading) + len(linear) != len(moving):
                    continue
                square = ring.scale(
                    ring.multiply(ring.power(linear, 2), self.normalizer.inverse(leading)),
                    fmpq(1, 4),
                )
                yield ring.add(moving, square), ring.add(fixed, square)
