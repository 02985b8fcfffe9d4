"""The sign of a polynomial, proved from the symbols' assumptions, the givens and the domains of bound variables.

Accepts polynomials in normal form. The idea: the possible signs of a term are the products of the possible signs of
its atoms; of a sum, the sums of those of its terms. If that does not decide, the irreducible factors are looked at,
then the givens (a positive multiple of one is subtracted and the rest looked at again). Constants are decided by Arb
balls. Nothing is guessed: a sign not proved is unknown.

Caveat: SymPy's assumptions are asked of single symbols only, never of composite expressions.
"""

from __future__ import annotations

from fractions import Fraction

from flint import arb, ctx, fmpq
from sympy import Symbol

from klderive.kernel.events import Domain
from klderive.kernel.factoring import Factoring
from klderive.kernel.ring import (
    ONE,
    Exponent,
    Frozen,
    Monomial,
    Polynomial,
    Ring,
    freeze,
)

POSITIVE, VANISHES, NEGATIVE = 1, 2, 4
NONNEGATIVE = POSITIVE | VANISHES
NONPOSITIVE = NEGATIVE | VANISHES
NONZERO = POSITIVE | NEGATIVE
UNKNOWN = POSITIVE | VANISHES | NEGATIVE

DEPTH = 3
"""How many inequalities are combined."""


def product(a: int, b: int) -> int:
    """The possible signs of a product."""
    signs = 0
    if (a | b) & VANISHES:
        signs |= VANISHES
    if (a & POSITIVE and b & POSITIVE) or (a & NEGATIVE and b & NEGATIVE):
        signs |= POSITIVE
    if (a & POSITIVE and b & NEGATIVE) or (a & NEGATIVE and b & POSITIVE):
        signs |= NEGATIVE
    return signs


def total(a: int, b: int) -> int:
    """The possible signs of a sum."""
    if a == VANISHES:
        return b
    if b == VANISHES:
        return a
    if not (a | b) & NEGATIVE:
        return POSITIVE if a == POSITIVE or b == POSITIVE else NONNEGATIVE
    if not (a | b) & POSITIVE:
        return NEGATIVE if a == NEGATIVE or b == NEGATIVE else NONPOSITIVE
    return UNKNOWN


def opposite(a: int) -> int:
    """The possible signs of the negative."""
    return (a & VANISHES) | (POSITIVE if a & NEGATIVE else 0) | (NEGATIVE if a & POSITIVE else 0)


def power(a: int, exponent: Exponent) -> int:
    """The possible signs of a power; fractional exponents stand on nonnegative bases."""
    if isinstance(exponent, Fraction):
        return a & NONNEGATIVE
    if exponent % 2:
        return a
    return (POSITIVE if a & NONZERO else 0) | (a & VANISHES)


def symbol_sign(symbol: Symbol) -> int:
    """The possible signs of a symbol by its own assumptions."""
    signs = UNKNOWN
    if symbol.is_positive:
        signs &= POSITIVE
    if symbol.is_negative:
        signs &= NEGATIVE
    if symbol.is_nonnegative:
        signs &= NONNEGATIVE
    if symbol.is_nonpositive:
        signs &= NONPOSITIVE
    if symbol.is_zero:
        signs &= VANISHES
    if symbol.is_nonzero:
        signs &= NONZERO
    return signs or UNKNOWN


