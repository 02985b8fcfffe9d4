"""A polynomial over atoms as a SymPy expression again, for messages, leftovers and conditions.

Nothing is proved with these expressions; the printers show them.
"""

from __future__ import annotations

from collections.abc import Mapping

from flint import fmpq
from sympy import (
    Abs,
    Add,
    Expr,
    Function,
    Indexed,
    IndexedBase,
    Integral,
    Mul,
    Pow,
    Rational,
    Sum,
    Symbol,
    cos,
    erf,
    exp,
    log,
    pi,
    sin,
    tanh,
)

from klderive.kernel.ring import ONE, Exponent, Frozen, Monomial, Polynomial, Ring
from klderive.notation.nodes import SumOver

ELEMENTARY = {"sin": sin, "cos": cos, "tanh": tanh, "erf": erf}
"""Functions defined on all reals, of which the kernel knows nothing else."""


def express(ring: Ring, polynomial: Polynomial, names: Mapping[int, str]) -> Expr:
    """The SymPy expression of a polynomial; `names` are the names of bound variables."""
    return Add(*(_term(ring, m, c, names) for m, c in polynomial.items()))


def _term(ring: Ring, monomial: Monomial, coefficient: fmpq, names: Mapping[int, str]) -> Expr:
    factors = [Rational(int(coefficient.p), int(coefficient.q))]
    exponents: list[Expr] = []
    for number, exponent in monomial:
        atom = ring.atoms[number]
        if atom.kind == "exp":
            inner = _term(ring, atom.key[0], ONE, names)
            exponents.append(inner * _exponent(exponent))
        else:
            factors.append(Pow(_atom(ring, number, names), _exponent(exponent)))
    if exponents:
        factors.append(exp(Add(*exponents)))
    return Mul(*factors)


def _exponent(exponent: Exponent) -> Expr:
    return Rational(exponent.numerator, exponent.denominator)


def _frozen(ring: Ring, part: object, names: Mapping[int, str]) -> Expr:
    if not isinstance(part, frozenset):
        return part if isinstance(part, Expr) else Symbol(str(part))
    polynomial: Frozen = part
    return express(ring, dict(polynomial), names)


def _atom(ring: Ring, number: int, names: Mapping[int, str]) -> Expr:
    atom = ring.atoms[number]
    key = atom.key
    match atom.kind:
        case "symbol":
            return key[0]
        case "bound":
            return Symbol(names.get(number, f"x{key[0]}"), real=True)
        case "prime":
            return Rational(int(key[0]))
        case "pi":
            return pi
        case "log":
            return log(_frozen(ring, key[0], names), evaluate=False)
        case "abs":
            return Abs(_frozen(ring, key[0], names))
        case "sum":
            return _frozen(ring, key[0], names)
        case "root":
            return Pow(_frozen(ring, key[0], names), _exponent(key[1]))
        case "power":
            return Pow(_frozen(ring, key[0], names), _frozen(ring, key[1], names))
        case "elementary":
            return ELEMENTARY[str(key[0])](_frozen(ring, key[1], names))
        case "apply":
            return Function(str(key[0]))(*(_frozen(ring, part, names) for part in key[1:]))
        case "indexed":
            return Indexed(IndexedBase(str(key[0])), *(_frozen(ring, p, names) for p in key[1:]))
        case "functional":
            return functional(ring, key, names)
        case _:
            parts = [_frozen(ring, part, names) for part in key if isinstance(part, frozenset)]
            return Function(str(key[0]))(*parts)


def functional(ring: Ring, key: tuple[object, ...], names: Mapping[int, str]) -> Expr:
    """The integral or sum that the key of a functional stands for."""
    name, kind, lower, upper, body = key
    assert isinstance(body, frozenset)
    variable = Symbol("x", real=True)
    for leaf in ring.free(dict(body)):
        if isinstance(leaf, int):
            atom = ring.atoms[leaf]
            if atom.kind == "bound" and atom.key[1:4] == (kind, lower, upper):
                variable = Symbol(names.get(leaf, "x"), real=True)
    inner = _frozen(ring, body, names)
    if kind == "set":
        return SumOver(inner, variable, lower)
    bounds = (variable, _frozen(ring, lower, names), _frozen(ring, upper, names))
    return Sum(inner, bounds) if name == "sum" else Integral(inner, bounds)
