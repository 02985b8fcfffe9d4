"""A searcher that heeds the hypotheses and axioms of a derivation: a counterexample must meet them, too.

Accepts them with the same said without free variables. Facts are no part of the kernel's context, so the kernel would
accept a point at which a hypothesis fails; here such a point is never proposed. The point itself meets those that speak
of what the line speaks of. The other hypotheses say nothing of the point, but it must be possible to meet them beside
it: a model of theirs is found first. If one of them all cannot be said without free variables, no point is proposed.
That the other axioms can be met is taken for granted: they are not the author's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sympy import Expr, Tuple
from sympy.core.function import AppliedUndef

from klderive.certificates.certificate import Point, satisfies
from klderive.certificates.occurrences import occurrences
from klderive.notation.nodes import Defined
from klderive.refute import Search
from klderive.statement import Context, Statement


class Heeding:
    """The search for points that meet the hypotheses.

    Args:
        hypotheses: relations that hold wherever a line is made, each with the same without free variables, if it can
            be said so.
        axioms: the same of axioms.
    """

    def __init__(
        self,
        hypotheses: Iterable[tuple[Statement, Statement | None]] = (),
        axioms: Iterable[tuple[Statement, Statement | None]] = (),
    ) -> None:
        self.search = Search()
        self.own = tuple(hypotheses)
        self.hypotheses = (*self.own, *axioms)
        self._models: list[tuple[tuple[Statement, ...], Context, bool]] = []
        """Hypotheses of which it was asked whether they can hold, with the answer."""

    def counterexample(self, statement: Statement, context: Context) -> Point | None:
        """The first point found at which the statement fails and the hypotheses hold."""
        heeded = self.heeded([statement], context)
        point = None if heeded is None else self.search.counterexample(statement, heeded)
        return point if self._others_can_hold(point, statement, context) else None

    def witness(self, statement: Statement, context: Context) -> Point | None:
        """The first point found at which the sides differ and the hypotheses hold."""
        heeded = self.heeded([statement], context)
        point = None if heeded is None else self.search.witness(statement, heeded)
        return point if self._others_can_hold(point, statement, context) else None

    def model(self, conditions: Sequence[Statement], context: Context) -> Point | None:
        """The first point found at which the conditions hold."""
        return self.search.model(conditions, context)

    def heeded(self, statements: Sequence[Statement], context: Context) -> Context | None:
        """The context with the hypotheses that share a name with a statement, directly or through others.

        None if one of them cannot be met.
        """
        chosen = [closed for _, closed in self._related(statements, context)]
        if None in chosen:
            return None
        return replace(context, givens=(*context.givens, *(c for c in chosen if c is not None)))

    def _related(
        self, statements: Sequence[Statement], context: Context
    ) -> list[tuple[Statement, Statement | None]]:
        """The hypotheses that share a name with a statement, directly or through others, or through what ties names."""
        if not self.hypotheses:
            return []
        names = {name for s in statements for name in names_spoken_of(s, context)}
        groups = [(names_spoken_of(h[0], context), h) for h in self.hypotheses]
        pending = [*groups, *((tied, None) for tied in _tied_names(context))]
        while found := [group for group in pending if group[0] & names]:
            names = names.union(*(group[0] for group in found))
            pending = [group for group in pending if group not in found]
        return [h for own, h in groups if own & names]

    def _others_can_hold(self, point: Point | None, statement: Statement, context: Context) -> bool:
        """Whether the hypotheses that say nothing of a point, if there is one, are known to hold somewhere."""
        if point is None:
            return False
        related = self._related([statement], context)
        others = [closed for h, closed in self.own if (h, closed) not in related]
        said = tuple(closed for closed in others if closed is not None)
        if not others or len(said) < len(others):
            return not others
        for known, where, answer in self._models:
            if known == said and where is context:
                return answer
        model = self.search.model([], replace(context, givens=(*context.givens, *said)))
        can = model is not None and satisfies(said, context, model)
        self._models.append((said, context, can))
        return can


def _tied_names(context: Context) -> list[set[str]]:
    """Names of which some restrict the others: by a given, a count of data, or a symbol at the end of a domain."""
    tied = [names_spoken_of(given, context) for given in context.givens]
    for family in context.families.values():
        ends = _ends([family.limits] if family.limits is not None else [])
        counted = {str(s) for s in (*family.counts, family.length) if s is not None}
        tied.append({family.name} | counted | ends)
    tied += [{name} | _ends(declared.limits) for name, declared in context.functions.items()]
    tied += [{str(variable)} | _ends([limits]) for variable, limits in context.ranges.items()]
    return [names for names in tied if len(names) > 1]


def _ends(domains: Iterable[Tuple]) -> set[str]:
    """The symbols in domains beside their variables."""
    return {str(symbol) for limits in domains for end in limits[1:] for symbol in end.free_symbols}


def names_spoken_of(statement: Statement, context: Context) -> set[str]:
    """The symbols and functions that a statement speaks of, also through definitions and facts."""
    found: set[str] = set()
    pending: list[Expr] = [statement.left, statement.right]
    while pending:
        expression = pending.pop()
        found |= {str(symbol) for symbol in expression.free_symbols}
        pending += [node.definition() for node in occurrences(expression, Defined)]
        for application in occurrences(expression, AppliedUndef):
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
