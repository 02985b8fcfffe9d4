"""Limits that hold inside FLINT, one bad line among good ones, and Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import flint
import pytest

from klderive import Derivation
from klderive.kernel import Kernel
from klderive.verify import verify
from klderive.verify.limits import Limits

HARD = flint.fmpz(10**39 + 3) * flint.fmpz(10**40 + 121) * flint.fmpz(10**41 + 223)
"""A number that FLINT factors for longer than anyone waits, in one call."""


def three_lines() -> Derivation:
    d = Derivation("three")
    d.symbols(a="real")
    d.chain("a + a").eq("2*a")
    d.chain("a + 7").eq("7 + a")
    d.chain("a + a").eq("2*a + 1")
    return d


def statuses(d: Derivation, **options: float) -> list[str]:
    return [line.verdict.status for line in verify(d, **options).lines()]


def in_the_second_line(monkeypatch: pytest.MonkeyPatch, what: object) -> None:
    """Let the kernel do something else when it comes to the second line."""
    attempt = Kernel._attempt

    def changed(self, statement, *rest, **options):
        if "7" in str(statement.left):
            return what()
        return attempt(self, statement, *rest, **options)

    monkeypatch.setattr(Kernel, "_attempt", changed)


def test_a_limit_changes_no_verdict() -> None:
    assert statuses(three_lines()) == statuses(three_lines(), timeout=60)
    assert statuses(three_lines()) == ["proved", "proved", "refuted"]


def test_a_limit_holds_inside_flint(monkeypatch: pytest.MonkeyPatch) -> None:
    in_the_second_line(monkeypatch, HARD.factor)
    start = time.monotonic()
    report = verify(three_lines(), timeout=1)
    assert time.monotonic() - start < 6
    assert [line.verdict.status for line in report.lines()] == ["proved", "undecided", "refuted"]
    assert report.lines()[1].verdict.message == "stopped after 1 s"


def test_a_limit_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def hungry() -> object:
        return [bytes(1_000_000_000) + bytes(1_000_000_000) for _ in range(5)]

    in_the_second_line(monkeypatch, hungry)
    report = verify(three_lines(), timeout=20)
    assert [line.verdict.status for line in report.lines()] == ["proved", "undecided", "refuted"]
    assert "memory" in report.lines()[1].verdict.message


def test_a_process_that_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with FLINT, which ends the process where it finds an error of its own."""
    in_the_second_line(monkeypatch, lambda: os.kill(os.getpid(), signal.SIGKILL))
    report = verify(three_lines(), timeout=20)
    assert [line.verdict.status for line in report.lines()] == ["proved", "undecided", "refuted"]


@pytest.mark.parametrize("error", [RecursionError, MemoryError, ZeroDivisionError, KeyError])
def test_an_error_of_the_kernel_hides_no_other_verdict(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> object:
        raise error("deep inside")

    in_the_second_line(monkeypatch, fails)
    report = verify(three_lines())
    assert [line.verdict.status for line in report.lines()] == ["proved", "undecided", "refuted"]
    assert not report.verified
    assert "an error of its own" in report.lines()[1].verdict.message


def test_definitions_beyond_the_limit_are_not_used() -> None:
    d = Derivation("defined")
    d.symbols(a="real")
    d.variable("t", on="(0, oo)")
    d.define("f(t)", "t + 1")
    d.chain("f(2)").eq("3")
    assert statuses(d, timeout=60) == ["definition", "proved"]
    limited = verify(d, timeout=1e-6)
    assert [line.verdict.status for line in limited.lines()] == ["undecided", "undecided"]


def test_limits_leave_no_process_behind() -> None:
    limits = Limits(0.2)
    assert limits.problem(lambda: time.sleep(30)) == "stopped after 0.2 s"
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify"],
        ["verify", "--timeout", "50"],
        ["verify", "--cross-check"],
        ["show"],
        ["show", "--format", "html"],
        ["axioms"],
    ],
)
def test_interrupted_while_it_checks(arguments: list[str], tmp_path: Path) -> None:
    path = tmp_path / "slow.py"
    path.write_text(
        "import sys, time\n"
        "from klderive import Derivation\n"
        "from klderive.kernel import Kernel\n"
        "d = Derivation('slow')\n"
        "d.symbols(a='real')\n"
        "d.chain('a').eq('a')\n"
        "def slow(*_, **__):\n"
        "    print('ready', file=sys.__stdout__, flush=True)\n"
        "    time.sleep(60)\n"
        "Kernel._attempt = slow\n"
    )
    with subprocess.Popen(
        [sys.executable, "-m", "klderive", *arguments, str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline() == b"ready\n"
        # As a terminal does, to the whole group.
        os.killpg(child.pid, signal.SIGINT)
        complaints = child.stderr.read()
        assert child.wait(20) == 130
    assert complaints == b""
