"""Euler's integrals: of x^q exp(-c x) over (0, oo), and of x^q (1 - x)^r over (0, 1), by the Gamma function.

Accepts an integrand in normal form that is one such term, or a sum of them: for q > -1 and c > 0 the first is
G(q + 1)/c^(q + 1); for q, r > -1 the second is G(q + 1) G(r + 1)/G(q + r + 2).
(Rudin, Principles of Mathematical Analysis, definition 8.17 and theorem 8.20.)
"""

from __future__ import annotations

from klderive.kernel.events import Domain, UnestablishedError, Use
from klderive.kernel.ring import Frozen, Monomial, Polynomial, as_fmpq, freeze
from klderive.theories.antiderivatives import Antiderivatives


class EulerIntegrals(Antiderivatives):
    """Adds the values of Euler's integrals."""

    def integrated(self, domain: Domain, variable: int, body: Polynomial) -> Polynomial | None:
        """The value of an integral; of one of Euler's, if there is no antiderivative."""
        count = len(self.events)
        try:
            value = super().integrated(domain, variable, body)
        except UnestablishedError:
            value = None
        if value is not None:
            return value
        del self.events[count:]
        kind, lower, upper = domain
        if kind != "interval" or lower != frozenset():
            return None
        if isinstance(upper, frozenset) and dict(upper) != self.ring.number(1):
            return None
        result: Polynomial = {}
        for monomial, coefficient in body.items():
            inside = tuple(p for p in monomial if variable in self.ring.atoms[p[0]].free)
            outside = tuple(p for p in monomial if variable not in self.ring.atoms[p[0]].free)
            one = self._beta if isinstance(upper, frozenset) else self._gamma_integral
            found = one(inside, variable)
            result = self.ring.add(result, self.ring.multiply({outside: coefficient}, found))
        if any(not isinstance(event, Use) for event in self.events[count:]):
            return None
        return result

    def _gamma_integral(self, inside: Monomial, x: int) -> Polynomial:
        """The integral of x^q exp(-c x) from 0 to infinity."""
        ring = self.ring
        powers, rest = self._powers(inside, (freeze(ring.of_atom(x)),))
        rate: Polynomial = {}
        for monomial, coefficient in rest.items():
            factor = tuple(p for p in monomial if p[0] != x)
            if (x, 1) not in monomial or any(x in ring.atoms[n].free for n, _ in factor):
                raise UnestablishedError("no integral of Euler's")
            rate[factor] = -coefficient
        q = ring.add(powers[0], ring.number(1))
        if not self.signs.is_positive(rate) or not self.signs.is_positive(q):
            raise UnestablishedError("the integral is not proved to converge")
        scale = self.exp_of(ring.scale(ring.multiply(q, self.log_of(rate, split=True)), -1), True)
        return ring.multiply(self.gamma(q), scale)

    def _beta(self, inside: Monomial, x: int) -> Polynomial:
        """The integral of x^q (1 - x)^r from 0 to 1."""
        ring = self.ring
        one = ring.number(1)
        other = ring.subtract(one, ring.of_atom(x))
        (first, second), rest = self._powers(inside, (freeze(ring.of_atom(x)), freeze(other)))
        if rest:
            raise UnestablishedError("no integral of Euler's")
        q, r = ring.add(first, one), ring.add(second, one)
        if not self.signs.is_positive(q) or not self.signs.is_positive(r):
            raise UnestablishedError("the integral is not proved to converge")
        product = ring.multiply(self.gamma(q), self.gamma(r))
        return ring.multiply(product, self.inverse(self.gamma(ring.add(q, r))))

    def _powers(
        self, inside: Monomial, bases: tuple[Frozen, ...]
    ) -> tuple[list[Polynomial], Polynomial]:
        """The exponents of bases, numbers and expressions together, and what else stands in the exponent of exp.

        Raises:
            UnestablishedError: if there are other factors.
        """
        ring = self.ring
        powers: list[Polynomial] = [{} for _ in bases]
        rest: Polynomial = {}
        for number, exponent in inside:
            atom = ring.atoms[number]
            base = atom.key[0] if atom.kind == "sum" else freeze(ring.of_atom(number))
            if base in bases:
                place = bases.index(base)
                powers[place] = ring.add(powers[place], ring.number(as_fmpq(exponent)))
            elif atom.kind == "exp":
                which, factor = self._logarithm_in(atom.key[0], bases)
                term = {factor: as_fmpq(exponent)}
                if which is None:
                    rest = ring.add(rest, term)
                else:
                    powers[which] = ring.add(powers[which], term)
            else:
                raise UnestablishedError("no integral of Euler's")
        return powers, rest

    def _logarithm_in(
        self, exponent: Monomial, bases: tuple[Frozen, ...]
    ) -> tuple[int | None, Monomial]:
        """Which base's logarithm is a factor of an exponent, and the other factors; None and all if there is none."""
        for number, power in exponent:
            atom = self.ring.atoms[number]
            if atom.kind == "log" and atom.key[0] in bases and power == 1:
                others = tuple(p for p in exponent if p[0] != number)
                base_free = self.ring.free(dict(atom.key[0]))
                if not any(base_free & self.ring.atoms[n].free for n, _ in others):
                    return bases.index(atom.key[0]), others
        return None, exponent
