"""Proposes points: counterexamples, witnesses and models, the simplest first.

Accepts a statement and its context. The idea: values, models of functions, data and elements of sets are tried in the
order of their simplicity, simple ones together first; sets have two elements, then three. What facts and givens
determine is computed from these. Nothing here is trusted: the kernel certifies what is proposed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, islice
from typing import TypeAlias

from flint import fmpq
from sympy import Expr, Indexed, Symbol
from sympy.core.function import AppliedUndef

from klderive.certificates.admission import (
    domain_sets,
    families_of,
    functions_of,
    symbols_of,
    without_ties,
)
from klderive.certificates.certificate import (
    Counterexample,
    Point,
    Work,
    certify,
    satisfies,
    witness,
)
from klderive.certificates.evaluation import Model
from klderive.notation.nodes import Defined, Optimum
from klderive.refute.completion import completed
from klderive.refute.data import data, family
from klderive.refute.minimising import minimised
from klderive.refute.solving import counts_of, symbol_rules, with_solved
from klderive.refute.values import combinations_of, fits, pool
from klderive.statement import Context, Statement

POINTS = 150
"""Points tried for one statement with the smallest sets."""

FEWER_POINTS = 50
"""Points tried with larger sets, each size."""

WORK = 120_000
"""Nodes that may be evaluated for one statement: a second or less."""

SHARE = 12
"""What part of this one point may take, at most: one such part."""

SHARE_OF_OPTIMA = 3
"""The same, where an interval of places is looked at for each point."""

MINIMISING = 60_000
"""Nodes that may be evaluated to make a point smaller."""

FEWER_ELEMENTS = 60
"""Points tried with one element only in a set."""

DEEP = 60
"""Levels of a formula beyond which fewer points are tried."""

TRIED = 10
"""Values that are tried for each point, to find those that the givens admit."""

_OF_MODELS = (AppliedUndef, Indexed, Defined)
"""What has a value by models and data, and not by symbols alone."""

VARIATIONS = 12
"""Second points tried for each first one."""

Check: TypeAlias = Callable[[Statement, Context, Point, Work], Counterexample | None]


@dataclass(frozen=True, slots=True)
class _Size:
    """How large sets and ranges are: the elements of sets, and the ends of ranges over which functions are tables.

    If there are such ranges, only the sets that functions have beside them are `large`, the others have two elements.
    """

    elements: int = 2
    ends: Mapping[Symbol, fmpq] = field(default_factory=dict)
    points: int = POINTS
    single: frozenset[Symbol] = frozenset()
    large: frozenset[Symbol] = frozenset()

    def of(self, over: Symbol) -> int:
        """How many elements a set has."""
        if over in self.single:
            return 1
        return 2 if self.ends and over not in self.large else self.elements


class Search:
    """The kernel's searcher.

    Args:
        points: how many points are tried for one statement.
        seed: of the random points.
        work: nodes that may be evaluated for one statement.
    """

    def __init__(self, points: int = POINTS, seed: int = 1, work: int = WORK) -> None:
        self.points = points
        self.seed = seed
        self.work = work

    def counterexample(self, statement: Statement, context: Context) -> Point | None:
        """The simplest point found that the kernel certifies as a counterexample."""
        return self._first(statement, context, certify)

    def witness(self, statement: Statement, context: Context) -> Point | None:
        """The simplest point found at which the kernel certifies that the sides differ."""
        return self._first(statement, context, witness)

    def model(self, conditions: Sequence[Statement], context: Context) -> Point | None:
        """The first point at which the kernel certifies that all givens and conditions hold."""
        work = Work(self.work)
        statements = [*conditions, *context.givens]
        sides = [side for s in statements for side in (s.left, s.right)]
        # With two members an assumption on their correlation says something; with one it does not.
        for size in sorted(
            self._sizes(sides, context), key=lambda size: set(size.ends.values()) != {2}
        ):
            for point in self._proposals_in(size, statements, context, work):
                own = self._share(work)
                found = satisfies(conditions, context, point, own)
                work.left += own.left
                if found:
                    return point
                if work.left < 0:
                    return None
        return None

    def points_for(self, expressions: Sequence[Expr], context: Context) -> Iterator[Point]:
        """Points at which the expressions may have values, the simplest first; nothing about them is certified."""
        sides = [objective(e) for e in expressions]
        work = Work(self.work)
        for size in self._sizes(sides, context):
            yield from self._points(sides, context, set(), size, work)

    def proposals(self, statements: Sequence[Statement], context: Context) -> Iterator[Point]:
        """Proposals in the order in which they are tried; whether they are models is for the kernel to say."""
        return self._proposals(statements, context, Work(self.work))

    def _first(self, statement: Statement, context: Context, check: Check) -> Point | None:
        work = Work(self.work)
        sides = (statement.left, statement.right)
        closed = not (symbols_of(sides, context) or functions_of(sides, context))
        # Of a line about numbers there is one point only.
        parts = 1 if closed else SHARE_OF_OPTIMA if _varied_in(statement) else SHARE
        for point in self._proposals([statement], context, work):
            own = self._share(work, parts)
            found = check(statement, context, point, own)
            work.left += own.left
            if found is not None:
                fewer = self._with_fewer_elements(statement, context, found.point, check)
                return self._minimised(statement, context, fewer, check)
            if work.left < 0:
                return None
        return None

    def _share(self, work: Work, parts: int = SHARE) -> Work:
        """The part of the work that one point may take: one that is hard to evaluate leaves some for others."""
        own = Work(min(work.left, self.work // parts))
        work.left -= own.left
        return own

    def _with_fewer_elements(
        self, statement: Statement, context: Context, point: Point, check: Check
    ) -> Point:
        """A point in which as many sets as will do have one element only."""
        single: frozenset[Symbol] = frozenset()
        work = Work(MINIMISING)
        varied = _varied_in(statement)
        candidates = {
            limits[1]
            for symbol, limits in context.ranges.items()
            if str(symbol) in varied and len(limits) == 2
        }
        for over in sorted(set(point.sets) - candidates, key=str):
            fewer = single | {over}
            size = _Size(points=FEWER_ELEMENTS, single=fewer)
            for other in self._proposals_in(size, [statement], context, work):
                found = check(statement, context, other, work)
                if found is not None:
                    single, point = fewer, found.point
                    break
                if work.left < 0:
                    return point
        return point

    def _minimised(
        self, statement: Statement, context: Context, point: Point, check: Check
    ) -> Point:
        """The point with fewer and smaller numbers, if it is a single one."""
        if point.other is not None:
            return point
        work = Work(MINIMISING)
        return minimised(point, lambda other: check(statement, context, other, work) is not None)

    def _proposals(
        self, statements: Sequence[Statement], context: Context, work: Work
    ) -> Iterator[Point]:
        sides = [objective(side) for s in statements for side in (s.left, s.right)]
        for size in self._sizes(sides, context):
            yield from self._proposals_in(size, statements, context, work)

    def _proposals_in(
        self, size: _Size, statements: Sequence[Statement], context: Context, work: Work
    ) -> Iterator[Point]:
        sides = [objective(side) for s in statements for side in (s.left, s.right)]
        varied = set().union(*(_varied_in(s) for s in statements))
        pairs = next((s for s in statements if s.relation in ("up to", "proportional")), None)
        tried = 0
        most = _most(size.points, sides)
        # Made once, and only as far as needed: the points have the same sets.
        models: list[dict[str, Model]] | None = None
        for point in self._points(sides, context, varied, size, work):
            if pairs is None:
                yield point
                tried += 1
            else:
                if models is None:
                    base = Point(sets=point.sets, values=size.ends)
                    models = list(islice(completed(sides, context, base, work), VARIATIONS))
                for other in self._varied(point, pairs.over, models, context):
                    yield replace(point, other=other)
                    tried += 1
                    if tried >= most:
                        return
            if tried >= most:
                return

    def _varied(
        self,
        point: Point,
        over: Sequence[str],
        all_models: Sequence[Mapping[str, Model]],
        context: Context,
    ) -> Iterator[Point]:
        """Points that differ from a point in the values of some names only."""
        pools = {s: pool(s, context, point) for s in point.values if str(s) in over}
        for values in islice(combinations_of(pools, self.points, self.seed), VARIATIONS):
            if pools and any(point.values[s] != v for s, v in values.items()):
                yield replace(point, values={**point.values, **values})
        functions = [name for name in point.functions if name in over]
        if functions:
            for models in all_models:
                chosen = {name: models[name] for name in functions}
                # Steps beside normal laws take long to integrate.
                alike = all(type(point.functions[name]) is type(m) for name, m in chosen.items())
                if alike and any(point.functions[name] != m for name, m in chosen.items()):
                    yield replace(point, functions={**point.functions, **chosen})

    def _values(
        self, pools: Mapping[Symbol, Sequence[fmpq]], context: Context, base: Point, work: Work
    ) -> Iterator[dict[Symbol, fmpq]]:
        """Values of symbols that no given about these alone excludes, so that none is tried in vain with all data."""
        givens = tuple(
            given
            for given in context.givens
            if given.left.free_symbols | given.right.free_symbols <= pools.keys()
            and not any(side.has(*_OF_MODELS) for side in (given.left, given.right))
        )
        if not givens:
            yield from combinations_of(pools, self.points, self.seed, context.ranges)
            return
        alone = replace(context, givens=givens)
        for values in combinations_of(pools, TRIED * self.points, self.seed, context.ranges):
            point = replace(base, values={**base.values, **values})
            if satisfies([], alone, point, work):
                yield values

    def _sizes(self, sides: Sequence[Expr], context: Context) -> Iterator[_Size]:
        """The sizes that are tried, the smallest first."""
        context = without_ties(sides, context)
        ends: set[Symbol] = set()
        large: set[Symbol] = set()
        for name in functions_of(sides, context):
            declared = context.functions.get(name)
            if declared is None or declared.definition is not None:
                continue
            limits = declared.limits
            found = {e for bounds in limits if len(bounds) == 4 for e in bounds[1:3] if e.is_Symbol}
            if found:
                ends |= found
                large |= {bounds[1] for bounds in limits if len(bounds) == 2}
        if not ends:
            yield _Size(points=self.points)
            if domain_sets(sides, context):
                yield _Size(elements=3, points=min(self.points, FEWER_POINTS))
            return
        for elements, end, points in ((2, 1, FEWER_POINTS), (4, 2, POINTS), (3, 3, FEWER_POINTS)):
            chosen = {symbol: fmpq(end) for symbol in ends if fits(symbol, fmpq(end))}
            if len(chosen) == len(ends):
                most = min(self.points, points)
                yield _Size(elements, chosen, most, large=frozenset(large))

    def _points(
        self,
        sides: Sequence[Expr],
        context: Context,
        varied: set[str],
        size: _Size,
        work: Work,
    ) -> Iterator[Point]:
        context = without_ties(sides, context)
        families = sorted(families_of(sides, context))
        sets = domain_sets(sides, context)
        elements = {
            over: tuple(fmpq(i) for i in range(size.of(over))) for over in sorted(sets, key=str)
        }
        base = Point(sets=elements, values=size.ends)
        symbols = symbols_of(sides, context)
        counted = [family(name, context) for name in families]
        counts = {c for declared in counted for c in declared.counts}
        kept = {s for s in symbols if s in sets or s in counts or str(s) in {*families, *varied}}
        kept |= set(size.ends)
        # The data give the counts, so that a length is chosen, not computed from these.
        lengths = {declared.length for declared in counted if declared.length is not None}
        rules = symbol_rules(context.givens, kept | lengths)
        free = sorted(symbols - kept - {rule.head for rule in rules}, key=str)
        pools = {symbol: pool(symbol, context, base) for symbol in free}
        values = list(islice(self._values(pools, context, base, work), self.points))
        all_data = list(data(families, context, base))
        stream = completed(sides, context, base, work)
        models: list[dict[str, Model]] = []
        # Simple values with simple models first; models are made as they are needed.
        for total in count():
            models += islice(stream, 1)
            if total >= len(values) + len(models):
                return
            for place, model in enumerate(models):
                if not 0 <= total - place < len(values):
                    continue
                for chosen in all_data:
                    point = Point({**size.ends, **values[total - place]}, model, elements, chosen)
                    point = replace(
                        point, values={**point.values, **dict(counts_of(point, context))}
                    )
                    solved = with_solved(point, rules, context)
                    if solved is not None:
                        yield solved


def _varied_in(statement: Statement) -> set[str]:
    """The names of the variables of the optima on the sides."""
    sides = (statement.left, statement.right)
    return {str(v) for side in sides if isinstance(side, Optimum) for v in side.args[1]}


def _most(points: int, sides: Sequence[Expr]) -> int:
    """How many points are tried: fewer for a deep formula, of which each look takes its depth squared."""
    depth = 0
    level = list(sides)
    while level and depth < DEEP * 100:
        depth += 1
        level = list({argument for e in level for argument in e.args})
    return points if depth <= DEEP else max(3, points * DEEP**2 // depth**2)


def objective(side: Expr) -> Expr:
    """What a set of optima optimises; any other side itself."""
    return side.args[0] if isinstance(side, Optimum) else side
