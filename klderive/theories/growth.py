"""How a monomial behaves at infinity: powers, logarithms and exponentials of the variable.

A monomial is taken apart into a power of the variable, logarithms of it, and the exp of a polynomial in it. An exp
outgrows powers and logarithms, a power outgrows logarithms; so its limit, and whether its integral converges, can be
read off. (Hardy, Orders of Infinity, sections I and III.)
"""

from __future__ import annotations

from dataclasses import dataclass

from klderive.kernel.ring import ONE, Exponent, Monomial, Polynomial, Ring, as_fmpq, exact, freeze
from klderive.kernel.signs import NEGATIVE, POSITIVE, Signs


@dataclass(frozen=True, slots=True)
class Growth:
    """A power of a variable (or of its absolute value), whether logarithms of it, and an exponent by degrees."""

    power: Exponent
    logarithms: bool
    degrees: dict[int, Polynomial]


def growth(ring: Ring, monomial: Monomial, variable: int) -> Growth | None:
    """The factors of a monomial that depend on a variable, if they are nothing but powers, logarithms and exps."""
    power: Exponent = 0
    exponent: Polynomial = {}
    logarithms = False
    alone = freeze({((variable, 1),): ONE})
    for number, e in monomial:
        atom = ring.atoms[number]
        if variable not in atom.free:
            continue
        if number == variable or (atom.kind == "abs" and atom.key[0] == alone):
            power = exact(power + e)
        elif atom.kind == "exp":
            exponent = ring.add(exponent, ring.scale({atom.key[0]: ONE}, as_fmpq(e)))
        elif atom.kind == "log" and isinstance(e, int) and e > 0 and atom.key[0] == alone:
            logarithms = True
        else:
            return None
    degrees = _degrees(ring, exponent, variable)
    return None if degrees is None else Growth(power, logarithms, degrees)


def decays(signs: Signs, degrees: dict[int, Polynomial], end: int) -> bool:
    """Whether a polynomial tends to minus infinity at an infinite end, of sign 1 or -1."""
    if not degrees:
        return False
    top = max(degrees)
    return signs.sign(degrees[top]) == (POSITIVE if end < 0 and top % 2 else NEGATIVE)


def _degrees(ring: Ring, exponent: Polynomial, variable: int) -> dict[int, Polynomial] | None:
    """The coefficients by degree of a polynomial in the variable, without its constant; None if it is not one."""
    degrees: dict[int, Polynomial] = {}
    for monomial, coefficient in exponent.items():
        degree = 0
        rest = []
        for number, e in monomial:
            if number == variable:
                if not isinstance(e, int) or e < 0:
                    return None
                degree = e
            elif variable in ring.atoms[number].free:
                return None
            else:
                rest.append((number, e))
        if degree:
            degrees.setdefault(degree, {})[tuple(rest)] = coefficient
    return degrees
