"""Only the kernel makes verdicts and certificates: by reading the sources, and by trying."""

from __future__ import annotations

import ast
from pathlib import Path

import klderive.derivations
import pytest

import klderive
from klderive.kernel import Verdict

PACKAGE = Path(klderive.__file__).parent
KERNEL = PACKAGE / "kernel"
CERTIFICATE = PACKAGE / "certificates" / "certificate.py"
SHIPPED = Path(klderive.derivations.__file__).parent
OUTSIDE = sorted(
    path for root in (PACKAGE, SHIPPED) for path in root.rglob("*.py") if KERNEL not in path.parents
)


def names(tree: ast.AST) -> set[str]:
    """Every name, attribute, imported name and text in a module."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                found.add(name)
            case ast.Constant(value=str(text)):
                found.add(text)
    return found


def calls(tree: ast.AST) -> set[str]:
    """The last name of everything that is called."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    found.add(name)
    return found


def test_there_are_modules_outside_the_kernel() -> None:
    rooms = {path.parent.name for path in OUTSIDE}
    assert {"cli", "render", "verify", "derivation", "refute", "notation"} <= rooms
    assert len(OUTSIDE) > 20


@pytest.mark.parametrize("path", OUTSIDE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_module_outside_the_kernel_makes_a_verdict(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert "_token" not in names(tree)
    made = {"Verdict"} if path == CERTIFICATE else {"Verdict", "Counterexample"}
    assert not made & calls(tree)


def test_the_scan_sees_what_it_looks_for() -> None:
    tree = ast.parse("from klderive.kernel.verdict import _token\nVerdict(_token, 'proved')")
    assert "_token" in names(tree)
    assert "Verdict" in calls(tree)
    assert "_token" in names(ast.parse("getattr(verdict, '_token')"))


@pytest.mark.parametrize("token", [None, object(), "proved", True])
def test_the_constructor_refuses_without_the_token(token: object) -> None:
    with pytest.raises(TypeError, match="only the kernel makes verdicts"):
        Verdict(token, "proved")


def test_the_kernel_knows_no_probability() -> None:
    for path in KERNEL.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = []
            if isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
            elif isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            for module in modules:
                assert not module.startswith(
                    ("klderive.probability", "klderive.refute", "klderive.verify")
                )


def test_neither_the_kernel_nor_a_theory_simplifies_or_integrates() -> None:
    for path in [*KERNEL.rglob("*.py"), *(PACKAGE / "theories").rglob("*.py")]:
        called = calls(ast.parse(path.read_text(encoding="utf-8")))
        assert not called & {"simplify", "integrate", "nsimplify", "sympify", "eval", "equals"}


def modules_of_klderive(path: Path) -> set[str]:
    """The modules of klderive that a file imports."""
    return {
        node.module
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("klderive.")
    }


def test_certified_evaluation_shares_nothing_with_the_rules() -> None:
    files = list((PACKAGE / "certificates").rglob("*.py"))
    assert len(files) > 10
    for path in files:
        rooms = {module.split(".")[1] for module in modules_of_klderive(path)}
        assert rooms <= {"certificates", "statement", "notation"}, path


def test_proposals_come_in_where_they_are_checked() -> None:
    users = {
        path.name
        for path in PACKAGE.rglob("*.py")
        if path.parent.name != "proposals"
        and any(
            module.startswith("klderive.theories.proposals") for module in modules_of_klderive(path)
        )
    }
    assert users == {"antiderivatives.py", "telescoping.py"}


def test_the_kernel_is_small_enough_to_be_read_in_an_evening() -> None:
    lengths = {
        path.name: len(path.read_text(encoding="utf-8").splitlines())
        for path in KERNEL.glob("*.py")
    }
    assert len(lengths) > 20
    assert not [path for path in KERNEL.iterdir() if path.is_dir() and path.name != "__pycache__"]
    assert sum(lengths.values()) < 5_100
    assert max(lengths.values()) < 450
