"""The model of a derivation: declarations, lines, labels, conclusions, and errors with their place."""

from __future__ import annotations

import inspect

import pytest
from sympy import Symbol, log

from klderive.derivation import Chain, Derivation, DerivationError, Reason, by
from klderive.notation import to_text


def new() -> Derivation:
    derivation = Derivation("test")
    derivation.symbols(a="real", b="real", s="positive")
    return derivation


def test_lines_of_a_chain() -> None:
    d = new()
    c = d.chain("a + b")
    c.eq("b + a", by.algebra, number="eq:1", note="swap").eq("a + b", restate=True)
    first, second = c.lines
    assert (first.label, second.label) == ("1", "2")
    assert (to_text(first.left), first.sign, to_text(first.right)) == ("a + b", "=", "b + a")
    assert to_text(second.left) == "b + a"
    assert (first.opening, second.opening) == (True, False)
    assert second.restated
    assert first.reasons == (by.algebra,)
    assert second.reasons is None
    assert (first.number, first.note) == ("eq:1", "swap")
    assert c.label == "2"
    assert [line.label for line in d.lines()] == ["1", "2"]


def test_labels_of_sections_and_lemmas() -> None:
    d = new()
    d.section("one")
    d.chain("a").eq("a")
    lemma = d.lemma("L")
    lemma.chain("a").eq("a").eq("a")
    d.chain("a").eq("a")
    d.section("two")
    d.chain("a").eq("a")
    assert [line.label for line in d.lines()] == ["1", "L.1", "L.2", "2", "3"]
    assert [part.kind for part in d.parts] == ["section", "lemma", "section", "section"]
    assert set(d.lemmas) == {"L"}


def test_text_and_sympy_are_the_same_line() -> None:
    d = new()
    s = d.scope.symbols["s"]
    c = d.chain("log(s)").eq(log(s))
    assert to_text(c.lines[0].right) == "log(s)"
    assert c.lines[0].statement.left == c.lines[0].statement.right


def test_relations_and_roles() -> None:
    d = new()
    lines = [
        getattr(d.chain("a"), relation)("b").lines[0]
        for relation in ("le", "ge", "lt", "gt", "ne", "approx")
    ]
    assert [line.sign for line in lines] == ["<=", ">=", "<", ">", "!=", "~"]
    assert [line.role for line in lines][-2:] == ["step", "assumption"]


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        (["eq", "eq"], "="),
        (["eq", "le"], "<="),
        (["le", "le"], "<="),
        (["lt", "eq"], "<"),
        (["ne", "eq"], "!="),
        (["approx", "eq", "approx"], "~"),
        (["up_to a", "eq", "up_to a"], "up to"),
        (["up_to a, b", "up_to b, a"], "up to"),
        (["proportional a", "proportional a", "eq"], "proportional"),
        (["eq", "tends", "eq"], "->"),
    ],
)
@pytest.mark.parametrize("remark", [False, True])
def test_conclusions(signs: list[str], expected: str, remark: bool) -> None:
    d = new()
    c = d.chain("a", remark=remark)
    for sign in signs:
        relate(c, sign)
    conclusion = d.conclusion()
    if remark:
        assert conclusion is None
        return
    assert conclusion is not None
    assert conclusion[1] == expected
    assert (to_text(conclusion[0]), to_text(conclusion[2])) == ("a", "b")


def relate(c: Chain, sign: str) -> None:
    name, _, over = sign.partition(" ")
    if name == "tends":
        c.tends("b", "s", "oo")
    elif over:
        getattr(c, name)("b", over)
    else:
        getattr(c, name)("b")


