"""How a notebook displays a derivation, a chain, a line or a report.

Accepts those objects; gives HTML and LaTeX. The idea: to display is not to check. A derivation, a chain and a line are
shown as written, without marks; a report and its lines show the marks. So a cell never waits for a proof that nobody
asked for, and a mark always stands for a verdict.
"""

from __future__ import annotations

from collections.abc import Sequence

from klderive.derivation import Chain, Derivation, Line
from klderive.derivation.display import Bundle
from klderive.notation import to_latex
from klderive.notation.tree import Name, Node, Relation
from klderive.render.html import html_line, html_lines, html_piece
from klderive.render.latex import latex_fragment
from klderive.verify import LineReport, Report


def bundle(thing: object) -> Bundle:
    """The forms of an object by media type; none for an object of another kind."""
    match thing:
        case Report():
            html, latex = html_piece(thing.derivation, thing), latex_fragment(thing)
        case Derivation():
            html, latex = html_piece(thing, None), "\n".join(map(_aligned, _lines_of_parts(thing)))
        case Chain():
            html, latex = html_lines(thing.derivation, thing.lines), _aligned(thing.lines)
        case LineReport():
            html, latex = html_line(thing.line, thing), _aligned([thing.line])
        case Line():
            html, latex = html_line(thing, None), _aligned([thing])
        case _:
            return {}
    return {"text/html": html, "text/latex": latex}


def _lines_of_parts(derivation: Derivation) -> list[list[Line]]:
    return [part.lines for part in derivation.parts if part.lines]


def _aligned(lines: Sequence[Line]) -> str:
    """Lines as one display, each chain with its first side once."""
    rows = []
    current: Node | None = None
    for line in lines:
        opens = line.restated or line.first is not current
        current = line.first
        left = line.start if opens else Name("x")
        relation = to_latex(Relation((left, line.right), (line.sign,)), line.scope)
        # The sign stands right behind the left side, so the stand-in is what is before it.
        shown = to_latex(left, line.scope)
        rest = relation.removeprefix(shown)
        rows.append(f"{shown if opens else ''} &{rest}")
    return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}" if rows else ""
