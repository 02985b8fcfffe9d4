"""Finds the formulas within the words of a reason, such as `substitution x = mu + sigma*t`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from klderive.notation import Node, NotationError, read_text

_FORMULA = re.compile(r"(?<=substitution )(\w+ = [^,;]+)")


def pieces(words: str) -> Iterator[tuple[str, Node | None]]:
    """The words in pieces, each with the tree of the formula that it is, if it is one."""
    for place, piece in enumerate(_FORMULA.split(words)):
        if place % 2:
            try:
                yield piece, read_text(piece)
                continue
            except NotationError:
                pass
        if piece:
            yield piece, None
