"""Models of all abstract functions of a statement: some are chosen, those that they determine are computed.

Accepts the sides of statements, with the context whose givens and facts tie functions together. Nothing here is
trusted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from sympy import Expr
from sympy.core.function import AppliedUndef

from klderive.certificates.admission import expressions_of, spoken_of
from klderive.certificates.certificate import Point, Work, satisfies
from klderive.certificates.evaluation import Model
from klderive.certificates.occurrences import occurrences
from klderive.refute.functions import models_of
from klderive.refute.solving import choices, function_rules, with_computed
from klderive.statement import Context, Statement

MODELS = 150
"""Models of all functions that are made for one statement."""

COMPUTED_MODELS = 30
"""The same, where some of them are computed, which takes longer."""

WAYS = 8
"""Ways to choose functions from which the others are computed."""

TRIALS = 6
"""Models that are tried in one such way before another way is."""


def completed(
    sides: Sequence[Expr], context: Context, base: Point, work: Work
) -> Iterator[dict[str, Model]]:
    """Models of all abstract functions, the simplest first.

    Args:
        sides: what is to be evaluated.
        context: the givens and declared functions.
        base: the elements of finite sets, and the values of symbols in the ends of domains.
        work: a budget for the givens that speak of functions only.
    """
    functions = _abstract(sides, context)
    if not functions:
        yield {}
        return
    names = sorted((n for n, _ in functions), key=[*context.functions, *dict(functions)].index)
    line = spoken_of(sides, replace(context, givens=()))
    # What speaks of functions only is met by the right choice of those that are free, or never.
    closed = tuple(g for g in context.givens if not (g.left.free_symbols | g.right.free_symbols))
    ways = [
        way
        for quotients in (False, True)
        for way in islice(choices(names, line, function_rules(names, context, quotients)), WAYS)
    ]
    unlike = [way for place, way in enumerate(ways) if way not in ways[:place]]
    # If none is found to do, the first is tried to the end.
    tried = [*unlike, unlike[0]] if closed and len(unlike) > 1 else unlike[:1]
    for turn, (chosen, order) in enumerate(tried, 1):
        own = [f for f in functions if f[0] in chosen]
        met = not closed
        for place, models in enumerate(models_of(own, context, base)):
            if place >= (COMPUTED_MODELS if order else MODELS) or work.left < 0:
                return
            if not met and place >= TRIALS and turn < len(tried):
                break
            found = with_computed(models, order, context, base)
            if found is None:
                continue
            if not closed or _meets(closed, context, replace(base, functions=found), work):
                met = True
                yield found
        if met:
            return


def _meets(closed: tuple[Statement, ...], context: Context, point: Point, work: Work) -> bool:
    """Whether a model meets givens that speak of functions only."""
    return satisfies([], replace(context, givens=closed), point, work)


def _abstract(sides: Sequence[Expr], context: Context) -> list[tuple[str, int]]:
    """The functions without a definition, each with the number of its arguments."""
    return sorted(
        {
            a.func.__name__: len(a.args)
            for e in expressions_of(sides, context)
            for a in occurrences(e, AppliedUndef)
            if not _is_defined(a.func.__name__, context)
        }.items()
    )


def _is_defined(name: str, context: Context) -> bool:
    declared = context.functions.get(name)
    return declared is not None and declared.definition is not None
