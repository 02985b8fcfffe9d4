"""Words and formulas as HTML: every word escaped, every formula MathML from its tree.

The idea: a formula within words is first held as a mark, so that words can be put together, as every format does,
before anything is escaped; then the words are escaped and the marks become `math` elements. No markup comes from an
author.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from sympy import Expr

from klderive.notation import Node, Scope, read_sympy, to_mathml
from klderive.render.formulas import MINUS, named_pieces

_SIGNS = {">=": "≥", "<=": "≤", "!=": "≠", "->": "→"}
_LAST_FORMULA = re.compile(r"(<math(?:(?!<math).)*</math>)$", re.DOTALL)
_HELD = re.compile("\ue000([0-9]+)\ue001")


class Words:
    """Words with formulas, in one scope."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.held: list[str] = []

    def formula(self, node: Node) -> str:
        """A mark for a formula."""
        self.held.append(to_mathml(node, self.scope, display=False))
        return f"\ue000{len(self.held) - 1}\ue001"

    def expression(self, expression: Expr) -> str:
        """A mark for an expression of the kernel's."""
        return self.formula(read_sympy(expression, self.scope))

    def html(self, words: str) -> str:
        """The words as HTML, their marks and the names of functions and symbols as formulas."""
        done: list[str] = []
        after_formula = False
        for place, piece in enumerate(_HELD.split(words)):
            if place % 2:
                index = int(piece)
                pieces = [(True, self.held[index] if index < len(self.held) else "")]
            else:
                pieces = [self.piece(*each) for each in named_pieces(piece, self.scope)]
            for formula, shown in pieces:
                if after_formula and not formula and not shown[:1].isspace():
                    # Without this a comma may begin a row, for a formula is a box and a box may end one.
                    shown = element("span", done.pop() + shown, class_="close")
                done.append(shown)
                after_formula = formula
        return "".join(done)

    def piece(self, words: str, node: Node | None) -> tuple[bool, str]:
        """Whether a piece is a formula, and its markup."""
        if node is not None:
            return True, to_mathml(node, self.scope, display=False)
        return False, escape(_SIGNS.get(words, MINUS.sub("−", words)))


def listed(pieces: Sequence[str]) -> str:
    """Finished markup in a row with commas, none of which can begin a row."""
    return ", ".join(
        _LAST_FORMULA.sub(r'<span class="close">\1,</span>', piece)
        if i < len(pieces) - 1
        else piece
        for i, piece in enumerate(pieces)
    ).replace(",</span>, ", ",</span> ")


def element(tag: str, content: str, **attributes: str) -> str:
    """An element around finished markup; an attribute that is empty is left out, `class_` is `class`."""
    shown = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for name, value in attributes.items()
        if value
    )
    return f"<{tag}{shown}>{content}</{tag}>"
