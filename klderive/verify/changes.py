"""Reads the changes of variable that reasons name: `x = mu + sigma*t` among the declared names."""

from __future__ import annotations

from dataclasses import replace

from sympy import Integral, Tuple, preorder_traversal

from klderive.kernel.events import Substitution
from klderive.notation import NotationError, Scope, bound_variable, read_text, translate
from klderive.notation.translation import CONSTANTS, KNOWN_FUNCTIONS
from klderive.notation.tree import names_in
from klderive.probability import limits_of
from klderive.statement import Statement


def substitution_of(written: str, scope: Scope, statement: Statement) -> Substitution | str:
    """The substitution that a reason names, or why there is none.

    Args:
        written: the change of variable, `x = formula`.
        scope: the declared names.
        statement: the line; an integral over the new variable on its right side says where that runs.
    """
    variable, _, formula = (part.strip() for part in written.partition("="))
    try:
        node = read_text(formula)
        others = list(dict.fromkeys(n for n in names_in(node) if _is_new(n, scope)))
        if len(others) != 1:
            return (
                f"`{formula}` must hold one new variable, a name that is not declared as a symbol"
            )
        (name,) = others
        if name == variable:
            return f"the new variable of `{written}` needs a name of its own"
        inner = replace(scope, symbols={**scope.symbols, name: bound_variable(name)})
        expression = translate(node, inner, formula)
    except NotationError as error:
        return str(error)
    limits = next(
        (
            part.args[-1]
            for part in preorder_traversal(statement.right)
            if isinstance(part, Integral) and part.args[-1][0].name == name
        ),
        None,
    )
    if limits is None and name in scope.ranges:
        limits = limits_of(name, scope.ranges[name])
    if limits is None or len(limits) != 3:
        return f"it is not said over which interval `{name}` runs"
    return Substitution(
        f"substitution {written}", variable, expression, Tuple(bound_variable(name), *limits[1:])
    )


def _is_new(name: str, scope: Scope) -> bool:
    known = (
        *(scope.symbols, scope.functions, scope.operators, scope.families),
        *(CONSTANTS, KNOWN_FUNCTIONS),
    )
    return not any(name in names for names in known)
