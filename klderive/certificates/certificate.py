"""Certificates: points at which a line is certainly false, or two sides certainly differ.

Accepts a point that somebody proposes; checks everything about it again. Every free symbol must have a value of its
kind, every abstract function a model of its declared domain, sign and facts, every given must certainly hold; then the
failure of the relation must be certain:

- `=` and inequalities: disjoint enclosures, or values that are exactly equal where they must differ, or one side that
  has a value while the other certainly has none, other than by a denominator that is 0 there or, of abstract functions,
  a divergent integral, or a density that is 0 where another is not: for these a line lists conditions;
- `up to`: two points that differ only in the variables, between which left minus right certainly changes;
- `proportional`: likewise, with left1*right2 certainly different from left2*right1;
- equal sets of optima: a place that certainly is in one set, and not in the other;
- an optimum that is given by its place: another place that certainly is better.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from flint import arb, fmpq
from sympy import Add, Expr, Function, Limit, Mul, Rational, Sum, Symbol, Tuple
from sympy.core.function import AppliedUndef

from klderive.certificates.admission import (
    admits,
    are_continuous,
    have_one_support,
    implied,
    is_abstract,
    is_same_elsewhere,
    restricted,
    symbols_of,
)
from klderive.certificates.domains import elements_of, ends
from klderive.certificates.evaluation import (
    InexactError,
    Point,
    Table,
    UndefinedError,
    UndeterminedError,
    Value,
    Work,
    are_equal,
    compare,
    evaluate,
)
from klderive.certificates.occurrences import occurrences
from klderive.certificates.optimal_regions import Cell, Domain, Optimised, told_apart
from klderive.certificates.optimum_certificates import Objective, distinguished, misplaced
from klderive.certificates.point_text import point_texts
from klderive.certificates.real_arithmetic import (
    DivergentError,
    VanishingError,
    ZeroDenominatorError,
    ZeroLogarithmError,
    multiply,
    short,
    subtract,
)
from klderive.certificates.tails import Direction
from klderive.notation.nodes import ArgMin, Optimum, SumOver
from klderive.statement import Context, Statement

__all__ = ["Counterexample", "Point", "Work", "admissible", "certify", "satisfies", "witness"]

PRECISIONS = (64, 192, 512, 1024)
"""Bits tried until the enclosures separate, or agree."""

AGREEMENT = arb(10) ** -50
"""Enclosures that meet are said to agree if they are no wider than this, relative to the value: 50 digits."""

PLACES = 64
"""Places of an optimum that are compared."""


@dataclass(frozen=True)
class Counterexample:
    """A point with the certified values of both sides there.

    Text stands for a side without a value, or for a set of optima. `other` is the second point, with the values of both
    sides there, where it takes two. `implied` names what the line does not speak of: functions that only show that the
    others belong together, symbols that no given ties to it.
    """

    point: Point
    left: Value | str
    right: Value | str
    other: Counterexample | None = None
    implied: frozenset[str] = frozenset()

    @property
    def difference(self) -> Value | None:
        """Left minus right, if both have values."""
        if isinstance(self.left, str) or isinstance(self.right, str):
            return None
        return self.left - self.right

    def explain(self) -> tuple[str, ...]:
        """The point and the values in plain text, one thing a line, sorted by name."""
        lines = self._explained()
        if self.other is not None:
            lines += ["and", *self.other._explained()]
        return tuple(lines)

    def _explained(self) -> list[str]:
        lines = point_texts(self.point, self.implied)
        lines.append(f"left side: {_value_text(self.left)}")
        lines.append(f"right side: {_value_text(self.right)}")
        if self.difference is not None:
            lines.append(f"difference: {_value_text(self.difference)}")
        return lines


def as_equation(statement: Statement) -> Statement:
    """A statement `f -> L` as `Limit(f, N, oo) = L`; any other as it is."""
    if statement.relation == "->" and statement.to is not None and len(statement.over) == 1:
        for symbol in statement.left.free_symbols:
            if str(symbol) == statement.over[0]:
                limit = Limit(statement.left, symbol, statement.to, dir="+-")
                return Statement(limit, "=", statement.right)
    return statement


def certify(
    statement: Statement, context: Context, point: Point, work: Work | None = None
) -> Counterexample | None:
    """The counterexample that a point is, or None if it is not certainly one.

    Args:
        statement: the line.
        context: what may be assumed.
        point: the point, with a second one if it takes two.
        work: a budget shared by several attempts.
    """
    statement = as_equation(statement)
    if isinstance(statement.left, Optimum) or isinstance(statement.right, Optimum):
        return _certify_optima(statement, context, point, work)
    if statement.relation in ("up to", "proportional"):
        return _certify_pair(statement, context, point, work)
    if statement.relation not in ("=", "<=", ">=", "<", ">"):
        return None
    if not admissible(statement, context, point, work):
        return None
    sides = (statement.left, statement.right)
    strict = statement.relation in ("<", ">")
    for left, right in _sides(statement, context, point, work):
        if isinstance(left, str) or isinstance(right, str):
            if isinstance(left, str) and isinstance(right, str):
                return None
            return _found(statement, context, point, left, right)
        answer = compare(statement.relation, left, right)
        if answer is False:
            return _found(statement, context, point, left, right)
        if answer is True:
            return None
        if strict and are_equal(*sides, point, context.functions, work):
            return _found(statement, context, point, left, right)
        strict = False
    return None


def witness(
    statement: Statement, context: Context, point: Point, work: Work | None = None
) -> Counterexample | None:
    """The witness that two sides are not identically equal, or None if the point is not certainly one."""
    if not admissible(statement, context, point, work):
        return None
    for left, right in _sides(statement, context, point, work):
        if isinstance(left, str) or isinstance(right, str):
            return None
        answer = compare("=", left, right)
        if answer is False:
            return _found(statement, context, point, left, right)
        if answer is True:
            return None
    return None


def satisfies(
    conditions: Sequence[Statement], context: Context, point: Point, work: Work | None = None
) -> bool:
    """Whether a point certainly meets all givens of the context and all conditions."""
    return all(
        admissible(statement, context, point, work) and _holds(statement, context, point, work)
        for statement in (*context.givens, *conditions)
    )


def admissible(
    statement: Statement, context: Context, point: Point, work: Work | None = None
) -> bool:
    """Whether a point is a model of everything the statement speaks of, and meets the givens."""
    if isinstance(statement.left, Optimum) or isinstance(statement.right, Optimum):
        return False
    sides = (statement.left, statement.right)
    return (
        admits(sides, context, point, work)
        and are_continuous(sides, context, point)
        and all(_holds(given, context, point, work) for given in context.givens)
    )


def _certify_pair(
    statement: Statement, context: Context, point: Point, work: Work | None
) -> Counterexample | None:
    """Two points that differ only in the variables: the difference, or the quotient, of the sides changes."""
    other = point.other
    if other is None or other.other is not None:
        return None
    point = replace(point, other=None)
    if not is_same_elsewhere(point, other, statement.over):
        return None
    if not all(admissible(statement, context, p, work) for p in (point, other)):
        return None
    for (left, right), (left_2, right_2) in zip(
        _sides(statement, context, point, work),
        _sides(statement, context, other, work),
        strict=False,
    ):
        if isinstance(left, str) or isinstance(right, str):
            return None
        if isinstance(left_2, str) or isinstance(right_2, str):
            return None
        try:
            if statement.relation == "up to":
                answer = compare("=", subtract(left, right), subtract(left_2, right_2))
            else:
                answer = compare("=", multiply(left, right_2), multiply(left_2, right))
        except UndeterminedError:
            continue
        if answer is False:
            second = _found(statement, context, other, left_2, right_2)
            first = _found(statement, context, point, left, right)
            return replace(first, point=replace(first.point, other=second.point), other=second)
        if answer is True:
            return None
    return None


def _certify_optima(
    statement: Statement, context: Context, point: Point, work: Work | None
) -> Counterexample | None:
    """A place that is certainly optimal on one side, and certainly not on the other."""
    left, right = statement.left, statement.right
    if statement.relation != "=":
        return None
    if not isinstance(left, Optimum) or not isinstance(right, Optimum):
        return _certify_place(statement, context, point, work)
    variables = tuple(left.args[1])
    if set(variables) != set(right.args[1]) or any(v in point.values for v in variables):
        return None
    objectives = (left.args[0], right.args[0])
    if len(variables) == 1 and str(variables[0]) in point.functions:
        return _certify_density(left, right, str(variables[0]), context, point, work)
    pools = [_elements_for(variable, objectives, context, point) for variable in variables]
    if not all(pools):
        return _certify_place(statement, context, point, work)
    # The assumptions must hold whatever the place is, and must not tell one from another.
    if {
        v for given in context.givens for s in (given.left, given.right) for v in s.free_symbols
    } & {*variables}:
        return None
    places = list(product(*pools))
    if not 1 < len(places) <= PLACES:
        return None
    points = [
        replace(point, values={**point.values, **dict(zip(variables, place, strict=True))})
        for place in places
    ]
    inner = Statement(objectives[0], "=", objectives[1])
    if not all(admissible(inner, context, p, work) for p in points):
        return None
    for precision in PRECISIONS:
        try:
            values = [
                [evaluate(f, p, precision, context.functions, work) for p in points]
                for f in objectives
            ]
        except InexactError:
            continue
        except (UndefinedError, UndeterminedError):
            return None
        optimal = [
            _optimal(v, isinstance(side, ArgMin))
            for v, side in zip(values, (left, right), strict=True)
        ]
        if any({a, b} == {True, False} for a, b in zip(*optimal, strict=True)):
            first, second = (
                _places_text(variables, places, v, o) for v, o in zip(values, optimal, strict=True)
            )
            return _found(inner, context, point, first, second)
    return None


def _certify_place(
    statement: Statement, context: Context, point: Point, work: Work | None
) -> Counterexample | None:
    """A place that is not optimal, or for one side only, of a variable that runs over real numbers."""
    sides = (statement.left, statement.right)
    optima = [side for side in sides if isinstance(side, Optimum)]
    variables = {tuple(side.args[1]) for side in optima}
    if len(variables) != 1 or len(*variables) != 1:
        return None
    ((variable,),) = variables
    if variable in point.values or variable in context.optima or variable.is_integer:
        return None
    objectives = [Objective(side, variable, point, context, work) for side in optima]
    inner = Statement(objectives[0].body, "=", objectives[-1].body)

    def admits_place(at: Point) -> bool:
        return admissible(inner, context, at, work)

    if len(objectives) == 2:
        texts = distinguished(objectives[0], objectives[1], admits_place) or _told_apart(
            optima, variable, inner, context, point, work
        )
        return None if texts is None else _found(inner, context, point, *texts)
    given = statement.right if sides[0] is optima[0] else statement.left
    if not admits((given,), replace(context, givens=()), point, work):
        return None
    try:
        claimed = evaluate(given, point, PRECISIONS[0], context.functions, work)
    except (UndefinedError, UndeterminedError, ZeroDivisionError, OverflowError):
        return None
    texts = misplaced(objectives[0], claimed, admits_place)
    if texts is None:
        return None
    texts = texts if given is statement.right else texts[::-1]
    return _found(Statement(inner.left, "=", given), context, point, *texts)


def _told_apart(
    optima: Sequence[Optimum],
    variable: Symbol,
    inner: Statement,
    context: Context,
    point: Point,
    work: Work | None,
) -> tuple[str, str] | None:
    """Why two objectives in a real variable are optimal at different places."""
    domain = _domain_of(variable, context, point)
    if domain is None:
        return None
    functions = context.functions
    first, second = (
        Optimised(side.args[0], _sign_of(side), variable, domain, point, functions, work)
        for side in optima
    )

    def at(place: fmpq) -> Point:
        return replace(point, values={**point.values, variable: place})

    def admits_cell(cell: Cell) -> bool:
        inside = (
            (domain.lower is None or domain.closed[0] or cell[0] > domain.lower)
            and (domain.upper is None or domain.closed[1] or cell[1] < domain.upper)
            and (variable.is_zero is None or cell[0] > 0 or cell[1] < 0)
        )
        varied = {variable: arb(cell[0]).union(arb(cell[1]))}
        return inside and all(_holds_on(g, context, point, varied, work) for g in context.givens)

    return told_apart(
        first,
        second,
        str(variable),
        lambda place: admissible(inner, context, at(place), work),
        admits_cell,
    )


def _holds_on(
    given: Statement,
    context: Context,
    point: Point,
    varied: Mapping[Symbol, arb],
    work: Work | None,
) -> bool:
    """Whether a given certainly holds for all values of a symbol in a ball."""
    try:
        left, right = (
            evaluate(side, point, PRECISIONS[0], context.functions, work, varied=varied)
            for side in (given.left, given.right)
        )
    except (UndefinedError, UndeterminedError):
        return False
    return compare(given.relation, left, right) is True


def _domain_of(variable: Symbol, context: Context, point: Point) -> Domain | None:
    """An interval in which all values lie that the assumptions admit; None if a symbol is of another kind."""
    if variable.is_integer or variable.is_rational is not None or variable.is_algebraic is not None:
        return None
    lower: list[tuple[fmpq, bool]] = []
    upper: list[tuple[fmpq, bool]] = []
    if variable.is_nonnegative:
        lower.append((fmpq(0), variable.is_zero is None))
    if variable.is_nonpositive:
        upper.append((fmpq(0), variable.is_zero is None))
    limits = context.ranges.get(variable)
    if limits is not None:
        found = ends(limits, point) if len(limits) == 3 else None
        if found is None:
            return None
        lower += [(found[0], False)] if found[0] is not None else []
        upper += [(found[1], False)] if found[1] is not None else []
    for given in context.givens:
        for side, other, turned in (
            (given.left, given.right, False),
            (given.right, given.left, True),
        ):
            if side != variable or given.relation not in ("<", "<=", ">", ">="):
                continue
            try:
                value = evaluate(other, point, PRECISIONS[0], context.functions)
            except (UndefinedError, UndeterminedError):
                continue
            if isinstance(value, fmpq):
                bounds = upper if (given.relation[0] == "<") != turned else lower
                bounds.append((value, given.relation[1:] == "="))
    # Of equal bounds one that is open counts.
    least = max(lower, key=lambda bound: (bound[0], not bound[1]), default=(None, False))
    most = min(upper, key=lambda bound: (bound[0], bound[1]), default=(None, False))
    return Domain(least[0], most[0], (least[1], most[1]))


def _certify_density(
    left: Optimum,
    right: Optimum,
    name: str,
    context: Context,
    point: Point,
    work: Work | None,
) -> Counterexample | None:
    """Sets of optimal densities on two elements: such a density is given by its value at one of them."""
    declared = context.functions.get(name)
    if declared is None or declared.definition is not None or len(declared.limits) != 1:
        return None
    elements = elements_of(declared.limits[0], point)
    if elements is None or len(elements) != 2 or not _is_free(name, context):
        return None
    first, second = (Rational(int(e.p), int(e.q)) for e in elements)
    (parameter,) = declared.parameters
    share = Symbol(f"{name}({elements[0]})", real=True)
    rest = Add(1, Mul(-1, share, evaluate=False), evaluate=False)
    definition = Add(
        Mul(share, Add(second, Mul(-1, parameter, evaluate=False), evaluate=False), evaluate=False),
        Mul(rest, Add(parameter, -first, evaluate=False), evaluate=False),
        evaluate=False,
    )
    if second - first != 1:
        definition = Mul(definition, 1 / (second - first), evaluate=False)
    functions = {**context.functions, name: replace(declared, definition=definition, facts=())}
    others = {other: model for other, model in point.functions.items() if other != name}
    closed = declared.sign == "nonnegative"
    domain = Domain(fmpq(0), fmpq(1), (closed, closed))
    inner = Statement(left.args[0], "=", right.args[0])
    one, other = (
        Optimised(
            side.args[0],
            _sign_of(side),
            share,
            domain,
            replace(point, functions=others),
            functions,
            work,
        )
        for side in (left, right)
    )

    def admits_place(place: fmpq) -> bool:
        table = Table({(elements[0],): place, (elements[1],): 1 - place})
        at = replace(point, functions={**others, name: table})
        return admissible(inner, context, at, work)

    texts = told_apart(
        one,
        other,
        str(share),
        admits_place,
        lambda cell: closed or (cell[0] > 0 and cell[1] < 1),
    )
    if texts is None:
        return None
    found = _found(inner, context, point, *texts)
    # What the optimised density is at the point does not matter, and is not shown.
    return replace(found, implied=found.implied | {name})


def _is_free(name: str, context: Context) -> bool:
    """Whether nothing is said of a density but that it is not negative, and sums to 1."""
    declared = context.functions[name]
    if declared.sign == "unknown" or len(declared.facts) != 1:
        return False
    (fact,) = declared.facts
    own = Function(name)(*declared.parameters)
    if fact.right != 1 or not isinstance(fact.left, SumOver | Sum) or fact.left.args[0] != own:
        return False
    spoken = [side for given in context.givens for side in (given.left, given.right)]
    for other, declaration in context.functions.items():
        if other != name:
            spoken += [side for f in declaration.facts for side in (f.left, f.right)]
    return not any(
        a.func.__name__ == name for side in spoken for a in occurrences(side, AppliedUndef)
    )


def _sign_of(side: Optimum) -> Direction:
    return 1 if isinstance(side, ArgMin) else -1


def _found(
    statement: Statement, context: Context, point: Point, left: Value | str, right: Value | str
) -> Counterexample:
    """The certificate, restricted to what the statement speaks of and what this needs."""
    own = restricted(statement, context, point)
    return Counterexample(own, left, right, implied=implied(statement, context, own))


def _elements_for(
    variable: Symbol, objectives: Sequence[Expr], context: Context, point: Point
) -> Sequence[fmpq]:
    """The elements of the one finite domain of a variable: of all functions that it is given to, and its own."""
    declared_range = context.ranges.get(variable)
    domains = set() if declared_range is None else {declared_range[1:]}
    for e in objectives:
        for application in occurrences(e, AppliedUndef):
            declared = context.functions.get(application.func.__name__)
            for place, argument in enumerate(application.args):
                if argument != variable:
                    continue
                if declared is None or place >= len(declared.limits):
                    return ()
                domains.add(declared.limits[place][1:])
    if len(domains) != 1:
        return ()
    return elements_of(Tuple(variable, *domains.pop()), point) or ()


def _optimal(values: Sequence[Value], least: bool) -> list[bool | None]:
    """Whether each value is certainly optimal (True), certainly not (False), or cannot be told."""
    best, worse = ("<=", ">") if least else (">=", "<")
    answers: list[bool | None] = []
    for value in values:
        if any(compare(worse, value, other) for other in values):
            answers.append(False)
        elif all(value is other or compare(best, value, other) for other in values):
            answers.append(True)
        else:
            answers.append(None)
    return answers


def _sides(
    statement: Statement, context: Context, point: Point, work: Work | None
) -> Iterator[tuple[Value | str, Value | str]]:
    """The values of both sides, with more and more bits until they have 50 digits; text for one that is undefined."""
    for precision in PRECISIONS:
        sides: list[Value | str] = []
        for side in (statement.left, statement.right):
            try:
                sides.append(evaluate(side, point, precision, context.functions, work))
            except UndefinedError as error:
                if _is_condition(error, side, context, point):
                    return
                sides.append(f"not defined: {error}")
            except InexactError:
                break
            except (UndeterminedError, ZeroDivisionError, OverflowError):
                return
        if len(sides) == 2:
            yield sides[0], sides[1]
            if all(_is_settled(side) for side in sides):
                return


def _is_condition(error: UndefinedError, side: Expr, context: Context, point: Point) -> bool:
    """Whether it would be a condition of the line that a side has no such flaw, so that the point is none of its."""
    abstract = is_abstract(side, context)
    if isinstance(error, ZeroLogarithmError):
        return abstract
    if isinstance(error, VanishingError):
        return abstract and not have_one_support(point, context)
    if isinstance(error, ZeroDenominatorError):
        return abstract or bool(symbols_of((side,), replace(context, givens=())))
    return isinstance(error, DivergentError) and abstract


def _is_settled(side: Value | str) -> bool:
    """Whether more bits of a side would be more than is asked for."""
    if not isinstance(side, arb):
        return True
    return bool(side.rad() <= AGREEMENT * (1 + abs(side)))


def _holds(statement: Statement, context: Context, point: Point, work: Work | None) -> bool:
    for left, right in _sides(statement, context, point, work):
        if isinstance(left, str) or isinstance(right, str):
            return False
        answer = compare(statement.relation, left, right)
        if answer is not None:
            return answer
    return False


def _places_text(
    variables: Sequence[Symbol],
    places: Sequence[Sequence[fmpq]],
    values: Sequence[Value],
    optimal: Sequence[bool | None],
) -> str:
    """Where an objective is optimal, and its values everywhere."""
    names = [
        ", ".join(f"{v} = {x}" for v, x in zip(variables, place, strict=True)) for place in places
    ]
    best = [name for name, answer in zip(names, optimal, strict=True) if answer is not False]
    all_values = "; ".join(
        f"{_value_text(value)} at {name}" for name, value in zip(names, values, strict=True)
    )
    return f"optimal at {' and '.join(best)} ({all_values})"


def _value_text(value: Value | str) -> str:
    if isinstance(value, str):
        return value
    exact = short(value)
    return f"{exact} = {short(arb(value))}" if "/" in exact else exact
