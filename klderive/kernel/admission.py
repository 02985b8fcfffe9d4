"""Whether a point is a model of what a statement speaks of: kinds of symbols, domains, signs and facts of functions.

Accepts a point and the expressions it is for. It fails closed: an assumption that a value is not known to meet, a fact
that does not hold in exact arithmetic, densities of one letter of which it is not known that they belong to one joint
density, each make the point no model.
"""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product
from typing import Generic, TypeVar

from flint import fmpq
from sympy import Basic, Derivative, Expr, Limit, Symbol, Tuple, oo
from sympy.core.function import AppliedUndef
from sympy.tensor.indexed import Indexed

from klderive.kernel.evaluation import (
    TERMS,
    Formula,
    Model,
    Point,
    StepFunction,
    Table,
    UndefinedError,
    UndeterminedError,
    Work,
    evaluate,
)
from klderive.kernel.statement import (
    Context,
    Fact,
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
    context = without_ties(sides, context)
    expressions = list(expressions_of(sides, context))
    families = {i.base.label for e in expressions for i in e.atoms(Indexed)}
    symbols = symbols_of(sides, context) - families
    for symbol in symbols:
        if symbol not in point.sets and symbol not in point.values:
            return False
        if symbol in context.optima:
            return False
    checked: set[Fact] = set()
    return (
        all(_has_kind(symbol, value) for symbol, value in point.values.items())
        and all(0 < len(e) == len({(x.p, x.q) for x in e}) for e in point.sets.values())
        and all(
            _has_kind(label, value)
            for label in families
            for value in point.families.get(str(label), ())
        )
        and all(
            lies_in(point.values[symbol], context.ranges[symbol], point)
            for symbol in symbols & set(context.ranges)
            if symbol in point.values
        )
        and all(_are_data(name, context, point) for name in families_of(sides, context))
        and not any(_varies(node, context) for e in expressions for node in e.atoms(Limit))
        and all(
            _may_vary(variable, context)
            for e in expressions
            for node in e.atoms(Derivative)
            for variable, _ in node.args[1:]
        )
        and all(
            _is_model(name, context, point, checked, work) for name in functions_of(sides, context)
        )
        and _belong_together(functions_of(sides, context), context, point)
    )


def lies_in(value: fmpq, limits: Tuple, point: Point) -> bool:
    """Whether a value certainly lies in a domain, written as limits: an open interval, a set, a range of integers."""
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


def elements_of(limits: Tuple, point: Point) -> Sequence[fmpq] | None:
    """The elements of a domain that is a finite set or a range of integers with rational ends."""
    if len(limits) == 2:
        return point.sets.get(limits[1])
    if len(limits) != 4:
        return None
    lower, upper = _ends(limits, point) or (None, None)
    if lower is None or upper is None or lower.q != 1 or upper.q != 1 or upper - lower > TERMS:
        return None
    return [fmpq(i) for i in range(int(lower.p), int(upper.p) + 1)]


def _ends(limits: Tuple, point: Point) -> tuple[fmpq | None, fmpq | None] | None:
    """The ends of an interval or range, None for an infinite one; None if one is not rational at the point."""
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


def _are_data(name: str, context: Context, point: Point) -> bool:
    """Whether the data of a family lie in their domain, have their sign, and are counted right."""
    declared = context.families.get(name)
    data = point.families.get(name, ())
    if declared is None:
        return True
    if declared.limits is not None and not all(lies_in(v, declared.limits, point) for v in data):
        return False
    if declared.sign != "unknown" and not all(v >= 0 for v in data):
        return False
    if declared.sign == "positive" and not all(v > 0 for v in data):
        return False
    if declared.values and not all(v in declared.values for v in data):
        return False
    counts = {
        count: value
        for value, count in zip(declared.values, declared.counts, strict=False)
        if count in point.values
    }
    if not counts:
        return True
    length = None if declared.length is None else point.values.get(declared.length)
    if length is None or length.q != 1 or not 0 <= length <= TERMS:
        return False
    if name not in point.families:
        # Of data that nothing is asked about it is enough that there are some with these counts.
        return (
            len(counts) == len(declared.counts)
            and sum(point.values[count] for count in counts) == length
        )
    if not data:
        return False
    first = [data[i % len(data)] for i in range(int(length.p))]
    return all(
        point.values[count] == sum(member == value for member in first)
        for count, value in counts.items()
    )


def _varies(node: Limit, context: Context) -> bool:
    """Whether a symbol in a limit may stand for something that changes with the variable that tends to a value.

    Nor may anything keep the variable from where it tends.
    """
    body, variable, to = node.args[:3]
    limits = context.ranges.get(variable)
    if limits is not None and tuple(limits[1:]) != (-oo, oo):
        return True
    if to != oo and any(variable in _symbols_in(given) for given in context.givens):
        return True
    symbols = body.free_symbols - {variable}
    counted = {
        count
        for declared in context.families.values()
        if declared.length == variable
        for count in declared.counts
    }
    tied = [_symbols_in(given) for given in context.givens]
    return bool(symbols & counted) or any(variable in t and t & symbols for t in tied)


def _may_vary(variable: Symbol, context: Context) -> bool:
    """Whether the assumptions leave a variable of differentiation free all around a point at which they hold."""
    limits = context.ranges.get(variable)
    return (limits is None or len(limits) == 3) and not any(
        variable in _symbols_in(given)
        for given in context.givens
        if given.relation not in ("<", ">", "!=")
    )


def _symbols_in(given: Statement) -> set[Basic]:
    symbols: set[Basic] = given.left.free_symbols | given.right.free_symbols
    return symbols


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
    context = without_ties(sides, context)
    names = functions_of(sides, context)
    families = families_of(sides, context)
    sets = domain_sets(sides, context)
    return Point(
        values={s: v for s, v in point.values.items() if s in symbols},
        functions={n: m for n, m in point.functions.items() if n in names},
        sets={s: e for s, e in point.sets.items() if s in sets},
        families={n: d for n, d in point.families.items() if n in families},
    )


def expressions_of(sides: Sequence[Expr], context: Context) -> Iterator[Expr]:
    """Expressions, the givens, and the definitions and facts of the functions in them, followed down."""
    return (expression for expression, _ in _parts(sides, context))


def spoken_of(sides: Sequence[Expr], context: Context) -> set[str]:
    """The names of the functions in some expressions, the givens and the definitions in these; facts do not count."""
    bare = {name: replace(f, facts=()) for name, f in context.functions.items()}
    return functions_of(sides, replace(context, functions=bare))


def without_ties(sides: Sequence[Expr], context: Context) -> Context:
    """The context without the facts that tie a density over an interval to a joint one, where it is spoken of alone.

    Any marginal, conditional or joint density is one of some joint density, so that alone it is free; not so if one of
    the others is said to be positive. Over finite sets the others have tables, which show how it belongs together.
    """
    return _without_ties.get(sides, context)


def _freed(sides: Sequence[Expr], context: Context) -> Context:
    spoken = spoken_of(sides, context)
    functions = dict(context.functions)
    for name in spoken & set(functions):
        declared = functions[name]
        ties = [fact for fact in declared.facts if _functions_in(fact) - {name}]
        others = set().union(*(_functions_in(fact) for fact in ties)) - {name}
        joint = all(fact.source == "probability" for fact in ties)
        free = all(
            other in context.functions and context.functions[other].sign == "nonnegative"
            for other in others
        )
        interval = any(len(limits) == 3 for limits in declared.limits)
        if ties and joint and free and interval and not others & spoken:
            own = tuple(fact for fact in declared.facts if fact not in ties)
            functions[name] = replace(declared, facts=own)
    return replace(context, functions=functions)


def _functions_in(fact: Fact) -> set[str]:
    return {a.func.__name__ for side in (fact.left, fact.right) for a in side.atoms(AppliedUndef)}


def _parts(sides: Sequence[Expr], context: Context) -> tuple[tuple[Expr, frozenset[Symbol]], ...]:
    """The same, each with the symbols that are its parameters."""
    return _parts_of.get(sides, context)


def _walk(sides: Sequence[Expr], context: Context) -> Iterator[tuple[Expr, frozenset[Symbol]]]:
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
    symbols = _free_symbols(sides, context)
    return symbols | {
        declared.length
        for declared in context.families.values()
        if declared.length is not None and symbols & {*declared.counts}
    }


def families_of(sides: Sequence[Expr], context: Context) -> set[str]:
    """The names of the families that must have data: those with members or counts in the expressions."""
    symbols = _free_symbols(sides, context)
    members = {str(i.base) for e in expressions_of(sides, context) for i in e.atoms(Indexed)}
    return members | {
        name for name, declared in context.families.items() if symbols & {*declared.counts}
    }


def _free_symbols(sides: Sequence[Expr], context: Context) -> set[Symbol]:
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


def domain_sets(sides: Sequence[Expr], context: Context) -> set[Symbol]:
    """The finite sets that must have elements: those of sums, and the domains of functions, symbols and data."""
    expressions = list(expressions_of(sides, context))
    sets = {s for e in expressions for s in sets_of(e)}
    domains = [bounds for s, bounds in context.ranges.items() if s in symbols_of(sides, context)]
    for name in functions_of(sides, context):
        declared = context.functions.get(name)
        domains += declared.limits if declared is not None else ()
    for label in families_of(sides, context):
        family = context.families.get(label)
        if family is not None and family.limits is not None:
            domains.append(family.limits)
    return sets | {bounds[1] for bounds in domains if len(bounds) == 2}


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


def _is_model(
    name: str, context: Context, point: Point, checked: set[Fact], work: Work | None
) -> bool:
    """Whether the model of a function is one of its declaration; facts that are `checked` hold."""
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
    if not _has_sign(model, declared, point):
        return False
    for fact in declared.facts:
        if fact in checked:
            continue
        if not _fact_holds(fact, declared, context, point, work):
            return False
        # What ties several functions is a fact of each of them, the same if it says itself where it holds.
        if {limits[0] for limits in fact.domains} >= {*fact.parameters}:
            checked.add(fact)
    return True


def _fact_holds(
    fact: Fact, declared: FunctionDeclaration, context: Context, point: Point, work: Work | None
) -> bool:
    """Whether a fact holds in exact arithmetic, for all values of its parameters."""
    ranges = []
    for parameter in fact.parameters:
        values = _values_of(parameter, fact, declared, context, point)
        if values is None and _is_ignored(parameter, fact, context, point):
            # Only step functions get it, which depend on another argument: the sides are the same for all its values.
            values = _some_value(parameter, fact, declared, point)
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
    """All values of a parameter of a fact, if it runs over a finite set or a range of integers."""
    limits = _domain_of(parameter, fact, declared)
    if limits is None:
        for application in (*fact.left.atoms(AppliedUndef), *fact.right.atoms(AppliedUndef)):
            other = context.functions.get(application.func.__name__)
            if other is not None and parameter in application.args:
                limits = other.limits[application.args.index(parameter)]
                break
    return None if limits is None else elements_of(limits, point)


def _domain_of(parameter: Symbol, fact: Fact, declared: FunctionDeclaration) -> Tuple | None:
    """The declared domain of a parameter of a fact."""
    own = dict(zip(declared.parameters, declared.limits, strict=True))
    return {**own, **{limits[0]: limits for limits in fact.domains}}.get(parameter)


def _some_value(
    parameter: Symbol, fact: Fact, declared: FunctionDeclaration, point: Point
) -> Sequence[fmpq] | None:
    """One value in the open interval that a parameter runs over."""
    limits = _domain_of(parameter, fact, declared)
    ends = None if limits is None or len(limits) != 3 else _ends(limits, point)
    if ends is None:
        return None
    lower, upper = ends
    if lower is not None and upper is not None:
        return [(lower + upper) / 2] if lower < upper else None
    if lower is not None:
        return [lower + 1]
    return [fmpq(0) if upper is None else upper - 1]


def _is_ignored(parameter: Symbol, fact: Fact, context: Context, point: Point) -> bool:
    """Whether a parameter stands in a fact only for arguments on which step functions do not depend."""

    def ignored(e: Expr) -> bool:
        if e == parameter:
            return False
        if not isinstance(e, AppliedUndef):
            return all(ignored(argument) for argument in e.args)
        declared = context.functions.get(e.func.__name__)
        model = point.functions.get(e.func.__name__)
        own = declared is None or declared.definition is None
        return all(
            ignored(argument)
            or (
                own
                and argument == parameter
                and isinstance(model, StepFunction)
                and place != model.place
            )
            for place, argument in enumerate(e.args)
        )

    return ignored(fact.left) and ignored(fact.right)


def _has_sign(model: Model, declared: FunctionDeclaration, point: Point) -> bool:
    if isinstance(model, Formula):
        return False
    if isinstance(model, StepFunction):
        if declared.sign != "unknown" and any(h < 0 for h in model.heights):
            return False
        return _steps_fit(model, declared, point)
    domain = [elements_of(limits, point) for limits in declared.limits]
    elements = [e for e in domain if e is not None]
    if len(elements) != len(domain) or set(model.entries) != set(product(*elements)):
        return False
    least = {"unknown": None, "nonnegative": False, "positive": True}[declared.sign]
    return least is None or all(v > 0 if least else v >= 0 for v in model.entries.values())


def _steps_fit(model: StepFunction, declared: FunctionDeclaration, point: Point) -> bool:
    """Whether a step function lives in the declared interval, and fills it if it must be positive."""
    if len(declared.limits) != model.arguments or len(declared.limits[model.place]) != 3:
        return False
    ends = _ends(declared.limits[model.place], point)
    if ends is None:
        return False
    first, last = model.breaks[0], model.breaks[-1]
    if (ends[0] is not None and first < ends[0]) or (ends[1] is not None and last > ends[1]):
        return False
    if declared.sign == "positive":
        return (first, last) == (ends[0], ends[1]) and all(h > 0 for h in model.heights)
    return True


def _belong_together(names: set[str], context: Context, point: Point) -> bool:
    """Whether there is a joint density of all variables with the models of densities that share a letter.

    Of `p(x)` and `p(y | x)` there is: their product. Of `p(x)` and `p(x, y)` it takes a fact that ties them, which the
    models are then held to. A `p(x)` that equals `p(x | w)` for all w follows from that, whatever the law of w is. What
    a density is normalised over, its facts say.
    """
    groups: dict[str, list[FunctionDeclaration]] = {}
    for name in names:
        declared = context.functions.get(name)
        if declared is not None and declared.definition is None:
            groups.setdefault(name.partition("(")[0], []).append(declared)
    for group in groups.values():
        rest = [f for f in group if not any(_follows(f, other, point) for other in group)]
        if not _is_chain(rest) and not _are_tied(rest):
            return False
    return True


def _follows(f: FunctionDeclaration, other: FunctionDeclaration, point: Point) -> bool:
    """Whether a density is another one that is given more but does not depend on that."""
    first, second = point.functions.get(f.key), point.functions.get(other.key)
    if not isinstance(first, Table) or not isinstance(second, Table):
        return False
    places = [other.parameters.index(p) for p in f.parameters if p in other.parameters]
    return (
        len(places) == len(f.parameters) < len(other.parameters)
        and own_parameters(f) == own_parameters(other)
        and all(
            first.entries.get(tuple(arguments[i] for i in places)) == value
            for arguments, value in second.entries.items()
        )
    )


def own_parameters(declared: FunctionDeclaration) -> set[Symbol]:
    """The parameters over which a density is normalised; those of a fact of its normalisation are given."""
    given = {p for fact in declared.facts if fact.right == 1 for p in fact.parameters}
    return set(declared.parameters) - given


def _is_chain(group: Sequence[FunctionDeclaration]) -> bool:
    """Whether each variable has one density, and none depends on itself through others."""
    if len(group) == 1:
        return True
    own: dict[str, FunctionDeclaration] = {}
    given: dict[str, set[str]] = {}
    for declared in group:
        variables = {str(p) for p in own_parameters(declared)}
        for parameter in variables:
            if parameter in own:
                return False
            own[parameter] = declared
            given[parameter] = {str(p) for p in declared.parameters} - variables
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


_Made = TypeVar("_Made")


class _Recent(Generic[_Made]):
    """What was made of the last few sides and contexts: a search asks for the same at every point."""

    def __init__(self, make: Callable[[Sequence[Expr], Context], _Made]) -> None:
        self.make = make
        self.known: deque[tuple[tuple[Expr, ...], Context, _Made]] = deque(maxlen=16)

    def get(self, sides: Sequence[Expr], context: Context) -> _Made:
        """What is made of these very objects, which do not change."""
        for own, other, made in self.known:
            same = len(own) == len(sides) and all(map(operator.is_, own, sides))
            if same and other is context:
                return made
        made = self.make(sides, context)
        self.known.append((tuple(sides), context, made))
        return made


_parts_of = _Recent(lambda sides, context: tuple(_walk(sides, context)))
_without_ties = _Recent(_freed)
