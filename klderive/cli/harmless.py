"""Text from elsewhere, made harmless for a terminal: without control characters and changes of direction.

A title or a message may hold anything, also what would make a terminal change colours, or show a line backwards.
"""

from __future__ import annotations

import unicodedata


def harmless(text: str) -> str:
    """The text with a question mark for each character that a terminal would obey instead of show."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        "?" if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c
        for c in text
    )
