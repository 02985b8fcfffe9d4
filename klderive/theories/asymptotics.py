"""Limits of polynomials over atoms, by expansions in powers, logarithms and exponentials of one variable.

Accepts a polynomial in normal form, a symbol or bound variable in it, and where that tends: to infinity, or to a number
from one side. A positive t that tends to infinity takes the variable's place. The idea: each term becomes a sum of
scales, t^p log(t)^m exp(polynomial in t), which can be compared; what is 1 + r with r tending to 0 is expanded in r by
Taylor's theorem up to a remainder, a bounded factor times r^3. Terms that cancel are gone; if what is left is constant
or tends to 0, the constants are the limit.
(Hardy, Orders of Infinity, sections I and III; de Bruijn, Asymptotic Methods in Analysis, chapter 1.)

Every rule fails closed: a coefficient of unknown sign, a bounded factor that does not tend to 0, a logarithm of a
logarithm: each raises `UnestablishedError`.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq
from sympy import Dummy

from klderive.kernel.events import Domain, Event, Nonzero, UnestablishedError, Use
from klderive.kernel.ring import (
    ONE,
    UNIT,
    Exponent,
    Monomial,
    Polynomial,
    as_fmpq,
    exact,
    freeze,
)
from klderive.kernel.signs import NEGATIVE, POSITIVE, VANISHES
from klderive.theories.derivatives import Derivatives


@dataclass(frozen=True, slots=True)
class Scale:
    """exp(sum of coefficients times t^degree) t^power log(t)^logarithms, and whether a bounded factor stands beside."""

    degrees: dict[Exponent, Polynomial]
    power: Polynomial
    logarithms: Exponent
    bounded: bool


class Asymptotics(Derivatives):
    """Adds limits."""

    def prepare(self) -> None:
        """Make the state that this layer keeps."""
        super().prepare()
        self.is_near = False
        self.stand_ins: dict[Hashable, int] = {}

    def stand_in(self, key: Hashable, name: str, *, positive: bool = False) -> int:
        """The atom of a symbol of the kernel's own, one for each key, which is positive or nonnegative."""
        if key not in self.stand_ins:
            sign = {"positive": True} if positive else {"nonnegative": True}
            self.stand_ins[key] = self.ring.intern("symbol", (Dummy(name, **sign),))
        return self.stand_ins[key]

    def limit_toward(
        self,
        polynomial: Polynomial,
        leaf: int,
        domain: Domain,
        side: int,
        listed: Sequence[Event] = (),
    ) -> Polynomial:
        """The limit at the lower (-1) or upper (1) end of an interval over which a variable ranges.

        What is `listed` not to vanish may be divided by.

        Raises:
            UnestablishedError: if it is not established that there is one.
        """
        value, t = self._approach(leaf, domain, side)
        count = len(self.events)
        try:
            limit = self._limit_of(self._put_near(polynomial, leaf, value, t), t)
            self.see_to(self.events[count:], listed)
        finally:
            del self.events[count:]
        return limit

    def need_nonzero_toward(
        self,
        polynomial: Polynomial,
        leaf: int,
        domain: Domain,
        side: int,
        listed: Sequence[Event] = (),
    ) -> None:
        """Establish that a polynomial does not vanish near an end of an interval.

        Raises:
            UnestablishedError: if that is not established.
        """
        value, t = self._approach(leaf, domain, side)
        count = len(self.events)
        try:
            self._leading_scale(self._expanded(self._put_near(polynomial, leaf, value, t), t), t)
            self.see_to(self.events[count:], listed)
        finally:
            del self.events[count:]

    def see_to(self, events: Sequence[Event], listed: Sequence[Event]) -> None:
        """See that what a limit divides by on its way is listed: it must add no condition of its own.

        At x = 0 the limit of 1/(1 + n x^2) is another, and no side is undefined there.

        Raises:
            UnestablishedError: if an event is a condition that is not listed.
        """
        known = {event.polynomial for event in listed if isinstance(event, Nonzero)}
        for event in events:
            if isinstance(event, Use):
                continue
            if not isinstance(event, Nonzero):
                raise UnestablishedError("the limit needs a condition")
            negative = freeze(self.ring.scale(dict(event.polynomial), -1))
            if not {event.polynomial, negative} & known:
                shown = self.express(dict(event.polynomial))
                raise UnestablishedError(f"the limit needs `{shown} != 0`, which no side asks for")

    def _approach(self, leaf: int, domain: Domain, side: int) -> tuple[Polynomial, int]:
        """A value inside an interval that tends to an end as the positive t tends to infinity, and t."""
        ring = self.ring
        _, lower, upper = domain
        end, other = (upper, lower) if side > 0 else (lower, upper)
        ranges: Domain = ("interval", freeze({}), None)
        if isinstance(lower, frozenset) and isinstance(upper, frozenset):
            length = ring.subtract(dict(upper), dict(lower))
            if not self.signs.is_positive(length):
                raise UnestablishedError("the interval is not proved to have a length")
            # Nearer to the end than the whole interval is long, so that what holds inside holds here.
            ranges = ("interval", freeze(self.inverse(length)), None)
        t = self.stand_in(("near an end", ranges), "t", positive=True)
        self.signs.declare_domain(t, ranges)
        if isinstance(end, frozenset):
            near: Polynomial = {((t, -1),): fmpq(-side)}
            value = ring.add(dict(end), near)
        else:
            # Beyond the other end, so that what holds inside holds for all values of t.
            start = dict(other) if isinstance(other, frozenset) else {}
            value = ring.add(start, {((t, 1),): fmpq(side)})
        return value, t

    def put_in(self, number: int, leaf: int, value: Polynomial) -> Polynomial:
        """A power of which the exponent is an integer is kept, where the variable tends, until its base is expanded."""
        atom = self.ring.atoms[number]
        if atom.kind != "power" or not self.is_near:
            return super().put_in(number, leaf, value)
        keys = [self.frozen(self.put(dict(part), leaf, value)) for part in atom.key]
        return self.ring.of_atom(self.intern("power", tuple(keys), keys))

    def _put_near(self, polynomial: Polynomial, leaf: int, value: Polynomial, t: int) -> Polynomial:
        """The polynomial with a value put in; what makes sense for large t only is seen to, the rest recorded."""
        count = len(self.events)
        outer, self.is_near = self.is_near, True
        try:
            result = self.put(polynomial, leaf, value)
        finally:
            self.is_near = outer
        found = self.events[count:]
        del self.events[count:]
        for event in found:
            if isinstance(event, Nonzero) and t in self.ring.free(dict(event.polynomial)):
                self._leading_scale(self._expanded(dict(event.polynomial), t), t)
            else:
                self.events.append(event)
        return self.factoring.by_denominator(result)

    def put_quietly(self, polynomial: Polynomial, leaf: int, value: Polynomial) -> Polynomial:
        """The polynomial with a value put in, which must make sense without any condition.

        Raises:
            UnestablishedError: if it does not.
        """
        count = len(self.events)
        try:
            result = self.put(polynomial, leaf, value)
            if any(not isinstance(event, Use) for event in self.events[count:]):
                raise UnestablishedError("a condition is needed where the variable tends")
        finally:
            del self.events[count:]
        return self.factoring.by_denominator(result)

    def _limit_of(self, polynomial: Polynomial, t: int) -> Polynomial:
        limit: Polynomial = {}
        for monomial, coefficient in self._expanded(polynomial, t).items():
            if not self.ring.depends(monomial, t):
                limit[monomial] = coefficient
            elif not self._tends_to_zero(monomial, t):
                raise UnestablishedError("it is not established that there is a limit")
        return limit

    # Expansions

    def _expanded(self, polynomial: Polynomial, t: int) -> Polynomial:
        """The polynomial as a sum of scales with coefficients free of t."""
        ring = self.ring
        terms: list[Polynomial] = []
        for monomial, coefficient in polynomial.items():
            term = ring.number(coefficient)
            exponent: Polynomial = {}
            for number, power in monomial:
                atom = ring.atoms[number]
                if atom.kind == "exp" and t in atom.free:
                    inner = ring.scale({atom.key[0]: ONE}, as_fmpq(power))
                    exponent = ring.add(exponent, inner)
                    continue
                factor: Polynomial = {((number, power),): ONE}
                if t in atom.free and not self._is_elementary_scale(number, t, power):
                    factor = self._power_of_expansion(self._expanded_atom(number, t), power, t)
                term = ring.multiply(term, factor)
            if exponent:
                term = ring.multiply(term, self._exponential(self._expanded(exponent, t), t))
            terms.append(term)
        return ring.add(*terms)

    def _is_elementary_scale(self, number: int, t: int, power: Exponent) -> bool:
        atom = self.ring.atoms[number]
        if number == t:
            return True
        if atom.kind == "log":
            return bool(atom.key[0] == freeze(self.ring.of_atom(t)))
        return atom.kind == "bounded" and isinstance(power, int) and power > 0

    def _expanded_atom(self, number: int, t: int) -> Polynomial:
        atom = self.ring.atoms[number]
        match atom.kind:
            case "sum":
                return self._expanded(dict(atom.key[0]), t)
            case "root":
                inner = self._expanded(dict(atom.key[0]), t)
                return self._power_of_expansion(inner, atom.key[1], t)
            case "abs":
                inner = self._expanded(dict(atom.key[0]), t)
                _, coefficient, _ = self._leading_scale(inner, t)
                return self.ring.scale(inner, self._sign_of(coefficient))
            case "log":
                return self._logarithm(self._expanded(dict(atom.key[0]), t), t)
            case "power":
                # The base must turn out positive: there a power is the exp of a logarithm.
                base, exponent = (self._expanded(dict(part), t) for part in atom.key)
                return self._exponential(self.ring.multiply(exponent, self._logarithm(base, t)), t)
            case "sine":
                return self._elementary("sin", self._expanded(dict(atom.key[1]), t), t)
            case "elementary":
                return self._elementary(str(atom.key[0]), self._expanded(dict(atom.key[1]), t), t)
        raise UnestablishedError(f"no limit is known of {self.text({((number, 1),): ONE})}")

    def _power_of_expansion(self, base: Polynomial, exponent: Exponent, t: int) -> Polynomial:
        """A power: d^e (1 + e r + e (e - 1)/2 r^2 + bounded r^3) for d (1 + r)."""
        ring = self.ring
        if isinstance(exponent, int) and exponent >= 0:
            return ring.power(base, exponent)
        scale, coefficient, rest = self._leading_scale(base, t)
        if isinstance(exponent, Fraction):
            if self._sign_of(coefficient) < 0:
                raise UnestablishedError("a root of something negative")
            factor = self.root(coefficient, exponent)
        else:
            factor = self.integer_power(coefficient, exponent)
        e = as_fmpq(exponent)
        series = self._series(rest, (ONE, e, e * (e - 1) / 2), t)
        return ring.multiply(ring.multiply(factor, ring.monomial_power(scale, exponent)), series)

    def _series(self, r: Polynomial, coefficients: tuple[fmpq, ...], t: int) -> Polynomial:
        """A Taylor polynomial in r, which tends to 0, with a remainder: bounded times the next power."""
        ring = self.ring
        result: Polynomial = {}
        power = ring.number(1)
        for coefficient in coefficients:
            result = ring.add(result, ring.scale(power, coefficient))
            power = ring.multiply(power, r)
        return ring.add(result, ring.multiply(self._bounded(t), power))

    def _bounded(self, t: int) -> Polynomial:
        """A factor of which no more is known than that it is bounded for large t."""
        self.fresh += 1
        return self.ring.of_atom(self.ring.intern("bounded", (self.fresh,), {t}))

    def _leading_scale(self, p: Polynomial, t: int) -> tuple[Monomial, Polynomial, Polynomial]:
        """A scale d, its coefficient c free of t, and r tending to 0 such that the polynomial is c d (1 + r)."""
        ring = self.ring
        groups: dict[Monomial, Polynomial] = {}
        for monomial, value in p.items():
            inside = tuple(pair for pair in monomial if t in ring.atoms[pair[0]].free)
            outside = tuple(pair for pair in monomial if t not in ring.atoms[pair[0]].free)
            groups.setdefault(inside, {})[outside] = value
        for scale, coefficient in groups.items():
            if any(ring.atoms[n].kind == "bounded" for n, _ in scale):
                continue
            inverse = ring.monomial_power(scale, -1)
            others = {m: c for m, c in p.items() if not self._has_scale(m, scale, t)}
            rest = ring.multiply(others, inverse)
            if all(self._tends_to_zero(m, t) for m in rest):
                self.need_nonzero(coefficient)
                rest = ring.multiply(rest, self.inverse(coefficient))
                return scale, coefficient, rest
        raise UnestablishedError("it is not established which term grows fastest")

    def _has_scale(self, monomial: Monomial, scale: Monomial, t: int) -> bool:
        inside = tuple(pair for pair in monomial if t in self.ring.atoms[pair[0]].free)
        return inside == scale

    def _sign_of(self, coefficient: Polynomial) -> int:
        signs = self.signs.sign(coefficient)
        if signs not in (POSITIVE, NEGATIVE):
            raise UnestablishedError(f"the sign of {self.text(coefficient)} is not established")
        return 1 if signs == POSITIVE else -1

    def _logarithm(self, argument: Polynomial, t: int) -> Polynomial:
        """log(c d (1 + r)) as log(c) + log(d) + r - r^2/2 + bounded r^3."""
        ring = self.ring
        scale, coefficient, rest = self._leading_scale(argument, t)
        if self._sign_of(coefficient) < 0:
            raise UnestablishedError("the logarithm of something negative")
        result = self.log_of(coefficient, split=True)
        for number, exponent in scale:
            atom = ring.atoms[number]
            if number == t:
                part = ring.of_atom(self._log_atom(t))
            elif atom.kind == "exp":
                part = {atom.key[0]: ONE}
            else:
                raise UnestablishedError("the logarithm of a logarithm is not expanded")
            result = ring.add(result, ring.scale(part, as_fmpq(exponent)))
        return ring.add(result, self._series(rest, (fmpq(0), ONE, fmpq(-1, 2)), t))

    def _log_atom(self, t: int) -> int:
        frozen = freeze(self.ring.of_atom(t))
        return self.intern("log", (frozen,), [frozen])

    def _exponential(self, argument: Polynomial, t: int) -> Polynomial:
        """exp(c + g + v) as exp(c) exp(g) (1 + v + v^2/2 + bounded v^3), where g grows and v tends to 0."""
        ring = self.ring
        constant: Polynomial = {}
        growing: Polynomial = {}
        vanishing: Polynomial = {}
        result = ring.number(1)
        alone = self._log_atom(t)
        for monomial, coefficient in argument.items():
            if not ring.depends(monomial, t):
                constant[monomial] = coefficient
            elif monomial == ((alone, 1),):
                result = ring.multiply(result, ring.of_atom(t, exact(coefficient)))
            elif self._tends_to_zero(monomial, t):
                vanishing[monomial] = coefficient
            else:
                growing[monomial] = coefficient
        # A logarithm in the exponent with a symbol for a factor stays there: it is a power.
        result = ring.multiply(result, self.exp_of(constant, True))
        result = ring.multiply(result, self.exp_of(growing, False))
        return ring.multiply(result, self._series(vanishing, (ONE, ONE, fmpq(1, 2)), t))

    def _elementary(self, name: str, argument: Polynomial, t: int) -> Polynomial:
        ring = self.ring
        if all(ring.depends(m, t) and self._tends_to_zero(m, t) for m in argument):
            # The second derivative vanishes at 0 in each; cos begins with 1 and has none to the first power.
            if name == "cos":
                return self._series(argument, (ONE, fmpq(0), fmpq(-1, 2)), t)
            series = self._series(argument, (fmpq(0), ONE, fmpq(0)), t)
            if name == "erf":
                two_by_root = ring.multiply(ring.number(2), self.root_of_pi(-1))
                return ring.multiply(two_by_root, series)
            return series
        if name in ("erf", "atan"):
            scale, coefficient, _ = self._leading_scale(argument, t)
            grows = self._tends_to_zero(next(iter(ring.monomial_power(scale, -1))), t)
            if grows:
                sign = self._sign_of(coefficient)
                if name == "atan":
                    end = ring.scale(ring.of_atom(ring.intern("pi", ())), fmpq(sign, 2))
                    rest = self._power_of_expansion(argument, -1, t)
                else:
                    # The complement is at most exp(-g^2), and so at most a multiple of exp(-g).
                    end = ring.number(sign)
                    rest = self._exponential(ring.scale(argument, -sign), t)
                return ring.add(end, ring.multiply(self._bounded(t), rest))
        if name in ("sin", "cos", "erf", "atan"):
            return self._bounded(t)
        raise UnestablishedError(f"no limit is known of {name}")

    # Scales

    def _scale(self, monomial: Monomial, t: int) -> Scale | None:
        """What of a monomial depends on t, if that is a scale."""
        ring = self.ring
        power: Polynomial = {}
        logarithms: Exponent = 0
        exponent: Polynomial = {}
        bounded = False
        alone = self._log_atom(t)
        for number, e in monomial:
            atom = ring.atoms[number]
            if t not in atom.free:
                continue
            if number == t:
                power = ring.add(power, ring.number(as_fmpq(e)))
            elif number == alone:
                logarithms = exact(logarithms + e)
            elif atom.kind == "exp":
                exponent = ring.add(exponent, ring.scale({atom.key[0]: ONE}, as_fmpq(e)))
            elif atom.kind == "bounded" and isinstance(e, int) and e > 0:
                bounded = True
            else:
                return None
        degrees: dict[Exponent, Polynomial] = {}
        for inner, coefficient in exponent.items():
            here = dict(inner)
            degree = here.pop(t, 0)
            is_power = degree == 0 and here.pop(alone, 0) == 1
            if any(t in ring.atoms[n].free for n in here):
                return None
            rest = {tuple(sorted(here.items())) or UNIT: coefficient}
            if is_power:
                power = ring.add(power, rest)
            elif degree <= 0:
                return None
            else:
                degrees[degree] = ring.add(degrees.get(degree, {}), rest)
        return Scale({d: c for d, c in degrees.items() if c}, power, logarithms, bounded)

    def _tends_to_zero(self, monomial: Monomial, t: int) -> bool:
        """Whether a scale tends to 0; an exp outgrows powers and logarithms, a power outgrows logarithms."""
        scale = self._scale(monomial, t)
        if scale is None:
            return False
        if scale.degrees:
            return self.signs.sign(scale.degrees[max(scale.degrees)]) == NEGATIVE
        signs = self.signs.sign(scale.power)
        if signs == VANISHES:
            return scale.logarithms < 0
        return signs == NEGATIVE
