"""How strongly each notation holds together in text, from relations to primaries.

The text grammar admits in each place only notations of a certain strength; anything weaker takes a bracket.
"""

from __future__ import annotations

from klderive.notation.tree import (
    Bracket,
    Fraction,
    Name,
    Node,
    Power,
    Product,
    Relation,
    Sum,
    Term,
)

RELATION = 0
SUM = 1
SIGNED_TERM = 2
"""A sign before a product or a fraction: `-a*b`."""
PRODUCT = 3
"""A product or a fraction."""
SIGNED = 4
"""A sign before a power or a primary: `-a`, `-x**2`."""
POWER = 5
PRIMARY = 6


def strength(node: Node) -> int:
    """How strongly the notation at the top of a tree holds together."""
    if isinstance(node, Sum):
        if len(node.terms) > 1:
            return SUM
        term = node.terms[0]
        inner = strength(term.body)
        if term.sign == "":
            return inner
        return SIGNED if inner >= SIGNED else SIGNED_TERM if inner > SUM else SUM
    if isinstance(node, Product | Fraction):
        return PRODUCT
    if isinstance(node, Power):
        return POWER
    return RELATION if isinstance(node, Relation) else PRIMARY


def as_first_term(node: Node) -> Node:
    """The tree, in a bracket if it cannot begin a sum without a sign."""
    level = strength(node)
    return node if level >= PRODUCT and level != SIGNED else Bracket(node)


def as_term(node: Node) -> Node:
    """The tree, in a bracket if it cannot follow a sign."""
    return node if strength(node) >= SIGNED_TERM else Bracket(node)


def with_constant(node: Node) -> Node:
    """The tree with `+ const` behind it: how the right side of a relation up to a term is shown."""
    terms = node.terms if isinstance(node, Sum) else (Term("", as_first_term(node)),)
    return Sum((*terms, Term("+", Name("const"))))


def as_first_factor(node: Node) -> Node:
    """The tree, in a bracket if it cannot begin a product."""
    return node if strength(node) >= POWER or isinstance(node, Fraction) else Bracket(node)


def as_factor(node: Node) -> Node:
    """The tree, in a bracket if it cannot be a later factor, a denominator or an exponent."""
    return node if strength(node) >= SIGNED else Bracket(node)


def as_numerator(node: Node) -> Node:
    """The tree, in a bracket if it cannot be a numerator."""
    return (
        node if strength(node) >= POWER or isinstance(node, Product | Fraction) else Bracket(node)
    )


def as_base(node: Node) -> Node:
    """The tree, in a bracket if it cannot be the base of a power."""
    return node if strength(node) >= PRIMARY else Bracket(node)
