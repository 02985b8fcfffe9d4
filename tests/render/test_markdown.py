"""Markdown: what Markdown makes of it is what was meant."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from klderive.notation import read_text, to_latex
from klderive.render.markdown import escaped, markdown, neutral
from klderive.render.summary import tag

from .reports import SHIPPED, hostile, shipped

COMMANDS_FORBIDDEN_BY_GITHUB = ("\\operatorname", "\\mbox", "\\phantom", "\\def", "\\newcommand")


def plain(source: str) -> list[str]:
    """The text of each paragraph, heading and item as Markdown reads it; fails on any markup within mathematics."""
    texts = []
    for token in MarkdownIt("commonmark").parse(source):
        assert token.type not in ("html_block", "code_block", "fence", "blockquote_open")
        if token.type != "inline":
            continue
        text = ""
        for child in token.children:
            assert child.type in ("text", "strong_open", "strong_close", "em_open", "em_close"), (
                child
            )
            if child.type in ("em_open", "em_close", "strong_open", "strong_close"):
                assert text.count("$") % 2 == 0, "emphasis within mathematics"
            text += child.content
        texts.append(text)
    return texts


@pytest.mark.parametrize("name", SHIPPED)
def test_mathematics_passes_through_markdown_unchanged(name):
    source = markdown(shipped(name))
    shown = "\n".join(plain(source))
    formulas = re.findall(r"\$\$(.+?)\$\$|\$([^$]+)\$", source)
    assert len(formulas) >= len(shipped(name).lines())
    for display, inline in formulas:
        assert (display or inline) in shown
    assert not any(command in source for command in COMMANDS_FORBIDDEN_BY_GITHUB)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_line_is_there(name):
    shown = "\n".join(plain(markdown(shipped(name))))
    for line in shipped(name).lines():
        assert tag(line.line) in shown


def test_hostile_words_stay_words():
    texts = plain(markdown(hostile()))
    title = hostile().derivation.title
    assert texts[0].split() == title.split()
    assert any("<1>" in text for text in texts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("E(f(x), x in p)*x", r"\mathbb{E}_ {x \sim p}\lbrack f(x)\rbrack x"),
        ("x < y", r"x \lt y"),
        ("star(p)*a", r"p^{\ast } a"),
        ("root(x, 3)", r"\root 3 \of{x}"),
        ("ArgMin(f(x), x)", r"\mathop{\mathrm{arg\thinspace min}}\limits_x f(x)"),
    ],
)
def test_formulas_without_punctuation_of_markdown(text, expected):
    assert neutral(to_latex(read_text(text))) == expected


@pytest.mark.parametrize("words", ["1. not a list", "- not a list", "# not a heading", "a_b_c *d*"])
def test_words_are_not_markup(words):
    [text] = plain(escaped(words))
    assert text == words


def test_a_lemma_alone():
    source = markdown(shipped("gaussian-l2"), lemma="T1")
    assert source.startswith("## Lemma T1")
    assert "gauss:22" not in source


def test_a_failing_line_says_so():
    assert "refuted" in markdown(hostile())
    assert "Not established" in markdown(hostile())
