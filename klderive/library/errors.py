"""The error for a derivation that cannot be found or loaded."""

from __future__ import annotations


class LibraryError(Exception):
    """A derivation that cannot be found or loaded: what is wrong, and where.

    Attributes:
        problem: what is wrong, in a sentence.
        path: the file, if a file is to blame.
        line: the line in it, if known.
        text: that line as it stands in the file.
        suggestions: names that may have been meant.
    """

    def __init__(
        self,
        problem: str,
        *,
        path: str = "",
        line: int | None = None,
        text: str = "",
        suggestions: tuple[str, ...] = (),
    ) -> None:
        self.problem = problem
        self.path = path
        self.line = line
        self.text = text
        self.suggestions = suggestions
        super().__init__(problem)

    def __str__(self) -> str:
        place = self.path + (f":{self.line}" if self.line else "")
        message = f"{place}: {self.problem}" if place else self.problem
        if self.text:
            message += f"\n    {self.text}"
        if self.suggestions:
            message += f"\nDid you mean {' or '.join(self.suggestions)}?"
        return message