@pytest.mark.parametrize("remark", [False, True])
@pytest.mark.parametrize(
    ("signs", "words"),
    [
        (["le", "ge"], "`>=` does not compose with `<=` of line 1"),
        (["le", "eq", "gt"], "`>` does not compose with `<=` of line 1"),
        (["ne", "ne"], "`!=` does not compose with `!=` of line 1"),
        (["approx", "le"], "`<=` does not compose with `~` of line 1"),
        (["eq", "tends", "le"], "`<=` does not compose with `->` of line 2"),
        (["tends", "tends"], "does not compose"),
        (["tends", "approx"], "does not compose"),
        (["up_to a", "up_to b"], "`up to` does not compose with `up to` of line 1"),
        (["up_to a", "proportional a"], "does not compose"),
        (["proportional a", "proportional a, b"], "does not compose"),
        (["up_to a", "le"], "does not compose"),
    ],
)
def test_relations_that_do_not_compose(signs: list[str], words: str, remark: bool) -> None:
    d = new()
    c = d.chain("a", remark=remark)
    for sign in signs[:-1]:
        relate(c, sign)
    with pytest.raises(DerivationError, match=words) as caught:
        relate(c, signs[-1])
    assert caught.value.location is not None
    assert caught.value.location.path == __file__
    assert len(c.lines) == len(signs) - 1
    assert len(list(d.lines())) == len(signs) - 1


def test_an_erratum_breaks_no_chain() -> None:
    d = new()
    c = d.chain("a").le("b").ge("s", erratum="false").eq("b").le("a")
    assert [line.sign for line in c.lines] == ["<=", ">=", "=", "<="]


def test_what_a_relation_speaks_of() -> None:
    d = new()
    d.density("q", of="x")
    d.variable("z", on="Z")
    d.joint("p", of="x, z")
    line = d.chain("a").up_to("b", "q, p, a").lines[0]
    assert line.over == ("q", "p", "a")
    assert line.statement.relation == "up to"
    assert line.statement.over[0] == "q"
    assert set(line.statement.over[1:-1]) == {
        "p(x | z)", "p(z | x)", "p(x, z)", "p(x)", "p(z)"
    }  # fmt: skip
    line = d.chain("a").tends("b", "s", "a + 1").lines[0]
    assert line.over == line.statement.over == ("s",)
    assert line.to is not None
    assert (to_text(line.to), str(line.statement.to)) == ("a + 1", "a + 1")
    for wrong in (
        lambda: d.chain("a").up_to("b", ""),
        lambda: d.chain("a").up_to("b", "unknown"),
        lambda: d.chain("a").proportional("b", "Z"),
        lambda: d.chain("a").tends("b", "x", "oo"),
        lambda: d.chain("a").tends("b", "s", "s + 1"),
        lambda: d.chain("a").tends("b", "s", "nothing here"),
    ):
        with pytest.raises(DerivationError):
            wrong()


def test_remarks_and_lemmas_do_not_conclude() -> None:
    d = new()
    d.chain("a").eq("b")
    d.chain("b", remark=True).eq("a")
    d.lemma("L").chain("a").eq("0")
    conclusion = d.conclusion()
    assert conclusion is not None
    assert to_text(conclusion[2]) == "b"


def test_a_special_case_opens_with_the_first_side() -> None:
    d = new()
    c = d.chain("a + s").eq("s + a")
    there = c.at(a=1, s="b**2 + 1")
    there.eq("b**2 + 2")
    line = there.lines[0]
    assert to_text(line.left) == "a + s"
    assert [(name, to_text(value)) for name, value in line.where] == [("a", "1"), ("s", "b**2 + 1")]
    assert len(line.givens) == 2
    assert line.first is c.lines[0].first


def test_reasons_read_as_a_paper_words_them() -> None:
    d = new()
    p = d.density("p", of="x")
    lemma = d.lemma("T1")
    words = {
        by.algebra: "algebra",
        by.logarithms: "logarithms",
        by.linearity: "linearity",
        by.definition(p): "definition of p",
        by.definition("KL"): "definition of KL",
        by.normalisation(p): "normalisation of p",
        by.mean("p"): "mean of p",
        by.second_moment(p): "second moment of p",
        by.lemma(lemma): "lemma T1",
        by.line("eq:1"): "line eq:1",
        by.axiom("Jensen"): "Jensen",
        by.hypothesis("H"): "H",
        by.witness: "a counterexample to equality",
    }
    assert [str(reason) for reason in words] == list(words.values())
    assert all(isinstance(reason, Reason) for reason in words)


# Errors, with the author's file and line


def here() -> int:
    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return frame.f_back.f_lineno


