r"""Lets a wide piece of MathML break: inside its brackets, or between factors where there are none.

Accepts a row of elements with marks where it may break, as the printer sets them. The idea: a piece too wide for a
telephone becomes rows within a row of the class `wide`, which a style sheet may lay out as a box whose rows break; so a
line breaks inside a bracket only where it does not fit between brackets. A bracket that is broken has a fixed size, so
that both ends are alike.

Caveats: widths are estimates. Marks within fractions, roots and scripts are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

AT_TERM = "\x01"
AT_FACTOR = "\x02"
WIDEST = 12.5
"""Ems of a piece that fits on a telephone."""
DEEPEST = 2
"""How often a piece is broken into pieces that are broken again."""
_MARKS = re.compile("[\x01\x02]")
_TOKEN = re.compile("<[^>]*>|[\x01\x02]|[^<\x01\x02]+")
_LEAVES = ("mi", "mn", "mo", "mtext", "mspace")
_SCRIPT = 0.7
_LETTER = 0.52
_SIGN = 1.3
_STRETCHY = 'stretchy="true"'
_FIXED = 'stretchy="true" minsize="2.4em" maxsize="2.4em"'


def row(content: str, depth: int = 0) -> str:
    """Elements as one row, with rows inside if it is wide and has places to break."""
    plain = f"<mrow>{_MARKS.sub('', content)}</mrow>"
    if depth > DEEPEST or not is_wide(plain):
        return plain
    pieces = list(_pieces(_TOKEN.findall(content)))
    if len(pieces) == 1:
        return plain
    return f'<mrow class="wide">{"".join(row(piece, depth + 1) for piece in pieces)}</mrow>'


def is_wide(element: str) -> bool:
    """Whether an element is known to be too wide for a telephone."""
    try:
        return _width(ElementTree.fromstring(element)) > WIDEST
    except (ElementTree.ParseError, ValueError):
        return False  # An author's name for a symbol may hold what XML does not.


def _pieces(tokens: list[str]) -> Iterator[str]:
    """The elements from one break to the next; rows that are open at a break are closed and opened again."""
    breaks, partners = _breaks(tokens)
    chosen = set(_chosen(breaks))
    sized = list(tokens)
    for position in chosen:
        for start in breaks[position][1]:
            for fence in (start + 1, partners[start] - 3):
                if 'fence="true"' in sized[fence] and "minsize" not in sized[fence]:
                    sized[fence] = sized[fence].replace(_STRETCHY, _FIXED)
    begin = 0
    opened = 0
    for position in sorted(chosen):
        again = len(breaks[position][1])
        yield "<mrow>" * opened + "".join(sized[begin:position]) + "</mrow>" * again
        begin, opened = position + 1, again
    yield "<mrow>" * opened + "".join(sized[begin:])


def _breaks(tokens: list[str]) -> tuple[dict[int, tuple[str, tuple[int, ...]]], dict[int, int]]:
    """Each place to break with its mark and the rows open there; and where each row that is open ends."""
    found: dict[int, tuple[str, tuple[int, ...]]] = {}
    partners: dict[int, int] = {}
    open_rows: list[int] = []
    closed = 0
    for position, token in enumerate(tokens):
        if token in (AT_TERM, AT_FACTOR):
            if not closed:
                found[position] = token, tuple(open_rows)
        elif token.startswith("</"):
            if closed:
                closed -= 1
            else:
                partners[open_rows.pop()] = position
        elif token.startswith("<") and not token.endswith("/>"):
            if closed or token != "<mrow>":
                closed += 1
            else:
                open_rows.append(position)
    return found, partners


def _chosen(breaks: dict[int, tuple[str, tuple[int, ...]]]) -> list[int]:
    """The places to break, all of the kind that tears a formula apart the least."""
    ranks = {position: _rank(mark, len(rows)) for position, (mark, rows) in breaks.items()}
    return [position for position, rank in ranks.items() if rank == min(ranks.values())]


def _rank(mark: str, depth: int) -> int:
    """How little one likes to break: first before terms in one bracket, then between factors, then deeper."""
    if mark == AT_TERM:
        return 0 if depth <= 1 else 2 * depth
    return 2 * depth + 1


def _width(element: ElementTree.Element) -> float:
    """The estimated width of an element, in ems."""
    tag = element.tag
    if tag in _LEAVES:
        text = element.text or ""
        if tag == "mo":
            wide = element.get("form") == "infix" and element.get("lspace") is None
            return _SIGN if wide or text in "∑∏" else _LETTER * len(text.strip("\u2061\u2062"))
        return 0.17 if tag == "mspace" else _LETTER * len(text)
    widths = [_width(child) for child in element]
    match tag:
        case "mfrac":
            return max(widths) + 0.2
        case "msub" | "msup":
            return widths[0] + _SCRIPT * widths[1]
        case "msubsup" | "munderover" | "munder" | "mover":
            scripts = _SCRIPT * max(widths[1:])
            return widths[0] + scripts if tag == "msubsup" else max(widths[0], scripts)
        case "msqrt" | "mroot":
            return widths[0] + 0.8
        case "mtable":
            return max(widths, default=0.0)
    return sum(widths)
