"""The Gamma function and factorials at arguments proved positive.

Accepts polynomials as arguments. The recursion G(a) = (a - 1) G(a - 1) is used as far as a - 1 is proved positive, so
that values at arguments that differ by an integer have one atom; G(1) = 1 and G(1/2) = sqrt(pi). The factorial of n is
G(n + 1). (Rudin, Principles of Mathematical Analysis, theorem 8.18.)

Caveat: at an argument that may be 0 or negative nothing is known, also where the function is defined.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from flint import arb
from sympy import Expr, factorial, gamma

from klderive.kernel.events import UnestablishedError
from klderive.kernel.kinds import AtomKind
from klderive.kernel.normal_form import Normalizer
from klderive.kernel.ring import Frozen, Polynomial, as_rational
from klderive.kernel.signs import POSITIVE, Signs
from klderive.kernel.workspace import Environment

RECURSION = 100
"""Steps by which an argument is lowered."""


class GammaKind(AtomKind):
    """Values of the Gamma function at positive arguments."""

    def signs(self, signs: Signs, key: tuple[Any, ...]) -> int:
        """They are positive."""
        return POSITIVE

    def ball(self, key: tuple[Any, ...], inner: Callable[[Frozen], arb | None]) -> arb | None:
        """The Gamma function of a ball."""
        argument = inner(key[0])
        return None if argument is None else argument.gamma()

    def expression(self, key: tuple[Any, ...], shown: Callable[[object], Expr]) -> Expr:
        """The Gamma function of its argument."""
        return gamma(shown(key[0]), evaluate=False)


class GammaFunction(Normalizer):
    """Adds the Gamma function."""

    kinds = MappingProxyType({"gamma": GammaKind()})

    def other(self, e: Expr, env: Environment) -> Polynomial:
        """The normal form of a value of the Gamma function, or of a factorial."""
        if not isinstance(e, gamma | factorial):
            return super().other(e, env)
        shift = self.ring.number(1 if isinstance(e, factorial) else 0)
        return self.gamma(self.ring.add(self.apart(e.args[0], env), shift))

    def gamma(self, argument: Polynomial) -> Polynomial:
        """The value of the Gamma function.

        Raises:
            UnestablishedError: if the argument is not proved positive.
        """
        ring = self.ring
        argument = self.factoring.lowest_terms(argument)
        if not self.signs.is_positive(argument):
            raise UnestablishedError(
                f"the Gamma function needs {self.text(argument)} proved positive"
            )
        result = ring.number(1)
        for _ in range(RECURSION):
            number = as_rational(argument)
            if number == 1:
                return result
            if number == Fraction(1, 2):
                return ring.multiply(result, self.root_of_pi(1))
            lower = ring.subtract(argument, ring.number(1))
            if not self.signs.is_positive(lower):
                break
            result = ring.multiply(result, lower)
            argument = lower
        frozen = self.frozen(argument)
        return ring.multiply(result, ring.of_atom(self.intern("gamma", (frozen,), [frozen])))

    def root_of_pi(self, exponent: int) -> Polynomial:
        """The square root of pi to an exponent."""
        return self.ring.of_atom(self.ring.intern("pi", ()), Fraction(exponent, 2))
