"""Loading derivations: by name, or from a file.

Accepts the name of a derivation in the catalogue, or the path of a file (anything that ends in `.py` or `.json`, or
has a path separator in it). Loading a Python file runs its code, with all that this implies; only listing does not.
Whatever the code raises comes back as a `LibraryError` with the file, the line and its text. A file that ends in
`.json` is data, and runs nothing.
"""

from __future__ import annotations

import difflib
import importlib
import linecache
import os
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from klderive.library.catalogue import Entry, catalogue
from klderive.library.errors import LibraryError
from klderive.library.written import read_json

if TYPE_CHECKING:
    from klderive.derivation import Derivation


LONGEST = 2_000_000
"""Bytes that a derivation's file may have; Python takes some hundred times as much memory to compile it."""
DATA = ".json"
"""How the name of a file ends that is data, not code."""


def load(name_or_path: str | os.PathLike[str]) -> Derivation:
    """The derivation with this name, or the only one in this file. The code of a Python file is run.

    Raises:
        LibraryError: if there is none, there are several, or the file fails.
    """
    found = load_all(name_or_path)
    if len(found) > 1:
        listed = ", ".join(derivation.name for derivation in found)
        raise LibraryError(
            f"there are several derivations, {listed}; load_all gives all of them",
            path=os.fspath(name_or_path),
        )
    return found[0]


def load_all(name_or_path: str | os.PathLike[str]) -> tuple[Derivation, ...]:
    """The derivation with this name, or all derivations in this file, in order. The code of a Python file is run.

    Raises:
        LibraryError: if there is none, or the file fails.
    """
    if isinstance(name_or_path, os.PathLike) or is_path(name_or_path):
        return _from_file(os.fspath(name_or_path))
    for entry in catalogue():
        if entry.name == name_or_path:
            return (_from_entry(entry),)
    known = [entry.name for entry in catalogue()]
    nearest = difflib.get_close_matches(name_or_path.lower(), known, n=3, cutoff=0.6)
    if not nearest and Path(f"{name_or_path}.py").is_file():
        nearest = [f"{name_or_path}.py"]
    raise LibraryError(
        f"there is no derivation named {name_or_path!r}"
        + ("" if nearest else "; `klderive list` names them all"),
        suggestions=tuple(nearest),
    )


def is_path(name_or_path: str) -> bool:
    """Whether an argument means a file, not a name."""
    separators = [os.sep, *([os.altsep] if os.altsep else [])]
    return name_or_path.endswith((".py", DATA)) or any(mark in name_or_path for mark in separators)


def _from_entry(entry: Entry) -> Derivation:
    try:
        module = importlib.import_module(entry.module)
        holder = getattr(module, entry.attribute) if entry.attribute else module
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise _failure(error, None, f"the derivation {entry.name} cannot be loaded") from error
    for derivation in _derivations(holder):
        if derivation.name == entry.name:
            return derivation
    found = _derivations(holder)
    if len(found) == 1 and entry.package != "klderive":
        return found[0]
    raise LibraryError(
        f"{entry.module} ({entry.package}) has no derivation named {entry.name!r}; "
        "is it built inside a function? It must be a variable of the module"
    )


