"""A hard limit on the time and memory that a piece of work may take, which holds inside FLINT, too.

Accepts work as a function. The idea: it is rehearsed in a forked process, which the system ends when its time is over
or its memory spent; only what got through the rehearsal is done here. So no verdict crosses from one process to
another: every one is made by the kernel of this process, and SymPy, which simplifies what it unpacks, unpacks nothing.

Caveats: work takes twice its time. It needs `fork`, which Windows lacks.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress

MEMORY = 2 * 1024**3
"""Bytes that a piece of work may take beside what the program has."""

_NO_MEMORY = 3


class LimitsUnavailableError(RuntimeError):
    """The system has no means for hard limits."""


class Limits:
    """Hard limits for pieces of work.

    Args:
        seconds: the time that each may take.
        memory: the bytes that each may take.

    Raises:
        LimitsUnavailableError: on a system without `fork`.
    """

    def __init__(self, seconds: float, memory: int = MEMORY) -> None:
        if not hasattr(os, "fork") or not hasattr(signal, "setitimer"):
            raise LimitsUnavailableError("a time limit needs a system that can fork")
        self.seconds = seconds
        self.memory = memory

    def problem(self, work: Callable[[], object]) -> str:
        """Why a piece of work is not done within the limits; empty if it is."""
        child = os.fork()
        if child == 0:
            self._rehearse(work)
        try:
            _, status = os.waitpid(child, 0)
        except BaseException:
            # An interrupt may come when the process has just ended.
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
            raise
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
            return f"stopped after {self.seconds:g} s"
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGINT:
            raise KeyboardInterrupt
        if not os.WIFEXITED(status) or os.WEXITSTATUS(status) == _NO_MEMORY:
            return f"stopped: it takes more than {self.memory / 1024**3:g} GB of memory"
        return ""

    def _rehearse(self, work: Callable[[], object]) -> None:
        """Do the work in a process of its own, which ends here: quietly, and without Python's farewells."""
        code = 0
        try:
            # The default action of a signal needs no Python to run, so that it also ends a running FLINT call.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, self.seconds)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            _limit_memory(self.memory)
            work()
        except MemoryError:
            code = _NO_MEMORY
        except BaseException:
            # It will be met again, and reported, where the work is done.
            code = 0
        finally:
            os._exit(code)


def _limit_memory(memory: int) -> None:
    """Limit the address space to what is in use and `memory` more, where the system says what is in use."""
    import resource

    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            used = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return
    _, hardest = resource.getrlimit(resource.RLIMIT_AS)
    limit = used + memory
    if hardest != resource.RLIM_INFINITY:
        limit = min(limit, hardest)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hardest))
