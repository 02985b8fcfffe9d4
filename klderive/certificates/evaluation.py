"""Certified evaluation of an expression at a point, with exact rationals and Arb balls.

Accepts an unevaluated expression and a point: values of symbols, concrete models of abstract functions, elements of
finite sets, data. Gives a rational as long as everything is rational, otherwise a ball that contains the value. The
idea: a counterexample must be certain, so that nothing is rounded without an enclosure, and "undefined" is said only
where it is proved (a denominator exactly 0, the logarithm of something certainly not positive, a divergent integral).
What cannot be told is `UndeterminedError`.

A summand of an integrand or of a sum, with a density at a bound variable for a factor that is exactly 0, is 0, whatever
its other factors (0 log 0 = 0). A factor is a factor of the summand itself, not of a product under a logarithm, in an
exponent or in an argument; there, and outside of binders, 0 log 0 is undefined. Where 0 times something undefined might
be read either way, it is not told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from flint import arb, ctx, fmpq
from sympy import (
    Abs,
    Add,
    Derivative,
    E,
    Expr,
    Function,
    Indexed,
    Integral,
    Limit,
    Mul,
    Piecewise,
    Pow,
    Product,
    Rational,
    Sum,
    Symbol,
    exp,
    log,
    oo,
    pi,
)
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from klderive.certificates.cells import Environment, flat
from klderive.certificates.declared_functions import DeclaredFunctions
from klderive.certificates.differentiation import Differentiation
from klderive.certificates.elementary_functions import elementary
from klderive.certificates.exact_logarithms import exact_value
from klderive.certificates.expansions import Expansions
from klderive.certificates.gaussian_integrals import integral_value
from klderive.certificates.integrals import Integrator, Piece
from klderive.certificates.interpretation import Interpreter
from klderive.certificates.models import Formula, Model, Point, StepFunction, Table
from klderive.certificates.real_arithmetic import (
    InexactError,
    UndefinedError,
    UndeterminedError,
    Value,
    VanishingError,
    ZeroDenominatorError,
    ZeroLogarithmError,
    add,
    compare,
    exponential,
    finite,
    is_zero,
    logarithm,
    may_vanish,
    multiply,
    power,
    subtract,
)
from klderive.certificates.series import TERMS, Series
from klderive.certificates.tails import Direction, End
from klderive.certificates.taylor import check_variation, derivative, variables_of
from klderive.notation.nodes import (
    BetweenBounds,
    Defined,
    Indicator,
    ProductOver,
    StrictIndicator,
    SumOver,
)
from klderive.statement import FunctionDeclaration

__all__ = [
    "TERMS",
    "Formula",
    "InexactError",
    "Model",
    "Point",
    "StepFunction",
    "Table",
    "UndefinedError",
    "UndeterminedError",
    "Value",
    "Work",
    "are_equal",
    "compare",
    "evaluate",
    "polynomial_pieces",
    "sign_near",
]

KEPT = (Integral, Sum, Product, SumOver, ProductOver, Limit)

EVALUATIONS = 100_000
"""Nodes evaluated before an evaluation is given up."""

PRECISION_OF_SIGNS = 64
"""Bits where a value is asked for only to see whether it is rational."""

DEPTH = 300
"""Nodes inside one another."""

ROUGH = 32
"""Bits of enclosures that need be finite only."""

NEIGHBOURHOOD = arb(2) ** -40
"""How far a parameter varies around its value where integrals are differentiated by it."""


class Work:
    """A counted budget that evaluations share: when it is spent, nothing more can be told.

    Args:
        limit: nodes that may be evaluated.
    """

    def __init__(self, limit: int = EVALUATIONS) -> None:
        self.left = limit

    def spend(self, steps: int = 1) -> None:
        """Count nodes.

        Raises:
            UndeterminedError: if the budget is spent.
        """
        self.left -= steps
        if self.left < 0:
            raise UndeterminedError("the evaluation takes too much work")


def evaluate(
    expression: Expr,
    point: Point,
    precision: int,
    functions: Mapping[str, FunctionDeclaration] = MappingProxyType({}),
    work: Work | None = None,
    bound: Environment = MappingProxyType({}),
    varied: Mapping[Symbol, arb] = MappingProxyType({}),
) -> Value:
    """The value of an expression at a point, as a rational or a ball.

    Args:
        expression: the expression, unevaluated.
        point: the values and models; a function with a declared definition is that definition.
        precision: bits of the balls.
        functions: the declared functions.
        work: the budget; a fresh one if left out.
        bound: values of bound variables, which definitions do not speak of.
        varied: symbols that have all values in a ball, also in definitions: so has the expression in that returned.

    Raises:
        UndefinedError: if the expression is certainly undefined there.
        UndeterminedError: if it cannot be told.
    """
    with ctx.workprec(precision):
        value = _Evaluation(point, functions, work or Work(), varied).value(expression, bound)
        return finite(value) if isinstance(value, arb) else value


def are_equal(
    left: Expr,
    right: Expr,
    point: Point,
    functions: Mapping[str, FunctionDeclaration] = MappingProxyType({}),
    work: Work | None = None,
) -> bool:
    """Whether two expressions certainly have the same value at a point: exactly so, not by enclosures.

    Args:
        left: an expression.
        right: the other.
        point: the values and models.
        functions: the declared functions.
        work: the budget; a fresh one if left out.
    """
    evaluation = _Evaluation(point, functions, work or Work())
    try:
        with ctx.workprec(PRECISION_OF_SIGNS):
            return exact_value(evaluation, left, {}) == exact_value(evaluation, right, {})
    except (UndefinedError, UndeterminedError):
        return False


def sign_near(
    expression: Expr,
    symbol: Symbol,
    end: End,
    start: fmpq,
    level: Value,
    point: Point,
    functions: Mapping[str, FunctionDeclaration],
    work: Work | None = None,
) -> int | None:
    """The sign of an expression less a level, where a symbol is so near to an end that u >= start; None if not told.

    Args:
        expression: the expression.
        symbol: the symbol, which has no value at the point.
        end: the end, and how the symbol is written near it.
        start: from where on.
        level: what is taken away.
        point: the values and models of everything else.
        functions: the declared functions.
        work: the budget; a fresh one if left out.
    """
    evaluation = _Evaluation(point, functions, work or Work())
    algebra = Expansions(start)
    try:
        with ctx.workprec(PRECISION_OF_SIGNS):
            near = Interpreter(evaluation, algebra, {symbol: end.variable(algebra)})
            return algebra.sign(
                algebra.add(near.value(expression, {}, {}), algebra.constant(-level))
            )
    except (UndefinedError, UndeterminedError):
        return None


def polynomial_pieces(
    expression: Expr,
    variable: Symbol,
    ends: tuple[Value | None, Value | None],
    point: Point,
    functions: Mapping[str, FunctionDeclaration],
    work: Work | None = None,
) -> list[Piece]:
    """The pieces of an expression that is a polynomial in a variable between its kinks.

    Args:
        expression: the expression.
        variable: its variable, which has no value at the point.
        ends: of the interval; None for an infinite one.
        point: the values and models of everything else.
        functions: the declared functions.
        work: the budget; a fresh one if left out.

    Raises:
        UndeterminedError: if it is not known to be one with rational coefficients.
    """
    if variable in point.values:
        raise UndeterminedError(f"{variable} has a value")
    integrator = _Evaluation(point, functions, work or Work()).integrator
    return integrator.polynomials(expression, variable, *ends)


class _Evaluation(DeclaredFunctions):
    def __init__(
        self,
        point: Point,
        functions: Mapping[str, FunctionDeclaration],
        work: Work,
        varied: Mapping[Symbol, arb] = MappingProxyType({}),
    ) -> None:
        super().__init__(point, functions)
        self.work = work
        self.varied = varied
        """Symbols that have all values in a ball instead of that at the point."""
        self.integrator = Integrator(self)
        self.series = Series(self)
        self.known: dict[object, Value] = {}
        """Values of integrals and sums: inside a sum the same one is asked for at each term."""
        self.depth = 0
        self.parameters: frozenset[Symbol] = frozenset()
        """Those of the definition around: they have values, but no binder binds them."""
        self.stepping: frozenset[Symbol] = frozenset()
        """The bound variables and parameters that do not range over an interval."""
        self.unfolding = 0
        """How many definitions, cases and factors of a product under a binder are around."""

    def spend(self, steps: int = 1) -> None:
        """Count steps of work."""
        self.work.spend(steps)

    def value(self, e: Expr, env: Environment) -> Value:
        """The value of an expression, that is not a summand of an integrand."""
        self.spend()
        self.depth += 1
        try:
            if self.depth > DEPTH:
                raise UndeterminedError("the expression is too deep")
            if not isinstance(e, KEPT):
                return self.node(e, env)
            here = tuple((s, env[s]) for s in e.free_symbols if s in env)
            if not all(isinstance(v, fmpq) for _, v in here):
                return self.node(e, env)
            scope = (self.parameters, self.stepping) if here else None
            key = (e, frozenset(here), scope, self.unfolding > 0, ctx.prec)
            value = self.known.get(key)
            if value is None:
                value = self.known[key] = self.node(e, env)
            return value
        finally:
            self.depth -= 1

    def node(self, e: Expr, env: Environment) -> Value:
        """The value of a node by its kind."""
        match e:
            case Symbol():
                return self.symbol(e, env)
            case Rational():
                return fmpq(int(e.p), int(e.q))
            case Add():
                total: Value = fmpq(0)
                for argument in e.args:
                    total = add(total, self.value(argument, env))
                return total
            case Mul():
                return self.product(e, env, self.value, doubt=self.unfolding > 0)
            case Pow():
                base, exponent = e.args
                if base == E:
                    return exponential(self.value(exponent, env))
                values = self.value(base, env), self.value(exponent, env)
                try:
                    return power(*values)
                except ZeroDenominatorError as error:
                    if e.free_symbols & set(env) - self.parameters:
                        # No condition that something is not 0 speaks of a bound variable.
                        raise VanishingError(str(error)) from None
                    raise
            case exp():
                return exponential(self.value(e.args[0], env))
            case log():
                argument = self.value(e.args[0], env)
                try:
                    return logarithm(argument)
                except ZeroLogarithmError as error:
                    if e.free_symbols & set(env) - self.parameters:
                        raise VanishingError(str(error)) from None
                    raise
            case Abs():
                value = self.value(e.args[0], env)
                if isinstance(value, fmpq):
                    return value if value >= 0 else -value
                return arb(abs(value))
            case AppliedUndef():
                return self.application(e, env)
            case Defined():
                return self.value(e.definition(), env)
            case Integral():
                return self.integral(self.without_derivatives(e, env), env)
            case Sum() | Product():
                if e.args[-1][-1] == oo:
                    e = self.without_derivatives(e, env)
                return self.series.over_range(e, env)
            case SumOver() | ProductOver():
                variable, elements = self.elements_of_binder(e, env)
                times = isinstance(e, ProductOver)
                return self.accumulated(e.args[0], variable, elements, env, times)
            case Limit():
                return self.series.limit(e, env)
            case Derivative():
                return self.derivative(e, env)
            case BetweenBounds():
                return self.between(e, env)
            case Indexed():
                return self.indexed(e, env)
            case Indicator():
                return self.indicator(">=", e, env)
            case StrictIndicator():
                return self.indicator(">", e, env)
            case Piecewise():
                return self.cases(e, env)
        if e is pi:
            return arb.pi()
        if e == E:
            return arb(1).exp()
        if isinstance(e, Function):
            return elementary(type(e), self.value(e.args[0], env))
        raise UndeterminedError(f"{type(e).__name__} is not evaluated")

    def symbol(self, e: Symbol, env: Environment) -> Value:
        found = env.get(e)
        if found is None:
            found = self.varied.get(e)
        if found is None:
            found = self.point.values.get(e)
        if found is None:
            raise UndeterminedError(f"{e} has no value")
        return found

    # Products and weights

    def summand(self, e: Expr, env: Environment) -> Value:
        """The value of a summand or factor of an integrand or of a sum."""
        if isinstance(e, Add):
            total: Value = fmpq(0)
            for argument in e.args:
                total = add(total, self.summand(argument, env))
            return total
        if isinstance(e, Mul):
            for factor in flat(e):
                if self.is_weight(factor, env) and is_zero(self.value(factor, env)):
                    return fmpq(0)
            return self.product(e, env, self.summand, doubt=True)
        if isinstance(e, AppliedUndef | Piecewise):
            return self.apart(e, env)
        return self.value(e, env)

    def apart(self, e: Expr, env: Environment) -> Value:
        """The value of something in which 0 times something undefined may be meant to be 0."""
        self.unfolding += 1
        try:
            return self.value(e, env)
        finally:
            self.unfolding -= 1

    def product(
        self, e: Mul, env: Environment, value: Callable[[Expr, Environment], Value], *, doubt: bool
    ) -> Value:
        """A product; with doubt, what is not certainly defined, for it may be 0 times something, is not told."""
        result: Value = fmpq(1)
        undefined: UndefinedError | None = None
        vanishes = False
        for factor in flat(e):
            try:
                found = value(factor, env)
            except UndefinedError as error:
                undefined = undefined or error
                continue
            vanishes = vanishes or may_vanish(found)
            result = multiply(result, found)
        if undefined is None:
            return result
        if doubt and vanishes:
            raise UndeterminedError("0 times something undefined")
        raise undefined

    def is_weight(self, factor: Expr, env: Environment) -> bool:
        """Whether a factor is a density at a bound variable: where it is 0, the summand is 0."""
        if not isinstance(factor, AppliedUndef):
            return False
        if not factor.free_symbols & set(env) - self.parameters:
            return False
        declared = self.functions.get(factor.func.__name__)
        return declared is not None and declared.sign != "unknown"

    # Functions

    def application(self, e: AppliedUndef, env: Environment) -> Value:
        name = e.func.__name__
        model = self.model(name)
        arguments = [self.value(argument, env) for argument in e.args]
        for argument, limits in zip(arguments, self.domain(name, len(arguments)), strict=False):
            self.check_argument(name, argument, limits)
        if isinstance(model, Formula):
            if len(arguments) != len(model.parameters):
                raise UndeterminedError(f"{e} has another number of arguments than its definition")
            inner = dict(zip(model.parameters, arguments, strict=True))
            outer = self.parameters, self.stepping
            self.parameters = frozenset(model.parameters)
            self.stepping = frozenset(
                limits[0] for limits in self.domain(name, len(arguments)) if len(limits) != 3
            )
            try:
                if env:
                    return self.apart(model.expression, inner)
                return self.value(model.expression, inner)
            finally:
                self.parameters, self.stepping = outer
        if isinstance(model, StepFunction):
            if len(arguments) != model.arguments:
                raise UndeterminedError(f"{e} has another number of arguments than its model")
            argument = arguments[model.place]
            if not isinstance(argument, fmpq):
                raise UndeterminedError(f"{e} is not known at an inexact argument")
            return model.at(argument)
        exact = tuple(a for a in arguments if isinstance(a, fmpq))
        if len(exact) != len(arguments):
            raise UndeterminedError(f"{e} is not known at an inexact argument")
        found = model.entries.get(exact)
        if found is None:
            raise UndeterminedError(f"{e} is not in the table")
        return found

    def indexed(self, e: Indexed, env: Environment) -> Value:
        data = self.point.families.get(str(e.base))
        index = self.value(e.indices[0], env)
        if not data or len(e.indices) != 1 or not isinstance(index, fmpq) or index.q != 1:
            raise UndeterminedError(f"{e} has no value")
        place = int(index.p)
        if place < 1:
            raise UndeterminedError(f"{e} is outside the data")
        return data[(place - 1) % len(data)]

    def derivative(self, e: Derivative, env: Environment) -> Value:
        """A derivative with respect to symbols that range over open sets."""
        body, counts = variables_of(e)
        if any(symbol in self.stepping for symbol in counts):
            raise UndeterminedError("the variable of a derivative does not range over an interval")
        try:
            return derivative(self, e, env)
        except InexactError:
            raise
        except UndeterminedError:
            if self.varied or not body.atoms(*KEPT, Defined) or counts.keys() & env.keys():
                raise
            return self.derivative_under_the_sign(body, counts, env)

    def derivative_under_the_sign(
        self, body: Expr, counts: Mapping[Symbol, int], env: Environment
    ) -> Value:
        """A derivative of integrals and sums by parameters in them.

        Integrals that are enclosed for all values of the parameters in a neighbourhood at once have integrands that are
        bounded there by one that can be integrated; if so are those of the derivatives, integrals may be differentiated
        under their sign. Likewise sums.
        """
        near = {s: arb(self.value(s, env)) + arb(0, NEIGHBOURHOOD) for s in counts}
        around = _Evaluation(self.point, self.functions, self.work, near)
        around.parameters, around.stepping = self.parameters, self.stepping
        differentiation = Differentiation(self, env.keys())
        formula = body
        try:
            # Nothing is asked of these enclosures but that they are finite.
            with ctx.workprec(ROUGH):
                around.value(formula, env)
                for symbol, count in counts.items():
                    for _ in range(count):
                        formula = differentiation.derivative(formula, symbol)
                        around.value(formula, env)
            return self.value(formula, env)
        except UndefinedError as error:
            raise UndeterminedError(str(error)) from None

    def without_derivatives(self, e: Expr, env: Environment) -> Expr:
        """An integral, or a sum, with formulas in place of the derivatives under it."""
        if not e.has(Derivative):
            return e
        integrated = {limits[0] for node in e.atoms(Integral) for limits in node.args[1:]}
        summed = {v for n in e.atoms(Sum, Product) for v in n.bound_symbols} | {
            n.args[1] for n in e.atoms(SumOver, ProductOver, Limit)
        }
        for node in e.atoms(Derivative):
            if self._is_endless(node.args[0]):
                # Nothing here bounds what stands under its sign.
                raise UndeterminedError("an integral is differentiated under another")
            for symbol in variables_of(node)[1]:
                if symbol in self.stepping or symbol in summed:
                    raise UndeterminedError("a derivative is not by what ranges over an interval")
                if symbol not in integrated and symbol not in env:
                    check_variation(symbol, self.value(symbol, env))
        return Differentiation(self, env.keys()).resolved(e)

    def _is_endless(self, e: Expr) -> bool:
        """Whether an integral, an infinite sum or a limit stands in an expression, or in a definition that it uses."""
        pending = [e]
        seen: set[str] = set()
        while pending:
            part = pending.pop()
            ends = {b for n in part.atoms(Sum, Product) for limits in n.args[1:] for b in limits}
            if part.has(Integral, Limit) or ends & {oo, -oo}:
                return True
            pending += [node.definition() for node in part.atoms(Defined)]
            for name in {a.func.__name__ for a in part.atoms(AppliedUndef)} - seen:
                seen.add(name)
                model = self.model(name)
                if isinstance(model, Formula):
                    pending.append(model.expression)
        return False

    def integral(self, e: Integral, env: Environment) -> Value:
        """An integral: in exact arithmetic if it is one of polynomials times exponentials of quadratics."""
        if not self.varied:
            known = integral_value(e, env, self.point, self.functions, self.work)
            if known is not None:
                return known
        return self.integrator.integral(e, env)

    def between(self, e: BetweenBounds, env: Environment) -> Value:
        """The difference of a formula between two values of a variable; at infinity, of its limits."""
        body, variable, *bounds = e.args
        ends: list[Value] = []
        for bound in bounds:
            if bound in (oo, -oo):
                direction: Direction = 1 if bound == oo else -1
                ends.append(self.series.tails.limit(body, variable, env, None, direction))
            else:
                ends.append(self.value(body, {**env, variable: self.value(bound, env)}))
        return subtract(ends[1], ends[0])

    def indicator(self, sign: str, e: Expr, env: Environment) -> Value:
        left, right = (self.value(side, env) for side in e.args)
        answer = compare(sign, left, right)
        if answer is None:
            raise InexactError("it cannot be told whether an event happens")
        return fmpq(int(answer))

    def cases(self, e: Piecewise, env: Environment) -> Value:
        for value, condition in e.args:
            if condition == True:  # noqa: E712 - SymPy's true
                return self.value(value, env)
            if not isinstance(condition, Relational):
                raise UndeterminedError("the cases are not compared")
            answer = compare(
                condition.rel_op, self.value(condition.lhs, env), self.value(condition.rhs, env)
            )
            if answer is None:
                raise InexactError("it cannot be told which case holds")
            if answer:
                return self.value(value, env)
        raise UndefinedError("no case holds")

    # Sums and products

    def elements_of_binder(
        self, e: Sum | Product | SumOver | ProductOver, env: Environment
    ) -> tuple[Symbol, Sequence[fmpq]]:
        """The variable of a finite sum or product, and what it runs over."""
        if isinstance(e, Sum | Product):
            return self.series.elements(e, env)
        _, variable, over = e.args
        if not isinstance(variable, Symbol):
            raise UndeterminedError("several variables run over one set")
        return variable, self.elements(over)

    def accumulated(
        self, body: Expr, variable: Symbol, elements: Sequence[fmpq], env: Environment, times: bool
    ) -> Value:
        """The sum or product of a body over some values of a variable."""
        result: Value = fmpq(1 if times else 0)
        outer, self.stepping = self.stepping, self.stepping | {variable}
        try:
            for element in elements:
                inner = {**env, variable: element}
                term = self.apart(body, inner) if times else self.summand(body, inner)
                result = multiply(result, term) if times else add(result, term)
        finally:
            self.stepping = outer
        return result
