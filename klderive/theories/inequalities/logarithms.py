"""The logarithm lies below its tangent: log u <= u - 1, under a weight and with the logarithms of each weight together.

Where a weight is 0, a summand with a logarithm is 0, as everywhere under a binder; the other side of the bound is then
required to be nonnegative there. Weights are the monomials beside the logarithms, or all that stands beside one
function of the bound variable, such as (1 - c) k. Of c log m - a log p - b log q with a + b = c, each of a and b gets
its share of log m, which is the concavity of the logarithm.

(Cover and Thomas, Elements of Information Theory, 2nd edition, theorem 2.6.3 and the log sum inequality, 2.7.1.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flint import fmpq

from klderive.kernel.events import Event, UnestablishedError, Use
from klderive.kernel.ring import ONE, Monomial, Polynomial
from klderive.kernel.signs import NEGATIVE, POSITIVE
from klderive.theories.inequalities.integrands import Bound, Integrands, Part
from klderive.theories.inequalities.rule import Rule

_Linearised = Callable[[Polynomial], Polynomial]


class Logarithms(Rule):
    """Replaces each -w log(r) by the smaller -(w r - w)."""

    reason = "log u <= u - 1"

    def smaller(self, polynomial: Polynomial) -> Iterator[Bound]:
        """The polynomial with all logarithms bounded, by each way to read the weights."""
        found = []
        for linearised in (self._by_monomials, self._by_functions):
            try:
                bound = self._bounded(polynomial, linearised)
            except UnestablishedError:
                continue
            if bound is not None and bound not in found:
                found.append(bound)
                yield bound

    def _bounded(self, polynomial: Polynomial, linearised: _Linearised) -> Bound | None:
        split = self.integrands.merged(polynomial)
        if split is None:
            return None
        rest, parts = split
        smaller = linearised(rest)
        changed = smaller is not rest
        result, found = smaller, [Use(self.reason)] if changed else []
        events: list[Event] = list(found)
        for part in parts:
            body = linearised(part.body)
            inner = self._inside(part, linearised) if body is part.body else Bound(body)
            if inner is None:
                total = Bound(self.integrands.original(polynomial, part))
            else:
                changed = True
                total = self.integrands.accumulated(part, inner.polynomial)
                events += [Use(self.reason), *inner.events]
            result = self.ring.add(result, total.polynomial)
            events += total.events
        return Bound(result, tuple(dict.fromkeys(events))) if changed else None

    def _inside(self, part: Part, linearised: _Linearised) -> Bound | None:
        """The body with the logarithms bounded that stand under further integrals or sums in it."""
        with self.normalizer.binding(part.variable):
            return self._bounded(part.body, linearised)

    def _by_monomials(self, body: Polynomial) -> Polynomial:
        """The body with the logarithms of each monomial together bounded; the same object if none is."""
        for weight, scale, argument, rest in weighted_logarithms(self.integrands, body):
            product = product_where_defined(self.integrands, weight, argument)
            if product is not None:
                difference = self.ring.subtract(product, weight)
                smaller = self.ring.subtract(rest, self.ring.scale(difference, scale))
                return self._by_monomials(smaller)
        return body

    def _by_functions(self, body: Polynomial) -> Polynomial:
        """The body with the logarithms beside each function of what is bound bounded; the same object if none is."""
        ring = self.ring
        groups: dict[Monomial, dict[int, Polynomial]] = {}
        rest: Polynomial = {}
        for monomial, coefficient in body.items():
            logs = [p for p in monomial if ring.atoms[p[0]].kind == "log"]
            if len(logs) != 1 or logs[0][1] != 1:
                rest[monomial] = coefficient
                continue
            function = tuple(p for p in monomial if p not in logs and self._moves(p[0]))
            factor = tuple(p for p in monomial if p not in logs and not self._moves(p[0]))
            factors = groups.setdefault(function, {}).setdefault(logs[0][0], {})
            factors[factor] = coefficient
        if all(len(own) == 1 for group in groups.values() for own in group.values()) and all(
            len(group) < 3 for group in groups.values()
        ):
            return body
        weights: Polynomial = {}
        products: Polynomial = {}
        vanishing: set[int] = set()
        for function, factors_of in groups.items():
            found = self._proportional(function, factors_of)
            if found is None:
                found = self._with_shares(function, factors_of)
            if found is None:
                return body
            weight, product = found
            denominators = self._vanishing_denominators(product)
            if not denominators:
                rest = ring.add(rest, weight, ring.scale(product, -1))
                continue
            vanishing |= denominators
            weights, products = ring.add(weights, weight), ring.add(products, product)
        products = self.normalizer.factoring.lowest_terms(products)
        # Where the denominator vanishes so do the weights, and the terms; the products together must be no less there.
        if len(vanishing) > 1 or self._vanishing_denominators(products):
            return body
        if vanishing and self.signs.sign(products) & NEGATIVE:
            return body
        rest = ring.add(rest, weights, ring.scale(products, -1))
        return self.normalizer.factoring.by_denominator(rest) if groups else body

    def _vanishing_denominators(self, polynomial: Polynomial) -> set[int]:
        """The factors in denominators that may be 0."""
        return {
            number
            for monomial in polynomial
            for number, exponent in monomial
            if exponent < 0 and not self.signs.is_nonzero({((number, 1),): ONE})
        }

    def _product(self, weight: Polynomial, argument: Polynomial | None) -> Polynomial | None:
        """Weight times argument, if that is nonnegative wherever it is defined."""
        if argument is None:
            return None
        product = self.normalizer.factoring.lowest_terms(self.ring.multiply(weight, argument))
        return None if self.signs.sign(product) & NEGATIVE else product

    def _moves(self, number: int) -> bool:
        """Whether an atom depends on a variable that is bound."""
        atoms = self.ring.atoms
        return any(
            isinstance(leaf, int) and atoms[leaf].kind == "bound" for leaf in atoms[number].free
        )

    def _proportional(
        self, function: Monomial, factors: dict[int, Polynomial]
    ) -> tuple[Polynomial, Polynomial] | None:
        """Of the sum of factor * function * log, the w and w r with which it is at least w - w r, for one weight w."""
        ring = self.ring
        base = next(iter(factors.values()))
        if self.signs.sign(base) == NEGATIVE:
            base = ring.scale(base, -1)
        monomial = next(iter(base))
        logs: dict[int, fmpq] = {}
        for number, factor in factors.items():
            ratio = factor.get(monomial, fmpq(0)) / base[monomial]
            if ring.subtract(factor, ring.scale(base, ratio)):
                return None
            logs[number] = ratio
        weight = ring.multiply(base, {function: ONE})
        if self.signs.sign(weight) & NEGATIVE:
            return None
        for scale in sorted({abs(c) for c in logs.values()}):
            product = self._product(weight, _argument(self.integrands, logs, scale))
            if product is not None:
                return ring.scale(weight, scale), ring.scale(product, scale)
        return None

    def _with_shares(
        self, function: Monomial, factors: dict[int, Polynomial]
    ) -> tuple[Polynomial, Polynomial] | None:
        """The same of c log m - a log p - b log q, where a + b = c: each of the others gets its share of log m."""
        ring = self.ring
        if ring.add(*factors.values()):
            return None
        first: tuple[Polynomial, Polynomial] | None = None
        for pivot in factors:
            found = [
                self._share(function, number, pivot, factor)
                for number, factor in factors.items()
                if number != pivot
            ]
            shares = [share for share in found if share is not None]
            if not shares or len(shares) < len(found):
                continue
            weights, products = zip(*shares, strict=True)
            product = self.normalizer.factoring.lowest_terms(ring.add(*products))
            if self.signs.sign(product) & NEGATIVE:
                continue
            if not self._vanishing_denominators(product):
                return ring.add(*weights), product
            first = first or (ring.add(*weights), product)
        return first

    def _share(
        self, function: Monomial, number: int, pivot: int, factor: Polynomial
    ) -> tuple[Polynomial, Polynomial] | None:
        """The same of factor * function * (log - pivot log), if the factor has a sign."""
        logs = {number: fmpq(1), pivot: fmpq(-1)}
        if not self.signs.sign(factor) & POSITIVE:
            factor = self.ring.scale(factor, -1)
            logs = {number: fmpq(-1), pivot: fmpq(1)}
        weight = self.ring.multiply(factor, {function: ONE})
        if self.signs.sign(weight) & NEGATIVE:
            return None
        product = self._product(weight, _argument(self.integrands, logs, fmpq(1)))
        return None if product is None else (weight, product)


def weighted_logarithms(
    integrands: Integrands, body: Polynomial
) -> Iterator[tuple[Polynomial, fmpq, Polynomial, Polynomial]]:
    """The ways to write a body as rest - scale * weight * log(argument), the weight a monomial proved nonnegative."""
    ring = integrands.ring
    groups: dict[Monomial, dict[int, fmpq]] = {}
    for monomial, coefficient in body.items():
        logs = [n for n, e in monomial if ring.atoms[n].kind == "log" and e == 1]
        if len(logs) == 1:
            weight = tuple(p for p in monomial if p[0] != logs[0])
            groups.setdefault(weight, {})[logs[0]] = coefficient
    for weight, logs_of in groups.items():
        if integrands.signs.sign({weight: ONE}) & NEGATIVE:
            continue
        terms = {tuple(sorted((*weight, (log, 1)))) for log in logs_of}
        rest = {m: c for m, c in body.items() if m not in terms}
        for scale in sorted({abs(c) for c in logs_of.values()}):
            argument = _argument(integrands, logs_of, scale)
            if argument is not None:
                yield {weight: ONE}, scale, argument, rest


def _argument(integrands: Integrands, logs: dict[int, fmpq], scale: fmpq) -> Polynomial | None:
    """The product of the arguments of logarithms, each to its coefficient divided by -scale."""
    ring = integrands.ring
    argument = ring.number(1)
    for number, coefficient in logs.items():
        exponent = -coefficient / scale
        if exponent.q != 1:
            return None
        inside = dict(ring.atoms[number].key[0])
        if exponent < 0:
            inside = integrands.normalizer.inverse(inside)
        argument = ring.multiply(argument, ring.power(inside, abs(int(exponent.p))))
    return argument


def product_where_defined(
    integrands: Integrands, weight: Polynomial, argument: Polynomial
) -> Polynomial | None:
    """Weight times argument, if that makes sense and is nonnegative also where the weight is 0."""
    product = integrands.normalizer.factoring.lowest_terms(
        integrands.ring.multiply(weight, argument)
    )
    for monomial in product:
        for number, exponent in monomial:
            if exponent < 0 and not integrands.signs.is_nonzero({((number, 1),): ONE}):
                return None
    return None if integrands.signs.sign(product) & NEGATIVE else product