class Signs:
    """Proves signs over one ring.

    `inequalities` are polynomials known to be nonnegative (or positive, if `strict`); `atom_signs` are signs declared
    of atoms, such as applications of a positive function.
    """

    def __init__(self, ring: Ring, factoring: Factoring) -> None:
        self.ring = ring
        self.factoring = factoring
        self.inequalities: list[tuple[Polynomial, bool]] = []
        self.different: set[Frozen] = set()
        """Polynomials known not to vanish."""
        self._declared: dict[int, int] = {}
        self._domains: dict[int, Domain] = {}
        self._atoms: dict[int, int] = {}
        self._known: dict[tuple[Frozen, int], int] = {}

    def declare(self, number: int, signs: int) -> None:
        """Say the possible signs of an atom, as a declaration of its function does."""
        if self._declared.get(number) != signs:
            self._declared[number] = signs
            self._atoms.pop(number, None)

    def declare_domain(self, number: int, domain: Domain) -> None:
        """Say in which domain the value of an atom lies, as the declaration of data does."""
        if self._domains.get(number) != domain:
            self._domains[number] = domain
            self._atoms.pop(number, None)

    def domain(self, number: int) -> Domain | None:
        """The declared domain of an atom."""
        return self._domains.get(number)

    def is_declared(self, number: int) -> bool:
        """Whether a sign was declared of an atom."""
        return number in self._declared

    def copy(self, number: int, renamed: int) -> None:
        """Give an atom with a renamed bound variable the declared signs of the original."""
        if number in self._declared:
            self.declare(renamed, self._declared[number])
        if number in self._domains:
            self.declare_domain(renamed, self._domains[number])

    def forget(self) -> None:
        """Drop what was concluded, after an inequality was added."""
        self._atoms.clear()
        self._known.clear()

    def is_positive(self, polynomial: Polynomial) -> bool:
        """Whether the polynomial is proved to be positive."""
        return self.sign(polynomial) == POSITIVE

    def is_nonnegative(self, polynomial: Polynomial) -> bool:
        """Whether the polynomial is proved to be nonnegative."""
        return not self.sign(polynomial) & NEGATIVE

    def is_nonzero(self, polynomial: Polynomial) -> bool:
        """Whether the polynomial is proved to vanish nowhere."""
        return not self.sign(polynomial) & VANISHES

    def atom(self, number: int) -> int:
        """The possible signs of an atom."""
        known = self._atoms.get(number)
        if known is None:
            known = self._atoms[number] = self._atom(number)
        return known

    def monomial(self, monomial: Monomial) -> int:
        """The possible signs of a monomial."""
        signs = POSITIVE
        for number, exponent in monomial:
            signs = product(signs, power(self.atom(number), exponent))
        return signs

    def sign(self, polynomial: Polynomial, depth: int = DEPTH) -> int:
        """The possible signs of a polynomial, as a union of POSITIVE, VANISHES and NEGATIVE."""
        if not polynomial:
            return VANISHES
        signs = self._termwise(polynomial)
        if signs != UNKNOWN and not (signs & VANISHES):
            return signs
        key = (freeze(polynomial), depth)
        known = self._known.get(key)
        if known is None:
            self._known[key] = signs
            known = self._known[key] = signs & self.closer(polynomial, depth)
        return known

    def _termwise(self, polynomial: Polynomial) -> int:
        signs = VANISHES
        for monomial, coefficient in polynomial.items():
            term = self.monomial(monomial)
            signs = total(signs, term if coefficient > 0 else opposite(term))
            if signs == UNKNOWN:
                break
        return signs

    def closer(self, polynomial: Polynomial, depth: int) -> int:
        """The possible signs of a polynomial whose terms alone do not tell."""
        self.ring.spend(len(polynomial))
        if not self.ring.free(polynomial):
            return self._constant(polynomial)
        signs = UNKNOWN
        numerator, denominators = self.factoring.clear(polynomial)
        if denominators:
            return product(self.sign(numerator, depth), self.monomial(denominators))
        rational, common, factors = self.factoring.factors(polynomial)
        if common or len(factors) > 1 or (factors and factors[0][1] > 1):
            signs = self.monomial(common)
            for factor, multiplicity in factors:
                signs = product(signs, power(self.sign(factor, depth), multiplicity))
            if rational < 0:
                signs = opposite(signs)
        if self.different and freeze(polynomial) in self.different:
            signs &= NONZERO
        if signs in (POSITIVE, NEGATIVE) or depth == 0:
            return signs
        signs &= self.by_inequalities(polynomial, depth)
        if signs & NEGATIVE:
            signs &= opposite(self.by_inequalities(self.ring.scale(polynomial, -1), depth))
        return signs

    def by_inequalities(self, polynomial: Polynomial, depth: int) -> int:
        """NONNEGATIVE or POSITIVE if a positive multiple of a known inequality leaves something that is."""
        found = UNKNOWN
        for known, strict in self.relevant(polynomial):
            for monomial, coefficient in known.items():
                mine = polynomial.get(monomial)
                if mine is None or not monomial or mine / coefficient < 0:
                    continue
                rest = self.ring.subtract(polynomial, self.ring.scale(known, mine / coefficient))
                signs = self.sign(rest, depth - 1)
                if not signs & NEGATIVE:
                    if strict or signs == POSITIVE:
                        return POSITIVE
                    found = NONNEGATIVE
        return found

    def relevant(self, polynomial: Polynomial) -> list[tuple[Polynomial, bool]]:
        """The inequalities that are known of what stands in a polynomial: nonnegative, or positive if so marked."""
        relevant = list(self.inequalities)
        ring = self.ring
        for number in {n for monomial in polynomial for n, _ in monomial}:
            atom = ring.atoms[number]
            variable = ring.of_atom(number)
            if atom.kind == "bound":
                relevant += self._inside(number, atom.key[1:4])
            elif number in self._domains:
                relevant += self._inside(number, self._domains[number])
            elif atom.kind == "symbol" and atom.key[0].is_integer and atom.key[0].is_positive:
                relevant.append((ring.subtract(variable, ring.number(1)), False))
            elif atom.kind == "abs":
                inside = ring.thaw(atom.key[0])
                relevant.append((ring.subtract(variable, inside), False))
                relevant.append((ring.add(variable, inside), False))
            elif atom.kind in ring.kinds:
                relevant += ring.kinds[atom.kind].inequalities(self, atom.key, variable)
        return relevant

    def _inside(self, number: int, domain: Domain) -> list[tuple[Polynomial, bool]]:
        """The inequalities that the domain of an atom gives; of a bound variable, the interior is enough."""
        kind, lower, upper = domain
        if kind in ("set", "oriented"):
            return []
        variable = self.ring.of_atom(number)
        inequalities = []
        if isinstance(lower, frozenset):
            above = kind in ("interval", "closed above")
            inequalities.append((self.ring.subtract(variable, dict(lower)), above))
        if isinstance(upper, frozenset):
            below = kind in ("interval", "closed below")
            inequalities.append((self.ring.subtract(dict(upper), variable), below))
        return inequalities

    def _atom(self, number: int) -> int:
        atom = self.ring.atoms[number]
        match atom.kind:
            case "symbol":
                symbol = atom.key[0]
                signs = symbol_sign(symbol) if isinstance(symbol, Symbol) else UNKNOWN
            case "bound":
                signs = self._bound(number)
            case "prime" | "pi" | "exp":
                return POSITIVE
            case "abs":
                inner = self.sign(dict(atom.key[0]))
                return NONNEGATIVE if inner & VANISHES else POSITIVE
            case "log":
                signs = self.sign(self.ring.subtract(dict(atom.key[0]), self.ring.number(1)))
            case "sum":
                return self.sign(dict(atom.key[0]))
            case "apply" | "indexed":
                signs = self._declared.get(number, UNKNOWN)
            case "functional":
                signs = self._functional(atom.key)
            case kind if kind in self.ring.kinds:
                signs = self.ring.kinds[kind].signs(self, atom.key)
            case _:
                signs = UNKNOWN
        if signs in (POSITIVE, NEGATIVE):
            return signs
        if not atom.free:
            return signs & self._constant({((number, 1),): ONE})
        if self.different and freeze({((number, 1),): ONE}) in self.different:
            signs &= NONZERO
        self._atoms[number] = signs
        return signs & self._given(number)

    def _given(self, number: int) -> int:
        """The sign that the givens say of an atom, as `x > 0` does, or `x > y` where y is positive."""
        signs = UNKNOWN
        alone = ((number, 1),)
        for known, strict in self.inequalities:
            coefficient = known.get(alone)
            if coefficient is None:
                continue
            rest = self.ring.subtract({alone: ONE}, self.ring.scale(known, 1 / coefficient))
            if any(p == number for monomial in rest for p, _ in monomial):
                continue
            others = self._termwise(rest)
            if coefficient > 0 and not others & NEGATIVE:
                signs &= POSITIVE if strict or others == POSITIVE else NONNEGATIVE
            if coefficient < 0 and not others & POSITIVE:
                signs &= NEGATIVE if strict or others == NEGATIVE else NONPOSITIVE
        return signs

    def _bound(self, number: int) -> int:
        kind, lower, upper = self.ring.atoms[number].key[1:4]
        if kind in ("set", "oriented"):
            return UNKNOWN
        signs = UNKNOWN
        strict = kind == "interval"
        if isinstance(lower, frozenset):
            below = self.sign(dict(lower))
            if not below & NEGATIVE:
                signs &= POSITIVE if strict or below == POSITIVE else NONNEGATIVE
        if isinstance(upper, frozenset):
            above = self.sign(dict(upper))
            if not above & POSITIVE:
                signs &= NEGATIVE if strict or above == NEGATIVE else NONPOSITIVE
        return signs

    def _functional(self, key: tuple[object, ...]) -> int:
        """An integral or sum of something nonnegative is nonnegative."""
        body = key[-1]
        if key[1] == "oriented" or not isinstance(body, frozenset):
            return UNKNOWN
        signs = self.sign(dict(body))
        if signs == POSITIVE and self._is_nonempty_range(key):
            return POSITIVE
        if not signs & NEGATIVE:
            return NONNEGATIVE
        return NONPOSITIVE if not signs & POSITIVE else UNKNOWN

    def _is_nonempty_range(self, key: tuple[object, ...]) -> bool:
        """Whether a sum certainly has a term."""
        name, kind, lower, upper = key[:4]
        if name != "sum" or kind != "range":
            return False
        if not isinstance(lower, frozenset) or not isinstance(upper, frozenset):
            return False
        return self.is_nonnegative(self.ring.subtract(dict(upper), dict(lower)))

    def _constant(self, polynomial: Polynomial) -> int:
        for precision in (64, 256):
            ball = self.ball(polynomial, precision)
            if ball is None:
                return UNKNOWN
            if ball > 0:
                return POSITIVE
            if ball < 0:
                return NEGATIVE
        return UNKNOWN

    def ball(self, polynomial: Polynomial, precision: int) -> arb | None:
        """An Arb ball that contains a constant polynomial, or None if it cannot be evaluated."""
        with ctx.workprec(precision):
            value = arb(0)
            for monomial, coefficient in polynomial.items():
                term = arb(coefficient)
                for number, exponent in monomial:
                    base = self._atom_ball(number, precision)
                    if base is None:
                        return None
                    term *= base ** arb(fmpq(exponent.numerator, exponent.denominator))
                value += term
            return value

    def _atom_ball(self, number: int, precision: int) -> arb | None:
        atom = self.ring.atoms[number]
        match atom.kind:
            case "prime":
                return arb(int(atom.key[0]))
            case "pi":
                return arb.pi()
            case "exp":
                inner = self.ball({atom.key[0]: ONE}, precision)
                return None if inner is None else inner.exp()
            case "log":
                inner = self.ball(dict(atom.key[0]), precision)
                return None if inner is None else inner.log()
            case "abs":
                inner = self.ball(dict(atom.key[0]), precision)
                return None if inner is None else abs(inner)
            case "sum":
                return self.ball(dict(atom.key[0]), precision)
            case kind if kind in self.ring.kinds:
                return self.ring.kinds[kind].ball(
                    atom.key, lambda part: self.ball(dict(part), precision)
                )
            case _:
                return None
