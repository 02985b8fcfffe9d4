"""The program as a process: what it imports, its streams, how it ends."""

import json
import os
import signal
import subprocess
import sys

import pytest

COMMAND = [sys.executable, "-m", "klderive"]


def environment(**changes):
    dropped = ("COLUMNS", "NO_COLOR", "TERM", "FORCE_COLOR", "PYTHONIOENCODING", "PYTHONUTF8")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "PYTHONUTF8": "1", **changes}


def run(*arguments, **changes):
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, env=environment(**changes), timeout=120
    )


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["list"], ["show", "--help"]])
def test_answers_without_importing_sympy(arguments):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "klderive", *arguments],
        capture_output=True,
        text=True,
        env=environment(),
    )
    assert done.returncode == 0
    imported = {row.rpartition("|")[2].strip() for row in done.stderr.splitlines()}
    assert "click" in imported
    assert not {"sympy", "flint", "rich", "klderive.derivations.gaussian_l2"} & imported


def test_version():
    import klderive

    assert run("--version").stdout.decode().split() == [
        "klderive,",
        "version",
        klderive.__version__,
    ]


def test_a_pipe_gets_no_escape_codes():
    assert b"\x1b" not in run("show", "gaussian-l2", TERM="xterm-256color").stdout


@pytest.mark.parametrize("columns", [60, 80, 100, 120])
def test_columns_are_respected(columns):
    shown = run("show", "gaussian-l2", COLUMNS=str(columns)).stdout.decode()
    assert max(map(len, shown.splitlines())) <= columns


def test_a_stream_without_utf_8_gets_ascii():
    shown = run("show", "gaussian-l2", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert shown.returncode == 0
    text = shown.stdout.decode("ascii")
    assert "sigma_gt" in text
    assert "?" not in text


@pytest.mark.parametrize(
    ("changes", "colored"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_a_terminal(changes, colored):
    pexpect = pytest.importorskip("pexpect", reason="pexpect has no terminal on this system")
    child = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], "show", "gaussian-l2", "--lemma", "T1"],
        env=environment(**{"TERM": "xterm-256color", **changes}),
        dimensions=(50, 100),
        encoding="utf-8",
        timeout=60,
    )
    shown = child.read()
    child.close()
    assert child.exitstatus == 0
    assert "gauss:21" in shown
    # The spinner on standard error shares this terminal; a colour is "ESC [ digits m".
    assert ("\x1b[32m" in shown) is colored


def test_a_reader_that_goes_away():
    with subprocess.Popen(
        [*COMMAND, "show", "gaussian-l2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as child:
        child.stdout.close()
        complaints = child.stderr.read()
        assert child.wait(60) == 141
    assert complaints == b""


def test_interrupt(tmp_path):
    path = tmp_path / "slow.py"
    path.write_text("import sys, time\nprint('ready', flush=True)\ntime.sleep(60)\n")
    with subprocess.Popen(
        [*COMMAND, "show", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as child:
        assert child.stderr.readline() == b"ready\n"
        child.send_signal(signal.SIGINT)
        complaints = child.stderr.read()
        assert child.wait(60) == 130
    assert complaints == b""


def test_bad_input_never_gives_a_traceback(tmp_path):
    path = tmp_path / "bad.py"
    path.write_text("raise ValueError('broken')\n")
    done = run("verify", str(path))
    assert done.returncode == 2
    assert b"bad.py:1" in done.stderr
    assert b"Traceback" not in done.stderr


def test_what_a_file_prints_stays_out_of_json(tmp_path):
    path = tmp_path / "noisy.py"
    path.write_text(
        "from klderive import Derivation\n"
        "print('noise')\n"
        "d = Derivation('noisy')\n"
        "d.symbols(a='real')\n"
        "d.chain('a + a').eq('2*a')\n"
    )
    done = run("verify", str(path), "--json")
    assert json.loads(done.stdout)["name"] == "noisy"
    assert done.stderr == b"noise\n"


def test_a_list_is_folded_in_a_narrow_terminal_only():
    pexpect = pytest.importorskip("pexpect", reason="pexpect has no terminal on this system")
    child = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], "list"],
        env=environment(TERM="xterm"),
        dimensions=(24, 60),
        encoding="utf-8",
        timeout=60,
    )
    rows = child.read().split("\r\n")
    child.close()
    assert max(map(len, rows)) <= 60
    assert any(row.startswith(" " * 28) for row in rows)
    piped = run("list").stdout.decode().splitlines()
    assert not any(row.startswith(" ") for row in piped)
