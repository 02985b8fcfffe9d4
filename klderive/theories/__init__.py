"""The theories that klderive brings: rules beyond algebra, logarithms, linearity, definitions and facts.

The kernel knows none of them, and works without any. Each file holds the rules of one theory, with its source. A theory
that has reasons is used by a line only if one is named, and the verdict says which were used; one without extends
algebra or linearity.
"""

from __future__ import annotations

from collections.abc import Iterable

from klderive.kernel import Kernel, Searcher
from klderive.kernel.decide import BUDGET
from klderive.kernel.theory import Theories, Theory
from klderive.statement import Context
from klderive.theories.affine_maps import AffineMaps
from klderive.theories.arctangents import Arctangents
from klderive.theories.bounds import Bounds
from klderive.theories.cases import Cases
from klderive.theories.counted_data import CountedData
from klderive.theories.deltas import Deltas
from klderive.theories.derivatives import Derivatives
from klderive.theories.elementary import Elementary
from klderive.theories.exchanges import Exchanges
from klderive.theories.gamma_function import GammaFunction
from klderive.theories.indicators import Indicators
from klderive.theories.inequalities.prover import KnownInequalities
from klderive.theories.iterated import Iterated
from klderive.theories.limits import Limits
from klderive.theories.mixtures import Mixtures
from klderive.theories.monotone_maps import MonotoneMaps
from klderive.theories.optima import Optima
from klderive.theories.parity import Parity
from klderive.theories.parts import IntegrationByParts
from klderive.theories.piecewise_integrals import PiecewiseIntegrals
from klderive.theories.power_series import PowerSeries
from klderive.theories.products import Products
from klderive.theories.products_by_factors import ProductsByFactors
from klderive.theories.proportions import Proportions
from klderive.theories.ranges import Ranges
from klderive.theories.readings import with_canonical_domains, with_closed_forms, with_events
from klderive.theories.renamed_optima import RenamedOptima
from klderive.theories.signs_of_quotients import SignsOfQuotients
from klderive.theories.signs_of_sums import SignsOfSums
from klderive.theories.substitutions import Substitutions
from klderive.theories.tests_of_convergence import TestsOfConvergence
from klderive.theories.totals import Totals
from klderive.theories.whole_numbers import WholeNumbers
from klderive.theories.whole_powers import WholePowers

ALL = {
    "signs of sums": Theory(signs=SignsOfSums),
    "signs of quotients": Theory(provers=(SignsOfQuotients,)),
    "events": Theory(layers=(Indicators,), readings=(with_events,)),
    "parity": Theory(frozenset({"parity"}), layers=(Parity,)),
    "cases": Theory(layers=(Cases,)),
    "selected terms": Theory(layers=(Deltas,)),
    "ranges": Theory(layers=(Ranges,), readings=(with_canonical_domains,)),
    "affine maps": Theory(layers=(AffineMaps,), readings=(with_canonical_domains,)),
    "iterated integrals and sums": Theory(layers=(Exchanges,), inner=Iterated),
    "mixtures": Theory(layers=(Mixtures,)),
    "products by factors": Theory(layers=(ProductsByFactors,)),
    "products": Theory(layers=(Products,)),
    "counted data": Theory(layers=(CountedData,)),
    "totals that do not vanish": Theory(layers=(Totals,)),
    "whole numbers": Theory(layers=(WholeNumbers,)),
    "whole powers": Theory(layers=(WholePowers,)),
    "arctangents": Theory(layers=(Arctangents,)),
    "elementary functions": Theory(layers=(Elementary,)),
    "Gamma function": Theory(layers=(GammaFunction,)),
    "tests of convergence": Theory(convergence=TestsOfConvergence),
    "change of variable": Theory(layers=(Substitutions,)),
    "derivatives": Theory(layers=(Derivatives,)),
    "fundamental theorem of calculus": Theory(
        frozenset({"fundamental theorem of calculus"}),
        layers=(Bounds,),
        provers=(IntegrationByParts,),
    ),
    "summation": Theory(
        frozenset({"summation"}), layers=(PowerSeries,), readings=(with_closed_forms,)
    ),
    "integration": Theory(
        frozenset({"integration"}), layers=(PiecewiseIntegrals,), readings=(with_closed_forms,)
    ),
    "limits": Theory(
        frozenset({"continuity", "asymptotic expansion"}), layers=(Bounds,), provers=(Limits,)
    ),
    "proportions": Theory(provers=(Proportions,)),
    "renamed optima": Theory(provers=(RenamedOptima,)),
    "optima": Theory(frozenset({"stationary point", "monotone maps"}), provers=(Optima,)),
    "monotone maps": Theory(frozenset({"monotone maps"}), provers=(MonotoneMaps,)),
    "inequalities": Theory(
        frozenset(
            {
                "log u <= u - 1",
                "Markov's inequality",
                "Jensen's inequality",
                "mean value theorem",
                "Cauchy-Schwarz inequality",
                "triangle inequality",
                "inequality of the means",
                "terms of a sum",
            }
        ),
        provers=(KnownInequalities,),
    ),
}
"""All theories, by the names under which the documentation lists them."""

TOGETHER = Theories(ALL)

THEORIES = TOGETHER.reasons
"""What a reason may allow beside algebra, logarithms, linearity, definitions and facts."""


def chosen(names: Iterable[str]) -> Theories:
    """Some of the theories, by their names in `ALL`; a layer that another stands on comes with it.

    Raises:
        ValueError: if there is none of a name.
    """
    wanted = set(names)
    unknown = sorted(wanted - ALL.keys())
    if unknown:
        raise ValueError(f"there is no theory `{unknown[0]}`; there are: {', '.join(sorted(ALL))}")
    return Theories({name: theory for name, theory in ALL.items() if name in wanted})


def full_kernel(
    context: Context, searcher: Searcher | None = None, *, budget: int = BUDGET
) -> Kernel:
    """A kernel with all theories, in a context.

    Args:
        context: the givens and the declared functions.
        searcher: proposes counterexamples, witnesses and models; without one nothing is refuted.
        budget: products of terms that one attempt may take.
    """
    return Kernel(context, searcher, TOGETHER, budget=budget)
