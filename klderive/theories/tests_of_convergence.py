"""Tests of convergence: of integrals by the behaviour at their ends, of series by the ratio or the size of their terms.

Accepts monomials in normal form. On a bounded interval an integral converges if the integrand is continuous up to the
ends; at an infinite end, if it is a polynomial times the exp of something that tends to minus infinity, or a power
below -1. An integrand with |c + k x| is continuous, and at either end it is what it is without the bars. A series
converges if its terms fall like a power below -1, or faster than an exponential.
(Rudin, Principles of Mathematical Analysis, theorems 3.25, 3.28, 3.34 and exercise 6.8.)
"""

from __future__ import annotations

from dataclasses import replace

from sympy import oo

from klderive.kernel.convergence import Answer, Convergence
from klderive.kernel.events import Domain, Obligation, UnestablishedError
from klderive.kernel.matching import single_atom
from klderive.kernel.ring import ONE, Exponent, Monomial, Polynomial, freeze
from klderive.kernel.signs import NEGATIVE, POSITIVE
from klderive.theories.growth import decays, growth


class TestsOfConvergence(Convergence):
    """Adds tests for series, absolute values and events."""

    def monomial(self, obligation: Obligation, monomial: Monomial) -> Answer:
        """Whether the functional of one monomial of an obligation's body has a value."""
        kind, _, upper = obligation.domain
        without = tuple(p for p in monomial if self.ring.atoms[p[0]].kind != "indicator")
        if (
            without == monomial
            or kind == "set"
            or (kind == "range" and isinstance(upper, frozenset))
        ):
            return super().monomial(obligation, monomial)
        # An indicator is at most 1: with something nonnegative that converges it converges, too.
        inside = self.key(obligation, without)[-1]
        if not inside or self.signs.monomial(inside) & NEGATIVE:
            return "unknown"
        return "converges" if self.monomial(obligation, without) == "converges" else "unknown"

    def is_integrable(self, obligation: Obligation, monomial: Monomial) -> bool:
        """Whether the integral of a monomial without abstract functions converges."""
        kind, lower, upper = obligation.domain
        if kind == "interval" and any(
            self.ring.atoms[n].kind == "abs" for n in self._deep(monomial)
        ):
            return self._converges_by_ends(obligation, monomial)
        grows = growth(self.ring, monomial, obligation.variable)
        if grows is None or not isinstance(grows.power, int):
            return False
        power, logarithms = grows.power, grows.logarithms
        if kind == "oriented":
            return power >= 0 and not logarithms
        zero = not self._away_from_zero(lower, upper)
        if zero and (power < 0 or (logarithms and not self._starts_at_zero(lower, upper))):
            return False
        for end, sign in ((lower, -1), (upper, 1)):
            if isinstance(end, frozenset):
                continue
            if not grows.degrees:
                if logarithms or not power < -1:
                    return False
            elif not decays(self.signs, grows.degrees, sign):
                return False
        return True

    def _starts_at_zero(self, lower: object, upper: object) -> bool:
        """Whether 0 is an end of the interval, where log(x) is integrable."""
        return lower == frozenset() or upper == frozenset()

    def _away_from_zero(self, lower: object, upper: object) -> bool:
        """Whether the closed interval does not contain 0."""
        if isinstance(lower, frozenset) and self.signs.is_positive(dict(lower)):
            return True
        return isinstance(upper, frozenset) and self.signs.sign(dict(upper)) == NEGATIVE

    def _deep(self, monomial: Monomial) -> set[int]:
        """The factors of a monomial, and those in the exponents of its exps."""
        factors = {n for n, _ in monomial}
        exponents = {
            n
            for f in factors
            if self.ring.atoms[f].kind == "exp"
            for n, _ in self.ring.atoms[f].key[0]
        }
        return factors | exponents

    def _converges_by_ends(self, obligation: Obligation, monomial: Monomial) -> bool:
        """The same with absolute values of linear terms, such as |x - m|: continuous, and linear near either end."""
        kind, lower, upper = obligation.domain
        variable = obligation.variable
        one, minus = freeze(self.ring.number(1)), freeze(self.ring.number(-1))
        for end, sign in ((lower, -1), (upper, 1)):
            try:
                near = self._without_absolute_values(monomial, variable, sign)
            except UnestablishedError:
                return False
            for term in near:
                grows = growth(self.ring, term, variable)
                if grows is None or not isinstance(grows.power, int) or grows.power < 0:
                    return False
            if not isinstance(end, frozenset):
                # In between the whole is continuous.
                domain: Domain = (kind, one, end) if sign > 0 else (kind, end, minus)
                part = replace(obligation, domain=domain)
                if not all(self.is_integrable(part, term) for term in near):
                    return False
        return True

    def _without_absolute_values(self, monomial: Monomial, variable: int, sign: int) -> Polynomial:
        """A monomial as it is near the end of that sign, where |c + k x| is c + k x or its negative.

        Raises:
            UnestablishedError: if an absolute value is not linear in the variable with a coefficient of known sign, or
                a factor is neither a power of the variable, such an absolute value, nor an exp of these.
        """
        ring = self.ring
        result = ring.number(1)
        for number, exponent in monomial:
            atom = ring.atoms[number]
            factor: Polynomial = {((number, exponent),): ONE}
            if variable in atom.free and number != variable:
                if not isinstance(exponent, int):
                    raise UnestablishedError("a root of the variable")
                if atom.kind == "abs" and exponent > 0:
                    factor = ring.power(self._turned(dict(atom.key[0]), variable, sign), exponent)
                elif atom.kind == "exp":
                    inner = self._without_absolute_values(atom.key[0], variable, sign)
                    factor = self.full.exp_of(ring.scale(inner, exponent), False)
                else:
                    raise UnestablishedError("a factor whose growth is not known")
            result = ring.multiply(result, factor)
        return result

    def _turned(self, linear: Polynomial, variable: int, sign: int) -> Polynomial:
        """A linear polynomial in the variable, with the sign that makes it positive near an end."""
        slope: Polynomial = {}
        for monomial, coefficient in linear.items():
            degree = dict(monomial).get(variable, 0)
            rest = tuple(p for p in monomial if p[0] != variable)
            if degree not in (0, 1) or any(variable in self.ring.atoms[n].free for n, _ in rest):
                raise UnestablishedError("an absolute value of what is not linear")
            if degree:
                slope[rest] = coefficient
        signs = self.signs.sign(slope) if slope else 0
        if signs not in (POSITIVE, NEGATIVE):
            raise UnestablishedError("an absolute value whose slope has no known sign")
        return self.ring.scale(linear, sign if signs == POSITIVE else -sign)

    def is_summable(self, obligation: Obligation, monomial: Monomial) -> bool:
        """Whether the sum of a monomial from a number to infinity converges, by the ratio or the size of its terms."""
        _, lower, upper = obligation.domain
        variable = obligation.variable
        if not isinstance(lower, frozenset) or upper != oo:
            return False
        factorials = 0
        others: list[tuple[int, Exponent]] = []
        for number, exponent in monomial:
            atom = self.ring.atoms[number]
            if self._is_factorial(number, variable) and isinstance(exponent, int):
                factorials += exponent
            elif atom.kind == "log" and isinstance(exponent, int) and exponent > 0:
                inside = single_atom(dict(atom.key[0]))
                if inside is not None and self._is_factorial(inside, variable):
                    # log(k!) is at most k^2, from some k on.
                    others.append((variable, 2 * exponent))
                else:
                    others.append((number, exponent))
            else:
                others.append((number, exponent))
        rest = self.ring.number(1)
        for factor in others:
            rest = self.ring.multiply(rest, {(factor,): ONE})
        if len(rest) != 1:
            return False
        ((factors, _),) = rest.items()
        grows = growth(self.ring, factors, variable)
        if grows is None or factorials > 0:
            return False
        if factorials < 0:
            return max(grows.degrees, default=0) <= 1
        if not grows.degrees:
            return not grows.logarithms and grows.power <= -2
        return decays(self.signs, grows.degrees, 1)

    def _is_factorial(self, number: int, variable: int) -> bool:
        """Whether an atom is the Gamma function at the variable, or at it plus something free of it."""
        atom = self.ring.atoms[number]
        if atom.kind != "gamma":
            return False
        shift = self.ring.subtract(dict(atom.key[0]), self.ring.of_atom(variable))
        return variable not in self.ring.free(shift)
