"""What the kernel answers: a status with what it rests on.

Only the kernel makes verdicts: the constructor asks for a token that lives in this module, and a test checks that no
module outside the kernel touches it. In Python that is a convention, not a wall.
"""

from __future__ import annotations

from typing import Literal

from sympy import Expr

from klderive.certificates.certificate import Counterexample
from klderive.statement import Condition

Status = Literal["proved", "definition", "assumed", "wrong_reason", "refuted", "undecided"]

_token = object()


class Verdict:
    """The kernel's answer on one statement.

    Attributes:
        status: one of the six statuses.
        uses: the names of theories, definitions and facts that the proof needed, in order of first need.
        conditions: what the proof rests on beyond the assumptions on symbols.
        leftover: for an undecided or refuted equation, the normal form of left minus right.
        counterexample: the certificate of a refuted line, or the witness of a proved `!=`.
        message: one or two sentences on why the line is not proved; empty otherwise.
        suggestion: for a wrong reason, the names of what would do.
        unused: names that the reason gives and the proof does not need.
    """

    __slots__ = (
        "conditions",
        "counterexample",
        "leftover",
        "message",
        "status",
        "suggestion",
        "unused",
        "uses",
    )

    def __init__(
        self,
        token: object,
        status: Status,
        *,
        uses: tuple[str, ...] = (),
        conditions: tuple[Condition, ...] = (),
        leftover: Expr | None = None,
        counterexample: Counterexample | None = None,
        message: str = "",
        suggestion: tuple[str, ...] = (),
        unused: tuple[str, ...] = (),
    ) -> None:
        if token is not _token:
            raise TypeError("only the kernel makes verdicts")
        self.status = status
        self.uses = uses
        self.conditions = conditions
        self.leftover = leftover
        self.counterexample = counterexample
        self.message = message
        self.suggestion = suggestion
        self.unused = unused

    def __repr__(self) -> str:
        details = [f"status={self.status!r}"]
        if self.conditions:
            details.append(f"conditions={[str(condition) for condition in self.conditions]}")
        if self.message:
            details.append(f"message={self.message!r}")
        return f"Verdict({', '.join(details)})"
