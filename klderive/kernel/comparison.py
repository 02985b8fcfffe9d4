"""Comparing normal forms: put under one sign, up to free terms, up to free factors, as objectives of an optimum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sympy import E, Pow, Rational, exp, log

from klderive.kernel.ring import ONE, Frozen, Monomial, Polynomial, as_fmpq, freeze
from klderive.kernel.session import Session
from klderive.kernel.signs import NEGATIVE, POSITIVE
from klderive.statement import Statement

MAPS = 6
"""Monotone maps that are undone one after another."""


class Comparison:
    """Compares polynomials of one session."""

    def __init__(self, session: Session) -> None:
        self.ring = session.ring
        self.factoring = session.factoring
        self.signs = session.signs

    def merges_to_zero(self, difference: Polynomial) -> bool:
        """Whether the functionals of each domain, put under one sign, have integrand zero, and the rest is zero."""
        ring = self.ring
        rest: Polynomial = {}
        bodies: dict[tuple[object, ...], list[tuple[Polynomial, Frozen]]] = {}
        for monomial, coefficient in difference.items():
            functionals = [p for p in monomial if ring.atoms[p[0]].kind == "functional"]
            if not functionals:
                rest[monomial] = coefficient
                continue
            if len(functionals) > 1 or functionals[0][1] != 1:
                return False
            atom = ring.atoms[functionals[0][0]]
            cofactor = {tuple(p for p in monomial if p not in functionals): coefficient}
            body = atom.key[-1]
            assert isinstance(body, frozenset)
            bodies.setdefault(atom.key[:-1], []).append((cofactor, body))
        if not self.factoring.is_zero(rest):
            return False
        for key, terms in bodies.items():
            domain = key[1:]
            variables = {
                leaf
                for _, body in terms
                for leaf in ring.free(dict(body))
                if isinstance(leaf, int)
                and ring.atoms[leaf].kind == "bound"
                and ring.atoms[leaf].key[1:4] == domain
            }
            if len(variables) > 1:
                return False
            merged = ring.add(*(ring.multiply(c, dict(b)) for c, b in terms))
            if not self.factoring.is_zero(merged):
                return False
        return True

    def ratios(
        self, left: Polynomial, right: Polynomial, over: Sequence[str]
    ) -> list[tuple[Polynomial, Polynomial]]:
        """All pairs of polynomials a, b free of the variables, one a basis, with a * left = b * right."""
        by_left, by_right = self._by_basis(left, over), self._by_basis(right, over)
        if by_left.keys() != by_right.keys():
            return []
        pairs = [(by_right[basis], by_left[basis]) for basis in by_left]
        for a, b in pairs:
            crossed = self.ring.subtract(self.ring.multiply(a, left), self.ring.multiply(b, right))
            if not self.factoring.is_zero(crossed):
                return []
        return pairs

    def _by_basis(self, polynomial: Polynomial, over: Sequence[str]) -> dict[Monomial, Polynomial]:
        """The coefficients, free of the variables, of the monomials in atoms that depend on them."""
        leaves = self._leaves(over)
        parts: dict[Monomial, Polynomial] = {}
        for monomial, coefficient in polynomial.items():
            inside = tuple(p for p in monomial if self.ring.atoms[p[0]].free & leaves)
            outside = tuple(p for p in monomial if not self.ring.atoms[p[0]].free & leaves)
            part = parts.setdefault(inside, {})
            part[outside] = coefficient
        return parts

    def _leaves(self, over: Sequence[str]) -> frozenset[int | str]:
        """The atoms of the named symbols, and the names themselves, for functions."""
        found: set[int | str] = set(over)
        for atom in self.ring.atoms:
            if atom.kind == "symbol" and str(atom.key[0]) in over:
                found.add(atom.id)
        return frozenset(found)

    def mentions(self, polynomial: Polynomial, over: Sequence[str]) -> bool:
        """Whether a polynomial depends on the named variables or functions."""
        return bool(self.ring.free(polynomial) & self._leaves(over))

    def same_optima(
        self,
        f: Polynomial,
        g: Polynomial,
        over: Sequence[str],
        opposite: bool,
        *,
        monotone: bool = False,
    ) -> bool:
        """Whether objectives differ by terms free of the variables and a free factor of the right sign.

        With `monotone` also by monotone maps: the logarithm, exp and powers of something positive.
        """
        lefts, rights = [(False, f)], [(False, g)]
        if monotone:
            lefts, rights = (
                list(self.with_same_optima(f, over)),
                list(self.with_same_optima(g, over)),
            )
        return any(
            self._same_up_to_free(a, b, over, opposite ^ swapped_a ^ swapped_b)
            for swapped_a, a in lefts
            for swapped_b, b in rights
        )

    def _same_up_to_free(
        self, f: Polynomial, g: Polynomial, over: Sequence[str], opposite: bool
    ) -> bool:
        f, g = self._dependent(f, over), self._dependent(g, over)
        if not f and not g:
            return True
        wanted = NEGATIVE if opposite else POSITIVE
        for a, b in self.ratios(f, g, over):
            for one, other in ((a, b), self._without_common(a, b)):
                crossed = self.ring.subtract(
                    self.ring.multiply(one, f), self.ring.multiply(other, g)
                )
                sign = self.signs.sign(self.ring.multiply(one, other))
                if sign == wanted and self.factoring.is_zero(crossed):
                    return True
        return False

    def _without_common(self, a: Polynomial, b: Polynomial) -> tuple[Polynomial, Polynomial]:
        """Two polynomials without the atoms that are factors of both, which may vanish."""
        least = dict(self.factoring.common_monomial(a))
        other = dict(self.factoring.common_monomial(b))
        common = tuple(
            (n, min(e, other[n])) for n, e in sorted(least.items()) if e > 0 and other.get(n, 0) > 0
        )
        if not common:
            return a, b
        inverse = self.ring.monomial_power(common, -1)
        return self.ring.multiply(a, inverse), self.ring.multiply(b, inverse)

    def _dependent(self, polynomial: Polynomial, over: Sequence[str]) -> Polynomial:
        """The terms that depend on the variables."""
        leaves = self._leaves(over)
        return {
            m: c
            for m, c in self.factoring.by_denominator(polynomial).items()
            if any(self.ring.atoms[n].free & leaves for n, _ in m)
        }

    def with_same_optima(
        self, objective: Polynomial, over: Sequence[str]
    ) -> Iterator[tuple[bool, Polynomial]]:
        """The objective and others with the same optima, and whether least and greatest are exchanged."""
        swapped = False
        yield swapped, objective
        for _ in range(MAPS):
            parts = self._by_basis(self._dependent(objective, over), over)
            if len(parts) != 1:
                return
            ((basis, factor),) = parts.items()
            sign = self.signs.sign(factor)
            inner = self._under_map(basis)
            if inner is None or sign not in (POSITIVE, NEGATIVE):
                return
            swapped ^= sign == NEGATIVE
            objective = inner
            yield swapped, objective

    def _under_map(self, basis: Monomial) -> Polynomial | None:
        """What an increasing map gives a basis monomial.

        Of a logarithm its argument, of an absolute value its square, of a positive product its logarithm.

        A logarithm's argument is positive wherever the logarithm is defined.
        """
        atoms = self.ring.atoms
        if len(basis) == 1 and basis[0][1] == 1 and atoms[basis[0][0]].kind == "log":
            return dict(atoms[basis[0][0]].key[0])
        if len(basis) == 1 and basis[0][1] > 0 and atoms[basis[0][0]].kind == "abs":
            return self.ring.power(dict(atoms[basis[0][0]].key[0]), 2)
        if basis == ((basis[0][0], 1),) and atoms[basis[0][0]].kind != "exp":
            return None
        result: Polynomial = {}
        for number, exponent in basis:
            atom = atoms[number]
            if atom.kind == "exp":
                logarithm: Polynomial = {atom.key[0]: ONE}
            elif self.signs.atom(number) == POSITIVE:
                inside = dict(atom.key[0]) if atom.kind == "sum" else {((number, 1),): ONE}
                frozen = freeze(inside)
                log = self.ring.intern(
                    "log", (frozen,), self.ring.free(inside), self.ring.height(inside)
                )
                logarithm = {((log, 1),): ONE}
            else:
                return None
            result = self.ring.add(result, self.ring.scale(logarithm, as_fmpq(exponent)))
        return result


def under_increasing_map(statement: Statement) -> Statement | None:
    """The inequality of the arguments, where both sides are the same increasing map: exp, log, or a root.

    That both sides are defined gives the arguments' signs: a logarithm's is positive, a root's is not negative.
    """
    left, right = statement.left, statement.right
    if statement.relation not in ("<=", ">=", "<", ">") or left.func is not right.func:
        return None
    if isinstance(left, exp | log):
        return replace(statement, left=left.args[0], right=right.args[0])
    if isinstance(left, Pow) and left.args[0] == right.args[0] == E:
        return replace(statement, left=left.args[1], right=right.args[1])
    if isinstance(left, Pow) and left.args[1] == right.args[1]:
        exponent = left.args[1]
        if isinstance(exponent, Rational) and exponent > 0 and exponent.q > 1:
            return replace(statement, left=left.args[0], right=right.args[0])
    return None
