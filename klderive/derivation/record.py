"""What an author says to a derivation, kept as plain data in the order in which it was said.

Accepts the calls of the public methods. The idea: a derivation is nothing but what was said to it, so that saying the
same again gives the same derivation; `klderive.derivation.data` does that with what was written to a file.

Caveats: a formula that was given as a SymPy expression is kept as the text of its written tree.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar

from sympy import Basic

Plain: TypeAlias = str | bool | int | list[str] | list[dict[str, str]] | dict[str, str]
"""What plain data consist of here."""

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing said: the name of the method, and the arguments that differ from their defaults."""

    kind: str
    fields: Mapping[str, Plain]


def recorded(
    method: Callable[Concatenate[Any, _Parameters], _Result],
) -> Callable[Concatenate[Any, _Parameters], _Result]:
    """Let a derivation's method keep each of its calls that raises nothing."""
    signature = inspect.signature(method)
    defaults = {name: parameter.default for name, parameter in signature.parameters.items()}

    @wraps(method)
    def said(self: Any, /, *arguments: _Parameters.args, **options: _Parameters.kwargs) -> _Result:
        result = method(self, *arguments, **options)
        given = signature.bind(self, *arguments, **options).arguments
        fields = {
            name.rstrip("_"): _plain(self, _several(value, defaults[name]))
            for name, value in given.items()
            if name != "self" and value != defaults[name]
        }
        self.entries.append(Entry(method.__name__, fields))
        return result

    return said


def _several(value: object, default: object) -> object:
    """An argument, in a list if it is one text where several may stand."""
    return [value] if isinstance(value, str) and isinstance(default, tuple) else value


def _plain(derivation: Any, value: object) -> Plain:
    """An argument as plain data."""
    if isinstance(value, Basic):
        return str(derivation.text_of(value))
    if isinstance(value, dict):
        return {str(name): str(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [str(each) for each in value]
    return value if isinstance(value, bool) else str(value)
