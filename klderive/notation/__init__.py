"""How a line is written: the written tree, its readers and its printers.

`read_text` and `read_sympy` read a line into a tree (`tree`); `to_text`, `to_unicode`, `to_ascii`, `to_latex` and
`to_mathml` print exactly that tree, `wrap` and `latex_rows` in rows; `translate` gives the unevaluated SymPy expression
it stands for. What names mean and how they are set is declared in a `Scope`. Whatever cannot be read is a
`NotationError`.
"""

from klderive.notation.errors import NotationError
from klderive.notation.latex_printer import latex_rows, to_latex
from klderive.notation.line_printer import to_ascii, to_unicode, wrap
from klderive.notation.mathml_printer import to_mathml
from klderive.notation.scope import (
    FunctionName,
    NameStyle,
    Operator,
    Scope,
    Translate,
    VariableRange,
    bound_variable,
)
from klderive.notation.sympy_reader import read_sympy
from klderive.notation.text_printer import to_text
from klderive.notation.text_reader import is_name, read_text
from klderive.notation.translation import translate, translate_sides
from klderive.notation.tree import Node, deep_recursion

__all__ = [
    "FunctionName",
    "NameStyle",
    "Node",
    "NotationError",
    "Operator",
    "Scope",
    "Translate",
    "VariableRange",
    "bound_variable",
    "deep_recursion",
    "is_name",
    "latex_rows",
    "read_sympy",
    "read_text",
    "to_ascii",
    "to_latex",
    "to_mathml",
    "to_text",
    "to_unicode",
    "translate",
    "translate_sides",
    "wrap",
]
