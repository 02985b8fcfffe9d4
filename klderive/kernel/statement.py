"""What the kernel is asked about: statements, and the context they are made in.

Accepts unevaluated SymPy expressions. A context says what may be assumed: the givens, and what is declared of each
function symbol (its domain, its sign, its definition, the facts it satisfies). The assumptions on a symbol are SymPy's
own (`Symbol("sigma", positive=True)`); a symbol without assumptions is real.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from sympy import Expr, Symbol, Tuple

RelationName = Literal["=", "!=", "<=", ">=", "<", ">", "->", "approx", "up to", "proportional"]
"""`up to`: equal up to a term free of the variables in `over`; `proportional`: up to a factor that is."""

FunctionSign = Literal["unknown", "nonnegative", "positive"]


@dataclass(frozen=True, slots=True)
class Statement:
    """A relation between two unevaluated expressions.

    `over` names the variables (symbols, or keys of functions) that a relation such as "up to" speaks of, and for a
    limit the variable that tends to `to`.
    """

    left: Expr
    relation: RelationName
    right: Expr
    over: tuple[str, ...] = ()
    to: Expr | None = None


ConditionKind = Literal["nonzero", "converges", "absolutely continuous", "satisfiable"]


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that must hold for a proved line to be true, beyond the assumptions on its symbols.

    `nonzero` and `converges` carry one expression; `absolutely continuous` carries two applications p, q and says that
    q is positive wherever p is. `text` says it in the notation that lines are typed in.
    """

    kind: ConditionKind
    expressions: tuple[Expr, ...]
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Fact:
    """A named relation that a step may use if its reason names it: `left = right`, or `left <= right` and the like.

    `name` is what reasons cite, `source` says where it comes from (a density's declaration, a lemma, an earlier line);
    its conditions become those of every line that uses it. It holds for all values of its parameters, symbols that are
    free in it, in their domains, written as limits. For a limit, `over` and `to` are those of a `Statement`. It
    `restricts` the symbols and functions of the hypotheses that it rests on, which may hold for some of their values
    only.
    """

    name: str
    left: Expr
    right: Expr
    source: str = ""
    conditions: tuple[Condition, ...] = ()
    parameters: tuple[Symbol, ...] = ()
    domains: tuple[Tuple, ...] = ()
    relation: RelationName = "="
    over: tuple[str, ...] = ()
    to: Expr | None = None
    restricts: frozenset[str] = frozenset()
    derived_in: str = ""
    """The name of the derivation in which a cited fact is proved, if there is one."""


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

    `limits` is the domain in which each member lies, as `FunctionDeclaration` writes it, with any symbol; `sign` is
    what is known of the sign. If the members take finitely many `values`, `counts` are the symbols that say how many of
    the first `length` members have each.
    """

    name: str
    limits: Tuple | None = None
    sign: FunctionSign = "unknown"
    values: tuple[int, ...] = ()
    counts: tuple[Symbol, ...] = ()
    length: Symbol | None = None


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
