"""Comparing normal forms: put under one sign, up to free terms, up to free factors."""

from __future__ import annotations

from collections.abc import Sequence

from klderive.kernel.ring import Frozen, Monomial, Polynomial
from klderive.kernel.session import Session


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
        by_left, by_right = self.by_basis(left, over), self.by_basis(right, over)
        if by_left.keys() != by_right.keys():
            return []
        pairs = [(by_right[basis], by_left[basis]) for basis in by_left]
        for a, b in pairs:
            crossed = self.ring.subtract(self.ring.multiply(a, left), self.ring.multiply(b, right))
            if not self.factoring.is_zero(crossed):
                return []
        return pairs

    def by_basis(self, polynomial: Polynomial, over: Sequence[str]) -> dict[Monomial, Polynomial]:
        """The coefficients, free of the variables, of the monomials in atoms that depend on them."""
        leaves = self.leaves(over)
        parts: dict[Monomial, Polynomial] = {}
        for monomial, coefficient in polynomial.items():
            inside = tuple(p for p in monomial if self.ring.atoms[p[0]].free & leaves)
            outside = tuple(p for p in monomial if not self.ring.atoms[p[0]].free & leaves)
            part = parts.setdefault(inside, {})
            part[outside] = coefficient
        return parts

    def leaves(self, over: Sequence[str]) -> frozenset[int | str]:
        """The atoms of the named symbols, and the names themselves, for functions."""
        found: set[int | str] = set(over)
        for atom in self.ring.atoms:
            if atom.kind == "symbol" and str(atom.key[0]) in over:
                found.add(atom.id)
        return frozenset(found)

    def mentions(self, polynomial: Polynomial, over: Sequence[str]) -> bool:
        """Whether a polynomial depends on the named variables or functions."""
        return bool(self.ring.free(polynomial) & self.leaves(over))
