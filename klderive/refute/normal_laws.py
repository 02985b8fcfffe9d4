"""Normal densities for functions of one letter on the line: all are densities of one joint normal law.

Accepts the declarations of the densities that share a letter, such as p(x), p(z | x), p(x, z). The idea: variables with
mean and variance 0 and 1, 1 and 1, 0 and 4, and the correlation 3/5 or none: then marginals and conditionals have
rational means and deviations. What is only given, and has no density, moves the mean.

Source: Bishop, Pattern Recognition and Machine Learning, equations (2.81), (2.82), (2.98).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from flint import fmpq, fmpq_mat
from sympy import Add, Expr, Rational, Symbol, exp, expand, pi, sqrt

from klderive.certificates.evaluation import Formula
from klderive.certificates.fitting import own_parameters
from klderive.statement import FunctionDeclaration

MEANS_AND_DEVIATIONS = (
    *((0, 1), (1, 1), (0, 2), (1, 2)),
    *((0, fmpq(1, 100)), (100, 1), (0, 10**6)),
)
"""Of the variables of one letter, the first variable's mean and all deviations, the extreme ones last."""

CORRELATION = fmpq(3, 5)
"""Of neighbours, where they are correlated: so sqrt(1 - CORRELATION**2) is rational."""


def normal_laws(
    group: Sequence[FunctionDeclaration], place: int, *, correlated: bool
) -> dict[str, Formula] | None:
    """Normal densities for all functions of a letter; None if a variable does not run over the line.

    Args:
        group: the declarations.
        place: which of the laws.
        correlated: whether neighbours are correlated.
    """
    variables: list[str] = []
    for declared in group:
        own = own_parameters(declared)
        for parameter, limits in zip(declared.parameters, declared.limits, strict=True):
            if parameter not in own:
                continue
            if len(limits) != 3 or not (limits[1].is_infinite and limits[2].is_infinite):
                return None
            if str(parameter) not in variables:
                variables.append(str(parameter))
    if not variables:
        return None
    mean, deviation = MEANS_AND_DEVIATIONS[place % len(MEANS_AND_DEVIATIONS)]
    means = {name: fmpq(mean if i == 0 else 0) for i, name in enumerate(variables)}
    covariance = {
        (a, b): fmpq(deviation) ** 2
        * ((CORRELATION if correlated else fmpq(0)) ** abs(variables.index(a) - variables.index(b)))
        for a, b in product(variables, repeat=2)
    }
    return {d.key: _density(d, means, covariance) for d in group}


def _density(
    declared: FunctionDeclaration,
    means: Mapping[str, fmpq],
    covariance: Mapping[tuple[str, str], fmpq],
) -> Formula:
    """The density of some variables, given others, of a joint normal law."""
    free = own_parameters(declared)
    own = [p for p in declared.parameters if p in free]
    given = [p for p in declared.parameters if p not in free and str(p) in means]
    moved = [p for p in declared.parameters if p not in free and str(p) not in means]

    def block(rows: Sequence[Symbol], columns: Sequence[Symbol]) -> fmpq_mat:
        entries = [covariance[str(a), str(b)] for a in rows for b in columns]
        return fmpq_mat(len(rows), len(columns), entries)

    spread = block(own, own)
    centres: list[Expr] = [_rational(means[str(p)]) + Add(*moved) for p in own]
    if given:
        gain = block(own, given) * block(given, given).inv()
        spread = spread - gain * block(given, own)
        for i in range(len(own)):
            for j, p in enumerate(given):
                centres[i] += _rational(gain[i, j]) * (p - _rational(means[str(p)]))
    inverse = spread.inv()
    away = [p - expand(centre) for p, centre in zip(own, centres, strict=True)]
    quadratic = Add(
        *(
            _rational(inverse[i, j]) * away[i] * away[j]
            for i, j in product(range(len(own)), repeat=2)
        )
    )
    if len(own) > 1:
        quadratic = expand(quadratic)
    scale = (2 * pi) ** Rational(len(own), 2) * sqrt(_rational(spread.det()))
    return Formula(declared.parameters, exp(-quadratic / 2) / scale)


def _rational(value: fmpq) -> Rational:
    return Rational(int(value.p), int(value.q))
