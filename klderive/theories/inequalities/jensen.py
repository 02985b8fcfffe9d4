"""Jensen's inequality: of the logarithm under a normalised weight, and of the square and exp of a mean.

(Cover and Thomas, Elements of Information Theory, 2nd edition, theorem 2.6.2.)
"""

from __future__ import annotations

from collections.abc import Iterator

from klderive.kernel.events import Event, Use
from klderive.kernel.matching import single_atom
from klderive.kernel.ring import ONE, Monomial, Polynomial, Ring, as_fmpq
from klderive.kernel.signs import NEGATIVE
from klderive.theories.inequalities.integrands import Bound, Part
from klderive.theories.inequalities.logarithms import product_where_defined, weighted_logarithms
from klderive.theories.inequalities.rule import Rule


class LogarithmOfMean(Rule):
    """Replaces each -(integral of w log r) by the smaller -log(integral of w r)."""

    reason = "Jensen's inequality"

    def smaller(self, polynomial: Polynomial) -> Iterator[Bound]:
        """The polynomial with one logarithm of each integral or sum taken out of it."""
        split = self.integrands.merged(polynomial)
        if split is None:
            return
        result, parts = split
        events: list[Event] = []
        changed = False
        for part in parts:
            for weight, scale, argument, rest in weighted_logarithms(self.integrands, part.body):
                product = product_where_defined(self.integrands, weight, argument)
                if product is None:
                    continue
                mass = self.integrands.accumulated(part, weight)
                if mass.polynomial != self.ring.number(1):
                    continue
                mean = self.integrands.accumulated(part, product)
                remaining = self.integrands.accumulated(part, rest)
                logged = self.integrands.logarithm(mean.polynomial)
                value = self.ring.scale(logged.polynomial, -scale)
                result = self.ring.add(result, remaining.polynomial, value)
                events += [
                    Use(self.reason),
                    *mass.events,
                    *mean.events,
                    *remaining.events,
                    *logged.events,
                ]
                changed = True
                break
            else:
                result = self.ring.add(result, self.integrands.original(polynomial, part))
        if changed:
            yield Bound(result, tuple(dict.fromkeys(events)))


class ConvexOfMean(Rule):
    """Replaces -(integral of w g)^2 and -exp(integral of w g) by the smaller integrals of -w g^2 and -w exp(g)."""

    reason = "Jensen's inequality"

    def smaller(self, polynomial: Polynomial) -> Iterator[Bound]:
        """The polynomial with each convex function of a mean replaced by the mean of the function."""
        bound = self._bounded(polynomial)
        if bound is not None:
            yield bound
        inner = self._inside(polynomial)
        if inner is not None:
            yield inner

    def _inside(self, polynomial: Polynomial) -> Bound | None:
        """The polynomial with those bounded that stand under an integral or sum."""
        split = self.integrands.merged(polynomial, constants=True)
        if split is None:
            return None
        result, parts = split
        events: list[Event] = []
        for part in parts:
            with self.normalizer.binding(part.variable):
                inner = self._bounded(part.body)
            if inner is None:
                result = self.ring.add(result, self.integrands.original(polynomial, part))
                continue
            total = self.integrands.accumulated(part, inner.polynomial)
            result = self.ring.add(result, total.polynomial)
            events += [*inner.events, *total.events]
        return Bound(result, tuple(dict.fromkeys(events))) if events else None

    def _bounded(self, polynomial: Polynomial) -> Bound | None:
        """The polynomial with each convex function of a mean replaced by the mean of the function."""
        result = dict(polynomial)
        events: list[Event] = []
        for monomial, coefficient in polynomial.items():
            for inside, outside, mean in convex_parts(self.ring, monomial):
                factor = {outside: -coefficient}
                if self.signs.sign(factor) & NEGATIVE:
                    continue
                larger = self._mean_of(mean, inside)
                if larger is None:
                    continue
                gap = self.ring.add(
                    {monomial: coefficient}, self.ring.multiply(factor, larger.polynomial)
                )
                result = self.ring.subtract(result, gap)
                events += [Use(self.reason), *larger.events]
                break
        return Bound(result, tuple(dict.fromkeys(events))) if events else None

    def _mean_of(self, mean: Polynomial, function: str) -> Bound | None:
        """The integral of w f(g), if a polynomial is the integral of w g and that of w is 1."""
        split = self.integrands.merged(mean)
        if split is None or len(split[1]) != 1:
            return None
        rest, (part,) = split
        uniform = self._uniform(part, rest, function)
        if uniform is not None:
            return uniform
        for weight in self.integrands.weights(part.body):
            ((((number, _),), _),) = weight.items()
            if any((number, 1) not in monomial for monomial in part.body):
                continue
            mass = self.integrands.accumulated(part, weight)
            if mass.polynomial != self.ring.number(1):
                continue
            g = {tuple(p for p in m if p != (number, 1)): c for m, c in part.body.items()}
            if any(number in self.ring.atoms[n].free or n == number for m in g for n, _ in m):
                continue
            g = self.ring.add(g, rest)
            value = (
                self.ring.power(g, 2)
                if function == "square"
                else self.normalizer.exp_of(g, undo_logs=False)
            )
            found = self.integrands.accumulated(part, self.ring.multiply(weight, value))
            return Bound(found.polynomial, (*mass.events, *found.events))
        return None

    def _uniform(self, part: Part, rest: Polynomial, function: str) -> Bound | None:
        """The mean of f(g) over a bounded domain, if the integral is the mean of g."""
        length = self.integrands.length(part)
        if length is None or function != "exp":
            return None
        inverse = self.normalizer.inverse(length)
        g = self.ring.add(self.ring.multiply(part.body, length), rest)
        value = self.normalizer.exp_of(
            self.normalizer.factoring.lowest_terms(g), undo_logs=self.normalizer.mode.logarithms
        )
        return self.integrands.accumulated(part, self.ring.multiply(inverse, value))


