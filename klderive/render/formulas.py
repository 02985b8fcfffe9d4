"""Finds the formulas within words: that of a reason such as `substitution x = mu + sigma*t`, and declared names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from klderive.notation import Node, NotationError, Scope, read_text
from klderive.notation.tree import Application, Name, Relation

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


_WORDS = ("a", "A", "I")
_TOKENS = re.compile(r"([A-Za-z]\w*\([^()]*\)|\s+|[,;:.()]+)")


def named_pieces(words: str, scope: Scope) -> Iterator[tuple[str, Node | None]]:
    """The words in pieces, each with its tree if it is a formula or the name of a function or a symbol.

    `a`, `A` and `I` are words of English unless they follow "of", as in "mean of a".
    """
    for piece, node in pieces(words):
        if node is not None:
            yield piece, node
            continue
        previous = ""
        for token in _TOKENS.split(piece):
            if token:
                yield token, _named(token, scope, previous == "of")
            previous = token if token.strip() else previous


def _named(token: str, scope: Scope, after_of: bool) -> Node | None:
    """The tree of a token that is a declared name, or a declared function with its arguments; or None."""
    name, bracket, _ = token.partition("(")
    if bracket:
        return stated(token) if name in scope.functions else None
    declared = name in scope.functions or name in scope.symbols
    return Name(name) if declared and (after_of or name not in _WORDS) else None


def stated(words: str) -> Node | None:
    """The relation or the application that a statement is, `sigma > 0` or `M(x)`; None if it is in words."""
    try:
        node = read_text(words)
    except NotationError:
        return None
    return node if isinstance(node, Relation | Application) else None
