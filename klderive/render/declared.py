"""What a derivation declares of its symbols, in words: `sigma_m > 0`, `N > 0 integer`, `with w = 1`.

Accepts a function that prints a formula within words, so that every format says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sympy import Symbol

from klderive.derivation import Derivation, Line
from klderive.notation.tree import Name, Node

_SIGNS = (
    ("is_positive", ">"),
    ("is_negative", "<"),
    ("is_nonnegative", "≥"),
    ("is_nonpositive", "≤"),
    ("is_nonzero", "≠"),
)
_KINDS = ("prime", "even", "odd", "integer", "rational")


def assumptions(derivation: Derivation, shown: Callable[[Node], str]) -> Iterator[str]:
    """The symbols with what is assumed of them, those alike together, then the hypotheses on them."""
    kinds: dict[str, list[str]] = {}
    for name, symbol in derivation.scope.symbols.items():
        kinds.setdefault(assumed_of(symbol), []).append(shown(Name(name)))
    for kind, names in kinds.items():
        yield f"{', '.join(names)} {kind}"
    for node, _ in derivation.givens:
        yield shown(node)


def assumed_of(symbol: Symbol) -> str:
    """What is assumed of a symbol, to stand after its name: `> 0 integer`."""
    sign = next((f"{sign} 0" for flag, sign in _SIGNS if getattr(symbol, flag)), "")
    kind = next((kind for kind in _KINDS if getattr(symbol, f"is_{kind}")), "")
    return " ".join(filter(None, (sign, kind))) or "real"


def special_case(line: Line) -> list[tuple[list[str], Node]]:
    """The values that symbols take in a line, those together that take one value."""
    groups: list[tuple[list[str], Node]] = []
    for name, value in line.where:
        for names, other in groups:
            if other == value:
                names.append(name)
                break
        else:
            groups.append(([name], value))
    return groups


def values(line: Line, shown: Callable[[Node], str]) -> str:
    """The special case of a line in words; empty if it is none."""
    cases = [
        " = ".join([*(shown(Name(name)) for name in names), shown(value)])
        for names, value in special_case(line)
    ]
    return f"with {', '.join(cases)}" if cases else ""
