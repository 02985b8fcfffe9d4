"""The error that a reader raises on a line it cannot read."""

from __future__ import annotations

from klderive.notation.tree import Span


class NotationError(ValueError):
    """A line of mathematics that cannot be read: what is wrong, where, and what would be right."""

    def __init__(
        self, problem: str, text: str = "", span: Span | None = None, hint: str | None = None
    ) -> None:
        self.problem = problem
        self.text = text
        self.span = span
        self.hint = hint
        super().__init__(problem)

    def __str__(self) -> str:
        lines = [self.problem]
        if self.text and self.span is not None:
            lines += _excerpt(self.text, self.span)
        if self.hint:
            lines.append(f"hint: {self.hint}")
        return "\n".join(lines)


EXCERPT_WIDTH = 76


def _excerpt(text: str, span: Span) -> list[str]:
    """The source line with carets under the span, cut to a readable width around it."""
    start, stop = span
    line_start = text.rfind("\n", 0, start) + 1
    line_stop = text.find("\n", start)
    line = text[line_start : line_stop if line_stop >= 0 else len(text)]
    column = start - line_start
    left = max(0, column - EXCERPT_WIDTH // 2)
    shown = line[left : left + EXCERPT_WIDTH]
    width = max(1, min(stop - start, len(shown) - (column - left)))
    return [f"    {shown}", "    " + " " * (column - left) + "^" * width]
