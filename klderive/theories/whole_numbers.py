"""What follows from something being a whole number: signs of powers, sines of multiples of pi, squares of 0 and 1.

Accepts integer symbols of any sign, and members of data that are 0 or 1. The power (-1)^k is the product of those of
the odd terms of k, the square of one is 1; a power of something negative is (-1)^k times that of its negative. The sine
of k pi is 0, its cosine (-1)^k. A member of data that is 0 or 1 is its own square.
(Graham, Knuth and Patashnik, Concrete Mathematics, section 2.4; Spivak, Calculus, chapter 15.)
"""

from __future__ import annotations

from sympy import Expr

from klderive.kernel.events import Domain, Event
from klderive.kernel.ring import ONE, Exponent, Polynomial, freeze
from klderive.kernel.signs import NEGATIVE
from klderive.theories.elementary import Elementary
from klderive.theories.whole_powers import WholePowers


class WholeNumbers(Elementary, WholePowers):
    """Adds facts on whole numbers."""

    def side(self, expression: Expr) -> tuple[Polynomial, tuple[Event, ...]]:
        """The normal form of one side of a statement, with its events.

        Raises:
            UnestablishedError: if a rule that it needs does not apply.
            BudgetExceededError: if it takes too much work.
        """
        polynomial, events = super().side(expression)
        return self._with_least_powers(polynomial), events

    def accumulate(self, name: str, domain: Domain, variable: int, body: Polynomial) -> Polynomial:
        """The integral or sum of a body in normal form."""
        return super().accumulate(name, domain, variable, self._with_least_powers(body))

    def elementary(self, name: str, argument: Polynomial) -> Polynomial:
        """The value of a function at an argument; of sine and cosine also at whole multiples of pi."""
        turns = self._turns(argument) if name in ("sin", "cos") else None
        if turns is None:
            return super().elementary(name, argument)
        if name == "sin":
            return {}
        return self.integer_symbol_power(self.ring.number(-1), turns)

    def power_of_unknown_sign(self, base: Polynomial, exponent: Polynomial) -> Polynomial:
        """A power of something that is not proved positive; of something negative by that of its negative."""
        ring = self.ring
        if (
            not self.is_number(base)
            and self.is_integer(exponent)
            and self.signs.sign(base) == NEGATIVE
        ):
            sign = self.integer_symbol_power(ring.number(-1), exponent)
            logarithm = self.log_of(ring.scale(base, -1), split=True)
            return ring.multiply(sign, self.exp_of(ring.multiply(exponent, logarithm), True))
        return super().power_of_unknown_sign(base, exponent)

    def integer_symbol_power(self, base: Polynomial, exponent: Polynomial) -> Polynomial:
        """A power of which the exponent is an integer; of -1 by the odd terms of the exponent."""
        ring = self.ring
        if base != ring.number(-1):
            return super().integer_symbol_power(base, exponent)
        result = ring.number(1)
        for monomial, coefficient in exponent.items():
            if coefficient.p % 2 == 0:
                continue
            if not monomial:
                result = ring.scale(result, -1)
                continue
            # A power of an integer is even or odd with it.
            once = tuple((number, 1) for number, _ in monomial)
            result = ring.multiply(result, super().integer_symbol_power(base, {once: ONE}))
        return self._with_least_powers(result)

    def _turns(self, argument: Polynomial) -> Polynomial | None:
        """The symbolic whole number of which an argument is the multiple of pi; None if it is none."""
        pi = self.ring.intern("pi", ())
        turns: Polynomial = {}
        for monomial, coefficient in argument.items():
            if (pi, 1) not in monomial:
                return None
            turns[tuple(p for p in monomial if p[0] != pi)] = coefficient
        return turns if turns and self.is_integer(turns) else None

    def _with_least_powers(self, polynomial: Polynomial) -> Polynomial:
        """A polynomial with the squares of what is 0 or 1, or a power of -1, as what they are."""
        result: Polynomial = {}
        for monomial, coefficient in polynomial.items():
            least = tuple(p for p in map(self._least_power, monomial) if p[1])
            result = self.ring.add(result, {least: coefficient})
        return result

    def _least_power(self, factor: tuple[int, Exponent]) -> tuple[int, Exponent]:
        number, exponent = factor
        if not isinstance(exponent, int) or exponent in (0, 1):
            return factor
        atom = self.ring.atoms[number]
        if atom.kind == "power" and atom.key[0] == freeze(self.ring.number(-1)):
            return number, exponent % 2
        bit: Domain = ("range", frozenset(), freeze(self.ring.number(1)))
        if exponent > 1 and atom.kind == "indexed" and self.signs.domain(number) == bit:
            return number, 1
        return factor
