"""A polynomial over atoms as a SymPy expression again, for messages, leftovers and conditions.

Nothing is proved with these expressions; the printers show them. They are built unevaluated: SymPy's constructors may
take very long on hostile numbers.
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
    Integer,
    Mul,
    Pow,
    Rational,
    Symbol,
    default_sort_key,
    exp,
    log,
    pi,
)

from klderive.kernel.events import UnestablishedError
from klderive.kernel.ring import Exponent, Frozen, Monomial, Polynomial, Ring, as_fmpq
from klderive.notation import NotationError, read_sympy, to_text
from klderive.notation.nodes import (
    SumOver,
    unevaluated_integral,
    unevaluated_sum,
)
from klderive.notation.scope import form_of_key

LONGEST_NUMBER = 12_000
"""Bits of a number that is shown; Python writes some 14,000."""


def text_of(expression: Expr) -> str:
    """An expression in the notation in which lines are typed."""
    try:
        return to_text(read_sympy(expression))
    except NotationError:
        return str(expression)


def express(ring: Ring, polynomial: Polynomial, names: Mapping[int, str]) -> Expr:
    """The SymPy expression of a polynomial; `names` are the names of bound variables.

    Raises:
        UnestablishedError: if a number has too many digits to be shown.
    """
    terms = [_term(ring, m, c, names) for m, c in polynomial.items()]
    if len(terms) < 2:
        return terms[0] if terms else Integer(0)
    return Add(*sorted(terms, key=default_sort_key), evaluate=False)


def _term(ring: Ring, monomial: Monomial, coefficient: fmpq, names: Mapping[int, str]) -> Expr:
    number = _number(int(coefficient.p), int(coefficient.q))
    factors = [] if number == 1 else [number]
    exponents: list[Expr] = []
    for number, exponent in monomial:
        atom = ring.atoms[number]
        if atom.kind == "exp":
            exponents.append(_term(ring, atom.key[0], as_fmpq(exponent), names))
        else:
            base = _atom(ring, number, names)
            factors.append(base if exponent == 1 else _power(base, _exponent(exponent)))
    if exponents:
        together = exponents[0] if len(exponents) == 1 else Add(*exponents, evaluate=False)
        factors.append(exp(together, evaluate=False))
    if len(factors) < 2:
        return factors[0] if factors else Integer(1)
    # A number first, then by structure, so that the order of atoms in memory does not show.
    return Mul(*sorted(factors, key=default_sort_key), evaluate=False)


def _power(base: Expr, exponent: Expr) -> Expr:
    return Pow(base, exponent, evaluate=False)


def _exponent(exponent: Exponent) -> Expr:
    return _number(exponent.numerator, exponent.denominator)


def _number(numerator: int, denominator: int) -> Rational:
    if max(numerator.bit_length(), denominator.bit_length()) > LONGEST_NUMBER:
        raise UnestablishedError("a number in the normal form has too many digits to be shown")
    return Rational(numerator, denominator)


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
            return _number(int(key[0]), 1)
        case "pi":
            return pi
        case "log":
            return log(_frozen(ring, key[0], names), evaluate=False)
        case "abs":
            return Abs(_frozen(ring, key[0], names), evaluate=False)
        case "sum":
            return _frozen(ring, key[0], names)
        case "root":
            return _power(_frozen(ring, key[0], names), _exponent(key[1]))
        case "apply":
            return Function(str(key[0]))(*(_frozen(ring, part, names) for part in key[1:]))
        case "indexed":
            return Indexed(IndexedBase(str(key[0])), *(_frozen(ring, p, names) for p in key[1:]))
        case "functional":
            return functional(ring, key, names, atom.free)
        case kind if kind in ring.kinds:
            return ring.kinds[kind].expression(key, lambda part: _frozen(ring, part, names))
        case _:
            parts = [_frozen(ring, part, names) for part in key if isinstance(part, frozenset)]
            return Function(str(key[0]))(*parts)


def functional(
    ring: Ring,
    key: tuple[object, ...],
    names: Mapping[int, str],
    outside: frozenset[int | str] = frozenset(),
) -> Expr:
    """The integral or sum that the key of a functional stands for; what it depends on is no variable of its own."""
    name, kind, lower, upper, body = key
    assert isinstance(body, frozenset)
    around = {
        leaf
        for leaf in ring.free(dict(body))
        if isinstance(leaf, int) and ring.atoms[leaf].kind == "bound"
    }
    # Variables around have a larger index.
    own = min(
        (n for n in around - outside if ring.atoms[n].key[1:4] == (kind, lower, upper)),
        key=lambda n: ring.atoms[n].key[0],
        default=None,
    )
    variable = "x" if own is None else names.get(own, "x")
    if own is not None:
        taken = {names.get(leaf) for leaf in around - {own}}
        meant = _parameter(ring, own, dict(body))
        free = (ring.atoms[n] for n in ring.free(dict(body)) if isinstance(n, int))
        if meant and not any(a.kind == "symbol" and str(a.key[0]) == meant for a in free):
            variable = meant
        while variable in taken:
            variable += "_1"
        names = {**names, own: variable}
    inner = _frozen(ring, body, names)
    return accumulated(ring, str(name), (kind, lower, upper), inner, variable, names)


def _parameter(ring: Ring, variable: int, body: Polynomial) -> str:
    """The name by which densities under one letter, such as p(x) and p(z), are told apart; empty if none says one.

    Bound variables over one domain are the same atom, whatever they were called.
    """
    alone = {((variable, 1),): 1}
    for number in sorted({n for monomial in body for n, _ in monomial}):
        atom = ring.atoms[number]
        form = form_of_key(str(atom.key[0])) if atom.kind == "apply" else None
        if form is not None:
            names = (*form.parameters, *form.given)
            for name, argument in zip(names, atom.key[1:], strict=False):
                if dict(argument) == alone:
                    return name
    return ""


def accumulated(
    ring: Ring,
    name: str,
    domain: tuple[object, ...],
    body: Expr,
    variable: str,
    names: Mapping[int, str],
) -> Expr:
    """The integral or sum of an expression over a domain of atoms."""
    kind, lower, upper = domain
    symbol = Symbol(variable, real=True)
    if kind == "set":
        return SumOver(body, symbol, lower)
    bounds = (symbol, _frozen(ring, lower, names), _frozen(ring, upper, names))
    if name == "sum":
        return unevaluated_sum(body, *bounds)
    return unevaluated_integral(body, *bounds)
