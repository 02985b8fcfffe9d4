"""The options of `klderive show`, in this process."""

import pytest
from click.testing import CliRunner

from klderive.cli.commands import program


@pytest.fixture
def run(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    return lambda *arguments: CliRunner().invoke(program, ["show", *map(str, arguments)])


@pytest.mark.parametrize("name", ["T1.4", "gauss:12", "(T1.4)", "GAUSS:12"])
def test_a_line_by_its_label_or_its_number(run, name):
    result = run("gaussian-l2", "--step", name)
    assert result.exit_code == 0
    assert result.output.startswith("line        gauss:12, label T1.4, lemma T1")
    assert "claims      log(e) = 1" in result.output


def test_a_step_goes_into_a_file(run, tmp_path):
    target = tmp_path / "step.txt"
    assert run("gaussian-l2", "--step", "gauss:12", "--output", target).output == ""
    assert "log(e) = 1" in target.read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["gaussian-l2", "--step", "gaus:8"], "Did you mean gauss:8"),
        (["gaussian-l2", "--step", "T1.99"], "Did you mean T1."),
        (
            ["gaussian-l2", "--step", "%"],
            "Its lines are called gauss:1, gauss:2, 3, gauss:3, ..., 15.",
        ),
        (["gaussian-l2", "--step", "T1"], "T1 is a lemma, not a line: `--lemma T1` shows it."),
        (["gaussian-l2", "--step", "gauss:99"], "Did you mean gauss:9, gauss:29 or gauss:19?"),
        (["gaussian-l2", "--step", "gauss:8", "--format", "latex"], "--step goes with"),
        (["gaussian-l2", "--step", "T1.4", "--lemma", "T1"], "--step goes without"),
        (["gaussian-l2", "--detail", "more"], "brief"),
    ],
)
def test_wrong_usage_exits_2(run, arguments, words):
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.output


@pytest.mark.parametrize("format_", ["terminal", "latex", "markdown"])
@pytest.mark.parametrize(("detail", "seen"), [("brief", False), ("paper", True), ("full", True)])
def test_detail(run, detail, seen, format_):
    output = run("gaussian-l2", "--detail", detail, "--format", format_).output
    assert ("gauss:9" in output) is seen
    assert ("both sides come to" in output) is (detail == "full")


def test_latex_options(run):
    output = run(
        *("gaussian-l2", "--format", "latex", "--layout", "split", "--number", "each"),
        *("--macros", "--environments", "--size", "12", "--columns", "2", "--standalone"),
    ).output
    assert r"\documentclass[fleqn,12pt,twocolumn]{article}" in output
    assert r"\begin{lemma}" in output
    assert r"\KL{" in output
    assert r"\numberedline{eq:gaussian-l2:T1:14}" in output


def test_latex_options_go_with_latex(run):
    result = run("gaussian-l2", "--layout", "split")
    assert result.exit_code == 2
    assert "--format latex" in result.output


def test_a_step_and_each_detail_as_a_page(run):
    step = run("gaussian-l2", "--step", "gauss:8", "--format", "html").output
    assert "<h1>Line gauss:8</h1>" in step
    assert "both sides come to" in run("gaussian-l2", "--detail", "full", "--format", "html").output
    assert "<ol" not in run("gaussian-l2", "--detail", "brief", "--format", "html").output
