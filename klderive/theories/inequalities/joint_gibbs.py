"""Gibbs' inequality for a joint law: entropies of a joint law and of its marginals are put under one double sign.

Accepts a double integral or sum of w g, where w is a product of densities of both variables whose mass is 1, beside
integrals of one variable that are weighted by a marginal of w, and what stands under no sign. The integral of m a over
x, where m is the integral of w over y, is the double integral of w a; so the whole is one of w (c log w + g), and at
least c (1 - the double integral of q), as in Gibbs' inequality for one variable. That gives that mutual information is
not negative, in every writing: conditioning reduces entropy, and H(X, Y) <= H(X) + H(Y).

To put the integral over y first, the order of the two is exchanged, for which the absolute value must converge.

(Cover and Thomas, Elements of Information Theory, 2nd edition, theorems 2.6.3 to 2.6.6; Rudin, Real and Complex
Analysis, 3rd edition, theorem 8.8.)
"""

from __future__ import annotations

from collections.abc import Iterator

from klderive.kernel.events import Event, Exchange, UnestablishedError, Use
from klderive.kernel.ring import ONE, Frozen, Monomial, Polynomial, freeze
from klderive.kernel.signs import NEGATIVE
from klderive.theories.inequalities.gibbs import powers_of_logarithms
from klderive.theories.inequalities.integrands import Bound, Part
from klderive.theories.inequalities.logarithms import product_where_defined
from klderive.theories.inequalities.rule import Rule


