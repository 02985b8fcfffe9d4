"""Sums and products over integers, also infinitely many, and limits of sequences and functions.

Accepts a node with the values of everything in it but its variable. An infinite sum is that of finitely many terms and
of a tail, which is expanded in the index and bounded term by term; if that does not converge absolutely, pairs of terms
are, each of an even and an odd index, where the terms tend to 0. It is called divergent only if a leading term says so,
or if the terms keep away from 0 along some sequence. Infinite products are not told.

The limit of a mean of data, which have a period, is the mean over the period.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm
from typing import Protocol

from flint import arb, ctx, fmpq
from sympy import Add, Expr, Indexed, Limit, Mul, Pow, Product, Sum, Symbol, oo

from klderive.certificates.cells import Environment, Evaluator, flat
from klderive.certificates.expansions import Expansions
from klderive.certificates.models import Point
from klderive.certificates.power_sums import closed_form
from klderive.certificates.quadrature import last_bit
from klderive.certificates.real_arithmetic import (
    DivergentError,
    UndefinedError,
    UndeterminedError,
    Value,
    add,
    is_zero,
    multiply,
)
from klderive.certificates.tails import (
    FIRST_STARTS,
    PROGRESSIONS,
    STARTS,
    Direction,
    End,
    Tails,
    diverges,
    keeps_away,
    tail_of_sum,
    vanishes_at_infinity,
)
from klderive.certificates.taylor import value_around
from klderive.notation.nodes import unevaluated_sum

TERMS = 5_000
"""Terms of an explicit sum or product."""

EXPLICIT = 4
"""Terms of an infinite sum that are at least looked at, so that a term that has no value is found."""


class Accumulator(Evaluator, Protocol):
    """An evaluator that has a point, and adds up terms."""

    point: Point

    def accumulated(
        self, body: Expr, variable: Symbol, elements: Sequence[fmpq], env: Environment, times: bool
    ) -> Value:
        """The sum or product of a body over some values of a variable."""

    def hides(self, e: Expr, symbol: Symbol) -> bool:
        """Whether a definition or a domain that an expression uses speaks of a symbol."""


class Series:
    """Sums, products and limits over integers.

    Args:
        evaluator: values terms, and adds them up.
    """

    def __init__(self, evaluator: Accumulator) -> None:
        self.evaluator = evaluator
        self.tails = Tails(evaluator)

    def over_range(self, e: Sum | Product, env: Environment) -> Value:
        """A sum or product over a range of integers, infinite or not."""
        body, *all_limits = e.args
        if len(all_limits) == 1 and len(all_limits[0]) == 3 and all_limits[0][2] == oo:
            return self._infinite(e, env)
        variable, elements = self.elements(e, env)
        return self.evaluator.accumulated(body, variable, elements, env, isinstance(e, Product))

    def elements(self, e: Sum | Product, env: Environment) -> tuple[Symbol, Sequence[fmpq]]:
        """The variable of a finite sum or product, and the integers that it runs over."""
        _, *all_limits = e.args
        if len(all_limits) != 1 or len(all_limits[0]) != 3:
            raise UndeterminedError("the bounds are not one range")
        variable, lower, upper = all_limits[0]
        first, last = self.evaluator.value(lower, env), self.evaluator.value(upper, env)
        if not isinstance(first, fmpq) or not isinstance(last, fmpq) or first.q != 1 or last.q != 1:
            raise UndeterminedError("the bounds are not integers")
        if last < first - 1:
            raise UndeterminedError("the range is reversed")
        if last - first > TERMS:
            raise UndeterminedError("the range is too long")
        return variable, [fmpq(i) for i in range(int(first.p), int(last.p) + 1)]

    def _infinite(self, e: Sum | Product, env: Environment) -> Value:
        body, (variable, lower, _) = e.args
        first = self.evaluator.value(lower, env)
        if isinstance(e, Product) or not isinstance(first, fmpq) or first.q != 1:
            raise UndeterminedError("an infinite sum of this kind is not evaluated")
        end = End(None, 1, exponential=False)
        # A few bits are lost by adding.
        tolerance = arb(2) ** (8 - ctx.prec)
        best: Value | None = None
        total: Value = fmpq(0)
        done = first
        problem = UndeterminedError("the sum is not shown to converge")
        for start in STARTS:
            if start < first + EXPLICIT:
                continue
            algebra = Expansions(fmpq(start), integers=True)
            try:
                expansion = self.tails.expansion(body, variable, env, end, algebra)
                tail = None if diverges(expansion) else tail_of_sum(expansion, algebra)
            except UndeterminedError as error:
                problem = error
                continue
            terms = [fmpq(i) for i in range(int(done.p), start)]
            total = add(total, self.evaluator.accumulated(body, variable, terms, env, False))
            done = fmpq(start)
            if tail is None:
                raise DivergentError("the sum diverges")
            found = add(total, tail)
            better = best is None or _radius(found) < _radius(best) / 2
            if best is None or _radius(found) < _radius(best):
                best = found
            if not better or _radius(found) <= tolerance * (1 + abs(arb(found))):
                break
        if best is None:
            best = self._alternating(body, variable, first, env)
        if best is None:
            raise problem
        return best

    def _alternating(
        self, body: Expr, variable: Symbol, first: fmpq, env: Environment
    ) -> Value | None:
        """A series by pairs of terms, of which the absolute values may have no sum; None if it is not told.

        Raises:
            DivergentError: if it certainly has no sum.
        """
        if self.tails.oscillates(body, variable, env, 1, last_bit(), integers=True):
            raise DivergentError("the terms do not tend to 0")
        best: Value | None = None
        total: Value = fmpq(0)
        done = first
        for start in FIRST_STARTS:
            if 2 * start < first + EXPLICIT:
                continue
            algebra = Expansions(fmpq(start), integers=True)
            try:
                parts = [
                    self.tails.expansion(body, variable, env, p, algebra) for p in PROGRESSIONS
                ]
                if any(map(keeps_away, parts)):
                    raise DivergentError("the terms do not tend to 0")
                if not all(map(vanishes_at_infinity, parts)):
                    continue
                # If its terms tend to 0, a series converges if and only if that of pairs does.
                pair = algebra.add(*parts)
                if diverges(pair):
                    raise DivergentError("the sum diverges")
                tail = tail_of_sum(pair, algebra)
            except UndeterminedError:
                continue
            terms = [fmpq(i) for i in range(int(done.p), 2 * start)]
            total = add(total, self.evaluator.accumulated(body, variable, terms, env, False))
            done = fmpq(2 * start)
            found = add(total, tail)
            if best is None or _radius(found) < _radius(best):
                best = found
        return best

    # Limits

    def limit(self, e: Limit, env: Environment) -> Value:
        """The limit of a mean of data, of a sequence or of a function."""
        body, n, to = e.args[:3]
        if self.evaluator.hides(body, n):
            raise UndeterminedError("the variable of the limit stands in a definition")
        if to == oo and n.is_integer and any(n in f.free_symbols for f in body.atoms(Sum)):
            return self._of_sums(body, n, env)
        if n.is_integer and to != oo:
            raise UndeterminedError("an integer tends to infinity only")
        if to in (oo, -oo):
            direction: Direction = 1 if to == oo else -1
            return self.tails.limit(body, n, env, None, direction, integers=bool(n.is_integer))
        place = self.evaluator.value(to, env)
        sides = _sides(n, place)
        found = value_around(self.evaluator, body, n, place, env)
        if found is not None:
            return found
        limits = [self.tails.limit(body, n, env, place, side) for side in sides]
        first, last = limits[0], limits[-1]
        if first > last or first < last:
            raise UndefinedError("the limits from both sides differ")
        if len(limits) > 1 and not (isinstance(first, fmpq) and isinstance(last, fmpq)):
            raise UndeterminedError("the limits from both sides are not told to be the same")
        return first

    def _of_sums(self, body: Expr, n: Symbol, env: Environment) -> Value:
        """The limit of something with sums up to n: of a mean, of partial sums, of polynomials in the index."""
        try:
            return self._of_mean(body, n, env)
        except UndeterminedError as error:
            closed = _without_sums(body, n)
            if closed is not None:
                return self.tails.limit(closed, n, env, None, 1, integers=True)
            if not isinstance(body, Sum) or len(body.args) != 2 or len(body.args[1]) != 3:
                raise
            summand, (index, first, last) = body.args
            if last != n or any(self.evaluator.mentions(part, n) for part in (summand, first)):
                raise error from None
            return self.evaluator.value(unevaluated_sum(summand, index, first, oo), env)

    def _of_mean(self, body: Expr, n: Symbol, env: Environment) -> Value:
        """The limit of the mean of the first n data, or of a function of them: the mean over a period.

        The sum over n members is that over the whole periods in them, plus a rest that is bounded.
        """
        evaluator = self.evaluator
        factors = list(flat(body)) if isinstance(body, Mul) else [body]
        sums = [f for f in factors if isinstance(f, Sum) and n in f.free_symbols]
        divisors = [f for f in factors if f == Pow(n, -1, evaluate=False)]
        others = [f for f in factors if f not in sums and f not in divisors]
        if len(sums) != 1 or len(divisors) != 1:
            raise UndeterminedError("only limits of means of data are evaluated")
        summand, *limits = sums[0].args
        if len(limits) != 1 or len(limits[0]) != 3 or limits[0][1:] != (1, n):
            raise UndeterminedError("only limits of means of data are evaluated")
        index = limits[0][0]
        if index == n or any(evaluator.mentions(part, n) for part in (summand, *others)):
            raise UndeterminedError("the limit is not that of a mean")
        if not _only_as_index(summand, index):
            raise UndeterminedError("the summand depends on its index itself")
        lengths = [
            len(evaluator.point.families.get(str(member.base), ()))
            for member in summand.atoms(Indexed)
            if member.indices == (index,)
        ]
        period = lcm(*lengths)
        if not 0 < period <= TERMS:
            raise UndeterminedError("the data have no period")
        try:
            result: Value = fmpq(1, period)
            for factor in others:
                result = multiply(result, evaluator.value(factor, env))
            elements = [fmpq(place) for place in range(1, period + 1)]
            return multiply(result, evaluator.accumulated(summand, index, elements, env, False))
        except UndefinedError as error:
            # Whether a limit of values that are partly undefined exists is not judged here.
            raise UndeterminedError(str(error)) from None


def _without_sums(e: Expr, n: Symbol) -> Expr | None:
    """An expression with formulas in n for the sums up to n in it; None if one has none."""
    if n not in e.free_symbols or not e.has(Sum):
        return e
    if isinstance(e, Sum):
        return closed_form(e, n)
    if not isinstance(e, Add | Mul | Pow):
        return None
    parts = [_without_sums(argument, n) for argument in e.args]
    if None in parts:
        return None
    return (
        type(e)._from_args(parts, True) if isinstance(e, Add | Mul) else Pow(*parts, evaluate=False)
    )


def _sides(n: Symbol, place: Value) -> tuple[Direction, ...]:
    """The directions in which a symbol may tend to a place: not from where its sign forbids it to be."""
    behind = fmpq(-1) if n.is_nonpositive else fmpq(1)
    if not (n.is_nonnegative or n.is_nonpositive) or multiply(behind, place) > 0:
        return (1, -1)
    if not is_zero(place):
        raise UndeterminedError(f"the sign of {n} may keep it from there")
    return (-1,) if n.is_nonnegative else (1,)


def _radius(value: Value) -> arb:
    return arb(0) if isinstance(value, fmpq) else value.rad()


def _only_as_index(e: Expr, index: Symbol) -> bool:
    """Whether a symbol stands in an expression only as the index of members of families."""
    if e == index:
        return False
    if isinstance(e, Indexed) and e.indices == (index,):
        return True
    return all(_only_as_index(argument, index) for argument in e.args)
