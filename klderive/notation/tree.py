"""The written tree: a line of mathematics as its author wrote it.

Accepts nothing by itself: readers (`text_reader`, `sympy_reader`) build it, printers and the translation to SymPy
consume it. The idea: the node kinds are the notations of mathematics (a fraction, a product, a root, a big operator
with its bounds, ...), not the operations of a CAS, so that order, brackets, fractions, unary minus and unsimplified
terms stay as they were written. Printers may drop a bracket that another notation makes superfluous (the bracket
around the denominator of a stacked fraction); nothing else is ever changed.

Caveats: nodes compare by structure, without their place in the source text (`span`). A tree can be hundreds of levels
deep; whoever walks it by recursion does so under `deep_recursion`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Literal

Span = tuple[int, int]
"""Half-open range of character positions in the source text."""

BigOperatorKind = Literal[
    "Integral", "Sum", "Product", "E", "Var", "Prob", "ArgMin", "ArgMax", "Min", "Max", "Limit"
]
RelationSign = Literal["=", "!=", "<=", ">=", "<", ">", "->", "~", "in", "up to", "proportional"]
"""`~` is "approximately equal"; `->` is "tends to"; `up to` is "equal up to a term", printed as such."""


@dataclass(frozen=True, slots=True)
class Node:
    """A notation; `span` is its place in the source text, if it was read from text."""

    span: Span | None = field(default=None, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number as its literal: `2`, `0.25`. Decimals are exact rationals."""

    literal: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name: a symbol, a bound variable, a constant (`pi`, `e`, `oo`), a set."""

    name: str


@dataclass(frozen=True, slots=True)
class Term(Node):
    """One signed term of a sum; the sign is empty only on a first term written without one."""

    sign: Literal["", "+", "-"]
    body: Node


@dataclass(frozen=True, slots=True)
class Sum(Node):
    """Terms added or subtracted in the order written; `-x` is a sum of one negative term."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Product(Node):
    """Factors multiplied in the order written; `dotted` asks printers for an explicit sign."""

    factors: tuple[Node, ...]
    dotted: bool = False


@dataclass(frozen=True, slots=True)
class Fraction(Node):
    """A quotient: `a*b/c` has the numerator `a*b`."""

    numerator: Node
    denominator: Node


@dataclass(frozen=True, slots=True)
class Power(Node):
    """A base with an exponent."""

    base: Node
    exponent: Node


@dataclass(frozen=True, slots=True)
class Root(Node):
    """A square root, or the root of a given degree."""

    radicand: Node
    degree: Node | None = None


@dataclass(frozen=True, slots=True)
class Bracket(Node):
    """A bracketed formula: round, square, or the bars of an absolute value."""

    body: Node
    kind: Literal["(", "[", "|"] = "("


@dataclass(frozen=True, slots=True)
class Application(Node):
    """A function or operator applied: `f(x, y)`, `p(z | x)` with `given=(x,)`, `KL(p, q)`."""

    function: Name
    arguments: tuple[Node, ...]
    given: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Index(Node):
    """An indexed family's member: `x[i]`."""

    base: Name
    indices: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Binder(Node):
    """What a big operator binds.

    `Integral(f, x)` binds x over its declared domain (no bounds); `(x, a, b)` gives bounds; `(x, X)` a set, or the law
    of an expectation; `((x, y), X*Y)` binds pairs; a limit has `to`.
    """

    variables: tuple[Name, ...]
    lower: Node | None = None
    upper: Node | None = None
    domain: Node | None = None
    to: Node | None = None


@dataclass(frozen=True, slots=True)
class BigOperator(Node):
    """An operator with bound variables: integral, sum, product, expectation, variance, arg min, limit."""

    kind: BigOperatorKind
    body: Node
    binders: tuple[Binder, ...]


@dataclass(frozen=True, slots=True)
class Derivative(Node):
    """The derivative of a formula with respect to the variables, in that order."""

    body: Node
    variables: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class EvaluationBar(Node):
    """A formula between two values of a variable: `Bar(F, (x, a, b))` is F at b minus F at a."""

    body: Node
    variable: Name
    lower: Node
    upper: Node


@dataclass(frozen=True, slots=True)
class Cases(Node):
    """Values by case: pairs of a value and the relation under which it holds."""

    pairs: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True, slots=True)
class Underbrace(Node):
    """A part of a formula with words below it, by which a text calls it: `Underbrace(f, "T1")` means f."""

    body: Node
    label: str


@dataclass(frozen=True, slots=True)
class Accent(Node):
    """An accented name: `hat(theta)`, `star(p)`."""

    body: Name
    accent: Literal["hat", "tilde", "bar", "star", "prime"]


@dataclass(frozen=True, slots=True)
class Relation(Node):
    """A chain of relations: `0 <= p <= 1` has three sides and two signs."""

    sides: tuple[Node, ...]
    signs: tuple[RelationSign, ...]


def names_in(part: object) -> Iterator[str]:
    """The names that stand in a tree."""
    if isinstance(part, Name):
        yield part.name
    elif isinstance(part, Node):
        for slot in part.__dataclass_fields__:
            yield from names_in(getattr(part, slot))
    elif isinstance(part, tuple):
        for item in part:
            yield from names_in(item)


RECURSION_LIMIT = 20_000
"""Python frames allowed while a tree is walked: enough for the reader's limit of nested brackets."""


_lock = Lock()
_walks = [0, 0]


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Allow recursion as deep as the deepest tree that the readers accept.

    The limit belongs to the interpreter, not to the thread: the last walk to end, in whatever thread, restores it.
    """
    with _lock:
        if _walks[0] == 0:
            _walks[1] = sys.getrecursionlimit()
            if _walks[1] < RECURSION_LIMIT:
                sys.setrecursionlimit(RECURSION_LIMIT)
        _walks[0] += 1
    try:
        yield
    finally:
        with _lock:
            _walks[0] -= 1
            if _walks[0] == 0 and sys.getrecursionlimit() != _walks[1]:
                sys.setrecursionlimit(_walks[1])
