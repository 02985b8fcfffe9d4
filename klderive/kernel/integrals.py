"""Certified integrals of one variable: cells of step functions, analytic quadrature, closed forms, poles.

Accepts an integrand with the values of everything in it but the variable. The interval is cut at the breaks of step
functions and at the ends of the domains of declared functions. On a bounded cell `acb.integral` is used with its
analytic flag; over an unbounded one the integrand is written as a sum of c x^k exp(q(x)), whose integrals are known.
`acb.integral` is trusted.

A summand of the integrand with a density for a factor that is exactly 0 on a cell is 0 there, whatever its other
factors. An integral is called divergent only for a rational pole, a rational integrand or a sum of exponentials that
does not decay, or a constant on an unbounded cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol, TypeAlias

from flint import acb, arb, fmpq, fmpq_poly
from sympy import Add, E, Expr, Integral, Mul, Pow, Rational, S, Symbol, cos, erf, exp, log, oo, sin
from sympy.core.function import AppliedUndef

from klderive.kernel.exponential_sums import (
    ExponentialSum,
    mirrored,
    over_half_line,
    over_line,
    shifted,
    sum_add,
    sum_exp,
    sum_inverse,
    sum_log,
    sum_multiply,
)
from klderive.kernel.models import Formula, Model, StepFunction
from klderive.kernel.real_arithmetic import (
    UndefinedError,
    UndeterminedError,
    Value,
    add,
    add_all,
    is_zero,
    may_vanish,
    multiply,
    subtract,
)
from klderive.notation.nodes import Defined, unevaluated_integral

EVALUATION_LIMIT = 3_000
"""Evaluations of an integrand before an integral is given up."""

DEGREE = 60
"""Degree of a rational integrand whose poles are looked for."""

DEPTH = 300
"""Nodes inside one another."""

Environment: TypeAlias = Mapping[Symbol, Value]
"""The values of bound variables and parameters."""


class Evaluator(Protocol):
    """What an integral needs to know of everything else."""

    def spend(self) -> None:
        """Count a step of work."""

    def value(self, e: Expr, env: Environment) -> Value:
        """The value of an expression."""

    def summand(self, e: Expr, env: Environment) -> Value:
        """The value of a summand or factor of an integrand."""

    def model(self, name: str) -> Model:
        """The model of a function."""

    def check_domain(self, name: str, arguments: list[Value]) -> None:
        """Refuse arguments outside the declared domain."""

    def domain_ends(self, name: str) -> Iterator[fmpq]:
        """The finite ends of the declared domain."""

    def is_weight(self, factor: Expr, env: Environment) -> bool:
        """Whether a factor is a density at a bound variable."""


@dataclass(frozen=True)
class Cell:
    """An interval on which all step functions of the variable are constant.

    `inside` is a point of it, at which step functions are taken; in `env` it is the value of the variable. An end that
    is None is infinite. `unfolded` says that the integrand is the body of a definition.
    """

    variable: Symbol
    lower: Value | None
    upper: Value | None
    inside: fmpq
    env: Environment
    unfolded: bool = False


class Integrator:
    """Integrates, with the help of an evaluator.

    Args:
        evaluator: values what is free of the variable.
    """

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator

    def integral(self, e: Integral, env: Environment) -> Value:
        """The value of an integral with bounds."""
        body, *all_limits = e.args
        for limits in all_limits[:-1]:
            if len(limits) != 3:
                raise UndeterminedError("the integral has no bounds")
            body = unevaluated_integral(body, *limits)
        limits = all_limits[-1]
        if len(limits) != 3:
            raise UndeterminedError("the integral has no bounds")
        variable, first, last = limits
        if first == oo or last == -oo:
            raise UndeterminedError("the bounds are reversed")
        lower, upper = (
            None if end in (oo, -oo) else self.evaluator.value(end, env) for end in (first, last)
        )
        if lower is not None and upper is not None:
            if lower > upper:
                return multiply(fmpq(-1), self._over(body, variable, upper, lower, env))
            if not lower < upper:
                raise UndeterminedError("the interval may be empty")
        return self._over(body, variable, lower, upper, env)

    def _over(
        self,
        body: Expr,
        variable: Symbol,
        lower: Value | None,
        upper: Value | None,
        env: Environment,
    ) -> Value:
        inner: list[Value] = []
        for place in self._breaks(body):
            after = lower is None or place > lower
            before = upper is None or place < upper
            if after and before:
                inner.append(place)
            elif (not after and lower is not None and not place <= lower) or (
                not before and upper is not None and not place >= upper
            ):
                raise UndeterminedError("a break may lie in the interval")
        total: Value = fmpq(0)
        for left, right in pairwise([lower, *inner, upper]):
            inside = _inside(left, right)
            cell = Cell(variable, left, right, inside, {**env, variable: inside})
            total = add(total, self._cell(body, cell))
        return total

    def _breaks(self, body: Expr) -> list[fmpq]:
        """Where a step function in a body, or in the definitions in it, breaks, and where domains end."""
        found: set[tuple[int, int]] = set()
        names: set[str] = set()
        pending = [body]
        while pending:
            e = pending.pop()
            pending += [node.definition() for node in e.atoms(Defined)]
            for name in {a.func.__name__ for a in e.atoms(AppliedUndef)} - names:
                names.add(name)
                found |= {(int(b.p), int(b.q)) for b in self.evaluator.domain_ends(name)}
                model = self.evaluator.model(name)
                if isinstance(model, StepFunction):
                    found |= {(int(b.p), int(b.q)) for b in model.breaks}
                elif isinstance(model, Formula):
                    pending.append(model.expression)
        return sorted(fmpq(p, q) for p, q in found)

    def _cell(self, body: Expr, cell: Cell) -> Value:
        body = self._without_zeros(body, cell)
        if not self.occurs(body, cell.variable):
            constant = self.evaluator.summand(body, cell.env)
            if cell.lower is not None and cell.upper is not None:
                return multiply(constant, subtract(cell.upper, cell.lower))
            if is_zero(constant):
                return constant
            if may_vanish(constant):
                raise UndeterminedError("the integrand may not vanish on an unbounded interval")
            raise UndefinedError("the integral diverges")
        quotient = self._rational(body, cell)
        if quotient is not None:
            check_poles(*quotient, cell.lower, cell.upper)
            if cell.lower is not None and cell.upper is not None and quotient[1].degree() == 0:
                return _over_polynomial(quotient[0] / quotient[1][0], cell.lower, cell.upper)
        if cell.lower is None or cell.upper is None:
            return self._unbounded(body, cell)
        return self._bounded(body, cell, cell.lower, cell.upper)

    def _without_zeros(self, e: Expr, cell: Cell) -> Expr:
        """An integrand without the summands in which a weight is 0 on the cell."""
        if isinstance(e, Add):
            return Add._from_args([self._without_zeros(a, cell) for a in e.args], True)
        if not isinstance(e, Mul):
            return e
        factors = list(flat(e))
        vanishes = undefined = False
        for factor in factors:
            try:
                value = self.evaluator.summand(factor, cell.env)
            except UndefinedError:
                undefined = True
                continue
            except UndeterminedError:
                continue
            constant = not self.occurs(factor, cell.variable)
            if constant and is_zero(value) and self.evaluator.is_weight(factor, cell.env):
                return S.Zero
            vanishes = vanishes or may_vanish(value)
        if vanishes and undefined:
            raise UndeterminedError("0 times something undefined")
        return Mul._from_args([self._without_zeros(f, cell) for f in factors], True)

    def occurs(self, e: Expr, variable: Symbol, depth: int = 0) -> bool:
        """Whether a variable occurs other than as the argument of a step function, also in definitions."""
        if e == variable:
            return True
        if variable not in e.free_symbols:
            return False
        if depth > DEPTH:
            raise UndeterminedError("the expression is too deep")
        if isinstance(e, AppliedUndef) and variable in e.args:
            model = self.evaluator.model(e.func.__name__)
            others = [argument for argument in e.args if argument != variable]
            if isinstance(model, Formula) and len(e.args) == len(model.parameters) == 1:
                return self.occurs(model.expression, model.parameters[0], depth + 1)
            if isinstance(model, StepFunction):
                # Constant between its breaks in one argument, and in the others altogether.
                return any(self.occurs(argument, variable, depth + 1) for argument in others)
            return True
        return any(self.occurs(argument, variable, depth + 1) for argument in e.args)

    def _inner(self, e: AppliedUndef, cell: Cell) -> tuple[Expr, Cell]:
        """The definition of a function at the variable, as an integrand over the same cell."""
        model = self.evaluator.model(e.func.__name__)
        if not isinstance(model, Formula) or len(model.parameters) != len(e.args):
            raise UndeterminedError(f"{e} is not integrated")
        env: dict[Symbol, Value] = {}
        place: Symbol | None = None
        for parameter, argument in zip(model.parameters, e.args, strict=True):
            if argument == cell.variable and place is None:
                place = parameter
                env[parameter] = cell.inside
            elif self.occurs(argument, cell.variable):
                raise UndeterminedError(f"{e} is not integrated")
            else:
                env[parameter] = self.evaluator.value(argument, cell.env)
        if place is None:
            raise UndeterminedError(f"{e} is not integrated")
        self.evaluator.check_domain(e.func.__name__, list(env.values()))
        return model.expression, replace(cell, variable=place, env=env, unfolded=True)

    def _free(self, e: Expr, cell: Cell) -> Value:
        """The value of a part that the variable does not occur in."""
        try:
            return self.evaluator.value(e, cell.env)
        except UndefinedError as error:
            if not cell.unfolded:
                raise
            # The definition may stand beside a weight that is 0.
            raise UndeterminedError(str(error)) from None

    # On a bounded cell

    def _bounded(self, body: Expr, cell: Cell, lower: Value, upper: Value) -> Value:
        problems: list[str] = []

        def integrand(z: acb, analytic: bool) -> acb:
            # An exception must not pass through FLINT; what is not finite makes the integral not finite.
            if problems:
                return acb("nan")
            try:
                return self._complex(body, cell, z, analytic)
            except (UndefinedError, UndeterminedError, ZeroDivisionError, ValueError) as error:
                problems.append(str(error))
                return acb("nan")

        result = acb.integral(
            integrand, acb(lower), acb(upper), eval_limit=EVALUATION_LIMIT, depth_limit=60
        )
        if problems:
            raise UndeterminedError(problems[0])
        if not result.is_finite() or result.real.rad() > arb(2) ** -20:
            raise UndeterminedError("the integral is not enclosed")
        if not result.imag.contains(0):
            raise UndeterminedError("the integrand is not real")
        return result.real

    def _complex(self, e: Expr, cell: Cell, z: acb, analytic: bool) -> acb:
        """The analytic continuation of the integrand at a complex ball, or nan where it may not be analytic.

        Logarithms and roots are nan on their cuts, also where only a value is asked for: so at a real point of a ball
        with a finite value, the argument of each of them is positive.
        """
        self.evaluator.spend()
        if e == cell.variable:
            return z
        if not self.occurs(e, cell.variable):
            return acb(self._free(e, cell))
        if isinstance(e, Add):
            total = acb(0)
            for argument in e.args:
                total += self._complex(argument, cell, z, analytic)
            return total
        if isinstance(e, Mul):
            product = acb(1)
            for argument in e.args:
                product *= self._complex(argument, cell, z, analytic)
            return product
        if isinstance(e, Pow):
            return self._complex_power(e, cell, z, analytic)
        if isinstance(e, exp):
            return self._complex(e.args[0], cell, z, analytic).exp()
        if isinstance(e, log):
            return self._complex(e.args[0], cell, z, analytic).log(analytic=True)
        if isinstance(e, AppliedUndef):
            inner, inner_cell = self._inner(e, cell)
            return self._complex(inner, inner_cell, z, analytic)
        function = COMPLEX_FUNCTIONS.get(type(e))
        if function is not None:
            return function(self._complex(e.args[0], cell, z, analytic))
        raise UndeterminedError(f"{type(e).__name__} is not integrated")

    def _complex_power(self, e: Pow, cell: Cell, z: acb, analytic: bool) -> acb:
        base, exponent = e.args
        if base == E:
            return self._complex(exponent, cell, z, analytic).exp()
        inner = self._complex(base, cell, z, analytic)
        if self.occurs(exponent, cell.variable):
            return (self._complex(exponent, cell, z, analytic) * inner.log(analytic=True)).exp()
        value = self._free(exponent, cell)
        if isinstance(value, fmpq) and value.q == 1:
            if abs(value) > 10_000:
                raise UndeterminedError("an exponent is too large")
            return inner ** int(value.p)
        if not analytic and is_nonnegative(inner) and value > 0:
            return inner.pow(acb(value))
        return inner.pow(acb(value), analytic=True)

    def _rational(self, e: Expr, cell: Cell) -> tuple[fmpq_poly, fmpq_poly] | None:
        """Numerator and denominator of a rational function with rational coefficients, or None."""
        self.evaluator.spend()
        if e == cell.variable:
            return fmpq_poly([0, 1]), fmpq_poly([1])
        if not self.occurs(e, cell.variable):
            try:
                value = self._free(e, cell)
            except UndeterminedError:
                return None
            return (fmpq_poly([value]), fmpq_poly([1])) if isinstance(value, fmpq) else None
        if isinstance(e, AppliedUndef):
            try:
                return self._rational(*self._inner(e, cell))
            except UndeterminedError:
                return None
        if not isinstance(e, Add | Mul | Pow):
            return None
        if isinstance(e, Pow):
            base = self._rational(e.args[0], cell)
            exponent = e.args[1]
            if base is None or not isinstance(exponent, Rational) or exponent.q != 1:
                return None
            n = abs(int(exponent.p))
            if n * max(base[0].degree(), base[1].degree(), 1) > DEGREE:
                return None
            top, bottom = base if exponent.p >= 0 else base[::-1]
            return top**n, bottom**n
        unit = fmpq_poly([1])
        top, bottom = (fmpq_poly([0]), unit) if isinstance(e, Add) else (unit, unit)
        for argument in e.args:
            part = self._rational(argument, cell)
            if part is None:
                return None
            if isinstance(e, Add):
                top, bottom = top * part[1] + part[0] * bottom, bottom * part[1]
            else:
                top, bottom = top * part[0], bottom * part[1]
            if max(top.degree(), bottom.degree()) > DEGREE:
                return None
        return top, bottom

    # Over a line or half-line

    def _unbounded(self, body: Expr, cell: Cell) -> Value:
        """The closed form of an integral over a line or half-line of a sum of c x^k exp(q(x))."""
        terms = self._exponential_sum(body, cell)
        lower, upper = cell.lower, cell.upper
        if lower is None and upper is None:
            return add_all(over_line(q, c) for q, c in terms.items())
        if isinstance(lower, fmpq) and upper is None:
            return add_all(over_half_line(shifted(q, c, lower)) for q, c in terms.items())
        if isinstance(upper, fmpq) and lower is None:
            return add_all(
                over_half_line(shifted(*mirrored(q, c), -upper)) for q, c in terms.items()
            )
        raise UndeterminedError("an unbounded integral of this kind is not evaluated")

    def _exponential_sum(self, e: Expr, cell: Cell) -> ExponentialSum:
        """An expression as a sum of polynomials times exps of polynomials without constant term."""
        self.evaluator.spend()
        if e == cell.variable:
            return {(): [fmpq(0), fmpq(1)]}
        if not self.occurs(e, cell.variable):
            return {(): [self._free(e, cell)]}
        if isinstance(e, Add):
            total: ExponentialSum = {}
            for argument in e.args:
                total = sum_add(total, self._exponential_sum(argument, cell))
            return total
        if isinstance(e, Mul):
            return self._sum_product(self._exponential_sum(a, cell) for a in e.args)
        if isinstance(e, Pow) and e.args[0] != E:
            base, exponent = self._exponential_sum(e.args[0], cell), e.args[1]
            if isinstance(exponent, Rational) and exponent.q == 1 and abs(exponent.p) <= DEGREE:
                if exponent.p < 0:
                    base = sum_inverse(base)
                return self._sum_product(base for _ in range(abs(int(exponent.p))))
        if isinstance(e, exp) or (isinstance(e, Pow) and e.args[0] == E):
            return sum_exp(self._exponential_sum(e.args[-1], cell))
        if isinstance(e, log):
            return sum_log(self._exponential_sum(e.args[0], cell))
        if isinstance(e, AppliedUndef):
            inner, inner_cell = self._inner(e, cell)
            try:
                return self._exponential_sum(inner, inner_cell)
            except UndefinedError as error:
                raise UndeterminedError(str(error)) from None
        raise UndeterminedError("the integrand is not a sum of polynomials times exponentials")

    def _sum_product(self, factors: Iterator[ExponentialSum]) -> ExponentialSum:
        product: ExponentialSum = {(): [fmpq(1)]}
        for factor in factors:
            self.evaluator.spend()
            product = sum_multiply(product, factor)
        return product


def check_poles(
    top: fmpq_poly, bottom: fmpq_poly, lower: Value | None, upper: Value | None
) -> None:
    """An integral of a rational function diverges at a rational pole in the closed interval, and without decay.

    Args:
        top: the numerator.
        bottom: the denominator.
        lower: the lower end, certainly less than the upper one; None for minus infinity.
        upper: the upper end; None for infinity.

    Raises:
        UndefinedError: if it certainly diverges.
    """
    if bottom.degree() < 0:
        raise UndefinedError("division by zero")
    common = top.gcd(bottom)
    if common.degree() > 0:
        top, bottom = top // common, bottom // common
    if top.degree() < 0:
        return
    for root, _ in bottom.roots():
        above = lower is None or bool(root >= lower)
        below = upper is None or bool(root <= upper)
        if above and below:
            raise UndefinedError(f"the integrand has a pole at {root}")
    if (lower is None or upper is None) and top.degree() >= bottom.degree() - 1:
        raise UndefinedError("the integral diverges")


def _over_polynomial(polynomial: fmpq_poly, lower: Value, upper: Value) -> Value:
    """The integral of a polynomial, exact between rationals."""
    antiderivative = polynomial.integral()
    ends = []
    for end in (upper, lower):
        total: Value = fmpq(0)
        for coefficient in reversed(antiderivative.coeffs()):
            total = add(multiply(total, end), coefficient)
        ends.append(total)
    return subtract(*ends)


def flat(e: Mul) -> Iterator[Expr]:
    """The factors of a product and of the products in it."""
    for factor in e.args:
        if isinstance(factor, Mul):
            yield from flat(factor)
        else:
            yield factor


def is_nonnegative(z: acb) -> bool:
    """Whether a ball is real and certainly not negative."""
    return bool(z.imag == 0 and z.real >= 0)


def _inside(lower: Value | None, upper: Value | None) -> fmpq:
    """A rational certainly between two ends."""
    ends = [
        None if e is None else (e if isinstance(e, fmpq) else e.mid().fmpq())
        for e in (lower, upper)
    ]
    left, right = ends
    if left is not None and right is not None:
        inside = (left + right) / 2
    elif right is not None:
        inside = right - 1
    else:
        inside = fmpq(0) if left is None else left + 1
    if (lower is not None and not inside > lower) or (upper is not None and not inside < upper):
        raise UndeterminedError("the ends of an interval are not told apart")
    return inside


COMPLEX_FUNCTIONS: dict[type, Callable[[acb], acb]] = {
    sin: lambda z: z.sin(),
    cos: lambda z: z.cos(),
    erf: lambda z: z.erf(),
}
