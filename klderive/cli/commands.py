"""The commands: what they accept, what they print, when they fail."""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Collection
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import click

from klderive.cli.formats import check_choice, formatted, write_site
from klderive.cli.group import ProgramGroup
from klderive.cli.harmless import harmless
from klderive.cli.latex_options import latex_options
from klderive.cli.output import (
    NARROWEST,
    Color,
    folded,
    progress,
    speaks_ascii_only,
    styled,
    wants_color,
    width_of_output,
    write,
)
from klderive.cli.steps import UnknownStepError, find_step
from klderive.library import LibraryError, catalogue, document_relations, load_all

if TYPE_CHECKING:
    from klderive.derivation import Derivation
    from klderive.render.latex_style import LatexStyle
    from klderive.render.summary import Detail
    from klderive.verify.report import Report

NOT_VERIFIED = 1
UNREADABLE = 2

_COLOR = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colours: on a terminal, always, or never. NO_COLOR is respected.",
)
_WIDTH = click.option(
    "--width",
    type=click.IntRange(min=NARROWEST),
    help="Columns to fill; the terminal's, at most 120, if not given; 80 in a pipe.",
)


class UnreadableInput(click.ClickException):
    """A derivation that cannot be found or loaded."""

    exit_code = UNREADABLE

    def __init__(self, message: str) -> None:
        super().__init__(harmless(message))


@click.group(
    cls=ProgramGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 all verified, 1 a line is not, 2 wrong usage or unreadable input.",
)
@click.version_option(package_name="klderive", prog_name="klderive")
def program() -> None:
    """Check derivations line by line, and print them.

    A derivation is named (see `klderive list`) or given as a file: a Python file, whose code is run, or a JSON file
    that `klderive verify --json` wrote.

    \b
    Examples:
      klderive list
      klderive show gaussian-l2
      klderive verify my_derivation.py
      klderive axioms gaussian-l2
    """


@program.command("list", short_help="Name the derivations that can be shown.")
@click.option(
    "--relations", is_flag=True, help="List the documents' relations instead, each with its line."
)
def list_command(relations: bool) -> None:
    """Name the derivations that can be shown: those of klderive and of installed packages.

    With --relations: each relation of the documents, with the derivation and line that has it and the line's status;
    the exit code is 1 if a line is not as expected.

    \b
    Examples:
      klderive list
      klderive list --relations
    """
    if relations:
        _list_relations()
        return
    entries = catalogue()
    widest = max((len(entry.name) for entry in entries), default=0)
    for entry in entries:
        origin = "" if entry.package == "klderive" else f"  ({entry.package})"
        write(folded(f"{entry.name:<{widest}}  {entry.title}{origin}"))


@program.command(short_help="Print a derivation: terminal, LaTeX, HTML, Markdown.")
@click.argument("name", required=False)
@click.option("--all", "all_", is_flag=True, help="Show every derivation of `klderive list`.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["terminal", "latex", "html", "markdown"]),
    default="terminal",
    show_default=True,
    help="The form of the output.",
)
@click.option("--standalone", is_flag=True, help="With --format latex: a whole document.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Write to a file; with --all, to a directory, with an index and the errata.",
)
@click.option("--lemma", metavar="NAME", help="Show only this lemma.")
@click.option(
    "--detail",
    type=click.Choice(["brief", "paper", "full"]),
    default="paper",
    show_default=True,
    help="The statements; the lines; what was used for each line.",
)
@click.option("--step", metavar="LINE", help="Explain only this line, such as T1.4 or gauss:8.")
@latex_options
@_WIDTH
@_COLOR
def show(
    name: str | None,
    all_: bool,
    format_: str,
    standalone: bool,
    output: Path | None,
    lemma: str | None,
    detail: Detail,
    step: str | None,
    style: LatexStyle | None,
    width: int | None,
    color: Color,
) -> None:
    """Print a derivation, each line checked, with its reasons and what it stands on.

    NAME is the name of a derivation or a Python file. Lines that fail are marked; to fail on them is the business of
    `klderive verify`.

    \b
    Examples:
      klderive show gaussian-l2
      klderive show gaussian-l2 --lemma T1 --width 100
      klderive show gaussian-l2 --step gauss:8
      klderive show my_derivation.py
      klderive show gaussian-l2 --format latex --standalone --output gaussian.tex
      klderive show gaussian-l2 --format html --output gaussian.html
      klderive show --all --format html --output pages
      klderive show gaussian-l2 --format latex --layout split --number each --macros
    """
    check_choice(name, all_, format_, output, lemma)
    if standalone and format_ != "latex":
        raise click.UsageError("--standalone goes with --format latex.")
    if style is not None and format_ != "latex":
        raise click.UsageError("The options for LaTeX go with --format latex.")
    if width is not None and format_ != "terminal":
        raise click.UsageError("--width goes with --format terminal.")
    if step is not None and (all_ or lemma or detail != "paper"):
        raise click.UsageError("--step goes without --all, --lemma and --detail.")
    if step is not None and format_ not in ("terminal", "html"):
        raise click.UsageError("--step goes with --format terminal or html.")
    names = [name] if name is not None else [entry.name for entry in catalogue()]
    reports = [_verified(derivation) for each in names for derivation in load_named(each)]
    for report in reports:
        _check_lemma(lemma, report)
    if all_ and output is not None:
        try:
            write_site(reports, output, detail)
        except OSError as error:
            raise UnreadableInput(f"{output} cannot be written: {error.strerror}") from None
        return
    if step is not None:
        text = _explained(reports, step, format_, width or width_of_output(), output is None)
    elif format_ in ("html", "markdown"):
        text = formatted(format_, reports, lemma, detail)
    elif format_ == "latex":
        from klderive.render.latex import latex_document, latex_fragment

        if standalone:
            text = latex_document(reports, lemma=lemma, style=style, detail=detail)
        else:
            text = "\n\n".join(
                latex_fragment(report, lemma=lemma, style=style, detail=detail)
                for report in reports
            )
    else:
        from klderive.render.terminal import terminal_rows

        columns = width or width_of_output()
        ascii_only = output is None and speaks_ascii_only(sys.stdout)
        colored = color == "always" if output else wants_color(color)
        shown = (
            terminal_rows(report, width=columns, ascii=ascii_only, lemma=lemma, detail=detail)
            for report in reports
        )
        text = "\n\n\n".join(styled(rows, columns, colored) for rows in shown)
    if output is None:
        write(text)
        return
    try:
        output.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise UnreadableInput(f"{output} cannot be written: {error.strerror}") from None


