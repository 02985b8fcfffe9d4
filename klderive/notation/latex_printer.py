r"""Prints a written tree as LaTeX for display, and breaks long formulas into rows.

Accepts every tree; needs amsmath, and amssymb for `\mathbb`. The idea: the rules of `line_printer` with two-dimensional
notation: stacked fractions, roots, limits below and above. A bracket is dropped only where the notation itself groups
(numerator, denominator, radicand, exponent). While printing, brackets stay open as marks, so that their size can be
chosen at the end: plain around flat content, `\left \right` around tall content, `\biggl \biggr` where a row breaks
inside.

Caveats: widths are estimates for Computer Modern at 10 pt. Rows break at relations, plus and minus; where these leave
a row too wide, between factors and behind an operator such as arg min, without a sign.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from klderive.notation.line_printer import bound_names, implied_function, shown_operands
from klderive.notation.names import LATEX_ACCENTS, LATEX_MARKS, latex_name
from klderive.notation.rows import (
    COST_OF_DEPTH,
    COST_OF_FURTHER_RELATION,
    COST_OF_LAST_RESORT,
    COST_OF_RELATION,
    COST_OF_TERM,
    Piece,
    row_starts,
)
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
_AT_FACTOR = "\x03"
_OPEN = "\x05"
_CLOSE = "\x06"
_MARKS = re.compile("([\x01\x02\x03]|\x05.|\x06.)", re.DOTALL)
_DELIMITERS = {"(": "(", ")": ")", "[": "[", "]": "]", "<": "\\lvert", ">": "\\rvert"}
"""Marks of brackets; `<` and `>` stand for the bars of an absolute value."""
_TALL = (
    "\\frac",
    "\\sum",
    "\\prod",
    "\\int",
    "\\begin{cases}",
    "\\lim",
    "\\operatorname*",
    "\\arg",
)
_BRACE = "\\underbrace"
_SIGNS = {
    "=": "=",
    "!=": "\\neq",
    "<=": "\\leq",
    ">=": "\\geq",
    "<": "<",
    ">": ">",
    "->": "\\to",
    "~": "\\approx",
    "in": "\\in",
    "up to": "=",
    "proportional": "\\propto",
}
_HEADS = {
    "Integral": "\\int",
    "Sum": "\\sum",
    "Product": "\\prod",
    "E": "\\mathbb{E}",
    "Var": "\\operatorname{Var}",
    "Prob": "\\Pr",
    "ArgMin": "\\operatorname*{arg\\,min}",
    "ArgMax": "\\operatorname*{arg\\,max}",
    "Min": "\\min",
    "Max": "\\max",
    "Limit": "\\lim",
}
_GAPS = {"dot": " \\cdot ", "none": "", "thin": " \\, ", "plain": " "}
_MACROS = {"E": "\\E", "Var": "\\Var", "ArgMin": "\\argmin", "ArgMax": "\\argmax"}
"""The heads where a paper has macros for them."""
_FUNCTIONS = {
    **{name: f"\\operatorname{{{name}}}" for name in KNOWN_FUNCTIONS},
    **{name: f"\\{name}" for name in ("log", "exp", "sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "asin": "\\arcsin",
    "acos": "\\arccos",
    "atan": "\\arctan",
    "gamma": "\\Gamma",
    "loggamma": "\\log\\Gamma",
    "digamma": "\\psi",
}
_INDENT = 2.0
"""Ems by which rows after the first are indented: `\\qquad`."""


def to_latex(node: Node, scope: Scope | None = None, *, macros: bool = False) -> str:
    r"""The tree as LaTeX for display math, in one row; with macros, `\KL{P}{Q}`, `\E` and the like are used."""
    with deep_recursion():
        bare, labels = without_underbraces(node)
        return _closed(_LatexPrinter(scope, macros, labels).shown(bare, True))


def latex_rows(
    node: Node, scope: Scope | None = None, *, width: float, macros: bool = False
) -> list[str]:
    r"""The tree as LaTeX in rows of about `width` ems at 10 pt.

    Each row is a formula by itself: sizes of brackets match across rows, and a row that begins with plus or minus
    begins with `{}` to keep the space around it. Rows after the first are meant to be indented by `\qquad`, which is
    counted. A piece wider than a row that has no plus, minus or relation within stands in a row by itself. Underbraces
    are left out where one is wider than a row: no row can break within.
    """
    with deep_recursion():
        bare, labels = without_underbraces(node)
        printer = _LatexPrinter(scope, macros, labels)
        marked = printer.shown(bare, True)
        if printer.widest_brace > width - _INDENT:
            marked = _LatexPrinter(scope, macros).shown(bare, True)
        if latex_width(_closed(marked)) <= width:
            return [_closed(marked)]
        items = _items(marked)
        pieces = _cut(items)
        measured = [piece.measured() for piece in pieces]
        starts = row_starts(measured, width, width - _INDENT)
        return _assembled(items, pieces, starts)


@dataclass(slots=True)
class _Cut:
    """The items from one break point to the next."""

    first: int
    last: int
    cost: float
    text: str

    def measured(self) -> Piece:
        """The piece with its estimated width."""
        return Piece(latex_width(self.text), 0.0, self.cost)


def _items(marked: str) -> list[str]:
    """Marked LaTeX as a list of texts and marks."""
    return [item for item in _MARKS.split(marked) if item]


def _partners(items: list[str]) -> dict[int, int]:
    """For each opening mark the index of its closing one."""
    partners = {}
    stack = []
    for position, item in enumerate(items):
        if item[0] == _OPEN:
            stack.append(position)
        elif item[0] == _CLOSE:
            partners[stack.pop()] = position
    return partners


def _closed(marked: str) -> str:
    """Marked LaTeX with every bracket at the size of its content."""
    return _sized(_items(marked), frozenset())


def _sized(items: list[str], broken: frozenset[int]) -> str:
    """The items as LaTeX; brackets that open at a position in `broken` get a fixed size."""
    shown = [item if item[0] not in "\x01\x02\x03\x05\x06" else "" for item in items]
    tall_before = [0]
    for text in shown:
        tall_before.append(tall_before[-1] + any(sign in text for sign in _TALL))
    for start, stop in _partners(items).items():
        left, right = _DELIMITERS[items[start][1]], _DELIMITERS[items[stop][1]]
        if tall_before[stop] > tall_before[start]:
            size = "bigg" if start in broken else _size("".join(shown[start:stop]))
            left = f"\\{size}l{left}" if size else f"\\left{left}"
            right = f"\\{size}r{right}" if size else f"\\right{right}"
        bars = left.endswith("\\lvert")
        shown[start] = f"{left} " if bars else left
        shown[stop] = f" {right}" if bars else right
    return "".join(shown)


def _size(content: str) -> str:
    r"""The size of a bracket around tall content: empty for one that grows with it.

    A bracket that grows is symmetric around the row. So around a tall exponent, or above an underbrace, it would reach
    as far below as the exponent does above; there its size is that of what stands in the row.
    """
    if "^{" not in content and _BRACE not in content:
        return ""
    level, above = 0, _BRACE in content
    groups: list[str] = []
    before = ""
    for token in _WIDTHS.findall(content):
        if token == "{":
            kind = {"^": "script", "_": "script", "\\frac": "numerator"}.get(before, "")
            groups.append("denominator" if before == "numerator" else kind)
        elif token == "}":
            before = groups.pop() if groups else ""
            continue
        elif token == "\\begin" or token in _TALL:
            inside = groups.count("numerator") + groups.count("denominator")
            above = above or "script" in groups
            level = level if "script" in groups else max(level, 1 + inside)
        before = token
    return ("Big", "bigg", "")[min(level, 2)] if above and "\\begin" not in content else ""


def _cut(items: list[str]) -> list[_Cut]:
    """The pieces between break points."""
    pieces: list[_Cut] = []
    depth, first, cost, related = 0, 0, 0.0, False
    for position, item in enumerate([*items, _AT_RELATION]):
        if item[0] in (_AT_RELATION, _AT_TERM, _AT_FACTOR):
            text = "".join(
                "\\left" + _DELIMITERS[each[1]] if each[0] in (_OPEN, _CLOSE) else each
                for each in items[first:position]
                if each[0] not in (_AT_RELATION, _AT_TERM, _AT_FACTOR)
            )
            pieces.append(_Cut(first, position, cost, text))
            first = position
            cost = COST_OF_TERM + depth * COST_OF_DEPTH
            if item[0] == _AT_FACTOR:
                cost = COST_OF_LAST_RESORT + depth * COST_OF_DEPTH
            if item[0] == _AT_RELATION:
                cost = COST_OF_RELATION + depth * COST_OF_DEPTH
                if depth == 0:
                    cost = COST_OF_FURTHER_RELATION if related else cost
                    related = True
        elif item[0] == _OPEN:
            depth += 1
        elif item[0] == _CLOSE:
            depth -= 1
    return pieces


def _assembled(items: list[str], pieces: list[_Cut], starts: list[int]) -> list[str]:
    """The rows, with brackets of fixed size where a row breaks inside."""
    breaks = [pieces[start].first for start in starts[1:]]
    partners = _partners(items)
    broken = frozenset(
        start for start, stop in partners.items() if any(start < each < stop for each in breaks)
    )
    separator = "\x00"
    for position in breaks:
        sign = "{}" if items[position] == _AT_TERM else ""
        items[position] = separator + sign
        if items[position + 1][0] == " ":
            items[position + 1] = items[position + 1].lstrip() or " "
    rows = _sized(items, broken).split(separator)
    return [row.strip() for row in rows]


_WIDTHS = re.compile(r"\\(?:[A-Za-z]+\*?|.)|[{}^_]|.", re.DOTALL)
_WIDE = {
    "\\KL": 3.5,
    "\\E": 0.8,
    "\\Var": 1.9,
    "\\argmin": 3.7,
    "\\argmax": 3.9,
    "\\log": 1.45,
    "\\exp": 1.65,
    "\\min": 1.7,
    "\\max": 1.9,
    "\\lim": 1.4,
    "\\int": 1.1,
    "\\sum": 1.6,
    "\\prod": 1.45,
    "\\qquad": 2.0,
    "\\quad": 1.0,
    "\\,": 0.17,
    "\\!": -0.17,
    "\\left": 0.36,
    "\\right": 0.36,
    "\\biggl": 0.4,
    "\\biggr": 0.4,
    "\\Bigl": 0.2,
    "\\Bigr": 0.2,
    "\\mathrm": 0.0,
    "\\mathbb": 0.1,
    "\\operatorname": 0.2,
    "\\operatorname*": 0.2,
    "\\text": 0.0,
    "\\hat": 0.0,
    "\\tilde": 0.0,
    "\\bar": 0.0,
    "\\mid": 0.85,
    "\\|": 0.5,
    "\\parallel": 1.05,
    "\\partial": 0.55,
    "+": 1.22,
    "-": 1.22,
    "=": 1.33,
    "<": 1.33,
    ">": 1.33,
    "\\neq": 1.33,
    "\\leq": 1.33,
    "\\geq": 1.33,
    "\\to": 1.55,
    "\\approx": 1.33,
    "\\in": 1.2,
    "\\sim": 1.33,
    "\\times": 1.22,
    "\\cdot": 0.72,
    "\\infty": 1.0,
    "\\sqrt": 0.85,
    "\\lvert": 0.28,
    "\\rvert": 0.28,
    "(": 0.39,
    ")": 0.39,
    "[": 0.28,
    "]": 0.28,
    ",": 0.45,
    " ": 0.0,
    "&": 0.0,
}
_SCRIPT = 0.75
_WITH_LIMITS = (
    "\\sum",
    "\\prod",
    "\\lim",
    "\\min",
    "\\max",
    "\\operatorname*",
    "\\argmin",
    "\\argmax",
)
_SPACE_AROUND = {
    **dict.fromkeys(("+", "-", "\\times", "\\cdot"), 0.44),
    **dict.fromkeys(
        ("=", "<", ">", "\\neq", "\\leq", "\\geq", "\\to", "\\in", "\\sim", "\\mid"), 0.55
    ),
}
"""The space around signs, which there is none of in scripts."""
_CASES = re.compile(r"\\begin\{cases\}((?:(?!\\begin\{cases\}).)*?)\\end\{cases\}", re.DOTALL)


def latex_width(latex: str) -> float:
    """An estimate of a formula's width in ems at 10 pt."""
    tokens = _WIDTHS.findall(_CASES.sub(_widest_case, latex))
    width, _ = _run(tokens, 0)
    return width


