import re

import pytest

from klderive.derivation import Derivation, Source, by
from klderive.library import load
from klderive.render.latex import latex_document, latex_fragment
from klderive.render.latex_text import text
from klderive.verify import verify

from .pdflatex import compiled, needs_pdflatex


@pytest.fixture(scope="module")
def gaussian():
    return verify(load("gaussian-l2"))


def awkward():
    """Names, words and formulas that LaTeX or the page could stumble over."""
    source = Source(
        "100% of R&D_#1 $x$ {y} ~ ^ \\ <z> | μ – é", author="Åsa", place="a/" + "b" * 90
    )
    d = Derivation("awkward", title="A_title & 5% of \\LaTeX λ 數", source=source)
    d.symbols(a_b="real", **{f"long_name_{i}": "real" for i in range(12)})
    total = " + ".join(f"long_name_{i}*(a_b - {i})**2" for i in range(12))
    backwards = " + ".join(f"long_name_{i}*(a_b - {i})**2" for i in reversed(range(12)))
    c = d.chain(f"1 + {total}")
    c.eq(f"{backwards} + 1", by.algebra, note="A note with a_b, 50% and " + "x" * 80)
    c.eq(f"{total} + 2", by.algebra)
    return verify(d)


@needs_pdflatex
def test_awkward_input_compiles(tmp_path):
    assert "Overfull" not in compiled(latex_document([awkward()]), tmp_path)


@needs_pdflatex
def test_a_fragment_compiles_in_another_class(gaussian, tmp_path):
    document = (
        "\\documentclass[11pt]{report}\n\\usepackage{amsmath,amssymb}\n"
        "\\usepackage[margin=2cm]{geometry}\n\\begin{document}\n"
        + latex_fragment(gaussian)
        + "\n\\end{document}\n"
    )
    assert "Overfull" not in compiled(document, tmp_path)


def test_every_number_is_in_the_fragment(gaussian):
    fragment = latex_fragment(gaussian)
    for line in gaussian.lines():
        if line.line.number:
            assert re.search(rf"{line.line.number}\}}", fragment)


def test_a_lemma_alone(gaussian):
    fragment = latex_fragment(gaussian, lemma="T1")
    assert "Lemma T1" in fragment
    assert "gauss:22" not in fragment


def test_a_failing_line_says_so():
    assert r"\textbf{refuted}" in latex_fragment(awkward())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("50% & more_so", r"50\% \& more\_so"),
        ("σ > 0", r"\ensuremath{\sigma} \textgreater{} 0"),
        ("naïve – text", "naïve – text"),
        ("數", "?"),
        ("\\input{x}", r"\textbackslash{}input\{x\}"),
    ],
)
def test_text_is_escaped(words, expected):
    assert text(words) == expected


def test_an_assumed_line_says_so():
    d = Derivation("assumed")
    d.symbols(a="real", b="real")
    d.hypothesis("a is small")
    d.chain("a").le("b", by.hypothesis("a is small"))
    assert "assumed: a is small" in latex_fragment(verify(d))
