"""Sine, cosine, arctangent and the error function: values at 0, symmetry, Pythagoras, derivatives.

Accepts polynomials as arguments. The sign of the argument comes out (sin, atan and erf are odd, cos is even), so that
equal values have equal atoms; sin(a)^2 is folded to 1 - cos(a)^2 where it arises as a power of the atom. Hyperbolic
functions need no atoms: they are sums of exponentials.
(Spivak, Calculus, chapters 15 and 18.)
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from flint import arb, fmpq
from sympy import Expr, atan, cos, cosh, erf, sin, sinh, tan, tanh

from klderive.kernel.kinds import AtomKind
from klderive.kernel.normal_form import Normalizer
from klderive.kernel.ring import Frozen, Polynomial, as_rational, freeze
from klderive.kernel.signs import NEGATIVE, UNKNOWN, Signs
from klderive.kernel.workspace import Environment

ELEMENTARY = {"sin": sin, "cos": cos, "atan": atan, "erf": erf}
"""Functions defined on all reals that are atoms of their own."""

ELEMENTARY_NAMES = {function: name for name, function in ELEMENTARY.items()}


class ElementaryKind(AtomKind):
    """Values of elementary functions; the sine's key begins with its square."""

    def signs(self, signs: Signs, key: tuple[Any, ...]) -> int:
        """Of erf and atan the sign of the argument."""
        return signs.sign(dict(key[1])) if key[0] in ("erf", "atan") else UNKNOWN

    def inequalities(
        self, signs: Signs, key: tuple[Any, ...], atom: Polynomial
    ) -> list[tuple[Polynomial, bool]]:
        """The values of sin and cos lie in [-1, 1], of erf in (-1, 1), of atan in (-pi/2, pi/2)."""
        ring = signs.ring
        bound = ring.number(1)
        if key[0] == "atan":
            bound = ring.scale(ring.of_atom(ring.intern("pi", ())), fmpq(1, 2))
        strict = key[0] in ("erf", "atan")
        return [(ring.add(bound, ring.scale(atom, s)), strict) for s in (1, -1)]

    def ball(self, key: tuple[Any, ...], inner: Callable[[Frozen], arb | None]) -> arb | None:
        """The function of a ball."""
        argument = inner(key[1])
        return None if argument is None else getattr(argument, _name(key))()

    def expression(self, key: tuple[Any, ...], shown: Callable[[object], Expr]) -> Expr:
        """The function of its argument."""
        return ELEMENTARY[_name(key)](shown(key[1]), evaluate=False)


class Elementary(Normalizer):
    """Adds elementary functions beside exp and log."""

    kinds = MappingProxyType({"sine": ElementaryKind(), "elementary": ElementaryKind()})

    def other(self, e: Expr, env: Environment) -> Polynomial:
        """The normal form of an elementary function of something."""
        if isinstance(e, sinh | cosh | tanh):
            return self._hyperbolic(e, env)
        if isinstance(e, tan):
            angle = self.apart(e.args[0], env)
            cosine = self.integer_power(self.elementary("cos", angle), -1)
            return self.ring.multiply(self.elementary("sin", angle), cosine)
        name = ELEMENTARY_NAMES.get(type(e))
        if name is None:
            return super().other(e, env)
        return self.elementary(name, self.apart(e.args[0], env))

    def _hyperbolic(self, e: Expr, env: Environment) -> Polynomial:
        """A hyperbolic function, by its definition: cosh and sinh are (exp(u) + exp(-u))/2 and (exp(u) - exp(-u))/2."""
        ring = self.ring
        argument = self.apart(e.args[0], env)
        up = self.exp_of(argument, self.mode.logarithms)
        down = self.exp_of(ring.scale(argument, -1), self.mode.logarithms)
        sine, cosine = ring.subtract(up, down), ring.add(up, down)
        if isinstance(e, tanh):
            return ring.multiply(sine, self.inverse(cosine))
        return ring.scale(sine if isinstance(e, sinh) else cosine, fmpq(1, 2))

    def elementary(self, name: str, argument: Polynomial) -> Polynomial:
        """The value of a function at an argument."""
        ring = self.ring
        argument = self.factoring.lowest_terms(argument)
        if not argument:
            return ring.number(1 if name == "cos" else 0)
        special = self._special(name, argument)
        if special is not None:
            return special
        negative = self._is_turned(argument)
        if negative:
            argument = ring.scale(argument, -1)
        frozen = freeze(argument)
        if name == "sin":
            cosine = self.elementary("cos", argument)
            square = freeze(ring.subtract(ring.number(1), ring.power(cosine, 2)))
            number = self.intern("sine", (square, frozen), [frozen])
        else:
            number = self.intern("elementary", (name, frozen), [frozen])
        return ring.scale(ring.of_atom(number), -1 if negative and name != "cos" else 1)

    def _is_turned(self, argument: Polynomial) -> bool:
        """Whether the argument is written with its sign turned, so that f(a) and f(-a) are one atom."""
        signs = self.signs.sign(argument)
        if signs == NEGATIVE:
            return True
        if not signs & NEGATIVE:
            return False
        return self.leading(argument) < 0

    def _special(self, name: str, argument: Polynomial) -> Polynomial | None:
        """The values of sin and cos at multiples of pi/2, and of atan at 1 and -1."""
        ring = self.ring
        pi = ring.of_atom(ring.intern("pi", ()))
        if name == "atan":
            value = as_rational(argument)
            return ring.scale(pi, fmpq(int(value), 4)) if value in (1, -1) else None
        if name in ("sin", "cos") and set(argument) == set(pi):
            quarters = 2 * next(iter(argument.values()))
            if quarters.q == 1:
                turn = (int(quarters.p) + (name == "cos")) % 4
                return ring.number((0, 1, 0, -1)[turn])
        return None

    def slope_of_elementary(self, name: str, argument: Polynomial) -> Polynomial:
        """The derivative of a function at an argument."""
        ring = self.ring
        match name:
            case "sin":
                return self.elementary("cos", argument)
            case "cos":
                return ring.scale(self.elementary("sin", argument), -1)
            case "atan":
                return self.inverse(ring.add(ring.number(1), ring.power(argument, 2)))
        gauss = self.exp_of(ring.scale(ring.power(argument, 2), -1), False)
        pi = ring.intern("pi", ())
        return ring.multiply({((pi, Fraction(-1, 2)),): fmpq(2)}, gauss)


def _name(key: tuple[Any, ...]) -> str:
    return key[0] if isinstance(key[0], str) else "sin"
