"""What `klderive show` writes in the formats that are files: documents, pages, a directory of pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from klderive.render.summary import Detail
    from klderive.verify.report import Report


def formatted(format_: str, reports: Sequence[Report], lemma: str | None, detail: Detail) -> str:
    """The reports as one HTML page or as Markdown."""
    if format_ == "html":
        from klderive.render.html import html_page

        return html_page(reports, lemma=lemma, detail=detail)
    from klderive.render.markdown import markdown

    return "\n\n".join(markdown(report, lemma=lemma, detail=detail) for report in reports)


def check_choice(
    name: str | None, all_: bool, format_: str, output: Path | None, lemma: str | None
) -> None:
    """Refuse what does not go together: one derivation or all of them; all of them only as pages in a directory."""
    if all_ and name is not None:
        raise click.UsageError("Give a name or --all, not both.")
    if not all_:
        if name is None:
            raise click.UsageError(
                "Missing argument 'NAME': name a derivation or a file, or say --all."
            )
        if output is not None and output.is_dir():
            raise click.UsageError(f"--output {output} is a directory; that goes with --all.")
        return
    if format_ != "html" or output is None:
        raise click.UsageError("--all goes with --format html and --output DIRECTORY.")
    if lemma is not None:
        raise click.UsageError("--lemma goes with one derivation.")


def write_site(reports: Sequence[Report], directory: Path, detail: Detail = "paper") -> None:
    """Write a page for each report, the index and the errata into a directory, which is made if it is not there.

    Raises:
        OSError: if it cannot be written.
    """
    from klderive.render.site import html_site

    directory.mkdir(parents=True, exist_ok=True)
    for name, text in html_site(reports, detail=detail).items():
        (directory / name).write_text(text + "\n", encoding="utf-8")
