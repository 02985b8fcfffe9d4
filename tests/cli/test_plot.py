"""`klderive plot`, in this process."""

import pytest
from click.testing import CliRunner

from klderive.cli.commands import program


def run(*arguments):
    return CliRunner().invoke(program, ["plot", *map(str, arguments)])


def test_plot_writes_a_file(tmp_path):
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    target = tmp_path / "coin.svg"
    result = run("coin-kl", "--output", target)
    assert result.exit_code == 0
    assert "<svg" in target.read_text("utf-8")
    assert run("coin-kl", "--output", tmp_path / "no" / "coin.svg").exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["elbo", "--output", "elbo.svg"], "there is no picture of elbo"),
        (["coin-kl", "--output", "coin.txt"], "should end in .svg"),
        (["coin-kl"], "--output"),
    ],
)
def test_wrong_usage_exits_2(arguments, words):
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.output
