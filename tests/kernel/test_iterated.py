"""Integrals inside one another: what must converge for them to have values, and when they may be exchanged."""

from __future__ import annotations

import pytest

from klderive import prove
from klderive.kernel import Verdict

SYMBOLS = {
    "s": "variable on (-oo, oo)",
    "t": "variable on (-oo, oo)",
    "h": "density of u, v",
    "q": "joint density of s, t",
    "f": "function of s",
    "g": "function of s, t",
    "w": "density of s",
    "d": "function of s, t = (s**2 - t**2)/(1 + s**2 + t**2)**2",
}


def judged(left: str, right: str) -> Verdict:
    return prove(left, right, symbols=SYMBOLS)


def conditions(verdict: Verdict) -> list[str]:
    assert verdict.status == "proved", verdict.message
    return [str(condition) for condition in verdict.conditions]


@pytest.mark.parametrize(("inner", "outer"), [("u", "v"), ("v", "u")])
def test_a_normalised_density_may_be_integrated_in_either_order(inner: str, outer: str) -> None:
    assert conditions(judged(f"Integral(Integral(h(u, v), {inner}), {outer})", "1")) == []


def test_integrals_are_exchanged_if_the_absolute_value_has_one() -> None:
    verdict = judged("Integral(Integral(g(s, t), s), t)", "Integral(Integral(g(s, t), t), s)")
    (condition,) = conditions(verdict)
    assert "abs(g(s, t))" in condition
    assert conditions(judged("E(u, (u, v) in h)", "Integral(Integral(u*h(u, v), u), v)")) == [
        "Integral(Integral(h(u, v)*abs(u), (u, -oo, oo)), (v, -oo, oo)) converges"
    ]


def test_the_law_of_total_expectation() -> None:
    verdict = judged("E(E(t, t in q(t | s)), s in q(s))", "E(t, t in q(t))")
    assert any("q(s)*q(t | s)*abs(t)" in condition for condition in conditions(verdict))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        # The orders of d give pi/4 and -pi/4 over (0, 1); nothing abstract can be asked to converge.
        ("Integral(Integral(d(s, t), s), t)", "Integral(Integral(d(s, t), t), s)"),
        # The inner integral stands under a root, a logarithm, in a denominator.
        ("Integral(w(s)*exp(Integral(g(s, t), t)), s)", "Integral(w(s)*exp(Integral(g(s, t), t)), s)"),
        ("Integral(w(s)/(1 + Integral(h(s, t), t)), s)", "Integral(w(s)/(1 + Integral(h(s, t), t)), s)"),
        # It cancels, but its values are used.
        ("Integral(w(s)*(Integral(g(s, t), t) - Integral(g(s, t), t)), s)", "0"),
        ("Integral(0*Integral(g(s, t), t) + w(s), s)", "1"),
        # Different integrands, or a weight over the wrong variable.
        ("Integral(Integral(g(s, t), s), t)", "Integral(Integral(g(t, s), t), t)"),
        ("E(E(t, t in q(t | s)), s in q(s))", "E(s, s in q(s))"),
        ("E(E(t, t in q(t | s)), s in w)", "E(t, t in q(t))"),
        ("Integral(Integral(q(t | s), s), t)", "1"),
        ("E(u, (u, v) in h)", "E(v, (u, v) in h)"),
        ("E(u*v, (u, v) in h)", "E(u, (u, v) in h)*E(v, (u, v) in h)"),
    ],
)  # fmt: skip
def test_what_is_not_proved(left: str, right: str) -> None:
    assert judged(left, right).status != "proved"


def test_where_a_factor_may_vanish_the_inner_integral_is_asked_for_alone() -> None:
    verdict = judged(
        "Integral(f(s)*Integral(g(s, t), t), s)", "Integral(f(s)*Integral(g(s, t), t), s)"
    )
    assert "Integral(Integral(abs(g(s, t)), (s, -oo, oo)), (t, -oo, oo)) converges" in conditions(
        verdict
    )


def test_of_one_density_alone_the_marginal_must_converge_everywhere_it_is_used() -> None:
    verdict = judged("Integral(h(u, v), v)", "Integral(h(u, v), v)")
    assert conditions(verdict) == ["Integral(h(u, v), (v, -oo, oo)) converges"]
