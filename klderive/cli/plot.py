"""The command that draws a derivation."""

from __future__ import annotations

from pathlib import Path

import click

from klderive.cli.commands import UnreadableInput, load_named, program


@program.command(short_help="Draw gaussian-l2 or coin-kl.")
@click.argument("name")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file: .svg, .png or .pdf.",
)
def plot(name: str, output: Path) -> None:
    """Draw what a derivation says: gaussian-l2 and coin-kl have a picture.

    Needs matplotlib: pip install 'klderive[plot]'.

    \b
    Examples:
      klderive plot gaussian-l2 --output gaussian.svg
      klderive plot coin-kl --output coin.png
    """
    from klderive.render.pictures import PlotError
    from klderive.render.plot import save

    for derivation in load_named(name):
        try:
            save(derivation, output)
        except PlotError as error:
            raise UnreadableInput(f"{error}.") from None
        except OSError as error:
            raise UnreadableInput(f"{output} cannot be written: {error.strerror}.") from None
