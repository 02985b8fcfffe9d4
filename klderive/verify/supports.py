"""What a derivation stands on: assumptions, definitions, cited facts, axioms, hypotheses, conditions.

Accepts the reports on all lines; lemmas and earlier lines are followed down, so that each support names the lines that
need it directly, and the paths by which others do. What was declared and no line needs is there, too, without lines.

Caveats: of an assumption on symbols it is not known which lines need it; the lines that speak of those symbols count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef

from klderive.derivation import Derivation
from klderive.notation import to_text
from klderive.notation.nodes import Defined
from klderive.statement import Fact, Statement
from klderive.verify.report import LineReport, PartReport, Support

_FOLLOWED = ("lemma", "line")
"""Sources of facts that are no cited facts: they have lines of their own."""


def supports(
    derivation: Derivation, parts: Sequence[PartReport], facts: Mapping[str, Fact]
) -> tuple[Support, ...]:
    """Everything the derivation stands on, each once, in the order of first need; kinds are not mixed."""
    lines = [line for part in parts for line in part.lines if not line.erratum]
    found: dict[tuple[str, str], list[str]] = {}
    sources: dict[tuple[str, str], str] = {}

    def need(kind: str, text: str, label: str, source: str = "") -> None:
        found.setdefault((kind, text), []).append(label)
        if source:
            sources[(kind, text)] = source

    for line in lines:
        label = line.line.label
        for text in _assumptions(derivation, _symbols(line.line.statement)):
            need("assumption", text, label)
        if line.verdict.status == "definition":
            need("definition", to_text(line.line.left), label)
        if line.verdict.status == "assumed":
            for reason in line.line.reasons or ():
                if reason.kind in ("axiom", "hypothesis"):
                    need(reason.kind, reason.name, label)
        for name in line.verdict.uses:
            fact = facts.get(name)
            if fact is not None and fact.source in ("hypothesis", "axiom"):
                need(fact.source, name.removeprefix(f"{fact.source} "), label)
            elif fact is not None and fact.source not in _FOLLOWED:
                need("cited fact", name, label, fact.source)
        for condition in line.verdict.conditions:
            need("condition", condition.text, label)
    for text, labels in _declared(derivation, lines):
        if not found.get(("assumption", text)):
            found[("assumption", text)] = labels
    for premise in derivation.premises.values():
        found.setdefault((premise.kind, premise.name), [])
        sources[(premise.kind, premise.name)] = premise.source
    paths = _paths(parts)
    result = []
    for (kind, text), labels in found.items():
        known = derivation.premises.get(text) if kind in ("axiom", "hypothesis") else None
        result.append(
            Support(
                kind,
                text,
                tuple(dict.fromkeys(labels)),
                sources.get((kind, text), ""),
                tuple(_through(paths, labels)),
                known.text if known else "",
                known.conditions if known else (),
                facts[text].derived_in if kind == "cited fact" and text in facts else "",
            )
        )
    return tuple(result)


def _declared(
    derivation: Derivation, lines: Sequence[LineReport]
) -> Iterator[tuple[str, list[str]]]:
    """Each assumption, with the lines that speak of its symbols or of functions made of them."""
    spoken = {line.line.label: _spoken_of(derivation, line.line.statement) for line in lines}
    for name in derivation.scope.symbols:
        for text in _assumptions(derivation, {name}):
            yield text, [label for label, names in spoken.items() if name in names]
    for node, statement in derivation.givens:
        own = _symbols(statement)
        own |= {a.func.__name__ for s in _sides(statement) for a in s.atoms(AppliedUndef)}
        yield to_text(node), [label for label, names in spoken.items() if own & names]


def _assumptions(derivation: Derivation, names: set[str]) -> list[str]:
    """What is assumed of symbols, beyond being real."""
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


def _sides(statement: Statement) -> tuple[Expr, Expr]:
    return statement.left, statement.right


def _symbols(statement: Statement) -> set[str]:
    return {str(symbol) for side in _sides(statement) for symbol in side.free_symbols}


def _spoken_of(derivation: Derivation, statement: Statement) -> set[str]:
    """The symbols and functions in a statement, also through definitions and the facts of densities."""
    found: set[str] = set()
    pending = list(_sides(statement))
    while pending:
        expression = pending.pop()
        found |= {str(symbol) for symbol in expression.atoms(Symbol)}
        pending += [node.definition() for node in expression.atoms(Defined)]
        for application in expression.atoms(AppliedUndef):
            name = application.func.__name__
            declared = derivation.functions.get(name)
            if name in found:
                continue
            found.add(name)
            if declared is None:
                continue
            pending += [side for fact in declared.facts for side in (fact.left, fact.right)]
            density = derivation.densities.get(name)
            pending += [fact.right for fact in (density.facts if density else ())]
            if declared.definition is not None:
                pending.append(declared.definition)
    return found


def _paths(parts: Sequence[PartReport]) -> dict[str, list[str]]:
    """For each line, the paths by which others rest on it, the shortest of each: `31 <- lemma T1 <- line 19`."""
    lines = {line.line.label: line for part in parts for line in part.lines if not line.erratum}
    targets: dict[str, list[str]] = {}
    paths: dict[str, list[str]] = {}
    for label in lines:
        seen = {label}
        pending = [(label, label)]
        for at, path in pending:
            for cited in lines[at].cites:
                if cited not in targets:
                    targets[cited] = _targets(parts, cited)
                for target in targets[cited]:
                    if target not in seen:
                        seen.add(target)
                        further = f"{path} <- {cited}"
                        paths.setdefault(target, []).append(further)
                        pending.append((target, further))
    return paths


def _through(paths: Mapping[str, Sequence[str]], labels: Sequence[str]) -> Iterator[str]:
    """For each line that needs something only through others, the shortest path."""
    shortest: dict[str, str] = {}
    for label in dict.fromkeys(labels):
        for path in paths.get(label, ()):
            start = path.partition(" <- ")[0]
            if start not in labels and (
                start not in shortest or path.count(" <- ") < shortest[start].count(" <- ")
            ):
                shortest[start] = path
    yield from shortest.values()


def _targets(parts: Sequence[PartReport], cited: str) -> list[str]:
    """The lines of the chain whose conclusion is cited."""
    kind, _, name = cited.partition(" ")
    for part in parts:
        if kind == "lemma" and part.part.kind == "lemma" and part.part.name == name:
            conclusion = part.part.conclusion()
            return _chain(parts, conclusion[3].label) if conclusion is not None else []
        for line in part.lines:
            if kind == "line" and name in (line.line.label, line.line.number):
                return _chain(parts, line.line.label)
    return []


def _chain(parts: Sequence[PartReport], label: str) -> list[str]:
    """The lines of a chain down to one of them, the last first."""
    found: list[str] = []
    first: object = None
    for line in reversed([line for part in parts for line in part.lines if not line.erratum]):
        if line.line.label == label:
            first = line.line.first
        if first is not None and line.line.first is first:
            found.append(line.line.label)
    return found
