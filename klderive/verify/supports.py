"""What a derivation stands on: assumptions, definitions, cited facts, axioms, hypotheses, conditions.

Accepts the reports on all lines; lemmas and earlier lines are followed down, so that each support names the lines that
need it directly, and the paths by which others do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from klderive.derivation import Derivation
from klderive.kernel import Fact
from klderive.notation import to_text
from klderive.verify.report import LineReport, PartReport, Support


def supports(
    derivation: Derivation, parts: Sequence[PartReport], facts: Mapping[str, Fact]
) -> tuple[Support, ...]:
    """Everything the derivation stands on, each once, in the order of first need; kinds are not mixed."""
    lines = [line for part in parts for line in part.lines]
    found: dict[tuple[str, str], list[str]] = {}
    sources: dict[tuple[str, str], str] = {}

    def need(kind: str, text: str, label: str, source: str = "") -> None:
        found.setdefault((kind, text), []).append(label)
        if source:
            sources[(kind, text)] = source

    for line in lines:
        label = line.line.label
        for text in _assumptions(derivation, line):
            need("assumption", text, label)
        if line.verdict.status == "definition":
            need("definition", to_text(line.line.left), label)
        if line.verdict.status == "assumed":
            for reason in line.line.reasons or ():
                if reason.kind in ("axiom", "hypothesis"):
                    need(reason.kind, str(reason), label)
        for name in line.verdict.uses:
            fact = facts.get(name)
            if fact is not None and fact.source not in ("lemma", "line"):
                need("cited fact", name, label, fact.source)
        for condition in line.verdict.conditions:
            need("condition", condition.text, label)
    for _, statement_text in _givens(derivation):
        found.setdefault(("assumption", statement_text), [])
    paths = _paths(parts)
    return tuple(
        Support(
            kind,
            text,
            tuple(dict.fromkeys(labels)),
            sources.get((kind, text), ""),
            tuple(p for label in dict.fromkeys(labels) for p in paths.get(label, ())),
        )
        for (kind, text), labels in found.items()
    )


def _assumptions(derivation: Derivation, line: LineReport) -> list[str]:
    """What is assumed of the symbols that a line speaks of, beyond being real."""
    statement = line.line.statement
    names = {str(s) for side in (statement.left, statement.right) for s in side.free_symbols}
    texts = []
    for name, symbol in derivation.scope.symbols.items():
        if name not in names:
            continue
        if symbol.is_integer:
            texts.append(f"{name} is an integer")
        if symbol.is_positive:
            texts.append(f"{name} > 0")
        elif symbol.is_negative:
            texts.append(f"{name} < 0")
        elif symbol.is_nonnegative:
            texts.append(f"{name} >= 0")
        elif symbol.is_nonpositive:
            texts.append(f"{name} <= 0")
        elif symbol.is_nonzero:
            texts.append(f"{name} != 0")
    return texts


def _givens(derivation: Derivation) -> list[tuple[str, str]]:
    return [("assumption", to_text(node)) for node, _ in derivation.givens]


def _paths(parts: Sequence[PartReport]) -> dict[str, list[str]]:
    """For each line, the lines that rest on it through a lemma or a citation: `31 <- lemma T1`."""
    paths: dict[str, list[str]] = {}
    for part in parts:
        for line in part.lines:
            for cited in line.cites:
                for target in _targets(parts, cited):
                    paths.setdefault(target, []).append(f"{line.line.label} <- {cited}")
    return paths


def _targets(parts: Sequence[PartReport], cited: str) -> list[str]:
    kind, _, name = cited.partition(" ")
    if kind == "lemma":
        return [
            line.line.label
            for part in parts
            if part.part.kind == "lemma" and part.part.name == name
            for line in part.lines
            if not line.line.remark
        ]
    return [
        line.line.label
        for part in parts
        for line in part.lines
        if name in (line.line.label, line.line.number)
    ]