def _from_file(path: str) -> tuple[Derivation, ...]:
    try:
        source = _source(path)
    except (OSError, ValueError) as error:
        own = Path(path).name
        others = [other.name for other in _neighbours(Path(path)) if other.name != own]
        nearest = difflib.get_close_matches(own, others, n=2)
        raise LibraryError(
            f"the file cannot be read: {(getattr(error, 'strerror', '') or str(error)).lower()}",
            path=path,
            suggestions=tuple(str(Path(path).with_name(name)) for name in nearest),
        ) from None
    if path.endswith(DATA):
        return read_json(_decoded(source, path), path)
    linecache.checkcache(path)
    try:
        code = compile(source, path, "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        words = getattr(error, "msg", None) or str(error)
        raise LibraryError(
            f"not Python: {words}", path=path, line=line, text=_text(path, line)
        ) from None
    module = ModuleType(Path(path).stem)
    module.__file__ = path
    directory = str(Path(path).resolve().parent)
    added = directory not in sys.path
    if added:
        # After everything else, so that a neighbour of the file cannot shadow an installed module.
        sys.path.append(directory)
    try:
        exec(code, module.__dict__)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise _failure(error, path, "the file fails") from error
    finally:
        if added and directory in sys.path:
            sys.path.remove(directory)
    found = _derivations(module)
    if not found:
        raise LibraryError(
            "there is no derivation in it: a variable of the file must hold a klderive.Derivation",
            path=path,
        )
    return found


def _source(path: str) -> bytes:
    """The bytes of a file, if it is one, and not too long.

    Raises:
        LibraryError: for a device or a pipe, which may never end, or for a file beyond `LONGEST`.
    """
    if not Path(path).is_dir() and Path(path).exists() and not Path(path).is_file():
        raise LibraryError("the file cannot be read: it is a device or a pipe", path=path)
    with open(path, "rb") as file:
        source = file.read(LONGEST + 1)
    if len(source) > LONGEST:
        raise LibraryError(
            f"the file has more than {LONGEST // 1_000_000} million bytes; a derivation is text of a few thousand",
            path=path,
        )
    return source


def _decoded(source: bytes, path: str) -> str:
    """The bytes of a JSON file as text."""
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise LibraryError("the file is not in UTF-8", path=path, line=line) from None


def _derivations(holder: object) -> tuple[Derivation, ...]:
    """The derivations that an object holds: itself, the variables of a module, or the members of a collection."""
    from klderive.derivation import Derivation

    values: Iterable[object]
    if isinstance(holder, Derivation):
        return (holder,)
    if isinstance(holder, ModuleType):
        values = vars(holder).values()
    else:
        values = holder if isinstance(holder, list | tuple) else ()
    found: list[Derivation] = []
    for value in values:
        if isinstance(value, Derivation) and not any(value is other for other in found):
            found.append(value)
    return tuple(found)


def _neighbours(path: Path) -> list[Path]:
    try:
        return sorted(path.parent.glob(f"*{path.suffix or '.py'}"))
    except OSError:
        return []


def _failure(error: BaseException, path: str | None, problem: str) -> LibraryError:
    """What an exception from a derivation's file says to its author: where, and what."""
    # Imported here: the error class comes with SymPy, which listing must not import.
    from klderive.derivation import DerivationError

    line: int | None
    if isinstance(error, DerivationError):
        if error.location is not None:
            path, line = error.location.path, error.location.line
        else:
            path, line = _last_frame(error, path)
        return LibraryError(error.problem, path=path or "", line=line, text=_text(path, line))
    if isinstance(error, SyntaxError) and error.filename:
        text = (error.text or "").strip() or _text(error.filename, error.lineno)
        return LibraryError(
            f"not Python: {error.msg}", path=error.filename, line=error.lineno, text=text
        )
    path, line = _last_frame(error, path)
    words = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return LibraryError(f"{problem}: {words}", path=path or "", line=line, text=_text(path, line))


def _last_frame(error: BaseException, path: str | None) -> tuple[str | None, int | None]:
    """The innermost frame in the author's file, or outside klderive and the import machinery."""
    frames = traceback.extract_tb(error.__traceback__)
    for frame in reversed(frames):
        if path is not None and frame.filename == path:
            return path, frame.lineno
    if path is not None:
        return path, None
    here = str(Path(__file__).resolve().parent)
    for frame in reversed(frames):
        if not frame.filename.startswith((here, "<frozen")) and "importlib" not in frame.filename:
            return frame.filename, frame.lineno
    return None, None


def _text(path: str | None, line: int | None) -> str:
    return linecache.getline(path, line).strip() if path and line else ""
