"""Finds the line that an option names: by its number in the document, or by its label."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from klderive.verify.report import LineReport, Report


class UnknownStepError(LookupError):
    """There is no such line; the message says which are near."""


def find_step(reports: Sequence[Report], name: str) -> tuple[Report, LineReport]:
    """The report and the line that are called `name`, such as `T1.4`, `gauss:8` or `(5)`.

    Raises:
        UnknownStepError: if there is none.
    """
    wanted = name.strip().removeprefix("(").removesuffix(")").casefold()
    known: list[str] = []
    for report in reports:
        for line in report.lines():
            names = [own for own in (line.line.number, line.line.label) if own]
            if wanted in (own.casefold() for own in names):
                return report, line
            known += names
    nearest = difflib.get_close_matches(wanted, known, n=3, cutoff=0.5)
    if nearest:
        hint = f"Did you mean {' or '.join(nearest)}?"
    elif known:
        hint = f"Its lines are called {', '.join(known[:4])}, ..., {known[-1]}."
    else:
        hint = "It has no lines."
    raise UnknownStepError(f"{reports[0].derivation.name} has no line {name!r}. {hint}")
