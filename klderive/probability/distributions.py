"""Known distributions: their densities and mass functions, and the moments that are cited as facts.

Accepts a law as it is written, `normal(mu, sigma)`; gives the density as a formula, the support, the mean, the variance
and what else is known by name. A parameter is a formula; what it must satisfy is established by the kernel, or the law
is refused.

Sources of the moments: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, vol. 1 and 2, 2nd edition
(normal: chapter 13; exponential: chapter 19; Laplace: chapter 24; uniform: chapter 26); Johnson, Kemp and Kotz,
Univariate Discrete Distributions, 3rd edition (Bernoulli: chapter 3; Poisson: chapter 4; geometric: chapter 5).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sympy import (
    Abs,
    Add,
    Expr,
    Integer,
    Mul,
    Poly,
    Pow,
    Symbol,
    Tuple,
    exp,
    expand_log,
    factorial,
    log,
    oo,
    preorder_traversal,
    simplify,
    sqrt,
)
from sympy.stats.crv_types import NormalDistribution

from klderive.kernel import Allowed
from klderive.notation import NotationError, Scope, translate
from klderive.notation.tree import Application, Node
from klderive.statement import Context, Statement
from klderive.theories import full_kernel


@dataclass(frozen=True, slots=True)
class Moment:
    """The expectation of a weight, which is cited by a name; it holds for all reals in place of its parameters."""

    name: str
    weight: Expr
    value: Expr
    parameters: tuple[Symbol, ...] = ()


@dataclass(frozen=True, slots=True)
class Distribution:
    """A law with its parameters put in.

    `density` is the density as a function of its variable; `support` is written as a domain; `mean` and `variance` are
    formulas in the parameters; `further` gives other moments as functions of the variable. `requires` are relations
    between the parameters without which there is no such law.
    """

    law: str
    parameters: tuple[Expr, ...]
    support: str
    density: Callable[[Symbol], Expr]
    mean: Expr
    variance: Expr
    derived_in: str = ""
    """The derivation that proves the normalisation and the moments, if there is one."""
    requires: tuple[Statement, ...] = ()
    further: Callable[[Symbol], tuple[Moment, ...]] = lambda x: ()


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
        lambda x: rate * exp(-rate * x),
        1 / rate,
        1 / rate**2,
    )


def _laplace(mu: Expr, scale: Expr) -> Distribution:
    def further(x: Symbol) -> tuple[Moment, ...]:
        a = _fresh("a", x, mu, scale)
        distance = Abs(mu - a)
        return (
            Moment("mean absolute deviation", Abs(x - mu), scale),
            Moment(
                "mean distance",
                Abs(x - a),
                distance + scale * exp(-distance / scale),
                (a,),
            ),
        )

    return Distribution(
        "laplace",
        (mu, scale),
        "(-oo, oo)",
        lambda x: exp(-Abs(x - mu) / scale) / (2 * scale),
        mu,
        2 * scale**2,
        further=further,
    )


def _fresh(name: str, *parts: Expr) -> Symbol:
    """A real symbol of a name that no symbol in the parts has."""
    taken = {str(symbol) for part in parts for symbol in part.atoms(Symbol)}
    while name in taken:
        name += "_1"
    return Symbol(name, real=True)


def _uniform(lower: Expr, upper: Expr) -> Distribution:
    return Distribution(
        "uniform",
        (lower, upper),
        f"({lower}, {upper})",
        lambda x: 1 / (upper - lower),
        (lower + upper) / 2,
        (upper - lower) ** 2 / 12,
        requires=(Statement(lower, "<", upper),),
    )


def _bernoulli(success: Expr) -> Distribution:
    return Distribution(
        "bernoulli",
        (success,),
        "{0, 1}",
        lambda k: success**k * (1 - success) ** (1 - k),
        success,
        success * (1 - success),
        requires=(Statement(success, "<", Integer(1)),),
    )


def _geometric(success: Expr) -> Distribution:
    return Distribution(
        "geometric",
        (success,),
        "{0, 1, ...}",
        lambda k: success * (1 - success) ** k,
        (1 - success) / success,
        (1 - success) / success**2,
        requires=(Statement(success, "<", Integer(1)),),
    )


def _poisson(rate: Expr) -> Distribution:
    return Distribution(
        "poisson",
        (rate,),
        "{0, 1, ...}",
        lambda k: exp(-rate) * rate**k / factorial(k),
        rate,
        rate,
    )


LAWS = {
    "normal": _Law("normal(mean, deviation)", (1,), _normal),
    "exponential": _Law("exponential(rate)", (0,), _exponential),
    "laplace": _Law("laplace(mean, scale)", (1,), _laplace),
    "uniform": _Law("uniform(lower, upper)", (), _uniform),
    "bernoulli": _Law("bernoulli(success)", (0,), _bernoulli),
    "geometric": _Law("geometric(success)", (0,), _geometric),
    "poisson": _Law("poisson(rate)", (0,), _poisson),
}
"""The laws by name. The geometric law counts the failures before the first success."""


def established(statement: Statement) -> bool:
    """Whether the kernel proves a relation between parameters, given nothing but the symbols' own assumptions."""
    verdict = full_kernel(Context()).judge(statement, Allowed())
    return verdict.status == "proved" and not verdict.conditions


def distribution_of(
    law: Node, scope: Scope, holds: Callable[[Statement], bool] = established
) -> Distribution:
    """The distribution that a written law such as `normal(mu, sigma)` names.

    Args:
        law: the law as it is written.
        scope: what its names mean.
        holds: whether a relation between the parameters is established.

    Raises:
        NotationError: for an unknown law, a wrong number of parameters, a parameter that is not established to be
            defined, a scale that is not positive, or a relation between the parameters that is not established.
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
    parameters = [p.doit() if _is_arithmetic(p) else p for p in parameters]
    expected = known.usage.count(",") + 1
    if len(parameters) != expected:
        raise NotationError(f"write {known.usage}")
    for parameter in parameters:
        if not isinstance(parameter, Symbol) and not holds(Statement(parameter, "=", parameter)):
            raise NotationError(
                f"it is not established that the parameter `{parameter}` is defined",
                hint="assume what it needs",
            )
    for place in known.positive:
        parameter = parameters[place]
        if isinstance(parameter, Symbol) and parameter.is_positive:
            continue
        if not holds(Statement(parameter, ">", Integer(0))):
            raise NotationError(
                f"it is not established that the parameter `{parameter}` is positive",
                hint=f"declare or assume it; write {known.usage}",
            )
    distribution = known.make(*parameters)
    for needed in distribution.requires:
        if not holds(needed):
            raise NotationError(
                f"it is not established that {needed.left} {needed.relation} {needed.right},"
                f" which {known.usage} needs",
                hint="assume it",
            )
    return distribution


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
        kernel = full_kernel(Context())
        density = proposal.density(x)
        verdict = kernel.judge(Statement(definition, "=", density), Allowed(logarithms=True))
        if verdict.status == "proved" and not verdict.conditions:
            return proposal
    return None


def _is_arithmetic(expression: Expr) -> bool:
    """Whether an expression is made of rational numbers and integer powers, so that SymPy may evaluate it."""
    return all(
        part.is_Rational
        or isinstance(part, Add | Mul)
        or (isinstance(part, Pow) and part.exp.is_Integer)
        for part in preorder_traversal(expression)
    )


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
