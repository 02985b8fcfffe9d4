"""Lines from textbooks and from what other systems accept, true and false, through `prove`.

The files beside this one hold them, a table `[[line]]` each:

    lhs, rhs        the two sides, as text
    relation        "=" unless given; with `over` and `to` as `prove` takes them
    symbols         what the names mean; `[symbols]` at the top of the file holds for all its lines
    assuming        relations between the symbols
    holds           whether the line is true wherever its assumptions hold
    verdict         what `prove` answers: "proved" or "refuted", or "undecided" where klderive does not reach
    source          where the line is from, or what makes it tempting

What may never happen, whatever `verdict` says: a false line proved, a true line refuted.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from klderive import prove

FILES = sorted(Path(__file__).parent.glob("*.toml"))


def _lines() -> list[Any]:
    return [
        pytest.param(
            {**line, "symbols": {**content.get("symbols", {}), **line.get("symbols", {})}},
            id=f"{path.stem}-{i}",
        )
        for path in FILES
        for content in (tomllib.loads(path.read_text(encoding="utf-8")),)
        for i, line in enumerate(content["line"], 1)
    ]


@pytest.mark.parametrize("line", _lines())
def test_line(line: dict[str, Any]) -> None:
    possible = ("proved", "undecided") if line["holds"] else ("refuted", "undecided")
    assert line["verdict"] in possible, "the file expects what may never be"
    verdict = prove(
        line["lhs"],
        line["rhs"],
        line.get("relation", "="),
        assuming=line.get("assuming", ()),
        over=line.get("over", ()),
        to=line.get("to"),
        symbols=line["symbols"],
    )
    assert verdict.status == line["verdict"], verdict


def test_a_line_stands_once() -> None:
    lines = [repr(sorted(parameters.values[0].items())) for parameters in _lines()]
    assert len(lines) == len(set(lines))
