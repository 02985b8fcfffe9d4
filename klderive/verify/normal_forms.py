"""The normal form that both sides of a proved equation have, for the reader who wants to see it.

Accepts a derivation and the report on a line. The kernel is asked whether each side is 0, with what the proof used:
what it says is left over is the normal form. Only if both sides leave the same is it shown. Lines that rest on lemmas
or other lines are left out, since these would rewrite the side itself.
"""

from __future__ import annotations

from sympy import Expr, Integer

from klderive.derivation import Derivation
from klderive.kernel import Allowed
from klderive.statement import Statement
from klderive.theories import THEORIES, full_kernel
from klderive.verify.report import LineReport


def normal_form(derivation: Derivation, report: LineReport) -> Expr | None:
    """The common normal form of the sides of a proved equation, or None if there is none to show."""
    line, verdict = report.line, report.verdict
    if verdict.status != "proved" or line.statement.relation != "=":
        return None
    known = {"logarithms", "linearity", *THEORIES, *derivation.facts}
    named = [name for name in verdict.uses if not name.startswith("definition ")]
    if not set(named) <= known:
        return None
    allowed = Allowed(
        logarithms="logarithms" in named,
        linearity="linearity" in named,
        definitions=frozenset(
            name.removeprefix("definition ")
            for name in verdict.uses
            if name.startswith("definition ")
        ),
        facts=tuple(derivation.facts[name] for name in named if name in derivation.facts),
        theories=THEORIES & frozenset(named),
    )
    kernel = full_kernel(derivation.context(line))
    zero = Integer(0)
    left, right = (
        kernel.prove(Statement(side, "=", zero), allowed)
        for side in (line.statement.left, line.statement.right)
    )
    if left.status == right.status == "proved":
        return zero
    if left.leftover is None or right.leftover is None:
        return None
    return left.leftover if left.leftover == right.leftover else None
