"""Signs of functions of one variable: by monotone maps, by cases, and by what the derivatives say.

Accepts a polynomial in normal form that is claimed to be nonnegative, or positive. Beyond the signs of its terms:

- t + r with t >= 0 has the sign of t^2 - r^2 where that is not negative; r - t has it where r >= 0;
- a polynomial with logarithms has the sign of its exp less 1;
- where |u| occurs, u >= 0 and u <= 0 are two cases;
- a function that increases on an interval is at least its limit at the lower end, one that decreases at least that at
  the upper end; one whose derivative has the sign of x - m, or that is convex with derivative 0 at m, is at least its
  value at m; one that is concave is at least the lesser of its limits.
  (Spivak, Calculus, chapter 11, theorem 4 with corollaries, and its appendix.)

Every rule fails closed: the function must be proved differentiable on the whole interval that the assumptions leave to
the variable, denominators not vanishing, before a derivative says anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq
from sympy import Symbol, oo

from klderive.kernel.events import Domain, UnestablishedError, Use
from klderive.kernel.ring import ONE, Frozen, Polynomial, freeze
from klderive.kernel.signs import NEGATIVE, POSITIVE
from klderive.theories.bounds import Bounds

DEPTH = 3
"""How many of these rules stand on each other."""

TERMS = 40
"""Terms of a polynomial up to which they are tried."""

STEPS = 60
"""Polynomials whose sign is looked for in one proof of a certain depth."""

VARIABLES = 4
"""Symbols of a polynomial up to which they are tried."""

Uses = frozenset[str]


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the assumptions let a symbol vary, and whether the finite ends belong to it."""

    domain: Domain
    lower_belongs: bool
    upper_belongs: bool


