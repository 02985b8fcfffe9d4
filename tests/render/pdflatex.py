"""Runs pdflatex, and measures what displays hide: a row that is too wide runs off the page without a word."""

import re
import shutil
import subprocess

import pytest

needs_pdflatex = pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="pdflatex is not installed"
)

MEASURE = r"""
\newdimen\rowroom
\newcommand{\measured}[2]{\sbox0{#2}\typeout{ROW \the\wd0 \space OF \the\dimexpr\columnwidth-#1em}}
"""


def compiled(document, directory, name="paper", runs=1):
    """The log of pdflatex, which must find no error."""
    (directory / f"{name}.tex").write_text(document, "utf-8")
    for _ in range(runs):
        done = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", f"{name}.tex"],
            cwd=directory,
            capture_output=True,
            timeout=120,
        )
        log = (directory / f"{name}.log").read_text("utf-8", errors="replace")
        assert done.returncode == 0, log[-3000:]
    return log


def too_wide(document, directory, indent):
    """The rows of displays, and their tags, that are wider than a column; rows of lemmas are indented by ems."""
    body = document[document.index(r"\begin{document}") :]
    boxes, rows = [], []
    inside = 0.0
    for row in body.splitlines():
        inside = indent if r"\begin{list}" in row else 0.0 if r"\end{list}" in row else inside
        formula = re.sub(r"( \\\\\*?)$", "", row)
        if not formula.startswith("&") or r"\parbox" in formula:
            continue
        formula, _, label = formula[1:].partition(r" \tag*{")
        boxes.append(rf"\measured{{{inside}}}{{$\displaystyle {formula}$}}")
        boxes.append(rf"\measured{{{inside}}}{{{label.removesuffix('}')}}}")
        rows += [formula, label]
    measuring = document[: document.index(r"\begin{document}")]
    lines = [measuring, MEASURE, r"\begin{document}", *boxes, "x", r"\end{document}"]
    log = compiled("\n".join(lines), directory, "measured").replace("\n", "")
    found = re.findall(r"ROW ([0-9.]+)pt OF ([0-9.]+)pt", log)
    assert len(found) == len(rows)
    return [
        (row, width, room)
        for row, (width, room) in zip(rows, found, strict=True)
        if float(width) > float(room)
    ]


def measured(formulas, directory):
    """The widths of formulas in display style, in ems at 10 pt."""
    boxes = [rf"\measured{{0}}{{$\displaystyle {formula}$}}" for formula in formulas]
    packages = r"\documentclass{article}\usepackage{lmodern}\usepackage{amsmath,amssymb}"
    rows = [packages, MEASURE, r"\begin{document}", *boxes, "x", r"\end{document}"]
    log = compiled("\n".join(rows), directory, "widths").replace("\n", "")
    widths = re.findall(r"ROW ([0-9.]+)pt OF", log)
    return {formula: float(width) / 10 for formula, width in zip(formulas, widths, strict=True)}
