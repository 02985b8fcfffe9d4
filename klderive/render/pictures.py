"""What the picture of a derivation shows, as data: panels of curves, with formulas for labels.

Accepts a derivation that has a picture. Every curve is evaluated by the kernel from the derivation's own definitions
and lines; random data are seeded, so that a picture is the same each time. `plot` draws it with matplotlib into a file,
`drawing` as a part of a page.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from flint import arb, fmpq
from sympy import Expr, Symbol

from klderive.certificates.certificate import Point
from klderive.certificates.evaluation import Value, evaluate
from klderive.certificates.real_arithmetic import UndefinedError, UndeterminedError
from klderive.derivation import Derivation
from klderive.notation.tree import BigOperator, Fraction, Name, Node, Number, Relation

PRECISION = 64
STEPS = 181
FLIPS = 2000
PATHS = 5
SEED = 1
Style: TypeAlias = Literal["line", "thin", "dashed", "dots", "area"]
SPREADS: tuple[tuple[fmpq, Style], ...] = ((fmpq(1), "line"), (fmpq(3, 2), "dashed"))

Label: TypeAlias = tuple[str | Node, ...]
"""Words and formulas, one after the other."""


class PlotError(Exception):
    """There is no picture: of this derivation, in this format, or without matplotlib."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of a curve from left to right; one without a label belongs to that before it.

    `colour` is one of a few that are told apart on a light ground, a dark one, and by most who are colour-blind.
    """

    points: tuple[tuple[float, float], ...]
    label: Label = ()
    colour: Literal["first", "second", "quiet"] = "first"
    style: Style = "line"


@dataclass(frozen=True, slots=True)
class Panel:
    """Curves over one variable, on a logarithmic scale if it is `logarithmic`."""

    variable: Node
    curves: tuple[Curve, ...]
    title: Label = ()
    logarithmic: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """Panels side by side; `says` tells of each in words what can be seen, for those who do not see it."""

    title: str
    says: tuple[str, ...]
    panels: tuple[Panel, ...]


def picture(derivation: Derivation) -> Picture:
    """The picture of a derivation.

    Raises:
        PlotError: if it has none.
    """
    shown = PICTURES.get(derivation.name)
    if shown is None:
        known = ", ".join(PICTURES)
        raise PlotError(f"there is no picture of {derivation.name}; there are those of {known}")
    try:
        return shown(derivation)
    except KeyError as error:
        raise PlotError(f"{derivation.name} has no {error}, which its picture shows") from None
    except (ValueError, ArithmeticError, UndefinedError, UndeterminedError):
        raise PlotError(f"what the picture of {derivation.name} shows has no values") from None


def _value(derivation: Derivation, expression: Expr, point: Mapping[Symbol, fmpq]) -> Value:
    return evaluate(expression, Point(point), PRECISION, derivation.context().functions)


def _curve(
    derivation: Derivation,
    expression: Expr,
    at: Mapping[Symbol, fmpq],
    variable: Symbol,
    places: Sequence[fmpq],
) -> tuple[tuple[float, float], ...]:
    """The points of an expression's curve over a variable."""
    functions = derivation.context().functions
    values = (
        evaluate(expression, Point({**at, variable: place}), PRECISION, functions)
        for place in places
    )
    return tuple(
        (float(arb(place)), float(arb(value))) for place, value in zip(places, values, strict=True)
    )


def _grid(lower: int, upper: int) -> list[fmpq]:
    return [lower + fmpq((upper - lower) * i, STEPS - 1) for i in range(STEPS)]


def _number(value: fmpq) -> Node:
    above, below = Number(str(value.p)), Number(str(value.q))
    return above if value.q == 1 else Fraction(above, below)


def _equation(left: Node, value: fmpq) -> Relation:
    return Relation((left, _number(value)), ("=",))


