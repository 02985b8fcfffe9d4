"""What a notebook asks of an object, answered by a higher room.

The model knows nothing of printing, and a notebook asks the objects themselves. So they ask whoever was named by
`shown_by`: the package does that when its names are first used. Until then a notebook shows what `repr` says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

Bundle: TypeAlias = Mapping[str, str]
"""An object's forms by their media types, such as `text/html`."""

_shows: list[Callable[[object], Bundle]] = []


def shown_by(show: Callable[[object], Bundle]) -> None:
    """Name the function that says how objects are displayed."""
    _shows[:] = [show]


class Displayed:
    """An object that a notebook displays as formulas."""

    __slots__ = ()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """The forms that a notebook chooses from; it applies `include` and `exclude` itself."""
        return dict(_shows[0](self)) if _shows else {}

    def _repr_html_(self) -> str | None:
        """The form for a browser."""
        return self._repr_mimebundle_().get("text/html")

    def _repr_latex_(self) -> str | None:
        """The form for a paper."""
        return self._repr_mimebundle_().get("text/latex")
