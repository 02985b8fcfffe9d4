"""Sums of monomials over atoms: the arithmetic under the normal form.

A polynomial is a dict from monomials to rational coefficients; a monomial is a tuple of (atom, exponent) pairs sorted
by atom. Atoms are interned to integers, once per kernel: a symbol, a bound variable, a prime, pi, exp of a monomial,
log of a polynomial, an absolute value, a composite sum in a denominator or under a root, an application, a functional.
Exponents are integers, or fractions on atoms known to be nonnegative.

Some atoms fold: a prime keeps an exponent in (0, 1) and gives the rest to the coefficient, an absolute value one in
(0, 2), a sine one below 2 (its key begins with its square), a composite sum one below 1 and is expanded for the
rest. `multiply` does that, so that equal monomials are equal tuples. Nothing here knows of signs or conditions:
whoever makes a fractional or negative exponent has established that it may.

Caveat: polynomials are dicts for speed, and shared; nobody changes one that another may hold.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any, TypeAlias

from flint import fmpq

from klderive.kernel.kinds import AtomKind

Exponent: TypeAlias = int | Fraction
Monomial: TypeAlias = tuple[tuple[int, Exponent], ...]
Polynomial: TypeAlias = dict[Monomial, fmpq]
Frozen: TypeAlias = frozenset[tuple[Monomial, fmpq]]
"""A polynomial as part of an atom's key."""

UNIT: Monomial = ()
ZERO = fmpq(0)
ONE = fmpq(1)


class BudgetExceededError(Exception):
    """A statement needs more work than its budget allows."""


@dataclass(frozen=True, slots=True)
class Atom:
    """An indivisible factor of monomials.

    `free` holds the atoms of the symbols and bound variables, and the names of the functions, that it depends on;
    `height` is the largest index of a variable that is bound inside: a binder around it chooses a larger one.
    """

    id: int
    kind: str
    key: tuple[Any, ...]
    free: frozenset[int | str]
    height: int


FOLDING = frozenset({"prime", "abs", "sine", "sum"})


def exact(value: Exponent | fmpq) -> Exponent:
    """An exponent in its canonical form: an integer if it is one, else a fraction."""
    if isinstance(value, int):
        return value
    if isinstance(value, fmpq):
        if value.q == 1:
            return int(value.p)
        return Fraction(int(value.p), int(value.q))
    return value.numerator if value.denominator == 1 else value


def as_fmpq(value: Exponent) -> fmpq:
    """An exponent as a coefficient."""
    return fmpq(value.numerator, value.denominator)


def freeze(polynomial: Polynomial) -> Frozen:
    """A polynomial as a hashable key."""
    return frozenset(polynomial.items())


