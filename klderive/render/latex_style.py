r"""How a paper wants its LaTeX: the layout, the numbers, the macros, the page; and the preamble that goes with it.

The width of a row is reckoned in ems of the paper's own size, since rows are broken before LaTeX sees them. The page of
a whole document is A4 with margins of 25 mm; for another page the width of the text can be given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Layout = Literal["align", "split", "table"]
"""A reason beside each line; one number for a chain, with its reasons below; two columns, line and reason."""

Numbering = Literal["document", "none", "each"]
"""The numbers of the document that is followed; none; those of the paper, with labels."""

_TEXT_POINTS = 455.2
"""A4 without margins of 25 mm."""
_TEXT_HEIGHT_POINTS = 702.8
_FILLED = 0.9
"""The part of a page that one equation may fill."""
_COLUMN_GAP = 10.0
_POINTS = {10: 10.0, 11: 10.95, 12: 12.0}
_SPARE = 0.055
"""The part of the width that is left for what the estimate of a formula's width misses."""
NARROW = 30.0
"""Ems under which a column has no room for a formula and words side by side."""


@dataclass(frozen=True, slots=True)
class LatexStyle:
    r"""The choices of a paper.

    Attributes:
        layout: how lines and reasons stand.
        number: which numbers the lines have.
        macros: whether `\KL{P}{Q}`, `\E` and the like stand in place of literal notation.
        environments: whether lemmas are `lemma` and `proof` environments.
        size: of the letters, in points: 10, 11 or 12.
        columns: one or two.
        text_width: the width of a column in ems, if the page is another one.
    """

    layout: Layout = "align"
    number: Numbering = "document"
    macros: bool = False
    environments: bool = False
    size: int = 10
    columns: int = 1
    text_width: float | None = None

    @property
    def width(self) -> float:
        """The ems that a row may fill, in the estimate of the notation room."""
        column = self.text_width
        if column is None:
            points = (_TEXT_POINTS - _COLUMN_GAP * (self.columns - 1)) / self.columns
            column = points / _POINTS[self.size]
        return column * (1 - _SPARE)

    @property
    def height(self) -> float:
        """The ems that an equation may be high: on another page, half as much as on this one."""
        share = _FILLED if self.text_width is None else _FILLED / 2
        return _TEXT_HEIGHT_POINTS / _POINTS[self.size] * share


MACROS = (
    r"\providecommand{\KL}[2]"
    r"{D_{\mathrm{KL}}\mathopen{}\left(#1 \parallel #2\right)\mathclose{}}",
    r"\providecommand{\E}{\mathbb{E}}",
    r"\providecommand{\Var}{\operatorname{Var}}",
    r"\providecommand{\argmin}{\operatorname*{arg\,min}}",
    r"\providecommand{\argmax}{\operatorname*{arg\,max}}",
)
"""What a formula's macros stand for, unless the paper says otherwise."""

_NUMBERED = (
    r"\makeatletter",
    # amsmath typesets a display twice, the first time only to measure it.
    r"\providecommand{\numberedline}[1]"
    r"{\ifmeasuring@\else\refstepcounter{equation}\ltx@label{#1}\fi}",
    r"\providecommand{\samenumber}[1]{\ifmeasuring@\else\ltx@label{#1}\fi}",
    r"\makeatother",
)


def definitions(style: LatexStyle) -> list[str]:
    """The commands that a fragment in this style needs; a paper's own definitions of them stand."""
    rows = list(MACROS) if style.macros else []
    return rows + (list(_NUMBERED) if style.number == "each" else [])


def preamble(style: LatexStyle) -> str:
    """The preamble of a whole document."""
    options = f"fleqn,{style.size}pt" + (",twocolumn" if style.columns == 2 else "")
    rows = [
        rf"\documentclass[{options}]{{article}}",
        r"\usepackage[T1]{fontenc}",
        r"\usepackage[utf8]{inputenc}",
        r"\usepackage{lmodern}",
        r"\usepackage{microtype}",
        r"\usepackage{amsmath,amssymb,mathtools}",
    ]
    if style.environments:
        rows += [r"\usepackage{amsthm}", r"\newtheorem{lemma}{Lemma}"]
    rows += [
        r"\usepackage[a4paper,margin=25mm]{geometry}",
        rf"\setlength{{\columnsep}}{{{_COLUMN_GAP:g}pt}}",
        r"\setlength{\mathindent}{0pt}",
        r"\setlength{\parindent}{0pt}",
        r"\setlength{\parskip}{\smallskipamount}",
        r"\emergencystretch=3em",
        r"\raggedbottom",
        *definitions(style),
    ]
    return "\n".join(rows) + "\n"
