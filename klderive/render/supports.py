"""What a derivation stands on, by kind, each with the lines that need it, as plain rows of text."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from klderive.render.summary import TOGETHER, listed, supports_by_kind, tags, together
from klderive.verify import Report

INDENT = 2
LINES_INDENT = 6


def support_rows(report: Report, *, width: int = 80, ascii: bool = False) -> list[str]:
    """The supports of a report as rows of at most `width` characters."""
    derivation = report.derivation
    called = tags(report)
    rows = textwrap.wrap(derivation.title, width)
    groups = supports_by_kind(report)
    if not groups:
        rows += ["", "It stands on nothing but its definitions."]
    for heading, supports in groups.items():
        rows += ["", heading]
        for support in supports:
            text = support.text + (f"  [{support.source}]" if support.source else "")
            if support.derived_in:
                text += f", derived in {support.derived_in}"
            rows += _wrapped(text, width, INDENT, INDENT + 2)
            if support.statement:
                rows += _wrapped(support.statement, width, LINES_INDENT)
            for condition in support.conditions:
                rows += _wrapped(f"provided that {condition}", width, LINES_INDENT)
            needed = [called.get(label, label) for label in support.lines]
            if needed:
                rows += _wrapped("needed by " + ", ".join(needed), width, LINES_INDENT)
            else:
                rows += _wrapped("no step uses it", width, LINES_INDENT)
            rows += _wrapped(_paths(support.paths, called), width, LINES_INDENT)
    return [row.encode("ascii", "replace").decode() for row in rows] if ascii else rows


def derived_rows(reports: Sequence[Report], *, width: int = 80, ascii: bool = False) -> list[str]:
    """What the derivations stand on in which cited facts are proved, as rows."""
    rows = ["", "Derived elsewhere"] if reports else []
    for report in reports:
        state = "verified" if report.verified else "not verified"
        rows += _wrapped(f"{report.derivation.name}: {state}", width, INDENT, INDENT + 2)
        stands = [s for s in report.supports if s.kind in ("axiom", "hypothesis", "cited fact")]
        for support in stands:
            text = f"rests on the {support.kind} {support.text}"
            text += f"  [{support.source}]" if support.source else ""
            rows += _wrapped(text, width, LINES_INDENT, LINES_INDENT + 2)
            if support.statement:
                rows += _wrapped(support.statement, width, LINES_INDENT + 2)
        if not stands:
            rows += _wrapped("rests on nothing but its definitions", width, LINES_INDENT)
    return [row.encode("ascii", "replace").decode() for row in rows] if ascii else rows


def model_rows(report: Report, *, width: int = 80, ascii: bool = False) -> list[str]:
    """A case in which everything assumed holds, as rows; or that none was found."""
    words = together(report)
    rows = ["", TOGETHER, *_wrapped(words, width, INDENT)] if words else []
    return [row.encode("ascii", "replace").decode() for row in rows] if ascii else rows


def _paths(paths: tuple[str, ...], called: Mapping[str, str]) -> str:
    """Paths in a row, those with the same way down together: `and by 31, 32 <- lemma T1`."""
    starts: dict[str, list[str]] = {}
    for path in paths:
        label, _, way = path.partition(" <- ")
        starts.setdefault(way, []).append(called.get(label, label))
    shown = [
        f"{', '.join(labels)} <- " + " <- ".join(listed([c], called) for c in way.split(" <- "))
        for way, labels in starts.items()
    ]
    return f"and by {'; '.join(shown)}" if shown else ""


def _wrapped(text: str, width: int, indent: int, hang: int | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent if hang is None else hang),
        break_on_hyphens=False,
    )
