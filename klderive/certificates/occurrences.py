"""The nodes of some kinds in an expression, found once for each expression: searches ask for them again and again."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sympy import Expr
from sympy.core.basic import Basic

KEPT = 20_000
"""Answers that are kept."""


@lru_cache(maxsize=KEPT)
def occurrences(expression: Expr, *kinds: type[Basic]) -> frozenset[Any]:
    """The nodes of some kinds in an expression."""
    return frozenset(expression.atoms(*kinds))
