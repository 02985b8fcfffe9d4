"""Messages that teach: what is said of a wrong line must tell a student what to change."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from klderive import Derivation
from klderive.cli.commands import program
from klderive.notation import read_text, to_text
from klderive.verify import verify
from klderive.verify.slips import KINDS, slips

GOLDEN = {
    "a sign": (
        "(a - b)**2",
        "a**2 + 2*a*b + b**2",
        "it would be true with - instead of + before `2*a*b`",
    ),
    "the sign of a constant": (
        "Integral(g(x)*log(g(x)), x)",
        "-log(sigma*sqrt(2*pi)) + 1/2",
        "it would be true with - instead of + before `1/2`",
    ),
    "factor 2": (
        "Sum((v[i] - w)**2, (i, 1, n))",
        "Sum(v[i]**2, (i, 1, n)) - w*Sum(v[i], (i, 1, n)) + n*w**2",
        "it would be true with `2*w*Sum(v[i], (i, 1, n))` instead of `w*Sum(v[i], (i, 1, n))`",
    ),
    "a missing square": (
        "log(1/(sigma*sqrt(2*pi))*exp(-(z - mu)**2/(2*sigma**2)))",
        "-log(sigma*sqrt(2*pi)) - (z - mu)/(2*sigma**2)",
        "it would be true if `z - mu` is squared",
    ),
    "sigma for sigma squared": (
        "Var(x, x in g)",
        "sigma",
        "it would be true if `sigma` is squared",
    ),
    "exchanged arguments": (
        "KL(p, q)",
        "CrossEntropy(q, p) - Entropy(p)",
        "it would be true with `CrossEntropy(p, q)` instead of `CrossEntropy(q, p)`: "
        "the arguments change places",
    ),
    "exchanged names": (
        "KL(p, q)",
        "Integral(q(x)*log(q(x)/p(x)), x)",
        "it would be true with `p` and `q` exchanged",
    ),
    "a logarithm split": (
        "log(a + b)",
        "log(a) + log(b)",
        "it would be true with `log(a + b)` instead of `log(a) + log(b)`: "
        "the logarithm of a sum is not the sum of the logarithms",
    ),
    "logarithms multiplied": (
        "log(a*b)",
        "log(a)*log(b)",
        "it would be true with `log(a*b)` instead of `log(a)*log(b)`: "
        "the logarithm of a product is not the product of the logarithms",
    ),
    "a dropped constant": (
        "Integral((x + 1)**2*g(x), x)",
        "mu**2 + sigma**2 + 2*mu",
        "it would be true with the constant `+ 1` added",
    ),
    "an index": (
        "Sum(v[i]**2, (i, 1, n))",
        "Sum(v[i + 1]**2, (i, 1, n))",
        "it would be true with the previous index, `v[i]` instead of `v[i + 1]`",
    ),
    "an inner derivative": (
        "Diff(exp(-z**2), z)",
        "exp(-z**2)",
        "it would be true with the derivative of the inner function, `-2*z`, as a factor",
    ),
    "an optimum": (
        "ArgMin((w - a)**2, w)",
        "ArgMax((w - a)**2, w)",
        "it would be true with arg min instead of arg max",
    ),
    "a special case of two slips": ("(a - b)**2", "a**2 + 2*a*b - b**2", ""),
    "no slip": ("a", "b + log(a*b)", ""),
}


def derivation() -> Derivation:
    d = Derivation("slips")
    d.symbols(a="positive", b="positive", mu="real", sigma="positive", z="real", w="real")
    d.symbols(n="positive integer")
    d.density("p", of="x")
    d.density("q", of="x")
    d.density("g", of="x", law="normal(mu, sigma)")
    d.data("v")
    return d


@pytest.mark.parametrize("name", GOLDEN)
def test_what_is_said(name: str) -> None:
    left, right, said = GOLDEN[name]
    d = derivation()
    d.chain(left).eq(right)
    (line,) = verify(d).lines()
    assert line.verdict.status in ("refuted", "undecided")
    assert not line.verified
    assert line.slip == said


def test_nothing_is_said_of_a_line_that_stands() -> None:
    d = derivation()
    d.chain("(a - b)**2").eq("a**2 - 2*a*b + b**2").eq("a**2 + b**2", erratum="no mixed term")
    for line in verify(d).lines():
        assert line.verified
        assert line.slip == ""


def test_it_is_printed(tmp_path) -> None:
    path = tmp_path / "wrong.py"
    path.write_text(
        "from klderive import Derivation\nd = Derivation('wrong')\n"
        "d.symbols(a='real', b='real')\nd.chain('(a - b)**2').eq('a**2 + 2*a*b + b**2')\n"
    )
    result = CliRunner().invoke(program, ["verify", str(path)])
    assert result.exit_code == 1
    assert "it would be true with - instead of + before 2a b" in " ".join(result.output.split())
    data = CliRunner().invoke(program, ["verify", str(path), "--json"])
    assert '"slip": "it would be true with' in data.output


FORMULAS = (
    "-log(a + b) + log(a)*log(b) - x**2/2 + KL(p, q)",
    "ArgMin(Sum((x[i] - m)**2/3, (i, 1, N)), m)",
    "Integral(p(x)*log(p(x)/q(x)), (x, 0, oo)) + Diff(sqrt(a)*exp(-a**2), a)",
    "log(a*b) + log(a)/log(b) + p(x | y) + abs(log(a) + log(b + 1))",
    "a**2 - b**2 + exp(a) + exp(b) + sqrt(a) - sqrt(b) + 1/a + 1/b + 2*log(a)",
    "log(E(x, x in p)) - E(x, x in p)**2 + E(x**2, x in p)*E(x, x in p) + exp(a)*exp(b)",
    "Integral(x**2*p(x), x)*Integral(p(x)*a/q(x), x) + Integral(x*p(x), x)**2 + log(a**b)",
)


@pytest.mark.parametrize("text", FORMULAS)
def test_every_slip_can_be_read_back_and_changes_something(text: str) -> None:
    tree = read_text(text)
    inner, factors = [read_text("2*a")], [read_text("p(x)"), read_text("b")]
    found = list(slips(tree, names=[("a", "b")], inner=inner, factors=factors))
    assert len({slip.tree for slip in found}) == len(found) > 20
    for slip in found:
        assert slip.kind in KINDS
        assert slip.words
        assert slip.tree != tree
        printed = to_text(slip.tree)
        assert to_text(read_text(printed)) == printed


def test_every_kind_of_slip_is_made() -> None:
    made = {
        slip.kind
        for text in FORMULAS
        for slip in slips(
            read_text(text),
            names=[("a", "b")],
            inner=[read_text("2*a")],
            factors=[read_text("a")],
        )
    }
    assert made == set(KINDS)


def test_slips_undo_each_other() -> None:
    """From a right side to a wrong one and back, for the kinds that say so."""
    text = "a**2 - 2*a*b + log(a + b) + KL(p, q)"
    undone = 0
    for slip in slips(read_text(text), names=[("a", "b")]):
        if slip.kind in ("sign", "square", "arguments exchanged", "names exchanged"):
            undone += text in {to_text(s.tree) for s in slips(slip.tree, names=[("a", "b")])}
    assert undone >= 10
