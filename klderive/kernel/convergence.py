"""Whether an integral or a sum has a value.

Accepts a monomial in normal form under one bound variable. The idea: definitions are unfolded; sums over finite sets
and finite ranges always have a value, and so has a functional to which a declared fact gives one. Theories bring tests
for the rest. What is not established can be listed as a condition for an abstract function, not for a concrete
integrand, so that a divergent integral never passes.

Caveat: an abstract function may be listed only as a factor of the integrand itself with a positive exponent, beside
factors that are finite wherever they are defined; then a model exists, one that vanishes, or falls fast enough, outside
a bounded interval away from the other factors' singularities; under a sum, beyond finitely many terms. It must be able
to fall in each variable over which one integrates or sums, and nothing beside it may grow as it falls.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from klderive.kernel.events import (
    AbsolutelyContinuous,
    Domain,
    Nonzero,
    Obligation,
    UnestablishedError,
)
from klderive.kernel.normal_form import Normalizer
from klderive.kernel.ring import ONE, Monomial, Polynomial
from klderive.kernel.signs import POSITIVE

Answer = Literal["converges", "listed", "unknown"]


class Convergence:
    """Answers for the functionals of one kernel.

    Args:
        full: a normalizer with all definitions and logarithms, by which the integrand is unfolded.
        valued: the functional atoms to which declared facts give a value.
    """

    def __init__(self, full: Normalizer, valued: frozenset[int]) -> None:
        self.full = full
        self.ring = full.ring
        self.signs = full.signs
        self.valued = valued
        self._known: dict[tuple[object, ...], Answer] = {}

    def monomial(self, obligation: Obligation, monomial: Monomial) -> Answer:
        """Whether the functional of one monomial of an obligation's body has a value."""
        kind, _, upper = obligation.domain
        if kind == "set":
            return "converges"
        if kind == "range" and isinstance(upper, frozenset):
            return "converges"
        key = self.key(obligation, monomial)
        inside = key[-1]
        answer = self._known.get(key)
        if answer is None:
            answer = self._known[key] = self._decide(obligation, inside)
        return answer

    def body(self, obligation: Obligation) -> Answer:
        """Whether the functional of the whole body has a value, by its monomials."""
        answers = {self.monomial(obligation, monomial) for monomial, _ in obligation.body}
        if "unknown" in answers:
            return "unknown"
        return "listed" if "listed" in answers else "converges"

    def key(self, obligation: Obligation, monomial: Monomial) -> tuple[str, Domain, int, Monomial]:
        """What tells the functionals of monomials apart: last, the factors that depend on the variable."""
        inside = tuple(p for p in monomial if obligation.variable in self.ring.atoms[p[0]].free)
        return obligation.functional, obligation.domain, obligation.variable, inside

    def opened(self, obligation: Obligation, monomial: Monomial) -> Polynomial:
        """A monomial with its logarithms split as far as they are where the functional is established to be defined."""
        full, ring = self.full, self.ring
        count = len(full.events)
        result = ring.number(1)
        weights = [n for n, _ in monomial if ring.atoms[n].kind == "apply"]
        with full.binding(*self.bound(monomial)):
            full.weights, full.position = weights, "logarithm"
            for number, exponent in monomial:
                atom = ring.atoms[number]
                factor: Polynomial = {((number, exponent),): ONE}
                if atom.kind == "log" and isinstance(exponent, int) and exponent > 0:
                    try:
                        opened = full.log_of(ring.thaw(atom.key[0]), split=True)
                        factor = ring.power(opened, exponent)
                    except UnestablishedError:
                        pass
                result = ring.multiply(result, factor)
        del full.events[count:]
        return result

    def pieces(self, obligation: Obligation, inside: Monomial) -> list[Monomial]:
        """The monomials of an integrand with its definitions unfolded; none if that has conditions of its own."""
        try:
            with self.full.binding(*self.bound(inside)):
                return list(self._unfolded(inside))
        except UnestablishedError:
            return []

    def _decide(self, obligation: Obligation, inside: Monomial) -> Answer:
        atom = self._functional(obligation, inside)
        if atom in self.valued:
            return "converges"
        if obligation.domain[0] == "range" and self._has_value(obligation, {inside: ONE}):
            return "converges"
        try:
            with self.full.binding(*self.bound(inside)):
                unfolded = self._unfolded(inside)
        except UnestablishedError:
            return "unknown"
        test = self.is_summable if obligation.domain[0] == "range" else self.is_integrable
        rest = [self.key(obligation, m)[-1] for m in unfolded if not test(obligation, m)]
        if not rest or self._has_value(obligation, unfolded):
            return "converges"
        for terms in ([inside], rest):
            if all(self.may_be_listed(monomial, obligation.variable) for monomial in terms):
                return "listed"
        return "unknown"

    def as_a_whole(self, obligation: Obligation) -> bool:
        """Whether the functional of the whole body has a value, though not that of each of its monomials."""
        return self._has_value(obligation, dict(obligation.body))

    def _has_value(self, obligation: Obligation, body: Polynomial) -> bool:
        """Whether a theory gives the functional of a body a value."""
        return self.full.has_value(
            obligation.functional, obligation.domain, obligation.variable, body
        )

    def _functional(self, obligation: Obligation, inside: Monomial) -> int:
        body: Polynomial = {inside: ONE}
        return self.full.functional_number(
            obligation.functional, obligation.domain, obligation.variable, body
        )

    def _unfolded(self, monomial: Monomial) -> Polynomial:
        """The monomial with the definitions of its applications, also of those under a logarithm."""
        ring, full = self.ring, self.full
        result = ring.number(1)
        count = len(full.events)
        try:
            for number, exponent in monomial:
                atom = ring.atoms[number]
                factor: Polynomial = {((number, exponent),): ONE}
                if isinstance(exponent, Fraction) and full.unfoldable_application(number):
                    factor = full.root(full.unfolded(number), exponent)
                elif isinstance(exponent, int) and exponent > 0:
                    if full.unfoldable_application(number):
                        factor = ring.power(full.unfolded(number), exponent)
                    elif atom.kind == "log":
                        factor = ring.power(self._opened_log(number), exponent)
                result = ring.multiply(result, factor)
            if any(isinstance(e, Nonzero | AbsolutelyContinuous) for e in full.events[count:]):
                raise UnestablishedError("a definition has a condition of its own")
        finally:
            del full.events[count:]
        return result

    def _opened_log(self, number: int) -> Polynomial:
        """A logarithm with the definitions inside it; as it is, if its argument is abstract."""
        try:
            inner = self.full.opened(dict(self.ring.atoms[number].key[0]))
            return self.full.log_of(inner, split=True)
        except UnestablishedError:
            return {((number, 1),): ONE}

    def is_summable(self, obligation: Obligation, monomial: Monomial) -> bool:
        """Whether the sum of a monomial from a number to infinity converges."""
        return False

    def is_integrable(self, obligation: Obligation, monomial: Monomial) -> bool:
        """Whether the integral of a monomial converges: here only of a constant, over a bounded interval."""
        kind, lower, upper = obligation.domain
        bounded = kind == "oriented" or (
            isinstance(lower, frozenset) and isinstance(upper, frozenset)
        )
        return bounded and not self.ring.depends(monomial, obligation.variable)

    def may_be_listed(self, inside: Monomial, variable: int) -> bool:
        """Whether an abstract function is a factor, so that the integral over the variable converges in some model."""
        return any(
            self.moves(dict(argument), variable)
            for number in self.falling(inside, {variable})
            for argument in self.ring.atoms[number].key[1:]
        )

    def falling(self, inside: Monomial, variables: set[int]) -> list[int]:
        """The values of abstract functions by which the product is as small as one likes; none if it may be undefined.

        Another function that is declared positive may be divided by.
        """
        raised: list[int] = []
        divided: set[str] = set()
        for number, exponent in inside:
            atom = self.ring.atoms[number]
            if atom.kind == "apply" and self.full.is_abstract(number):
                if exponent < 0 and self.signs.atom(number) != POSITIVE:
                    return []
                if exponent > 0:
                    raised.append(number)
                else:
                    divided.add(str(atom.key[0]))
            elif atom.kind == "log" and isinstance(exponent, int) and exponent > 0:
                continue
            elif atom.kind in ("bound", "exp", "abs", "sum") or (
                atom.kind == "apply" and isinstance(exponent, int) and exponent > 0
            ):
                if number not in variables and atom.kind == "bound":
                    return []
                divided |= self._large(number, exponent < 0)
            else:
                return []
        if not self.bound(inside) <= variables:
            return []
        return [n for n in raised if str(self.ring.atoms[n].key[0]) not in divided]

    def moves(self, argument: Polynomial, variable: int) -> bool:
        """Whether an argument takes infinitely many values with a variable, in which it does not oscillate."""
        depends = {
            n for monomial in argument for n, _ in monomial if variable in self.ring.atoms[n].free
        }
        return bool(depends) and all(self._atom_moves(number, variable) for number in depends)

    def _atom_moves(self, number: int, variable: int) -> bool:
        atom = self.ring.atoms[number]
        if number == variable:
            return True
        if atom.kind == "exp":
            return self.moves({atom.key[0]: ONE}, variable)
        if atom.kind in ("log", "abs", "sum", "root"):
            return self.moves(dict(atom.key[0]), variable)
        # An abstract function moves where one of its arguments does.
        return (
            atom.kind == "apply"
            and self.full.is_abstract(number)
            and any(self.moves(dict(part), variable) for part in atom.key[1:])
        )

    def _large(self, number: int, inverse: bool = False) -> set[str]:
        """The functions by which an atom may be large where they are small: in denominators, and logarithms in exps.

        A sum of positive terms in a denominator is no less than one of them.
        """
        atom = self.ring.atoms[number]
        if atom.kind == "apply":
            return {str(atom.key[0])} if inverse else set()
        if atom.kind == "exp":
            return {
                name
                for n, e in atom.key[0]
                for name in self._large(n, e < 0 or self.ring.atoms[n].kind == "log")
            }
        if atom.kind not in ("abs", "sum", "log", "root"):
            return set()
        terms = [
            {name for n, e in monomial for name in self._large(n, inverse or e < 0)}
            for monomial, _ in atom.key[0]
        ]
        if (
            inverse
            and atom.kind == "sum"
            and all(c > 0 and self.signs.monomial(m) == POSITIVE for m, c in atom.key[0])
        ):
            return min(terms, key=lambda names: (len(names), sorted(names)))
        return set().union(*terms)

    def bound(self, monomial: Monomial) -> set[int]:
        """The bound variables that a monomial depends on."""
        return {
            leaf
            for number, _ in monomial
            for leaf in self.ring.atoms[number].free
            if isinstance(leaf, int) and self.ring.atoms[leaf].kind == "bound"
        }
