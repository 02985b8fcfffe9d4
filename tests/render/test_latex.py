import re
import shutil
import subprocess

import pytest

from klderive.derivation import Derivation, Source, by
from klderive.library import load
from klderive.notation import latex_rows
from klderive.render.latex import TEXT_WIDTH, latex_document, latex_fragment, text
from klderive.verify import verify

needs_pdflatex = pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="pdflatex is not installed"
)


@pytest.fixture(scope="module")
def gaussian():
    return verify(load("gaussian-l2"))


def compiled(document, directory):
    """The log of pdflatex, which must find no error."""
    (directory / "paper.tex").write_text(document, "utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"],
        cwd=directory,
        capture_output=True,
        timeout=120,
    )
    log = (directory / "paper.log").read_text("utf-8", errors="replace")
    assert done.returncode == 0, log[-3000:]
    return log


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
def test_the_shipped_derivation_compiles(gaussian, tmp_path):
    log = compiled(latex_document([gaussian]), tmp_path)
    assert "Overfull" not in log
    assert "undefined" not in log


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


@needs_pdflatex
def test_no_row_runs_off_the_page(gaussian, tmp_path):
    """Displays run off the page silently, so each row is put into a box and measured."""
    rows = []
    for report in (gaussian, awkward()):
        scope = report.derivation.scope
        for line in report.lines():
            rows += latex_rows(line.line.right, scope, width=TEXT_WIDTH - 8)
            rows += latex_rows(line.line.left, scope, width=TEXT_WIDTH - 8)
    boxes = "\n".join(
        f"\\sbox0{{$\\displaystyle {row}$}}\\typeout{{WIDTH \\the\\wd0}}" for row in rows
    )
    empty = latex_document([])
    document = empty.replace("\\end{document}", boxes + "\nx\\end{document}")
    widths = re.findall(r"WIDTH ([0-9.]+)pt", compiled(document, tmp_path))
    assert len(widths) == len(rows)
    assert max(map(float, widths)) <= 10 * TEXT_WIDTH


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
