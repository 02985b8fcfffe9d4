"""Proposes points: counterexamples, witnesses and models, the simplest first.

Accepts a statement and its context. The idea: values are tried in the order of their simplicity (small integers and
simple fractions, then seeded random rationals), abstract densities become step densities on few cells, functions on
finite sets become tables with simple weights. Nothing here is trusted: the kernel certifies what is proposed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import cycle, islice, permutations, product
from typing import TypeAlias

from flint import fmpq
from sympy import Expr, Symbol, Tuple, oo
from sympy.core.function import AppliedUndef

from klderive.kernel import Context, Counterexample, FunctionDeclaration, Point, Statement
from klderive.kernel.admission import all_sets, expressions_of, families_of, symbols_of
from klderive.kernel.certificate import Work, certify, satisfies, witness
from klderive.kernel.evaluation import Formula, Model, StepFunction, Table
from klderive.notation.nodes import Optimum

SIMPLE = tuple(
    fmpq(p, q)
    for p, q in (
        (1, 1),
        (2, 1),
        (0, 1),
        (-1, 1),
        (1, 2),
        (3, 1),
        (-2, 1),
        (1, 3),
        (-1, 2),
        (3, 2),
        (1, 4),
        (5, 1),
        (3, 4),
        (2, 3),
        (10, 1),
        (-3, 1),
        (1, 10),
    )
)
"""Values in the order in which they are tried."""

POINTS = 150
"""Points tried for one statement."""

RANDOM_POINTS = 40
"""Of these, random ones."""

UNIT_DENSITIES = (
    (fmpq(1), fmpq(1)),
    (fmpq(1, 2), fmpq(3, 2)),
    (fmpq(3, 2), fmpq(1, 2)),
    (fmpq(1, 4), fmpq(7, 4)),
)
"""Step densities on the halves of an interval of length 1."""

TWO_POINT = (
    (fmpq(1, 2), fmpq(1, 2)),
    (fmpq(1, 4), fmpq(3, 4)),
    (fmpq(1, 3), fmpq(2, 3)),
    (fmpq(1, 5), fmpq(4, 5)),
)
"""Distributions on two points."""


SKEWED = (
    (fmpq(2, 3), fmpq(1, 3)),
    (fmpq(1, 50), fmpq(49, 50)),
    (fmpq(1, 2), fmpq(1, 2)),
    (fmpq(1, 5), fmpq(4, 5)),
)
"""Distributions on two points, given something: near to (1/4, 3/4) in one order of a divergence, far in the other."""

FOUR_POINT = (
    (fmpq(1, 4), fmpq(1, 4), fmpq(1, 4), fmpq(1, 4)),
    (fmpq(1, 2), fmpq(1, 4), fmpq(1, 8), fmpq(1, 8)),
    (fmpq(1, 8), fmpq(1, 8), fmpq(1, 4), fmpq(1, 2)),
    (fmpq(1, 6), fmpq(1, 3), fmpq(1, 3), fmpq(1, 6)),
)
"""Distributions on four points."""

LONGEST_TABLE = 12
"""Integers in a range over which tables are tried."""

WORK = 400_000
"""Nodes that may be evaluated for one statement."""

SHIFTS = 5
"""Places where densities on unbounded intervals are tried."""

VARIATIONS = 12
"""Second points tried for each first one."""

Check: TypeAlias = Callable[[Statement, Context, Point, Work], Counterexample | None]


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
        for point in self._proposals([*conditions, *context.givens], context):
            if satisfies(conditions, context, point, work):
                return point
            if work.left < 0:
                return None
        return None

    def _first(self, statement: Statement, context: Context, check: Check) -> Point | None:
        work = Work(self.work)
        for point in self._proposals([statement], context):
            found = check(statement, context, point, work)
            if found is not None:
                return self._minimised(statement, context, found.point, check)
            if work.left < 0:
                return None
        return None

    def _minimised(
        self, statement: Statement, context: Context, point: Point, check: Check
    ) -> Point:
        """The point with values replaced by numbers that it has already, and by simpler ones, where that will do."""
        if point.other is not None:
            return point
        work = Work(self.work)
        longest = max((len(data) for data in point.families.values()), default=0)
        for length in range(1, longest):
            shorter = {name: data[:length] for name, data in point.families.items()}
            if check(statement, context, replace(point, families=shorter), work) is not None:
                point = replace(point, families=shorter)
                break
        for symbol in sorted(point.values, key=str):
            own = point.values[symbol]
            known = [v for s, v in point.values.items() if s != symbol]
            simpler = [v for v in SIMPLE if v not in known and _rank(v) < _rank(own)]
            fewer = [] if own in known else sorted(known, key=_rank)
            for value in (*fewer, *([] if own in known else simpler)):
                if value == own or not _fits(symbol, value):
                    continue
                other = replace(point, values={**point.values, symbol: value})
                if check(statement, context, other, work) is not None:
                    point = other
                    break
        return point

    def _proposals(self, statements: Sequence[Statement], context: Context) -> Iterator[Point]:
        sides = [_objective(side) for s in statements for side in (s.left, s.right)]
        varied = {
            str(v)
            for s in statements
            for side in (s.left, s.right)
            if isinstance(side, Optimum)
            for v in side.args[1]
        }
        pairs = next((s for s in statements if s.relation in ("up to", "proportional")), None)
        count = 0
        for point in self._points(sides, context, varied):
            if pairs is None:
                yield point
                count += 1
            else:
                for other in self._varied(point, pairs.over, sides, context):
                    yield replace(point, other=other)
                    count += 1
                    if count >= self.points:
                        return
            if count >= self.points:
                return

    def _varied(
        self, point: Point, over: Sequence[str], sides: Sequence[Expr], context: Context
    ) -> Iterator[Point]:
        """Points that differ from a point in the values of some names only."""
        symbols = [s for s in point.values if str(s) in over]
        for values in islice(self._values(symbols, context), VARIATIONS):
            if symbols and any(point.values[s] != v for s, v in values.items()):
                yield replace(point, values={**point.values, **values})
        functions = [name for name in point.functions if name in over]
        if functions:
            for models in islice(
                _models(_abstract(sides, context), context, point.sets), VARIATIONS
            ):
                chosen = {name: models[name] for name in functions}
                if any(point.functions[name] != model for name, model in chosen.items()):
                    yield replace(point, functions={**point.functions, **chosen})

    def _points(self, sides: Sequence[Expr], context: Context, varied: set[str]) -> Iterator[Point]:
        spoken = symbols_of(sides, context)
        with_counts = {name for name, f in context.families.items() if {*f.counts} & spoken}
        families = sorted(families_of(sides, context) | with_counts)
        functions = _abstract(sides, context)
        sets = all_sets(sides, context)
        elements = {over: (fmpq(0), fmpq(1)) for over in sorted(sets, key=str)}
        skipped = {
            *sets,
            *(s for s in symbols_of(sides, context) if str(s) in {*families, *varied}),
        }
        symbols = sorted(symbols_of(sides, context) - skipped, key=str)
        models = list(_models(functions, context, elements))
        if functions and not models:
            return
        values = list(islice(self._values(symbols, context), self.points))
        for total in range(len(values) + max(1, len(models))):
            for place, model in enumerate(models or [{}]):
                if not 0 <= total - place < len(values):
                    continue
                for data in _data(families, context, elements):
                    counted = _counted(values[total - place], data, context)
                    yield Point(counted, model, elements, data)

    def _values(self, symbols: Sequence[Symbol], context: Context) -> Iterator[dict[Symbol, fmpq]]:
        if not symbols:
            yield {}
            return
        pools = [
            [v for v in SIMPLE if _fits(symbol, v) and _in_range(symbol, v, context)] or [fmpq(1)]
            for symbol in symbols
        ]
        for places in islice(_diagonal([len(pool) for pool in pools]), self.points - RANDOM_POINTS):
            yield {s: pool[i] for s, pool, i in zip(symbols, pools, places, strict=True)}
        generator = random.Random(self.seed)
        for _ in range(RANDOM_POINTS):
            yield {s: _random_value(s, generator) for s in symbols}


def _objective(side: Expr) -> Expr:
    return side.args[0] if isinstance(side, Optimum) else side


def _abstract(sides: Sequence[Expr], context: Context) -> list[tuple[str, int]]:
    """The functions without a definition, each with the number of its arguments."""
    return sorted(
        {
            a.func.__name__: len(a.args)
            for e in expressions_of(sides, context)
            for a in e.atoms(AppliedUndef)
            if not _is_defined(a.func.__name__, context)
        }.items()
    )


def _rank(value: fmpq) -> tuple[int, int, bool]:
    """How simple a number is: small denominators first, then small numerators."""
    return int(value.q), abs(int(value.p)), bool(value < 0)


def _diagonal(sizes: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """All places in a grid, those with a small sum first."""

    def with_sum(total: int, rest: Sequence[int]) -> Iterator[tuple[int, ...]]:
        if len(rest) == 1:
            if total < rest[0]:
                yield (total,)
            return
        for first in range(min(total, rest[0] - 1) + 1):
            for others in with_sum(total - first, rest[1:]):
                yield (first, *others)

    for total in range(sum(sizes) - len(sizes) + 1):
        yield from with_sum(total, sizes)


def _fits(symbol: Symbol, value: fmpq) -> bool:
    return not (
        (symbol.is_positive and value <= 0)
        or (symbol.is_negative and value >= 0)
        or (symbol.is_nonnegative and value < 0)
        or (symbol.is_nonpositive and value > 0)
        or (symbol.is_nonzero and value == 0)
        or (symbol.is_integer and value.q != 1)
        or (symbol.is_even and int(value.p) % 2)
        or (symbol.is_odd and int(value.p) % 2 == 0)
    )


def _in_range(symbol: Symbol, value: fmpq, context: Context) -> bool:
    """Whether a value may lie in the domain of a variable, as far as its bounds are numbers."""
    limits = context.ranges.get(symbol)
    if limits is None or len(limits) == 2:
        # Finite sets have the elements 0 and 1 here.
        return limits is None or value in (0, 1)
    if len(limits) == 4 and value.q != 1:
        return False
    closed = len(limits) == 4
    for end, sign in ((limits[1], 1), (limits[2], -1)):
        if end.is_Rational:
            gap = sign * (value - fmpq(int(end.p), int(end.q)))
            if gap < 0 or (gap == 0 and not closed):
                return False
    return True


def _random_value(symbol: Symbol, generator: random.Random) -> fmpq:
    for _ in range(20):
        denominator = 1 if symbol.is_integer else generator.randint(1, 7)
        value = fmpq(generator.randint(-20, 20), denominator)
        if symbol.is_positive or symbol.is_nonnegative:
            value = abs(value)
        if symbol.is_negative or symbol.is_nonpositive:
            value = -abs(value)
        if _fits(symbol, value):
            return value
    return fmpq(1)


def _is_defined(name: str, context: Context) -> bool:
    declared = context.functions.get(name)
    return declared is not None and declared.definition is not None


def _data(
    families: Sequence[str], context: Context, elements: Mapping[Symbol, Sequence[fmpq]]
) -> Iterator[dict[str, tuple[fmpq, ...]]]:
    """Data of indexed families in their domains; without one, elements of the finite sets.

    So functions on these may be applied to them.
    """
    if not families:
        yield {}
        return
    for pattern in ((1, 1, 0), (1, 0, 2)):
        data = {}
        for place, name in enumerate(families):
            declared = context.families.get(name)
            limits = declared.limits if declared is not None else None
            pool = _data_pool(limits, elements)
            data[name] = tuple(pool[pattern[(i + place) % 3] % len(pool)] for i in range(12))
        yield data


def _data_pool(limits: Tuple | None, sets: Mapping[Symbol, Sequence[fmpq]]) -> Sequence[fmpq]:
    """A few values in a domain, as far as its bounds are numbers."""
    pool = _pool(limits, sets) if limits is not None else None
    if pool is not None:
        return pool
    lower, upper = (
        fmpq(int(end.p), int(end.q)) if end.is_Rational else None
        for end in (limits[1:3] if limits is not None else (oo, oo))
    )
    if limits is not None and len(limits) == 4:
        # The upper end is a symbol; only the lower one is known to lie in the range.
        return [lower if lower is not None else fmpq(0)]
    if lower is not None and upper is not None:
        return [lower + (upper - lower) * fmpq(k, 4) for k in (1, 2, 3)]
    if lower is not None:
        return [lower + 1, lower + 2, lower + fmpq(1, 2)]
    if upper is not None:
        return [upper - 1, upper - 2, upper - fmpq(1, 2)]
    return [fmpq(0), fmpq(1), fmpq(2)]


def _counted(
    values: Mapping[Symbol, fmpq], data: Mapping[str, Sequence[fmpq]], context: Context
) -> Mapping[Symbol, fmpq]:
    """The values, with the counts of data as the data say."""
    for name, members in data.items():
        family = context.families.get(name)
        if family is None or family.length is None or not family.counts:
            continue
        length = values.get(family.length)
        if length is None or length.q != 1:
            continue
        first = list(members[: int(length.p)])
        counts = {
            symbol: fmpq(first.count(fmpq(value)))
            for symbol, value in zip(family.counts, family.values, strict=True)
        }
        values = {**values, **{s: n for s, n in counts.items() if s in values}}
    return values


def _models(
    functions: Sequence[tuple[str, int]],
    context: Context,
    sets: Mapping[Symbol, Sequence[fmpq]],
) -> Iterator[dict[str, Model]]:
    """Models of all abstract functions together, the simplest first."""
    if not functions:
        return
    declared = [(n, context.functions[n]) for n, _ in functions if n in context.functions]
    others = [(n, count) for n, count in functions if n not in context.functions]
    free = [_free_models(count) for _, count in others]
    for shift in range(SHIFTS):
        for order in permutations(range(len(UNIT_DENSITIES)), min(len(declared), 4)):
            for place in range(max((len(f) for f in free), default=1)):
                chosen: dict[str, Model] = {}
                for i, (name, declaration) in zip(cycle(order), declared, strict=False):
                    model = _density_model(declaration, i, sets, shift)
                    if model is None:
                        return
                    chosen[name] = model
                for (name, _), pool in zip(others, free, strict=True):
                    chosen[name] = pool[place % len(pool)]
                yield chosen


def _free_models(count: int) -> list[Model]:
    parameters = tuple(Symbol(f"t{i + 1}") for i in range(count))
    if not parameters:
        return []
    first = parameters[0]
    return [
        Formula(parameters, sum(parameters[1:], first)),
        Formula(parameters, first**2 + 1),
        Formula(parameters, 1 - first),
    ]


def _density_model(
    declared: FunctionDeclaration, place: int, sets: Mapping[Symbol, Sequence[fmpq]], shift: int
) -> Model | None:
    pools = [_pool(limits, sets) for limits in declared.limits]
    if all(pool is not None for pool in pools):
        full = [pool for pool in pools if pool is not None]
        return _table(declared, place, full, skewed=shift % 2 == 1)
    if len(declared.limits) != 1 or len(declared.limits[0]) != 3:
        return None
    _, lower, upper = declared.limits[0]
    if lower.is_Rational and upper.is_Rational:
        start, stop = (fmpq(int(e.p), int(e.q)) for e in (lower, upper))
    elif lower.is_Rational:
        start = fmpq(int(lower.p), int(lower.q)) + shift
        stop = start + 1
    elif upper.is_Rational:
        stop = fmpq(int(upper.p), int(upper.q)) - shift
        start = stop - 1
    elif lower.is_infinite and upper.is_infinite:
        # The first has the mean 1/2, the others the means 0, 1, 2, ...
        start = fmpq(0) if shift == 0 else fmpq(2 * shift - 3, 2)
        stop = start + 1
    else:
        return None
    length = stop - start
    if length <= 0:
        return None
    if place == 0:
        return StepFunction((start, stop), (1 / length,))
    heights = tuple(h / length for h in UNIT_DENSITIES[place])
    return StepFunction((start, start + length / 2, stop), heights)


def _pool(limits: Tuple, sets: Mapping[Symbol, Sequence[fmpq]]) -> Sequence[fmpq] | None:
    """The elements of a finite set, or of a short range of integers; None of another domain."""
    if len(limits) == 2:
        return sets[limits[1]]
    if len(limits) == 4 and limits[1].is_Integer and limits[2].is_Integer:
        integers = range(int(limits[1]), int(limits[2]) + 1)
        return [fmpq(i) for i in integers] if len(integers) <= LONGEST_TABLE else None
    return None


def _table(
    declared: FunctionDeclaration,
    place: int,
    pools: Sequence[Sequence[fmpq]],
    *,
    skewed: bool,
) -> Table:
    """Simple weights that sum to 1 over what the function is normalised over, others for other values of the rest."""
    given = {parameter for fact in declared.facts for parameter in fact.parameters}
    own = [i for i, parameter in enumerate(declared.parameters) if parameter not in given]
    outcomes = list(product(*(pools[i] for i in own)))
    weights: Sequence[tuple[fmpq, ...]] = TWO_POINT if len(outcomes) == 2 else FOUR_POINT
    if skewed and given and len(outcomes) == 2:
        weights = SKEWED
    entries = {}
    for arguments in product(*pools):
        rest = [int(arguments[i].p) for i in range(len(pools)) if i not in own]
        row = weights[(place + sum((k + 1) * r for k, r in enumerate(rest))) % len(weights)]
        if len(outcomes) not in (2, 4):
            row = (fmpq(1, len(outcomes)),) * len(outcomes)
        entries[arguments] = row[outcomes.index(tuple(arguments[i] for i in own))]
    return Table(entries)
