"""A sample of the mutants of the shipped lines: none that is different is proved; most are refuted.

The whole list takes minutes: `make mutants`.
"""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path

import pytest

from klderive.kernel import Kernel
from klderive.kernel.attempt import Attempt

PATH = Path(__file__).parents[2] / "benchmarks" / "mutants.py"
SHARE = 0.03
SEED = 20
QUICK = ("coin-kl", "gaussian-l2", "jensen-shannon")
"""Derivations of which a mutant takes little time."""


@pytest.fixture(scope="module")
def mutants():
    spec = importlib.util.spec_from_file_location("mutants", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutants"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["mutants"]


@pytest.fixture(scope="module")
def outcomes(mutants):
    chance = random.Random(SEED)
    found = []
    for name in QUICK:
        for index in range(len(mutants.steps(name))):
            if chance.random() < 0.5:
                found += mutants.of_line((name, index, SHARE, SEED))
    return found


def test_no_different_mutant_is_proved(outcomes) -> None:
    assert not [o for o in outcomes if (o.told, o.status) == ("different", "proved")]


def test_most_different_mutants_are_refuted(outcomes) -> None:
    different = [o for o in outcomes if o.told == "different"]
    refuted = [o for o in different if o.status == "refuted"]
    assert len(different) >= 20
    assert len(refuted) >= 0.9 * len(different)


def test_without_an_assumption_no_false_line_is_proved(mutants) -> None:
    found = mutants.of_assumption(("gibbs-inequality", 0))
    assert found
    assert not [o for o in found if (o.told, o.status) == ("different", "proved")]
    assert [o for o in found if o.status != "proved"]


def test_a_kernel_that_proves_everything_is_found_out(
    mutants, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Kernel, "_attempt", lambda *_, **__: Attempt(True))
    (step,) = (s for s in mutants.steps("gaussian-l2") if s.line.number == "gauss:33")
    index = mutants.steps("gaussian-l2").index(step)
    found = mutants.of_line(("gaussian-l2", index, 0.5, SEED))
    assert [o for o in found if (o.told, o.status) == ("different", "proved")]


def test_reasons_that_are_dropped_do_not_do(mutants) -> None:
    found = [o for o in mutants.of_reasons("jensen-shannon") if o.kind == "dropped reason"]
    assert found
    assert all(o.status in ("wrong_reason", "undecided") for o in found)
