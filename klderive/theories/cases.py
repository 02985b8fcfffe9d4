"""Values by cases, such as 1 if j = k and 0 otherwise.

Accepts cases whose conditions are decided by numbers alone, and pairs of cases that tell whether two things are equal:
an atom then says whether they are, and both values count, one of them times 0. The finite sum over k of 1 where k = j
and 0 elsewhere is 1, if j lies in the same domain.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from flint import fmpq
from sympy import Eq, Expr, Integer, Piecewise
from sympy.core.relational import Relational

from klderive.kernel.events import Domain, UnestablishedError
from klderive.kernel.normal_form import Normalizer
from klderive.kernel.ring import UNIT, Monomial, Polynomial, freeze
from klderive.kernel.workspace import Environment
from klderive.theories.zero_or_one import ZeroOrOne


class EqualKind(ZeroOrOne):
    """Whether a polynomial is 0: 1 if it is, else 0."""

    def expression(self, key: tuple[Any, ...], shown: Callable[[object], Expr]) -> Expr:
        """The node of the notation."""
        condition = Eq(shown(key[0]), Integer(0), evaluate=False)
        return Piecewise((Integer(1), condition), (Integer(0), True), evaluate=False)


class Cases(Normalizer):
    """Adds values by cases."""

    kinds = MappingProxyType({"equal": EqualKind()})

    def other(self, e: Expr, env: Environment) -> Polynomial:
        """The normal form of cases."""
        return self.cases(e, env) if isinstance(e, Piecewise) else super().other(e, env)

    def cases(self, e: Piecewise, env: Environment) -> Polynomial:
        """The value of the first case that holds; each condition up to it must be decided by numbers alone.

        Two cases that tell whether something is equal need no decision: both values count, one of them times 0.
        """
        if len(e.args) == 2 and isinstance(e.args[0][1], Eq) and e.args[1][1] == True:  # noqa: E712
            sides = [self.apart(side, env) for side in e.args[0][1].args]
            difference = self.factoring.lowest_terms(self.ring.subtract(*sides))
            if self.ring.free(difference) and not self.signs.is_nonzero(difference):
                one, other = (self.apart(value, env) for value, _ in e.args)
                event = freeze(difference)
                equal = self.ring.of_atom(self.intern("equal", (event,), [event]))
                return self.ring.add(
                    other, self.ring.multiply(equal, self.ring.subtract(one, other))
                )
        for value, condition in e.args:
            if condition == True or self._holds(condition, env):  # noqa: E712 - SymPy's true
                return self.normal(value, env)
        raise UnestablishedError("no case holds")

    def _holds(self, condition: Expr, env: Environment) -> bool:
        if not isinstance(condition, Relational):
            raise UnestablishedError(f"the kernel has no rule for the case {condition}")
        left, right = (self.apart(side, env) for side in condition.args)
        difference = self.ring.subtract(left, right)
        number = difference.get(UNIT, fmpq(0)) if set(difference) <= {UNIT} else None
        if number is None:
            raise UnestablishedError("it is not established which case holds")
        match condition.rel_op:
            case "==":
                return bool(number == 0)
            case "!=":
                return bool(number != 0)
            case "<=":
                return bool(number <= 0)
            case ">=":
                return bool(number >= 0)
            case "<":
                return bool(number < 0)
            case ">":
                return bool(number > 0)
        raise UnestablishedError(f"the kernel has no rule for the case {condition}")

    def term_value(self, name: str, domain: Domain, variable: int, inside: Monomial) -> Polynomial:
        """The integral or sum of one monomial; 1, if it selects one term."""
        selected = self._selected(domain, variable, inside)
        return super().term_value(name, domain, variable, inside) if selected is None else selected

    def _selected(self, domain: Domain, variable: int, inside: Monomial) -> Polynomial | None:
        """The finite sum over k of 1 where k = j and 0 elsewhere is 1, if j lies in the same domain."""
        if len(inside) != 1 or inside[0][1] != 1 or not _is_finite(domain):
            return None
        atom = self.ring.atoms[inside[0][0]]
        if atom.kind != "equal":
            return None
        event = dict(atom.key[0])
        mine = event.pop(((variable, 1),), None)
        if mine not in (1, -1) or len(event) != 1:
            return None
        ((other, coefficient),) = event.items()
        if coefficient != -mine or len(other) != 1 or other[0][1] != 1:
            return None
        place = self.ring.atoms[other[0][0]]
        if place.kind != "bound" or place.key[1:4] != domain:
            return None
        return self.ring.number(1)


def _is_finite(domain: Domain) -> bool:
    """Whether a domain is a finite set or a finite range."""
    kind, lower, upper = domain
    ends = isinstance(lower, frozenset) and isinstance(upper, frozenset)
    return kind == "set" or (kind == "range" and ends)
