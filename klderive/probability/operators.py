"""How the nodes of this room are written: `KL(p, q)`, `E(log(q(z)), z in q)`, `Entropy(p)`.

Accepts applications from the reader. A density may be given by its name alone (`KL(p, q)`), with its variable
(`KL(p(x), q(x))`), or as formulas with the variable named last (`KL(q(z), p(z | x), z)`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from sympy import Expr, Function, Tuple

from klderive.notation import NotationError, Scope, bound_variable
from klderive.notation.events import event
from klderive.notation.nodes import Defined
from klderive.notation.scope import Operator, Translate, VariableRange
from klderive.notation.tree import Application, BigOperator, Name, Node, Relation
from klderive.probability.divergences import (
    KL,
    CrossEntropy,
    Entropy,
    Expectation,
    Probability,
    Variance,
)


def probability_operators() -> Mapping[str, Operator]:
    """The operators of this room by name, for a scope."""
    return {
        operator.name: operator for operator in (_KL, _CROSS_ENTROPY, _ENTROPY, _E, _VAR, _PROB)
    }


def limits_of(variable: str, where: VariableRange) -> Tuple:
    """The limits of a variable that runs over its declared domain."""
    symbol = bound_variable(variable)
    if where.over is not None:
        return Tuple(symbol, where.over)
    if where.integers:
        return Tuple(symbol, where.lower, where.upper, 1)
    return Tuple(symbol, where.lower, where.upper)


def _limits(variable: Name, scope: Scope) -> Tuple:
    where = scope.ranges.get(variable.name)
    if where is None:
        raise NotationError(
            f"`{variable.name}` has no declared domain",
            span=variable.span,
            hint=f'declare it, for example d.variable("{variable.name}", on="(-oo, oo)")',
        )
    return limits_of(variable.name, where)


def _variable_of(law: Node, scope: Scope) -> Name | None:
    """The variable of a density given by its name, or applied to its variable."""
    if isinstance(law, Application) and law.arguments:
        argument = law.arguments[0]
        if isinstance(argument, Name) and argument.name in scope.ranges:
            return argument
        return None
    if isinstance(law, Name):
        declared = scope.functions.get(law.name, ())
        if declared and not declared[0].given:
            return Name(declared[0].parameters[0], span=law.span)
    return None


def _density(law: Node, variables: Sequence[Name], scope: Scope, translate: Translate) -> Expr:
    """The formula of a density at the variables; the name of a density stands for its application."""
    if isinstance(law, Name) and law.name in scope.functions:
        declared = scope.functions[law.name][0]
        if len(declared.parameters) != len(variables) or declared.given:
            raise NotationError(f"`{law.name}` has other variables: write them out", span=law.span)
        names = [variable.name for variable in variables]
        if set(names) == set(declared.parameters):
            names = list(declared.parameters)
        return Function(declared.key or declared.name)(*(bound_variable(n) for n in names))
    if isinstance(law, Name) and law.name not in scope.symbols:
        raise NotationError(
            f"`{law.name}` is not a declared density",
            span=law.span,
            hint=f'declare it, for example d.density("{law.name}", of="x")',
        )
    return translate.binding(*(variable.name for variable in variables))(law)


Build = Callable[[Application | BigOperator, Scope, Translate], Expr]


def _build_densities(kind: type[Defined], count: int) -> Build:
    def build(node: Application | BigOperator, scope: Scope, translate: Translate) -> Expr:
        assert isinstance(node, Application)
        arguments = list(node.arguments)
        usage = OPERATOR_USAGE[kind.name]
        named = arguments[count:]
        if node.given or len(arguments) < count:
            raise NotationError(
                f"`{kind.name}` takes {count} formulas and perhaps their variables,"
                f" not {len(arguments)} arguments",
                span=node.span,
                hint=" or ".join(usage),
            )
        formulas = arguments[:count]
        variables = [v for v in named if isinstance(v, Name)]
        if len(variables) != len(named):
            raise NotationError(
                "after the formulas stand the variables", span=named[0].span, hint=usage[-1]
            )
        if not variables:
            found = (v for formula in formulas if (v := _variable_of(formula, scope)) is not None)
            variables = list(islice(found, 1))
        if not variables:
            raise NotationError(
                f"`{kind.name}` cannot tell its variable here", span=node.span, hint=usage[-1]
            )
        limits = [_limits(variable, scope) for variable in variables]
        return kind(*(_density(f, variables, scope, translate) for f in formulas), *limits)

    return build


def _build_expectation(kind: type[Defined]) -> Build:
    def build(node: Application | BigOperator, scope: Scope, translate: Translate) -> Expr:
        usage = OPERATOR_USAGE[kind.name]
        if not isinstance(node, BigOperator) or len(node.binders) != 1:
            raise NotationError(
                f"`{kind.name}` needs its variable and law", span=node.span, hint=usage[0]
            )
        binder = node.binders[0]
        if binder.domain is None:
            raise NotationError(
                f"`{kind.name}` takes its variables and their law", span=node.span, hint=usage[0]
            )
        variables = binder.variables
        limits = [_limits(variable, scope) for variable in variables]
        inner = translate.binding(*(variable.name for variable in variables))
        density = _density(binder.domain, variables, scope, translate)
        if isinstance(node.body, Relation):
            sides = [inner(side) for side in node.body.sides]
            return kind(event(sides, node.body.signs), density, *limits)
        return kind(inner(node.body), density, *limits)

    return build


OPERATOR_USAGE = {
    "KL": ("KL(p, q)", "KL(q(z), p(z | x), z)"),
    "CrossEntropy": ("CrossEntropy(p, q)", "CrossEntropy(p(x), q(x), x)"),
    "Entropy": ("Entropy(p)", "Entropy(p(x), x)"),
    "E": ("E(f(x), x in p)",),
    "Var": ("Var(x, x in p)",),
    "Prob": ("Prob(x >= c, x in p)", "Prob(a < x < b, x in p)"),
}
"""How each operator is written."""

_KL = Operator(
    "KL",
    OPERATOR_USAGE["KL"],
    _build_densities(KL, 2),
    "D_KL",
    r"D_{\mathrm{KL}}",
    "D_KL",
    " ‖ ",
    r" \parallel ",
    " || ",
)
_CROSS_ENTROPY = Operator(
    "CrossEntropy",
    OPERATOR_USAGE["CrossEntropy"],
    _build_densities(CrossEntropy, 2),
    "H",
    "H",
    "H",
)
_ENTROPY = Operator(
    "Entropy",
    OPERATOR_USAGE["Entropy"],
    _build_densities(Entropy, 1),
    "H",
    "H",
    "H",
)
_E = Operator("E", OPERATOR_USAGE["E"], _build_expectation(Expectation), "E", r"\mathbb{E}", "E")
_VAR = Operator(
    "Var",
    OPERATOR_USAGE["Var"],
    _build_expectation(Variance),
    "Var",
    r"\operatorname{Var}",
    "Var",
)
_PROB = Operator("Prob", OPERATOR_USAGE["Prob"], _build_expectation(Probability), "P", r"\Pr", "P")
