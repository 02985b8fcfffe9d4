"""The Gaussian derivation: every line as expected, and no mutant of a line is proved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from functools import cache

import mpmath
import pytest
import sympy
from klderive.derivations import gaussian_l2
from sympy import Expr, Symbol

from klderive.certificates.certificate import Point
from klderive.derivation import Derivation, Line
from klderive.kernel import Allowed, Kernel
from klderive.notation import to_text
from klderive.notation.nodes import Defined, Optimum
from klderive.notation.tree import Application, Bracket, Name, Node, Number, Power, Sum, Term
from klderive.refute import Search
from klderive.statement import Context, Statement
from klderive.theories import full_kernel
from klderive.verify import verify

D: Derivation = gaussian_l2.d
DEFINITIONS = {"gauss:1", "gauss:4", "gauss:5"}


@cache
def report():
    return verify(D)


# The lines


def test_every_line_has_its_status() -> None:
    for line in report().lines():
        defines = line.line.role == "definition"
        expected = "definition" if defines else "proved"
        assert line.verdict.status == expected, f"{line.line.label}: {line.verdict.message}"
    assert report().verified


def test_every_relation_of_the_document_stands_once() -> None:
    numbers = [line.number for line in D.lines() if line.number]
    assert len(numbers) == len(set(numbers))
    found = {int(match[1]) for n in numbers if (match := re.fullmatch(r"gauss:(\d+)[ab]?", n))}
    assert found == set(range(1, 35))
    assert {"gauss:16a", "gauss:16b"} <= set(numbers)
    assert {line.number for line in D.lines() if line.role == "definition"} >= DEFINITIONS


def test_the_reasons_are_enough_and_all_needed() -> None:
    for line in report().lines():
        assert line.verdict.unused == (), f"{line.line.label}: {line.verdict.unused}"


def test_the_gaussian_lines_need_no_condition_on_symbols() -> None:
    for line in report().lines():
        assert not [c for c in line.verdict.conditions if c.kind == "nonzero"]


def test_what_it_concludes() -> None:
    conclusion = D.conclusion()
    assert conclusion is not None
    left, sign, right, _ = conclusion
    assert (to_text(left), sign) == ("ArgMin(KL(P_gt, P_m), mu_m)", "=")
    assert to_text(right) == "ArgMin((mu_gt - mu_m)**2, mu_m)"


# Mutants

SWAPS = [
    ("mu_gt", "mu_m"),
    ("sigma_gt", "sigma_m"),
    ("P_gt", "P_m"),
    ("mu_gt", "sigma_gt"),
    ("A", "B"),
]


def subtrees(node: object, rebuild) -> Iterator[tuple[Node, object]]:
    """Every subtree with a function that puts another in its place."""
    if isinstance(node, Node):
        yield node, rebuild
        for field in fields(node):
            if field.name == "span":
                continue
            value = getattr(node, field.name)
            yield from subtrees(
                value, lambda new, n=node, f=field.name, r=rebuild: r(replace(n, **{f: new}))
            )
    elif isinstance(node, tuple):
        for i, item in enumerate(node):
            yield from subtrees(
                item, lambda new, n=node, i=i, r=rebuild: r((*n[:i], new, *n[i + 1 :]))
            )


def swapped(node: object, first: str, second: str) -> object:
    """The tree with two names exchanged."""
    if isinstance(node, Name):
        other = {first: second, second: first}.get(node.name)
        return replace(node, name=other) if other else node
    if isinstance(node, Node):
        return replace(
            node,
            **{
                f.name: swapped(getattr(node, f.name), first, second)
                for f in fields(node)
                if f.name != "span"
            },
        )
    if isinstance(node, tuple):
        return tuple(swapped(item, first, second) for item in node)
    return node


def mutants(tree: Node) -> Iterator[Node]:
    """The tree with one thing changed, in every place."""
    for node, put in subtrees(tree, lambda new: new):
        if isinstance(node, Sum):
            for i, term in enumerate(node.terms):
                before, after = node.terms[:i], node.terms[i + 1 :]
                flipped = replace(term, sign="+" if term.sign == "-" else "-")
                yield put(replace(node, terms=(*before, flipped, *after)))
                if len(node.terms) > 1:
                    first = after[:1] if not before else ()
                    rest = after[1:] if first else after
                    opened = tuple(replace(t, sign="-" if t.sign == "-" else "") for t in first)
                    yield put(replace(node, terms=(*before, *opened, *rest)))
                again = replace(term, sign=term.sign or "+")
                yield put(replace(node, terms=(*node.terms, again)))
        elif isinstance(node, Power):
            for exponent in ("1", "3", "4"):
                yield put(replace(node, exponent=Number(exponent)))
        elif isinstance(node, Number):
            yield put(Number("3" if node.literal == "2" else "2"))
        elif isinstance(node, Application) and node.function.name == "log":
            yield put(node.arguments[0])
    yield Bracket(Sum((Term("-", Bracket(tree)),)))
    yield Sum((Term("", Bracket(tree)), Term("+", Bracket(tree))))
    for first, second in SWAPS:
        yield swapped(tree, first, second)


class Numerically:
    """The value of an expression at random parameters, by mpmath and nothing of the kernel."""

    def __init__(self) -> None:
        self.points = [
            {"mu_gt": 0.37, "mu_m": -0.81, "sigma_gt": 0.93, "sigma_m": 1.29, "A": 1.1, "B": -0.4},
            {"mu_gt": -0.52, "mu_m": 0.44, "sigma_gt": 1.21, "sigma_m": 0.87, "A": -0.3, "B": 0.9},
        ]
        self.densities = {
            "P_gt": ("mu_gt", "sigma_gt"),
            "P_m": ("mu_m", "sigma_m"),
            "P": ("mu_gt", "sigma_gt"),
            "Q": ("mu_m", "sigma_m"),
        }

    def values(self, expression: Expr, given: dict[str, float]) -> list[complex | None]:
        results = []
        for point in self.points:
            try:
                results.append(mpmath.mpmathify(self.value(expression, {**point, **given})))
            except (ZeroDivisionError, ValueError, OverflowError):
                results.append(None)
        return results

    def value(self, e: Expr, at: dict[str, float]):
        if isinstance(e, Symbol):
            return mpmath.mpf(at[str(e)])
        if isinstance(e, sympy.Rational):
            return mpmath.mpf(int(e.p)) / int(e.q)
        if e.is_Add:
            return mpmath.fsum([self.value(a, at) for a in e.args])
        if e.is_Mul:
            return mpmath.fprod([self.value(a, at) for a in e.args])
        if e.is_Pow:
            return self.value(e.args[0], at) ** self.value(e.args[1], at)
        if e is sympy.E:
            return mpmath.e
        if e is sympy.pi:
            return mpmath.pi
        if isinstance(e, sympy.log):
            return mpmath.log(self.value(e.args[0], at))
        if isinstance(e, sympy.exp):
            return mpmath.exp(self.value(e.args[0], at))
        if isinstance(e, Defined):
            return self.value(e.definition(), at)
        if isinstance(e, sympy.Integral):
            return self.integral(e, at)
        name = e.func.__name__
        if name == "d":
            return abs(self.value(e.args[0], at) - self.value(e.args[1], at))
        mean, deviation = (mpmath.mpf(at[key]) for key in self.densities[name])
        z = (self.value(e.args[0], at) - mean) / deviation
        return mpmath.exp(-z * z / 2) / (deviation * mpmath.sqrt(2 * mpmath.pi))

    def integral(self, e: Expr, at: dict[str, float]):
        """The trapezoidal rule, which is exact to double precision for what decays like a Gaussian."""
        body, (variable, *_) = e.args
        step = 0.25
        total = mpmath.mpf(0)
        for i in range(-40, 41):
            total += self.value(body, {**at, str(variable): i * step})
        return total * step


NUMERICALLY = Numerically()


class _Models(Search):
    """Proposes models only: a mutant need not be refuted here."""

    def counterexample(self, statement: Statement, context: Context) -> Point | None:
        return None


@cache
def kernel(givens: tuple[Statement, ...]) -> Kernel:
    return full_kernel(Context((*D.context().givens, *givens), dict(D.functions)), _Models())


def special(line: Line) -> dict[str, float]:
    return {name: float(value.literal) for name, value in line.where if isinstance(value, Number)}


def differs(left: Expr, right: Expr, line: Line) -> bool:
    """Whether two sides have different values at one of the points, by independent evaluation."""
    given = special(line)
    pairs = zip(NUMERICALLY.values(left, given), NUMERICALLY.values(right, given), strict=True)
    return any(a is None or b is None or abs(a - b) > 1e-6 * (1 + abs(a)) for a, b in pairs)


STEPS = [
    line
    for line in D.lines()
    if line.role == "step" and line.sign == "=" and not isinstance(line.statement.left, Optimum)
]


@pytest.mark.parametrize("line", STEPS, ids=lambda line: line.number or line.label)
def test_the_shipped_step_agrees_numerically(line: Line) -> None:
    with mpmath.workdps(15):
        assert not differs(line.statement.left, line.statement.right, line)


@pytest.mark.parametrize("line", STEPS, ids=lambda line: line.number or line.label)
def test_no_mutant_is_proved(line: Line) -> None:
    """A changed right side that the kernel proves must have the value of the left side."""
    facts = tuple(f for f in report_facts() if f.name not in (f"line {line.label}",))
    everything = Allowed(True, True, None, facts)
    seen: set[str] = set()
    tried = 0
    for tree in mutants(line.right):
        text = to_text(tree)
        if text in seen or text == to_text(line.right):
            continue
        seen.add(text)
        expression = D.translate(tree, None)
        statement = Statement(line.statement.left, "=", expression)
        tried += 1
        verdict = kernel(line.givens).judge(statement, everything)
        if verdict.status == "proved":
            with mpmath.workdps(15):
                assert not differs(line.statement.left, expression, line), text
    assert tried >= 2


@cache
def report_facts():
    """The facts of the densities: lines and lemmas add nothing that they do not imply."""
    return tuple(D.facts.values())


def test_enough_mutants_differ() -> None:
    """The filter does not let everything through: most mutants have another value."""
    line = next(line for line in STEPS if line.number == "gauss:32")
    trees = [t for t in mutants(line.right) if to_text(t) != to_text(line.right)]
    with mpmath.workdps(15):
        wrong = [t for t in trees if differs(line.statement.left, D.translate(t, None), line)]
    assert len(wrong) >= 0.8 * len(trees)
    assert len(trees) >= 20


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("ArgMin(KL(P_gt, P_m), mu_m)", "ArgMin((mu_gt + mu_m)**2, mu_m)"),
        ("ArgMin(KL(P_gt, P_m), mu_m)", "ArgMax((mu_gt - mu_m)**2, mu_m)"),
        ("ArgMin(KL(P_gt, P_m), mu_m)", "ArgMin(0, mu_m)"),
        ("ArgMin(KL(P_gt, P_m), mu_m)", "ArgMin((mu_gt - mu_m)**4, mu_m)"),
        ("ArgMin(KL(P_gt, P_m), sigma_m)", "ArgMin((mu_gt - mu_m)**2, sigma_m)"),
        ("ArgMin(KL(P_gt, P_m), mu_m, sigma_m)", "ArgMin((mu_gt - mu_m)**2, mu_m, sigma_m)"),
        ("ArgMin(KL(P_gt, P_m), mu_m)", "ArgMax(KL(P_gt, P_m), mu_m)"),
        ("ArgMin(KL(P_gt, P_m), mu_m)", "ArgMin(Integral(P_gt(x)*log(P_m(x)), x), mu_m)"),
        ("ArgMin(Integral(P_gt(x)*log(P_m(x)), x), mu_m)", "ArgMin(0, mu_m)"),
    ],
)
def test_no_mutant_of_learning_is_proved(left: str, right: str) -> None:
    statement = Statement(D.read(left, None)[1], "=", D.read(right, None)[1])
    everything = Allowed(True, True, None, report_facts())
    assert kernel(()).judge(statement, everything).status != "proved"
