"""The documents' relations as rows: number, derivation, line, status, or that it is open."""

from __future__ import annotations

from collections.abc import Sequence

from klderive.render.marks import MARKS
from klderive.verify.coverage import Covered, Place


def coverage_rows(covered: Sequence[Covered], strange: Sequence[Place]) -> list[str]:
    """One row for each line that stands for a relation, one for each open relation, then how many are covered."""
    cells: list[tuple[str, str, str, str]] = []
    for relation in covered:
        if relation.open:
            cells.append((relation.relation.number, "open", "", relation.relation.says))
        for place in relation.places:
            status = MARKS[place.line.verdict.status].one
            line = f"{place.derivation} {place.line.line.label}"
            cells.append((place.number, status, line, relation.relation.says))
    widths = [max((len(row[i]) for row in cells), default=0) for i in range(3)]
    rows = [
        "  ".join([*(c.ljust(w) for c, w in zip(row, widths, strict=False)), row[3]]).rstrip()
        for row in cells
    ]
    rows.append("")
    done = sum(not relation.open for relation in covered)
    rows.append(f"{done} of {len(covered)} relations are in a derivation.")
    rows += [problem for relation in covered for problem in relation.problems()]
    rows += [f"{p.number} ({p.derivation}) is not in the inventory" for p in strange]
    return rows
