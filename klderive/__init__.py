"""klderive: derivations written as on paper, checked line by line.

The public names are imported when first used, because SymPy takes a quarter of a second to import:

- `Derivation`, `Source`, `by`, `DerivationError`: write a derivation,
- `prove`: check a single line,
- `load`, `LibraryError`: find a derivation by name or file.

`klderive.verify.verify` checks a whole derivation.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from klderive.derivation import Derivation, DerivationError, Source, by
    from klderive.library import LibraryError, load
    from klderive.verify import prove

    __version__: str

__all__ = [
    "Derivation",
    "DerivationError",
    "LibraryError",
    "Source",
    "__version__",
    "by",
    "load",
    "prove",
]

_ROOM_OF = {
    "Derivation": "derivation",
    "DerivationError": "derivation",
    "Source": "derivation",
    "by": "derivation",
    "LibraryError": "library",
    "load": "library",
    "prove": "verify",
}


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("klderive")
    if name in _ROOM_OF:
        value = getattr(import_module(f"klderive.{_ROOM_OF[name]}"), name)
        globals()[name] = value
        if _ROOM_OF[name] == "derivation":
            _show_in_notebooks()
        return value
    raise AttributeError(f"module 'klderive' has no attribute {name!r}")


def _show_in_notebooks() -> None:
    """Tell the model, which knows nothing of printing, who displays it; that room is imported when it is asked."""
    display = import_module("klderive.derivation.display")
    display.shown_by(lambda thing: import_module("klderive.render.notebook").bundle(thing))


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
