"""The trusted room: normal forms, facts, certified evaluation, verdicts. It knows no probability.

`Kernel` decides statements in a context; only this room makes a `Verdict`.
"""

from klderive.kernel.certified.certificate import Counterexample, Point
from klderive.kernel.decide import Kernel
from klderive.kernel.needs import Searcher
from klderive.kernel.reasons import Allowed
from klderive.kernel.statement import (
    Condition,
    Context,
    Fact,
    FunctionDeclaration,
    FunctionSign,
    RelationName,
    Statement,
)
from klderive.kernel.verdict import Status, Verdict

__all__ = [
    "Allowed",
    "Condition",
    "Context",
    "Counterexample",
    "Fact",
    "FunctionDeclaration",
    "FunctionSign",
    "Kernel",
    "Point",
    "RelationName",
    "Searcher",
    "Statement",
    "Status",
    "Verdict",
]
