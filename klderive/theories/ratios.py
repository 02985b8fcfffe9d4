"""In which ratios two polynomials stand, up to factors free of the variables named."""

from __future__ import annotations

from collections.abc import Sequence

from klderive.kernel.comparison import Comparison
from klderive.kernel.ring import Monomial, Polynomial


class Ratios(Comparison):
    """Finds the ratios of polynomials of one session."""

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
