"""`klderive numbers`, in this process."""

import pytest
from click.testing import CliRunner

from klderive.cli.commands import program


@pytest.fixture
def run(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    return lambda *arguments: CliRunner().invoke(program, ["numbers", *map(str, arguments)])


def test_numbers_of_a_file(run, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "from klderive import Derivation, by\n"
        'd = Derivation("mine")\n'
        'd.symbols(a="real", b="real")\n'
        'd.chain("(a + b)**2").eq("a**2 + 2*a*b + b**2").eq("a**2 + b**2")\n'
    )
    result = run(path, "--set", "a=1/2")
    assert result.exit_code == 0
    rows = result.output.splitlines()
    assert "set: a = 1/2" in rows
    assert any(row.startswith("chosen, since not set: b = ") for row in rows)
    (changed,) = (row for row in rows if row.startswith("!"))
    assert changed.endswith("(2)")
    assert "1 of 2 lines hold here; 1 do not" in result.output


@pytest.mark.parametrize("width", [60, 100])
def test_rows_fit(run, width):
    rows = run("gaussian-l2", "--set", "mu_gt=0", "--width", width).output.splitlines()
    assert max(map(len, rows)) <= width


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["gaussian-l2", "--set", "mu_gt"], "NAME=VALUE"),
        (["gaussian-l2", "--set", "mu_gt=1", "--set", "mu_gt=2"], "set twice"),
        (["gaussian-l2", "--set", "mu=1"], "did you mean mu_m or mu_gt?\n"),
        (["gausian-l2"], "Did you mean gaussian-l2?"),
    ],
)
def test_wrong_usage_exits_2(run, arguments, words):
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.output
    assert "Traceback" not in result.output
