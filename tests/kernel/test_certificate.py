"""Certificates: what makes a point a counterexample, and what makes it none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flint import fmpq
from sympy import (
    Add,
    Expr,
    Function,
    IndexedBase,
    Integer,
    Limit,
    Mul,
    Pow,
    Rational,
    Symbol,
    Tuple,
    log,
    oo,
    sqrt,
)

from klderive.certificates.certificate import (
    Counterexample,
    admissible,
    certify,
    satisfies,
    witness,
)
from klderive.certificates.evaluation import Formula, Point, StepFunction, Table
from klderive.certificates.point_text import point_texts
from klderive.notation.nodes import (
    ArgMax,
    ArgMin,
    Indicator,
    SumOver,
    unevaluated_integral,
    unevaluated_sum,
)
from klderive.probability.density import declare_density
from klderive.probability.divergences import KL
from klderive.statement import (
    Context,
    Fact,
    FamilyDeclaration,
    FunctionDeclaration,
    Statement,
)
from klderive.verify import prove

x, y, a, b, w = (Symbol(n, real=True) for n in ("x", "y", "a", "b", "w"))
X, Y, W = Symbol("X"), Symbol("Y"), Symbol("W")
p, q = Function("p"), Function("q")
NONE = Context()
UNIT = StepFunction((fmpq(0), fmpq(1)), (fmpq(1),))
SKEW = StepFunction((fmpq(0), fmpq(1, 2), fmpq(1)), (fmpq(1, 2), fmpq(3, 2)))


def point(**values: int | fmpq) -> Point:
    return Point({Symbol(n, real=True): fmpq(v) for n, v in values.items()})


def equal(left: Expr, right: Expr | int) -> Statement:
    return Statement(left, "=", Integer(right) if isinstance(right, int) else right)


def densities(*limits: Expr, sign: str = "nonnegative") -> Context:
    declared = [declare_density(n, [Tuple(x, *limits)], sign=sign) for n in "pq"]  # type: ignore[arg-type]
    return Context(functions={d.name: d.declaration for d in declared})


def test_a_counterexample_has_the_values_of_both_sides() -> None:
    found = certify(equal(sqrt(x**2), x), NONE, point(x=-1))
    assert found is not None
    assert (found.left, found.right, found.difference) == (1, -1, 2)
    assert found.explain() == ("x = -1", "left side: 1", "right side: -1", "difference: 2")


@pytest.mark.parametrize(
    ("relation", "value", "false"),
    [("<=", 2, True), ("<", 1, True), ("<=", 1, False), (">", 1, True), ("=", 1, False)],
)
def test_relations(relation: str, value: int, false: bool) -> None:
    statement = Statement(x**2, relation, x)  # type: ignore[arg-type]
    assert (certify(statement, NONE, point(x=value)) is not None) == false


def test_a_side_without_a_value_refutes_only_if_the_other_has_one() -> None:
    found = certify(equal(log(x), 1), NONE, point(x=0))
    assert found is not None
    assert str(found.left).startswith("not defined")
    assert found.difference is None
    assert certify(equal(log(x), log(2 * x)), NONE, point(x=0)) is None
    assert witness(equal(log(x), 1), NONE, point(x=0)) is None


def test_a_denominator_that_is_zero_refutes_only_if_no_condition_could_exclude_it() -> None:
    assert certify(equal(1 / x, 1), NONE, point(x=0)) is None
    assert certify(equal(1 / x, 1), NONE, point(x=2)) is not None
    never = Pow(Integer(0), -1, evaluate=False)
    assert certify(equal(never, 1), NONE, point()) is not None
    k = Symbol("k", integer=True)
    bound = unevaluated_sum(Pow(k, -1, evaluate=False), k, Integer(0), Integer(2))
    assert certify(equal(bound, 1), NONE, point()) is not None


@pytest.mark.parametrize("relation", ["!=", "->", "approx"])
def test_other_relations_are_not_refuted_by_a_point(relation: str) -> None:
    assert certify(Statement(x, relation, x + 1), NONE, point(x=1)) is None  # type: ignore[arg-type]


# What a point must satisfy


@pytest.mark.parametrize(
    ("flags", "value"),
    [
        ({"positive": True}, 0),
        ({"positive": True}, -1),
        ({"nonnegative": True}, -1),
        ({"negative": True}, 0),
        ({"nonpositive": True}, 1),
        ({"nonzero": True, "real": True}, 0),
        ({"integer": True}, fmpq(1, 2)),
        ({"even": True}, 1),
        ({"odd": True}, 2),
        ({"prime": True}, 2),
        ({"complex": True}, 1),
        ({"imaginary": True}, 1),
        ({"irrational": True}, 1),
        ({"rational": False}, 1),
        ({"extended_positive": True}, -1),
        ({"infinite": True}, 1),
    ],
    ids=str,
)
def test_flags(flags: dict[str, bool], value: int | fmpq) -> None:
    symbol = Symbol("s", **flags)
    assert certify(equal(symbol, 77), NONE, Point({symbol: fmpq(value)})) is None
    good = Symbol("s", real=True)
    assert certify(equal(good, 77), NONE, Point({good: fmpq(value)})) is not None


def test_an_extra_value_of_the_wrong_kind_is_noticed_and_others_are_left_out() -> None:
    s = Symbol("s", positive=True)
    assert certify(equal(x, 2), NONE, Point({x: fmpq(1), s: fmpq(-1)})) is None
    found = certify(equal(x, 2), NONE, Point({x: fmpq(1), s: fmpq(1)}))
    assert found is not None
    assert set(found.point.values) == {x}


def test_a_missing_value() -> None:
    assert certify(equal(x + y, 1), NONE, point(x=1)) is None


def test_givens() -> None:
    context = Context((Statement(x, "<", Integer(1)),))
    assert certify(equal(x, 7), context, point(x=0)) is not None
    assert certify(equal(x, 7), context, point(x=1)) is None
    assert satisfies([Statement(x, "!=", Integer(0))], context, point(x=-1))
    assert not satisfies([Statement(x, "!=", Integer(0))], context, point(x=0))


@pytest.mark.parametrize(
    ("model", "good"),
    [
        (UNIT, True),
        (SKEW, True),
        (StepFunction((fmpq(0), fmpq(1)), (fmpq(2),)), False),
        (StepFunction((fmpq(0), fmpq(1, 2), fmpq(1)), (fmpq(3), fmpq(-1))), False),
        (StepFunction((fmpq(1), fmpq(2)), (fmpq(1),)), False),
        (StepFunction((fmpq(0), fmpq(1), fmpq(1, 2)), (fmpq(1), fmpq(0))), False),
        (StepFunction((fmpq(0), fmpq(1)), ()), False),
        (Table({(fmpq(0),): fmpq(1)}), False),
        (Formula((x,), Integer(1)), True),
        (Formula((x,), Integer(2)), False),
        (Formula((x,), 2 * x), False),
        (Formula((x, a), Integer(1)), False),
    ],
)
def test_a_density_is_normalised_nonnegative_and_in_its_domain(
    model: StepFunction | Table | Formula, good: bool
) -> None:
    context = densities(0, 1)
    at = Point(functions={"p": model, "q": UNIT})
    line = equal(unevaluated_integral(q(x), x, Integer(0), Integer(1)) + p(a), 5)
    assert admissible(line, context, replace(at, values={a: fmpq(1, 3)})) == good


def test_a_positive_density_fills_its_domain() -> None:
    half = StepFunction((fmpq(0), fmpq(1, 2)), (fmpq(2),))
    line = equal(p(a), 5)
    for sign, good in (("positive", False), ("nonnegative", True)):
        at = Point({a: fmpq(1, 3)}, {"p": half})
        assert admissible(line, densities(0, 1, sign=sign), at) == good


def test_tables_cover_their_domain() -> None:
    context = densities(X)
    line = equal(SumOver(p(x), x, X), 5)
    sets = {X: (fmpq(0), fmpq(1))}
    third, rest = fmpq(1, 3), fmpq(2, 3)
    good = {(fmpq(0),): third, (fmpq(1),): rest}
    assert admissible(line, context, Point(functions={"p": Table(good)}, sets=sets))
    for entries in (
        {**good, (fmpq(2),): fmpq(0)},
        {(fmpq(0),): fmpq(1)},
        {**good, (fmpq(0),): rest},
    ):
        assert not admissible(line, context, Point(functions={"p": Table(entries)}, sets=sets))
    doubled = {X: (fmpq(0), fmpq(0))}
    assert not admissible(line, context, Point(functions={"p": Table(good)}, sets=doubled))


def test_the_facts_of_a_function_speak_of_symbols() -> None:
    m = Symbol("m", positive=True)
    fact = Fact("value", p(Integer(0)), m)
    context = Context(
        functions={"p": FunctionDeclaration("p", (x,), (Tuple(x, -oo, oo),), facts=(fact,))}
    )
    line = equal(p(a), 5)
    low, high = (StepFunction((fmpq(-1), fmpq(1)), (fmpq(h),)) for h in (-1, 1))
    assert certify(line, context, Point({a: fmpq(0), m: fmpq(1)}, {"p": high})) is not None
    assert certify(line, context, Point({a: fmpq(0), m: fmpq(2)}, {"p": high})) is None
    assert certify(line, context, Point({a: fmpq(0), m: fmpq(-1)}, {"p": low})) is None


def test_a_parameter_of_one_definition_is_no_excuse_for_another() -> None:
    s = Symbol("s", positive=True)
    functions = {
        "p": FunctionDeclaration("p", (s,), (Tuple(s, -oo, oo),), definition=s),
        "q": FunctionDeclaration("q", (x,), (Tuple(x, -oo, oo),), definition=x + s),
    }
    line = equal(p(Integer(1)) + q(Integer(1)), 77)
    assert certify(line, Context(functions=functions), Point({s: fmpq(-1)})) is None
    assert certify(line, Context(functions=functions), Point({s: fmpq(1)})) is not None


@pytest.mark.parametrize(
    ("model", "good"),
    [
        (Formula((x,), x**2 + 1), True),
        (Formula((x,), 1 / x), False),
        (Formula((x,), x + y), False),
    ],
)
def test_an_undeclared_function_has_values_everywhere(model: Formula, good: bool) -> None:
    at = Point({a: fmpq(0), y: fmpq(1)}, {"p": model})
    assert admissible(equal(p(a), 5), NONE, at) == good


# Conditional and joint tables

BITS = (fmpq(0), fmpq(1))


def conditional(
    key: str, *of: tuple[Symbol, Symbol], given: tuple[tuple[Symbol, Symbol], ...]
) -> FunctionDeclaration:
    return declare_density(
        key, [Tuple(*g) for g in of], key=key, given=[Tuple(*g) for g in given]
    ).declaration


def test_a_conditional_is_normalised_for_each_value_of_what_is_given() -> None:
    declared = conditional("p(y | w)", (y, Y), given=((w, W),))
    context = Context(functions={declared.key: declared})
    f = Function(declared.key)
    line = equal(SumOver(f(y, a), y, Y), 5)
    good = {(u, v): fmpq(1, 2) for u in BITS for v in BITS}
    bad = {**good, (fmpq(0), fmpq(1)): fmpq(1, 3)}
    for entries, holds in ((good, True), (bad, False)):
        at = Point({a: fmpq(0)}, {declared.key: Table(entries)}, {Y: BITS, W: BITS})
        assert admissible(line, context, at) == holds


def test_densities_of_one_letter_belong_together() -> None:
    joint = conditional("p(x, y)", (x, X), (y, Y), given=())
    marginal = conditional("p(x)", (x, X), given=())
    given = conditional("p(y | x)", (y, Y), given=((x, X),))
    tables = {
        "p(x, y)": Table({(u, v): fmpq(1, 4) for u in BITS for v in BITS}),
        "p(x)": Table({(fmpq(0),): fmpq(1, 3), (fmpq(1),): fmpq(2, 3)}),
        "p(y | x)": Table({(u, v): fmpq(1, 2) for u in BITS for v in BITS}),
    }
    at = Point({a: fmpq(0)}, tables, {X: BITS, Y: BITS})
    context = Context(functions={d.key: d for d in (joint, marginal, given)})
    of_both, of_x, of_y = (Function(d.key) for d in (joint, marginal, given))
    assert admissible(equal(of_x(a) * of_y(a, a), 5), context, at)
    # The joint density has another marginal.
    assert not admissible(equal(of_x(a) * of_both(a, a), 5), context, at)
    tie = Fact("product", of_both(x, y), Mul(of_y(y, x), of_x(x)), parameters=(x, y))
    tied = replace(joint, facts=(*joint.facts, tie))
    context = Context(functions={d.key: d for d in (tied, marginal, given)})
    line = equal(of_both(a, a) + of_x(a), 5)
    assert not admissible(line, context, at)
    fair = {**tables, "p(x)": Table({(u,): fmpq(1, 2) for u in BITS})}
    assert admissible(line, context, replace(at, functions=fair))


# Up to a free term, and proportional


def pair(first: Point, second: Point) -> Point:
    return replace(first, other=second)


def test_up_to() -> None:
    line = Statement(x**2 + a, "up to", x**2 + a * x, over=("x",))
    found = certify(line, NONE, pair(point(x=1, a=1), point(x=2, a=1)))
    assert found is not None
    assert found.other is not None
    assert found.difference != found.other.difference
    assert "and" in found.explain()
    assert certify(line, NONE, found.point) is not None
    assert certify(line, NONE, point(x=1, a=1)) is None
    # The second point may differ in x only.
    assert certify(line, NONE, pair(point(x=1, a=1), point(x=2, a=3))) is None
    right = Statement(x**2 + a, "up to", x**2 - a, over=("x",))
    assert certify(right, NONE, pair(point(x=1, a=1), point(x=2, a=1))) is None


def test_up_to_over_a_density() -> None:
    context = densities(-oo, oo)
    limits = Tuple(x, -oo, oo)
    line = Statement(KL(p(x), q(x), limits), "up to", Integer(0), over=("q",))
    first, second = (Point(functions={"p": UNIT, "q": m}) for m in (UNIT, SKEW))
    assert certify(line, context, pair(first, second)) is not None
    assert certify(replace(line, over=("p",)), context, pair(first, second)) is None


def test_proportional() -> None:
    points = pair(point(x=1, a=2), point(x=2, a=2))
    assert certify(Statement(a * x**2, "proportional", x, over=("x",)), NONE, points) is not None
    assert certify(Statement(a * x**2, "proportional", x**2, over=("x",)), NONE, points) is None
    assert certify(Statement(x + a, "proportional", x, over=("x",)), NONE, points) is not None


# Optima over a finite family


def family(rows: tuple[tuple[fmpq, fmpq], tuple[fmpq, fmpq]]) -> tuple[Context, Point]:
    given = conditional("p(y | w)", (y, Y), given=((w, W),))
    law = conditional("q", (y, Y), given=())
    table = Table({(u, v): rows[int(v.p)][int(u.p)] for u in BITS for v in BITS})
    own = Table({(fmpq(0),): fmpq(1, 4), (fmpq(1),): fmpq(3, 4)})
    return (
        Context(functions={d.key: d for d in (given, law)}),
        Point(functions={"p(y | w)": table, "q": own}, sets={Y: BITS, W: BITS}),
    )


ROWS = ((fmpq(2, 3), fmpq(1, 3)), (fmpq(1, 50), fmpq(49, 50)))
given_w = Function("p(y | w)")(y, w)
CROSS = Mul(-1, SumOver(Mul(q(y), log(given_w)), y, Y), evaluate=False)


def test_arg_min_with_exchanged_arguments() -> None:
    context, at = family(ROWS)
    wrong = KL(given_w, q(y), Tuple(y, Y))
    found = certify(equal(ArgMin(wrong, Tuple(w)), ArgMin(CROSS, Tuple(w))), context, at)
    assert found is not None
    assert "w = 1" in str(found.left).partition("(")[0]
    assert "w = 0" in str(found.right).partition("(")[0]
    assert found.difference is None
    right = KL(q(y), given_w, Tuple(y, Y))
    assert certify(equal(ArgMin(right, Tuple(w)), ArgMin(CROSS, Tuple(w))), context, at) is None
    assert certify(equal(ArgMax(right, Tuple(w)), ArgMin(CROSS, Tuple(w))), context, at) is not None


def test_arg_min_is_not_refuted_where_the_family_decides_nothing() -> None:
    context, at = family((ROWS[0], ROWS[0]))
    wrong = KL(given_w, q(y), Tuple(y, Y))
    assert certify(equal(ArgMin(wrong, Tuple(w)), ArgMin(CROSS, Tuple(w))), context, at) is None
    context, at = family(((fmpq(2, 3), fmpq(2, 3)), ROWS[1]))
    assert certify(equal(ArgMin(wrong, Tuple(w)), ArgMin(CROSS, Tuple(w))), context, at) is None


def test_at_a_point_with_a_value_of_the_variable_an_optimum_is_left_undecided() -> None:
    line = equal(ArgMin((x - 1) ** 2, Tuple(x)), ArgMin((x - 2) ** 2, Tuple(x)))
    assert certify(line, NONE, point(x=1)) is None


# Data, limits of means, indicators, values in a domain


n = Symbol("n", integer=True, positive=True)
i = Symbol("i", integer=True)
data = IndexedBase("x")


def mean_limit(summand: Expr, variable: Symbol = n) -> Expr:
    mean = Mul(Pow(variable, -1), unevaluated_sum(summand, i, Integer(1), variable), evaluate=False)
    return Limit(mean, variable, oo)


def repeating(*values: int | fmpq, **symbols: int) -> Point:
    at = {Symbol(name, integer=True, positive=True): fmpq(v) for name, v in symbols.items()}
    return Point(at, families={"x": tuple(fmpq(v) for v in values)})


def test_data_repeat() -> None:
    found = certify(equal(data[5] + data[7], 0), NONE, repeating(1, 2, 4))
    assert found is not None
    assert found.left == 3
    assert found.explain()[0] == "x[1] = 1, x[2] = 2, x[3] = 4, repeating"
    assert certify(equal(data[0], 7), NONE, repeating(1, 2)) is None
    assert certify(equal(data[1], 7), NONE, Point(families={"x": ()})) is None


def test_the_limit_of_a_mean_is_the_mean_over_a_period() -> None:
    line = equal(mean_limit(data[i] ** 2), 77)
    found = certify(line, NONE, repeating(1, 2))
    assert found is not None
    assert found.left == fmpq(5, 2)
    # The n of a limit is bound, whatever the n outside is.
    found = certify(equal(mean_limit(data[i]), n), NONE, repeating(0, 0, 1, n=3))
    assert found is not None
    assert (found.left, found.right) == (fmpq(1, 3), 3)
    assert certify(equal(mean_limit(data[i]), Rational(1, 2)), NONE, repeating(0, 1)) is None


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (lambda s: Mul(s, Pow(n, -1), evaluate=False), 3),
        (lambda s: Mul(-1, Mul(Pow(n, -1), s, evaluate=False), evaluate=False), -3),
        (lambda s: Mul(Pow(n, -1), data[2], s, evaluate=False), 15),
        (lambda s: Mul(Pow(n, -1), s + 1, evaluate=False), None),
        (lambda s: Mul(Pow(n, -1), s, s, evaluate=False), None),
        (lambda s: Mul(Pow(n, -1), Pow(s, 2), evaluate=False), None),
        (lambda s: Mul(Pow(n, -1), log(s), evaluate=False), None),
    ],
)
def test_products_with_a_mean(body: Callable[[Expr], Expr], value: int | None) -> None:
    total = unevaluated_sum(data[i], i, Integer(1), n)
    found = certify(equal(Limit(body(total), n, oo), 77), NONE, repeating(1, 5))
    assert (None if found is None else found.left) == value


def test_families_of_different_periods() -> None:
    limit = mean_limit(data[i] * IndexedBase("y")[i])
    at = Point(families={"x": (fmpq(1), fmpq(2)), "y": (fmpq(1), fmpq(0), fmpq(3))})
    found = certify(equal(limit, 77), NONE, at)
    assert found is not None
    assert found.left == fmpq((1 * 1 + 2 * 0 + 1 * 3 + 2 * 1 + 1 * 0 + 2 * 3), 6)


@pytest.mark.parametrize(
    "limit",
    [
        mean_limit(data[i] * n),
        mean_limit(data[i] * i),
        mean_limit(data[i + 1]),
        mean_limit(data[n]),
        mean_limit(data[i], Symbol("n", real=True)),
        mean_limit(data[i]).func(mean_limit(data[i]).args[0], n, Integer(1)),
        Limit(unevaluated_sum(data[i], i, Integer(1), n), n, oo),
        Limit(unevaluated_sum(data[i], i, Integer(1), n) / n**2, n, oo),
        Limit(unevaluated_sum(data[i], i, Integer(1), n + 1) / n, n, oo),
        Limit(unevaluated_sum(data[i], i, Integer(2), n) / n, n, oo),
        mean_limit(p(data[i])),
        mean_limit(log(data[i])),
    ],
    ids=str,
)
def test_no_other_limit_is_judged(limit: Expr) -> None:
    scaled = FunctionDeclaration("p", (x,), (Tuple(x, -oo, oo),), definition=n * x)
    context = Context(functions={"p": scaled})
    assert certify(equal(limit, 77), context, repeating(0, 1, n=1)) is None


def test_what_changes_with_n_is_no_constant_of_a_limit() -> None:
    line = equal(mean_limit(a * data[i]), 77)
    at = replace(repeating(1, 2, n=1), values={a: fmpq(1), n: fmpq(1)})
    assert certify(line, NONE, at) is not None
    assert certify(line, Context((equal(a, n),)), at) is None
    counted = FamilyDeclaration("x", values=(1, 2), counts=(a, b), length=n)
    assert certify(line, Context(families={"x": counted}), at) is None


def test_indicators() -> None:
    for value, happens in ((2, 1), (1, 1), (0, 0)):
        found = certify(equal(Indicator(x, Integer(1)), 7), NONE, point(x=value))
        assert found is not None
        assert found.left == happens
    # Two irrational numbers that are equal are never told apart.
    root = Pow(sqrt(2), Integer(2), evaluate=False)
    assert certify(equal(Indicator(root, Integer(2)), 7), NONE, Point()) is None


def test_free_variables_take_values_in_their_domain() -> None:
    line = equal(x, 77)
    sets = {X: (fmpq(0), fmpq(1))}
    for limits, good, bad in (
        (Tuple(x, X), 1, 2),
        (Tuple(x, 0, 3, 1), 3, fmpq(1, 2)),
        (Tuple(x, 0, 3, 1), 0, 4),
        (Tuple(x, 0, oo), 5, 0),
        (Tuple(x, -oo, 2), -5, 2),
    ):
        context = Context(ranges={x: limits})
        for value, expected in ((good, True), (bad, False)):
            at = Point({x: fmpq(value)}, sets=sets)
            assert (certify(line, context, at) is not None) == expected
    found = certify(line, Context(ranges={x: Tuple(x, X)}), Point({x: fmpq(1)}, sets=sets))
    assert found is not None
    assert found.point.sets == sets


def test_data_lie_in_their_domain_and_are_counted() -> None:
    ones, others = Symbol("n_1", integer=True), Symbol("n_0", integer=True)
    family = FamilyDeclaration(
        "x", Tuple(x, 0, 1, 1), "nonnegative", (0, 1), (others, ones), length=n
    )
    context = Context(families={"x": family})
    assert certify(equal(data[1], 77), context, repeating(1, 0)) is not None
    assert certify(equal(data[1], 77), context, repeating(1, 2)) is None
    line = equal(ones, 77)
    for count, good in ((2, True), (1, False)):
        at = replace(repeating(1, 0), values={ones: fmpq(count), n: fmpq(3)})
        found = certify(line, context, at)
        assert (found is not None) == good
        assert found is None or found.point == at
    # Without data, or a length, the counts are not known to belong together.
    assert certify(line, context, Point({ones: fmpq(2), n: fmpq(3)})) is None
    assert certify(line, context, replace(repeating(1, 0), values={ones: fmpq(2)})) is None


# Densities that do not depend on what is given


def given_real(sign: str = "nonnegative") -> Context:
    declared = declare_density(
        "p",
        [Tuple(x, -oo, oo)],
        given=[Tuple(y, 0, oo)],
        sign=sign,  # type: ignore[arg-type]
    )
    own = declare_density("q", [Tuple(x, -oo, oo)])
    return Context(functions={d.name: d.declaration for d in (declared, own)})


CONSTANT = replace(SKEW, arguments=2)


def test_a_density_that_does_not_depend_on_what_is_given() -> None:
    line = equal(unevaluated_integral(q(x) * p(x, a), x, -oo, oo), 77)
    at = Point({a: fmpq(2)}, {"p": CONSTANT, "q": UNIT})
    found = certify(line, given_real(), at)
    assert found is not None
    assert found.left == 1
    assert "depends on argument 1 only" in found.explain()[1]
    # Outside the domain of what is given nothing is known.
    assert certify(line, given_real(), replace(at, values={a: fmpq(-1)})) is None
    assert certify(line, given_real("positive"), at) is None
    for wrong in (
        SKEW,
        UNIT,
        replace(CONSTANT, place=1),
        replace(CONSTANT, place=2),
        replace(CONSTANT, heights=(fmpq(1), fmpq(3, 2))),
    ):
        assert certify(line, given_real(), replace(at, functions={"p": wrong, "q": UNIT})) is None


def test_integrals_over_what_is_given() -> None:
    at = Point({a: fmpq(1, 4)}, {"p": CONSTANT, "q": UNIT})
    double = unevaluated_integral(
        unevaluated_integral(p(x, y) ** 2, x, -oo, oo), y, Integer(1), Integer(3)
    )
    found = certify(equal(double, 77), given_real(), at)
    assert found is not None
    assert found.left == fmpq(5, 2)
    turned = unevaluated_integral(
        unevaluated_integral(p(x, y) ** 2, y, Integer(1), Integer(3)), x, -oo, oo
    )
    assert certify(equal(turned, 77), given_real(), at) is not None
    # Below 0 the density is not declared, and at 2 x it is no step function of x with these breaks.
    for limits in ((-1, 1), (-2, -1)):
        outside = unevaluated_integral(p(a, y), y, *map(Integer, limits))
        assert certify(equal(outside, 77), given_real(), at) is None
    stretched = unevaluated_integral(p(2 * x, a), x, Integer(0), Integer(1))
    assert certify(equal(stretched, 77), given_real(), at) is None


def test_a_density_that_another_one_implies_belongs_to_it() -> None:
    given = conditional("p(x | w)", (x, X), given=((w, W),))
    alone = conditional("p(x)", (x, X), given=())
    turned = conditional("p(w | x)", (w, W), given=((x, X),))
    context = Context(functions={d.key: d for d in (given, alone, turned)})
    line = equal(Function("p(x)")(a) * Function("p(x | w)")(a, a), 77)
    third = (fmpq(1, 3), fmpq(2, 3))
    same = Table({(u, v): third[int(u.p)] for u in BITS for v in BITS})
    own = Table({(u,): third[int(u.p)] for u in BITS})
    sets = {X: BITS, W: BITS}
    at = Point({a: fmpq(0)}, {"p(x)": own, "p(x | w)": same}, sets)
    assert certify(line, context, at) is not None
    half = Table({(u,): fmpq(1, 2) for u in BITS})
    assert certify(line, context, replace(at, functions={**at.functions, "p(x)": half})) is None
    # What is given, the other way round, has a law of its own.
    line = equal(Function("p(w | x)")(a, a) * Function("p(x | w)")(a, a), 77)
    at = replace(at, functions={"p(w | x)": same, "p(x | w)": same})
    assert certify(line, context, at) is None


# The explanation


def test_the_explanation_is_complete_and_sorted() -> None:
    context = densities(-oo, oo)
    left = KL(p(x), q(x), Tuple(x, -oo, oo))
    found = certify(
        equal(left, Add(b, a, evaluate=False)),
        context,
        Point({b: fmpq(1, 3), a: fmpq(2)}, {"q": SKEW, "p": UNIT}),
    )
    assert isinstance(found, Counterexample)
    assert found.explain() == (
        "a = 2",
        "b = 1/3",
        "p: 1 on [0, 1), 0 elsewhere",
        "q: 1/2 on [0, 1/2), 3/2 on [1/2, 1), 0 elsewhere",
        "left side: 0.143841",
        "right side: 7/3 = 2.33333",
        "difference: -2.18949",
    )


def test_tables_are_written_as_values() -> None:
    table = Table({(fmpq(0), fmpq(1)): fmpq(1, 4), (fmpq(1), fmpq(1)): fmpq(3, 4)})
    names = {"p(y | x)": "p(0 | 1)", "ps(y, x)": "ps(0, 1)", "g": "g(0, 1)"}
    for key, shown in names.items():
        found = Counterexample(Point(functions={key: table}), fmpq(1), fmpq(0))
        assert found.explain()[0].startswith(f"{shown} = 1/4, ")


def test_the_divergence_of_an_abstract_integral_is_no_counterexample() -> None:
    densities = {"p": "positive density of x", "q": "positive density of x"}
    # With p wider than q the integral diverges; a proof would list that it converges.
    assert prove("E(p(x)/q(x), x in p)", "1", ">=", symbols=densities).status != "refuted"
    assert prove("E(p(x)/q(x), x in p)", "2", symbols=densities).status == "refuted"
    assert prove("Integral(1/x, (x, 0, 1))", "1").status == "refuted"


@pytest.mark.parametrize(
    ("left", "right", "shown"),
    [
        ("log(6) - log(2)", "log(2) + log(3/2) + 1", "1.09861"),
        ("log(6) - log(2) - log(3)", "1", "0.000000"),
        ("2/3", "1", "2/3 = 0.666667"),
        ("3**1000", "1", "1.32207e+477"),
        ("(1/3)**400", "1", "1.41742e-191"),
    ],
)
def test_values_are_shown_in_as_many_digits_as_can_be_read(
    left: str, right: str, shown: str
) -> None:
    found = prove(left, right).counterexample
    assert found is not None
    assert found.explain()[0] == f"left side: {shown}"


def test_the_value_at_a_break_can_be_read_from_a_step_density() -> None:
    steps = StepFunction((fmpq(0), fmpq(1, 2), fmpq(1)), (fmpq(1, 2), fmpq(3, 2)))
    assert steps.at(fmpq(1, 2)) == fmpq(3, 2)
    shown = point_texts(Point(functions={"q": steps}))
    assert shown == ["q: 1/2 on [0, 1/2), 3/2 on [1/2, 1), 0 elsewhere"]
