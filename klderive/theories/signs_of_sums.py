"""Further rules for the sign of a sum: discriminants, absolute values, logarithms, multiples of inequalities.

Accepts polynomials in normal form whose sign the kernel's own rules leave open. Each rule reduces the sign to those of
other polynomials; nothing is guessed.
"""

from __future__ import annotations

from klderive.kernel.ring import ONE, Polynomial, as_fmpq
from klderive.kernel.signs import (
    DEPTH,
    NEGATIVE,
    NONNEGATIVE,
    POSITIVE,
    UNKNOWN,
    VANISHES,
    Signs,
    opposite,
    product,
    total,
)

SHORT = 8
"""Terms of a polynomial up to which multiples of inequalities are tried."""


class SignsOfSums(Signs):
    """Adds rules for sums."""

    def closer(self, polynomial: Polynomial, depth: int) -> int:
        """The possible signs of a polynomial whose terms alone do not tell."""
        signs = super().closer(polynomial, depth)
        if depth == 0 or not self.ring.free(polynomial) or self.factoring.clear(polynomial)[1]:
            return signs
        for rule in (self._quadratic, self._absolute, self._by_logarithms, self._exponentials):
            if signs not in (POSITIVE, NEGATIVE):
                signs &= rule(polynomial, depth)
        return signs

    def by_inequalities(self, polynomial: Polynomial, depth: int) -> int:
        """NONNEGATIVE or POSITIVE if a positive multiple of a known inequality leaves something that is."""
        found = super().by_inequalities(polynomial, depth)
        if found == UNKNOWN and depth == DEPTH and len(polynomial) <= SHORT:
            found = self._by_multiples(polynomial, depth)
        return found

    def _by_multiples(self, polynomial: Polynomial, depth: int) -> int:
        """The same with an inequality times a monomial that is proved nonnegative, such as (1 - p) y."""
        ring = self.ring
        found = UNKNOWN
        for known, strict in self.relevant(polynomial):
            for monomial, coefficient in known.items():
                inverse = ring.monomial_power(monomial, -1)
                for mine, own in polynomial.items():
                    if own / coefficient < 0:
                        continue
                    factor = ring.multiply({mine: own / coefficient}, inverse)
                    if len(factor) != 1 or factor.keys() == {()}:
                        continue
                    (multiplier,) = factor
                    own_sign = self.monomial(multiplier)
                    # What is divided by must not vanish.
                    if own_sign & NEGATIVE or any(
                        e < 0 and self.atom(n) & VANISHES for n, e in multiplier
                    ):
                        continue
                    rest = ring.subtract(polynomial, ring.multiply(factor, known))
                    if len(rest) >= len(polynomial):
                        continue
                    signs = self.sign(rest, depth - 1)
                    if signs & NEGATIVE:
                        continue
                    if signs == POSITIVE or (strict and own_sign == POSITIVE):
                        return POSITIVE
                    found = NONNEGATIVE
        return found

    def _by_logarithms(self, polynomial: Polynomial, depth: int) -> int:
        """The sign of a sum of terms with logarithms, those of each put together: (1 - p) log(1 - p)."""
        groups: dict[int, Polynomial] = {}
        for monomial, coefficient in polynomial.items():
            logs = [n for n, e in monomial if e == 1 and self.ring.atoms[n].kind == "log"]
            if len(logs) > 1:
                return UNKNOWN
            number = logs[0] if logs else -1
            rest = tuple(pair for pair in monomial if pair[0] != number)
            groups.setdefault(number, {})[rest] = coefficient
        if len(groups) == len(polynomial) or len(groups) < 2:
            return UNKNOWN
        signs = VANISHES
        for number, part in groups.items():
            own = self.sign(part, depth - 1)
            signs = total(signs, own if number < 0 else product(own, self.atom(number)))
        return signs

    def _exponentials(self, polynomial: Polynomial, depth: int) -> int:
        """The sign of c m exp(a) - c m exp(b), with m > 0, is that of c (a - b)."""
        if len(polynomial) != 2:
            return UNKNOWN
        (m, a), (n, b) = polynomial.items()
        if a + b:
            return UNKNOWN
        ring = self.ring
        ratio = ring.multiply({m: ONE}, ring.monomial_power(n, -1))
        if len(ratio) != 1:
            # A square of an absolute value is one of what may be a sum.
            return UNKNOWN
        ((factors, coefficient),) = ratio.items()
        if coefficient != 1 or any(ring.atoms[k].kind != "exp" for k, _ in factors):
            return UNKNOWN
        if self.monomial(n) != POSITIVE:
            return UNKNOWN
        exponent = ring.add(
            *(ring.scale({ring.atoms[k].key[0]: ONE}, as_fmpq(e)) for k, e in factors)
        )
        signs = self.sign(exponent, depth - 1)
        return signs if a > 0 else opposite(signs)

    def _absolute(self, polynomial: Polynomial, depth: int) -> int:
        """The sign of a + k|d|: as that of both a + k d and a - k d; and of |d| k + c d^2, as |d| (k + c|d|)."""
        ring = self.ring
        for number in {n for monomial in polynomial for n, e in monomial if e == 1}:
            if ring.atoms[number].kind != "abs":
                continue
            inside = dict(ring.atoms[number].key[0])
            factor = {
                tuple(p for p in m if p[0] != number): c
                for m, c in polynomial.items()
                if (number, 1) in m
            }
            rest = {m: c for m, c in polynomial.items() if (number, 1) not in m}
            if any(number in ring.free(p) or self._holds(p, number) for p in (factor, rest)):
                continue
            both = [
                self.sign(ring.add(rest, ring.scale(ring.multiply(factor, inside), s)), depth - 1)
                for s in (1, -1)
            ]
            signs = both[0] | both[1]
            if signs != UNKNOWN:
                return signs
            quotient = self._divided(rest, inside)
            if quotient is not None:
                absolute = ring.of_atom(number)
                other = ring.add(factor, ring.multiply(quotient, absolute))
                signs = product(self.atom(number), self.sign(other, depth - 1))
                if signs != UNKNOWN:
                    return signs
        return UNKNOWN

    def _holds(self, polynomial: Polynomial, number: int) -> bool:
        """Whether an atom is a factor of a term."""
        return any(n == number for monomial in polynomial for n, _ in monomial)

    def _divided(self, polynomial: Polynomial, base: Polynomial) -> Polynomial | None:
        """A polynomial divided by the square of another, if that leaves a monomial."""
        if not polynomial:
            return None
        square = self.ring.power(base, 2)
        for monomial, coefficient in polynomial.items():
            for other, own in square.items():
                inverse = self.ring.monomial_power(other, -1)
                quotient = self.ring.multiply({monomial: coefficient / own}, inverse)
                if any(e < 0 for m in quotient for _, e in m):
                    continue
                if self.factoring.is_zero(
                    self.ring.subtract(polynomial, self.ring.multiply(quotient, square))
                ):
                    return quotient
            return None
        return None

    def _quadratic(self, polynomial: Polynomial, depth: int) -> int:
        """The sign of a quadratic without real roots, or with a double root, from its leading coefficient."""
        for number in {n for monomial in polynomial for n, e in monomial if e == 2}:
            parts: dict[int, Polynomial] = {0: {}, 1: {}, 2: {}}
            for monomial, coefficient in polynomial.items():
                degree = dict(monomial).get(number, 0)
                rest = tuple(pair for pair in monomial if pair[0] != number)
                if degree not in (0, 1, 2) or any(
                    self.ring.atoms[n].free & {number} for n, _ in rest
                ):
                    break
                parts[int(degree)][rest] = coefficient
            else:
                leading = self.sign(parts[2], depth - 1)
                if leading not in (POSITIVE, NEGATIVE):
                    continue
                ring = self.ring
                discriminant = ring.subtract(
                    ring.power(parts[1], 2),
                    ring.scale(ring.multiply(parts[2], parts[0]), 4),
                )
                signs = self.sign(discriminant, depth - 1)
                if signs == NEGATIVE:
                    return leading
                if not signs & POSITIVE:
                    return leading | VANISHES
        return UNKNOWN