class MeanOfLogarithm(Rule):
    """Replaces each log(integral of r) over a bounded domain by the smaller mean of log(r times the length)."""

    reason = "Jensen's inequality"

    def smaller(self, polynomial: Polynomial) -> Iterator[Bound]:
        """The polynomial with one logarithm of an integral or sum bounded."""
        ring, normalizer = self.ring, self.normalizer
        for monomial, coefficient in polynomial.items():
            for number, exponent in monomial:
                atom = ring.atoms[number]
                inside = single_atom(dict(atom.key[0])) if atom.kind == "log" else None
                part = self.integrands.part(inside) if inside is not None else None
                factor: Polynomial = {tuple(p for p in monomial if p[0] != number): coefficient}
                if part is None or exponent != 1 or self.signs.sign(factor) & NEGATIVE:
                    continue
                length = self.integrands.length(part)
                if length is None or not self.signs.is_positive(part.body):
                    continue
                logged = self.integrands.logarithm(ring.multiply(part.body, length), part.variable)
                body = ring.multiply(normalizer.inverse(length), logged.polynomial)
                mean = self.integrands.accumulated(part, body)
                others = {m: c for m, c in polynomial.items() if m != monomial}
                result = ring.add(others, ring.multiply(factor, mean.polynomial))
                yield Bound(result, (Use(self.reason), *logged.events, *mean.events))


def convex_parts(ring: Ring, monomial: Monomial) -> Iterator[tuple[str, Monomial, Polynomial]]:
    """The convex functions among the factors, what stands beside them, and their arguments."""
    for number, exponent in monomial:
        if ring.atoms[number].kind == "functional" and exponent == 2:
            rest = tuple(p for p in monomial if p[0] != number)
            yield "square", rest, {((number, 1),): ONE}
    powers = [p for p in monomial if ring.atoms[p[0]].kind == "exp"]
    if powers:
        argument: Polynomial = {}
        for number, exponent in powers:
            inner = {ring.atoms[number].key[0]: ONE}
            argument = ring.add(argument, ring.scale(inner, as_fmpq(exponent)))
        yield "exp", tuple(p for p in monomial if p not in powers), argument
