r"""Sets the lines of a part in one of the layouts.

Accepts entries: a line's formula in rows, its reason, its number, what is said under it. In `align` reason and number
are the row's `\tag*`, which amsmath sets at the right margin where there is room and below the row where there is none,
so that they never collide; words too long for a tag become a row of their own. In `split` a letter above each sign
leads to the reasons below the chain, which has one number. In `table` line and reason stand in boxes side by side.

A chain in `split` is one equation with a `split` in it, if that is sure to fit on a page; it could not be broken at the
end of one. A longer chain is an `align*`, with the number beside its last row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from klderive.render.latex_style import NARROW, LatexStyle

_CHARACTER = 0.45
"""Ems of a character of a reason, in small letters."""
_BREAK = r"\newline "
"""Between what is said under a line; unlike a double backslash it takes no square bracket for its own."""
_FORMULA_SHARE = 0.62
_REASON_SHARE = 0.34


@dataclass(slots=True)
class Entry:
    """A line as it is to be set.

    `rows` are the formula's rows, with their indents; `length` estimates the characters of the reason in print;
    `comments` are said below it. `number` is what it is called, `label` its key for references.
    """

    rows: list[str]
    reason: str = ""
    length: int = 0
    number: str = ""
    label: str = ""
    letter: str = ""
    comments: list[str] = field(default_factory=list)


Row: TypeAlias = tuple[str, bool]
"""A row of a display, and whether a page may end after it: it may not where a row only leads to the next."""


def display(rows: Sequence[Row]) -> Iterator[str]:
    """Rows as one display."""
    yield r"\begin{align*}"
    for position, (row, ends) in enumerate(rows):
        yield row + ("" if position == len(rows) - 1 else r" \\" if ends else r" \\*")
    yield r"\end{align*}"


def comment(words: str, indent: float) -> Row:
    """Words as a row of a display."""
    box = rf"\parbox{{\dimexpr\linewidth-{indent}em}}{{\footnotesize\raggedright {words}}}"
    return rf"&\hspace{{{indent}em}}{box}", True


def numbered(entry: Entry, style: LatexStyle) -> tuple[str, str]:
    """What stands at an entry's row to count it, and its number."""
    if style.number == "none":
        return "", ""
    if style.number == "each":
        return rf"\numberedline{{{entry.label}}}", r"(\theequation)"
    return "", entry.number


def align(
    items: Sequence[Entry | str], style: LatexStyle, indent: float, width: float
) -> Iterator[str]:
    """One display; words between the entries are rows of it."""
    rows: list[Row] = []
    for item in items:
        if isinstance(item, str):
            rows.append((rf"&\text{{{item}}}", False))
            continue
        count, number = numbered(item, style)
        beside = item.reason if item.length * _CHARACTER <= width - 4 else ""
        tag = r"\quad ".join(filter(None, (beside, number)))
        rows += [(f"&{row}", False) for row in item.rows[:-1]]
        last = f"&{count}{item.rows[-1]}"
        rows.append((rf"{last} \tag*{{\footnotesize {tag}}}" if tag else last, True))
        if item.reason and not beside:
            rows.append(comment(item.reason, indent))
        if item.comments:
            rows.append(comment(_BREAK.join(item.comments), indent))
    yield from display(rows)


def split(
    items: Sequence[Entry | str], style: LatexStyle, indent: float, width: float
) -> Iterator[str]:
    """One number for the entries, their reasons below."""
    rows: list[Row] = []
    entries = [item for item in items if isinstance(item, Entry)]
    for item in items:
        if isinstance(item, str):
            rows.append((rf"&\text{{{item}}}", False))
        else:
            rows += [(f"&{row}", row is item.rows[-1]) for row in item.rows]
    number = ""
    if style.number == "document" and entries:
        number = entries[0].number
        if len(entries) > 1:
            number += rf"\,--\,{entries[-1].number}"
    tag = rf"\tag*{{\footnotesize {number}}}" if number else ""
    # Who refers to a line is led to the number of its chain.
    keys = [entry.label for entry in entries] if style.number == "each" else []
    if sum(_height(row) for row, _ in rows) <= style.height:
        yield from _equation(rows, tag, keys)
    else:
        if keys:
            count, number = numbered(entries[-1], style)
            tag = rf"\tag*{{\footnotesize {number}}}"
            last = rows[-1][0].removeprefix("&")
            others = "".join(rf"\samenumber{{{key}}}" for key in keys[:-1])
            rows[-1] = (f"&{count}{others}{last}", True)
        if tag:
            rows[-1] = (f"{rows[-1][0]} {tag}", True)
        yield from display(rows)
    said = [
        rf"({entry.letter})~" + "; ".join(filter(None, (entry.reason, *entry.comments)))
        for entry in entries
        if entry.reason or entry.comments
    ]
    if said:
        yield rf"{{\footnotesize\raggedright {'. '.join(said)}.\par}}"


