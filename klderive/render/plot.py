"""Pictures of derivations: what their lines say, drawn from the lines themselves.

Accepts a derivation that has a picture; gives a figure of matplotlib, which is an extra. Every curve is evaluated by
the kernel from the derivation's own definitions and lines; random data are seeded. An SVG is the same each time.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from flint import arb, fmpq
from sympy import Expr, Symbol

from klderive.derivation import Derivation
from klderive.kernel import Point
from klderive.kernel.evaluation import evaluate

PRECISION = 64
STEPS = 161
FLIPS = 2000
PATHS = 5
SEED = 1
FORMATS = ("svg", "png", "pdf")
_BLUE, _ORANGE, _GREY = "#1f5fa8", "#c8601a", "#777777"


class PlotError(Exception):
    """There is no picture: of this derivation, in this format, or without matplotlib."""


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
    draw = PICTURES.get(derivation.name)
    if draw is None:
        known = ", ".join(PICTURES)
        raise PlotError(f"there is no picture of {derivation.name}; there are those of {known}")
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise PlotError(
            "pictures need matplotlib: install it with `pip install 'klderive[plot]'`"
        ) from None
    drawn = Figure(figsize=(9, 3.6), layout="constrained")
    try:
        draw(derivation, drawn)
    except KeyError as error:
        raise PlotError(f"{derivation.name} has no {error}, which its picture shows") from None
    return drawn


def _written(drawn: Any, data: io.BytesIO, kind: str) -> None:
    from matplotlib import rc_context

    # Without a date and with a fixed salt for its ids, an SVG does not change from run to run.
    metadata = {"Date": None} if kind == "svg" else {"CreationDate": None} if kind == "pdf" else {}
    with rc_context({"svg.hashsalt": "klderive"}):
        drawn.savefig(data, format=kind, dpi=150, metadata=metadata)


def _values(
    derivation: Derivation, expression: Expr, points: Sequence[Mapping[Symbol, fmpq]]
) -> list[float]:
    """The values of an expression at points."""
    functions = derivation.context().functions
    values = (evaluate(expression, Point(point), PRECISION, functions) for point in points)
    return [float(arb(value)) for value in values]


def _grid(lower: int, upper: int) -> list[fmpq]:
    return [lower + fmpq((upper - lower) * i, STEPS - 1) for i in range(STEPS)]


def _gaussian(derivation: Derivation, drawn: Any) -> None:
    """Both densities with the integrand of the divergence between them; the divergence beside the square."""
    symbols = derivation.scope.symbols
    mu_gt, mu_m, sigma_gt, sigma_m = (
        symbols[name] for name in ("mu_gt", "mu_m", "sigma_gt", "sigma_m")
    )
    at = {mu_gt: fmpq(0), mu_m: fmpq(1), sigma_gt: fmpq(1), sigma_m: fmpq(1)}
    left, right = drawn.subplots(1, 2)

    lines = {line.number: line.statement for line in derivation.lines()}
    p, q = (derivation.functions[name] for name in ("P_gt", "P_m"))
    (x,) = p.parameters
    integrand = lines["gauss:6"].right.args[0]
    xs = _grid(-4, 5)
    points = [{**at, x: value} for value in xs]
    across = [float(arb(value)) for value in xs]
    assert p.definition is not None
    assert q.definition is not None
    heights = _values(derivation, integrand, points)
    left.fill_between(across, heights, color=_GREY, alpha=0.35, linewidth=0)
    left.plot(
        across, heights, color=_GREY, lw=1, label=r"$P_{\mathrm{gt}}\,\log(P_{\mathrm{gt}}/P_m)$"
    )
    left.plot(
        across, _values(derivation, p.definition, points), color=_BLUE, label=r"$P_{\mathrm{gt}}$"
    )
    left.plot(across, _values(derivation, q.definition, points), color=_ORANGE, label=r"$P_m$")
    left.axhline(0, color="black", lw=0.6)
    left.set_xlabel("$x$")
    left.set_title(r"the area is $D_{\mathrm{KL}}(P_{\mathrm{gt}}\,\|\,P_m) = 1/2$", fontsize=10)

    divergence, square = lines["gauss:32"].right, lines["gauss:34"].right
    means = _grid(-3, 3)
    along = [float(arb(value)) for value in means]
    for deviation, style, label in ((fmpq(1), "-", "1"), (fmpq(3, 2), "--", "3/2")):
        points = [{**at, mu_m: mean, sigma_m: deviation} for mean in means]
        shown = _values(derivation, divergence, points)
        name = rf"$D_{{\mathrm{{KL}}}}(P_{{\mathrm{{gt}}}}\,\|\,P_m)$, $\sigma_m = {label}$"
        right.plot(along, shown, color=_BLUE, ls=style, label=name)
    few = means[:: (STEPS - 1) // 16]
    right.plot(
        [float(arb(mean)) for mean in few],
        _values(derivation, square, [{**at, mu_m: mean} for mean in few]),
        "o",
        color=_ORANGE,
        ms=4,
        label=r"$\frac{1}{2}(\mu_{\mathrm{gt}} - \mu_m)^2$",
    )
    right.set_xlabel(r"$\mu_m$")
    right.set_title(r"$\mu_{\mathrm{gt}} = 0$, $\sigma_{\mathrm{gt}} = 1$", fontsize=10)
    for axes in (left, right):
        axes.legend(frameon=False, fontsize=8)
        axes.spines[["top", "right"]].set_visible(False)


def _coin(derivation: Derivation, drawn: Any) -> None:
    """The logarithm of the likelihood ratio, per flip, of some series of flips, and the divergence."""
    lines = {line.number: line.statement for line in derivation.lines()}
    functions = derivation.context().functions
    weights = []
    for name in ("p", "q"):
        declared = functions[name]
        (k,) = declared.parameters
        assert declared.definition is not None
        weights.append(
            [evaluate(declared.definition, Point({k: fmpq(i)}), PRECISION) for i in (0, 1)]
        )
    p, q = weights
    ratios = [float(arb(p[i] / q[i]).log()) for i in (0, 1)]
    heads = float(arb(p[1]))
    (divergence,) = _values(derivation, lines["ce:10b"].right, [{}])

    axes = drawn.subplots()
    generator = random.Random(SEED)
    for path in range(PATHS):
        total, means = 0.0, []
        for count in range(1, FLIPS + 1):
            total += ratios[generator.random() < heads]
            means.append(total / count)
        label = r"$\frac{1}{N}\,\log\,\prod p(x_i)/q(x_i)$" if not path else None
        axes.plot(range(1, FLIPS + 1), means, color=_BLUE, lw=0.9, alpha=0.6, label=label)
    axes.axhline(divergence, color=_ORANGE, lw=1.5, label=r"$D_{\mathrm{KL}}(p\,\|\,q)$")
    axes.set_xscale("log")
    axes.set_xlabel("$N$")
    axes.legend(frameon=False, fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)


PICTURES: dict[str, Callable[[Derivation, Any], None]] = {
    "gaussian-l2": _gaussian,
    "coin-kl": _coin,
}
"""The derivations that have a picture."""
