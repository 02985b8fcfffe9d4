"""What a reason allows: theories, definitions, facts; and the modes in which a normal form may use them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice

from sympy.core.function import AppliedUndef

from klderive.kernel.events import Mode, Substitution, Unfold
from klderive.statement import Context, Fact

MAXIMAL_PAIRS = 40
"""Pairs of facts that rewrite a function that are tried."""


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


def alternatives(everything: Allowed) -> Iterator[Allowed]:
    """Everything, then everything with none, one or two only of the facts that rewrite a function.

    Such facts may rewrite each other, as Bayes' rule does for p(a | b) and for p(b | a), so that all of them together
    can do less than some.
    """
    yield everything
    rewriting = [f for f in everything.facts if f.parameters and isinstance(f.left, AppliedUndef)]
    others = tuple(fact for fact in everything.facts if fact not in rewriting)
    if len(rewriting) < 2:
        return
    pairs = islice(combinations(rewriting, 2), MAXIMAL_PAIRS)
    for chosen in (*((fact,) for fact in rewriting), *pairs, ()):
        yield replace(everything, facts=(*others, *chosen))


def restricted(everything: Allowed, names: Sequence[str]) -> Allowed:
    """What of everything the names allow."""
    return Allowed(
        logarithms=everything.logarithms and "logarithms" in names,
        linearity=everything.linearity and "linearity" in names,
        definitions=frozenset(
            name.removeprefix("definition ") for name in names if name.startswith("definition ")
        ),
        facts=tuple(fact for fact in everything.facts if fact.name in names),
        theories=everything.theories & frozenset(names),
        substitutions=tuple(s for s in everything.substitutions if s.name in names),
    )


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
