"""The trusted room: normal forms, facts, conditions, verdicts. It knows no probability.

`Kernel` decides statements in a context; only this room makes a `Verdict`.
"""

from klderive.kernel.decide import Kernel
from klderive.kernel.needs import Searcher
from klderive.kernel.reasons import Allowed
from klderive.kernel.verdict import Status, Verdict

__all__ = [
    "Allowed",
    "Kernel",
    "Searcher",
    "Status",
    "Verdict",
]
