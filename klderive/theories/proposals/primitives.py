"""Proposals for antiderivatives: nothing here is trusted, whoever uses one differentiates it.

Accepts a polynomial in normal form and a bound variable. The idea: term by term, by the shape of the factors that
depend on the variable: powers with logarithms, a polynomial times an exponential or a Gaussian, linear denominators by
partial fractions, one quadratic denominator, a factor that is the derivative of what stands inside another.
(Bronstein, Symbolic Integration I, is the general theory; these are its simplest cases.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from flint import fmpq

from klderive.kernel.events import UnestablishedError
from klderive.kernel.ring import ONE, Exponent, Monomial, Polynomial, as_fmpq, exact, freeze
from klderive.kernel.signs import POSITIVE

if TYPE_CHECKING:
    from klderive.theories.bounds import Bounds

STEPS = 40
"""Terms that one integrand may become."""

DEGREE = 30
"""Powers of the variable up to which a polynomial times an exponential is integrated."""


class Primitives:
    """Proposes antiderivatives with respect to one bound variable.

    Args:
        normal: makes normal forms.
        variable: the bound variable.
    """

    def __init__(self, normal: Bounds, variable: int) -> None:
        self.normal = normal
        self.ring = normal.ring
        self.signs = normal.signs
        self.x = variable
        self.steps = 0

    def of(self, body: Polynomial) -> Polynomial | None:
        """An antiderivative of a polynomial, or None if no pattern fits one of its terms."""
        ring = self.ring
        result: Polynomial = {}
        for monomial, coefficient in body.items():
            inside = tuple(p for p in monomial if self._depends(p[0]))
            outside = tuple(p for p in monomial if not self._depends(p[0]))
            found = self._term(inside)
            if found is None:
                return None
            result = ring.add(result, ring.multiply({outside: coefficient}, found))
        return result

    def _depends(self, number: int) -> bool:
        return self.x in self.ring.atoms[number].free

    def _is_free(self, polynomial: Polynomial) -> bool:
        return self.x not in self.ring.free(polynomial)

    def _term(self, inside: Monomial) -> Polynomial | None:
        self.steps += 1
        if self.steps > STEPS:
            return None
        for rule in (
            self._power_and_logarithm,
            self._exponential,
            self._partial_fraction,
            self._linear_denominator,
            self._quadratic_denominator,
            self._exponential_denominator,
            self._oscillation,
            self._inner_derivative,
            self._logarithm_by_parts,
        ):
            try:
                found = rule(inside)
            except UnestablishedError:
                continue
            if found is not None:
                return found
        return None

    def _inverse(self, polynomial: Polynomial) -> Polynomial:
        if not self.signs.is_nonzero(polynomial):
            raise UnestablishedError("a coefficient may vanish")
        return self.normal.inverse(polynomial)

    def _log_of_absolute(self, polynomial: Polynomial) -> Polynomial:
        return self.normal.log_of(self.normal.absolute(polynomial), split=True)

    # Powers, logarithms, exponentials of the variable

    def _shape(self, inside: Monomial) -> tuple[Exponent, Polynomial, int, dict[int, Polynomial]]:
        """x^p exp(c log(x)) log(x)^m exp(polynomial): p, c, m and the polynomial by degrees.

        Raises:
            UnestablishedError: if it is no such product.
        """
        ring = self.ring
        power: Exponent = 0
        symbolic: Polynomial = {}
        logarithms = 0
        degrees: dict[int, Polynomial] = {}
        alone = freeze(ring.of_atom(self.x))
        for number, exponent in inside:
            atom = ring.atoms[number]
            if number == self.x:
                power = exponent
            elif atom.kind == "log" and atom.key[0] == alone and isinstance(exponent, int):
                logarithms = exponent
            elif atom.kind == "exp":
                here = dict(atom.key[0])
                degree = here.pop(self.x, 0)
                logs = [n for n in here if self._is_log(n, alone)]
                for n in logs:
                    if degree or here.pop(n) != 1:
                        raise UnestablishedError("no product of powers")
                if any(self._depends(n) for n in here) or not isinstance(degree, int):
                    raise UnestablishedError("no product of powers")
                term = {tuple(sorted(here.items())): as_fmpq(exponent)}
                if logs:
                    symbolic = ring.add(symbolic, term)
                elif degree > 0:
                    degrees[degree] = ring.add(degrees.get(degree, {}), term)
                else:
                    raise UnestablishedError("no product of powers")
            else:
                raise UnestablishedError("no product of powers")
        if logarithms < 0:
            raise UnestablishedError("no product of powers")
        return power, symbolic, logarithms, degrees

    def _is_log(self, number: int, argument: object) -> bool:
        atom = self.ring.atoms[number]
        return atom.kind == "log" and atom.key[0] == argument

    def _power_and_logarithm(self, inside: Monomial) -> Polynomial | None:
        """x^q log(x)^m, with a number or an expression for q."""
        power, symbolic, logarithms, degrees = self._shape(inside)
        if degrees:
            return None
        ring = self.ring
        x = ring.of_atom(self.x)
        total = ring.add(symbolic, ring.number(as_fmpq(exact(power + 1))))
        log = self._log_of_absolute(x)
        if not total:
            return ring.scale(ring.power(log, logarithms + 1), fmpq(1, logarithms + 1))
        inverse = self._inverse(total)
        base = ring.multiply({tuple(p for p in inside if not self._is_log_pair(p)): ONE}, x)
        result: Polynomial = {}
        factor = inverse
        for m in range(logarithms, -1, -1):
            result = ring.add(result, ring.multiply(factor, ring.power(log, m)))
            factor = ring.scale(ring.multiply(factor, inverse), -m)
        return ring.multiply(base, result)

    def _is_log_pair(self, pair: tuple[int, Exponent]) -> bool:
        return self._is_log(pair[0], freeze(self.ring.of_atom(self.x)))

    def _exponential(self, inside: Monomial) -> Polynomial | None:
        """A power of x times the exp of a linear or quadratic polynomial in x."""
        power, symbolic, logarithms, degrees = self._shape(inside)
        if symbolic or logarithms or not isinstance(power, int) or not 0 <= power <= DEGREE:
            return None
        ring = self.ring
        exp = {tuple(p for p in inside if p[0] != self.x): ONE}
        if set(degrees) == {1}:
            inverse = self._inverse(degrees[1])
            result: Polynomial = {}
            factor = inverse
            for k in range(power, -1, -1):
                result = ring.add(result, ring.multiply(factor, ring.of_atom(self.x, k)))
                factor = ring.scale(ring.multiply(factor, inverse), -k)
            return ring.multiply(exp, result)
        if set(degrees) <= {1, 2} and 2 in degrees:
            return self._gaussian(power, exp, degrees[2], degrees.get(1, {}))
        return None

    def _gaussian(
        self, power: int, exp: Polynomial, a: Polynomial, b: Polynomial
    ) -> Polynomial | None:
        """x^k exp(a x^2 + b x): by parts down to the error function.

        With I_k for the antiderivative, 2 a I_k = x^(k-1) exp - (k - 1) I_(k-2) - b I_(k-1).
        """
        ring = self.ring
        half = ring.scale(self._inverse(a), fmpq(1, 2))
        # Each I_k as a polynomial times exp, and a multiple of I_0.
        known: list[tuple[Polynomial, Polynomial]] = [({}, ring.number(1))]
        for k in range(1, power + 1):
            before, wide = known[k - 2] if k > 1 else ({}, {}), known[k - 1]
            parts = []
            for place in (0, 1):
                value = ring.of_atom(self.x, k - 1) if place == 0 else {}
                value = ring.subtract(value, ring.scale(before[place], k - 1))
                value = ring.subtract(value, ring.multiply(b, wide[place]))
                parts.append(ring.multiply(half, value))
            known.append((parts[0], parts[1]))
        polynomial, factor = known[power]
        result = ring.multiply(polynomial, exp)
        if factor:
            result = ring.add(result, ring.multiply(factor, self._error_function(a, b)))
        return result

    def _error_function(self, a: Polynomial, b: Polynomial) -> Polynomial:
        """An antiderivative of exp(a x^2 + b x) for a < 0."""
        ring, normal = self.ring, self.normal
        precision = ring.scale(a, -1)
        if not self.signs.is_positive(precision):
            raise UnestablishedError("the exponent does not decay")
        root = normal.root(precision, Fraction(1, 2))
        centre = ring.scale(ring.multiply(b, normal.inverse(a)), fmpq(1, 2))
        place = ring.multiply(root, ring.add(ring.of_atom(self.x), centre))
        shift = ring.scale(ring.multiply(ring.power(b, 2), normal.inverse(precision)), fmpq(1, 4))
        scale = ring.multiply(normal.root_of_pi(1), normal.inverse(root))
        return ring.multiply(
            ring.multiply(ring.scale(scale, fmpq(1, 2)), normal.exp_of(shift, False)),
            normal.elementary("erf", place),
        )

    # Denominators

    def _denominators(self, inside: Monomial) -> tuple[Exponent, list[tuple[int, Polynomial]]]:
        """The power of x, and the sums beside it in denominators, with what they are; nothing else may stand there.

        Raises:
            UnestablishedError: if something else does.
        """
        power: Exponent = 0
        found = []
        for number, exponent in inside:
            atom = self.ring.atoms[number]
            if number == self.x and isinstance(exponent, int):
                power = exponent
            elif atom.kind == "sum":
                found.append((number, dict(atom.key[0])))
            else:
                raise UnestablishedError("no rational function")
        return power, found

    def _coefficients(self, polynomial: Polynomial) -> dict[int, Polynomial]:
        """The coefficients of a polynomial in x by degree.

        Raises:
            UnestablishedError: if it is none.
        """
        result: dict[int, Polynomial] = {}
        for monomial, coefficient in polynomial.items():
            here = dict(monomial)
            degree = here.pop(self.x, 0)
            if not isinstance(degree, int) or degree < 0 or any(map(self._depends, here)):
                raise UnestablishedError("no polynomial in the variable")
            part = result.setdefault(degree, {})
            part[tuple(sorted(here.items()))] = coefficient
        return result

    def _partial_fraction(self, inside: Monomial) -> Polynomial | None:
        found = self.separated(inside)
        return None if found is None else self.of(found)

    def separated(self, inside: Monomial) -> Polynomial | None:
        """Two linear denominators apart: 1/(s u) is (s'/s - u'/u)/(s' u(0) - u' s(0)).

        Raises:
            UnestablishedError: if there is something else than powers of linear polynomials.
        """
        ring = self.ring
        power, found = self._denominators(inside)
        if not all(isinstance(e, int) for _, e in inside):
            return None
        linear = [(n, s) for n, s in found if max(self._coefficients(s)) == 1]
        if power < 0:
            linear.append((self.x, ring.of_atom(self.x)))
        if len(linear) < 2:
            return None
        (first, s), (second, u) = linear[:2]
        s_by, u_by = self._coefficients(s), self._coefficients(u)
        determinant = ring.subtract(
            ring.multiply(s_by[1], u_by.get(0, {})), ring.multiply(u_by[1], s_by.get(0, {}))
        )
        inverse = self._inverse(self.normal.factoring.lowest_terms(determinant))
        one = ring.multiply({_raised(inside, second): ONE}, s_by[1])
        other = ring.multiply({_raised(inside, first): ONE}, u_by[1])
        return ring.multiply(inverse, ring.subtract(one, other))

    def _linear_denominator(self, inside: Monomial) -> Polynomial | None:
        """x^p / s^m for s = a x + b and p > 0, by x = (s - b)/a."""
        ring = self.ring
        power, found = self._denominators(inside)
        if len(found) != 1 or power <= 0:
            return None
        ((number, s),) = found
        by = self._coefficients(s)
        if max(by) != 1:
            return None
        lower = _raised(inside, self.x, -1)
        rest = ring.subtract(
            {_raised(lower, number): ONE}, ring.multiply(by.get(0, {}), {lower: ONE})
        )
        return self.of(ring.multiply(self._inverse(by[1]), rest))

    def _quadratic_denominator(self, inside: Monomial) -> Polynomial | None:
        """1/s and x/s for a quadratic s without zeros, by the arctangent and the logarithm."""
        ring, normal = self.ring, self.normal
        power, found = self._denominators(inside)
        if len(found) != 1 or power < 0 or dict(inside)[found[0][0]] != -1:
            return None
        number, s = found[0]
        by = self._coefficients(s)
        if max(by) != 2:
            return None
        if power > 1:
            # x^p/s, with x^2 = (s - b x - c)/a.
            lower = _raised(inside, self.x, -2)
            rest = {m: c for m, c in s.items() if dict(m).get(self.x) != 2}
            rest = ring.subtract({_raised(lower, number): ONE}, ring.multiply(rest, {lower: ONE}))
            return self.of(ring.multiply(self._inverse(by[2]), rest))
        a, b, c = by[2], by.get(1, {}), by.get(0, {})
        gap = ring.subtract(ring.scale(ring.multiply(a, c), 4), ring.power(b, 2))
        if self.signs.sign(gap) != POSITIVE:
            return None
        inverse = normal.inverse(normal.root(gap, Fraction(1, 2)))
        slope = ring.add(ring.scale(ring.multiply(a, ring.of_atom(self.x)), 2), b)
        angle = normal.elementary("atan", ring.multiply(slope, inverse))
        value = ring.scale(ring.multiply(inverse, angle), 2)
        if power == 0:
            return value
        half = ring.scale(self._inverse(a), fmpq(1, 2))
        rest = ring.subtract(self._log_of_absolute(s), ring.multiply(b, value))
        return ring.multiply(half, rest)

    def _exponential_denominator(self, inside: Monomial) -> Polynomial | None:
        """1/s for s = c + r with an exponential r: 1/c - r/(c s)."""
        ring = self.ring
        if len(inside) != 1 or inside[0][1] != -1:
            return None
        atom = ring.atoms[inside[0][0]]
        if atom.kind != "sum":
            return None
        s = dict(atom.key[0])
        moving = {m: c for m, c in s.items() if self.x in ring.free({m: c})}
        if len(moving) != 1 or not any(ring.atoms[n].kind == "exp" for m in moving for n, _ in m):
            return None
        constant = self._inverse(ring.subtract(s, moving))
        rest = self.of(ring.multiply(moving, {inside: ONE}))
        if rest is None:
            return None
        return ring.multiply(constant, ring.subtract(ring.of_atom(self.x), rest))

    def _oscillation(self, inside: Monomial) -> Polynomial | None:
        """x^k exp(c x) times sin(g) or cos(g), and cos(g)^2, for g = b x + a: by parts.

        With S_k and C_k for the antiderivatives, and s = exp(c x) (c sin(g) - b cos(g)) and
        d = exp(c x) (c cos(g) + b sin(g)), (b^2 + c^2) S_k is x^k s - k (c S_(k-1) - b C_(k-1)), and
        (b^2 + c^2) C_k is x^k d - k (c C_(k-1) + b S_(k-1)).
        """
        ring = self.ring
        found = [p for p in inside if ring.atoms[p[0]].kind in ("sine", "elementary")]
        if len(found) != 1 or found[0][1] not in (1, 2):
            return None
        ((number, times),) = found
        atom = ring.atoms[number]
        is_sine = atom.kind == "sine"
        if not is_sine and atom.key[0] != "cos":
            return None
        argument = dict(atom.key[1])
        by = self._coefficients(argument)
        rest = tuple(p for p in inside if p[0] != number)
        sine, cosine = (self.normal.elementary(name, argument) for name in ("sin", "cos"))
        if max(by) != 1:
            return None
        if times == 2:
            if rest or is_sine:
                return None
            half = ring.scale(self._inverse(by[1]), fmpq(1, 2))
            turning = ring.multiply(half, ring.multiply(sine, cosine))
            return ring.add(ring.scale(ring.of_atom(self.x), fmpq(1, 2)), turning)
        power, symbolic, logarithms, degrees = self._shape(rest)
        if symbolic or logarithms or set(degrees) - {1}:
            return None
        if not isinstance(power, int) or not 0 <= power <= DEGREE:
            return None
        b, c = by[1], degrees.get(1, {})
        exp: Polynomial = {tuple(p for p in rest if p[0] != self.x): ONE}
        size = self._inverse(ring.add(ring.power(b, 2), ring.power(c, 2)))
        turned = self._turned(sine, cosine, b, c, size)
        first = [ring.multiply(exp, each) for each in turned]
        pair = first
        for k in range(1, power + 1):
            lower = self._turned(pair[0], pair[1], b, c, size)
            pair = [
                ring.subtract(ring.multiply(ring.of_atom(self.x, k), each), ring.scale(low, k))
                for each, low in zip(first, lower, strict=True)
            ]
        return pair[0] if is_sine else pair[1]

    def _turned(
        self, s: Polynomial, d: Polynomial, b: Polynomial, c: Polynomial, size: Polynomial
    ) -> list[Polynomial]:
        """(c s - b d) and (c d + b s), times a factor."""
        ring = self.ring
        pairs = (
            ring.subtract(ring.multiply(c, s), ring.multiply(b, d)),
            ring.add(ring.multiply(c, d), ring.multiply(b, s)),
        )
        return [ring.multiply(size, each) for each in pairs]

    # A factor that is the derivative of what another holds

    def _inner_derivative(self, inside: Monomial) -> Polynomial | None:
        for candidate in self._candidates(inside):
            try:
                found = candidate()
            except UnestablishedError:
                continue
            if found is not None:
                return found
        return None

    def _candidates(self, inside: Monomial) -> Iterator[Callable[[], Polynomial | None]]:
        for number, exponent in inside:
            kind = self.ring.atoms[number].kind
            if kind in ("sum", "log", "bound", "sine", "elementary"):
                yield partial(self._power_of_inner, inside, number, exponent)
            if kind in ("sine", "elementary") and exponent == 1:
                yield partial(self._sine_of_inner, inside, number)
        if any(self.ring.atoms[n].kind == "exp" for n, _ in inside):
            yield partial(self._exponential_of_inner, inside)

    def _ratio(self, rest: Polynomial, inner: Polynomial) -> Polynomial | None:
        """What a polynomial is as a multiple, free of x, of the derivative of another."""
        slope = self.normal.factoring.by_denominator(self.normal.derivative(inner, self.x))
        if not slope or not self.signs.is_nonzero(slope):
            # Where it vanishes, so must the other: cancel by terms.
            return self._ratio_by_terms(rest, slope)
        ratio = self.normal.factoring.lowest_terms(
            self.ring.multiply(rest, self.normal.inverse(slope))
        )
        return ratio if self._is_free(ratio) else None

    def _ratio_by_terms(self, rest: Polynomial, slope: Polynomial) -> Polynomial | None:
        ring = self.ring
        for monomial, coefficient in slope.items():
            for other, own in rest.items():
                inverse = ring.monomial_power(monomial, -1)
                ratio = ring.multiply({other: own / coefficient}, inverse)
                if self._is_free(ratio) and self.normal.factoring.is_zero(
                    ring.subtract(rest, ring.multiply(ratio, slope))
                ):
                    return ratio
            return None
        return None

    def _power_of_inner(
        self, inside: Monomial, number: int, exponent: Exponent
    ) -> Polynomial | None:
        """G' g^e."""
        ring = self.ring
        inner = self.normal.part_polynomial(number)
        rest: Polynomial = {tuple(p for p in inside if p[0] != number): ONE}
        ratio = self._ratio(rest, inner)
        if ratio is None:
            return None
        if exponent == -1:
            return ring.multiply(ratio, self._log_of_absolute(inner))
        power = exact(exponent + 1)
        return ring.multiply(ratio, ring.scale(ring.of_atom(number, power), 1 / as_fmpq(power)))

    def _exponential_of_inner(self, inside: Monomial) -> Polynomial | None:
        """G' exp(g)."""
        ring = self.ring
        powers = [p for p in inside if ring.atoms[p[0]].kind == "exp"]
        argument: Polynomial = {}
        for number, exponent in powers:
            inner = {ring.atoms[number].key[0]: ONE}
            argument = ring.add(argument, ring.scale(inner, as_fmpq(exponent)))
        rest: Polynomial = {tuple(p for p in inside if p not in powers): ONE}
        ratio = self._ratio(rest, argument)
        return None if ratio is None else ring.multiply(ratio, {tuple(powers): ONE})

    def _sine_of_inner(self, inside: Monomial, number: int) -> Polynomial | None:
        """G' sin(g) and g' cos(g)."""
        ring = self.ring
        atom = ring.atoms[number]
        argument = dict(atom.key[1])
        rest: Polynomial = {tuple(p for p in inside if p[0] != number): ONE}
        ratio = self._ratio(rest, argument)
        if ratio is None:
            return None
        if atom.kind == "sine":
            return ring.scale(ring.multiply(ratio, self.normal.elementary("cos", argument)), -1)
        if atom.key[0] == "cos":
            return ring.multiply(ratio, self.normal.elementary("sin", argument))
        return None

    def _logarithm_by_parts(self, inside: Monomial) -> Polynomial | None:
        """x^k log(g): x^(k+1)/(k+1) log(g) less the integral of x^(k+1)/(k+1) g'/g."""
        ring = self.ring
        power = 0
        logs = []
        for number, exponent in inside:
            if number == self.x and isinstance(exponent, int) and exponent >= 0:
                power = exponent
            elif ring.atoms[number].kind == "log" and exponent == 1:
                logs.append(number)
            else:
                return None
        if len(logs) != 1:
            return None
        outer = ring.scale(ring.of_atom(self.x, power + 1), fmpq(1, power + 1))
        log = ring.of_atom(logs[0])
        slope = ring.multiply(outer, self.normal.derivative(log, self.x))
        rest = self.of(self.normal.factoring.by_denominator(slope))
        return None if rest is None else ring.subtract(ring.multiply(outer, log), rest)


def _raised(monomial: Monomial, number: int, by: int = 1) -> Monomial:
    """A monomial times a power of one of its factors."""
    powers = dict(monomial)
    powers[number] = exact(powers[number] + by)
    return tuple((n, e) for n, e in sorted(powers.items()) if e)