def _gaussian(derivation: Derivation) -> Picture:
    """Both densities with the integrand of the divergence between them; the divergence beside the square."""
    symbols = derivation.scope.symbols
    mu_gt, mu_m, sigma_gt, sigma_m = (
        symbols[name] for name in ("mu_gt", "mu_m", "sigma_gt", "sigma_m")
    )
    at = {mu_gt: fmpq(0), mu_m: fmpq(1), sigma_gt: fmpq(1), sigma_m: fmpq(1)}
    lines = {line.number: line for line in derivation.lines()}
    chain = lines["gauss:6"]
    integral, integrand = chain.statement.right, chain.right
    if not isinstance(integrand, BigOperator):
        raise PlotError(f"{derivation.name} has another line gauss:6 than its picture shows")
    divergence, square = lines["gauss:32"].statement.right, lines["gauss:34"].statement.right

    (x,) = derivation.functions["P_gt"].parameters
    places = _grid(-4, 5)
    heights = _curve(derivation, integral.args[0], at, x, places)
    p, q = lines["gauss:4"], lines["gauss:5"]
    heights_p, heights_q = (
        _curve(derivation, line.statement.right, at, x, places) for line in (p, q)
    )
    densities = [
        Curve(heights_p, (p.left,), "first"),
        Curve(heights_q, (q.left,), "second", "dashed"),
    ]
    # The area is stated only where the integral itself evaluates to what the last line says.
    area, said = _value(derivation, integral, at), _value(derivation, square, at)
    stated: Node = chain.left
    if isinstance(said, fmpq) and arb(area).contains(arb(said)):
        stated = _equation(chain.left, said)
    left = Panel(
        Name("x"),
        (Curve(heights, (integrand.body,), "quiet", "area"), *densities),
        ("the area is ", stated),
    )

    means = _grid(-3, 3)
    parabola = Curve(
        _curve(derivation, square, at, mu_m, means[:: (STEPS - 1) // 12]),
        (lines["gauss:34"].right,),
        "second",
        "dots",
    )
    spreads = [
        Curve(
            _curve(derivation, divergence, {**at, sigma_m: spread}, mu_m, means),
            (chain.left, ", ", _equation(Name("sigma_m"), spread)),
            "first",
            style,
        )
        for spread, style in SPREADS
    ]
    right = Panel(
        Name("mu_m"),
        (*spreads, parabola),
        (_equation(Name("mu_gt"), fmpq(0)), ", ", _equation(Name("sigma_gt"), fmpq(1))),
    )
    gaps = [abs(dict(spreads[0].points)[mean] - height) for mean, height in parabola.points]
    lowest = [min(curve.points, key=_height) for curve in spreads]
    tops = [max(curve.points, key=_height) for curve in densities]
    return Picture(
        "The KL divergence of two Gaussians",
        (
            f"The densities over x: the first is highest at {tops[0][0]:.3g}, the second at {tops[1][0]:.3g}. The"
            " integrand of their KL divergence, its area shaded, lies between"
            f" {min(heights, key=_height)[1]:.3g} and {max(heights, key=_height)[1]:.3g}.",
            "The KL divergence over the mean of the second. With equal spreads its lowest value is"
            f" {lowest[0][1]:.3g}, at {lowest[0][0]:.3g}, and the points of the L2 loss lie within {max(gaps):.2g} of"
            f" the curve. With a wider second spread its lowest value is {lowest[1][1]:.3g}, at {lowest[1][0]:.3g}.",
        ),
        (left, right),
    )


def _height(point: tuple[float, float]) -> float:
    return point[1]


def _coin(derivation: Derivation) -> Picture:
    """The logarithm of the likelihood ratio, per flip, of some series of flips, and the divergence."""
    lines = {line.number: line for line in derivation.lines()}
    functions = derivation.context().functions
    weights = []
    for name in ("p", "q"):
        declared = functions[name]
        (k,) = declared.parameters
        if declared.definition is None:
            raise PlotError(f"{derivation.name} does not say what {name} is")
        weights.append(
            [evaluate(declared.definition, Point({k: fmpq(i)}), PRECISION) for i in (0, 1)]
        )
    p, q = weights
    ratios = [float(arb(p[i] / q[i]).log()) for i in (0, 1)]
    ones = float(arb(p[1]))
    divergence = float(arb(_value(derivation, lines["ce:10b"].statement.right, {})))

    label = (lines["ce:5"].right,)
    curves = []
    generator = random.Random(SEED)
    for path in range(PATHS):
        total, means = 0.0, []
        for count in range(1, FLIPS + 1):
            total += ratios[generator.random() < ones]
            means.append((float(count), total / count))
        curves.append(Curve(tuple(means), label if not path else (), "first", "thin"))
    farthest = max(abs(curve.points[-1][1] - divergence) for curve in curves)
    level = ((1.0, divergence), (float(FLIPS), divergence))
    curves.append(Curve(level, (lines["ce:10b"].first,), "second"))
    return Picture(
        "The log-likelihood ratio of a coin, per flip",
        (
            f"The ratio per flip of {PATHS} series of flips, over the number of flips. After {FLIPS} flips none is"
            f" farther than {farthest:.2g} from the KL divergence, which is {divergence:.3g}.",
        ),
        (Panel(Name("N"), tuple(curves), logarithmic=True),),
    )


PICTURES: dict[str, Callable[[Derivation], Picture]] = {
    "gaussian-l2": _gaussian,
    "coin-kl": _coin,
}
"""The derivations that have a picture."""
