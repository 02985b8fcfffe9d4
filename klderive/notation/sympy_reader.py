"""Reads a SymPy expression into the written tree.

Accepts what the translation builds and what people build with SymPy: numbers, symbols, sums, products, powers, the
known functions, undefined functions, integrals and sums with bounds, `Abs`, limits, derivatives, `Piecewise`,
relations, indexed symbols, and this room's own nodes. The idea: negative powers become fractions, negative terms
minus signs, powers of 1/2 roots, and brackets come where text needs them, so the tree translates back to an expression
of the same value.

Order: an expression whose arguments stand in SymPy's internal order is taken to be evaluated, and its terms and
factors are put into SymPy's printing order; any other order is the author's and stays. What SymPy's constructors did
before (`x/x` is 1) is not seen here. Rejected: floats, infinities in arithmetic, complex numbers, antiderivatives
`Integral(f, x)`, and every node that has no notation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NoReturn

import sympy
from sympy import Basic, Expr, Integer, Mul, Pow, Rational, S, Symbol
from sympy.core.function import AppliedUndef

from klderive.notation import nodes
from klderive.notation.errors import NotationError
from klderive.notation.events import comparisons
from klderive.notation.scope import Scope, form_of_key
from klderive.notation.strength import (
    as_base,
    as_factor,
    as_first_factor,
    as_first_term,
    as_numerator,
    as_term,
)
from klderive.notation.text_reader import MAX_NESTING, is_name
from klderive.notation.translation import CONSTANTS, KNOWN_FUNCTIONS
from klderive.notation.tree import (
    Application,
    BigOperator,
    BigOperatorKind,
    Binder,
    Bracket,
    Cases,
    Derivative,
    EvaluationBar,
    Fraction,
    Index,
    Name,
    Node,
    Number,
    Power,
    Product,
    Relation,
    RelationSign,
    Root,
    Sum,
    Term,
    deep_recursion,
)

_LARGEST_ORDERED_EXPONENT = 1_000


def read_sympy(expr: Basic, scope: Scope | None = None) -> Node:
    """The tree of a SymPy expression or relation.

    The scope turns SymPy functions back into the declared ones and leaves out bounds that are the declared range.
    Raises `NotationError` if the expression, or a part of it, has no notation here.
    """
    if not isinstance(expr, Basic):
        if isinstance(expr, int) and not isinstance(expr, bool):
            expr = Integer(expr)
        else:
            raise NotationError(
                f"{type(expr).__name__} is not a SymPy expression",
                hint="numbers are exact rationals",
            )
    try:
        with deep_recursion():
            return _SymPyReader(scope).read(expr)
    except RecursionError:
        raise NotationError("the expression is nested too deeply") from None
    except NotationError:
        raise
    except ValueError as error:
        # Python refuses to write numbers of thousands of digits.
        raise NotationError("a number has too many digits to be shown") from error


class _SymPyReader:
    """The reading of one expression under a scope; `depth` counts nested SymPy nodes."""

    __slots__ = ("depth", "keys", "scope")

    def __init__(self, scope: Scope | None) -> None:
        self.scope = scope
        self.depth = 0
        self.keys = {}
        if scope is not None:
            self.keys = {
                form.key or form.name: form for forms in scope.functions.values() for form in forms
            }

    def read(self, expr: Basic) -> Node:
        """The tree of an expression."""
        self.depth += 1
        if self.depth > 2 * MAX_NESTING:
            raise NotationError("the expression is nested too deeply")
        try:
            for kind in type(expr).__mro__:
                rule = _RULES.get(kind)
                if rule is not None:
                    return rule(self, expr)
            return self.other(expr)
        finally:
            self.depth -= 1

    def fail(self, problem: str, hint: str | None = None) -> NoReturn:
        """Refuse the expression."""
        raise NotationError(problem, hint=hint)

    def other(self, expr: Basic) -> NoReturn:
        """Refuse a node that has no notation."""
        self.fail(f"SymPy's `{type(expr).__name__}` has no notation here")

    def rational(self, expr: Rational) -> Node:
        """An integer or a fraction, the sign in front."""
        if expr in (S.NaN, S.ComplexInfinity):
            self.other(expr)
        if expr < 0:
            return _negative(self.rational(-expr))
        if isinstance(expr, Integer):
            return Number(str(expr))
        return Fraction(Number(str(expr.p)), Number(str(expr.q)))

    def float(self, expr: Basic) -> NoReturn:
        """Refuse a floating-point number."""
        self.fail(
            f"`{expr}` is a floating-point number",
            "exact rationals only: `Rational(1, 4)`, not `0.25`",
        )

    def special(self, expr: Basic) -> Node:
        """A constant that has a name."""
        for name, constant in CONSTANTS.items():
            if expr is constant:
                return Name(name)
        if expr is S.NegativeInfinity:
            return _negative(Name("oo"))
        return self.fail(f"`{expr}` has no notation here")

    def symbol(self, expr: Symbol) -> Node:
        """A symbol by its name."""
        return self.named(expr.name)

    def named(self, name: str) -> Name:
        """A name that text can hold."""
        if not is_name(name):
            self.fail(
                f"the name `{name}` cannot be written",
                "names are of letters, digits and underscores",
            )
        declared = self.scope is not None and (
            name in self.scope.symbols or name in self.scope.ranges
        )
        if name in CONSTANTS and not declared:
            self.fail(f"a symbol named `{name}` would read back as the constant", "declare it")
        return Name(name)

    def sum(self, expr: Expr) -> Node:
        """Terms, with minus signs for negative ones."""
        terms: list[Term] = []
        for argument in _ordered(expr, "as_ordered_terms"):
            node = self.read(argument)
            sign = "+"
            if isinstance(node, Sum) and len(node.terms) == 1 and node.terms[0].sign == "-":
                sign, node = "-", node.terms[0].body
            if sign == "-":
                terms.append(Term("-", as_term(node)))
            elif terms:
                terms.append(Term("+", as_term(node)))
            else:
                terms.append(Term("", as_first_term(node)))
        return Sum(tuple(terms))

    def product(self, expr: Expr) -> Node:
        """Factors, those with negative powers in the denominator, the sign in front."""
        negative = False
        above: list[Node] = []
        below: list[Node] = []
        for position, factor in enumerate(_ordered(expr, "as_ordered_factors")):
            if isinstance(factor, Rational) and not (position and factor is S.One):
                if factor < 0:
                    negative, factor = not negative, -factor
                    if factor is S.One:
                        continue
                if isinstance(factor, Integer):
                    above.append(Number(str(factor)))
                    continue
                if factor.p != 1:
                    above.append(Number(str(factor.p)))
                below.append(Number(str(factor.q)))
                continue
            inverse = _inverse(factor)
            if inverse is not None:
                below.append(self.read(inverse))
                continue
            above.append(self.read(factor))
        node = _over(above, below)
        return _negative(node) if negative else node

    def power(self, expr: Expr) -> Node:
        """A power, a root, or one over either."""
        inverse = _inverse(expr)
        if inverse is not None:
            return _over([], [self.read(inverse)])
        base, exponent = expr.args
        if isinstance(exponent, Rational) and exponent.p == 1 and exponent.q > 1:
            degree = None if exponent.q == 2 else Number(str(exponent.q))
            return Root(self.read(base), degree)
        return Power(as_base(self.read(base)), self.exponent(exponent))

    def exponent(self, expr: Expr) -> Node:
        """An exponent, in a bracket unless it is a number, a name or the like."""
        return as_factor(self.read(expr))

    def absolute(self, expr: Expr) -> Node:
        """Bars."""
        return Bracket(self.read(expr.args[0]), "|")

    def known(self, expr: Expr) -> Node:
        """A function that needs no declaration."""
        name = _KNOWN_NAMES.get(expr.func)
        if name is None or len(expr.args) != 1:
            self.other(expr)
        return Application(Name(name), (self.read(expr.args[0]),))

    def undefined(self, expr: Expr) -> Node:
        """A declared function, by its key, or any other by its name."""
        key = expr.func.__name__
        arguments = self.all(expr.args)
        form = self.keys.get(key) or form_of_key(key)
        if form is None:
            return Application(self.named(key), arguments)
        count = len(form.parameters)
        return Application(Name(form.name), arguments[:count], arguments[count:])

    def all(self, expressions: Sequence[Basic]) -> tuple[Node, ...]:
        """The trees of several expressions."""
        return tuple(self.read(expression) for expression in expressions)

    def bounded(self, expr: Expr) -> Node:
        """An integral, or a sum or product over a range."""
        kind: BigOperatorKind = "Product"
        if isinstance(expr, sympy.Integral):
            kind = "Integral"
        elif isinstance(expr, sympy.Sum):
            kind = "Sum"
        binders = tuple(self.bounds(kind, tuple(limits)) for limits in expr.args[1:])
        return BigOperator(kind, self.read(expr.args[0]), binders)

    def bounds(self, kind: str, limits: tuple[Basic, ...]) -> Binder:
        """A variable with its bounds, or without if they are its declared range."""
        if len(limits) != 3:
            self.fail(
                f"SymPy's `{kind}` without bounds is not definite",
                f"write `{kind}(f, ({limits[0]}, a, b))`",
            )
        variable, lower, upper = limits
        name = self.named(str(variable))
        declared = self.scope.ranges.get(name.name) if self.scope else None
        if (
            declared is not None
            and declared.lower is not None
            and declared.integers == (kind != "Integral")
            and (declared.lower, declared.upper) == (lower, upper)
        ):
            return Binder((name,))
        return Binder((name,), self.read(lower), self.read(upper))

    def over_set(self, expr: Expr) -> Node:
        """A sum or a product over a set."""
        kind: BigOperatorKind = "Sum" if isinstance(expr, nodes.SumOver) else "Product"
        body, variable, over = expr.args
        names = self.variables(variable)
        return BigOperator(kind, self.read(body), (Binder(names, domain=self.named(over.name)),))

    def variables(self, expr: Basic) -> tuple[Name, ...]:
        """One variable, or a tuple of them."""
        symbols = expr.args if isinstance(expr, sympy.Tuple) else (expr,)
        return tuple(self.named(str(symbol)) for symbol in symbols)

    def optimum(self, expr: Expr) -> Node:
        """The optimum of an objective over variables."""
        body, variables = expr.args
        binders = tuple(Binder((name,)) for name in self.variables(variables))
        return BigOperator(_OPTIMUM_KINDS[type(expr)], self.read(body), binders)

    def defined(self, expr: nodes.Defined) -> Node:
        """A node with a definition; an expectation has its law in the second place."""
        variables = tuple(self.named(str(limits[0])) for limits in expr.binders)
        if expr.name in ("E", "Var"):
            binder = Binder(variables, domain=self.read(expr.args[1]))
            kind: BigOperatorKind = "E" if expr.name == "E" else "Var"
            return BigOperator(kind, self.read(expr.args[0]), (binder,))
        if expr.name == "Prob":
            found = comparisons(expr.args[0])
            if found is None:
                raise NotationError(f"`{expr.args[0]}` is not an event such as x >= c")
            event = Relation(self.all(found[0]), tuple(found[1]))
            binder = Binder(variables, domain=self.read(expr.args[1]))
            return BigOperator("Prob", event, (binder,))
        formulas = self.all(expr.args[: expr.formulas])
        return Application(Name(expr.name), (*formulas, *variables))

    def between_bounds(self, expr: Expr) -> Node:
        """A formula between two values of a variable."""
        body, variable, lower, upper = expr.args
        name = self.named(str(variable))
        return EvaluationBar(self.read(body), name, self.read(lower), self.read(upper))

    def derivative(self, expr: Expr) -> Node:
        """A derivative with respect to symbols."""
        names: list[Name] = []
        for variable, count in expr.args[1:]:
            if not isinstance(variable, Symbol) or not isinstance(count, Integer):
                self.other(expr)
            names += [self.named(variable.name)] * int(count)
        return Derivative(self.read(expr.args[0]), tuple(names))

    def limit(self, expr: Expr) -> Node:
        """A limit; at a finite point a two-sided one."""
        body, variable, to, direction = expr.args
        if to not in (S.Infinity, S.NegativeInfinity) and str(direction) != "+-":
            self.fail("a one-sided limit has no notation here", "write `Limit(f, x, a, '+-')`")
        name = self.named(str(variable))
        return BigOperator("Limit", self.read(body), (Binder((name,), to=self.read(to)),))

    def indicator(self, expr: Expr) -> Node:
        """1 where one side is at least the other, or greater, otherwise 0."""
        sign: RelationSign = ">" if isinstance(expr, nodes.StrictIndicator) else ">="
        condition = Relation((self.read(expr.args[0]), self.read(expr.args[1])), (sign,))
        return Cases(((Number("1"), condition), (Number("0"), Name("otherwise"))))

    def cases(self, expr: Expr) -> Node:
        """Values by case."""
        pairs = []
        for value, condition in expr.args:
            holds = Name("otherwise") if condition is S.true else self.read(condition)
            if not isinstance(holds, Name | Relation):
                self.other(condition)
            pairs.append((self.read(value), holds))
        return Cases(tuple(pairs))

    def relation(self, expr: Basic) -> Node:
        """A relation of two sides."""
        left, right = self.all(expr.args)
        return Relation((left, right), (_SIGNS[type(expr)],))

    def chain(self, expr: Basic) -> Node:
        """A conjunction of relations, each of which begins with the side that ends another."""
        links = list(expr.args)
        if not all(type(link) in _SIGNS for link in links):
            self.other(expr)
        ordered = [
            next(
                (link for link in links if all(link.lhs != other.rhs for other in links)), links[0]
            )
        ]
        links.remove(ordered[0])
        while links:
            following = next((link for link in links if link.lhs == ordered[-1].rhs), None)
            if following is None:
                self.fail("a conjunction that is not a chain of relations has no notation here")
            ordered.append(following)
            links.remove(following)
        sides = self.all([ordered[0].lhs, *(link.rhs for link in ordered)])
        return Relation(sides, tuple(_SIGNS[type(link)] for link in ordered))

    def indexed(self, expr: Basic) -> Node:
        """A member of a family."""
        return Index(self.named(str(expr.args[0].args[0])), self.all(expr.args[1:]))


def _negative(node: Node) -> Node:
    """Minus a tree."""
    return Sum((Term("-", as_term(node)),))


def _joined(factors: list[Node]) -> Node:
    """A product of trees, in brackets where they need it."""
    if len(factors) == 1:
        return factors[0]
    later = (factor if not isinstance(factor, Sum) else Bracket(factor) for factor in factors[1:])
    return Product((as_first_factor(factors[0]), *(as_factor(factor) for factor in later)))


def _over(above: list[Node], below: list[Node]) -> Node:
    """The fraction of two products, either of them perhaps empty."""
    numerator = _joined(above) if above else Number("1")
    if not below:
        return numerator
    denominator = _joined(below)
    if isinstance(denominator, Sum):
        denominator = Bracket(denominator)
    return Fraction(as_numerator(numerator), as_factor(denominator))


def _inverse(expr: Expr) -> Expr | None:
    """What a power with a negative rational exponent is one over, or None."""
    if not isinstance(expr, Pow):
        return None
    base, exponent = expr.args
    if not isinstance(exponent, Rational) or exponent >= 0 or exponent is S.NegativeInfinity:
        return None
    return base if exponent is S.NegativeOne else Pow(base, -exponent, evaluate=False)


_EVALUATED = (sympy.Integral, sympy.Sum, sympy.Product, sympy.Limit)


def _ordered(expr: Expr, order: str) -> Sequence[Expr]:
    """The arguments, in printing order if they stand in SymPy's internal order."""
    arguments: tuple[Expr, ...] = expr.args
    numbers = [argument for argument in arguments if isinstance(argument, Rational)]
    rest = [argument for argument in arguments if not isinstance(argument, Rational)]
    canonical = len(numbers) <= 1 and arguments == (*numbers, *rest)
    if not canonical or len(arguments) > _LARGEST_ORDERED_EXPONENT:
        return arguments
    if any(left.compare(right) > 0 for left, right in pairwise(rest)):
        return arguments
    if not all(map(_is_tame, expr.atoms(Pow, sympy.exp))):
        return arguments
    if not all(number.free_symbols for number in expr.atoms(*_EVALUATED)):
        return arguments  # SymPy would evaluate an integral or a sum that is a number.
    ordered: Sequence[Expr] = getattr(expr, order)()
    return ordered


