"""What a reason allows: theories, definitions, facts; and the modes in which a normal form may use them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from klderive.kernel.events import Mode, Substitution, Unfold
from klderive.statement import Context, Fact


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a reason allows beside plain algebra.

    `definitions` are names of operators and functions; None stands for all of them.
    """

    logarithms: bool = False
    linearity: bool = False
    definitions: frozenset[str] | None = frozenset()
    facts: tuple[Fact, ...] = ()
    theories: frozenset[str] = frozenset()
    substitutions: tuple[Substitution, ...] = ()


def modes(allowed: Allowed, context: Context) -> list[Mode]:
    """The modes to try, the likeliest first."""
    unfolds: list[Unfold] = ["folded"]
    if any(
        declared.definition is not None
        and (allowed.definitions is None or name in allowed.definitions)
        for name, declared in context.functions.items()
    ):
        unfolds = ["logarithm", "full", "folded"]
    return [
        Mode(
            allowed.logarithms,
            allowed.linearity,
            allowed.definitions,
            unfold,
            allowed.theories,
            allowed.substitutions,
        )
        for unfold in unfolds
    ]


def unused(allowed: Allowed, uses: Sequence[str]) -> tuple[str, ...]:
    """What a reason allows and the proof did not touch."""
    names = [
        *(["logarithms"] if allowed.logarithms else []),
        *(["linearity"] if allowed.linearity else []),
        *(f"definition {name}" for name in sorted(allowed.definitions or ())),
        *(fact.name for fact in allowed.facts),
        *sorted(allowed.theories),
        *(substitution.name for substitution in allowed.substitutions),
    ]
    return tuple(name for name in names if name not in uses)
