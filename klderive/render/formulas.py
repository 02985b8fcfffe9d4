"""Finds the formulas within words, such as `substitution x = mu + sigma*t` or `the variance of x is sigma**2`.

Accepts words with formulas in the notation that lines are typed in. A formula is a run of words that can be read, that
shows by a sign that it is one, and whose names are all declared; anything else stays as it is. After `substitution` a
name that is not declared may stand, for the new variable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from klderive.notation import Node, NotationError, Scope, read_text
from klderive.notation.translation import CONSTANTS, KNOWN_FUNCTIONS
from klderive.notation.tree import Application, Name, Relation

_SUBSTITUTION = re.compile(r"(?<=substitution )(\w+ = [^,;]+)")
_QUOTED = re.compile(r"`([^`]+)`")
_SIGN = re.compile(r"[*/^<=>+]|\w_\w|\w[(\[]")
_NAME = re.compile(r"(?<![\w.])[A-Za-z]\w*")
_OPERATOR = re.compile(r"[-+*/<=>|]+")
_BETWEEN_BACKQUOTES = re.compile(r"(`[^`]+`)")
_LONGEST = 24
"""Words of a formula with spaces."""
MINUS = re.compile(r"(?<![\w)-])-(?=\d)")
"""The sign of a negative number within words, where a hyphen stands for it."""
_NOTATION = frozenset(
    ("Integral", "Sum", "Product", "Limit", "Diff", "Bar", "Cases", "ArgMin", "ArgMax", "in")
)
"""Words of the notation that are declared nowhere."""


def pieces(words: str, scope: Scope | None = None) -> Iterator[tuple[str, Node | None]]:
    """The words in pieces, each with the tree of the formula that it is, if it is one.

    What stands in backquotes is a formula if it can be read; the backquotes are dropped.

    Args:
        words: the words.
        scope: the declared names; without them, only substitutions are found.
    """
    for place, piece in enumerate(_QUOTED.split(words)):
        node = _read(piece) if place % 2 and scope is not None else None
        if node is not None:
            yield piece, node
        elif place % 2:
            yield f"`{piece}`", None
        else:
            yield from _unquoted(piece, scope)


def _unquoted(words: str, scope: Scope | None) -> Iterator[tuple[str, Node | None]]:
    for place, piece in enumerate(_SUBSTITUTION.split(words)):
        node = _read(piece) if place % 2 else None
        if node is not None:
            yield piece, node
        elif scope is not None:
            yield from _quoted(piece, scope)
        elif piece:
            yield piece, None


_WORDS = ("a", "A", "I")
_BOUND = re.compile("(log u (?:≤ u −|<= u -) 1)")
"""The bound of the logarithm as reasons word it, in a variable that nobody declares."""
_TOKENS = re.compile(r"([A-Za-z]\w*\([^()]*\)|\s+|[,;:.()]+)")


def named_pieces(words: str, scope: Scope) -> Iterator[tuple[str, Node | None]]:
    """The words in pieces, each with its tree if it is a formula or a declared name.

    `a`, `A` and `I` are words of English unless they follow "of", as in "mean of a".
    """
    for place, part in enumerate(_BOUND.split(words)):
        if place % 2:
            yield part, _read("log(u) <= u - 1")
        else:
            yield from _named_within(part, scope)


def _named_within(words: str, scope: Scope) -> Iterator[tuple[str, Node | None]]:
    for piece, node in pieces(words, scope):
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
    groups = (
        scope.functions,
        scope.symbols,
        scope.ranges,
        scope.families,
        scope.sets,
        scope.optima,
    )
    declared = any(name in group for group in groups)
    return Name(name) if declared and (after_of or name not in _WORDS) else None


def stated(words: str) -> Node | None:
    """The relation or the application that a statement is, `sigma > 0` or `M(x)`; None if it is in words."""
    node = _read(words)
    return node if isinstance(node, Relation | Application) else None


def prose(words: str, scope: Scope, shown: Callable[[Node], str]) -> str:
    """The words with their formulas as `shown` prints them."""
    return "".join(piece if node is None else shown(node) for piece, node in pieces(words, scope))


def _quoted(words: str, scope: Scope) -> Iterator[tuple[str, Node | None]]:
    """The words in pieces, of which those between backquotes are formulas if they can be read as such."""
    for place, piece in enumerate(_BETWEEN_BACKQUOTES.split(words)):
        if place % 2:
            inner = piece.strip("`")
            names = _NAME.findall(inner)
            node = _read(inner) if set(names) <= _known(scope) else None
            yield (inner, node) if node is not None else (piece, None)
        elif piece:
            yield from _within(piece, scope)


def _known(scope: Scope) -> set[str]:
    """The names that may stand in a formula."""
    return {*scope.names(), *CONSTANTS, *KNOWN_FUNCTIONS, *_NOTATION}


def _within(words: str, scope: Scope) -> Iterator[tuple[str, Node | None]]:
    """The words in pieces, where any run of words may be a formula; the longest is taken."""
    tokens = [(match.start(), match.end()) for match in re.finditer(r"\S+", words)]
    known = _known(scope)
    done = position = 0
    while position < len(tokens):
        for last in range(min(len(tokens), position + _LONGEST) - 1, position - 1, -1):
            if _OPERATOR.fullmatch(words[slice(*tokens[last])]):
                continue
            start, stop = _core(words, tokens[position][0], tokens[last][1])
            node = _formula(words[start:stop], known)
            if node is not None:
                if start > done:
                    yield words[done:start], None
                yield words[start:stop], node
                done, position = stop, last
                break
        position += 1
    if done < len(words):
        yield words[done:], None


def _core(words: str, start: int, stop: int) -> tuple[int, int]:
    """The range without the punctuation around it, and without a bracket that has no partner in it."""
    while stop > start and words[stop - 1] in ",;:.":
        stop -= 1
    run = words[start:stop]
    if run.startswith("(") and run.count("(") > run.count(")"):
        start += 1
    elif run.endswith(")") and run.count(")") > run.count("("):
        stop -= 1
    return start, stop


def _formula(text: str, known: set[str]) -> Node | None:
    """The tree of a formula; None if the text does not look like one, or cannot be read."""
    names = _NAME.findall(text) if _SIGN.search(text) else []
    if not names or any(name not in known for name in names):
        return None
    return _read(text)


def _read(text: str) -> Node | None:
    try:
        return read_text(text)
    except NotationError:
        return None
