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

from flint import fmpq
from sympy import (
    Abs,
    Add,
    Derivative,
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
from klderive.kernel.expression import ELEMENTARY
from klderive.kernel.matching import match
from klderive.kernel.ring import ONE, UNIT, Exponent, Frozen, Polynomial, exact
from klderive.kernel.signs import POSITIVE, VANISHES
from klderive.kernel.statement import FunctionDeclaration
from klderive.kernel.substitutions import Substitutions
from klderive.kernel.workspace import Environment
from klderive.notation.nodes import BetweenBounds, Defined, SumOver

ELEMENTARY_NAMES = {function: name for name, function in ELEMENTARY.items()}

TERM_COST = 400
"""Work that a term of an explicit sum counts as."""

NESTED_INSTANCES = 20
"""Instances of facts with parameters inside one another."""

EXPLICIT_TERMS = 200
"""Sums over at most so many explicit integers are written out."""


class Normalizer(Substitutions):
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
            return self.exp_of(self._apart(e.args[0], env), self.mode.logarithms)
        if isinstance(e, log):
            return self._log(e, env)
        if isinstance(e, AppliedUndef):
            arguments = [self.frozen(self._apart(a, env)) for a in e.args]
            return self._application(e.func.__name__, arguments)
        if isinstance(e, Integral | Sum):
            return self._big_operator(e, env)
        if isinstance(e, SumOver):
            body, variable, over = e.args
            if not isinstance(variable, Symbol):
                raise UnestablishedError("a sum over a set of pairs is not decided")
            return self._functional("sum", ("set", over, None), body, variable, env)
        if isinstance(e, Defined):
            return self._defined(e, env)
        if isinstance(e, Derivative):
            return self.differentiated(e, env)
        if isinstance(e, BetweenBounds):
            return self.between(e, env)
        if isinstance(e, Indexed):
            indices = [self.frozen(self._apart(i, env)) for i in e.indices]
            return ring.of_atom(self.intern("indexed", (str(e.base), *indices), indices))
        if isinstance(e, Abs):
            return self.absolute(self._base(e.args[0], env))
        if e is pi:
            return ring.of_atom(ring.intern("pi", ()))
        if e == E:
            return self.exp_of(ring.number(1), False)
        name = ELEMENTARY_NAMES.get(type(e))
        if name is not None:
            argument = self.frozen(self._apart(e.args[0], env))
            return ring.of_atom(self.intern("elementary", (name, argument), [argument]))
        if isinstance(e, Float):
            raise UnestablishedError(f"{e} is a floating-point number; write an exact rational")
        raise UnestablishedError(f"the kernel has no rule for {type(e).__name__}")

    def _apart(self, e: Expr, env: Environment) -> Polynomial:
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
        return self.normal(e, env) if self.position == "logarithm" else self._apart(e, env)

    def _symbol(self, symbol: Symbol, env: Environment) -> Polynomial:
        value = env.get(symbol)
        if value is None:
            value = self.values.get(symbol)
        if value is not None:
            return value
        if not symbol.is_commutative:
            raise UnestablishedError(f"{symbol} does not commute")
        if symbol.is_real is False or (symbol.is_complex and not symbol.is_real):
            raise UnestablishedError(f"{symbol} is not real; the kernel knows the reals only")
        if symbol.is_finite is False:
            raise UnestablishedError(f"{symbol} is not finite")
        return self.ring.of_atom(self.ring.intern("symbol", (symbol,)))

    def _product(self, e: Mul, env: Environment) -> Polynomial:
        factors = list(_flat_factors(e))
        with self._weighted(factors, env):
            result = self.ring.number(1)
            for factor in factors:
                result = self.ring.multiply(result, self.normal(factor, env))
        return result

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
        power = self.frozen(self._apart(exponent, env))
        value = self.ring.thaw(power)
        number = _as_rational(value)
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
        if self.is_integer(value) and (
            self.signs.is_nonnegative(value) or self.signs.is_nonzero(polynomial)
        ):
            frozen = self.frozen(polynomial)
            return self.ring.of_atom(self.intern("power", (frozen, power), [frozen, power]))
        raise UnestablishedError(f"the power {e} needs a base proved positive")

    def _log(self, e: Expr, env: Environment) -> Polynomial:
        outer, self.position = self.position, "logarithm"
        try:
            argument = self.normal(e.args[0], env)
            if self.mode.unfold == "logarithm":
                argument = self.opened(argument)
            return self.log_of(argument, split=self.mode.logarithms)
        finally:
            self.position = outer

    def _application(self, name: str, arguments: list[Frozen]) -> Polynomial:
        number = self._application_atom(name, arguments)
        declared = self.context.functions.get(name)
        if declared is not None and declared.definition is not None and not declared.total:
            self.unfolded(number)
        if self.mode.unfold == "full" and self.unfoldable(number) is not None:
            return self.unfolded(number)
        rule = self.rule(number)
        return rule if rule is not None else self.ring.of_atom(number)

    def _application_atom(self, name: str, arguments: list[Frozen]) -> int:
        number = self.intern("apply", (name, *arguments), arguments, self.leaves(name))
        declared = self.context.functions.get(name)
        inside = declared is not None and self.in_domain(number, declared)
        if declared is not None and declared.definition is not None and not inside:
            raise UnestablishedError(
                f"the argument of {name} is not proved to lie in the domain of its definition"
            )
        if declared is not None and declared.sign != "unknown" and inside:
            self.signs.declare(
                number, POSITIVE if declared.sign == "positive" else POSITIVE | VANISHES
            )
        return number

    def instance(self, number: int) -> Polynomial | None:
        """The value of an atom by a fact with parameters, if the atom is an instance of its left side.

        The match proposes values for the parameters; the left side, normalised with them, must be the atom itself.
        """
        if number in self.unfolding:
            return None
        if self.nested >= NESTED_INSTANCES:
            raise UnestablishedError("the facts rewrite each other without end")
        for scheme in self.schemes:
            fact = scheme.fact
            symbols = {self.ring.intern("symbol", (s,)): s for s in fact.parameters}
            values = match(self.ring, scheme.pattern, number, frozenset(symbols))
            if values is None:
                continue
            env = {**self.values, **{symbols[n]: value for n, value in values.items()}}
            if len(fact.domains) != len(fact.parameters) or not all(
                self.lies_in(env.get(symbol, self.ring.of_atom(self._atom_of(symbol))), limits)
                for symbol, limits in zip(fact.parameters, fact.domains, strict=True)
            ):
                continue
            count = len(self.events)
            self.unfolding.add(number)
            self.nested += 1
            try:
                same = self.normal(fact.left, env) == self.ring.of_atom(number)
                del self.events[count:]
                if same:
                    self.use(fact.name)
                    return self.normal(fact.right, env)
            except UnestablishedError:
                del self.events[count:]
            finally:
                self.nested -= 1
                self.unfolding.discard(number)
        return None

    def _atom_of(self, symbol: Symbol) -> int:
        return self.ring.intern("symbol", (symbol,))

    def leaves(self, name: str) -> frozenset[int | str]:
        """What a function depends on beside its arguments: itself, and the symbols and functions of its definition."""
        known = self.dependencies.get(name)
        if known is not None:
            return known
        self.dependencies[name] = frozenset({name})
        found: set[int | str] = {name}
        declared = self.context.functions.get(name)
        if declared is not None:
            expressions = [bound for limits in declared.limits for bound in limits[1:3]]
            # A law without a definition still ties the function to its parameters.
            for fact in declared.facts:
                for side in (fact.left, fact.right):
                    expressions += side.free_symbols - set(fact.parameters)
            if declared.definition is not None:
                expressions.append(declared.definition)
            for expression in expressions:
                for symbol in expression.free_symbols - set(declared.parameters):
                    found |= self.ring.free(self.values.get(symbol, {}))
                    found.add(self.ring.intern("symbol", (symbol,)))
                for application in expression.atoms(AppliedUndef):
                    found |= self.leaves(application.func.__name__)
        self.dependencies[name] = frozenset(found)
        return self.dependencies[name]

    def in_domain(self, number: int, declared: FunctionDeclaration) -> bool:
        """Whether the arguments of an application are proved to lie in the declared domain."""
        known = self.inside.get(number)
        if known is None:
            known = self.inside[number] = self._in_domain(number, declared)
        return known

    def _in_domain(self, number: int, declared: FunctionDeclaration) -> bool:
        arguments = self.ring.atoms[number].key[1:]
        if len(arguments) != len(declared.limits):
            return False
        return all(
            self.lies_in(dict(argument), limits)
            for argument, limits in zip(arguments, declared.limits, strict=True)
        )

    def lies_in(self, value: Polynomial, limits: Tuple) -> bool:
        """Whether a value is proved to lie in the domain that limits describe."""
        domain = self.limits_domain(limits, self.values)
        if len(value) == 1:
            ((monomial, coefficient),) = value.items()
            if coefficient == 1 and len(monomial) == 1 and monomial[0][1] == 1:
                atom = self.ring.atoms[monomial[0][0]]
                if atom.kind == "bound" and atom.key[1:4] == domain:
                    return True
        kind, lower, upper = domain
        if kind == "set":
            return False
        if isinstance(lower, frozenset) and not self.signs.is_positive(
            self.ring.subtract(value, dict(lower))
        ):
            return False
        if isinstance(upper, frozenset) and not self.signs.is_positive(
            self.ring.subtract(dict(upper), value)
        ):
            return False
        return kind != "range" or self.is_integer(value)

    def unfoldable(self, number: int) -> FunctionDeclaration | None:
        """The declaration of an application whose definition may be used here."""
        name = str(self.ring.atoms[number].key[0])
        declared = self.context.functions.get(name)
        if (
            declared is None
            or declared.definition is None
            or not self.mode.allows(name)
            or not self.in_domain(number, declared)
        ):
            return None
        return declared

    def unfoldable_application(self, number: int) -> bool:
        """Whether an atom is an application whose definition may be used here."""
        return self.ring.atoms[number].kind == "apply" and self.unfoldable(number) is not None

    def is_abstract(self, number: int) -> bool:
        """Whether an application is of a function without definition, of which no more is known than is declared."""
        name = str(self.ring.atoms[number].key[0])
        declared = self.context.functions.get(name)
        return declared is None or declared.definition is None

    def opened(self, polynomial: Polynomial) -> Polynomial:
        """The polynomial with the definitions of the applications among its factors."""
        ring = self.ring
        if not any(
            self.unfoldable_application(number) for monomial in polynomial for number, _ in monomial
        ):
            return polynomial
        result: Polynomial = {}
        for monomial, coefficient in polynomial.items():
            term = ring.number(coefficient)
            for number, exponent in monomial:
                factor: Polynomial = {((number, exponent),): ONE}
                if isinstance(exponent, int) and self.unfoldable_application(number):
                    factor = self.unfolded(number)
                    if exponent < 0:
                        self.need_nonzero(factor)
                        factor = self.inverse(factor)
                    factor = ring.power(factor, abs(exponent))
                term = ring.multiply(term, factor)
            result = ring.add(result, term)
        return result

    def unfolded(self, number: int) -> Polynomial:
        """The definition of an application, with its arguments put in."""
        atom = self.ring.atoms[number]
        declared = self.context.functions[str(atom.key[0])]

        if number in self.unfolding:
            raise UnestablishedError(f"{declared.key} is defined by means of itself")

        def compute() -> Polynomial:
            self.use(f"definition {declared.key}")
            arguments = [dict(argument) for argument in atom.key[1:]]
            env = {**self.values, **dict(zip(declared.parameters, arguments, strict=True))}
            weights, self.weights = self.weights, []
            self.unfolding.add(number)
            try:
                return self.normal(declared.definition, env)
            finally:
                self.unfolding.discard(number)
                self.weights = weights

        return self.recorded(self.definitions, number, compute)[0]

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
                parts = [self.frozen(self._apart(a, env)) for a in formulas]
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

    def defined_value(self, declared: FunctionDeclaration) -> tuple[Polynomial, tuple[Event, ...]]:
        """The definition of a function for all values of its parameters in their domains, with its events.

        Raises:
            UnestablishedError: if it is not defined for some of them.
        """
        definition = declared.definition
        assert definition is not None
        env = dict(self.values)
        height = 1 + self.binder_height(definition)
        with ExitStack() as stack:
            for place, limits in enumerate(declared.limits):
                domain = self.limits_domain(limits, self.values)
                number = self.bound(height + place, domain, limits[0])
                env[declared.parameters[place]] = self.ring.of_atom(number)
                stack.enter_context(self.binding(number))
            return self.recorded({}, None, lambda: self.normal(definition, env))

    def _big_operator(self, e: Expr, env: Environment) -> Polynomial:
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
        substitution = self.substitution_for(e, limits)
        if substitution is not None:
            return self.substituted(substitution, body, limits, env)
        domain = self.limits_domain(limits, env)
        name = "sum" if isinstance(e, Sum) else "integral"
        if name == "sum":
            explicit = self._explicit_sum(domain, body, limits[0], env)
            if explicit is not None:
                return explicit
        return self._functional(name, domain, body, limits[0], env)

    def _explicit_sum(
        self, domain: Domain, body: Expr, variable: Symbol, env: Environment
    ) -> Polynomial | None:
        _, lower, upper = domain
        if not isinstance(lower, frozenset) or not isinstance(upper, frozenset):
            return None
        first, last = _as_rational(dict(lower)), _as_rational(dict(upper))
        if not isinstance(first, int) or not isinstance(last, int):
            return None
        if last - first >= EXPLICIT_TERMS:
            return None
        self.ring.spend(TERM_COST * max(0, last - first + 1))
        return self.ring.add(
            *(
                self.normal(body, {**env, variable: self.ring.number(i)})
                for i in range(first, last + 1)
            )
        )

    def _functional(
        self, name: str, domain: Domain, body: Expr, variable: Symbol, env: Environment
    ) -> Polynomial:
        number = self.variable(body, domain, variable, env)
        with self.binding(number):
            polynomial = self.normal(body, {**env, variable: self.ring.of_atom(number)})
            polynomial = self.factoring.by_denominator(polynomial)
        return self.accumulate(name, domain, number, polynomial)


def _flat_factors(e: Mul) -> Iterator[Expr]:
    for factor in e.args:
        if isinstance(factor, Mul):
            yield from _flat_factors(factor)
        else:
            yield factor


def _as_rational(polynomial: Polynomial) -> Exponent | None:
    if not polynomial:
        return 0
    if len(polynomial) == 1 and UNIT in polynomial:
        return exact(polynomial[UNIT])
    return None
