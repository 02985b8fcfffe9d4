"""How errata, and what corrects them, are printed."""

import shutil
import subprocess

import pytest
from rich.cells import cell_len

from klderive.derivation import Derivation, Source, by
from klderive.render.coverage import coverage_rows
from klderive.render.errata import errata_rows
from klderive.render.latex import latex_document, latex_fragment
from klderive.render.terminal import terminal_rows, verdict_rows
from klderive.verify import verify


def squares(printed="a**2 + b**2"):
    source = Source("On squares", author="N. N.", place="page 3")
    d = Derivation("squares", title="Squares", source=source)
    d.symbols(a="real", b="real")
    d.section("The square of a sum")
    c = d.chain("(a + b)**2")
    c.eq(printed, by.algebra, erratum="the mixed term is missing", number="doc:1")
    c.eq("a**2 + 2*a*b + b**2", by.algebra, corrects="doc:1", number="doc:2")
    return verify(d)


def page(report, **options):
    return "\n".join(row.plain.rstrip() for row in terminal_rows(report, **options))


def test_the_terminal_marks_an_erratum():
    rows = [row.strip() for row in page(squares()).splitlines()]
    [printed] = [row for row in rows if row.startswith("✗")]
    assert "= a² + b²" in printed
    assert "erratum" in printed
    assert printed.endswith("doc:1")
    assert "false: the mixed term is missing" in rows
    assert "right: line doc:2" in rows
    assert "corrects doc:1" in rows
    assert any(row.startswith("counterexample: ") for row in rows)
    assert "So (a + b)² = a² + 2a b + b²" in rows
    assert "1 step: 1 proved; 1 erratum, as expected" in page(squares())


def test_an_erratum_is_struck():
    struck = [
        row.plain[span.start : span.end]
        for row in terminal_rows(squares())
        for span in row.spans
        if "strike" in str(span.style)
    ]
    assert any("a² + b²" in words for words in struck)
    assert not any("2a b" in words for words in struck)


def test_a_true_erratum_is_no_success():
    report = squares("b**2 + a**2 + 2*a*b")
    assert "✓" not in page(report).splitlines()[6]
    assert "1 erratum, 1 not refuted" in page(report)
    shown = "\n".join(row.plain for row in verdict_rows(report))
    assert shown.startswith("✗  squares  not verified")
    assert "this erratum is no longer refuted" in shown
    assert r"\textbf{erratum not refuted}" in latex_fragment(report)


def test_latex_marks_an_erratum():
    shown = latex_fragment(squares())
    assert r"\textbf{erratum}, said to follow from algebra" in shown
    assert "false: the mixed term is missing" in shown
    assert "right: line doc:2" in shown
    assert r"\textbf{refuted}" not in shown


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_latex_with_an_erratum_compiles(tmp_path):
    (tmp_path / "paper.tex").write_text(latex_document([squares()]), "utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"],
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-2000:]


def test_the_list_of_errata():
    rows = errata_rows([squares()])
    assert rows[:3] == ["On squares, N. N., page 3", "", "doc:1, in The square of a sum"]
    assert "  printed  (a + b)² = a² + b²" in rows
    assert "  false    the mixed term is missing" in rows
    assert "  right    (a + b)² = a² + 2a b + b²" in rows
    assert rows[-1].strip() == "line doc:2: proved"
    assert any(row.strip().startswith("for example, a = ") for row in rows)
    for words in ("left side: ", "right side: ", "difference: "):
        assert any(row.strip().startswith(words) for row in rows)


def test_an_erratum_without_a_correction_says_so():
    d = Derivation("open")
    d.symbols(a="real")
    d.chain("a").eq("a + 1", erratum="one too many")
    assert "  right    not stated" in errata_rows([verify(d)])


def test_no_errata():
    d = Derivation("none")
    assert errata_rows([verify(d)]) == ["No errata."]


@pytest.mark.parametrize("width", [40, 60, 100])
def test_rows_fit(width):
    rows = errata_rows([squares()], width=width, ascii=True)
    assert max(cell_len(row) for row in rows) <= width
    assert all(row.isascii() for row in rows)


def test_open_relations_are_marked():
    from klderive.library import DocumentRelation
    from klderive.verify.coverage import coverage

    rows = (
        DocumentRelation("doc:1", "a square", ("refuted",)),
        DocumentRelation("doc:2", "a sum", ("proved",)),
        DocumentRelation("doc:3", "a rest", ("proved",)),
    )
    shown = coverage_rows(*coverage(rows, [squares()]))
    assert [row.split()[:3] for row in shown[:3]] == [
        ["doc:1", "refuted", "squares"],
        ["doc:2", "proved", "squares"],
        ["doc:3", "open", "a"],
    ]
    assert "2 of 3 relations are in a derivation." in shown
