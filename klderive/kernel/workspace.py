"""The state in which a normal form is made: atoms, facts as rules, events, the binders around.

The lowest of the layers of the normalizer: `powers`, `logarithms`, `functionals`, `applications`, `finite_sums` and
`normal_form` stand on it, each on the one before, and those of theories on all of them. Facts become rules: an atom
gets a value, and wherever the atom would be made its value is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Literal, TypeAlias, TypeVar

from sympy import Expr, Symbol

from klderive.kernel.events import Event, Mode, UnestablishedError, Use
from klderive.kernel.expression import express, text_of
from klderive.kernel.factoring import Factoring
from klderive.kernel.kinds import AtomKind
from klderive.kernel.ring import UNIT, Frozen, Polynomial, Ring, freeze
from klderive.kernel.signs import Signs
from klderive.statement import Context, Fact, FunctionDeclaration

Environment: TypeAlias = Mapping[Symbol, Polynomial]
"""The values of symbols and bound variables."""

_Key = TypeVar("_Key")

Position = Literal["integrand", "logarithm", "apart"]
"""Where the expression at hand stands: a summand or factor of an integrand, under a logarithm, or elsewhere.

Only a factor of the integrand itself is a weight; only under a logarithm may a weight be taken to be positive.
"""

LONGEST_LEFTOVER = 200
"""Terms of a difference that is shown."""

REDUCTIONS = 1_000
"""Rewritings by facts in one polynomial."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A fact with parameters: the atom that its left side is, with the parameters as symbols."""

    pattern: int
    fact: Fact


