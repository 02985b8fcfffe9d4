"""Prints a written tree as the text that reads back as that tree.

Accepts every tree of the readers. The idea: the inverse of `text_reader`, one rule a notation; `read_text(to_text(t))`
is t for every tree that a reader can build, and `to_text(read_text(s))` is s up to white space (and `==` for `=`).

Caveats: a tree built by hand that no text stands for, such as a sum as a factor without a bracket, gets the bracket it
needs. `Product.dotted` is a matter of print and has no text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from klderive.notation.strength import (
    as_base,
    as_factor,
    as_first_factor,
    as_first_term,
    as_numerator,
    as_term,
)
from klderive.notation.tree import (
    Accent,
    Application,
    BigOperator,
    Binder,
    Bracket,
    Cases,
    Derivative,
    EvaluationBar,
    Fraction,
    Index,
    Name,
    Node,
    Number,
    Power,
    Product,
    Relation,
    Root,
    Sum,
    Underbrace,
    deep_recursion,
)


def to_text(node: Node) -> str:
    """The canonical text of a tree."""
    with deep_recursion():
        return _text(node)


def _text(node: Node) -> str:
    return _RULES[type(node)](node)


def _list(nodes: tuple[Node, ...]) -> str:
    return ", ".join(map(_text, nodes))


def _sum(node: Sum) -> str:
    first = node.terms[0]
    body = as_term(first.body) if first.sign else as_first_term(first.body)
    pieces = [first.sign, _text(body)]
    for term in node.terms[1:]:
        pieces += [f" {term.sign or '+'} ", _text(as_term(term.body))]
    return "".join(pieces)


def _product(node: Product) -> str:
    first = _text(as_first_factor(node.factors[0]))
    return "*".join([first, *(_text(as_factor(factor)) for factor in node.factors[1:])])


def _fraction(node: Fraction) -> str:
    return f"{_text(as_numerator(node.numerator))}/{_text(as_factor(node.denominator))}"


def _power(node: Power) -> str:
    return f"{_text(as_base(node.base))}**{_text(as_factor(node.exponent))}"


def _root(node: Root) -> str:
    if node.degree is None:
        return f"sqrt({_text(node.radicand)})"
    return f"root({_text(node.radicand)}, {_text(node.degree)})"


def _bracket(node: Bracket) -> str:
    body = _text(node.body)
    return {"(": f"({body})", "[": f"[{body}]", "|": f"abs({body})"}[node.kind]


def _application(node: Application) -> str:
    given = f" | {_list(node.given)}" if node.given else ""
    return f"{node.function.name}({_list(node.arguments)}{given})"


def _index(node: Index) -> str:
    return f"{node.base.name}[{_list(node.indices)}]"


def _variables(variables: tuple[Name, ...]) -> str:
    return variables[0].name if len(variables) == 1 else f"({_list(variables)})"


def _binder(binder: Binder, law: bool) -> str:
    variables = _variables(binder.variables)
    if binder.domain is not None:
        domain = _text(binder.domain)
        return f"{variables} in {domain}" if law else f"({variables}, {domain})"
    if binder.to is not None:
        return f"{variables}, {_text(binder.to)}"
    if binder.lower is not None and binder.upper is not None:
        return f"({variables}, {_text(binder.lower)}, {_text(binder.upper)})"
    return variables


def _big_operator(node: BigOperator) -> str:
    law = node.kind in ("E", "Var", "Prob")
    pieces = [_text(node.body), *(_binder(binder, law) for binder in node.binders)]
    return f"{node.kind}({', '.join(pieces)})"


def _derivative(node: Derivative) -> str:
    return f"Diff({_text(node.body)}, {_list(node.variables)})"


def _evaluation_bar(node: EvaluationBar) -> str:
    bounds = f"({node.variable.name}, {_text(node.lower)}, {_text(node.upper)})"
    return f"Bar({_text(node.body)}, {bounds})"


def _cases(node: Cases) -> str:
    pairs = (f"({_text(value)}, {_text(condition)})" for value, condition in node.pairs)
    return f"Cases({', '.join(pairs)})"


def _relation(node: Relation) -> str:
    pieces = [_text(node.sides[0])]
    for sign, side in zip(node.signs, node.sides[1:], strict=True):
        pieces += [sign, _text(side)]
    return " ".join(pieces)


_RULES: dict[type, Callable[[Any], str]] = {
    Number: lambda node: node.literal,
    Name: lambda node: node.name,
    Sum: _sum,
    Product: _product,
    Fraction: _fraction,
    Power: _power,
    Root: _root,
    Bracket: _bracket,
    Application: _application,
    Index: _index,
    BigOperator: _big_operator,
    Derivative: _derivative,
    EvaluationBar: _evaluation_bar,
    Cases: _cases,
    Underbrace: lambda node: f'Underbrace({_text(node.body)}, "{node.label}")',
    Accent: lambda node: f"{node.accent}({node.body.name})",
    Relation: _relation,
}
