"""Integrals by the fundamental theorem of calculus: an antiderivative is proposed, differentiated, evaluated.

Accepts an integrand in normal form and its interval. If F' is the integrand inside the interval and F has a limit at
each end, the integral converges there, and is the difference of the limits.
(Rudin, Principles of Mathematical Analysis, theorem 6.21 and exercises 6.7 and 6.8.)

The antiderivative comes from `primitives`, which is not trusted: what is proved is that its derivative has the normal
form of the integrand, without any condition, for all values of the variable inside the interval.

Caveat: an integral that converges only conditionally has the value of the limit.
"""

from __future__ import annotations

from fractions import Fraction

from klderive.kernel.events import Domain, UnestablishedError, Use
from klderive.kernel.ring import ONE, Frozen, Polynomial, freeze
from klderive.theories.bounds import Bounds
from klderive.theories.proposals.primitives import Primitives
from klderive.theories.readings import CLOSED


class Antiderivatives(Bounds):
    """Adds the values of integrals that have an antiderivative."""

    def prepare(self) -> None:
        """Make the state that this layer keeps."""
        super().prepare()
        self.integrals: dict[tuple[Domain, int, Frozen], Polynomial | None] = {}

    def functional_value(
        self, name: str, domain: Domain, variable: int, body: Polynomial
    ) -> Polynomial:
        """The value of an integral, if the mode asks for it and there is one; else as it would be."""
        value = super().functional_value(name, domain, variable, body)
        if (
            not self.mode.reads(CLOSED)
            or name != "integral"
            or "integration" not in self.mode.theories
        ):
            return value
        if value != self.ring.of_atom(self.functional_number(name, domain, variable, body)):
            return value
        closed = self.integral_value(domain, variable, body)
        if closed is None:
            return value
        self.use("integration")
        return closed

    def has_value(self, name: str, domain: Domain, variable: int, body: Polynomial) -> bool:
        """Whether an antiderivative gives an integral a value."""
        if name == "integral":
            return self.integral_value(domain, variable, body) is not None
        return super().has_value(name, domain, variable, body)

    def integral_value(self, domain: Domain, variable: int, body: Polynomial) -> Polynomial | None:
        """The value of an integral by an antiderivative; None if that is not established."""
        key = (domain, variable, freeze(body))
        if key not in self.integrals:
            count = len(self.events)
            outer = self.position, self.weights
            self.position, self.weights = "apart", []
            try:
                self.integrals[key] = self.integrated(domain, variable, body)
            except UnestablishedError:
                self.integrals[key] = None
            finally:
                del self.events[count:]
                self.position, self.weights = outer
        return self.integrals[key]

    def integrated(self, domain: Domain, variable: int, body: Polynomial) -> Polynomial | None:
        """The value of an integral, which may raise if it is not established."""
        count = len(self.events)
        with self.binding(variable):
            self.position = "apart"
            body = self._with_inner_values(body)
            primitive = Primitives(self, variable).of(body)
            if primitive is None:
                return None
            del self.events[count:]
            self.need_defined(primitive)
            slope = self.derivative(self.factoring.by_denominator(primitive), variable)
            if not self.factoring.vanishes(self.ring.subtract(slope, body)):
                return None
            if any(not isinstance(event, Use) for event in self.events[count:]):
                return None
        upper, lower = (self._at_end(primitive, variable, domain, side) for side in (1, -1))
        return self.ring.subtract(upper, lower)

    def need_defined(self, polynomial: Polynomial) -> None:
        """Establish that a proposal is defined, or list what that needs: it was not made by the rules that see to that.

        Raises:
            UnestablishedError: if it may be undefined.
        """
        for number, exponent in {pair for monomial in polynomial for pair in monomial}:
            atom = self.ring.atoms[number]
            base = self.part_polynomial(number)
            if exponent < 0:
                self.need_nonzero(base)
            if isinstance(exponent, Fraction) and not self.signs.is_nonnegative(base):
                raise UnestablishedError("a root of something that may be negative")
            match atom.kind:
                case "symbol" | "bound" | "prime" | "pi" | "functional" | "apply" | "indexed":
                    continue
                case "exp":
                    self.need_defined({atom.key[0]: ONE})
                case "log" | "gamma":
                    if not self.signs.is_positive(dict(atom.key[0])):
                        raise UnestablishedError("an argument that may not be positive")
                    self.need_defined(dict(atom.key[0]))
                case "sum" | "abs" | "root" | "power":
                    if atom.kind == "root" and not self.signs.is_nonnegative(dict(atom.key[0])):
                        raise UnestablishedError("a root of something that may be negative")
                    self.need_defined(dict(atom.key[0]))
                case "sine" | "elementary":
                    self.need_defined(dict(atom.key[1]))
                case _:
                    raise UnestablishedError("nothing is known of a part of the proposal")

    def _with_inner_values(self, body: Polynomial) -> Polynomial:
        """A body with the values of the integrals that are factors in it."""
        ring = self.ring
        result: Polynomial = {}
        for monomial, coefficient in body.items():
            term = ring.number(coefficient)
            for number, exponent in monomial:
                atom = ring.atoms[number]
                factor: Polynomial = {((number, exponent),): ONE}
                if atom.kind == "functional" and atom.key[0] == "integral":
                    domain, own = atom.key[1:4], self.own_variable(number)
                    value = self.integral_value(domain, own, dict(atom.key[-1]))
                    if value is not None and isinstance(exponent, int) and exponent > 0:
                        factor = ring.power(value, exponent)
                term = ring.multiply(term, factor)
            result = ring.add(result, term)
        return result

    def _at_end(
        self, primitive: Polynomial, variable: int, domain: Domain, side: int
    ) -> Polynomial:
        """The value at an end, which is the limit there since the normal form is continuous; else the limit."""
        end = domain[2 if side > 0 else 1]
        if isinstance(end, frozenset):
            try:
                return self.put_quietly(primitive, variable, dict(end))
            except UnestablishedError:
                if domain[0] != "interval":
                    raise
        return self.limit_toward(primitive, variable, domain, side)
