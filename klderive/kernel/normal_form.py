"""The normal form: an unevaluated SymPy expression as a polynomial over atoms, modulo named facts.

Accepts what the written tree stands for: arithmetic, powers, exp, log, absolute values, applications of declared and
undeclared functions, indexed families, integrals, sums over ranges and finite sets, and nodes with a definition. The
idea: two expressions are equal if their difference has normal form zero. Integrals and sums are linear functionals:
what is free of the bound variable is pulled out, and what is left, a monomial in atoms that contain it, is an atom. A
fact gives such an atom a value.

Every rule fails closed: if a sign, a domain or a shape is not established, `UnestablishedError` is raised, and the line is
not proved. On the way, conditions (a denominator must not vanish), obligations (an integral must converge) and uses
(of logarithms, linearity, a definition, a fact) are recorded as events.

Caveats: `a / a = 1` is proved under the listed condition `a != 0`; under a binder there is no listing. `log(x*y)` is
split only if each factor is proved positive. Rational functions under an integral are compared as a whole, not by
partial fractions. Symbols declared complex take part in arithmetic only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeVar

from flint import fmpq, fmpz
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
    cos,
    erf,
    exp,
    log,
    oo,
    pi,
    sin,
    tanh,
)
from sympy.core.function import AppliedUndef

from klderive.kernel.factoring import Factoring
from klderive.kernel.ring import (
    ONE,
    UNIT,
    BudgetExceededError,
    Exponent,
    Frozen,
    Monomial,
    Polynomial,
    Ring,
    exact,
    freeze,
)
from klderive.kernel.signs import NEGATIVE, POSITIVE, VANISHES, Signs
from klderive.kernel.statement import Context, Fact, FunctionDeclaration
from klderive.notation.nodes import Defined, SumOver

EXPLICIT_TERMS = 200
"""Sums over at most so many explicit integers are written out."""

REDUCTIONS = 1_000
"""Rewritings by facts in one polynomial."""

POWER_LIMIT = 10_000
"""Integer exponents beyond this are left alone."""


class UnestablishedError(Exception):
    """A rule does not apply because one of its conditions is not established; the message says which."""


Unfold = Literal["folded", "logarithm", "full"]
"""Where definitions of functions unfold: nowhere, as arguments of a logarithm only, everywhere."""


@dataclass(frozen=True, slots=True)
class Mode:
    """What a normal form may use.

    `split` pulls factors out of functionals and splits them; without it a functional is one atom.
    `definitions` are names of operators and functions; None stands for all.
    """

    logarithms: bool
    split: bool
    definitions: frozenset[str] | None
    unfold: Unfold

    def allows(self, name: str) -> bool:
        """Whether a definition may be used."""
        return self.definitions is None or name in self.definitions


@dataclass(frozen=True, slots=True)
class Use:
    """A theory, definition or fact was used."""

    name: str


@dataclass(frozen=True, slots=True)
class Nonzero:
    """A denominator must not vanish."""

    polynomial: Frozen


@dataclass(frozen=True, slots=True)
class AbsolutelyContinuous:
    """The second function must be positive wherever the first, the weight, is."""

    weight: int
    other: int


Domain = tuple[str, object, object]
"""The kind of a domain (`interval`, `oriented`, `range`, `set`) with its bounds, frozen or infinite, or its set."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """A functional that occurs must have a value."""

    functional: str
    domain: Domain
    variable: int
    body: Frozen


Event = Use | Nonzero | AbsolutelyContinuous | Obligation
Environment = Mapping[Symbol, Polynomial]
_Key = TypeVar("_Key")

TOTAL_FUNCTIONS = {sin: "sin", cos: "cos", tanh: "tanh", erf: "erf"}
"""Functions defined on all reals, of which the kernel knows nothing else."""


class Normalizer:
    """Normal forms in one mode, modulo one list of facts, in one context.

    Args:
        ring: the atoms, shared by all normalizers of a kernel.
        signs: proves signs.
        context: the declared functions.
        mode: what may be used.
        values: values that the givens assign to symbols.
    """

    def __init__(
        self,
        ring: Ring,
        factoring: Factoring,
        signs: Signs,
        context: Context,
        mode: Mode,
        values: Environment,
    ) -> None:
        self.ring = ring
        self.factoring = factoring
        self.signs = signs
        self.context = context
        self.mode = mode
        self.values = values
        self.facts: tuple[Fact, ...] = ()
        self.rules: dict[int, tuple[Polynomial, tuple[str, ...]]] = {}
        self.events: list[Event] = []
        self.bound_names: dict[int, str] = {}
        self._active: list[int] = []
        self._weights: list[int] = []
        self._inside_log = False
        self._cache: dict[Expr, tuple[Polynomial, tuple[Event, ...]]] = {}
        self._heights: dict[Expr, int] = {}
        self._definitions: dict[int, tuple[Polynomial, tuple[Event, ...]]] = {}

    # Entry

    def side(self, expression: Expr) -> tuple[Polynomial, tuple[Event, ...]]:
        """The normal form of one side of a statement modulo the facts, with its events.

        Raises:
            UnestablishedError: if a rule that it needs does not apply.
            BudgetExceededError: if it takes too much work.
        """
        return self._recorded(self._cache, expression, lambda: self.normal(expression, self.values))

    def _recorded(
        self,
        cache: dict[_Key, tuple[Polynomial, tuple[Event, ...]]],
        key: _Key,
        compute: Callable[[], Polynomial],
    ) -> tuple[Polynomial, tuple[Event, ...]]:
        """A cached polynomial; its events are kept with it and recorded again on every hit."""
        known = cache.get(key)
        if known is None:
            outer, self.events = self.events, []
            try:
                polynomial = compute()
                known = cache[key] = (polynomial, tuple(dict.fromkeys(self.events)))
            finally:
                self.events = outer
        self.events.extend(known[1])
        return known

    # Walking the expression

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
            return self._exp(self.normal(e.args[0], env), self.mode.logarithms)
        if isinstance(e, log):
            return self._log(e, env)
        if isinstance(e, AppliedUndef):
            arguments = [self._frozen(self.normal(a, env)) for a in e.args]
            return self._application(e.func.__name__, arguments)
        if isinstance(e, Integral | Sum):
            return self._big_operator(e, env)
        if isinstance(e, SumOver):
            body, variable, over = e.args
            return self._functional("sum", ("set", over, None), body, variable, env)
        if isinstance(e, Defined):
            return self._defined(e, env)
        if isinstance(e, Indexed):
            indices = [self._frozen(self.normal(i, env)) for i in e.indices]
            return ring.of_atom(self._intern("indexed", (str(e.base), *indices), indices))
        if isinstance(e, Abs):
            return self._absolute(self.normal(e.args[0], env))
        if e is pi:
            return ring.of_atom(ring.intern("pi", ()))
        if e == E:
            return self._exp(ring.number(1), False)
        if type(e) in TOTAL_FUNCTIONS:
            argument = self._frozen(self.normal(e.args[0], env))
            return ring.of_atom(
                self._intern("apply", (TOTAL_FUNCTIONS[type(e)], argument), [argument])
            )
        if isinstance(e, Float):
            raise UnestablishedError(f"{e} is a floating-point number; write an exact rational")
        raise UnestablishedError(f"the kernel has no rule for {type(e).__name__}")

    def _symbol(self, symbol: Symbol, env: Environment) -> Polynomial:
        value = env.get(symbol)
        if value is None:
            value = self.values.get(symbol)
        if value is not None:
            return value
        if not symbol.is_commutative:
            raise UnestablishedError(f"{symbol} does not commute")
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
        count = len(self._weights)
        if self._active:
            for factor in factors:
                if isinstance(factor, AppliedUndef):
                    declared = self.context.functions.get(factor.func.__name__)
                    if declared is not None and declared.sign != "unknown":
                        arguments = [self._frozen(self.normal(a, env)) for a in factor.args]
                        number = self._application_atom(factor.func.__name__, arguments)
                        if self.ring.atoms[number].free & set(self._active):
                            self._weights.append(number)
        try:
            yield
        finally:
            del self._weights[count:]

    # Powers

    def _power(self, e: Pow, env: Environment) -> Polynomial:
        base, exponent = e.args
        if isinstance(exponent, Integer):
            return self._integer_power(self.normal(base, env), int(exponent))
        if isinstance(exponent, Rational):
            return self.root(self.normal(base, env), Fraction(int(exponent.p), int(exponent.q)))
        power = self._frozen(self.normal(exponent, env))
        value = self.ring.thaw(power)
        number = _as_rational(value)
        if number is not None:
            polynomial = self.normal(base, env)
            if isinstance(number, int):
                return self._integer_power(polynomial, number)
            return self.root(polynomial, number)
        if base == E:
            return self._exp(value, self.mode.logarithms)
        polynomial = self.normal(base, env)
        if self.signs.is_positive(polynomial):
            logarithm = self.log_of(polynomial, split=True)
            return self._exp(self.ring.multiply(value, logarithm), True)
        if self._is_integer(value) and (
            self.signs.is_nonnegative(value) or self.signs.is_nonzero(polynomial)
        ):
            frozen = self._frozen(polynomial)
            return self.ring.of_atom(self._intern("power", (frozen, power), [frozen, power]))
        raise UnestablishedError(f"the power {e} needs a base proved positive")

    def _integer_power(self, base: Polynomial, exponent: int) -> Polynomial:
        if abs(exponent) > POWER_LIMIT and not (len(base) == 1 and not self._is_number(base)):
            raise BudgetExceededError(f"the exponent {exponent} is too large")
        if exponent >= 0:
            return self.ring.power(base, exponent)
        self.need_nonzero(base)
        return self.ring.power(self.inverse(base), -exponent)

    def inverse(self, polynomial: Polynomial) -> Polynomial:
        """One over a polynomial that is not zero, with irreducible sums as atoms in the denominator."""
        ring = self.ring
        if len(polynomial) == 1:
            return ring.power(polynomial, -1)
        numerator, denominators = self.factoring.clear(polynomial)
        if not numerator:
            raise UnestablishedError("division by zero")
        unit, common, factors = self.factoring.factors(numerator)
        result = ring.scale(ring.monomial_power(common, -1), 1 / unit)
        for factor, multiplicity in factors:
            sign, atom = self._oriented(factor)
            result = ring.multiply(result, ring.of_atom(atom, -multiplicity))
            if sign < 0 and multiplicity % 2:
                result = ring.scale(result, -1)
        for number, exponent in denominators:
            result = ring.multiply(result, ring.of_atom(number, exact(-exponent)))
        return result

    def _oriented(self, factor: Polynomial) -> tuple[int, int]:
        """A sign and the atom of a primitive sum: positive if that is proved, else with a fixed first term."""
        signs = self.signs.sign(factor)
        if signs == NEGATIVE or (signs != POSITIVE and self._leading(factor) < 0):
            negative = self.ring.scale(factor, -1)
            return -1, self._intern("sum", (freeze(negative),), [freeze(negative)])
        return 1, self._intern("sum", (freeze(factor),), [freeze(factor)])

    def _leading(self, polynomial: Polynomial) -> fmpq:
        """The coefficient of the term that comes first by its atoms; renaming a bound variable keeps it."""
        return polynomial[min(polynomial, key=self._order)]

    def _order(self, monomial: Monomial) -> tuple[object, ...]:
        degree = sum(Fraction(e) for _, e in monomial)
        return (
            -degree,
            [(self.ring.atoms[n].kind, self._place(n), -Fraction(e)) for n, e in monomial],
        )

    def _place(self, number: int) -> int:
        """Bound variables of one domain are told apart only by being there."""
        return 0 if self.ring.atoms[number].kind == "bound" else number

    def root(self, polynomial: Polynomial, exponent: Fraction) -> Polynomial:
        """A fractional power of a polynomial proved nonnegative (positive, if the exponent is negative).

        Factors of proved sign come out; a perfect square of unknown sign comes out as an absolute value.
        """
        ring = self.ring
        polynomial = self.factoring.lowest_terms(polynomial)
        if not polynomial:
            if exponent > 0:
                return polynomial
            raise UnestablishedError("division by zero")
        signs = self.signs.sign(polynomial)
        if signs & NEGATIVE:
            raise UnestablishedError(f"a root of {self.express(polynomial)} needs it proved >= 0")
        if exponent < 0 and signs & VANISHES:
            self.need_nonzero(polynomial)
        result, rest, rest_sign = ring.number(1), ring.number(1), 1
        unit, parts = self._parts(polynomial)
        if unit < 0:
            rest_sign = -1
        result = self._rational_power(abs(unit), exponent)
        certain = True
        for part, multiplicity in parts:
            base = self._part_polynomial(part)
            sign = self.signs.sign(base)
            power = exact(multiplicity * exponent)
            if sign == POSITIVE:
                result = ring.multiply(result, self._part_power(part, power))
            elif sign == NEGATIVE:
                if Fraction(multiplicity).denominator != 1:
                    raise UnestablishedError("a fractional power of something negative")
                result = ring.multiply(result, self._negative_power(base, power))
                rest_sign *= -1 if multiplicity % 2 else 1
            elif not isinstance(multiplicity, Fraction) and multiplicity % 2 == 0:
                if sign & NEGATIVE:
                    absolute = self._absolute(base)
                    result = ring.multiply(result, self._single_power(absolute, power))
                else:
                    result = ring.multiply(result, self._part_power(part, power))
                certain = certain and not sign & VANISHES
            else:
                rest = ring.multiply(rest, self._part_power(part, multiplicity))
        if rest == ring.number(1):
            if rest_sign < 0:
                raise UnestablishedError("a root of something negative")
            return result
        rest = ring.scale(rest, rest_sign)
        if len(rest) == 1 and self.signs.is_nonnegative(rest):
            ((monomial, coefficient),) = rest.items()
            if coefficient > 0 and all(
                not self.signs.atom(number) & NEGATIVE for number, _ in monomial
            ):
                return ring.multiply(result, ring.monomial_power(monomial, exponent))
        if not certain or self.signs.sign(rest) & NEGATIVE:
            return self._opaque_root(polynomial, exponent)
        return ring.multiply(result, self._opaque_root(rest, exponent))

    def _opaque_root(self, polynomial: Polynomial, exponent: Fraction) -> Polynomial:
        if len(polynomial) == 1:
            ((monomial, coefficient),) = polynomial.items()
            if (
                coefficient == 1
                and len(monomial) == 1
                and not (self.signs.atom(monomial[0][0]) & NEGATIVE)
            ):
                return self.ring.monomial_power(monomial, exponent)
        numerator, _ = self.factoring.clear(polynomial)
        if numerator is not polynomial and numerator != polynomial:
            frozen = freeze(polynomial)
            return self.ring.of_atom(self._intern("root", (frozen, exponent), [frozen]))
        frozen = freeze(polynomial)
        return self.ring.of_atom(self._intern("sum", (frozen,), [frozen]), exponent)

    def _parts(self, polynomial: Polynomial) -> tuple[fmpq, list[tuple[object, Exponent]]]:
        """A rational and the factors of a polynomial: atoms (by number) and primitive sums (as keys)."""
        unit, common, factors = self.factoring.factors(polynomial)
        parts: list[tuple[object, Exponent]] = list(common)
        for factor, multiplicity in factors:
            sign, atom = self._oriented(factor)
            if sign < 0 and multiplicity % 2:
                unit = -unit
            parts.append((self.ring.atoms[atom].key[0], multiplicity))
        return unit, parts

    def _part_polynomial(self, part: object) -> Polynomial:
        if isinstance(part, int):
            return {((part, 1),): ONE}
        return dict(part)  # type: ignore[call-overload, no-any-return]

    def _part_power(self, part: object, exponent: Exponent) -> Polynomial:
        if isinstance(part, int):
            return self.ring.of_atom(part, exponent) if exponent else self.ring.number(1)
        assert isinstance(part, frozenset)
        return self.ring.of_atom(self._intern("sum", (part,), [part]), exponent)

    def _negative_power(self, base: Polynomial, exponent: Exponent) -> Polynomial:
        return self._single_power(self.ring.scale(base, -1), exponent)

    def _single_power(self, polynomial: Polynomial, exponent: Exponent) -> Polynomial:
        """A power of a nonnegative polynomial that is an atom, or a sum made one."""
        if len(polynomial) == 1:
            ((monomial, coefficient),) = polynomial.items()
            if coefficient == 1:
                return self.ring.monomial_power(monomial, exponent)
        if isinstance(exponent, int) and exponent >= 0:
            return self.ring.power(polynomial, exponent)
        if isinstance(exponent, int):
            return self.ring.power(self.inverse(polynomial), -exponent)
        frozen = freeze(polynomial)
        return self.ring.of_atom(self._intern("sum", (frozen,), [frozen]), exponent)

    def _rational_power(self, value: fmpq, exponent: Fraction) -> Polynomial:
        """A fractional power of a positive rational, by primes."""
        result = self.ring.number(1)
        for prime, power in _factor_integer(value.p):
            result = self.ring.multiply(result, self._prime_power(prime, exact(power * exponent)))
        for prime, power in _factor_integer(value.q):
            result = self.ring.multiply(result, self._prime_power(prime, exact(-power * exponent)))
        return result

    def _prime_power(self, prime: int, exponent: Exponent) -> Polynomial:
        return self.ring.of_atom(self.ring.intern("prime", (prime,)), exponent)

    def _absolute(self, polynomial: Polynomial) -> Polynomial:
        ring = self.ring
        polynomial = self.factoring.lowest_terms(polynomial)
        signs = self.signs.sign(polynomial)
        if not signs & NEGATIVE:
            return polynomial
        if not signs & POSITIVE:
            return ring.scale(polynomial, -1)
        unit, parts = self._parts(polynomial)
        result = ring.number(abs(unit))
        for part, multiplicity in parts:
            base = self._part_polynomial(part)
            sign = self.signs.sign(base)
            if not sign & NEGATIVE:
                result = ring.multiply(result, self._part_power(part, multiplicity))
            elif not sign & POSITIVE and isinstance(multiplicity, int):
                result = ring.multiply(result, self._integer_power_of_known(base, multiplicity))
            else:
                frozen = freeze(base)
                atom = self._intern("abs", (frozen,), [frozen])
                result = ring.multiply(result, ring.of_atom(atom, multiplicity))
        return result

    def _integer_power_of_known(self, base: Polynomial, exponent: int) -> Polynomial:
        negative = self.ring.scale(base, -1)
        if exponent >= 0:
            return self.ring.power(negative, exponent)
        return self.ring.power(self.inverse(negative), -exponent)

    # Exponentials and logarithms

    def _exp(self, argument: Polynomial, undo_logs: bool) -> Polynomial:
        """The exp of a sum is the product of the exps of its terms; exp of c log(a) is a^c where a is positive."""
        ring = self.ring
        result = ring.number(1)
        monomials: list[tuple[int, Exponent]] = []
        for monomial, coefficient in self.factoring.by_denominator(argument).items():
            exponent = exact(coefficient)
            if undo_logs and len(monomial) == 1 and monomial[0][1] == 1:
                atom = ring.atoms[monomial[0][0]]
                if atom.kind == "log":
                    inner = ring.thaw(atom.key[0])  # type: ignore[arg-type]
                    if self.signs.is_positive(inner):
                        self.use("logarithms")
                        result = ring.multiply(result, self._positive_power(inner, exponent))
                        continue
            number = self._intern("exp", (monomial,), [frozenset({(monomial, ONE)})])
            monomials.append((number, exponent))
        return ring.multiply(result, {tuple(sorted(monomials)): ONE})

    def _positive_power(self, polynomial: Polynomial, exponent: Exponent) -> Polynomial:
        if isinstance(exponent, int):
            return self._integer_power(polynomial, exponent)
        return self.root(polynomial, exponent)

    def _log(self, e: Expr, env: Environment) -> Polynomial:
        outer, self._inside_log = self._inside_log, True
        try:
            argument = self.normal(e.args[0], env)
            if self.mode.unfold == "logarithm":
                argument = self.opened(argument)
            return self.log_of(argument, split=self.mode.logarithms)
        finally:
            self._inside_log = outer

    def log_of(self, polynomial: Polynomial, *, split: bool) -> Polynomial:
        """The logarithm of a polynomial proved positive, split into those of its factors if asked.

        Raises:
            UnestablishedError: if the polynomial, or a factor that must be, is not proved positive.
        """
        ring = self.ring
        polynomial = self.factoring.lowest_terms(polynomial)
        if polynomial == ring.number(1):
            if split:
                self.use("logarithms")
            return {}
        if not polynomial:
            raise UnestablishedError("log(0) is not defined")
        if not split:
            self._need_positive(polynomial)
            frozen = freeze(polynomial)
            return ring.of_atom(self._intern("log", (frozen,), [frozen]))
        unit, parts = self._parts(polynomial)
        if len(parts) + (unit != 1) > 1 or any(m != 1 for _, m in parts) or _composite(unit):
            self.use("logarithms")
        result = self._log_of_rational(abs(unit))
        sign = 1 if unit > 0 else -1
        rest = ring.number(1)
        for part, multiplicity in parts:
            base = self._part_polynomial(part)
            signs = self.signs.sign(base)
            if signs == POSITIVE or (isinstance(part, int) and self._positive_under_weight(part)):
                piece = self._log_of_part(part, base)
            elif signs == NEGATIVE and isinstance(multiplicity, int):
                piece = self._log_of_atom(ring.scale(base, -1))
                sign *= -1 if multiplicity % 2 else 1
            elif isinstance(multiplicity, int) and multiplicity % 2 == 0:
                self.need_nonzero(base)
                piece = self._log_of_atom(self._absolute(base))
            else:
                rest = ring.multiply(rest, self._part_power(part, multiplicity))
                continue
            result = ring.add(result, ring.scale(piece, as_fmpq(multiplicity)))
        rest = ring.scale(rest, sign)
        if rest != ring.number(1):
            self._need_positive(rest)
            result = ring.add(result, self._log_of_atom(rest))
        return result

    def _log_of_part(self, part: object, base: Polynomial) -> Polynomial:
        """The log of a positive factor, undone for an exp."""
        if isinstance(part, int):
            atom = self.ring.atoms[part]
            if atom.kind == "exp":
                self.use("logarithms")
                return {atom.key[0]: ONE}  # type: ignore[dict-item]
            if atom.kind == "prime":
                return self._log_of_rational(fmpq(int(atom.key[0])))  # type: ignore[call-overload]
        return self._log_of_atom(base)

    def _log_of_atom(self, polynomial: Polynomial) -> Polynomial:
        frozen = freeze(polynomial)
        return self.ring.of_atom(self._intern("log", (frozen,), [frozen]))

    def _log_of_rational(self, value: fmpq) -> Polynomial:
        result: Polynomial = {}
        for sign, integer in ((1, value.p), (-1, value.q)):
            for prime, power in _factor_integer(integer):
                piece = self._log_of_atom(self.ring.number(prime))
                result = self.ring.add(result, self.ring.scale(piece, sign * power))
        return result

    # Positivity and denominators

    def _positive_under_weight(self, number: int) -> bool:
        """Inside a logarithm, a density is positive where the weight is; another one if it is said to be."""
        if not self._weights or not self._inside_log:
            return False
        if number in self._weights:
            return True
        atom = self.ring.atoms[number]
        declared = self.context.functions.get(str(atom.key[0])) if atom.kind == "apply" else None
        if declared is None or declared.sign == "unknown":
            return False
        bound = atom.free & set(self._active)
        for weight in reversed(self._weights):
            if bound and bound <= self.ring.atoms[weight].free:
                self.events.append(AbsolutelyContinuous(weight, number))
                return True
        return False

    def _need_positive(self, polynomial: Polynomial) -> None:
        """Establish that a polynomial is positive; of one proved nonnegative, list that it does not vanish.

        Raises:
            UnestablishedError: if it may be negative.
        """
        signs = self.signs.sign(polynomial)
        if signs == POSITIVE:
            return
        if len(polynomial) == 1:
            ((monomial, coefficient),) = polynomial.items()
            if coefficient > 0 and all(
                self.signs.atom(number) == POSITIVE or self._positive_under_weight(number)
                for number, _ in monomial
            ):
                return
        if not signs & NEGATIVE:
            self.need_nonzero(polynomial)
            return
        raise UnestablishedError(
            f"log({self.express(polynomial)}) needs its argument proved positive"
        )

    def need_nonzero(self, polynomial: Polynomial) -> None:
        """Establish that a polynomial does not vanish, or list each of its factors that may.

        Raises:
            UnestablishedError: if it is zero, or may vanish for some value of a bound variable.
        """
        if not self.factoring.clear(polynomial)[0]:
            raise UnestablishedError("division by zero")
        if self.signs.is_nonzero(polynomial):
            return
        _, parts = self._parts(self.factoring.lowest_terms(polynomial))
        for part, _ in parts:
            base = self._part_polynomial(part)
            if self.signs.is_nonzero(base):
                continue
            if isinstance(part, int) and self._positive_under_weight(part):
                continue
            if isinstance(part, int) and self.ring.atoms[part].kind == "abs":
                base = dict(self.ring.atoms[part].key[0])  # type: ignore[call-overload]
            if self.ring.free(base) & set(self._active):
                raise UnestablishedError(
                    f"{self.express(base)} may vanish for some value of a bound variable"
                )
            self.events.append(Nonzero(freeze(base)))

    def use(self, name: str) -> None:
        """Record that a theory, definition or fact was used."""
        self.events.append(Use(name))

    # Applications and definitions

    def _application(self, name: str, arguments: list[Frozen]) -> Polynomial:
        number = self._application_atom(name, arguments)
        if self.mode.unfold == "full" and self.unfoldable(number) is not None:
            return self.unfolded(number)
        rule = self._rule(number)
        return rule if rule is not None else self.ring.of_atom(number)

    def _application_atom(self, name: str, arguments: list[Frozen]) -> int:
        number = self._intern("apply", (name, *arguments), arguments, {name})
        declared = self.context.functions.get(name)
        if declared is not None and declared.definition is not None:
            if not self.in_domain(number, declared):
                raise UnestablishedError(
                    f"the argument of {name} is not proved to lie in the domain of its definition"
                )
        if declared is not None and declared.sign != "unknown" and self.in_domain(number, declared):
            self.signs.declare(
                number, POSITIVE if declared.sign == "positive" else POSITIVE | VANISHES
            )
        return number

    def in_domain(self, number: int, declared: FunctionDeclaration) -> bool:
        """Whether the arguments of an application are proved to lie in the declared domain."""
        arguments = self.ring.atoms[number].key[1:]
        if len(arguments) != len(declared.limits):
            return False
        for argument, limits in zip(arguments, declared.limits, strict=True):
            value = dict(argument)  # type: ignore[call-overload]
            if len(limits) == 2:
                continue
            domain = self._limits_domain(limits, self.values)
            if len(value) == 1:
                ((monomial, coefficient),) = value.items()
                if coefficient == 1 and len(monomial) == 1 and monomial[0][1] == 1:
                    atom = self.ring.atoms[monomial[0][0]]
                    if atom.kind == "bound" and atom.key[1:4] == domain:
                        continue
            _, lower, upper = domain
            if isinstance(lower, frozenset) and not self.signs.is_positive(
                self.ring.subtract(value, dict(lower))
            ):
                return False
            if isinstance(upper, frozenset) and not self.signs.is_positive(
                self.ring.subtract(dict(upper), value)
            ):
                return False
            if len(limits) == 4 and not self._is_integer(value):
                return False
        return True

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
        if name in TOTAL_FUNCTIONS.values():
            return False
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

        def compute() -> Polynomial:
            self.use(f"definition {declared.key}")
            arguments = [dict(argument) for argument in atom.key[1:]]  # type: ignore[call-overload]
            env = {**self.values, **dict(zip(declared.parameters, arguments, strict=True))}
            weights, self._weights = self._weights, []
            try:
                return self.normal(declared.definition, env)
            finally:
                self._weights = weights

        return self._recorded(self._definitions, number, compute)[0]

    def _defined(self, e: Defined, env: Environment) -> Polynomial:
        if self.mode.allows(e.name):
            self.use(f"definition {e.name}")
            return self.normal(e.definition(), env)
        limits = e.limits
        domain = self._limits_domain(limits, env)
        variable = self._variable(e, domain, limits[0], env)
        inner = {**env, limits[0]: self.ring.of_atom(variable)}
        with self.binding(variable):
            parts = [self._frozen(self.normal(argument, inner)) for argument in e.args[:-1]]
        height = 1 + max(self._inner_height(part, variable) for part in parts)
        canonical = self._bound(height, domain, limits[0])
        parts = [self._renamed(part, variable, canonical) for part in parts]
        free = {leaf for part in parts for leaf in self.ring.free(dict(part))} - {canonical}
        number = self.ring.intern(
            "node",
            (type(e).__name__, *domain, *parts),
            free,
            max(height, self.ring.height(m for p in parts for m, _ in p)),
        )
        rule = self._rule(number)
        return rule if rule is not None else self.ring.of_atom(number)

    # Functionals

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
        domain = self._limits_domain(limits, env)
        name = "sum" if isinstance(e, Sum) else "integral"
        if name == "sum":
            explicit = self._explicit_sum(domain, body, limits[0], env)
            if explicit is not None:
                return explicit
        return self._functional(name, domain, body, limits[0], env)

    def _limits_domain(self, limits: Tuple, env: Environment) -> Domain:
        if len(limits) == 2:
            return ("set", limits[1], None)
        lower, upper = (
            bound if bound in (oo, -oo) else self._frozen(self.normal(bound, env))
            for bound in limits[1:3]
        )
        if len(limits) == 4:
            if not isinstance(lower, frozenset) or not self._is_integer(dict(lower)):
                raise UnestablishedError("a sum needs an integer lower bound")
            if isinstance(upper, frozenset):
                count = self.ring.add(
                    self.ring.subtract(dict(upper), dict(lower)), self.ring.number(1)
                )
                if not self._is_integer(dict(upper)) or not self.signs.is_nonnegative(count):
                    raise UnestablishedError(
                        "a sum needs an integer upper bound, not below the lower one"
                    )
            return ("range", lower, upper)
        if lower == oo or upper == -oo:
            raise UnestablishedError("the bounds of an integral are in the wrong order")
        ordered = (
            lower == -oo
            or upper == oo
            or self.signs.is_nonnegative(self.ring.subtract(dict(upper), dict(lower)))
        )
        return ("interval" if ordered else "oriented", lower, upper)

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
        return self.ring.add(
            *(
                self.normal(body, {**env, variable: self.ring.number(i)})
                for i in range(first, last + 1)
            )
        )

    def _functional(
        self, name: str, domain: Domain, body: Expr, variable: Symbol, env: Environment
    ) -> Polynomial:
        number = self._variable(body, domain, variable, env)
        with self.binding(number):
            polynomial = self.normal(body, {**env, variable: self.ring.of_atom(number)})
            polynomial = self.factoring.by_denominator(polynomial)
        return self.accumulate(name, domain, number, polynomial)

    def _variable(self, body: Expr, domain: Domain, variable: Symbol, env: Environment) -> int:
        """A bound variable whose index is larger than those bound inside the body."""
        number = self._bound(1 + self._binder_height(body), domain, variable)
        if number in self._active or any(number in self.ring.free(p) for p in env.values()):
            raise UnestablishedError("a definition binds a variable that is bound outside it")
        return number

    def defined_value(self, declared: FunctionDeclaration) -> tuple[Polynomial, tuple[Event, ...]]:
        """The definition of a function for all values of its parameters in their domains, with its events.

        Raises:
            UnestablishedError: if it is not defined for some of them.
        """
        definition = declared.definition
        assert definition is not None
        env = dict(self.values)
        height = 1 + self._binder_height(definition)
        with ExitStack() as stack:
            for place, limits in enumerate(declared.limits):
                domain = self._limits_domain(limits, self.values)
                number = self._bound(height + place, domain, limits[0])
                env[declared.parameters[place]] = self.ring.of_atom(number)
                stack.enter_context(self.binding(number))
            return self._recorded({}, None, lambda: self.normal(definition, env))

    def _bound(self, index: int, domain: Domain, variable: Symbol) -> int:
        free = {
            leaf
            for bound in domain
            if isinstance(bound, frozenset)
            for leaf in self.ring.free(dict(bound))
        }
        number = self.ring.intern("bound", (index, *domain), free, index)
        self.bound_names.setdefault(number, str(variable))
        return number

    @contextmanager
    def binding(self, *numbers: int) -> Iterator[None]:
        """Inside, these bound variables are those over whose values conditions must hold."""
        count = len(self._active)
        self._active.extend(numbers)
        inside, self._inside_log = self._inside_log, False
        weights, self._weights = self._weights, []
        try:
            yield
        finally:
            del self._active[count:]
            self._inside_log = inside
            self._weights = weights

    def accumulate(self, name: str, domain: Domain, variable: int, body: Polynomial) -> Polynomial:
        """The integral or sum of a body in normal form."""
        ring = self.ring
        if not body:
            return {}
        self.events.append(Obligation(name, domain, variable, freeze(body)))
        if not self.mode.split:
            return self._functional_atom(name, domain, variable, body)
        result: Polynomial = {}
        for monomial, coefficient in body.items():
            inside = tuple(p for p in monomial if variable in ring.atoms[p[0]].free)
            outside = tuple(p for p in monomial if variable not in ring.atoms[p[0]].free)
            value = self._count(domain) if not inside else None
            if value is None:
                value = self._functional_atom(name, domain, variable, {inside: ONE})
            result = ring.add(result, ring.multiply({outside: coefficient}, value))
        if (
            len(body) > 1
            or not next(iter(body))
            or any(variable not in ring.atoms[n].free for m in body for n, _ in m)
            or next(iter(body.values())) != 1
        ):
            self.use("linearity")
        return result

    def _count(self, domain: Domain) -> Polynomial | None:
        """The integral or sum of 1 over a bounded interval or range."""
        kind, lower, upper = domain
        if not isinstance(lower, frozenset) or not isinstance(upper, frozenset):
            return None
        length = self.ring.subtract(dict(upper), dict(lower))
        return self.ring.add(length, self.ring.number(1)) if kind == "range" else length

    def _functional_atom(
        self, name: str, domain: Domain, variable: int, body: Polynomial
    ) -> Polynomial:
        number = self.functional_number(name, domain, variable, body)
        rule = self._rule(number)
        return rule if rule is not None else self.ring.of_atom(number)

    def functional_number(self, name: str, domain: Domain, variable: int, body: Polynomial) -> int:
        """The atom of the integral or sum of a body, with the bound variable in its canonical name."""
        frozen = freeze(body)
        index = 1 + self._inner_height(frozen, variable)
        if index != self.ring.atoms[variable].key[0]:
            canonical = self._bound(index, domain, Symbol(self.bound_names[variable]))
            frozen = self._renamed(frozen, variable, canonical)
            variable = canonical
        free = set(self.ring.free(dict(frozen))) - {variable}
        for bound in domain[1:]:
            if isinstance(bound, frozenset):
                free |= self.ring.free(dict(bound))
        height = max(index, self.ring.height(m for m, _ in frozen))
        return self.ring.intern("functional", (name, *domain, frozen), free, height)

    def _rule(self, number: int) -> Polynomial | None:
        rule = self.rules.get(number)
        if rule is None:
            return None
        self._use_all(rule[1])
        return self.reduced(rule[0])

    def _use_all(self, names: Sequence[str]) -> None:
        for name in names:
            self.use(name)

    def add_rule(self, number: int, value: Polynomial, uses: tuple[str, ...]) -> None:
        """Let an atom have a value from now on; `uses` are the names that this rests on."""
        self.rules[number] = (value, uses)
        self._cache.clear()
        self._definitions.clear()

    def reduced(self, polynomial: Polynomial) -> Polynomial:
        """The polynomial with the atoms that have a rule replaced, until none is left."""
        ring = self.ring
        for _ in range(REDUCTIONS):
            found = next(
                (
                    (monomial, number, exponent)
                    for monomial in polynomial
                    for number, exponent in monomial
                    if number in self.rules and isinstance(exponent, int) and exponent > 0
                ),
                None,
            )
            if found is None:
                return polynomial
            monomial, number, exponent = found
            value, names = self.rules[number]
            self._use_all(names)
            rest = dict(polynomial)
            coefficient = rest.pop(monomial)
            cofactor = {tuple(p for p in monomial if p[0] != number): coefficient}
            polynomial = ring.add(rest, ring.multiply(cofactor, ring.power(value, exponent)))
        raise UnestablishedError("the facts rewrite each other without end")

    def _binder_height(self, e: Expr) -> int:
        """How deep binders nest in an expression, those of definitions included."""
        known = self._heights.get(e)
        if known is not None:
            return known
        self._heights[e] = 0
        inner = max((self._binder_height(a) for a in e.args), default=0)
        if isinstance(e, Integral | Sum | SumOver):
            inner += max(1, len(e.args) - 1) if not isinstance(e, SumOver) else 1
        elif isinstance(e, Defined):
            inner = max(inner + 1, self._binder_height(e.definition()))
        elif isinstance(e, AppliedUndef):
            declared = self.context.functions.get(e.func.__name__)
            if declared is not None and declared.definition is not None:
                inner += self._binder_height(declared.definition)
        self._heights[e] = inner
        return inner

    def _inner_height(self, frozen: Frozen, variable: int) -> int:
        """The largest index of a bound variable inside, other than the given one."""
        atoms = self.ring.atoms
        height = 0
        for monomial, _ in frozen:
            for number, _ in monomial:
                atom = atoms[number]
                if number == variable:
                    continue
                if variable not in atom.free:
                    height = max(height, atom.height)
                else:
                    for part in atom.key:
                        height = max(height, self._inner_height(_as_frozen(part), variable))
        return height

    def _renamed(self, frozen: Frozen, old: int, new: int) -> Frozen:
        """The polynomial with one bound variable for another."""
        if old == new:
            return frozen
        if new in self.ring.free(dict(frozen)):
            raise UnestablishedError("a bound variable would be captured")
        return frozenset((self._renamed_monomial(monomial, old, new), c) for monomial, c in frozen)

    def _renamed_monomial(self, monomial: Monomial, old: int, new: int) -> Monomial:
        return tuple(sorted((self._renamed_atom(n, old, new), e) for n, e in monomial))

    def _renamed_atom(self, number: int, old: int, new: int) -> int:
        if number == old:
            return new
        atom = self.ring.atoms[number]
        if old not in atom.free:
            return number
        key = tuple(
            self._renamed(part, old, new)
            if isinstance(part, frozenset)
            else self._renamed_monomial(part, old, new)
            if isinstance(part, tuple)
            else part
            for part in atom.key
        )
        free = {new if leaf == old else leaf for leaf in atom.free}
        height = max(atom.height, self.ring.atoms[new].height)
        if atom.kind == "functional" or atom.kind == "node":
            height = atom.height
        renamed = self.ring.intern(atom.kind, key, free, height)
        self.signs.copy(number, renamed)
        return renamed

    # Small things

    def _frozen(self, polynomial: Polynomial) -> Frozen:
        return freeze(self.factoring.lowest_terms(polynomial))

    def _intern(
        self,
        kind: str,
        key: tuple[object, ...],
        parts: list[Frozen],
        names: set[str] = frozenset(),  # type: ignore[assignment]
    ) -> int:
        free: set[int | str] = set(names)
        height = 0
        for part in parts:
            polynomial = dict(part)
            free |= self.ring.free(polynomial)
            height = max(height, self.ring.height(polynomial))
        return self.ring.intern(kind, key, free, height)  # type: ignore[arg-type]

    def _is_number(self, polynomial: Polynomial) -> bool:
        return not polynomial or (len(polynomial) == 1 and UNIT in polynomial)

    def _is_integer(self, polynomial: Polynomial) -> bool:
        """Whether the value is an integer: integer coefficients on products of integer symbols."""
        for monomial, coefficient in polynomial.items():
            if coefficient.q != 1:
                return False
            for number, exponent in monomial:
                atom = self.ring.atoms[number]
                if not isinstance(exponent, int) or exponent < 0:
                    return False
                if atom.kind == "symbol" and getattr(atom.key[0], "is_integer", False):
                    continue
                if atom.kind == "bound" and atom.key[1] == "range":
                    continue
                return False
        return True

    def express(self, polynomial: Polynomial) -> Expr:
        """The SymPy expression of a polynomial, for messages and leftovers."""
        from klderive.kernel.expression import express

        return express(self.ring, polynomial, self.bound_names)


def _flat_factors(e: Mul) -> Iterator[Expr]:
    for factor in e.args:
        if isinstance(factor, Mul):
            yield from _flat_factors(factor)
        else:
            yield factor


def _as_frozen(part: object) -> Frozen:
    if isinstance(part, frozenset):
        return part
    if isinstance(part, tuple):
        return frozenset({(part, ONE)})
    return frozenset()


def _as_rational(polynomial: Polynomial) -> Exponent | None:
    if not polynomial:
        return 0
    if len(polynomial) == 1 and UNIT in polynomial:
        return exact(polynomial[UNIT])
    return None


def as_fmpq(value: Exponent) -> fmpq:
    """An exponent as a coefficient."""
    return fmpq(value.numerator, value.denominator)


def _composite(value: fmpq) -> bool:
    """Whether the logarithm of a positive rational splits."""
    factors = [*_factor_integer(value.p), *_factor_integer(value.q)]
    return len(factors) > 1 or any(power != 1 for _, power in factors)


FACTORED_BITS = 96
"""Integers of more bits are not factored."""


def _factor_integer(value: fmpz) -> list[tuple[int, int]]:
    """The prime factors of an integer; a large one is its own factor."""
    integer = fmpz(abs(int(value)))
    if integer <= 1:
        return []
    if integer.bit_length() > FACTORED_BITS:
        return [(int(integer), 1)]
    return [(int(prime), int(power)) for prime, power in integer.factor()]
