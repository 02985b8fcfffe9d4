"""Whether two objectives have the same optima.

Accepts objectives in normal form. Optima stay where they are when a free term is dropped, a free factor of known sign
is dropped, or a monotone map is undone. (Boyd and Vandenberghe, Convex Optimization, section 4.1.3.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from klderive.kernel.ring import ONE, Monomial, Polynomial, as_fmpq, freeze
from klderive.kernel.signs import NEGATIVE, POSITIVE
from klderive.theories.ratios import Ratios

MAPS = 6
"""Monotone maps that are undone one after another."""


class Objectives(Ratios):
    """Compares objectives of one session."""

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
        leaves = self.leaves(over)
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
            parts = self.by_basis(self._dependent(objective, over), over)
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
