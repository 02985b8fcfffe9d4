"""Running the program, and its exit codes.

0: all is well; 1: a line is not verified; 2: wrong usage or unreadable input; 130 and 141: see `group`.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

from klderive.cli import numbers, plot  # noqa: F401 - they add their commands
from klderive.cli.commands import program
from klderive.cli.group import INTERRUPTED


def main() -> NoReturn:
    """Run the command line and exit."""
    if sys.stdout is None:
        # Closed by who started the program; the exit code still tells.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open to the end
    try:
        code = program.main(prog_name="klderive", standalone_mode=False)
    except click.Abort:
        code = INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    sys.exit(code if isinstance(code, int) else 0)
