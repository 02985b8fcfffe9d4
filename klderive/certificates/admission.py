"""Whether a point is a model of what a statement speaks of: kinds of symbols, domains, signs and facts of functions.

Accepts a point and the expressions it is for. It fails closed: an assumption that a value is not known to meet, a fact
that does not hold in exact arithmetic, densities of one letter of which it is not known that they belong to one joint
density, each make the point no model.
"""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from flint import fmpq
from sympy import Basic, Derivative, Expr, Limit, Pow, Symbol, Tuple, log, oo
from sympy.core.function import AppliedUndef
from sympy.tensor.indexed import Indexed

from klderive.certificates.domains import lies_in
from klderive.certificates.evaluation import (
    TERMS,
    Model,
    Point,
    StepFunction,
    Table,
    Work,
)
from klderive.certificates.fitting import Fitting
from klderive.certificates.occurrences import occurrences
from klderive.notation.nodes import Defined, ProductOver, SumOver
from klderive.statement import (
    Context,
    Fact,
    FunctionDeclaration,
    Statement,
)


def admits(sides: Sequence[Expr], context: Context, point: Point, work: Work | None = None) -> bool:
    """Whether a point gives everything in some expressions and the givens a meaning that is allowed there.

    Args:
        sides: the expressions.
        context: the givens and declared functions.
        point: the point.
        work: a budget shared by several attempts.
    """
    context = without_ties(sides, context)
    needs = _needs_of.get(sides, context)
    if needs.varies or needs.symbols & set(context.optima):
        return False
    if any(symbol not in point.sets and symbol not in point.values for symbol in needs.symbols):
        return False
    return (
        all(_has_kind(symbol, value) for symbol, value in point.values.items())
        and all(0 < len(e) == len({(x.p, x.q) for x in e}) for e in point.sets.values())
        and all(
            _has_kind(label, value)
            for label in needs.labels
            for value in point.families.get(str(label), ())
        )
        and all(
            lies_in(point.values[symbol], context.ranges[symbol], point)
            for symbol in needs.symbols & set(context.ranges)
            if symbol in point.values
        )
        and all(_are_data(name, context, point) for name in needs.families)
        and _fitting.fits(needs.functions, needs.tied, context, point, work or Work())
    )


def _are_data(name: str, context: Context, point: Point) -> bool:
    """Whether the data of a family lie in their domain, have their sign, and are counted right."""
    declared = context.families.get(name)
    data = point.families.get(name, ())
    if declared is None:
        return True
    if declared.limits is not None and not all(
        lies_in(v, declared.limits, point, declared.belongs) for v in data
    ):
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


def implied(statement: Statement, context: Context, point: Point) -> frozenset[str]:
    """The names in a point that a reader need not see: nothing ties them to what a statement speaks of.

    Functions that the statement does not speak of only show that the others belong together. Symbols count only if they
    are in the statement, or a chain of givens leads to them.
    """
    sides = [statement.left, statement.right]
    given = list(context.givens)
    while True:
        own = replace(context, givens=())
        spoken = spoken_of(sides, own)
        symbols, sets = symbols_of(sides, own), domain_sets(sides, own)
        families = families_of(sides, own)
        names = {*map(str, symbols | sets), *families, *spoken}
        tied = [
            g
            for g in given
            if names & {str(s) for s in g.left.free_symbols | g.right.free_symbols}
            or spoken & spoken_of((g.left, g.right), own)
        ]
        if not tied:
            break
        given = [g for g in given if g not in tied]
        sides += [side for g in tied for side in (g.left, g.right)]
    everything = [*point.values, *point.sets, *point.families, *point.functions]
    functions = set(point.functions) - spoken_of((statement.left, statement.right), context)
    return frozenset({str(name) for name in everything} - names | functions)


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
    return {
        a.func.__name__ for side in (fact.left, fact.right) for a in occurrences(side, AppliedUndef)
    }


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
        pending += [(node.definition(), parameters) for node in occurrences(expression, Defined)]
        for symbol in expression.free_symbols & set(context.ranges) - ranged:
            ranged.add(symbol)
            limits = context.ranges[symbol]
            pending += [(end, none) for end in (limits[1:3] if len(limits) > 2 else ())]
        for application in occurrences(expression, AppliedUndef):
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


@dataclass(frozen=True, slots=True)
class _Needs:
    """What a point must give for some expressions: symbols, data by label and by name, models of functions.

    `tied` are the symbols of which declarations speak; `varies` says that a limit or a derivative is not evaluated.
    """

    symbols: frozenset[Symbol]
    labels: frozenset[Symbol]
    families: frozenset[str]
    functions: frozenset[str]
    tied: frozenset[Symbol]
    varies: bool


