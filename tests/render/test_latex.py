import re

import pytest

from klderive.derivation import Derivation, Source, by
from klderive.library import load
from klderive.notation import latex_rows, read_text, to_latex
from klderive.render.latex import key, latex_document, latex_fragment
from klderive.render.latex_style import LatexStyle
from klderive.render.latex_text import text
from klderive.verify import verify

from .pdflatex import compiled, needs_pdflatex


@pytest.fixture(scope="module")
def gaussian():
    return verify(load("gaussian-l2"))


def awkward():
    """Names, words and formulas that LaTeX or the page could stumble over."""
    source = Source(
        "100% of R&D_#1 $x$ {y} ~ ^ \\ <z> | μ – é", author="Åsa", place="a/" + "b" * 90
    )
    d = Derivation("awkward", title="A_title & 5% of \\LaTeX λ 數", source=source)
    d.symbols(a_b="real", **{f"long_name_{i}": "real" for i in range(12)})
    total = " + ".join(f"long_name_{i}*(a_b - {i})**2" for i in range(12))
    backwards = " + ".join(f"long_name_{i}*(a_b - {i})**2" for i in reversed(range(12)))
    c = d.chain(f"1 + {total}")
    c.eq(f"{backwards} + 1", by.algebra, note="A note with a_b, 50% and " + "x" * 80)
    c.eq(f"{total} + 2", by.algebra)
    return verify(d)


@needs_pdflatex
def test_awkward_input_compiles(tmp_path):
    assert "Overfull" not in compiled(latex_document([awkward()]), tmp_path)


@needs_pdflatex
def test_a_fragment_compiles_in_another_class(gaussian, tmp_path):
    document = (
        "\\documentclass[11pt]{report}\n\\usepackage{amsmath,amssymb}\n"
        "\\usepackage[margin=2cm]{geometry}\n\\begin{document}\n"
        + latex_fragment(gaussian)
        + "\n\\end{document}\n"
    )
    assert "Overfull" not in compiled(document, tmp_path)


@needs_pdflatex
def test_a_numbered_fragment_goes_with_hyperref_and_own_macros(gaussian, tmp_path):
    style = LatexStyle(number="each", macros=True, text_width=32)
    document = (
        "\\documentclass{article}\n\\usepackage{amsmath,amssymb,hyperref}\n"
        "\\newcommand{\\E}{\\mathsf{E}}\n\\begin{document}\n"
        + latex_fragment(gaussian, style=style)
        + "\nSee \\eqref{eq:gaussian-l2:T1:3}.\n\\end{document}\n"
    )
    log = compiled(document, tmp_path, runs=2)
    assert "Overfull" not in log
    assert "undefined" not in log
    assert "multiply" not in log
    assert "destination with the same identifier" not in log


def test_every_number_is_in_the_fragment(gaussian):
    fragment = latex_fragment(gaussian)
    for line in gaussian.lines():
        if line.line.number:
            assert re.search(rf"{line.line.number}\}}", fragment)


def test_a_lemma_alone(gaussian):
    fragment = latex_fragment(gaussian, lemma="T1")
    assert "Lemma T1" in fragment
    assert "gauss:22" not in fragment


def test_a_failing_line_says_so():
    assert r"\textbf{refuted}" in latex_fragment(awkward())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("50% & more_so", r"50\% \& more\_so"),
        ("σ > 0", r"\ensuremath{\sigma} \textgreater{} 0"),
        ("naïve – text", "naïve – text"),
        ("數", "?"),
        ("\\input{x}", r"\textbackslash{}input\{x\}"),
    ],
)
def test_text_is_escaped(words, expected):
    assert text(words) == expected


def test_an_assumed_line_says_so():
    d = Derivation("assumed")
    d.symbols(a="real", b="real")
    d.hypothesis("a is small")
    d.chain("a").le("b", by.hypothesis("a is small"))
    assert "assumed: a is small" in latex_fragment(verify(d))


def style(**options):
    return LatexStyle(**options)


def test_each_line_has_a_label_and_is_referred_to(gaussian):
    fragment = latex_fragment(gaussian, style=style(number="each"))
    labels = re.findall(r"\\numberedline\{([^}]*)\}", fragment)
    assert len(labels) == len(set(labels)) == len(gaussian.lines())
    assert "eq:gaussian-l2:T1:3" in labels
    assert r"line \eqref{eq:gaussian-l2:T1:12}" in fragment
    assert "gauss:" not in fragment


def test_no_number(gaussian):
    fragment = latex_fragment(gaussian, style=style(number="none"))
    assert "gauss:" not in fragment
    assert r"\footnotesize definition of $P_{\mathrm{gt}}$}" in fragment


def test_a_chain_has_one_number(gaussian):
    fragment = latex_fragment(gaussian, lemma="T2", style=style(layout="split"))
    assert fragment.count(r"\tag*") == 1
    assert r"gauss:22\,--\,gauss:30" in fragment
    assert r"\overset{\mathrm{a}}{=}" in fragment
    assert "(a)~definition of $P_m$" in fragment


def test_a_split_chain_cites_its_lines_by_letter(gaussian):
    fragment = latex_fragment(gaussian, lemma="T1", style=style(layout="split"))
    assert "(m)~line (l)" in fragment


def test_every_label_of_a_chain_leads_to_its_number(gaussian):
    fragment = latex_fragment(gaussian, lemma="T1", style=style(layout="split", number="each"))
    (lemma,) = (part for part in gaussian.parts if part.part.name == "T1")
    assert fragment.count(r"\label{eq") == 1
    assert fragment.count(r"\samenumber{eq") == len(lemma.lines) - 1


