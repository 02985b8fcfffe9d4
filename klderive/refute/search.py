"""Proposes points: counterexamples, witnesses and models, the simplest first.

Accepts a statement and its context. The idea: values are tried in the order of their simplicity (small integers and
simple fractions, then seeded random rationals), abstract densities become step densities on few cells, functions on
finite sets become tables with simple weights. Nothing here is trusted: the kernel certifies what is proposed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import islice, permutations

from flint import fmpq
from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef
from sympy.tensor.indexed import Indexed

from klderive.kernel import Context, FunctionDeclaration, Point, Statement
from klderive.kernel.certificate import certify, satisfies, witness
from klderive.kernel.evaluation import Formula, Model, StepFunction, Table
from klderive.notation.nodes import Defined, Optimum, ProductOver, SumOver

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


class Search:
    """The kernel's searcher.

    Args:
        points: how many points are tried for one statement.
        seed: of the random points.
    """

    def __init__(self, points: int = POINTS, seed: int = 1) -> None:
        self.points = points
        self.seed = seed

    def counterexample(self, statement: Statement, context: Context) -> Point | None:
        """The first point that the kernel certifies as a counterexample."""
        for point in self._proposals([statement], context):
            if certify(statement, context, point) is not None:
                return point
        return None

    def witness(self, statement: Statement, context: Context) -> Point | None:
        """The first point at which the kernel certifies that the sides differ."""
        for point in self._proposals([statement], context):
            if witness(statement, context, point) is not None:
                return point
        return None

    def model(self, conditions: Sequence[Statement], context: Context) -> Point | None:
        """The first point at which the kernel certifies that all givens and conditions hold."""
        for point in self._proposals([*conditions, *context.givens], context):
            if satisfies(conditions, context, point):
                return point
        return None

    def _proposals(self, statements: Sequence[Statement], context: Context) -> Iterator[Point]:
        expressions = list(_expressions(statements, context))
        if any(isinstance(e, Optimum) for e in expressions):
            return
        symbols = sorted(_symbols(expressions, context), key=str)
        sets = sorted({s for e in expressions for s in _sets(e)}, key=str)
        symbols = [s for s in symbols if s not in sets]
        functions = sorted(
            {
                a.func.__name__: len(a.args)
                for e in expressions
                for a in e.atoms(AppliedUndef)
                if not _is_defined(a.func.__name__, context)
            }.items()
        )
        families = {str(i.base): 0 for e in expressions for i in e.atoms(Indexed)}
        models = list(_models(functions, context))
        if functions and not models:
            return
        elements = {over: (fmpq(0), fmpq(1)) for over in sets}
        values = list(islice(self._values(symbols), self.points))
        count = 0
        for total in range(len(values) + max(1, len(models))):
            for place, model in enumerate(models or [{}]):
                if not 0 <= total - place < len(values):
                    continue
                for data in _data(families):
                    yield Point(values[total - place], model, elements, data)
                    count += 1
                    if count >= self.points:
                        return

    def _values(self, symbols: Sequence[Symbol]) -> Iterator[dict[Symbol, fmpq]]:
        if not symbols:
            yield {}
            return
        pools = [[v for v in SIMPLE if _fits(symbol, v)] or [fmpq(1)] for symbol in symbols]
        for places in islice(_diagonal([len(pool) for pool in pools]), self.points - RANDOM_POINTS):
            yield {s: pool[i] for s, pool, i in zip(symbols, pools, places, strict=True)}
        generator = random.Random(self.seed)
        for _ in range(RANDOM_POINTS):
            yield {s: _random_value(s, generator) for s in symbols}


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


def _expressions(statements: Sequence[Statement], context: Context) -> Iterator[Expr]:
    pending = [side for s in (*statements, *context.givens) for side in (s.left, s.right)]
    seen: set[str] = set()
    while pending:
        expression = pending.pop()
        yield expression
        pending += [node.definition() for node in expression.atoms(Defined)]
        for application in expression.atoms(AppliedUndef):
            name = application.func.__name__
            if name not in seen:
                seen.add(name)
                declared = context.functions.get(name)
                if declared is not None and declared.definition is not None:
                    pending.append(declared.definition)


def _symbols(expressions: Sequence[Expr], context: Context) -> set[Symbol]:
    return {s for e in expressions for s in e.free_symbols if isinstance(s, Symbol)}


def _sets(expression: Expr) -> set[Symbol]:
    sets = {node.args[2] for node in expression.atoms(SumOver, ProductOver)}
    return sets | {node.limits[1] for node in expression.atoms(Defined) if len(node.limits) == 2}


def _is_defined(name: str, context: Context) -> bool:
    declared = context.functions.get(name)
    return declared is not None and declared.definition is not None


def _data(families: dict[str, int]) -> Iterator[dict[str, tuple[fmpq, ...]]]:
    if not families:
        yield {}
        return
    for start in range(2):
        yield {
            name: tuple(SIMPLE[(start + place + i) % 8] for i in range(12))
            for place, name in enumerate(families)
        }


def _models(functions: Sequence[tuple[str, int]], context: Context) -> Iterator[dict[str, Model]]:
    """Models of all abstract functions together, the simplest first."""
    if not functions:
        return
    densities = [(n, context.functions[n]) for n, _ in functions if n in context.functions]
    others = [(n, count) for n, count in functions if n not in context.functions]
    if any(len(d.limits) != 1 for _, d in densities):
        return
    free = [_free_models(count) for _, count in others]
    for order in permutations(range(len(TWO_POINT)), min(len(densities), len(TWO_POINT))):
        for place in range(max((len(f) for f in free), default=1)):
            chosen: dict[str, Model] = {}
            for i, (name, declared) in zip(order, densities, strict=False):
                model = _density_model(declared, i)
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


def _density_model(declared: FunctionDeclaration, place: int) -> Model | None:
    limits = declared.limits[0]
    if len(limits) == 2:
        weights = TWO_POINT[place]
        return Table({(fmpq(i),): weight for i, weight in enumerate(weights)})
    if len(limits) != 3:
        return None
    _, lower, upper = limits
    if lower.is_Rational and upper.is_Rational:
        start, stop = (fmpq(int(e.p), int(e.q)) for e in (lower, upper))
    elif lower.is_Rational:
        start = fmpq(int(lower.p), int(lower.q))
        stop = start + 1
    elif upper.is_Rational:
        stop = fmpq(int(upper.p), int(upper.q))
        start = stop - 1
    elif lower.is_infinite and upper.is_infinite:
        start, stop = fmpq(0), fmpq(1)
    else:
        return None
    length = stop - start
    if length <= 0:
        return None
    if place == 0:
        return StepFunction((start, stop), (1 / length,))
    heights = tuple(h / length for h in UNIT_DENSITIES[place])
    return StepFunction((start, start + length / 2, stop), heights)
