"""Wide pieces of MathML break inside; nothing is lost, and no bracket loses its partner."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given

from klderive.notation import NameStyle, Scope, read_text, to_mathml
from klderive.notation import mathml_rows as wide_rows
from klderive.notation.tree import Node

from .gauss_lines import LINES
from .scopes import gauss
from .trees import lines

SCOPE = gauss()
LONG = "Integral(x**2*P(x), x) - 2*mu*Integral(x*P(x), x) + mu**2*Integral(P(x), x)"


def rows_of(text: str) -> list[str]:
    """What the rows of the one wide piece of a line say."""
    [wide] = ElementTree.fromstring(to_mathml(read_text(text), SCOPE)).findall("mrow[@class]")
    return [re.sub("[\u2061\u2062]", "", "".join(row.itertext())) for row in wide]


def test_a_wide_bracket_breaks_before_its_terms() -> None:
    rows = rows_of(f"1/(2*sigma**2)*[{LONG}]")
    assert [row[0] for row in rows[1:]] == ["−", "+"]
    assert rows[0].count("[") == 1
    assert rows[-1].endswith("]")


def test_a_piece_without_terms_breaks_between_factors() -> None:
    rows = rows_of("*".join(f"p({i})" for i in range(10)))
    assert len(rows) == 10
    assert rows[0] == "p(0)"


def test_a_narrow_piece_stays_whole() -> None:
    assert "wide" not in to_mathml(read_text("a*(b + c) + d*(e + f)"))


def test_brackets_of_a_broken_piece_have_one_size() -> None:
    text = to_mathml(read_text(f"c*[{LONG}]"), SCOPE)
    sizes = re.findall(r'<mo form="(?:pre|post)fix" fence="true"([^>]*)>[\[\]]', text)
    assert sizes == [' stretchy="true" minsize="2.4em" maxsize="2.4em"'] * 2


def test_nothing_breaks_in_fractions_and_scripts() -> None:
    for text in (f"({LONG})/(a*b)", f"sqrt({LONG})", f"x**({LONG})"):
        assert "wide" not in to_mathml(read_text(text), SCOPE)


@pytest.mark.parametrize("number", LINES)
def test_breaking_changes_no_sign(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = read_text(LINES[number])
    broken = to_mathml(tree, SCOPE)
    monkeypatch.setattr(wide_rows, "WIDEST", 1e9)
    whole = to_mathml(tree, SCOPE)
    signs = ["".join(ElementTree.fromstring(text).itertext()) for text in (broken, whole)]
    assert signs[0] == signs[1]


@given(lines)
def test_every_tree_breaks_anywhere(tree: Node) -> None:
    widest = wide_rows.WIDEST
    try:
        wide_rows.WIDEST = 0.0
        broken = to_mathml(tree, SCOPE)
        wide_rows.WIDEST = 1e9
        whole = to_mathml(tree, SCOPE)
    finally:
        wide_rows.WIDEST = widest
    assert "".join(ElementTree.fromstring(broken).itertext()) == "".join(
        ElementTree.fromstring(whole).itertext()
    )
    assert not re.search("[\x01\x02]", broken + whole)


def test_a_name_that_is_no_xml_does_no_harm() -> None:
    scope = Scope(styles={"a": NameStyle(unicode="a\x01\x03", latex="a")})
    text = to_mathml(read_text("*".join(["a"] * 40)), scope)
    assert text.count("<mi>") == 40
