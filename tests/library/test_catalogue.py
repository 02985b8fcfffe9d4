import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest

from klderive.library import catalogue, names
from klderive.library.catalogue import _declared, shipped_directory

catalogue_module = sys.modules["klderive.library.catalogue"]


@pytest.fixture(autouse=True)
def _fresh_catalogue():
    catalogue.cache_clear()
    yield
    catalogue.cache_clear()


def test_every_shipped_file_is_listed():
    files = {path.stem for path in shipped_directory().glob("*.py")} - {"__init__"}
    assert {entry.module.rpartition(".")[2] for entry in catalogue()} >= files
    assert "gaussian-l2" in names()


def test_titles_are_read_from_the_source():
    titles = {entry.name: entry.title for entry in catalogue()}
    assert titles["gaussian-l2"] == "On the relation of learning Gaussian and the L2 loss"


def test_listing_imports_neither_sympy_nor_the_derivations():
    code = (
        "import sys; from klderive.library import names; assert names();"
        "loaded = {'sympy', 'klderive.derivations.gaussian_l2', 'rich'} & set(sys.modules);"
        "sys.exit(repr(loaded) if loaded else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('Derivation("a", title="A title")', [("a", "A title")]),
        ('x = klderive.Derivation(name="a")', [("a", "a")]),
        ('Derivation("a"); Derivation("b", title="B" " b")', [("a", "a"), ("b", "B b")]),
        ("Derivation(name)", []),
        ("Derivation(", []),
        ("", []),
    ],
)
def test_declarations_are_read_without_running(tmp_path, source, expected):
    path = tmp_path / "file.py"
    path.write_text(source + "\n")
    assert _declared(path) == expected


@pytest.fixture
def installed_package(tmp_path, monkeypatch):
    """A package with an entry point, importable, whose import would leave a trace."""
    root = tmp_path / "site"
    package = root / "other_package"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('imported for a list')\n")
    (root / "plain_module.py").write_text(
        "from klderive import Derivation, by\n"
        "mine = Derivation('plain', title='A plain one')\n"
        "mine.symbols(a='real')\n"
        "mine.chain('a + a').eq('2*a', by.algebra)\n"
    )
    (package / "inner.py").write_text("Derivation('inner', title='An inner one')\n")
    monkeypatch.syspath_prepend(str(root))

    def points(group):
        assert group == "klderive.derivations"
        return [
            EntryPoint("inner", "other_package.inner", group),
            EntryPoint("plain", "plain_module:mine", group),
            EntryPoint("gone", "no_such_module", group),
        ]

    monkeypatch.setattr(catalogue_module, "entry_points", points)
    return root


def test_installed_packages_are_listed_without_importing_them(installed_package):
    found = {entry.name: entry.title for entry in catalogue()}
    assert found["inner"] == "An inner one"
    assert found["plain"] == "A plain one"
    assert found["gone"] == "gone"


def test_an_installed_derivation_is_loaded(installed_package):
    from klderive.library import LibraryError, load

    assert load("plain").title == "A plain one"
    with pytest.raises(LibraryError, match="no_such_module"):
        load("gone")
    with pytest.raises(LibraryError, match="imported for a list"):
        load("inner")
