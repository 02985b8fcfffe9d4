"""SymPy expressions that SymPy lacks: sums over sets, arg min, indicators, and nodes that have a definition.

They hold their arguments unevaluated, as everything that the written tree stands for.
"""

from __future__ import annotations

from typing import Any

from sympy import Basic, Derivative, Expr, Integral, Product, Sum, Symbol, Tuple


class SumOver(Expr):  # type: ignore[misc]
    """The sum of a body over all elements x of a finite set X: `SumOver(body, x, X)`."""

    is_commutative = True

    def __new__(cls, body: Expr, variable: Symbol, over: Symbol) -> SumOver:
        """Hold the body, the bound variable and the set as they are."""
        node: SumOver = Expr.__new__(cls, body, variable, over)
        return node

    @property
    def free_symbols(self) -> set[Basic]:
        """The symbols of the body without the bound variable; the set is a name, not a number."""
        free: set[Basic] = self.args[0].free_symbols - self.args[1].free_symbols
        return free


class ProductOver(Expr):  # type: ignore[misc]
    """The product of a body over all elements x of a finite set X: `ProductOver(body, x, X)`."""

    is_commutative = True

    def __new__(cls, body: Expr, variable: Symbol, over: Symbol) -> ProductOver:
        """Hold the body, the bound variable and the set as they are."""
        node: ProductOver = Expr.__new__(cls, body, variable, over)
        return node

    @property
    def free_symbols(self) -> set[Basic]:
        """The symbols of the body without the bound variable; the set is a name, not a number."""
        free: set[Basic] = self.args[0].free_symbols - self.args[1].free_symbols
        return free


class Optimum(Expr):  # type: ignore[misc]
    """The set of points at which an objective is optimal: `ArgMin(objective, Tuple(a, b))`."""

    is_commutative = True

    def __new__(cls, objective: Expr, variables: Tuple) -> Optimum:
        """Hold the objective and its variables as they are."""
        node: Optimum = Expr.__new__(cls, objective, variables)
        return node


class ArgMin(Optimum):
    """The set of minimisers."""


class ArgMax(Optimum):
    """The set of maximisers."""


class Optimal(Expr):  # type: ignore[misc]
    """The optimal value of an objective: `Minimum(objective, Tuple(a, b))`."""

    is_commutative = True

    def __new__(cls, objective: Expr, variables: Tuple) -> Optimal:
        """Hold the objective and its variables as they are."""
        node: Optimal = Expr.__new__(cls, objective, variables)
        return node


class Minimum(Optimal):
    """The least value."""


class Maximum(Optimal):
    """The greatest value."""


class BetweenBounds(Expr):  # type: ignore[misc]
    """A formula at an upper value of a variable minus that at a lower one: `BetweenBounds(F, x, a, b)`."""

    is_commutative = True

    def __new__(cls, body: Expr, variable: Symbol, lower: Expr, upper: Expr) -> BetweenBounds:
        """Hold the formula, the bound variable and the two values as they are."""
        node: BetweenBounds = Expr.__new__(cls, body, variable, lower, upper)
        return node

    @property
    def free_symbols(self) -> set[Basic]:
        """The symbols of the formula without the bound variable, and those of the two values."""
        body, variable, lower, upper = self.args
        free: set[Basic] = body.free_symbols - {variable}
        free |= lower.free_symbols | upper.free_symbols
        return free


class Indicator(Expr):  # type: ignore[misc]
    """1 where the left side is at least the right side, otherwise 0: `Indicator(left, right)`."""

    is_commutative = True

    def __new__(cls, left: Expr, right: Expr) -> Indicator:
        """Hold both sides as they are."""
        node: Indicator = Expr.__new__(cls, left, right)
        return node


class StrictIndicator(Expr):  # type: ignore[misc]
    """1 where the left side is greater than the right side, otherwise 0: `StrictIndicator(left, right)`."""

    is_commutative = True

    def __new__(cls, left: Expr, right: Expr) -> StrictIndicator:
        """Hold both sides as they are."""
        node: StrictIndicator = Expr.__new__(cls, left, right)
        return node


class Defined(Expr):  # type: ignore[misc]
    """A node with a definition, such as a KL divergence.

    The first arguments are formulas in which the variables of the other arguments, the limits, are bound. Limits are
    `Tuple(x, lower, upper)` for an integral, `Tuple(x, X)` for a sum over the finite set X, and
    `Tuple(i, lower, upper, 1)` for a sum over a range of integers.
    """

    is_commutative = True

    name: str = ""
    """The name by which a reason cites the definition: `KL`."""

    formulas: int = 1
    """How many of the arguments are formulas; the others are limits, one for each variable."""

    def __new__(cls, *arguments: Basic) -> Any:
        """Hold the formulas and the limits as they are."""
        return Expr.__new__(cls, *arguments)

    @property
    def binders(self) -> tuple[Tuple, ...]:
        """The bound variables with their domains; the first is the outermost."""
        binders: tuple[Tuple, ...] = self.args[self.formulas :]
        return binders

    @property
    def limits(self) -> Tuple:
        """The outermost bound variable with its domain."""
        return self.binders[0]

    @property
    def free_symbols(self) -> set[Basic]:
        """The symbols of the formulas without the bound variable, and those of its bounds."""
        variables = {limits[0] for limits in self.binders}
        free: set[Basic] = set()
        for formula in self.args[: self.formulas]:
            free |= formula.free_symbols - variables
        for limits in self.binders:
            for bound in limits[1:] if len(limits) > 2 else ():
                free |= bound.free_symbols
        return free

    def definition(self) -> Expr:
        """The formula, unevaluated, that the node stands for."""
        raise NotImplementedError


def accumulate(body: Expr, limits: Tuple, *inner: Tuple) -> Expr:
    """The integral or sum of a body over limits as `Defined` writes them, unevaluated; the first is the outermost."""
    if inner:
        body = accumulate(body, *inner)
    if len(limits) == 2:
        return SumOver(body, limits[0], limits[1])
    if len(limits) == 4:
        return unevaluated_sum(body, *limits[:3])
    return unevaluated_integral(body, *limits)


def unevaluated_integral(body: Expr, variable: Symbol, lower: Expr, upper: Expr) -> Integral:
    """The integral as it stands; SymPy's constructor would merge it with an inner one."""
    return _with_limits(Integral, body, Tuple(variable, lower, upper))


def unevaluated_sum(body: Expr, variable: Symbol, lower: Expr, upper: Expr) -> Sum:
    """The sum over a range of integers as it stands."""
    return _with_limits(Sum, body, Tuple(variable, lower, upper))


def unevaluated_product(body: Expr, variable: Symbol, lower: Expr, upper: Expr) -> Product:
    """The product over a range of integers as it stands."""
    return _with_limits(Product, body, Tuple(variable, lower, upper))


def unevaluated_derivative(body: Expr, variables: tuple[Symbol, ...]) -> Derivative:
    """The derivative as it stands; SymPy's constructor would drop one that is zero."""
    return Expr.__new__(Derivative, body, *(Tuple(variable, 1) for variable in variables))


def _with_limits(kind: type, body: Expr, limits: Tuple) -> Any:
    """A node of SymPy's with limits, past its constructor."""
    node = Expr.__new__(kind, body, limits)
    node.is_commutative = True
    return node
