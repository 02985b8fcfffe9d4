"""Walks a derivation from top to bottom and asks the kernel about each line.

Accepts a derivation; gives a report. The idea: a line is checked with what its reasons name, and a reason can name only
what stands above the line and is itself verified. Lines and lemmas that hold become facts for the lines below, with
their conditions. One bad line does not hide the verdicts of the others. An erratum, a false line of the document, must
come back refuted, and nothing rests on it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace

from sympy import Expr
from sympy.core.function import AppliedUndef

from klderive.derivation import Derivation, Line, Part, Reason
from klderive.derivation.parts import Premise, compose
from klderive.kernel import Allowed, Kernel, Verdict
from klderive.kernel.events import Substitution
from klderive.kernel.theory import Theories
from klderive.statement import (
    Condition,
    Context,
    Fact,
    FunctionDeclaration,
    RelationName,
    Statement,
)
from klderive.theories import THEORIES, TOGETHER, chosen
from klderive.verify.changes import substitution_of
from klderive.verify.cross_check import CrossCheck, CrossChecker
from klderive.verify.diagnosis import Diagnosis, diagnosis
from klderive.verify.heeding import Heeding, names_spoken_of
from klderive.verify.limits import Limits
from klderive.verify.reasons import find_reason, judge
from klderive.verify.report import LineReport, PartReport, Report
from klderive.verify.satisfiability import Satisfiability, claims_of, satisfiability
from klderive.verify.supports import supports

Progress = Callable[[Line], None]
"""Called before each line is checked."""


def verify(
    derivation: Derivation,
    *,
    progress: Progress | None = None,
    cross_check: bool = False,
    timeout: float | None = None,
    theories: Collection[str] | None = None,
) -> Report:
    """The verdict on every line of a derivation, and what the whole stands on.

    Args:
        derivation: the derivation; it is not changed.
        progress: called with each line before it is checked.
        cross_check: whether proved lines are evaluated at points of their domain, too.
        timeout: seconds that each line may take, a hard limit; a line that takes longer is undecided.
        theories: names of those theories in `klderive.theories.ALL` that the kernel may use beside its own rules;
            without them all.

    Raises:
        ValueError: if there is no theory of a name.
        LimitsUnavailableError: for a timeout on a system that cannot fork.
    """
    walk = Walk(
        derivation,
        cross_checker=CrossChecker() if cross_check else None,
        limits=Limits(timeout) if timeout is not None else None,
        theories=TOGETHER if theories is None else chosen(theories),
    )
    parts = []
    for part in derivation.parts:
        lines = []
        for line in part.lines:
            if progress is not None:
                progress(line)
            lines.append(walk.check(line))
        parts.append(PartReport(part, tuple(lines)))
        walk.finish(part, lines)
    stands_on = supports(derivation, parts, walk.facts)
    return Report(derivation, tuple(parts), stands_on, walk.satisfiability())


@dataclass(slots=True)
class _Known:
    """A fact, the line whose special case it needs, and the labels it stands on."""

    fact: Fact
    where: tuple[Statement, ...] = ()


@dataclass(slots=True)
class Walk:
    """The check of a derivation under way: what is known at the line that comes next.

    Args:
        derivation: the derivation.
        cross_checker: evaluates proved lines, if they are to be.
        limits: hard limits for each line, if there are to be some.
        theories: what the kernel is given beside its own rules.
    """

    derivation: Derivation
    cross_checker: CrossChecker | None = None
    limits: Limits | None = None
    theories: Theories = TOGETHER
    functions: dict[str, FunctionDeclaration] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    known: dict[str, _Known] = field(default_factory=dict)
    kernels: dict[tuple[Statement, ...], Kernel] = field(default_factory=dict)
    reports: dict[str, LineReport] = field(default_factory=dict)
    withdrawn: dict[str, str] = field(default_factory=dict)
    searcher: Heeding = field(default_factory=Heeding)

    def __post_init__(self) -> None:
        self.functions = dict(self.derivation.functions)
        self.facts = dict(self.derivation.facts)
        for premise in self.derivation.premises.values():
            if premise.statement is not None:
                name = f"{premise.kind} {premise.name}"
                statement = premise.statement
                self.facts[name] = Fact(
                    name,
                    statement.left,
                    statement.right,
                    premise.kind,
                    parameters=premise.parameters,
                    domains=premise.domains,
                    relation=statement.relation,
                    over=statement.over,
                    to=statement.to,
                    restricts=_restricted(premise),
                )
        said = {
            kind: [
                (p.statement, p.closed)
                for p in self.derivation.premises.values()
                if p.kind == kind and p.statement is not None and p.restricts
            ]
            for kind in ("hypothesis", "axiom")
        }
        self.searcher = Heeding(said["hypothesis"], said["axiom"])
        self.known = {name: _Known(fact) for name, fact in self.facts.items()}
        problem = self._beyond_limits(self._check_definitions)
        if not problem:
            self._check_definitions()
            return
        for name, declared in tuple(self.functions.items()):
            if declared.definition is not None:
                self._withdraw(name, f"the definitions are not judged: {problem}")

    def _beyond_limits(self, work: Callable[[], object]) -> str:
        """Why a piece of work is not done within the limits; empty if it is, or there are none."""
        return self.limits.problem(work) if self.limits is not None else ""

    def kernel(self, line: Line | None) -> Kernel:
        """The kernel for the givens of a line."""
        givens = line.givens if line is not None else ()
        kernel = self.kernels.get(givens)
        if kernel is None:
            context = self.derivation.context(line)
            context = replace(context, functions=self.functions)
            kernel = Kernel(context, self.searcher, self.theories)
            self.kernels[givens] = kernel
        return kernel

    def _check_definitions(self) -> None:
        """Judge all definitions before the lines that may use them.

        A definition that is not accepted keeps no sign and no facts, and each use must establish that it is defined.
        """
        for name, density in self.derivation.densities.items():
            declared = self.functions[name]
            law = density.law_density()
            if law is None or declared.definition in (None, law):
                continue
            bare = replace(declared, sign="unknown", facts=(), bounded=False)
            context = Context(self.derivation.context().givens, {name: bare})
            kernel = Kernel(context, self.searcher, self.theories)
            statement = Statement(declared.definition, "=", law)
            allowed = Allowed(logarithms=True)
            verdict = kernel.judge(statement, allowed)
            if verdict.status != "proved" or verdict.conditions:
                law_name = density.law.law if density.law else "law"
                self._withdraw(name, f"the definition of {name} is not the {law_name} density")
        definitions = [
            (_head(line), line.statement)
            for line in self.derivation.lines()
            if line.role == "definition" and _head(line) in self.functions
        ]
        # What is withdrawn may have been what another definition was judged by: until nothing changes.
        while any(self._judge_definition(name, statement) for name, statement in definitions):
            pass
        for name, _ in definitions:
            declared = self.functions[name]
            if (
                declared.sign != "positive"
                and declared.total
                and self.kernel(None).is_positive(name)
            ):
                self.functions[name] = replace(declared, sign="positive")
                self.kernels.clear()

    def _judge_definition(self, name: str, statement: Statement) -> bool:
        """Judge a definition; whether that changed what is declared of its function."""
        if name in self.withdrawn:
            return False
        verdict = self.kernel(None).define(statement)
        if verdict.status != "definition":
            self._withdraw(name, verdict.message)
            return True
        if verdict.conditions and self.functions[name].total:
            self.functions[name] = replace(self.functions[name], total=False)
            self.kernels.clear()
            return True
        return False

    def _withdraw(self, name: str, problem: str) -> None:
        self.withdrawn.setdefault(name, problem)
        declared = self.functions[name]
        self.functions[name] = replace(
            declared, sign="unknown", facts=(), total=False, bounded=False
        )
        self.kernels.clear()
        density = self.derivation.densities.get(name)
        for fact in density.facts if density is not None else ():
            self.known.pop(fact.name, None)

    def check(self, line: Line) -> LineReport:
        """The report on one line, remembered for the lines below."""
        problem = self._beyond_limits(lambda: self.report(line))
        if problem:
            report = _unchecked(line, problem)
        else:
            try:
                report = self.report(line)
            except Exception as error:
                # An error of klderive's own: it proves nothing, and must not hide the other verdicts.
                words = f"klderive fails on this line, which is an error of its own: {error!r}"
                report = _unchecked(line, words)
        if self.cross_checker is not None and report.verdict.status == "proved":
            checked = self._cross_checked(report, self.cross_checker)
            report = replace(report, cross_check=checked)
        report = self._diagnosed(report)
        self.reports[line.label] = report
        if report.verified and line.role == "step":
            self._remember(line)
        return report

    def _diagnosed(self, report: LineReport) -> LineReport:
        """The report on a line that fails, with what is wrong and what would put it right, if that is found."""
        line = report.line
        if line.role != "step" or report.verdict.status not in ("refuted", "undecided"):
            return report
        if line.reasons is not None and self._allowed(line.reasons, line)[1]:
            # The line was not judged.
            return report

        def found() -> Diagnosis:
            return diagnosis(
                line.statement,
                report.verdict,
                (line.left, line.right),
                context=self.kernel(line).context,
                everything=self.everything(line),
                scope=self.derivation.scope,
                theories=self.theories,
            )

        if self._beyond_limits(found):
            return report
        try:
            diagnosed = found()
        except Exception:
            # An error of klderive's own must not hide the verdict.
            return report
        return replace(report, slip=diagnosed.slip, difference=diagnosed.difference)

    def _cross_checked(self, report: LineReport, checker: CrossChecker) -> CrossCheck:
        """What evaluation says of a proved line, where the hypotheses hold on which it may rest."""
        if self._beyond_limits(lambda: self._evaluated(report, checker)):
            return CrossCheck()
        return self._evaluated(report, checker)

    def _evaluated(self, report: LineReport, checker: CrossChecker) -> CrossCheck:
        statement = report.line.statement
        context = self.searcher.heeded([statement], self.kernel(report.line).context)
        return checker.check(statement, report.verdict.conditions, context)

    def satisfiability(self) -> Satisfiability:
        """A case in which all that the derivation assumes holds, if one is found."""
        unknown = Satisfiability(claims_of(self.derivation))
        if not unknown.claims or self._beyond_limits(lambda: satisfiability(self.derivation)):
            return unknown
        try:
            return satisfiability(self.derivation)
        except Exception:
            # An error of klderive's own must not hide the verdicts.
            return unknown

    def finish(self, part: Part, lines: list[LineReport]) -> None:
        """Make a lemma whose lines all hold a fact for what follows."""
        lines = [report for report in lines if not report.erratum]
        if part.kind != "lemma" or not lines or not all(report.verified for report in lines):
            return
        last = [r for r in lines if not r.line.remark and r.line.role != "definition"]
        if not last:
            return
        chain = self._chain(last[-1].line)
        if chain is not None:
            first, relation, conditions = chain
            name = f"lemma {part.name}"
            fact = Fact(
                name,
                first,
                last[-1].line.statement.right,
                "lemma",
                conditions,
                relation=relation,
                restricts=self._restricts(lines),
            )
            self.known[name] = _Known(fact, last[-1].line.givens)
            self.facts[name] = fact

    def _remember(self, line: Line) -> None:
        chain = self._chain(line)
        if chain is None:
            return
        first, relation, conditions = chain
        name = f"line {line.label}"
        reports = [r for r in self.reports.values() if r.line.first is line.first]
        fact = Fact(
            name,
            first,
            line.statement.right,
            "line",
            conditions,
            relation=relation,
            restricts=self._restricts(reports),
        )
        self.known[name] = _Known(fact, line.givens)
        self.facts[name] = fact
        if line.number:
            self.known[f"line {line.number}"] = self.known[name]

    def _restricts(self, reports: Iterable[LineReport]) -> frozenset[str]:
        """The names that the hypotheses speak of on which these lines rest, themselves or through other lines."""
        names: set[str] = set()
        for report in reports:
            if report.verdict.status == "assumed":
                statement = report.line.statement
                names |= _spoken_of(statement.left) | _spoken_of(statement.right)
            for name in report.verdict.uses:
                if name in self.facts:
                    names |= self.facts[name].restricts
        return frozenset(names)

    def _chain(self, line: Line) -> tuple[Expr, RelationName, tuple[Condition, ...]] | None:
        """What a chain concludes up to a line, if its lines are verified: its first side, and how it is related."""
        lines = [
            other
            for other in self.derivation.lines()
            if other.first is line.first and other.role != "erratum" and other.label in self.reports
        ]
        if any(not self.reports[o.label].verified for o in lines):
            return None
        relation = compose([other.link for other in lines])
        if relation not in ("=", "<=", ">=", "<", ">"):
            return None
        conditions = dict.fromkeys(
            c for other in lines for c in self.reports[other.label].verdict.conditions
        )
        return lines[0].statement.left, relation, tuple(conditions)

    def report(self, line: Line) -> LineReport:
        """The report on one line; it is not remembered."""
        kernel = self.kernel(line)
        if line.role == "definition":
            name = _head(line)
            if name in self.withdrawn:
                return LineReport(line, kernel.reject(self.withdrawn[name]), ("definition",))
            verdict = kernel.define(line.statement)
            return LineReport(line, verdict, ("definition",))
        reasons = line.reasons or ()
        if line.role == "erratum":
            return LineReport(
                line, self._judge_erratum(line), _words(reasons), (), self._right(line)
            )
        if line.corrects and not self._is_erratum(line.corrects):
            problem = f"there is no erratum {line.corrects} above this line"
            return LineReport(line, kernel.reject(problem), _words(reasons))
        for reason in reasons:
            if self._is_only_assumed(reason):
                return LineReport(line, kernel.assume(str(reason)), _words(reasons))
        if line.role == "assumption":
            return LineReport(line, kernel.assume("approximation"), _words(reasons))
        everything = self.everything(line)
        if line.reasons is None:
            verdict = find_reason(kernel, line.statement, everything)
            if verdict.status != "proved":
                return LineReport(line, verdict, ())
            found = tuple(words_for(name) for name in verdict.uses) or ("algebra",)
            cites = tuple(n for n in verdict.uses if n.startswith(("line ", "lemma ")))
            return LineReport(line, verdict, found, cites)
        allowed, problem = self._allowed(reasons, line)
        if problem:
            return LineReport(line, kernel.reject(problem), _words(reasons))
        everything = replace(everything, substitutions=allowed.substitutions)
        verdict = judge(kernel, line.statement, allowed, everything)
        cites = tuple(str(r) for r in reasons if r.kind in ("lemma", "line"))
        return LineReport(line, verdict, _words(reasons), cites)

    def _judge_erratum(self, line: Line) -> Verdict:
        """The verdict on a line that should be refuted, by whatever holds there."""
        everything = self.everything(line)
        return self.kernel(line).judge(line.statement, everything)

    def _right(self, erratum: Line) -> tuple[str, ...]:
        """The labels of the lines that correct an erratum."""
        names = {erratum.label, erratum.number} - {""}
        return tuple(line.label for line in self.derivation.lines() if line.corrects in names)

    def _is_erratum(self, name: str) -> bool:
        return any(
            report.erratum and name in (report.line.label, report.line.number)
            for report in self.reports.values()
        )

    def _is_only_assumed(self, reason: Reason) -> bool:
        """Whether a reason is an axiom or a hypothesis in words, which gives the kernel nothing to check."""
        if reason.kind not in ("axiom", "hypothesis"):
            return False
        return f"{reason.kind} {reason.name}" not in self.known

    def everything(self, line: Line) -> Allowed:
        """All that a line may use: every theory and definition, and the facts above it.

        Of the facts with parameters, of which each pair is tried, only those on what the line speaks of, directly or
        through other facts.
        """
        known = {
            id(known.fact): known.fact
            for known in self.known.values()
            if set(known.where) <= set(line.givens)
        }
        facts = tuple(known.values())
        context = self.kernel(line).context
        names = names_spoken_of(line.statement, context)
        pending = list(facts)
        while True:
            found = [fact for fact in pending if _spoken_of(fact.left) & names]
            if not found:
                break
            names |= {name for fact in found for name in _spoken_of(fact.right)}
            pending = [fact for fact in pending if fact not in found]
        facts = tuple(fact for fact in facts if not (fact.parameters and fact in pending))
        return Allowed(True, True, None, facts, THEORIES)

    def _allowed(self, reasons: Iterable[Reason], line: Line) -> tuple[Allowed, str]:
        logarithms = linearity = False
        definitions: set[str] = set()
        theories: set[str] = set()
        facts: list[Fact] = []
        substitutions: list[Substitution] = []
        for reason in reasons:
            match reason.kind:
                case "logarithms":
                    logarithms = True
                case "linearity":
                    linearity = True
                case "definition":
                    definitions.add(reason.name)
                case "substitution":
                    found = substitution_of(reason.name, self.derivation.scope, line.statement)
                    if isinstance(found, str):
                        return Allowed(), found
                    substitutions.append(found)
                case "theory":
                    theories.add(reason.name)
                case "fact" | "lemma" | "line" | "hypothesis" | "axiom":
                    name = reason.name if reason.kind == "fact" else f"{reason.kind} {reason.name}"
                    known = self.known.get(name)
                    if known is None or not set(known.where) <= set(line.givens):
                        return Allowed(), self._missing(name)
                    if known.fact not in facts:
                        facts.append(known.fact)
        return (
            Allowed(
                logarithms,
                linearity,
                frozenset(definitions),
                tuple(facts),
                frozenset(theories),
                tuple(substitutions),
            ),
            "",
        )

    def _missing(self, name: str) -> str:
        label = name.removeprefix("line ")
        if self._is_erratum(label):
            return f"{name} is an erratum, on which nothing may rest"
        for report in self.reports.values():
            if name.startswith("line ") and label in (report.line.label, report.line.number):
                shown = report.line.number or report.line.label
                why = "it is no equation" if report.verified else "it is not verified"
                if name in self.known:
                    why = "it holds in a special case"
                return f"line {shown} is not available here: {why}"
        if name.startswith("lemma "):
            return f"{name} is not available here: it is not verified, or no equation"
        for density, problem in self.withdrawn.items():
            if name.endswith(f" of {density}"):
                return problem
        return f"there is no `{name}` above this line"


def _unchecked(line: Line, problem: str) -> LineReport:
    """The report on a line that could not be checked: undecided."""
    return LineReport(line, Kernel(Context()).reject(problem), _words(line.reasons or ()))


def _restricted(premise: Premise) -> frozenset[str]:
    """The names that a premise speaks of, but for those for all values of which it holds."""
    statement = premise.statement
    if statement is None or not premise.restricts:
        return frozenset()
    named = _spoken_of(statement.left) | _spoken_of(statement.right)
    return frozenset(named - {str(parameter) for parameter in premise.parameters})


def _spoken_of(expression: Expr) -> set[str]:
    """The names of the symbols and functions in an expression."""
    functions = {application.func.__name__ for application in expression.atoms(AppliedUndef)}
    return functions | {str(symbol) for symbol in expression.free_symbols}


def _head(line: Line) -> str:
    """The name of the function that a line defines; empty if it defines something else."""
    left = line.statement.left
    return str(left.func.__name__) if isinstance(left, AppliedUndef) else ""


def _words(reasons: Iterable[Reason]) -> tuple[str, ...]:
    return tuple(str(reason) for reason in reasons)


def words_for(name: str) -> str:
    """The words of a reason for a name that the kernel used."""
    if name.startswith("definition "):
        return f"definition of {name.removeprefix('definition ')}"
    return name.removeprefix("hypothesis ").removeprefix("axiom ")


def verdict_words(verdict: Verdict) -> tuple[str, ...]:
    """The words of the reason that a verdict suggests, or found."""
    return tuple(words_for(name) for name in verdict.suggestion or verdict.uses) or ("algebra",)
