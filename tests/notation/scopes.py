"""The scope of the Gaussian derivation, with a stand-in for the operators of higher rooms."""

from __future__ import annotations

from sympy import Expr, Integral, Symbol, oo

from klderive.notation import (
    FunctionName,
    NotationError,
    Operator,
    Scope,
    Translate,
    VariableRange,
    bound_variable,
)
from klderive.notation.nodes import Defined
from klderive.notation.tree import Application, BigOperator, Name, Node


class KL(Defined):
    name = "KL"
    formulas = 2


class Expectation(Defined):
    name = "E"
    formulas = 2


def _build_kl(node: Application | BigOperator, scope: Scope, translate: Translate) -> Expr:
    assert isinstance(node, Application)
    if len(node.arguments) < 2:
        raise NotationError("`KL` takes two densities")
    x = bound_variable("x")

    def density(argument: Node) -> Expr:
        if isinstance(argument, Name):
            argument = Application(argument, (Name("x"),))
        return translate.binding("x")(argument)

    p, q = map(density, node.arguments[:2])
    return KL(p, q, Integral(p, (x, -oo, oo)).limits[0])


def _build_expectation(node: Application | BigOperator, scope: Scope, translate: Translate) -> Expr:
    assert isinstance(node, BigOperator)
    name = node.binders[0].variables[0]
    law = node.binders[0].domain
    assert isinstance(law, Application)
    limits = Integral(1, (bound_variable(name.name), -oo, oo)).limits[0]
    return Expectation(translate(node.body), translate(law), limits)


def density(name: str) -> tuple[FunctionName, ...]:
    return (FunctionName(name, ("x",), key=name, implied=True),)


def gauss() -> Scope:
    return Scope(
        symbols={
            **{name: Symbol(name, real=True) for name in ("mu_gt", "mu_m", "a", "b", "c")},
            **{name: Symbol(name, positive=True) for name in ("sigma_gt", "sigma_m", "x")},
            "N": Symbol("N", integer=True, positive=True),
            "theta_hat": Symbol("theta_hat", real=True),
        },
        functions={
            "P_gt": density("P_gt"),
            "P_m": density("P_m"),
            "q": (FunctionName("q", ("x",), key="q"),),
            "p": (
                FunctionName("p", ("x",), key="p"),
                FunctionName("p", ("z",), ("x",), key="p_z_x"),
                FunctionName("p", ("x",), ("z",), key="p_x_z"),
            ),
        },
        ranges={"x": VariableRange(-oo, oo), "z": VariableRange(-oo, oo)},
        sets={"X": Symbol("X"), "Y": Symbol("Y")},
        families={"d": 1, "A": 2},
        operators={
            "KL": Operator(
                "KL",
                ("KL(p, q)",),
                _build_kl,
                "D_KL",
                "D_{\\mathrm{KL}}",
                "D_KL",
                " ‖ ",
                " \\,\\|\\, ",
                " || ",
            ),
            "E": Operator("E", ("E(f, z in q)",), _build_expectation, "E", "\\mathbb{E}", "E"),
        },
    )