def _needs(sides: Sequence[Expr], context: Context) -> _Needs:
    expressions = list(expressions_of(sides, context))
    labels = {i.base.label for e in expressions for i in occurrences(e, Indexed)}
    names = functions_of(sides, context)
    tied: set[Symbol] = set()
    for declared in (context.functions[n] for n in names if n in context.functions):
        spoken = [(end, declared.parameters) for limits in declared.limits for end in limits[1:]]
        if declared.definition is not None:
            spoken.append((declared.definition, declared.parameters))
        spoken += [(s, f.parameters) for f in declared.facts for s in (f.left, f.right)]
        tied |= {symbol for e, own in spoken for symbol in e.free_symbols - {*own}}
    return _Needs(
        frozenset(symbols_of(sides, context) - labels),
        frozenset(labels),
        frozenset(families_of(sides, context)),
        frozenset(names),
        frozenset(tied),
        any(_varies(node, context) for e in expressions for node in occurrences(e, Limit))
        or not all(
            _may_vary(variable, context)
            for e in expressions
            for node in occurrences(e, Derivative)
            for variable, _ in node.args[1:]
        ),
    )


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
    members = {str(i.base) for e in expressions_of(sides, context) for i in occurrences(e, Indexed)}
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
        for application in occurrences(e, AppliedUndef)
    }


def is_abstract(side: Expr, context: Context) -> bool:
    """Whether an expression speaks of a function of which no more is known than is declared."""
    names = functions_of((side,), context)
    return any(
        name not in context.functions or context.functions[name].definition is None
        for name in names
    )


def have_one_support(point: Point, context: Context) -> bool:
    """Whether each abstract density is certainly positive wherever one like it is, and tables everywhere."""
    return all(
        len({support for support, _ in alike}) < 2
        and not any(support is not None and table for support, table in alike)
        for alike in _supports(point, context).values()
    )


def are_continuous(sides: Sequence[Expr], context: Context, point: Point) -> bool:
    """Whether a density that stands in a denominator or under a logarithm is positive wherever another one is.

    That it is, may be a condition of a line, which a point at which it is not says nothing about.
    """
    mixed = {
        kind
        for kind, alike in _supports(point, context).items()
        if len({support for support, _ in alike}) > 1
    }
    if not mixed:
        return True
    below: set[str] = set()
    for e in expressions_of(sides, replace(context, givens=())):
        inner = [node.args[0] for node in e.atoms(log)]
        inner += [node.args[0] for node in occurrences(e, Pow) if not node.args[1].is_nonnegative]
        below |= {a.func.__name__ for part in inner for a in occurrences(part, AppliedUndef)}
    return not any(
        _kind_of(context.functions[name]) in mixed and _support(point.functions[name]) is not None
        for name in below & point.functions.keys()
        if _is_abstract_density(name, context)
    )


def _supports(
    point: Point, context: Context
) -> dict[tuple[Tuple, ...] | None, set[tuple[object, bool]]]:
    """The supports of abstract densities that may be compared, each with whether it is that of a table."""
    found: dict[tuple[Tuple, ...] | None, set[tuple[object, bool]]] = {}
    for name, model in point.functions.items():
        if _is_abstract_density(name, context):
            alike = found.setdefault(_kind_of(context.functions[name]), set())
            alike.add((_support(model), isinstance(model, Table)))
    return found


def _is_abstract_density(name: str, context: Context) -> bool:
    declared = context.functions.get(name)
    return declared is not None and declared.sign != "unknown" and declared.definition is None


def _kind_of(declared: FunctionDeclaration) -> tuple[Tuple, ...] | None:
    """The domains of a function; None if one is an interval."""
    if any(len(limits) == 3 for limits in declared.limits):
        return None
    return tuple(Tuple(*limits[1:]) for limits in declared.limits)


def _support(model: Model) -> object:
    """Where a model is positive: None is everywhere, other values are equal if the places are the same."""
    if isinstance(model, StepFunction):
        ends: list[fmpq] = []
        for left, right, height in model.cells():
            if height != 0 and ends and ends[-1] == left:
                ends[-1] = right
            elif height != 0:
                ends += [left, right]
        return tuple((int(e.p), int(e.q)) for e in ends)
    if isinstance(model, Table) and not all(model.entries.values()):
        places = [key for key, value in model.entries.items() if value]
        return frozenset(tuple((int(v.p), int(v.q)) for v in key) for key in places)
    return None


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
    sets = {node.args[2] for node in occurrences(expression, SumOver, ProductOver)}
    for node in occurrences(expression, Defined):
        sets |= {a[1] for a in node.args if isinstance(a, Tuple) and len(a) == 2}
    return sets


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


_needs_of = _Recent(_needs)
_fitting = Fitting()
_parts_of = _Recent(lambda sides, context: tuple(_walk(sides, context)))
_without_ties = _Recent(_freed)
