"""Facts as rules: a fact gives a value to the largest functional in it.

A fact is normalised under the definitions in force and modulo the facts before it; what it says of its largest
functional (or node, or application) becomes that atom's value. A fact that says nothing new, or that cannot be solved
because the cofactor may vanish or the atom occurs elsewhere in it, is left out.

A fact with parameters, whose left side must be one application or functional, is a rule for each of its instances.
"""

from __future__ import annotations

from dataclasses import replace

from flint import fmpq
from sympy import Add, Mul

from klderive.kernel.events import UnestablishedError, Use
from klderive.kernel.matching import single_atom
from klderive.kernel.normal_form import Normalizer
from klderive.kernel.ring import ONE, Monomial, Polynomial, Ring
from klderive.kernel.workspace import Scheme
from klderive.statement import Fact


def add_fact(normalizer: Normalizer, fact: Fact) -> None:
    """Orient a fact: its largest functional, solved for, becomes the rest.

    A fact that cannot be oriented, that says nothing new, or that is no equation is left out.
    """
    if fact.relation != "=":
        return
    ring = normalizer.ring
    try:
        left, left_events = normalizer.side(fact.left)
        right, right_events = normalizer.side(fact.right)
    except UnestablishedError:
        return
    if fact.parameters:
        if single_atom(left) is None:
            solved = _solved(normalizer, fact, left)
            if solved is None:
                return
            fact = solved
            left, right = normalizer.side(fact.left)[0], normalizer.side(fact.right)[0]
        pattern = single_atom(left)
        if pattern is not None and not any(occurs(ring, pattern, m) for m in right):
            normalizer.add_scheme(Scheme(pattern, fact))
        return
    difference = normalizer.factoring.clear(ring.subtract(left, right))[0]
    uses = dict.fromkeys(e.name for e in (*left_events, *right_events) if isinstance(e, Use))
    candidates = []
    for monomial, coefficient in difference.items():
        for number, exponent in monomial:
            kind = ring.atoms[number].kind
            if exponent != 1 or kind not in ("functional", "node", "apply"):
                continue
            rank = ("apply", "node", "functional").index(kind)
            candidates.append(((rank, _size(ring, number), number), number, monomial, coefficient))
    for _, number, monomial, coefficient in sorted(candidates, reverse=True):
        cofactor = tuple(p for p in monomial if p[0] != number)
        others = {m: c for m, c in difference.items() if m != monomial}
        if any(occurs(ring, number, m) for m in [*others, cofactor]):
            continue
        if not normalizer.signs.is_nonzero({cofactor: ONE}):
            continue
        inverse = ring.monomial_power(cofactor, -1)
        value = ring.multiply(ring.scale(others, fmpq(-1) / coefficient), inverse)
        normalizer.add_rule(number, value, (*uses, fact.name))
        return


def _solved(normalizer: Normalizer, fact: Fact, left: Polynomial) -> Fact | None:
    """A fact on a sum of applications, such as p(0 | a) + p(1 | a), as a fact on the last of them."""
    expressions = {}
    count = len(normalizer.events)
    for monomial, coefficient in left.items():
        alone = single_atom({monomial: coefficient})
        if alone is None or normalizer.ring.atoms[alone].kind != "apply":
            return None
        expression = normalizer.express({monomial: coefficient})
        try:
            same = normalizer.normal(expression, normalizer.values) == {monomial: coefficient}
        except UnestablishedError:
            same = False
        del normalizer.events[count:]
        if not same:
            return None
        expressions[alone] = expression
    if len(expressions) < 2:
        return None
    solved = expressions.pop(max(expressions))
    others = [Mul(-1, expression, evaluate=False) for expression in expressions.values()]
    return replace(fact, left=solved, right=Add(fact.right, *others, evaluate=False))


def occurs(ring: Ring, target: int, monomial: Monomial) -> bool:
    """Whether an atom occurs in a monomial, also inside other atoms."""
    for number, _ in monomial:
        if number == target:
            return True
        for part in ring.atoms[number].key:
            if isinstance(part, frozenset):
                if any(occurs(ring, target, m) for m, _ in part):
                    return True
            elif isinstance(part, tuple) and occurs(ring, target, part):
                return True
    return False


def _size(ring: Ring, number: int) -> int:
    """A measure of an atom by which facts are oriented: the sum of the degrees inside."""
    size = 1
    for part in ring.atoms[number].key:
        if isinstance(part, frozenset):
            for monomial, _ in part:
                size += sum(int(abs(e)) * _size(ring, n) for n, e in monomial)
    return size
