"""Presentation MathML: well formed, complete, and set as a mathematician would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from xml.etree import ElementTree

import pytest
from hypothesis import given

from klderive.notation import NameStyle, Scope, read_text, to_latex, to_mathml
from klderive.notation.tree import Application, Bracket, Name, Node, Number, Product, Relation

from .gauss_lines import LINES
from .scopes import density, gauss
from .trees import lines

SCOPE = gauss()
SCOPE.functions.update(P=density("P"), Q=density("Q"))
CHILDREN = {
    "mfrac": 2,
    "msub": 2,
    "msup": 2,
    "msubsup": 3,
    "munder": 2,
    "munderover": 3,
    "mover": 2,
    "mroot": 2,
    "msqrt": 1,
}
ROWS = {"math", "mrow", "mtd", "mtable", "mtr"}
CORE = {
    "math": {"display", "class"},
    "mrow": {"class"},
    "mo": {
        *("form", "fence", "separator", "stretchy", "lspace", "rspace"),
        *("movablelimits", "minsize", "maxsize"),
    },
    "mspace": {"width"},
    "mover": {"accent"},
    "munder": {"accentunder"},
    "mtd": {"style"},
}
"""Attributes of MathML Core, which every current browser has, by element."""
LEAVES = {"mi", "mn", "mo", "mtext", "mspace"}


def parsed(text: str) -> ElementTree.Element:
    root = ElementTree.fromstring(text)
    for element in root.iter():
        assert set(element.attrib) <= CORE.get(element.tag, set()), text
        if element.tag in CHILDREN:
            assert len(element) == CHILDREN[element.tag], text
        elif element.tag in LEAVES:
            assert not len(element)
            assert element.tag == "mspace" or element.text
        else:
            assert element.tag in ROWS
            assert not (element.text or "").strip()
    return root


def shown(text: str, scope: Scope | None = SCOPE) -> str:
    """What a line's leaves say, without invisible signs."""
    root = parsed(to_mathml(read_text(text), scope))
    return re.sub("[\u2061\u2062]", "", "".join(root.itertext()))


def leaves(node: object) -> Iterator[Node]:
    """The names and numbers of a tree that are printed: not the variables that bind the densities of a KL."""
    if isinstance(node, Application) and node.function.name == "KL":
        yield from leaves((node.arguments[:2], node.given))
    elif isinstance(node, Name | Number):
        yield node
    elif isinstance(node, tuple):
        for each in node:
            yield from leaves(each)
    elif is_dataclass(node):
        for field in fields(node):
            if field.name != "span":
                yield from leaves(getattr(node, field.name))


@pytest.mark.parametrize("number", LINES)
def test_lines_of_the_documents(number: str) -> None:
    tree = read_text(LINES[number])
    root = parsed(to_mathml(tree, SCOPE))
    # The same fractions, roots and scripts as in LaTeX: what one printer groups, the other does.
    latex = to_latex(tree, SCOPE)
    assert len(list(root.iter("mfrac"))) == latex.count("\\frac")
    assert len(list(root.iter("mtable"))) == latex.count("\\begin{cases}")
    roots = [*root.iter("msqrt"), *root.iter("mroot")]
    assert len(roots) == latex.count("\\sqrt")
    dots = [sign for sign in root.iter("mo") if sign.text == "·"]
    assert len(dots) == latex.count("\\cdot")
    for left, right, commands in (("(", ")", ("(", ")")), ("[", "]", ("[", "]"))):
        signs = [sign.text for sign in root.iter("mo")]
        text = re.sub(r"\\sqrt\[.*?\]", "", latex)
        assert signs.count(left) == text.count(commands[0])
        assert signs.count(right) == text.count(commands[1])


