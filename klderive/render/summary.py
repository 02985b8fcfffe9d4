"""What a report comes to, in words that every format prints: the closing line, and the supports by kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from sympy import Expr

from klderive.derivation import Line, Location
from klderive.notation import NotationError
from klderive.notation.tree import Name, Node
from klderive.render.marks import CONTRADICTION, ERRATUM, MARKS, TRUE_ERRATUM, Mark
from klderive.statement import Condition
from klderive.verify import LineReport, Report, Support, words_for
from klderive.verify.diagnosis import teaches

Detail = Literal["brief", "paper", "full"]
"""How much is said: the statements; the lines; what the kernel used for each."""

ASSUMPTION = "assumption"
KINDS = {
    ASSUMPTION: "Assumptions",
    "definition": "Definitions",
    "cited fact": "Cited facts",
    "axiom": "Axioms",
    "hypothesis": "Hypotheses",
    "condition": "Conditions",
}
"""The kinds of supports with their headings, in the order in which they are printed."""

FEW = 2
"""Terms that are named beside the slip that explains them."""

TOGETHER = "The assumptions and hypotheses together"
"""The heading of the case in which everything assumed holds."""

_RESTS_ON = ("cited fact", "axiom", "hypothesis")


def mark_of(line: LineReport) -> Mark:
    """The mark of a line: that of its status, or of an erratum."""
    if line.contradicted:
        return CONTRADICTION
    if line.erratum:
        return ERRATUM if line.verified else TRUE_ERRATUM
    return MARKS[line.verdict.status]


def tally(report: Report) -> str:
    """How many steps there are of each status: `39 steps: 34 proved, 5 definitions`; errata are counted apart."""
    counts = report.counts()
    total = sum(counts.values())
    parts = []
    for status, mark in MARKS.items():
        if counts[status]:
            parts.append(f"{counts[status]} {mark.one if counts[status] == 1 else mark.many}")
    steps = f"{total} step" if total == 1 else f"{total} steps"
    words = f"{steps}: {', '.join(parts)}" if parts else "no steps"
    words += cross_checked(report)
    if not report.satisfiability.shown:
        words += "; the assumptions are not shown satisfiable"
    errata = report.errata()
    if not errata:
        return words
    word = ERRATUM.one if len(errata) == 1 else ERRATUM.many
    wrong = sum(not line.verified for line in errata)
    return f"{words}; {len(errata)} {word}, {f'{wrong} not refuted' if wrong else 'as expected'}"


def cross_checked(report: Report) -> str:
    """How many proved lines were evaluated at how many points, if that was asked; empty otherwise."""
    checks = [line.cross_check for line in report.lines() if line.cross_check is not None]
    if not checks:
        return ""
    reached = [check for check in checks if check.points or check.contradiction]
    points = sum(check.points for check in checks)
    words = f"; {len(reached)} of {len(checks)} proved lines cross-checked, at {points} points"
    wrong = len(report.contradictions())
    if wrong:
        words += f", {wrong} {CONTRADICTION.one if wrong == 1 else CONTRADICTION.many}"
    return words


def closing(report: Report, called: Mapping[str, str] | None = None) -> str:
    """The closing line: the tally, what is assumed of the symbols, what the whole rests on.

    `called` says by label what lines are called, if not by number or label.
    """
    sentence = tally(report)
    needed = [support for support in report.supports if support.lines]
    assumed = [support.text for support in needed if support.kind == ASSUMPTION]
    rests = [support.text for support in needed if support.kind in _RESTS_ON]
    if assumed:
        sentence += f"; assumes {', '.join(assumed)}"
    if rests:
        sentence += f"; rests on: {', '.join(rests)}"
    provided = [line.line for line in report.lines() if line.verdict.conditions]
    if provided:
        names = tags(report) if called is None else called
        places = dict.fromkeys(names[line.label] for line in provided)
        sentence += f"; under the conditions at {', '.join(places)}"
    return sentence + "."


def together(report: Report) -> str:
    """A case in which everything assumed holds, or that none was found, in words; empty if nothing is assumed."""
    found = report.satisfiability
    if not found.claims:
        return ""
    if not found.shown:
        return "not shown satisfiable: no case was found in which everything assumed holds"
    return "all hold, for example, where " + "; ".join(found.model_texts())


def supports_by_kind(report: Report) -> dict[str, list[Support]]:
    """The supports under the heading of their kind, in the order of print; kinds without one are left out."""
    found: dict[str, list[Support]] = {kind: [] for kind in KINDS}
    for support in report.supports:
        found.setdefault(support.kind, []).append(support)
    return {KINDS.get(kind, kind.capitalize()): group for kind, group in found.items() if group}


def tag(line: Line) -> str:
    """What a line is called in print: its number in the document, otherwise its label."""
    return line.number or f"({line.label})"


def tags(report: Report) -> dict[str, str]:
    """What each line is called in print, by its label."""
    return {line.line.label: tag(line.line) for line in report.lines()}


def reason_words(line: LineReport, called: Mapping[str, str]) -> str:
    """The words beside a line; other lines are called as they are in print."""
    reasons = listed(line.reasons, called)
    if line.erratum:
        return f"{ERRATUM.one}, said to follow from {reasons}" if reasons else ERRATUM.one
    return reasons


def qualification(line: Line | None, shown: Callable[[Node], str], arrow: str) -> str:
    """What a relation speaks of, in words: `as N → ∞`, `up to a term free of q`; empty for other relations."""
    if line is None or not line.over:
        return ""
    names = ", ".join(shown(Name(name)) for name in line.over)
    if line.to is not None:
        return f"as {names} {arrow} {shown(line.to)}"
    return f"up to a {'term' if line.sign == 'up to' else 'factor'} free of {names}"


def remarks(line: LineReport, called: Mapping[str, str]) -> list[str]:
    """What is said under a line beside its conditions: why it holds or fails, what would do."""
    verdict = line.verdict
    said = []
    if line.erratum:
        if not line.verified:
            said.append("this erratum is no longer refuted")
        said.append(f"false: {line.line.erratum}")
    if line.cross_check is not None and line.cross_check.contradiction:
        uses = listed(map(words_for, verdict.uses), called) or "algebra"
        said.append(
            f"klderive proves this, by {uses}, and evaluates it to be false: an error of its own,"
            f" please report it; {'; '.join(line.cross_check.contradiction)}"
        )
    if line.slip:
        said.append(line.slip)
    elif teaches(verdict) and not (line.erratum and line.verified):
        missing = lacking(line)
        if missing:
            said.append(f"the line is true, but the reason lacks {listed(missing, called)}")
        else:
            said.append(verdict.message)
    if verdict.counterexample is not None:
        lead = "for example" if line.verified and not line.erratum else "counterexample"
        said.append(f"{lead}: {'; '.join(verdict.counterexample.explain())}")
    if line.corrected_by:
        said.append("right: " + listed((f"line {label}" for label in line.corrected_by), called))
    if line.line.corrects:
        said.append(f"corrects {called.get(line.line.corrects, line.line.corrects)}")
    if verdict.suggestion and not line.erratum and not lacking(line):
        said.append("this would do: " + listed(map(words_for, verdict.suggestion), called))
    if verdict.unused and line.verified:
        said.append("not needed: " + listed(map(words_for, verdict.unused), called))
    if line.line.note:
        said.append(line.line.note)
    return said


def lacking(line: LineReport) -> tuple[str, ...]:
    """What a wrong reason lacks, if nothing that it names is to be dropped; empty otherwise."""
    suggested = [words_for(name) for name in line.verdict.suggestion]
    given = [reason for reason in line.reasons if reason != "algebra"]
    if not given or not set(given) < set(suggested):
        return ()
    return tuple(name for name in suggested if name not in given)


def provisos(
    line: LineReport, shown: Callable[[Expr], str], *, nonzero: str, positive: str
) -> tuple[str, ...]:
    """The conditions of a line in words, each once.

    `shown` prints a formula; `nonzero` and `positive` are what stands after a formula that is so.
    """
    words = (
        condition_words(condition, shown, nonzero=nonzero, positive=positive)
        for condition in line.verdict.conditions
    )
    return tuple(dict.fromkeys(words))


def provision(
    line: LineReport, shown: Callable[[Expr], str], *, nonzero: str, positive: str
) -> str:
    """All conditions of a line in a row, empty if there are none."""
    words = provisos(line, shown, nonzero=nonzero, positive=positive)
    return f"provided that {'; '.join(words)}" if words else ""


def condition_words(
    condition: Condition, shown: Callable[[Expr], str], *, nonzero: str, positive: str
) -> str:
    """One condition in words, its formulas as `shown` prints them."""
    try:
        formulas = [shown(expression) for expression in condition.expressions]
    except NotationError:
        return condition.text
    match condition.kind, formulas:
        case "nonzero", [formula]:
            return formula + nonzero
        case "converges", [formula]:
            return f"{formula} converges"
        case "absolutely continuous", [weight, other]:
            return f"{other}{positive} wherever {weight}{positive}"
        case _:
            return condition.text


def leftover(line: LineReport, shown: Callable[[Expr], str]) -> str:
    """In which terms the sides of a failing equation differ, empty if nothing is known.

    Of an erratum that is refuted, as it should be, the counterexample says enough.
    """
    verdict = line.verdict
    if line.verified or verdict.leftover is None or line.line.sign != "=":
        return ""
    found = line.difference
    if line.slip and (found is None or len(found) > FEW):
        return ""
    try:
        if found is None:
            return f"left side less right side: {shown(verdict.leftover)}"
        return found.sentence(shown)
    except NotationError:
        return ""


def listed(names: Iterable[str], called: Mapping[str, str]) -> str:
    """Names of what is cited, in a row; lines are called as they are in print."""
    shown = []
    for name in names:
        kind, _, label = name.partition(" ")
        shown.append(f"line {called[label]}" if kind == "line" and label in called else name)
    return ", ".join(shown)


def place(location: Location | None) -> str:
    """A place in a file, named from the working directory if the file is below it."""
    if location is None:
        return ""
    path = Path(location.path)
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return str(replace(location, path=str(path)))