def _equation(rows: Sequence[Row], tag: str, keys: Sequence[str]) -> Iterator[str]:
    """Rows as one equation, with a tag, or with the paper's number, to which all keys lead."""
    name = "equation" if keys else "equation*"
    yield rf"\begin{{{name}}}" + (rf"\label{{{keys[0]}}}" if keys else "")
    yield r"\begin{split}"
    for position, (row, _) in enumerate(rows):
        yield row + ("" if position == len(rows) - 1 else r" \\")
    yield r"\end{split}"
    if tag:
        yield tag
    yield from (rf"\samenumber{{{key}}}" for key in keys[1:])
    yield rf"\end{{{name}}}"


_TALL = re.compile(r"\\(frac|int|sum|prod|lim|operatorname\*|arg(min|max))\b|\\biggl")
_FLAT_ROW, _TALL_ROW, _ROW_OF_CASES, _LABEL = 1.9, 3.3, 1.5, 1.2
"""Ems that rows are high at most, with the space below them; that each row of a formula by cases adds, or a label."""


def _height(row: str) -> float:
    """The ems that a row of a display is high at most."""
    cases = row.count(r"\\") + row.count(r"\begin{cases}")
    height = _TALL_ROW if _TALL.search(row) else _FLAT_ROW
    return height + cases * _ROW_OF_CASES + (_LABEL if r"\underbrace" in row else 0.0)


def table(
    items: Sequence[Entry | str], style: LatexStyle, indent: float, width: float
) -> Iterator[str]:
    """Line and reason side by side; in a narrow column the reason stands below."""
    narrow = width < NARROW
    left, right = (1.0, 1.0) if narrow else (_FORMULA_SHARE, _REASON_SHARE)
    for item in items:
        if isinstance(item, str):
            yield rf"\par\smallskip\noindent {item}"
            continue
        count, number = "", item.number if style.number == "document" else ""
        if style.number == "each":
            count = rf"\refstepcounter{{equation}}\label{{{item.label}}}"
            number = r"(\theequation)"
        number = rf"\hspace*{{1em}}\hfill\mbox{{{number}}}" if number else ""
        reason = item.reason or r"\strut"
        formula = r"\\[2pt] ".join(rf"$\displaystyle {row}$" for row in item.rows)
        yield rf"\par\smallskip\noindent{count}%"
        yield rf"\begin{{minipage}}[t]{{{left}\linewidth}}\raggedright {formula}\end{{minipage}}%"
        yield r"\par\noindent\hspace*{\fill}%" if narrow else r"\hfill"
        yield (
            rf"\begin{{minipage}}[t]{{{right}\linewidth}}\footnotesize"
            rf"\rightskip=0pt plus 1fil\parfillskip=0pt {reason}{number}"
            rf"\end{{minipage}}"
        )
        if item.comments:
            words = _BREAK.join(item.comments)
            yield rf"\par\noindent\hspace*{{{indent}em}}%"
            yield (
                rf"\parbox{{\dimexpr\linewidth-{indent}em}}{{\footnotesize\raggedright {words}}}"
            )
    yield r"\par\medskip"


def formula_width(style: LatexStyle, width: float) -> float:
    """The ems that a formula may fill in a part of this width."""
    if style.layout == "table" and width >= NARROW:
        return width * _FORMULA_SHARE
    return width


LAYOUTS = {"align": align, "split": split, "table": table}
