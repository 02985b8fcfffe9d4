"""Words as text for LaTeX: what means something to LaTeX is escaped, and long words may break.

Caveat: letters that pdflatex does not know are set as question marks.
"""

from __future__ import annotations

from klderive.notation.names import GREEK

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
    "`": "`",
    "\u00a0": "~",
}
_GREEK_COMMANDS = {letter: rf"\ensuremath{{\{name}}}" for name, letter in GREEK.items()}
_SIGNS = {"≤": r"\ensuremath{\leq}", "≥": r"\ensuremath{\geq}", "≠": r"\ensuremath{\neq}"}
_SIGNS |= {"−": r"\ensuremath{-}", "→": r"\ensuremath{\to}", "∞": r"\ensuremath{\infty}"}
_KNOWN_SIGNS = "–—‘’“”…"
_LONG_WORD = 24


def text(words: str) -> str:
    """Words with every character that means something to LaTeX escaped; long words may break."""
    return " ".join(_word(word) for word in words.split())


def _word(word: str) -> str:
    pieces = []
    run = 0
    for character in word:
        if character in _SPECIAL:
            piece = _SPECIAL[character]
        elif character in _GREEK_COMMANDS:
            piece = _GREEK_COMMANDS[character]
        elif character in _SIGNS:
            piece = _SIGNS[character]
        elif character.isascii():
            piece = character if character.isprintable() else ""
        elif "\u00a1" <= character <= "\u017f" or character in _KNOWN_SIGNS:
            piece = character
        else:
            piece = "?"
        run = run + 1 if character.isalnum() else 0
        if len(word) > _LONG_WORD and run % _LONG_WORD == 0:
            piece += r"\allowbreak{}"
        pieces.append(piece)
    return "".join(pieces)
