"""Each room imports only rooms below it."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "klderive"
ROOMS = (
    "notation",
    "statement",
    "certificates",
    "kernel",
    "theories",
    "probability",
    "refute",
    "derivation",
    "library",
    "verify",
    "render",
    "cli",
)
FILES = sorted(path for room in ROOMS for path in (PACKAGE / room).rglob("*.py"))


def imported_rooms(source: str, package: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base]).rstrip(".")
            names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        for name in names:
            parts = name.split(".")
            if parts[0] == "klderive":
                found.add(parts[1] if len(parts) > 1 and parts[1] in ROOMS else "")
    return found


def test_every_room_is_listed():
    directories = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert directories == set(ROOMS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_knows_only_rooms_below(path):
    room = path.relative_to(PACKAGE).parts[0]
    allowed = set(ROOMS[: ROOMS.index(room) + 1])
    package = ".".join(["klderive", *path.relative_to(PACKAGE).parts[:-1]])
    # "" is the package itself, whose lazy names would hide an import upwards.
    assert imported_rooms(path.read_text("utf-8"), package) - {""} <= allowed
    assert "from klderive import" not in path.read_text("utf-8")


def test_the_check_sees_an_import_upwards():
    assert imported_rooms("from klderive.verify import prove", "klderive.kernel") == {"verify"}
    assert imported_rooms("from ..verify import prove", "klderive.kernel") == {"verify"}
    assert imported_rooms("def f():\n    import klderive.cli.program", "klderive.kernel") == {"cli"}
