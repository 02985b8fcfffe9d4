"""The derivations by calculus: every line proved by reasons all of which are needed, and no false variant of a line."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from klderive.derivations import gaussian_mle_least_squares, normal_moments

from klderive.derivation import Derivation
from klderive.library import load
from klderive.verify import Report, verify

MODULES = (normal_moments, gaussian_mle_least_squares)


@cache
def report(derivation: Derivation) -> Report:
    return verify(derivation)


@pytest.mark.parametrize("module", MODULES)
def test_every_line_is_proved(module) -> None:
    for line in report(module.d).lines():
        expected = "definition" if line.line.role == "definition" else "proved"
        assert line.verdict.status == expected, f"{line.line.label}: {line.verdict.message}"
        assert line.verdict.unused == (), f"{line.line.label}: {line.verdict.unused}"
        assert line.verdict.conditions == (), f"{line.line.label}: {line.verdict.conditions}"
    assert report(module.d).verified


@pytest.mark.parametrize(
    ("module", "last"), [(normal_moments, 18), (gaussian_mle_least_squares, 12)]
)
def test_the_numbers_count_the_relations(module, last: int) -> None:
    numbers = [line.number for line in module.d.lines() if line.number]
    assert [int(n.rpartition(":")[2]) for n in numbers] == list(range(1, last + 1))


def test_the_moments_are_lemmas() -> None:
    lemmas = [part.name for part in normal_moments.d.parts if part.kind == "lemma"]
    assert lemmas == ["normalisation", "mean", "variance", "second moment"]


def test_the_moments_rest_on_the_gaussian_integral_only() -> None:
    rests = {s.text for s in report(normal_moments.d).supports if s.kind in ("axiom", "hypothesis")}
    assert rests == {"Gaussian integral"}


FALSE_VARIANTS = [
    (normal_moments, "sqrt(2)*sigma*t", "sigma*t"),
    (normal_moments, "mu + sqrt(2)*sigma*t", "mu - sqrt(2)*sigma*t"),
    (normal_moments, "1/(sigma*sqrt(2*pi))", "1/(2*sigma*sqrt(2*pi))"),
    (normal_moments, "Bar(-t/2*exp(-t**2), (t, -oo, oo)) +", "Bar(t/2*exp(-t**2), (t, -oo, oo)) +"),
    (normal_moments, "(t, -oo, oo)) + 1/2", "(t, 0, oo)) + 1/2"),
    (normal_moments, '"sigma**2 + 2*mu*mu', '"2*sigma**2 + 2*mu*mu'),
    (
        gaussian_mle_least_squares,
        '"ArgMin(Sum((y[i] - w*x[i])**2',
        '"ArgMax(Sum((y[i] - w*x[i])**2',
    ),
    (gaussian_mle_least_squares, '"Sum(-2*x[i]*(y[i]', '"Sum(2*x[i]*(y[i]'),
    (
        gaussian_mle_least_squares,
        '    "Sum(x[i]*y[i], (i, 1, N))/',
        '    "2*Sum(x[i]*y[i], (i, 1, N))/',
    ),
    (gaussian_mle_least_squares, 'd.assume("Sum(x[i]**2, (i, 1, N)) > 0")', ""),
    (gaussian_mle_least_squares, 'w="real", sigma', 'w="nonnegative", sigma'),
]


@pytest.mark.parametrize(("module", "true", "false"), FALSE_VARIANTS)
def test_a_false_variant_is_not_verified(module, true: str, false: str, tmp_path: Path) -> None:
    source = Path(module.__file__).read_text(encoding="utf-8")
    assert true in source
    path = tmp_path / "variant.py"
    path.write_text(source.replace(true, false), encoding="utf-8")
    assert not verify(load(str(path))).verified
