"""What a notebook shows, and the example notebook."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import klderive
from klderive.verify import verify

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebook.ipynb"


@pytest.fixture
def derivation():
    d = klderive.Derivation("mine", title="Mine")
    d.symbols(a="real", b="positive")
    d.chain("log(b**2) + a").eq("a + 2*log(b)", klderive.by.logarithms).eq("a")
    return d


def test_a_derivation_is_shown_without_marks(derivation):
    html = derivation._repr_html_()
    assert "not checked" in html
    assert "✓" not in html
    assert "✗" not in html


def test_a_report_is_shown_with_marks(derivation):
    html = verify(derivation)._repr_html_()
    assert "✓" in html
    assert "✗" in html
    assert "not verified" in html


def test_to_display_is_not_to_check(derivation, monkeypatch):
    from klderive.kernel import Kernel

    monkeypatch.setattr(Kernel, "__init__", lambda *_, **__: pytest.fail("a line is checked"))
    assert derivation._repr_mimebundle_()


def test_a_chain_and_its_lines_are_shown():
    d = klderive.Derivation("chain")
    d.symbols(a="real")
    chain = d.chain("a*(a + 1)").eq("a**2 + a", klderive.by.algebra).eq("a + a**2")
    html = chain._repr_html_()
    assert html.count('<li class="line') == 2
    assert chain._repr_latex_() == (
        "\\begin{align*}\na (a + 1) & = a^2 + a \\\\\n & = a + a^2\n\\end{align*}"
    ).replace("a (a", "a \\, (a")
    assert "algebra" in chain.lines[0]._repr_html_()
    report = verify(d)
    assert "✓" in report.lines()[0]._repr_html_()
    assert "✓" not in report.lines()[0].line._repr_html_()


def test_the_bundle_has_both_forms(derivation):
    bundle = derivation._repr_mimebundle_(include=None, exclude=None)
    assert set(bundle) == {"text/html", "text/latex"}
    assert bundle["text/html"] == derivation._repr_html_()


def test_without_the_package_s_names_nothing_is_said():
    code = (
        "from klderive.derivation import Derivation\n"
        "d = Derivation('x')\n"
        "assert d._repr_html_() is None and d._repr_mimebundle_() == {}\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_example_notebook_runs():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    shown = [
        output
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "text/html" in output.get("data", {})
    ]
    assert len(shown) >= 3
    assert any("✓" in output.data["text/html"] for output in shown)


def test_a_loaded_derivation_is_shown():
    code = (
        "import sys\n"
        "from klderive import load\n"
        "assert 'sympy' not in sys.modules\n"
        "assert '<math' in load('softmax')._repr_html_()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
