"""Finds the formulas within words: that of a reason such as `substitution x = mu + sigma*t`, and declared names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from klderive.notation import Node, NotationError, Scope, read_text
from klderive.notation.tree import Name, Relation

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


_TOKENS = re.compile(r"(\s+|[,;:.()]+)")


def named_pieces(words: str, scope: Scope) -> Iterator[tuple[str, Node | None]]:
    """The words in pieces, each with its tree if it is a formula or the name of a function or a symbol.

    A name of one letter is taken for a function's only after "of", as in "mean of p"; otherwise it may be a word.
    """
    for piece, node in pieces(words):
        if node is not None:
            yield piece, node
            continue
        previous = ""
        for token in _TOKENS.split(piece):
            function = token in scope.functions and (len(token) > 1 or previous == "of")
            symbol = token in scope.symbols and len(token) > 1
            if token:
                yield token, Name(token) if function or symbol else None
            previous = token if token.strip() else previous


def stated(words: str) -> Relation | None:
    """The relation that a statement is, such as `sigma > 0`; None if it is in words."""
    try:
        node = read_text(words)
    except NotationError:
        return None
    return node if isinstance(node, Relation) else None
