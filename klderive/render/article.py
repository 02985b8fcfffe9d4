"""A derivation as HTML: title, declarations, lines with their marks and reasons, what it stands on.

Accepts a derivation, with its report if it was checked; without one, lines have no marks, and nothing is claimed of
them.
The idea: semantic elements only (a list of lines, headings, details to unfold); all looks are the style sheet's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from html import escape
from types import MappingProxyType

from klderive.derivation import Derivation, Line, Part
from klderive.notation import Scope, to_mathml
from klderive.notation.tree import Node, Relation, RelationSign
from klderive.render.anchors import Anchors, address
from klderive.render.declared import assumptions, values
from klderive.render.dependence import conclusion_stands
from klderive.render.drawing import drawn
from klderive.render.line_details import line_details
from klderive.render.marks import ERRATUM, MARKS, Mark
from klderive.render.markup import Words, element, listed
from klderive.render.pictures import PlotError, picture
from klderive.render.references import References
from klderive.render.standing import standing
from klderive.render.summary import (
    Detail,
    closing,
    mark_of,
    qualification,
    tag,
    tally,
)
from klderive.verify import LineReport, Report


class Article:
    """A derivation in the making; `place` is where it stands among those of the page.

    Without `anchors` nothing can be linked to, so that the same article may stand on a page several times. With the
    detail `brief` proofs are left out; with `full` each line says what the kernel used for it. `pages` are the files of
    other derivations, by name.
    """

    def __init__(
        self,
        derivation: Derivation,
        report: Report | None,
        anchors: Anchors | None = None,
        place: int = 0,
        detail: Detail = "paper",
        pages: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.derivation = derivation
        self.detail = detail
        self.report = report
        self.scope = derivation.scope
        self.references = References(derivation, anchors, place, pages)
        self.words = self.references.words
        self.checked: dict[str, LineReport] = {}
        if report is not None:
            self.checked = {line.line.label: line for line in report.lines()}

    # The parts

    def whole(self) -> str:
        """The article from its title to what it stands on."""
        parts = [self.heading(), *map(self.part, self.derivation.parts), self.conclusion()]
        parts.append(self.picture())
        if self.report is not None and self.detail != "brief":
            parts.append(standing(self.report, self.references))
        return element("article", "\n".join(filter(None, parts)))

    def lemma(self, name: str) -> str:
        """An article of one lemma."""
        return element("article", self.part(self.derivation.lemmas[name]))

    def step(self, line: Line) -> str:
        """An article of one line, explained."""
        heading = element("h1", f"Line {escape(tag(line))}")
        source = element("p", escape(self.derivation.title), class_="source")
        part = next(part for part in self.derivation.parts if line in part.lines)
        if part.kind == "lemma":
            source += element("p", f"Lemma {escape(part.name)}", class_="source")
        elif part.title:
            source += element("p", self.words.html(part.title), class_="source")
        said = self.words.html(values(line, self.words.formula))
        where = element("p", said, class_="where") if said else ""
        items = list(self.line(line, True, True))
        return element("article", "\n".join((heading, source, where, *self.listed(items, "line"))))

    def lines_alone(self, lines: tuple[Line, ...]) -> str:
        """An article of some lines and nothing else."""
        return element("article", self.lines(lines, "lines"))

    def heading(self) -> str:
        """Title, source, assumptions on symbols, status."""
        derivation = self.derivation
        rows = [element("h1", escape(derivation.title))]
        source = derivation.source
        if source is not None:
            titled = source.title if source.title != derivation.title else ""
            named = ", ".join(filter(None, (titled, source.author, source.place)))
            if named:
                rows.append(element("p", f"After {escape(named)}", class_="source"))
        declared = "; ".join(assumptions(derivation, self.words.formula))
        if declared:
            rows.append(element("p", self.words.html(f"for {declared}"), class_="declared"))
        rows.append(self.status())
        return element("header", "\n".join(rows))

    def status(self) -> str:
        """Whether the derivation stands, with the tally."""
        if self.report is None:
            return element("p", "not checked", class_="status unchecked")
        return status_of(self.report)

    def part(self, part: Part) -> str:
        """A section or a lemma, with its heading."""
        rows = []
        anchor = ""
        if part.kind == "lemma":
            title = (
                element("span", self.words.html(part.title), class_="title") if part.title else ""
            )
            name = f"Lemma {escape(part.name)}"
            rows.append(element("h2", f"{name} {title}".strip()))
            anchor = self.references.anchor("lemma", part.name)
            conclusion = part.conclusion()
            if conclusion is not None:
                rows.append(self.statement(*conclusion[:3], part.qualified()))
        elif part.title and self.detail != "brief":
            rows.append(element("h2", self.words.html(part.title)))
        if self.detail != "brief" and part.lines:
            label = f"Proof of lemma {part.name}" if part.kind == "lemma" else part.title
            rows.append(self.lines(tuple(part.lines), label or "lines"))
        if not rows:
            return ""
        return element("section", "\n".join(rows), id=anchor, class_=part.kind)

    def conclusion(self) -> str:
        """What follows in the end, and the closing words."""
        conclusion = self.derivation.conclusion()
        rows = []
        if conclusion is not None:
            left, sign, right, line = conclusion
            said = values(line, self.words.formula)
            established = self.report is None or conclusion_stands(self.report)
            lead = "So" if established else "Not established:"
            if said:
                lead += f" ({said})"
            rows.append(element("p", self.words.html(lead)))
            rows.append(self.statement(left, sign, right, self.derivation.qualified()))
        if self.report is not None:
            rows.append(element("p", self.words.html(closing(self.report)), class_="closing"))
        return element("section", "\n".join(rows), class_="conclusion") if rows else ""

    def picture(self) -> str:
        """The picture of a derivation that has one, if its lines stand."""
        if self.report is None or not self.report.verified:
            return ""
        with suppress(PlotError):
            shown = drawn(picture(self.derivation), self.scope)
            return element("section", element("h2", "Picture") + shown, class_="pictures")
        return ""

    def statement(self, left: Node, sign: RelationSign, right: Node, qualified: Line | None) -> str:
        """What a lemma or the whole states."""
        shown = self.formula(Relation((left, right), (sign,)))
        words = qualification(qualified, self.words.formula, "→")
        rest = element("p", self.words.html(words), class_="over") if words else ""
        return element("div", shown + rest, class_="statement")

    # Lines

    def lines(self, lines: tuple[Line, ...], label: str) -> str:
        """The lines of a part as a list, one list for each special case."""
        done: list[str] = []
        items: list[str] = []
        where: tuple[tuple[str, Node], ...] = ()
        current: Node | None = None
        for position, line in enumerate(lines):
            if line.where != where:
                done += self.listed(items, label)
                items = []
                where = line.where
                if where:
                    words = self.words.html(values(line, self.words.formula))
                    done.append(element("p", words, class_="where"))
            opens = line.opening or (not line.remark and line.first is not current)
            if not line.remark:
                current = line.first
            following = lines[position + 1] if position + 1 < len(lines) else None
            alone = following is None or following.first is not line.first
            together = alone or line.restated or line.role == "definition"
            items += self.line(line, opens or line.restated, together)
        done += self.listed(items, label)
        return "\n".join(done)

    @staticmethod
    def listed(items: list[str], label: str) -> Iterator[str]:
        """The list of lines, if there are any."""
        if items:
            yield element("ol", "\n".join(items), role="list", class_="lines", aria_label=label)

    def line(self, line: Line, left_shown: bool, together: bool) -> Iterator[str]:
        """A line as an item of the list, its left side as one before it unless both stand together."""
        remark = "remark" if line.remark else ""
        if left_shown and not together:
            yield element("li", self.formula(line.start), class_=f"opening {remark}".strip())
        if left_shown and together:
            formula = self.formula(Relation((line.start, line.right), (line.sign,)), line)
        else:
            formula = self.formula(line.right, line, line.sign)
        report = self.checked.get(line.label)
        mark = mark_of(report) if report is not None else None
        kind = mark.one.replace(" ", "-") if mark is not None else "unchecked"
        if not (left_shown and together):
            kind += " step"
        body = line_body(formula, self.reasons(line, report), self.number(line))
        content = self.mark(mark) + body + self.said(line, report)
        anchor = self.references.anchor("line", line.label)
        yield element("li", content, id=anchor, class_=f"line {kind} {remark}".strip())

    @staticmethod
    def mark(mark: Mark | None) -> str:
        """The mark of a line, its word for those who do not see it."""
        if mark is None:
            return element("span", "", class_="mark")
        sign = element("span", mark.sign, aria_hidden="true")
        word = element("span", f"{mark.one}: ", class_="spoken")
        return element("span", sign + word, class_="mark", title=mark.one)

    def number(self, line: Line) -> str:
        """The number of a line in the document, or its label, as a link to the line itself."""
        called = escape(tag(line))
        anchor = self.references.anchor("line", line.label)
        if not anchor:
            return element("span", called, class_="number")
        own = self.references.anchor("number", line.label)
        return element("a", called, id=own, href=address(own or anchor), class_="number")

    def formula(
        self, node: Node, line: Line | None = None, after: RelationSign | None = None
    ) -> str:
        """A formula in a box of its own, struck if it is a false line of the document."""
        shown = to_mathml(node, self.scope, after=after)
        if line is not None and line.role == "erratum":
            shown = element("del", shown)
        return element("div", shown, class_="formula")

    def reasons(self, line: Line, report: LineReport | None) -> str:
        """The words beside a line, with links to the lines and lemmas that they name."""
        written = tuple(map(str, line.reasons or ()))
        names = report.reasons if report is not None else written
        cited = listed([self.references.cited(name) for name in names])
        if line.role == "erratum":
            lead = mark_of(report).one if report is not None else ERRATUM.one
            cited = element("strong", lead) + (f", said to follow from {cited}" if cited else "")
        elif report is not None and not report.verified:
            lead = element("strong", mark_of(report).one)
            cited = f"{lead}: {cited}" if cited else lead
        elif report is not None and report.verdict.status == "assumed":
            cited = f"assumed: {cited}" if cited else "assumed"
        qualified = self.words.html(qualification(line, self.words.formula, "→"))
        return "; ".join(filter(None, (qualified, cited)))

    def said(self, line: Line, report: LineReport | None) -> str:
        """What there is to say of a line: in view its note and what it corrects, the rest to unfold."""
        shown = []
        if line.corrects:
            references = self.references
            target = references.label_of(line.corrects)
            link = references.link("line", target, references.called.get(target, line.corrects))
            shown.append(element("p", f"corrects {link}", class_="note"))
        if line.note:
            shown.append(element("p", self.words.html(line.note), class_="note"))
        if report is not None:
            assert self.report is not None
            full = self.detail == "full"
            shown.append(line_details(self.report, report, self.references, full=full))
        return "".join(shown)


def line_body(formula: str, reason: str, number: str) -> str:
    """A formula with its reason and its number, which stand below it where there is no room beside it."""
    beside = element("div", element("div", reason, class_="reason") + number, class_="beside")
    return element("div", formula + beside, class_="body")


def line_alone(line: Line, report: LineReport | None) -> str:
    """One line outside its derivation: its mark, the relation, the reason."""
    relation = Relation((line.left, line.right), (line.sign,))
    formula = element("div", to_mathml(relation, line.scope), class_="formula")
    mark = mark_of(report) if report is not None else None
    names = report.reasons if report is not None else tuple(map(str, line.reasons or ()))
    words = Words(line.scope or Scope()).html(", ".join(names))
    body = line_body(formula, words, element("span", escape(tag(line)), class_="number"))
    kind = mark.one.replace(" ", "-") if mark is not None else "unchecked"
    item = element("li", Article.mark(mark) + body, class_=f"line {kind}")
    return element("ol", item, role="list", class_="lines")


def status_of(report: Report) -> str:
    """Whether a derivation stands, with the tally."""
    mark = MARKS["proved" if report.verified else "refuted"]
    word = "verified" if report.verified else "not verified"
    sign = element("span", mark.sign, class_="mark", aria_hidden="true")
    kind = "proved" if report.verified else "refuted"
    return element("p", f"{sign} {word}; {escape(tally(report))}", class_=f"status {kind}")
