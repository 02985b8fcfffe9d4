"""The picture on a page: the curves of the derivation, drawn without matplotlib."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from klderive.derivations import coin_kl

from klderive.derivation import Derivation, by
from klderive.library import load, load_all
from klderive.notation.tree import Name
from klderive.render.drawing import HEIGHT, WIDTH, drawn
from klderive.render.html import html_page
from klderive.render.pictures import PICTURES, Curve, Panel, Picture, PlotError, picture
from klderive.verify import verify

from .reports import shipped


def shapes(text):
    """The large drawings of a figure as XML."""
    found = re.findall(r'<svg viewBox="0 0 360 230".*?</svg>', text, re.DOTALL)
    return [ElementTree.fromstring(each) for each in found]


def places(path):
    return [tuple(map(float, pair.split())) for pair in re.split("[ML]", path.rstrip("Z"))[1:]]


@pytest.mark.parametrize("name", PICTURES)
def test_a_page_shows_its_picture(name, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    page = html_page([shipped(name)])
    assert '<section class="pictures">' in page
    shown = picture(load(name))
    drawings = shapes(page)
    assert len(drawings) == len(shown.panels)
    for drawing, panel, says in zip(drawings, shown.panels, shown.says, strict=True):
        assert drawing.get("role") == "img"
        assert drawing[0].tag == "title"
        assert drawing[1].text == says
        kinds = [path.get("class") or "" for path in drawing.iter("path")]
        lines = [curve for curve in panel.curves if curve.style != "dots"]
        assert sum("curve" in kind for kind in kinds) == len(lines)
    assert sum(map(len, re.findall(r"<svg.*?</svg>", page, re.DOTALL))) < 30_000


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_is_drawn_outside(name):
    for drawing in shapes(drawn(picture(load(name)), load(name).scope)):
        found = [
            place
            for path in drawing.iter("path")
            if path.get("class", "").endswith("curve")
            for place in places(path.get("d"))
        ]
        assert len(found) > 50
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in found)


def test_higher_values_are_higher_on_the_page():
    curve = Curve(tuple((float(i), float(i * i)) for i in range(1, 101)))
    for logarithmic in (False, True):
        shown = Picture("p", ("s",), (Panel(Name("x"), (curve,), logarithmic=logarithmic),))
        [drawing] = shapes(drawn(shown, load("coin-kl").scope))
        [path] = [p for p in drawing.iter("path") if p.get("class") == "line first curve"]
        found = places(path.get("d"))
        assert found == sorted(found)
        assert [y for _, y in found] == sorted((y for _, y in found), reverse=True)
        assert len({text.text for text in drawing.iter("text")}) >= 6


def test_a_level_curve_is_drawn():
    curve = Curve(((0.0, 2.0), (1.0, 2.0)))
    shown = Picture("p", ("s",), (Panel(Name("x"), (curve,)),))
    assert len(shapes(drawn(shown, load("coin-kl").scope))) == 1


def test_labels_are_the_formulas_of_the_lines():
    page = html_page([shipped("gaussian-l2")]).partition('<section class="pictures">')[2]
    assert "the area is <math>" in page
    assert page.count('class="sample"') == 6
    assert "$" not in page


def test_without_a_picture():
    assert "<svg" not in html_page([shipped("elbo")])


def test_a_derivation_that_does_not_stand_has_no_picture():
    d = Derivation("coin-kl")
    d.symbols(a="real")
    d.chain("a").eq("a + 1", by.algebra)
    with pytest.raises(PlotError, match="which its picture shows"):
        picture(d)
    assert "<svg" not in html_page([verify(d)])


def test_no_picture_stands_beside_a_line_that_fails():
    # From its file, so that it is not the one that other tests load.
    [d] = load_all(str(Path(coin_kl.__file__)))
    assert "<svg" in html_page([verify(d)])
    d.chain("N").eq("N + 1", by.algebra)
    assert "<svg" not in html_page([verify(d)])


def test_what_is_said_is_what_is_drawn():
    gaussian = picture(load("gaussian-l2"))
    densities = [curve for curve in gaussian.panels[0].curves if curve.style != "area"]
    tops = [max(curve.points, key=lambda point: point[1])[0] for curve in densities]
    assert tops == [0, 1]
    assert "the first is highest at 0, the second at 1." in gaussian.says[0]
    coin = picture(load("coin-kl"))
    [level] = [curve for curve in coin.panels[0].curves if curve.colour == "second"]
    assert f"{level.points[0][1]:.3g}" in coin.says[0]


def test_another_derivation_of_the_same_name_has_no_picture():
    d = Derivation("coin-kl")
    d.symbols(a="real")
    d.density("p", of="k", on="{0, 1}", as_="Cases((a, k = 1), (1 - a, k = 0))", number="ce:10b")
    d.density("q", of="k", on="{0, 1}")
    with pytest.raises(PlotError, match="has no values"):
        picture(d)
