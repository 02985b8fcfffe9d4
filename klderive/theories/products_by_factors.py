"""Products whose factors have no known sign, factor by factor.

Accepts products over finite ranges and sets. A factor that is free of the index becomes a power with a whole exponent;
what is proved positive goes with the other positive factors; of the rest, each irreducible part is a product of its
own, and its multiplicity is an exponent. The product of absolute values is the absolute value of the product. An empty
product is 1. (Graham, Knuth and Patashnik, Concrete Mathematics, section 2.6 and exercise 2.15.)

Caveat: products of no known sign are not split at an index. Over a set, whose size is not known, a factor that is free
of the element is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from sympy import Expr, Product, Symbol

from klderive.kernel.events import Domain, UnestablishedError
from klderive.kernel.kinds import AtomKind
from klderive.kernel.matching import single_atom
from klderive.kernel.ring import Polynomial, freeze
from klderive.kernel.signs import NEGATIVE, NONNEGATIVE, NONZERO, UNKNOWN, VANISHES, Signs
from klderive.kernel.workspace import Environment
from klderive.notation.nodes import ProductOver
from klderive.theories.counted_data import CountedData
from klderive.theories.products import REPRESENTING
from klderive.theories.readings import CLOSED


class ProductKind(AtomKind):
    """Products of factors that are not proved positive."""

    def signs(self, signs: Signs, key: tuple[Any, ...]) -> int:
        """They do not vanish if no factor does, and are nonnegative if all are."""
        factor = signs.sign(dict(key[3]))
        found = UNKNOWN if factor & VANISHES else NONZERO
        return found if factor & NEGATIVE else found & NONNEGATIVE

    def expression(self, key: tuple[Any, ...], shown: Callable[[object], Expr]) -> Expr:
        """The product; its variable is one that stands for itself."""
        kind, lower, upper, body = key
        variable = Symbol("i")
        if kind == "set":
            return ProductOver(shown(body), variable, lower)
        return Product(shown(body), (variable, shown(lower), shown(upper)))


class ProductsByFactors(CountedData):
    """Adds products of factors of any sign."""

    kinds = MappingProxyType({"product": ProductKind()})

    def product_over(
        self, domain: Domain, body: Expr, variable: Symbol, env: Environment
    ) -> Polynomial:
        """A product, factor by factor if its factors are not proved positive."""
        count = len(self.events)
        try:
            return super().product_over(domain, body, variable, env)
        except UnestablishedError as error:
            del self.events[count:]
            try:
                return self._by_factors(domain, body, variable, env)
            except UnestablishedError:
                del self.events[count:]
                raise error from None

    def _by_factors(
        self, domain: Domain, body: Expr, variable: Symbol, env: Environment
    ) -> Polynomial:
        ring = self.ring
        if domain[0] == "range" and not isinstance(domain[2], frozenset):
            raise UnestablishedError("an infinite product is not decided")
        number = self.variable(body, domain, variable, env)
        with self.binding(number):
            # A factor is no weight: where one vanishes, the others must be defined all the same.
            self.position = "apart"
            polynomial = self.normal(body, {**env, variable: ring.of_atom(number)})
            polynomial = self.factoring.lowest_terms(polynomial)
        if not polynomial:
            raise UnestablishedError("a product of zeros depends on whether there are any")
        unit, parts = self.parts(polynomial)
        result = ring.number(1)
        if unit != 1:
            result = self._power_of_free(ring.number(unit), domain, 1)
        for part, exponent in parts:
            if not isinstance(exponent, int):
                raise UnestablishedError("a root of a factor of no known sign")
            base = self.part_polynomial(part)
            if number not in ring.free(base):
                factor = self._power_of_free(base, domain, exponent)
            elif self.signs.is_positive(base):
                factor = self._of_positive(base, domain, number, exponent)
            elif exponent > 0 or self.signs.is_nonzero(base):
                factor = self.integer_power(self._of_unknown_sign(base, domain, number), exponent)
            else:
                raise UnestablishedError("a denominator under a product may vanish")
            result = ring.multiply(result, factor)
        return result

    def _power_of_free(self, base: Polynomial, domain: Domain, exponent: int) -> Polynomial:
        """The product of what is free of the index."""
        if domain[0] != "range":
            raise UnestablishedError("it is not known how many factors there are")
        ring = self.ring
        length = ring.add(ring.subtract(dict(domain[2]), dict(domain[1])), ring.number(1))  # type: ignore[call-overload]
        power = self.factoring.lowest_terms(ring.scale(length, exponent))
        if self.signs.is_positive(base):
            return self.exp_of(ring.multiply(power, self.log_of(base, split=True)), True)
        return self.power_of_unknown_sign(base, power)

    def _of_positive(
        self, base: Polynomial, domain: Domain, number: int, exponent: int
    ) -> Polynomial:
        """The product of a factor that is proved positive, as the exp of a sum."""
        count = len(self.events)
        with self.binding(number):
            self.position = "apart"
            logarithms = self.factoring.by_denominator(self.log_of(base, split=True))
        outer = self.mode
        if CLOSED not in outer.readings:
            self.mode = replace(outer, split=True)
        try:
            total = self.accumulate("sum", domain, number, logarithms)
            value = self.exp_of(self.ring.scale(total, exponent), True)
        finally:
            self.mode = outer
        self.events[count:] = [e for e in self.events[count:] if e not in REPRESENTING]
        return value

    def _of_unknown_sign(self, base: Polynomial, domain: Domain, number: int) -> Polynomial:
        """The product of one irreducible factor, as an atom."""
        ring = self.ring
        alone = single_atom(base)
        if alone is not None and ring.atoms[alone].kind == "abs":
            inside = dict(ring.atoms[alone].key[0])
            return self.absolute(self._of_unknown_sign(inside, domain, number))
        index = 1 + ring.height(base)
        canonical = self.bound(index, domain, Symbol(self.bound_names[number]))
        frozen = self.renamed(freeze(base), number, canonical)
        free = set(ring.free(dict(frozen))) - {canonical}
        for end in domain[1:]:
            if isinstance(end, frozenset):
                free |= ring.free(dict(end))
        return ring.of_atom(ring.intern("product", (*domain, frozen), free, index))
