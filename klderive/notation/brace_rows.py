"""Draws the underbraces of a line in rows below it, for a terminal.

Accepts rows of text in which marks stand around what has a label. The idea: a brace is drawn below its part, its label
in the middle; where a row breaks within a part, the brace goes on below the next row, and the label stands below the
last. Braces that would overlap stand one below the other, the inner one above.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

_BEGIN = "\x0e"
_END = "\x0f"
_FIRST_LABEL = 0xF0000
_MOST_LABELS = 256
BRACE_MARKS = (0x0E, 0x0F, *range(_FIRST_LABEL, _FIRST_LABEL + _MOST_LABELS))
"""The characters of which marks are made; an end is followed by one that stands for the label."""


def braced(text: str, place: int) -> str:
    """The text between marks for the label at a place; beyond the first 256 labels, as it is."""
    return f"{_BEGIN}{text}{_END}{chr(_FIRST_LABEL + place)}" if place < _MOST_LABELS else text


@dataclass(slots=True)
class _Brace:
    """A brace below a row, from a cell up to another one; a part may begin or go on in other rows."""

    start: int
    stop: int
    begins: bool
    label: str | None

    def drawn(self, ascii: bool) -> str:
        """The brace with its label, which stands behind it if it is longer."""
        left, line, right = ("\\", "_", "/") if ascii else ("╰", "─", "╯")
        ends = self.label is not None
        width = max(1, self.stop - self.start)
        inner = width - self.begins - ends
        label = self.label or ""
        behind = cell_len(label) > inner
        middle = "" if behind else label
        rest = max(0, inner - cell_len(middle))
        body = line * (rest // 2) + middle + line * (rest - rest // 2)
        shown = (left if self.begins else "") + body + (right if ends and width > 1 else "")
        return f"{shown} {label}" if behind else shown


def with_brace_rows(
    rows: Sequence[str], labels: Sequence[str], hang: int, ascii: bool
) -> list[str]:
    """The rows without marks, each followed by the rows with the braces of its parts."""
    shown: list[str] = []
    open_: list[tuple[int, bool]] = []
    for row in rows:
        braces: list[_Brace] = []
        text: list[str] = []
        open_ = [(hang, False) for _ in open_]
        column, closing = 0, False
        for character in row:
            if closing:
                start, begins = open_.pop()
                braces.append(_Brace(start, column, begins, labels[ord(character) - _FIRST_LABEL]))
                closing = False
            elif character == _BEGIN:
                open_.append((column, True))
            elif character == _END:
                closing = True
            else:
                text.append(character)
                column += cell_len(character)
        braces += [_Brace(start, column, begins, None) for start, begins in reversed(open_)]
        shown += ["".join(text), *_drawn(braces, ascii)]
    return shown


def _drawn(braces: Sequence[_Brace], ascii: bool) -> list[str]:
    """Rows with the braces, each in the first row that has room for it."""
    rows: list[str] = []
    for brace in braces:
        shown = brace.drawn(ascii)
        end = brace.start + cell_len(shown)
        for place, row in enumerate(rows):
            if not row[brace.start : end].strip() and len(row) <= brace.start:
                rows[place] = row.ljust(brace.start) + shown
                break
        else:
            rows.append(" " * brace.start + shown)
    return rows
