"""Expressions in the notation in which lines are typed, for messages."""

from __future__ import annotations

from sympy import Add, Expr

from klderive.notation.errors import NotationError
from klderive.notation.sympy_reader import read_sympy
from klderive.notation.text_printer import to_text

SHORT = 60
"""Characters of an expression that is one word of a sentence."""

SHORT_LEFTOVER = 160
"""Characters of one that a sentence is about."""


def text_of(expression: Expr) -> str:
    """An expression in the notation in which lines are typed."""
    try:
        return to_text(read_sympy(expression))
    except NotationError:
        return str(expression)


def short_text(expression: Expr) -> str:
    """An expression as it is typed, or the name of its kind, if it is long."""
    text = text_of(expression)
    return text if len(text) <= SHORT else type(expression).__name__


def difference_text(leftover: Expr) -> str:
    """How two sides differ whose difference in normal form is an expression, other than 0."""
    text = text_of(leftover)
    if len(text) <= SHORT_LEFTOVER:
        return f"the right side lacks {text}"
    said = "the two sides have different normal forms"
    if not isinstance(leftover, Add):
        return said
    least = min((text_of(term) for term in leftover.args), key=len)
    shown = f", among them {least}" if len(least) <= SHORT_LEFTOVER else ""
    return f"{said}: they differ in {len(leftover.args)} terms{shown}"
