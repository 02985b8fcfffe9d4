"""Integrals and sums as linear functionals, and the variables they bind.

A bound variable has an index and a domain, and nothing else: no assumption of an outer symbol of its name. The index
is larger than those of the variables bound inside, so that equal functionals are equal atoms wherever they stand. What
is free of the variable is pulled out only after the body is in normal form.
"""

from __future__ import annotations

from sympy import Expr, Integral, Product, Sum, Symbol, Tuple, oo
from sympy.core.function import AppliedUndef

from klderive.kernel.events import Domain, Obligation, UnestablishedError, Use
from klderive.kernel.logarithms import Logarithms
from klderive.kernel.ring import ONE, Frozen, Monomial, Polynomial, freeze
from klderive.kernel.workspace import Environment
from klderive.notation.nodes import BetweenBounds, Defined, ProductOver, SumOver

FRESH = 1_000_000
"""Indices above this are given to variables of sums that are exchanged, until they get their canonical ones."""


class Functionals(Logarithms):
    """Adds integrals and sums."""

    def limits_domain(self, limits: Tuple, env: Environment) -> Domain:
        """The domain that limits describe.

        Raises:
            UnestablishedError: if bounds of a sum are not integers in order, or those of an integral make no sense.
        """
        if len(limits) == 2:
            return ("set", limits[1], None)
        lower, upper = (
            bound if bound in (oo, -oo) else self.frozen(self.normal(bound, env))
            for bound in limits[1:3]
        )
        if len(limits) == 4:
            if not isinstance(lower, frozenset) or not self.is_integer(dict(lower)):
                raise UnestablishedError("a sum needs an integer lower bound")
            if isinstance(upper, frozenset):
                count = self.ring.add(
                    self.ring.subtract(dict(upper), dict(lower)), self.ring.number(1)
                )
                if not self.is_integer(dict(upper)) or not self.signs.is_nonnegative(count):
                    raise UnestablishedError(
                        "a sum needs an integer upper bound, not below the lower one"
                    )
            return ("range", lower, upper)
        if lower == oo or upper == -oo:
            raise UnestablishedError("the bounds of an integral are in the wrong order")
        ordered = (
            lower == -oo
            or upper == oo
            or self.signs.is_nonnegative(self.ring.subtract(dict(upper), dict(lower)))
        )
        return ("interval" if ordered else "oriented", lower, upper)

    def variable(self, body: Expr, domain: Domain, variable: Symbol, env: Environment) -> int:
        """A bound variable whose index is larger than those bound inside the body."""
        number = self.bound(1 + self.binder_height(body), domain, variable)
        if number in self.active or any(number in self.ring.free(p) for p in env.values()):
            raise UnestablishedError("a definition binds a variable that is bound outside it")
        self.bound_names[number] = str(variable)
        return number

    def fresh_variable(self, domain: Domain, name: str) -> int:
        """A bound variable that occurs nowhere yet; it must not stay in a normal form."""
        self.fresh += 1
        return self.bound(FRESH + self.fresh, domain, Symbol(name))

    def bound(self, index: int, domain: Domain, variable: Symbol) -> int:
        """The atom of a bound variable with an index and a domain; its name is for print only."""
        free = {
            leaf
            for bound in domain
            if isinstance(bound, frozenset)
            for leaf in self.ring.free(dict(bound))
        }
        number = self.ring.intern("bound", (index, *domain), free)
        self.bound_names.setdefault(number, str(variable))
        return number

    def binder_height(self, e: Expr) -> int:
        """How deep binders nest in an expression, those of definitions included."""
        known = self.heights.get(e)
        if known is not None:
            return known
        self.heights[e] = 0
        inner = max((self.binder_height(a) for a in e.args), default=0)
        if isinstance(e, Integral | Sum | Product):
            inner += max(1, len(e.args) - 1)
        elif isinstance(e, SumOver | ProductOver | BetweenBounds):
            inner += 1
        elif isinstance(e, Defined):
            inner = max(inner + len(e.binders), self.binder_height(e.definition()))
        elif isinstance(e, AppliedUndef):
            declared = self.context.functions.get(e.func.__name__)
            if declared is not None and declared.definition is not None:
                inner += self.binder_height(declared.definition)
        self.heights[e] = inner
        return inner

    def accumulate(self, name: str, domain: Domain, variable: int, body: Polynomial) -> Polynomial:
        """The integral or sum of a body in normal form."""
        ring = self.ring
        if not body:
            return {}
        self.events.append(
            Obligation(name, domain, variable, freeze(body), self.bound_names[variable])
        )
        if not self.mode.split:
            return self.functional_value(name, domain, variable, body)
        result: Polynomial = {}
        for monomial, coefficient in body.items():
            inside = tuple(p for p in monomial if variable in ring.atoms[p[0]].free)
            outside = tuple(p for p in monomial if variable not in ring.atoms[p[0]].free)
            value = self.term_value(name, domain, variable, inside)
            result = ring.add(result, ring.multiply({outside: coefficient}, value))
        if (
            len(body) > 1
            or not next(iter(body))
            or any(variable not in ring.atoms[n].free for m in body for n, _ in m)
            or next(iter(body.values())) != 1
        ):
            self.use("linearity")
        return result

    def bound_in(self, number: int) -> int | None:
        """The variable that a functional binds in its body, if it occurs there."""
        atom = self.ring.atoms[number]
        _, kind, lower, upper, body = atom.key
        found = [
            leaf
            for leaf in self.ring.free(dict(body)) - atom.free
            if isinstance(leaf, int)
            and self.ring.atoms[leaf].kind == "bound"
            and self.ring.atoms[leaf].key[1:4] == (kind, lower, upper)
        ]
        return found[0] if len(found) == 1 else None

    def term_value(self, name: str, domain: Domain, variable: int, inside: Monomial) -> Polynomial:
        """The integral or sum of one monomial, all of whose factors depend on the variable."""
        length = None if inside else self._count(domain)
        if length is not None:
            return length
        return self.functional_value(name, domain, variable, {inside: ONE})

    def _count(self, domain: Domain) -> Polynomial | None:
        """The integral or sum of 1 over a bounded interval or range."""
        kind, lower, upper = domain
        if not isinstance(lower, frozenset) or not isinstance(upper, frozenset):
            return None
        length = self.ring.subtract(dict(upper), dict(lower))
        return self.ring.add(length, self.ring.number(1)) if kind == "range" else length

    def functional_value(
        self, name: str, domain: Domain, variable: int, body: Polynomial
    ) -> Polynomial:
        """The integral or sum of a body as an atom, or the value that a fact gives it."""
        number = self.functional_number(name, domain, variable, body)
        rule = self.rule(number)
        return rule if rule is not None else self.ring.of_atom(number)

    def value_by_facts(
        self, name: str, domain: Domain, variable: int, body: Polynomial
    ) -> tuple[str, ...] | None:
        """The names of the facts that give the integral or sum of a body a value, or None if none does."""
        count = len(self.events)
        number = self.functional_number(name, domain, variable, body)
        value = self.rule(number)
        names = tuple(e.name for e in self.events[count:] if isinstance(e, Use))
        del self.events[count:]
        return None if value is None or value == self.ring.of_atom(number) else names

    def functional_number(self, name: str, domain: Domain, variable: int, body: Polynomial) -> int:
        """The atom of the integral or sum of a body, with the bound variable in its canonical name."""
        frozen = freeze(body)
        index = 1 + self.ring.height(m for m, _ in frozen)
        if index != self.ring.atoms[variable].key[0]:
            canonical = self.bound(index, domain, Symbol(self.bound_names[variable]))
            frozen = self.renamed(frozen, variable, canonical)
            variable = canonical
        free = set(self.ring.free(dict(frozen))) - {variable}
        for bound in domain[1:]:
            if isinstance(bound, frozenset):
                free |= self.ring.free(dict(bound))
        return self.ring.intern("functional", (name, *domain, frozen), free, index)

    def renamed(self, frozen: Frozen, old: int, new: int) -> Frozen:
        """The polynomial with one bound variable for another."""
        if old == new:
            return frozen
        if new in self.ring.free(dict(frozen)):
            raise UnestablishedError("a bound variable would be captured")
        return frozenset((self._renamed_monomial(monomial, old, new), c) for monomial, c in frozen)

    def _renamed_monomial(self, monomial: Monomial, old: int, new: int) -> Monomial:
        return tuple(sorted((self._renamed_atom(n, old, new), e) for n, e in monomial))

    def _renamed_atom(self, number: int, old: int, new: int) -> int:
        if number == old:
            return new
        atom = self.ring.atoms[number]
        if old not in atom.free:
            return number
        key = tuple(
            self.renamed(part, old, new)
            if isinstance(part, frozenset)
            else self._renamed_monomial(part, old, new)
            if isinstance(part, tuple)
            else part
            for part in atom.key
        )
        free = {new if leaf == old else leaf for leaf in atom.free}
        height = max(atom.height, self.ring.atoms[new].height)
        if atom.kind == "functional" or atom.kind == "node":
            height = atom.height
        renamed = self.ring.intern(atom.kind, key, free, height)
        self.signs.copy(number, renamed)
        return renamed


def has_functional(*sides: Expr) -> bool:
    """Whether an integral or a sum may stand in one of the expressions, or in a definition that they use."""
    return any(side.has(Integral, Sum, Product, SumOver, ProductOver, Defined) for side in sides)
