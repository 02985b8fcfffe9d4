"""Integrals of integrals, and finite sums of finite sums, in a fixed order.

Accepts a monomial with a functional among its factors. The idea: of two orders one is taken always, so that both sides
of a line that exchanges them have one normal form; where facts give the inner ones a value in the other order, that is
taken. Finite sums may always be exchanged; that integrals may be is recorded, and settled by `iterated`.
"""

from __future__ import annotations

from klderive.kernel.events import Domain, Exchange
from klderive.kernel.normal_form import Normalizer
from klderive.kernel.ring import ONE, Monomial, Polynomial
from klderive.kernel.signs import NEGATIVE


class Exchanges(Normalizer):
    """Adds the order of integrals and sums."""

    def prepare(self) -> None:
        """Make the state that this layer keeps."""
        super().prepare()
        self.swapped = False

    def term_value(self, name: str, domain: Domain, variable: int, inside: Monomial) -> Polynomial:
        """The integral or sum of one monomial, with those inside it in a fixed order."""
        turned = self._exchanged(name, domain, variable, inside)
        return super().term_value(name, domain, variable, inside) if turned is None else turned

    def _exchanged(
        self, name: str, domain: Domain, variable: int, inside: Monomial
    ) -> Polynomial | None:
        """An integral of integrals, or a finite sum of finite sums, in a fixed order; None if it is in it.

        Of a power of an inner one, one factor after another is pulled out, each with an index of its own. Where facts
        give all inner ones a value in the other order, that is taken, but not again inside it: facts may be circular.
        """
        ring = self.ring
        for number, exponent in inside:
            atom = ring.atoms[number]
            if atom.kind != "functional" or not isinstance(exponent, int) or exponent < 1:
                continue
            kind, lower, upper, body = atom.key[1:]
            own: Domain = (kind, lower, upper)
            order, inner_order = _order(domain), _order(own)
            if order is None or inner_order is None or atom.key[0] != name:
                continue
            if any(
                variable in ring.free(dict(end)) for end in own[1:] if isinstance(end, frozenset)
            ):
                continue
            index = self.bound_in(number)
            if index is None:
                continue
            fresh = self.fresh_variable(own, self.bound_names[index])
            term = dict(self.renamed(body, index, fresh))
            rest = tuple((n, e - (n == number)) for n, e in inside if n != number or e != 1)
            turned = ring.multiply({rest: ONE}, term)
            if name == "integral" and (
                any(ring.atoms[n].kind == "functional" for n, _ in rest)
                or not self._is_abstract(turned, (variable, fresh))
            ):
                continue
            preferred = inner_order < order and name != "integral"
            valued = not preferred and self._valued(name, domain, variable, turned)
            # Of two orders of one kind, that is taken whose atoms come first.
            undecided = not (preferred or valued) and (name == "integral" or inner_order == order)
            if not preferred and (self.swapped or not (valued or undecided)):
                continue
            count = len(self.events)
            outer, self.swapped = self.swapped, self.swapped or not preferred
            try:
                result = self.accumulate(
                    name, own, fresh, self.accumulate(name, domain, variable, turned)
                )
            finally:
                self.swapped = outer
            if undecided:
                plain = self.functional_value(name, domain, variable, {inside: ONE})
                if sorted(plain.items()) <= sorted(result.items()):
                    del self.events[count:]
                    continue
            self.use("linearity")
            if name == "integral":
                self._need_exchange((name, domain, variable), (name, own, fresh), turned)
            return result
        return None

    def _is_abstract(self, body: Polynomial, variables: tuple[int, ...]) -> bool:
        """Whether a function without definition ties the variables in each term of a body."""
        atoms = self.ring.atoms
        return all(
            any(
                atoms[n].kind == "apply"
                and atoms[n].free.intersection(variables)
                and not self._has_definition(str(atoms[n].key[0]))
                for n, _ in monomial
            )
            for monomial in body
        )

    def _has_definition(self, name: str) -> bool:
        declared = self.context.functions.get(name)
        return declared is not None and declared.definition is not None

    def _need_exchange(
        self, outer: tuple[str, Domain, int], inner: tuple[str, Domain, int], body: Polynomial
    ) -> None:
        """Record that integrals were exchanged; those of something nonnegative always may be."""
        for monomial in body:
            if self.signs.monomial(monomial) & NEGATIVE:
                self.events.append(Exchange(monomial, (outer, inner)))

    def _valued(self, name: str, domain: Domain, variable: int, body: Polynomial) -> bool:
        """Whether facts give the sums of all terms of a body a value."""
        if not self.rules and not self.schemes:
            return False
        pieces = [
            tuple(p for p in monomial if variable in self.ring.atoms[p[0]].free)
            for monomial in body
        ]
        return all(
            inside and self.value_by_facts(name, domain, variable, {inside: ONE}) is not None
            for inside in pieces
        )


def _order(domain: Domain) -> tuple[object, ...] | None:
    """The place of a domain among those nested in one another, ranges outermost; None for an infinite range."""
    kind, lower, upper = domain
    if kind == "set":
        return (1, str(lower))
    ends = [
        tuple(sorted(m for m, _ in end)) if isinstance(end, frozenset) else None
        for end in (lower, upper)
    ]
    if kind == "interval":
        return (2, *((end is None, end or ()) for end in ends))
    if kind == "range" and None not in ends:
        return (0, *ends)
    return None
