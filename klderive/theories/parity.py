"""Whether a monomial is even or odd in a variable.

Accepts a monomial in normal form. The integral of an odd integrand over a symmetric interval is 0 where it converges
absolutely. (Spivak, Calculus, chapter 13, problem 18.) Anything of which the parity is not certain has none here:
abstract functions, integrals with the variable inside, the exp of something odd.
"""

from __future__ import annotations

from sympy import oo

from klderive.kernel.events import Domain, Obligation
from klderive.kernel.normal_form import Normalizer
from klderive.kernel.ring import ONE, Monomial, Polynomial, Ring, freeze


class Parity(Normalizer):
    """Adds that integrals of something odd vanish."""

    def accumulate(self, name: str, domain: Domain, variable: int, body: Polynomial) -> Polynomial:
        """The integral or sum of a body, 0 if it is odd over a symmetric interval."""
        if body and self._is_zero(name, domain, variable, body):
            return {}
        return super().accumulate(name, domain, variable, body)

    def term_value(self, name: str, domain: Domain, variable: int, inside: Monomial) -> Polynomial:
        """The integral or sum of one monomial, 0 if it is odd over a symmetric interval."""
        if self._is_zero(name, domain, variable, {inside: ONE}):
            return {}
        return super().term_value(name, domain, variable, inside)

    def _is_zero(self, name: str, domain: Domain, variable: int, body: Polynomial) -> bool:
        """Whether this is the integral of an odd body over a symmetric interval; that it converges is required."""
        kind, lower, upper = domain
        if "parity" not in self.mode.theories or name != "integral" or kind != "interval":
            return False
        if isinstance(lower, frozenset) and isinstance(upper, frozenset):
            symmetric = not self.ring.add(dict(lower), dict(upper))
        else:
            symmetric = lower == -oo and upper == oo
        if not symmetric or not is_odd(self.ring, body, variable):
            return False
        printed = self.bound_names[variable]
        self.events.append(
            Obligation(name, domain, variable, freeze(body), printed, introduced=True)
        )
        self.use("parity")
        return True


def parity(ring: Ring, monomial: Monomial, variable: int) -> int | None:
    """1 if a monomial is even in a variable, -1 if it is odd, None if that is not established."""
    result = 1
    for number, exponent in monomial:
        atom = ring.atoms[number]
        if variable not in atom.free:
            continue
        if number == variable:
            inner: int | None = -1
        elif atom.kind == "abs":
            inner = None if _common(ring, dict(atom.key[0]), variable) is None else 1
        elif atom.kind == "exp":
            inner = _even(parity(ring, atom.key[0], variable))
        elif atom.kind in ("log", "root"):
            inner = _even(_common(ring, dict(atom.key[0]), variable))
        elif atom.kind == "sum":
            inner = _common(ring, dict(atom.key[0]), variable)
        else:
            inner = None
        if inner is None:
            return None
        if inner == -1:
            if not isinstance(exponent, int):
                return None
            result *= -1 if exponent % 2 else 1
    return result


def is_odd(ring: Ring, polynomial: Polynomial, variable: int) -> bool:
    """Whether all monomials are odd in a variable."""
    return all(parity(ring, monomial, variable) == -1 for monomial in polynomial)


def _common(ring: Ring, polynomial: Polynomial, variable: int) -> int | None:
    """The parity that all monomials share."""
    found = {parity(ring, monomial, variable) for monomial in polynomial}
    return found.pop() if len(found) == 1 else None


def _even(inner: int | None) -> int | None:
    return 1 if inner == 1 else None
