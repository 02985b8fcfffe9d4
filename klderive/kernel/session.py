"""What statements of one context share: atoms, signs, givens, normalizers.

Accepts a context. The givens become values of symbols and inequalities, once; a given that cannot be used, or that
contradicts the others, is a problem of the whole session, in which nothing is then proved. Normalizers are made once
for each mode and list of facts, and keep their normal forms.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from flint import fmpq
from sympy import Expr, Symbol

from klderive.kernel.events import Mode, UnestablishedError
from klderive.kernel.factoring import Factoring
from klderive.kernel.facts import add_fact
from klderive.kernel.normal_form import Normalizer
from klderive.kernel.reasons import Allowed, modes
from klderive.kernel.ring import Polynomial, Ring, freeze
from klderive.kernel.signs import NEGATIVE, POSITIVE, symbol_sign
from klderive.notation.tree import deep_recursion
from klderive.statement import Context, Fact

if TYPE_CHECKING:
    from klderive.kernel.theory import Theories

_Layer = TypeVar("_Layer", bound=Normalizer)


class Session:
    """The state of a kernel.

    Args:
        context: the givens and the declared functions.
        theories: what is given beside the kernel's own rules.
        budget: products of terms that one attempt may take.

    Attributes:
        values: the values that the givens assign to symbols.
        problem: why the givens cannot be used; empty if they can.
        probe: the normalizer by which definedness is established: operators unfolded, functions not.
    """

    def __init__(self, context: Context, theories: Theories, budget: int) -> None:
        self.context = context
        self.theories = theories
        self.ring = Ring(budget, theories.kinds)
        self.factoring = Factoring(self.ring)
        self.signs = theories.signs(self.ring, self.factoring)
        self.values: dict[Symbol, Polynomial] = {}
        self.problem = ""
        self.bound_names: dict[int, str] = {}
        self._normalizers: dict[tuple[Mode, tuple[str, ...]], Normalizer] = {}
        self._probing = Mode(
            logarithms=True,
            split=True,
            definitions=None,
            unfold="folded",
            theories=theories.reasons,
        )
        with deep_recursion():
            self._take_givens()
            self.probe = self.make(self._probing)
            self._take_ranges()

    def _take_ranges(self) -> None:
        """Say of the variables that stand free where they run."""
        for symbol, limits in self.context.ranges.items():
            try:
                domain = self.probe.limits_domain(limits, self.values)
            except UnestablishedError:
                continue
            self.signs.declare_domain(self.ring.intern("symbol", (symbol,)), domain)

    def make(self, mode: Mode) -> Normalizer:
        """A normalizer without facts."""
        normalizer = self.theories.layer(
            self.ring, self.factoring, self.signs, self.context, mode, self.values
        )
        normalizer.bound_names = self.bound_names
        return normalizer

    def normalizer(self, mode: Mode, facts: tuple[Fact, ...]) -> Normalizer:
        """The normalizer of a mode, modulo facts."""
        key = (mode, tuple(fact.name for fact in facts))
        known = self._normalizers.get(key)
        if known is None:
            known = self.make(mode)
            known.facts = facts
            for fact in facts:
                add_fact(known, fact)
            self._normalizers[key] = known
        return known

    def layered(self, layer: type[_Layer], mode: Mode, facts: tuple[Fact, ...]) -> _Layer:
        """The same with the rules of a layer.

        Raises:
            UnestablishedError: if the theories do not have it.
        """
        normalizer = self.normalizer(mode, facts)
        if not isinstance(normalizer, layer):
            raise UnestablishedError(f"there are no rules for {layer.__name__}")
        return normalizer

    def modes(self, sides: tuple[Expr, ...], allowed: Allowed) -> list[Mode]:
        """The modes in which sides are tried, the likeliest first."""
        found = modes(allowed, self.context)
        for reading in self.theories.readings:
            found = reading(found, sides, allowed)
        return found

    @contextmanager
    def informed(self) -> Iterator[Normalizer]:
        """The probe modulo the equations that are declared of functions and hold without conditions."""
        declared = tuple(
            fact
            for function in self.context.functions.values()
            for fact in function.facts
            if fact.relation == "=" and not fact.conditions and not fact.restricts
        )
        names = dict(self.bound_names)
        try:
            yield self.normalizer(self.probe.mode, declared)
        finally:
            # Bound variables keep the author's names, whatever the declarations call them.
            self.bound_names.update(names)

    def valued(self) -> frozenset[int]:
        """The functionals to which a declared fact gives a value: they converge."""
        found = set()
        for declared in self.context.functions.values():
            for fact in declared.facts:
                try:
                    value, _ = self.probe.side(fact.left)
                except UnestablishedError:
                    continue
                if len(value) == 1:
                    ((monomial, _),) = value.items()
                    found |= {n for n, _ in monomial if self.ring.atoms[n].kind == "functional"}
        return frozenset(found)

    def _take_givens(self) -> None:
        """Turn the givens into values of symbols, and inequalities."""
        probe = self.make(self._probing)
        for given in self.context.givens:
            try:
                left = probe.normal(given.left, self.values)
                right = probe.normal(given.right, self.values)
            except UnestablishedError as error:
                self.problem = f"an assumption cannot be used: {error}"
                return
            difference = self.ring.subtract(left, right)
            match given.relation:
                case "=":
                    self._take_equation(difference)
                case ">" | ">=":
                    self.signs.inequalities.append((difference, given.relation == ">"))
                case "<" | "<=":
                    negative = self.ring.scale(difference, -1)
                    self.signs.inequalities.append((negative, given.relation == "<"))
                case "!=":
                    _, _, primitive = self.factoring.content(difference)
                    for p in (difference, primitive):
                        self.signs.different.add(freeze(p))
                        self.signs.different.add(freeze(self.ring.scale(p, -1)))
                case _:
                    self.problem = f"a {given.relation} relation cannot be assumed"
            self.signs.forget()

    def _take_equation(self, difference: Polynomial) -> None:
        """Solve an assumed equation for a symbol that stands in it alone, and put its value in everywhere."""
        for monomial, coefficient in difference.items():
            if len(monomial) != 1 or monomial[0][1] != 1:
                continue
            number = monomial[0][0]
            atom = self.ring.atoms[number]
            others = {m: c for m, c in difference.items() if m != monomial}
            if atom.kind != "symbol" or number in self.ring.free(others):
                continue
            symbol = atom.key[0]
            assert isinstance(symbol, Symbol)
            value = self.ring.scale(others, fmpq(-1) / coefficient)
            possible = symbol_sign(symbol)
            if not self.signs.sign(value) & possible:
                self.problem = f"the assumptions contradict each other on {symbol}"
                return
            for sign, strict in ((1, not possible & 6), (-1, not possible & 3)):
                if not possible & (NEGATIVE if sign > 0 else POSITIVE) and self.ring.free(value):
                    self.signs.inequalities.append((self.ring.scale(value, sign), strict))
            self.values[symbol] = value
            return
        if difference:
            self.problem = "an assumed equation must give a symbol its value"
