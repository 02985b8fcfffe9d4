r"""Sets the lines of a part in one of the layouts.

Accepts entries: a line's formula in rows, its reason, its number, what is said under it. In `align` reason and number
are the row's `\tag*`, which amsmath sets at the right margin where there is room and below the row where there is none,
so that they never collide; words too long for a tag become a row of their own. In `split` a letter above each sign
leads to the reasons below the chain, which has one number. In `table` line and reason stand in boxes side by side.

A chain in `split` is an `align*` and not a `split`, which could not be broken at the end of a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from klderive.render.latex_style import NARROW, LatexStyle

_CHARACTER = 0.45
"""Ems of a character of a reason, in small letters."""
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
        rows += [comment(words, indent) for words in item.comments]
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
    if entries:
        count, number = numbered(entries[-1], style)
        if style.number == "document" and len(entries) > 1:
            number = rf"{entries[0].number}\,--\,{entries[-1].number}"
        if style.number == "each":
            # The lines above have no number of their own: who refers to them is led to that of the chain.
            count += "".join(rf"\samenumber{{{entry.label}}}" for entry in entries[:-1])
        if number:
            last = rows[-1][0].removeprefix("&")
            rows[-1] = (rf"&{count}{last} \tag*{{\footnotesize {number}}}", True)
    yield from display(rows)
    said = [
        rf"({entry.letter})~" + "; ".join(filter(None, (entry.reason, *entry.comments)))
        for entry in entries
        if entry.reason or entry.comments
    ]
    if said:
        yield rf"{{\footnotesize\raggedright {'. '.join(said)}.\par}}"


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
        for words in item.comments:
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
