"""Strategies for written trees, and the value of a tree of plain arithmetic."""

from __future__ import annotations

from fractions import Fraction as Rational

from hypothesis import strategies as st

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
    Term,
    Underbrace,
)

names = st.sampled_from(["x", "y", "sigma_gt", "lambda", "theta_star", "n0", "e", "oo"]).map(Name)
numbers = st.sampled_from(["0", "1", "2", "10", "0.25", "007", ".5"]).map(Number)
atoms = st.one_of(
    names,
    numbers,
    st.builds(Accent, names, st.sampled_from(["hat", "tilde", "bar", "star", "prime"])),
)


def _sums(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    def build(sign: str, bodies: list[Node], signs: list[str]) -> Node:
        if not sign and len(bodies) == 1:
            return Bracket(bodies[0])
        first = as_term(bodies[0]) if sign else as_first_term(bodies[0])
        rest = [Term(s, as_term(body)) for s, body in zip(signs, bodies[1:], strict=False)]
        return Sum((Term(sign, first), *rest))

    signs = st.lists(st.sampled_from(["+", "-"]), min_size=3, max_size=3)
    bodies = st.lists(nodes, min_size=1, max_size=4)
    return st.builds(build, st.sampled_from(["", "+", "-"]), bodies, signs)


def _products(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    def build(factors: list[Node]) -> Node:
        return Product((as_first_factor(factors[0]), *map(as_factor, factors[1:])))

    return st.lists(nodes, min_size=2, max_size=4).map(build)


def arithmetic(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        _sums(nodes),
        _products(nodes),
        st.builds(lambda a, b: Fraction(as_numerator(a), as_factor(b)), nodes, nodes),
        st.builds(Bracket, nodes, st.sampled_from(["(", "["])),
    )


def _binders(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Binder]:
    bounded = st.builds(lambda v, a, b: Binder((v,), a, b), names, nodes, nodes)
    return st.one_of(names.map(lambda name: Binder((name,))), bounded)


def _notations(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    some = st.lists(nodes, min_size=1, max_size=3).map(tuple)
    given_some = st.lists(nodes, max_size=2).map(tuple)
    pair = st.tuples(names, names)
    signs = st.sampled_from(["=", "!=", "<=", ">=", "<", ">", "->", "~", "in"])
    relation = st.builds(lambda a, b, s: Relation((a, b), (s,)), nodes, nodes, signs)
    of_sets = st.one_of(
        st.builds(lambda v, d: Binder((v,), domain=d), names, nodes),
        st.builds(lambda v, d: Binder(v, domain=d), pair, nodes),
    )
    free = st.lists(names.map(lambda name: Binder((name,))), min_size=1, max_size=2).map(tuple)
    return st.one_of(
        st.builds(lambda a, b: Power(as_base(a), as_factor(b)), nodes, nodes),
        st.builds(Root, nodes),
        st.builds(Root, nodes, nodes),
        st.builds(Bracket, nodes, st.just("|")),
        st.builds(Application, st.sampled_from(["f", "p_gt", "KL"]).map(Name), some, given_some),
        st.builds(lambda f, a: Application(f, (a,)), st.just(Name("log")), nodes),
        st.builds(
            lambda a, b, s, binders: BigOperator("Prob", Relation((a, b), (s,)), binders),
            nodes,
            nodes,
            st.sampled_from(["<=", ">="]),
            st.lists(of_sets, max_size=1).map(tuple),
        ),
        st.builds(Index, names, some),
        st.builds(
            lambda body, binders: BigOperator("Integral", body, binders),
            nodes,
            st.lists(_binders(nodes), min_size=1, max_size=2).map(tuple),
        ),
        st.builds(
            lambda kind, body, binder: BigOperator(kind, body, (binder,)),
            st.sampled_from(["Sum", "Product"]),
            nodes,
            st.one_of(_binders(nodes), of_sets),
        ),
        st.builds(
            lambda kind, body, binders: BigOperator(kind, body, binders),
            st.sampled_from(["E", "Var"]),
            nodes,
            st.lists(of_sets, max_size=2).map(tuple),
        ),
        st.builds(BigOperator, st.sampled_from(["ArgMin", "ArgMax", "Min", "Max"]), nodes, free),
        st.builds(
            lambda body, v, to: BigOperator("Limit", body, (Binder((v,), to=to),)),
            nodes,
            names,
            nodes,
        ),
        st.builds(Derivative, nodes, pair),
        st.builds(EvaluationBar, nodes, names, nodes, nodes),
        st.builds(Underbrace, nodes, st.sampled_from(["T1", "a (constant) term", "e-x"])),
        st.builds(
            lambda a, condition, b: Cases(((a, condition), (b, Name("otherwise")))),
            nodes,
            relation,
            nodes,
        ),
    )


formulas = st.recursive(
    atoms, lambda nodes: st.one_of(arithmetic(nodes), _notations(nodes)), max_leaves=20
)
lines = st.one_of(
    formulas,
    st.builds(
        lambda sides, signs: Relation(tuple(sides), tuple(signs[: len(sides) - 1])),
        st.lists(formulas, min_size=2, max_size=3),
        st.lists(st.sampled_from(["=", "<=", "->", "~", "!="]), min_size=2, max_size=2),
    ),
)


def value(node: Node, names: dict[str, Rational]) -> Rational:
    """The value of a tree of plain arithmetic; raises ZeroDivisionError."""
    if isinstance(node, Number):
        return Rational(node.literal)
    if isinstance(node, Name):
        return names[node.name]
    if isinstance(node, Bracket):
        return value(node.body, names)
    if isinstance(node, Sum):
        parts = (value(term.body, names) * (-1 if term.sign == "-" else 1) for term in node.terms)
        return sum(parts, Rational(0))
    if isinstance(node, Product):
        result = Rational(1)
        for factor in node.factors:
            result *= value(factor, names)
        return result
    if isinstance(node, Fraction):
        return value(node.numerator, names) / value(node.denominator, names)
    assert isinstance(node, Power)
    exponent = value(node.exponent, names)
    assert exponent.denominator == 1
    return value(node.base, names) ** int(exponent)
