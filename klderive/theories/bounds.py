"""A formula between two bounds, `F(b) - F(a)`: its value, and the integral of its derivative.

The value is taken by substitution at finite bounds and by limits at infinite ones, term by term. The fundamental
theorem of calculus reads it as an integral: F is differentiable inside the interval with a continuous derivative, and
continuous at its ends, since its normal form inside, which is made of continuous functions, has its values there.
(Rudin, Principles of Mathematical Analysis, theorem 6.21; with infinite bounds, exercise 6.8.)

Caveats: an interval whose bounds are not proved to be in order is refused as an integral. A limit is known of powers,
logarithms and exps of polynomials only.
"""

from __future__ import annotations

from sympy import Expr, Tuple, oo

from klderive.kernel.events import Obligation, UnestablishedError
from klderive.kernel.ring import Monomial, Polynomial, freeze
from klderive.kernel.workspace import Environment
from klderive.notation.nodes import BetweenBounds
from klderive.theories.asymptotics import Asymptotics
from klderive.theories.growth import decays, growth
from klderive.theories.readings import BARS


class Bounds(Asymptotics):
    """Adds formulas between bounds."""

    def other(self, e: Expr, env: Environment) -> Polynomial:
        """The normal form of a formula between bounds."""
        return self.between(e, env) if isinstance(e, BetweenBounds) else super().other(e, env)

    def between(self, e: BetweenBounds, env: Environment) -> Polynomial:
        """The normal form of a formula between bounds: its value, or the integral if the mode reads it so.

        Raises:
            UnestablishedError: if the formula has no value or limit at a bound, or is not differentiable between.
        """
        outer, self.position = self.position, "apart"
        try:
            value = self._value(e, env)
            return self._as_integral(e, env) if self.mode.reads(BARS) else value
        finally:
            self.position = outer

    def _value(self, e: BetweenBounds, env: Environment) -> Polynomial:
        body, variable, lower, upper = e.args
        if lower == oo or upper == -oo:
            raise UnestablishedError("the bounds are in the wrong order")
        values: list[Polynomial] = []
        for bound in (upper, lower):
            if bound not in (oo, -oo):
                at = self.normal(bound, env)
                values.append(self.normal(body, {**env, variable: at}))
                continue
            domain = self.limits_domain(Tuple(variable, lower, upper), env)
            number = self.variable(body, domain, variable, env)
            with self.binding(number):
                inner = self.normal(body, {**env, variable: self.ring.of_atom(number)})
            values.append(self.limit_at(inner, number, 1 if bound == oo else -1))
        return self.ring.subtract(*values)

    def limit_at(self, polynomial: Polynomial, variable: int, end: int) -> Polynomial:
        """The limit of a polynomial at plus or minus infinity (1 or -1): term by term, or by an expansion.

        Raises:
            UnestablishedError: if it is not established that there is one.
        """
        result: Polynomial = {}
        terms = self.factoring.by_denominator(polynomial)
        for monomial, coefficient in terms.items():
            if not self.ring.depends(monomial, variable):
                result = self.ring.add(result, {monomial: coefficient})
            elif not self._vanishes(monomial, variable, end):
                domain = self.ring.atoms[variable].key[1:4]
                return self.limit_toward(polynomial, variable, domain, end)
        return result

    def _vanishes(self, monomial: Monomial, variable: int, end: int) -> bool:
        """Whether a monomial that depends on the variable tends to 0."""
        grows = growth(self.ring, monomial, variable)
        if grows is None:
            return False
        if grows.degrees:
            return decays(self.signs, grows.degrees, end)
        return grows.power < 0

    def _as_integral(self, e: BetweenBounds, env: Environment) -> Polynomial:
        body, variable, lower, upper = e.args
        domain = self.limits_domain(Tuple(variable, lower, upper), env)
        if domain[0] != "interval":
            raise UnestablishedError("the bounds are not proved to be in order")
        number = self.variable(body, domain, variable, env)
        with self.binding(number):
            inner = self.normal(body, {**env, variable: self.ring.of_atom(number)})
            inner = self.factoring.by_denominator(inner)
            slope = self.factoring.by_denominator(self.derivative(inner, number))
        for bound in (lower, upper):
            if bound not in (oo, -oo):
                at = self.normal(bound, env)
                here = self.normal(body, {**env, variable: at})
                # An indicator, a case or a fact about inner points may make the formula jump at the end.
                if not self.factoring.is_zero(
                    self.ring.subtract(self.put(inner, number, at), here)
                ):
                    raise UnestablishedError(f"the formula is not proved continuous at {bound}")
        self.use("fundamental theorem of calculus")
        return self.required_integral(domain, number, slope)

    def required_integral(
        self, domain: tuple[str, object, object], number: int, body: Polynomial
    ) -> Polynomial:
        """The integral of a body that a rule makes, and that must therefore converge by itself."""
        if body:
            name = self.bound_names[number]
            self.events.append(
                Obligation("integral", domain, number, freeze(body), name, introduced=True)
            )
        return self.accumulate("integral", domain, number, body)
