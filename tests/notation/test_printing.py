"""Printing in one line, in LaTeX and in rows."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from rich.cells import cell_len

from klderive.notation import (
    NameStyle,
    Scope,
    latex_rows,
    read_sympy,
    read_text,
    to_ascii,
    to_latex,
    to_mathml,
    to_text,
    to_unicode,
    translate,
    wrap,
)
from klderive.notation.latex_printer import latex_width
from klderive.notation.tree import Name, Node, Product
from klderive.notation.underbraces import without_underbraces

from . import printed_lines
from .gauss_lines import LINES
from .scopes import density, gauss
from .trees import lines

SCOPE = gauss()
SCOPE.functions.update(P=density("P"), Q=density("Q"))


@pytest.mark.parametrize("number", LINES)
def test_lines_of_the_documents(number: str) -> None:
    tree = read_text(LINES[number])
    assert to_text(tree) == LINES[number]
    assert to_unicode(tree, SCOPE) == printed_lines.UNICODE[number]
    assert to_ascii(tree, SCOPE) == printed_lines.ASCII[number]
    assert to_latex(tree, SCOPE) == printed_lines.LATEX[number]


def test_a_style_overrules_the_name() -> None:
    scope = Scope(styles={"n_heads": NameStyle(unicode="n₀", latex="n_{0}", ascii="n0")})
    tree = read_text("2*n_heads")
    assert to_unicode(tree, scope) == "2n₀"
    assert to_ascii(tree, scope) == "2 n0"
    assert to_latex(tree, scope) == "2n_{0}"


def test_an_argument_is_left_out_only_where_it_is_bound() -> None:
    tree = read_text("P_gt(x) + Integral(P_gt(x) + P_gt(y), x) + KL(P_gt(x), q(x), x)")
    assert to_unicode(tree, SCOPE) == "P_gt(x) + ∫ (P_gt + P_gt(y)) dx + D_KL(P_gt ‖ q(x))"


def test_a_dotted_product_shows_its_dots() -> None:
    tree = Product((Name("a"), Name("b")), dotted=True)
    assert (to_unicode(tree), to_latex(tree), to_text(tree)) == ("a · b", "a \\cdot b", "a*b")


def balanced(text: str) -> bool:
    stack = []
    for character in text:
        if character in "([{":
            stack.append(character)
        elif character in ")]}" and (
            not stack or stack.pop() + character not in ("()", "[]", "{}")
        ):
            return False
    return not stack


@given(lines)
def test_every_tree_prints(tree: Node) -> None:
    unicode, ascii, latex = (to(tree, SCOPE) for to in (to_unicode, to_ascii, to_latex))
    assert ascii.isascii()
    assert latex.isascii()
    assert balanced(unicode)
    assert balanced(ascii)
    assert balanced(latex)
    assert len(re.findall(r"\\left", latex)) == len(re.findall(r"\\right", latex))
    assert not any(character < " " for character in unicode + ascii + latex)


def squeezed(text: str) -> str:
    return "".join(text.split())


def sizeless(latex: str) -> str:
    """LaTeX without the sizes of brackets and without spaces."""
    return squeezed(re.sub(r"\\(left|right|bigg?[lr]|Bigg?[lr])(?![a-z])", "", latex))


@given(lines)
def test_rows_are_the_line(tree: Node) -> None:
    assert squeezed("".join(wrap(tree, 30, SCOPE))) == squeezed(to_unicode(tree, SCOPE))
    # A brace that is wider than a row is left out.
    tree, _ = without_underbraces(tree)
    rows = "".join(latex_rows(tree, SCOPE, width=12)).replace("{}", "")
    assert sizeless(rows) == sizeless(to_latex(tree, SCOPE).replace("{}", ""))


CHAIN = read_text(
    "KL(P_gt, P_m) = -log(sigma_gt*sqrt(2*pi)) - 1/(2*sigma_gt**2)*[Integral(x**2*P_gt(x), x)"
    " - 2*mu_gt*Integral(x*P_gt(x), x) + mu_gt**2*Integral(P_gt(x), x)]"
    " = -1/2 + log(sigma_m/sigma_gt)"
)


def test_a_line_that_fits_is_one_row() -> None:
    assert wrap(CHAIN, 200, SCOPE, prefix="(1) ") == ["(1) " + to_unicode(CHAIN, SCOPE)]


@pytest.mark.parametrize(
    ("width", "rows"),
    [
        (
            120,
            [
                "D_KL(P_gt ‖ P_m) = −log(σ_gt √(2π)) − 1/(2σ_gt²) [∫ x² P_gt dx − 2μ_gt ∫ x P_gt dx + μ_gt² ∫ P_gt dx]",
                "    = −1/2 + log(σ_m/σ_gt)",
            ],
        ),
        (
            80,
            [
                "D_KL(P_gt ‖ P_m) = −log(σ_gt √(2π))",
                "    − 1/(2σ_gt²) [∫ x² P_gt dx − 2μ_gt ∫ x P_gt dx + μ_gt² ∫ P_gt dx]",
                "    = −1/2 + log(σ_m/σ_gt)",
            ],
        ),
        (
            40,
            [
                "D_KL(P_gt ‖ P_m) = −log(σ_gt √(2π))",
                "    − 1/(2σ_gt²) [∫ x² P_gt dx",
                "    − 2μ_gt ∫ x P_gt dx",
                "    + μ_gt² ∫ P_gt dx]",
                "    = −1/2 + log(σ_m/σ_gt)",
            ],
        ),
    ],
)
def test_wrapping(width: int, rows: list[str]) -> None:
    assert wrap(CHAIN, width, SCOPE) == rows
    assert all(cell_len(row) <= width for row in rows)


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("number", LINES)
def test_no_row_is_wider_than_asked(number: str, width: int) -> None:
    tree = read_text(LINES[number])
    assert all(cell_len(row) <= width for row in wrap(tree, width, SCOPE, prefix="  = "))
    assert all(len(row) <= width for row in wrap(tree, width, SCOPE, ascii=True))


def test_a_row_may_be_filled_to_its_last_cell() -> None:
    assert wrap(read_text("a + b + c"), 5, hang=2) == ["a + b", "  + c"]
    assert wrap(read_text("a + b"), 5) == ["a + b"]
    assert wrap(read_text("a + b"), 4, hang=1) == ["a", " + b"]


def test_each_further_relation_of_a_wrapped_chain_begins_a_row() -> None:
    assert wrap(read_text("a = b = c = d"), 12) == ["a = b", "    = c", "    = d"]
    chain = read_text("a_long_name + another_name + one_more = b = c")
    assert wrap(chain, 36) == ["a_long_name + another_name", "    + one_more", "    = b", "    = c"]


def test_a_wide_name_counts_its_cells() -> None:
    scope = Scope(styles={"a": NameStyle(unicode="確率")})
    assert wrap(read_text("a + a"), 9, scope) == ["確率", "    + 確率"]
    assert wrap(read_text("a + a"), 11, scope) == ["確率 + 確率"]


def test_latex_rows() -> None:
    assert latex_rows(CHAIN, SCOPE, width=100) == [to_latex(CHAIN, SCOPE)]
    assert latex_rows(CHAIN, SCOPE, width=18) == [
        "D_{\\mathrm{KL}}(P_{\\mathrm{gt}} \\,\\|\\, P_m) = -\\log(\\sigma_{\\mathrm{gt}} \\sqrt{2\\pi})",
        "{}- \\frac{1}{2\\sigma_{\\mathrm{gt}}^2} \\biggl[\\int x^2 P_{\\mathrm{gt}} \\,dx",
        "{}- 2\\mu_{\\mathrm{gt}} \\int x P_{\\mathrm{gt}} \\,dx"
        " + \\mu_{\\mathrm{gt}}^2 \\int P_{\\mathrm{gt}} \\,dx\\biggr]",
        "= -\\frac{1}{2} + \\log\\left(\\frac{\\sigma_m}{\\sigma_{\\mathrm{gt}}}\\right)",
    ]


@pytest.mark.parametrize("number", LINES)
def test_latex_rows_keep_to_the_width(number: str) -> None:
    tree = read_text(LINES[number])
    rows = latex_rows(tree, SCOPE, width=30)
    assert all(latex_width(row) <= 30 for row in rows)


@pytest.mark.parametrize(
    "text",
    ["+".join(["x"] * 3000), "(1 + " * 400 + "x" + ")" * 400, "2**" * 400 + "x", "x" + "/x" * 400],
    ids=["summands", "brackets", "powers", "fractions"],
)
def test_large_lines_print(text: str) -> None:
    tree = read_text(text)
    scope = gauss()
    assert squeezed(to_text(tree)) == squeezed(text)
    for printed in (to_unicode(tree, scope), to_ascii(tree, scope), to_latex(tree, scope)):
        assert printed.count("x") == text.count("x")
    assert squeezed("".join(wrap(tree, 80, scope))) == squeezed(to_unicode(tree, scope))
    assert len(latex_rows(tree, scope, width=40)) >= 1
    assert to_text(read_sympy(translate(tree, scope), scope)).count("x") == text.count("x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("e**(-(x - y)**2/(2*z**2))", "e^{-(x - y)^2/(2z^2)}"),
        ("x**((a + 1)/2)", "x^{(a + 1)/2}"),
        ("x**((-a)/2)", "x^{(-a)/2}"),
        ("x**(a/(b + c))", "x^{a/(b + c)}"),
        ("x**(a/b**2)", "x^{a/b^2}"),
        ("x**(a/(b*c))", "x^{a/(b c)}"),
        ("x**(a/b/c)", "x^{\\frac{a/b}{c}}"),
        ("x**(-1/2*[a])", "x^{-\\frac{1}{2} [a]}"),
        ("x**(log(a)/b)", "x^{\\frac{\\log(a)}{b}}"),
        ("x**((a + b + c + a + b + c + a + b)/2)", "x^{\\frac{a + b + c + a + b + c + a + b}{2}}"),
        ("a/(b/c)", "\\frac{a}{b/c}"),
        ("(-a/b)/c", "\\frac{-a/b}{c}"),
        ("(a/b + 1)/c", "\\frac{\\frac{a}{b} + 1}{c}"),
    ],
)
def test_a_flat_fraction_in_a_small_place_has_a_slash(text, expected):
    assert to_latex(read_text(text)) == expected
    assert ("/</mo>" in to_mathml(read_text(text))) == ("/" in expected)