@program.command(short_help="Check derivations, and say which lines fail.")
@click.argument("names", nargs=-1, metavar="NAME|FILE...")
@click.option("--all", "all_", is_flag=True, help="Verify every derivation of `klderive list`.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per derivation and line.")
@click.option(
    "--cross-check", is_flag=True, help="Also evaluate each proved line at points of its domain."
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="A hard limit for each line; one that takes longer is undecided.",
)
@click.option(
    "--theories",
    metavar="NAME,...|none",
    help="Theories that may be used beside the kernel's own rules; all, if not given.",
)
@_WIDTH
@_COLOR
def verify(
    names: tuple[str, ...],
    all_: bool,
    as_json: bool,
    cross_check: bool,
    timeout: float | None,
    theories: str | None,
    width: int | None,
    color: Color,
) -> None:
    """Check derivations and say which lines fail; the exit code is 0 only if none does.

    What --json writes is read back from a file whose name ends in .json, and checked anew.

    \b
    Examples:
      klderive verify gaussian-l2
      klderive verify my_derivation.py other.py
      klderive verify --all
      klderive verify my_derivation.py --json > report.json
      klderive verify report.json
      klderive verify my_derivation.py --cross-check --timeout 10
      klderive verify gaussian-l2 --theories "optima, tests of convergence"
    """
    if all_ and names:
        raise click.UsageError("Give names or --all, not both.")
    if not all_ and not names:
        raise click.UsageError("Name a derivation or a file, or say --all.")
    chosen = _theories(theories)
    code = 0
    for name in [entry.name for entry in catalogue()] if all_ else names:
        try:
            derivations = load_named(name)
            reports = [_verified(d, cross_check, timeout, chosen) for d in derivations]
        except UnreadableInput as error:
            error.show()
            code = UNREADABLE
            continue
        for report in reports:
            if as_json:
                from klderive.render.json_report import report_data

                write(json.dumps(report_data(report), ensure_ascii=True))
            else:
                _write_verdict(report, width or width_of_output(), wants_color(color))
            if not report.verified:
                code = max(code, NOT_VERIFIED)
    click.get_current_context().exit(code)


@program.command(short_help="List what a derivation stands on.")
@click.argument("name")
@click.option("--tree", is_flag=True, help="Show what rests on what, as a tree, instead.")
@_WIDTH
def axioms(name: str, tree: bool, width: int | None) -> None:
    """List what a derivation stands on, each with the lines that need it and the path by which others do.

    Assumptions are the author's, conditions are what a rule added, axioms and cited facts are taken from elsewhere;
    the kinds are never mixed. What was declared and no line uses is listed, too. Cited facts that another derivation
    proves are followed down to the axioms there. At the end stands a case in which everything assumed holds, or that
    none was found.

    \b
    Examples:
      klderive axioms gaussian-l2
      klderive axioms gaussian-l2 --tree
    """
    from klderive.render.supports import dependence_rows, derived_rows, model_rows, support_rows

    columns, plain = width or width_of_output(), speaks_ascii_only(sys.stdout)
    shown = []
    for derivation in load_named(name):
        report = _verified(derivation)
        if tree:
            shown.append("\n".join(dependence_rows(report, width=columns, ascii=plain)))
            continue
        rows = support_rows(report, width=columns, ascii=plain)
        names = dict.fromkeys(s.derived_in for s in report.supports if s.derived_in and s.lines)
        others = [_verified(other) for each in names for other in load_named(each)]
        rows += derived_rows(others, width=columns, ascii=plain)
        rows += model_rows(report, width=columns, ascii=plain)
        shown.append("\n".join(rows))
    write("\n\n\n".join(shown))


