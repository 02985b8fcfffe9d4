"""Solves equations for what a point must have: functions and symbols that others determine are computed, not guessed.

Accepts the facts of the declared functions and the givens of a context. The idea: of p(y | x), p(x), p(y, x) and the
rest of a joint law, two determine the others, by the product rule, Bayes' rule and marginalisation; those two are
chosen freely, and the tables of the others are evaluated. Likewise a symbol that a given equates with something known.
Nothing here is trusted: the kernel checks all facts of a point again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations, product

from flint import fmpq
from sympy import Add, Expr, Integral, Mul, Pow, Sum, Symbol
from sympy.core.function import AppliedUndef

from klderive.certificates.certificate import Point
from klderive.certificates.domains import elements_of
from klderive.certificates.evaluation import (
    Model,
    Table,
    UndefinedError,
    UndeterminedError,
    evaluate,
)
from klderive.certificates.fitting import part_of
from klderive.certificates.occurrences import occurrences
from klderive.certificates.real_arithmetic import Value, power
from klderive.notation.nodes import SumOver
from klderive.statement import Context, FunctionDeclaration, Statement

CHOICES = 3
"""Functions of one letter that may be chosen freely beside those that nothing determines."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What determines a function at its arguments, or a power of a symbol."""

    head: AppliedUndef | Symbol
    body: Expr
    exponent: int = 1

    @property
    def name(self) -> str:
        """The name of the function or symbol."""
        return str(self.head) if isinstance(self.head, Symbol) else str(self.head.func.__name__)

    def needs(self) -> set[str]:
        """The names of the functions in the body."""
        return {a.func.__name__ for a in occurrences(self.body, AppliedUndef)}


def function_rules(names: Iterable[str], context: Context, quotients: bool) -> list[Rule]:
    """What determines functions on finite domains, by a fact or given.

    Args:
        names: the functions without a definition.
        context: the declared functions and the givens.
        quotients: whether an equation is also solved for a factor of a side.
    """
    known = {n: context.functions[n] for n in names if n in context.functions}
    pairs = [(f.left, f.right) for d in known.values() for f in d.facts if f.relation == "="]
    pairs += [_opened(given) for given in context.givens if given.relation == "="]
    pairs += _untied(list(known.values()))
    rules: dict[Rule, None] = {}
    for left, right in dict.fromkeys(pairs):
        for side, body in ((right, left), (left, right)):
            rules[Rule(side, body)] = None
            if quotients and isinstance(side, Mul):
                for factor in side.args:
                    rest = Mul(*(f for f in side.args if f is not factor), evaluate=False)
                    quotient = Mul(body, Pow(rest, -1, evaluate=False), evaluate=False)
                    rules[Rule(factor, quotient)] = None
    return [
        rule
        for rule in rules
        if isinstance(rule.head, AppliedUndef)
        and rule.name in known
        and rule.name not in rule.needs()
        and all(len(limits) in (2, 4) for limits in known[rule.name].limits)
        and all(isinstance(argument, Symbol) for argument in rule.head.args)
        and len(set(rule.head.args)) == len(rule.head.args)
        and rule.body.free_symbols <= set(rule.head.args)
    ]


def _untied(declared: Sequence[FunctionDeclaration]) -> Iterator[tuple[Expr, Expr]]:
    """What ties densities of one letter that no declared fact ties."""
    tied = [
        {
            a.func.__name__
            for side in (fact.left, fact.right)
            for a in occurrences(side, AppliedUndef)
        }
        for d in declared
        for fact in d.facts
    ]
    for one, whole in permutations(declared, 2):
        if one.key.partition("(")[0] == whole.key.partition("(")[0]:
            fact = part_of(one, whole)
            if fact is None or any({one.key, whole.key} <= names for names in tied):
                continue
            if isinstance(fact.left, Mul):
                conditional, marginal = fact.left.args
                yield (
                    conditional,
                    Mul(fact.right, Pow(marginal, -1, evaluate=False), evaluate=False),
                )
            else:
                yield fact.left, fact.right


def _opened(given: Statement) -> tuple[Expr, Expr]:
    """The sides of an equation; one for all values of its variables is stated as a sum of squares that is 0."""
    body = given.left
    while isinstance(body, SumOver | Sum | Integral):
        body = body.args[0]
    if given.right == 0 and isinstance(body, Pow) and body.args[1] == 2:
        difference = body.args[0]
        if isinstance(difference, Add) and len(difference.args) == 2:
            for left, right in (difference.args, difference.args[::-1]):
                if isinstance(right, Mul) and right.args[0] == -1:
                    rest = right.args[1:]
                    return left, rest[0] if len(rest) == 1 else Mul(*rest, evaluate=False)
    return given.left, given.right