def _widest_case(cases: re.Match[str]) -> str:
    """The widest row of a formula by cases, behind a sign as wide as the brace."""
    rows = [row.replace("&", "\\quad") for row in cases[1].split("\\\\")]
    return "\\quad" + max(rows, key=latex_width)


_Style = Literal["display", "text", "script"]
"""In a display limits stand below and above, in the text of a fraction beside."""


def _run(tokens: list[str], at: int, style: _Style = "display") -> tuple[float, int]:
    """The width of the tokens up to the end of the group, and where that is; signs are close in a script."""
    total, last, limits = 0.0, 0.0, False
    while at < len(tokens) and tokens[at] != "}":
        if tokens[at] in ("^", "_"):
            lower, upper = 0.0, 0.0
            while at < len(tokens) and tokens[at] in ("^", "_"):
                script, following = _operand(tokens, at + 1, "script")
                if tokens[at] == "^":
                    upper = script * _SCRIPT
                else:
                    lower = script * _SCRIPT
                at = following
            # Limits stand below and above their operator, other scripts behind.
            beside = max(lower, upper) + 0.05
            total += max(0.0, beside - last) if limits else beside
        else:
            limits = style == "display" and tokens[at] in _WITH_LIMITS
            last, at = _operand(tokens, at, style)
            if limits and at < len(tokens) and tokens[at] == "{":
                named, at = _operand(tokens, at, style)
                last += named
            total += last
    return total, at


