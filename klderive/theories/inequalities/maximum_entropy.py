"""Maximum entropy: -entropy is at least that of the normal law of the same variance, or of the exponential law.

The integral of w log w over the line is at least -log(2 pi e v)/2, where v is the integral of w (x - c)^2, for c the
mean or 0; over (0, oo) at least -1 - log(m), where m is the mean. Both are Gibbs' inequality for the density of that
law, the logarithm of which has the integral that the moments give.

(Cover and Thomas, Elements of Information Theory, 2nd edition, theorems 8.6.5 and 12.1.1.)
"""

from __future__ import annotations

from collections.abc import Iterator

from flint import fmpq
from sympy import oo

from klderive.kernel.events import UnestablishedError, Use
from klderive.kernel.ring import ONE, Polynomial
from klderive.theories.inequalities.integrands import Bound, Part
from klderive.theories.inequalities.rule import Rule


class MaximumEntropy(Rule):
    """Replaces an integral of w log w by minus the entropy of the law that has the most, for the moments of w."""

    reason = "log u <= u - 1"

    def smaller(self, polynomial: Polynomial) -> Iterator[Bound]:
        """The polynomial with one entropy bounded."""
        split = self.integrands.merged(polynomial, constants=True)
        if split is None:
            return
        _, parts = split
        for part in parts:
            if part.name != "integral":
                continue
            others = self.ring.subtract(polynomial, self.integrands.original(polynomial, part))
            for weight in self.integrands.weights(part.body):
                found = self._coefficient(part, weight)
                mass = self.integrands.accumulated(part, weight)
                if found is None or mass.polynomial != self.ring.number(1):
                    continue
                coefficient, remaining = found
                rest = self.integrands.accumulated(part, remaining)
                for most in self._entropies(part, weight):
                    least = self.ring.multiply(coefficient, self.ring.scale(most.polynomial, -1))
                    events = (Use(self.reason), *mass.events, *rest.events, *most.events)
                    yield Bound(
                        self.ring.add(others, rest.polynomial, least),
                        tuple(dict.fromkeys(events)),
                    )

    def _coefficient(self, part: Part, weight: Polynomial) -> tuple[Polynomial, Polynomial] | None:
        """The positive c, free of the variable, and the rest of c w log w + rest."""
        ring = self.ring
        ((((number, _),), _),) = weight.items()
        factor: Polynomial = {}
        rest: Polynomial = {}
        for monomial, coefficient in part.body.items():
            logs = [
                n
                for n, e in monomial
                if e == 1 and ring.atoms[n].kind == "log" and dict(ring.atoms[n].key[0]) == weight
            ]
            others = tuple(p for p in monomial if p[0] not in logs and p[0] != number)
            if len(logs) == 1 and (number, 1) in monomial:
                factor[others] = coefficient
            else:
                rest[monomial] = coefficient
        if not factor or part.variable in ring.free(factor) or not self.signs.is_positive(factor):
            return None
        return factor, rest

    def _entropies(self, part: Part, weight: Polynomial) -> Iterator[Bound]:
        """The greatest entropies that the moments of a weight and its domain allow."""
        ring = self.ring
        _, lower, upper = part.domain
        mean = self._moment(part, weight, 1)
        if upper != oo or mean is None:
            return
        if lower == frozenset():
            if self.signs.is_positive(mean.polynomial):
                logged = self.integrands.logarithm(mean.polynomial)
                yield Bound(
                    ring.add(ring.number(1), logged.polynomial), (*mean.events, *logged.events)
                )
            return
        second = self._moment(part, weight, 2)
        if lower != -oo or second is None:
            return
        around_mean = ring.subtract(second.polynomial, ring.power(mean.polynomial, 2))
        for spread in (around_mean, second.polynomial):
            spread = self.normalizer.factoring.lowest_terms(spread)
            if not self.signs.is_positive(spread):
                continue
            two_pi = ring.scale(ring.of_atom(ring.intern("pi", ())), 2)
            logged = self.integrands.logarithm(ring.multiply(two_pi, spread))
            most = ring.scale(ring.add(ring.number(1), logged.polynomial), fmpq(1, 2))
            yield Bound(most, (*mean.events, *second.events, *logged.events))

    def _moment(self, part: Part, weight: Polynomial, degree: int) -> Bound | None:
        power: Polynomial = {((part.variable, degree),): ONE}
        try:
            return self.integrands.accumulated(part, self.ring.multiply(weight, power))
        except UnestablishedError:
            return None
