"""Content, irreducible factors and lowest terms of polynomials over atoms, with FLINT doing the factoring.

Accepts polynomials of the ring; gives factors as polynomials of the ring. FLINT's `fmpq_mpoly.factor` and exact
division are trusted. The idea: every polynomial is content (a rational and a monomial) times a primitive part; FLINT
sees only the primitive part, in one generator per atom. An atom that occurs in one term only, alone and to the first
power, proves a primitive polynomial irreducible without asking FLINT.
"""

from __future__ import annotations

from math import lcm

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpz

from klderive.kernel.ring import (
    ONE,
    UNIT,
    Exponent,
    Frozen,
    Monomial,
    Polynomial,
    Ring,
    as_fmpq,
    exact,
    freeze,
)

FACTORING_LIMIT = 400
"""Terms beyond which a polynomial is not factored: it is then its own factor."""

DEGREE_LIMIT = 200
"""Exponents beyond which a polynomial is not factored, nor divided."""


class Factoring:
    """Factoring over one ring."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self._factors: dict[object, tuple[fmpq, Monomial, tuple[tuple[Polynomial, int], ...]]] = {}

    def content(self, polynomial: Polynomial) -> tuple[fmpq, Monomial, Polynomial]:
        """A positive rational, a monomial and a primitive polynomial whose product is the polynomial.

        The primitive part has coprime integer coefficients and no common factor among its atoms; its sign is that of
        the polynomial.
        """
        numerators = fmpz(0)
        denominators = fmpz(1)
        for coefficient in polynomial.values():
            numerators = numerators.gcd(coefficient.p)
            denominators = denominators.lcm(coefficient.q)
        rational = fmpq(numerators, denominators)
        common = self.common_monomial(polynomial)
        inverse = tuple((number, -exponent) for number, exponent in common)
        primitive: Polynomial = {}
        for monomial, coefficient in polynomial.items():
            reduced = _times(monomial, inverse) if inverse else monomial
            primitive[reduced] = coefficient / rational
        return rational, common, primitive

    @staticmethod
    def common_monomial(polynomial: Polynomial) -> Monomial:
        """The least exponent of each atom over all terms."""
        least: dict[int, Exponent] = {}
        first = True
        for monomial in polynomial:
            here = dict(monomial)
            if first:
                least = here
                first = False
                continue
            for number in list(least):
                least[number] = min(least[number], here.get(number, 0))
            for number, exponent in here.items():
                if number not in least and exponent < 0:
                    least[number] = exponent
        return tuple(sorted((n, e) for n, e in least.items() if e))

    def factors(
        self, polynomial: Polynomial
    ) -> tuple[fmpq, Monomial, tuple[tuple[Polynomial, int], ...]]:
        """A rational (of either sign), a monomial and irreducible primitive polynomials with multiplicities."""
        key = freeze(polynomial)
        known = self._factors.get(key)
        if known is None:
            known = self._factors[key] = self._factor(polynomial)
        return known

    def _factor(
        self, polynomial: Polynomial
    ) -> tuple[fmpq, Monomial, tuple[tuple[Polynomial, int], ...]]:
        rational, common, primitive = self.content(polynomial)
        if len(primitive) == 1:
            ((_, coefficient),) = primitive.items()
            return rational * coefficient, common, ()
        if (
            len(primitive) > FACTORING_LIMIT
            or _obviously_irreducible(primitive)
            or any(
                not -DEGREE_LIMIT <= e <= DEGREE_LIMIT
                for monomial in primitive
                for _, e in monomial
            )
        ):
            return rational, common, ((primitive, 1),)
        self.ring.spend(len(primitive) ** 2)
        gens = _Generators([primitive])
        unit, parts = gens.into(primitive).factor()
        factors = []
        for part, multiplicity in parts:
            scale, monomial, factor = self.content(gens.back(part))
            unit *= scale**multiplicity
            if monomial:  # pragma: no cover - a primitive polynomial has no monomial factor
                return rational, common, ((primitive, 1),)
            factors.append((factor, int(multiplicity)))
        return rational * unit, common, tuple(factors)

    def quotient(self, numerator: Polynomial, divisor: Polynomial) -> Polynomial | None:
        """The exact quotient, or None if the divisor does not divide."""
        if len(divisor) < 2 or len(numerator) > 50 * FACTORING_LIMIT:
            return None
        if any(
            not -DEGREE_LIMIT <= e <= DEGREE_LIMIT
            for p in (numerator, divisor)
            for m in p
            for _, e in m
        ):
            return None
        rational, common, primitive = self.content(numerator)
        _, _, primitive_divisor = self.content(divisor)
        gens = _Generators([primitive, primitive_divisor])
        quotient, rest = divmod(gens.into(primitive), gens.into(primitive_divisor))
        if rest.to_dict():
            return None
        result = self.ring.multiply(gens.back(quotient), {common: rational})
        check = self.ring.subtract(self.ring.multiply(result, primitive_divisor), numerator)
        return None if check else result

    def clear(self, polynomial: Polynomial) -> tuple[Polynomial, Monomial]:
        """A numerator free of composite sums in denominators, and the monomial of those denominators.

        The polynomial is the numerator times the monomial.
        """
        ring = self.ring
        denominators: dict[int, Exponent] = {}
        while True:
            found: dict[int, Exponent] = {}
            for monomial in polynomial:
                for number, exponent in monomial:
                    if exponent < 0 and ring.atoms[number].kind == "sum":
                        found[number] = min(found.get(number, 0), exponent)
            if not found:
                return polynomial, tuple(sorted(denominators.items()))
            cleared: Polynomial = {}
            for monomial, coefficient in polynomial.items():
                here = dict(monomial)
                term: Polynomial = {
                    tuple((n, e) for n, e in monomial if n not in found): coefficient
                }
                for number, least in found.items():
                    exponent = exact(here.get(number, 0) - least)
                    if exponent:
                        term = ring.multiply(term, ring.of_atom(number, exponent))
                cleared = ring.add(cleared, term)
            for number, least in found.items():
                denominators[number] = exact(denominators.get(number, 0) + least)
            polynomial = cleared

    def lowest_terms(self, polynomial: Polynomial) -> Polynomial:
        """The polynomial with one common denominator in lowest terms."""
        if not any(
            exponent < 0 and self.ring.atoms[number].kind == "sum"
            for monomial in polynomial
            for number, exponent in monomial
        ):
            return polynomial
        numerator, denominator = self.clear(polynomial)
        if not numerator:
            return numerator
        result: dict[int, Exponent] = {}
        for number, exponent in denominator:
            divisor = self.ring.thaw(self.ring.atoms[number].key[0])
            while exponent <= -1:
                quotient = self.quotient(numerator, divisor)
                if quotient is None:
                    break
                numerator = quotient
                exponent = exact(exponent + 1)
            if exponent:
                result[number] = exponent
        factor = {tuple(sorted(result.items())): ONE}
        return {_times(m, next(iter(factor))): c for m, c in numerator.items()}

    def by_denominator(self, polynomial: Polynomial) -> Polynomial:
        """The polynomial with the terms of each denominator in lowest terms among themselves."""
        groups: dict[Monomial, Polynomial] = {}
        for monomial, coefficient in polynomial.items():
            denominator = tuple(
                (n, e) for n, e in monomial if e < 0 and self.ring.atoms[n].kind == "sum"
            )
            groups.setdefault(denominator, {})[monomial] = coefficient
        if len(groups) == 1 and UNIT in groups:
            return polynomial
        return self.ring.add(*(self.lowest_terms(group) for group in groups.values()))

    def is_zero(self, polynomial: Polynomial) -> bool:
        """Whether a polynomial vanishes wherever its denominators do not."""
        return not polynomial or not self.clear(polynomial)[0]

    def vanishes(self, polynomial: Polynomial) -> bool:
        """The same with the exponent of each term in lowest terms, since its quotients may be split in several ways."""
        if self.is_zero(polynomial):
            return True
        ring = self.ring
        groups: dict[Frozen, Polynomial] = {}
        for monomial, coefficient in polynomial.items():
            powers = [p for p in monomial if ring.atoms[p[0]].kind == "exp"]
            exponent = ring.add(
                *(ring.scale({ring.atoms[n].key[0]: ONE}, as_fmpq(e)) for n, e in powers)
            )
            rest = {tuple(p for p in monomial if p not in powers): coefficient}
            key = freeze(self.lowest_terms(exponent))
            groups[key] = ring.add(groups.get(key, {}), rest)
        return len(groups) < len(polynomial) and all(map(self.is_zero, groups.values()))


def _times(a: Monomial, b: Monomial) -> Monomial:
    """The product of monomials whose common atoms need no folding."""
    exponents = dict(a)
    for number, exponent in b:
        exponents[number] = exact(exponents.get(number, 0) + exponent)
    return tuple(sorted((n, e) for n, e in exponents.items() if e))


def _obviously_irreducible(primitive: Polynomial) -> bool:
    seen: dict[int, int] = {}
    for monomial in primitive:
        for number, _ in monomial:
            seen[number] = seen.get(number, 0) + 1
    return any(
        len(monomial) == 1 and monomial[0][1] == 1 and seen[monomial[0][0]] == 1
        for monomial in primitive
    )


class _Generators:
    """A FLINT ring with one generator per atom, roots of atoms included."""

    def __init__(self, polynomials: list[Polynomial]) -> None:
        scales: dict[int, int] = {}
        for polynomial in polynomials:
            for monomial in polynomial:
                for number, exponent in monomial:
                    q = 1 if isinstance(exponent, int) else exponent.denominator
                    scales[number] = lcm(scales.get(number, 1), q)
        self.numbers = sorted(scales)
        self.scales = scales
        self.place = {number: i for i, number in enumerate(self.numbers)}
        self.context = fmpq_mpoly_ctx.get(("x", max(1, len(self.numbers))), Ordering.lex)

    def into(self, polynomial: Polynomial) -> fmpq_mpoly:
        width = max(1, len(self.numbers))
        terms = {}
        for monomial, coefficient in polynomial.items():
            exponents = [0] * width
            for number, exponent in monomial:
                exponents[self.place[number]] = int(exponent * self.scales[number])
            terms[tuple(exponents)] = coefficient
        return self.context.from_dict(terms)

    def back(self, polynomial: fmpq_mpoly) -> Polynomial:
        result: Polynomial = {}
        for exponents, coefficient in polynomial.to_dict().items():
            monomial = tuple(
                (number, exact(fmpq(int(e), self.scales[number])))
                for number, e in zip(self.numbers, exponents, strict=False)
                if e
            )
            result[monomial or UNIT] = fmpq(coefficient)
        return result
