"""What is assumed: relations between symbols, axioms, hypotheses."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace

from sympy import (
    Add,
    Expr,
    Indexed,
    Mul,
    Number,
    NumberSymbol,
    Pow,
    Symbol,
    preorder_traversal,
)

from klderive.derivation.declarations import Declarations
from klderive.derivation.parts import (
    DerivationError,
    Location,
    Premise,
    author_location,
)
from klderive.derivation.reason import Reason
from klderive.derivation.record import recorded
from klderive.notation import (
    NotationError,
    bound_variable,
    to_text,
    translate,
)
from klderive.notation.tree import (
    Relation,
)
from klderive.probability import limits_of
from klderive.statement import (
    RelationName,
    Statement,
)


class Premises(Declarations):
    """Adds assumptions, axioms and hypotheses."""

    @recorded
    def assume(self, relation: str) -> None:
        """Add a hypothesis on the symbols, a relation such as `p < 1`."""
        location = author_location()
        node = self.read_tree(relation, location)
        if not isinstance(node, Relation):
            raise DerivationError(f"`{relation}` is not a relation such as `p < 1`", location)
        for left, sign, right in zip(node.sides, node.signs, node.sides[1:], strict=False):
            if sign not in ("=", "!=", "<=", ">=", "<", ">"):
                raise DerivationError(f"`{sign}` cannot be assumed of symbols", location)
            statement = Statement(
                self.translate(left, location), sign, self.translate(right, location)
            )
            self.givens.append((Relation((left, right), (sign,)), statement))

    @recorded
    def axiom(
        self,
        name: str,
        statement: str = "",
        *,
        conditions: Sequence[str] = (),
        source: str = "",
        over: str = "",
        to: str = "",
    ) -> Premise:
        """Declare an axiom, which lines cite by `by.axiom(name)`.

        A formula, such as `Integral(exp(-t**2), (t, -oo, oo)) = sqrt(pi)`, is a fact for the lines that cite it: they
        are checked, and proved from it. It is taken to be true of all values of its symbols and variables. By an axiom
        in words a line is assumed, not proved.

        Args:
            name: what it is called, such as `law of large numbers`.
            statement: what it says, in words or as a relation; a text with a relation sign in it is a formula.
            conditions: what it asks for, such as `the X[i] are independent`.
            source: where it is proved.
            over: the symbol that tends, of a formula with `->`.
            to: where it tends, such as `oo`.

        Raises:
            DerivationError: if the name is taken, or a formula cannot be read or is no single relation.
        """
        location = author_location()
        premise = Premise("axiom", name, statement, _texts(conditions), source)
        if _is_relation(statement):
            premise = self._formula_premise(premise, statement, location, over, to)
        elif over or to:
            raise DerivationError("over= and to= belong to a formula with `->`", location)
        return self._premise(premise, location)

    @recorded
    def hypothesis(
        self, name: str, statement: str = "", *, conditions: Sequence[str] = (), source: str = ""
    ) -> Premise:
        """Declare a hypothesis, which lines cite by `by.hypothesis(name)`.

        An equation, such as `p(x | w) = p(x)`, is a fact for the lines that cite it: they are checked, and proved from
        it. It holds for all values of its variables, and of symbols that a line varies. A hypothesis in words can only
        be assumed.

        Args:
            name: what it is called, in words or as an equation.
            statement: what it says, in words or as an equation; a text with a relation sign in it is a formula.
            conditions: what else it asks for.
            source: where it comes from.

        Raises:
            DerivationError: if the name is taken, or a formula cannot be read or is no equation.
        """
        location = author_location()
        formula = next((text for text in (statement, name) if _is_relation(text)), "")
        premise = Premise("hypothesis", name, statement, _texts(conditions), source)
        if formula:
            premise = self._formula_premise(premise, formula, location)
        return self._premise(premise, location)

    def check_premise(self, reason: Reason, location: Location | None) -> None:
        """See that the axiom or hypothesis that a reason names is declared.

        Raises:
            DerivationError: if it is not, with the nearest names.
        """
        if reason.kind not in ("axiom", "hypothesis"):
            return
        premise = self.premises.get(reason.name)
        if premise is not None and premise.kind == reason.kind:
            return
        if premise is not None:
            problem = f"`{reason.name}` is declared as {_a(premise.kind)}, not {_a(reason.kind)}"
            raise DerivationError(problem, location)
        known = [p.name for p in self.premises.values() if p.kind == reason.kind]
        near = difflib.get_close_matches(reason.name, known, n=2, cutoff=0.5) or known
        hint = f"; did you mean {' or '.join(f'`{name}`' for name in near)}?" if near else ""
        raise DerivationError(
            f"there is no {reason.kind} `{reason.name}`: declare it by d.{reason.kind}(...){hint}",
            location,
        )

    def _premise(self, premise: Premise, location: Location | None) -> Premise:
        if not premise.name.strip():
            raise DerivationError(f"{_a(premise.kind)} needs a name", location)
        if premise.name in self.premises:
            raise DerivationError(f"`{premise.name}` is declared already", location)
        self.premises[premise.name] = premise
        return premise

    def _formula_premise(
        self,
        premise: Premise,
        formula: str,
        location: Location | None,
        over: str = "",
        to: str = "",
    ) -> Premise:
        node = self.read_tree(formula, location)
        if premise.kind == "hypothesis" and (
            not isinstance(node, Relation) or node.signs != ("=",)
        ):
            raise DerivationError(
                f"`{formula}` is not an equation; other relations are assumed by d.assume(...)",
                location,
            )
        if not isinstance(node, Relation) or len(node.signs) != 1:
            raise DerivationError(f"`{formula}` is not a single relation", location)
        left, right = node.sides
        relation = _RELATIONS.get(node.signs[0])
        if relation is None:
            raise DerivationError(f"`{node.signs[0]}` cannot be an axiom", location)
        tends = self._tending(relation, over, to, location)
        free = [n for n in self.scope.ranges if n not in self.scope.symbols]
        scope = replace(
            self.scope, symbols={**self.scope.symbols, **{n: bound_variable(n) for n in free}}
        )
        try:
            sides = [translate(side, scope, formula) for side in (left, right)]
        except NotationError as error:
            raise DerivationError(str(error), location) from None
        plain = (Symbol, Number, NumberSymbol, Add, Mul, Pow)
        if all(isinstance(part, plain) for side in sides for part in preorder_traversal(side)):
            raise DerivationError(
                f"`{formula}` speaks of symbols only: it is assumed by d.assume(...)", location
            )
        names = {str(symbol) for side in sides for symbol in side.free_symbols}
        variables = [n for n in free if n in names]
        statement = Statement(sides[0], relation, sides[1], (over,) if over else (), tends)
        abstract = any(side.has(Indexed) for side in sides)
        for name in sorted(set().union(*(self.functions_of(side) for side in sides))):
            declared = self.functions.get(name)
            if declared is None or declared.definition is None:
                abstract = True
            elif premise.kind == "hypothesis":
                raise DerivationError(
                    f"{name} is defined; a hypothesis could contradict its definition", location
                )
        closed: Statement | None = statement
        if relation == "->" or (variables and relation != "="):
            closed = None
        elif variables:
            text = f"({to_text(left)} - ({to_text(right)}))**2"
            for n in variables:
                where = self.scope.ranges[n]
                if where.over is not None:
                    text = f"Sum({text}, ({n}, {where.over}))"
                else:
                    text = f"{'Sum' if where.integers else 'Integral'}({text}, {n})"
            closed = Statement(self.read(text, location)[1], "=", self.read("0", location)[1])
        return replace(
            premise,
            relation=node,
            statement=statement,
            parameters=tuple(bound_variable(n) for n in variables),
            domains=tuple(limits_of(n, self.scope.ranges[n]) for n in variables),
            closed=closed,
            # What speaks of nothing abstract is true everywhere, or no axiom.
            restricts=abstract or premise.kind == "hypothesis",
        )

    def _tending(
        self, relation: RelationName, over: str, to: str, location: Location | None
    ) -> Expr | None:
        """Where the symbol of a limit tends; None for other relations."""
        if relation != "->":
            if over or to:
                raise DerivationError("over= and to= belong to a formula with `->`", location)
            return None
        symbol = self.scope.symbols.get(over)
        if symbol is None or not to:
            raise DerivationError(
                'a formula with `->` says which declared symbol tends: over="N", to="oo"', location
            )
        value = self.read(to, location)[1]
        if symbol in value.free_symbols:
            raise DerivationError(f"`{over}` tends to a value that depends on it", location)
        return value


_RELATIONS: dict[str, RelationName] = {
    "=": "=",
    "<=": "<=",
    ">=": ">=",
    "<": "<",
    ">": ">",
    "->": "->",
}
"""The relations that an axiom may state."""


def _texts(given: Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _is_relation(text: str) -> bool:
    return any(sign in text for sign in "=<>")


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
