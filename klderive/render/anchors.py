"""Names the places of a page: each line by its label and by its number in the document, each lemma by its name.

Accepts derivations; every anchor is unique on the page. Where a page holds several derivations, their anchors begin
with the derivation's name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from klderive.derivation import Derivation


class Anchors:
    """The anchors of a page, and links to them; with `lemma`, of a page that shows only that lemma."""

    def __init__(self, derivations: Sequence[Derivation], lemma: str | None = None) -> None:
        self._taken: set[str] = set()
        self._of: dict[tuple[int, str, str], str] = {}
        for place, derivation in enumerate(derivations):
            prefix = f"{derivation.name}-" if len(derivations) > 1 else ""
            parts = derivation.parts if lemma is None else [derivation.lemmas[lemma]]
            lines = [line for part in parts for line in part.lines]
            for line in lines:
                self._of[place, "line", line.label] = self._unique(prefix + line.label)
            for line in lines:
                if line.number:
                    self._of[place, "number", line.label] = self._unique(prefix + line.number)
            for part in parts:
                if part.kind == "lemma":
                    name = self._unique(f"{prefix}lemma-{part.name}")
                    self._of[place, "lemma", part.name] = name

    def of(self, place: int, kind: str, name: str) -> str:
        """The anchor of a line (`line`, by its label), its `number`, or a `lemma`; empty if there is none.

        `place` is that of the derivation on the page.
        """
        return self._of.get((place, kind, name), "")

    def _unique(self, words: str) -> str:
        plain = re.sub(r"[^\w.-]+", "-", words).strip("-") or "line"
        anchor = plain
        count = 2
        while anchor in self._taken:
            anchor = f"{plain}-{count}"
            count += 1
        self._taken.add(anchor)
        return anchor


def address(anchor: str) -> str:
    """The link to an anchor on its page."""
    return f"#{quote(anchor)}"
