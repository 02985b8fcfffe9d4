"""Proved lines evaluate to what they say, and a kernel that proves too much is caught."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from klderive import Derivation, by
from klderive.cli.commands import program
from klderive.kernel import Kernel
from klderive.kernel.attempt import Attempt
from klderive.library import load, names
from klderive.render.json_report import report_data
from klderive.verify import verify

LEAST = {
    "chebyshev": 5,
    "coin-kl": 12,
    "cross-entropy-mle": 3,
    "elbo": 4,
    "gaussian-l2": 34,
    "gaussian-mle-least-squares": 12,
    "gibbs-inequality": 15,
    "jensen-shannon": 3,
    "kl-cross-entropy": 7,
    "kl-versus-l2": 4,
    "mle-kl": 7,
    "normal-moments": 18,
    "softmax": 7,
}
"""How many proved lines the evaluation reaches; it may reach more, not fewer."""


@pytest.mark.parametrize("name", names())
def test_the_shipped_lines_evaluate_to_what_they_say(name: str) -> None:
    report = verify(load(name), cross_check=True)
    assert report.verified
    for line in report.lines():
        assert (line.cross_check is not None) == (line.verdict.status == "proved")
        assert not line.contradicted, line.cross_check
    reached = sum(1 for line in report.lines() if line.cross_check and line.cross_check.points)
    assert reached >= LEAST.get(name, 0)


LIES = [
    ("=", "a + 1", "a + 2"),
    ("=", "log(b)", "log(b + 1/1000000)"),
    ("=", "log(a)/log(a)", "1"),
    ("=", "Integral(p(x)*log(p(x)), x)", "Integral(p(x), x)"),
    ("=", "KL(p, q)", "KL(q, p)"),
    ("=", "ArgMin((a - b)**2, a)", "ArgMax((a - b)**2, a)"),
    ("=", "ArgMin((a - 2)**2, a)", "ArgMin((a - 3)**2, a)"),
    ("=", "ArgMin((a - 2)**2, a)", "3"),
    ("=", "Sum(v[i], (i, 1, 3))", "Sum(v[i], (i, 1, 2))"),
    ("le", "a + 1", "a"),
    ("lt", "a**2", "a"),
    ("up_to", "a*b", "b"),
    ("proportional", "a + b", "b"),
]


def lie(relation: str, left: str, right: str) -> Derivation:
    d = Derivation("lie")
    d.symbols(a="real", b="positive")
    d.density("p", of="x", on="(-oo, oo)")
    d.density("q", of="x", on="(-oo, oo)")
    d.data("v")
    chain = d.chain(left)
    if relation in ("up_to", "proportional"):
        getattr(chain, relation)(right, over="a")
    else:
        getattr(chain, {"=": "eq"}.get(relation, relation))(right)
    return d


@pytest.mark.parametrize(("relation", "left", "right"), LIES)
def test_a_kernel_that_proves_everything_is_contradicted(
    relation: str, left: str, right: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Kernel, "_attempt", lambda *_, **__: Attempt(True, uses=("logarithms",)))
    report = verify(lie(relation, left, right), cross_check=True)
    (line,) = report.lines()
    assert line.verdict.status == "proved"
    assert line.contradicted
    assert not line.verified
    assert not report.verified


def test_a_contradiction_names_the_line_and_the_uses(
    monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    monkeypatch.setattr(Kernel, "_attempt", lambda *_, **__: Attempt(True, uses=("logarithms",)))
    path = tmp_path / "lie.py"
    path.write_text(
        "from klderive import Derivation, by\nd = Derivation('lie')\nd.symbols(a='real')\n"
        "d.chain('a + 1').eq('a + 2', by.logarithms, number='doc:7')\n"
    )
    result = CliRunner().invoke(program, ["verify", str(path), "--cross-check"])
    assert result.exit_code == 1
    assert "internal contradiction: doc:7" in result.output
    assert "by logarithms" in " ".join(result.output.split())
    assert "difference: -1" in " ".join(result.output.split())
    unasked = CliRunner().invoke(program, ["verify", str(path)])
    assert unasked.exit_code == 0
    (data,) = (report_data(verify(lie("=", "a + 1", "a + 2"), cross_check=True)),)
    (step,) = data["steps"]
    assert step["cross_check"]["contradiction"]
    assert not step["verified"]
    json.dumps(data)


def test_the_tally_says_how_much_was_checked() -> None:
    result = CliRunner().invoke(program, ["verify", "cross-entropy-mle", "--cross-check"])
    assert result.exit_code == 0
    said = " ".join(result.output.split())
    assert "3 of 3 proved lines cross-checked, at 12 points" in said


def test_conditions_and_hypotheses_are_met() -> None:
    """Where a listed condition or a hypothesis fails, a line says nothing."""
    d = Derivation("provided")
    d.symbols(a="real", b="real")
    p = d.density("p", of="x")
    d.hypothesis("p is centred", "Integral(x*p(x), x) = 0")
    d.chain("a*b/b").eq("a")
    d.chain("Integral((x + 1)*p(x), x)").eq(
        "1", by.hypothesis("p is centred"), by.linearity, by.normalisation(p)
    )
    report = verify(d, cross_check=True)
    assert report.verified
    assert [line.cross_check.points > 0 for line in report.lines()] == [True, True]
