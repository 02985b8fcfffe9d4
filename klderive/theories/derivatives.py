"""Derivatives of polynomials over atoms.

Accepts a polynomial in normal form, which is proved to be defined wherever the variable may be, and the variable, a
symbol or a bound variable that ranges over an open set. The idea: the product rule over the factors of a monomial, the
chain rule into each atom. (Rudin, Principles of Mathematical Analysis, theorems 5.3, 5.5 and 8.6.)

Every rule fails closed: a root is differentiated only where its base is proved positive, a sum only if it is finite;
the corner of an absolute value is listed; an integral is differentiated with respect to its bounds, and under the
integral if these are finite; indicators and abstract functions that depend on the variable are refused.

Caveat: a formula that is defined only where a listed denominator does not vanish is differentiated there; that is an
open set.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from sympy import Derivative, Expr, Integer, Symbol
from sympy.core.function import AppliedUndef

from klderive.kernel.events import (
    AbsolutelyContinuous,
    Domain,
    Event,
    Nonzero,
    Obligation,
    UnestablishedError,
    Use,
)
from klderive.kernel.ring import ONE, Exponent, Monomial, Polynomial, as_fmpq, exact, freeze
from klderive.kernel.signs import POSITIVE
from klderive.kernel.workspace import Environment
from klderive.theories.replacement import Replacement

OPEN_KINDS = tuple(
    Symbol("x", **kind).assumptions0
    for kind in (
        {},
        {"real": True},
        {"real": True, "positive": True},
        {"real": True, "negative": True},
        {"real": True, "nonzero": True},
    )
)
"""The assumptions under which a symbol ranges over an open set."""

HIGHEST_DERIVATIVE = 10


class Derivatives(Replacement):
    """Adds derivatives."""

    differentiating = False
    """Whether the body of a derivative is brought to normal form."""

    def other(self, e: Expr, env: Environment) -> Polynomial:
        """The normal form of a derivative."""
        return self.differentiated(e, env) if isinstance(e, Derivative) else super().other(e, env)

    def differentiated(self, e: Derivative, env: Environment) -> Polynomial:
        """The normal form of a derivative node.

        Raises:
            UnestablishedError: if the body is not proved differentiable, or a variable does not vary freely.
        """
        body, *variables = e.args
        numbers: list[int] = []
        for variable, count in variables:
            if not isinstance(variable, Symbol) or not isinstance(count, Integer):
                raise UnestablishedError("derivatives are taken with respect to symbols")
            if not 0 < count <= HIGHEST_DERIVATIVE:
                raise UnestablishedError(f"a derivative of order {count} is not taken")
            numbers += [self._varying(variable, body, env)] * int(count)
        outer, self.position = self.position, "apart"
        around, self.differentiating = self.differentiating, True
        start = len(self.events)
        try:
            polynomial = self.normal(body, env)
            for event in self.events[start:]:
                self._check_open(event, numbers)
            for number in numbers:
                polynomial = self.derivative(self.factoring.by_denominator(polynomial), number)
        finally:
            self.position, self.differentiating = outer, around
        return polynomial

    def log_of(self, polynomial: Polynomial, *, split: bool) -> Polynomial:
        """The logarithm of a polynomial; under a derivative definitions in it unfold.

        The derivative of a density's logarithm is then free of the density, which stays a weight around it.
        """
        if self.differentiating:
            polynomial = self.opened(polynomial)
        return super().log_of(polynomial, split=split)

    def _varying(self, variable: Symbol, body: Expr, env: Environment) -> int:
        """The atom of a variable of differentiation, which must range over an open set and stand for itself only."""
        ring = self.ring
        value = env.get(variable, self.values.get(variable))
        if value is not None and value is self.values.get(variable):
            raise UnestablishedError(f"the assumptions fix {variable}, which should vary")
        number = ring.intern("symbol", (variable,))
        if value is not None:
            if len(value) != 1 or next(iter(value.values())) != 1:
                raise UnestablishedError(f"{variable} stands for a formula here")
            (monomial,) = value
            if len(monomial) != 1 or monomial[0][1] != 1:
                raise UnestablishedError(f"{variable} stands for a formula here")
            number = monomial[0][0]
            # Nothing else in the body may stand for the same variable.
            others = body.free_symbols - {variable}
            if any(
                number in ring.free(env[s]) if s in env else number == ring.intern("symbol", (s,))
                for s in others
                if isinstance(s, Symbol)
            ) or any(
                number in self.leaves(application.func.__name__)
                for application in body.atoms(AppliedUndef)
            ):
                raise UnestablishedError(f"{variable} and something else are one variable here")
        atom = ring.atoms[number]
        if atom.kind == "bound":
            if atom.key[1] != "interval":
                raise UnestablishedError(f"{variable} does not range over an interval")
            return number
        self.need_open(number)
        return number

    def need_open(self, number: int) -> None:
        """Establish that a symbol ranges over an open set.

        Raises:
            UnestablishedError: if its kind or a given says otherwise.
        """
        atom = self.ring.atoms[number]
        symbol = atom.key[0]
        if atom.kind != "symbol" or symbol.assumptions0 not in OPEN_KINDS:
            raise UnestablishedError(f"{symbol} does not range over an open set")
        limits = self.context.ranges.get(symbol)
        # A derivative may stand in a definition, where the line does not show what varies.
        if any(str(symbol) in fact.restricts for fact in self.facts):
            raise UnestablishedError(f"a hypothesis restricts {symbol}, which should vary")
        if symbol in self.context.optima:
            raise UnestablishedError(f"{symbol} is an optimum and does not vary")
        # An interval as a domain is open.
        if limits is not None and len(limits) != 3:
            raise UnestablishedError(f"{symbol} does not range over an open set")
        if (
            any(number in self.ring.free(value) for value in self.values.values())
            or any(
                not (strict and self._is_continuous(known, number))
                for known, strict in self.signs.inequalities
                if number in self.ring.free(known)
            )
            or not all(self._is_continuous(dict(p), number) for p in self.signs.different)
        ):
            raise UnestablishedError(f"the assumptions restrict {symbol}, which should vary")

    def _is_continuous(self, polynomial: Polynomial, leaf: int) -> bool:
        """Whether a polynomial is continuous in a symbol wherever it is defined, so that > 0 and != 0 are open."""
        atoms = self.ring.atoms
        for number in {n for monomial in polynomial for n, _ in monomial}:
            atom = atoms[number]
            if number == leaf or leaf not in atom.free:
                continue
            match atom.kind:
                case "exp":
                    inner = {atom.key[0]: ONE}
                case "log" | "sum" | "abs" | "root":
                    inner = dict(atom.key[0])
                case "sine" | "elementary":
                    inner = dict(atom.key[1])
                case "functional":
                    try:
                        _, _, inner = self.finite_sum(number, leaf)
                    except UnestablishedError:
                        return False
                case _:
                    return False
            if not self._is_continuous(inner, leaf):
                return False
        return True

    def _check_open(self, event: Event, numbers: Sequence[int]) -> None:
        """What must hold for the body to be defined must hold on an open set; that a denominator is not 0 does."""
        atoms = self.ring.atoms
        if isinstance(event, Obligation):
            finite = event.functional == "sum" and (
                event.domain[0] == "set" or isinstance(event.domain[2], frozenset)
            )
            free: set[int | str] = (
                set() if finite else {n for n in numbers if not self._is_constant(event, n)}
            )
        elif isinstance(event, AbsolutelyContinuous):
            free = {*atoms[event.weight].free, *atoms[event.other].free}
        elif isinstance(event, Nonzero):
            polynomial = dict(event.polynomial)
            free = {n for n in numbers if not self._is_continuous(polynomial, n)}
        else:
            return
        if free & set(numbers):
            raise UnestablishedError("where the body is defined depends on the variable")

    def _is_constant(self, event: Obligation, leaf: int) -> bool:
        """Whether the pieces of a functional, which must have values, do not depend on a symbol.

        It may stand in the bounds of an integral, and in factors that are taken out of each piece when it is split.
        """
        atoms = self.ring.atoms
        if event.functional == "integral" and self.free_beside(
            dict(event.body), leaf, event.variable
        ):
            return True
        if event.functional == "integral" and not self._is_abstract_in(dict(event.body)):
            # What is concrete is established to converge for all values.
            return True
        together = [
            number
            for monomial, _ in event.body
            for number, _ in monomial
            if leaf in atoms[number].free
        ]
        return not together or (
            self.mode.split and all(event.variable not in atoms[n].free for n in together)
        )

    def _is_abstract_in(self, body: Polynomial) -> bool:
        """Whether an undefined function or data stand in a body: its convergence may be listed and not established."""
        kinds = {"indexed", "node", "functional", "indicator", "equal"}
        todo = [n for monomial in body for n, _ in monomial]
        while todo:
            atom = self.ring.atoms[todo.pop()]
            if atom.kind in kinds:
                return True
            if atom.kind == "apply" and not self._is_concrete(str(atom.key[0])):
                return True
            for part in atom.key:
                if isinstance(part, frozenset):
                    todo += [n for monomial, _ in part for n, _ in monomial]
                elif isinstance(part, tuple) and atom.kind == "exp":
                    todo += [n for n, _ in part]
        return False

    def _is_concrete(self, name: str) -> bool:
        """Whether a function, and each that its definition speaks of, is defined by a formula."""
        for leaf in self.leaves(name):
            declared = self.context.functions.get(leaf) if isinstance(leaf, str) else None
            if isinstance(leaf, str) and (declared is None or declared.definition is None):
                return False
        return True

    def derivative(self, polynomial: Polynomial, leaf: int) -> Polynomial:
        """The derivative with respect to a symbol or bound variable.

        Raises:
            UnestablishedError: if differentiability is not established.
        """
        ring = self.ring
        result: Polynomial = {}
        for monomial, coefficient in polynomial.items():
            power = self._symbolic_power(monomial, leaf)
            for number, exponent in monomial:
                if number == power:
                    continue
                if power is not None and ring.atoms[power].key[0] == freeze(ring.of_atom(number)):
                    base, total = ring.of_atom(number), ring.number(as_fmpq(exponent))
                    total = ring.add(total, dict(ring.atoms[power].key[1]))
                    rest = {tuple(p for p in monomial if p[0] not in (number, power)): coefficient}
                    slope = self._slope_of_symbolic_power(base, total, leaf)
                    result = ring.add(result, ring.multiply(rest, slope))
                elif leaf in ring.atoms[number].free:
                    rest = {tuple(p for p in monomial if p[0] != number): coefficient}
                    factor = self._derivative_of_power(number, exponent, leaf)
                    result = ring.add(result, ring.multiply(rest, factor))
        return result

    def _symbolic_power(self, monomial: Monomial, leaf: int) -> int | None:
        """A factor u^m in a monomial in which u stands beside it, so that both are one power."""
        present = {n for n, e in monomial if isinstance(e, int) and e > 0}
        for number, exponent in monomial:
            atom = self.ring.atoms[number]
            if atom.kind != "power" or exponent != 1 or leaf not in atom.free:
                continue
            if any(freeze(self.ring.of_atom(n)) == atom.key[0] for n in present):
                return number
        return None

    def _slope_of_symbolic_power(
        self, base: Polynomial, exponent: Polynomial, leaf: int
    ) -> Polynomial:
        ring = self.ring
        if leaf in ring.free(exponent):
            raise UnestablishedError("an exponent that is an integer does not vary")
        lower = ring.subtract(exponent, ring.number(1))
        if not self.signs.is_nonnegative(lower) and not self.signs.is_nonzero(base):
            raise UnestablishedError(
                f"{self.text(base)} may vanish, and its power have no derivative"
            )
        outer = ring.multiply(exponent, self.integer_symbol_power(base, lower))
        return ring.multiply(outer, self.derivative(base, leaf))

    def _derivative_of_power(self, number: int, exponent: Exponent, leaf: int) -> Polynomial:
        """The chain rule: the exponent, times the power one lower, times the derivative of the atom."""
        if isinstance(exponent, Fraction) and self.signs.atom(number) != POSITIVE:
            raise UnestablishedError(
                f"a root of {self.text({((number, 1),): ONE})}, which may vanish, is not"
                " differentiated"
            )
        lower = self.ring.of_atom(number, exact(exponent - 1))
        outer = self.ring.scale(lower, as_fmpq(exponent))
        return self.ring.multiply(outer, self._derivative_of_atom(number, leaf))

    def _derivative_of_atom(self, number: int, leaf: int) -> Polynomial:
        ring = self.ring
        if number == leaf:
            return ring.number(1)
        atom = ring.atoms[number]
        match atom.kind:
            case "apply" if self.unfoldable(number) is not None:
                return self.derivative(self.factoring.by_denominator(self.unfolded(number)), leaf)
            case "exp":
                return ring.multiply(
                    ring.of_atom(number), self.derivative({atom.key[0]: ONE}, leaf)
                )
            case "log":
                inner = self._without_absolute(dict(atom.key[0]))
                return ring.multiply(self.derivative(inner, leaf), self.inverse(inner))
            case "sum":
                return self.derivative(dict(atom.key[0]), leaf)
            case "root":
                inner = dict(atom.key[0])
                if not self.signs.is_positive(inner):
                    raise UnestablishedError(
                        f"a root of {self.text(inner)}, which may vanish, is not differentiated"
                    )
                slope = ring.multiply(self.derivative(inner, leaf), self.inverse(inner))
                return ring.scale(ring.multiply(ring.of_atom(number), slope), as_fmpq(atom.key[1]))
            case "sine" | "elementary":
                inner = dict(atom.key[1])
                name = "sin" if atom.kind == "sine" else str(atom.key[0])
                slope = self.slope_of_elementary(name, inner)
                return ring.multiply(slope, self.derivative(inner, leaf))
            case "power":
                base, power = (dict(part) for part in atom.key)
                return self._slope_of_symbolic_power(base, power, leaf)
            case "abs":
                inner = dict(atom.key[0])
                self.need_nonzero(inner)
                slope = ring.multiply(ring.of_atom(number), self.inverse(inner))
                return ring.multiply(slope, self.derivative(inner, leaf))
            case "functional" if atom.key[0] == "integral":
                return self._slope_of_integral(number, leaf)
            case "functional":
                domain, variable, body = self.finite_sum(number, leaf)
                with self.binding(variable):
                    slope = self.factoring.by_denominator(self.derivative(body, leaf))
                return self.accumulate("sum", domain, variable, slope)
        raise UnestablishedError(
            f"there is no rule for the derivative of {self.text({((number, 1),): ONE})}"
        )

    def _slope_of_integral(self, number: int, leaf: int) -> Polynomial:
        """The derivative of an integral with respect to its bounds: the integrand there, times theirs.

        The integrand is free of the variable but through the bounds, and continuous at those that vary, since its
        normal form, which is made of continuous functions, has a value there.
        """
        ring = self.ring
        _, kind, lower, upper, body = ring.atoms[number].key
        own = self.own_variable(number)
        result: Polynomial = {}
        if not self.free_beside(dict(body), leaf, own):
            result = self._under_integral((kind, lower, upper), own, dict(body), leaf)
        for bound, sign in ((upper, 1), (lower, -1)):
            if isinstance(bound, frozenset) and leaf in ring.free(dict(bound)):
                count = len(self.events)
                with self.binding(own):
                    value = self.put(dict(body), own, dict(bound))
                if any(not isinstance(event, Use) for event in self.events[count:]):
                    raise UnestablishedError("the integrand may have no value at the bound")
                slope = self.derivative(self.factoring.by_denominator(dict(bound)), leaf)
                result = ring.add(result, ring.scale(ring.multiply(value, slope), sign))
        return result

    def _under_integral(self, domain: Domain, own: int, body: Polynomial, leaf: int) -> Polynomial:
        """The integral of the derivative, over a bounded interval to whose ends the derivative is continuous.

        (Rudin, Principles of Mathematical Analysis, theorem 9.42.)
        """
        count = len(self.events)
        if self._is_abstract_in(body):
            raise UnestablishedError("there is no rule for a derivative under such an integral")
        with self.binding(own):
            slope = self.factoring.by_denominator(self.derivative(body, leaf))
            for end in domain[1:]:
                if not isinstance(end, frozenset):
                    raise UnestablishedError("a derivative under an integral needs finite bounds")
                for each in (body, slope):
                    self.put(each, own, dict(end))
        if any(not isinstance(event, Use) for event in self.events[count:]):
            raise UnestablishedError("the integrand may have no derivative at a bound")
        return self.accumulate("integral", domain, own, slope)

    def free_beside(self, polynomial: Polynomial, leaf: int, own: int) -> bool:
        """Whether a polynomial depends on a variable through the domain of a bound variable only, if at all."""
        return all(self._is_free_beside(n, leaf, own) for m in polynomial for n, _ in m)

    def _is_free_beside(self, number: int, leaf: int, own: int) -> bool:
        atom = self.ring.atoms[number]
        if number == own or leaf not in atom.free:
            return True
        if atom.kind not in ("exp", "log", "sum", "abs", "root", "power", "sine", "elementary"):
            return False
        for part in atom.key:
            if isinstance(part, frozenset) and not self.free_beside(dict(part), leaf, own):
                return False
            if isinstance(part, tuple) and not self.free_beside({part: ONE}, leaf, own):
                return False
        return True

    def _without_absolute(self, polynomial: Polynomial) -> Polynomial:
        """Under a logarithm the sign of a factor does not show in the derivative: (log|u|)' = u'/u."""
        if len(polynomial) == 1:
            ((monomial, coefficient),) = polynomial.items()
            if coefficient == 1 and len(monomial) == 1 and monomial[0][1] == 1:
                atom = self.ring.atoms[monomial[0][0]]
                if atom.kind == "abs":
                    return dict(atom.key[0])
        return polynomial
