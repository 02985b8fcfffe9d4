"""What a right side lacks and what it has too much, term by term.

Accepts an equation that fails, and a kernel. The kernel is asked whether the whole and each side are 0; what it says is
left over are the normal forms. Terms that both sides have are left out. A difference is said only if the three answers
belong together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sympy import Add, Expr, Integer, Mul, Rational

from klderive.kernel import Allowed, Kernel
from klderive.statement import Statement

Terms = Mapping[tuple[Expr, ...], Rational]
"""The coefficients of products of factors."""

MOST = 6
"""Terms beyond which a difference teaches nothing."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The terms in which the sides of an equation differ.

    `lacks` are terms of the left side that the right side has not, `excess` the other way round; `instead` are pairs of
    a term of the right side and the one that should stand there.
    """

    lacks: tuple[Expr, ...] = ()
    excess: tuple[Expr, ...] = ()
    instead: tuple[tuple[Expr, Expr], ...] = ()

    def __len__(self) -> int:
        return len(self.lacks) + len(self.excess) + len(self.instead)

    def sentence(self, shown: Callable[[Expr], str]) -> str:
        """The difference in words, its terms as `shown` prints them."""
        has = [f"{shown(wrong)} where {shown(right)} should stand" for wrong, right in self.instead]
        if self.excess:
            has.append(f"{_and(map(shown, self.excess))} too much")
        said = [f"lacks {_and(map(shown, self.lacks))}"] if self.lacks else []
        if has:
            said.append(f"has {_and(has)}")
        return f"the right side {_and(said)}"


def _and(parts: Iterable[str]) -> str:
    """Parts in a row, with `and` before the last."""
    *others, last = parts
    return f"{', '.join(others)} and {last}" if others else last


def difference(kernel: Kernel, statement: Statement, allowed: Allowed) -> Difference | None:
    """The terms in which the sides of an equation differ; None if they are not known, or too many.

    Args:
        kernel: the kernel to ask.
        statement: the equation.
        allowed: what may be used.
    """
    left, right = statement.left, statement.right
    zero = Integer(0)
    found = [_terms(kernel, pair, allowed) for pair in ((left, right), (left, zero), (right, zero))]
    rest, of_left, of_right = found
    if rest is None or of_left is None or of_right is None or not 0 < len(rest) <= MOST:
        return None
    if any(
        of_left.get(m, 0) - of_right.get(m, 0) != rest.get(m, 0)
        for m in {*rest, *of_left, *of_right}
    ):
        return None
    lacks, excess, instead = [], [], []
    for factors in rest:
        if factors not in of_right:
            lacks.append(_product(of_left[factors], factors))
        elif factors not in of_left:
            excess.append(_product(of_right[factors], factors))
        else:
            pair = (_product(of_right[factors], factors), _product(of_left[factors], factors))
            instead.append(pair)
    return Difference(tuple(lacks), tuple(excess), tuple(instead))


def _terms(kernel: Kernel, sides: tuple[Expr, Expr], allowed: Allowed) -> Terms | None:
    """The terms of left minus right in normal form."""
    leftover = kernel.difference(Statement(sides[0], "=", sides[1]), allowed)
    if leftover is None:
        return None
    if leftover == 0:
        return {}
    found: dict[tuple[Expr, ...], Rational] = {}
    for term in Add.make_args(leftover):
        factors = term.args if isinstance(term, Mul) else (term,)
        number = factors[0] if isinstance(factors[0], Rational) else Integer(1)
        rest = factors[1:] if isinstance(factors[0], Rational) else factors
        if rest in found:
            return None
        found[rest] = number
    return found


def _product(number: Rational, factors: tuple[Expr, ...]) -> Expr:
    """A number times factors, left as they are."""
    parts = factors if number == 1 and factors else (number, *factors)
    return parts[0] if len(parts) == 1 else Mul(*parts, evaluate=False)
