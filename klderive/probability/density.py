"""Densities: what the kernel may know of a function because it is one.

A density is nonnegative on its domain and normalised; a law adds mean, variance and second moment. These are facts by
name (`normalisation of P_gt`), which reasons cite. The kernel uses a fact only where a reason names it, but takes from
it that the integral it speaks of converges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sympy import Add, Expr, Function, Integer, Mul, Pow, Symbol, Tuple, oo

from klderive.kernel import Fact, FunctionDeclaration, FunctionSign
from klderive.notation.nodes import accumulate
from klderive.notation.scope import function_key
from klderive.probability.distributions import Distribution


@dataclass(frozen=True, slots=True)
class Density:
    """A declared density: its name, what the kernel may know of it, and its law if it has one."""

    name: str
    declaration: FunctionDeclaration
    facts: tuple[Fact, ...]
    law: Distribution | None = None

    def law_density(self) -> Expr | None:
        """The density of the law at the declared variable, which a definition of this density must equal."""
        if self.law is None:
            return None
        return self.law.density(self.declaration.parameters[0])

    def without_facts(self) -> Density:
        """The density without its facts, for a definition that is not known to satisfy them."""
        return replace(self, declaration=replace(self.declaration, facts=()), facts=())


def declare_density(
    name: str,
    limits: Sequence[Tuple],
    *,
    key: str = "",
    given: Sequence[Tuple] = (),
    sign: FunctionSign = "nonnegative",
    distribution: Distribution | None = None,
) -> Density:
    """A density over limits, with its facts, for all values of what is given.

    Args:
        name: its name for print and reasons, such as `P_gt` or `p(y | x, w)`.
        limits: its variables with their domains, as `klderive.notation.nodes.Defined` writes them.
        key: the key of its function symbol, if not the name.
        given: the variables and parameters that are given, likewise.
        sign: what is known of its sign on the domain.
        distribution: its law, which adds the facts of the moments; only for one variable and nothing given.
    """
    variables = tuple(bounds[0] for bounds in limits)
    parameters = tuple(bounds[0] for bounds in given)
    p = Function(key or name)(*variables, *parameters)
    source = f"density of {distribution.law} law" if distribution else "density"

    def moment(weight: Expr | None) -> Expr:
        body = p if weight is None else Mul(weight, p, evaluate=False)
        for bounds in reversed(limits):
            body = accumulate(body, bounds)
        return body

    facts = [
        Fact(
            f"normalisation of {name}",
            moment(None),
            Integer(1),
            source,
            parameters=parameters,
            domains=tuple(given),
        )
    ]
    if distribution is not None:
        x = variables[0]
        mean, variance = distribution.mean, distribution.variance
        centred = Pow(Add(x, Mul(-1, mean, evaluate=False), evaluate=False), 2, evaluate=False)
        second = Add(variance, Pow(mean, 2), evaluate=False)
        facts += [
            Fact(f"mean of {name}", moment(x), mean, source),
            Fact(f"variance of {name}", moment(centred), variance, source),
            Fact(f"second moment of {name}", moment(Pow(x, 2, evaluate=False)), second, source),
        ]
        facts += [
            Fact(
                f"{further.name} of {name}",
                moment(further.weight),
                further.value,
                source,
                parameters=further.parameters,
                domains=tuple(Tuple(parameter, -oo, oo) for parameter in further.parameters),
            )
            for further in distribution.further(x)
        ]
        facts = [replace(fact, derived_in=distribution.derived_in) for fact in facts]
    declaration = FunctionDeclaration(
        key=key or name,
        parameters=(*variables, *parameters),
        limits=(*limits, *given),
        sign=sign,
        definition=None if distribution is None else distribution.density(variables[0]),
        facts=tuple(facts),
    )
    return Density(name, declaration, tuple(facts), distribution)


def joint_facts(
    name: str, first: Sequence[Tuple], second: Sequence[Tuple], given: Sequence[Tuple] = ()
) -> tuple[Fact, ...]:
    """The facts that tie a joint density of two groups of variables to its conditionals and marginals.

    With a, b the two groups: the product rule p(a, b) = p(a | b) p(b), Bayes' rule p(b | a) = p(a | b) p(b) / p(a),
    and marginalisation, of p(a | b) p(b) and of p(a, b) over b to p(a).

    Source: Bishop, Pattern Recognition and Machine Learning, equations (1.31), (1.32), (1.43).
    """
    a, b = (tuple(bounds[0] for bounds in group) for group in (first, second))
    c = tuple(bounds[0] for bounds in given)

    def p(of: Sequence[Symbol], on: Sequence[Symbol] = ()) -> Expr:
        return Function(function_key(name, [str(v) for v in of], [str(v) for v in (*on, *c)]))(
            *of, *on, *c
        )

    def over_b(body: Expr) -> Expr:
        for bounds in reversed(second):
            body = accumulate(body, bounds)
        return body

    product = Mul(p(a, b), p(b), evaluate=False)
    quotient = Mul(product, Pow(p(a), -1, evaluate=False), evaluate=False)
    conditional = function_key(name, [str(v) for v in b], [str(v) for v in (*a, *c)])
    return (
        Fact(
            f"product rule of {name}",
            p((*a, *b)),
            product,
            "probability",
            parameters=(*a, *b, *c),
            domains=(*first, *second, *given),
        ),
        Fact(
            f"Bayes' rule for {conditional}",
            p(b, a),
            quotient,
            "probability",
            parameters=(*a, *b, *c),
            domains=(*first, *second, *given),
        ),
        Fact(
            f"marginalisation of {name}",
            over_b(product),
            p(a),
            "probability",
            parameters=(*a, *c),
            domains=(*first, *given),
        ),
    )
