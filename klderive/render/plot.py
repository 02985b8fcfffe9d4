"""Draws the picture of a derivation into a file, with matplotlib, which is an extra.

Accepts a derivation that has a picture. An SVG is the same each time.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from klderive.derivation import Derivation
from klderive.notation import Scope, to_latex
from klderive.render.pictures import Curve, Label, Panel, PlotError, picture

FORMATS = ("svg", "png", "pdf")
_COLOURS = {"first": "#1f5fa8", "second": "#c8601a", "quiet": "#777777"}
_STYLES: dict[str, dict[str, Any]] = {
    "line": {},
    "thin": {"lw": 0.9, "alpha": 0.6},
    "dashed": {"ls": "--"},
    "dots": {"ls": "", "marker": "o", "ms": 4},
    "area": {"lw": 1},
}


def save(derivation: Derivation, path: Path) -> None:
    """Draw a derivation into a file.

    Raises:
        PlotError: if there is no picture.
        OSError: if the file cannot be written.
    """
    kind = path.suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        raise PlotError(f"{path.name} should end in {', '.join('.' + f for f in FORMATS)}")
    data = io.BytesIO()
    _written(figure(derivation), data, kind)
    path.write_bytes(data.getvalue())


def svg(derivation: Derivation) -> str:
    """The picture as the text of an SVG.

    Raises:
        PlotError: if there is no picture.
    """
    data = io.BytesIO()
    _written(figure(derivation), data, "svg")
    return data.getvalue().decode("utf-8")


def figure(derivation: Derivation) -> Any:
    """The picture as a figure of matplotlib.

    Raises:
        PlotError: if there is no picture.
    """
    shown = picture(derivation)
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise PlotError(
            "pictures need matplotlib: install it with `pip install 'klderive[plot]'`"
        ) from None
    drawn = Figure(figsize=(9, 3.6), layout="constrained")
    all_axes = drawn.subplots(1, len(shown.panels), squeeze=False)
    for axes, panel in zip(all_axes[0], shown.panels, strict=True):
        _draw(axes, panel, derivation.scope)
    return drawn


def _draw(axes: Any, panel: Panel, scope: Scope) -> None:
    """One panel."""
    for curve in panel.curves:
        _draw_curve(axes, curve, scope)
    if any(curve.style == "area" for curve in panel.curves):
        axes.axhline(0, color="black", lw=0.6)
    if panel.logarithmic:
        axes.set_xscale("log")
    axes.set_xlabel(_text((panel.variable,), scope))
    axes.set_title(_text(panel.title, scope), fontsize=10)
    axes.legend(frameon=False, fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_curve(axes: Any, curve: Curve, scope: Scope) -> None:
    across, heights = zip(*curve.points, strict=True)
    colour = _COLOURS[curve.colour]
    if curve.style == "area":
        axes.fill_between(across, heights, color=colour, alpha=0.35, linewidth=0)
    label = _text(curve.label, scope) or None
    axes.plot(across, heights, color=colour, label=label, **_STYLES[curve.style])


def _text(label: Label, scope: Scope) -> str:
    """A label as matplotlib writes formulas."""
    return "".join(
        piece if isinstance(piece, str) else f"${to_latex(piece, scope)}$" for piece in label
    )


def _written(drawn: Any, data: io.BytesIO, kind: str) -> None:
    from matplotlib import rc_context

    # Without a date and with a fixed salt for its ids, an SVG does not change from run to run.
    metadata = {"Date": None} if kind == "svg" else {"CreationDate": None} if kind == "pdf" else {}
    with rc_context({"svg.hashsalt": "klderive"}):
        drawn.savefig(data, format=kind, dpi=150, metadata=metadata)
