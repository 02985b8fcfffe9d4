"""What a line claims: a relation between two sides, the facts that it may use, the conditions that stand with it.

Accepts unevaluated SymPy expressions. The assumptions on a symbol are SymPy's own (`Symbol("sigma", positive=True)`); a
symbol without assumptions is real.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sympy import Expr, Symbol, Tuple

RelationName = Literal["=", "!=", "<=", ">=", "<", ">", "->", "approx", "up to", "proportional"]
"""`up to`: equal up to a term free of the variables in `over`; `proportional`: up to a factor that is."""


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