def test_an_error_says_where() -> None:
    d = new()
    c = d.chain("a")
    with pytest.raises(DerivationError) as caught:
        c.eq("a +")
    location = caught.value.location
    assert location is not None
    assert location.path == __file__
    assert abs(location.line - here()) < 6
    assert str(caught.value).startswith(f"{__file__}:{location.line}: ")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("KL", "is an operator"),
        ("E", "is an operator"),
        ("a", "taken"),
        ("p", "taken"),
        ("f", "taken"),
        ("x-y", "not a name"),
        ("µ", "not a name"),
    ],
)
def test_names_mean_one_thing(name: str, words: str) -> None:
    d = new()
    d.density("p", of="x")
    d.define("f(t)", "t**2")
    with pytest.raises(DerivationError, match=words):
        d.symbols(**{name: "real"})
    with pytest.raises(DerivationError, match=words):
        d.density(name, of="x")


def test_numbers_are_used_once() -> None:
    d = new()
    d.chain("a").eq("a", number="1.1")
    with pytest.raises(DerivationError, match=r"number 1\.1 is line 1 already"):
        d.chain("b").eq("b", number="1.1")


def test_lemmas_are_named_once() -> None:
    d = new()
    d.lemma("L")
    with pytest.raises(DerivationError, match="a lemma L already"):
        d.lemma("L")


def test_a_reason_is_not_text() -> None:
    with pytest.raises(DerivationError, match="a reason comes from `by`"):
        new().chain("a").eq("a", "algebra")  # type: ignore[arg-type]


def test_an_empty_chain_cannot_be_cited() -> None:
    with pytest.raises(DerivationError, match="cannot be cited"):
        by.line(new().chain("a"))


def test_a_special_case_is_of_declared_symbols() -> None:
    c = new().chain("a").eq("a")
    with pytest.raises(DerivationError, match="not a declared symbol"):
        c.at(zeta=1)


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("f(t)", "f(t) + 1", "unknown function"),
        ("f(2)", "3", "arguments must be names"),
        ("a", "3", "cannot be defined"),
        ("f(t)", "unknown", "unknown name"),
        ("s(t)", "t", "taken"),
    ],
)
def test_definitions_that_cannot_be(name: str, body: str, words: str) -> None:
    with pytest.raises(DerivationError, match=words):
        new().define(name, body)


def test_a_function_is_defined_once() -> None:
    d = new()
    d.define("f(t)", "t")
    with pytest.raises(DerivationError, match="defined already"):
        d.define("f(t)", "t**2")


def test_a_parameter_is_not_the_symbol_of_its_name() -> None:
    """A definition's parameter lends and borrows nothing: f(s) = sqrt(s**2) is |s| for every real s."""
    d = new()
    d.define("f(s)", "sqrt(s**2)")
    parameter = d.functions["f"].parameters[0]
    assert parameter != d.scope.symbols["s"]
    assert parameter == Symbol("s", real=True)


@pytest.mark.parametrize(
    ("kind", "words"), [("nonsense", "not a kind"), ("positive complex", "not a kind")]
)
def test_kinds(kind: str, words: str) -> None:
    with pytest.raises(DerivationError, match=words):
        new().symbols(w=kind)


@pytest.mark.parametrize("on", ["(0, oo", "0 to 1", "(0)", "(1, 2, 3)", "", "(0, unknown)"])
def test_domains(on: str) -> None:
    with pytest.raises(DerivationError):
        new().variable("x", on=on)


def test_a_variable_has_one_domain() -> None:
    d = new()
    d.density("p", of="x", on="(0, oo)")
    d.density("q", of="x", on="(0, oo)")
    with pytest.raises(DerivationError, match="another domain"):
        d.density("r", of="x", on="(0, 1)")


@pytest.mark.parametrize("relation", ["a", "a ~ b", "a + b", "a in b"])
def test_assumptions_are_relations(relation: str) -> None:
    with pytest.raises(DerivationError):
        new().assume(relation)


def test_a_chain_of_assumptions_is_several() -> None:
    d = new()
    d.assume("0 < a < 1")
    assert [given.relation for _, given in d.givens] == ["<", "<"]


def test_data_over_the_reals_are_told_to_leave_out_the_length() -> None:
    d = Derivation("data")
    d.symbols(N="positive integer")
    with pytest.raises(DerivationError, match="leave out the length"):
        d.data("x", length="N")
