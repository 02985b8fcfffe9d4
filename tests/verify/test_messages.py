"""What is printed of a wrong line, whole: would a student know what to change?

The file `messages.txt` holds them: a name, the lines of a derivation, what `klderive verify` says of it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from klderive import prove
from klderive.cli.commands import program

HEAD = """\
from klderive import Derivation, by
d = Derivation("homework")
d.symbols(a="positive", b="positive", z="real", w="real", mu="real", sigma="positive")
d.symbols(n="positive integer")
d.variable("s", on="(-oo, oo)")
d.variable("t", on="(-oo, oo)")
d.joint("r", of="s, t")
p, q = d.density("p", of="x"), d.density("q", of="x")
g = d.density("g", of="x", law="normal(mu, sigma)")
d.data("v")
"""


def messages() -> dict[str, tuple[str, str]]:
    """The lines of each derivation and what is said of it, by name."""
    found = {}
    text = Path(__file__).with_name("messages.txt").read_text(encoding="utf-8")
    for block in ("\n" + text).split("\n# ")[1:]:
        name, *rows = block.splitlines()
        lines = [row[2:] for row in rows if row.startswith("> ")]
        said = [row for row in rows if not row.startswith("> ")]
        found[name] = ("\n".join(lines) + "\n", "\n".join(said).rstrip())
    return found


@pytest.mark.parametrize("name", messages())
def test_what_is_printed(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines, said = messages()[name]
    monkeypatch.chdir(tmp_path)
    Path("homework.py").write_text(HEAD + lines, encoding="utf-8")
    result = CliRunner().invoke(program, ["verify", "homework.py"])
    assert result.exit_code == 1
    assert result.output.rstrip() == said


NAMES = {
    "a": "positive",
    "b": "positive",
    "c": "positive",
    "x": "real",
    "p": "density of u",
    "q": "density of u",
}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("a", "b"),
        ("a", "b + log(a*b)"),
        ("(a - b)**2", "a**2 + 2*a*b - b**2"),
        ("log(a)", "a - 1"),
        ("KL(p, q)", "0"),
        ("exp(a)", "1 + a + a**2/2"),
        ("log(a + b)", "log(a) + b/a"),
        ("a**b", "b**a + c"),
        ("KL(p, q)", "Integral((p(u) - q(u))**2, u)"),
    ],
)
def test_no_slip_is_named_where_there_is_none(left: str, right: str) -> None:
    answer = prove(left, right, symbols=NAMES)
    assert answer.status in ("refuted", "undecided")
    assert answer.slip == ""


def test_a_slip_is_named_by_a_piece_that_stands_once() -> None:
    answer = prove("(a - 1)*(b - 1)", "(a - 1)*(b + 1)", symbols=NAMES)
    assert answer.slip == "it would be true with `b - 1` instead of `b + 1`"
    answer = prove("2*a**2*b", "2*a*b", symbols=NAMES)
    assert answer.slip == "it would be true if `a` is squared"
    answer = prove("a*b + a**2", "a*b + a", symbols=NAMES)
    assert answer.slip == "it would be true with `a*b + a**2` instead of `a*b + a`"


def test_a_line_that_may_be_true_is_not_called_false() -> None:
    answer = prove("log(a*x)", "log(a) + log(x)", symbols=NAMES)
    assert answer.status == "undecided"
    assert answer.slip == "it would be proved if `x > 0`"


def test_assumptions_that_cannot_hold_are_not_named() -> None:
    answer = prove("sqrt(x**2)", "x", symbols=NAMES, assuming=["x < -1"])
    assert answer.status == "refuted"
    assert "if `x" not in answer.slip


def test_what_prove_says() -> None:
    answer = prove("(a - b)**2", "a**2 + 2*a*b + b**2", symbols=NAMES)
    assert str(answer).splitlines() == [
        "refuted",
        "  the right side has `2*a*b` where `-2*a*b` should stand",
        "  it would be true with - instead of + before `2*a*b`",
        "  counterexample: a = 1; b = 1; left side: 0; right side: 4; difference: -4",
    ]
    answer = prove("log(a*b)", "log(a) + log(b)", symbols=NAMES, using=["linearity"])
    assert answer.explain() == (
        "the line is true, but not by the reason given",
        "this would do: logarithms",
    )
    proved = prove("x/x", "1", symbols=NAMES)
    assert proved.explain() == ("provided that x != 0",)
    assert proved.verdict.status == proved.status == "proved"
    assert prove("a", "a", symbols=NAMES).explain() == ()
