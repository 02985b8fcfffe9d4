"""The group of commands: near names for a misspelt one, and quiet ends from outside.

Ctrl-C ends the program with code 130; the reader of a pipe that goes away ends it with 141. Neither says anything.
"""

from __future__ import annotations

import difflib
import os
import sys
from typing import Any

import click

from klderive.library import catalogue

INTERRUPTED = 130
PIPE_CLOSED = 141


class ProgramGroup(click.Group):
    """A click group with suggestions for unknown commands."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which ones are near."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            known = self.list_commands(ctx)
            nearest = difflib.get_close_matches(name.lower(), known, n=2, cutoff=0.5)
            meant = f"Did you mean {' or '.join(nearest)}?"
            hint = meant if nearest else f"There are {', '.join(known)}."
            if name.endswith(".py") or name in (entry.name for entry in catalogue()):
                hint = f"Did you mean `klderive show {name}`?"
            raise click.UsageError(f"No such command {name!r}. {hint}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it wrote leaves the buffer here, where a closed pipe is expected."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            # What is still buffered for the pipe goes nowhere, also when Python flushes at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(PIPE_CLOSED)
        return result
