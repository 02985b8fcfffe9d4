"""Why a difference that is no sum of signs is not negative all the same: it is at least something that shows it.

Accepts a polynomial in normal form that is claimed to be nonnegative. The idea: it is made smaller by known
inequalities, one after the other, until its sign shows. The inequalities are rules, each with a file of its own, and
facts (earlier lines, lemmas, hypotheses), each only where the reason allows it; under an integral or sum they are used
for all values of the bound variable, weighted by something proved nonnegative, so that integrals over one domain are
compared by their integrands.

Caveats: each rule is used once, on everything that it fits; a fact is used with a factor that makes one of its terms
cancel. Strict relations come only from signs and strict facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from klderive.kernel.events import Event, UnestablishedError, Use
from klderive.kernel.ring import ONE, Polynomial, freeze
from klderive.kernel.signs import NEGATIVE
from klderive.statement import Fact
from klderive.theories.bounds import Bounds
from klderive.theories.inequalities.cauchy_schwarz import CauchySchwarz
from klderive.theories.inequalities.components import Components
from klderive.theories.inequalities.exponentials import Exponentials
from klderive.theories.inequalities.gibbs import Gibbs
from klderive.theories.inequalities.integrands import Bound, Integrands
from klderive.theories.inequalities.jensen import ConvexOfMean, LogarithmOfMean, MeanOfLogarithm
from klderive.theories.inequalities.joint_gibbs import JointGibbs
from klderive.theories.inequalities.logarithms import Logarithms
from klderive.theories.inequalities.markov import Markov
from klderive.theories.inequalities.maximum_entropy import MaximumEntropy
from klderive.theories.inequalities.means import Means
from klderive.theories.inequalities.rule import Rule
from klderive.theories.inequalities.squares import Squares
from klderive.theories.inequalities.terms import Terms
from klderive.theories.inequalities.triangle import Triangle
from klderive.theories.monotonicity import Monotonicity

FACTS_TOGETHER = 3
"""Inequalities among the facts that are used in one bound."""

BOUNDS = 60
"""Smaller polynomials that are looked at in one proof."""

RULES: tuple[type[Rule], ...] = (
    Markov,
    LogarithmOfMean,
    ConvexOfMean,
    Logarithms,
    Exponentials,
    CauchySchwarz,
    Triangle,
    MeanOfLogarithm,
    Components,
    Gibbs,
    JointGibbs,
    MaximumEntropy,
    Squares,
    Means,
    Terms,
)
"""The rules, in the order in which they are chained."""


class Inequalities:
    """Proves that polynomials are nonnegative, in one mode, modulo facts.

    Args:
        normalizer: normal forms with functionals split, in which new integrals and sums are made.
        facts: the facts that are allowed; inequalities among them bound.
    """

    def __init__(self, normalizer: Bounds, facts: Sequence[Fact]) -> None:
        self.normalizer = normalizer
        self.ring = normalizer.ring
        self.signs = normalizer.signs
        self.integrands = Integrands(normalizer)
        self.rules = [
            rule(self.integrands) for rule in RULES if rule.reason in normalizer.mode.theories
        ]
        self.monotonicity = Monotonicity(normalizer)
        self.facts = [fact for fact in facts if fact.relation in ("<=", ">=", "<", ">")]

    def proofs(self, polynomial: Polynomial, strict: bool) -> Iterator[tuple[Event, ...]]:
        """What each proof of a polynomial's sign rests on, of which not all may hold."""
        for bound in self._bounds(polynomial):
            found = self._by_facts(bound, strict, self._gaps())
            if found is not None:
                yield found
        uses = self.monotonicity.proof(polynomial, strict)
        if uses is not None:
            yield tuple(Use(name) for name in sorted(uses))

    def _bounds(self, polynomial: Polynomial) -> Iterator[Bound]:
        """The polynomial and smaller ones, by one inequality and then another."""
        first = Bound(polynomial)
        yield first
        level = [first]
        for rule in self.rules:
            for bound in level[:1] if rule.alone else level[:]:
                for smaller in self._smaller(rule, bound):
                    yield smaller
                    level.append(smaller)
                    if len(level) >= BOUNDS:
                        return

    def _smaller(self, rule: Rule, bound: Bound) -> Iterator[Bound]:
        """What a rule makes of a bound, as far as its conditions are established."""
        try:
            for found in rule.smaller(bound.polynomial):
                yield Bound(found.polynomial, (*bound.events, *found.events))
        except UnestablishedError:
            return

    def _by_facts(
        self, bound: Bound, strict: bool, gaps: Sequence[tuple[Polynomial, bool, Bound]]
    ) -> tuple[Event, ...] | None:
        """Subtracts multiples of what the facts say is nonnegative until the sign shows."""
        shown = self.integrands.sign_shows(bound.polynomial, strict)
        if shown is not None:
            return (*bound.events, *shown)
        if not gaps:
            return None
        for place, (gap, is_strict, rests) in enumerate(gaps):
            for factor in self._factors(bound.polynomial, gap):
                rest = self.ring.subtract(bound.polynomial, self.ring.multiply(factor, gap))
                smaller = Bound(rest, (*bound.events, *rests.events))
                wanted = strict and not (is_strict and self.signs.is_positive(factor))
                found = self._by_facts(smaller, wanted, gaps[place + 1 :])
                if found is not None:
                    return found
        return None

    def _gaps(self) -> list[tuple[Polynomial, bool, Bound]]:
        """What each fact says is nonnegative (positive, if strict), with its name and conditions as events."""
        gaps = []
        for fact in self.facts[:FACTS_TOGETHER]:
            try:
                left, left_events = self.normalizer.side(fact.left)
                right, right_events = self.normalizer.side(fact.right)
            except UnestablishedError:
                continue
            gap = self.ring.subtract(right, left)
            if fact.relation in (">=", ">"):
                gap = self.ring.scale(gap, -1)
            events = (Use(fact.name), *left_events, *right_events)
            gaps.append((gap, fact.relation in ("<", ">"), Bound({}, events)))
        return gaps

    def _factors(self, polynomial: Polynomial, gap: Polynomial) -> Iterator[Polynomial]:
        """Nonnegative factors with which a term of the gap cancels one of the polynomial."""
        seen = set()
        for monomial, coefficient in gap.items():
            for mine, own in polynomial.items():
                inverse = self.ring.monomial_power(monomial, -1)
                factor = self.ring.multiply({mine: own / coefficient}, inverse)
                key = freeze(factor)
                if key in seen or self.signs.sign(factor) & NEGATIVE:
                    continue
                seen.add(key)
                # A negative power of something that may vanish is no factor.
                if all(
                    e > 0 or self.signs.is_nonzero({((n, 1),): ONE}) for m in factor for n, e in m
                ):
                    yield factor
