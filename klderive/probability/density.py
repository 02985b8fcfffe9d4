"""Densities: what the kernel may know of a function because it is one.

A density is nonnegative on its domain and normalised; a law adds mean, variance and second moment. These are facts by
name (`normalisation of P_gt`), which reasons cite. The kernel uses a fact only where a reason names it, but takes from
it that the integral it speaks of converges.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sympy import Add, Expr, Function, Integer, Mul, Pow, Tuple

from klderive.kernel import Fact, FunctionDeclaration, FunctionSign
from klderive.notation.nodes import accumulate
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
    limits: Tuple,
    *,
    sign: FunctionSign = "nonnegative",
    distribution: Distribution | None = None,
) -> Density:
    """A density over limits, with its facts.

    Args:
        name: its name, also the key of its function symbol.
        limits: its variable with the domain, as `klderive.notation.nodes.Defined` writes them.
        sign: what is known of its sign on the domain.
        distribution: its law, which adds the facts of the moments.
    """
    x = limits[0]
    p = Function(name)(x)
    source = f"density of {distribution.law} law" if distribution else "density"

    def moment(weight: Expr | None) -> Expr:
        body = p if weight is None else Mul(weight, p, evaluate=False)
        return accumulate(body, limits)

    facts = [Fact(f"normalisation of {name}", moment(None), Integer(1), source)]
    if distribution is not None:
        mean, variance = distribution.mean, distribution.variance
        centred = Pow(Add(x, Mul(-1, mean, evaluate=False), evaluate=False), 2, evaluate=False)
        second = Add(variance, Pow(mean, 2), evaluate=False)
        facts += [
            Fact(f"mean of {name}", moment(x), mean, source),
            Fact(f"variance of {name}", moment(centred), variance, source),
            Fact(f"second moment of {name}", moment(Pow(x, 2, evaluate=False)), second, source),
        ]
    declaration = FunctionDeclaration(
        key=name,
        parameters=(x,),
        limits=(limits,),
        sign=sign,
        definition=None if distribution is None else distribution.density(x),
        facts=tuple(facts),
    )
    return Density(name, declaration, tuple(facts), distribution)
