"""Which conditions stand under a line: those that no line above has, for each is said once.

Accepts the lines of a page in order. A line whose conditions all stand under one line above refers to that line; one
whose conditions stand under several says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sympy import Expr

from klderive.derivation import Line
from klderive.render.summary import provisos, tag
from klderive.verify import LineReport


class Provisions:
    """The conditions that a page has said so far, each with what the line is called that it stands under.

    Two conditions are one if they read the same: so the reader sees them.

    Args:
        called: what lines are called on this page, by label, if not by number or label.
    """

    def __init__(self, called: Mapping[str, str] | None = None) -> None:
        self._called = called or {}
        self._place: dict[str, Line] = {}

    def said(
        self, line: LineReport, shown: Callable[[Expr], str], *, nonzero: str, positive: str
    ) -> str:
        """What is to be said of a line's conditions; empty if there is nothing to say. Call it once a line.

        Args:
            line: the line.
            shown: prints a formula.
            nonzero: what stands after a formula that is not 0.
            positive: what stands after a formula that is positive.
        """
        conditions = provisos(line, shown, nonzero=nonzero, positive=positive)
        fresh = [words for words in conditions if words not in self._place]
        if fresh:
            self._place.update(dict.fromkeys(fresh, line.line))
            also = "" if len(fresh) == len(conditions) else "also "
            return f"provided {also}that {'; '.join(fresh)}"
        places = {self._place[words].label: self._place[words] for words in conditions}
        if len(places) != 1:
            return ""
        ((label, there),) = places.items()
        place = self._called.get(label, tag(there))
        if [other.label for other in self._place.values()].count(label) == len(conditions):
            return f"conditions as at {place}"
        kind = "a condition" if len(conditions) == 1 else "conditions"
        return f"{kind} among those at {place}"
