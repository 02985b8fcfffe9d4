"""The errata of derivations, as one could send them to the author of a document.

Accepts reports; gives plain rows of text. Each erratum says where it stands, what is printed, why it is false (a
sentence, and a counterexample with the values of both sides), and what is right.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from klderive.notation import to_ascii, to_unicode, wrap
from klderive.notation.tree import Node, Relation
from klderive.render.alphabet import ascii_rows
from klderive.render.formulas import prose
from klderive.render.summary import mark_of, tag
from klderive.verify import LineReport, PartReport, Report

LABEL_WIDTH = 11
HANG = 4
_SIDES = ("left side:", "right side:", "difference:")


def errata_rows(reports: Sequence[Report], *, width: int = 80, ascii: bool = False) -> list[str]:
    """The errata of all reports as rows of at most `width` characters, document by document."""
    rows: list[str] = []
    for report in reports:
        if report.errata():
            rows += ["", ""] if rows else []
            rows += _Errata(report, width, ascii).rows()
    rows = rows or ["No errata."]
    return ascii_rows(rows, width) if ascii else rows


class _Errata:
    """The errata of one report in the making."""

    def __init__(self, report: Report, width: int, ascii: bool) -> None:
        self.report = report
        self.width = width
        self.ascii = ascii

    def rows(self) -> list[str]:
        """The document, then each erratum."""
        derivation = self.report.derivation
        source = derivation.source
        named = [derivation.title]
        if source is not None:
            named = list(filter(None, (source.title, source.author, source.place)))
        rows = textwrap.wrap(", ".join(named), self.width)
        for part in self.report.parts:
            for line in part.lines:
                if line.erratum:
                    rows += ["", *self.erratum(part, line)]
        return rows

    def erratum(self, part: PartReport, line: LineReport) -> list[str]:
        """One erratum: where, printed, false, right."""
        kind = f"lemma {part.part.name}" if part.part.kind == "lemma" else part.part.title
        where = tag(line.line) + (f", in {kind}" if kind else "")
        rows = textwrap.wrap(where, self.width, initial_indent="", subsequent_indent=" " * HANG)
        rows += self.formula("printed", line)
        rows += self.words("false", line.line.erratum)
        if not line.verified:
            rows += self.words("", f"but this is no longer refuted: {mark_of(line).one}")
        example = line.verdict.counterexample
        if example is not None:
            told = example.explain()
            point = [words for words in told if not words.startswith(_SIDES)]
            sides = [words for words in told if words.startswith(_SIDES)]
            if point:
                rows += self.words("", f"for example, {'; '.join(point)}")
            for words in sides:
                rows += self.words("", words)
        corrections = [
            other for other in self.report.lines() if other.line.label in line.corrected_by
        ]
        for correction in corrections:
            rows += self.formula("right", correction)
            rows += self.words("", f"line {tag(correction.line)}: {mark_of(correction).one}")
        if not corrections:
            rows += self.words("right", "not stated")
        return rows

    def formula(self, label: str, line: LineReport) -> list[str]:
        """A line's relation behind a label."""
        relation = Relation((line.line.left, line.line.right), (line.line.sign,))
        room = self.width - LABEL_WIDTH
        rows = wrap(relation, room, self.report.derivation.scope, hang=HANG, ascii=self.ascii)
        return [
            ((f"  {label}" if not position else "").ljust(LABEL_WIDTH) + row).rstrip()
            for position, row in enumerate(rows)
        ]

    def inline(self, node: Node) -> str:
        """A formula within words."""
        scope = self.report.derivation.scope
        return to_ascii(node, scope) if self.ascii else to_unicode(node, scope)

    def words(self, label: str, words: str) -> list[str]:
        """Words behind a label."""
        return textwrap.wrap(
            prose(words, self.report.derivation.scope, self.inline),
            self.width,
            initial_indent=(f"  {label}" if label else "").ljust(LABEL_WIDTH),
            subsequent_indent=" " * LABEL_WIDTH,
            break_on_hyphens=False,
        )
