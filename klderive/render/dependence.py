"""What rests on what in a derivation: a tree from what it concludes down to definitions, cited facts and axioms.

Accepts a report. The idea: a chain stands for its lines together; below it stands what they need, each once with the
lines that need it. What stands in the tree already is named again, but not unfolded again. The roots are the chains
that no other line cites, that of the conclusion first, then what is nested too deep to be read.

Caveats: errata are left out, since nothing rests on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from klderive.derivation import Line
from klderive.derivation.parts import compose
from klderive.notation.tree import Node, Relation
from klderive.render.declared import values
from klderive.render.summary import qualification, tag
from klderive.theories import THEORIES
from klderive.verify import LineReport, Report, Support, words_for

Kind = Literal[
    "lines", "lemma", "definition", "cited fact", "axiom", "hypothesis", "rules", "conditions"
]
_RULES = frozenset(("logarithms", "linearity", "witness")) | THEORIES

DEEPEST = 8
"""How many statements may be nested; what lies deeper is a root."""


@dataclass(frozen=True, slots=True)
class Dependence:
    """A statement with what it needs.

    Attributes:
        kind: what it is; `lines` is a chain down to one of its lines.
        name: what it is called in print.
        label: the line where it stands, if there is one.
        relation: what a chain or a lemma concludes.
        qualified: the lines of a chain that say what its conclusion speaks of, or for which values it holds.
        lines: the labels of the lines above it that need it.
        below: what it needs itself.
        unfolded: where in the tree stands what it needs; `below` if it would be nested too deep here.
        established: whether all of its own lines stand.
        support: what is known of an axiom, a hypothesis or a cited fact.
    """

    kind: Kind
    name: str
    label: str = ""
    relation: Relation | None = None
    qualified: tuple[Line, ...] = ()
    lines: tuple[str, ...] = ()
    below: tuple[Dependence, ...] = ()
    unfolded: Literal["here", "above", "below"] = "here"
    established: bool = True
    support: Support | None = None

    def qualification(self, shown: Callable[[Node], str], arrow: str) -> str:
        """What its conclusion speaks of, and for which values it holds, in words; often nothing."""
        said = [
            w
            for line in self.qualified
            for w in (qualification(line, shown, arrow), values(line, shown))
        ]
        return "; ".join(filter(None, said))


def dependences(report: Report) -> tuple[Dependence, ...]:
    """The roots of the tree of a derivation."""
    return tuple(_Growing(report).roots())


def conclusion_stands(report: Report) -> bool:
    """Whether everything stands that the conclusion rests on, whatever becomes of the other lines."""
    pending = list(dependences(report)[:1])
    while pending:
        item = pending.pop()
        if not item.established or item.unfolded == "below":
            return report.verified
        pending += item.below
    return True


class _Growing:
    """A tree in the making."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.lines = [line for line in report.lines() if not line.erratum]
        self.by_label = {line.line.label: line for line in self.lines}
        self.ends: dict[str, str] = {}
        for part in report.parts:
            conclusion = part.part.conclusion() if part.part.kind == "lemma" else None
            if conclusion is not None:
                self.ends[f"lemma {part.part.name}"] = conclusion[3].label
        self.supports = {
            support.text: support
            for support in report.supports
            if support.kind in ("cited fact", "axiom", "hypothesis")
        }
        self.definitions = {
            name: line.line.label
            for line in self.lines
            if line.verdict.status == "definition"
            for name in line.verdict.uses
        }
        self.unfolded: set[str] = set()
        self.postponed: list[str] = []
        self.depth = 0

    def roots(self) -> Iterator[Dependence]:
        """The chains that nothing rests on."""
        conclusion = self.report.derivation.conclusion()
        last = conclusion[3].label if conclusion is not None else ""
        last = last if last in self.by_label else ""
        cited = {
            self.ends.get(name, name.removeprefix("line "))
            for line in self.lines
            for name in line.verdict.uses
        }
        ends: dict[str, str] = {}
        for line in self.lines:
            if line.verdict.status != "definition":
                ends[next(self.down_to(line)).line.label] = line.line.label
        free = [label for label in ends.values() if label not in cited and label != last]
        for label in filter(None, (last, *free)):
            yield self.chain(label)
        for label in self.postponed:
            if label not in self.unfolded:
                yield self.chain(label)

    def chain(self, label: str, lines: tuple[str, ...] = (), lemma: str = "") -> Dependence:
        """A chain down to a line, as the lemma that it is the proof of or by itself."""
        end = self.by_label[label]
        whole = list(self.down_to(end))
        sign = compose([line.line.link for line in whole])
        relation = Relation((end.line.left, end.line.right), (end.line.sign,))
        spoken = [end.line] if end.line.over else []
        if sign is not None:
            relation = Relation((whole[0].line.left, end.line.right), (sign,))
            spoken = [line.line for line in whole if line.line.over][:1]
        unfolded: Literal["here", "above", "below"] = "here"
        below: tuple[Dependence, ...] = ()
        if label in self.unfolded:
            unfolded = "above"
        elif self.depth == DEEPEST:
            unfolded = "below"
            self.postponed.append(label)
        else:
            self.unfolded.add(label)
            self.depth += 1
            below = tuple(self.parts(whole))
            self.depth -= 1
        return Dependence(
            "lemma" if lemma else "lines",
            f"lemma {lemma}" if lemma else tag(end.line),
            label,
            relation,
            tuple(spoken) or ((end.line,) if end.line.where else ()),
            lines,
            below,
            unfolded,
            all(line.verified for line in whole),
        )

    def down_to(self, end: LineReport) -> Iterator[LineReport]:
        """The lines of a chain from its first to one of them."""
        own = [line for line in self.lines if line.line.first is end.line.first]
        own = own[: own.index(end) + 1]
        start = max((i for i, line in enumerate(own) if line.line.opening), default=0)
        yield from own[start:]

    def parts(self, whole: Sequence[LineReport]) -> Iterator[Dependence]:
        """What a chain needs; as far down as it stands in the tree already, it is named only."""
        known = [i for i, line in enumerate(whole[:-1]) if line.line.label in self.unfolded]
        if known:
            label = whole[known[-1]].line.label
            yield self.chain(label, (whole[known[-1] + 1].line.label,))
            whole = whole[known[-1] + 1 :]
        found = tuple(self.below(whole))
        if not known and all(item.kind == "conditions" for item in found):
            yield Dependence("rules", "plain algebra")
        yield from found

    def below(self, lines: Sequence[LineReport]) -> Iterator[Dependence]:
        """What some lines of a chain need, in the order of first need; rules and conditions last."""
        needed: dict[str, list[str]] = {}
        own = {f"line {line.line.label}" for line in lines}
        for line in lines:
            for name in self.needs(line):
                if name not in own:
                    needed.setdefault(name, []).append(line.line.label)
        for name, labels in needed.items():
            if name not in _RULES:
                yield self.need(name, tuple(dict.fromkeys(labels)))
        rules = [name for name in needed if name in _RULES]
        if rules:
            said = {
                reason.name or reason.kind: str(reason)
                for line in lines
                for reason in line.line.reasons or ()
            }
            yield Dependence("rules", ", ".join(said.get(rule, rule) for rule in rules))
        yield from self.conditions(lines)

    @staticmethod
    def conditions(lines: Sequence[LineReport]) -> Iterator[Dependence]:
        """The lines that hold under conditions, if there are any."""
        provided = tuple(line.line.label for line in lines if line.verdict.conditions)
        if provided:
            yield Dependence("conditions", "conditions", lines=provided)

    @staticmethod
    def needs(line: LineReport) -> Iterator[str]:
        """The names of what a line needs."""
        yield from line.verdict.uses
        if line.verdict.status == "assumed":
            yield from (
                r.name for r in line.line.reasons or () if r.kind in ("axiom", "hypothesis")
            )

    def need(self, name: str, lines: tuple[str, ...]) -> Dependence:
        """One thing that is needed by some lines."""
        kind, _, rest = name.partition(" ")
        if kind == "lemma" and name in self.ends:
            return self.chain(self.ends[name], lines, rest)
        if kind == "line" and rest in self.by_label:
            return self.chain(rest, lines)
        if kind == "definition":
            label = self.definitions.get(name, self.definitions.get(rest, ""))
            below = tuple(self.conditions([self.by_label[label]])) if label else ()
            return Dependence("definition", words_for(name), label, lines=lines, below=below)
        support = self.supports.get(words_for(name))
        if support is None:
            return Dependence("rules", words_for(name), lines=lines)
        kinds: dict[str, Kind] = {"axiom": "axiom", "hypothesis": "hypothesis"}
        known = kinds.get(support.kind, "cited fact")
        return Dependence(known, support.text, lines=lines, support=support)
