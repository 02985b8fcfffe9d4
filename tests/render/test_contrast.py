"""Colours of the page: words and marks are told from what is behind them, in light, dark and print."""

from __future__ import annotations

import re
from itertools import product

import pytest

from klderive.render.html import style_sheet

BEHIND = ("paper", "tint")
WORDS = ("ink", "quiet", "link", "proved", "definition", "assumed", "wrong")
CURVES = ("first", "second", "quiet")
READABLE, VISIBLE = 4.5, 3.0
"""WCAG 2.2, success criteria 1.4.3 and 1.4.11, level AA."""
NOTEBOOKS = ("#ffffff", "#111111")


def luminance(colour):
    digits = colour.removeprefix("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def themes():
    """The colours by name of each block that sets them: light, dark, notebook, print."""
    blocks = re.findall(r"\{([^{}]*--ink:[^{}]*)\}", style_sheet())
    return [dict(re.findall(r"--(\w+): ([^;]+);", block)) for block in blocks]


def test_the_measure_is_that_of_the_guidelines():
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_words_and_curves_stand_out():
    pages = [theme for theme in themes() if "paper" in theme]
    assert len(pages) == 3
    for theme in pages:
        for word, behind in product(WORDS, BEHIND):
            assert contrast(theme[word], theme[behind]) >= READABLE, (word, behind, theme)
        for curve in CURVES:
            assert contrast(theme[curve], theme["paper"]) >= VISIBLE, (curve, theme)


def test_marks_stand_out_in_notebooks():
    [piece] = [theme for theme in themes() if "paper" not in theme]
    for mark in ("proved", "definition", "assumed", "wrong", "first", "second"):
        for behind in NOTEBOOKS:
            assert contrast(piece[mark], behind) >= VISIBLE, (mark, behind)
