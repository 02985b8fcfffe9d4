"""What the output stream can show: its width, its alphabet, its colours; and writing to it."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Literal

import click

from klderive.cli.harmless import harmless

if TYPE_CHECKING:
    from rich.text import Text

Color = Literal["auto", "always", "never"]

WIDEST = 120
"""Wider rows are hard to read; only an explicit width goes beyond."""
NARROWEST = 40
_SAMPLE = "✓≔✗∗─│┌└∫√μσΣ∏‖≠≤≥→≈∞∈∼·−²₁⁻"


def width_of_output() -> int:
    """The width of the terminal, or of COLUMNS; 80 in a pipe."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns) > 0:
        width = int(columns)
    elif sys.stdout.isatty():
        width = shutil.get_terminal_size((80, 24)).columns
    else:
        width = 80
    return max(NARROWEST, min(width, WIDEST))


def folded(row: str) -> str:
    """A row of columns as rows of a terminal, its last column folded; outside a terminal a row stays a row."""
    if not sys.stdout.isatty():
        return row
    indent = row.rfind("  ") + 2 if "  " in row else 0
    room = max(20, width_of_output() - indent)
    pieces = textwrap.wrap(row[indent:], room, break_on_hyphens=False) or [""]
    return row[:indent] + f"\n{' ' * indent}".join(pieces)


def speaks_ascii_only(stream: IO[str]) -> bool:
    """Whether the stream's encoding lacks the signs of mathematics."""
    try:
        _SAMPLE.encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return True
    return False


def wants_color(color: Color) -> bool:
    """Whether to write colours: only to a terminal that knows them, unless told otherwise."""
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def styled(rows: Iterable[Text], width: int, colored: bool) -> str:
    """Finished rows as one text, with or without escape codes; nothing is wrapped or interpreted."""
    if not colored:
        return "\n".join(harmless(row.plain.rstrip()) for row in rows)
    from rich.console import Console

    console = Console(
        force_terminal=True,
        color_system="standard",
        no_color=False,
        width=width,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    with console.capture() as captured:
        for row in rows:
            row.plain = harmless(row.plain)
            console.print(row, no_wrap=True, overflow="ignore", crop=False, soft_wrap=True)
    return captured.get().rstrip("\n")


class UnwritableOutput(click.ClickException):
    """Standard output takes nothing, for instance because the disk is full."""

    exit_code = 2


def write(text: str) -> None:
    """Write to standard output; what its encoding cannot hold becomes a question mark."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    try:
        click.echo(text.encode(encoding, "replace").decode(encoding), color=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        # What is still buffered goes nowhere, also when Python flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise UnwritableOutput(f"standard output cannot be written: {error.strerror}") from None


@contextmanager
def progress(words: str) -> Iterator[None]:
    """A spinner with words on standard error while something takes time; nothing unless that is a terminal."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(words, spinner="line"):
        yield