def long_chain(count):
    d = Derivation("long")
    d.symbols(a="real")
    c = d.chain("a/2")
    for number in range(count):
        c.eq(f"a/2 + {number}/1 - {number}/1", by.algebra)
    return verify(d)


@pytest.mark.parametrize("number", ["document", "each"])
def test_a_chain_is_split_if_it_fits_on_a_page(number):
    short = latex_fragment(long_chain(5), style=style(layout="split", number=number))
    assert short.count(r"\begin{split}") == short.count(r"\begin{equation") == 1
    assert r"\begin{align*}" not in short.split(r"\bigskip")[0]
    long = latex_fragment(long_chain(40), style=style(layout="split", number=number))
    assert r"\begin{split}" not in long
    assert (r"\numberedline{eq" in long) is (number == "each")
    assert long.count(r"\samenumber{eq") == (39 if number == "each" else 0)


@needs_pdflatex
@pytest.mark.parametrize("size", [10, 11, 12])
def test_what_is_split_fits_on_a_page(tmp_path, size):
    rows = 2
    while r"\begin{split}" in (
        fragment := latex_document([long_chain(rows + 1)], style=style(layout="split", size=size))
    ):
        rows += 1
        longest = fragment
    log = compiled(longest, tmp_path)
    assert rows > 10
    assert "Overfull" not in log


def test_two_columns_of_line_and_reason(gaussian):
    fragment = latex_fragment(gaussian, lemma="T2", style=style(layout="table"))
    (lemma,) = (part for part in gaussian.parts if part.part.name == "T2")
    assert fragment.count(r"\begin{minipage}[t]{0.62\linewidth}") == len(lemma.lines)
    assert r"\tag" not in fragment


def test_macros_stand_for_notation():
    report = verify(load("elbo"))
    fragment = latex_fragment(report, style=style(macros=True))
    body = fragment[fragment.index(r"\begingroup") :]
    assert r"\KL{q(z)}{p(z \mid x)}" in body
    assert r"\E_{z \sim q}" in body
    assert r"\argmin_q" in body
    assert not re.search(r"mathbb|operatorname\*|parallel", body)
    assert fragment.count(r"\providecommand{\KL}") == 1
    document = latex_document([report, report], style=style(macros=True))
    assert document.count(r"\providecommand{\KL}") == 1


def test_lemmas_as_environments(gaussian):
    fragment = latex_fragment(gaussian, style=style(environments=True))
    assert r"\begin{lemma}[{T1: Focusing on term T1}]\label{lem:gaussian-l2:T1}" in fragment
    assert fragment.count(r"\begin{proof}") == fragment.count(r"\end{proof}") == 2


def test_a_row_that_begins_with_a_minus_has_a_sign_and_no_difference(gaussian):
    fragment = latex_fragment(gaussian, lemma="T2")
    assert r"&{-}\int P_" in fragment
    assert not re.search(r"^&(\\hspace\{[^}]*\})?-", fragment, re.MULTILINE)


def test_a_key_is_harmless():
    assert key("lem", "a}\\input{b", "T_1 x.2") == "lem:a-7d--5c-input-7b-b:T_1-x:2"


def test_a_document_says_what_is_assumed_of_the_symbols(gaussian):
    document = latex_document([gaussian])
    assert r"real; $\sigma_{\mathrm{gt}}$, $\sigma_m$ $> 0$.\par}" in document


def test_names_within_words_are_set_as_mathematics():
    fragment = latex_fragment(verify(load("chebyshev-lln")))
    assert "the mean of $x$ is $m$" in fragment
    assert r"$\log(u) \leq u - 1$" in latex_fragment(verify(load("gibbs-inequality")))


def test_full_detail_says_what_was_used(gaussian):
    fragment = latex_fragment(gaussian, detail="full")
    assert r"by normalisation of $P_{\mathrm{gt}}$: $\int P_{\mathrm{gt}} \,dx = 1$" in fragment
    assert "both sides come to $1$" in fragment
    assert "both sides" not in latex_fragment(gaussian)


def test_a_bracket_around_a_tall_exponent_is_no_higher_than_its_row():
    bell = to_latex(read_text("log(e**(-1/2*[x/2]))"))
    assert bell == r"\log\Bigl(e^{-\frac{1}{2} \left[\frac{x}{2}\right]}\Bigr)"
    beside = to_latex(read_text("log(1/y*e**(x/2 + 1))"))
    assert beside == r"\log\biggl(\frac{1}{y} e^{\frac{x}{2} + 1}\biggr)"
    assert to_latex(read_text("log(x/y)")) == r"\log\left(\frac{x}{y}\right)"
    assert "left" in to_latex(read_text("log(1/(x/log(y))*e**(x/log(y) + 1))"))


def test_brief_has_no_proofs(gaussian):
    fragment = latex_fragment(gaussian, detail="brief")
    assert "Lemma T1" in fragment
    assert "Proof" not in fragment
    assert "gauss:9" not in fragment


def test_narrow_rows_break_between_factors():
    tree = read_text("ArgMin(Sum(p(x)*log(q(x))*f(x)*g(x), (x, X)), w)")
    rows = latex_rows(tree, width=8)
    assert len(rows) > 2
    assert " ".join(" ".join(rows).split()) == " ".join(to_latex(tree).split())
    assert latex_rows(tree, width=80) == [to_latex(tree)]
