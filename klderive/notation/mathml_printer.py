r"""Prints a written tree as presentation MathML.

Accepts every tree; gives MathML Core, which browsers show without a script. The idea: the rules of `latex_printer` with
elements for commands; what takes a bracket and what stands between factors is decided in `setting` for both. The pieces
between top-level relations, plus and minus are rows of their own within `math`, so that a style sheet may let a line
break there (`math { display: block } math > mrow { display: inline math }`); `mathml_rows` breaks what is too wide.

Caveats: a bracket stretches only around tall content, as in LaTeX. The text of every element is escaped; nothing else
of what an author writes gets into the markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

from klderive.notation.line_printer import bound_names, implied_function, shown_operands
from klderive.notation.mathml_rows import AT_FACTOR, AT_TERM, is_wide, row
from klderive.notation.names import CONSTANTS_UNICODE, UNICODE_LETTERS, set_parts
from klderive.notation.scope import Operator, Scope
from klderive.notation.setting import (
    bare_argument,
    gap,
    is_known_function,
    slashed,
    stands_as_factor,
    stands_as_operand,
    stands_as_term,
    stands_under_derivative,
    without_bracket,
)
from klderive.notation.strength import with_constant
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
    RelationSign,
    Root,
    Sum,
    deep_recursion,
)
from klderive.notation.underbraces import Labels, joins, without_underbraces

_SIGNS: dict[RelationSign, str] = {
    "=": "=",
    "!=": "≠",
    "<=": "≤",
    ">=": "≥",
    "<": "<",
    ">": ">",
    "->": "→",
    "~": "≈",
    "in": "∈",
    "up to": "=",
    "proportional": "∝",
}
_WORDS = {
    "ArgMin": "arg min",
    "ArgMax": "arg max",
    "Min": "min",
    "Max": "max",
    "Limit": "lim",
}
_BIG = {"Integral": "∫", "Sum": "∑", "Product": "∏"}
_HEADS = {"E": "<mi>𝔼</mi>", "Var": "<mi>Var</mi>", "Prob": "<mi>Pr</mi>"}
_FUNCTIONS = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "gamma": "Γ",
    "digamma": "ψ",
}
_DOUBLE_STRUCK = re.compile(r"\\mathbb\{([A-Z])\}")
_BLACKBOARD = {"C": "ℂ", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ"}
_ACCENTS = {"hat": "^", "tilde": "~", "bar": "‾"}
_MARKS = {"star": "*", "prime": "′"}
_STYLED = re.compile(r"(.+?)(?:_(.+?))?([*′]?)")
_TALL = ("<mfrac", "<munder", "<mtable", "∫", "∑", "∏")
_THIN = '<mspace width="0.167em"/>'
_APPLY = "<mo>\u2061</mo>"
_TIMES = "<mo>\u2062</mo>"
_DOT = '<mo form="infix">·</mo>'
_COMMA = '<mo separator="true">,</mo>'
_ALONE = re.compile(r"<(mi|mn|mo)[^>]*>[^<]*</\1>")
_WORD_FIRST = re.compile(r"(?:<(?:mrow|msub|msup|msubsup|munder)>)*<m[io][^>]*>[A-Za-z]{2}")
_WORD_LAST = re.compile(r"<mi>\w{2,}</mi>")


def to_mathml(
    node: Node,
    scope: Scope | None = None,
    *,
    after: RelationSign | None = None,
    display: bool = True,
) -> str:
    """The tree as a `math` element, in display style or for use within words, there of the class `long` if it is wide.

    With `after`, the sign of a relation stands before it.
    """
    with deep_recursion():
        bare, labels = without_underbraces(node)
        shown = "".join(map(row, _MathmlPrinter(scope, labels).rows(bare, after)))
        if display:
            return f'<math display="block">{shown}</math>'
        long = ' class="long"' if is_wide(f"<mrow>{shown}</mrow>") else ""
        return f"<math{long}>{shown}</math>"


def _element(tag: str, *children: str) -> str:
    """An element whose children are each one element."""
    return f"<{tag}>{''.join(map(_one, children))}</{tag}>"


def _row(content: str) -> str:
    """A row of elements as one."""
    return f"<mrow>{content}</mrow>"


def _one(content: str) -> str:
    """Elements as one, in a row unless they are a single leaf."""
    return content if _ALONE.fullmatch(content) else _row(content)


def _word(word: str) -> str:
    """An identifier or a number; a single letter is set in italics by the browser."""
    tag = "mn" if word.isdigit() else "mi"
    return f"<{tag}>{escape(word)}</{tag}>"


def _letter(word: str) -> str:
    """A part of a name, a Greek letter where it is the name of one."""
    return _word(UNICODE_LETTERS.get(word, word))


def _relation(sign: str) -> str:
    """A sign between two sides, also where it begins a row."""
    return f'<mo form="infix">{escape(sign)}</mo>'


def _operator_word(word: str) -> str:
    """A word such as `arg min`, set as an operator."""
    return f'<mo form="prefix" movablelimits="false" lspace="0" rspace="0.167em">{word}</mo>'


def _scripted(base: str, lower: str, upper: str) -> str:
    """A base with scripts; an empty one is left out."""
    if lower and upper:
        return _element("msubsup", base, lower, upper)
    if lower:
        return _element("msub", base, lower)
    return _element("msup", base, upper) if upper else base


def _bracketed(content: str, left: str = "(", right: str = ")") -> str:
    """Elements in a bracket, which stretches around tall content only."""
    stretchy = "true" if any(sign in content for sign in _TALL) else "false"
    attributes = f'fence="true" stretchy="{stretchy}"'
    opening = f'<mo form="prefix" {attributes}>{left}</mo>'
    return _row(f'{opening}{content}<mo form="postfix" {attributes}>{right}</mo>')


def _bar(sign: str, space: str) -> str:
    """An upright bar as a sign between two formulas."""
    return f'<mo form="infix" stretchy="false" lspace="{space}" rspace="{space}">{sign}</mo>'


_GIVEN = _bar("|", "0.278em")


class _MathmlPrinter:
    """One rule a notation. `open_end` says that nothing follows that an unbracketed operator could swallow."""

    def __init__(self, scope: Scope | None, labels: Labels) -> None:
        self.scope = scope
        self.labels = labels
        self.bound: list[str] = []

    @contextmanager
    def binding(self, names: list[str]) -> Iterator[None]:
        """Print inside a binder of these names."""
        count = len(self.bound)
        self.bound += names
        yield
        del self.bound[count:]

    def rows(self, node: Node, after: RelationSign | None) -> list[str]:
        """The pieces between top-level relations, plus and minus."""
        relation = node if isinstance(node, Relation) else Relation((node,), ())
        rows = []
        signs: list[RelationSign | None] = [after, *relation.signs]
        for sign, side in zip(signs, relation.sides, strict=True):
            shown = with_constant(side) if sign == "up to" else side
            if isinstance(shown, Sum) and id(shown) not in self.labels:
                pieces = self.terms(shown, True)
            else:
                pieces = [self.shown(shown)]
            if sign is not None:
                pieces[0] = _relation(_SIGNS[sign]) + pieces[0]
            rows += pieces
        return rows

    def shown(self, node: Node, open_end: bool = True) -> str:
        """The tree as elements in a row; with a brace below it, as one element."""
        labels = self.labels.get(id(node), ())
        text = _RULES[type(node)](self, node, open_end or bool(labels))
        for label in labels:
            braced = f'<munder accentunder="true">{_one(text)}<mo stretchy="true">⏟</mo></munder>'
            text = f"<munder>{braced}<mtext>{escape(label)}</mtext></munder>"
        return text

    def in_brackets(self, node: Node) -> str:
        """The tree in a round bracket."""
        return _bracketed(self.shown(node))

    def number(self, node: Number, open_end: bool) -> str:
        """The literal."""
        return f"<mn>{escape(node.literal)}</mn>"

    # Names

    def parts(self, node: Node) -> tuple[str, str, str] | None:
        """A name's base with what stands below and above it; None for what is not a name."""
        if isinstance(node, Name):
            return self.name_parts(node.name)
        if isinstance(node, Accent):
            base, below, above = self.name_parts(node.body.name)
            if node.accent in _MARKS:
                return base, below, above + f"<mo>{_MARKS[node.accent]}</mo>"
            return self.accented(base, node.accent), below, above
        if isinstance(node, Index):
            base, below, above = self.name_parts(node.base.name)
            base = _scripted(base, below, "")
            return base, self.listed(node.indices), above
        return None

    def name_parts(self, name: str) -> tuple[str, str, str]:
        """A name as base, subscript and superscript, each perhaps empty."""
        style = self.scope.styles.get(name) if self.scope else None
        if style is not None and style.unicode is not None:
            styled = _STYLED.fullmatch(style.unicode)
            if styled is None:
                return _word(style.unicode), "", ""
            above = f"<mo>{styled[3]}</mo>" if styled[3] else ""
            return _word(styled[1]), _word(styled[2]) if styled[2] else "", above
        if name in CONSTANTS_UNICODE:
            return _word(CONSTANTS_UNICODE[name]), "", ""
        base, subscripts, accent = set_parts(name)
        letter = _letter(base)
        if accent in _ACCENTS:
            letter = self.accented(letter, accent)
        above = f"<mo>{_MARKS[accent]}</mo>" if accent in _MARKS else ""
        return letter, _COMMA.join(map(_letter, subscripts)), above

    @staticmethod
    def accented(base: str, accent: str) -> str:
        """A base under its accent."""
        mark = f'<mo stretchy="false">{_ACCENTS[accent]}</mo>'
        return f'<mover accent="true">{_one(base)}{mark}</mover>'

    def name_text(self, name: str) -> str:
        """A name with its scripts."""
        return _scripted(*self.name_parts(name))

    def name(self, node: Node, open_end: bool) -> str:
        """The name, accented or indexed, as its style sets it."""
        parts = self.parts(node)
        assert parts is not None
        return _scripted(*parts)

    # Arithmetic

    def terms(self, node: Sum, open_end: bool) -> list[str]:
        """The terms, each with its sign."""
        pieces = []
        for position, term in enumerate(node.terms):
            sign = ""
            if position or term.sign:
                form = "infix" if position else "prefix"
                sign = f'<mo form="{form}">{"−" if term.sign == "-" else "+"}</mo>'
            ends = open_end or position < len(node.terms) - 1
            bare = stands_as_term(term.body) or joins(term, self.labels)
            body = self.shown(term.body, ends) if bare else self.in_brackets(term.body)
            pieces.append(sign + body)
        return pieces

    def sum(self, node: Sum, open_end: bool) -> str:
        """Terms with their signs."""
        return AT_TERM.join(self.terms(node, open_end))

    def product(self, node: Product, open_end: bool) -> str:
        """Factors side by side."""
        last = len(node.factors) - 1
        pieces: list[str] = []
        for position, factor in enumerate(node.factors):
            bare = stands_as_factor(factor)
            ends = open_end and position == last
            text = self.shown(factor, ends) if bare else self.in_brackets(factor)
            if position:
                left = node.factors[position - 1]
                between = self.between(left, factor, pieces[-1], text, node.dotted)
                pieces.append(f"{between}{AT_FACTOR}")
            pieces.append(text)
        return "".join(pieces)

    def between(self, left: Node, right: Node, before: str, text: str, dotted: bool) -> str:
        """The sign or the space between two factors."""
        leading = re.match(
            r"(?:<(?:mrow|msup|msub|msubsup|munder)[^>]*>)*<(m[no])[^>]*>([^<]*)", text
        )
        element, sign = leading.groups() if leading else ("", "")
        implied = isinstance(left, Application) and bool(
            implied_function(left, self.scope, self.bound)
        )
        between = gap(
            left,
            right,
            dotted=dotted,
            number_follows=element == "mn",
            bracket_follows=sign == "(",
            implied=implied,
        )
        if between == "dot":
            return _DOT
        words = _WORD_FIRST.match(text) or _WORD_LAST.fullmatch(before)
        return _TIMES + _THIN if between == "thin" or words else _TIMES

    def fraction(self, node: Fraction, open_end: bool) -> str:
        """A stacked fraction; one within it has a slash."""
        return _element("mfrac", self.small(node.numerator), self.small(node.denominator))

    def small(self, node: Node) -> str:
        """A tree in an exponent, a fraction or a case, where a fraction of flat parts has a slash."""
        node = without_bracket(node)
        parts = slashed(node)
        if parts is None or id(node) in self.labels:
            return self.shown(node)
        negative, above, below = parts
        sign = '<mo form="prefix">−</mo>' if negative else ""
        slash = '<mo form="infix" stretchy="false" lspace="0" rspace="0">/</mo>'
        return sign + self.shown(above, False) + slash + self.shown(below, False)

    def power(self, node: Power, open_end: bool) -> str:
        """The base with its exponent."""
        above = self.small(node.exponent)
        named = self.parts(node.base)
        if named is not None and not named[2]:
            return _scripted(named[0], named[1], above)
        if named is None and self.is_base(node.base):
            return _element("msup", self.shown(node.base, False), above)
        return _element("msup", self.in_brackets(node.base), above)

    def is_base(self, node: Node) -> bool:
        """Whether an exponent may stand right after a tree that is not a name."""
        if isinstance(node, Application):
            name = node.function.name
            return not is_known_function(name, self.scope) and not self.name_parts(name)[2]
        return isinstance(node, Number | Bracket)

    def root(self, node: Root, open_end: bool) -> str:
        """A root sign over the radicand."""
        radicand = self.shown(without_bracket(node.radicand))
        if node.degree is None:
            return _element("msqrt", radicand)
        return _element("mroot", radicand, self.shown(without_bracket(node.degree)))

    def bracket(self, node: Bracket, open_end: bool) -> str:
        """The author's bracket."""
        left, right = {"(": ("(", ")"), "[": ("[", "]"), "|": ("|", "|")}[node.kind]
        return _bracketed(self.shown(node.body), left, right)

    # Functions and operators

    def listed(self, nodes: tuple[Node, ...], separator: str = _COMMA) -> str:
        """Trees joined by a separator."""
        return separator.join(self.shown(node) for node in nodes)

    def arguments(self, node: Application) -> str:
        """The arguments of a function, those after the bar last."""
        given = _GIVEN + self.listed(node.given) if node.given else ""
        return self.listed(node.arguments) + given

    def application(self, node: Application, open_end: bool) -> str:
        """A function with its arguments, an operator with its head."""
        name = node.function.name
        scope = self.scope
        operator = scope.operators.get(name) if scope else None
        if operator is not None:
            return self.operator(operator, node)
        if implied_function(node, scope, self.bound):
            return self.name_text(name)
        argument = bare_argument(node, scope, open_end)
        if argument is not None:
            return _word("log") + _APPLY + _THIN + self.shown(argument)
        if not is_known_function(name, scope):
            head = self.name_text(name)
        elif name == "loggamma":
            head = _word("log") + _APPLY + _THIN + _word("Γ")
        else:
            head = _word(_FUNCTIONS.get(name, name))
        return head + _APPLY + _bracketed(self.arguments(node))

    def operator(self, operator: Operator, node: Application) -> str:
        """A named operator of a higher room."""
        operands, hidden = shown_operands(operator, node)
        sign = operator.unicode_separator.strip()
        separator = _COMMA if sign == "," else _bar(escape(sign), "0.222em")
        given = _GIVEN + self.listed(node.given) if node.given else ""
        with self.binding(hidden):
            shown = self.listed(operands, separator)
        return self.head(operator) + _APPLY + _bracketed(shown + given)

    @staticmethod
    def head(operator: Operator) -> str:
        """The head of an operator, such as D with KL below."""
        struck = _DOUBLE_STRUCK.fullmatch(operator.latex_head)
        if struck:
            letter = struck[1]
            return _word(_BLACKBOARD.get(letter) or chr(0x1D538 + ord(letter) - ord("A")))
        if operator.latex_head == "\\Pr":
            return _word("Pr")
        base, _, below = operator.unicode_head.partition("_")
        return _scripted(_word(base), _word(below) if below else "", "")

    def big_operator(self, node: BigOperator, open_end: bool) -> str:
        """The operator's sign with what it binds, then its body."""
        with self.binding(bound_names(node)):
            return self.operated(node, open_end)

    def operated(self, node: BigOperator, open_end: bool) -> str:
        """The operator's sign and its body, inside its binders."""
        kind = node.kind
        if kind == "Integral":
            return self.integral(node)
        if kind in _HEADS:
            return self.expected(node)
        if kind == "Limit":
            binder = node.binders[0]
            assert binder.to is not None
            below = self.variables(binder) + _relation("→") + self.shown(binder.to)
            head = _element("munder", _operator_word("lim"), below)
        elif kind in _WORDS:
            below = _COMMA.join(map(self.variables, node.binders))
            head = _element("munder", _operator_word(_WORDS[kind]), below)
        else:
            head = "".join(self.bound_head(_BIG[kind], each) for each in reversed(node.binders))
        behind = AT_FACTOR if kind in _WORDS else ""
        text = head + behind + self.operand(node.body, kind)
        return text if open_end else _bracketed(text)

    def expected(self, node: BigOperator) -> str:
        """An expectation, a variance or a probability with the laws of its variables."""
        operator = self.scope.operators.get(node.kind) if self.scope else None
        head = _HEADS[node.kind] if operator is None else self.head(operator)
        laws = _COMMA.join(
            self.variables(binder) + _relation("∼") + self.shown(binder.domain)
            for binder in node.binders
            if binder.domain is not None
        )
        brackets = ("(", ")") if node.kind == "Prob" else ("[", "]")
        return _scripted(head, laws, "") + _APPLY + _bracketed(self.shown(node.body), *brackets)

    def operand(self, body: Node, kind: str) -> str:
        """The body of an operator that has no closing sign."""
        return self.shown(body) if stands_as_operand(body, kind) else self.in_brackets(body)

    def bound_head(self, sign: str, binder: Binder) -> str:
        """The sign of a sum or a product with its range or its set."""
        variables = self.variables(binder)
        head = f"<mo>{sign}</mo>"
        if binder.lower is not None and binder.upper is not None:
            below = variables + _relation("=") + self.shown(binder.lower)
            return _element("munderover", head, below, self.shown(binder.upper))
        if binder.domain is None:
            return _element("munder", head, variables)
        domain = binder.domain
        factors = domain.factors if isinstance(domain, Product) else (domain,)
        shown = _relation("×").join(map(self.shown, factors))
        return _element("munder", head, variables + _relation("∈") + shown)

    def variables(self, binder: Binder) -> str:
        """The variables of a binder."""
        names = [self.name_text(variable.name) for variable in binder.variables]
        return names[0] if len(names) == 1 else _bracketed(_COMMA.join(names))

    def integral(self, node: BigOperator) -> str:
        """Integral signs, the integrand, the differentials."""
        signs = ""
        for binder in reversed(node.binders):
            lower = upper = ""
            if binder.lower is not None and binder.upper is not None:
                lower, upper = self.shown(binder.lower), self.shown(binder.upper)
            signs += _scripted("<mo>∫</mo>", lower, upper)
        differentials = "".join(
            _THIN + _word("d") + self.variables(binder) for binder in node.binders
        )
        return signs + self.operand(node.body, "Integral") + differentials

    def derivative(self, node: Derivative, open_end: bool) -> str:
        """Partial derivatives as an operator before the formula."""
        order = len(node.variables)
        above = _scripted(_word("∂"), "", _word(str(order)) if order > 1 else "")
        below = _THIN.join(_word("∂") + self.name_text(name.name) for name in node.variables)
        bare = stands_under_derivative(node.body)
        body = self.shown(node.body, False) if bare else self.in_brackets(node.body)
        text = _element("mfrac", above, below) + _THIN + body
        return text if open_end else _bracketed(text)

    def evaluation_bar(self, node: EvaluationBar, open_end: bool) -> str:
        """The formula in a square bracket with both values."""
        at = self.name_text(node.variable.name) + _relation("=")
        body = _bracketed(self.shown(node.body), "[", "]")
        return _scripted(body, at + self.shown(node.lower), at + self.shown(node.upper))

    def cases(self, node: Cases, open_end: bool) -> str:
        """Values with their conditions after a brace."""
        rows = ""
        for value, condition in node.pairs:
            plain = isinstance(condition, Name)
            when = "<mtext>otherwise</mtext>" if plain else "<mtext>if\u00a0</mtext>"
            cells = (self.small(value), when if plain else when + self.shown(condition))
            shown = "".join(f'<mtd style="text-align: left">{cell}</mtd>' for cell in cells)
            rows += f"<mtr>{shown}</mtr>"
        brace = '<mo form="prefix" fence="true" stretchy="true">{</mo>'
        return _row(f"{brace}<mtable>{rows}</mtable>")

    def relation(self, node: Relation, open_end: bool) -> str:
        """Sides joined by signs."""
        return AT_TERM.join(self.rows(node, None))


_RULES: dict[type, Callable[[_MathmlPrinter, Any, bool], str]] = {
    Number: _MathmlPrinter.number,
    Name: _MathmlPrinter.name,
    Accent: _MathmlPrinter.name,
    Index: _MathmlPrinter.name,
    Sum: _MathmlPrinter.sum,
    Product: _MathmlPrinter.product,
    Fraction: _MathmlPrinter.fraction,
    Power: _MathmlPrinter.power,
    Root: _MathmlPrinter.root,
    Bracket: _MathmlPrinter.bracket,
    Application: _MathmlPrinter.application,
    BigOperator: _MathmlPrinter.big_operator,
    Derivative: _MathmlPrinter.derivative,
    EvaluationBar: _MathmlPrinter.evaluation_bar,
    Cases: _MathmlPrinter.cases,
    Relation: _MathmlPrinter.relation,
}
