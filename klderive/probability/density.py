"""Densities: what the kernel may know of a function because it is one.

A density is nonnegative on its domain and normalised; a law adds mean, variance and second moment. These are facts by
name (`normalisation of P_gt`), which reasons cite. The kernel uses a fact only where a reason names it, but takes from
it that the integral it speaks of converges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sympy import Add, Expr, Function, Integer, Mul, Pow, Symbol, Tuple, oo

from klderive.notation.nodes import accumulate
from klderive.notation.scope import function_key
from klderive.probability.distributions import Distribution
from klderive.statement import Fact, FunctionDeclaration, FunctionSign


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
        declaration = replace(self.declaration, facts=(), bounded=False)
        return replace(self, declaration=declaration, facts=())


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
        return _over(limits, p if weight is None else Mul(weight, p, evaluate=False))

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
        # A mass is at most the total, which is 1.
        bounded=all(len(bounds) in (2, 4) for bounds in limits),
    )
    return Density(name, declaration, tuple(facts), distribution)


def joint_facts(
    name: str,
    first: Sequence[Tuple],
    second: Sequence[Tuple],
    given: Sequence[Tuple] = (),
    *,
    mirrored: bool = False,
) -> tuple[Fact, ...]:
    """The facts that tie a joint density of two groups of variables to its conditionals and marginals.

    With a, b the two groups: the product rule p(a, b) = p(a | b) p(b), Bayes' rule p(b | a) = p(a | b) p(b) / p(a),
    and marginalisation of p(a | b) p(b) over b to p(a). `mirrored` says that the joint density is declared as p(b, a),
    and tells the names of the facts from those of the other order.

    Source: Bishop, Pattern Recognition and Machine Learning, equations (1.31), (1.32), (1.43).
    """
    p = _Letter(name, given)
    a, b = (tuple(bounds[0] for bounds in group) for group in (first, second))
    joint = p(b + a if mirrored else a + b)
    product = Mul(p(a, b), p(b), evaluate=False)
    quotient = Mul(product, Pow(p(a), -1, evaluate=False), evaluate=False)
    return (
        p.fact(
            f"product rule of {name}" + (f" by {p.key(a, b)}" if mirrored else ""),
            joint,
            product,
            (*first, *second),
        ),
        p.fact(f"Bayes' rule for {p.key(b, a)}", p(b, a), quotient, (*first, *second)),
        p.fact(
            f"marginalisation of {name}" + (f" to {p.key(a)}" if mirrored else ""),
            _over(second, product),
            p(a),
            first,
        ),
    )


def further_joint_facts(
    name: str,
    first: Sequence[Tuple],
    second: Sequence[Tuple],
    given: Sequence[Tuple] = (),
    *,
    mirrored: bool = False,
) -> tuple[Fact, ...]:
    """What follows from `joint_facts`: p(b | a) = p(a, b) / p(a), and p(a, b) over b is p(a).

    Source: Bishop, Pattern Recognition and Machine Learning, equations (1.31), (1.32).
    """
    p = _Letter(name, given)
    a, b = (tuple(bounds[0] for bounds in group) for group in (first, second))
    joint = p(b + a if mirrored else a + b)
    quotient = Mul(joint, Pow(p(a), -1, evaluate=False), evaluate=False)
    return (
        p.fact(f"conditioning of {p.key(b, a)}", p(b, a), quotient, (*first, *second)),
        p.fact(f"sum rule of {p.key(a)}", _over(second, joint), p(a), first),
    )


@dataclass(frozen=True, slots=True)
class _Letter:
    """The densities that share a letter, with what is given to all of them."""

    name: str
    given: Sequence[Tuple]

    def key(self, of: Sequence[Symbol], on: Sequence[Symbol] = ()) -> str:
        others = (*on, *(bounds[0] for bounds in self.given))
        return function_key(self.name, [str(v) for v in of], [str(v) for v in others])

    def __call__(self, of: Sequence[Symbol], on: Sequence[Symbol] = ()) -> Expr:
        return Function(self.key(of, on))(*of, *on, *(bounds[0] for bounds in self.given))

    def fact(self, name: str, left: Expr, right: Expr, limits: Sequence[Tuple]) -> Fact:
        domains = (*limits, *self.given)
        parameters = tuple(bounds[0] for bounds in domains)
        return Fact(name, left, right, "probability", parameters=parameters, domains=domains)


def _over(limits: Sequence[Tuple], body: Expr) -> Expr:
    """The integral or sum of a body over limits."""
    for bounds in reversed(limits):
        body = accumulate(body, bounds)
    return body
