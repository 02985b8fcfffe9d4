"""Slips of the pen in one node of a written tree: a sign, a square, a factor 2, an index, a bound, a term left out.

Accepts a node; gives what may stand in its place, with words for the change. A change says nothing of the places
around: `slips` puts it into the whole formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from klderive.notation import to_text
from klderive.notation.tree import (
    Application,
    BigOperator,
    Binder,
    Bracket,
    Derivative,
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

Kind = Literal[
    "sign",
    "square",
    "factor 2",
    "arguments exchanged",
    "names exchanged",
    "law",
    "exponent",
    "inner derivative",
    "index",
    "one name",
    "number",
    "bound",
    "fraction",
    "inner function",
    "optimum",
    "condition",
    "dropped factor",
    "missing factor",
    "dropped term",
    "doubled term",
]

KINDS: dict[Kind, str] = {
    "sign": "the sign of a term, or of the whole, is flipped",
    "square": "a square is dropped, or a name squared",
    "factor 2": "a term, or the whole, is doubled or halved",
    "arguments exchanged": "two arguments change places: KL(p, q), KL(q, p)",
    "names exchanged": "two names change places everywhere",
    "law": "a law that does not hold is undone: log(a) + log(b) becomes log(a + b), and the like",
    "exponent": "an exponent is one more, or has the other sign",
    "inner derivative": "the derivative of an inner function is multiplied",
    "index": "the index of a member is one more or one less",
    "one name": "one name stands for another in one place",
    "number": "a number is one more or one less",
    "bound": "a bound is one more or one less, or 0 for an infinite one",
    "fraction": "numerator and denominator change places",
    "inner function": "a function is left out: f for log(f); or log is put in",
    "optimum": "least for greatest",
    "condition": "what a density is conditioned on is left out: p(x) for p(x | y)",
    "dropped factor": "a factor is left out",
    "missing factor": "a factor is put in",
    "dropped term": "a term is left out",
    "doubled term": "a term stands twice",
}
"""The kinds of changes, the likeliest slips first."""


@dataclass(frozen=True, slots=True)
class Change:
    """What may stand in the place of a node.

    `words` complete "it would be true ..."; without them, old and new are named. `subject` is what the words speak of,
    if not the node. `why` says which rule was broken.
    """

    kind: Kind
    new: Node
    words: str = ""
    subject: Node | None = None
    why: str = ""


def slips_of_the_pen(node: Node, factors: Sequence[Node] = ()) -> Iterator[Change]:
    """The changes of one node, without what is inside; `factors` are those that may have been left out."""
    match node:
        case Sum():
            yield from _of_sum(node, factors)
        case Power():
            yield from _of_power(node)
        case Root(radicand=radicand):
            yield Change("inner function", held(radicand))
        case Number(literal=literal) if literal.isdigit():
            for value in (int(literal) + 1, int(literal) - 1):
                if value > 0:
                    yield Change("number", Number(str(value)))
        case Name(name=name):
            yield Change("square", _squared(node), f"if `{name}` is squared")
            yield from _with_log(node)
        case Bracket(body=Sum(), kind="(" | "["):
            yield Change("square", _squared(node), f"if `{to_text(node.body)}` is squared")
        case Application():
            yield from _of_application(node)
        case Fraction():
            shown = to_text(node)
            other = Fraction(node.denominator, node.numerator)
            words = f"with numerator and denominator of `{shown}` exchanged"
            yield Change("fraction", other, words)
        case Product():
            yield from _of_product(node)
        case Index():
            yield Change("square", _squared(node), f"if `{to_text(node)}` is squared")
            yield from _of_index(node)
        case BigOperator():
            yield from _of_big_operator(node, factors)
        case Derivative(body=body):
            yield Change("inner function", held(body))


def _squared(node: Node) -> Power:
    return Power(node, Number("2"))


def _with_log(node: Node) -> Iterator[Change]:
    yield Change("inner function", Application(Name("log"), (node,)))


def _of_product(node: Product) -> Iterator[Change]:
    for i, factor in enumerate(node.factors):
        rest = (*node.factors[:i], *node.factors[i + 1 :])
        fewer = rest[0] if len(rest) == 1 else replace(node, factors=rest)
        if factor == Number("2"):
            yield Change("factor 2", fewer)
        else:
            yield Change("dropped factor", fewer, f"without the factor `{to_text(factor)}`", factor)


def _of_index(node: Index) -> Iterator[Change]:
    signs: tuple[tuple[Literal["+", "-"], str], ...] = (("+", "next"), ("-", "previous"))
    for i, index in enumerate(node.indices):
        for sign, which in signs:
            moved = _moved(index, sign)
            new = replace(node, indices=(*node.indices[:i], moved, *node.indices[i + 1 :]))
            yield Change("index", new, f"with the {which} index, {instead(new, node)[5:]}")


def _moved(index: Node, sign: Literal["+", "-"]) -> Node:
    """One more or one less, as one would write it: i for i + 1 less one."""
    last = index.terms[-1] if isinstance(index, Sum) else None
    if last is not None and last.body == Number("1") and {last.sign, sign} == {"+", "-"}:
        rest = index.terms[:-1] if isinstance(index, Sum) else ()
        if len(rest) == 1 and rest[0].sign == "":
            return rest[0].body
        if rest:
            return Sum(rest)
    terms = index.terms if isinstance(index, Sum) else (Term("", held(index)),)
    return Sum((*terms, Term(sign, Number("1"))))


def _of_big_operator(node: BigOperator, factors: Sequence[Node]) -> Iterator[Change]:
    opposite = {"ArgMin": "ArgMax", "ArgMax": "ArgMin", "Min": "Max", "Max": "Min"}
    if node.kind in opposite:
        kind: Any = opposite[node.kind]
        old, new_kind = (
            {"ArgMin": "arg min", "ArgMax": "arg max"}.get(k, k.lower()) for k in (node.kind, kind)
        )
        words = f"with {new_kind} instead of {old}"
        yield Change("optimum", replace(node, kind=kind), words)
    for i, binder in enumerate(node.binders):
        for bounds in _bounds(binder):
            new = replace(node, binders=(*node.binders[:i], bounds, *node.binders[i + 1 :]))
            yield Change("bound", new, f"with other bounds, `{to_text(new)}`")
    if node.kind in ("Integral", "Sum"):
        for factor in factors:
            shown = to_text(factor)
            new = replace(node, body=product(held(factor), held(node.body)))
            words = f"with the factor `{shown}`, `{to_text(new)}` instead of `{to_text(node)}`"
            yield Change("missing factor", new, words)


def _of_sum(node: Sum, factors: Sequence[Node]) -> Iterator[Change]:
    other: Node
    for i, term in enumerate(node.terms):
        before, after = node.terms[:i], node.terms[i + 1 :]
        shown, subject = to_text(term.body), replace(term, sign="")
        flipped = replace(term, sign="+" if term.sign == "-" else "-")
        if i == 0 and flipped.sign == "+":
            flipped = replace(flipped, sign="")
        sign, old = (flipped.sign or "+"), (term.sign or "+")
        new = replace(node, terms=(*before, flipped, *after))
        yield Change("sign", new, f"with {sign} instead of {old} before `{shown}`", subject)
        changed: list[tuple[Kind, Node, str]] = [
            ("factor 2", other, instead(other, term.body))
            for other in (twice(term.body), half(term.body))
        ]
        for factor in factors:
            other = product(held(factor), held(term.body))
            words = f"with the factor `{to_text(factor)}` before `{shown}`"
            changed.append(("missing factor", other, words))
        for kind, other, words in changed:
            new = replace(node, terms=(*before, replace(term, body=other), *after))
            yield Change(kind, new, words, subject)
        if len(node.terms) > 1:
            rest = (*before, *after)
            if i == 0:
                first: Any = "-" if rest[0].sign == "-" else ""
                rest = (replace(rest[0], sign=first), *rest[1:])
            without = replace(node, terms=rest)
            yield Change("dropped term", without, f"without the term `{shown}`", subject)
        again: Any = term.sign or "+"
        doubled = replace(node, terms=(*node.terms, replace(term, sign=again)))
        yield Change("doubled term", doubled, f"with the term `{shown}` once more", subject)


def _of_power(node: Power) -> Iterator[Change]:
    exponent = node.exponent
    if isinstance(exponent, Number) and exponent.literal.isdigit():
        if exponent.literal == "2":
            yield Change("square", node.base)
        yield Change("exponent", replace(node, exponent=Number(str(int(exponent.literal) + 1))))
    yield Change("exponent", replace(node, exponent=negated(exponent)))


def _of_application(node: Application) -> Iterator[Change]:
    name, arguments, given = node.function.name, node.arguments, node.given
    if len(arguments) >= 2:
        swapped = replace(node, arguments=(arguments[1], arguments[0], *arguments[2:]))
        yield Change("arguments exchanged", swapped, why="the arguments change places")
    if len(arguments) == 1 and len(given) == 1:
        swapped = replace(node, arguments=given, given=arguments)
        yield Change("arguments exchanged", swapped)
    if given:
        yield Change("condition", replace(node, given=()))
    if name in ("log", "exp", "sqrt", "abs") and len(arguments) == 1:
        yield Change("inner function", held(arguments[0]))
    elif name not in ("KL", "CrossEntropy", "Entropy"):
        yield from _with_log(node)


def _bounds(binder: Binder) -> Iterator[Binder]:
    for side in ("lower", "upper"):
        bound = getattr(binder, side)
        if bound is None:
            continue
        others: list[Node]
        if "oo" in to_text(bound):
            others = [Number("0")]
        elif isinstance(bound, Number) and bound.literal in ("0", "1"):
            others = [Number("1" if bound.literal == "0" else "0"), Number("2")]
        else:
            others = [_moved(bound, "+"), _moved(bound, "-")]
        for other in others:
            changes: dict[str, Any] = {side: other}
            yield replace(binder, **changes)


def instead(new: Node, old: Node) -> str:
    """The words that name the new formula and the old one."""
    return f"with `{to_text(bare(new))}` instead of `{to_text(bare(old))}`"


def bare(node: Node) -> Node:
    """A formula without brackets around it."""
    while isinstance(node, Bracket) and node.kind != "|":
        node = node.body
    return node


def held(node: Node) -> Node:
    """A formula that can stand in a product."""
    return Bracket(node) if isinstance(node, Sum | Fraction) else node


def product(*factors: Node) -> Product:
    """A product, without products in it."""
    flat: list[Node] = []
    for factor in factors:
        flat += factor.factors if isinstance(factor, Product) else [factor]
    return Product(tuple(flat))


def twice(node: Node) -> Node:
    """Twice a formula, as one would write it: x for x/2, 6*x for 3*x."""
    if isinstance(node, Fraction) and node.denominator == Number("2"):
        return node.numerator
    if isinstance(node, Product):
        first = node.factors[0]
        if first == Fraction(Number("1"), Number("2")):
            return _without_first(node)
        if isinstance(first, Number) and first.literal.isdigit():
            number = Number(str(2 * int(first.literal)))
            return replace(node, factors=(number, *node.factors[1:]))
    if isinstance(node, Number) and node.literal.isdigit():
        return Number(str(2 * int(node.literal)))
    return product(Number("2"), held(node))


def _without_first(node: Product) -> Node:
    rest = node.factors[1:]
    return rest[0] if len(rest) == 1 else replace(node, factors=rest)


def half(node: Node) -> Node:
    """Half a formula, as one would write it: x for 2*x, x/4 for x/2."""
    first = node.factors[0] if isinstance(node, Product) else node
    if isinstance(first, Number) and first.literal.isdigit() and int(first.literal) % 2 == 0:
        number = Number(str(int(first.literal) // 2))
        if not isinstance(node, Product):
            return number
        if number.literal == "1":
            return _without_first(node)
        return replace(node, factors=(number, *node.factors[1:]))
    if isinstance(node, Fraction) and isinstance(
        bare(node.denominator), Number | Name | Power | Product
    ):
        bottom = twice(bare(node.denominator))
        return replace(node, denominator=bottom)
    return Fraction(node if not isinstance(node, Sum) else Bracket(node), Number("2"))


def negated(node: Node) -> Node:
    """A formula with the other sign."""
    if isinstance(node, Sum) and len(node.terms) == 1:
        return node.terms[0].body if node.terms[0].sign == "-" else Sum((Term("-", node),))
    return Sum((Term("-", Bracket(node) if isinstance(node, Sum) else node),))