class JointGibbs(Rule):
    """Replaces a double integral of w g, with what is weighted by its marginals, by what it is at least."""

    reason = "log u <= u - 1"
    alone = True

    def smaller(self, polynomial: Polynomial) -> Iterator[Bound]:
        """The number at which the whole polynomial is at least, where all of it is under one joint weight."""
        split = self.integrands.merged(polynomial, constants=True)
        if split is None or len(split[1]) > 3:
            return
        constant, parts = split
        for whole in parts:
            outer = whole
            with self.normalizer.binding(outer.variable):
                opened = self._opened(outer)
            if opened is None:
                continue
            others = [part for part in parts if part is not whole]
            outer, inner, joint, single = self._apart(outer, *opened)
            if single:
                others.append(Part(outer.name, outer.domain, outer.variable, single))
            weight = self._weight(joint)
            if weight is None:
                continue
            try:
                found = self._bounded(outer, inner, weight, joint, others, constant)
            except UnestablishedError:
                continue
            if found is not None:
                yield found

    def _opened(self, outer: Part) -> tuple[Part, Polynomial, Polynomial] | None:
        """The inner sign, the integrand under both, and what stands under the outer one only."""
        ring = self.ring
        joint: Polynomial = {}
        single: Polynomial = {}
        inner: Part | None = None
        for monomial, coefficient in outer.body.items():
            functionals = [
                (n, e)
                for n, e in monomial
                if ring.atoms[n].kind == "functional" and outer.variable in ring.atoms[n].free
            ]
            if not functionals:
                single[monomial] = coefficient
                continue
            if len(functionals) > 1 or functionals[0][1] != 1:
                return None
            found = self.integrands.part(functionals[0][0])
            if found is None or found.variable == outer.variable:
                return None
            if inner is None:
                inner = found
            if (found.name, found.domain) != (inner.name, inner.domain):
                return None
            body = dict(self.normalizer.renamed(freeze(found.body), found.variable, inner.variable))
            factor: Polynomial = {tuple(p for p in monomial if p not in functionals): coefficient}
            joint = ring.add(joint, ring.multiply(factor, body))
        return None if inner is None else (inner, joint, single)

    def _apart(
        self, outer: Part, inner: Part, joint: Polynomial, single: Polynomial
    ) -> tuple[Part, Part, Polynomial, Polynomial]:
        """The same with variables that occur nowhere else, so that either may be bound inside the other."""
        normalizer = self.normalizer
        new = [
            normalizer.fresh_variable(part.domain, normalizer.bound_names[part.variable])
            for part in (outer, inner)
        ]

        def renamed(polynomial: Polynomial) -> Polynomial:
            frozen = normalizer.renamed(freeze(polynomial), inner.variable, new[1])
            return dict(normalizer.renamed(frozen, outer.variable, new[0]))

        return (
            Part(outer.name, outer.domain, new[0], {}),
            Part(inner.name, inner.domain, new[1], {}),
            renamed(joint),
            renamed(single),
        )

    def _weight(self, joint: Polynomial) -> Monomial | None:
        """The functions that are proved nonnegative and are factors of all terms."""
        common: set[int] | None = None
        for monomial in joint:
            here = {
                n
                for n, e in monomial
                if e == 1
                and self.ring.atoms[n].kind == "apply"
                and self.signs.is_declared(n)
                and not self.signs.atom(n) & NEGATIVE
            }
            common = here if common is None else common & here
        return tuple((n, 1) for n in sorted(common)) if common else None

    def _bounded(
        self,
        outer: Part,
        inner: Part,
        weight: Monomial,
        joint: Polynomial,
        others: list[Part],
        constant: Polynomial,
    ) -> Bound | None:
        ring = self.ring
        density: Polynomial = {weight: ONE}
        with self.normalizer.binding(outer.variable):
            of_outer = self.integrands.accumulated(inner, density)
        with self.normalizer.binding(inner.variable):
            of_inner = self.integrands.accumulated(outer, density)
        mass = self.integrands.accumulated(outer, of_outer.polynomial)
        if mass.polynomial != ring.number(1):
            return None
        inside = ring.add(_divided(joint, weight), constant)
        events: list[Event] = [Use(self.reason), *of_outer.events, *of_inner.events, *mass.events]
        for part in others:
            for monomial, coefficient in part.body.items():
                found = self._under(part, monomial, outer, of_outer.polynomial)
                if found is None:
                    found = self._under(part, monomial, inner, of_inner.polynomial)
                    if found is None:
                        return None
                    events += self._exchanged(outer, inner, weight, found)
                inside = ring.add(inside, ring.scale(dict(found), coefficient))
        for scale in self._scales(inside, weight, (outer.variable, inner.variable)):
            exponential = powers_of_logarithms(
                self.normalizer,
                ring.multiply(inside, ring.scale(self.normalizer.inverse(scale), -1)),
            )
            other = product_where_defined(self.integrands, density, exponential)
            if other is None:
                continue
            with self.normalizer.binding(outer.variable):
                first = self.integrands.accumulated(inner, other)
            total = self.integrands.accumulated(outer, first.polynomial)
            least = ring.multiply(scale, ring.subtract(ring.number(1), total.polynomial))
            if not self.signs.sign(least) & NEGATIVE:
                events += [*first.events, *total.events]
                return Bound(least, tuple(dict.fromkeys(events)))
        return None

    def _under(
        self, part: Part, monomial: Monomial, whole: Part, marginal: Polynomial
    ) -> Frozen | None:
        """A term of an integral over the variable of another, divided by a marginal that is its factor."""
        if (part.name, part.domain) != (whole.name, whole.domain) or len(marginal) != 1:
            return None
        ((factors, coefficient),) = marginal.items()
        if coefficient != ONE or not factors:
            return None
        moved = self.normalizer.renamed(freeze({monomial: ONE}), part.variable, whole.variable)
        ((renamed, _),) = moved
        if not all(pair in renamed for pair in factors):
            return None
        return freeze({tuple(p for p in renamed if p not in factors): ONE})

    def _exchanged(self, outer: Part, inner: Part, weight: Monomial, factor: Frozen) -> list[Event]:
        """What must hold for the double integral to be taken in the other order."""
        if outer.domain[0] == "set" and inner.domain[0] == "set":
            return []
        binders = (
            (inner.name, inner.domain, inner.variable),
            (outer.name, outer.domain, outer.variable),
        )
        product = self.ring.multiply({weight: ONE}, dict(factor))
        return [Exchange(monomial, binders) for monomial in product]

    def _scales(
        self, inside: Polynomial, weight: Monomial, variables: tuple[int, int]
    ) -> Iterator[Polynomial]:
        """The positive coefficients of logarithms of factors of the weight that hold both variables."""
        ring = self.ring
        for number, _ in weight:
            if not set(variables) <= ring.atoms[number].free:
                continue
            alone = frozenset({(((number, 1),), ONE)})
            found: Polynomial = {}
            for monomial, coefficient in inside.items():
                logs = [
                    n
                    for n, e in monomial
                    if e == 1 and ring.atoms[n].kind == "log" and ring.atoms[n].key[0] == alone
                ]
                if len(logs) == 1:
                    found[tuple(p for p in monomial if p[0] not in logs)] = coefficient
            if found and not set(variables) & ring.free(found) and self.signs.is_positive(found):
                yield found


def _divided(polynomial: Polynomial, weight: Monomial) -> Polynomial:
    """A polynomial without the factors that all its terms have."""
    return {tuple(p for p in m if p not in weight): c for m, c in polynomial.items()}
