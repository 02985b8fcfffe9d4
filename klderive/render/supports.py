"""What a derivation stands on, by kind, each with the lines that need it, as plain rows of text."""

from __future__ import annotations

import textwrap

from klderive.render.summary import listed, supports_by_kind, tags
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
            rows += _wrapped(text, width, INDENT, INDENT + 2)
            needed = [called.get(label, label) for label in support.lines]
            if needed:
                rows += _wrapped("needed by " + ", ".join(needed), width, LINES_INDENT)
            through: dict[str, list[str]] = {}
            for path in dict.fromkeys(support.paths):
                label, _, cited = path.partition(" <- ")
                through.setdefault(cited, []).append(called.get(label, label))
            for cited, others in through.items():
                words = f"through {listed([cited], called)} by {', '.join(dict.fromkeys(others))}"
                rows += _wrapped(words, width, LINES_INDENT)
    return [row.encode("ascii", "replace").decode() for row in rows] if ascii else rows


def _wrapped(text: str, width: int, indent: int, hang: int | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent if hang is None else hang),
        break_on_hyphens=False,
    )
