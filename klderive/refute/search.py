"""Proposes points: counterexamples, witnesses and models, the simplest first.

Accepts a statement and its context. The idea: values are tried in the order of their simplicity (small integers and
simple fractions, then seeded random rationals), abstract densities become step densities on few cells, functions on
finite sets become tables with simple weights. What facts and givens determine is computed from these. Nothing here is
trusted: the kernel certifies what is proposed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count, cycle, islice, permutations, product
from typing import TypeAlias

from flint import fmpq
from sympy import Expr, Symbol, Tuple
from sympy.core.function import AppliedUndef

from klderive.kernel import Context, Counterexample, FunctionDeclaration, Point, Statement
from klderive.kernel.admission import (
    domain_sets,
    elements_of,
    expressions_of,
    families_of,
    lies_in,
    own_parameters,
    spoken_of,
    symbols_of,
    without_ties,
)
from klderive.kernel.certificate import Work, certify, satisfies, witness
from klderive.kernel.evaluation import Formula, Model, StepFunction, Table
from klderive.kernel.statement import FamilyDeclaration
from klderive.notation.nodes import Optimum
from klderive.refute.solving import (
    choices,
    counts_of,
    function_rules,
    symbol_rules,
    with_computed,
    with_solved,
)

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

PERIODS = ((1, 0), (1, 1, 0), (1, 0, 2), (1, 2), (2, 1), (3, 1, 2))
"""Periods of data, in the order in which they are tried."""

FEWER_ELEMENTS = 60
"""Points tried with one element only in a set."""

MODELS = 150
"""Models of all functions that are made for one statement."""

WAYS = 8
"""Ways to choose functions from which the others are computed."""

TRIALS = 6
"""Models that are tried in one such way before another way is."""

COMPUTED_MODELS = 30
"""The same, where some of them are computed, which takes longer."""

SHIFTS = 5
"""Places where densities on unbounded intervals are tried."""

DEEP = 60
"""Levels of a formula beyond which fewer points are tried."""

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

    def points_for(self, expressions: Sequence[Expr], context: Context) -> Iterator[Point]:
        """Points at which the expressions may have values, the simplest first; nothing about them is certified."""
        return self._points([objective(e) for e in expressions], context, set())

    def proposals(self, statements: Sequence[Statement], context: Context) -> Iterator[Point]:
        """Proposals in the order in which they are tried; whether they are models is for the kernel to say."""
        return self._proposals(statements, context)

    def _first(self, statement: Statement, context: Context, check: Check) -> Point | None:
        work = Work(self.work)
        for point in self._proposals([statement], context):
            found = check(statement, context, point, work)
            if found is not None:
                fewer = self._with_fewer_elements(statement, context, found.point, check)
                return self._minimised(statement, context, fewer, check)
            if work.left < 0:
                return None
        return None

    def _with_fewer_elements(
        self, statement: Statement, context: Context, point: Point, check: Check
    ) -> Point:
        """A point in which as many sets as will do have one element only."""
        single: frozenset[Symbol] = frozenset()
        work = Work(self.work // 4)
        varied = _varied_in(statement)
        candidates = {
            limits[1]
            for symbol, limits in context.ranges.items()
            if str(symbol) in varied and len(limits) == 2
        }
        for over in sorted(set(point.sets) - candidates, key=str):
            fewer = single | {over}
            for other in islice(self._proposals([statement], context, fewer), FEWER_ELEMENTS):
                found = check(statement, context, other, work)
                if found is not None:
                    single, point = fewer, found.point
                    break
        return point

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
                if value == own or not fits(symbol, value):
                    continue
                other = replace(point, values={**point.values, symbol: value})
                if check(statement, context, other, work) is not None:
                    point = other
                    break
        return point

    def _proposals(
        self,
        statements: Sequence[Statement],
        context: Context,
        single: frozenset[Symbol] = frozenset(),
    ) -> Iterator[Point]:
        sides = [objective(side) for s in statements for side in (s.left, s.right)]
        varied = set().union(*(_varied_in(s) for s in statements))
        pairs = next((s for s in statements if s.relation in ("up to", "proportional")), None)
        tried = 0
        most = _most(self.points, sides)
        # Made once, and only as far as needed: the points have the same sets.
        models: list[dict[str, Model]] | None = None
        for point in self._points(sides, context, varied, single):
            if pairs is None:
                yield point
                tried += 1
            else:
                if models is None:
                    models = list(islice(_completed(sides, context, point.sets), VARIATIONS))
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
        pools = {s: self._pool(s, context, point) for s in point.values if str(s) in over}
        for values in islice(self._values(pools), VARIATIONS):
            if pools and any(point.values[s] != v for s, v in values.items()):
                yield replace(point, values={**point.values, **values})
        functions = [name for name in point.functions if name in over]
        if functions:
            for models in all_models:
                chosen = {name: models[name] for name in functions}
                if any(point.functions[name] != model for name, model in chosen.items()):
                    yield replace(point, functions={**point.functions, **chosen})

    def _points(
        self,
        sides: Sequence[Expr],
        context: Context,
        varied: set[str],
        single: frozenset[Symbol] = frozenset(),
    ) -> Iterator[Point]:
        context = without_ties(sides, context)
        families = sorted(families_of(sides, context))
        sets = domain_sets(sides, context)
        elements = {
            over: (fmpq(0),) if over in single else (fmpq(0), fmpq(1))
            for over in sorted(sets, key=str)
        }
        empty = Point(sets=elements)
        symbols = symbols_of(sides, context)
        counted = [_family(name, context) for name in families]
        counts = {c for family in counted for c in family.counts}
        kept = {s for s in symbols if s in sets or s in counts or str(s) in {*families, *varied}}
        # The data give the counts, so that a length is chosen, not computed from these.
        lengths = {family.length for family in counted if family.length is not None}
        rules = symbol_rules(context.givens, kept | lengths)
        free = sorted(symbols - kept - {rule.head for rule in rules}, key=str)
        pools = {symbol: self._pool(symbol, context, empty) for symbol in free}
        values = list(islice(self._values(pools, frozenset(context.ranges)), self.points))
        all_data = list(_data(families, context, empty))
        stream = _completed(sides, context, elements)
        models: list[dict[str, Model]] = []
        # Simple values with simple models first; models are made as they are needed.
        for total in count():
            models += islice(stream, 1)
            if total >= len(values) + len(models):
                return
            for place, model in enumerate(models):
                if not 0 <= total - place < len(values):
                    continue
                for data in all_data:
                    point = Point(values[total - place], model, elements, data)
                    point = replace(
                        point, values={**point.values, **dict(counts_of(point, context))}
                    )
                    solved = with_solved(point, rules, context)
                    if solved is not None:
                        yield solved

    def _pool(self, symbol: Symbol, context: Context, point: Point) -> Sequence[fmpq]:
        """The values that a symbol may have, in the order in which they are tried."""
        limits = context.ranges.get(symbol)
        fitting = [v for v in SIMPLE if fits(symbol, v)] or [fmpq(1)]
        if limits is None:
            return fitting
        elements = elements_of(limits, point) or fitting
        # Where an end of an interval is a symbol, it cannot be told yet what lies in it.
        return [v for v in elements if lies_in(v, limits, point)] or fitting

    def _values(
        self, pools: Mapping[Symbol, Sequence[fmpq]], domains: frozenset[Symbol] = frozenset()
    ) -> Iterator[dict[Symbol, fmpq]]:
        if not pools:
            yield {}
            return
        sizes = [len(pool) for pool in pools.values()]
        for places in islice(_diagonal(sizes), self.points - RANDOM_POINTS):
            yield {s: pool[i] for (s, pool), i in zip(pools.items(), places, strict=True)}
        generator = random.Random(self.seed)
        for _ in range(RANDOM_POINTS):
            yield {
                s: generator.choice(pool) if s in domains else _random_value(s, generator)
                for s, pool in pools.items()
            }


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


def fits(symbol: Symbol, value: fmpq) -> bool:
    """Whether a value meets the assumptions on a symbol."""
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
        if fits(symbol, value):
            return value
    return fmpq(1)


def _is_defined(name: str, context: Context) -> bool:
    declared = context.functions.get(name)
    return declared is not None and declared.definition is not None


def _family(name: str, context: Context) -> FamilyDeclaration:
    return context.families.get(name) or FamilyDeclaration(name)


def _data(
    families: Sequence[str], context: Context, point: Point
) -> Iterator[dict[str, tuple[fmpq, ...]]]:
    """Periods of the data of families, in their domains."""
    if not families:
        yield {}
        return
    fitting = []
    for place, name in enumerate(families):
        turned = [
            tuple(fmpq(period[(i + place) % len(period)]) for i in range(len(period)))
            for period in PERIODS
        ]
        declared = _family(name, context)
        fitting.append([values for values in turned if _may_be_data(values, declared, point)])
    if not all(fitting):
        return
    for number in range(max(len(periods) for periods in fitting)):
        chosen = [periods[number % len(periods)] for periods in fitting]
        yield dict(zip(families, chosen, strict=True))


def _may_be_data(values: Sequence[fmpq], declared: FamilyDeclaration, point: Point) -> bool:
    limits = declared.limits
    return all(
        (limits is None or lies_in(v, limits, point))
        and (not declared.values or v in declared.values)
        and (declared.sign != "positive" or v > 0)
        for v in values
    )


def _completed(
    sides: Sequence[Expr], context: Context, sets: Mapping[Symbol, tuple[fmpq, ...]]
) -> Iterator[dict[str, Model]]:
    """Models of all abstract functions: some are chosen, those that they determine are computed."""
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
        for place, models in enumerate(_models(own, context, sets)):
            if place >= (COMPUTED_MODELS if order else MODELS):
                return
            if not met and place >= TRIALS and turn < len(tried):
                break
            found = with_computed(models, order, context, sets)
            if found is None:
                continue
            if not closed or _meets(closed, context, Point(functions=found, sets=sets)):
                met = True
                yield found
        if met:
            return


def _meets(closed: tuple[Statement, ...], context: Context, point: Point) -> bool:
    """Whether a model meets givens that speak of functions only."""
    return satisfies([], replace(context, givens=closed), point, Work(WORK))


def _models(
    functions: Sequence[tuple[str, int]],
    context: Context,
    sets: Mapping[Symbol, tuple[fmpq, ...]],
) -> Iterator[dict[str, Model]]:
    """Models of all abstract functions together, the simplest first."""
    if not functions:
        return
    declared = [(n, context.functions[n]) for n, _ in functions if n in context.functions]
    others = [(n, count) for n, count in functions if n not in context.functions]
    free = [_free_models(count) for _, count in others]
    finite = all(len(limits) in (2, 4) for _, d in declared for limits in d.limits)
    given = any(len(own_parameters(d)) < len(d.parameters) for _, d in declared)
    shifts = range((2 if given else 1) if finite else SHIFTS)
    orders = list(permutations(range(len(UNIT_DENSITIES)), min(len(declared), 4)))
    # On finite sets a shift is another kind of table, elsewhere another place.
    pairs = [(o, s) for o in orders for s in shifts]
    for order, shift in pairs if finite else sorted(pairs, key=lambda pair: pair[1]):
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
    declared: FunctionDeclaration,
    place: int,
    sets: Mapping[Symbol, tuple[fmpq, ...]],
    shift: int,
) -> Model | None:
    if all(len(limits) in (2, 4) for limits in declared.limits):
        return _table(declared, place, sets, skewed=shift % 2 == 1)
    own = own_parameters(declared)
    variables = [i for i, parameter in enumerate(declared.parameters) if parameter in own]
    if len(variables) != 1 or len(declared.limits[variables[0]]) != 3:
        return None
    # Of what is given it does not depend: so it is normalised whatever that is.
    where = {"arguments": len(declared.limits), "place": variables[0]}
    _, lower, upper = declared.limits[variables[0]]
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
        return StepFunction((start, stop), (1 / length,), **where)
    heights = tuple(h / length for h in UNIT_DENSITIES[place])
    return StepFunction((start, start + length / 2, stop), heights, **where)


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
    sets: Mapping[Symbol, tuple[fmpq, ...]],
    *,
    skewed: bool,
) -> Table | None:
    """Simple weights that sum to 1 over what the function is normalised over, others for other values of the rest."""
    variables = own_parameters(declared)
    found = [elements_of(limits, Point(sets=sets)) for limits in declared.limits]
    pools = [pool for pool in found if pool]
    if len(pools) < len(found):
        return None
    own = [i for i, parameter in enumerate(declared.parameters) if parameter in variables]
    outcomes = list(product(*(pools[i] for i in own)))
    weights: Sequence[tuple[fmpq, ...]] = TWO_POINT if len(outcomes) == 2 else FOUR_POINT
    if skewed and len(own) < len(pools) and len(outcomes) == 2:
        weights = SKEWED
    entries = {}
    for arguments in product(*pools):
        rest = [
            int(arguments[i].p) for i in range(len(pools)) if i not in own and len(pools[i]) > 1
        ]
        row = weights[(place + sum((k + 1) * r for k, r in enumerate(rest))) % len(weights)]
        if len(outcomes) not in (2, 4):
            row = (fmpq(1, len(outcomes)),) * len(outcomes)
        entries[arguments] = row[outcomes.index(tuple(arguments[i] for i in own))]
    return Table(entries)
