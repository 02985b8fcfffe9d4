"""Translates a written tree into the unevaluated SymPy expression it stands for.

Accepts a tree and the scope under which it was written. The idea: one SymPy node for each notation, built past every
evaluation (`x/x` stays a product of x and 1/x, `exp(log(x))` stays a composition, an integral of zero stays an
integral), so that conditions of definedness can be collected before anything is simplified.

Names are looked up in this order: variables of the surrounding binders; declared symbols; variables with a declared
range; names of sets of optimal points; the constants `e`, `pi`, `oo`. Inside a binder its variable is
`bound_variable(name)`, whatever the outer symbol of that name is. Only the variables of `ArgMin`, `ArgMax`, `Min`,
`Max`, `Diff` and `Limit` are the declared symbols themselves. Several binders become nested nodes, the last one
outermost.

Caveats: minus a number is the negative number, minus anything else a product with -1. The pieces of a fraction are
`Mul(a, Pow(b, -1))`, or `Pow(b, -1)` alone if a is 1. Sets (`ArgMin`) take no arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, NoReturn

import sympy
from sympy import Add, Expr, Function, Indexed, IndexedBase, Integer, Mul, Pow, Rational, S, Symbol
from sympy import Tuple as SymPyTuple

from klderive.notation.errors import NotationError
from klderive.notation.nodes import (
    ArgMax,
    ArgMin,
    BetweenBounds,
    Maximum,
    Minimum,
    Optimum,
    ProductOver,
    SumOver,
    unevaluated_derivative,
    unevaluated_integral,
    unevaluated_product,
    unevaluated_sum,
)
from klderive.notation.other_spellings import OTHER_SPELLINGS
from klderive.notation.scope import FunctionName, Operator, Scope, bound_variable
from klderive.notation.tree import (
    Accent,
    Application,
    BigOperator,
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
    Root,
    Sum,
    deep_recursion,
)
from klderive.notation.underbraces import without_underbraces

CONSTANTS: dict[str, Expr] = {"e": S.Exp1, "pi": S.Pi, "oo": S.Infinity}
"""Names that mean a constant unless they are declared."""

KNOWN_FUNCTIONS: dict[str, Any] = {
    name: getattr(sympy, name)
    for name in (
        *("log", "exp", "erf", "erfc", "gamma", "loggamma", "digamma", "factorial"),
        *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"),
    )
}
"""Functions of one argument that need no declaration."""

_OPTIMA = {"ArgMin": ArgMin, "ArgMax": ArgMax, "Min": Minimum, "Max": Maximum}
_RELATIONALS = {
    "=": sympy.Eq,
    "!=": sympy.Ne,
    "<=": sympy.Le,
    ">=": sympy.Ge,
    "<": sympy.Lt,
    ">": sympy.Gt,
}


def translate(node: Node, scope: Scope, text: str = "") -> Expr:
    """The unevaluated SymPy expression that a tree stands for; of a relation, an unevaluated SymPy relation.

    `text` is the line that the tree was read from, shown in errors. Raises `NotationError` for unknown names, wrong
    numbers of arguments and missing ranges.
    """
    with deep_recursion():
        return _Translation(scope, text, frozenset())(without_underbraces(node)[0])


def translate_sides(relation: Node, scope: Scope, text: str = "") -> list[Expr]:
    """The expressions of a relation's sides, one by one; of a formula, the formula alone."""
    sides = relation.sides if isinstance(relation, Relation) else (relation,)
    return [translate(side, scope, text) for side in sides]


def symbol_name(node: Name | Accent) -> str:
    """The declared name that a name stands for; `hat(theta)` stands for `theta_hat`."""
    return f"{node.body.name}_{node.accent}" if isinstance(node, Accent) else node.name


@lru_cache(maxsize=4096)
def undefined_function(key: str) -> Any:
    """The SymPy function of a declared function's key."""
    return Function(key)


