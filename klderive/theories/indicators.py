"""Indicators of events, and the integrals and sums over what they cut out of a domain.

Accepts the two sides of an event. The indicator of left >= right is an atom, that of the polynomial left - right being
nonnegative; the one of left > right is 1 minus the indicator of right >= left.

In a mode that cuts, an event that is linear in the variable of an integral or sum becomes a bound: the integral of
[x >= c] f over (a, b) is that of f from c to b. The place c must be proved to lie in the domain, and to be an integer
under a sum. Whether a bound belongs to an interval does not matter, since a point has measure zero; under a sum it
does, so that strict events keep atoms of their own there.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from sympy import Expr, Integer, Symbol

from klderive.kernel.events import Domain, Obligation
from klderive.kernel.normal_form import Normalizer
from klderive.kernel.ring import ONE, Frozen, Monomial, Polynomial, freeze
from klderive.kernel.signs import NEGATIVE, POSITIVE, VANISHES
from klderive.kernel.workspace import Environment
from klderive.notation.nodes import Indicator, StrictIndicator
from klderive.theories.readings import CUTS
from klderive.theories.zero_or_one import ZeroOrOne


class IndicatorKind(ZeroOrOne):
    """Indicators of events."""

    def expression(self, key: tuple[Any, ...], shown: Callable[[object], Expr]) -> Expr:
        """The node of the notation."""
        node = StrictIndicator if key[1] else Indicator
        return node(shown(key[0]), Integer(0))


class Indicators(Normalizer):
    """Adds indicators."""

    kinds = MappingProxyType({"indicator": IndicatorKind()})

    def other(self, e: Expr, env: Environment) -> Polynomial:
        """The normal form of an indicator."""
        if not isinstance(e, Indicator | StrictIndicator):
            return super().other(e, env)
        left, right = (self.apart(side, env) for side in e.args)
        return self.indicator(left, right, strict=isinstance(e, StrictIndicator))

    def indicator(self, left: Polynomial, right: Polynomial, *, strict: bool) -> Polynomial:
        """The indicator of left >= right, or of left > right; both are squared if one is an absolute value."""
        ring = self.ring
        if strict and not self.mode.reads(CUTS):
            return ring.subtract(ring.number(1), self.indicator(right, left, strict=False))
        absolute = any(ring.atoms[n].kind == "abs" for p in (left, right) for m in p for n, _ in m)
        if absolute and self.signs.is_nonnegative(left) and self.signs.is_nonnegative(right):
            left, right = ring.power(left, 2), ring.power(right, 2)
        difference = self.factoring.lowest_terms(ring.subtract(left, right))
        signs = self.signs.sign(difference)
        fails = NEGATIVE | VANISHES if strict else NEGATIVE
        if not signs & fails:
            return ring.number(1)
        if not signs & ~fails:
            return {}
        numerator, denominators = self.factoring.clear(difference)
        if self.signs.is_positive({denominators: ONE}):
            difference = numerator
        content = self.factoring.content(difference)[0]
        event = freeze(ring.scale(difference, 1 / abs(content)))
        return ring.of_atom(self.intern("indicator", (event, strict), [event]))

    def accumulate(self, name: str, domain: Domain, variable: int, body: Polynomial) -> Polynomial:
        """The integral or sum of a body in normal form, over what its indicators leave of the domain."""
        if not self.mode.reads(CUTS):
            return super().accumulate(name, domain, variable, body)
        parts: dict[Domain, Polynomial] = {}
        for monomial, coefficient in body.items():
            cut, rest = self._without_events(domain, variable, monomial)
            part = parts.setdefault(cut, {})
            part[rest] = part.get(rest, 0) + coefficient
        if list(parts) == [domain]:
            return super().accumulate(name, domain, variable, body)
        total: Polynomial = {}
        for cut, part in parts.items():
            if cut[0] == "interval" and cut[1] == cut[2]:
                continue
            part = {m: c for m, c in part.items() if c}
            own, inner = variable, freeze(part)
            if cut != domain:
                index = self.ring.atoms[variable].key[0]
                own = self.bound(index, cut, Symbol(self.bound_names[variable]))
                inner = self.renamed(inner, variable, own)
            if len(parts) > 1:
                # The whole may converge where its parts do not.
                printed = self.bound_names[own]
                self.events.append(Obligation(name, cut, own, inner, printed, introduced=True))
                self.use("linearity")
            total = self.ring.add(total, super().accumulate(name, cut, own, dict(inner)))
        return total

    def _without_events(
        self, domain: Domain, variable: int, monomial: Monomial
    ) -> tuple[Domain, Monomial]:
        """What the indicators among the factors leave of a domain, and the other factors."""
        rest = monomial
        for number, exponent in monomial:
            atom = self.ring.atoms[number]
            if atom.kind != "indicator" or not isinstance(exponent, int) or exponent < 1:
                continue
            cut = self._cut_by_event(domain, variable, *atom.key)
            if cut is not None:
                domain, rest = cut, tuple(p for p in rest if p[0] != number)
        return domain, rest

    def _cut_by_event(
        self, domain: Domain, variable: int, event: Frozen, strict: bool
    ) -> Domain | None:
        """What an event leaves of a domain; None if it is not linear or its place is not proved to be inside."""
        kind, lower, upper = domain
        if kind not in ("interval", "range"):
            return None
        ring = self.ring
        slope: Polynomial = {}
        fixed: Polynomial = {}
        for monomial, coefficient in event:
            rest = tuple(p for p in monomial if p[0] != variable)
            if any(variable in ring.atoms[n].free for n, _ in rest):
                return None
            power = dict(monomial).get(variable, 0)
            if power not in (0, 1):
                return None
            (slope if power else fixed)[rest] = coefficient
        sign = self.signs.sign(slope) if slope else VANISHES
        if sign not in (POSITIVE, NEGATIVE):
            return None
        place = self.factoring.lowest_terms(
            ring.scale(ring.multiply(fixed, self.inverse(slope)), -1)
        )
        is_lower = sign == POSITIVE
        if kind == "range" and not self.is_integer(place):
            return None
        for bound, direction in ((lower, 1), (upper, -1)):
            if isinstance(bound, frozenset):
                room = ring.scale(ring.subtract(place, dict(bound)), direction)
                # Of integers, what is greater is greater by 1 at least.
                away = strict and kind == "range" and (direction < 0) is is_lower
                fits = self.signs.is_positive if away else self.signs.is_nonnegative
                if not fits(room):
                    return None
        if strict and kind == "range":
            place = ring.add(place, ring.number(1 if is_lower else -1))
        frozen = self.frozen(place)
        return (kind, frozen, upper) if is_lower else (kind, lower, frozen)
