"""What may be assumed where a statement is made: the givens, and what is declared.

A context says of each function symbol its domain, its sign, its definition and the facts that it satisfies, and of each
indexed family where its members lie.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from sympy import Expr, Symbol, Tuple

from klderive.statement.statement import Fact, Statement

FunctionSign = Literal["unknown", "nonnegative", "positive"]


@dataclass(frozen=True, slots=True)
class FunctionDeclaration:
    """What is declared of a function symbol `key`.

    `limits` gives for each parameter its domain, written as the limits of a big operator with the parameter as bound
    variable: `Tuple(x, lower, upper)`, `Tuple(x, X)` for a finite set, `Tuple(i, lower, upper, 1)` for integers.
    A definition that is not `total` may be undefined for some arguments; each use must establish that it is not there.
    The sign holds on that domain. A definition is an expression in the parameters, valid on that domain.
    `facts` are what a model of the function must satisfy (a density's normalisation). The values of one that is
    `bounded` lie in [0, 1] on that domain, as those of a mass function do.
    """

    key: str
    parameters: tuple[Symbol, ...]
    limits: tuple[Tuple, ...]
    sign: FunctionSign = "unknown"
    definition: Expr | None = None
    total: bool = True
    facts: tuple[Fact, ...] = ()
    bounded: bool = False


@dataclass(frozen=True, slots=True)
class FamilyDeclaration:
    """What is declared of an indexed family such as data x[1], x[2], ...

    `limits` is the domain in which each member lies, as `FunctionDeclaration` writes it, with any symbol; `belongs`
    says whether the lower and the upper end of an interval belong to it. `sign` is what is known of the sign. If the
    members take finitely many `values`, `counts` are the symbols that say how many of the first `length` members have
    each.
    """

    name: str
    limits: Tuple | None = None
    sign: FunctionSign = "unknown"
    values: tuple[int, ...] = ()
    counts: tuple[Symbol, ...] = ()
    length: Symbol | None = None
    belongs: tuple[bool, bool] = (False, False)


@dataclass(frozen=True, slots=True)
class Context:
    """What holds wherever a statement is made: the givens, and what is declared.

    `ranges` are the domains of variables that may stand free in a statement, which then speaks of all their values;
    `families` are the indexed families; `optima` are names of sets of optima, with what they stand for.
    """

    givens: tuple[Statement, ...] = ()
    functions: Mapping[str, FunctionDeclaration] = field(
        default_factory=lambda: MappingProxyType({})
    )
    ranges: Mapping[Symbol, Tuple] = field(default_factory=lambda: MappingProxyType({}))
    families: Mapping[str, FamilyDeclaration] = field(default_factory=lambda: MappingProxyType({}))
    optima: Mapping[Symbol, Expr] = field(default_factory=lambda: MappingProxyType({}))
