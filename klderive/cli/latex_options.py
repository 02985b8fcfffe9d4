"""The options of `klderive show` that say how LaTeX is written."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from klderive.render.latex_style import LatexStyle

_Command = TypeVar("_Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--layout",
        type=click.Choice(["align", "split", "table"]),
        default="align",
        show_default=True,
        help="LaTeX: reasons beside lines; one number a chain; two columns.",
    ),
    click.option(
        "--number",
        type=click.Choice(["document", "none", "each"]),
        default="document",
        show_default=True,
        help="LaTeX: the document's numbers; none; the paper's own, with labels.",
    ),
    click.option("--macros", is_flag=True, help=r"LaTeX: write \KL{P}{Q}, \E and the like."),
    click.option("--environments", is_flag=True, help="LaTeX: lemma and proof environments."),
    click.option(
        "--size",
        type=click.Choice(["10", "11", "12"]),
        default="10",
        show_default=True,
        help="LaTeX: points of the letters.",
    ),
    click.option(
        "--columns",
        type=click.Choice(["1", "2"]),
        default="1",
        show_default=True,
        help="LaTeX: columns of the page.",
    ),
    click.option(
        "--text-width",
        type=click.FloatRange(min=12),
        metavar="EM",
        help="LaTeX: width of a column in ems, if the page is not A4 with margins of 25 mm.",
    ),
)


def latex_options(command: _Command) -> _Command:
    """Give a command the options; it gets the argument `style`, None if none of them was used."""

    @wraps(command)
    def with_style(
        *arguments: Any,
        layout: Any,
        number: Any,
        macros: bool,
        environments: bool,
        size: str,
        columns: str,
        text_width: float | None,
        **others: Any,
    ) -> Any:
        style = LatexStyle(
            layout, number, macros, environments, int(size), int(columns), text_width
        )
        return command(*arguments, style=None if style == LatexStyle() else style, **others)

    decorated: Any = with_style
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]
