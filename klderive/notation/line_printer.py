"""Prints a written tree in one line of Unicode or ASCII, and breaks long lines into rows.

Accepts every tree. The idea: the tree is printed as it stands, fractions with a slash, products by juxtaposition; a
bracket is added only where one-line form needs it to stay unambiguous. The places where a row may break are marked by
zero-width characters while printing; `wrap` weighs them: relations, then plus and minus, then commas and factors, and
each level of brackets deeper costs more.

Caveats: print leaves out what the scope says is implied: the argument of `P_gt(x)` where x is bound, the variable of
`KL(p, q, x)`.
The result is for reading, not to be read back; `to_text` is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len

from klderive.notation.brace_rows import BRACE_MARKS, braced, with_brace_rows
from klderive.notation.names import UNICODE_ACCENTS, ascii_name, unicode_name
from klderive.notation.rows import (
    COST_OF_COMMA,
    COST_OF_DEPTH,
    COST_OF_FACTOR,
    COST_OF_FURTHER_RELATION,
    COST_OF_RELATION,
    COST_OF_SLASH,
    COST_OF_TERM,
    Piece,
    row_starts,
)
from klderive.notation.scope import FunctionName, Operator, Scope
from klderive.notation.strength import PRIMARY, PRODUCT, SIGNED, SUM, strength, with_constant
from klderive.notation.translation import KNOWN_FUNCTIONS
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
from klderive.notation.underbraces import Labels, joins, without_underbraces

_AT_RELATION = "\x01"
_AT_TERM = "\x02"
_AT_COMMA = "\x03"
_AT_FACTOR = "\x04"
_AT_SLASH = "\x07"
_DEEPER = "\x05"
_BACK = "\x06"
_UNMARKED = dict.fromkeys((*range(1, 8), *BRACE_MARKS))
_COSTS = {
    _AT_RELATION: COST_OF_RELATION,
    _AT_TERM: COST_OF_TERM,
    _AT_COMMA: COST_OF_COMMA,
    _AT_FACTOR: COST_OF_FACTOR,
    _AT_SLASH: COST_OF_SLASH,
}

_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_ADDED_BRACKET_KINDS = ("Integral", "Sum", "Product")
_PREFIX_KINDS = ("Sum", "Product", "ArgMin", "ArgMax", "Min", "Max", "Limit")


@dataclass(frozen=True, slots=True)
class _Signs:
    """The signs of one alphabet."""

    minus: str
    dot: str
    times: str
    relations: dict[str, str]
    big: dict[str, str]
    arrow: str
    member: str
    law: str
    partial: str
    joined_coefficient: bool


_UNICODE = _Signs(
    minus="−",
    dot="·",
    times="×",
    relations={
        "!=": "≠",
        "<=": "≤",
        ">=": "≥",
        "->": "→",
        "~": "≈",
        "in": "∈",
        "up to": "=",
        "proportional": "∝",
        "=": "=",
        "<": "<",
        ">": ">",
    },
    big={
        "Integral": "∫",
        "Sum": "Σ",
        "Product": "∏",
        "E": "E",
        "Var": "Var",
        "Prob": "P",
        "ArgMin": "arg min",
        "ArgMax": "arg max",
        "Min": "min",
        "Max": "max",
        "Limit": "lim",
    },
    arrow="→",
    member="∈",
    law="∼",
    partial="∂",
    joined_coefficient=True,
)
_ASCII = _Signs(
    minus="-",
    dot="*",
    times="*",
    relations={
        "!=": "!=",
        "<=": "<=",
        ">=": ">=",
        "->": "->",
        "~": "~",
        "in": "in",
        "up to": "=",
        "proportional": "prop to",
        "=": "=",
        "<": "<",
        ">": ">",
    },
    big={**_UNICODE.big, "Integral": "int", "Sum": "Sum", "Product": "Prod"},
    arrow=" -> ",
    member=" in ",
    law="~",
    partial="d",
    joined_coefficient=False,
)


def to_unicode(node: Node, scope: Scope | None = None) -> str:
    """The tree in one line of Unicode, with the names and operators as the scope sets them."""
    return _marked(node, scope, _UNICODE)[0].translate(_UNMARKED)


def to_ascii(node: Node, scope: Scope | None = None) -> str:
    """The tree in one line of ASCII, with the names and operators as the scope sets them."""
    return _marked(node, scope, _ASCII)[0].translate(_UNMARKED)


def wrap(
    node: Node,
    width: int,
    scope: Scope | None = None,
    *,
    prefix: str = "",
    hang: int = 4,
    ascii: bool = False,
    braces: bool = False,
) -> list[str]:
    """The tree in rows of at most `width` terminal cells, as far as break points allow.

    The first row begins with `prefix`, each further row with `hang` spaces; a sign at which a row breaks begins the
    next one. A piece wider than a row that has no break point within stands in a row by itself. With `braces`, rows
    with the labels of underbraces stand below.
    """
    marked, labels = _marked(node, scope, _ASCII if ascii else _UNICODE)
    pieces = _pieces(marked if braces else marked.translate(dict.fromkeys(BRACE_MARKS)))
    measured = [_measured(*piece) for piece in pieces]
    starts = row_starts(measured, width - cell_len(prefix), width - hang)
    rows: list[str] = []
    for start, stop in zip(starts, [*starts[1:], len(pieces)], strict=True):
        text = "".join(text for text, _ in pieces[start:stop])
        rows.append((" " * hang + text.lstrip() if rows else prefix + text).rstrip())
    return with_brace_rows(rows, labels, hang, ascii) if braces else rows


def _marked(node: Node, scope: Scope | None, signs: _Signs) -> tuple[str, list[str]]:
    """The tree as a line with its break points and braces marked, and the labels of the braces."""
    with deep_recursion():
        bare, labels = without_underbraces(node)
        printer = _LinePrinter(scope, signs, labels)
        return printer.shown(bare, True), printer.braced


def _pieces(marked: str) -> list[tuple[str, float]]:
    """A marked line cut at its break points: texts, and the cost of breaking before each."""
    pieces: list[tuple[str, float]] = []
    depth = 0
    cost = 0.0
    related = False
    current: list[str] = []
    for character in marked:
        if character in _COSTS:
            pieces.append(("".join(current), cost))
            current.clear()
            cost = _COSTS[character] + depth * COST_OF_DEPTH
            if character == _AT_RELATION and depth == 0:
                cost = COST_OF_FURTHER_RELATION if related else cost
                related = True
        elif character == _DEEPER:
            depth += 1
        elif character == _BACK:
            depth -= 1
        else:
            current.append(character)
    pieces.append(("".join(current), cost))
    return pieces


def _measured(text: str, cost: float) -> Piece:
    """A piece with its widths in cells."""
    text = text.translate(_UNMARKED)
    lead = len(text) - len(text.lstrip())
    return Piece(cell_len(text), lead, cost)


def _is_word_end(character: str) -> bool:
    """Whether a bracket right after this character could be read as an application."""
    return (
        character.isalnum() and character not in "⁰¹²³⁴⁵⁶⁷⁸⁹"
    ) or character in "_*′\u0302\u0303\u0304"


def integer_exponent(node: Node) -> str | None:
    """The literal of an integer exponent with its sign, or None."""
    if isinstance(node, Sum) and len(node.terms) == 1 and node.terms[0].sign == "-":
        body = node.terms[0].body
        if isinstance(body, Number) and body.literal.isdigit():
            return "-" + body.literal
    return node.literal if isinstance(node, Number) and node.literal.isdigit() else None


def implied_function(
    node: Application, scope: Scope | None, bound: Sequence[str]
) -> FunctionName | None:
    """The declared function whose arguments print leaves out here, since they are bound around it; or None."""
    if scope is None:
        return None
    for form in scope.functions.get(node.function.name, ()):
        if (
            form.implied
            and all(name in bound for name in form.parameters + form.given)
            and node.arguments == tuple(map(Name, form.parameters))
            and node.given == tuple(map(Name, form.given))
        ):
            return form
    return None


def shown_operands(operator: Operator, node: Application) -> tuple[tuple[Node, ...], list[str]]:
    """The arguments of an operator that are printed, and the variables that print leaves out and that bind them."""
    if operator.unicode_separator.strip() == ",":
        return node.arguments, []
    hidden = [argument.name for argument in node.arguments[2:] if isinstance(argument, Name)]
    return node.arguments[:2], hidden


def bound_names(node: BigOperator) -> list[str]:
    """The names that a big operator binds in its body."""
    return [variable.name for binder in node.binders for variable in binder.variables]


class _LinePrinter:
    """One rule a notation. `open_end` says that nothing follows that an unbracketed operator could swallow."""

    def __init__(self, scope: Scope | None, signs: _Signs, labels: Labels) -> None:
        self.scope = scope
        self.labels = labels
        self.braced: list[str] = []
        self.signs = signs
        self.ascii = signs is _ASCII
        self.bound: list[str] = []

    @contextmanager
    def binding(self, names: list[str]) -> Iterator[None]:
        """Print inside a binder of these names."""
        count = len(self.bound)
        self.bound += names
        yield
        del self.bound[count:]

    def shown(self, node: Node, open_end: bool) -> str:
        """The tree as it stands, between marks if it has a label."""
        text = _RULES[type(node)](self, node, open_end)
        for label in self.labels.get(id(node), ()):
            text = braced(text, len(self.braced))
            self.braced.append(label)
        return text

    @staticmethod
    def bracketed(text: str, left: str = "(", right: str = ")") -> str:
        """Text in a bracket, within which breaking a row costs more."""
        return f"{left}{_DEEPER}{text}{_BACK}{right}"

    def in_brackets(self, node: Node) -> str:
        """The tree in a round bracket."""
        return self.bracketed(self.shown(node, True))

    def name_text(self, name: str) -> str:
        """A name in this alphabet."""
        return ascii_name(name, self.scope) if self.ascii else unicode_name(name, self.scope)

    def number(self, node: Number, open_end: bool) -> str:
        """The literal."""
        return node.literal

    def name(self, node: Name, open_end: bool) -> str:
        """The name as its style sets it."""
        return self.name_text(node.name)

    def accent(self, node: Accent, open_end: bool) -> str:
        """The name with its accent."""
        if self.ascii:
            return f"{node.accent}({self.name_text(node.body.name)})"
        base, mark, rest = self.name_text(node.body.name).partition("_")
        accent = UNICODE_ACCENTS[node.accent]
        if node.accent in ("star", "prime"):
            return base + mark + rest + accent
        return base + accent + mark + rest

    def sum(self, node: Sum, open_end: bool) -> str:
        """Terms with their signs."""
        pieces = []
        for position, term in enumerate(node.terms):
            minus = self.signs.minus
            sign = minus if term.sign == "-" else "+"
            if position:
                pieces.append(f"{_AT_TERM} {sign} ")
            elif term.sign:
                pieces.append(sign)
            bare = strength(term.body) >= PRODUCT and strength(term.body) != SIGNED
            bare = bare or joins(term, self.labels)
            ends = open_end or position < len(node.terms) - 1
            pieces.append(self.shown(term.body, ends) if bare else self.in_brackets(term.body))
        return "".join(pieces)

    def product(self, node: Product, open_end: bool) -> str:
        """Factors side by side, with a dot where two would run together."""
        factors = node.factors
        last = len(factors) - 1
        shown = []
        for position, factor in enumerate(factors):
            follower = factors[position + 1] if position < last else None
            shown.append(self.factor(factor, follower, open_end))
        pieces = [shown[0]]
        for left, right, text in zip(factors, factors[1:], shown[1:], strict=False):
            pieces.append(self.between(left, right, pieces[-1], text, node.dotted))
            pieces.append(text)
        return "".join(pieces)

    def factor(self, node: Node, follower: Node | None, open_end: bool) -> str:
        """A factor, in a bracket if it would run into what follows."""
        if isinstance(node, Fraction):
            if follower is None:
                return self.shown(node, open_end)
            below = node.denominator
            closed = isinstance(below, Bracket) or strength(below) <= SIGNED
            closed = closed or (isinstance(below, Number) and self.opens(follower))
            return self.shown(node, False) if closed else self.in_brackets(node)
        if strength(node) <= SIGNED:
            return self.in_brackets(node)
        return self.shown(node, open_end and follower is None)

    @staticmethod
    def opens(node: Node) -> bool:
        """Whether a factor begins with a square bracket or a big operator's sign."""
        if isinstance(node, Bracket):
            return node.kind == "["
        return isinstance(node, BigOperator) and node.kind in _ADDED_BRACKET_KINDS

    def between(
        self, left: Node, right: Node, left_text: str, right_text: str, dotted: bool
    ) -> str:
        """The sign or the space between two factors."""
        before = left_text.translate(_UNMARKED)[-1]
        after = right_text.translate(_UNMARKED)[0]
        dot = f"{_AT_FACTOR} {self.signs.dot} " if not self.ascii else f"{_AT_FACTOR}*"
        if dotted:
            return dot
        word = _is_word_end(before) and not isinstance(left, Number)
        if after in "0123456789." or (after == "(" and word):
            return dot.replace(" ", "")
        coefficient = isinstance(left, Number)
        if coefficient and self.signs.joined_coefficient and self.is_symbol(right):
            return ""
        return f"{_AT_FACTOR} "

    @staticmethod
    def is_symbol(node: Node) -> bool:
        """Whether a number may stand right before this factor."""
        while isinstance(node, Power):
            node = node.base
        return isinstance(node, Name | Accent | Index)

    def fraction(self, node: Fraction, open_end: bool) -> str:
        """Numerator, slash, denominator."""
        above, below = node.numerator, node.denominator
        simple = isinstance(above, Product) and not isinstance(above.factors[-1], Fraction)
        bare = simple or strength(above) > SIGNED
        numerator = self.shown(above, False) if bare else self.in_brackets(above)
        bare = strength(below) > SIGNED and not isinstance(below, BigOperator | Derivative)
        denominator = self.shown(below, False) if bare else self.in_brackets(below)
        return f"{numerator}{_AT_SLASH}/{denominator}"

    def power(self, node: Power, open_end: bool) -> str:
        """The base with its exponent, integers as superscripts."""
        base = (
            self.shown(node.base, False) if self.is_base(node.base) else self.in_brackets(node.base)
        )
        literal = integer_exponent(node.exponent)
        if literal is not None and not self.ascii:
            return base + literal.translate(_SUPERSCRIPTS)
        exponent = node.exponent
        if isinstance(exponent, Name | Number) or (
            isinstance(exponent, Bracket) and exponent.kind == "("
        ):
            return f"{base}^{self.shown(exponent, False)}"
        return f"{base}^{self.in_brackets(exponent)}"

    def is_base(self, node: Node) -> bool:
        """Whether an exponent right after the tree surely belongs to all of it."""
        if isinstance(node, Application):
            if implied_function(node, self.scope, self.bound):
                return not self.name_text(node.function.name).endswith(("*", "′"))
            return bool(self.scope and node.function.name in self.scope.functions) or (
                node.function.name not in KNOWN_FUNCTIONS
            )
        if isinstance(node, Name | Accent):
            return not self.shown(node, False).endswith(("*", "′"))
        return isinstance(node, Number | Bracket | Index)

    def root(self, node: Root, open_end: bool) -> str:
        """A root sign with a bracket."""
        radicand = node.radicand
        degree = integer_exponent(node.degree) if node.degree is not None else "2"
        if self.ascii:
            if node.degree is None:
                return f"sqrt{self.in_brackets(radicand)}"
            pair = f"{self.shown(radicand, True)},{_AT_COMMA} {self.shown(node.degree, True)}"
            return f"root{self.bracketed(pair)}"
        if degree is None and node.degree is not None:
            pair = f"{self.shown(radicand, True)},{_AT_COMMA} {self.shown(node.degree, True)}"
            return f"root{self.bracketed(pair)}"
        index = "" if degree in (None, "2") else str(degree).translate(_SUPERSCRIPTS)
        if isinstance(radicand, Number) and radicand.literal.isdigit():
            return f"{index}√{radicand.literal}"
        return f"{index}√{self.in_brackets(radicand)}"

    def bracket(self, node: Bracket, open_end: bool) -> str:
        """The author's bracket."""
        left, right = {"(": ("(", ")"), "[": ("[", "]"), "|": ("|", "|")}[node.kind]
        return self.bracketed(self.shown(node.body, True), left, right)

    def index(self, node: Index, open_end: bool) -> str:
        """The name with its indices below."""
        base = self.name_text(node.base.name)
        indices = ", ".join(self.shown(index, True) for index in node.indices)
        simple = len(node.indices) == 1 and isinstance(node.indices[0], Name | Number)
        if simple and len(indices) == 1 and "_" not in base:
            return f"{base}_{indices}"
        return f"{base}_{{{indices}}}"

    def listed(self, nodes: tuple[Node, ...], separator: str = ", ") -> str:
        """Trees joined by a separator; a row may break after a comma, before any other sign."""
        comma = separator.strip() == ","
        joint = f",{_AT_COMMA} " if comma else f"{_AT_COMMA}{separator}"
        return joint.join(self.shown(node, True) for node in nodes)

    def application(self, node: Application, open_end: bool) -> str:
        """A function with its arguments, an operator with its head."""
        name = node.function.name
        scope = self.scope
        operator = scope.operators.get(name) if scope else None
        if operator is not None:
            return self.operator(operator, node)
        if implied_function(node, scope, self.bound):
            return self.name_text(name)
        if name == "log" and open_end and isinstance(node.arguments[0], Application):
            argument = node.arguments[0].function.name
            if argument not in KNOWN_FUNCTIONS and not (scope and argument in scope.operators):
                return f"log {self.shown(node.arguments[0], True)}"
        given = f" | {self.listed(node.given)}" if node.given else ""
        head = self.name_text(name)
        declared = scope is not None and name in scope.functions
        if name in KNOWN_FUNCTIONS and not declared:
            head = "Γ" if name == "gamma" and not self.ascii else name
        return head + self.bracketed(self.listed(node.arguments) + given)

    def operator(self, operator: Operator, node: Application) -> str:
        """A named operator of a higher room."""
        head = operator.ascii_head if self.ascii else operator.unicode_head
        separator = operator.ascii_separator if self.ascii else operator.unicode_separator
        given = f" | {self.listed(node.given)}" if node.given else ""
        operands, hidden = shown_operands(operator, node)
        with self.binding(hidden):
            return head + self.bracketed(self.listed(operands, separator) + given)

    def script(self, mark: str, node: Node) -> str:
        """A lower or upper bound, in braces unless it is a single character."""
        text = self.shown(node, True).translate(_UNMARKED)
        single = len(text) == 1 or (self.ascii and text == "oo")
        return f"{mark}{text}" if single else f"{mark}{{{text}}}"

    def big_operator(self, node: BigOperator, open_end: bool) -> str:
        """The operator's sign with what it binds, then its body."""
        with self.binding(bound_names(node)):
            return self.operated(node, open_end)

    def operated(self, node: BigOperator, open_end: bool) -> str:
        """The operator's sign and its body, inside its binders."""
        kind = node.kind
        if kind == "Integral":
            return self.integral(node)
        head = self.signs.big[kind]
        if kind in ("E", "Var", "Prob"):
            operator = self.scope.operators.get(kind) if self.scope else None
            if operator is not None:
                head = operator.ascii_head if self.ascii else operator.unicode_head
            if node.binders:
                law = f" {self.signs.law} " if self.ascii else self.signs.law
                inner = ", ".join(
                    self.variables(binder) + law + self.plain(binder.domain)
                    for binder in node.binders
                )
                head += f"_{{{inner}}}"
            brackets = ("(", ")") if kind == "Prob" else ("[", "]")
            return head + self.bracketed(self.shown(node.body, True), *brackets)
        if kind in ("ArgMin", "ArgMax", "Min", "Max"):
            inner = ", ".join(self.variables(binder) for binder in node.binders)
            heads = [head + (f"_{inner}" if len(inner) == 1 else f"_{{{inner}}}")]
        elif kind == "Limit":
            binder = node.binders[0]
            heads = [
                f"{head}_{{{self.variables(binder)}{self.signs.arrow}{self.plain(binder.to)}}}"
            ]
        else:
            heads = [self.bound_head(head, binder) for binder in reversed(node.binders)]
        text = f"{' '.join(heads)}{_AT_FACTOR} {self.operand(node.body, kind)}"
        return text if open_end else self.bracketed(text)

    def operand(self, body: Node, kind: str) -> str:
        """The body of an operator that has no closing sign."""
        level = strength(body)
        negative = level < PRODUCT or level == SIGNED
        if level <= SUM or (negative and kind in _ADDED_BRACKET_KINDS):
            return self.in_brackets(body)
        return self.shown(body, True)

    def bound_head(self, head: str, binder: Binder) -> str:
        """The sign of a sum or a product with its range or its set."""
        if binder.lower is not None and binder.upper is not None:
            lower = f"{self.variables(binder)}={self.plain(binder.lower)}"
            return f"{head}_{{{lower}}}{self.script('^', binder.upper)}"
        variables = self.variables(binder)
        if binder.domain is None:
            return head + (f"_{variables}" if len(variables) == 1 else f"_{{{variables}}}")
        domain = binder.domain
        if isinstance(domain, Product):
            shown = self.signs.times.join(self.plain(factor) for factor in domain.factors)
        else:
            shown = self.plain(domain)
        return f"{head}_{{{variables}{self.signs.member}{shown}}}"

    def variables(self, binder: Binder) -> str:
        """The variables of a binder."""
        names = [self.name_text(variable.name) for variable in binder.variables]
        return names[0] if len(names) == 1 else f"({', '.join(names)})"

    def plain(self, node: Node | None) -> str:
        """A tree below or above a sign, where no row breaks."""
        return "" if node is None else self.shown(node, True).translate(_UNMARKED)

    def integral(self, node: BigOperator) -> str:
        """Integral signs, the integrand, the differentials."""
        signs = []
        for binder in reversed(node.binders):
            sign = self.signs.big["Integral"]
            if binder.lower is not None and binder.upper is not None:
                sign += self.script("_", binder.lower) + self.script("^", binder.upper)
            signs.append(sign)
        differentials = " ".join(f"d{self.variables(binder)}" for binder in node.binders)
        body = self.operand(node.body, "Integral")
        return f"{' '.join(signs)} {_DEEPER}{body}{_BACK} {differentials}"

    def derivative(self, node: Derivative, open_end: bool) -> str:
        """Partial derivatives as an operator before the formula."""
        partial = self.signs.partial
        order = len(node.variables)
        power = "" if order == 1 else str(order)
        power = f"^{power}" if power and self.ascii else power.translate(_SUPERSCRIPTS)
        below = " ".join(partial + self.name_text(variable.name) for variable in node.variables)
        below = below if order == 1 else f"({below})"
        primary = strength(node.body) >= PRIMARY and not isinstance(node.body, BigOperator)
        closed = isinstance(node.body, Bracket) or primary
        body = self.shown(node.body, False) if closed else self.in_brackets(node.body)
        text = f"{partial}{power}/{below} {body}"
        return text if open_end else self.bracketed(text)

    def evaluation_bar(self, node: EvaluationBar, open_end: bool) -> str:
        """The formula in a square bracket with both values."""
        variable = self.name_text(node.variable.name)
        body = self.bracketed(self.shown(node.body, True), "[", "]")
        lower = f"_{{{variable}={self.plain(node.lower)}}}"
        return f"{body}{lower}{self.script('^', node.upper)}"

    def cases(self, node: Cases, open_end: bool) -> str:
        """Values with their conditions in braces."""
        pairs = []
        for value, condition in node.pairs:
            plain = isinstance(condition, Name)
            when = "otherwise" if plain else f"if {self.shown(condition, True)}"
            pairs.append(f"{self.shown(value, True)} {when}")
        return self.bracketed(f";{_AT_COMMA} ".join(pairs), "{", "}")

    def relation(self, node: Relation, open_end: bool) -> str:
        """Sides joined by signs."""
        pieces = [self.shown(node.sides[0], True)]
        for sign, side in zip(node.signs, node.sides[1:], strict=True):
            shown = with_constant(side) if sign == "up to" else side
            pieces.append(f"{_AT_RELATION} {self.signs.relations[sign]} {self.shown(shown, True)}")
        return "".join(pieces)


_RULES: dict[type, Callable[[_LinePrinter, Any, bool], str]] = {
    Number: _LinePrinter.number,
    Name: _LinePrinter.name,
    Accent: _LinePrinter.accent,
    Sum: _LinePrinter.sum,
    Product: _LinePrinter.product,
    Fraction: _LinePrinter.fraction,
    Power: _LinePrinter.power,
    Root: _LinePrinter.root,
    Bracket: _LinePrinter.bracket,
    Application: _LinePrinter.application,
    Index: _LinePrinter.index,
    BigOperator: _LinePrinter.big_operator,
    Derivative: _LinePrinter.derivative,
    EvaluationBar: _LinePrinter.evaluation_bar,
    Cases: _LinePrinter.cases,
    Relation: _LinePrinter.relation,
}