def _operand(tokens: list[str], at: int, style: _Style = "display") -> tuple[float, int]:
    """The width of one token or group, a fraction with both its groups."""
    if at >= len(tokens):
        return 0.0, at
    token = tokens[at]
    if token == _BRACE:
        above, at = _operand(tokens, at + 1, style)
        below, at = _operand(tokens, at + 1, "script")
        return max(above, below * _SCRIPT), at
    if token == "{":
        width, stop = _run(tokens, at + 1, style)
        return width, stop + 1
    if token == "\\frac":
        inner: _Style = "script" if style == "script" else "text"
        above, at = _operand(tokens, at + 1, inner)
        below, at = _operand(tokens, at, inner)
        return max(above, below) + 0.24, at
    plain = 0.6 if token.startswith("\\") else 0.5 if token.isdigit() else 0.57
    plain = 0.8 if token.isupper() and len(token) == 1 else plain
    return _WIDE.get(token, plain) - (
        _SPACE_AROUND.get(token, 0.0) if style == "script" else 0.0
    ), at + 1


def _scripted(mark: str, text: str) -> str:
    """A subscript or superscript, in braces unless it is one character."""
    return f"{mark}{text}" if len(text) == 1 else f"{mark}{{{text}}}"


class _LatexPrinter:
    """One rule a notation. `open_end` says that nothing follows that an unbracketed operator could swallow."""

    def __init__(
        self, scope: Scope | None, macros: bool = False, labels: Labels | None = None
    ) -> None:
        self.scope = scope
        self.labels = labels or {}
        self.widest_brace = 0.0
        self.macros = macros
        self.bound: list[str] = []

    @contextmanager
    def binding(self, names: list[str]) -> Iterator[None]:
        """Print inside a binder of these names."""
        count = len(self.bound)
        self.bound += names
        yield
        del self.bound[count:]

    def shown(self, node: Node, open_end: bool) -> str:
        """The tree as it stands, its brackets still marked; with a brace below it, closed."""
        labels = self.labels.get(id(node), ())
        text = _RULES[type(node)](self, node, open_end or bool(labels))
        for label in labels:
            text = f"{_BRACE}{{{_closed(text)}}}_{{\\text{{{label}}}}}"
            self.widest_brace = max(self.widest_brace, latex_width(text))
        return text

    def plain(self, node: Node | None) -> str:
        """A tree in a place of its own, where no row breaks."""
        return "" if node is None else _closed(self.shown(node, True))

    @staticmethod
    def bracketed(text: str, left: str = "(", right: str = ")") -> str:
        """Text in a bracket whose size is chosen later."""
        return f"{_OPEN}{left}{text}{_CLOSE}{right}"

    def in_brackets(self, node: Node) -> str:
        """The tree in a round bracket."""
        return self.bracketed(self.shown(node, True))

    def name_text(self, name: str) -> str:
        """A name in LaTeX."""
        return latex_name(name, self.scope)

    def number(self, node: Number, open_end: bool) -> str:
        """The literal."""
        return node.literal

    def name(self, node: Name, open_end: bool) -> str:
        """The name as its style sets it."""
        return self.name_text(node.name)

    def accent(self, node: Accent, open_end: bool) -> str:
        """The name with its accent."""
        name = self.name_text(node.body.name)
        if node.accent in LATEX_MARKS:
            return f"{name}^{{{LATEX_MARKS[node.accent]}}}"
        base, mark, rest = name.partition("_")
        return f"{LATEX_ACCENTS[node.accent]}{{{base}}}{mark}{rest}"

    def sum(self, node: Sum, open_end: bool) -> str:
        """Terms with their signs."""
        pieces = []
        for position, term in enumerate(node.terms):
            sign = "-" if term.sign == "-" else "+"
            if position:
                pieces.append(f"{_AT_TERM} {sign} ")
            elif term.sign:
                pieces.append(sign)
            ends = open_end or position < len(node.terms) - 1
            bare = stands_as_term(term.body) or joins(term, self.labels)
            pieces.append(self.shown(term.body, ends) if bare else self.in_brackets(term.body))
        return "".join(pieces)

    def product(self, node: Product, open_end: bool) -> str:
        """Factors side by side."""
        last = len(node.factors) - 1
        pieces = []
        for position, factor in enumerate(node.factors):
            ends = open_end and position == last
            bare = stands_as_factor(factor)
            text = self.shown(factor, ends) if bare else self.in_brackets(factor)
            if position:
                left = node.factors[position - 1]
                pieces.append(_AT_FACTOR + self.between(left, factor, text, node.dotted))
            pieces.append(text)
        return "".join(pieces)

    def between(self, left: Node, right: Node, text: str, dotted: bool) -> str:
        """The sign or the space between two factors."""
        leading = text.removeprefix(f"{_BRACE}{{").lstrip(_OPEN)[:1]
        implied = isinstance(left, Application) and bool(
            implied_function(left, self.scope, self.bound)
        )
        between = gap(
            left,
            right,
            dotted=dotted,
            number_follows=leading.isdigit() or leading == ".",
            bracket_follows=text.startswith(_OPEN + "("),
            implied=implied,
        )
        return _GAPS[between]

    def fraction(self, node: Fraction, open_end: bool) -> str:
        """A stacked fraction; one within it has a slash."""
        return f"\\frac{{{self.small(node.numerator)}}}{{{self.small(node.denominator)}}}"

    def small(self, node: Node) -> str:
        """A tree in an exponent, a fraction or a case, where a fraction of flat parts has a slash."""
        node = without_bracket(node)
        parts = slashed(node)
        if parts is None or id(node) in self.labels:
            return self.plain(node)
        negative, above, below = parts
        shown = _closed(f"{self.shown(above, False)}/{self.shown(below, False)}")
        return f"-{shown}" if negative else shown

    def power(self, node: Power, open_end: bool) -> str:
        """The base with its exponent."""
        base = (
            self.shown(node.base, False) if self.is_base(node.base) else self.in_brackets(node.base)
        )
        return base + _scripted("^", self.small(node.exponent))

    def is_base(self, node: Node) -> bool:
        """Whether an exponent may stand right after the tree."""
        if isinstance(node, Application):
            name = node.function.name
            return not is_known_function(name, self.scope) and "^" not in self.name_text(name)
        if isinstance(node, Name | Accent):
            return "^" not in self.shown(node, False)
        return isinstance(node, Number | Bracket | Index)

    def root(self, node: Root, open_end: bool) -> str:
        """A root sign over the radicand."""
        degree = "" if node.degree is None else f"[{self.plain(without_bracket(node.degree))}]"
        return f"\\sqrt{degree}{{{self.plain(without_bracket(node.radicand))}}}"

    def bracket(self, node: Bracket, open_end: bool) -> str:
        """The author's bracket."""
        left, right = {"(": ("(", ")"), "[": ("[", "]"), "|": ("<", ">")}[node.kind]
        return self.bracketed(self.shown(node.body, True), left, right)

    def index(self, node: Index, open_end: bool) -> str:
        """The name with its indices below."""
        base = self.name_text(node.base.name)
        indices = ", ".join(map(self.plain, node.indices))
        return (f"{{{base}}}" if "_" in base else base) + _scripted("_", indices)

    def listed(self, nodes: tuple[Node, ...], separator: str = ", ") -> str:
        """Trees joined by a separator."""
        return separator.join(self.shown(node, True) for node in nodes)

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
            return f"\\log {self.shown(argument, True)}"
        given = f" \\mid {self.listed(node.given)}" if node.given else ""
        declared = scope is not None and name in scope.functions
        head = _FUNCTIONS.get(name) if not declared else None
        if head is None:
            head = self.name_text(name)
            if head.startswith("\\mathrm{"):
                head = head.replace("\\mathrm", "\\operatorname", 1)
        return head + self.bracketed(self.listed(node.arguments) + given)

    def operator(self, operator: Operator, node: Application) -> str:
        """A named operator of a higher room."""
        operands, hidden = shown_operands(operator, node)
        given = f" \\mid {self.listed(node.given)}" if node.given else ""
        with self.binding(hidden):
            if self.macros and operator.name == "KL" and not given and len(operands) == 2:
                return "\\KL" + "".join(f"{{{self.plain(operand)}}}" for operand in operands)
            shown = self.listed(operands, operator.latex_separator)
        return operator.latex_head + self.bracketed(shown + given)

    def big_operator(self, node: BigOperator, open_end: bool) -> str:
        """The operator's sign with what it binds, then its body."""
        with self.binding(bound_names(node)):
            return self.operated(node, open_end)

    def operated(self, node: BigOperator, open_end: bool) -> str:
        """The operator's sign and its body, inside its binders."""
        kind = node.kind
        head = _MACROS.get(kind, _HEADS[kind]) if self.macros else _HEADS[kind]
        if kind == "Integral":
            return self.integral(node)
        if kind in ("E", "Var", "Prob"):
            operator = self.scope.operators.get(kind) if self.scope else None
            if operator is not None and head not in _MACROS.values():
                head = operator.latex_head
            laws = ", ".join(
                f"{self.variables(binder)} \\sim {self.plain(binder.domain)}"
                for binder in node.binders
            )
            head += f"_{{{laws}}}" if laws else ""
            brackets = ("(", ")") if kind == "Prob" else ("[", "]")
            return head + self.bracketed(self.shown(node.body, True), *brackets)
        if kind in ("ArgMin", "ArgMax", "Min", "Max"):
            heads = [head + _scripted("_", ", ".join(map(self.variables, node.binders)))]
        elif kind == "Limit":
            binder = node.binders[0]
            heads = [f"{head}_{{{self.variables(binder)} \\to {self.plain(binder.to)}}}"]
        else:
            heads = [self.bound_head(head, binder) for binder in reversed(node.binders)]
        text = f" {_AT_FACTOR}".join([*heads, self.operand(node.body, kind)])
        return text if open_end else self.bracketed(text)

    def operand(self, body: Node, kind: str) -> str:
        """The body of an operator that has no closing sign."""
        bare = stands_as_operand(body, kind)
        return self.shown(body, True) if bare else self.in_brackets(body)

    def bound_head(self, head: str, binder: Binder) -> str:
        """The sign of a sum or a product with its range or its set."""
        variables = self.variables(binder)
        if binder.lower is not None and binder.upper is not None:
            upper = _scripted("^", self.plain(binder.upper))
            return f"{head}_{{{variables} = {self.plain(binder.lower)}}}{upper}"
        if binder.domain is None:
            return head + _scripted("_", variables)
        domain = binder.domain
        factors = domain.factors if isinstance(domain, Product) else (domain,)
        shown = " \\times ".join(map(self.plain, factors))
        return f"{head}_{{{variables} \\in {shown}}}"

    def variables(self, binder: Binder) -> str:
        """The variables of a binder."""
        names = [self.name_text(variable.name) for variable in binder.variables]
        return names[0] if len(names) == 1 else f"({', '.join(names)})"

    def integral(self, node: BigOperator) -> str:
        """Integral signs, the integrand, the differentials."""
        signs = []
        for binder in reversed(node.binders):
            sign = "\\int"
            if binder.lower is not None and binder.upper is not None:
                sign += f"_{{{self.plain(binder.lower)}}}^{{{self.plain(binder.upper)}}}"
            signs.append(sign)
        differentials = " ".join("\\,d" + self.variables(binder) for binder in node.binders)
        body = self.operand(node.body, "Integral")
        return f"{' '.join(signs)} {body} {differentials}"

    def derivative(self, node: Derivative, open_end: bool) -> str:
        """Partial derivatives as an operator before the formula."""
        order = len(node.variables)
        above = "\\partial" if order == 1 else f"\\partial^{{{order}}}"
        below = " \\, ".join(f"\\partial {self.name_text(name.name)}" for name in node.variables)
        bare = stands_under_derivative(node.body)
        body = self.shown(node.body, False) if bare else self.in_brackets(node.body)
        text = f"\\frac{{{above}}}{{{below}}} {body}"
        return text if open_end else self.bracketed(text)

    def evaluation_bar(self, node: EvaluationBar, open_end: bool) -> str:
        """The formula in a square bracket with both values."""
        variable = self.name_text(node.variable.name)
        body = _closed(self.bracketed(self.shown(node.body, True), "[", "]"))
        lower, upper = self.plain(node.lower), self.plain(node.upper)
        return f"{body}_{{{variable} = {lower}}}^{{{variable} = {upper}}}"

    def cases(self, node: Cases, open_end: bool) -> str:
        """Values with their conditions after a brace."""
        pairs = []
        for value, condition in node.pairs:
            plain = isinstance(condition, Name)
            when = "\\text{otherwise}" if plain else f"\\text{{if }} {self.plain(condition)}"
            pairs.append(f"{self.small(value)} & {when}")
        rows = " \\\\ ".join(pairs)
        return f"\\begin{{cases}} {rows} \\end{{cases}}"

    def relation(self, node: Relation, open_end: bool) -> str:
        """Sides joined by signs."""
        pieces = [self.shown(node.sides[0], True)]
        for sign, side in zip(node.signs, node.sides[1:], strict=True):
            shown = with_constant(side) if sign == "up to" else side
            pieces.append(f"{_AT_RELATION} {_SIGNS[sign]} {self.shown(shown, True)}")
        return "".join(pieces)


_RULES: dict[type, Callable[[_LatexPrinter, Any, bool], str]] = {
    Number: _LatexPrinter.number,
    Name: _LatexPrinter.name,
    Accent: _LatexPrinter.accent,
    Sum: _LatexPrinter.sum,
    Product: _LatexPrinter.product,
    Fraction: _LatexPrinter.fraction,
    Power: _LatexPrinter.power,
    Root: _LatexPrinter.root,
    Bracket: _LatexPrinter.bracket,
    Application: _LatexPrinter.application,
    Index: _LatexPrinter.index,
    BigOperator: _LatexPrinter.big_operator,
    Derivative: _LatexPrinter.derivative,
    EvaluationBar: _LatexPrinter.evaluation_bar,
    Cases: _LatexPrinter.cases,
    Relation: _LatexPrinter.relation,
}
