"""Models for abstract functions, the simplest first.

Accepts the declarations of all functions that a statement speaks of. On a finite domain a density becomes a table of
simple weights, any other function a table of small integers. On the line densities become normal laws, on a half-line
exponential laws; on any interval also step densities on few cells, which may be 0 somewhere. Other functions on
intervals become polynomials. Nothing here is trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import cycle, islice, permutations, product

from flint import fmpq
from sympy import Expr, Integer, Rational, Symbol, exp

from klderive.certificates.certificate import Point
from klderive.certificates.domains import elements_of
from klderive.certificates.evaluation import Formula, Model, StepFunction, Table
from klderive.certificates.fitting import own_parameters
from klderive.refute.normal_laws import normal_laws
from klderive.statement import Context, FunctionDeclaration

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

THREE_POINT = (
    (fmpq(1, 4), fmpq(1, 2), fmpq(1, 4)),
    (fmpq(1, 2), fmpq(1, 4), fmpq(1, 4)),
    (fmpq(1, 6), fmpq(1, 3), fmpq(1, 2)),
    (fmpq(1, 3), fmpq(1, 3), fmpq(1, 3)),
)
"""Distributions on three points."""

FOUR_POINT = (
    (fmpq(1, 4), fmpq(1, 4), fmpq(1, 4), fmpq(1, 4)),
    (fmpq(1, 2), fmpq(1, 4), fmpq(1, 8), fmpq(1, 8)),
    (fmpq(1, 8), fmpq(1, 8), fmpq(1, 4), fmpq(1, 2)),
    (fmpq(1, 6), fmpq(1, 3), fmpq(1, 3), fmpq(1, 6)),
)
"""Distributions on four points."""

RATES = (
    *(Integer(1), Integer(2), Rational(1, 2), Integer(3)),
    *(Integer(1000), Rational(1, 1000), Rational(1, 10**6)),
)
"""Rates of exponential laws on a half-line, the extreme ones last."""

SHIFTS = 5
"""Places where step densities on unbounded intervals are tried."""

SMOOTH_FIRST = 3
"""Models by normal and exponential laws before the first by step densities."""

PATTERNS: tuple[Callable[[int, int], int], ...] = (
    # Of rank r and place w: the signs of the binary digits, of which any two are uncorrelated on 2, 4, 8 places; the
    # same with mean 1.
    lambda r, w: 1 - 2 * ((w >> r) & 1),
    lambda r, w: 2 - 2 * ((w >> r) & 1),
    lambda r, w: w + r,
    lambda r, w: (w + 2 * r) % 3 - 1,
    lambda r, w: int(w == r),
)
"""Values of a function on finite domains that is no density, such as a random variable."""

LAWS = len(UNIT_DENSITIES)

STEEP_UNIT_DENSITIES = ((fmpq(2), fmpq(0)), (fmpq(0), fmpq(2)), (fmpq(1), fmpq(1)))
"""Step densities that are 0 on a half: two of them may have nothing in common."""

RARE = fmpq(1, 10**6)
"""The probability of what hardly happens."""

EXTREME = 4
"""How many extreme laws there are."""

EXTREME_MODELS = 40
"""Models by extreme laws: without doubt, nearly so, uniform; the same law for all densities first."""


def models_of(
    functions: Sequence[tuple[str, int]], context: Context, base: Point
) -> Iterator[dict[str, Model]]:
    """Models of all functions together, the simplest first.

    Args:
        functions: the keys, each with the number of arguments.
        context: what is declared of them.
        base: the elements of finite sets, and the values of symbols in the ends of domains.
    """
    known = {name: context.functions[name] for name, _ in functions if name in context.functions}
    densities = {name: d for name, d in known.items() if d.sign != "unknown" or d.facts}
    others: dict[str, Sequence[Model]] = {
        name: _free_functions(tuple(Symbol(f"t{i + 1}") for i in range(count)))
        for name, count in functions
        if name not in known
    }
    for name, declared in known.items():
        if name not in densities:
            others[name] = _declared_functions(declared, base)
    if not all(others.values()):
        return
    turns = max((len(pool) for pool in others.values()), default=1)
    for chosen in _laws(list(densities.values()), base):
        for place in range(turns):
            free = {name: pool[place % len(pool)] for name, pool in others.items()}
            yield {**chosen, **free}


def _laws(densities: Sequence[FunctionDeclaration], base: Point) -> Iterator[dict[str, Model]]:
    """Models of all densities together: smooth ones and steps in turn."""
    if not densities:
        yield {}
        return
    if all(len(limits) in (2, 4) for d in densities for limits in d.limits):
        yield from _tables(densities, base)
        return
    smooth, steps = _smooth(densities, base), _steps(densities, base)
    for _ in range(SMOOTH_FIRST):
        found = next(smooth, None)
        if found is None:
            break
        yield found
    yield from _in_turn(steps, smooth)
    orders = list(_extreme_orders(len(densities)))
    yield from _in_turn(_smooth(densities, base, orders), _steps(densities, base, orders))


def _in_turn(*sources: Iterator[dict[str, Model]]) -> Iterator[dict[str, Model]]:
    pending = list(sources)
    while pending:
        for source in tuple(pending):
            found = next(source, None)
            if found is None:
                pending.remove(source)
            else:
                yield found


def _tables(densities: Sequence[FunctionDeclaration], base: Point) -> Iterator[dict[str, Model]]:
    given = any(len(own_parameters(d)) < len(d.parameters) for d in densities)
    for order in _orders(len(densities)):
        for skewed in (False, True) if given else (False,):
            chosen: dict[str, Model] = {}
            for place, declared in zip(cycle(order), densities, strict=False):
                table = _table(declared, place, base, skewed=skewed)
                if table is None:
                    return
                chosen[declared.key] = table
            yield chosen
    for order in _extreme_orders(len(densities)):
        extreme: dict[str, Model] = {}
        for place, declared in zip(order, densities, strict=True):
            table = _table(declared, place, base, skewed=False)
            if table is None:
                return
            extreme[declared.key] = table
        yield extreme


def _orders(number: int) -> list[tuple[int, ...]]:
    """Which of the laws each of some functions has."""
    return list(permutations(range(LAWS), min(number, LAWS)))


def _extreme_orders(number: int) -> Iterator[tuple[int, ...]]:
    """Which of the laws each of some functions has, those beyond the usual ones: first the same for all."""
    laws = range(LAWS, LAWS + EXTREME)
    same = [(place,) * number for place in (0, *laws)]
    unlike = (order for order in product(laws, repeat=number) if order not in same)
    yield from islice((*same, *islice(unlike, EXTREME_MODELS)), EXTREME_MODELS)


def _extreme_laws(outcomes: int) -> Sequence[Sequence[fmpq]]:
    """Laws on some outcomes: without doubt, nearly so, and uniform."""
    others = outcomes - 1
    certain = (fmpq(1), *(fmpq(0),) * others)
    likely = (1 - others * RARE, *(RARE,) * others)
    return (certain, certain[::-1], likely, likely[::-1])


def _smooth(
    densities: Sequence[FunctionDeclaration],
    base: Point,
    orders: Sequence[tuple[int, ...]] | None = None,
) -> Iterator[dict[str, Model]]:
    """Normal laws on the line and exponential laws on half-lines, tables and steps on what else there is."""
    letters: dict[str, list[FunctionDeclaration]] = {}
    for declared in densities:
        letters.setdefault(declared.key.partition("(")[0], []).append(declared)
    conditional = any(len(group) > 1 for group in letters.values())
    for order in _orders(len(letters)) if orders is None else orders:
        # Laws that belong to one joint law differ from each other only if its variables are correlated.
        for correlated in (conditional, not conditional):
            chosen: dict[str, Model] = {}
            for place, group in zip(cycle(order), letters.values(), strict=False):
                found: Mapping[str, Model | None] | None
                found = normal_laws(group, place, correlated=correlated)
                if found is None:
                    found = {d.key: _exponential_law(d, place) for d in group}
                    if None in found.values() and any(found.values()):
                        return
                for declared in group:
                    model = found[declared.key] or _step_or_table(declared, place, base, 0)
                    if model is None:
                        return
                    chosen[declared.key] = model
            if not any(isinstance(model, Formula) for model in chosen.values()):
                return
            yield chosen
            if all(len(d.parameters) == 1 for d in densities):
                break


def _exponential_law(declared: FunctionDeclaration, place: int) -> Formula | None:
    """The exponential law on a half-line with a rational end."""
    limits = declared.limits[0]
    if len(declared.limits) != 1 or len(limits) != 3:
        return None
    (x,) = declared.parameters
    distance: Expr
    if limits[1].is_Rational and limits[2].is_infinite:
        distance = x - limits[1]
    elif limits[2].is_Rational and limits[1].is_infinite:
        distance = limits[2] - x
    else:
        return None
    rate = RATES[place % len(RATES)]
    return Formula((x,), rate * exp(-rate * distance))


def _steps(
    densities: Sequence[FunctionDeclaration],
    base: Point,
    orders: Sequence[tuple[int, ...]] | None = None,
) -> Iterator[dict[str, Model]]:
    for shift in range(SHIFTS if orders is None else 1):
        for order in _orders(len(densities)) if orders is None else orders:
            chosen: dict[str, Model] = {}
            for place, declared in zip(cycle(order), densities, strict=False):
                model = _step_or_table(declared, place, base, shift)
                if model is None:
                    return
                chosen[declared.key] = model
            yield chosen


def _step_or_table(
    declared: FunctionDeclaration, place: int, base: Point, shift: int
) -> Model | None:
    if all(len(limits) in (2, 4) for limits in declared.limits):
        return _table(declared, place, base, skewed=shift % 2 == 1)
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
    shapes = (*UNIT_DENSITIES, *STEEP_UNIT_DENSITIES)
    heights = tuple(h / length for h in shapes[place % len(shapes)])
    return StepFunction((start, start + length / 2, stop), heights, **where)


def _table(declared: FunctionDeclaration, place: int, base: Point, *, skewed: bool) -> Table | None:
    """Simple weights that sum to 1 over what the function is normalised over, others for other values of the rest."""
    variables = own_parameters(declared)
    found = [elements_of(limits, base) for limits in declared.limits]
    pools = [pool for pool in found if pool]
    if len(pools) < len(found):
        return None
    own = [i for i, parameter in enumerate(declared.parameters) if parameter in variables]
    outcomes = list(product(*(pools[i] for i in own)))
    laws: Sequence[Sequence[fmpq]] = {2: TWO_POINT, 3: THREE_POINT, 4: FOUR_POINT}.get(
        len(outcomes), ((fmpq(1, len(outcomes)),) * len(outcomes),)
    )
    if skewed and len(own) < len(pools) and len(outcomes) == 2:
        laws = SKEWED
    if place >= LAWS:
        laws = _extreme_laws(len(outcomes))
    entries = {}
    for arguments in product(*pools):
        rest = [
            int(arguments[i].p) for i in range(len(pools)) if i not in own and len(pools[i]) > 1
        ]
        # The usual laws depend on what is given; extreme ones do not, so that variables are independent.
        shift = sum((k + 1) * r for k, r in enumerate(rest)) if place < LAWS else 0
        row = laws[(place + shift) % len(laws)]
        entries[arguments] = row[outcomes.index(tuple(arguments[i] for i in own))]
    return Table(entries)


def _declared_functions(declared: FunctionDeclaration, base: Point) -> Sequence[Model]:
    """Models of a function of which no more is declared than its domain."""
    if any(len(limits) == 3 for limits in declared.limits):
        return _free_functions(declared.parameters)
    pools = [elements_of(limits, base) for limits in declared.limits]
    known = [pool for pool in pools if pool]
    if not known or len(known) < len(pools):
        return []
    places = [range(len(pool)) for pool in known]
    return [
        Table(
            {
                tuple(pool[i] for pool, i in zip(known, at, strict=True)): fmpq(
                    pattern(sum(at[:-1]), at[-1])
                )
                for at in product(*places)
            }
        )
        for pattern in PATTERNS
    ]


def _free_functions(parameters: Sequence[Symbol]) -> Sequence[Model]:
    """Polynomials in the sum of some parameters."""
    if not parameters:
        return []
    first = parameters[0]
    return [
        Formula(tuple(parameters), e) for e in (sum(parameters[1:], first), first**2 + 1, 1 - first)
    ]
