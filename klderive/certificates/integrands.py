"""What an integrand is on a cell: one formula, perhaps a rational function, perhaps a sum of exponentials.

Accepts an integrand and a cell on which step functions are constant and nothing changes its branch: absolute values
have one sign, events happen or do not, one case holds. Each of these is then read by its branch, which is that at a
point inside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product as pairs

from flint import fmpq, fmpq_poly
from sympy import Abs, Add, E, Expr, Integer, Integral, Mul, Piecewise, Pow, S, Symbol, exp, log
from sympy.core.function import AppliedUndef

from klderive.certificates.cells import Cell, Evaluator, flat
from klderive.certificates.exponential_sums import (
    ExponentialSum,
    sum_add,
    sum_exp,
    sum_inverse,
    sum_log,
    sum_multiply,
    sum_root,
)
from klderive.certificates.models import Formula, StepFunction
from klderive.certificates.real_arithmetic import (
    UndefinedError,
    UndeterminedError,
    Value,
    compare,
    is_zero,
    may_vanish,
)
from klderive.notation.nodes import Defined, Indicator, StrictIndicator

DEGREE = 60
"""Degree of a rational integrand whose poles are looked for."""

DEPTH = 300
"""Nodes inside one another."""


class Integrands:
    """Reads integrands.

    Args:
        evaluator: values what is free of the variable.
    """

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator

    # What occurs in it

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

    def inner(self, e: AppliedUndef, cell: Cell) -> tuple[Expr, Cell]:
        """The definition of a function at the variable, as an integrand over the same cell."""
        known = cell.definitions.get(e)
        if known is None:
            known = cell.definitions[e] = self._inner(e, cell)
        return known

    def _inner(self, e: AppliedUndef, cell: Cell) -> tuple[Expr, Cell]:
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
        name = e.func.__name__
        for limits, value in zip(
            self.evaluator.domain(name, len(e.args)), env.values(), strict=False
        ):
            self.evaluator.check_argument(name, value, limits)
        inner = replace(cell, variable=place, env=env, unfolded=True, branches={}, definitions={})
        return model.expression, inner

    def free(self, e: Expr, cell: Cell) -> Value:
        """The value of a part that the variable does not occur in."""
        try:
            return self.evaluator.value(e, cell.env)
        except UndefinedError as error:
            if not cell.unfolded:
                raise
            # The definition may stand beside a weight that is 0.
            raise UndeterminedError(str(error)) from None

    def without_zeros(self, e: Expr, cell: Cell) -> Expr:
        """An integrand without the summands in which a weight is 0 on the cell."""
        if isinstance(e, Add):
            return Add._from_args([self.without_zeros(a, cell) for a in e.args], True)
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
        return Mul._from_args([self.without_zeros(f, cell) for f in factors], True)

    # Branches

    def branch(
        self, e: Abs | Indicator | StrictIndicator | Piecewise | Defined, cell: Cell
    ) -> Expr:
        """What a node with branches is on a cell; that of a definition is the definition."""
        known = cell.branches.get(e)
        if known is None:
            try:
                known = cell.branches[e] = self._branch(e, cell)
            except UndefinedError as error:
                # It may stand beside a weight that is 0, or be so at the point inside only.
                raise UndeterminedError(str(error)) from None
        return known

    def _branch(
        self, e: Abs | Indicator | StrictIndicator | Piecewise | Defined, cell: Cell
    ) -> Expr:
        if isinstance(e, Defined):
            return e.definition()
        value = self.evaluator.value
        if isinstance(e, Abs):
            inner = value(e.args[0], cell.env)
            if is_zero(inner):
                return Integer(0)
            if may_vanish(inner):
                raise UndeterminedError("the sign under an absolute value is not told")
            return e.args[0] if inner > 0 else Mul(-1, e.args[0], evaluate=False)
        if isinstance(e, Indicator | StrictIndicator):
            left, right = (value(side, cell.env) for side in e.args)
            answer = compare(">=" if isinstance(e, Indicator) else ">", left, right)
            if answer is None:
                raise UndeterminedError("it cannot be told whether an event happens")
            return Integer(int(answer))
        for branch, condition in e.args:
            if condition == True:  # noqa: E712 - SymPy's true
                return branch
            left, right = (value(side, cell.env) for side in (condition.lhs, condition.rhs))
            answer = compare(condition.rel_op, left, right)
            if answer is None:
                raise UndeterminedError("it cannot be told which case holds")
            if answer:
                return branch
        raise UndefinedError("no case holds")

    def resolved(self, e: Expr, cell: Cell) -> Expr:
        """An integrand with its branches in place of the nodes that have several, but for those in definitions."""
        if not self.occurs(e, cell.variable) or isinstance(e, AppliedUndef):
            return e
        if isinstance(e, Abs | Indicator | StrictIndicator | Piecewise | Defined):
            return self.resolved(self.branch(e, cell), cell)
        parts = [self.resolved(argument, cell) for argument in e.args]
        if isinstance(e, Add | Mul):
            return type(e)._from_args(parts, True)
        return e.func(*parts, evaluate=False) if parts else e

    def integer(self, e: Expr, cell: Cell) -> int | None:
        """The integer that an exponent is, if it is one on the whole cell."""
        if self.occurs(e, cell.variable):
            return None
        try:
            value = self.free(e, cell)
        except UndeterminedError:
            return None
        return int(value.p) if isinstance(value, fmpq) and value.q == 1 else None

    # As a rational function

    def rational(self, e: Expr, cell: Cell) -> tuple[fmpq_poly, fmpq_poly] | None:
        """Numerator and denominator of a rational function with rational coefficients, or None."""
        self.evaluator.spend()
        if e == cell.variable:
            return fmpq_poly([0, 1]), fmpq_poly([1])
        if not self.occurs(e, cell.variable):
            try:
                value = self.free(e, cell)
            except UndeterminedError:
                return None
            return (fmpq_poly([value]), fmpq_poly([1])) if isinstance(value, fmpq) else None
        if isinstance(e, AppliedUndef):
            try:
                return self.rational(*self.inner(e, cell))
            except UndeterminedError:
                return None
        if isinstance(e, Abs | Indicator | StrictIndicator | Piecewise | Defined):
            return self.rational(self.branch(e, cell), cell)
        if isinstance(e, Integral):
            polynomial = self._inner_integral(e, cell)
            return None if polynomial is None else (polynomial, fmpq_poly([1]))
        if not isinstance(e, Add | Mul | Pow):
            return None
        if isinstance(e, Pow):
            return self._rational_power(e, cell)
        unit = fmpq_poly([1])
        top, bottom = (fmpq_poly([0]), unit) if isinstance(e, Add) else (unit, unit)
        for argument in e.args:
            part = self.rational(argument, cell)
            if part is None:
                return None
            if isinstance(e, Add):
                top, bottom = top * part[1] + part[0] * bottom, bottom * part[1]
            else:
                top, bottom = top * part[0], bottom * part[1]
            if max(top.degree(), bottom.degree()) > DEGREE:
                return None
        return top, bottom

    def _rational_power(self, e: Pow, cell: Cell) -> tuple[fmpq_poly, fmpq_poly] | None:
        base = self.rational(e.args[0], cell)
        exponent = self.integer(e.args[1], cell)
        if base is None or exponent is None:
            return None
        n = abs(exponent)
        if n * max(base[0].degree(), base[1].degree(), 1) > DEGREE:
            return None
        top, bottom = base if exponent >= 0 else base[::-1]
        return top**n, bottom**n

    def _polynomial(self, e: Expr, cell: Cell) -> fmpq_poly | None:
        """A polynomial with rational coefficients, or None."""
        found = self.rational(e, cell)
        if found is None or found[1].degree() != 0:
            return None
        return found[0] / found[1][0]

    def _inner_integral(self, e: Integral, cell: Cell) -> fmpq_poly | None:
        """An integral of a polynomial in two variables between polynomials in the outer one."""
        if len(e.args) != 2 or len(e.args[1]) != 3 or e.args[1][0] == cell.variable:
            return None
        body, (inner, *bounds) = e.args
        if any(bound.is_infinite for bound in bounds):
            return None
        ends = [self._polynomial(bound, cell) for bound in bounds]
        coefficients = self._coefficients(body, inner, cell)
        if ends[0] is None or ends[1] is None or coefficients is None:
            return None
        total = fmpq_poly([0])
        for degree, coefficient in coefficients.items():
            difference = ends[1] ** (degree + 1) - ends[0] ** (degree + 1)
            total += coefficient * difference / fmpq(degree + 1)
            if total.degree() > DEGREE:
                return None
        return total

    def _coefficients(
        self, e: Expr, inner: Symbol, cell: Cell, depth: int = 0
    ) -> dict[int, fmpq_poly] | None:
        """The coefficients of a polynomial in an inner variable, which are polynomials in the outer one."""
        if e == inner:
            return {1: fmpq_poly([1])}
        if inner not in e.free_symbols:
            polynomial = self._polynomial(e, cell)
            return None if polynomial is None else {0: polynomial}
        if depth > DEPTH:
            raise UndeterminedError("the expression is too deep")
        parts = list(e.args)
        if isinstance(e, Pow):
            if not isinstance(e.args[1], Integer) or not 0 < e.args[1] <= DEGREE:
                return None
            parts = [e.args[0]] * int(e.args[1])
        elif not isinstance(e, Add | Mul):
            return None
        result: dict[int, fmpq_poly] = {} if isinstance(e, Add) else {0: fmpq_poly([1])}
        for part in parts:
            found = self._coefficients(part, inner, cell, depth + 1)
            if found is None:
                return None
            if isinstance(e, Add):
                for degree, c in found.items():
                    result[degree] = result.get(degree, fmpq_poly([0])) + c
                continue
            product: dict[int, fmpq_poly] = {}
            for (first, c), (second, d) in pairs(result.items(), found.items()):
                product[first + second] = product.get(first + second, fmpq_poly([0])) + c * d
            if max(product) > DEGREE or max(c.degree() for c in product.values()) > DEGREE:
                return None
            result = product
        return result

    # As a sum of exponentials

    def exponential_sum(self, e: Expr, cell: Cell) -> ExponentialSum:
        """An expression as a sum of polynomials times exps of polynomials without constant term."""
        self.evaluator.spend()
        if e == cell.variable:
            return {(): [fmpq(0), fmpq(1)]}
        if not self.occurs(e, cell.variable):
            return {(): [self.free(e, cell)]}
        if isinstance(e, Add):
            total: ExponentialSum = {}
            for argument in e.args:
                total = sum_add(total, self.exponential_sum(argument, cell))
            return total
        if isinstance(e, Mul):
            return self._product(self.exponential_sum(a, cell) for a in e.args)
        if isinstance(e, Pow) and e.args[0] != E:
            base = self.exponential_sum(e.args[0], cell)
            exponent = self.integer(e.args[1], cell)
            if exponent is not None and abs(exponent) <= DEGREE:
                if exponent < 0:
                    base = sum_inverse(base)
                return self._product(base for _ in range(abs(exponent)))
            if len(base) == 1 and e.args[1].is_Rational:
                return sum_root(base, fmpq(int(e.args[1].p), int(e.args[1].q)))
        if isinstance(e, exp) or (isinstance(e, Pow) and e.args[0] == E):
            return sum_exp(self.exponential_sum(e.args[-1], cell))
        if isinstance(e, log):
            return sum_log(self.exponential_sum(e.args[0], cell))
        if isinstance(e, Abs | Indicator | StrictIndicator | Piecewise | Defined):
            return self.exponential_sum(self.branch(e, cell), cell)
        if isinstance(e, AppliedUndef):
            inner, inner_cell = self.inner(e, cell)
            try:
                return self.exponential_sum(inner, inner_cell)
            except UndefinedError as error:
                raise UndeterminedError(str(error)) from None
        raise UndeterminedError("the integrand is not a sum of polynomials times exponentials")

    def _product(self, factors: Iterator[ExponentialSum]) -> ExponentialSum:
        product: ExponentialSum = {(): [fmpq(1)]}
        for factor in factors:
            self.evaluator.spend()
            product = sum_multiply(product, factor)
        return product
