"""The theories that klderive brings: rules beyond algebra, logarithms, linearity, definitions and facts.

The kernel knows none of them. Each file holds the rules of one theory, with its source; a line uses those that its
reason names, and its verdict says which it used.
"""

from __future__ import annotations

from klderive.kernel import Kernel, Searcher
from klderive.kernel.decide import BUDGET
from klderive.kernel.theory import Theories
from klderive.statement import Context
from klderive.theories.cases import Cases
from klderive.theories.counted_data import CountedData
from klderive.theories.derivatives import Differentiation
from klderive.theories.exchanges import Exchanges
from klderive.theories.indicators import Indicators
from klderive.theories.inequalities import KnownInequalities
from klderive.theories.iterated import Iterated
from klderive.theories.limits import Limits
from klderive.theories.monotone_maps import MonotoneMaps
from klderive.theories.optima import Optima
from klderive.theories.parity import Parity
from klderive.theories.parts import IntegrationByParts
from klderive.theories.piecewise_integrals import PiecewiseIntegrals
from klderive.theories.power_series import PowerSeries
from klderive.theories.readings import with_closed_forms, with_events
from klderive.theories.substitutions import Substitutions
from klderive.theories.tests_of_convergence import TestsOfConvergence

THEORIES = frozenset(
    {
        "log u <= u - 1",
        "Markov's inequality",
        "Jensen's inequality",
        "monotone maps",
        "fundamental theorem of calculus",
        "parity",
        "stationary point",
        "continuity",
        "integration",
        "summation",
        "asymptotic expansion",
        "mean value theorem",
        "Cauchy-Schwarz inequality",
        "triangle inequality",
    }
)
"""What a reason may allow beside algebra, logarithms, linearity, definitions and facts."""


class AllLayers(
    Indicators,
    Parity,
    Cases,
    Exchanges,
    CountedData,
    Substitutions,
    PowerSeries,
    PiecewiseIntegrals,
):
    """The normal form with the rules of all theories."""


ALL = Theories(
    names=THEORIES,
    layer=AllLayers,
    readings=(with_events, with_closed_forms),
    convergence=TestsOfConvergence,
    inner=Iterated,
    provers=(Differentiation, Limits, Optima, IntegrationByParts, MonotoneMaps, KnownInequalities),
)
"""All theories."""


def full_kernel(
    context: Context, searcher: Searcher | None = None, *, budget: int = BUDGET
) -> Kernel:
    """A kernel with all theories, in a context.

    Args:
        context: the givens and the declared functions.
        searcher: proposes counterexamples, witnesses and models; without one nothing is refuted.
        budget: products of terms that one attempt may take.
    """
    return Kernel(context, searcher, ALL, budget=budget)
