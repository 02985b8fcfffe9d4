"""Cells: intervals on which an integrand is one formula; and what an integral needs to know of everything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from flint import fmpq
from sympy import Expr, Mul, Product, Sum, Symbol, Tuple

from klderive.certificates.models import Model
from klderive.certificates.real_arithmetic import UndeterminedError, Value
from klderive.notation.nodes import ProductOver, SumOver

Environment: TypeAlias = Mapping[Symbol, Value]
"""The values of bound variables and parameters."""


class Evaluator(Protocol):
    """Values what is free of the variable."""

    def spend(self, steps: int = 1) -> None:
        """Count steps of work."""

    def value(self, e: Expr, env: Environment) -> Value:
        """The value of an expression."""

    def summand(self, e: Expr, env: Environment) -> Value:
        """The value of a summand or factor of an integrand."""

    def model(self, name: str) -> Model:
        """The model of a function."""

    def domain(self, name: str, count: int) -> Sequence[Tuple]:
        """The declared domains of the arguments; none if nothing is declared."""

    def check_argument(self, name: str, argument: Value, limits: Tuple) -> None:
        """Refuse an argument outside its declared domain."""

    def domain_ends(self, name: str) -> Iterator[fmpq]:
        """The finite ends of the declared domain."""

    def mentions(self, e: Expr, symbol: Symbol) -> bool:
        """Whether a symbol is free in an expression, or in a definition that it uses."""

    def is_weight(self, factor: Expr, env: Environment) -> bool:
        """Whether a factor is a density at a bound variable."""

    def elements_of_binder(
        self, e: Sum | Product | SumOver | ProductOver, env: Environment
    ) -> tuple[Symbol, Sequence[fmpq]]:
        """The bound variable of a finite sum or product, and what it runs over."""


@dataclass(frozen=True)
class Cell:
    """An open interval on which an integrand is one formula.

    `inside` is a point of it, at which step functions, cases and signs are taken; in `env` it is the value of the
    variable. An end that is None is infinite. `unfolded` says that the integrand is the body of a definition.
    `branches` and `definitions` keep what was found for nodes: the branch, the formula of a function with its own cell.
    """

    variable: Symbol
    lower: Value | None
    upper: Value | None
    inside: fmpq
    env: Environment
    unfolded: bool = False
    branches: dict[Expr, Expr] = field(default_factory=dict, compare=False)
    definitions: dict[Expr, tuple[Expr, Cell]] = field(default_factory=dict, compare=False)


def inside_of(lower: Value | None, upper: Value | None) -> fmpq:
    """A rational certainly between two ends.

    Raises:
        UndeterminedError: if the ends are not told apart.
    """
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


def flat(e: Mul) -> Iterator[Expr]:
    """The factors of a product and of the products in it."""
    for factor in e.args:
        if isinstance(factor, Mul):
            yield from flat(factor)
        else:
            yield factor
