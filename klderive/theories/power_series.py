"""The binomial theorem and the exponential series, with powers of the index beside them.

Accepts a summand in normal form that is i^k g(i)/i! over i = 0, 1, 2, ..., or i^k g(i)/(i! (n - i)!) over i = 0..n,
where g(i + 1) = r g(i) with r free of i. With Stirling numbers S(k, j), i^k is the sum of the
S(k, j) i (i - 1) ... (i - j + 1), so that the first is g(0) exp(r) times the sum of S(k, j) r^j, and the second is
g(0) (1 + r)^n/n! times the sum of S(k, j) n (n - 1) ... (n - j + 1) (r/(1 + r))^j.
(Graham, Knuth and Patashnik, Concrete Mathematics, sections 5.1 and 6.1; Rudin, Principles of Mathematical Analysis,
chapter 8.)
"""

from __future__ import annotations

from klderive.kernel.events import Domain, UnestablishedError
from klderive.kernel.ring import ONE, Monomial, Polynomial, as_rational
from klderive.theories.telescoping import Telescoping

DEGREE = 8
"""Powers of the index beside a series."""

FIRST = 5
"""Sums may begin at an index up to this."""


class PowerSeries(Telescoping):
    """Adds the values of binomial sums and exponential series."""

    def summed(self, domain: Domain, variable: int, body: Polynomial) -> Polynomial | None:
        """The value of a sum; of a binomial sum or an exponential series, if it does not telescope."""
        count = len(self.events)
        try:
            value = super().summed(domain, variable, body)
        except UnestablishedError:
            value = None
        if value is not None:
            return value
        del self.events[count:]
        kind, lower, upper = domain
        ring = self.ring
        first = as_rational(dict(lower)) if isinstance(lower, frozenset) else None
        if kind != "range" or not isinstance(first, int) or not 0 <= first <= FIRST:
            return None
        result: Polynomial = {}
        for monomial, coefficient in body.items():
            inside = tuple(p for p in monomial if variable in ring.atoms[p[0]].free)
            outside = tuple(p for p in monomial if variable not in ring.atoms[p[0]].free)
            end = dict(upper) if isinstance(upper, frozenset) else None
            with self.binding(variable):
                self.position = "apart"
                power, g, ratio = self._shape(inside, variable, end)
            # The first terms, which may be missing, are taken from the whole.
            whole = self._whole(power, self.put({g: ONE}, variable, {}), ratio, end)
            for i in range(first):
                term = ring.multiply(
                    ring.scale(self.put({g: ONE}, variable, ring.number(i)), i**power),
                    self.inverse(self._factorials(ring.number(i), end)),
                )
                whole = ring.subtract(whole, term)
            result = ring.add(result, ring.multiply({outside: coefficient}, whole))
        return result

    def _factorials(self, index: Polynomial, end: Polynomial | None) -> Polynomial:
        """What stands below: i!, or i! (n - i)!."""
        ring = self.ring
        one = ring.number(1)
        result = self.gamma(ring.add(index, one))
        if end is None:
            return result
        return ring.multiply(result, self.gamma(ring.add(ring.subtract(end, index), one)))

    def _shape(
        self, inside: Monomial, i: int, end: Polynomial | None
    ) -> tuple[int, Monomial, Polynomial]:
        """The power of the index, the factor g and the ratio g(i + 1)/g(i), where the factorials stand below.

        Raises:
            UnestablishedError: if the summand is of another form.
        """
        ring = self.ring
        index = ring.of_atom(i)
        g = tuple(p for p in inside if ring.atoms[p[0]].kind in ("exp", "power"))
        others = ring.multiply(
            {tuple(p for p in inside if p not in g): ONE}, self._factorials(index, end)
        )
        power = next(
            (
                k
                for k in range(DEGREE + 1)
                if self.factoring.is_zero(ring.subtract(others, ring.of_atom(i, k)))
            ),
            None,
        )
        if power is None:
            raise UnestablishedError("no binomial sum and no exponential series")
        following = self.put({g: ONE}, i, ring.add(index, ring.number(1)))
        ratio = ring.multiply(following, ring.monomial_power(g, -1))
        if i in ring.free(ratio) or ring.multiply(ratio, {g: ONE}) != following:
            raise UnestablishedError("the terms have no constant ratio")
        return power, g, ratio

    def _whole(
        self, power: int, start: Polynomial, ratio: Polynomial, end: Polynomial | None
    ) -> Polynomial:
        """The sum from 0 on, up to infinity or to n."""
        ring = self.ring
        if end is None:
            total = self.exp_of(ratio, self.mode.logarithms)
            step = ratio
        else:
            above = self.factoring.lowest_terms(ring.add(ring.number(1), ratio))
            if not self.signs.is_positive(above):
                raise UnestablishedError("1 + r is not proved positive")
            exponent = ring.multiply(end, self.log_of(above, split=True))
            below = self.inverse(self.gamma(ring.add(end, ring.number(1))))
            total = ring.multiply(self.exp_of(exponent, True), below)
            step = ring.multiply(ratio, self.inverse(above))
        result: Polynomial = {}
        falling = ring.number(1)
        for j in range(power + 1):
            result = ring.add(result, ring.scale(falling, _stirling(power, j)))
            falling = ring.multiply(falling, step)
            if end is not None:
                falling = ring.multiply(falling, ring.subtract(end, ring.number(j)))
        return ring.multiply(ring.multiply(start, total), result)


def _stirling(n: int, k: int) -> int:
    """The Stirling number of the second kind: in how many ways n things fall into k classes."""
    row = [1]
    for m in range(n):
        row = [(row[j - 1] if j > 0 else 0) + (j * row[j] if j <= m else 0) for j in range(m + 2)]
    return row[k]
