"""Certified integrals of one variable: cells, analytic quadrature, closed forms, improper ends, divergence.

Accepts an integrand with the values of everything in it but the variable. The interval is cut at the breaks of step
functions, at the ends of the domains of declared functions, and where absolute values, events and cases change. On a
bounded cell `acb.integral` is used with its analytic flag. Over an unbounded one the integrand is written as a sum of
c x^k exp(q(x)), whose integrals are known; where it is none, and at an end at which it is not analytic, the integral is
cut off, and what is cut off is bounded. `acb.integral` is trusted.

A summand of the integrand with a density for a factor that is exactly 0 on a cell is 0 there, whatever its other
factors. An improper integral has a value only if it converges absolutely; it is called divergent only for a rational
pole, or a leading term at an end that certainly is not integrable. At a place inside the interval where the integrand
may have no value, nothing is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flint import acb, arb, ctx, fmpq, fmpq_poly
from sympy import Expr, Integral, Symbol, oo
from sympy.core.function import AppliedUndef

from klderive.certificates.cells import Cell, Environment, Evaluator, inside_of
from klderive.certificates.continuation import Continuation, continuation
from klderive.certificates.exponential_sums import mirrored, over_half_line, over_line, shifted
from klderive.certificates.integrands import Integrands
from klderive.certificates.kinks import CUTS, Kinks, Path
from klderive.certificates.models import Formula, StepFunction
from klderive.certificates.occurrences import occurrences
from klderive.certificates.poles import has_pole
from klderive.certificates.quadrature import WIDEST, last_bit, quadrature
from klderive.certificates.rational_integrals import check_poles, over_infinity, over_polynomial
from klderive.certificates.real_arithmetic import (
    DivergentError,
    InexactError,
    UndefinedError,
    UndeterminedError,
    Value,
    add,
    add_all,
    is_zero,
    may_vanish,
    multiply,
    subtract,
)
from klderive.certificates.tails import Direction, End, Tails
from klderive.notation.nodes import Defined, unevaluated_integral


@dataclass(frozen=True)
class Piece:
    """An open interval, a rational in it, and the polynomial that a function is there."""

    lower: Value | None
    upper: Value | None
    inside: fmpq
    polynomial: fmpq_poly

    @property
    def width(self) -> fmpq:
        """A length such that from the point inside on, no more than the length is in the interval."""
        if self.upper is None:
            return fmpq(1)
        gap = self.upper - self.inside
        return gap if isinstance(gap, fmpq) else gap.lower().fmpq()


class Integrator:
    """Integrates, with the help of an evaluator.

    Args:
        evaluator: values what is free of the variable.
    """

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.integrands = Integrands(evaluator)
        self.kinks = Kinks(self.integrands)
        self.tails = Tails(evaluator)

    def integral(self, e: Integral, env: Environment) -> Value:
        """The value of an integral with bounds."""
        body, *all_limits = e.args
        for limits in all_limits[:-1]:
            if len(limits) != 3:
                raise UndeterminedError("the integral has no bounds")
            body = unevaluated_integral(body, *limits)
        limits = all_limits[-1]
        if len(limits) != 3:
            raise UndeterminedError("the integral has no bounds")
        variable, first, last = limits
        if first == oo or last == -oo:
            raise UndeterminedError("the bounds are reversed")
        lower, upper = (
            None if end in (oo, -oo) else self.evaluator.value(end, env) for end in (first, last)
        )
        if lower is not None and upper is not None:
            if lower > upper:
                return multiply(fmpq(-1), self._over(body, variable, upper, lower, env))
            if not lower < upper:
                raise UndeterminedError("the interval may be empty")
        return self._over(body, variable, lower, upper, env)

    def _over(
        self,
        body: Expr,
        variable: Symbol,
        lower: Value | None,
        upper: Value | None,
        env: Environment,
    ) -> Value:
        inner: list[Value] = []
        for place in self._breaks(body):
            after = lower is None or place > lower
            before = upper is None or place < upper
            if after and before:
                inner.append(place)
            elif (not after and lower is not None and not place <= lower) or (
                not before and upper is not None and not place >= upper
            ):
                raise UndeterminedError("a break may lie in the interval")
        cuts: list[Value] = []
        total: Value = fmpq(0)
        for reduced, cell in self._cells(body, variable, [lower, *inner, upper], env, cuts):
            # Improper is an integral at its own ends, and where its integrand is looked at below.
            improper = (
                cell.lower is lower or any(cell.lower is cut for cut in cuts),
                cell.upper is upper or any(cell.upper is cut for cut in cuts),
            )
            total = add(total, self._cell(reduced, cell, improper))
        for cut in cuts:
            self._check_value(body, variable, cut, env)
        return total

    def _cells(
        self,
        body: Expr,
        variable: Symbol,
        ends: Sequence[Value | None],
        env: Environment,
        cuts: list[Value],
    ) -> Iterator[tuple[Expr, Cell]]:
        """The cells between some ends on which a body is one formula, and that formula; where it cuts, is added."""
        pieces = [(piece, frozenset[Path]()) for piece in pairwise(ends)]
        while pieces:
            (left, right), settled = pieces.pop()
            inside = inside_of(left, right)
            cell = Cell(variable, left, right, inside, {**env, variable: inside})
            reduced = self.integrands.without_zeros(body, cell)
            places, settled = self.kinks.inside(reduced, cell, settled)
            if not places:
                yield reduced, cell
                continue
            cuts += places
            if len(cuts) > CUTS:
                raise UndeterminedError("an integrand changes its branch too often")
            pieces += [(piece, settled) for piece in pairwise([left, *places, right])]

    def polynomials(
        self, body: Expr, variable: Symbol, lower: Value | None, upper: Value | None
    ) -> list[Piece]:
        """The pieces of a function that is a polynomial between its kinks.

        Raises:
            UndeterminedError: if it is not known to be one.
        """
        if self._breaks(body):
            raise UndeterminedError("a step function is not a polynomial")
        pieces: list[Piece] = []
        for reduced, cell in self._cells(body, variable, [lower, upper], {}, []):
            quotient = self.integrands.rational(reduced, cell)
            if quotient is None or quotient[1].degree() != 0:
                raise UndeterminedError("a function is not a polynomial")
            polynomial = quotient[0] / quotient[1][0]
            pieces.append(Piece(cell.lower, cell.upper, cell.inside, polynomial))
        return pieces

    def _check_value(self, body: Expr, variable: Symbol, place: Value, env: Environment) -> None:
        """Refuse an integrand that has no value at a place; at an inexact one, branches meet."""
        try:
            self.evaluator.summand(body, {**env, variable: place})
        except UndefinedError as error:
            raise UndeterminedError(str(error)) from None
        except InexactError:
            if isinstance(place, fmpq):
                raise

    def _breaks(self, body: Expr) -> list[fmpq]:
        """Where a step function in a body, or in the definitions in it, breaks, and where domains end."""
        found: set[tuple[int, int]] = set()
        names: set[str] = set()
        pending = [body]
        while pending:
            e = pending.pop()
            pending += [node.definition() for node in occurrences(e, Defined)]
            for name in {a.func.__name__ for a in occurrences(e, AppliedUndef)} - names:
                names.add(name)
                found |= {(int(b.p), int(b.q)) for b in self.evaluator.domain_ends(name)}
                model = self.evaluator.model(name)
                if isinstance(model, StepFunction):
                    found |= {(int(b.p), int(b.q)) for b in model.breaks}
                elif isinstance(model, Formula):
                    pending.append(model.expression)
        return sorted(fmpq(p, q) for p, q in found)

    def _cell(self, body: Expr, cell: Cell, improper: tuple[bool, ...]) -> Value:
        if not self.integrands.occurs(body, cell.variable):
            constant = self.evaluator.summand(body, cell.env)
            if cell.lower is not None and cell.upper is not None:
                return multiply(constant, subtract(cell.upper, cell.lower))
            if is_zero(constant):
                return constant
            if may_vanish(constant):
                raise UndeterminedError("the integrand may not vanish on an unbounded interval")
            raise DivergentError("the integral diverges")
        quotient = self.integrands.rational(body, cell)
        if quotient is not None:
            check_poles(*quotient, cell.lower, cell.upper)
            if cell.lower is None or cell.upper is None:
                return over_infinity(*quotient, cell.lower, cell.upper)
            if cell.lower is not None and cell.upper is not None and quotient[1].degree() == 0:
                return over_polynomial(quotient[0] / quotient[1][0], cell.lower, cell.upper)
        if cell.lower is None or cell.upper is None:
            try:
                return self._closed_form(body, cell)
            except InexactError:
                raise
            except UndeterminedError:
                pass
        if not cell.unfolded and has_pole(
            self.evaluator, body, cell.variable, cell.lower, cell.upper, cell.env
        ):
            raise DivergentError("the integrand has a pole")
        return self._analytic(body, cell, improper)

    # Over a line or half-line

    def _closed_form(self, body: Expr, cell: Cell) -> Value:
        """The closed form of an integral over a line or half-line of a sum of c x^k exp(q(x))."""
        terms = self.integrands.exponential_sum(body, cell)
        lower, upper = cell.lower, cell.upper
        if lower is None and upper is None:
            return add_all(over_line(q, c) for q, c in terms.items())
        if isinstance(lower, fmpq) and upper is None:
            return add_all(over_half_line(shifted(q, c, lower)) for q, c in terms.items())
        if isinstance(upper, fmpq) and lower is None:
            return add_all(
                over_half_line(shifted(*mirrored(q, c), -upper)) for q, c in terms.items()
            )
        raise UndeterminedError("an unbounded integral of this kind is not evaluated")

    def _analytic(self, body: Expr, cell: Cell, improper: tuple[bool, ...]) -> Value:
        """By quadrature; near an infinite end, and near one at which it is not analytic, cut off."""
        integrand = continuation(self.integrands, body, cell)
        proper = [
            end is not None and (not allowed or integrand(acb(end), True).is_finite())
            for end, allowed in zip((cell.lower, cell.upper), improper, strict=True)
        ]
        tolerance = last_bit()
        if cell.lower is not None and cell.upper is not None and all(proper):
            return quadrature(integrand, cell.lower, cell.upper, tolerance)
        body = self.integrands.resolved(body, cell)
        # Near a finite end the integrand is that at the end plus something very small, of which no digit may be lost.
        near = any(
            end is not None and not is_proper
            for end, is_proper in zip((cell.lower, cell.upper), proper, strict=True)
        )
        with ctx.workprec(2 * ctx.prec + 64 if near else ctx.prec + 32):
            left = (cell.lower, fmpq(0)) if proper[0] else self._end(body, cell, -1, tolerance)
            right = (cell.upper, fmpq(0)) if proper[1] else self._end(body, cell, 1, tolerance)
            (lower, first), (upper, last) = left, right
            if lower is None or upper is None or not lower < upper:
                raise UndeterminedError("the ends of an interval are not told apart")
            integrand = continuation(self.integrands, body, cell)
            return add_all([first, last, quadrature(integrand, lower, upper, tolerance)])

    def _end(
        self, body: Expr, cell: Cell, direction: Direction, tolerance: arb
    ) -> tuple[Value, Value]:
        """A place near an end of a cell, and the integral from there to the end."""
        place = cell.upper if direction == 1 else cell.lower
        least = max(fmpq(2), direction * cell.inside + 1)
        if place is not None:
            # Only from there on, x is inside the cell.
            near, _ = _join(cell, End(place, direction, exponential=True), least)
            least = max(fmpq(2), near)
        end, stop, bound = self.tails.cut(
            body, cell.variable, cell.env, place, direction, least, tolerance
        )
        if bound > WIDEST:
            raise UndeterminedError("the integral is not enclosed")
        start, where = _join(cell, end, least)
        integrand = _near(continuation(self.integrands, body, cell, end), end)
        piece = quadrature(integrand, start, stop, tolerance)
        return where, add(piece, arb(0, bound.upper()))


def _near(integrand: Continuation, end: End) -> Continuation:
    """An integrand that is written in u near an end, times the size of dx/du."""

    def written(u: acb, analytic: bool) -> acb:
        return integrand(u, analytic) * end.at(u)[1]

    return written


def _join(cell: Cell, end: End, least: fmpq) -> tuple[fmpq, Value]:
    """The value of u from which an end is integrated, and of the variable there, on its side of the point inside."""
    if end.place is None and not end.exponential:
        return least, multiply(fmpq(end.direction), least)
    start = fmpq(0)
    for _ in range(64):
        x = end.at(acb(start))[0].real
        beyond = x > cell.inside if end.direction == 1 else x < cell.inside
        if beyond:
            return start, x
        start += 1
    raise UndeterminedError("an end is too near to what is inside")
