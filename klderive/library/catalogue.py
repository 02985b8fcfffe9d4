"""The derivations that can be named, without importing them.

Accepts nothing: it looks in the directory of shipped derivations and at the entry points `klderive.derivations` of
installed packages. The idea: a file says `Derivation("name", title="...")` with literals, so its syntax tree tells name
and title, and neither SymPy nor the file itself is imported for a list.

Caveats: a name that is not a literal cannot be seen; a file reached through an entry point is then listed by the entry
point's name, a shipped one not at all. If two derivations have one name, the shipped one counts, then the first package
in alphabetical order.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

GROUP = "klderive.derivations"
"""The entry-point group in which an installed package names its derivations; also the package of the shipped ones."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A derivation that can be loaded by name.

    `module` is where it is; `attribute` the object in it, if an entry point names one; `package` the distribution it
    comes with.
    """

    name: str
    title: str
    module: str
    attribute: str = ""
    package: str = "klderive"


def names() -> tuple[str, ...]:
    """The names of all derivations that can be loaded by name, shipped ones first."""
    return tuple(entry.name for entry in catalogue())


@lru_cache(maxsize=1)
def catalogue() -> tuple[Entry, ...]:
    """All derivations that can be loaded by name, shipped ones first."""
    found: dict[str, Entry] = {}
    for entry in (*_shipped(), *_installed()):
        found.setdefault(entry.name, entry)
    return tuple(found.values())


def _shipped() -> list[Entry]:
    entries = []
    for path in sorted(shipped_directory().glob("*.py")):
        if path.stem == "__init__":
            continue
        module = f"{GROUP}.{path.stem}"
        entries += [Entry(name, title, module) for name, title in _declared(path)]
    return entries


def _installed() -> list[Entry]:
    entries = []
    points = sorted(entry_points(group=GROUP), key=lambda point: (_package(point), point.name))
    for point in points:
        path = _source(point.module)
        declared = _declared(path) if path is not None else []
        if point.attr:
            # One object of the module: the one with the entry point's name if the file shows it.
            declared = [pair for pair in declared if pair[0] == point.name]
        for name, title in declared or [(point.name, point.name)]:
            entries.append(Entry(name, title, point.module, point.attr, _package(point)))
    return entries


def shipped_directory() -> Path:
    """The directory of the derivations that come with klderive."""
    spec = importlib.util.find_spec(GROUP)
    if spec is None or not spec.submodule_search_locations:
        raise ImportError(f"the package {GROUP} is missing: klderive is not installed completely")
    return Path(next(iter(spec.submodule_search_locations)))


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else point.module


def _source(module: str) -> Path | None:
    """The file of a module, found without importing it or the packages above it."""
    path: list[str] | None = None
    name = ""
    origin: str | None = None
    for piece in module.split("."):
        name = f"{name}.{piece}" if name else piece
        for finder in sys.meta_path:
            try:
                spec = finder.find_spec(name, path)
            except (ImportError, AttributeError, ValueError):
                continue
            if spec is not None:
                break
        else:
            return None
        origin = spec.origin
        path = list(spec.submodule_search_locations or ())
    return Path(origin) if origin and origin.endswith(".py") else None


def _declared(path: Path) -> list[tuple[str, str]]:
    """Name and title of each `Derivation("name", title="...")` in a file; nothing if it cannot be read."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return []
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        callee = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
        if callee != "Derivation":
            continue
        given = {word.arg: word.value for word in node.keywords}
        name = _text(node.args[0] if node.args else given.get("name"))
        if name:
            found.append((name, _text(given.get("title")) or name))
    return found


def _text(node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ""