class Ring:
    """The atoms of one kernel, and arithmetic with polynomials over them.

    Args:
        budget: how many products of terms one statement may take.
        kinds: the kinds of atoms that theories bring.
    """

    def __init__(self, budget: int, kinds: Mapping[str, AtomKind] = MappingProxyType({})) -> None:
        self.kinds = kinds
        self.atoms: list[Atom] = []
        self.budget = budget
        self.work = 0
        self._ids: dict[tuple[Hashable, ...], int] = {}
        self._folding: set[int] = set()

    # Atoms

    def intern(
        self,
        kind: str,
        key: tuple[Hashable, ...],
        free: Iterable[int | str] = (),
        height: int = 0,
    ) -> int:
        """The number of the atom of that kind and key."""
        full = (kind, *key)
        number = self._ids.get(full)
        if number is None:
            number = len(self.atoms)
            leaves = frozenset(free)
            if kind in ("symbol", "bound"):
                leaves |= {number}
            self.atoms.append(Atom(number, kind, key, leaves, height))
            self._ids[full] = number
            if kind in FOLDING:
                self._folding.add(number)
        return number

    def free(self, polynomial: Polynomial) -> frozenset[int | str]:
        """Everything that a polynomial depends on."""
        atoms = self.atoms
        found: set[int | str] = set()
        for monomial in polynomial:
            for number, _ in monomial:
                found |= atoms[number].free
        return frozenset(found)

    def depends(self, monomial: Monomial, leaf: int | str) -> bool:
        """Whether a monomial depends on a symbol, bound variable or function name."""
        atoms = self.atoms
        return any(leaf in atoms[number].free for number, _ in monomial)

    def height(self, polynomial: Iterable[Monomial]) -> int:
        """The largest index of a bound variable inside."""
        atoms = self.atoms
        return max(
            (atoms[number].height for monomial in polynomial for number, _ in monomial), default=0
        )

    # Polynomials

    @staticmethod
    def number(value: fmpq | int) -> Polynomial:
        """A constant polynomial."""
        value = fmpq(value)
        return {UNIT: value} if value else {}

    def of_atom(self, number: int, exponent: Exponent = 1) -> Polynomial:
        """The polynomial of one atom to an exponent."""
        if number in self._folding:
            return self._folded([(number, exponent)])
        return {((number, exponent),): ONE} if exponent else {UNIT: ONE}

    @staticmethod
    def add(*summands: Polynomial) -> Polynomial:
        """The sum."""
        total: Polynomial = {}
        for summand in summands:
            for monomial, coefficient in summand.items():
                new = total.get(monomial, ZERO) + coefficient
                if new:
                    total[monomial] = new
                else:
                    del total[monomial]
        return total

    @staticmethod
    def scale(polynomial: Polynomial, factor: fmpq | int) -> Polynomial:
        """A rational multiple."""
        if not factor:
            return {}
        return {monomial: coefficient * factor for monomial, coefficient in polynomial.items()}

    def subtract(self, left: Polynomial, right: Polynomial) -> Polynomial:
        """The difference."""
        return self.add(left, self.scale(right, -1))

    def multiply(self, left: Polynomial, right: Polynomial) -> Polynomial:
        """The product, expanded."""
        self.spend(len(left) * len(right))
        total: Polynomial = {}
        for a, c in left.items():
            for b, d in right.items():
                coefficient = c * d
                if not a:
                    monomial, folds = b, None
                elif not b:
                    monomial, folds = a, None
                else:
                    monomial, folds = self._merge(a, b)
                term: Polynomial = {monomial: coefficient}
                if folds is not None:
                    term = self.multiply(term, self._folded(folds))
                for key, value in term.items():
                    new = total.get(key, ZERO) + value
                    if new:
                        total[key] = new
                    else:
                        del total[key]
        return total

    def power(self, polynomial: Polynomial, exponent: int) -> Polynomial:
        """A nonnegative integer power, expanded; any integer power of a single term."""
        if len(polynomial) == 1:
            ((monomial, coefficient),) = polynomial.items()
            self.spend(1 + abs(exponent) * int(coefficient.height_bits()) // 256)
            return self.multiply(
                {UNIT: coefficient**exponent}, self.monomial_power(monomial, exponent)
            )
        if exponent < 0:
            raise ValueError("only a single term has a negative power here")
        result = self.number(1)
        base = polynomial
        while exponent:
            if exponent & 1:
                result = self.multiply(result, base)
            exponent >>= 1
            if exponent:
                base = self.multiply(base, base)
        return result

    def monomial_power(self, monomial: Monomial, exponent: Exponent) -> Polynomial:
        """A monomial to an exponent, factor by factor."""
        plain = []
        folds = []
        for number, power in monomial:
            new = exact(power * exponent)
            if not new:
                continue
            if number in self._folding:
                folds.append((number, new))
            else:
                plain.append((number, new))
        result = {tuple(plain): ONE}
        return self.multiply(result, self._folded(folds)) if folds else result

    def spend(self, work: int) -> None:
        """Count work.

        Raises:
            BudgetExceededError: beyond the budget of the statement.
        """
        self.work += work
        if self.work > self.budget:
            raise BudgetExceededError("the step needs more work than its budget allows")

    def thaw(self, frozen: Frozen) -> Polynomial:
        """The polynomial of a key."""
        return dict(frozen)

    def _merge(
        self, a: Monomial, b: Monomial
    ) -> tuple[Monomial, list[tuple[int, Exponent]] | None]:
        """The product of two monomials, and the powers that must fold."""
        out: list[tuple[int, Exponent]] = []
        folds: list[tuple[int, Exponent]] | None = None
        i = j = 0
        n, m = len(a), len(b)
        while i < n and j < m:
            x, e = a[i]
            y, f = b[j]
            if x < y:
                out.append(a[i])
                i += 1
            elif y < x:
                out.append(b[j])
                j += 1
            else:
                g = exact(e + f)
                if g:
                    if x in self._folding and not self._is_folded(x, g):
                        folds = folds or []
                        folds.append((x, g))
                    else:
                        out.append((x, g))
                i += 1
                j += 1
        out.extend(a[i:])
        out.extend(b[j:])
        return tuple(out), folds

    def _is_folded(self, number: int, exponent: Exponent) -> bool:
        match self.atoms[number].kind:
            case "prime":
                return 0 < exponent < 1
            case "abs":
                return 0 < exponent < 2
            case "sine":
                return exponent < 2
            case _:
                return exponent < 1

    def _folded(self, powers: Iterable[tuple[int, Exponent]]) -> Polynomial:
        """A product of powers of folding atoms, each in its range."""
        result = self.number(1)
        for number, exponent in powers:
            atom = self.atoms[number]
            if not exponent or self._is_folded(number, exponent):
                rest, factor = exponent, None
            elif atom.kind == "sine":
                rest = exact(exponent % 2)
                factor = self.power(self.thaw(atom.key[0]), int(exponent // 2))
            elif atom.kind == "prime":
                whole = exponent // 1
                rest = exact(exponent - whole)
                prime = fmpq(int(atom.key[0]))
                factor = self.number(prime ** int(whole))
            else:
                whole = int(exponent // 2) * 2 if atom.kind == "abs" else int(exponent // 1)
                rest = exact(exponent - whole)
                inner = self.thaw(atom.key[0])
                if whole > 0 or len(inner) == 1:
                    factor = self.power(inner, whole)
                else:
                    factor = self.of_atom(
                        self.intern("sum", (atom.key[0],), atom.free, atom.height), whole
                    )
            if factor is not None:
                result = self.multiply(result, factor)
            if rest:
                result = self.multiply(result, {((number, rest),): ONE})
        return result


def as_rational(polynomial: Polynomial) -> Exponent | None:
    """The rational number that a polynomial is, or None."""
    if not polynomial:
        return 0
    if len(polynomial) == 1 and UNIT in polynomial:
        return exact(polynomial[UNIT])
    return None
