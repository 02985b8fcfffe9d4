"""A second opinion on proved lines: both sides are evaluated again at points at which the line should hold.

Accepts a proved statement with its conditions. The idea: certified enclosures share nothing with the normal form by
which the kernel proves, so that enclosures that do not meet show an error in one of the two. Points are those that the
search for counterexamples proposes; one counts only if it certainly meets the givens, the hypotheses and the listed
conditions, and if both sides can be enclosed tightly there.

Caveats: agreement at points is no proof. Equal sets of optima are compared by the order that their objectives give to
some places, which every rule of the kernel preserves; an optimum that is given by its place, by the values elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise, product
from typing import Literal

from flint import arb, fmpq
from sympy import Expr, Integer, Symbol, Tuple
from sympy.core.function import AppliedUndef

from klderive.certificates.certificate import (
    Point,
    Work,
    admissible,
    as_equation,
    certify,
    satisfies,
)
from klderive.certificates.domains import elements_of, lies_in
from klderive.certificates.evaluation import (
    InexactError,
    StepFunction,
    Table,
    UndefinedError,
    UndeterminedError,
    Value,
    compare,
    evaluate,
)
from klderive.certificates.real_arithmetic import multiply, subtract
from klderive.notation.nodes import ArgMin, Optimum
from klderive.refute import Search
from klderive.refute.values import RANDOM_POINTS, SIMPLE, fits
from klderive.statement import Condition, Context, Statement

POINTS = 4
"""Points at which a line is checked, if so many are found."""

TRIES = 40
"""Points that are tried for them."""

WORK = 400_000
"""Nodes that may be evaluated for one line."""

SHARE = 8
"""What part of this one point may take, at most: one such part."""

PRECISIONS = (64, 160, 400)
"""Bits tried until an enclosure is tight."""

TIGHT = arb("1e-12")
"""Enclosures that meet agree if they are no wider than this, relative to the value."""

PLACES = 12
"""Places of an optimum that are compared."""

Outcome = Literal["agrees", "contradicts", "not told"]


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """What evaluation says of a proved line: at how many points it agrees, or the point at which it does not."""

    points: int = 0
    contradiction: tuple[str, ...] = ()


class CrossChecker:
    """Evaluates statements at points.

    Args:
        points: how many points are enough.
        seed: of the random points.
    """

    def __init__(self, points: int = POINTS, seed: int = 7) -> None:
        self.points = points
        # A few simple points, where much cancels by chance, then random ones.
        self.search = Search(points=RANDOM_POINTS + 3, seed=seed)

    def check(
        self, statement: Statement, conditions: Sequence[Condition], context: Context | None
    ) -> CrossCheck:
        """Evaluate a statement where it should hold.

        Args:
            statement: the proved line.
            conditions: what the proof lists.
            context: what may be assumed, with the hypotheses among the givens; None if they cannot be met by search.
        """
        if context is None:
            return CrossCheck()
        statement = _evaluable(statement, context)
        claims = [
            Statement(c.expressions[0], "!=", Integer(0)) for c in conditions if c.kind == "nonzero"
        ]
        others = [c for c in conditions if c.kind != "nonzero"]
        left = WORK
        agreed = 0
        seen: list[Point] = []
        for point in islice(self.search.proposals([statement, *claims], context), TRIES):
            if left < 0 or agreed >= self.points:
                break
            # One point that is hard to evaluate leaves work for others.
            work = Work(WORK // SHARE)
            if point in seen:
                continue
            seen.append(point)
            pair = [replace(point, other=None), *([point.other] if point.other else [])]
            try:
                if not all(
                    satisfies(claims, context, p, work)
                    and all(_holds(c, context, p, work) for c in others)
                    for p in pair
                ):
                    continue
                outcome = self._outcome(statement, context, point, work)
            except UndeterminedError:
                continue
            finally:
                left -= WORK // SHARE - work.left
            if outcome == "contradicts":
                return CrossCheck(agreed, _explained(statement, context, point))
            agreed += outcome == "agrees"
        return CrossCheck(agreed)

    def _outcome(self, statement: Statement, context: Context, point: Point, work: Work) -> Outcome:
        if isinstance(statement.left, Optimum) or isinstance(statement.right, Optimum):
            return _optima(statement, context, point, work)
        if statement.relation in ("up to", "proportional"):
            return _pair(statement, context, point, work)
        if not admissible(statement, context, point, work):
            return "not told"
        sides = [_value(side, context, point, work) for side in (statement.left, statement.right)]
        left, right = sides
        if left is None or right is None:
            return "not told"
        if isinstance(left, str) or isinstance(right, str):
            # A line claims that both sides are defined.
            return "contradicts"
        return _compared(statement.relation, left, right)


def _compared(relation: str, left: Value, right: Value) -> Outcome:
    answer = compare(relation, left, right)
    if answer is not None:
        # Two sides that are not identically equal may be equal at a point.
        return "agrees" if answer else "not told" if relation == "!=" else "contradicts"
    return "agrees" if relation in ("=", "<=", ">=") else "not told"


def _value(side: Expr, context: Context, point: Point, work: Work) -> Value | str | None:
    """A tight enclosure of a side; text if the side is certainly undefined, None if it cannot be told."""
    for precision in PRECISIONS:
        try:
            value = evaluate(side, point, precision, context.functions, work)
        except InexactError:
            continue
        except UndefinedError as error:
            return str(error)
        except (UndeterminedError, ZeroDivisionError, OverflowError):
            return None
        if isinstance(value, fmpq) or value.rad() <= TIGHT * (1 + abs(value)):
            return value
    return None


def _pair(statement: Statement, context: Context, point: Point, work: Work) -> Outcome:
    """Whether the difference, or the quotient, of the sides is the same at two points."""
    other = point.other
    if other is None:
        return "not told"
    values: list[Value] = []
    for p in (replace(point, other=None), other):
        if not admissible(statement, context, p, work):
            return "not told"
        for side in (statement.left, statement.right):
            value = _value(side, context, p, work)
            if value is None or isinstance(value, str):
                return "not told"
            values.append(value)
    if statement.relation == "up to":
        return _compared("=", subtract(values[0], values[1]), subtract(values[2], values[3]))
    return _compared("=", multiply(values[0], values[3]), multiply(values[2], values[1]))


def _optima(statement: Statement, context: Context, point: Point, work: Work) -> Outcome:
    """Whether two objectives order some places alike, or no place is better than the one that is given."""
    sides = [s for s in (statement.left, statement.right) if isinstance(s, Optimum)]
    variables = tuple(sides[0].args[1])
    if any(set(side.args[1]) != set(variables) for side in sides):
        return "contradicts"
    points = [
        replace(point, values={**point.values, **place})
        for place in islice(_places(variables, sides, context, point), PLACES)
    ]
    if len(sides) == 1:
        given = statement.right if sides[0] is statement.left else statement.left
        best = _value(given, context, point, work)
        if len(variables) != 1 or not isinstance(best, fmpq) or not fits(variables[0], best):
            return "not told"
        points.insert(0, replace(point, values={**point.values, variables[0]: best}))
    valued: list[list[Value]] = []
    for p in points:
        inner = Statement(sides[0].args[0], "=", sides[-1].args[0])
        if not admissible(inner, context, p, work):
            continue
        row: list[Value] = []
        for side in sides:
            value = _value(side.args[0], context, p, work)
            if value is None or isinstance(value, str):
                break
            row.append(multiply(value, fmpq(1 if isinstance(side, ArgMin) else -1)))
        if len(row) == len(sides):
            valued.append(row)
        elif len(sides) == 1 and p is points[0]:
            return "not told"
    if len(valued) < 2:
        return "not told"
    if len(sides) == 1:
        worse = any(compare("<", row[0], valued[0][0]) for row in valued[1:])
        return "contradicts" if worse else "agrees"
    for i, first in enumerate(valued):
        for second in valued[:i]:
            if any(
                {compare("<", first[k], second[k]), compare(">=", first[1 - k], second[1 - k])}
                == {True}
                for k in (0, 1)
            ):
                return "contradicts"
    return "agrees"


def _places(
    variables: Sequence[Symbol], sides: Sequence[Optimum], context: Context, point: Point
) -> Iterator[dict[Symbol, fmpq]]:
    """Values of the variables of an optimum: all elements of their finite domains, otherwise simple ones."""
    pools = []
    for variable in variables:
        domains: set[Tuple] = set()
        if variable in context.ranges:
            domains.add(context.ranges[variable])
        for application in set().union(*(side.args[0].atoms(AppliedUndef) for side in sides)):
            declared = context.functions.get(application.func.__name__)
            for place, argument in enumerate(application.args):
                if argument == variable and declared is not None:
                    domains.add(declared.limits[place])
        values: Sequence[fmpq] = [v for v in SIMPLE if fits(variable, v)]
        for limits in domains:
            found = elements_of(limits, point)
            values = (
                found if found is not None else [v for v in values if lies_in(v, limits, point)]
            )
        pools.append(values)
    for values_of_all in product(*pools):
        yield dict(zip(variables, values_of_all, strict=True))


def _evaluable(statement: Statement, context: Context) -> Statement:
    """The statement with names of sets of optima replaced by these, and "tends to" by the limit."""
    left, right = (context.optima.get(side, side) for side in (statement.left, statement.right))
    return as_equation(replace(statement, left=left, right=right))


def _holds(condition: Condition, context: Context, point: Point, work: Work) -> bool:
    """Whether a condition on convergence or positivity certainly holds at a point."""
    if condition.kind == "converges":
        value = _value(condition.expressions[0], context, point, work)
        return value is not None and not isinstance(value, str)
    if condition.kind != "absolutely continuous":
        return False
    weight, other = condition.expressions
    free = [s for s in weight.free_symbols | other.free_symbols if s not in point.values]
    values = _representatives(point)
    for place in islice(product(*(values for _ in free)), 500):
        at = replace(point, values={**point.values, **dict(zip(free, place, strict=True))})
        try:
            if evaluate(weight, at, 64, context.functions, work) == 0:
                continue
            if not evaluate(other, at, 64, context.functions, work) > 0:
                return False
        except (UndefinedError, UndeterminedError):
            # Outside a domain nothing is claimed.
            continue
    return True


def _representatives(point: Point) -> Sequence[fmpq]:
    """A value in each cell of the step functions of a point, and the arguments of its tables."""
    breaks: set[tuple[int, int]] = set()
    values: dict[fmpq, None] = {}
    for model in point.functions.values():
        if isinstance(model, StepFunction):
            breaks |= {(int(b.p), int(b.q)) for b in model.breaks}
        elif isinstance(model, Table):
            values.update((v, None) for key in model.entries for v in key)
    ends = sorted(fmpq(p, q) for p, q in breaks)
    values.update(((a + b) / 2, None) for a, b in pairwise(ends))
    return list(values)


def _explained(statement: Statement, context: Context, point: Point) -> tuple[str, ...]:
    """The point with the values there: the kernel's certificate, or if it gives none, what is known."""
    certificate = certify(statement, context, point)
    if certificate is not None:
        return certificate.explain()
    lines = [f"{symbol} = {point.values[symbol]}" for symbol in sorted(point.values, key=str)]
    for name, side in (("left", statement.left), ("right", statement.right)):
        if isinstance(side, Optimum):
            lines.append(f"{name} side: orders some places otherwise")
            continue
        value = _value(side, context, point, Work(WORK))
        words = f"not defined: {value}" if isinstance(value, str) else f"{value}"
        lines.append(f"{name} side: {words}")
    return tuple(lines)
