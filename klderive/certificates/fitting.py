"""Whether the models of functions fit what is declared of these: domain, sign, facts, and that they belong together.

Accepts the models of a point. It fails closed: a fact that does not hold in exact arithmetic for all values of its
parameters, a formula that is not seen to be positive, densities of one letter of which it is not known that they belong
to one joint density, each make the models unfit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import combinations, product

from flint import fmpq
from sympy import Expr, Function, Mul, Symbol, Tuple
from sympy.core.function import AppliedUndef

from klderive.certificates.domains import elements_of, ends
from klderive.certificates.evaluation import (
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
from klderive.certificates.gaussian_integrals import is_identity, is_positive_formula
from klderive.certificates.occurrences import occurrences
from klderive.notation.nodes import accumulate
from klderive.statement import Context, Fact, FunctionDeclaration

INSTANCES = 64
"""Instances of a fact that are checked."""


class Fitting:
    """Which models of functions were found to fit what is declared of these, and which not.

    A search asks for the same models again with other values of symbols. Mappings are the same if they are the very
    same objects, which do not change.
    """

    def __init__(self) -> None:
        self.known: deque[tuple[frozenset[str], Context, Point, bool]] = deque(maxlen=16)

    def fits(
        self,
        names: frozenset[str],
        tied: frozenset[Symbol],
        context: Context,
        point: Point,
        work: Work,
    ) -> bool:
        """Whether functions have models that their declarations allow, and that belong together.

        Args:
            names: the functions.
            tied: the symbols of which the declarations speak.
            context: the declarations.
            point: the models.
            work: a budget; an answer that it cut short is not kept.
        """
        for own, other, at, answer in self.known:
            if (
                own == names
                and other is context
                and at.functions is point.functions
                and at.sets is point.sets
                and at.families is point.families
                and all(at.values.get(s) == point.values.get(s) for s in tied)
            ):
                return answer
        checked: set[Fact] = set()
        answer = all(
            _is_model(name, context, point, checked, work) for name in names
        ) and _belong_together(names, context, point, work)
        if work.left >= 0:
            self.known.append((names, context, point, answer))
        return answer


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
        return not isinstance(model, Formula) or _is_polynomial(model)
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
    domains = {p: _domain_of(p, fact, declared) for p in fact.parameters}
    known = {p: tuple(limits[1:]) for p, limits in domains.items() if limits is not None}
    if fact.relation == "=" and any(isinstance(m, Formula) for m in point.functions.values()):
        try:
            if len(known) == len(domains) and is_identity(
                fact.left, fact.right, known, point, context.functions, work or Work()
            ):
                return True
        except UndeterminedError:
            return False
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
        for application in (
            *occurrences(fact.left, AppliedUndef),
            *occurrences(fact.right, AppliedUndef),
        ):
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
    found = None if limits is None or len(limits) != 3 else ends(limits, point)
    if found is None:
        return None
    lower, upper = found
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
        if declared.sign == "unknown":
            return _is_polynomial(model)
        return len(model.parameters) == len(declared.limits) and is_positive_formula(model)
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


def _is_polynomial(model: Formula) -> bool:
    return model.expression.free_symbols <= {*model.parameters} and bool(
        model.expression.is_polynomial(*model.parameters)
    )


def _steps_fit(model: StepFunction, declared: FunctionDeclaration, point: Point) -> bool:
    """Whether a step function lives in the declared interval, and fills it if it must be positive."""
    if len(declared.limits) != model.arguments or len(declared.limits[model.place]) != 3:
        return False
    found = ends(declared.limits[model.place], point)
    if found is None:
        return False
    lower, upper = found
    first, last = model.breaks[0], model.breaks[-1]
    if (lower is not None and first < lower) or (upper is not None and last > upper):
        return False
    if declared.sign == "positive":
        return (first, last) == (lower, upper) and all(h > 0 for h in model.heights)
    return True


def _belong_together(names: Collection[str], context: Context, point: Point, work: Work) -> bool:
    """Whether there is a joint density of all variables with the models of densities that share a letter.

    Of `p(x)` and `p(y | x)` there is: their product. Of `p(x)` and `p(x, y)` it takes a fact that ties them, which the
    models are then held to, or that one is the marginal of the other. A `p(x)` that equals `p(x | w)` for all w follows
    from that, whatever the law of w is. What a density is normalised over, its facts say.
    """
    groups: dict[str, list[FunctionDeclaration]] = {}
    for name in names:
        declared = context.functions.get(name)
        if declared is not None and declared.definition is None:
            groups.setdefault(name.partition("(")[0], []).append(declared)
    for group in groups.values():
        rest = [f for f in group if not any(_follows(f, other, point) for other in group)]
        if _is_chain(rest) or _are_tied(rest):
            continue
        if not any(_are_parts(rest, whole, context, point, work) for whole in rest):
            return False
    return True


def _are_parts(
    group: Sequence[FunctionDeclaration],
    whole: FunctionDeclaration,
    context: Context,
    point: Point,
    work: Work,
) -> bool:
    """Whether all densities of a group are marginals or conditionals of one of them."""
    for declared in group:
        if declared is whole:
            continue
        fact = part_of(declared, whole)
        if fact is None or not _fact_holds(fact, whole, context, point, work):
            return False
    return True


def part_of(part: FunctionDeclaration, whole: FunctionDeclaration) -> Fact | None:
    """What makes a density a marginal or a conditional density of another one; None if its variables do not fit.

    With a, b, c variables: of p(a, b | c) the marginal p(a | c) is the integral over b, and the conditional p(a | b, c)
    times the marginal p(b | c) is p(a, b | c).
    """
    own, given = _variables(part)
    all_own, all_given = _variables(whole)
    if own & all_given or given - all_own != all_given:
        return None
    among = given & all_own
    if (own | among != all_own) if among else not own < all_own:
        return None
    domains_of = {str(bounds[0]): bounds[1:] for bounds in whole.limits}
    if any(domains_of[str(bounds[0])] != bounds[1:] for bounds in part.limits):
        return None
    symbols = {str(p): p for p in whole.parameters}
    joint: Expr = Function(whole.key)(*whole.parameters)
    left: Expr = Function(part.key)(*(symbols[str(p)] for p in part.parameters))
    rest = [bounds for bounds in whole.limits if str(bounds[0]) in all_own - own - given]
    if among:
        rest = [bounds for bounds in whole.limits if str(bounds[0]) in own]
    marginal = joint
    for bounds in rest:
        marginal = accumulate(marginal, bounds)
    free = tuple(p for p in whole.parameters if among or str(p) in own | all_given)
    domains = tuple(bounds for bounds in whole.limits if bounds[0] in free)
    if among:
        return Fact(
            "", Mul(left, marginal, evaluate=False), joint, parameters=free, domains=domains
        )
    return Fact("", marginal, left, parameters=free, domains=domains)


def _variables(declared: FunctionDeclaration) -> tuple[set[str], set[str]]:
    """The names of the variables over which a density is normalised, and of those that are given."""
    own = own_parameters(declared)
    return {str(p) for p in own}, {str(p) for p in declared.parameters if p not in own}


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
        {
            a.func.__name__
            for side in (fact.left, fact.right)
            for a in occurrences(side, AppliedUndef)
        }
        for declared in group
        for fact in declared.facts
    ]
    return all(any({a.key, b.key} <= names for names in spoken) for a, b in combinations(group, 2))
