"""What the names in a line mean: symbols, functions, ranges of variables, sets, operators.

Accepts declarations; readers look names up here, printers ask here how a name is set. A scope knows nothing of
definitions, facts or densities: a density is here only a function with parameters and perhaps an argument that print
leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sympy import Expr, Symbol

from klderive.notation.tree import Application, BigOperator, Node


@dataclass(frozen=True, slots=True)
class NameStyle:
    """How a name is printed where it is not printed as typed."""

    unicode: str | None = None
    latex: str | None = None
    ascii: str | None = None


@dataclass(frozen=True, slots=True)
class VariableRange:
    """Where a bound variable runs if a big operator gives no bounds: an interval, integers, or a finite set.

    With `integers` the bounds are those of consecutive integers, both included.
    """

    lower: Expr | None = None
    upper: Expr | None = None
    over: Symbol | None = None
    integers: bool = False


@dataclass(frozen=True, slots=True)
class FunctionName:
    """A declared function: `P(x)`, `p(z | x)`.

    `key` names the SymPy function it stands for (`p(x)` and `p(z | x)` share a name, not a key). With `implied`, print
    leaves out the arguments where they are exactly the declared parameters and a big operator around binds them. With
    `of_functions` its arguments are names of functions, as in `ELBO(q)`.
    """

    name: str
    parameters: tuple[str, ...]
    given: tuple[str, ...] = ()
    key: str = ""
    implied: bool = False
    of_functions: bool = False


def function_key(name: str, parameters: Sequence[str], given: Sequence[str] = ()) -> str:
    """The key of a function that shares its name with others, told apart by its variables: `p(y | x, w)`."""
    bar = f" | {', '.join(given)}" if given else ""
    return f"{name}({', '.join(parameters)}{bar})"


_KEY = re.compile(r"(\w+)\(([^|()]*)(?: \| ([^|()]*))?\)")


def form_of_key(key: str) -> FunctionName | None:
    """The function that a key of `function_key` stands for; None for another key."""
    match = _KEY.fullmatch(key)
    if match is None:
        return None
    name, parameters, given = match.groups()
    split = [tuple(part.split(", ")) if part else () for part in (parameters, given)]
    return FunctionName(name, split[0], split[1], key=key)


class Translate(Protocol):
    """Turns a subtree into the SymPy expression it stands for, in the scope of the line."""

    def __call__(self, node: Node) -> Expr:
        """The expression, unevaluated."""
        ...

    def binding(self, *names: str) -> Translate:
        """The translation inside a binder of these variables: each name is `bound_variable(name)`."""
        ...


def bound_variable(name: str) -> Symbol:
    """The symbol of a bound variable: real, whatever an outer symbol of that name is."""
    return Symbol(name, real=True)


@dataclass(frozen=True, slots=True)
class Operator:
    """A named operator that a higher room supplies, such as `KL(p, q)` or the expectation `E(f, x in p)`.

    `build` gets the application (for `E` and `Var` the big operator), the scope and the translation
    of subtrees, and returns the SymPy node; it raises `NotationError` on wrong arguments. `usage` is shown in errors.
    The heads and the separator say how it is printed: head, round bracket, arguments joined by the separator.
    """

    name: str
    usage: tuple[str, ...]
    build: Callable[[Application | BigOperator, Scope, Translate], Expr]
    unicode_head: str
    latex_head: str
    ascii_head: str
    unicode_separator: str = ", "
    latex_separator: str = ", "
    ascii_separator: str = ", "


@dataclass(slots=True)
class Scope:
    """The declarations under which a line is read, translated and printed."""

    symbols: dict[str, Symbol] = field(default_factory=dict)
    functions: dict[str, tuple[FunctionName, ...]] = field(default_factory=dict)
    ranges: dict[str, VariableRange] = field(default_factory=dict)
    sets: dict[str, Symbol] = field(default_factory=dict)
    families: dict[str, int] = field(default_factory=dict)
    """Indexed families, such as data `x[i]`, with the number of their indices."""
    optima: dict[str, Symbol] = field(default_factory=dict)
    """Names of sets of optimal points, which take no arithmetic."""
    operators: dict[str, Operator] = field(default_factory=dict)
    styles: dict[str, NameStyle] = field(default_factory=dict)
    reserved: dict[str, str] = field(default_factory=dict)
    """Names that no binder may bind, with the function in whose definition they stand."""

    def names(self) -> Sequence[str]:
        """Every declared name, for suggestions."""
        return [
            *self.symbols,
            *self.functions,
            *self.ranges,
            *self.sets,
            *self.families,
            *self.optima,
            *self.operators,
        ]