@given(lines)
def test_every_tree_prints(tree: Node) -> None:
    root = parsed(to_mathml(tree, SCOPE))
    literals = {node.literal for node in leaves(tree) if isinstance(node, Number)}
    assert literals <= {"".join(number.itertext()) for number in root.iter("mn")}
    assert not any(character < " " for character in "".join(root.itertext()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("KL(P, Q) != KL(Q, P)", "DKL(P‖Q)≠DKL(Q‖P)"),
        ("p(z | x)", "p(z|x)"),
        ("E(log(q(z)), z in q)", "𝔼z∼q[logq(z)]"),
        ("ArgMin(f(x), x)", "arg minxf(x)"),
        ("Limit(f(N), N, oo)", "limN→∞f(N)"),
        ("Sum(p(x), (x, X))", "∑x∈Xp(x)"),
        ("Sum(a, ((x, y), X*Y))", "∑(x,y)∈X×Ya"),
        ("Integral(f(x), (x, 0, 1))", "∫01f(x)dx"),
        ("Bar(x**2, (x, 0, 1))", "[x2]x=0x=1"),
        ("Diff(x**2, x, y)", "∂2∂x∂yx2"),
        ("Prob(abs(x) >= 1)", "Pr(|x|≥1)"),
        ("hat(theta_m) + star(theta)", "θ^m+θ*"),
        ("a - (-b)", "a−(−b)"),
        ("d[i] + A[i, j]", "di+Ai,j"),
        ("gamma(x) + asin(x)", "Γ(x)+arcsin(x)"),
        ("2*3", "2·3"),
    ],
)
def test_notations(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_fractions_in_exponents_are_slashed() -> None:
    assert shown("x**(1/2)") == "x1/2"
    assert "<mfrac>" not in to_mathml(read_text("x**(1/2)"))


def test_subscripts_and_exponents_share_their_base() -> None:
    text = to_mathml(read_text("sigma_gt**2"))
    assert "<msubsup><mi>σ</mi><mi>gt</mi><mn>2</mn></msubsup>" in text
    starred = to_mathml(read_text("star(theta)**2"))
    assert starred.count("<mo form") == 2, "a starred name takes a bracket"


def test_brackets_stretch_only_around_tall_content() -> None:
    assert 'stretchy="false">(' in to_mathml(read_text("(a + b)*c"))
    assert 'stretchy="true">(' in to_mathml(read_text("(1 + a/b)*c"))


def test_top_level_pieces_are_rows_that_may_break() -> None:
    root = parsed(to_mathml(read_text("a = b + c - d/e")))
    assert ["".join(row.itertext()) for row in root] == ["a", "=b", "+c", "−de"]
    assert {row.tag for row in root} == {"mrow"}


def test_a_side_after_its_sign() -> None:
    assert "".join(parsed(to_mathml(Name("b"), after="<=")).itertext()) == "≤b"
    assert "".join(parsed(to_mathml(Name("b"), after="up to")).itertext()) == "=b+const"


def test_styles() -> None:
    scope = Scope(styles={"ps": NameStyle(unicode="p*", latex="p^{*}"), "h": NameStyle("<b>&")})
    assert "<msup><mi>p</mi><mo>*</mo></msup>" in to_mathml(read_text("ps"), scope)
    assert "".join(parsed(to_mathml(read_text("h"), scope)).itertext()) == "<b>&"


def test_an_argument_is_left_out_only_where_it_is_bound() -> None:
    assert shown("P_gt(x) + Integral(P_gt(x) + P_gt(y), x)") == "Pgt(x)+∫(Pgt+Pgt(y))dx"


def test_a_dotted_product() -> None:
    tree = Product((Name("a"), Name("b")), dotted=True)
    assert "".join(parsed(to_mathml(tree)).itertext()) == "a·b"


def test_a_relation_within() -> None:
    tree = Bracket(Relation((Name("a"), Name("b")), ("proportional",)))
    assert "".join(parsed(to_mathml(tree)).itertext()) == "(a∝b)"


@pytest.mark.parametrize(
    "text",
    [
        "+".join(["x"] * 3000),
        "*".join(["x"] * 3000),
        "(1 + " * 400 + "x" + ")" * 400,
        "x" + "/x" * 400,
    ],
)
def test_large_lines_print(text: str) -> None:
    assert to_mathml(read_text(text)).count("<mi>x</mi>") == text.count("x")
