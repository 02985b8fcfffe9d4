"""The picture of a derivation as a part of a page: an SVG for each panel, formulas for its labels beside it.

Accepts a picture; needs nothing but Python. The idea: an SVG holds curves, axes and numbers only; titles and labels are
HTML around it, so that formulas are the page's own MathML. Colours are the style sheet's, light or dark.

Caveats: where many points fall on one column of pixels, the last one stands for them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from html import escape

from klderive.notation import Scope
from klderive.render.markup import Words, element
from klderive.render.pictures import Curve, Label, Panel, Picture

WIDTH, HEIGHT = 360, 230
LEFT, RIGHT, TOP, BOTTOM = 34, 8, 8, 20
SAMPLE_WIDTH, SAMPLE_HEIGHT = 24, 10
COLUMN = 1.5
"""Width of a column of pixels of which one point is drawn."""
STEPS = 6
"""Numbers on an axis, at most."""

Scale = Callable[[float], float]


def drawn(picture: Picture, scope: Scope) -> str:
    """The picture as a group of figures, one for each panel."""
    words = Words(scope)
    figures = (
        _panel(panel, picture.title, says, words)
        for panel, says in zip(picture.panels, picture.says, strict=True)
    )
    return element("div", "\n".join(figures), class_="picture")


def _panel(panel: Panel, title: str, says: str, words: Words) -> str:
    """One figure: its caption, its curves, what its axis and its curves are."""
    spoken = element("title", escape(title)) + element("desc", escape(says))
    svg = element(
        "svg", spoken + "".join(_shapes(panel)), viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img"
    )
    rows = [
        element("div", _label(panel.title, words), class_="over") if panel.title else "",
        svg,
        element("div", _label((panel.variable,), words), class_="axis"),
        element("ul", "".join(_entries(panel, words)), role="list", class_="legend"),
    ]
    return element("figure", "\n".join(filter(None, rows)))


def _entries(panel: Panel, words: Words) -> Iterator[str]:
    """The labels of the curves, each after a sample of its line."""
    for curve in panel.curves:
        if curve.label:
            middle = SAMPLE_HEIGHT / 2
            ends = [(1.0, middle), (SAMPLE_WIDTH - 1.0, middle)]
            sample = _line(curve, [(SAMPLE_WIDTH / 2, middle)] if curve.style == "dots" else ends)
            if curve.style == "area":
                sample = _area(curve, ends, SAMPLE_HEIGHT) + _line(curve, ends)
            box = f"0 0 {SAMPLE_WIDTH} {SAMPLE_HEIGHT}"
            svg = element("svg", sample, viewBox=box, aria_hidden="true", class_="sample")
            yield element("li", f"{svg} {_label(curve.label, words)}")


def _label(label: Label, words: Words) -> str:
    """Words and formulas as HTML."""
    return words.html(
        "".join(piece if isinstance(piece, str) else words.formula(piece) for piece in label)
    )


def _shapes(panel: Panel) -> Iterator[str]:
    """Axes with their numbers, then the curves."""
    points = [point for curve in panel.curves for point in curve.points]
    across, heights = zip(*points, strict=True)
    x_ticks = _powers(across) if panel.logarithmic else _round_numbers(min(across), max(across))
    y_ticks = _round_numbers(min(heights), max(heights))
    to_x = _scale(min(across), max(across), LEFT, WIDTH - RIGHT, panel.logarithmic)
    to_y = _scale(min(heights), max(heights), HEIGHT - BOTTOM, TOP)
    for tick in y_ticks:
        y = _short(to_y(tick))
        yield f'<path class="{"zero" if not tick else "grid"}" d="M{LEFT} {y}H{WIDTH - RIGHT}"/>'
        yield f'<text x="{LEFT - 5}" y="{y}" dy="0.35em" text-anchor="end">{_numeral(tick)}</text>'
    for tick in x_ticks:
        x = _short(to_x(tick))
        yield f'<path class="tick" d="M{x} {HEIGHT - BOTTOM}v4"/>'
        yield f'<text x="{x}" y="{HEIGHT - 3}" text-anchor="middle">{_numeral(tick)}</text>'
    yield f'<path class="tick" d="M{LEFT} {HEIGHT - BOTTOM}H{WIDTH - RIGHT}"/>'
    for curve in panel.curves:
        placed = [(to_x(x), to_y(y)) for x, y in curve.points]
        if curve.style == "area":
            yield _area(curve, placed, to_y(max(0.0, min(heights))))
        yield _line(curve, placed)


def _line(curve: Curve, placed: Sequence[tuple[float, float]]) -> str:
    """The line of a curve, or its dots."""
    if curve.style == "dots":
        return "".join(
            f'<circle class="{curve.colour}" cx="{_short(x)}" cy="{_short(y)}" r="3"/>'
            for x, y in placed
        )
    return f'<path class="{curve.style} {curve.colour} curve" d="{_path(placed)}"/>'


def _area(curve: Curve, placed: Sequence[tuple[float, float]], ground: float) -> str:
    """The area between a curve and the ground."""
    closed = [(placed[0][0], ground), *placed, (placed[-1][0], ground)]
    return f'<path class="area {curve.colour}" d="{_path(closed)}Z"/>'


def _path(placed: Sequence[tuple[float, float]]) -> str:
    """Points as a path, of those in one column the last."""
    kept: list[tuple[float, float]] = []
    for position, (x, y) in enumerate(placed):
        if position > 1 and math.floor(x / COLUMN) == math.floor(kept[-1][0] / COLUMN):
            kept[-1] = (x, y)
        else:
            kept.append((x, y))
    return "M" + "L".join(f"{_short(x)} {_short(y)}" for x, y in kept)


def _scale(
    lower: float, upper: float, start: float, stop: float, logarithmic: bool = False
) -> Scale:
    """The map from values to places, so that the lower and the upper value come to the two ends."""
    if logarithmic:
        even = _scale(math.log(lower), math.log(upper), start, stop)
        return lambda value: even(math.log(value))
    span = (upper - lower) or 1.0
    return lambda value: start + (value - lower) / span * (stop - start)


def _round_numbers(lower: float, upper: float) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten between two values."""
    span = (upper - lower) or 1.0
    power = 10.0 ** math.floor(math.log10(span / STEPS))
    step = next(s * power for s in (1, 2, 5, 10) if span / (s * power) <= STEPS)
    first, last = math.ceil(lower / step - 1e-9), math.floor(upper / step + 1e-9)
    return [count * step for count in range(first, last + 1)]


def _powers(values: Sequence[float]) -> list[float]:
    """The powers of ten within the values."""
    first, last = (math.log10(bound) for bound in (min(values), max(values)))
    return [10.0**power for power in range(math.ceil(first), math.floor(last) + 1)]


def _numeral(value: float) -> str:
    """A number on an axis."""
    return f"{value:.6g}".replace("-", "−")


def _short(value: float) -> str:
    """A coordinate, to a tenth."""
    return f"{value:.1f}".removesuffix(".0")
