"""Comparing normal forms: put under one sign, up to free terms."""

from __future__ import annotations

from collections.abc import Sequence

from klderive.kernel.ring import Frozen, Polynomial
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
