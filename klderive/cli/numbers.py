"""The command that evaluates a derivation's lines at a point."""

from __future__ import annotations

import sys

import click

from klderive.cli.commands import UnreadableInput, load_named, program
from klderive.cli.output import NARROWEST, speaks_ascii_only, width_of_output, write


@program.command(short_help="Evaluate each line at a point.")
@click.argument("name")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="A value, such as mu=0, sigma=1/2, x=1,0,1 for data, P=normal(0, 1) for a density.",
)
@click.option(
    "--width",
    type=click.IntRange(min=NARROWEST),
    help="Columns to fill; the terminal's, at most 120, if not given; 80 in a pipe.",
)
def numbers(name: str, settings: tuple[str, ...], width: int | None) -> None:
    """Evaluate each line at a point: the same number down a chain, a mark where it changes.

    Values are exact: integers, fractions, decimals. What is not set is chosen, and said. A line has no number where a
    side has none, or where it cannot be certified.

    \b
    Examples:
      klderive numbers gaussian-l2 --set mu_gt=0 --set mu_m=1
      klderive numbers gibbs-inequality --set "p=normal(0, 1)" --set "q=normal(1, 2)"
    """
    from klderive.render.numbers import number_rows
    from klderive.verify.numbers import SettingError
    from klderive.verify.numbers import numbers as evaluated

    given: dict[str, str] = {}
    for setting in settings:
        left, sign, right = (piece.strip() for piece in setting.partition("="))
        if not (left and sign and right):
            raise click.UsageError(f"--set takes NAME=VALUE, such as mu=1/2, not {setting!r}.")
        if left in given:
            raise click.UsageError(f"{left} is set twice.")
        given[left] = right
    shown = []
    for derivation in load_named(name):
        try:
            found = evaluated(derivation, given)
        except SettingError as error:
            words = f"{derivation.name}: {error}"
            raise UnreadableInput(words if words.endswith("?") else f"{words}.") from None
        rows = number_rows(
            found, width=width or width_of_output(), ascii=speaks_ascii_only(sys.stdout)
        )
        shown.append("\n".join(rows))
    write("\n\n\n".join(shown))
