"""A searcher that heeds the hypotheses and axioms of a derivation: a counterexample must meet them, too.

Accepts them with the same said without free variables. Facts are no part of the kernel's context, so the kernel would
accept a point at which a hypothesis fails; here such a point is never proposed. Only those that speak of what the line
speaks of count; if one of these cannot be said without free variables, no point is proposed at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sympy import Expr
from sympy.core.function import AppliedUndef

from klderive.certificates.certificate import Point
from klderive.notation.nodes import Defined
from klderive.refute import Search
from klderive.statement import Context, Statement


class Heeding:
    """The search for points that meet the hypotheses.

    Args:
        hypotheses: relations that hold wherever a line is made, each with the same without free variables, if it can
            be said so.
    """

    def __init__(self, hypotheses: Iterable[tuple[Statement, Statement | None]] = ()) -> None:
        self.search = Search()
        self.hypotheses = tuple(hypotheses)

    def counterexample(self, statement: Statement, context: Context) -> Point | None:
        """The first point found at which the statement fails and the hypotheses hold."""
        heeded = self.heeded([statement], context)
        return None if heeded is None else self.search.counterexample(statement, heeded)

    def witness(self, statement: Statement, context: Context) -> Point | None:
        """The first point found at which the sides differ and the hypotheses hold."""
        heeded = self.heeded([statement], context)
        return None if heeded is None else self.search.witness(statement, heeded)

    def model(self, conditions: Sequence[Statement], context: Context) -> Point | None:
        """The first point found at which the conditions hold."""
        return self.search.model(conditions, context)

    def heeded(self, statements: Sequence[Statement], context: Context) -> Context | None:
        """The context with the hypotheses that share a name with a statement, directly or through others.

        None if one of them cannot be met.
        """
        if not self.hypotheses:
            return context
        names = {name for s in statements for name in names_spoken_of(s, context)}
        chosen: list[Statement] = []
        pending = list(self.hypotheses)
        while True:
            found = [h for h in pending if names_spoken_of(h[0], context) & names]
            if not found:
                break
            for hypothesis, closed in found:
                if closed is None:
                    return None
                chosen.append(closed)
                names |= names_spoken_of(hypothesis, context)
            pending = [h for h in pending if h not in found]
        return replace(context, givens=(*context.givens, *chosen))


def names_spoken_of(statement: Statement, context: Context) -> set[str]:
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
            # Densities of one letter may belong to one joint density that no fact speaks of.
            found |= {name, name.partition("(")[0]}
    return found
