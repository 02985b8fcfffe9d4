"""The exponential lies above its tangent: w exp(a) >= w (1 + a) for w >= 0, which is log u <= u - 1 at u = exp(a)."""

from __future__ import annotations

from collections.abc import Iterator

from klderive.kernel.events import Use
from klderive.kernel.ring import Polynomial
from klderive.kernel.signs import NEGATIVE
from klderive.theories.inequalities.integrands import Bound
from klderive.theories.inequalities.jensen import convex_parts
from klderive.theories.inequalities.rule import Rule


class Exponentials(Rule):
    """Replaces each w exp(a) by the smaller w (1 + a)."""

    reason = "log u <= u - 1"

    def smaller(self, polynomial: Polynomial) -> Iterator[Bound]:
        """The polynomial with all exponentials bounded."""
        result = dict(polynomial)
        changed = False
        for monomial, coefficient in polynomial.items():
            for kind, outside, argument in convex_parts(self.ring, monomial):
                factor = {outside: coefficient}
                if kind != "exp" or self.signs.sign(factor) & NEGATIVE:
                    continue
                line = self.ring.add(self.ring.number(1), argument)
                gap = self.ring.subtract({monomial: coefficient}, self.ring.multiply(factor, line))
                result = self.ring.subtract(result, gap)
                changed = True
        if changed:
            yield Bound(result, (Use(self.reason),))
