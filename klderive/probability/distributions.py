"""Known distributions: their densities from `sympy.stats`, and the moments that are cited as facts.

Accepts a law as it is written, `normal(mu, sigma)`; gives the density as a formula, the support, the mean and the
variance. The densities are SymPy's; the moments are those of the source named with each law.

Source of the moments: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, vol. 1 and 2, 2nd edition
(normal: chapter 13; exponential: chapter 19; uniform: chapter 26).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sympy import (
    Expr,
    Integer,
    Poly,
    Pow,
    Rational,
    Symbol,
    Tuple,
    expand_log,
    log,
    oo,
    simplify,
    sqrt,
)
from sympy.stats.crv_types import (
    ExponentialDistribution,
    NormalDistribution,
    UniformDistribution,
)

from klderive.kernel import Allowed, Context, Kernel, Statement
from klderive.notation import NotationError, Scope, translate
from klderive.notation.tree import Application, Node


@dataclass(frozen=True, slots=True)
class Distribution:
    """A law with its parameters put in.

    `density` is the density as a function of its variable; `support` is written as a domain; `mean` and `variance` are
    formulas in the parameters.
    """

    law: str
    parameters: tuple[Expr, ...]
    support: str
    density: Callable[[Symbol], Expr]
    mean: Expr
    variance: Expr
    derived_in: str = ""
    """The derivation that proves the normalisation and the moments, if there is one."""


@dataclass(frozen=True, slots=True)
class _Law:
    usage: str
    positive: tuple[int, ...]
    make: Callable[..., Distribution]


def _normal(mu: Expr, sigma: Expr) -> Distribution:
    return Distribution(
        "normal",
        (mu, sigma),
        "(-oo, oo)",
        lambda x: NormalDistribution(mu, sigma).pdf(x),
        mu,
        Pow(sigma, 2),
        derived_in="normal-moments",
    )


def _exponential(rate: Expr) -> Distribution:
    return Distribution(
        "exponential",
        (rate,),
        "(0, oo)",
        lambda x: _on_support(ExponentialDistribution(rate).pdf(x)),
        1 / rate,
        1 / rate**2,
    )


def _uniform(lower: Expr, upper: Expr) -> Distribution:
    return Distribution(
        "uniform",
        (lower, upper),
        f"({lower}, {upper})",
        lambda x: _on_support(UniformDistribution(lower, upper).pdf(x)),
        (lower + upper) / 2,
        (upper - lower) ** 2 / 12,
    )


def _on_support(density: Expr) -> Expr:
    """The formula on the support: the first piece of what SymPy writes by cases."""
    return density.args[0][0] if density.is_Piecewise else density


LAWS = {
    "normal": _Law("normal(mean, deviation)", (1,), _normal),
    "exponential": _Law("exponential(rate)", (0,), _exponential),
    "uniform": _Law("uniform(lower, upper)", (), _uniform),
}
"""The laws by name."""


def distribution_of(law: Node, scope: Scope) -> Distribution:
    """The distribution that a written law such as `normal(mu, sigma)` names.

    Raises:
        NotationError: for an unknown law, a wrong number of parameters, or a scale not declared positive.
    """
    known = LAWS.get(law.function.name) if isinstance(law, Application) else None
    if known is None or not isinstance(law, Application):
        raise NotationError(
            "this is not a known distribution",
            hint="known are " + ", ".join(entry.usage for entry in LAWS.values()),
        )
    parameters = [translate(argument, scope) for argument in law.arguments]
    if not all(map(_is_moderate, parameters)):
        raise NotationError("a parameter of the law is a formula with large powers")
    # A number such as 7/10 stands unevaluated in the tree's expression; a law's parameter is its value.
    parameters = [p if p.free_symbols else p.doit() for p in parameters]
    expected = known.usage.count(",") + 1
    if len(parameters) != expected:
        raise NotationError(f"write {known.usage}")
    for place in known.positive:
        if (
            not (isinstance(parameters[place], Symbol | Integer | Rational))
            or not parameters[place].is_positive
        ):
            raise NotationError(
                f"the parameter `{parameters[place]}` must be declared positive",
                hint=f"write {known.usage}",
            )
    if law.function.name == "uniform" and not (parameters[1] - parameters[0]).is_positive:
        raise NotationError("the upper end must be a number above the lower one")
    return known.make(*parameters)


_MOST_POWERS = 64
_MOST_GROWTH = 1024
"""The product of the exponents in a definition that SymPy may evaluate."""


def recognised(definition: Expr, limits: Tuple) -> Distribution | None:
    """The known law whose density a definition is on its domain, if its parameters can be read off.

    SymPy proposes the parameters, from the logarithm of the definition as a polynomial in the variable; the kernel
    checks that the densities are equal.
    """
    x = limits[0]
    for proposal in _proposals(definition, x, limits):
        kernel = Kernel(Context())
        density = proposal.density(x)
        verdict = kernel.find_reason(Statement(definition, "=", density), Allowed(logarithms=True))
        if verdict.status == "proved" and not verdict.conditions:
            return proposal
    return None


def _is_moderate(expression: Expr) -> bool:
    """Whether SymPy evaluates an expression soon: it does not give up on a tower of powers."""
    growth, powers = 1, expression.atoms(Pow)
    if len(powers) > _MOST_POWERS:
        return False
    for power in powers:
        exponent = power.exp
        if not exponent.free_symbols:
            if any(inner.exp != -1 for inner in exponent.atoms(Pow)):
                return False
            for number in exponent.atoms(Integer):
                growth *= max(1, abs(int(number)))
    return growth <= _MOST_GROWTH


def _proposals(definition: Expr, x: Symbol, limits: Tuple) -> list[Distribution]:
    if not _is_moderate(definition):
        return []
    logarithm = expand_log(log(definition.doit()), force=True)
    polynomial = Poly(logarithm, x) if logarithm.is_polynomial(x) else None
    if polynomial is None:
        return []
    if polynomial.degree() == 1 and limits[1] == 0 and limits[2] == oo:
        rate = simplify(-polynomial.coeff_monomial(x))
        return [_exponential(rate)] if rate.is_positive else []
    if polynomial.degree() == 2 and limits[1] == -oo and limits[2] == oo:
        leading, linear = polynomial.coeff_monomial(x**2), polynomial.coeff_monomial(x)
        variance = simplify(-1 / (2 * leading))
        deviation = sqrt(variance)
        if variance.is_positive and deviation.is_positive:
            return [_normal(simplify(linear * variance), deviation)]
    return []