@program.command(short_help="List the false lines of the documents.")
@click.argument("name", required=False)
@_WIDTH
def errata(name: str | None, width: int | None) -> None:
    """List the false lines of the documents: what is printed, why it is false, what is right.

    NAME is the name of a derivation or a Python file; without it, all derivations that come with klderive are listed.
    The exit code is 1 if an erratum is no longer refuted.

    \b
    Examples:
      klderive errata
      klderive errata my_derivation.py
    """
    from klderive.render.errata import errata_rows

    reports = _shipped() if name is None else [_verified(d) for d in load_named(name)]
    columns = width or width_of_output()
    write("\n".join(errata_rows(reports, width=columns, ascii=speaks_ascii_only(sys.stdout))))
    if any(not line.verified for report in reports for line in report.errata()):
        click.get_current_context().exit(NOT_VERIFIED)


def _list_relations() -> None:
    from klderive.render.coverage import coverage_rows
    from klderive.verify.coverage import coverage

    covered, strange = coverage(document_relations(), _shipped())
    write("\n".join(map(folded, coverage_rows(covered, strange))))
    if strange or any(relation.problems() for relation in covered):
        click.get_current_context().exit(NOT_VERIFIED)


def _shipped() -> list[Report]:
    """The reports on all derivations that come with klderive."""
    names = [entry.name for entry in catalogue() if entry.package == "klderive"]
    return [_verified(derivation) for name in names for derivation in load_named(name)]


def load_named(name: str) -> tuple[Derivation, ...]:
    """The derivations of an argument; what their code prints goes to standard error."""
    try:
        with progress(f"loading {name}"), redirect_stdout(sys.stderr):
            return load_all(name)
    except LibraryError as error:
        raise UnreadableInput(str(error)) from None


def _theories(text: str | None) -> list[str] | None:
    """The names of theories in an option, `none` for none of them; None for all."""
    if text is None:
        return None
    names = [name.strip() for name in text.split(",")]
    if names == ["none"]:
        return []
    from klderive.theories import ALL

    for name in names:
        if name not in ALL:
            nearest = difflib.get_close_matches(name, ALL, n=1)
            hint = f" Did you mean `{nearest[0]}`?" if nearest else ""
            raise click.UsageError(
                f"--theories: there is no theory `{name}`.{hint} There are {', '.join(ALL)}; or"
                " say `none`."
            )
    return names


def _verified(
    derivation: Derivation,
    cross_check: bool = False,
    timeout: float | None = None,
    theories: Collection[str] | None = None,
) -> Report:
    from klderive.derivation import DerivationError
    from klderive.verify import LimitsUnavailableError
    from klderive.verify import verify as check

    try:
        with progress(f"checking {derivation.name}"):
            return check(derivation, cross_check=cross_check, timeout=timeout, theories=theories)
    except LimitsUnavailableError as error:
        raise click.UsageError(f"--timeout: {error}.") from None
    except DerivationError as error:
        raise UnreadableInput(str(error)) from None


def _check_lemma(lemma: str | None, report: Report) -> None:
    if lemma is None:
        return
    known = [part.part.name for part in report.parts if part.part.kind == "lemma"]
    if lemma in known:
        return
    nearest = difflib.get_close_matches(lemma, known, n=2, cutoff=0.6)
    hint = f" It has {', '.join(known)}." if known else " It has no lemmas."
    if nearest and len(known) > len(nearest):
        hint = f" Did you mean {' or '.join(nearest)}?" + hint
    raise UnreadableInput(f"{report.derivation.name} has no lemma {lemma!r}.{hint}")


def _explained(
    reports: list[Report], step: str, format_: str, width: int, to_terminal: bool
) -> str:
    from klderive.render.explanation import step_rows
    from klderive.render.html import html_step

    try:
        report, line = find_step(reports, step)
    except UnknownStepError as error:
        raise UnreadableInput(str(error)) from None
    if format_ == "html":
        return html_step(report, line)
    ascii_only = to_terminal and speaks_ascii_only(sys.stdout)
    return "\n".join(step_rows(report, line, width=width, ascii=ascii_only))


def _write_verdict(report: Report, width: int, colored: bool) -> None:
    from klderive.render.terminal import verdict_rows

    ascii_only = speaks_ascii_only(sys.stdout)
    write(styled(verdict_rows(report, width=width, ascii=ascii_only), width, colored))
