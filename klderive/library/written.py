"""Derivations from JSON: what `klderive verify --json` wrote, or what another program wrote in its form.

Accepts the text of a file: one object after another, each a report or a bare derivation. Of a report only its
derivation is read; verdicts in a file are not believed. No code runs: formulas are read like those of any line.

JSON is read more strictly than Python does: no NaN, no name twice in an object, no number beyond `MAX_DIGITS`, no half
of a character; so that nothing in a file can mean two things.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, NoReturn

from klderive.library.errors import LibraryError

if TYPE_CHECKING:
    from klderive.derivation import Derivation

MAX_DIGITS = 18
"""Digits of a number; places and counts are all that is counted."""
REPORT_FIELDS = frozenset(
    (
        *("name", "title", "source", "verified", "errata", "counts", "steps", "supports"),
        *("satisfiability", "derivation"),
    )
)
"""What a report holds; what else stands there is taken for a slip of the pen."""


def read_json(text: str, path: str) -> tuple[Derivation, ...]:
    """The derivations that a text describes, in order.

    Args:
        text: the text of a file.
        path: its path, for messages and for the places of lines.

    Raises:
        LibraryError: if it is no JSON, or describes no derivation; the message names the place.
    """
    # Imported here: the model comes with SymPy, which listing must not import.
    from klderive.derivation import DerivationError
    from klderive.derivation.data import derivation_from

    found = []
    for data, line in _objects(text, path):
        within = ""
        if isinstance(data, dict) and "derivation" in data:
            unknown = [name for name in data if name not in REPORT_FIELDS]
            if unknown:
                _fail(f"the field `{unknown[0][:80]}` is unknown in a report", path, line)
            data, within = data["derivation"], "derivation"
        elif isinstance(data, dict) and "steps" in data:
            _fail("the report is without its derivation: write it again", path, line)
        try:
            found.append(derivation_from(data, path, line, within))
        except DerivationError as error:
            place = error.location.within if error.location else ""
            words = f"{place}: {error.problem}" if place else error.problem
            raise LibraryError(words, path=path, line=line) from None
    if not found:
        _fail("the file is empty", path, None)
    return tuple(found)


def _objects(text: str, path: str) -> list[tuple[object, int]]:
    """The values in a text, one after another, each with the line in which it begins."""
    decoder = json.JSONDecoder(
        object_pairs_hook=_once,
        parse_constant=_no_number,
        parse_int=_short,
        parse_float=_short_float,
    )
    found: list[tuple[object, int]] = []
    position, line = 0, 1
    while True:
        begin = position
        while position < len(text) and text[position] in " \t\r\n":
            position += 1
        line += text.count("\n", begin, position)
        if position == len(text):
            return found
        try:
            value, end = decoder.raw_decode(text, position)
            _check_characters(value)
        except json.JSONDecodeError as error:
            _fail(f"not JSON: {error.msg.lower()} at column {error.colno}", path, error.lineno)
        except RecursionError:
            _fail("the data are nested too deeply", path, line)
        except ValueError as error:
            _fail(str(error), path, line)
        found.append((value, line))
        line += text.count("\n", position, end)
        position = end


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object in which each name stands once."""
    data = dict(pairs)
    if len(data) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise ValueError(f"the name `{twice[:80]}` stands twice in an object")
    return data


def _no_number(literal: str) -> NoReturn:
    raise ValueError(f"`{literal}` is no number")


def _short(literal: str) -> int:
    if len(literal) > MAX_DIGITS:
        raise ValueError(f"the number {literal[:20]}... has more than {MAX_DIGITS} digits")
    return int(literal)


def _short_float(literal: str) -> float:
    raise ValueError(f"the number {literal[:40]} is not whole")


def _check_characters(value: object) -> None:
    """Refuse halves of characters, which no output can hold."""
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, dict):
            pending += [*each, *each.values()]
        elif isinstance(each, list):
            pending += each
        elif isinstance(each, str) and any("\ud800" <= c <= "\udfff" for c in each):
            raise ValueError("half of a character (a surrogate) stands in a text")


def _fail(problem: str, path: str, line: int | None) -> NoReturn:
    raise LibraryError(problem, path=path, line=line)
