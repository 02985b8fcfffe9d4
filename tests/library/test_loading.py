import sys
from pathlib import Path

import pytest

from klderive.library import LibraryError, is_path, load, load_all

GOOD = """\
from klderive import Derivation, by

d = Derivation("mine", title="Mine")
d.symbols(a="real")
d.chain("a + a").eq("2*a", by.algebra)
"""


@pytest.fixture
def write(tmp_path):
    def written(source, name="mine.py"):
        path = tmp_path / name
        path.write_text(source)
        return str(path)

    return written


def failure(path):
    with pytest.raises(LibraryError) as caught:
        load_all(path)
    return caught.value


def test_by_name():
    assert load("gaussian-l2").name == "gaussian-l2"


def test_an_unknown_name_gets_the_nearest():
    error = failure("gausian-l2")
    assert error.suggestions == ("gaussian-l2",)
    assert "Did you mean gaussian-l2?" in str(error)


def test_a_name_far_from_all():
    assert "klderive list" in str(failure("zzzzzzzz"))


def test_a_file(write):
    path = write(GOOD)
    assert load(path).name == "mine"
    assert load(Path(path)).name == "mine"


def test_several_in_a_file(write):
    path = write(GOOD + 'e = Derivation("second")\nalias = d\n')
    assert [derivation.name for derivation in load_all(path)] == ["mine", "second"]
    with pytest.raises(LibraryError, match="several"):
        load(path)


def test_paths_and_names():
    assert is_path("a.py")
    assert is_path("./a")
    assert not is_path("gaussian-l2")


def test_a_missing_file(write):
    path = write(GOOD, "exponential.py")
    error = failure(path.replace("exponential", "exponentail"))
    assert "no such file" in str(error)
    assert error.suggestions == (path,)


def test_a_directory(tmp_path):
    assert "directory" in str(failure(str(tmp_path) + "/"))


def test_no_derivation_in_it(write):
    assert "no derivation" in str(failure(write("x = 1\n")))


@pytest.mark.parametrize(
    ("source", "line", "text", "words"),
    [
        ("x = 1\nx = = 2\n", 2, "x = = 2", "not Python"),
        ("import sys\n\nsys.exit(3)\n", 3, "sys.exit(3)", "SystemExit"),
        ("1 / 0\n", 1, "1 / 0", "ZeroDivisionError"),
        ("def f():\n    g()\n\nf()\n", 2, "g()", "NameError"),
        (GOOD + 'd.chain("a + b")\n', 6, 'd.chain("a + b")', "b"),
        (GOOD + 'd.chain("(a").eq("a")\n', 6, 'd.chain("(a").eq("a")', ""),
        (GOOD + 'd.symbols(b="big")\n', 6, 'd.symbols(b="big")', "big"),
    ],
)
def test_a_file_that_fails_says_where(write, source, line, text, words):
    path = write(source)
    error = failure(path)
    assert (error.path, error.line, error.text) == (path, line, text)
    assert words in error.problem
    assert "Traceback" not in str(error)


def test_a_file_that_is_not_text(tmp_path):
    path = tmp_path / "binary.py"
    path.write_bytes(b"\x00\xff\xfe")
    assert "not Python" in str(failure(str(path)))


def test_interrupts_pass_through(write):
    with pytest.raises(KeyboardInterrupt):
        load_all(write("raise KeyboardInterrupt\n"))


def test_a_neighbour_can_be_imported_and_the_path_is_restored(write):
    write("value = 3\n", "neighbour_of_mine.py")
    before = list(sys.path)
    assert load(write("import neighbour_of_mine\n" + GOOD)).name == "mine"
    assert sys.path == before


def test_a_changed_file_is_read_again(write):
    assert load(write(GOOD)).title == "Mine"
    assert load(write(GOOD.replace("Mine", "Changed"))).title == "Changed"


def test_loading_leaves_no_files(tmp_path, write):
    load(write(GOOD))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]
