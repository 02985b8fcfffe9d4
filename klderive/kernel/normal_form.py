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
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import product
from math import prod

from flint import fmpq
from sympy import (
    Abs,
    Add,
    Derivative,
    E,
    Eq,
    Expr,
    Float,
    Indexed,
    Integer,
    Integral,
    Mul,
    Piecewise,
    Pow,
    Product,
    Rational,
    Sum,
    Symbol,
    Tuple,
    exp,
    log,
    pi,
    preorder_traversal,
)
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from klderive.kernel.events import Domain, Event, Nonzero, UnestablishedError, Use
from klderive.kernel.expression import ELEMENTARY
from klderive.kernel.matching import match, single_atom
from klderive.kernel.ring import ONE, UNIT, Exponent, Frozen, Polynomial, exact, freeze
from klderive.kernel.signs import NEGATIVE, POSITIVE, VANISHES
from klderive.kernel.statement import FunctionDeclaration
from klderive.kernel.substitutions import Substitutions
from klderive.kernel.workspace import Environment
from klderive.notation.nodes import BetweenBounds, Defined, Indicator, ProductOver, SumOver

ELEMENTARY_NAMES = {function: name for name, function in ELEMENTARY.items()}

TERM_COST = 400
"""Work that a term of an explicit sum counts as."""

NESTED_INSTANCES = 20
"""Instances of facts with parameters inside one another."""

