"""Laws that do not hold, undone: where a line has log(a) + log(b), log(a + b) may have been meant.

Accepts a node of a written tree, as it stands on a right side to which a law was applied that there is not; gives what
the law would have started from, with the sentence that is broken. Each is a guess, which the kernel confirms or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from klderive.notation.tree import (
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
from klderive.verify.slips_of_the_pen import Change, bare, held, product

_TWO = Number("2")


def laws_undone(node: Node) -> Iterator[Change]:
    """What may stand in the place of a node to which a law was applied that does not hold."""
    match node:
        case Sum(terms=terms):
            for i, j in combinations(range(len(terms)), 2):
                for joined, why in _of_two_terms(terms[i], terms[j]):
                    kept = [*terms[:i], replace(terms[i], body=joined), *terms[i + 1 :]]
                    del kept[j]
                    fewer = Sum(tuple(kept)) if len(kept) > 1 or kept[0].sign == "-" else joined
                    yield Change("law", fewer, why=why)
        case Product(factors=factors):
            for new, why in _of_product(factors):
                yield Change("law", new, why=why)
        case Fraction(numerator=numerator, denominator=denominator):
            yield from _of_quotient(numerator, denominator)
        case Power(base=base, exponent=exponent):
            if exponent == _TWO:
                for new in _squared_inside(base):
                    yield Change(
                        "law", new, why="the square of a mean is not the mean of the square"
                    )
        case Application():
            yield from _of_application(node)
        case BigOperator():
            for new in _square_outside(node):
                yield Change("law", new, why="the mean of a square is not the square of the mean")
        case Name() | Index():
            why = "the root of a square is the absolute value"
            yield Change("law", Bracket(node, "|"), why=why)


def _of_two_terms(first: Term, second: Term) -> Iterator[tuple[Node, str]]:
    """What two terms may have been, and what was wrong about it."""
    a, b = first.body, second.body
    same = (first.sign == "-") == (second.sign == "-")
    kind = "sum" if same else "difference"
    f, g = _inside("log", a), _inside("log", b)
    if f is not None and g is not None:
        why = f"the logarithm of a {kind} is not the {kind} of the logarithms"
        yield Application(Name("log"), (_joined(f, g, same),)), why
    if same and _inside("exp", a) is not None and _inside("exp", b) is not None:
        yield product(a, b), "exp(a + b) is exp(a)*exp(b)"
    base, other = _square_of(a), _square_of(b)
    if base is not None and other is not None:
        square = Power(Bracket(_joined(bare(base), bare(other), same)), _TWO)
        yield square, f"the square of a {kind} is not the {kind} of the squares"
    if isinstance(a, Root) and isinstance(b, Root) and a.degree == b.degree:
        root = replace(a, radicand=_joined(bare(a.radicand), bare(b.radicand), same))
        yield root, f"the root of a {kind} is not the {kind} of the roots"
    elif not isinstance(a, Number) and not isinstance(b, Number):
        first_square, second_square = (
            Power(held(x) if not isinstance(x, Product) else Bracket(x), _TWO) for x in (a, b)
        )
        yield (
            Root(_joined(first_square, second_square, same)),
            f"the root of a {kind} is not the {kind} of the roots",
        )
    if isinstance(a, Fraction) and isinstance(b, Fraction) and a.numerator == b.numerator:
        bottom = _joined(bare(a.denominator), bare(b.denominator), same)
        why = f"the reciprocal of a {kind} is not the {kind} of the reciprocals"
        yield replace(a, denominator=Bracket(bottom)), why


def _of_product(factors: tuple[Node, ...]) -> Iterator[tuple[Node, str]]:
    logarithms = [_inside("log", factor) for factor in factors]
    inside = [part for part in logarithms if part is not None]
    if len(inside) == len(factors):
        why = "the logarithm of a product is not the product of the logarithms"
        yield Application(Name("log"), (product(*map(held, inside)),)), why
    if len(factors) != 2:
        return
    first, second = factors
    if logarithms[1] is not None and isinstance(first, Number | Name):
        yield Power(second, first), "the power of a logarithm is not the logarithm of a power"
    f, g = _inside("exp", first), _inside("exp", second)
    if f is not None and g is not None:
        inner = product(held(f), held(g))
        yield Application(Name("exp"), (inner,)), "exp(a)*exp(b) is exp(a + b)"
    if (
        isinstance(first, BigOperator)
        and isinstance(second, BigOperator)
        and (first.kind, first.binders) == (second.kind, second.binders)
        and first.kind in ("Integral", "Sum", "E")
    ):
        name = {"Integral": "integral", "Sum": "sum", "E": "mean"}[first.kind]
        why = f"the {name} of a product is not the product of the {name}s"
        yield replace(first, body=product(held(first.body), held(second.body))), why


def _of_quotient(numerator: Node, denominator: Node) -> Iterator[Change]:
    top, bottom = _inside("log", numerator), _inside("log", denominator)
    if top is not None and bottom is not None:
        why = "the logarithm of a quotient is not the quotient of the logarithms"
        quotient = Application(Name("log"), (Fraction(held(top), held(bottom)),))
        yield Change("law", quotient, why=why)


def _of_application(node: Application) -> Iterator[Change]:
    inside = _inside("log", node)
    match inside:
        case Sum(terms=(first, second)):
            parts = (replace(t, body=Application(Name("log"), (t.body,))) for t in (first, second))
            yield Change("law", Bracket(Sum(tuple(parts))))
        case Product(factors=factors):
            yield Change("law", product(*(Application(Name("log"), (f,)) for f in factors)))
        case Power(base=base, exponent=exponent):
            why = "the logarithm of a power is not the power of the logarithm"
            yield Change("law", Power(Application(Name("log"), (base,)), exponent), why=why)
        case BigOperator(kind="E" | "Integral" | "Sum"):
            why = "the logarithm of a mean is not the mean of the logarithm"
            for weight, rest in _weighted(inside):
                logarithm = Application(Name("log"), (bare(rest),))
                yield Change("law", replace(inside, body=_with_weight(weight, logarithm)), why=why)


def _squared_inside(base: Node) -> Iterator[Node]:
    """The mean of a square, for the square of a mean."""
    base = bare(base)
    if isinstance(base, BigOperator) and base.kind in ("E", "Integral", "Sum"):
        for weight, rest in _weighted(base):
            square = Power(rest if isinstance(rest, Name) else Bracket(bare(rest)), _TWO)
            yield replace(base, body=_with_weight(weight, square))


def _square_outside(node: BigOperator) -> Iterator[Node]:
    """The square of a mean, for the mean of a square."""
    if node.kind in ("E", "Integral", "Sum"):
        for weight, rest in _weighted(node):
            base = _square_of(rest)
            if base is not None:
                yield Power(replace(node, body=_with_weight(weight, base)), _TWO)


def _weighted(node: BigOperator) -> Iterator[tuple[Node | None, Node]]:
    """The ways to read what stands under a sign as a weight and the rest; an expectation shows no weight."""
    if node.kind == "E":
        yield None, node.body
        return
    top = node.body.numerator if isinstance(node.body, Fraction) else node.body
    factors = top.factors if isinstance(top, Product) else ()
    for i, factor in enumerate(factors):
        if isinstance(factor, Application) and factor.function.name not in ("log", "exp"):
            others = (*factors[:i], *factors[i + 1 :])
            rest = others[0] if len(others) == 1 else Product(others)
            if isinstance(node.body, Fraction):
                rest = replace(node.body, numerator=rest)
            yield factor, rest


def _with_weight(weight: Node | None, node: Node) -> Node:
    return node if weight is None else product(weight, held(node))


def _square_of(node: Node) -> Node | None:
    """What a formula is the square of, if it is written so."""
    return node.base if isinstance(node, Power) and node.exponent == _TWO else None


def _inside(name: str, node: Node) -> Node | None:
    """The argument, if a formula is a function of this name; a power of e is an exponential."""
    if isinstance(node, Application) and node.function.name == name and len(node.arguments) == 1:
        return bare(node.arguments[0])
    if name == "exp" and isinstance(node, Power) and node.base == Name("e"):
        return bare(node.exponent)
    return None


def _joined(first: Node, second: Node, same: bool) -> Sum:
    """The sum of two formulas, or their difference."""
    second = Bracket(second) if isinstance(second, Sum) else second
    start = first.terms if isinstance(first, Sum) else (Term("", first),)
    return Sum((*start, Term("+" if same else "-", second)))
