"""Words in ASCII, for terminals that can show nothing else.

Accepts any text. Signs of mathematics and punctuation are spelled as formulas are in ASCII; a letter loses its accent;
what is still left becomes a question mark.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable

_SPELLED = str.maketrans(
    {
        "≤": "<=",
        "≥": ">=",
        "≠": "!=",
        "→": "->",
        "←": "<-",
        "−": "-",
        "–": "-",
        "—": "-",
        "≈": "~",
        "·": "*",
        "×": "x",
        "∞": "oo",
        "‖": "||",
        "∫": "int",
        "Σ": "Sum",
        "∑": "Sum",
        "∏": "Prod",
        "√": "sqrt",
        "²": "^2",
        "³": "^3",
        "‘": "'",
        "’": "'",
        "“": '"',
        "”": '"',
        "…": "...",
        "\u00a0": " ",
    }
)


def in_ascii(text: str) -> str:
    """The text in ASCII."""
    if text.isascii():
        return text
    spelled = unicodedata.normalize("NFKD", text.translate(_SPELLED))
    kept = "".join(c for c in spelled if not unicodedata.combining(c))
    return kept.encode("ascii", "replace").decode()


def ascii_rows(rows: Iterable[str], width: int) -> list[str]:
    """Finished rows in ASCII; one that has become longer than the width is broken, its indent kept."""
    done: list[str] = []
    for row in rows:
        shown = in_ascii(row)
        if len(shown) <= width:
            done.append(shown)
            continue
        indent = shown[: len(shown) - len(shown.lstrip())]
        words = shown.lstrip()
        done += textwrap.wrap(words, width, initial_indent=indent, subsequent_indent=indent)
    return done