class _Translation:
    """The translation under a scope, inside binders of the names `bound`."""

    __slots__ = ("bound", "scope", "text")

    def __init__(self, scope: Scope, text: str, bound: frozenset[str]) -> None:
        self.scope = scope
        self.text = text
        self.bound = bound

    def __call__(self, node: Node) -> Expr:
        return _RULES[type(node)](self, node)

    def binding(self, *names: str) -> _Translation:
        """The translation inside a binder of these variables."""
        for name in names:
            if name in self.scope.optima:
                raise NotationError(
                    f"`{name}` is a set of optimal points and cannot be bound", self.text
                )
            if name in self.scope.reserved:
                raise NotationError(
                    f"`{name}` stands in the definition of `{self.scope.reserved[name]}`"
                    " and cannot be bound",
                    self.text,
                    hint="use another name for the bound variable",
                )
        for variable, where in self.scope.ranges.items():
            for end in (where.lower, where.upper):
                for symbol in end.free_symbols if end is not None else ():
                    if symbol.name in names:
                        raise NotationError(
                            f"`{symbol.name}` bounds the domain of `{variable}` and cannot be bound itself",
                            self.text,
                            hint="use another name for the bound variable",
                        )
        return _Translation(self.scope, self.text, self.bound.union(names))

    def fail(self, problem: str, node: Node, hint: str | None = None) -> NoReturn:
        """Refuse a subtree."""
        raise NotationError(problem, self.text, node.span, hint)

    @contextmanager
    def placing_errors(self, node: Node) -> Iterator[None]:
        """Give the errors of an operator's construction their place in the text."""
        try:
            yield
        except NotationError as error:
            if not error.text:
                error.text = self.text
                error.span = error.span or node.span
            raise

    def number(self, node: Number) -> Expr:
        """An integer or an exact decimal."""
        whole, point, decimals = node.literal.partition(".")
        if point:
            return Rational(int(whole + decimals), 10 ** len(decimals))
        return Integer(int(whole))

    def name(self, node: Name) -> Expr:
        """A variable, a symbol or a constant."""
        return self.look_up(node.name, node)

    def accent(self, node: Accent) -> Expr:
        """The symbol of an accented name."""
        return self.look_up(symbol_name(node), node)

    def look_up(self, name: str, node: Node) -> Expr:
        """What a name means here."""
        if name in self.bound:
            return bound_variable(name)
        scope = self.scope
        symbol = scope.symbols.get(name)
        if symbol is not None:
            return symbol
        if name in scope.ranges:
            return bound_variable(name)
        if name in scope.optima:
            return scope.optima[name]
        if name in CONSTANTS:
            return CONSTANTS[name]
        if name in scope.functions:
            forms = [f"`{usage(form)}`" for form in scope.functions[name]]
            self.fail(f"`{name}` is a function", node, "write " + " or ".join(forms))
        if name in scope.sets:
            self.fail(f"`{name}` is a set", node, f"a set stands in a sum: `Sum(f, (x, {name}))`")
        if name in scope.families:
            self.fail(f"`{name}` is an indexed family", node, f"write `{name}[i]`")
        if name in scope.operators:
            self.fail(f"`{name}` is an operator", node, _ways(scope.operators[name].usage))
        return self.unknown("name", name, node, f'{name}="real"')

    def unknown(self, what: str, name: str, node: Node, declaration: str) -> NoReturn:
        """Refuse a name that nothing declares."""
        if what == "name" and name in ("inf", "infinity", "Infinity"):
            hint = "infinity is written `oo`"
        elif what == "name" and name == "Pi":
            hint = "the number is `pi`"
        elif what == "function" and name in self.scope.families:
            hint = f"a member of data is `{name}[i]`"
        elif what == "function" and name in OTHER_SPELLINGS:
            hint = OTHER_SPELLINGS[name]
            if len(name) == 1:
                hint += f"; a new function is declared with `function({declaration})`"
        else:
            known = {*self.scope.names(), *self.bound, *CONSTANTS, *KNOWN_FUNCTIONS} - {name}
            near = get_close_matches(name, sorted(known), n=3, cutoff=0.7)
            hint = (
                "did you mean " + " or ".join(f"`{each}`" for each in near) + "? " if near else ""
            )
            if what == "name":
                hint += f"a new symbol is declared with `symbols({declaration})`"
            else:
                hint += f"a new function is declared with `function({declaration})`"
        self.fail(f"unknown {what} `{name}`", node, hint)

    def operands(self, nodes: tuple[Node, ...]) -> list[Expr]:
        """The expressions of subtrees that take part in arithmetic."""
        rules = _RULES
        for node in nodes:
            if isinstance(node, Relation):
                self.fail(
                    "a relation stands where a number should",
                    node,
                    "a probability is `Prob(x >= c, x in p)`",
                )
        expressions = [rules[type(node)](self, node) for node in nodes]
        for expression, node in zip(expressions, nodes, strict=True):
            if isinstance(expression, Optimum) or expression in self.scope.optima.values():
                self.fail("a set of optimal points takes no arithmetic", node)
        return expressions

    def sum(self, node: Sum) -> Expr:
        """An n-ary sum in the order written."""
        terms = []
        for term, body in zip(
            node.terms, self.operands(tuple(term.body for term in node.terms)), strict=True
        ):
            if term.sign != "-":
                terms.append(body)
            elif isinstance(term.body, Number) or body is S.Infinity:
                terms.append(-body)
            else:
                terms.append(_product([S.NegativeOne, body]))
        return Add._from_args(terms, True)

    def product(self, node: Product) -> Expr:
        """An n-ary product in the order written."""
        return _product(self.operands(node.factors))

    def fraction(self, node: Fraction) -> Expr:
        """The numerator times the denominator to the power -1."""
        numerator, denominator = self.operands((node.numerator, node.denominator))
        inverse = Pow(denominator, S.NegativeOne, evaluate=False)
        return inverse if numerator is S.One else _product([numerator, inverse])

    def power(self, node: Power) -> Expr:
        """A base to an exponent."""
        base, exponent = self.operands((node.base, node.exponent))
        return Pow(base, exponent, evaluate=False)

    def root(self, node: Root) -> Expr:
        """A root as a power with a fractional exponent."""
        if node.degree is None:
            return Pow(*self.operands((node.radicand,)), Rational(1, 2), evaluate=False)
        radicand, degree = self.operands((node.radicand, node.degree))
        if isinstance(degree, Integer) and degree > 0:
            return Pow(radicand, Rational(1, degree), evaluate=False)
        return Pow(radicand, Pow(degree, S.NegativeOne, evaluate=False), evaluate=False)

    def bracket(self, node: Bracket) -> Expr:
        """What the bracket holds, or its absolute value."""
        if node.kind == "|":
            return sympy.Abs(*self.operands((node.body,)), evaluate=False)
        return self(node.body)

    def index(self, node: Index) -> Expr:
        """A member of a declared family."""
        name = node.base.name
        expected = self.scope.families.get(name)
        if expected is None:
            families = ", ".join(f"`{family}`" for family in self.scope.families)
            hint = f"indexed families are {families}" if families else "no family is declared"
            self.fail(f"`{name}` is not an indexed family", node.base, hint)
        if len(node.indices) != expected:
            plural = "index" if expected == 1 else "indices"
            self.fail(f"`{name}` has {expected} {plural}, not {len(node.indices)}", node)
        label = self.scope.symbols.get(name) or bound_variable(name)
        indices = self.operands(node.indices)
        for written, index in zip(node.indices, indices, strict=True):
            if not _can_be_index(index):
                self.fail("an index is a whole number, such as `i`, `i + 1` or `2*k`", written)
        return Indexed(IndexedBase(label), *indices)

    def application(self, node: Application) -> Expr:
        """An operator, a declared function or a known one, applied."""
        name = node.function.name
        operator = self.scope.operators.get(name)
        if operator is not None:
            return self.operator(operator, node)
        candidates = self.scope.functions.get(name)
        if candidates is not None:
            chosen = self.candidate(candidates, node)
            function = undefined_function(chosen.key or chosen.name)
            if chosen.of_functions:
                names = tuple(a.name for a in node.arguments if isinstance(a, Name))
                if names != chosen.parameters:
                    self.fail(
                        f"`{name}` is defined for the functions {', '.join(chosen.parameters)} only",
                        node,
                    )
                return function(*(Symbol(name) for name in names))
            return function(*self.operands(node.arguments + node.given), evaluate=False)
        known = KNOWN_FUNCTIONS.get(name)
        if known is None:
            if name in self.bound or name in self.scope.symbols or name in self.scope.ranges:
                self.fail(
                    f"`{name}` is a symbol, not a function",
                    node.function,
                    f"a product is written with `*`: `{name}*(...)`",
                )
            self.unknown("function", name, node.function, f'"{name}"')
        if len(node.arguments) != 1 or node.given:
            self.fail(f"`{name}` takes one argument", node, f"write `{name}(x)`")
        return known(*self.operands(node.arguments), evaluate=False)

    def operator(self, operator: Operator, node: Application | BigOperator) -> Expr:
        """What an operator of a higher room builds."""
        names = () if isinstance(node, Application) else _variables(node.binders)
        with self.placing_errors(node):
            return operator.build(node, self.scope, self.binding(*names) if names else self)

    def candidate(self, candidates: tuple[FunctionName, ...], node: Application) -> FunctionName:
        """The declared function that an application means."""
        shape = len(node.arguments), len(node.given)
        fitting = [form for form in candidates if (len(form.parameters), len(form.given)) == shape]
        if len(fitting) == 1:
            return fitting[0]
        usages = _ways(tuple(usage(form) for form in candidates))
        if not fitting:
            name = node.function.name
            count = f"{shape[0]} argument" + ("s" if shape[0] != 1 else "")
            if shape[1]:
                count += f" and {shape[1]} given"
            self.fail(f"`{name}` is not a function of {count}", node, usages)
        labels = [_label(argument) for argument in node.arguments + node.given]
        named = [
            form
            for form in fitting
            if any(labels)
            and all(
                label is None or label == parameter
                for label, parameter in zip(labels, form.parameters + form.given, strict=True)
            )
        ]
        if len(named) != 1:
            self.fail(f"it is ambiguous which `{node.function.name}` is meant", node, usages)
        return named[0]

    def big_operator(self, node: BigOperator) -> Expr:
        """An operator with bound variables."""
        kind = node.kind
        if kind in ("E", "Var", "Prob"):
            operator = self.scope.operators.get(kind)
            if operator is None:
                self.fail(f"`{kind}` is not defined here", node)
            return self.operator(operator, node)
        if kind in _OPTIMA:
            variables = [self.variable(name) for name in _variable_nodes(node.binders)]
            (body,) = self.operands((node.body,))
            return _OPTIMA[kind](body, SymPyTuple(*variables))
        if kind == "Limit":
            return self.limit(node)
        return self.accumulated(node, len(node.binders))

    def variable(self, name: Name) -> Symbol:
        """The variable of an optimum, or the function that is varied."""
        if name.name in self.scope.functions and name.name not in self.scope.symbols:
            return Symbol(name.name)
        return self.symbol(name)

    def symbol(self, name: Name) -> Symbol:
        """A name that must mean a symbol."""
        symbol = self.name(name)
        if not isinstance(symbol, Symbol) or symbol in self.scope.optima.values():
            self.fail(f"`{name.name}` is not a variable", name)
        return symbol

    def limit(self, node: BigOperator) -> Expr:
        """A limit, two-sided at a finite point."""
        binder = node.binders[0]
        name = binder.variables[0].name
        inner = self if name in self.scope.symbols else self.binding(name)
        variable = inner.symbol(binder.variables[0])
        to = S.Zero if binder.to is None else self(binder.to)
        if to.has(variable):
            self.fail(f"`{name}` tends to a value that depends on it", node)
        (body,) = inner.operands((node.body,))
        return sympy.Limit(body, variable, to, dir="+-")

    def accumulated(self, node: BigOperator, count: int) -> Expr:
        """An integral, a sum or a product over the first `count` binders."""
        if count == 0:
            return self.operands((node.body,))[0]
        binder = node.binders[count - 1]
        names = [variable.name for variable in binder.variables]
        lower, upper, sets = self.domain(node.kind, binder)
        body = self.binding(*names).accumulated(node, count - 1)
        symbols = [bound_variable(name) for name in names]
        if not sets:
            build = _OVER_RANGE[node.kind]
            return build(body, symbols[0], lower, upper)
        over = SumOver if node.kind == "Sum" else ProductOver
        if len(sets) < len(symbols):
            return over(body, SymPyTuple(*symbols), sets[0])
        for symbol, domain in reversed(list(zip(symbols, sets, strict=True))):
            body = over(body, symbol, domain)
        return body

    def domain(self, kind: str, binder: Binder) -> tuple[Expr | None, Expr | None, list[Symbol]]:
        """Where a binder runs: bounds, or the sets of its variables."""
        if binder.lower is not None and binder.upper is not None:
            lower, upper = self.operands((binder.lower, binder.upper))
            return lower, upper, []
        if binder.domain is not None:
            return None, None, self.sets(binder)
        name = binder.variables[0]
        declared = self.scope.ranges.get(name.name)
        if declared is not None and declared.integers:
            if kind == "Integral":
                self.fail(
                    f"`{name.name}` runs over integers, so there is no integral over it",
                    name,
                    f"write `Sum(f, {name.name})`",
                )
            return declared.lower, declared.upper, []
        if kind == "Integral":
            if declared is None or declared.lower is None or declared.upper is None:
                self.fail(
                    f"the integral needs bounds for `{name.name}`",
                    name,
                    f"write `Integral(f, ({name.name}, a, b))`, or declare the range of `{name.name}`",
                )
            return declared.lower, declared.upper, []
        if declared is None or declared.over is None:
            self.fail(
                f"it is not said where `{name.name}` runs",
                name,
                f"write `{kind}(f, ({name.name}, X))` for a set X, or `{kind}(f, ({name.name}, 1, N))`",
            )
        return None, None, [declared.over]

    def sets(self, binder: Binder) -> list[Symbol]:
        """The sets over which the variables of a binder run: one each, or one for all."""
        domain = binder.domain
        while isinstance(domain, Bracket):
            domain = domain.body
        parts = domain.factors if isinstance(domain, Product) else (domain,)
        sets = []
        for part in parts:
            symbol = self.scope.sets.get(part.name) if isinstance(part, Name) else None
            if symbol is None:
                known = ", ".join(f"`{name}`" for name in self.scope.sets)
                place = part or binder
                self.fail(
                    "this is not a declared set",
                    place,
                    f"sets are {known}" if known else "no set is declared here",
                )
            sets.append(symbol)
        if len(sets) not in (1, len(binder.variables)):
            self.fail("the variables are not as many as the sets", binder)
        return sets

    def derivative(self, node: Derivative) -> Expr:
        """A derivative with respect to symbols."""
        (body,) = self.operands((node.body,))
        return unevaluated_derivative(body, tuple(self.symbol(name) for name in node.variables))

    def evaluation_bar(self, node: EvaluationBar) -> Expr:
        """A formula between two values of a variable."""
        lower, upper = self.operands((node.lower, node.upper))
        name = node.variable.name
        (body,) = self.binding(name).operands((node.body,))
        return BetweenBounds(body, bound_variable(name), lower, upper)

    def cases(self, node: Cases) -> Expr:
        """Values by case."""
        pairs = []
        for value, condition in node.pairs:
            holds = S.true if isinstance(condition, Name) else self(condition)
            pairs.append((self.operands((value,))[0], holds))
        return sympy.Piecewise(*pairs, evaluate=False)

    def relation(self, node: Relation) -> Expr:
        """A relation, or the conjunction of a chain of relations."""
        for sign in node.signs:
            if sign not in _RELATIONALS:
                self.fail(f"`{sign}` cannot stand in a condition", node)
        sides = [self(side) for side in node.sides]
        links = [
            _RELATIONALS[sign](left, right, evaluate=False)
            for sign, left, right in zip(node.signs, sides, sides[1:], strict=False)
        ]
        return links[0] if len(links) == 1 else sympy.And(*links, evaluate=False)


