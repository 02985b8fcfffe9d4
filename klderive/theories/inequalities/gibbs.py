"""Gibbs' inequality for a whole difference: under a normalised weight it is a divergence from something of mass 1.

Accepts c w log w + w g under one sign, with the integral of w equal to 1, and what stands under no sign, r. Since
log u <= u - 1, the integral of w (c log w + g + r) is at least c (1 - the integral of q) with
q = w exp(-(c log w + g + r)/c), in which w cancels; if q has mass 1, that is Gibbs' inequality. Where q <= w everywhere
nothing needs to be integrated.

Where w is 0, the summand is 0, and q is required to be nonnegative there and to be defined everywhere.

(Cover and Thomas, Elements of Information Theory, 2nd edition, theorem 2.6.3 and equation 2.82.)
"""

from __future__ import annotations

from collections.abc import Iterator

from flint import fmpq

from klderive.kernel.events import UnestablishedError, Use
from klderive.kernel.ring import ONE, Polynomial, exact
from klderive.kernel.signs import NEGATIVE
from klderive.theories.bounds import Bounds
from klderive.theories.inequalities.integrands import Bound, Part
from klderive.theories.inequalities.rule import Rule


class Gibbs(Rule):
    """Replaces an integral of w (c log w + g), with what stands under no sign, by what it is at least."""

    reason = "log u <= u - 1"
    alone = True

    def smaller(self, polynomial: Polynomial) -> Iterator[Bound]:
        """The polynomial with the terms of one normalised weight bounded together."""
        split = self.integrands.merged(polynomial, constants=True)
        if split is None:
            return
        constant, parts = split
        for part in parts:
            others = self.ring.subtract(
                polynomial,
                self.ring.add(constant, self.integrands.original(polynomial, part)),
            )
            for weight in self.integrands.weights(part.body):
                if self.integrands.accumulated(part, weight).polynomial != self.ring.number(1):
                    continue
                yield from self._under(part, weight, constant, others)

    def _under(
        self, part: Part, weight: Polynomial, constant: Polynomial, others: Polynomial
    ) -> Iterator[Bound]:
        """The bounds under one weight of mass 1."""
        ring = self.ring
        ((((number, _),), _),) = weight.items()
        inside: Polynomial = {}
        remaining: Polynomial = {}
        for monomial, coefficient in part.body.items():
            if (number, 1) in monomial:
                inside[tuple(p for p in monomial if p[0] != number)] = coefficient
            else:
                remaining[monomial] = coefficient
        inside = ring.add(inside, constant)
        mass = self.integrands.accumulated(part, weight)
        rest = self.integrands.accumulated(part, remaining)
        for scale in self._scales(inside, weight, part.variable):
            try:
                exponential = powers_of_logarithms(
                    self.normalizer,
                    ring.multiply(inside, ring.scale(self.normalizer.inverse(scale), -1)),
                )
                events = [Use(self.reason), *mass.events, *rest.events]
                result = ring.add(others, rest.polynomial)
                # Where the weight is not 0, what is divided by is under a logarithm that is defined there.
                gap = self.normalizer.factoring.lowest_terms(
                    ring.subtract(ring.number(1), exponential)
                )
                if not self.signs.sign(gap) & NEGATIVE:
                    yield Bound(result, tuple(dict.fromkeys(events)))
                    continue
                other = self._other(weight, exponential, part, constant)
                if other is None:
                    continue
                total = self.integrands.accumulated(part, other)
            except UnestablishedError:
                continue
            least = ring.multiply(scale, ring.subtract(ring.number(1), total.polynomial))
            yield Bound(ring.add(result, least), tuple(dict.fromkeys((*events, *total.events))))

    def _other(
        self, weight: Polynomial, exponential: Polynomial, part: Part, constant: Polynomial
    ) -> Polynomial | None:
        """Weight times exponential, if that is defined everywhere and not negative.

        It may be divided by a constant of which a logarithm is taken.
        """
        product = self.normalizer.factoring.lowest_terms(self.ring.multiply(weight, exponential))
        for monomial in product:
            for number, exponent in monomial:
                alone: Polynomial = {((number, 1),): ONE}
                if exponent < 0 and not (
                    self.signs.is_nonzero(alone) or self._is_under_logarithm(alone, constant)
                ):
                    return None
        return None if self.signs.sign(product) & NEGATIVE else product

    def _is_under_logarithm(self, argument: Polynomial, polynomial: Polynomial) -> bool:
        """Whether the logarithm of something is a factor of a term."""
        atoms = self.ring.atoms
        return any(
            atoms[n].kind == "log" and dict(atoms[n].key[0]) == argument
            for monomial in polynomial
            for n, _ in monomial
        )

    def _scales(
        self, inside: Polynomial, weight: Polynomial, variable: int
    ) -> Iterator[Polynomial]:
        """Positive factors, free of the variable, by which what is exponentiated may be divided."""
        ring = self.ring
        found: Polynomial = {}
        for monomial, coefficient in inside.items():
            for number, exponent in monomial:
                atom = ring.atoms[number]
                if atom.kind == "log" and exponent == 1 and dict(atom.key[0]) == weight:
                    found[tuple(p for p in monomial if p[0] != number)] = coefficient
        if found and variable not in ring.free(found) and self.signs.is_positive(found):
            yield found
            yield ring.scale(found, 2)
        yield ring.number(1)


def powers_of_logarithms(normalizer: Bounds, polynomial: Polynomial) -> Polynomial:
    """The exp of a polynomial, with the exp of each rational multiple of a logarithm as a power.

    What stands under those logarithms is positive where the weight beside them is.

    Raises:
        UnestablishedError: if a root is not established.
    """
    ring = normalizer.ring
    powers = ring.number(1)
    others: Polynomial = {}
    for monomial, coefficient in polynomial.items():
        atom = ring.atoms[monomial[0][0]] if len(monomial) == 1 else None
        if (
            atom is None
            or atom.kind != "log"
            or monomial[0][1] != 1
            or normalizer.signs.is_positive(dict(atom.key[0]))
        ):
            others[monomial] = coefficient
            continue
        powers = ring.multiply(powers, _power(normalizer, dict(atom.key[0]), coefficient))
    outer, normalizer.events = normalizer.events, []
    try:
        return ring.multiply(powers, normalizer.exp_of(others, undo_logs=True))
    finally:
        normalizer.events = outer


def _power(normalizer: Bounds, base: Polynomial, exponent: fmpq) -> Polynomial:
    """A rational power of something that is positive wherever it counts."""
    if exponent < 0:
        base, exponent = normalizer.inverse(base), -exponent
    if exponent.q == 1:
        return normalizer.ring.power(base, int(exponent.p))
    if len(base) != 1 or any(normalizer.signs.atom(n) & NEGATIVE for m in base for n, _ in m):
        raise UnestablishedError("a root needs factors that are not negative")
    ((monomial, coefficient),) = base.items()
    if coefficient != ONE:
        raise UnestablishedError("a root of a number is not taken here")
    return normalizer.ring.monomial_power(monomial, exact(exponent))
