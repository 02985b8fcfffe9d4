"""An underbrace names a part of a formula: it is printed, and means what stands above it."""

import pytest

from klderive.derivation import Derivation, by
from klderive.notation import (
    NotationError,
    latex_rows,
    read_text,
    to_ascii,
    to_latex,
    to_mathml,
    to_text,
    to_unicode,
    translate,
    wrap,
)
from klderive.notation.tree import Underbrace
from klderive.notation.underbraces import without_underbraces
from klderive.verify import verify

D = Derivation("names")
D.symbols(x="real", y="real")
SCOPE = D.scope
LINE = 'Underbrace(x**2 + y, "T1")*Underbrace(2, "T2") - 1'


def test_it_is_read_and_written_as_typed():
    tree = read_text('Underbrace(x, "T1")')
    assert tree == Underbrace(read_text("x"), "T1")
    assert to_text(read_text(LINE)) == LINE


@pytest.mark.parametrize(
    "formula",
    ["x + y", "-x", "x*y", "x/y", "x**2", "Integral(x, (x, 0, 1))", "log(x)", "[x]", "2", "0.5"],
)
@pytest.mark.parametrize("around", ["{}", "2*{}", "{}*x", "x/{}", "{}**2", "1 - {}", "log({})"])
def test_it_means_and_looks_like_what_stands_above(around, formula):
    braced = read_text(around.format(f'Underbrace({formula}, "T")'))
    bare, labels = without_underbraces(braced)
    assert list(labels.values()) == [("T",)]
    assert translate(braced, SCOPE) == translate(bare, SCOPE)
    assert to_unicode(braced) == to_unicode(bare)
    assert to_ascii(braced) == to_ascii(bare)
    if (around, formula) == ("x/{}", "x/y"):
        return  # A fraction with a brace is stacked, one without has a slash.
    latex = to_latex(braced).replace("\\biggl", "\\left").replace("\\biggr", "\\right")
    assert latex.replace("}_{\\text{T}}", "").replace("\\underbrace{", "") == to_latex(bare)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('1 + Underbrace(x + y, "T")', r"1 + \underbrace{x + y}_{\text{T}}"),
        ('Underbrace(x - y, "T") + 1', r"\underbrace{x - y}_{\text{T}} + 1"),
        ('1 - Underbrace(x + y, "T")', r"1 - (\underbrace{x + y}_{\text{T}})"),
        ('1 + Underbrace(-x, "T")', r"1 + (\underbrace{-x}_{\text{T}})"),
        ('2*Underbrace(x + y, "T")', r"2 (\underbrace{x + y}_{\text{T}})"),
    ],
)
def test_a_sum_joins_the_sum_around_it(text, shown):
    tree = read_text(text)
    assert to_latex(tree) == shown
    assert ("(" in to_unicode(tree)) == ("(" in shown)
    assert ("(" in to_mathml(tree)) == ("(" in shown)


def test_nothing_is_changed_where_there_is_none():
    tree = read_text("x + y")
    assert without_underbraces(tree) == (tree, {})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Underbrace(x)", 'Underbrace(f, "T1")'),
        ("Underbrace(x, T1)", 'Underbrace(f, "T1")'),
        ('Underbrace("T1", x)', "operand"),
        ('Underbrace(x, "")', "1 to 60 characters"),
        (f'Underbrace(x, "{"a" * 61}")', "1 to 60 characters"),
        ('Underbrace(x, "a}b")', "cannot stand in a label"),
        ('Underbrace(x, "$")', "cannot stand in a label"),
        ('Underbrace(x, "<b>")', "cannot stand in a label"),
        ('Underbrace(x, "a\\\\b")', "cannot stand in a label"),
        ('Underbrace(x, "é")', "cannot stand in a label"),
        ('Underbrace(x, "a', "unknown character"),
        ('Underbrace(x = 1, "a")', 'Underbrace(f, "T1")'),
        ("Underbrace", "stands alone"),
        ('"T1"', "operand"),
        ('x"T1"', "unexpected"),
    ],
)
def test_what_is_no_underbrace_is_refused(text, words):
    with pytest.raises(NotationError) as caught:
        read_text(text)
    assert words in str(caught.value)


def test_it_is_set_below():
    tree = read_text('Underbrace(x, "T1")*Underbrace(2, "a term")')
    assert to_latex(tree) == r"\underbrace{x}_{\text{T1}} \cdot \underbrace{2}_{\text{a term}}"
    assert to_mathml(read_text('Underbrace(x, "T1")')) == (
        '<math display="block"><mrow><munder><munder accentunder="true"><mi>x</mi>'
        '<mo stretchy="true">⏟</mo></munder><mtext>T1</mtext></munder></mrow></math>'
    )
    assert "<mtext>T1</mtext>" in to_mathml(read_text('Underbrace(x + y, "T1") = 1'))


def test_a_bracket_around_it_is_as_high_as_what_is_above():
    tall = to_latex(read_text('[Underbrace(x/y, "T1") + 1]'))
    assert tall == r"\biggl[\underbrace{\frac{x}{y}}_{\text{T1}} + 1\biggr]"


def test_one_that_is_wider_than_a_row_is_left_out():
    tree = read_text('Underbrace(x + y + x + y + x + y, "T1") + 1')
    assert any("underbrace" in row for row in latex_rows(tree, width=20))
    assert not any("underbrace" in row for row in latex_rows(tree, width=8))


def test_it_is_drawn_below_a_row():
    tree = read_text('Underbrace(x + y, "T1") - Underbrace(x, "a long label") + y')
    assert wrap(tree, 60, braces=True) == [
        "x + y − x + y",
        "╰T1─╯   ╰ a long label",
    ]
    assert wrap(tree, 60, braces=True, ascii=True)[1] == "\\T1_/   \\ a long label"
    assert wrap(tree, 60) == ["x + y − x + y"]


def test_one_inside_another_is_drawn_above_it():
    tree = read_text('Underbrace(Underbrace(x + y, "in") + 1, "out")')
    assert wrap(tree, 60, braces=True) == ["x + y + 1", "╰in─╯", "╰──out──╯"]


def test_it_goes_on_where_a_row_breaks():
    tree = read_text('1 + Underbrace(x + y + x + y, "T1")')
    assert wrap(tree, 11, braces=True) == [
        "1 + x + y",
        "    ╰────",
        "    + x + y",
        "    ──T1──╯",
    ]


def test_a_false_line_with_one_is_false():
    d = Derivation("braced")
    d.symbols(a="real", b="real")
    d.chain("(a + b)**2").eq('Underbrace(a**2 + b**2, "square")', by.algebra)
    d.chain("(a + b)**2").eq('Underbrace(a**2 + 2*a*b, "T") + b**2', by.algebra)
    assert [line.verdict.status for line in verify(d).lines()] == ["refuted", "proved"]