EXPLICIT_VALUES = 50
"""Definitions over at most so many explicit integers are established one by one."""

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
        if isinstance(e, Product | ProductOver):
            return self._big_product(e, env)
        if isinstance(e, Indicator):
            return self._indicator(e, env)
        if isinstance(e, Defined):
            return self._defined(e, env)
        if isinstance(e, Derivative):
            return self.differentiated(e, env)
        if isinstance(e, BetweenBounds):
            return self.between(e, env)
        if isinstance(e, Indexed):
            indices = [self.frozen(self._apart(i, env)) for i in e.indices]
            for index in indices:
                self._check_index(str(e.base), dict(index))
            return ring.of_atom(self._member(str(e.base), indices))
        if isinstance(e, Abs):
            return self.absolute(self._base(e.args[0], env))
        if isinstance(e, Piecewise):
            return self._cases(e, env)
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

    def _cases(self, e: Piecewise, env: Environment) -> Polynomial:
        """The value of the first case that holds; each condition up to it must be decided by numbers alone.

        Two cases that tell whether something is equal need no decision: both values count, one of them times 0.
        """
        if len(e.args) == 2 and isinstance(e.args[0][1], Eq) and e.args[1][1] == True:  # noqa: E712
            sides = [self._apart(side, env) for side in e.args[0][1].args]
            difference = self.factoring.lowest_terms(self.ring.subtract(*sides))
            if self.ring.free(difference) and not self.signs.is_nonzero(difference):
                one, other = (self._apart(value, env) for value, _ in e.args)
                event = freeze(difference)
                equal = self.ring.of_atom(self.intern("equal", (event,), [event]))
                return self.ring.add(
                    other, self.ring.multiply(equal, self.ring.subtract(one, other))
                )
        for value, condition in e.args:
            if condition == True or self._holds(condition, env):  # noqa: E712 - SymPy's true
                return self.normal(value, env)
        raise UnestablishedError("no case holds")

    def _holds(self, condition: Expr, env: Environment) -> bool:
        if not isinstance(condition, Relational):
            raise UnestablishedError(f"the kernel has no rule for the case {condition}")
        left, right = (self._apart(side, env) for side in condition.args)
        difference = self.ring.subtract(left, right)
        number = difference.get(UNIT, fmpq(0)) if set(difference) <= {UNIT} else None
        if number is None:
            raise UnestablishedError("it is not established which case holds")
        match condition.rel_op:
            case "==":
                return bool(number == 0)
            case "!=":
                return bool(number != 0)
            case "<=":
                return bool(number <= 0)
            case ">=":
                return bool(number >= 0)
            case "<":
                return bool(number < 0)
            case ">":
                return bool(number > 0)
        raise UnestablishedError(f"the kernel has no rule for the case {condition}")

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

    def _check_index(self, name: str, index: Polynomial) -> None:
        """See that there is a member of a family at an index: an integer, or an element of a set.

        Raises:
            UnestablishedError: if that is not established.
        """
        alone = single_atom(index)
        domain = self._domain_of(alone) if alone is not None else None
        if not self.is_integer(index) and (domain is None or domain[0] != "set"):
            raise UnestablishedError(
                f"the index {self.express(index)} of {name} is not proved an integer"
            )

    def _member(self, name: str, indices: list[Frozen]) -> int:
        """The atom of a member of an indexed family, with what is declared of the members."""
        number = self.intern("indexed", (name, *indices), indices)
        family = self.context.families.get(name)
        if family is not None and family.limits is not None:
            self.signs.declare_domain(number, self.limits_domain(family.limits, self.values))
        if family is not None and family.sign != "unknown":
            self.signs.declare(
                number, POSITIVE if family.sign == "positive" else POSITIVE | VANISHES
            )
        return number

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
        alone = single_atom(value)
        if alone is not None and self._domain_of(alone) == domain:
            return True
        kind, lower, upper = domain
        if kind == "set":
            return False
        # An interval is open; a range of integers holds its ends.
        fits = self.signs.is_nonnegative if kind == "range" else self.signs.is_positive
        if isinstance(lower, frozenset) and not fits(self.ring.subtract(value, dict(lower))):
            return False
        if isinstance(upper, frozenset) and not fits(self.ring.subtract(dict(upper), value)):
            return False
        return kind != "range" or self.is_integer(value)

    def _domain_of(self, number: int) -> Domain | None:
        """The declared domain of a bound variable, of data, or of a variable that stands free; else None."""
        atom = self.ring.atoms[number]
        if atom.kind == "indexed":
            return self.signs.domain(number)
        if atom.kind == "bound":
            return atom.key[1:4]
        limits = self.context.ranges.get(atom.key[0]) if atom.kind == "symbol" else None
        if limits is None:
            return None
        try:
            return self.limits_domain(limits, self.values)
        except UnestablishedError:
            return None

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
        integers = [_explicit(domain) for domain in domains]
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
        if _explicit(domain) is not None:
            return self._finite_sum(domain, body, limits[0], env)
        if name == "sum":
            counted = self._counted(domain, body, limits[0], env)
            if counted is not None:
                return self.ring.add(
                    *(self.ring.multiply(n, self.normal(term, env)) for n, term in counted)
                )
        return self._functional(name, domain, body, limits[0], env)

    def _big_product(self, e: Expr, env: Environment) -> Polynomial:
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
            if _explicit(domain) is not None:
                return self._multiplied(self._explicit_terms(domain, body, variable, env))
            counted = self._counted(domain, body, variable, env)
            if counted is not None:
                return self._counted_product(counted, env)
        number = self.variable(body, domain, variable, env)
        with self.binding(number):
            # A factor is no weight: where one vanishes, the others must be defined all the same.
            self.position = "apart"
            polynomial = self.normal(body, {**env, variable: self.ring.of_atom(number)})
            if not self.signs.is_positive(polynomial):
                raise UnestablishedError(
                    f"a product needs its factors proved positive, here {self.express(polynomial)}"
                )
            count = len(self.events)
            logarithms = self.factoring.by_denominator(self.log_of(polynomial, split=True))
        outer, self.mode = self.mode, replace(self.mode, split=True)
        try:
            value = self.exp_of(self.accumulate("sum", domain, number, logarithms), True)
        finally:
            self.mode = outer
        # That a product of positive factors is such an exp is how it is represented, not a law that is used.
        self.events[count:] = [e for e in self.events[count:] if not isinstance(e, Use)]
        return value

    def _multiplied(self, factors: Sequence[Polynomial]) -> Polynomial:
        result = self.ring.number(1)
        for factor in factors:
            result = self.ring.multiply(result, factor)
        return result

    def _counted_product(
        self, counted: Sequence[tuple[Polynomial, Expr]], env: Environment
    ) -> Polynomial:
        result = self.ring.number(1)
        for count, term in counted:
            base = self.normal(term, env)
            if not self.signs.is_positive(base):
                raise UnestablishedError(
                    f"a power needs its base proved positive, here {self.express(base)}"
                )
            logarithm = self.log_of(base, split=True)
            result = self.ring.multiply(
                result, self.exp_of(self.ring.multiply(count, logarithm), True)
            )
        return result

    def _counted(
        self, domain: Domain, body: Expr, variable: Symbol, env: Environment
    ) -> list[tuple[Polynomial, Expr]] | None:
        """How often each term of a sum over data occurs, and the term, if the data take known values.

        The body may depend on the index only through the data, `x[i]`; the fact `counts of x` must be allowed.
        """
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

    def _indicator(self, e: Expr, env: Environment) -> Polynomial:
        """The indicator of left >= right, as that of a polynomial being nonnegative; both squared under an abs."""
        ring = self.ring
        left, right = (self._apart(side, env) for side in e.args)
        absolute = any(ring.atoms[n].kind == "abs" for p in (left, right) for m in p for n, _ in m)
        if absolute and self.signs.is_nonnegative(left) and self.signs.is_nonnegative(right):
            left, right = ring.power(left, 2), ring.power(right, 2)
        difference = self.factoring.lowest_terms(ring.subtract(left, right))
        signs = self.signs.sign(difference)
        if not signs & NEGATIVE:
            return ring.number(1)
        if signs == NEGATIVE:
            return {}
        numerator, denominators = self.factoring.clear(difference)
        if self.signs.is_positive({denominators: ONE}):
            difference = numerator
        content = self.factoring.content(difference)[0]
        event = freeze(ring.scale(difference, 1 / abs(content)))
        return ring.of_atom(self.intern("indicator", (event,), [event]))

    def _finite_sum(
        self, domain: Domain, body: Expr, variable: Symbol, env: Environment
    ) -> Polynomial:
        """A sum over few integers: written out, unless a term has its value under the sum only.

        Where p is a weight, p(0)*log(p(0)) has a value under the sum, and none outside it if p(0) is 0.
        """
        outer, self.events = self.events, []
        try:
            explicit: Polynomial | None = self.ring.add(
                *self._explicit_terms(domain, body, variable, env)
            )
        except UnestablishedError:
            explicit = None
        finally:
            found, self.events = self.events, outer
        if explicit is not None and not any(isinstance(event, Nonzero) for event in found):
            self.events += found
            return explicit
        count = len(outer)
        try:
            return self._functional("sum", domain, body, variable, env)
        except UnestablishedError:
            if explicit is None:
                raise
            del self.events[count:]
            self.events += found
            return explicit

    def _explicit_terms(
        self, domain: Domain, body: Expr, variable: Symbol, env: Environment
    ) -> list[Polynomial]:
        integers = _explicit(domain) or range(0)
        self.ring.spend(TERM_COST * len(integers))
        return [self.normal(body, {**env, variable: self.ring.number(i)}) for i in integers]

    def functional_value(
        self, name: str, domain: Domain, variable: int, body: Polynomial
    ) -> Polynomial:
        """The integral or sum of a body: written out over few integers, by a fact, or as an atom."""
        integers = _explicit(domain) if name == "sum" else None
        if integers is not None:
            count = len(self.events)
            self.ring.spend(TERM_COST * len(integers))
            try:
                return self.ring.add(*(self._at(body, variable, i) for i in integers))
            except UnestablishedError:
                del self.events[count:]
        return super().functional_value(name, domain, variable, body)

    def _at(self, polynomial: Polynomial, variable: int, value: int) -> Polynomial:
        """A polynomial in a variable and in functions of it, at a value of the variable."""
        result: Polynomial = {}
        for monomial, coefficient in polynomial.items():
            term = self.ring.number(coefficient)
            for number, exponent in monomial:
                atom = self.ring.atoms[number]
                factor: Polynomial = {((number, exponent),): ONE}
                if variable in atom.free:
                    if not isinstance(exponent, int) or exponent < 1:
                        raise UnestablishedError("a factor is not a power that has a value there")
                    factor = self.ring.power(self._atom_at(number, variable, value), exponent)
                term = self.ring.multiply(term, factor)
            result = self.ring.add(result, term)
        return result

    def _atom_at(self, number: int, variable: int, value: int) -> Polynomial:
        if number == variable:
            return self.ring.number(value)
        atom = self.ring.atoms[number]
        if atom.kind != "apply":
            raise UnestablishedError("only functions are taken at a value")
        arguments = [self.frozen(self._at(dict(a), variable, value)) for a in atom.key[1:]]
        return self._application(str(atom.key[0]), arguments)

    def _functional(
        self, name: str, domain: Domain, body: Expr, variable: Symbol, env: Environment
    ) -> Polynomial:
        number = self.variable(body, domain, variable, env)
        with self.binding(number):
            polynomial = self.normal(body, {**env, variable: self.ring.of_atom(number)})
            polynomial = self.factoring.by_denominator(polynomial)
        return self.accumulate(name, domain, number, polynomial)


def _binds(e: Expr, variable: Symbol) -> bool:
    """Whether something inside an expression binds a variable of this name."""
    return any(
        (isinstance(part, Tuple) and part.args[0] == variable)
        or (isinstance(part, SumOver | ProductOver) and part.args[1] == variable)
        for part in preorder_traversal(e)
    )


def _flat_factors(e: Mul) -> Iterator[Expr]:
    for factor in e.args:
        if isinstance(factor, Mul):
            yield from _flat_factors(factor)
        else:
            yield factor


def _explicit(domain: Domain) -> range | None:
    """The integers of a domain, if they are few and known."""
    kind, lower, upper = domain
    if kind != "range" or not isinstance(lower, frozenset) or not isinstance(upper, frozenset):
        return None
    first, last = _as_rational(dict(lower)), _as_rational(dict(upper))
    if not isinstance(first, int) or not isinstance(last, int) or last - first >= EXPLICIT_TERMS:
        return None
    return range(first, last + 1)


def _as_rational(polynomial: Polynomial) -> Exponent | None:
    if not polynomial:
        return 0
    if len(polynomial) == 1 and UNIT in polynomial:
        return exact(polynomial[UNIT])
    return None
