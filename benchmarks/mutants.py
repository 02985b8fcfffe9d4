"""The mutation score: wrong lines made out of the right ones of every shipped derivation.

Run with `make mutants`; options name derivations, or take a sample. Every step is changed in one place by the
operators of `klderive.verify.slips`, its relation is turned, its reasons are dropped and exchanged, and the
assumptions on symbols are dropped. Evaluation at points, which shares nothing with the kernel's proofs, tells the
mutants that are really different from those that are still true; then the kernel judges them with everything allowed.
A different mutant that is proved is an error of the kernel; there must be none.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import runpy
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, islice
from pathlib import Path
from time import perf_counter

import klderive.derivations
from sympy import Symbol

from klderive.certificates.admission import (
    domain_sets,
    families_of,
    functions_of,
    spoken_of,
    symbols_of,
)
from klderive.certificates.certificate import Point
from klderive.derivation import Derivation, DerivationError, Line, by
from klderive.kernel import Allowed, Kernel
from klderive.library import load, names
from klderive.notation import to_text
from klderive.notation.nodes import Optimum
from klderive.notation.tree import Node, names_in
from klderive.refute.search import Search, objective
from klderive.refute.values import RANDOM_POINTS
from klderive.statement import Context, Statement
from klderive.theories import full_kernel
from klderive.verify import verify
from klderive.verify.cross_check import CrossChecker
from klderive.verify.heeding import Heeding
from klderive.verify.slips import KINDS, slips
from klderive.verify.verifier import Walk

RELATIONS = {
    "=": ("!=", "<"),
    "!=": ("=",),
    "<=": (">=", "<"),
    ">=": ("<=", ">"),
    "<": (">=",),
    ">": ("<=",),
}
"""What a relation is turned into."""

WEAKER = {
    "positive": "real",
    "nonnegative": "real",
    "negative": "real",
    "nonzero": "real",
    "positive integer": "integer",
}
"""Assumptions on symbols, with what is left of them."""

SEARCHED = 150
"""Points that are tried for a counterexample, as many as `klderive verify` tries."""

WORK = 60_000
"""Nodes that are evaluated for one: fewer than `klderive verify` evaluates, to save time."""

NAME_PAIRS = 8
"""Pairs of names that are exchanged in one line."""


@dataclass(frozen=True)
class Outcome:
    """A mutant: what was changed, whether it is different, what the kernel says."""

    kind: str
    told: str
    status: str
    place: str
    text: str


class Remembering(Search):
    """A search that proposes to all statements about the same names the same points, which it makes once."""

    def __init__(self, points: int, work: int) -> None:
        super().__init__(points=points, work=work)
        self.known: dict[object, tuple[list[Point], Iterator[Point]]] = {}

    def _proposals(
        self,
        statements: Sequence[Statement],
        context: Context,
        single: frozenset[Symbol] = frozenset(),
    ) -> Iterator[Point]:
        sides = [objective(side) for s in statements for side in (s.left, s.right)]
        pair = next((s for s in statements if s.relation in ("up to", "proportional")), None)
        optima = [x for s in statements for x in (s.left, s.right) if isinstance(x, Optimum)]
        key = (
            *(frozenset(of(sides, context)) for of in (symbols_of, functions_of, spoken_of)),
            *(frozenset(of(sides, context)) for of in (families_of, domain_sets)),
            frozenset(v for side in optima for v in side.args[1]),
            pair and pair.over,
            single,
            context.givens,
        )
        if key not in self.known:
            self.known[key] = ([], super()._proposals(statements, context, single))
        made, more = self.known[key]
        place = 0
        while True:
            if place == len(made):
                made += islice(more, 1)
            if place == len(made):
                return
            yield made[place]
            place += 1


@dataclass(frozen=True)
class Step:
    """A line with the kernel for it, what evaluates its mutants, and all that it may use."""

    line: Line
    kernel: Kernel
    checker: CrossChecker
    everything: Allowed
    walk: Walk


@cache
def steps(name: str) -> tuple[Step, ...]:
    """The steps of a derivation, each as it stands when it is checked."""
    walk = Walk(load(name))
    found = []
    for part in walk.derivation.parts:
        reports = []
        for line in part.lines:
            if line.role == "step":
                searcher = Heeding(walk.searcher.hypotheses)
                searcher.search = Remembering(SEARCHED, WORK)
                kernel = full_kernel(walk.kernel(line).context, searcher)
                checker = CrossChecker(points=3)
                checker.search = Remembering(RANDOM_POINTS + 3, WORK)
                found.append(Step(line, kernel, checker, walk.everything(line), walk))
            reports.append(walk.check(line))
        walk.finish(part, reports)
    return tuple(found)


def mutants(derivation: Derivation, line: Line) -> Iterator[tuple[str, Statement, str]]:
    """Every mutant of a line that can be read: its kind, its statement, its text."""
    for other in RELATIONS.get(line.statement.relation, ()):
        yield "relation", replace(line.statement, relation=other), f"{other} {to_text(line.right)}"
    for slip in slips(line.right, names=list(pairs(derivation, line.right))):
        try:
            right = derivation.translate(slip.tree, None)
        except (DerivationError, ValueError, TypeError):
            continue
        if right != line.statement.right:
            text = f"{line.sign} {to_text(slip.tree)}"
            yield slip.kind, replace(line.statement, right=right), text


def pairs(derivation: Derivation, tree: Node) -> Iterator[tuple[str, str]]:
    """Names of one kind that could be taken for each other, one of which stands in the formula."""
    inside = set(names_in(tree))
    scope = derivation.scope
    count = 0
    for kind in (scope.symbols, scope.functions, scope.ranges):
        for first, second in combinations(sorted(kind), 2):
            if {first, second} & inside and count < NAME_PAIRS:
                count += 1
                yield first, second


def judged(name: str, step: Step, kind: str, statement: Statement, text: str) -> Outcome:
    """A mutant, told apart by evaluation and then judged by the kernel."""
    checker = step.checker
    context = step.walk.searcher.heeded([statement], step.kernel.context)
    found = checker.check(statement, (), context)
    told = "different" if found.contradiction else "equal" if found.points else "not told"
    verdict = step.kernel.judge(statement, step.everything)
    if verdict.status == "proved" and verdict.conditions:
        # It claims less than the mutant without conditions.
        found = checker.check(statement, verdict.conditions, context)
        told = "different" if found.contradiction else "equal" if found.points else "not told"
    if verdict.status == "refuted":
        # The points agreed by chance; the counterexample is certified by the same evaluation.
        told = "different"
    left = to_text(step.line.left)
    place = f"{name} {step.line.number or step.line.label}"
    return Outcome(kind, told, verdict.status, place, f"{left} {text}")


def of_line(task: tuple[str, int, float, int]) -> list[Outcome]:
    """The outcomes of a sample of the mutants of one line."""
    name, index, share, seed = task
    step = steps(name)[index]
    chance = random.Random(f"{seed} {name} {index}")
    return [
        judged(name, step, *mutant)
        for mutant in mutants(step.walk.derivation, step.line)
        if chance.random() < share
    ]


def of_reasons(name: str) -> list[Outcome]:
    """The outcomes of the lines with a reason dropped, or with another fact cited; the lines stay true."""
    walk = Walk(load(name))
    outcomes = []
    cited = sorted({f.name for f in walk.derivation.facts.values()})
    for part in walk.derivation.parts:
        reports = []
        for line in part.lines:
            for i, reason in enumerate(line.reasons or () if line.role == "step" else ()):
                if reason.kind in ("algebra", "witness"):
                    continue
                before, after = line.reasons[:i], line.reasons[i + 1 :]
                changed = [("dropped reason", (*before, *after))]
                if reason.kind == "fact":
                    others = [c for c in cited if c != reason.name]
                    changed += [
                        ("wrong fact", (*before, replace(reason, name=c), *after)) for c in others
                    ]
                for kind, reasons in changed:
                    report = walk.report(replace(line, reasons=reasons or (by.algebra,)))
                    place = f"{name} {line.number or line.label}"
                    words = ", ".join(str(r) for r in reasons)
                    outcomes.append(Outcome(kind, "equal", report.verdict.status, place, words))
            reports.append(walk.check(line))
        walk.finish(part, reports)
    return outcomes


def of_assumption(task: tuple[str, int]) -> list[Outcome]:
    """The outcomes of the lines of a derivation with one assumption less."""
    name, index = task
    try:
        with weakened(index) as dropped:
            derivation = _again(name)
    except DerivationError as error:
        return [Outcome("dropped assumption", "not told", "unreadable", name, str(error))]
    if not dropped:
        return []
    outcomes = []
    for report in verify(derivation, cross_check=True).lines():
        if report.line.role != "step":
            continue
        check = report.cross_check
        told = "not told"
        if check is not None:
            told = "different" if check.contradiction else "equal" if check.points else told
        place = f"{name} {report.line.number or report.line.label}"
        outcomes.append(
            Outcome("dropped assumption", told, report.verdict.status, place, dropped[0])
        )
    return outcomes


def _again(name: str) -> Derivation:
    """A derivation from its file, read anew."""
    path = Path(klderive.derivations.__file__).parent / f"{name.replace('-', '_')}.py"
    found = [v for v in runpy.run_path(str(path)).values() if isinstance(v, Derivation)]
    return found[0]


@contextmanager
def weakened(index: int) -> Iterator[list[str]]:
    """Drop one assumption of what is declared meanwhile; the list then says which."""
    dropped: list[str] = []
    seen = iter(range(1_000_000))
    symbols, assume, density = Derivation.symbols, Derivation.assume, Derivation.density

    def hit(words: str) -> bool:
        if next(seen) == index:
            dropped.append(words)
            return True
        return False

    def weaker_symbols(self, **kinds):
        for symbol, kind in kinds.items():
            if kind in WEAKER and hit(f"{symbol} {kind}"):
                kinds[symbol] = WEAKER[kind]
        return symbols(self, **kinds)

    def weaker_assume(self, given, *rest, **options):
        return None if hit(f"assume {given}") else assume(self, given, *rest, **options)

    def weaker_density(self, name, *rest, **options):
        if options.get("positive") and hit(f"{name} positive"):
            options["positive"] = False
        return density(self, name, *rest, **options)

    Derivation.symbols, Derivation.assume = weaker_symbols, weaker_assume
    Derivation.density = weaker_density
    try:
        yield dropped
    finally:
        Derivation.symbols, Derivation.assume = symbols, assume
        Derivation.density = density


def assumptions(name: str) -> int:
    """How many assumptions of a derivation can be dropped."""
    count = 0
    while True:
        try:
            with weakened(count) as dropped:
                _again(name)
        except DerivationError:
            dropped = ["it cannot be read without"]
        if not dropped:
            return count
        count += 1


def table(outcomes: Sequence[Outcome]) -> list[str]:
    """The score by kind, as rows of text."""
    columns = [
        ("different", "proved"),
        ("different", "refuted"),
        ("different", "undecided"),
        ("equal", "proved"),
        ("equal", "not proved"),
        ("not told", "proved"),
        ("not told", "not proved"),
    ]
    counts: dict[str, Counter[tuple[str, str]]] = {}
    for outcome in outcomes:
        status = outcome.status
        if outcome.told == "different":
            status = status if status in ("proved", "refuted") else "undecided"
        elif status != "proved":
            status = "not proved"
        counts.setdefault(outcome.kind, Counter())[(outcome.told, status)] += 1
    total: Counter[tuple[str, str]] = Counter()
    rows = [
        f"{'':22}{'different':>27}{'equal':>20}{'not told':>20}",
        f"{'':22}"
        + "".join(f"{status:>{9 if i < 3 else 10}}" for i, (_, status) in enumerate(columns)),
    ]
    order = [*KINDS, "relation"]
    for kind in sorted(counts, key=lambda k: order.index(k) if k in order else len(order)):
        total += counts[kind]
        rows.append(_row(kind, [counts[kind][c] for c in columns]))
    rows.append(_row("all", [total[c] for c in columns]))
    return rows


def _row(kind: str, cells: Sequence[int]) -> str:
    return f"{kind:22}" + "".join(f"{c:>{9 if i < 3 else 10}}" for i, c in enumerate(cells))


def main() -> None:
    parser = argparse.ArgumentParser(description="The mutation score of the shipped derivations.")
    parser.add_argument("names", nargs="*", help="derivations; all, if none is named")
    parser.add_argument("--share", type=float, default=1.0, help="the share of mutants to take")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--list", metavar="STATUS", help="print the different mutants so judged")
    options = parser.parse_args()
    chosen = options.names or list(names())
    start = perf_counter()
    lines = [(n, i, options.share, options.seed) for n in chosen for i in range(len(steps(n)))]
    dropped = [(n, i) for n in chosen for i in range(assumptions(n))]
    about_lines: list[Outcome] = []
    about_reasons: list[Outcome] = []
    about_assumptions: list[Outcome] = []
    with multiprocessing.Pool() as pool:
        work = [
            (about_lines, pool.imap_unordered(of_line, lines), len(lines)),
            (about_reasons, pool.imap_unordered(of_reasons, chosen), len(chosen)),
            (about_assumptions, pool.imap_unordered(of_assumption, dropped), len(dropped)),
        ]
        for place, (found, results, size) in enumerate(work, 1):
            for done, outcomes in enumerate(results, 1):
                found += outcomes
                words = f"part {place} of 3: {done} of {size}; {len(found)} mutants"
                print(f"\r{words}, {perf_counter() - start:.0f} s ", end="", file=sys.stderr)
            print(file=sys.stderr)
    print("\n".join(table(about_lines)))
    print("\n".join(["", "assumptions", *table(about_assumptions)]))
    judged_so = Counter((o.kind, o.status) for o in about_reasons)
    print("\nreasons (the lines stay true, but for what an axiom in words had been cited for)")
    for (kind, status), count in sorted(judged_so.items()):
        print(f"{kind:22}{status:>14}{count:>7}")
    everything = [*about_lines, *about_assumptions]
    wrong = [o for o in everything if (o.told, o.status) == ("different", "proved")]
    if options.list:
        for o in everything:
            if o.told == "different" and o.status == options.list:
                print(f"{o.place}  [{o.kind}]  {o.text}")
    for o in wrong:
        print(f"FALSE AND PROVED: {o.place}  [{o.kind}]  {o.text}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