def usage(form: FunctionName) -> str:
    """How a declared function is written."""
    given = " | " + ", ".join(form.given) if form.given else ""
    return f"{form.name}({', '.join(form.parameters)}{given})"


def _ways(forms: tuple[str, ...]) -> str:
    """A hint that lists ways to write."""
    return "write " + " or ".join(f"`{form}`" for form in forms)


def _can_be_index(e: Expr) -> bool:
    """Whether an expression is a whole number if its symbols are."""
    if isinstance(e, Pow):
        exponent = e.args[1]
        return isinstance(exponent, Integer) and exponent >= 0 and _can_be_index(e.args[0])
    if isinstance(e, Add | sympy.Mul):
        return all(_can_be_index(argument) for argument in e.args)
    return isinstance(e, Integer | Symbol)


def _product(factors: list[Expr]) -> Expr:
    """An unevaluated product."""
    return Mul._from_args(factors, True)


def _label(argument: Node) -> str | None:
    """The name by which an argument tells which function is meant."""
    if isinstance(argument, Name):
        return argument.name
    return argument.base.name if isinstance(argument, Index) else None


def _variable_nodes(binders: tuple[Binder, ...]) -> list[Name]:
    """The variables of binders."""
    return [variable for binder in binders for variable in binder.variables]


def _variables(binders: tuple[Binder, ...]) -> tuple[str, ...]:
    """The names of the variables of binders."""
    return tuple(variable.name for variable in _variable_nodes(binders))


_OVER_RANGE: dict[str, Callable[..., Expr]] = {
    "Integral": unevaluated_integral,
    "Sum": unevaluated_sum,
    "Product": unevaluated_product,
}
_RULES: dict[type, Callable[[_Translation, Any], Expr]] = {
    Number: _Translation.number,
    Name: _Translation.name,
    Accent: _Translation.accent,
    Sum: _Translation.sum,
    Product: _Translation.product,
    Fraction: _Translation.fraction,
    Power: _Translation.power,
    Root: _Translation.root,
    Bracket: _Translation.bracket,
    Index: _Translation.index,
    Application: _Translation.application,
    BigOperator: _Translation.big_operator,
    Derivative: _Translation.derivative,
    EvaluationBar: _Translation.evaluation_bar,
    Cases: _Translation.cases,
    Relation: _Translation.relation,
}
