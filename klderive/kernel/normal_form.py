"""The normal form: an unevaluated SymPy expression as a polynomial over atoms, modulo named facts.

Accepts what the written tree stands for: arithmetic, powers, exp, log, absolute values, applications of declared and
undeclared functions, indexed families, integrals, sums over ranges and finite sets, and nodes with a definition. The
idea: two expressions are equal if their difference has normal form zero. Integrals and sums are linear functionals:
what is free of the bound variable is pulled out, and what is left, a monomial in atoms that contain it, is an atom. A
fact gives such an atom a value.

Every rule fails closed: if a sign, a domain or a shape is not established, `UnestablishedError` is raised, and the
line is not proved. On the way, conditions (a denominator must not vanish), obligations (an integral must converge) and
uses (of logarithms, linearity, a definition, a fact) are recorded as events.

Caveats: `a / a = 1` is proved under the listed condition `a != 0`; under a binder there is no listing. `log(x*y)` is
split only if each factor is proved positive. Rational functions under an integral are compared as a whole, not by
partial fractions. Lines with symbols declared complex are left undecided.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from functools import partial
from itertools import product
from math import prod

from flint import fmpq
from sympy import (
    Abs,
    Add,
    E,
    Expr,
    Float,
    Indexed,
    Integer,
    Integral,
    Mul,
    Pow,
    Rational,
    Sum,
    Symbol,
    Tuple,
    exp,
    log,
    pi,
)
from sympy.core.function import AppliedUndef

from klderive.kernel.events import Domain, Event, UnestablishedError
from klderive.kernel.expression import text_of
from klderive.kernel.finite_sums import FiniteSums, explicit_integers
from klderive.kernel.ring import Polynomial, as_rational
from klderive.kernel.workspace import Environment
from klderive.notation.nodes import (
    Defined,
    SumOver,
)
from klderive.statement import FunctionDeclaration

EXPLICIT_VALUES = 50
"""Definitions over at most so many explicit integers are established one by one."""


SHORT = 60
"""Characters of an expression that a message shows."""


class Normalizer(FiniteSums):
    """Normal forms in one mode, modulo one list of facts, in one context."""

    def side(self, expression: Expr) -> tuple[Polynomial, tuple[Event, ...]]:
        """The normal form of one side of a statement modulo the facts, with its events.

        Raises:
            UnestablishedError: if a rule that it needs does not apply.
            BudgetExceededError: if it takes too much work.
        """
        return self.recorded(self.sides, expression, lambda: self.normal(expression, self.values))

    def normal(self, e: Expr, env: Environment) -> Polynomial:
        """The normal form of an expression in which `env` gives symbols and bound variables their values."""
        ring = self.ring
        if isinstance(e, Symbol):
            return self._symbol(e, env)
        if isinstance(e, Rational):
            return ring.number(fmpq(int(e.p), int(e.q)))
        if isinstance(e, Add):
            return ring.add(*(self.normal(argument, env) for argument in e.args))
        if isinstance(e, Mul):
            return self._product(e, env)
        if isinstance(e, Pow):
            return self._power(e, env)
        if isinstance(e, exp):
            return self.exp_of(self.apart(e.args[0], env), self.mode.logarithms)
        if isinstance(e, log):
            return self._log(e, env)
        if isinstance(e, AppliedUndef):
            arguments = [self.frozen(self.apart(a, env)) for a in e.args]
            return self._application(e.func.__name__, arguments)
        if isinstance(e, Integral | Sum):
            return self.big_operator(e, env)
        if isinstance(e, SumOver):
            body, variable, over = e.args
            if not isinstance(variable, Symbol):
                raise UnestablishedError("a sum over a set of pairs is not decided")
            return self.bound_operator("sum", ("set", over, None), body, variable, env)
        if isinstance(e, Defined):
            return self._defined(e, env)
        if isinstance(e, Indexed):
            indices = [self.frozen(self.apart(i, env)) for i in e.indices]
            for index in indices:
                self._check_index(str(e.base), dict(index))
            return ring.of_atom(self._member(str(e.base), indices))
        if isinstance(e, Abs):
            return self.absolute(self._base(e.args[0], env))
        if e is pi:
            return ring.of_atom(ring.intern("pi", ()))
        if e == E:
            return self.exp_of(ring.number(1), False)
        if isinstance(e, Float):
            raise UnestablishedError(f"{e} is a floating-point number; write an exact rational")
        return self.other(e, env)

    def other(self, e: Expr, env: Environment) -> Polynomial:
        """The normal form of what the kernel itself has no rule for; layers that theories bring say how.

        Raises:
            UnestablishedError: if none does.
        """
        shown = text_of(e)
        raise UnestablishedError(
            f"the kernel has no rule for {shown if len(shown) <= SHORT else type(e).__name__}"
        )

    def apart(self, e: Expr, env: Environment) -> Polynomial:
        """A normal form whose denominators are not those of a logarithm around it.

        Under a logarithm a weight may be divided by, because the quotient stays under it. What is exponentiated or put
        into a function could leave it again.
        """
        outer, self.position = self.position, "apart"
        try:
            return self.normal(e, env)
        finally:
            self.position = outer

    def _base(self, e: Expr, env: Environment) -> Polynomial:
        """The base of a power: under a logarithm still under it, but no longer the integrand itself."""
        return self.normal(e, env) if self.position == "logarithm" else self.apart(e, env)

    def _symbol(self, symbol: Symbol, env: Environment) -> Polynomial:
        if symbol in self.context.optima:
            raise UnestablishedError(f"{symbol} is a set of optimal points, not a number")
        value = env.get(symbol)
        if value is None:
            value = self.values.get(symbol)
        if value is not None:
            return value
        if not symbol.is_commutative:
            raise UnestablishedError(f"{symbol} does not commute")
        if symbol.is_real is False or (symbol.is_complex and not symbol.is_real):
            raise UnestablishedError(f"{symbol} is not real; the kernel knows the reals only")
        if symbol.is_finite is False or (symbol.is_extended_real and not symbol.is_real):
            raise UnestablishedError(f"{symbol} is not finite")
        return self.ring.of_atom(self.ring.intern("symbol", (symbol,)))

    def has_value(self, name: str, domain: Domain, variable: int, body: Polynomial) -> bool:
        """Whether a rule gives the integral or sum of a body a value without conditions; layers of theories say so."""
        return False

    def _product(self, e: Mul, env: Environment) -> Polynomial:
        factors = list(_flat_factors(e))
        mixture = next((f for f in factors if self._is_mixture(f)), None)
        if mixture is not None:
            # Where all its densities are 0 the product is 0; each is a weight of its own term.
            others = [f for f in factors if f is not mixture]
            terms = (Mul(term, *others, evaluate=False) for term in mixture.args)
            return self.ring.add(*(self.normal(term, env) for term in terms))
        with self._weighted(factors, env):
            result = self.ring.number(1)
            for factor in factors:
                result = self.ring.multiply(result, self.normal(factor, env))
        return result

    def _is_mixture(self, factor: Expr) -> bool:
        """Whether a factor of an integrand is a sum of terms each of which has a density as a factor."""
        return (
            self.position == "integrand"
            and isinstance(factor, Add)
            and all(any(self._is_density(f) for f in Mul.make_args(t)) for t in factor.args)
        )

    def _is_density(self, factor: Expr) -> bool:
        """Whether a factor is a function of declared sign."""
        declared = (
            self.context.functions.get(factor.func.__name__)
            if isinstance(factor, AppliedUndef)
            else None
        )
        return declared is not None and declared.sign != "unknown"

    @contextmanager
    def _weighted(self, factors: Sequence[Expr], env: Environment) -> Iterator[None]:
        """Under a binder, the densities among the factors are weights: where one is 0, the product is 0."""
        count = len(self.weights)
        if self.position == "integrand":
            for factor in factors:
                if isinstance(factor, AppliedUndef):
                    declared = self.context.functions.get(factor.func.__name__)
                    if declared is not None and declared.sign != "unknown":
                        arguments = [self.frozen(self.normal(a, env)) for a in factor.args]
                        number = self._application_atom(factor.func.__name__, arguments)
                        free = self.ring.atoms[number].free
                        if free & set(self.active) and self.in_domain(number, declared):
                            self.weights.append(number)
        try:
            yield
        finally:
            del self.weights[count:]

    def _power(self, e: Pow, env: Environment) -> Polynomial:
        base, exponent = e.args
        if isinstance(exponent, Integer):
            return self.integer_power(self._base(base, env), int(exponent))
        if isinstance(exponent, Rational):
            return self.root(self._base(base, env), Fraction(int(exponent.p), int(exponent.q)))
        power = self.frozen(self.apart(exponent, env))
        value = self.ring.thaw(power)
        number = as_rational(value)
        if number is not None:
            polynomial = self._base(base, env)
            if isinstance(number, int):
                return self.integer_power(polynomial, number)
            return self.root(polynomial, number)
        if base == E:
            return self.exp_of(value, self.mode.logarithms)
        polynomial = self._base(base, env)
        if self.signs.is_positive(polynomial):
            logarithm = self.log_of(polynomial, split=True)
            return self.exp_of(self.ring.multiply(value, logarithm), True)
        return self.power_of_unknown_sign(polynomial, value)

    def power_of_unknown_sign(self, base: Polynomial, exponent: Polynomial) -> Polynomial:
        """A power with a symbolic exponent of something that is not proved positive; layers of theories say how.

        Raises:
            UnestablishedError: if none does.
        """
        shown = self.text(base)
        if not base:
            raise UnestablishedError(
                f"a power of 0 needs an exponent that is a number, not `{self.text(exponent)}`"
            )
        raise UnestablishedError(
            f"the power with exponent `{self.text(exponent)}` needs `{shown} > 0`, which is not established"
        )

    def _log(self, e: Expr, env: Environment) -> Polynomial:
        outer, self.position = self.position, "logarithm"
        try:
            argument = self.normal(e.args[0], env)
            if self.mode.unfold == "logarithm":
                argument = self.opened(argument)
            return self.log_of(argument, split=self.mode.logarithms)
        finally:
            self.position = outer

    def _defined(self, e: Defined, env: Environment) -> Polynomial:
        if self.mode.allows(e.name):
            self.use(f"definition {e.name}")
            return self.normal(e.definition(), env)
        height = self.binder_height(e)
        env = dict(env)
        domains: list[Domain] = []
        variables: list[int] = []
        with ExitStack() as stack:
            for place, limits in enumerate(e.binders):
                domain = self.limits_domain(limits, env)
                number = self.bound(height - place, domain, limits[0])
                if number in self.active or any(number in self.ring.free(p) for p in env.values()):
                    raise UnestablishedError("a variable is bound that is bound outside it")
                env[limits[0]] = self.ring.of_atom(number)
                stack.enter_context(self.binding(number))
                domains.append(domain)
                variables.append(number)
            formulas = e.args[: e.formulas]
            with self._weighted(formulas, env):
                parts = [self.frozen(self.apart(a, env)) for a in formulas]
        free = {leaf for part in parts for leaf in self.ring.free(dict(part))}
        for domain in domains:
            for bound in domain[1:]:
                if isinstance(bound, frozenset):
                    free |= self.ring.free(dict(bound))
        flat = [entry for domain in domains for entry in domain]
        number = self.ring.intern(
            "node", (type(e).__name__, *flat, *parts), free - set(variables), height
        )
        rule = self.rule(number)
        return rule if rule is not None else self.ring.of_atom(number)

    def defined_values(
        self, declared: FunctionDeclaration
    ) -> Iterator[tuple[Polynomial, tuple[Event, ...]]]:
        """The definition of a function for all values of its parameters in their domains, with its events.

        Parameters that run over few integers take these values one by one, others all their values at once.

        Raises:
            UnestablishedError: if it is not defined for some of them.
        """
        definition = declared.definition
        assert definition is not None
        domains = [self.limits_domain(limits, self.values) for limits in declared.limits]
        integers = [explicit_integers(domain) for domain in domains]
        if prod(len(values) for values in integers if values is not None) > EXPLICIT_VALUES:
            integers = [None] * len(domains)
        height = 1 + self.binder_height(definition)
        for chosen in product(*((None,) if values is None else values for values in integers)):
            env = dict(self.values)
            with ExitStack() as stack:
                for place, (value, domain) in enumerate(zip(chosen, domains, strict=True)):
                    if value is None:
                        number = self.bound(height + place, domain, declared.limits[place][0])
                        stack.enter_context(self.binding(number))
                        polynomial = self.ring.of_atom(number)
                    else:
                        polynomial = self.ring.number(value)
                    env[declared.parameters[place]] = polynomial
                found = self.recorded({}, None, partial(self.normal, definition, env))
            yield found

    def big_operator(self, e: Expr, env: Environment) -> Polynomial:
        """An integral or a sum over bounds, the innermost variable first."""
        body, *all_limits = e.args
        if len(all_limits) > 1:
            inner = e.func(body, all_limits[0])
            for limits in all_limits[1:-1]:
                inner = e.func(inner, limits)
            body = inner
        limits = all_limits[-1]
        if len(limits) != 3:
            raise UnestablishedError(f"{type(e).__name__} needs bounds")
        if isinstance(e, Sum):
            limits = Tuple(*limits, 1)
        name = "sum" if isinstance(e, Sum) else "integral"
        return self.bound_operator(name, self.limits_domain(limits, env), body, limits[0], env)


def _flat_factors(e: Mul) -> Iterator[Expr]:
    for factor in e.args:
        if isinstance(factor, Mul):
            yield from _flat_factors(factor)
        else:
            yield factor
