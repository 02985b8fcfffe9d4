"""Reads a line of text into the written tree.

Accepts Python's grammar of arithmetic (`+ - * / **`, brackets, names, numbers, calls, `x[i]`), both `(..)` and `[..]`
as brackets, a conditional bar `p(z | x)`, chains of the relations `= == != <= >= < > -> ~ in`, and the operators
listed in `USAGE`. `==` reads as `=`.

The idea: Python's own parser cannot be used, since its trees drop brackets and literals, take neither a symbol named
`lambda` nor some thousand summands, and give up at 200 nested brackets. So the text is cut into tokens by one regular
expression and read by recursive descent: relation, sum, product, sign, power, primary. Sums and products are flat;
`a*b/c` is the fraction of `a*b` and `c`; a leading minus belongs to the whole term, so `-1/2*x` is minus `1/2*x`.

Caveats: names are of ASCII letters, digits and underscores; numbers are digits with at most one decimal point. A line
has at most `MAX_LENGTH` characters, `MAX_OPERANDS` names and numbers, `MAX_NESTING` levels (brackets, calls, fractions,
powers, repeated signs) and `MAX_DIGITS` characters in a number; beyond, it is refused before any deep recursion.
Nothing is evaluated, and what a name means is left to the translation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Literal, NoReturn, cast

from klderive.notation.errors import NotationError
from klderive.notation.events import EVENT_SIGNS
from klderive.notation.other_spellings import OTHER_SPELLINGS
from klderive.notation.tree import (
    Accent,
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
    Span,
    Sum,
    Term,
    Underbrace,
    deep_recursion,
)

MAX_LENGTH = 1_000_000
"""Characters in a line."""
MAX_OPERANDS = 20_000
"""Names and numbers in a line."""
MAX_TOKENS = 8 * MAX_OPERANDS
"""Names, numbers, signs and brackets in a line."""
MAX_NESTING = 500
"""Levels of brackets, calls, fractions, powers and repeated signs inside one another."""
MAX_DIGITS = 1_000
"""Characters of a number."""
MAX_LABEL = 60
"""Characters of a label."""

USAGE: dict[str, tuple[str, ...]] = {
    "Integral": ("Integral(f, x)", "Integral(f, (x, a, b))"),
    "Sum": ("Sum(f, (x, X))", "Sum(f, (i, 1, N))", "Sum(f, ((x, y), X*Y))"),
    "Product": ("Product(f, (x, X))", "Product(f, (i, 1, N))"),
    "E": ("E(f, z in q)",),
    "Var": ("Var(f, x in P)",),
    "Prob": ("Prob(f >= c, x in P)", "Prob(a < x < b, x in P)"),
    "ArgMin": ("ArgMin(f, a, b)",),
    "ArgMax": ("ArgMax(f, a, b)",),
    "Min": ("Min(f, x)",),
    "Max": ("Max(f, x)",),
    "Limit": ("Limit(f, N, oo)",),
    "Bar": ("Bar(F, (x, a, b))",),
    "Diff": ("Diff(f, x)", "Diff(f, x, x)"),
    "Cases": ("Cases((value, condition), (value, otherwise))",),
    "Underbrace": ('Underbrace(f, "T1")',),
    "abs": ("abs(x)",),
    "sqrt": ("sqrt(x)",),
    "root": ("root(x, n)",),
    "log": ("log(x)",),
    "exp": ("exp(x)",),
    "hat": ("hat(theta)",),
    "tilde": ("tilde(theta)",),
    "bar": ("bar(theta)",),
    "star": ("star(theta)",),
    "prime": ("prime(theta)",),
}
"""How each name with a notation of its own is written."""

RESERVED = frozenset(
    (
        *("Integral", "Sum", "Product", "E", "Var", "Prob", "ArgMin", "ArgMax", "Min", "Max"),
        *("Limit", "Bar", "Diff", "Cases", "Underbrace", "abs", "sqrt", "root"),
    )
)
"""Names that cannot stand alone, nor be declared."""

_LABEL_SIGNS = " .,:;()'-"
_PLUS_MINUS: dict[str, Literal["+", "-"]] = {"+": "+", "-": "-"}
ACCENTS = frozenset(("hat", "tilde", "bar", "star", "prime"))
SIGNS: dict[str, RelationSign] = {
    "=": "=",
    "==": "=",
    "!=": "!=",
    "<=": "<=",
    ">=": ">=",
    "<": "<",
    ">": ">",
    "->": "->",
    "~": "~",
    "in": "in",
}

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<name>[A-Za-z]\w*)"
    r"|(?P<text>\"[^\"\n]*\")|(?P<mark>\*\*|->|==|!=|<=|>=|[-+*/()\[\],|=<>~])|(?P<end>\Z))",
    re.ASCII,
)
_IDENTIFIER = re.compile(r"[A-Za-z]\w*", re.ASCII)
_FLOAT = re.compile(r"[eE][-+]?\d+", re.ASCII)

_SPELLINGS = {
    "^": "powers are written `**`",
    "−": "write `-`",
    "–": "write `-`",
    "·": "write `*`",
    "×": "write `*`",
    "∗": "write `*`",
    "≤": "write `<=`",
    "≥": "write `>=`",
    "≠": "write `!=`",
    "≈": "write `~`",
    "→": "write `->`",
    "∈": "write `in`",
    "∫": "write `Integral(f, x)`",
    "∑": "write `Sum(f, (x, X))`",
    "∏": "write `Product(f, (i, 1, N))`",
    "√": "write `sqrt(x)`",
    "∞": "write `oo`",
    "²": "write `**2`",
    "³": "write `**3`",
    "‖": "write `KL(p, q)`",
    "½": "write `1/2`",
    ";": "parameters are separated by `,` or `|`",
    ":": "a definition is written with `=`",
    "\\": "LaTeX is not read here; write the plain name",
    "{": "use `(` and `)`, or `[` and `]`",
    "}": "use `(` and `)`, or `[` and `]`",
    "%": "write the number as a fraction",
    "!": "a factorial is `factorial(n)`",
    "@": "a product is written with `*`",
    "$": "LaTeX is not read here; write the plain name",
    "_": "a name begins with a letter",
    ".": "a decimal is written with digits on both sides of the point: `1.0`",
}

_WORDS = {
    "and": "one relation a line, or a chain such as `0 < x < 1`",
    "or": "a line is one formula, or one relation",
    "not": "a line is one formula, or one relation; `!=` says that sides differ",
    "is": "what kind a name is, its declaration says",
    "for": "a sum is `Sum(f, (i, 1, N))`",
    "if": "a value by cases is `Cases((a, x >= c), (b, otherwise))`",
    "else": "a value by cases is `Cases((a, x >= c), (b, otherwise))`",
}
"""Words of programs that are no operands, with what to write."""

_Token = tuple[str, str, int, int]


def read_text(text: str) -> Node:
    """Read a line of text, a formula or a chain of relations, into the written tree.

    Raises `NotationError`, with the place in the text and mostly a hint, if the line cannot be read.
    """
    if len(text) > MAX_LENGTH:
        raise NotationError(f"the line is longer than {MAX_LENGTH:,} characters")
    parser = _Parser(text, _tokens(text))
    with deep_recursion():
        return parser.line()


def is_name(text: str) -> bool:
    """Whether the text can be the name of a symbol or a function."""
    return bool(_IDENTIFIER.fullmatch(text)) and text != "in" and text not in RESERVED


def _tokens(text: str) -> list[_Token]:
    """The tokens of the text, the last of them the end: kind, text, start, stop."""
    tokens: list[_Token] = []
    append = tokens.append
    match_at = _TOKEN.match
    position = 0
    operands = 0
    while True:
        match = match_at(text, position)
        if match is None:
            _reject_character(text, position)
        kind = cast(str, match.lastgroup)
        value = match[kind]
        start, position = match.span(kind)
        if kind == "mark":
            append((value, value, start, position))
        elif kind == "end":
            append(("end", "", start, position))
            return tokens
        else:
            operands += 1
            if kind == "number":
                _check_number(text, start, position)
            elif value == "in":
                kind = "in"
            append((kind, value, start, position))
        if operands > MAX_OPERANDS or len(tokens) > MAX_TOKENS:
            raise NotationError(
                f"the line has more than {MAX_OPERANDS:,} names and numbers",
                hint="split it into several lines, or write a sum with `Sum(f, (i, 1, N))`",
            )


def _check_number(text: str, start: int, stop: int) -> None:
    """Refuse a number that is too long, or that something is attached to."""
    if stop - start > MAX_DIGITS:
        raise NotationError(
            f"the number has more than {MAX_DIGITS:,} digits", text, (start, start + 1)
        )
    following = text[stop : stop + 1]
    if following == ".":
        raise NotationError(
            "unknown character `.` after a number", text, (stop, stop + 1), _SPELLINGS["."]
        )
    if not (following == "_" or (following.isascii() and following.isalpha())):
        return
    exponent = _FLOAT.match(text, stop)
    if exponent:
        raise NotationError(
            f"`{text[start : exponent.end()]}` is a floating-point number",
            text,
            (start, exponent.end()),
            "write an exact number, such as `10**5`, `1/1000` or `0.25`",
        )
    attached = re.compile(r"\w+", re.ASCII).match(text, stop)
    name = attached[0] if attached else following
    if name in ("j", "J"):
        raise NotationError(
            f"`{text[start:stop]}{name}` is a complex number",
            text,
            (start, stop + 1),
            "numbers are real here",
        )
    problem = f"`{text[start:stop]}` and `{name}` stand side by side"
    hint = f"a product is written with `*`: `{text[start:stop]}*{name}`"
    if name.startswith("_"):
        hint = "a number is written with digits only"
    raise NotationError(problem, text, (start, stop + len(name)), hint)


def _reject_character(text: str, position: int) -> NoReturn:
    """Refuse the first character after white space that no token begins with."""
    while text[position].isspace() and text[position].isascii():
        position += 1
    character = text[position]
    unicode_name = unicodedata.name(character, "no Unicode name")
    problem = f"unknown character `{character}`"
    if not character.isascii():
        problem += f" ({unicode_name})"
    elif not character.isprintable():
        problem = f"unknown character {character!r}"
    hint = _SPELLINGS.get(character)
    if character == "'":
        hint = _of_primes(text, position)
    if hint is None and unicode_name.startswith("GREEK"):
        letter = unicode_name.removeprefix("GREEK ").removesuffix(" SYMBOL").split(" WITH ")[0]
        case, _, spelling = letter.partition(" LETTER ")
        spelling = (spelling or case).removeprefix("FINAL ").lower().replace("lamda", "lambda")
        hint = f"write `{spelling.capitalize() if case == 'CAPITAL' else spelling}`"
    if hint is None and not character.isascii():
        hint = "names are of ASCII letters, digits and underscores"
    raise NotationError(problem, text, (position, position + 1), hint)


def _of_primes(text: str, position: int) -> str:
    """What to write for a name with primes: a derivative, where arguments follow."""
    before = re.search(r"[A-Za-z]\w*\Z", text[:position], re.ASCII)
    name = before[0] if before else "x"
    primes = len(text[position:]) - len(text[position:].lstrip("'"))
    if text[position + primes :].startswith("("):
        return f"a derivative is `Diff({name}(x), {', '.join(['x'] * primes)})`"
    return f"write `prime({name})`, or a name without the prime"


class _Parser:
    """Recursive descent over the tokens of one line; `height` is that of the node read last."""

    __slots__ = ("at", "depth", "height", "kind", "stop", "text", "tokens")

    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 0
        self.kind = tokens[0][0]
        self.stop = 0
        self.depth = 0
        self.height = 0

    def advance(self) -> _Token:
        """Consume the current token and return it."""
        token = self.tokens[self.at]
        self.at += 1
        self.kind = self.tokens[self.at][0]
        self.stop = token[3]
        return token

    @property
    def start(self) -> int:
        """Where the current token starts."""
        return self.tokens[self.at][2]

    def enter(self, span: Span) -> None:
        """Go one level down, unless that is one too many."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            self.too_deep(span)

    def too_deep(self, span: Span) -> NoReturn:
        """Refuse the nesting."""
        raise NotationError(
            f"the line is nested more than {MAX_NESTING} levels deep", self.text, span
        )

    def raise_height(self, span: Span) -> None:
        """Count one more level on top of the node read last."""
        self.height += 1
        if self.height > MAX_NESTING:
            self.too_deep(span)

    def fail(self, problem: str, span: Span, hint: str | None = None) -> NoReturn:
        """Refuse the line."""
        raise NotationError(problem, self.text, span, hint)

    def line(self) -> Node:
        """The whole text."""
        if self.kind == "end":
            self.fail("the line is empty", (0, 1))
        node = self.relation()
        if self.kind != "end":
            self.unexpected()
        return node

    def unexpected(self) -> NoReturn:
        """Refuse the current token, which does not continue what was read before."""
        kind, value, start, stop = self.tokens[self.at]
        if kind in (")", "]"):
            self.fail(f"`{value}` closes no bracket", (start, stop))
        if kind in ("number", "name", "(", "["):
            before = self.tokens[self.at - 1][1]
            if kind == "name" and value in _WORDS:
                self.fail(f"unexpected `{value}`", (start, stop), _WORDS[value])
            if before in _WORDS:
                self.fail(f"unexpected `{before}`", self.tokens[self.at - 1][2:], _WORDS[before])
            self.fail(
                f"`{before}` and `{value}` stand side by side",
                (start, stop),
                "a product is written with `*`",
            )
        if kind == "|":
            self.fail(
                "unexpected `|`",
                (start, stop),
                "an absolute value is `abs(x)`; a condition stands in a call: `p(z | x)`",
            )
        if kind == "end":
            self.fail("the line ends too early", (max(0, self.stop - 1), self.stop))
        hint = "a line is one formula, or one relation" if kind == "," else None
        self.fail(f"unexpected `{value}`", (start, stop), hint)

    def close(self, mark: str, opening: _Token) -> None:
        """Consume the closing bracket of an opening one."""
        if self.kind == mark:
            self.advance()
            return
        if self.kind == "end":
            self.never_closed()
        if self.kind in (")", "]"):
            self.fail(
                f"`{opening[1]}` is closed by `{self.kind}`",
                (opening[2], opening[3]),
                f"`{mark}` is missing",
            )
        self.unexpected()

    def never_closed(self) -> NoReturn:
        """Refuse the end of the text, where the innermost open bracket is not closed."""
        open_brackets: list[_Token] = []
        for token in self.tokens[: self.at]:
            if token[0] in ("(", "["):
                open_brackets.append(token)
            elif token[0] in (")", "]"):
                open_brackets.pop()
        _, bracket, start, stop = open_brackets[-1]
        closing = ")" if bracket == "(" else "]"
        self.fail(f"`{bracket}` is never closed", (start, stop), f"`{closing}` is missing")

    def relation(self) -> Node:
        """A sum, or sums joined by relation signs."""
        start = self.start
        side = self.sum()
        if self.kind not in SIGNS:
            return side
        sides = [side]
        signs: list[RelationSign] = []
        height = self.height
        while self.kind in SIGNS:
            signs.append(SIGNS[self.advance()[0]])
            sides.append(self.sum())
            if self.height > height:
                height = self.height
        self.height = height
        return Relation(tuple(sides), tuple(signs), span=(start, self.stop))

    def sum(self) -> Node:
        """Terms joined by plus and minus."""
        start = self.start
        kind = self.kind
        if kind == "-" or kind == "+":
            self.advance()
            terms = [Term(_PLUS_MINUS[kind], self.term(), span=(start, self.stop))]
        else:
            body = self.product()
            kind = self.kind
            if kind != "-" and kind != "+":
                return body
            terms = [Term("", body, span=(start, self.stop))]
        height = self.height
        kind = self.kind
        while kind == "-" or kind == "+":
            term_start = self.advance()[2]
            body = self.term()
            terms.append(Term(_PLUS_MINUS[kind], body, span=(term_start, self.stop)))
            if self.height > height:
                height = self.height
            kind = self.kind
        self.height = height
        return Sum(tuple(terms), span=(start, self.stop))

    def term(self) -> Node:
        """What follows a sign in a sum: a product, perhaps with a sign of its own."""
        if self.kind == "-" or self.kind == "+":
            return self.signed(self.term)
        return self.product()

    def unary(self) -> Node:
        """A factor, a divisor or an exponent: a power, perhaps with a sign."""
        if self.kind == "-" or self.kind == "+":
            return self.signed(self.unary)
        return self.power()

    def signed(self, operand: Callable[[], Node]) -> Node:
        """An operand with its sign: a sum of one term."""
        sign, _, start, stop = self.advance()
        self.enter((start, stop))
        body = operand()
        self.depth -= 1
        span = (start, self.stop)
        self.raise_height(span)
        return Sum((Term(_PLUS_MINUS[sign], body, span=span),), span=span)

    def product(self) -> Node:
        """Factors and divisors, from left to right."""
        start = self.start
        factor = self.power()
        if self.kind != "*" and self.kind != "/":
            return factor
        factors = [factor]
        height = self.height
        while True:
            if self.kind == "*":
                self.advance()
                factors.append(self.unary())
                if self.height > height:
                    height = self.height
            elif self.kind == "/":
                numerator = factors[0]
                if len(factors) > 1:
                    numerator = Product(tuple(factors), span=(start, self.stop))
                self.advance()
                denominator = self.unary()
                self.height = max(height, self.height)
                span = (start, self.stop)
                self.raise_height(span)
                height = self.height
                factors = [Fraction(numerator, denominator, span=span)]
            else:
                self.height = height
                if len(factors) == 1:
                    return factors[0]
                return Product(tuple(factors), span=(start, self.stop))

    def power(self) -> Node:
        """A primary, perhaps with an exponent; powers associate to the right."""
        start = self.start
        base = self.primary()
        if self.kind != "**":
            return base
        height = self.height
        mark = self.advance()
        self.enter((mark[2], mark[3]))
        exponent = self.unary()
        self.depth -= 1
        span = (start, self.stop)
        self.height = max(height, self.height)
        self.raise_height(span)
        return Power(base, exponent, span=span)

    def primary(self) -> Node:
        """A number, a name, a call, an indexed name or a bracket."""
        kind = self.kind
        if kind == "name":
            token = self.advance()
            following = self.kind
            if following == "(":
                return self.call(token)
            name, start, stop = token[1], token[2], token[3]
            if name in RESERVED:
                self.bare(token)
            self.height = 0
            if following == "[":
                return self.index(Name(name, span=(start, stop)))
            return Name(name, span=(start, stop))
        if kind == "number":
            token = self.advance()
            self.height = 0
            return Number(token[1], span=(token[2], token[3]))
        if kind == "(" or kind == "[":
            opening = self.advance()
            self.enter((opening[2], opening[3]))
            if self.kind == ")" or self.kind == "]":
                self.fail("the bracket is empty", (opening[2], opening[3]))
            body = self.sum()
            if self.kind == ",":
                self.comma_in_bracket(opening)
            self.close(")" if kind == "(" else "]", opening)
            self.depth -= 1
            span = (opening[2], self.stop)
            self.raise_height(span)
            return Bracket(body, "(" if kind == "(" else "[", span=span)
        return self.missing_operand()

    def comma_in_bracket(self, opening: _Token) -> NoReturn:
        """Refuse a comma in a bracket that is no call."""
        hint = "a decimal is written with a point; a list stands only in a call"
        at = self.tokens.index(opening)
        if at and self.tokens[at - 1][0] == "in":
            hint = "an interval is said by its ends: `0 < x < 1`"
        else:
            callers: list[str] = []
            for place, token in enumerate(self.tokens[:at]):
                if token[0] in ("(", "["):
                    kind, name = self.tokens[place - 1][:2] if place else ("", "")
                    callers.append(name if kind == "name" else "")
                elif token[0] in (")", "]"):
                    callers.pop()
            if callers and callers[-1] in OTHER_SPELLINGS:
                hint = OTHER_SPELLINGS[callers[-1]]
        self.fail("unexpected `,` in a bracket", (self.start, self.start + 1), hint)

    def bare(self, token: _Token) -> NoReturn:
        """Refuse an operator that is not applied."""
        name = token[1]
        if name == "E":
            self.fail(
                "`E` stands alone, without brackets",
                (token[2], token[3]),
                "the number is `e` or `exp(1)`; an expectation is `E(f, z in q)`",
            )
        self.fail(
            f"`{name}` stands alone, without brackets", (token[2], token[3]), self.usage(name)
        )

    def missing_operand(self) -> NoReturn:
        """Refuse the current token, which stands where an operand should."""
        kind, value, start, stop = self.tokens[self.at]
        hint = "powers are written `**`" if kind == "**" else None
        if kind == "|" and self.at and self.tokens[self.at - 1][0] == "|":
            hint = "two formulas are separated by `,`: `KL(p, q)`"
        elif kind == "|":
            hint = "an absolute value is `abs(x)`"
        if self.at == 0 or self.tokens[self.at - 1][0] in ("(", "[", ",", "|"):
            if kind in (")", "]"):
                self.fail(f"an operand is missing before `{value}`", (start, stop))
            if kind == "end":
                self.never_closed()
            self.fail(f"an operand is missing before `{value}`", (start, stop), hint)
        before = self.tokens[self.at - 1]
        if kind == "*" and before[0] == "/":
            hint = None
        if kind == "/" and before[0] == "/":
            hint = "a fraction is written with one `/`"
        if kind == ">" and before[0] == "<":
            hint = "write `!=`"
        self.fail(f"an operand is missing after `{before[1]}`", (before[2], before[3]), hint)

    def index(self, base: Name) -> Node:
        """The indices after a name, in square brackets."""
        opening = self.advance()
        self.enter((opening[2], opening[3]))
        indices = self.items(opening, self.sum)
        self.close("]", opening)
        self.depth -= 1
        span = (base.span or (0, 0))[0], self.stop
        self.raise_height(span)
        return Index(base, indices, span=span)

    def items(self, opening: _Token, item: Callable[[], Node]) -> tuple[Node, ...]:
        """Items separated by commas, at least one."""
        if self.kind in (")", "]"):
            self.fail("an argument is missing", (opening[2], opening[3]))
        items = [item()]
        height = self.height
        while self.kind == ",":
            self.advance()
            items.append(item())
            if self.height > height:
                height = self.height
        self.height = height
        return tuple(items)

    def call(self, token: _Token) -> Node:
        """A name with its arguments in brackets: a function, or a notation of its own."""
        name, start = token[1], token[2]
        opening = self.advance()
        self.enter((start, opening[3]))
        if name in USAGE:
            node = self.notation(token, opening)
        else:
            function = Name(name, span=(start, token[3]))
            arguments = self.items(opening, self.relation)
            given: tuple[Node, ...] = ()
            if self.kind == "|":
                self.advance()
                height = self.height
                given = self.items(opening, self.relation)
                self.height = max(height, self.height)
            self.close(")", opening)
            node = Application(function, arguments, given, span=(start, self.stop))
        self.depth -= 1
        self.raise_height((start, self.stop))
        return node

    @staticmethod
    def usage(name: str) -> str:
        """How a notation is written."""
        return "write " + " or ".join(f"`{form}`" for form in USAGE[name])

    def arity(self, token: _Token) -> NoReturn:
        """Refuse the arguments of a notation."""
        self.fail(f"`{token[1]}` takes other arguments", (token[2], token[3]), self.usage(token[1]))

    def comma(self, token: _Token) -> None:
        """Consume the comma before a further argument of a notation."""
        if self.kind in (")", "]", "|", "in") or self.kind in SIGNS:
            self.arity(token)
        if self.kind == "end":
            self.never_closed()
        if self.kind != ",":
            self.unexpected()
        self.advance()

    def end_call(self, token: _Token, opening: _Token) -> Span:
        """Consume the closing bracket of a notation."""
        if self.kind in (",", "|") or self.kind in SIGNS:
            self.arity(token)
        self.close(")", opening)
        return token[2], self.stop

    def argument(self, token: _Token) -> Node:
        """A further argument of a notation."""
        self.comma(token)
        height = self.height
        node = self.sum()
        self.height = max(height, self.height)
        return node

    def name(self, token: _Token) -> Name:
        """A variable of a notation: a name."""
        if self.kind != "name":
            self.arity(token)
        _, name, start, stop = self.advance()
        if name in RESERVED:
            self.arity(token)
        return Name(name, span=(start, stop))

    def label(self, token: _Token) -> str:
        """The words of an underbrace, in quotes."""
        height = self.height
        self.comma(token)
        if self.kind != "text":
            self.arity(token)
        _, quoted, start, stop = self.advance()
        self.height = height
        label = quoted[1:-1]
        if not label.strip() or len(label) > MAX_LABEL:
            self.fail(f"a label has 1 to {MAX_LABEL} characters", (start, stop))
        for character in label:
            letter = character.isascii() and character.isalnum()
            if not letter and character not in _LABEL_SIGNS:
                self.fail(
                    f"`{character}` cannot stand in a label",
                    (start, stop),
                    "a label is of ASCII letters, digits, spaces and .,:;()'-",
                )
        return label

    def names(self, token: _Token) -> tuple[Name, ...]:
        """Variables of a notation, each after a comma."""
        names = []
        while self.kind != ")":
            self.comma(token)
            names.append(self.name(token))
        if not names:
            self.arity(token)
        return tuple(names)

    def notation(self, token: _Token, opening: _Token) -> Node:
        """What follows the opening bracket of a name in `USAGE`."""
        name = token[1]
        if self.kind == ")":
            self.arity(token)
        if name in ACCENTS:
            accented = self.name(token)
            self.height = 0
            return Accent(accented, name, span=self.end_call(token, opening))  # type: ignore[arg-type]
        if name == "Cases":
            return self.cases(token, opening)
        body = self.event(token) if name == "Prob" else self.sum()
        if name in ("log", "exp"):
            function = Name(name, span=(token[2], token[3]))
            return Application(function, (body,), span=self.end_call(token, opening))
        if name == "abs":
            return Bracket(body, "|", span=self.end_call(token, opening))
        if name == "sqrt":
            return Root(body, span=self.end_call(token, opening))
        if name == "root":
            degree = self.argument(token)
            return Root(body, degree, span=self.end_call(token, opening))
        if name == "Diff":
            names = self.names(token)
            return Derivative(body, names, span=self.end_call(token, opening))
        if name == "Underbrace":
            label = self.label(token)
            return Underbrace(body, label, span=self.end_call(token, opening))
        if name == "Bar":
            binder = self.binder(token)
            if binder.lower is None or binder.upper is None:
                self.arity(token)
            span = self.end_call(token, opening)
            return EvaluationBar(body, binder.variables[0], binder.lower, binder.upper, span=span)
        binders = self.binders(token)
        kind = cast(BigOperatorKind, name)
        return BigOperator(kind, body, binders, span=self.end_call(token, opening))

    def binders(self, token: _Token) -> tuple[Binder, ...]:
        """The binders of a big operator, each after a comma."""
        name = token[1]
        if name in ("ArgMin", "ArgMax", "Min", "Max"):
            return tuple(Binder((each,), span=each.span) for each in self.names(token))
        if name == "Limit":
            self.comma(token)
            variable = self.name(token)
            to = self.argument(token)
            return (Binder((variable,), to=to, span=((variable.span or (0, 0))[0], self.stop)),)
        found = []
        law = name in ("E", "Var", "Prob")
        while self.kind == ",":
            found.append(self.law(token) if law else self.binder(token))
        if not found and not law:
            self.arity(token)
        return tuple(found)

    def event(self, token: _Token) -> Node:
        """The relation of which a probability is taken."""
        start = self.start
        event = self.relation()
        if not isinstance(event, Relation) or not set(event.signs) <= EVENT_SIGNS:
            self.fail("this is not an event", (start, self.stop), "write `x >= c` or `a < x < b`")
        return event

    def law(self, token: _Token) -> Binder:
        """The variables and the law of an expectation: `z in q`."""
        self.comma(token)
        start = self.start
        variables = self.pair(token) if self.kind == "(" else (self.name(token),)
        if self.kind != "in":
            self.arity(token)
        self.advance()
        height = self.height
        domain = self.sum()
        self.height = max(height, self.height)
        return Binder(variables, domain=domain, span=(start, self.stop))

    def pair(self, token: _Token) -> tuple[Name, ...]:
        """Several variables in brackets."""
        opening = self.advance()
        names = [self.name(token)]
        while self.kind == ",":
            self.advance()
            names.append(self.name(token))
        self.close(")", opening)
        if len(names) == 1:
            self.arity(token)
        return tuple(names)

    def binder(self, token: _Token) -> Binder:
        """The variable of an integral, a sum or a product, with its bounds or its set."""
        self.comma(token)
        start = self.start
        if self.kind != "(":
            variable = self.name(token)
            return Binder((variable,), span=variable.span)
        opening = self.advance()
        variables = self.pair(token) if self.kind == "(" else (self.name(token),)
        first = self.argument(token)
        if self.kind == ",":
            second = self.argument(token)
            if len(variables) > 1 or self.kind == ",":
                self.arity(token)
            self.close(")", opening)
            return Binder(variables, first, second, span=(start, self.stop))
        if token[1] in ("Integral", "Bar"):
            self.arity(token)
        self.close(")", opening)
        return Binder(variables, domain=first, span=(start, self.stop))

    def cases(self, token: _Token, opening: _Token) -> Node:
        """The pairs of a value and its condition."""
        pairs = []
        height = 0
        while True:
            if self.kind != "(":
                self.arity(token)
            pair = self.advance()
            value = self.sum()
            height = max(height, self.height)
            self.comma(token)
            condition = self.relation()
            height = max(height, self.height)
            if not isinstance(condition, Relation) and condition != Name("otherwise"):
                self.fail(
                    "a condition is missing",
                    condition.span or (pair[2], pair[3]),
                    "write a relation such as `x >= 0`, or `otherwise`",
                )
            self.close(")", pair)
            pairs.append((value, condition))
            if self.kind != ",":
                break
            self.advance()
        self.height = height
        return Cases(tuple(pairs), span=self.end_call(token, opening))
