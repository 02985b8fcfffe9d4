"""Sets of optima whose variables differ in name only.

Accepts two optima, each in one variable. A variable that is varied is bound: the set does not depend on its name, if
both variables take the same values. The right side is read with the left's variable; one that names a function is not.
(Mathlib, `IsMinOn`: a set of minimisers is one of a function.)

Caveat: that the variables take the same values is known of symbols with the same assumptions only, of which no givens
and no declarations speak; the left's must not stand in the right side, nor either in a definition that it uses.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Symbol, Tuple
from sympy.core.function import AppliedUndef

from klderive.kernel.theory import Prover
from klderive.notation.nodes import Optimum
from klderive.statement import Statement


class RenamedOptima(Prover):
    """Reads optima over variables of one name."""

    def read(self, statement: Statement) -> Statement:
        """The statement with the left side's variable on the right, too."""
        left, right = (_of_one_variable(side) for side in (statement.left, statement.right))
        if left is None or right is None or left == right:
            return statement
        if not self._take_the_same_values(left, right):
            return statement
        if left in statement.right.atoms(Symbol) or any(
            self._is_used(variable, statement.right) for variable in (left, right)
        ):
            return statement
        renamed = statement.right.xreplace({right: left})
        return replace(statement, right=renamed)

    def _take_the_same_values(self, one: Symbol, other: Symbol) -> bool:
        """Whether two symbols have the same assumptions, and nothing more is said of either."""
        context = self.session.context
        letters = {key.partition("(")[0] for key in (*context.functions, *context.families)}
        if one.assumptions0 != other.assumptions0 or {str(one), str(other)} & letters:
            return False
        said = set(context.ranges)
        for given in context.givens:
            said |= given.left.free_symbols | given.right.free_symbols
        for family in context.families.values():
            said |= {s for s in (family.length, *family.counts) if isinstance(s, Symbol)}
        return not {one, other} & said

    def _is_used(self, variable: Symbol, side: Expr) -> bool:
        """Whether a function in a side depends on a variable that is not its argument: it would be captured."""
        number = self.session.ring.intern("symbol", (variable,))
        return any(
            number in self.session.probe.leaves(application.func.__name__)
            for application in side.atoms(AppliedUndef)
        )


def _of_one_variable(side: Expr) -> Symbol | None:
    """The variable of a set of optima, if it is one in one variable."""
    if not isinstance(side, Optimum):
        return None
    variables = side.args[1]
    if not isinstance(variables, Tuple) or len(variables) != 1:
        return None
    return variables[0] if isinstance(variables[0], Symbol) else None