def choices(
    names: Sequence[str], first: Iterable[str], rules: Sequence[Rule]
) -> Iterator[tuple[list[str], list[Rule]]]:
    """Functions that are chosen freely, as few as will do, and the rules that give the others, in working order.

    Args:
        names: all functions.
        first: those that are rather chosen than others.
        rules: what determines functions.
    """
    heads = {rule.name for rule in rules}
    fixed = {name for name in names if name not in heads}
    ranked = sorted(names, key=lambda name: name not in set(first))
    alternatives: list[list[tuple[str, ...]]] = []
    for letter in sorted({name.partition("(")[0] for name in names}):
        group = {name for name in names if name.partition("(")[0] == letter}
        unknown = [n for n in ranked if n in group and n not in _reached(fixed, rules)]
        found: list[tuple[str, ...]] = []
        for number in range(CHOICES + 1):
            found = [
                extra
                for extra in combinations(unknown, number)
                if _reached(fixed | {*extra}, rules) >= group
            ]
            if found:
                break
        alternatives.append(found or [tuple(unknown)])
    for extras in product(*alternatives):
        chosen = fixed.union(*extras)
        order: list[Rule] = []
        known = set(chosen)
        while True:
            rule = next((r for r in rules if r.name not in known and r.needs() <= known), None)
            if rule is None:
                break
            known.add(rule.name)
            order.append(rule)
        yield [name for name in names if name in chosen], order


def _reached(chosen: set[str], rules: Sequence[Rule]) -> set[str]:
    known = set(chosen)
    while True:
        new = {r.name for r in rules if r.name not in known and r.needs() <= known}
        if not new:
            return known
        known |= new


def with_computed(
    models: Mapping[str, Model],
    order: Sequence[Rule],
    context: Context,
    base: Point,
) -> dict[str, Model] | None:
    """Models with the tables that rules give; None if one has no exact value somewhere."""
    found = dict(models)
    for rule in order:
        point = replace(base, functions=found)
        pools = [elements_of(limits, point) for limits in context.functions[rule.name].limits]
        entries = {}
        for arguments in product(*(pool or () for pool in pools)):
            own = dict(zip(rule.head.args, arguments, strict=True))
            at = replace(point, values={**base.values, **own})
            value = _exact(rule.body, at, context)
            if value is None:
                return None
            entries[arguments] = value
        found[rule.name] = Table(entries)
    return found


def symbol_rules(givens: Iterable[Statement], without: Iterable[Symbol] = ()) -> list[Rule]:
    """What determines symbols by givens: a symbol, or a power of it, alone on one side.

    Args:
        givens: the givens.
        without: symbols that keep the values that they are given.
    """
    kept = set(without)
    needs: dict[Symbol, set[Symbol]] = {}
    rules = []
    for given in givens:
        if given.relation != "=":
            continue
        for side, body in ((given.left, given.right), (given.right, given.left)):
            head, exponent = side, 1
            if isinstance(side, Pow) and side.args[1].is_Integer and side.args[1] > 0:
                head, exponent = side.args[0], int(side.args[1])
            if not isinstance(head, Symbol) or head in needs or head in kept:
                continue
            own = _closure(body.free_symbols, needs)
            if head in own or (exponent % 2 == 0 and not head.is_nonnegative):
                continue
            needs[head] = own
            rules.append(Rule(head, body, exponent))
            break
    return rules


def _closure(symbols: set[Symbol], needs: Mapping[Symbol, set[Symbol]]) -> set[Symbol]:
    found, pending = set(symbols), [*symbols]
    while pending:
        new = needs.get(pending.pop(), set()) - found
        found |= new
        pending += new
    return found


def with_solved(point: Point, rules: Sequence[Rule], context: Context) -> Point | None:
    """A point with the values that rules give to symbols; None if one of these is not rational."""
    pending = list(rules)
    while pending:
        heads = {rule.head for rule in pending}
        rule = next((r for r in pending if not r.body.free_symbols & heads), None)
        if rule is None:
            return None
        pending.remove(rule)
        value = _exact(rule.body, point, context)
        root = None if value is None else _root(value, rule.exponent)
        if root is None:
            return None
        point = replace(point, values={**point.values, rule.head: root})
    return point


def _exact(e: Expr, point: Point, context: Context) -> fmpq | None:
    try:
        value = evaluate(e, point, 64, context.functions)
    except (UndefinedError, UndeterminedError):
        return None
    return value if isinstance(value, fmpq) else None


def _root(value: fmpq, exponent: int) -> fmpq | None:
    if exponent == 1:
        return value
    try:
        root: Value = power(abs(value), fmpq(1, exponent))
    except (UndefinedError, UndeterminedError):
        return None
    if not isinstance(root, fmpq):
        return None
    return root if value >= 0 else (-root if exponent % 2 else None)


def counts_of(point: Point, context: Context) -> Iterator[tuple[Symbol, fmpq]]:
    """The counts of the data among the first members of each family."""
    for name, data in point.families.items():
        declared = context.families.get(name)
        length = None if declared is None else point.values.get(declared.length)
        if declared is None or length is None or not data or not 0 <= length <= 1000:
            continue
        first = [data[i % len(data)] for i in range(int(length.p))]
        for value, count in zip(declared.values, declared.counts, strict=False):
            yield count, fmpq(sum(member == value for member in first))
