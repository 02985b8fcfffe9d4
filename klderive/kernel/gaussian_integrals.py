"""Exact integrals over whole spaces of polynomials times exponentials of quadratics, in several variables.

Accepts rational numbers, pi, symbols, sums, products, integer powers, square roots and inverses of single positive
terms, exponentials of polynomials, logarithms of single positive terms, functions that formulas of these define, and
integrals over the line. The idea: each value is a sum of rational polynomials times sqrt(r) pi^(h/2) exp(q), where r is
a squarefree integer and q a polynomial; logarithms of primes and of pi are further variables. All operations are exact,
so that equal constants cancel, and densities are seen to be normalised, or to be each other's marginals and
conditionals, for all values of their variables. An integral completes the square; it takes a quadratic with a negative
leading coefficient in the exponent, so that what is integrated converges absolutely.

Caveats: what is of another kind, or diverges, is not judged here. Two sums that differ may still be equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import comb, factorial, gcd
from typing import Protocol, TypeAlias

from flint import arb, fmpq, fmpz
from sympy import Add, E, Expr, Integral, Mul, Pow, Rational, Symbol, exp, log, oo, pi
from sympy.core.function import AppliedUndef

from klderive.kernel.models import Formula, Point
from klderive.kernel.real_arithmetic import Value, add, exponential, multiply
from klderive.kernel.statement import FunctionDeclaration
from klderive.notation.nodes import Defined

TERMS = 300
"""Monomials of a sum before it is given up."""

DEGREE = 40
"""The largest exponent of a power."""

BITS = 64
"""Bits of an integer that is factored."""

HEIGHT = 6_400
"""Bits of a coefficient."""

DEPTH = 200
"""Nodes inside one another."""

Variable: TypeAlias = tuple[str, int]
Monomial: TypeAlias = tuple[tuple[Variable, int], ...]
Polynomial: TypeAlias = dict[Monomial, fmpq]

LOG_PI: Variable = ("log pi", 0)


@dataclass(frozen=True, slots=True)
class Factor:
    """Stands for sqrt(radicand) pi^(halves/2) exp(exponent), with a squarefree radicand."""

    halves: int = 0
    radicand: int = 1
    exponent: frozenset[tuple[Monomial, fmpq]] = frozenset()


GaussianSum: TypeAlias = dict[Factor, Polynomial]
Bindings: TypeAlias = Mapping[Symbol, GaussianSum]

ONE = Factor()


class Work(Protocol):
    """A counted budget."""

    def spend(self) -> None:
        """Count a step."""


def integral_value(
    e: Integral,
    env: Mapping[Symbol, Value],
    point: Point,
    functions: Mapping[str, FunctionDeclaration],
    work: Work,
) -> Value | None:
    """The value of an integral over the line or a space; None if it is of another kind.

    Args:
        e: the integral, with bounds.
        env: values of bound variables around it.
        point: values of symbols, and models of functions.
        functions: the declared functions; a declared definition counts.
        work: a budget.

    Raises:
        UndeterminedError: if the budget is spent.
    """
    if any(tuple(limits[1:]) != (-oo, oo) for limits in e.args[1:]):
        return None
    values = {**point.values, **env}
    try:
        return _number(_Reader(point, functions, work, values).value(e, {}))
    except _AnotherKindError:
        return None


def is_identity(
    left: Expr,
    right: Expr,
    domains: Mapping[Symbol, tuple[Expr, ...]],
    point: Point,
    functions: Mapping[str, FunctionDeclaration],
    work: Work,
) -> bool:
    """Whether two sides are certainly equal for all real values of some symbols.

    Args:
        left: a side.
        right: the other.
        domains: the symbols, each with its domain: a function with this domain may be applied to it.
        point: values of the other symbols, and models of functions.
        functions: the declared functions.
        work: a budget.

    Raises:
        UndeterminedError: if the budget is spent.
    """
    reader = _Reader(point, functions, work, point.values)
    bindings = {symbol: reader.fresh() for symbol in domains}
    reader.known = [(bindings[symbol], domain) for symbol, domain in domains.items()]
    try:
        return not _added(
            reader.value(left, bindings), _scaled(reader.value(right, bindings), fmpq(-1))
        )
    except _AnotherKindError:
        return False


def is_positive_formula(model: Formula) -> bool:
    """Whether a formula is positive for all real values of its parameters: of positive constants and exponentials."""

    def polynomial(e: Expr) -> bool:
        if isinstance(e, Pow):
            return bool(e.args[1].is_Integer and e.args[1] >= 0) and polynomial(e.args[0])
        if isinstance(e, Add | Mul):
            return all(map(polynomial, e.args))
        return isinstance(e, Rational) or e in model.parameters

    def positive(e: Expr) -> bool:
        match e:
            case Rational():
                return bool(e.p > 0)
            case Mul():
                return all(map(positive, e.args))
            case exp():
                return polynomial(e.args[0])
            case Pow():
                return bool(e.args[1].is_Rational) and positive(e.args[0])
        return e is pi

    return positive(model.expression)


class _AnotherKindError(Exception):
    """An expression is no sum of polynomials times exponentials of quadratics."""


class _Reader:
    """Turns expressions into sums."""

    def __init__(
        self,
        point: Point,
        functions: Mapping[str, FunctionDeclaration],
        work: Work,
        values: Mapping[Symbol, Value],
    ) -> None:
        self.point = point
        self.functions = functions
        self.work = work
        self.values = values
        self.known: list[tuple[GaussianSum, tuple[Expr, ...]]] = []
        """Variables with the domains that they run over."""
        self.variables = 0
        self.depth = 0

    def fresh(self) -> GaussianSum:
        """A variable."""
        self.variables += 1
        return {ONE: {((("variable", self.variables), 1),): fmpq(1)}}

    def value(self, e: Expr, env: Bindings) -> GaussianSum:
        """An expression as a sum."""
        self.work.spend()
        self.depth += 1
        try:
            if self.depth > DEPTH:
                raise _AnotherKindError
            return self.node(e, env)
        finally:
            self.depth -= 1

    def node(self, e: Expr, env: Bindings) -> GaussianSum:
        """A node by its kind."""
        match e:
            case Symbol():
                return env[e] if e in env else _constant(self.values.get(e))
            case Rational():
                return _constant(fmpq(int(e.p), int(e.q)))
            case Add():
                total: GaussianSum = {}
                for argument in e.args:
                    total = _added(total, self.value(argument, env))
                return total
            case Mul():
                product = _constant(fmpq(1))
                for argument in e.args:
                    product = _product(product, self.value(argument, env))
                return product
            case Pow():
                base, exponent = e.args
                if base == E:
                    return _exponential(self.value(exponent, env))
                if not exponent.is_Rational:
                    raise _AnotherKindError
                return _power(self.value(base, env), fmpq(int(exponent.p), int(exponent.q)))
            case exp():
                return _exponential(self.value(e.args[0], env))
            case log():
                return _logarithm(self.value(e.args[0], env))
            case Defined():
                return self.value(e.definition(), env)
            case Integral():
                return self.integral(e, env)
            case AppliedUndef():
                return self.application(e, env)
        if e is pi:
            return {Factor(halves=2): {(): fmpq(1)}}
        raise _AnotherKindError

    def integral(self, e: Integral, env: Bindings) -> GaussianSum:
        """An integral over the line, or several inside one another."""
        body, *all_limits = e.args
        inner = dict(env)
        bound = []
        for limits in all_limits:
            if tuple(limits[1:]) != (-oo, oo):
                raise _AnotherKindError
            inner[limits[0]] = self.fresh()
            bound.append(("variable", self.variables))
        if len({limits[0] for limits in all_limits}) < len(all_limits):
            raise _AnotherKindError
        result = self.value(body, inner)
        for variable in bound:
            result = _over_line(result, variable)
        return result

    def application(self, e: AppliedUndef, env: Bindings) -> GaussianSum:
        """A function that a formula gives, at arguments in its domain."""
        declared = self.functions.get(e.func.__name__)
        if declared is not None and declared.definition is not None:
            model = Formula(declared.parameters, declared.definition)
        else:
            found = self.point.functions.get(e.func.__name__)
            if not isinstance(found, Formula):
                raise _AnotherKindError
            model = found
        if len(e.args) != len(model.parameters):
            raise _AnotherKindError
        arguments = [self.value(argument, env) for argument in e.args]
        if declared is not None:
            if len(declared.limits) != len(arguments):
                raise _AnotherKindError
            for limits, value in zip(declared.limits, arguments, strict=True):
                self.check_domain(tuple(limits[1:]), value)
        # What is bound around an application is not bound in a definition.
        outer, self.values = self.values, self.point.values
        try:
            return self.value(model.expression, dict(zip(model.parameters, arguments, strict=True)))
        finally:
            self.values = outer

    def check_domain(self, domain: tuple[Expr, ...], value: GaussianSum) -> None:
        """Refuse an argument of which it is not known that it lies in the domain."""
        if domain == (-oo, oo) or (value, domain) in self.known:
            return
        number = _rational(value)
        if len(domain) == 1 and number in self.point.sets.get(domain[0], ()):
            return
        raise _AnotherKindError


def _constant(value: Value | None) -> GaussianSum:
    if not isinstance(value, fmpq):
        raise _AnotherKindError
    return {ONE: {(): value}} if value else {}


def _rational(a: GaussianSum) -> fmpq | None:
    """The rational number that a sum is, or None."""
    if not a:
        return fmpq(0)
    if len(a) == 1 and ONE in a and len(a[ONE]) == 1:
        return a[ONE].get(())
    return None


def _added(a: GaussianSum, b: GaussianSum) -> GaussianSum:
    result = dict(a)
    for factor, polynomial in b.items():
        total = _plus(result.get(factor, {}), polynomial)
        if total:
            result[factor] = total
        else:
            result.pop(factor, None)
    if sum(map(len, result.values())) > TERMS:
        raise _AnotherKindError
    return result


def _plus(a: Polynomial, b: Polynomial) -> Polynomial:
    result = dict(a)
    for monomial, coefficient in b.items():
        total = result.get(monomial, fmpq(0)) + coefficient
        if total:
            result[monomial] = total
        else:
            result.pop(monomial, None)
    return result


def _times(a: Polynomial, b: Polynomial) -> Polynomial:
    result: Polynomial = {}
    for m, c in a.items():
        for n, d in b.items():
            powers = dict(m)
            for variable, power in n:
                powers[variable] = powers.get(variable, 0) + power
            monomial = tuple(sorted(powers.items()))
            total = result.get(monomial, fmpq(0)) + c * d
            if total.height_bits() > HEIGHT:
                raise _AnotherKindError
            result[monomial] = total
            if len(result) > TERMS:
                raise _AnotherKindError
    return {m: c for m, c in result.items() if c}


def _scaled(a: GaussianSum, number: fmpq) -> GaussianSum:
    if number == 0:
        return {}
    if number == 1:
        return a
    result = {f: {m: c * number for m, c in p.items()} for f, p in a.items()}
    if any(c.height_bits() > HEIGHT for p in result.values() for c in p.values()):
        raise _AnotherKindError
    return result


def _product(a: GaussianSum, b: GaussianSum) -> GaussianSum:
    for one, other in ((a, b), (b, a)):
        number = _rational(one)
        if number is not None:
            return _scaled(other, number)
    result: GaussianSum = {}
    for f, p in a.items():
        for g, q in b.items():
            # sqrt(r) sqrt(s) = d sqrt(r s/d^2), where d divides both.
            shared = gcd(f.radicand, g.radicand)
            factor = Factor(
                f.halves + g.halves,
                f.radicand * g.radicand // shared**2,
                frozenset(_plus(dict(f.exponent), dict(g.exponent)).items()),
            )
            polynomial = _times({m: c * shared for m, c in p.items()}, q)
            result = _added(result, {factor: polynomial} if polynomial else {})
    return result


def _single(a: GaussianSum) -> tuple[Factor, fmpq]:
    """The factor and the coefficient of a sum that is a number, different from 0, times one factor."""
    if len(a) != 1:
        raise _AnotherKindError
    ((factor, polynomial),) = a.items()
    if len(polynomial) != 1 or () not in polynomial:
        raise _AnotherKindError
    return factor, polynomial[()]


def _power(a: GaussianSum, exponent: fmpq) -> GaussianSum:
    if exponent.q == 2:
        a, exponent = _root(a), fmpq(exponent.p)
    if exponent.q != 1 or abs(exponent) > DEGREE:
        raise _AnotherKindError
    if exponent < 0:
        factor, coefficient = _single(a)
        inverse = Factor(
            -factor.halves, factor.radicand, frozenset((m, -c) for m, c in factor.exponent)
        )
        a = {inverse: {(): 1 / (coefficient * factor.radicand)}}
    result = _constant(fmpq(1))
    for _ in range(abs(int(exponent.p))):
        result = _product(result, a)
    return result


def _root(a: GaussianSum) -> GaussianSum:
    """The square root of a single positive term."""
    factor, coefficient = _single(a)
    if coefficient <= 0 or factor.radicand != 1 or factor.halves % 2:
        raise _AnotherKindError
    exponent = frozenset((m, c / 2) for m, c in factor.exponent)
    return _product(_root_of(coefficient), {Factor(factor.halves // 2, 1, exponent): {(): fmpq(1)}})


def _root_of(value: fmpq) -> GaussianSum:
    """The square root of a positive rational."""
    square, radicand = fmpq(1, value.q), 1
    for prime, power in _primes(value.p * value.q):
        square *= fmpq(prime) ** (power // 2)
        radicand *= prime ** (power % 2)
    return {Factor(radicand=radicand): {(): square}}


def _primes(value: fmpz) -> Iterable[tuple[int, int]]:
    if value.bit_length() > BITS:
        raise _AnotherKindError
    return [(int(prime), int(power)) for prime, power in value.factor()]


def _exponential(a: GaussianSum) -> GaussianSum:
    if a and set(a) != {ONE}:
        raise _AnotherKindError
    polynomial = a.get(ONE, {})
    if any(variable[0] != "variable" for m in polynomial for variable, _ in m):
        raise _AnotherKindError
    return {Factor(exponent=frozenset(polynomial.items())): {(): fmpq(1)}}


def _logarithm(a: GaussianSum) -> GaussianSum:
    """The logarithm of a single positive term."""
    factor, coefficient = _single(a)
    if coefficient <= 0:
        raise _AnotherKindError
    result = dict(factor.exponent)
    counted = [(p, fmpq(n)) for p, n in _primes(coefficient.p)]
    counted += [(p, fmpq(-n)) for p, n in _primes(coefficient.q)]
    counted += [(p, fmpq(n, 2)) for p, n in _primes(fmpz(factor.radicand))]
    for prime, count in counted:
        result = _plus(result, {((("log", prime), 1),): count})
    if factor.halves:
        result = _plus(result, {((LOG_PI, 1),): fmpq(factor.halves, 2)})
    return {ONE: result} if result else {}


def _over_line(a: GaussianSum, variable: Variable) -> GaussianSum:
    """The integral over the line of a sum, in a variable.

    Of t^k exp(-a t^2 + b t), with m = b/(2a), it is exp(b^2/(4a)) times the integral of (t + m)^k exp(-a t^2), whose
    even moments are Gamma(j + 1/2) / a^(j + 1/2), where Gamma(j + 1/2) = (2j)!/(4^j j!) sqrt(pi).
    """
    result: GaussianSum = {}
    for factor, polynomial in a.items():
        parts = _by_degree(dict(factor.exponent), variable)
        leading = parts.pop(2, {})
        linear, rest = parts.pop(1, {}), parts.pop(0, {})
        if parts or set(leading) != {()} or leading[()] >= 0:
            raise _AnotherKindError
        minus = -leading[()]
        mean = {m: c / (2 * minus) for m, c in linear.items()}
        square = {m: c / (4 * minus) for m, c in _times(linear, linear).items()}
        exponent = frozenset(_plus(rest, square).items())
        outer = _product(
            {Factor(factor.halves + 1, factor.radicand, exponent): {(): fmpq(1)}},
            _root_of(1 / minus),
        )
        moments: Polynomial = {}
        for degree, coefficient in _by_degree(polynomial, variable).items():
            for half in range(degree // 2 + 1):
                moment = fmpq(factorial(2 * half), 4**half * factorial(half)) / minus**half
                shift: Polynomial = {(): moment * comb(degree, 2 * half)}
                for _ in range(degree - 2 * half):
                    shift = _times(shift, mean)
                moments = _plus(moments, _times(shift, coefficient))
        if moments:
            result = _added(result, _product(outer, {ONE: moments}))
    return result


def _by_degree(p: Polynomial, variable: Variable) -> dict[int, Polynomial]:
    """The coefficients of the powers of a variable, polynomials in the others."""
    result: dict[int, Polynomial] = {}
    for monomial, coefficient in p.items():
        degree = dict(monomial).get(variable, 0)
        if degree > DEGREE:
            raise _AnotherKindError
        rest = tuple((v, n) for v, n in monomial if v != variable)
        result.setdefault(degree, {})[rest] = coefficient
    return result


def _number(a: GaussianSum) -> Value:
    """The value of a sum without variables."""
    total: Value = fmpq(0)
    for factor, polynomial in sorted(a.items(), key=repr):
        value = _of_logarithms(polynomial)
        if factor.radicand > 1:
            value = multiply(value, arb(factor.radicand).sqrt())
        if factor.halves:
            value = multiply(value, arb.pi() ** fmpq(factor.halves, 2))
        if factor.exponent:
            value = multiply(value, exponential(_of_logarithms(dict(factor.exponent))))
        total = add(total, value)
    return total


def _of_logarithms(polynomial: Polynomial) -> Value:
    total: Value = fmpq(0)
    for monomial, coefficient in sorted(polynomial.items()):
        value: Value = coefficient
        for (kind, number), power in monomial:
            if kind == "variable":
                raise _AnotherKindError
            base = arb.pi().log() if (kind, number) == LOG_PI else arb(number).log()
            value = multiply(value, base**power)
        total = add(total, value)
    return total
