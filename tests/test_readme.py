"""What the README shows is what happens."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
PYTHON = re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
CONSOLE = re.findall(r"^```console\n\$ klderive (.*?)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.fixture
def directory(tmp_path):
    """An empty directory with the files that the README names."""
    for source in PYTHON:
        named = re.match(r"# (\w+\.py)\n", source)
        if named:
            (tmp_path / named[1]).write_text(source, "utf-8")
    return tmp_path


def run(arguments, directory):
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=directory,
        env={**environment, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
    )


def test_there_is_something_to_test():
    assert len(PYTHON) >= 2
    assert len(CONSOLE) >= 2


def test_data_are_read(directory):
    (source,) = re.findall(r"^```json\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    (directory / "square.json").write_text(source, "utf-8")
    done = run(["-m", "klderive", "verify", "square.json"], directory)
    assert done.stdout == "✓  square  verified; 1 step: 1 proved\n", done.stderr


@pytest.mark.parametrize("source", PYTHON)
def test_code_runs(source, directory):
    done = run(["-c", source], directory)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("arguments", "expected"), CONSOLE)
def test_output_is_the_real_output(arguments, expected, directory):
    done = run(["-m", "klderive", *arguments.split()], directory)
    assert done.returncode == 0, done.stderr
    assert done.stdout == expected
