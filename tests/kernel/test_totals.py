"""What certainly is not 0 needs no condition; what may be 0 keeps its condition."""

from __future__ import annotations

import pytest

from klderive.verify import prove

KINDS = {
    "N": "positive integer",
    "K": "nonnegative integer",
    "a": "real",
    "b": "real",
    "n": "nonnegative",
    "u": "positive",
    "f": "function",
    "W": "density of i on {1, ..., N}",
    "F": "density of r",
    "H": "density of r",
    "G": "positive density of r",
    "x": "variable on X",
    "z": "variable on Z",
    "p": "joint density of x, z",
    "d": "data",
}


def nonzero_conditions(total: str) -> list[str]:
    verdict = prove(f"({total})/({total})", "1", symbols=KINDS)
    assert verdict.status == "proved", verdict.message
    return [c.text for c in verdict.conditions if c.kind == "nonzero"]


@pytest.mark.parametrize(
    "total",
    [
        "Sum(W(i)**2, i)",
        "Sum(W(i)**2*exp(f(i)), i)",
        "Integral(F(r)**2, r)",
        "Integral(sqrt(F(r)), r)",
        "Integral(F(r)*G(r), r)",
        "Integral(F(r)*r**2, r)",
        "1 + Integral(F(r)*f(r)**2, r)",
        "Integral(F(r)*(1 + f(r)**2), r)",
        "-Integral(F(r)**2, r)",
        "Integral(G(r), (r, 0, 1))",
        "Integral(exp(t), (t, 0, u))",
        "Sum(exp(-j), (j, 1, oo))",
        "Sum(exp(d[j]), (j, 1, N))",
        "Sum(p(x)**2, x)",
        "Sum(Sum(p(x, z), z), x)",
    ],
)
def test_a_total_that_cannot_vanish(total: str) -> None:
    assert nonzero_conditions(total) == []


@pytest.mark.parametrize(
    "total",
    [
        "Sum(W(i)*f(i)**2, i)",
        "Sum(W(i)*i, (i, 1, N - 1 + 1))*0 + Sum(W(i)**2*d[i]**2, i)",
        "Integral(F(r)*H(r), r)",
        "Integral(sqrt(F(r)*H(r)), r)",
        "Integral(F(r), (r, 0, 1))",
        "Integral(F(r)**2, r) - 1",
        "Integral(F(r)*f(r)**2, r) + n",
        "Integral(exp(t), (t, a, b))",
        "Integral(exp(t), (t, 0, n))",
        "Sum(exp(d[j]), (j, 1, K))",
        "Sum(d[j]**2, (j, 1, N))",
        "Sum(p(x, z), x)",
        "Sum(p(x)*p(z), x)",
    ],
)
def test_a_total_that_may_vanish(total: str) -> None:
    assert nonzero_conditions(total)
