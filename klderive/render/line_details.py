"""What there is to unfold under a line of a page: conditions, counterexample, messages; in full, what the proof used.

Accepts a report, one of its lines, and the references of the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from klderive.render.explanation import both_sides, used
from klderive.render.markup import element
from klderive.render.references import References
from klderive.render.summary import leftover, provisos, remarks, tag
from klderive.verify import LineReport, Report


def line_details(
    report: Report, line: LineReport, references: References, *, full: bool = False
) -> str:
    """The details of a line, open where it is not simply true; with `full` also what was used, and all open."""
    words = references.words
    conditions = provisos(line, words.expression, nonzero=" ≠ 0", positive=" > 0")
    rows = [words.html(f"provided that {condition}") for condition in conditions]
    rows += _remarks(line, references)
    proof = list(_proof(report, line, references)) if full else []
    items = "".join(element("li", row) for row in (*proof, *rows))
    if not items:
        return ""
    what = ["what it uses"] if proof else []
    if line.erratum:
        what.append("why it is false")
    elif not line.verified:
        what.append("what is wrong")
    if conditions:
        what.append("condition" if len(conditions) == 1 else f"{len(conditions)} conditions")
    if line.verdict.counterexample is not None and not line.erratum and line.verified:
        what.append("example")
    of = element("span", f" at {escape(tag(line.line))}", class_="spoken")
    summary = element("summary", (", ".join(what) or "remarks") + of)
    folded = line.verified and not line.erratum and not full
    opened = "<details>" if folded else "<details open>"
    return f"{opened}{summary}<ul>{items}</ul></details>"


def _remarks(line: LineReport, references: References) -> Iterator[str]:
    """What the terminal says under a line, but for what a page says elsewhere."""
    called, written = references.called, line.line
    elsewhere = (written.note, f"corrects {called.get(written.corrects, written.corrects)}")
    for words in (*remarks(line, called), leftover(line, references.words.expression)):
        if words and words not in elsewhere and not words.startswith("right: "):
            yield references.words.html(words)
    if line.corrected_by:
        yield "right: " + ", ".join(references.cited(f"line {c}") for c in line.corrected_by)


def _proof(report: Report, line: LineReport, references: References) -> Iterator[str]:
    """What the kernel used, each with what it says, and the normal form of both sides."""
    words = references.words
    for item in used(report, line):
        shown = references.cited(item.name)
        if item.says is not None:
            shown += ": " + words.html(words.formula(item.says))
        elif item.words:
            shown += words.html(f": {item.words}")
        yield f"by {shown}"
    form = both_sides(report, line)
    if form is not None:
        yield words.html(f"both sides come to {words.formula(form)}")
