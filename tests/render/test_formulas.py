"""Formulas within the words of a reason."""

from __future__ import annotations

import pytest

from klderive.derivation import Derivation
from klderive.notation import Scope, to_text, to_unicode
from klderive.render.formulas import pieces, prose


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


def scope() -> Scope:
    d = Derivation("words")
    d.symbols(sigma="positive", mu="real", sigma_gt="positive", w="real")
    d.density("p", of="x")
    d.variable("y", on="Y")
    d.density("ps", of="y, x")
    return d.scope


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("the variance of x is sigma**2", "the variance of x is σ²"),
        ("assumes sigma_gt > 0, sigma > 0.", "assumes σ_gt > 0, σ > 0."),
        ("optimal at w = 0 (0.3 at w = 0; 0.4 at w = 1)",) * 2,
        ("ps(0, 1) = 1/8, ps(1, 0) = 1/4; x", "ps(0, 1) = 1/8, ps(1, 0) = 1/4; x"),
        ("Integral(p(x)*sigma**2, x) = 1 holds", "∫ p(x) σ² dx = 1 holds"),
        ("the log-likelihood and/or D(p || p*) of (mu) at 5", None),
        ("2*unknown", None),
        ("page 3/4", None),
        ("p is centred = so be it", None),
        ("", ""),
    ],
)
def test_formulas_within_words(words: str, expected: str | None) -> None:
    shown = prose(words, scope(), lambda node: to_unicode(node, scope()))
    assert shown == (words if expected is None else expected)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("true without the term `2*mu*w`", "true without the term 2μ w"),
        ("with `+` instead of `-` before `sigma_gt`", "with `+` instead of `-` before σ_gt"),
        ("`klderive list` names them all", "`klderive list` names them all"),
    ],
)
def test_between_backquotes_stand_formulas(words: str, expected: str) -> None:
    declared = scope()
    assert prose(words, declared, lambda node: to_unicode(node, declared)) == expected
