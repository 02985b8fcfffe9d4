"""A summand or an integrand at another place: where its index is another number, or its variable another function.

Accepts polynomials in normal form, and a value for a symbol or a bound variable. Beside what `replacement` puts in,
functions and members of data are taken at the value, if they are established to be defined there. No condition may
come of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from klderive.kernel.events import AbsolutelyContinuous, UnestablishedError, Use
from klderive.kernel.ring import Frozen, Monomial, Polynomial
from klderive.theories.replacement import Replacement

ARGUMENTS = ("apply", "indexed", "log", "sum")
"""Kinds of atoms that a change of variable may give the variable itself as argument."""


class Displacement(Replacement):
    """Adds putting in a value for what functions and members depend on."""

    def prepare(self) -> None:
        """Make the state that this layer keeps."""
        super().prepare()
        self.displacing = False
        self.displaced_weights: list[int] = []

    def displaced(
        self, polynomial: Polynomial, leaf: int, value: Polynomial, *, onto: bool = False
    ) -> Polynomial:
        """The polynomial with a value for a symbol.

        Args:
            polynomial: what the value is put into.
            leaf: the symbol, or a bound variable.
            value: what is put in.
            onto: whether the value runs over the domain of the bound variable, one to one. Then a factor that is a
                density is a weight at the new place, as it was at the old one.

        Raises:
            UnestablishedError: if it is not established to be defined without any condition.
        """
        count = len(self.events)
        outer = self.displacing, self.displaced_weights, self.position, self.weights
        self.displacing, self.displaced_weights = True, []
        self.position, self.weights = "apart", []
        fine = (Use, AbsolutelyContinuous) if onto else (Use,)
        try:
            if onto and len(polynomial) == 1:
                (monomial,) = polynomial
                self.displaced_weights = list(self._weights_at(monomial, leaf, value))
            result = self.put(polynomial, leaf, value)
            if any(not isinstance(event, fine) for event in self.events[count:]):
                raise UnestablishedError("a condition is needed at another place")
        finally:
            self.displacing, self.displaced_weights, self.position, self.weights = outer
        return self.factoring.by_denominator(result)

    def _weights_at(self, monomial: Monomial, leaf: int, value: Polynomial) -> Iterator[int]:
        """The densities among the factors, at the value."""
        for number, exponent in monomial:
            atom = self.ring.atoms[number]
            if atom.kind != "apply" or exponent < 0 or leaf not in atom.free:
                continue
            declared = self.context.functions.get(str(atom.key[0]))
            if declared is None or declared.sign == "unknown":
                continue
            made = self._application_atom(str(atom.key[0]), self._parts_at(number, leaf, value))
            if self.in_domain(made, declared) and self.ring.atoms[made].free & set(self.active):
                yield made

    def _parts_at(self, number: int, leaf: int, value: Polynomial) -> list[Frozen]:
        """The arguments of an application or a member, at the value."""
        parts = self.ring.atoms[number].key[1:]
        return [self.frozen(self.put(dict(part), leaf, value)) for part in parts]

    def put_in(self, number: int, leaf: int, value: Polynomial) -> Polynomial:
        """The value of an atom at another place; functions need be no more than defined there."""
        atom = self.ring.atoms[number]
        if not self.displacing or number == leaf:
            return super().put_in(number, leaf, value)
        if atom.kind == "log" and self.displaced_weights:
            outer = self.position, self.weights
            self.position, self.weights = "logarithm", self.displaced_weights
            try:
                return super().put_in(number, leaf, value)
            finally:
                self.position, self.weights = outer
        if atom.kind == "apply":
            name = str(atom.key[0])
            arguments = self._parts_at(number, leaf, value)
            declared = self.context.functions.get(name)
            made = self._application_atom(name, arguments)
            if declared is not None and declared.limits and not self.in_domain(made, declared):
                raise UnestablishedError(f"{name} is not proved to be defined at another place")
            return self._application(name, arguments)
        if atom.kind == "indexed":
            name = str(atom.key[0])
            indices = self._parts_at(number, leaf, value)
            for index in indices:
                self._check_index(name, dict(index))
            return self.ring.of_atom(self._member(name, indices))
        return super().put_in(number, leaf, value)

    def arguments_in(
        self, monomial: Monomial, variable: int, kinds: tuple[str, ...]
    ) -> Iterator[Frozen]:
        """The arguments that depend on a variable of atoms of some kinds in a monomial, but not under a binder."""
        for number, _ in monomial:
            atom = self.ring.atoms[number]
            if number == variable or variable not in atom.free or atom.kind == "functional":
                continue
            for part in atom.key:
                if isinstance(part, tuple):
                    yield from self.arguments_in(part, variable, kinds)
                if not isinstance(part, frozenset):
                    continue
                if atom.kind in kinds and variable in self.ring.free(dict(part)):
                    yield part
                for inner, _ in part:
                    yield from self.arguments_in(inner, variable, kinds)
