"""The report on a derivation: each line with its verdict, and what the whole stands on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from klderive.derivation import Derivation, Line, Part
from klderive.derivation.display import Displayed
from klderive.kernel import Status, Verdict
from klderive.statement import Condition
from klderive.verify.cross_check import CrossCheck
from klderive.verify.difference import Difference
from klderive.verify.satisfiability import NOTHING_ASSUMED, Satisfiability


@dataclass(frozen=True, slots=True)
class LineReport(Displayed):
    """A line with the kernel's verdict on it.

    `reasons` are the words printed beside the line: the author's, or the smallest reason found if none was given.
    `cites` are the labels of lines and the names of lemmas that the line uses. `corrected_by` are the labels of the
    lines that put an erratum right. `cross_check` is what a second evaluation says of a proved line, if it was asked.
    `slip` says how a line that fails would be true, if that is found; `difference` are the terms in which its sides
    differ.
    """

    line: Line
    verdict: Verdict
    reasons: tuple[str, ...]
    cites: tuple[str, ...] = ()
    corrected_by: tuple[str, ...] = ()
    cross_check: CrossCheck | None = None
    slip: str = ""
    difference: Difference | None = None

    @property
    def contradicted(self) -> bool:
        """Whether the line is proved and evaluates to something else: an error of klderive itself."""
        return self.cross_check is not None and bool(self.cross_check.contradiction)

    @property
    def erratum(self) -> bool:
        """Whether the line is a false line of the document."""
        return self.line.role == "erratum"

    @property
    def verified(self) -> bool:
        """Whether the line is as it should be: proved, a definition, openly assumed; an erratum refuted."""
        if self.contradicted:
            return False
        if self.erratum:
            return self.verdict.status == "refuted"
        return self.verdict.status in ("proved", "definition", "assumed")


@dataclass(frozen=True, slots=True)
class PartReport:
    """A part of the derivation with the reports on its lines."""

    part: Part
    lines: tuple[LineReport, ...]

    @property
    def verified(self) -> bool:
        """Whether every line of the part stands."""
        return all(line.verified for line in self.lines)


@dataclass(frozen=True, slots=True)
class Support:
    """Something the derivation stands on, with the labels of the lines that need it.

    The kinds are never mixed: `assumption` is what the author assumed of symbols, `definition` a definition,
    `cited fact` a fact taken from elsewhere, `axiom` and `hypothesis` what is assumed by name, `condition` what a rule
    added. `paths` says for each line that needs it only through lemmas or lines, which: `31 <- lemma T1 <- line 19`.
    `statement` and `conditions` are those of an axiom or a hypothesis. A cited fact may be `derived_in` another
    derivation, by name. Without lines, no step uses it.
    """

    kind: str
    text: str
    lines: tuple[str, ...]
    source: str = ""
    paths: tuple[str, ...] = ()
    statement: str = ""
    conditions: tuple[str, ...] = ()
    derived_in: str = ""


@dataclass(frozen=True, slots=True)
class Report(Displayed):
    """The verdicts on all lines of a derivation, in order, what they rest on, and whether what is assumed can hold."""

    derivation: Derivation
    parts: tuple[PartReport, ...]
    supports: tuple[Support, ...]
    satisfiability: Satisfiability = NOTHING_ASSUMED

    @property
    def verified(self) -> bool:
        """Whether every line stands."""
        return all(part.verified for part in self.parts)

    def lines(self) -> tuple[LineReport, ...]:
        """The reports on all lines."""
        return tuple(line for part in self.parts for line in part.lines)

    def errata(self) -> tuple[LineReport, ...]:
        """The reports on the document's false lines."""
        return tuple(line for line in self.lines() if line.erratum)

    def counts(self) -> Counter[Status]:
        """How many lines have each status; errata are not counted."""
        return Counter(line.verdict.status for line in self.lines() if not line.erratum)

    def contradictions(self) -> tuple[LineReport, ...]:
        """The reports on lines that are proved and evaluate to something else."""
        return tuple(line for line in self.lines() if line.contradicted)

    def conditions(self) -> tuple[Condition, ...]:
        """All conditions listed by the lines, each once."""
        return tuple(dict.fromkeys(c for line in self.lines() for c in line.verdict.conditions))
