"""What a page calls lines and lemmas, as links where they have anchors."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from types import MappingProxyType
from urllib.parse import quote

from klderive.derivation import Derivation
from klderive.render.anchors import Anchors, address
from klderive.render.markup import Words, element
from klderive.render.summary import tag


class References:
    """Links within a page to the lines and lemmas of a derivation; `place` is where it stands on the page.

    Without `anchors` nothing can be linked to, and the words stand alone. `pages` says by name where other derivations
    have pages of their own.
    """

    def __init__(
        self,
        derivation: Derivation,
        anchors: Anchors | None = None,
        place: int = 0,
        pages: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.derivation = derivation
        self.anchors = anchors
        self.place = place
        self.pages = pages
        self.words = Words(derivation.scope)
        self.called = {line.label: tag(line) for line in derivation.lines()}

    def anchor(self, kind: str, name: str) -> str:
        """The anchor of a line, a number or a lemma; empty where there are none."""
        return self.anchors.of(self.place, kind, name) if self.anchors is not None else ""

    def label_of(self, number: str) -> str:
        """The label of a line that is named by its number or its label."""
        labels = (line.label for line in self.derivation.lines() if line.number == number)
        return next(labels, number)

    def link(self, kind: str, name: str, words: str) -> str:
        """Words that lead to a line or a lemma."""
        anchor = self.anchor(kind, name)
        return element("a", escape(words), href=address(anchor)) if anchor else escape(words)

    def lines(self, labels: tuple[str, ...]) -> str:
        """Lines in a row, each as a link."""
        return ", ".join(
            self.link("line", label, self.called.get(label, label)) for label in labels
        )

    def other(self, name: str) -> str:
        """The name of another derivation, as a link if it has a page."""
        page = self.pages.get(name)
        return element("a", escape(name), href=quote(page)) if page else escape(name)

    def cited(self, name: str) -> str:
        """What a reason names, a line or a lemma as a link."""
        kind, _, called = name.partition(" ")
        label = self.label_of(called)
        if kind == "line" and label in self.called:
            return self.link(kind, label, f"line {self.called[label]}")
        if kind == "lemma":
            return self.link(kind, called, name)
        return self.words.html(name)
