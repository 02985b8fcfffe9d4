"""Formulas within the words of a reason."""

from __future__ import annotations

from klderive.notation import to_text
from klderive.render.formulas import pieces


def test_a_substitution_is_a_formula() -> None:
    words = "definition of f, substitution x = mu + sqrt(2)*sigma*t, linearity"
    (before, none), (_, formula), (after, nothing) = pieces(words)
    assert (before, after) == ("definition of f, substitution ", ", linearity")
    assert none is nothing is None
    assert formula is not None
    assert to_text(formula) == "x = mu + sqrt(2)*sigma*t"


def test_other_words_stay_words() -> None:
    for words in ("linearity", "substitution x = t +", "substitution x = t**2 is not increasing"):
        assert "".join(piece for piece, _ in pieces(words)) == words
        assert all(node is None for _, node in pieces(words))
