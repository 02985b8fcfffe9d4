"""The usual slips of the pen: a written formula with one thing changed, in every place where it can be.

Accepts a written tree. Each kind of change undoes itself or another one (a sign is flipped, a square dropped or added),
so that the same list makes wrong lines out of right ones, to test the kernel, and right ones out of wrong ones, to say
what may have been meant. The kinds are listed in `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
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
    "arguments exchanged",
    "names exchanged",
    "square",
    "exponent",
    "factor 2",
    "number",
    "logarithm of a sum",
    "inner derivative",
    "index",
    "bound",
    "one name",
    "fraction",
    "inner function",
    "optimum",
    "dropped term",
    "dropped factor",
    "doubled term",
]

KINDS: dict[Kind, str] = {
    "sign": "the sign of a term, or of the whole, is flipped",
    "arguments exchanged": "two arguments change places: KL(p, q), KL(q, p)",
    "names exchanged": "two names change places everywhere",
    "square": "a square is dropped, or a name squared",
    "exponent": "an exponent is one more, or has the other sign",
    "factor 2": "a term, or the whole, is doubled or halved",
    "number": "a number is one more or one less",
    "logarithm of a sum": "log(a + b) becomes log(a) + log(b), log(a*b) log(a)*log(b), and back",
    "inner derivative": "the derivative of an inner function is multiplied, or left out",
    "index": "the index of a member is one more or one less",
    "bound": "a bound is one more or one less, or 0 for an infinite one",
    "one name": "one name stands for another in one place",
    "fraction": "numerator and denominator change places",
    "inner function": "a function is left out: f for log(f); or log is put in",
    "optimum": "least for greatest",
    "dropped term": "a term is left out",
    "dropped factor": "a factor is left out",
    "doubled term": "a term stands twice",
}
"""The kinds of changes, the likeliest slips first."""


@dataclass(frozen=True, slots=True)
class Slip:
    """A formula with one thing changed; `words` complete "it would be true ..." if the changed one is right."""

    kind: Kind
    tree: Node
    words: str


def slips(
    tree: Node, *, names: Sequence[tuple[str, str]] = (), inner: Sequence[Node] = ()
) -> Iterator[Slip]:
    """Every change of a formula, by kind.

    Args:
        tree: the formula.
        names: pairs of names that could be taken for each other.
        inner: derivatives that a chain rule may have asked for.
    """
    seen = {tree}
    for found in _all(tree, names, inner):
        if found.tree not in seen:
            seen.add(found.tree)
            yield found


def _all(tree: Node, names: Sequence[tuple[str, str]], inner: Sequence[Node]) -> Iterator[Slip]:
    places = list(_places(tree, lambda new: new))
    for node, put in places:
        for kind, new, words in _local(node):
            yield Slip(kind, put(new), words)
    if not (isinstance(tree, BigOperator) and tree.kind in ("ArgMin", "ArgMax")):
        yield Slip("sign", _negated(tree), "with the other sign of the whole right side")
        yield Slip("factor 2", _twice(tree), "with twice the right side")
        yield Slip("factor 2", _half(tree), "with half of the right side")
        for derivative in inner:
            shown = to_text(derivative)
            words = f"times the derivative of the inner function, `{shown}`"
            yield Slip("inner derivative", _product(_held(tree), _held(derivative)), words)
    for first, second in names:
        words = f"with `{first}` and `{second}` exchanged"
        yield Slip("names exchanged", _exchanged(tree, first, second), words)
        for node, put in places:
            if isinstance(node, Name) and node.name in (first, second):
                taken = second if node.name == first else first
                words = f"with `{taken}` instead of `{node.name}` in one place"
                yield Slip("one name", put(replace(node, name=taken)), words)
            if isinstance(node, Application) and node.function.name in (first, second):
                other = second if node.function.name == first else first
                called = replace(node, function=replace(node.function, name=other))
                yield Slip("one name", put(called), _instead(called, node))


def _local(node: Node) -> Iterator[tuple[Kind, Node, str]]:
    """The changes of one node, without what is inside."""
    match node:
        case Sum():
            yield from _of_sum(node)
        case Power():
            yield from _of_power(node)
        case Root(radicand=radicand):
            yield "inner function", _held(radicand), _instead(radicand, node)
        case Number(literal=literal) if literal.isdigit():
            for value in (int(literal) + 1, int(literal) - 1):
                if value > 0:
                    number = Number(str(value))
                    yield "number", number, _instead(number, node)
        case Name():
            yield "square", Power(node, Number("2")), f"if `{node.name}` is squared"
            yield from _with_log(node)
        case Bracket(body=Sum(), kind="(" | "["):
            yield "square", Power(node, Number("2")), f"if `{to_text(node.body)}` is squared"
        case Application():
            yield from _of_application(node)
        case Fraction():
            yield from _of_fraction(node)
        case Product():
            yield from _of_product(node)
        case Index():
            yield "square", Power(node, Number("2")), f"if `{to_text(node)}` is squared"
            yield from _of_index(node)
        case BigOperator():
            yield from _of_big_operator(node)
        case Derivative(body=body):
            yield "inner function", _held(body), _instead(body, node)


def _with_log(node: Node) -> Iterator[tuple[Kind, Node, str]]:
    logarithm = Application(Name("log"), (node,))
    yield "inner function", logarithm, _instead(logarithm, node)


def _of_fraction(node: Fraction) -> Iterator[tuple[Kind, Node, str]]:
    shown = to_text(node)
    other = Fraction(node.denominator, node.numerator)
    yield "fraction", other, f"with numerator and denominator of `{shown}` exchanged"
    top, bottom = (_inner_log(part) for part in (node.numerator, node.denominator))
    if top is not None and bottom is not None:
        whole = Application(Name("log"), (Fraction(_held(top), _held(bottom)),))
        why = "the logarithm of a quotient is not the quotient of the logarithms"
        yield "logarithm of a sum", whole, f"{_instead(whole, node)}: {why}"


def _of_product(node: Product) -> Iterator[tuple[Kind, Node, str]]:
    for i, factor in enumerate(node.factors):
        rest = (*node.factors[:i], *node.factors[i + 1 :])
        fewer = rest[0] if len(rest) == 1 else replace(node, factors=rest)
        yield "dropped factor", fewer, f"without the factor `{to_text(factor)}`"
    logs = [_inner_log(part) for part in node.factors]
    if all(part is not None for part in logs):
        product = _product(*(_held(part) for part in logs if part is not None))
        whole = Application(Name("log"), (product,))
        why = "the logarithm of a product is not the product of the logarithms"
        yield "logarithm of a sum", whole, f"{_instead(whole, node)}: {why}"


def _of_index(node: Index) -> Iterator[tuple[Kind, Node, str]]:
    signs: tuple[tuple[Literal["+", "-"], str], ...] = (("+", "next"), ("-", "previous"))
    for i, index in enumerate(node.indices):
        for sign, which in signs:
            moved = _moved(index, sign)
            new = replace(node, indices=(*node.indices[:i], moved, *node.indices[i + 1 :]))
            words = f"with the {which} index, `{to_text(new)}` instead of `{to_text(node)}`"
            yield "index", new, words


def _moved(index: Node, sign: Literal["+", "-"]) -> Node:
    """One more or one less, as one would write it: i for i + 1 less one."""
    last = index.terms[-1] if isinstance(index, Sum) else None
    if last is not None and last.body == Number("1") and {last.sign, sign} == {"+", "-"}:
        rest = index.terms[:-1] if isinstance(index, Sum) else ()
        if len(rest) == 1 and rest[0].sign == "":
            return rest[0].body
        if rest:
            return Sum(rest)
    terms = index.terms if isinstance(index, Sum) else (Term("", _held(index)),)
    return Sum((*terms, Term(sign, Number("1"))))


def _of_big_operator(node: BigOperator) -> Iterator[tuple[Kind, Node, str]]:
    opposite = {"ArgMin": "ArgMax", "ArgMax": "ArgMin", "Min": "Max", "Max": "Min"}
    if node.kind in opposite:
        kind: Any = opposite[node.kind]
        yield "optimum", replace(node, kind=kind), f"with {kind} instead of {node.kind}"
    for i, binder in enumerate(node.binders):
        for bounds in _bounds(binder):
            new = replace(node, binders=(*node.binders[:i], bounds, *node.binders[i + 1 :]))
            yield "bound", new, f"with other bounds, `{to_text(new)}`"


def _of_sum(node: Sum) -> Iterator[tuple[Kind, Node, str]]:
    for i, term in enumerate(node.terms):
        before, after = node.terms[:i], node.terms[i + 1 :]
        shown = to_text(term.body)
        flipped = replace(term, sign="+" if term.sign == "-" else "-")
        if i == 0 and flipped.sign == "+":
            flipped = replace(flipped, sign="")
        sign, old = (flipped.sign or "+"), (term.sign or "+")
        new = replace(node, terms=(*before, flipped, *after))
        yield "sign", new, f"with {sign} instead of {old} before `{shown}`"
        for other in (_twice(term.body), _half(term.body)):
            new = replace(node, terms=(*before, replace(term, body=other), *after))
            yield "factor 2", new, _instead(other, term.body)
        if len(node.terms) > 1:
            rest = (*before, *after)
            if i == 0:
                first: Any = "-" if rest[0].sign == "-" else ""
                rest = (replace(rest[0], sign=first), *rest[1:])
            yield "dropped term", replace(node, terms=rest), f"without the term `{shown}`"
        again: Any = term.sign or "+"
        doubled = replace(node, terms=(*node.terms, replace(term, sign=again)))
        yield "doubled term", doubled, f"with the term `{shown}` once more"
    for i, term in enumerate(node.terms):
        for other_term in node.terms[i + 1 :]:
            first, second = _inner_log(term.body), _inner_log(other_term.body)
            if first is None or second is None or "-" in (term.sign, other_term.sign):
                continue
            joined = Application(Name("log"), (Sum((Term("", first), Term("+", second))),))
            kept = [t for t in node.terms if t is not other_term]
            kept[i] = replace(term, body=joined)
            pair = Sum((Term("", term.body), Term("+", other_term.body)))
            why = "the logarithm of a sum is not the sum of the logarithms"
            words = f"{_instead(joined, pair)}: {why}"
            fewer = kept[0].body if len(kept) == 1 else replace(node, terms=tuple(kept))
            yield "logarithm of a sum", fewer, words


def _of_power(node: Power) -> Iterator[tuple[Kind, Node, str]]:
    exponent = node.exponent
    if isinstance(exponent, Number) and exponent.literal.isdigit():
        if exponent.literal == "2":
            yield "square", node.base, _instead(node.base, node)
        more = replace(node, exponent=Number(str(int(exponent.literal) + 1)))
        yield "exponent", more, _instead(more, node)
    negative = replace(node, exponent=_negated(exponent))
    yield "exponent", negative, _instead(negative, node)


def _of_application(node: Application) -> Iterator[tuple[Kind, Node, str]]:
    name, arguments, given = node.function.name, node.arguments, node.given
    if len(arguments) >= 2:
        swapped = replace(node, arguments=(arguments[1], arguments[0], *arguments[2:]))
        yield "arguments exchanged", swapped, f"if the arguments of {name} are exchanged"
    if len(arguments) == 1 and len(given) == 1:
        swapped = replace(node, arguments=given, given=arguments)
        yield "arguments exchanged", swapped, _instead(swapped, node)
    if name in ("log", "exp", "sqrt", "abs") and len(arguments) == 1:
        yield "inner function", _held(arguments[0]), _instead(arguments[0], node)
    elif not _is_operator(name):
        yield from _with_log(node)
    inside = _inner_log(node)
    if isinstance(inside, Sum) and len(inside.terms) == 2:
        parts = [Term(t.sign, Application(Name("log"), (t.body,))) for t in inside.terms]
        split = Bracket(Sum(tuple(parts)))
        yield "logarithm of a sum", split, _instead(split, node)
    if isinstance(inside, Product):
        product = _product(*(Application(Name("log"), (f,)) for f in inside.factors))
        yield "logarithm of a sum", product, _instead(product, node)


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


def _is_operator(name: str) -> bool:
    return name in ("KL", "CrossEntropy", "Entropy")


def _inner_log(node: Node) -> Node | None:
    """The argument, if a formula is a logarithm."""
    if isinstance(node, Application) and node.function.name == "log" and len(node.arguments) == 1:
        inside = node.arguments[0]
        while isinstance(inside, Bracket) and inside.kind != "|":
            inside = inside.body
        return inside
    return None


def _instead(new: Node, old: Node) -> str:
    return f"with `{to_text(_bare(new))}` instead of `{to_text(_bare(old))}`"


def _bare(node: Node) -> Node:
    return node.body if isinstance(node, Bracket) and node.kind != "|" else node


def _held(node: Node) -> Node:
    """A formula that can stand in a product."""
    return Bracket(node) if isinstance(node, Sum | Fraction) else node


def _product(*factors: Node) -> Product:
    flat: list[Node] = []
    for factor in factors:
        flat += factor.factors if isinstance(factor, Product) else [factor]
    return Product(tuple(flat))


def _twice(node: Node) -> Node:
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
    return _product(Number("2"), _held(node))


def _without_first(node: Product) -> Node:
    rest = node.factors[1:]
    return rest[0] if len(rest) == 1 else replace(node, factors=rest)


def _half(node: Node) -> Node:
    """Half a formula, as one would write it: x for 2*x, x/4 for x/2."""
    first = node.factors[0] if isinstance(node, Product) else node
    if isinstance(first, Number) and first.literal.isdigit() and int(first.literal) % 2 == 0:
        number = Number(str(int(first.literal) // 2))
        if not isinstance(node, Product):
            return number
        if number.literal == "1":
            return _without_first(node)
        return replace(node, factors=(number, *node.factors[1:]))
    if isinstance(node, Fraction) and isinstance(node.denominator, Number | Product):
        return replace(node, denominator=_twice(node.denominator))
    return Fraction(node if not isinstance(node, Sum) else Bracket(node), Number("2"))


def _negated(node: Node) -> Node:
    if isinstance(node, Sum) and len(node.terms) == 1:
        return node.terms[0].body if node.terms[0].sign == "-" else Sum((Term("-", node),))
    return Sum((Term("-", Bracket(node) if isinstance(node, Sum) else node),))


_PLACELESS = ("span", "function", "variables", "variable")


def _places(
    node: object, put: Callable[[Any], Node]
) -> Iterator[tuple[Node, Callable[[Any], Node]]]:
    """Every subformula, with what puts another one in its place."""
    if isinstance(node, Node):
        if not isinstance(node, Term | Binder):
            yield node, put
        for slot in fields(node):
            name = slot.name
            if name in _PLACELESS or (name == "base" and isinstance(node, Index)):
                continue
            yield from _places(getattr(node, name), _slot(node, name, put))
    elif isinstance(node, tuple):
        for i, item in enumerate(node):
            yield from _places(item, _item(node, i, put))


def _slot(node: Node, name: str, put: Callable[[Any], Node]) -> Callable[[Any], Node]:
    def rebuild(new: Any) -> Node:
        changes: dict[str, Any] = {name: new}
        return put(replace(node, **changes))

    return rebuild


def _item(items: tuple[Any, ...], i: int, put: Callable[[Any], Node]) -> Callable[[Any], Node]:
    return lambda new: put((*items[:i], new, *items[i + 1 :]))


def _exchanged(node: Any, first: str, second: str) -> Any:
    """A tree with two names exchanged."""
    if isinstance(node, Name):
        other = {first: second, second: first}.get(node.name)
        return replace(node, name=other) if other else node
    if isinstance(node, Node):
        changes = {
            slot.name: _exchanged(getattr(node, slot.name), first, second)
            for slot in fields(node)
            if slot.name != "span"
        }
        return replace(node, **changes)
    if isinstance(node, tuple):
        return tuple(_exchanged(item, first, second) for item in node)
    return node
