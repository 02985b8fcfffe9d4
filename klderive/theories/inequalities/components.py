"""The logarithm of a mixture is at least that of each of its components: log(c h + r) >= log(c h), where r >= 0.

Accepts w log(m) under a sign, where the weight w has a factor h, and m is a positive multiple of h and something
nonnegative; the logarithm increases. (Cover and Thomas, Elements of Information Theory, 2nd edition, problem 2.29 uses
it for the Jensen-Shannon divergence; Lin, Divergence measures based on the Shannon entropy, 1991, theorem 4.)
"""

from __future__ import annotations

from flint import fmpq

from klderive.kernel.ring import Monomial, Polynomial
from klderive.kernel.signs import NEGATIVE
from klderive.theories.inequalities.rule import RuleForBodies


class Components(RuleForBodies):
    """Replaces each w log(c h + r) by the smaller w log(c) + w log(h)."""

    reason = "monotone maps"

    def smaller_body(self, body: Polynomial, variable: int) -> Polynomial:
        """A body with the logarithms of mixtures bounded, the terms of each logarithm and weight together."""
        ring = self.ring
        result: Polynomial = {}
        groups: dict[tuple[Monomial, int], Polynomial] = {}
        for monomial, coefficient in body.items():
            logs = [n for n, e in monomial if e == 1 and len(self._mixture(n)) > 1]
            if len(logs) != 1:
                result = ring.add(result, {monomial: coefficient})
                continue
            others = tuple(p for p in monomial if p[0] != logs[0])
            weight = tuple(p for p in others if variable in ring.atoms[p[0]].free)
            factor = groups.setdefault((weight, logs[0]), {})
            factor[tuple(p for p in others if p not in weight)] = coefficient
        for (weight, number), factor in groups.items():
            term = ring.multiply(ring.multiply(factor, {weight: fmpq(1)}), ring.of_atom(number))
            if not self.signs.sign(ring.multiply(factor, {weight: fmpq(1)})) & NEGATIVE:
                smaller = self._component(weight, number)
                if smaller is not None:
                    term = ring.multiply(ring.multiply(factor, {weight: fmpq(1)}), smaller)
            result = ring.add(result, term)
        return result

    def _mixture(self, number: int) -> Polynomial:
        atom = self.ring.atoms[number]
        return dict(atom.key[0]) if atom.kind == "log" else {}

    def _component(self, weight: Monomial, number: int) -> Polynomial | None:
        """Less than the logarithm of a mixture, by that of the component which is a factor of the weight."""
        ring = self.ring
        for component, exponent in weight:
            if exponent != 1 or not self.signs.is_declared(component):
                continue
            factor: Polynomial = {}
            rest: Polynomial = {}
            for monomial, coefficient in self._mixture(number).items():
                if (component, 1) in monomial:
                    factor[tuple(p for p in monomial if p[0] != component)] = coefficient
                else:
                    rest[monomial] = coefficient
            if not self.signs.is_positive(factor) or self.signs.sign(rest) & NEGATIVE:
                continue
            alone = frozenset(ring.of_atom(component).items())
            logged = self.integrands.logarithm(factor)
            if not logged.events:
                own = ring.of_atom(self.normalizer.intern("log", (alone,), [alone]))
                return ring.add(logged.polynomial, own)
        return None