class Workspace:
    """The state of a normalizer.

    Args:
        ring: the atoms, shared by all normalizers of a kernel.
        factoring: factors polynomials.
        signs: proves signs.
        context: the declared functions.
        mode: what may be used.
        values: values that the givens assign to symbols.
    """

    kinds: ClassVar[Mapping[str, AtomKind]] = MappingProxyType({})
    """The kinds of atoms that a layer makes beside the kernel's own."""

    def __init__(
        self,
        ring: Ring,
        factoring: Factoring,
        signs: Signs,
        context: Context,
        mode: Mode,
        values: Environment,
    ) -> None:
        self.ring = ring
        self.factoring = factoring
        self.signs = signs
        self.context = context
        self.mode = mode
        self.values = values
        self.facts: tuple[Fact, ...] = ()
        self.rules: dict[int, tuple[Polynomial, tuple[str, ...]]] = {}
        self.schemes: list[Scheme] = []
        self.events: list[Event] = []
        self.bound_names: dict[int, str] = {}
        self.active: list[int] = []
        self.weights: list[int] = []
        self.position: Position = "apart"
        self.sides: dict[Expr, tuple[Polynomial, tuple[Event, ...]]] = {}
        self.heights: dict[Expr, int] = {}
        self.inside: dict[int, bool] = {}
        self.dependencies: dict[str, frozenset[int | str]] = {}
        self.unfolding: set[int] = set()
        self.nested = 0
        self.fresh = 0
        self.definitions: dict[int, tuple[Polynomial, tuple[Event, ...]]] = {}
        self.prepare()

    def prepare(self) -> None:
        """Make the state that a layer keeps."""

    def recorded(
        self,
        cache: dict[_Key, tuple[Polynomial, tuple[Event, ...]]],
        key: _Key,
        compute: Callable[[], Polynomial],
    ) -> tuple[Polynomial, tuple[Event, ...]]:
        """A cached polynomial; its events are kept with it and recorded again on every hit."""
        known = cache.get(key)
        if known is None:
            outer, self.events = self.events, []
            try:
                polynomial = compute()
                known = cache[key] = (polynomial, tuple(dict.fromkeys(self.events)))
            finally:
                self.events = outer
        self.events.extend(known[1])
        return known

    def use(self, name: str) -> None:
        """Record that a theory, definition or fact was used."""
        self.events.append(Use(name))

    def use_all(self, names: Sequence[str]) -> None:
        """Record that several were used."""
        for name in names:
            self.use(name)

    def instance(self, number: int) -> Polynomial | None:
        """The value that an instance of a fact with parameters gives an atom; the topmost layer says how."""
        raise NotImplementedError

    def rule(self, number: int) -> Polynomial | None:
        """The value that a fact gives an atom, if one does."""
        rule = self.rules.get(number)
        if rule is None:
            return self.instance(number) if self.schemes else None
        self.use_all(rule[1])
        return self.reduced(rule[0])

    def add_scheme(self, scheme: Scheme) -> None:
        """Let all instances of a fact with parameters be rules from now on."""
        self.schemes.append(scheme)
        self.sides.clear()
        self.definitions.clear()

    def add_rule(self, number: int, value: Polynomial, uses: tuple[str, ...]) -> None:
        """Let an atom have a value from now on; `uses` are the names that this rests on."""
        self.rules[number] = (value, uses)
        self.sides.clear()
        self.definitions.clear()

    def reduced(self, polynomial: Polynomial) -> Polynomial:
        """The polynomial with the atoms that have a rule replaced, until none is left."""
        ring = self.ring
        for _ in range(REDUCTIONS):
            found = next(
                (
                    (monomial, number, exponent)
                    for monomial in polynomial
                    for number, exponent in monomial
                    if number in self.rules and isinstance(exponent, int) and exponent > 0
                ),
                None,
            )
            if found is None:
                return polynomial
            monomial, number, exponent = found
            value, names = self.rules[number]
            self.use_all(names)
            rest = dict(polynomial)
            coefficient = rest.pop(monomial)
            cofactor = {tuple(p for p in monomial if p[0] != number): coefficient}
            polynomial = ring.add(rest, ring.multiply(cofactor, ring.power(value, exponent)))
        raise UnestablishedError("the facts rewrite each other without end")

    @contextmanager
    def binding(self, *numbers: int) -> Iterator[None]:
        """Inside, these bound variables are those over whose values conditions must hold."""
        count = len(self.active)
        self.active.extend(numbers)
        position, self.position = self.position, "integrand"
        weights, self.weights = self.weights, []
        try:
            yield
        finally:
            del self.active[count:]
            self.position = position
            self.weights = weights

    def frozen(self, polynomial: Polynomial) -> Frozen:
        """A polynomial in lowest terms, as part of an atom's key."""
        return freeze(self.factoring.lowest_terms(polynomial))

    def intern(
        self,
        kind: str,
        key: tuple[Hashable, ...],
        parts: list[Frozen],
        names: Iterable[int | str] = (),
    ) -> int:
        """The number of an atom that depends on what its parts and the given names depend on."""
        free: set[int | str] = set(names)
        height = 0
        for part in parts:
            polynomial = dict(part)
            free |= self.ring.free(polynomial)
            height = max(height, self.ring.height(polynomial))
        return self.ring.intern(kind, key, free, height)

    def normal(self, e: Expr, env: Environment) -> Polynomial:
        """The normal form of an expression; the topmost layer says how."""
        raise NotImplementedError

    def leaves(self, name: str) -> frozenset[int | str]:
        """What a function depends on beside its arguments; the topmost layer says how."""
        raise NotImplementedError

    def unfoldable(self, number: int) -> FunctionDeclaration | None:
        """The declaration of an application whose definition may be used; the topmost layer says how."""
        raise NotImplementedError

    def unfolded(self, number: int) -> Polynomial:
        """The definition of an application; the topmost layer says how."""
        raise NotImplementedError

    def is_number(self, polynomial: Polynomial) -> bool:
        """Whether a polynomial is a rational number."""
        return not polynomial or (len(polynomial) == 1 and UNIT in polynomial)

    def is_integer(self, polynomial: Polynomial) -> bool:
        """Whether the value is an integer: integer coefficients on products of integer symbols."""
        for monomial, coefficient in polynomial.items():
            if coefficient.q != 1:
                return False
            for number, exponent in monomial:
                atom = self.ring.atoms[number]
                if not isinstance(exponent, int) or exponent < 0:
                    return False
                if atom.kind == "symbol" and getattr(atom.key[0], "is_integer", False):
                    continue
                if atom.kind == "bound" and atom.key[1] == "range":
                    continue
                domain = self.signs.domain(number)
                if domain is not None and domain[0] == "range":
                    continue
                return False
        return True

    def express(self, polynomial: Polynomial) -> Expr:
        """The SymPy expression of a polynomial, for messages."""
        return express(self.ring, polynomial, self.bound_names)

    def text(self, polynomial: Polynomial) -> str:
        """A polynomial in the notation in which lines are typed, for messages."""
        return text_of(self.express(polynomial))

    def leftover(self, polynomial: Polynomial) -> Expr | None:
        """The SymPy expression of a difference; None if nobody would read it."""
        return self.express(polynomial) if len(polynomial) <= LONGEST_LEFTOVER else None
