"""Products over ranges and finite sets.

Accepts products over few explicit integers, which are written out, and products of factors proved positive, which are
the exp of the sum of their logarithms.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Product, Symbol, Tuple

from klderive.kernel.events import Domain, UnestablishedError, Use
from klderive.kernel.finite_sums import explicit_integers
from klderive.kernel.normal_form import Normalizer
from klderive.kernel.ring import Polynomial
from klderive.kernel.workspace import Environment
from klderive.notation.nodes import ProductOver
from klderive.theories.readings import CLOSED

REPRESENTING = (Use("logarithms"), Use("linearity"))
"""What it takes to represent a product as the exp of a sum; of itself no law that is used."""


class Products(Normalizer):
    """Adds products."""

    def other(self, e: Expr, env: Environment) -> Polynomial:
        """The normal form of a product."""
        return (
            self.product(e, env) if isinstance(e, Product | ProductOver) else super().other(e, env)
        )

    def product(self, e: Expr, env: Environment) -> Polynomial:
        """A product: written out, or as the exp of the sum of the logarithms of factors proved positive."""
        if isinstance(e, ProductOver):
            body, variable, over = e.args
            if not isinstance(variable, Symbol):
                raise UnestablishedError("a product over a set of pairs is not decided")
            domain: Domain = ("set", over, None)
        else:
            body, *all_limits = e.args
            if len(all_limits) != 1 or len(all_limits[0]) != 3:
                raise UnestablishedError("a product needs bounds")
            variable = all_limits[0][0]
            domain = self.limits_domain(Tuple(*all_limits[0], 1), env)
        return self.product_over(domain, body, variable, env)

    def product_over(
        self, domain: Domain, body: Expr, variable: Symbol, env: Environment
    ) -> Polynomial:
        """The product of a body over a domain."""
        ring = self.ring
        if explicit_integers(domain) is not None:
            result = ring.number(1)
            for factor in self.explicit_terms(domain, body, variable, env):
                result = ring.multiply(result, factor)
            return result
        number = self.variable(body, domain, variable, env)
        with self.binding(number):
            # A factor is no weight: where one vanishes, the others must be defined all the same.
            self.position = "apart"
            polynomial = self.normal(body, {**env, variable: ring.of_atom(number)})
            if not self.signs.is_positive(polynomial):
                shown = self.text(polynomial)
                raise UnestablishedError(
                    f"a product needs `{shown} > 0`, which is not established for all its factors"
                )
            count = len(self.events)
            logarithms = self.factoring.by_denominator(self.log_of(polynomial, split=True))
        outer = self.mode
        if CLOSED not in outer.readings:
            self.mode = replace(outer, split=True)
        try:
            value = self.exp_of(self.accumulate("sum", domain, number, logarithms), True)
        finally:
            self.mode = outer
        # That a product of positive factors is such an exp is how it is represented, not a law that is used.
        self.events[count:] = [e for e in self.events[count:] if e not in REPRESENTING]
        return value
