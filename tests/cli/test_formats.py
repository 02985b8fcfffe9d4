"""`klderive show` in the formats that are files."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from klderive.cli.commands import program
from klderive.library import catalogue

MINE = """\
from klderive import Derivation, by

d = Derivation("mine", title="Mine & <others>")
d.symbols(a="real", b="positive")
d.chain("(a + b)**2").eq("a**2 + 2*a*b + b**2", by.algebra, number="paper:1")
"""


@pytest.fixture
def run(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)

    def call(*arguments):
        return CliRunner().invoke(program, ["show", *map(str, arguments)])

    return call


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(MINE)
    return path


def test_html(run, mine, tmp_path):
    result = run(mine, "--format", "html")
    assert result.exit_code == 0
    assert result.output.startswith("<!DOCTYPE html>")
    assert "Mine &amp; &lt;others&gt;" in result.output
    target = tmp_path / "mine.html"
    assert run(mine, "--format", "html", "--output", target).exit_code == 0
    assert target.read_text("utf-8") == result.output


def test_markdown(run, mine):
    result = run(mine, "--format", "markdown")
    assert result.exit_code == 0
    assert result.output.startswith("# Mine \\& \\<others\\>\n")


def test_a_lemma(run):
    for format_ in ("html", "markdown"):
        output = run("gaussian-l2", "--format", format_, "--lemma", "T1").output
        assert "gauss:9" in output
        assert "gauss:22" not in output


def test_a_file_with_two_derivations_is_one_page(run, tmp_path):
    path = tmp_path / "two.py"
    second = MINE.replace("d = ", "other = ").replace("d.", "other.").replace('"mine"', '"second"')
    path.write_text(MINE + second)
    output = run(path, "--format", "html").output
    assert output.count("<article>") == 2
    assert 'id="mine-1"' in output


def test_all(run, tmp_path):
    target = tmp_path / "a" / "pages"
    result = run("--all", "--format", "html", "--output", target)
    assert result.exit_code == 0, result.output
    names = {path.name for path in target.iterdir()}
    assert names == {"index.html", "errata.html"} | {f"{e.name}.html" for e in catalogue()}
    index = (target / "index.html").read_text("utf-8")
    assert all(entry.title in index.replace("&#x27;", "'") for entry in catalogue())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Missing argument"),
        (["gaussian-l2", "--all"], "not both"),
        (["--all"], "--format html"),
        (["--all", "--format", "html"], "--output DIRECTORY"),
        (["--all", "--format", "markdown", "--output", "x"], "--format html"),
        (["--all", "--format", "html", "--output", "x", "--lemma", "T1"], "one derivation"),
        (["gaussian-l2", "--format", "html", "--output", "."], "goes with --all"),
        (["gaussian-l2", "--format", "html", "--width", "80"], "--format terminal"),
    ],
)
def test_wrong_usage_exits_2(run, arguments, words):
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.output


def test_what_cannot_be_written(run, mine, tmp_path):
    assert run("--all", "--format", "html", "--output", mine).exit_code == 2
    target = tmp_path / "no" / "page.html"
    assert run(mine, "--format", "html", "--output", target).exit_code == 2
