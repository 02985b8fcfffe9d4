"""What is known of functions and finite sets at a point: definitions or models, and declared domains.

Accepts names; a function with a declared definition is that definition, any other its model at the point. A declaration
speaks of its domain only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flint import fmpq
from sympy import Expr, Symbol, Tuple, oo
from sympy.core.function import AppliedUndef

from klderive.certificates.cells import Environment
from klderive.certificates.models import Formula, Model, Point
from klderive.certificates.occurrences import occurrences
from klderive.certificates.real_arithmetic import UndeterminedError, Value, multiply, subtract
from klderive.notation.nodes import Defined
from klderive.statement import FunctionDeclaration


class DeclaredFunctions:
    """Functions and sets at a point.

    Args:
        point: the models and elements.
        functions: the declared functions.
    """

    def __init__(self, point: Point, functions: Mapping[str, FunctionDeclaration]) -> None:
        self.point = point
        self.functions = functions

    def value(self, e: Expr, env: Environment) -> Value:
        """The value of an expression, here the end of a domain."""
        raise NotImplementedError

    def model(self, name: str) -> Model:
        """The definition of a function, or its model at the point."""
        declared = self.functions.get(name)
        if declared is not None and declared.definition is not None:
            return Formula(declared.parameters, declared.definition)
        model = self.point.functions.get(name)
        if model is None:
            raise UndeterminedError(f"{name} has no model")
        return model

    def domain(self, name: str, count: int) -> Sequence[Tuple]:
        """The declared domains of the arguments of a function, none if it is not declared.

        Raises:
            UndeterminedError: if it is declared with another number of arguments.
        """
        declared = self.functions.get(name)
        if declared is None:
            return ()
        if len(declared.limits) != count:
            raise UndeterminedError(f"{name} has another number of arguments than its declaration")
        return declared.limits

    def check_argument(self, name: str, argument: Value, limits: Tuple) -> None:
        """A declaration speaks of its domain only, which is an open interval, a finite set or a range of integers."""
        if len(limits) == 2:
            if not isinstance(argument, fmpq) or argument not in self.elements(limits[1]):
                raise UndeterminedError(f"{name} is not known outside its domain")
            return
        whole = len(limits) == 4
        if whole and not (isinstance(argument, fmpq) and argument.q == 1):
            raise UndeterminedError(f"{name} is not known outside its domain")
        for end, sign in ((limits[1], 1), (limits[2], -1)):
            if end in (oo, -oo):
                continue
            gap = multiply(fmpq(sign), subtract(argument, self.value(end, {})))
            if not (gap >= 0 if whole else gap > 0):
                raise UndeterminedError(f"{name} is not known outside its domain")

    def domain_ends(self, name: str) -> Iterator[fmpq]:
        """The finite ends of the intervals of the declared domain.

        Raises:
            UndeterminedError: if one is not rational at the point.
        """
        declared = self.functions.get(name)
        for limits in declared.limits if declared is not None else ():
            for end in limits[1:] if len(limits) == 3 else ():
                if end in (oo, -oo):
                    continue
                value = self.value(end, {})
                if not isinstance(value, fmpq):
                    raise UndeterminedError("the domain of a function has an inexact end")
                yield value

    def mentions(self, e: Expr, symbol: Symbol) -> bool:
        """Whether a symbol is free in an expression, or in a definition or a domain that it uses."""
        return symbol in e.free_symbols or self.hides(e, symbol)

    def hides(self, e: Expr, symbol: Symbol) -> bool:
        """Whether a definition or a domain that an expression uses speaks of a symbol.

        What varies the symbol in the expression alone does not vary it there.
        """
        pending = [e]
        seen: set[str] = set()
        while pending:
            part = pending.pop()
            pending += [node.definition() for node in occurrences(part, Defined)]
            for name in {a.func.__name__ for a in occurrences(part, AppliedUndef)} - seen:
                seen.add(name)
                declared = self.functions.get(name)
                if declared is None:
                    continue
                spoken = [end for bounds in declared.limits for end in bounds[1:]]
                if declared.definition is not None:
                    spoken.append(declared.definition)
                if any(symbol in f.free_symbols - {*declared.parameters} for f in spoken):
                    return True
                pending += spoken
        return False

    def elements(self, over: Symbol) -> Sequence[fmpq]:
        """The elements of a finite set."""
        elements = self.point.sets.get(over)
        if elements is None:
            raise UndeterminedError(f"{over} has no elements")
        return elements
