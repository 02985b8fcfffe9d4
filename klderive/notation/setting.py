"""Decides what two-dimensional notation brackets, and what stands between factors; LaTeX and MathML share it.

Accepts parts of a tree; gives decisions, no text. The idea: a bracket is dropped only where the notation itself groups
(numerator, denominator, radicand, exponent), and added only where a reader would take the formula for another one.
"""

from __future__ import annotations

from typing import Literal

from klderive.notation.scope import Scope
from klderive.notation.strength import POWER, PRIMARY, PRODUCT, SIGNED, SUM, strength
from klderive.notation.translation import KNOWN_FUNCTIONS
from klderive.notation.tree import (
    Accent,
    Application,
    BigOperator,
    Bracket,
    Fraction,
    Index,
    Name,
    Node,
    Number,
    Power,
    Product,
    Root,
    Sum,
    Term,
)

CLOSED_BODY = ("Integral", "Sum", "Product")
"""Big operators whose body takes a bracket if it begins with a sign."""

Gap = Literal["dot", "none", "thin", "plain"]
"""What stands between two factors; `plain` is what the format sets between symbols anyway."""


def without_bracket(node: Node) -> Node:
    """The tree without a round bracket that the notation around it makes superfluous."""
    while isinstance(node, Bracket) and node.kind == "(":
        node = node.body
    return node


def stands_as_term(body: Node) -> bool:
    """Whether a term follows its sign without a bracket."""
    return strength(body) >= PRODUCT and strength(body) != SIGNED


def stands_as_factor(factor: Node) -> bool:
    """Whether a factor stands in a product without a bracket."""
    return strength(factor) > SIGNED or isinstance(factor, Fraction)


def stands_as_operand(body: Node, kind: str) -> bool:
    """Whether the body of a big operator without a closing sign stands without a bracket."""
    level = strength(body)
    negative = level < PRODUCT or level == SIGNED
    return level > SUM and not (negative and kind in CLOSED_BODY)


def stands_under_derivative(body: Node) -> bool:
    """Whether a formula stands after a sign of differentiation without a bracket."""
    level = strength(body)
    return level > PRODUCT and level != SIGNED and not isinstance(body, BigOperator)


_LONGEST_SLASHED = 8
"""Numbers and names of a fraction that is set with a slash."""


def slashed(node: Node) -> tuple[bool, Node, Node] | None:
    """Whether a fraction is negative, and its parts with the brackets that they need around a slash.

    In an exponent or within another fraction, one of flat parts is set with a slash; of any other tree it gives None.
    """
    negative = False
    if isinstance(node, Sum) and len(node.terms) == 1:
        negative, node = node.terms[0].sign == "-", node.terms[0].body
    if (
        not isinstance(node, Fraction)
        or not 0 < _leaves(node.numerator) + _leaves(node.denominator) <= _LONGEST_SLASHED
    ):
        return None
    above, below = without_bracket(node.numerator), without_bracket(node.denominator)
    if strength(above) not in (PRODUCT, POWER, PRIMARY):
        above = Bracket(above)
    if strength(below) < POWER:
        below = Bracket(below)
    return negative, above, below


def _leaves(node: Node) -> int:
    """How many numbers and names a flat tree has; more than any fraction with a slash, of a tree that is not flat."""
    match node:
        case Number() | Name() | Accent() | Index():
            return 1
        case Bracket() | Term():
            return _leaves(node.body)
        case Power():
            return _leaves(node.base) + _leaves(node.exponent)
        case Product():
            return sum(map(_leaves, node.factors))
        case Sum():
            return sum(map(_leaves, node.terms))
        case _:
            return _LONGEST_SLASHED + 1


def is_known_function(name: str, scope: Scope | None) -> bool:
    """Whether a name is a function of mathematics here, not one that was declared."""
    return name in KNOWN_FUNCTIONS and not (scope is not None and name in scope.functions)


def bare_argument(node: Application, scope: Scope | None, open_end: bool) -> Application | None:
    """The argument that a logarithm takes without a bracket, as in `log p(x)`; or None."""
    argument = node.arguments[0]
    if node.function.name != "log" or not open_end or not isinstance(argument, Application):
        return None
    name = argument.function.name
    operator = scope is not None and name in scope.operators
    return None if name in KNOWN_FUNCTIONS or operator else argument


def gap(
    left: Node,
    right: Node,
    *,
    dotted: bool,
    number_follows: bool,
    bracket_follows: bool,
    implied: bool,
) -> Gap:
    """What stands between two factors.

    `number_follows` and `bracket_follows` say how the right factor begins in print; `implied` that the left one is a
    function printed without its arguments.
    """
    if dotted or number_follows:
        return "dot"
    base = right
    while isinstance(base, Power):
        base = base.base
    if isinstance(left, Number) and isinstance(base, Name | Accent | Index | Root):
        return "none"
    word_before = isinstance(left, Name | Accent | Index) or implied
    closed_before = isinstance(left, BigOperator) and left.kind == "Integral"
    return "thin" if closed_before or (bracket_follows and word_before) else "plain"
