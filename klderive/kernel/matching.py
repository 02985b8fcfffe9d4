"""Matching an atom against the left side of a fact with parameters.

A match only proposes values for the parameters; the normalizer puts them in and compares.
"""

from __future__ import annotations

from klderive.kernel.ring import Monomial, Polynomial, Ring


def single_atom(polynomial: Polynomial) -> int | None:
    """The application or functional that a polynomial is, if it is one."""
    if len(polynomial) != 1:
        return None
    ((monomial, coefficient),) = polynomial.items()
    if coefficient == 1 and len(monomial) == 1 and monomial[0][1] == 1:
        return monomial[0][0]
    return None


def match(
    ring: Ring, pattern: int, candidate: int, parameters: frozenset[int]
) -> dict[int, Polynomial] | None:
    """Values of the parameters under which a pattern may be the candidate, by the shapes of both.

    A proposal only: whoever uses it puts the values in and compares.
    """
    values: dict[int, Polynomial] = {}

    def atoms(p: int, c: int) -> bool:
        if p == c:
            return True
        one, other = ring.atoms[p], ring.atoms[c]
        if one.kind != other.kind or len(one.key) != len(other.key):
            return False
        if one.kind == "abs":
            inner = dict(other.key[0])
            return any(polynomials(dict(one.key[0]), ring.scale(inner, s)) for s in (1, -1))
        return all(parts(a, b) for a, b in zip(one.key, other.key, strict=True))

    def parts(a: object, b: object) -> bool:
        if isinstance(a, frozenset) and isinstance(b, frozenset):
            return polynomials(dict(a), dict(b))
        if isinstance(a, tuple) and isinstance(b, tuple):
            return monomials(a, b)
        return a == b

    def polynomials(a: Polynomial, b: Polynomial) -> bool:
        number = single_atom(a)
        if number in parameters and number is not None:
            return values.setdefault(number, b) == b
        if a == b:
            return True
        if len(a) > 1:
            return affine(a, b)
        if len(a) != 1 or len(b) != 1:
            return False
        ((m, c),), ((n, d),) = a.items(), b.items()
        return c == d and monomials(m, n)

    def affine(a: Polynomial, b: Polynomial) -> bool:
        """A sum with one parameter as a term of its own: what is left of the candidate is its value."""
        terms = [m for m in a if len(m) == 1 and m[0][1] == 1 and m[0][0] in parameters]
        if len(terms) != 1:
            return False
        ((number, _),) = terms[0]
        others = {m: c for m, c in a.items() if m != terms[0]}
        if ring.free(others) & parameters:
            return False
        value = ring.scale(ring.subtract(b, others), 1 / a[terms[0]])
        if ring.free(value) & ring.free(others):
            return False
        return values.setdefault(number, value) == value

    def monomials(m: Monomial, n: Monomial) -> bool:
        if len(m) != len(n):
            return False
        left = sorted(m, key=lambda pair: _label(ring, pair[0]))
        right = sorted(n, key=lambda pair: _label(ring, pair[0]))
        return all(e == f and atoms(p, c) for (p, e), (c, f) in zip(left, right, strict=True))

    return values if atoms(pattern, candidate) else None


def _label(ring: Ring, number: int) -> tuple[str, str]:
    """The kind and head of an atom, by which the factors of two monomials are paired."""
    atom = ring.atoms[number]
    return atom.kind, str(atom.key[0]) if atom.kind in ("apply", "functional") else ""
