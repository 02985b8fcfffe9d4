"""Certificates: a point at which a line is certainly false, or two sides certainly differ.

Accepts a point that somebody proposes; checks everything about it again. Every free symbol must have a value of its
kind, every abstract function a model of its declared domain, sign and facts, every given must certainly hold; then the
failure of the relation must be certain: disjoint enclosures, or one side that has a value while the other certainly
has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flint import arb, fmpq
from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef

from klderive.kernel.evaluation import (
    Formula,
    Model,
    Point,
    StepFunction,
    Table,
    UndefinedError,
    UndeterminedError,
    Value,
    compare,
    evaluate,
)
from klderive.kernel.statement import Context, FunctionDeclaration, Statement
from klderive.notation.nodes import Defined, Optimum

__all__ = ["Counterexample", "Point", "certify", "satisfies", "witness"]

PRECISIONS = (64, 128, 256, 512, 1024)
"""Bits tried until the enclosures separate."""


@dataclass(frozen=True)
class Counterexample:
    """A point with the certified values of both sides there; text stands for a side without a value."""

    point: Point
    left: Value | str
    right: Value | str

    @property
    def difference(self) -> Value | None:
        """Left minus right, if both have values."""
        if isinstance(self.left, str) or isinstance(self.right, str):
            return None
        return self.left - self.right

    def explain(self) -> tuple[str, ...]:
        """The point and the values in plain text, one thing a line."""
        lines = [f"{symbol} = {value}" for symbol, value in self.point.values.items()]
        lines += [f"{over} = {{{', '.join(map(str, e))}}}" for over, e in self.point.sets.items()]
        lines += [
            f"{name}: {', '.join(map(str, data))}" for name, data in self.point.families.items()
        ]
        for name, model in self.point.functions.items():
            lines.append(f"{name}: {_model_text(model)}")
        lines.append(f"left side: {_value_text(self.left)}")
        lines.append(f"right side: {_value_text(self.right)}")
        if self.difference is not None:
            lines.append(f"difference: {_value_text(self.difference)}")
        return tuple(lines)


def certify(statement: Statement, context: Context, point: Point) -> Counterexample | None:
    """The counterexample that a point is, or None if it is not certainly one."""
    if not admissible(statement, context, point):
        return None
    if statement.relation not in ("=", "<=", ">=", "<", ">"):
        return None
    for precision in PRECISIONS:
        sides = _sides(statement, context, point, precision)
        if sides is None:
            continue
        left, right = sides
        if isinstance(left, str) or isinstance(right, str):
            if isinstance(left, str) and isinstance(right, str):
                return None
            return Counterexample(point, left, right)
        answer = compare(statement.relation, left, right)
        if answer is False:
            return Counterexample(point, left, right)
        if answer is True:
            return None
    return None


def witness(statement: Statement, context: Context, point: Point) -> Counterexample | None:
    """The witness that two sides are not identically equal, or None if the point is not certainly one."""
    if not admissible(statement, context, point):
        return None
    for precision in PRECISIONS:
        sides = _sides(statement, context, point, precision)
        if sides is None:
            continue
        left, right = sides
        if isinstance(left, str) or isinstance(right, str):
            return None
        answer = compare("=", left, right)
        if answer is False:
            return Counterexample(point, left, right)
        if answer is True:
            return None
    return None


def satisfies(conditions: Sequence[Statement], context: Context, point: Point) -> bool:
    """Whether a point certainly meets all givens of the context and all conditions."""
    statements = (*context.givens, *conditions)
    return all(
        admissible(statement, context, point) and _holds(statement, context, point)
        for statement in statements
    )


def admissible(statement: Statement, context: Context, point: Point) -> bool:
    """Whether a point is a model of everything the statement speaks of, and meets the givens."""
    if isinstance(statement.left, Optimum) or isinstance(statement.right, Optimum):
        return False
    for symbol in _free(statement, context):
        if symbol not in point.sets and not _has_kind(symbol, point.values.get(symbol)):
            return False
    for name in _functions(statement, context):
        if not _is_model(name, context, point):
            return False
    return all(_holds(given, context, point) for given in context.givens)


def _sides(
    statement: Statement, context: Context, point: Point, precision: int
) -> tuple[Value | str, Value | str] | None:
    sides: list[Value | str] = []
    for side in (statement.left, statement.right):
        try:
            sides.append(evaluate(side, point, precision, context.functions))
        except UndefinedError as error:
            sides.append(f"not defined: {error}")
        except (UndeterminedError, ZeroDivisionError, OverflowError):
            return None
    return sides[0], sides[1]


def _holds(statement: Statement, context: Context, point: Point) -> bool:
    for precision in PRECISIONS[:3]:
        sides = _sides(statement, context, point, precision)
        if sides is None:
            continue
        left, right = sides
        if isinstance(left, str) or isinstance(right, str):
            return False
        answer = compare(statement.relation, left, right)
        if answer is not None:
            return answer
    return False


def _expressions(statement: Statement, context: Context) -> Iterator[Expr]:
    """Both sides, the givens, and the definitions of the functions in them, followed down."""
    pending = [statement.left, statement.right]
    pending += [side for given in context.givens for side in (given.left, given.right)]
    seen: set[str] = set()
    while pending:
        expression = pending.pop()
        yield expression
        pending += [node.definition() for node in expression.atoms(Defined)]
        for application in expression.atoms(AppliedUndef):
            name = application.func.__name__
            declared = context.functions.get(name)
            if name not in seen and declared is not None and declared.definition is not None:
                seen.add(name)
                pending.append(declared.definition)


def _free(statement: Statement, context: Context) -> set[Symbol]:
    """The symbols that must have values; parameters of definitions and bound variables need none."""
    parameters = {
        parameter
        for declared in context.functions.values()
        if declared.definition is not None
        for parameter in declared.parameters
    }
    own = {
        symbol
        for side in (
            statement.left,
            statement.right,
            *(s for given in context.givens for s in (given.left, given.right)),
        )
        for symbol in side.free_symbols
    }
    inner = {
        symbol for e in _expressions(statement, context) for symbol in e.free_symbols
    } - parameters
    return own | inner


def _functions(statement: Statement, context: Context) -> set[str]:
    return {
        application.func.__name__
        for e in _expressions(statement, context)
        for application in e.atoms(AppliedUndef)
    }


def _has_kind(symbol: Symbol, value: fmpq | None) -> bool:
    """Whether a value is one that the assumptions of a symbol allow."""
    if value is None or (symbol.is_complex and not symbol.is_real):
        return False
    integer = value.q == 1
    checks = (
        (symbol.is_positive, value > 0),
        (symbol.is_negative, value < 0),
        (symbol.is_nonnegative, value >= 0),
        (symbol.is_nonpositive, value <= 0),
        (symbol.is_zero, value == 0),
        (symbol.is_integer, integer),
        (symbol.is_even, integer and int(value.p) % 2 == 0),
        (symbol.is_odd, integer and int(value.p) % 2 == 1),
    )
    if symbol.is_prime is not None or symbol.is_composite is not None or symbol.is_irrational:
        return False
    return (
        all(bool(holds) == claim for claim, holds in checks if claim is not None)
        and symbol.is_real is not False
    )


def _is_model(name: str, context: Context, point: Point) -> bool:
    """Whether the model of a function is one of its declaration."""
    declared = context.functions.get(name)
    if declared is not None and declared.definition is not None:
        return True
    model = point.functions.get(name)
    if model is None:
        return False
    if declared is None:
        return True
    return _has_sign(model, declared, point) and all(
        _exactly(fact.left, fact.right, context, point) for fact in declared.facts
    )


def _exactly(left: Expr, right: Expr, context: Context, point: Point) -> bool:
    """Whether two sides are equal in exact arithmetic."""
    try:
        a, b = (evaluate(side, point, 64, context.functions) for side in (left, right))
    except (UndefinedError, UndeterminedError):
        return False
    return isinstance(a, fmpq) and isinstance(b, fmpq) and a == b


def _has_sign(model: Model, declared: FunctionDeclaration, point: Point) -> bool:
    if isinstance(model, Formula):
        return False
    values = model.heights if isinstance(model, StepFunction) else tuple(model.entries.values())
    if declared.sign != "unknown" and any(value < 0 for value in values):
        return False
    if isinstance(model, StepFunction):
        return _steps_fit(model, declared)
    return declared.sign != "positive" or all(value > 0 for value in values)


def _steps_fit(model: StepFunction, declared: FunctionDeclaration) -> bool:
    """Whether a step function lives in the declared interval, and fills it if it must be positive."""
    if len(declared.limits) != 1 or len(declared.limits[0]) != 3:
        return False
    _, lower, upper = declared.limits[0]
    ends = [fmpq(int(end.p), int(end.q)) if end.is_Rational else None for end in (lower, upper)]
    if any(e is None and not end.is_infinite for e, end in zip(ends, (lower, upper), strict=True)):
        return False
    first, last = model.breaks[0], model.breaks[-1]
    if (ends[0] is not None and first < ends[0]) or (ends[1] is not None and last > ends[1]):
        return False
    if declared.sign == "positive":
        return (first, last) == (ends[0], ends[1]) and all(h > 0 for h in model.heights)
    return True


def _model_text(model: Model) -> str:
    if isinstance(model, StepFunction):
        cells = [f"{height} on ({left}, {right})" for left, right, height in model.cells()]
        return ", ".join(cells) + ", 0 elsewhere"
    if isinstance(model, Table):
        return ", ".join(
            f"({', '.join(map(str, key))}) -> {value}" for key, value in model.entries.items()
        )
    names = ", ".join(map(str, model.parameters))
    return f"({names}) -> {model.expression}"


def _value_text(value: Value | str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, fmpq):
        return str(value) if value.q == 1 else f"{value} = {arb(value).str(6, radius=False)}"
    return value.str(6, radius=False)
