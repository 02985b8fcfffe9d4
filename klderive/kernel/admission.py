"""Whether a point is a model of what a statement speaks of: kinds of symbols, domains, signs and facts of functions.

Accepts a point and the expressions it is for. It fails closed: an assumption that a value is not known to meet, a fact
that does not hold in exact arithmetic, densities of one letter of which it is not known that they belong to one joint
density, each make the point no model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product

from flint import fmpq
from sympy import Expr, Symbol, Tuple
from sympy.core.function import AppliedUndef
from sympy.tensor.indexed import Indexed

from klderive.kernel.evaluation import (
    Formula,
    Model,
    Point,
    StepFunction,
    UndefinedError,
    UndeterminedError,
    Work,
    evaluate,
)
from klderive.kernel.statement import (
    Context,
    Fact,
    FamilyDeclaration,
    FunctionDeclaration,
    Statement,
)
from klderive.notation.nodes import Defined, ProductOver, SumOver

INSTANCES = 64
"""Instances of a fact that are checked."""

ELEMENTS = 200
"""Integers in a range over which a function is given by a table."""


def admits(sides: Sequence[Expr], context: Context, point: Point, work: Work | None = None) -> bool:
    """Whether a point gives everything in some expressions and the givens a meaning that is allowed there.

    Args:
        sides: the expressions.
        context: the givens and declared functions.
        point: the point.
        work: a budget shared by several attempts.
    """
    expressions = list(expressions_of(sides, context))
    families = {i.base.label for e in expressions for i in e.atoms(Indexed)}
    for symbol in symbols_of(sides, context) - families:
        if symbol not in point.sets and symbol not in point.values:
            return False
        if symbol in context.optima:
            return False
    return (
        all(_has_kind(symbol, value) for symbol, value in point.values.items())
        and all(0 < len(e) == len({(x.p, x.q) for x in e}) for e in point.sets.values())
        and all(
            _lies_in(value, context.ranges[symbol], point)
            for symbol, value in point.values.items()
            if symbol in context.ranges
        )
        and all(
            _has_kind(label, value)
            for label in families
            for value in point.families.get(str(label), ())
        )
        and all(_data_fit(family, point) for family in context.families.values())
        and all(_is_model(name, context, point, work) for name in functions_of(sides, context))
        and _belong_together(functions_of(sides, context), context)
    )


def is_same_elsewhere(first: Point, second: Point, over: Sequence[str]) -> bool:
    """Whether two points differ only in the values of some symbols and the models of some functions, by name."""

    def others(mapping: Mapping[Symbol, fmpq] | Mapping[str, Model]) -> dict[str, fmpq | Model]:
        return {str(key): value for key, value in mapping.items() if str(key) not in over}

    return (
        len({str(s) for s in first.values}) == len(first.values)
        and set(first.values) == set(second.values)
        and others(first.values) == others(second.values)
        and others(first.functions) == others(second.functions)
        and first.sets == second.sets
        and first.families == second.families
    )


def restricted(statement: Statement, context: Context, point: Point) -> Point:
    """The point without what the statement does not speak of."""
    sides = (statement.left, statement.right)
    symbols = symbols_of(sides, context)
    names = functions_of(sides, context)
    families = families_of(sides, context)
    sets = all_sets(sides, context)
    return Point(
        values={s: v for s, v in point.values.items() if s in symbols},
        functions={n: m for n, m in point.functions.items() if n in names},
        sets={s: e for s, e in point.sets.items() if s in sets},
        families={n: d for n, d in point.families.items() if n in families},
    )


def expressions_of(sides: Sequence[Expr], context: Context) -> Iterator[Expr]:
    """Expressions, the givens, and the definitions and facts of the functions in them, followed down."""
    return (expression for expression, _ in _parts(sides, context))


def _parts(sides: Sequence[Expr], context: Context) -> Iterator[tuple[Expr, frozenset[Symbol]]]:
    """The same, each with the symbols that are its parameters."""
    none: frozenset[Symbol] = frozenset()
    pending = [(side, none) for side in sides]
    pending += [(side, none) for given in context.givens for side in (given.left, given.right)]
    seen: set[str] = set()
    ranged: set[Symbol] = set()
    while pending:
        expression, parameters = pending.pop()
        yield expression, parameters
        pending += [(node.definition(), parameters) for node in expression.atoms(Defined)]
        for symbol in expression.free_symbols & set(context.ranges) - ranged:
            ranged.add(symbol)
            limits = context.ranges[symbol]
            pending += [(end, none) for end in (limits[1:3] if len(limits) > 2 else ())]
        for application in expression.atoms(AppliedUndef):
            name = application.func.__name__
            declared = context.functions.get(name)
            if name in seen or declared is None:
                continue
            seen.add(name)
            own = frozenset(declared.parameters)
            if declared.definition is not None:
                pending.append((declared.definition, own))
            else:
                for fact in declared.facts:
                    pending += [(s, frozenset(fact.parameters)) for s in (fact.left, fact.right)]
            pending += [
                (end, own) for limits in declared.limits if len(limits) > 2 for end in limits[1:3]
            ]


def symbols_of(sides: Sequence[Expr], context: Context) -> set[Symbol]:
    """The symbols that must have values; parameters and bound variables need none."""
    return {
        symbol
        for expression, parameters in _parts(sides, context)
        for symbol in expression.free_symbols - parameters
        if isinstance(symbol, Symbol)
    }


def functions_of(sides: Sequence[Expr], context: Context) -> set[str]:
    """The names of the functions that must have models or definitions."""
    return {
        application.func.__name__
        for e in expressions_of(sides, context)
        for application in e.atoms(AppliedUndef)
    }


def sets_of(expression: Expr) -> set[Symbol]:
    """The finite sets over which the sums and products of an expression run."""
    sets = {node.args[2] for node in expression.atoms(SumOver, ProductOver)}
    for node in expression.atoms(Defined):
        sets |= {a[1] for a in node.args if isinstance(a, Tuple) and len(a) == 2}
    return sets


def all_sets(sides: Sequence[Expr], context: Context) -> set[Symbol]:
    """The finite sets of which some expressions speak: those of sums, functions, free variables and data."""
    expressions = list(expressions_of(sides, context))
    sets = {s for e in expressions for s in sets_of(e)}
    domains = [
        limits
        for name in functions_of(sides, context)
        if (declared := context.functions.get(name)) is not None
        for limits in declared.limits
    ]
    domains += [
        context.ranges[s] for e in expressions for s in e.free_symbols & set(context.ranges)
    ]
    domains += [
        family.limits
        for name in families_of(sides, context)
        if (family := context.families.get(name)) is not None and family.limits is not None
    ]
    return sets | {limits[1] for limits in domains if len(limits) == 2}


def families_of(sides: Sequence[Expr], context: Context) -> set[str]:
    """The names of the indexed families of which some expressions speak."""
    return {str(i.base) for e in expressions_of(sides, context) for i in e.atoms(Indexed)}


def _has_kind(symbol: Symbol, value: fmpq) -> bool:
    """Whether a value is one that the assumptions of a symbol allow."""
    integer = value.q == 1
    checks = (
        (symbol.is_extended_positive, value > 0),
        (symbol.is_extended_negative, value < 0),
        (symbol.is_extended_nonnegative, value >= 0),
        (symbol.is_extended_nonpositive, value <= 0),
        (symbol.is_zero, value == 0),
        (symbol.is_integer, integer),
        (symbol.is_even, integer and int(value.p) % 2 == 0),
        (symbol.is_odd, integer and int(value.p) % 2 == 1),
    )
    strange = (
        symbol.is_complex and not symbol.is_real,
        symbol.is_real is False,
        symbol.is_extended_real is False,
        symbol.is_finite is False,
        symbol.is_rational is False,
        symbol.is_algebraic is False,
        symbol.is_irrational,
        # Whether a number is prime is not decided here.
        symbol.is_prime,
        symbol.is_composite,
        (symbol.is_prime is False or symbol.is_composite is False) and integer and value > 1,
    )
    return not any(strange) and all(
        bool(holds) == claim for claim, holds in checks if claim is not None
    )


def _data_fit(family: FamilyDeclaration, point: Point) -> bool:
    """Whether the data of a family certainly lie in its domain, and are counted as its counts say."""
    data = point.families.get(family.name)
    if data is None:
        return True
    if family.limits is not None and not all(_lies_in(x, family.limits, point) for x in data):
        return False
    if (family.sign == "positive" and any(x <= 0 for x in data)) or (
        family.sign == "nonnegative" and any(x < 0 for x in data)
    ):
        return False
    counts = [point.values.get(symbol) for symbol in family.counts]
    if all(count is None for count in counts):
        return True
    length = point.values.get(family.length) if family.length is not None else None
    if length is None or length.q != 1 or not 0 <= length <= len(data):
        return False
    counted = list(data[: int(length.p)])
    return all(
        count is None or count == counted.count(fmpq(value))
        for count, value in zip(counts, family.values, strict=True)
    )


def _lies_in(value: fmpq, limits: Tuple, point: Point) -> bool:
    """Whether a value certainly lies in a domain: an open interval, a range of integers, or a finite set."""
    if len(limits) == 2:
        return value in point.sets.get(limits[1], ())
    ends = _ends(limits, point)
    if ends is None:
        return False
    lower, upper = ends
    if len(limits) == 4:
        return (
            value.q == 1 and (lower is None or lower <= value) and (upper is None or value <= upper)
        )
    return (lower is None or lower < value) and (upper is None or value < upper)


def _ends(limits: Tuple, point: Point) -> tuple[fmpq | None, fmpq | None] | None:
    """The ends of an interval or range at a point, None for an infinite one; None if they are not known."""
    ends: list[fmpq | None] = []
    for end in limits[1:3]:
        if end.is_infinite:
            ends.append(None)
            continue
        try:
            value = evaluate(end, point, 64)
        except (UndefinedError, UndeterminedError):
            return None
        if not isinstance(value, fmpq):
            return None
        ends.append(value)
    return ends[0], ends[1]


def _elements(limits: Tuple, point: Point) -> Sequence[fmpq] | None:
    """All elements of a finite domain, if they are known and few."""
    if len(limits) == 2:
        return point.sets.get(limits[1])
    ends = _ends(limits, point) if len(limits) == 4 else None
    if ends is None or None in ends:
        return None
    lower, upper = ends
    assert lower is not None
    assert upper is not None
    if lower.q != 1 or upper.q != 1 or upper - lower >= ELEMENTS:
        return None
    return [fmpq(i) for i in range(int(lower.p), int(upper.p) + 1)]


def _is_model(name: str, context: Context, point: Point, work: Work | None) -> bool:
    """Whether the model of a function is one of its declaration."""
    declared = context.functions.get(name)
    if declared is not None and declared.definition is not None:
        return True
    model = point.functions.get(name)
    if model is None or (isinstance(model, StepFunction) and not model.is_valid()):
        return False
    if declared is None:
        # A function of which nothing is declared has values everywhere, as a polynomial does.
        return not isinstance(model, Formula) or (
            model.expression.free_symbols <= {*model.parameters}
            and bool(model.expression.is_polynomial(*model.parameters))
        )
    return _has_sign(model, declared, point) and all(
        _fact_holds(fact, declared, context, point, work) for fact in declared.facts
    )


def _fact_holds(
    fact: Fact, declared: FunctionDeclaration, context: Context, point: Point, work: Work | None
) -> bool:
    """Whether a fact holds in exact arithmetic, for all values of its parameters."""
    ranges = []
    for parameter in fact.parameters:
        values = _values_of(parameter, fact, declared, context, point)
        if values is None:
            return False
        ranges.append(values)
    instances = list(product(*ranges))
    if len(instances) > INSTANCES:
        return False
    for instance in instances:
        named = dict(zip(fact.parameters, instance, strict=True))
        here = replace(point, values={**point.values, **named})
        try:
            a, b = (evaluate(s, here, 64, context.functions, work) for s in (fact.left, fact.right))
        except (UndefinedError, UndeterminedError):
            return False
        if not (isinstance(a, fmpq) and isinstance(b, fmpq) and a == b):
            return False
    return True


def _values_of(
    parameter: Symbol, fact: Fact, declared: FunctionDeclaration, context: Context, point: Point
) -> Sequence[fmpq] | None:
    """All values of a parameter of a fact, if it runs over a finite set."""
    limits = dict(zip(declared.parameters, declared.limits, strict=True)).get(parameter)
    if limits is None:
        for application in (*fact.left.atoms(AppliedUndef), *fact.right.atoms(AppliedUndef)):
            other = context.functions.get(application.func.__name__)
            if other is not None and parameter in application.args:
                limits = other.limits[application.args.index(parameter)]
                break
    return None if limits is None else _elements(limits, point)


def _has_sign(model: Model, declared: FunctionDeclaration, point: Point) -> bool:
    if isinstance(model, Formula):
        return False
    if isinstance(model, StepFunction):
        if declared.sign != "unknown" and any(h < 0 for h in model.heights):
            return False
        return _steps_fit(model, declared, point)
    domain = [_elements(limits, point) for limits in declared.limits]
    elements = [e for e in domain if e is not None]
    if len(elements) != len(domain) or set(model.entries) != set(product(*elements)):
        return False
    least = {"unknown": None, "nonnegative": False, "positive": True}[declared.sign]
    return least is None or all(v > 0 if least else v >= 0 for v in model.entries.values())


def _steps_fit(model: StepFunction, declared: FunctionDeclaration, point: Point) -> bool:
    """Whether a step function lives in the declared interval, and fills it if it must be positive."""
    if len(declared.limits) != 1 or len(declared.limits[0]) != 3:
        return False
    ends = _ends(declared.limits[0], point)
    if ends is None:
        return False
    first, last = model.breaks[0], model.breaks[-1]
    if (ends[0] is not None and first < ends[0]) or (ends[1] is not None and last > ends[1]):
        return False
    if declared.sign == "positive":
        return (first, last) == (ends[0], ends[1]) and all(h > 0 for h in model.heights)
    return True


def _belong_together(names: set[str], context: Context) -> bool:
    """Whether the models of densities that share a letter can be chosen apart.

    `p(x)` and `p(y | x)` can: each joint density is their product. Of `p(x)` and `p(x, y)` it takes a fact that ties
    them, which the models are then held to. What a density is normalised over, its facts say.
    """
    groups: dict[str, list[FunctionDeclaration]] = {}
    for name in names:
        declared = context.functions.get(name)
        if declared is not None and declared.definition is None:
            groups.setdefault(name.partition("(")[0], []).append(declared)
    return all(_is_chain(group) or _are_tied(group) for group in groups.values())


def _is_chain(group: Sequence[FunctionDeclaration]) -> bool:
    """Whether each variable has one density, and none depends on itself through others."""
    if len(group) == 1:
        return True
    own: dict[str, FunctionDeclaration] = {}
    given: dict[str, set[str]] = {}
    for declared in group:
        fixed = {str(p) for fact in declared.facts for p in fact.parameters}
        for parameter in (str(p) for p in declared.parameters):
            if parameter not in fixed:
                if parameter in own:
                    return False
                own[parameter] = declared
                given[parameter] = fixed
    while given:
        first = [name for name, others in given.items() if not others & set(given)]
        if not first:
            return False
        for name in first:
            del given[name]
    return True


def _are_tied(group: Sequence[FunctionDeclaration]) -> bool:
    """Whether for each two of the functions some declared fact speaks of both."""
    spoken = [
        {a.func.__name__ for side in (fact.left, fact.right) for a in side.atoms(AppliedUndef)}
        for declared in group
        for fact in declared.facts
    ]
    return all(any({a.key, b.key} <= names for names in spoken) for a, b in combinations(group, 2))
