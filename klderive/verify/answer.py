"""The answer on a single line: the kernel's verdict, and what is wrong with the line if it fails."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from sympy import Expr

from klderive.certificates.certificate import Counterexample
from klderive.kernel import Status, Verdict
from klderive.notation import NotationError, Scope, read_sympy, to_text
from klderive.statement import Condition
from klderive.verify.diagnosis import Diagnosis, teaches


class Answer:
    """The verdict on a line, with what its author may want to change.

    Args:
        verdict: the kernel's verdict.
        scope: the names of the line.
        diagnose: finds out what is wrong with the line; it is asked when that is first wanted.

    Attributes:
        status: `proved`, `refuted`, `undecided`, ...; this and those down to `unused` are the verdict's.
        uses: what the proof used.
        conditions: what the proof rests on beyond the assumptions on symbols.
        leftover: for an equation that fails, the normal form of left minus right.
        counterexample: the certificate of a refuted line, or the witness of a proved `!=`.
        message: why the line is not proved.
        suggestion: for a wrong reason, what would do.
        unused: what the reason names and the proof does not need.
    """

    def __init__(self, verdict: Verdict, scope: Scope, diagnose: Callable[[], Diagnosis]) -> None:
        self.verdict = verdict
        self.status: Status = verdict.status
        self.uses: tuple[str, ...] = verdict.uses
        self.conditions: tuple[Condition, ...] = verdict.conditions
        self.leftover: Expr | None = verdict.leftover
        self.counterexample: Counterexample | None = verdict.counterexample
        self.message: str = verdict.message
        self.suggestion: tuple[str, ...] = verdict.suggestion
        self.unused: tuple[str, ...] = verdict.unused
        self._scope = scope
        self._diagnose = diagnose

    @cached_property
    def diagnosis(self) -> Diagnosis:
        """What is wrong with a line that fails; looked for when first asked."""
        return self._diagnose()

    @property
    def slip(self) -> str:
        """How a line that fails would be true, if that is found; empty otherwise."""
        return self.diagnosis.slip

    def explain(self) -> tuple[str, ...]:
        """All there is to say about the line, a sentence each, formulas as they are typed."""
        said = [f"provided that {condition}" for condition in self.conditions]
        if self.diagnosis.difference is not None:
            try:
                said.append(self.diagnosis.difference.sentence(self._text))
            except NotationError:
                said.append(self.message)
        elif not self.slip and (teaches(self.verdict) or self.counterexample is None):
            # Where nothing else is said, at least that the sides differ.
            said += [self.message] if self.message else []
        if self.slip:
            said.append(self.slip)
        if self.suggestion:
            said.append(f"this would do: {', '.join(self.suggestion)}")
        if self.counterexample is not None:
            lead = "for example" if self.status == "proved" else "counterexample"
            said.append(f"{lead}: {'; '.join(self.counterexample.explain())}")
        return tuple(said)

    def _text(self, expression: Expr) -> str:
        return f"`{to_text(read_sympy(expression, self._scope))}`"

    def __str__(self) -> str:
        return "\n".join([self.status.replace("_", " "), *(f"  {s}" for s in self.explain())])

    def __repr__(self) -> str:
        return repr(self.verdict).replace("Verdict(", "Answer(", 1)
