"""Expansions at infinity: finitely many terms c u^a exp(q(u)), and a bound of what is left, for all u from a start on.

Accepts coefficients that are rationals or balls; exponents are rational. The idea: terms are ordered by growth, and how
small one is beside another from the start on is certified once, since their quotient decreases there. So a sum with one
leading term has an inverse, a logarithm and powers, as series in what is small beside that term; what is cut off is
bounded. (Gruntz, On Computing Limits in a Symbolic Manipulation System, chapter 3, with bounds in place of orders.)

Where a quotient does not decrease from the start on, or no term leads, it is not told: a later start may help.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import factorial as factorial_of

from flint import arb, fmpq
from sympy import Expr, Symbol, atan, cos, cosh, erf, erfc, factorial, gamma, sin, sinh, tanh

from klderive.certificates.cells import Environment
from klderive.certificates.growths import (
    CONSTANT,
    LINEAR,
    Growth,
    direction,
    rank,
    slope,
    times,
    to_power,
    value_at,
)
from klderive.certificates.interpretation import Interpreter
from klderive.certificates.real_arithmetic import (
    UndeterminedError,
    Value,
    add,
    exponential,
    finite,
    is_zero,
    logarithm,
    may_vanish,
    multiply,
    power,
)

ORDER = 4
"""Terms of the series of a function in something small."""

HIGHEST_DEGREE = 20

LENGTH = 24
"""Terms of an expansion; the smallest of more are bounded together with the rest."""

HIGHEST_POWER = 40

LARGEST_EXPONENT = 1_000

FAST = fmpq(-8)
"""What falls faster than any exponential is bounded by exp(-8 u)."""


@dataclass(frozen=True)
class Expansion:
    """Terms and the bound of the rest, both by growth: from the start on |f - sum of terms| <= sum of rest."""

    terms: Mapping[Growth, Value] = field(default_factory=dict)
    rest: Mapping[Growth, arb] = field(default_factory=dict)

    def leading(self) -> Growth | None:
        """The fastest growth of a term."""
        return max(self.terms, key=rank, default=None)

    def magnitudes(self) -> dict[Growth, arb]:
        """A bound of the absolute value."""
        result = {growth: arb(abs(arb(c))) for growth, c in self.terms.items()}
        for growth, bound in self.rest.items():
            result[growth] = result.get(growth, arb(0)) + bound
        return result


@dataclass(frozen=True)
class Phase:
    """Numbers that are an angle plus a multiple of 2 pi `turns`: sines and cosines of them are those of the angle.

    The angle is a ball. If u runs over integers, it need be that angle in the limit only.
    """

    angle: arb
    turns: int

    def value(self, function: type, rate: Value, shift: Value) -> Value | None:
        """The sine or cosine of rate u + shift; None if it is not the same for all u."""
        if not isinstance(rate, fmpq) or (rate * self.turns).q != 1:
            return None
        angle = arb(rate) * self.angle + arb(shift)
        return finite(angle.sin() if function is sin else angle.cos())


class Expansions:
    """The algebra of expansions from a start on.

    Args:
        start: where they begin, at least 1.
        integers: whether u runs over integers only.
        phase: if it is given, u runs over numbers with that phase only.
    """

    def __init__(self, start: fmpq, *, integers: bool = False, phase: Phase | None = None) -> None:
        self.start = start
        self.integers = integers
        self.phase = phase

    def identity(self) -> Expansion:
        """The variable u itself."""
        return Expansion({LINEAR: fmpq(1)})

    def exponential_of(self, rate: fmpq, factor: Value = fmpq(1)) -> Expansion:  # noqa: B008 - a number
        """A factor times exp(rate u)."""
        return Expansion({Growth((rate,)): factor})

    def constant(self, value: Value) -> Expansion:
        """A number."""
        return Expansion() if is_zero(value) else Expansion({CONSTANT: value})

    def bounded(self, growth: Growth, bound: arb) -> Expansion:
        """Anything within a bound."""
        return Expansion({}, {growth: finite(arb(bound))})

    # How small it is

    def largest(self, growth: Growth) -> arb:
        """The largest value from the start on, which is that at the start.

        Raises:
            UndeterminedError: if it is not shown to decrease.
        """
        if growth == CONSTANT:
            return arb(1)
        if slope(growth, self.start) is None:
            raise UndeterminedError("terms are not yet in the order of their growth")
        return value_at(growth, self.start)

    def small(self, a: Expansion) -> arb:
        """A bound of the absolute value from the start on.

        Raises:
            UndeterminedError: if there is none.
        """
        total = arb(0)
        for growth, bound in a.magnitudes().items():
            total += bound * self.largest(growth)
        return finite(total)

    # Operations

    def add(self, a: Expansion, b: Expansion) -> Expansion:
        """The sum."""
        terms, rest = dict(a.terms), dict(a.rest)
        for growth, c in b.terms.items():
            terms[growth] = add(terms[growth], c) if growth in terms else c
        for growth, bound in b.rest.items():
            rest[growth] = rest.get(growth, arb(0)) + bound
        return self.trimmed(terms, rest)

    def multiply(self, a: Expansion, b: Expansion) -> Expansion:
        """The product."""
        terms: dict[Growth, Value] = {}
        rest: dict[Growth, arb] = {}
        for first, c in a.terms.items():
            for second, d in b.terms.items():
                growth, product = times(first, second), multiply(c, d)
                terms[growth] = add(terms[growth], product) if growth in terms else product
        for one, other in ((a.rest, b.magnitudes()), (b.rest, Expansion(a.terms).magnitudes())):
            for first, bound in one.items():
                for second, size in other.items():
                    growth = times(first, second)
                    rest[growth] = rest.get(growth, arb(0)) + bound * size
        return self.trimmed(terms, rest)

    def scaled(self, a: Expansion, growth: Growth, factor: Value) -> Expansion:
        """A factor u^a exp(q(u)) times an expansion."""
        return self.multiply(a, Expansion({growth: factor}))

    def trimmed(self, terms: Mapping[Growth, Value], rest: Mapping[Growth, arb]) -> Expansion:
        """An expansion of which terms that are too many, and too many bounds, are bounded together."""
        kept = {growth: c for growth, c in terms.items() if not is_zero(c)}
        bounds = {growth: finite(bound) for growth, bound in rest.items()}
        if len(kept) > LENGTH:
            for growth in sorted(kept, key=rank)[: len(kept) - LENGTH]:
                bounds[growth] = bounds.get(growth, arb(0)) + abs(arb(kept.pop(growth)))
        if len(bounds) > LENGTH:
            ordered = sorted(bounds, key=rank)
            most = ordered[len(bounds) - LENGTH]
            for growth in ordered[: len(bounds) - LENGTH]:
                # What grows more slowly is bounded by what grows faster, as far as it is beside it at the start.
                bounds[most] += bounds.pop(growth) * self.largest(
                    times(growth, to_power(most, fmpq(-1)))
                )
        return Expansion(kept, bounds)

    def split(self, a: Expansion) -> tuple[Growth, Value, Expansion, arb]:
        """The leading term, its coefficient, and the rest divided by that term, with its bound, which is below 1.

        Raises:
            UndeterminedError: if no term leads from the start on.
        """
        lead = a.leading()
        if lead is None:
            raise UndeterminedError("nothing is known to lead an expansion")
        coefficient = a.terms[lead]
        if may_vanish(coefficient):
            raise UndeterminedError("the leading term may vanish")
        others = Expansion({g: c for g, c in a.terms.items() if g != lead}, a.rest)
        delta = self.scaled(others, to_power(lead, fmpq(-1)), power(coefficient, fmpq(-1)))
        size = self.small(delta)
        if not size < 1:
            raise UndeterminedError("no term leads yet")
        return lead, coefficient, delta, size

    def sign(self, a: Expansion) -> int | None:
        """The sign from the start on; 0 only of 0."""
        if not a.terms and not a.rest:
            return 0
        _, coefficient, _, _ = self.split(a)
        return 1 if coefficient > 0 else -1

    def series(
        self, coefficients: Sequence[Value], delta: Expansion, next_coefficient: arb
    ) -> Expansion:
        """A power series in something small; the first coefficient that is left out bounds the rest."""
        result = self.constant(coefficients[-1])
        for coefficient in reversed(coefficients[:-1]):
            result = self.add(self.multiply(result, delta), self.constant(coefficient))
        if not delta.terms and not delta.rest:
            return result
        rest = Expansion({}, delta.magnitudes())
        bound = rest
        for _ in range(len(coefficients) - 1):
            bound = self.multiply(bound, rest)
        left = {growth: size * next_coefficient for growth, size in bound.rest.items()}
        return self.add(result, Expansion({}, left))

    def power(self, base: Expansion, exponent: Expansion) -> Expansion:
        """A power."""
        fixed = _number(exponent)
        if fixed is None:
            return self._to_varying_power(base, exponent)
        if isinstance(fixed, fmpq) and fixed.q == 1 and 0 <= fixed <= HIGHEST_POWER:
            result = self.constant(fmpq(1))
            for _ in range(int(fixed.p)):
                result = self.multiply(result, base)
            return result
        if not isinstance(fixed, fmpq):
            return self.exponential(self.multiply(exponent, self.logarithm(base)))
        if abs(fixed) > LARGEST_EXPONENT:
            raise UndeterminedError("an exponent is too large")
        lead, coefficient, delta, size = self.split(base)
        if fixed.q != 1 and not coefficient > 0:
            raise UndeterminedError("a root of what is not positive")
        binomials: list[Value] = [fmpq(1)]
        for k in range(ORDER):
            binomials.append(binomials[-1] * (fixed - k) / (k + 1))
        largest = self._between(size, fixed - ORDER)
        bound = abs(arb(binomials[ORDER])) * largest
        found = self.series(binomials[:ORDER], delta, bound)
        return self.scaled(found, to_power(lead, fixed), power(coefficient, fixed))

    def _between(self, size: arb, exponent: fmpq) -> arb:
        """A bound of (1 + t)^exponent for all t of at most that size, which is below 1."""
        ends = [(arb(1) + s * size) ** arb(exponent) for s in (1, -1)]
        return finite(ends[0].max(ends[1]))

    def _to_varying_power(self, base: Expansion, exponent: Expansion) -> Expansion:
        fixed = _number(base)
        if isinstance(fixed, fmpq) and fixed > 0:
            rate = exponent.terms.get(LINEAR, fmpq(0))
            if isinstance(rate, fmpq) and rate.q == 1 and abs(rate) <= HIGHEST_POWER:
                # The base stays exact.
                terms = {g: c for g, c in exponent.terms.items() if g != LINEAR}
                rest = self.multiply(
                    Expansion(terms, exponent.rest), self.constant(logarithm(fixed))
                )
                return self.scaled(
                    self.exponential(rest), Growth(base=fixed ** int(rate.p)), fmpq(1)
                )
        if fixed is not None and fixed < 0 and self.is_integral(exponent):
            size = self._to_varying_power(self.constant(-fixed), exponent)
            odd = {
                growth
                for growth, c in exponent.terms.items()
                if not isinstance(c, fmpq) or int(c.p) % 2
            }
            if not odd - {CONSTANT}:
                return self.multiply(self.constant(fmpq(-1 if odd else 1)), size)
            # Only the size is known.
            return Expansion({}, size.magnitudes())
        return self.exponential(self.multiply(exponent, self.logarithm(base)))

    def exponential(self, a: Expansion) -> Expansion:
        """E to a power."""
        lead = max(a.terms, key=rank, default=CONSTANT)
        if not lead.is_power and direction(lead) > 0:
            return self._fast(a)
        factor: Value = fmpq(1)
        exponent: dict[int, fmpq] = {}
        delta_terms: dict[Growth, Value] = {}
        exact = True
        for growth, c in a.terms.items():
            if growth == CONSTANT:
                factor = exponential(c)
            elif direction(growth) < 0:
                delta_terms[growth] = c
            elif growth.power.q == 1 and growth.power <= HIGHEST_DEGREE:
                if not isinstance(c, fmpq):
                    # An inexact rate: only a bound is left.
                    c, exact = _above(c), False
                exponent[int(growth.power.p)] = c
            else:
                raise UndeterminedError("an exponential of a root is not expanded")
        bound = Growth(tuple(exponent.get(i + 1, fmpq(0)) for i in range(max(exponent, default=0))))
        if any(direction(growth) > 0 for growth in a.rest):
            raise UndeterminedError("an exponent is not known well enough")
        delta = Expansion(delta_terms, a.rest)
        size = self.small(delta)
        if size > 1 or not size.is_finite() or CONSTANT in a.rest:
            return self.bounded(bound, arb(factor) * size.exp())
        coefficients: list[Value] = [fmpq(1, factorial_of(k)) for k in range(ORDER)]
        series = self.series(coefficients, delta, size.exp() / factorial_of(ORDER))
        found = self.scaled(series, bound, factor)
        return found if exact else Expansion({}, found.magnitudes())

    def _fast(self, a: Expansion) -> Expansion:
        """E to a power that grows like an exponential itself, downwards."""
        beyond = self.add(a, Expansion({LINEAR: -FAST}))
        if self.sign(beyond) != -1:
            raise UndeterminedError("an exponential of an exponential grows")
        return self.bounded(Growth((FAST,)), arb(1))

    def logarithm(self, a: Expansion) -> Expansion:
        """The natural logarithm; that of u itself is only bounded, by a root."""
        lead, coefficient, delta, size = self.split(a)
        if not coefficient > 0:
            raise UndeterminedError("the logarithm of what is not positive")
        coefficients: list[Value] = [fmpq(0)]
        coefficients += [fmpq((-1) ** (k + 1), k) for k in range(1, ORDER)]
        # The derivative of order n is (n - 1)! (1 + t)^(-n) in size.
        bound = self._between(size, fmpq(-ORDER)) / ORDER
        result = self.series(coefficients, delta, bound)
        result = self.add(result, self.constant(logarithm(coefficient)))
        for degree, c in enumerate(lead.exponent, 1):
            result = self.add(result, Expansion({Growth(power=fmpq(degree)): c}))
        if lead.base != 1:
            result = self.add(result, Expansion({LINEAR: logarithm(lead.base)}))
        if lead.factorials:
            # log u! <= u log u.
            size = arb(4 * abs(lead.factorials))
            result = self.add(result, self.bounded(Growth(power=fmpq(5, 4)), size))
        if lead.power != 0:
            # log u = 4 log u^(1/4) <= 4 u^(1/4).
            result = self.add(
                result, self.bounded(Growth(power=fmpq(1, 4)), 4 * abs(arb(lead.power)))
            )
        return result

    def absolute(self, a: Expansion) -> Expansion:
        """The absolute value."""
        try:
            sign = self.sign(a)
        except UndeterminedError:
            return Expansion({}, a.magnitudes())
        return self.multiply(self.constant(fmpq(sign or 0)), a)

    def apply(self, function: type, a: Expansion) -> Expansion:
        """An elementary function: as a series of something small, its limit at infinity, or only bounded."""
        if function in (sin, cos):
            if all(direction(growth) < 0 for growth in a.magnitudes()):
                return self._small_angle(function, a)
            return self._angle(function, a)
        if function in (tanh, erf, erfc):
            return self._saturating(function, a)
        if function in (sinh, cosh):
            up = self.exponential(a)
            down = self.exponential(self.multiply(self.constant(fmpq(-1)), a))
            sign = fmpq(-1 if function is sinh else 1)
            both = self.add(up, self.multiply(self.constant(sign), down))
            return self.multiply(self.constant(fmpq(1, 2)), both)
        if function in (factorial, gamma):
            return self._factorial(self.add(a, self.constant(fmpq(int(function is factorial)))))
        if function is atan:
            return self.bounded(CONSTANT, arb.pi() / 2)
        raise UndeterminedError(f"{function.__name__} is not expanded")

    def _factorial(self, a: Expansion) -> Expansion:
        """The gamma function at u + 1 + c, which is (u + c)!, for integers u and c."""
        shift = a.terms.get(CONSTANT, fmpq(0))
        if (
            not self.is_integral(a)
            or set(a.terms) - {CONSTANT} != {LINEAR}
            or a.terms[LINEAR] != 1
            or not isinstance(shift, fmpq)
            or not 1 - self.start < shift <= HIGHEST_DEGREE
            or shift < -HIGHEST_DEGREE
        ):
            raise UndeterminedError("the gamma function is not expanded")
        steps = int(shift.p) - 1
        result = Expansion({Growth(factorials=1): fmpq(1)})
        factors = range(1, steps + 1) if steps > 0 else range(steps + 1, 1)
        for step in factors:
            factor = self.add(self.identity(), self.constant(fmpq(step)))
            power = fmpq(1 if steps > 0 else -1)
            result = self.multiply(result, self.power(factor, self.constant(power)))
        return result

    def _angle(self, function: type, a: Expansion) -> Expansion:
        """The sine or cosine of anything: known if the phase is, up to what tends to 0."""
        rate, shift = (a.terms.get(growth, fmpq(0)) for growth in (LINEAR, CONSTANT))
        small = Expansion({g: c for g, c in a.terms.items() if g not in (LINEAR, CONSTANT)}, a.rest)
        if self.phase is None or any(direction(g) >= 0 for g in small.magnitudes()):
            return self.bounded(CONSTANT, arb(1))
        sine, cosine = (self.phase.value(f, rate, shift) for f in (sin, cos))
        if sine is None or cosine is None:
            return self.bounded(CONSTANT, arb(1))
        # sin(c + d) = sin c cos d + cos c sin d, and cos(c + d) = cos c cos d - sin c sin d.
        factors = (sine, cosine) if function is sin else (cosine, -sine)
        return self.add(
            self.multiply(self.constant(factors[0]), self._small_angle(cos, small)),
            self.multiply(self.constant(factors[1]), self._small_angle(sin, small)),
        )

    def _small_angle(self, function: type, a: Expansion) -> Expansion:
        coefficients: list[Value] = []
        for k in range(2 * ORDER):
            here = (k % 2 == 1) == (function is sin)
            coefficients.append(fmpq((-1) ** (k // 2), factorial_of(k)) if here else fmpq(0))
        return self.series(coefficients, a, arb(1) / factorial_of(2 * ORDER))

    def _saturating(self, function: type, a: Expansion) -> Expansion:
        """Functions that tend to a value: 1 - erf(s) <= exp(-s^2) <= exp(-s) and 1 - tanh(s) <= 2 exp(-2 s), s >= 1."""
        flat = Expansion({}, {CONSTANT: arb(2 if function is erfc else 1)})
        try:
            sign = self.sign(self.add(self.absolute(a), self.constant(fmpq(-1))))
            side = self.sign(a)
            gap = self.exponential(self.multiply(self.constant(fmpq(-(side or 0))), a))
        except UndeterminedError:
            return flat
        if sign != 1 or not side:
            return flat
        # Twice exp(-s) bounds both.
        rest = Expansion({}, {growth: 2 * size for growth, size in gap.magnitudes().items()})
        value = fmpq(side) if function is not erfc else fmpq(1 - side)
        return self.add(self.constant(value), rest)

    def is_integral(self, a: Expansion) -> bool:
        """Whether a polynomial in u has integer coefficients, where u runs over integers."""
        return self.integers and _is_integral(a)

    def special(
        self,
        interpreter: Interpreter[Expansion],
        e: Expr,
        env: Environment,
        varying: Mapping[Symbol, Expansion],
    ) -> Expansion:
        """No other node has an expansion."""
        raise UndeterminedError(f"{type(e).__name__} is not expanded")


def _number(a: Expansion) -> Value | None:
    """The number that an expansion is, if it is one."""
    if a.rest or set(a.terms) - {CONSTANT}:
        return None
    return a.terms.get(CONSTANT, fmpq(0))


def _is_integral(a: Expansion) -> bool:
    """Whether an expansion is a polynomial with integer coefficients."""
    return not a.rest and all(
        growth.is_power
        and growth.power.q == 1
        and growth.power >= 0
        and isinstance(c, fmpq)
        and c.q == 1
        for growth, c in a.terms.items()
    )


def _above(value: arb) -> fmpq:
    """A rational that is not less."""
    return finite(value).upper().fmpq()
