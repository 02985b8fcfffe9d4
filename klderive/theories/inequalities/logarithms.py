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

from klderive.kernel.events import Event, Use
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
            bound = self._bounded(polynomial, linearised)
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
        for function, factors_of in groups.items():
            smaller = self._together(function, factors_of)
            if smaller is None:
                return body
            rest = ring.add(rest, smaller)
        return self.normalizer.factoring.by_denominator(rest) if groups else body

    def _moves(self, number: int) -> bool:
        """Whether an atom depends on a variable that is bound."""
        atoms = self.ring.atoms
        return any(
            isinstance(leaf, int) and atoms[leaf].kind == "bound" for leaf in atoms[number].free
        )

    def _together(self, function: Monomial, factors: dict[int, Polynomial]) -> Polynomial | None:
        """Less than the sum of factor * function * log over the logarithms, without logarithms."""
        return self._proportional(function, factors) or self._with_shares(function, factors)

    def _proportional(
        self, function: Monomial, factors: dict[int, Polynomial]
    ) -> Polynomial | None:
        """Less than -w log r, where the factors are rational multiples of one weight w."""
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
            argument = _argument(self.integrands, logs, scale)
            if argument is None:
                continue
            product = product_where_defined(self.integrands, weight, argument)
            if product is not None:
                return ring.scale(ring.subtract(weight, product), scale)
        return None

    def _with_shares(self, function: Monomial, factors: dict[int, Polynomial]) -> Polynomial | None:
        """Less than c log m - a log p - b log q, where a + b = c: each of the others gets its share of log m."""
        ring = self.ring
        if ring.add(*factors.values()):
            return None
        for pivot in factors:
            result: Polynomial | None = {}
            for number, factor in factors.items():
                if number == pivot:
                    continue
                below = not self.signs.sign(factor) & POSITIVE
                above = not self.signs.sign(factor) & NEGATIVE
                weight = ring.multiply(ring.scale(factor, -1 if below else 1), {function: ONE})
                if not (below or above) or self.signs.sign(weight) & NEGATIVE:
                    result = None
                    break
                logs = {number: fmpq(-1), pivot: fmpq(1)}
                if above:
                    logs = {number: fmpq(1), pivot: fmpq(-1)}
                argument = _argument(self.integrands, logs, fmpq(1))
                product = (
                    None
                    if argument is None
                    else product_where_defined(self.integrands, weight, argument)
                )
                if product is None or result is None:
                    result = None
                    break
                result = ring.add(result, weight, ring.scale(product, -1))
            if result is not None:
                return self.normalizer.factoring.lowest_terms(result)
        return None


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
