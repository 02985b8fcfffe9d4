"""Sums of squares: the integral of u^2/v is at least (integral of u)^2/(integral of v), where v >= 0.

That is Cauchy and Schwarz's inequality for u/sqrt(v) and sqrt(v), v >= 0: u^2/v >= 2 t u - t^2 v with t the quotient of
the integrals. The v is a factor w of w g^2, such as a density; a denominator; or 1, over a bounded domain. Both
integrals must have values, and that of v must be positive. (Steele, The Cauchy-Schwarz Master Class, problem 1.2.)
"""

from __future__ import annotations

from collections.abc import Iterator

from klderive.kernel.events import UnestablishedError, Use
from klderive.kernel.ring import ONE, Monomial, Polynomial
from klderive.kernel.signs import NEGATIVE
from klderive.theories.inequalities.integrands import Bound, Part
from klderive.theories.inequalities.rule import Rule


class Squares(Rule):
    """Replaces an integral of u^2/v, with a coefficient that is not negative, by what it is at least."""

    reason = "Cauchy-Schwarz inequality"

    def smaller(self, polynomial: Polynomial) -> Iterator[Bound]:
        """The polynomial with one integral or sum of squares bounded."""
        split = self.integrands.merged(polynomial, constants=True)
        if split is None:
            return
        _, parts = split
        for part in parts:
            others = self.ring.subtract(polynomial, self.integrands.original(polynomial, part))
            for monomial, coefficient in part.body.items():
                inside = tuple(p for p in monomial if self._moves(part, p[0]))
                outside = tuple(p for p in monomial if not self._moves(part, p[0]))
                factor = {outside: coefficient}
                if not inside or self.signs.sign(factor) & NEGATIVE:
                    continue
                remaining = {m: c for m, c in part.body.items() if m != monomial}
                for root, divisor in self._squares(part, inside):
                    bound = self._bounded(part, root, divisor)
                    if bound is None:
                        continue
                    try:
                        rest = self.integrands.accumulated(part, remaining)
                    except UnestablishedError:
                        continue
                    least = self.ring.multiply(factor, bound.polynomial)
                    events = (Use(self.reason), *bound.events, *rest.events)
                    yield Bound(
                        self.ring.add(others, rest.polynomial, least),
                        tuple(dict.fromkeys(events)),
                    )

    def _moves(self, part: Part, number: int) -> bool:
        return part.variable in self.ring.atoms[number].free

    def _squares(self, part: Part, inside: Monomial) -> Iterator[tuple[Monomial, Monomial]]:
        """The ways to write a monomial as u^2/v with v >= 0, where v vanishes only if u does."""
        bounded = part.domain[0] == "set" or all(
            isinstance(end, frozenset) for end in part.domain[1:]
        )
        if all(isinstance(e, int) and e % 2 == 0 for _, e in inside):
            if bounded and all(e > 0 for _, e in inside):
                yield tuple((n, e // 2) for n, e in inside if isinstance(e, int)), ()
            return
        odd = [(n, e) for n, e in inside if not isinstance(e, int) or e % 2]
        if len(odd) != 1 or odd[0][1] not in (1, -1):
            return
        number, exponent = odd[0]
        if self.signs.atom(number) & NEGATIVE:
            return
        root = {n: e // 2 for n, e in inside if n != number and isinstance(e, int)}
        if any(e < 0 for e in root.values()):
            return
        if exponent == 1:
            root[number] = 1
        yield tuple(sorted(root.items())), ((number, 1),)

    def _bounded(self, part: Part, root: Monomial, divisor: Monomial) -> Bound | None:
        """The square of the integral of the root over that of the divisor, which must be positive."""
        try:
            mean = self.integrands.accumulated(part, {root: ONE})
            mass = self.integrands.accumulated(part, {divisor: ONE})
            if not self.signs.is_positive(mass.polynomial):
                return None
            value = self.ring.multiply(
                self.ring.power(mean.polynomial, 2), self.normalizer.inverse(mass.polynomial)
            )
        except UnestablishedError:
            return None
        return Bound(value, (*mean.events, *mass.events))
