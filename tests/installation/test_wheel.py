"""The wheel in a fresh environment, away from the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]


def run(*command, cwd, **changes):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env={**kept, "PYTHONUTF8": "1", **changes},
        capture_output=True,
        encoding="utf-8",
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    directory = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--outdir", directory, CHECKOUT, cwd=directory)
    [path] = directory.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def bin_directory(wheel, tmp_path_factory):
    directory = tmp_path_factory.mktemp("fresh") / "venv"
    run(sys.executable, "-m", "venv", directory, cwd=directory.parent)
    scripts = directory / ("Scripts" if os.name == "nt" else "bin")
    run(scripts / "python", "-m", "pip", "install", "--quiet", wheel, cwd=directory.parent)
    return scripts


def test_the_wheel_has_the_derivations_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "klderive/derivations/gaussian_l2.py" in names
    assert "klderive/py.typed" in names
    assert "klderive/library/relations.toml" in names
    assert "klderive/render/page.css" in names
    assert "klderive/render/report.schema.json" in names
    roots = {name.split("/")[0] for name in names}
    assert roots - {"klderive"} == {root for root in roots if root.endswith(".dist-info")}
    packages = {name.split("/")[1] for name in names if name.startswith("klderive/")}
    rooms = {path.parent.name for path in (CHECKOUT / "klderive").glob("*/__init__.py")}
    assert rooms <= packages


def test_the_commands_work_away_from_the_checkout(bin_directory, tmp_path):
    command = bin_directory / "klderive"
    assert "gaussian-l2" in run(command, "list", cwd=tmp_path)
    assert "gauss:34" in run(command, "show", "gaussian-l2", cwd=tmp_path)
    assert "verified" in run(command, "verify", "--all", cwd=tmp_path)
    code = "import klderive; print(klderive.prove('1 + 1', '2').status, klderive.__file__)"
    status, path = run(bin_directory / "python", "-c", code, cwd=tmp_path).split()
    assert status == "proved"
    assert not Path(path).is_relative_to(CHECKOUT)
