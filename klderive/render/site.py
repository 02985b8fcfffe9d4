"""All derivations as pages of HTML: one page each, an index, the errata.

Accepts reports; gives the pages by file name, so that writing them is the caller's. Pages link to each other by file
name alone, and so may be moved together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from klderive.notation import to_mathml
from klderive.notation.tree import Relation
from klderive.render.anchors import Anchors, address
from klderive.render.article import status_of
from klderive.render.html import html_page, page
from klderive.render.markup import Words, element
from klderive.render.summary import Detail, mark_of, tag
from klderive.verify import LineReport, Report

INDEX = "index.html"
ERRATA = "errata.html"
_SIDES = ("left side:", "right side:", "difference:")


def html_site(reports: Sequence[Report], *, detail: Detail = "paper") -> dict[str, str]:
    """The pages by file name: the index, the errata, and one page for each report."""
    names = _file_names(reports)
    pages = {INDEX: _index(reports, names), ERRATA: _errata(reports, names)}
    others = {r.derivation.name: name for r, name in zip(reports, names, strict=True)}
    for report, name in zip(reports, names, strict=True):
        pages[name] = html_page([report], detail=detail, index=INDEX, pages=others)
    return pages


def _file_names(reports: Sequence[Report]) -> list[str]:
    """A file name for each report, from the derivation's name, fit for every file system."""
    names: list[str] = []
    taken = {INDEX, ERRATA}
    for report in reports:
        plain = re.sub(r"[^\w-]+", "-", report.derivation.name).strip("-") or "derivation"
        name, count = f"{plain}.html", 2
        while name.lower() in taken:
            name, count = f"{plain}-{count}.html", count + 1
        taken.add(name.lower())
        names.append(name)
    return names


def _index(reports: Sequence[Report], names: Sequence[str]) -> str:
    """The list of all derivations: title, what it concludes, whether it stands."""
    rows = []
    for report, name in zip(reports, names, strict=True):
        derivation = report.derivation
        link = element("a", escape(derivation.title), href=quote(name))
        shown = element("div", escape(derivation.name), class_="name")
        conclusion = derivation.conclusion()
        if conclusion is not None:
            left, sign, right, _ = conclusion
            formula = to_mathml(Relation((left, right), (sign,)), derivation.scope)
            shown += element("div", formula, class_="formula")
        rows.append(element("tr", element("td", link + shown) + element("td", status_of(report))))
    heads = "".join(element("th", words, scope="col") for words in ("Derivation", "Status"))
    table = element("thead", element("tr", heads)) + element("tbody", "\n".join(rows))
    count = sum(len(report.errata()) for report in reports)
    errata = element("a", "Errata of the documents", href=ERRATA)
    content = (
        element("h1", "Derivations")
        + element("p", f"{errata}: {count or 'none'}")
        + element("table", table)
    )
    return page("Derivations", content)


def _errata(reports: Sequence[Report], names: Sequence[str]) -> str:
    """The false lines of all documents."""
    parts = [element("h1", "Errata")]
    for report, name in zip(reports, names, strict=True):
        if report.errata():
            parts.append(_Errata(report, name).section())
    if len(parts) == 1:
        parts.append(element("p", "No errata."))
    return page("Errata", "\n".join(parts), index=INDEX)


class _Errata:
    """The errata of one report; `name` is the file of its page."""

    def __init__(self, report: Report, name: str) -> None:
        self.report = report
        self.name = name
        self.anchors = Anchors([report.derivation])
        self.words = Words(report.derivation.scope)

    def section(self) -> str:
        """The document, then each erratum."""
        derivation = self.report.derivation
        link = element("a", escape(derivation.title), href=quote(self.name))
        rows = [element("h2", link)]
        source = derivation.source
        if source is not None:
            named = ", ".join(filter(None, (source.title, source.author, source.place)))
            rows.append(element("p", escape(named), class_="source"))
        rows += map(self.erratum, self.report.errata())
        return element("section", "\n".join(rows), class_="errata")

    def erratum(self, line: LineReport) -> str:
        """One erratum: where, printed, false, right."""
        rows = [("printed", element("del", self.formula(line)))]
        rows.append(("false", self.words.html(line.line.erratum)))
        if not line.verified:
            words = f"but this is no longer refuted: {mark_of(line).one}"
            rows.append(("", self.words.html(words)))
        example = line.verdict.counterexample
        if example is not None:
            told = example.explain()
            point = [words for words in told if not words.startswith(_SIDES)]
            if point:
                rows.append(("", self.words.html(f"for example, {'; '.join(point)}")))
            rows += [("", self.words.html(words)) for words in told if words.startswith(_SIDES)]
        right = [each for each in self.report.lines() if each.line.label in line.corrected_by]
        for other in right:
            rows.append(("right", self.formula(other)))
            rows.append(("", f"line {self.link(other)}: {mark_of(other).one}"))
        if not right:
            rows.append(("right", "not stated"))
        shown = "".join(element("dt", label) + element("dd", said) for label, said in rows)
        return element("h3", self.link(line)) + element("dl", shown)

    def formula(self, line: LineReport) -> str:
        """A line's relation in a box of its own."""
        relation = Relation((line.line.left, line.line.right), (line.line.sign,))
        shown = to_mathml(relation, self.report.derivation.scope)
        return element("div", shown, class_="formula")

    def link(self, line: LineReport) -> str:
        """The number of a line, as a link to it."""
        target = quote(self.name) + address(self.anchors.of(0, "line", line.line.label))
        return element("a", escape(tag(line.line)), href=target)
