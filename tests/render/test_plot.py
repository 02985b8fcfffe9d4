"""Pictures of derivations."""

import sys
from math import log

import pytest

from klderive.derivation import Derivation
from klderive.library import load
from klderive.render.pictures import PICTURES, PlotError
from klderive.render.plot import figure, save, svg

pytest.importorskip("matplotlib", reason="matplotlib is not installed")


def curves(axes):
    return {line.get_label(): line.get_xydata().tolist() for line in axes.get_lines()}


def test_the_integrand_has_the_area_of_the_divergence():
    left, _ = figure(load("gaussian-l2")).axes
    (points,) = (p for label, p in curves(left).items() if "log" in label)
    step = points[1][0] - points[0][0]
    assert sum(y for _, y in points) * step == pytest.approx(0.5, abs=1e-3)


def test_the_divergence_lies_on_the_parabola():
    _, right = figure(load("gaussian-l2")).axes
    found = curves(right)
    (square,) = (points for label, points in found.items() if "sigma" not in label)
    (divergence,) = (dict(points) for label, points in found.items() if label.endswith("= 1$"))
    assert len(square) > 10
    for mean, height in square:
        assert height == pytest.approx(mean**2 / 2)
        assert divergence[mean] == pytest.approx(height)


def test_the_ratios_of_the_coin_come_near_to_the_divergence():
    (axes,) = figure(load("coin-kl")).axes
    *paths, level = (line.get_ydata() for line in axes.get_lines())
    assert level[0] == pytest.approx(log(9 / 8) / 2)
    assert max(abs(path[-1] - level[0]) for path in paths) < 0.03
    assert max(abs(path[0] - level[0]) for path in paths) > 0.2


@pytest.mark.parametrize("name", PICTURES)
def test_an_svg_is_the_same_each_time(name):
    assert svg(load(name)) == svg(load(name))
    assert svg(load(name)).startswith("<?xml")


def test_formats(tmp_path):
    for kind, start in (("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")):
        save(load("coin-kl"), tmp_path / f"coin.{kind}")
        assert (tmp_path / f"coin.{kind}").read_bytes().startswith(start)
    with pytest.raises(PlotError, match=r"\.svg"):
        save(load("coin-kl"), tmp_path / "coin.txt")


def test_no_picture():
    with pytest.raises(PlotError, match="there are those of gaussian-l2, coin-kl"):
        figure(load("elbo"))
    with pytest.raises(PlotError, match="which its picture shows"):
        figure(Derivation("gaussian-l2"))


def test_without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(PlotError, match=r"klderive\[plot\]"):
        figure(load("coin-kl"))
