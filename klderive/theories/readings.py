"""How theories may read a line: names for the readings that a mode asks for, and when they are tried."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr
from sympy.core.function import AppliedUndef

from klderive.kernel.events import Mode
from klderive.kernel.functionals import has_functional
from klderive.kernel.reasons import Allowed
from klderive.notation.nodes import BetweenBounds, Defined, Indicator, StrictIndicator

BARS = "formulas between bounds as integrals"
"""A formula between bounds is the integral of its derivative."""

CUTS = "events as bounds"
"""The indicator of an event under an integral or sum is a bound."""

ALIGNED = "canonical domains"
"""Ranges of sums and intervals of integrals are canonical, and split at their ends."""

CLOSED = "closed forms"
"""Integrals and sums have the values that antiderivatives and telescoping give them."""

CLOSING = frozenset({"integration", "summation"})
"""The theories by which integrals and sums have values."""


def with_events(modes: list[Mode], sides: tuple[Expr, ...], allowed: Allowed) -> list[Mode]:
    """Also modes in which events are bounds, if there are events."""
    if not has_indicator(*sides):
        return modes
    return modes + [replace(mode, readings=mode.readings | {CUTS}) for mode in modes]


def with_closed_forms(modes: list[Mode], sides: tuple[Expr, ...], allowed: Allowed) -> list[Mode]:
    """Also modes in which integrals and sums have values, if there are any and the reason says how."""
    if not (CLOSING & allowed.theories and may_have_functional(modes, sides)):
        return modes
    return modes + [
        replace(mode, split=split, readings=mode.readings | {CLOSED})
        for mode in modes
        if not mode.reads(ALIGNED)
        for split in ({False, mode.split})
    ]


def with_canonical_domains(
    modes: list[Mode], sides: tuple[Expr, ...], allowed: Allowed
) -> list[Mode]:
    """Also modes in which domains are canonical, if there are integrals or sums and linearity is allowed."""
    if not allowed.linearity or not may_have_functional(modes, sides):
        return modes
    readings = frozenset({ALIGNED, CUTS} if has_indicator(*sides) else {ALIGNED})
    return modes + [replace(mode, readings=readings) for mode in modes if not mode.readings]


def may_have_functional(modes: list[Mode], sides: tuple[Expr, ...]) -> bool:
    """Whether an integral or a sum may stand in a side, or in the definition of a function in it."""
    unfolding = any(mode.unfold == "full" for mode in modes)
    return has_functional(*sides) or (unfolding and any(side.has(AppliedUndef) for side in sides))


def has_indicator(*sides: Expr) -> bool:
    """Whether an indicator stands in one of the expressions, or in the definition of an operator in it."""
    return any(
        side.has(Indicator, StrictIndicator)
        or any(node.definition().has(Indicator, StrictIndicator) for node in side.atoms(Defined))
        for side in sides
    )


def has_bar(*sides: Expr) -> bool:
    """Whether a formula between bounds stands in one of the expressions."""
    return any(side.has(BetweenBounds) for side in sides)
