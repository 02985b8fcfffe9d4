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
    lemmas = {part.part.name for r in reports for part in r.parts if part.part.kind == "lemma"}
    if name.strip() in lemmas:
        raise UnknownStepError(f"{name} is a lemma, not a line: `--lemma {name}` shows it.")
    wanted = name.strip().removeprefix("(").removesuffix(")").casefold()
    known: list[str] = []
    called: list[str] = []
    for report in reports:
        for line in report.lines():
            names = [own for own in (line.line.number, line.line.label) if own]
            if wanted in (own.casefold() for own in names):
                return report, line
            known += names
            called.append(names[0])
    nearest = difflib.get_close_matches(wanted, known, n=3, cutoff=0.5)
    if nearest:
        *others, last = nearest
        hint = f"Did you mean {', '.join(others)} or {last}?" if others else f"Did you mean {last}?"
    elif len(called) > 5:
        hint = f"Its lines are called {', '.join(called[:4])}, ..., {called[-1]}."
    elif called:
        hint = f"Its lines are called {', '.join(called)}."
    else:
        hint = "It has no lines."
    raise UnknownStepError(f"{reports[0].derivation.name} has no line {name!r}. {hint}")
