"""A searcher that heeds the hypotheses of a derivation: a counterexample must meet them, too.

Accepts the hypotheses without free variables. Facts are no part of the kernel's context, so the kernel would accept a
point at which a hypothesis fails; here such a point is never proposed. Only hypotheses that speak of what the line
speaks of count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sympy import Expr
from sympy.core.function import AppliedUndef

from klderive.kernel import Context, Point, Statement
from klderive.notation.nodes import Defined
from klderive.refute import Search


class Heeding:
    """The search for points that meet the hypotheses.

    Args:
        hypotheses: equations that hold wherever a line is made.
    """

    def __init__(self, hypotheses: Iterable[Statement] = ()) -> None:
        self.search = Search()
        self.hypotheses = tuple(hypotheses)

    def counterexample(self, statement: Statement, context: Context) -> Point | None:
        """The first point found at which the statement fails and the hypotheses hold."""
        return self.search.counterexample(statement, self._heeded([statement], context))

    def witness(self, statement: Statement, context: Context) -> Point | None:
        """The first point found at which the sides differ and the hypotheses hold."""
        return self.search.witness(statement, self._heeded([statement], context))

    def model(self, conditions: Sequence[Statement], context: Context) -> Point | None:
        """The first point found at which the conditions hold."""
        return self.search.model(conditions, context)

    def _heeded(self, statements: Sequence[Statement], context: Context) -> Context:
        """The context with the hypotheses that share a name with a statement, directly or through others."""
        if not self.hypotheses:
            return context
        names = {name for s in statements for name in _names(s, context)}
        chosen: list[Statement] = []
        pending = list(self.hypotheses)
        while True:
            found = [h for h in pending if _names(h, context) & names]
            if not found:
                break
            chosen += found
            pending = [h for h in pending if h not in found]
            names |= {name for h in found for name in _names(h, context)}
        return replace(context, givens=(*context.givens, *chosen))


def _names(statement: Statement, context: Context) -> set[str]:
    """The symbols and functions that a statement speaks of, also through definitions and facts."""
    found: set[str] = set()
    pending: list[Expr] = [statement.left, statement.right]
    while pending:
        expression = pending.pop()
        found |= {str(symbol) for symbol in expression.free_symbols}
        pending += [node.definition() for node in expression.atoms(Defined)]
        for application in expression.atoms(AppliedUndef):
            name = application.func.__name__
            declared = context.functions.get(name)
            if name not in found and declared is not None:
                if declared.definition is not None:
                    pending.append(declared.definition)
                else:
                    # What a fact ties to a function, such as p(x | w) to p(y, x | w), shapes its models.
                    pending += [side for f in declared.facts for side in (f.left, f.right)]
            found.add(name)
    return found
