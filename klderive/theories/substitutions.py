"""Change of variable under an integral: x = phi(t), where phi increases from one bound to the other.

A mode may name substitutions. Every integral over a variable of that name then becomes one over the new variable, of
the integrand at phi(t) times phi'(t). The derivative phi' is continuous and proved positive on the whole new interval,
and phi maps its ends to the bounds of the integral, so that it is one-to-one onto it. (Rudin, Principles of
Mathematical Analysis, theorem 6.19; Real and Complex Analysis, theorem 7.26.)

Caveat: at an infinite end phi must be affine, or tend to the finite bound; a decreasing phi is refused.
"""

from __future__ import annotations

from sympy import Expr, Integral, Tuple, oo

from klderive.kernel.events import Domain, Substitution, UnestablishedError
from klderive.kernel.ring import Polynomial
from klderive.kernel.workspace import Environment
from klderive.theories.bounds import Bounds


class Substitutions(Bounds):
    """Adds changes of variable."""

    def big_operator(self, e: Expr, env: Environment) -> Polynomial:
        """An integral or a sum over bounds, over the new variable where the mode names one."""
        body, *all_limits = e.args
        limits = all_limits[-1]
        substitution = self.substitution_for(e, limits)
        if substitution is None or len(limits) != 3:
            return super().big_operator(e, env)
        inner = e.func(body, *all_limits[:-1]) if len(all_limits) > 1 else body
        return self.substituted(substitution, inner, limits, env)

    def substitution_for(self, e: Expr, limits: Tuple) -> Substitution | None:
        """The substitution that the mode names for the variable of an integral."""
        if not isinstance(e, Integral):
            return None
        return next((s for s in self.mode.substitutions if s.variable == limits[0].name), None)

    def substituted(
        self, substitution: Substitution, body: Expr, limits: Tuple, env: Environment
    ) -> Polynomial:
        """The integral over the new variable.

        Raises:
            UnestablishedError: if the new variable does not run over the old one's interval, increasing.
        """
        ring = self.ring
        domain = self.limits_domain(limits, env)
        new_domain = self.limits_domain(substitution.limits, self.values)
        if domain[0] != "interval" or new_domain[0] != "interval":
            raise UnestablishedError("the bounds are not proved to be in order")
        parameter = substitution.limits[0]
        height = 1 + max(self.binder_height(body), self.binder_height(substitution.formula))
        number = self.bound(height, new_domain, parameter)
        if number in self.active or any(number in ring.free(p) for p in env.values()):
            raise UnestablishedError("a variable is bound that is bound outside it")
        self.bound_names[number] = str(parameter)
        with self.binding(number):
            # The formula is read where it is written, outside all binders.
            place = self.normal(
                substitution.formula, {**self.values, parameter: ring.of_atom(number)}
            )
            place = self.factoring.by_denominator(place)
            slope = self.derivative(place, number)
            if not self.signs.is_positive(slope):
                raise UnestablishedError(f"{substitution.name} is not proved to increase")
            self._check_ends(substitution, place, slope, number, domain, new_domain)
            inner = self.normal(body, {**env, limits[0]: place})
            inner = self.factoring.by_denominator(ring.multiply(inner, slope))
        self.use(substitution.name)
        return self.accumulate("integral", new_domain, number, inner)

    def _check_ends(
        self,
        substitution: Substitution,
        place: Polynomial,
        slope: Polynomial,
        number: int,
        domain: Domain,
        new_domain: Domain,
    ) -> None:
        affine = number not in self.ring.free(slope)
        for end, bound, written in zip(
            new_domain[1:], domain[1:], substitution.limits[1:3], strict=True
        ):
            if end in (oo, -oo) and affine:
                fits = end == bound
            elif not isinstance(bound, frozenset):
                fits = False
            else:
                if end in (oo, -oo):
                    value = self.limit_at(place, number, 1 if end == oo else -1)
                else:
                    # Where the formula tends, which its value at the end need not be.
                    value = self.put(place, number, self.normal(written, self.values))
                fits = self.factoring.is_zero(self.ring.subtract(value, dict(bound)))
            if not fits:
                raise UnestablishedError(f"the bounds do not correspond under {substitution.name}")
