r"""Every shipped derivation on every page: no error, no reference that leads nowhere, nothing that is too wide.

One document a page holds all derivations. LaTeX says "Overfull" of paragraphs; rows of displays are measured.
"""

import pytest

from klderive.library import catalogue, load
from klderive.notation import to_latex
from klderive.notation.latex_printer import latex_width
from klderive.render.latex import latex_document
from klderive.render.latex_style import NARROW, LatexStyle
from klderive.verify import verify

from .pdflatex import compiled, measured, needs_pdflatex, too_wide

PAGES = [(size, columns) for size in (10, 11, 12) for columns in (1, 2)]
OTHERS = [
    {"layout": "split", "number": "each", "macros": True},
    {"layout": "split", "environments": True},
    {"layout": "table", "number": "each"},
    {"layout": "table", "number": "none", "macros": True},
    {"number": "each", "macros": True, "environments": True},
    {"number": "none", "text_width": 16.0},
]


@pytest.fixture(scope="module")
def reports():
    return [verify(load(entry.name)) for entry in catalogue() if entry.package == "klderive"]


def check(reports, style, directory, detail="paper"):
    document = latex_document(reports, style=style, detail=detail)
    log = compiled(document, directory, runs=2)
    assert "Overfull" not in log
    assert "undefined" not in log
    assert "multiply defined" not in log
    if style.layout != "table":
        assert too_wide(document, directory, 1.0 if style.width < NARROW else 2.0) == []


@needs_pdflatex
@pytest.mark.parametrize(("size", "columns"), PAGES)
def test_all_derivations_fit(reports, tmp_path, size, columns):
    check(reports, LatexStyle(size=size, columns=columns), tmp_path)


@needs_pdflatex
@pytest.mark.parametrize(("size", "columns"), [(10, 1), (12, 2)])
@pytest.mark.parametrize("options", OTHERS, ids=str)
def test_all_layouts_fit(reports, tmp_path, options, size, columns):
    check(reports, LatexStyle(size=size, columns=columns, **options), tmp_path)


@needs_pdflatex
@pytest.mark.parametrize("layout", ["align", "split", "table"])
@pytest.mark.parametrize(("size", "columns"), [(10, 1), (12, 2)])
def test_what_the_kernel_used_fits(reports, tmp_path, layout, size, columns):
    check(reports, LatexStyle(layout, size=size, columns=columns), tmp_path, detail="full")


@needs_pdflatex
def test_what_is_too_wide_is_found(reports, tmp_path):
    document = latex_document(reports[:4], style=LatexStyle(size=12))
    narrow = document.replace("fleqn,12pt", "fleqn,12pt,twocolumn")
    assert too_wide(narrow, tmp_path, 2.0)


@needs_pdflatex
def test_estimated_widths_are_near_the_real_ones(reports, tmp_path):
    formulas = {
        to_latex(side, report.derivation.scope)
        for report in reports
        for line in report.lines()
        for side in (line.line.left, line.line.right)
    }
    found = measured(sorted(formulas), tmp_path)
    ratios = {latex: latex_width(latex) / real for latex, real in found.items() if real > 5}
    assert len(ratios) > 100
    assert {latex: ratio for latex, ratio in ratios.items() if not 0.94 < ratio < 1.3} == {}
