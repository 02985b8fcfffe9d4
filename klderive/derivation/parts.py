"""The parts of a derivation: lines, the sections and lemmas they stand in, where they were written, what they follow.

A line is one relation between two written formulas with the reasons that stand beside it; a part is a list of lines.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from sympy import Basic, Symbol, Tuple

from klderive.derivation.display import Displayed
from klderive.derivation.reason import Reason
from klderive.notation.scope import Scope
from klderive.notation.tree import (
    Node,
    Relation,
    RelationSign,
)
from klderive.statement import (
    Statement,
)

Formula: TypeAlias = str | Basic
"""A formula as an author gives it: text in SymPy syntax, or a SymPy expression."""

Role = Literal["step", "definition", "assumption", "erratum"]
"""An `erratum` is a false line of the document, written as printed: it is expected to be refuted."""


class DerivationError(ValueError):
    """A derivation that is not well formed: where (file and line), what is wrong, what would be right."""

    def __init__(self, problem: str, location: Location | None = None) -> None:
        self.problem = problem
        self.location = location
        super().__init__(f"{location}: {problem}" if location else problem)


@dataclass(frozen=True, slots=True)
class Location:
    """The place in an author's file where a line was written.

    `within` is the place in a row of data, such as `content[3]`.
    """

    path: str
    line: int
    within: str = ""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}"
        return f"{place}, {self.within}" if self.within else place


@dataclass(frozen=True, slots=True)
class Source:
    """The document that a derivation follows."""

    title: str
    author: str = ""
    place: str = ""
    """Where it stands: a file, a page, an address."""


@dataclass(frozen=True, slots=True)
class Premise:
    """An axiom or a hypothesis that lines cite by name.

    `text` is its statement in words or as typed. If it is a formula, `relation` is the written tree and `statement`
    what it stands for, which holds for all values of the `parameters` in their `domains`. If it `restricts` what is
    abstract, a counterexample must meet it: `closed` says the same without free variables, where that can be said.
    """

    kind: Literal["axiom", "hypothesis"]
    name: str
    text: str = ""
    conditions: tuple[str, ...] = ()
    source: str = ""
    relation: Relation | None = None
    statement: Statement | None = None
    parameters: tuple[Symbol, ...] = ()
    domains: tuple[Tuple, ...] = ()
    closed: Statement | None = None
    restricts: bool = False


@dataclass(frozen=True, slots=True)
class Line(Displayed):
    """One relation of a derivation, as written and as checked.

    `label` is unique in the derivation (`8`, `T1.3`); `number` is the relation's number in the document. `left` and
    `right` are the written sides; `first` is the first side of the chain. `start` is the side that is printed on the
    left where the line opens the chain, takes it up again, or `restated` asks for it: the first, if the chain is one of
    equalities up to here, else `left`. A `remark` is an inline relation that a paper would put into the text.
    `over` names what a relation such as "up to" speaks of, or what tends to `to`.
    `where` gives symbols the values of a special case. `erratum` says why a false line of the document is false;
    `corrects` is the number or label of the erratum that this line puts right. `scope` says how its names are set.
    """

    label: str
    left: Node
    sign: RelationSign
    right: Node
    statement: Statement
    first: Node
    start: Node
    opening: bool
    reasons: tuple[Reason, ...] | None = None
    role: Role = "step"
    number: str = ""
    restated: bool = False
    remark: bool = False
    where: tuple[tuple[str, Node], ...] = ()
    givens: tuple[Statement, ...] = ()
    note: str = ""
    erratum: str = ""
    corrects: str = ""
    over: tuple[str, ...] = ()
    to: Node | None = None
    location: Location | None = field(default=None, compare=False)
    scope: Scope | None = field(default=None, compare=False, repr=False)

    @property
    def link(self) -> Link:
        """The relation with what it speaks of."""
        return self.sign, self.over, self.to


Link: TypeAlias = tuple[RelationSign, tuple[str, ...], Node | None]
"""A relation with what it speaks of: the sign, the names in `over`, and where they tend."""


def compose(links: Sequence[Link]) -> RelationSign | None:
    """What a chain of relations concludes about its ends, or None if it concludes nothing.

    Equalities change nothing. "Up to" and "proportional" go on over the same names; a limit stands for itself, for
    what is related to the limit's value is no longer the sequence.
    """
    others = [link for link in links if link[0] != "="]
    if not others:
        return "="
    kinds = {sign for sign, _, _ in others}
    if kinds <= {"<", "<="}:
        return "<" if "<" in kinds else "<="
    if kinds <= {">", ">="}:
        return ">" if ">" in kinds else ">="
    if len(others) == 1 or kinds == {"~"}:
        return others[0][0]
    spoken = {frozenset(over) for _, over, _ in others}
    if kinds in ({"up to"}, {"proportional"}) and len(spoken) == 1:
        return others[0][0]
    return None


@dataclass(slots=True)
class Part:
    """A section of a derivation, or a lemma with its proof."""

    kind: Literal["section", "lemma"]
    name: str = ""
    title: str = ""
    lines: list[Line] = field(default_factory=list)

    def conclusion(self) -> tuple[Node, RelationSign, Node, Line] | None:
        """What the part's last chain concludes: its first side, the composed sign, its last side, its last line."""
        lines = [
            line
            for line in self.lines
            if not line.remark and line.role not in ("definition", "erratum")
        ]
        if not lines:
            return None
        last = lines[-1]
        chain = [line for line in lines if line.first is last.first]
        composed = compose([line.link for line in chain])
        return None if composed is None else (chain[0].start, composed, last.right, last)

    def qualified(self) -> Line | None:
        """The line of the part's last chain, if there is one, that says what its conclusion speaks of."""
        conclusion = self.conclusion()
        if conclusion is None:
            return None
        chain = [line for line in self.lines if line.first is conclusion[3].first]
        return next((line for line in chain if line.over and line.role != "erratum"), None)


_HERE = os.path.dirname(os.path.abspath(__file__))


_location: ContextVar[Location | None] = ContextVar("location", default=None)


@contextmanager
def written_at(location: Location) -> Iterator[None]:
    """Let what is said within be written at a place that is no place of a program."""
    token = _location.set(location)
    try:
        yield
    finally:
        _location.reset(token)


def author_location() -> Location | None:
    """Where the author wrote what is said now: the nearest caller outside this package, unless `written_at` says."""
    if _location.get() is not None:
        return _location.get()
    frame = sys._getframe(1)
    while frame is not None:
        path = frame.f_code.co_filename
        if os.path.dirname(os.path.abspath(path)) != _HERE:
            return Location(path, frame.f_lineno)
        frame = frame.f_back  # type: ignore[assignment]
    return None