def _is_tame(power: Expr) -> bool:
    """Whether SymPy's ordering, which evaluates numbers, cannot run away on a power."""
    base, exponent = power.as_base_exp() if isinstance(power, sympy.exp) else power.args
    if base.free_symbols or exponent.free_symbols:
        return True
    if base is S.Exp1:
        return isinstance(exponent, Rational) and bool(abs(exponent) <= _LARGEST_ORDERED_EXPONENT)
    if not isinstance(exponent, Rational) or not isinstance(base, Rational):
        return False
    return bool(abs(exponent) <= _LARGEST_ORDERED_EXPONENT and base != 0)


_KNOWN_NAMES = {function: name for name, function in KNOWN_FUNCTIONS.items()}
_OPTIMUM_KINDS: dict[type, BigOperatorKind] = {
    nodes.ArgMin: "ArgMin",
    nodes.ArgMax: "ArgMax",
    nodes.Minimum: "Min",
    nodes.Maximum: "Max",
}
_SIGNS: dict[type, RelationSign] = {
    sympy.Eq: "=",
    sympy.Ne: "!=",
    sympy.Le: "<=",
    sympy.Ge: ">=",
    sympy.Lt: "<",
    sympy.Gt: ">",
}
_RULES: dict[type, Callable[[_SymPyReader, Any], Node]] = {
    Rational: _SymPyReader.rational,
    sympy.Float: _SymPyReader.float,
    type(S.NaN): _SymPyReader.special,
    type(S.Infinity): _SymPyReader.special,
    type(S.NegativeInfinity): _SymPyReader.special,
    type(S.ComplexInfinity): _SymPyReader.special,
    sympy.NumberSymbol: _SymPyReader.special,
    type(S.ImaginaryUnit): _SymPyReader.special,
    Symbol: _SymPyReader.symbol,
    sympy.Add: _SymPyReader.sum,
    Mul: _SymPyReader.product,
    Pow: _SymPyReader.power,
    sympy.Abs: _SymPyReader.absolute,
    AppliedUndef: _SymPyReader.undefined,
    sympy.Function: _SymPyReader.known,
    sympy.Integral: _SymPyReader.bounded,
    sympy.Sum: _SymPyReader.bounded,
    sympy.Product: _SymPyReader.bounded,
    nodes.SumOver: _SymPyReader.over_set,
    nodes.ProductOver: _SymPyReader.over_set,
    nodes.Optimum: _SymPyReader.optimum,
    nodes.Optimal: _SymPyReader.optimum,
    nodes.Defined: _SymPyReader.defined,
    nodes.BetweenBounds: _SymPyReader.between_bounds,
    sympy.Derivative: _SymPyReader.derivative,
    sympy.Limit: _SymPyReader.limit,
    sympy.Piecewise: _SymPyReader.cases,
    nodes.Indicator: _SymPyReader.indicator,
    nodes.StrictIndicator: _SymPyReader.indicator,
    sympy.And: _SymPyReader.chain,
    **dict.fromkeys(_SIGNS, _SymPyReader.relation),
    sympy.Indexed: _SymPyReader.indexed,
}
