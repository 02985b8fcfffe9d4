"""Kinds of atoms that theories bring, such as values of the Gamma function: what signs and print need to know of them.

The kernel's own kinds are symbols, bound variables, primes, pi, exp, log, absolute values, roots, powers, sums in
denominators, applications, members of data, functionals and nodes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flint import arb
from sympy import Expr

if TYPE_CHECKING:
    from klderive.kernel.ring import Frozen, Polynomial
    from klderive.kernel.signs import Signs


class AtomKind:
    """One kind of atom; `key` is what tells atoms of the kind apart, polynomials and names."""

    def signs(self, signs: Signs, key: tuple[Any, ...]) -> int:
        """The possible signs of an atom."""
        raise NotImplementedError

    def inequalities(
        self, signs: Signs, key: tuple[Any, ...], atom: Polynomial
    ) -> list[tuple[Polynomial, bool]]:
        """What is nonnegative whatever the atom's arguments are, or positive if so marked."""
        return []

    def ball(self, key: tuple[Any, ...], inner: Callable[[Frozen], arb | None]) -> arb | None:
        """An Arb ball that contains a constant atom, by those of its parts; None if it cannot be evaluated."""
        return None

    def expression(self, key: tuple[Any, ...], shown: Callable[[object], Expr]) -> Expr:
        """The SymPy expression of an atom, by those of its parts."""
        raise NotImplementedError
