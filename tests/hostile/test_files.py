"""Hostile files and names: a clear error, soon, and nothing that a terminal would obey."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from klderive.cli.commands import program
from klderive.cli.harmless import harmless


def verify(*arguments: str):
    start = time.process_time()
    result = CliRunner().invoke(program, ["verify", *arguments])
    assert time.process_time() - start < 3
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_a_file_of_fifty_million_bytes(tmp_path: Path) -> None:
    path = tmp_path / "large.py"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    result = verify(str(path))
    assert result.exit_code == 2
    assert "more than 2 million bytes" in result.output


def test_a_file_that_never_ends(tmp_path: Path) -> None:
    path = tmp_path / "pipe.py"
    os.mkfifo(path)
    for name in (str(path), "/dev/zero"):
        result = verify(name)
        assert result.exit_code == 2
        assert "device or a pipe" in result.output


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        b"\xff\xfe",
        b"(" * 100_000,
        b"x = 1" + b"0" * 10_000,
        b"def f(): f()\nf()",
        b"1 +",
    ],
)
def test_a_file_that_is_no_derivation(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bad.py"
    path.write_bytes(content)
    result = verify(str(path))
    assert result.exit_code == 2
    assert "bad.py" in result.output


@pytest.mark.parametrize(
    "name", ["", "-", "a\nb", "\x1b[31m", "../../../etc/passwd", "a" * 5000 + ".py", "a\0b.py", "/"]
)
def test_a_name_that_is_none(name: str) -> None:
    result = verify("--", name)
    assert result.exit_code == 2
    assert "\x1b" not in result.output


def test_one_bad_file_hides_no_other(tmp_path: Path) -> None:
    path = tmp_path / "bad.py"
    path.write_bytes(b"\0")
    result = verify(str(path), "softmax")
    assert result.exit_code == 2
    assert "softmax  verified" in result.output


def test_what_a_terminal_would_obey_is_not_printed(tmp_path: Path) -> None:
    path = tmp_path / "colours.py"
    path.write_text(
        "from klderive import Derivation\n"
        "d = Derivation('t\\x1b[31m', title='\\x1b]0;owned\\x07 \\u202e')\n"
        "d.symbols(a='real')\n"
        "d.chain('a').eq('a + 1', note='\\x1b[2J')\n"
    )
    for command in ("verify", "show"):
        result = CliRunner().invoke(program, [command, str(path), "--color", "never"])
        assert not {"\x1b", "\x07", "\u202e"} & set(result.output)
        colored = CliRunner().invoke(program, [command, str(path), "--color", "always"])
        assert not {"\x07", "\u202e"} & set(colored.output)
        assert "\x1b[2J" not in colored.output
    assert harmless("σ² ≤ 1\n∫") == "σ² ≤ 1\n∫"
    assert harmless("a\x1b[31m\u202e\r\ud800") == "a?[31m???"


@pytest.mark.parametrize("encoded", [b"\xef\xbb\xbf%b", b"# -*- coding: latin-1 -*-\n# \xe9\n%b"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_file_as_some_editors_write_it(encoded: bytes, end: bytes, tmp_path: Path) -> None:
    lines = [
        b"from klderive import Derivation",
        b"d = Derivation('d')",
        b"d.symbols(a='real')",
        b"d.chain('a + a').eq('2*a')",
        b"",
    ]
    path = tmp_path / "edited.py"
    path.write_bytes(encoded % end.join(lines))
    assert verify(str(path)).exit_code == 0


def test_a_directory_and_links_that_go_round(tmp_path: Path) -> None:
    (tmp_path / "directory.py").mkdir()
    (tmp_path / "first.py").symlink_to(tmp_path / "second.py")
    (tmp_path / "second.py").symlink_to(tmp_path / "first.py")
    for name, words in (("directory.py", "is a directory"), ("first.py", "symbolic links")):
        result = verify(str(tmp_path / name))
        assert result.exit_code == 2
        assert words in result.output


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no full device")
@pytest.mark.parametrize("arguments", [["list"], ["verify", "softmax"]])
def test_output_that_cannot_be_written(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "klderive", *arguments]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "Error: standard output cannot be written: No space left on device\n"
    closed = " ".join([*command, ">&-"])
    done = subprocess.run(["sh", "-c", closed], stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
