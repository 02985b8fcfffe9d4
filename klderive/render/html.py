"""Reports as HTML: a whole page without script or network, or a piece of one for a notebook.

Accepts reports. A page is complete in itself: its style sheet is in it, its formulas are MathML, and its policy forbids
whatever it might still ask for. The sheet follows the reader's choice of light or dark, fits a telephone, and unfolds
everything in print.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from types import MappingProxyType

from klderive.derivation import Derivation, Line
from klderive.render.anchors import Anchors
from klderive.render.article import Article, line_alone
from klderive.render.markup import element
from klderive.render.summary import Detail, tag
from klderive.verify import LineReport, Report

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


@cache
def style_sheet() -> str:
    """The style sheet of every page."""
    return files("klderive.render").joinpath("page.css").read_text("utf-8")


def html_page(
    reports: Sequence[Report],
    *,
    lemma: str | None = None,
    detail: Detail = "paper",
    index: str = "",
    pages: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """A whole page with the reports; with `lemma`, only that lemma.

    `index` is the address of an index page, `pages` those of other derivations, by name.
    """
    anchors = Anchors([report.derivation for report in reports], lemma)
    articles = []
    for place, report in enumerate(reports):
        article = Article(report.derivation, report, anchors, place, detail, pages)
        articles.append(article.whole() if lemma is None else article.lemma(lemma))
    title = "; ".join(report.derivation.title for report in reports)
    return page(title, "\n".join(articles), index=index)


def html_step(report: Report, line: LineReport) -> str:
    """A whole page that explains one line: what it uses, its conditions, the normal form where there is one."""
    article = Article(report.derivation, report, detail="full")
    return page(f"{tag(line.line)}: {report.derivation.title}", article.step(line.line))


def page(title: str, content: str, *, index: str = "") -> str:
    """A whole page around finished markup."""
    head = "\n".join(
        (
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="color-scheme" content="light dark">',
            element("title", escape(title)),
            f"<style>\n{style_sheet()}</style>",
        )
    )
    home = element("nav", element("a", "All derivations", href=index)) if index else ""
    body = element("main", content)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n{head}\n</head>\n'
        f'<body class="klderive page">\n{home}{body}\n</body>\n</html>'
    )


def html_piece(derivation: Derivation, report: Report | None) -> str:
    """A derivation for a notebook, with marks if it was checked."""
    return _piece(Article(derivation, report).whole())


def html_lines(derivation: Derivation, lines: tuple[Line, ...]) -> str:
    """Some lines of a derivation for a notebook, without marks."""
    return _piece(Article(derivation, None).lines_alone(lines))


def html_line(line: Line, report: LineReport | None) -> str:
    """A line for a notebook, with its mark if it was checked."""
    return _piece(line_alone(line, report))


def _piece(content: str) -> str:
    shown = element("div", content, class_="klderive piece", lang="en")
    return f"<style>\n{style_sheet()}</style>\n{shown}"
