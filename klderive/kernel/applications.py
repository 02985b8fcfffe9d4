"""Applications of declared functions, members of families of data, and what is declared of them.

Accepts atoms. A function's sign holds on its declared domain only, and its definition and facts are used for arguments
that are proved to lie there. A fact with parameters is a rule for each of its instances.
"""

from __future__ import annotations

from sympy import (
    Symbol,
    Tuple,
)
from sympy.core.function import AppliedUndef

from klderive.kernel.events import Domain, UnestablishedError
from klderive.kernel.functionals import Functionals
from klderive.kernel.matching import match, single_atom
from klderive.kernel.ring import Frozen, Polynomial, freeze
from klderive.kernel.signs import POSITIVE, VANISHES
from klderive.statement import FunctionDeclaration

INTERVALS = {
    (False, False): "interval",
    (True, False): "closed below",
    (False, True): "closed above",
    (True, True): "closed",
}
"""The kinds of intervals, by whether the lower and the upper end belong to them."""

NESTED_INSTANCES = 20
"""Instances of facts with parameters inside one another."""


class Applications(Functionals):
    """Adds applications of functions, with their domains, definitions and facts."""

    def _check_index(self, name: str, index: Polynomial) -> None:
        """See that there is a member of a family at an index: an integer, or an element of a set.

        Raises:
            UnestablishedError: if that is not established.
        """
        alone = single_atom(index)
        domain = self._domain_of(alone) if alone is not None else None
        if not self.is_integer(index) and (domain is None or domain[0] not in ("set", "range")):
            raise UnestablishedError(
                f"the index {self.text(index)} of {name} is not proved an integer"
            )

    def _member(self, name: str, indices: list[Frozen]) -> int:
        """The atom of a member of an indexed family, with what is declared of the members."""
        number = self.intern("indexed", (name, *indices), indices, frozenset({name}))
        family = self.context.families.get(name)
        if family is not None and family.limits is not None:
            domain = self.limits_domain(family.limits, self.values)
            if domain[0] == "interval":
                domain = (INTERVALS[family.belongs], *domain[1:])
            self.signs.declare_domain(number, domain)
        if family is not None and family.sign != "unknown":
            self.signs.declare(
                number, POSITIVE if family.sign == "positive" else POSITIVE | VANISHES
            )
        return number

    def _application(self, name: str, arguments: list[Frozen]) -> Polynomial:
        number = self._application_atom(name, arguments)
        declared = self.context.functions.get(name)
        if declared is not None and declared.definition is not None and not declared.total:
            self.unfolded(number)
        if self.mode.unfold == "full" and self.unfoldable(number) is not None:
            return self.unfolded(number)
        rule = self.rule(number)
        return rule if rule is not None else self.ring.of_atom(number)

    def _application_atom(self, name: str, arguments: list[Frozen]) -> int:
        number = self.intern("apply", (name, *arguments), arguments, self.leaves(name))
        declared = self.context.functions.get(name)
        inside = declared is not None and self.in_domain(number, declared)
        if declared is not None and declared.definition is not None and not inside:
            raise UnestablishedError(
                f"the argument of {name} is not proved to lie in the domain of its definition"
            )
        if declared is not None and declared.sign != "unknown" and inside:
            self.signs.declare(
                number, POSITIVE if declared.sign == "positive" else POSITIVE | VANISHES
            )
        if declared is not None and declared.bounded and inside:
            self.signs.declare_domain(number, ("closed", frozenset(), freeze(self.ring.number(1))))
        return number

    def instance(self, number: int) -> Polynomial | None:
        """The value of an atom by a fact with parameters, if the atom is an instance of its left side.

        The match proposes values for the parameters; the left side, normalised with them, must be the atom itself.
        """
        if number in self.unfolding:
            return None
        if self.nested >= NESTED_INSTANCES:
            raise UnestablishedError("the facts rewrite each other without end")
        for scheme in self.schemes:
            fact = scheme.fact
            symbols = {self.ring.intern("symbol", (s,)): s for s in fact.parameters}
            values = match(self.ring, scheme.pattern, number, frozenset(symbols))
            if values is None:
                continue
            env = {**self.values, **{symbols[n]: value for n, value in values.items()}}
            if len(fact.domains) != len(fact.parameters) or not all(
                self.lies_in(env.get(symbol, self.ring.of_atom(self._atom_of(symbol))), limits)
                for symbol, limits in zip(fact.parameters, fact.domains, strict=True)
            ):
                continue
            count = len(self.events)
            self.unfolding.add(number)
            self.nested += 1
            try:
                same = self.normal(fact.left, env) == self.ring.of_atom(number)
                del self.events[count:]
                if same:
                    self.use(fact.name)
                    return self.normal(fact.right, env)
            except UnestablishedError:
                del self.events[count:]
            finally:
                self.nested -= 1
                self.unfolding.discard(number)
        return None

    def _atom_of(self, symbol: Symbol) -> int:
        return self.ring.intern("symbol", (symbol,))

    def leaves(self, name: str) -> frozenset[int | str]:
        """What a function depends on beside its arguments: itself, and the symbols and functions of its definition."""
        known = self.dependencies.get(name)
        if known is not None:
            return known
        self.dependencies[name] = frozenset({name})
        found: set[int | str] = {name}
        declared = self.context.functions.get(name)
        if declared is not None:
            expressions = [bound for limits in declared.limits for bound in limits[1:3]]
            # A law without a definition still ties the function to its parameters.
            for fact in declared.facts:
                for side in (fact.left, fact.right):
                    expressions += side.free_symbols - set(fact.parameters)
            if declared.definition is not None:
                expressions.append(declared.definition)
            for expression in expressions:
                for symbol in expression.free_symbols - set(declared.parameters):
                    found |= self.ring.free(self.values.get(symbol, {}))
                    found.add(self.ring.intern("symbol", (symbol,)))
                for application in expression.atoms(AppliedUndef):
                    found |= self.leaves(application.func.__name__)
        self.dependencies[name] = frozenset(found)
        return self.dependencies[name]

    def in_domain(self, number: int, declared: FunctionDeclaration) -> bool:
        """Whether the arguments of an application are proved to lie in the declared domain."""
        known = self.inside.get(number)
        if known is None:
            known = self.inside[number] = self._in_domain(number, declared)
        return known

    def _in_domain(self, number: int, declared: FunctionDeclaration) -> bool:
        arguments = self.ring.atoms[number].key[1:]
        if len(arguments) != len(declared.limits):
            return False
        return all(
            self.lies_in(dict(argument), limits)
            for argument, limits in zip(arguments, declared.limits, strict=True)
        )

    def lies_in(self, value: Polynomial, limits: Tuple) -> bool:
        """Whether a value is proved to lie in the domain that limits describe."""
        domain = self.limits_domain(limits, self.values)
        alone = single_atom(value)
        if alone is not None and self._domain_of(alone) == domain:
            return True
        kind, lower, upper = domain
        if kind == "set":
            return False
        # An interval is open; a range of integers holds its ends.
        fits = self.signs.is_nonnegative if kind == "range" else self.signs.is_positive
        if isinstance(lower, frozenset) and not fits(self.ring.subtract(value, dict(lower))):
            return False
        if isinstance(upper, frozenset) and not fits(self.ring.subtract(dict(upper), value)):
            return False
        return kind != "range" or self.is_integer(value)

    def _domain_of(self, number: int) -> Domain | None:
        """The declared domain of a bound variable, of data, or of a variable that stands free; else None."""
        atom = self.ring.atoms[number]
        if atom.kind == "indexed":
            return self.signs.domain(number)
        if atom.kind == "bound":
            return atom.key[1:4]
        limits = self.context.ranges.get(atom.key[0]) if atom.kind == "symbol" else None
        if limits is None:
            return None
        try:
            return self.limits_domain(limits, self.values)
        except UnestablishedError:
            return None

    def unfoldable(self, number: int) -> FunctionDeclaration | None:
        """The declaration of an application whose definition may be used here."""
        name = str(self.ring.atoms[number].key[0])
        declared = self.context.functions.get(name)
        if (
            declared is None
            or declared.definition is None
            or not self.mode.allows(name)
            or not self.in_domain(number, declared)
        ):
            return None
        return declared

    def is_abstract(self, number: int) -> bool:
        """Whether an application is of a function without definition, of which no more is known than is declared."""
        name = str(self.ring.atoms[number].key[0])
        declared = self.context.functions.get(name)
        return declared is None or declared.definition is None

    def unfolded(self, number: int) -> Polynomial:
        """The definition of an application, with its arguments put in."""
        atom = self.ring.atoms[number]
        declared = self.context.functions[str(atom.key[0])]

        if number in self.unfolding:
            raise UnestablishedError(f"{declared.key} is defined by means of itself")

        def compute() -> Polynomial:
            self.use(f"definition {declared.key}")
            arguments = [dict(argument) for argument in atom.key[1:]]
            env = {**self.values, **dict(zip(declared.parameters, arguments, strict=True))}
            weights, self.weights = self.weights, []
            self.unfolding.add(number)
            try:
                return self.normal(declared.definition, env)
            finally:
                self.unfolding.discard(number)
                self.weights = weights

        return self.recorded(self.definitions, number, compute)[0]
