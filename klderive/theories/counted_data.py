"""Sums and products over data that take few known values, by how often each occurs.

Accepts a body that depends on the index only through the data, `x[i]`, over all of them: the sum over i of f(x[i]) is
the sum over the values v of n_v f(v). The fact `counts of x` must be allowed.
"""

from __future__ import annotations

from sympy import Expr, Indexed, Integer, Symbol, Tuple, preorder_traversal

from klderive.kernel.events import Domain
from klderive.kernel.ring import Polynomial, freeze
from klderive.kernel.workspace import Environment
from klderive.notation.nodes import ProductOver, SumOver
from klderive.theories.products import Products


class CountedData(Products):
    """Adds sums and products by counts."""

    def bound_operator(
        self, name: str, domain: Domain, body: Expr, variable: Symbol, env: Environment
    ) -> Polynomial:
        """An integral or a sum; one over data by their counts."""
        counted = self._counted(domain, body, variable, env) if name == "sum" else None
        if counted is None:
            return super().bound_operator(name, domain, body, variable, env)
        ring = self.ring
        return ring.add(*(ring.multiply(n, self.normal(term, env)) for n, term in counted))

    def product_over(
        self, domain: Domain, body: Expr, variable: Symbol, env: Environment
    ) -> Polynomial:
        """A product; one over data by their counts.

        Raises:
            UnestablishedError: if a factor of such a one is not proved positive, and there is no other rule.
        """
        counted = self._counted(domain, body, variable, env)
        if counted is None:
            return super().product_over(domain, body, variable, env)
        result = self.ring.number(1)
        for count, term in counted:
            base = self.normal(term, env)
            if self.signs.is_positive(base):
                logarithm = self.log_of(base, split=True)
                power = self.exp_of(self.ring.multiply(count, logarithm), True)
            else:
                power = self.power_of_unknown_sign(base, count)
            result = self.ring.multiply(result, power)
        return result

    def _counted(
        self, domain: Domain, body: Expr, variable: Symbol, env: Environment
    ) -> list[tuple[Polynomial, Expr]] | None:
        """How often each term of a sum over data occurs, and the term, if the data take known values."""
        one = freeze(self.ring.number(1))
        for family in self.context.families.values():
            name = f"counts of {family.name}"
            if not family.counts or family.length is None:
                continue
            if all(fact.name != name for fact in self.facts):
                continue
            if domain != ("range", one, self.frozen(self.normal(family.length, self.values))):
                continue
            members = {i for i in body.atoms(Indexed) if str(i.base) == family.name}
            if any(i.indices != (variable,) for i in members) or _binds(body, variable):
                continue
            terms = [body.xreplace(dict.fromkeys(members, Integer(v))) for v in family.values]
            if any(variable in term.free_symbols for term in terms):
                continue
            self.use(name)
            counts = [self.normal(count, self.values) for count in family.counts]
            return list(zip(counts, terms, strict=True))
        return None


def _binds(e: Expr, variable: Symbol) -> bool:
    """Whether something inside an expression binds a variable of this name."""
    return any(
        (isinstance(part, Tuple) and part.args[0] == variable)
        or (isinstance(part, SumOver | ProductOver) and part.args[1] == variable)
        for part in preorder_traversal(e)
    )
