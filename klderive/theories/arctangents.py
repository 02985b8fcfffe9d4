"""Sine and cosine of an arctangent: u/sqrt(1 + u^2) and 1/sqrt(1 + u^2), so that tan(atan(u)) is u.

Accepts arguments that are an arctangent and nothing else; the sign of the argument comes out before.
(Spivak, Calculus, chapter 15.)
"""

from __future__ import annotations

from fractions import Fraction

from klderive.kernel.matching import single_atom
from klderive.kernel.ring import Polynomial
from klderive.theories.elementary import Elementary


class Arctangents(Elementary):
    """Adds sine and cosine of an arctangent."""

    def elementary(self, name: str, argument: Polynomial) -> Polynomial:
        """The value of a function at an argument; of sine and cosine also at an arctangent."""
        ring = self.ring
        number = single_atom(argument)
        if name not in ("sin", "cos") or number is None:
            return super().elementary(name, argument)
        atom = ring.atoms[number]
        if atom.kind != "elementary" or atom.key[0] != "atan":
            return super().elementary(name, argument)
        tangent = dict(atom.key[1])
        square = ring.add(ring.number(1), ring.power(tangent, 2))
        cosine = self.root(self.factoring.lowest_terms(square), Fraction(-1, 2))
        return cosine if name == "cos" else ring.multiply(tangent, cosine)
