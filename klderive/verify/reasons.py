"""Which reason would do: the smallest part of all that could be allowed by which the kernel proves a line.

Nothing here is trusted: the kernel is asked again, with less.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, islice

from sympy.core.function import AppliedUndef

from klderive.kernel import Allowed, Kernel, Verdict
from klderive.statement import Statement

MAXIMAL_PAIRS = 40
"""Pairs of facts that rewrite a function that are tried."""

MINIMISED = 10
"""Reasons with more parts than this are minimised by deletion only."""


def judge(kernel: Kernel, statement: Statement, allowed: Allowed, everything: Allowed) -> Verdict:
    """The verdict on a statement with a reason: proved, wrong reason, refuted or undecided.

    Args:
        kernel: the kernel of the statement's context.
        statement: the statement.
        allowed: what the reason allows.
        everything: all that could be allowed there, to tell a wrong reason from a wrong line.
    """
    verdict = kernel.prove(statement, allowed)
    if verdict.status == "proved":
        return verdict
    other = _by_anything(kernel, statement, everything)
    if other.status == "proved":
        names, _ = _smallest(kernel, statement, everything, other)
        return kernel.blame(other, names)
    return kernel.refute(statement, other if other.leftover is not None else verdict)


def find_reason(kernel: Kernel, statement: Statement, everything: Allowed) -> Verdict:
    """The verdict on a statement without a reason; `uses` is the smallest reason that suffices."""
    verdict = _by_anything(kernel, statement, everything)
    if verdict.status != "proved":
        return kernel.refute(statement, verdict)
    return _smallest(kernel, statement, everything, verdict)[1]


def _by_anything(kernel: Kernel, statement: Statement, everything: Allowed) -> Verdict:
    """The first of the alternatives that proves a statement, or the outcome of the first."""
    first: Verdict | None = None
    for allowed in alternatives(everything):
        verdict = kernel.prove(statement, allowed)
        if verdict.status == "proved":
            return verdict
        first = first or verdict
    assert first is not None
    return first


def _smallest(
    kernel: Kernel, statement: Statement, everything: Allowed, found: Verdict
) -> tuple[tuple[str, ...], Verdict]:
    """The smallest set of names that suffices, among those that the proof used, and the verdict with it."""
    names = [n for n in found.uses if n != "witness"]
    if "witness" in found.uses:
        return ("witness",), found
    if len(names) <= MINIMISED:
        for count in range(0, min(len(names), 3)):
            for chosen in combinations(names, count):
                verdict = _by(kernel, statement, everything, chosen)
                if verdict.status == "proved":
                    return chosen, verdict
    best, best_verdict = tuple(names), found
    # What a proof touched may not be all that it needed.
    for more in ((), ("logarithms",), ("linearity",), ("logarithms", "linearity")):
        together = tuple(dict.fromkeys((*names, *more)))
        verdict = _by(kernel, statement, everything, together)
        if verdict.status == "proved":
            best, best_verdict = together, verdict
            break
    else:
        best_verdict = kernel.prove(statement, everything, best)
    for name in best:
        fewer = tuple(n for n in best if n != name)
        verdict = _by(kernel, statement, everything, fewer)
        if verdict.status == "proved":
            best, best_verdict = fewer, verdict
    return best, best_verdict


def _by(
    kernel: Kernel, statement: Statement, everything: Allowed, names: tuple[str, ...]
) -> Verdict:
    return kernel.prove(statement, restricted(everything, names), names)


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