class Monotonicity:
    """Proves signs, in one mode.

    Args:
        normal: makes normal forms.
    """

    def __init__(self, normal: Bounds) -> None:
        self.normal = normal
        self.ring = normal.ring
        self.signs = normal.signs
        self.theories = normal.mode.theories
        self.steps = 0
        self._failed: set[tuple[Frozen, bool]] = set()

    def proof(self, polynomial: Polynomial, strict: bool) -> Uses | None:
        """What it rests on that a polynomial is nonnegative (positive, if strict); None if that is not established."""
        key = (freeze(polynomial), strict)
        if key not in self._failed:
            for depth in range(1, DEPTH + 1):
                self.steps = 0
                found = self._proof(polynomial, strict, depth)
                if found is not None:
                    return found
            self._failed.add(key)
        return None

    def _proof(self, polynomial: Polynomial, strict: bool, depth: int) -> Uses | None:
        self.steps += 1
        if self._shows(polynomial, strict):
            return frozenset()
        if depth == 0 or len(polynomial) > TERMS or self.steps > STEPS:
            return None
        reduced = self._without_positive_factors(polynomial)
        if self._shows(reduced, strict):
            return frozenset()
        for rule in (
            self._by_squares,
            self._by_exponential,
            self._by_logarithm,
            self._by_cases,
            self._by_slopes,
        ):
            count = len(self.normal.events)
            try:
                found = rule(reduced, strict, depth)
                if any(not isinstance(e, Use) for e in self.normal.events[count:]):
                    found = None
            except UnestablishedError:
                found = None
            finally:
                del self.normal.events[count:]
            if found is not None:
                return found
        return None

    def _shows(self, polynomial: Polynomial, strict: bool) -> bool:
        signs = self.signs.sign(polynomial)
        return signs == POSITIVE if strict else not signs & NEGATIVE

    def _without_positive_factors(self, polynomial: Polynomial) -> Polynomial:
        """The polynomial without denominators and common factors that are proved positive."""
        factoring = self.normal.factoring
        numerator, denominators = factoring.clear(polynomial)
        if self.signs.monomial(denominators) != POSITIVE:
            return polynomial
        _, common, _ = factoring.content(numerator)
        positive = tuple(p for p in common if self.signs.atom(p[0]) == POSITIVE)
        inverse = self.ring.monomial_power(positive, -1)
        return self.ring.multiply(numerator, inverse)

    # Monotone maps, and cases

    def _by_squares(self, p: Polynomial, strict: bool, depth: int) -> Uses | None:
        """A term with a root or an absolute value alone on one side, and both sides squared."""
        if "monotone maps" not in self.theories:
            return None
        ring = self.ring
        for monomial, coefficient in p.items():
            if not any(
                isinstance(e, Fraction) or self.ring.atoms[n].kind == "abs" for n, e in monomial
            ):
                continue
            term = {monomial: coefficient}
            rest = {m: c for m, c in p.items() if m != monomial}
            signs = self.signs.sign(term)
            gap = ring.subtract(ring.power(term, 2), ring.power(rest, 2))
            if not signs & NEGATIVE:
                found = self._proof(gap, strict, depth - 1)
            elif not signs & POSITIVE:
                other = self._proof(rest, False, depth - 1)
                found = (
                    None if other is None else self._proof(ring.scale(gap, -1), strict, depth - 1)
                )
                found = None if found is None or other is None else found | other
            else:
                continue
            if found is not None:
                return found | {"monotone maps"}
        return None

    def _by_exponential(self, p: Polynomial, strict: bool, depth: int) -> Uses | None:
        """exp(p) - 1 has the sign of p; logarithms with whole coefficients are undone."""
        ring = self.ring
        logs = [m for m in p if len(m) == 1 and m[0][1] == 1 and ring.atoms[m[0][0]].kind == "log"]
        if "monotone maps" not in self.theories or not logs or len(p) > 8:
            return None
        if any(p[m].q != 1 or abs(p[m]) > 4 for m in logs) or not ring.free(
            dict.fromkeys(logs, ONE)
        ):
            return None
        if any(ring.atoms[n].kind == "log" for m in p if m not in logs for n, _ in m):
            return None
        gap = ring.subtract(self.normal.exp_of(p, True), ring.number(1))
        found = self._proof(gap, strict, depth - 1)
        return None if found is None else found | {"monotone maps"}

    def _by_logarithm(self, p: Polynomial, strict: bool, depth: int) -> Uses | None:
        """T - r, with an exponential t and r > 0, has the sign of log(t) - log(r)."""
        ring = self.ring
        if "monotone maps" not in self.theories:
            return None
        for monomial, coefficient in p.items():
            if not any(ring.atoms[n].kind == "exp" for n, _ in monomial):
                continue
            term = {monomial: coefficient}
            rest = {m: -c for m, c in p.items() if m != monomial}
            if not self.signs.is_positive(term) or not self.signs.is_positive(rest):
                continue
            logs = (self.normal.log_of(each, split=True) for each in (term, rest))
            found = self._proof(ring.subtract(*logs), strict, depth - 1)
            if found is not None:
                return found | {"monotone maps"}
        return None

    def _by_cases(self, p: Polynomial, strict: bool, depth: int) -> Uses | None:
        """A real symbol under an absolute value is r or -r for some r >= 0."""
        ring = self.ring
        for number in {n for monomial in p for n, _ in monomial}:
            atom = ring.atoms[number]
            if atom.kind != "abs" or len(atom.key[0]) != 1:
                continue
            ((inside, _),) = atom.key[0]
            if len(inside) != 1 or inside[0][1] != 1 or not self._varies_freely(inside[0][0]):
                continue
            leaf = inside[0][0]
            size = self.normal.stand_in(("size", leaf), f"|{ring.atoms[leaf].key[0]}|")
            found: Uses = frozenset()
            for sign in (1, -1):
                case = self.normal.put(p, leaf, ring.scale(ring.of_atom(size), sign))
                uses = self._proof(self.normal.factoring.by_denominator(case), strict, depth - 1)
                if uses is None:
                    return None
                found |= uses
            return found
        return None

    # Derivatives

    def _by_slopes(self, p: Polynomial, strict: bool, depth: int) -> Uses | None:
        if "mean value theorem" not in self.theories:
            return None
        symbols = sorted(
            n
            for n in self.ring.free(p)
            if isinstance(n, int) and self.ring.atoms[n].kind == "symbol"
        )
        if len(symbols) > VARIABLES or (len(symbols) > 1 and self._is_algebraic(p)):
            return None
        for number in symbols:
            try:
                found = self._by_slope(*self._real(p, number), strict, depth)
            except UnestablishedError:
                continue
            if found is not None:
                return found | {"mean value theorem"}
        return None

    def _is_algebraic(self, p: Polynomial) -> bool:
        """Whether a polynomial is one in symbols only, of which signs are found otherwise."""
        return all(
            self.ring.atoms[n].kind == "symbol" and isinstance(e, int)
            for monomial in p
            for n, e in monomial
        )

    def _real(self, p: Polynomial, x: int) -> tuple[Polynomial, int]:
        """A polynomial and a symbol in it; for an integer from 1 or 0 on, with a real r >= 0 for what it is above."""
        symbol = self.ring.atoms[x].key[0]
        if not symbol.is_integer or not symbol.is_nonnegative:
            return p, x
        above = self.normal.stand_in(("above", x), f"what {symbol} is above")
        start = self.ring.number(1 if symbol.is_positive else 0)
        place = self.ring.add(self.ring.of_atom(above), start)
        return self.normal.put_quietly(p, x, place), above

    def _by_slope(self, p: Polynomial, x: int, strict: bool, depth: int) -> Uses | None:
        interval = self._interval(x)
        if interval is None or not self._is_smooth(p, x):
            return None
        slope = self._derivative(p, x)
        found = self._by_minimum(p, slope, x, interval, strict, depth)
        if found is None:
            found = self._by_direction(p, slope, x, interval, strict, depth)
        if found is None:
            found = self._by_concavity(p, slope, x, interval, strict, depth)
        return found

    def _by_direction(
        self,
        p: Polynomial,
        slope: Polynomial,
        x: int,
        interval: Interval,
        strict: bool,
        depth: int,
    ) -> Uses | None:
        """Increasing, and the limit at the lower end is not negative; or decreasing, with the upper end."""
        for sign, side in ((1, -1), (-1, 1)):
            turned = self.ring.scale(slope, sign)
            end = self._end(p, x, interval, side)
            if end is None:
                continue
            belongs = interval.lower_belongs if side < 0 else interval.upper_belongs
            for steep in (True, False) if strict and not belongs else (False,):
                found = self._both((turned, steep), (end, strict and not steep), depth)
                if found is not None:
                    return found
        return None

    def _both(
        self, first: tuple[Polynomial, bool], second: tuple[Polynomial, bool], depth: int
    ) -> Uses | None:
        found = self._proof(*second, depth - 1)
        if found is None:
            return None
        other = self._proof(*first, depth - 1)
        return None if other is None else found | other

    def _by_minimum(
        self,
        p: Polynomial,
        slope: Polynomial,
        x: int,
        interval: Interval,
        strict: bool,
        depth: int,
    ) -> Uses | None:
        """At least the value at a point m: the slope has the sign of x - m, or increases and vanishes at m."""
        ring = self.ring
        convex: bool | None = None
        for point in self._candidates(p, slope, x):
            if not self._lies_in(point, interval):
                continue
            value = self._value(p, x, point)
            if value is None:
                continue
            least = self._proof(value, strict, depth - 1)
            if least is None:
                continue
            away = ring.multiply(slope, ring.subtract(ring.of_atom(x), point))
            if self._shows(self._without_positive_factors(away), False):
                return least
            flat = self._value(slope, x, point)
            if flat is None or not self.normal.factoring.is_zero(flat):
                continue
            if convex is None:
                bend = self._without_positive_factors(self._derivative(slope, x))
                convex = self._shows(bend, False)
            if convex:
                return least
        return None

    def _by_concavity(
        self,
        p: Polynomial,
        slope: Polynomial,
        x: int,
        interval: Interval,
        strict: bool,
        depth: int,
    ) -> Uses | None:
        """Concave, and the limits at both ends are not negative."""
        if interval.lower_belongs or interval.upper_belongs:
            return None
        bend = self.ring.scale(self._derivative(slope, x), -1)
        if not self._shows(self._without_positive_factors(bend), strict):
            return None
        found: Uses | None = frozenset()
        for side in (-1, 1):
            end = self._end(p, x, interval, side)
            other = None if found is None or end is None else self._proof(end, False, depth - 1)
            found = None if found is None or other is None else found | other
        return found

    def _derivative(self, p: Polynomial, x: int) -> Polynomial:
        count = len(self.normal.events)
        slope = self.normal.factoring.by_denominator(self.normal.derivative(p, x))
        if any(not isinstance(e, Use) for e in self.normal.events[count:]):
            raise UnestablishedError("the derivative needs a condition")
        return self.normal.factoring.by_denominator(self.normal.factoring.lowest_terms(slope))

    def _end(self, p: Polynomial, x: int, interval: Interval, side: int) -> Polynomial | None:
        """The limit at an end; where that belongs to the interval, the value."""
        end = interval.domain[2 if side > 0 else 1]
        if interval.upper_belongs if side > 0 else interval.lower_belongs:
            return self._value(p, x, dict(end)) if isinstance(end, frozenset) else None
        try:
            return self.normal.limit_toward(p, x, interval.domain, side)
        except UnestablishedError:
            return None

    def _value(self, p: Polynomial, x: int, point: Polynomial) -> Polynomial | None:
        try:
            return self.normal.put_quietly(p, x, point)
        except UnestablishedError:
            return None

    def _candidates(self, p: Polynomial, slope: Polynomial, x: int) -> Iterator[Polynomial]:
        """Points at which the least value may be: other symbols, small numbers, where two terms of the slope cancel."""
        ring = self.ring
        for number in sorted(n for n in ring.free(p) if isinstance(n, int) and n != x):
            if ring.atoms[number].kind == "symbol":
                yield ring.of_atom(number)
        for value in (fmpq(0), fmpq(1), fmpq(1, 2), fmpq(-1)):
            yield ring.number(value)
        numerator, _ = self.normal.factoring.clear(slope)
        if len(numerator) == 2:
            (m, a), (n, b) = numerator.items()
            quotient = ring.multiply({m: -a / b}, ring.monomial_power(n, -1))
            if len(quotient) != 1:
                return
            ((monomial, coefficient),) = quotient.items()
            power = dict(monomial).get(x)
            others = {tuple(pair for pair in monomial if pair[0] != x): coefficient}
            if power and x not in ring.free(others) and self.signs.is_positive(others):
                yield self.normal.root(others, Fraction(-1) / power)

    # Where the variable varies, and where the function is differentiable

    def _varies_freely(self, x: int) -> bool:
        """Whether a symbol takes all real values, whatever else is assumed."""
        found = self._interval(x)
        return found is not None and found.domain == ("interval", -oo, oo)

    def _interval(self, x: int) -> Interval | None:
        """Where the assumptions on a symbol let it vary; None if that is no interval that is known."""
        normal, atom = self.normal, self.ring.atoms[x]
        symbol = atom.key[0] if atom.kind == "symbol" else None
        kinds: dict[tuple[object, object, bool, bool], dict[str, bool]] = {
            (-oo, oo, False, False): {"real": True},
            (freeze({}), oo, False, False): {"positive": True},
            (freeze({}), oo, True, False): {"nonnegative": True},
            (-oo, freeze({}), False, False): {"negative": True},
        }
        found = [
            kind
            for kind, given in kinds.items()
            if isinstance(symbol, Symbol)
            and symbol.assumptions0
            in (
                Symbol("x", **given).assumptions0,
                *((Symbol("x").assumptions0,) if kind[0] == -oo and kind[1] == oo else ()),
            )
        ]
        context = normal.context
        if not found or not isinstance(symbol, Symbol):
            return None
        if (
            symbol in context.ranges
            or symbol in context.optima
            or any(str(symbol) in fact.restricts for fact in normal.facts)
            or any(x in self.ring.free(value) for value in normal.values.values())
            or any(x in self.ring.free(dict(other)) for other in self.signs.different)
            or any(
                symbol in (family.length, *family.counts) for family in context.families.values()
            )
        ):
            return None
        lower, upper, lower_belongs, upper_belongs = found[0]
        for known, is_strict in self.signs.inequalities:
            if x not in self.ring.free(known):
                continue
            bound = self._solved(known, x)
            if bound is None:
                return None
            place, is_lower = bound
            old = lower if is_lower else upper
            if isinstance(old, frozenset):
                gap = self.ring.subtract(place, dict(old))
                signs = self.signs.sign(gap if is_lower else self.ring.scale(gap, -1))
                if not signs & POSITIVE:
                    continue
                if signs & NEGATIVE:
                    return None
            if is_lower:
                lower, lower_belongs = freeze(place), not is_strict
            else:
                upper, upper_belongs = freeze(place), not is_strict
        return Interval(("interval", lower, upper), lower_belongs, upper_belongs)

    def _solved(self, known: Polynomial, x: int) -> tuple[Polynomial, bool] | None:
        """The bound that a linear inequality sets to a symbol, and whether it is a lower one."""
        ring = self.ring
        factor: Polynomial = {}
        rest: Polynomial = {}
        for monomial, coefficient in known.items():
            others = tuple(pair for pair in monomial if pair[0] != x)
            if others == monomial:
                rest[monomial] = coefficient
            elif dict(monomial)[x] == 1:
                factor[others] = coefficient
            else:
                return None
        if x in ring.free(factor) or x in ring.free(rest):
            return None
        signs = self.signs.sign(factor)
        if signs not in (POSITIVE, NEGATIVE):
            return None
        place = ring.scale(ring.multiply(rest, self.normal.inverse(factor)), -1)
        return self.normal.factoring.lowest_terms(place), signs == POSITIVE

    def _lies_in(self, point: Polynomial, interval: Interval) -> bool:
        _, lower, upper = interval.domain
        ring = self.ring
        if isinstance(lower, frozenset):
            gap = ring.subtract(point, dict(lower))
            if not self._shows(gap, not interval.lower_belongs):
                return False
        if isinstance(upper, frozenset):
            gap = ring.subtract(dict(upper), point)
            if not self._shows(gap, not interval.upper_belongs):
                return False
        return True

    def _is_smooth(self, p: Polynomial, x: int) -> bool:
        """Whether a polynomial is differentiable in a symbol on the whole interval: no denominator may vanish."""
        for number, exponent in {pair for monomial in p for pair in monomial}:
            atom = self.ring.atoms[number]
            if x not in atom.free:
                continue
            alone: Polynomial = {((number, 1),): ONE}
            if exponent < 0 and not self.signs.is_nonzero(alone):
                return False
            if isinstance(exponent, Fraction) and not self.signs.is_positive(alone):
                return False
            match atom.kind:
                case "symbol":
                    continue
                case "exp":
                    inner: Polynomial = {atom.key[0]: ONE}
                case "log" | "root":
                    inner = dict(atom.key[0])
                    if not self.signs.is_positive(inner):
                        return False
                case "sum":
                    inner = dict(atom.key[0])
                case "sine" | "elementary":
                    inner = dict(atom.key[1])
                case _:
                    return False
            if not self._is_smooth(inner, x):
                return False
        return True
