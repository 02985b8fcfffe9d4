"""What is written as JSON is read back and checked anew; nothing else that a file says is believed."""

import json

import pytest
import sympy
from jsonschema import Draft202012Validator

from klderive.derivation import Derivation, DerivationError, by
from klderive.derivation.data import FIELDS, derivation_data, derivation_from
from klderive.derivation.reason import Reason, reason_from
from klderive.library import LibraryError, load, load_all
from klderive.library.written import REPORT_FIELDS
from klderive.render.json_report import report_data, report_schema
from klderive.verify import verify

from .reports import SHIPPED, hostile, shipped

SCHEMA = Draft202012Validator({"$ref": "#/$defs/derivation", "$defs": report_schema()["$defs"]})


def as_file(directory, text, name="report.json"):
    path = directory / name
    path.write_text(text if isinstance(text, str) else json.dumps(text), "utf-8")
    return path


def verdicts(report):
    return [
        (
            line.line.label,
            line.verdict.status,
            line.verified,
            line.verdict.conditions,
            line.verdict.uses,
            line.reasons,
            line.corrected_by,
        )
        for line in report.lines()
    ]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_derivation_is_read_back_with_the_same_verdicts(name, tmp_path):
    report = shipped(name)
    path = as_file(tmp_path, report_data(report))
    again = verify(load(path))
    assert list(again.derivation.lines()) == list(report.derivation.lines())
    assert verdicts(again) == verdicts(report)
    assert derivation_data(again.derivation) == derivation_data(report.derivation)


def test_a_derivation_whose_lines_fail_is_read_back():
    report = hostile()
    data = json.loads(json.dumps(derivation_data(report.derivation)))
    assert verdicts(verify(derivation_from(data, "x.json"))) == verdicts(report)


def everything():
    """A derivation that says every kind of thing."""
    d = Derivation("everything", title="All of it")
    d.symbols(self="positive", a="real", N="positive integer", mu="real")
    d.style("a", unicode="𝐚", latex=r"\mathbf{a}")
    d.variable("k", on="{1, ..., N}")
    d.variable("z", on="Z")
    d.function("X", of="k")
    d.data("x", of="{0, 1}", length="N", counts="n_0, n_1")
    d.density("p", of="t", law="normal(mu, self)", implied=True)
    d.joint("q", of="z, k")
    d.define("f(u)", "u**2 + 1", number="doc:1")
    d.assume("a < 1")
    d.axiom(
        "limit",
        "Sum(x[i], (i, 1, N))/N -> 1/2",
        conditions="fair",
        source="somewhere",
        over="N",
        to="oo",
    )
    d.hypothesis("it is so", conditions=["yes", "indeed"])
    d.section("A section")
    c = d.chain(sympy.Symbol("a", real=True) + 1)
    c.eq("f(a) - a**2 + a", by.definition("f"), number="doc:2", note="a note")
    c.eq("a", by.algebra, erratum="it is not", number="doc:3")
    c.eq("1 + a", corrects="doc:3", restate=True)
    c.at(self=2).eq("a + 1")
    d.chain("a + mu").up_to("mu", "mu", by.algebra)
    d.chain("2*mu").proportional("mu", "mu", by.algebra)
    d.chain("n_0/N").tends("1/2", "N", "oo", by.axiom("limit"))
    d.chain("a").approx("1", by.hypothesis("it is so"))
    lemma = d.lemma("L", "A lemma")
    lemma.chain("log(e)", remark=True).eq("1", by.logarithms)
    lemma.chain("a").lt("1")
    d.chain("a").le("1", by.lemma(lemma))
    d.chain("Integral(exp(-t), (t, 0, oo))").eq(
        "Integral(exp(-z), (z, 0, oo))", by.substitution("t", "z")
    )
    d.chain("Integral(t*p(t), t)").eq("mu", by.mean("p"))
    return d


def test_everything_that_can_be_said_is_read_back():
    d = everything()
    data = json.loads(json.dumps(derivation_data(d)))
    assert {entry["kind"] for entry in data["content"]} == set(FIELDS)
    again = derivation_from(data, "x.json")
    assert list(again.lines()) == list(d.lines())
    assert again.premises == d.premises
    assert again.scope.styles == d.scope.styles
    assert verdicts(verify(again)) == verdicts(verify(d))


def test_the_schema_knows_what_the_reader_knows():
    entries = {
        entry["properties"]["kind"]["const"]: entry
        for entry in report_schema()["$defs"]["entry"]["oneOf"]
    }
    assert set(entries) == set(FIELDS)
    for kind, fields in FIELDS.items():
        assert set(entries[kind]["properties"]) == {"kind", *fields}
        needed = {name for name, field in fields.items() if field.required}
        assert set(entries[kind]["required"]) == {"kind", *needed}
    assert not list(SCHEMA.iter_errors(derivation_data(everything())))


def test_the_reader_knows_what_a_report_holds():
    assert set(report_schema()["properties"]) == REPORT_FIELDS


def test_every_reason_is_read_back():
    words = [each for each in vars(type(by)).values() if isinstance(each, Reason)]
    made = [
        by.mean("p"),
        by.bayes("p(z | x)"),
        by.counting("x"),
        by.line("3"),
        by.lemma("T"),
        by.axiom("a"),
    ]
    made += [by.definition("KL"), by.hypothesis("h"), by.substitution("x", "t + 1"), by.fact("f")]
    for reason in [*words, *made]:
        assert reason_from(**reason.data()) == reason


def test_a_line_is_located_in_the_data(tmp_path):
    path = as_file(tmp_path, "\n\n" + json.dumps(report_data(shipped("softmax"))))
    first = next(load(path).lines())
    assert str(first.location).endswith("report.json:3, derivation.content[2]")


def test_a_file_of_several_reports(tmp_path):
    rows = [json.dumps(report_data(shipped(name))) for name in ("softmax", "jensen-shannon")]
    path = as_file(tmp_path, "\n".join(rows) + "\n")
    assert [d.name for d in load_all(path)] == ["softmax", "jensen-shannon"]


def test_verdicts_in_a_file_are_not_believed(tmp_path):
    data = report_data(shipped("softmax"))
    [line] = [e for e in data["derivation"]["content"] if e.get("right") == "1"][:1]
    line["right"] = "2"
    assert data["verified"]
    report = verify(load(as_file(tmp_path, data)))
    assert not report.verified
    assert "refuted" in {each.verdict.status for each in report.lines()}


def bare(*content):
    return {"name": "x", "content": list(content)}


SYMBOLS = {"kind": "symbols", "kinds": {"a": "real", "b": "real"}}
CHAIN = {"kind": "chain", "first": "a"}


def line(**fields):
    return {"kind": "line", "chain": 0, "relation": "=", "right": "a", **fields}


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        ([], "", "a list stands where an object is expected"),
        ("x", "", "a text stands"),
        (None, "", "nothing stands"),
        ({"name": "x"}, "", "`content` is missing"),
        (
            {"name": 1, "content": []},
            "name",
            "a number stands where a text of one line is expected",
        ),
        ({"name": " ", "content": []}, "name", "needs a name"),
        ({"name": "x", "content": {}}, "content", "an object stands where a list is expected"),
        ({"name": "x", "content": [], "titel": ""}, "", "did you mean `title`?"),
        ({"name": "x", "content": [], "source": {"title": "t"}}, "source", "`author` is missing"),
        (bare(3), "content[0]", "a number stands where an object is expected"),
        (bare({"kind": "exec", "code": "1"}), "content[0].kind", "one of the kinds"),
        (bare({"kind": ["line"]}), "content[0].kind", "one of the kinds"),
        (bare({"kind": "__class__"}), "content[0].kind", "one of the kinds"),
        (bare(SYMBOLS, {**CHAIN, "verdict": "proved"}), "content[1]", "`verdict` is unknown"),
        (bare({"kind": "symbols", "kinds": {"a": 1}}), "content[0].kinds", "an object of texts"),
        (bare({"kind": "symbols", "kinds": {"a": "round"}}), "content[0]", "not a kind of symbol"),
        (bare({"kind": "symbols", "kinds": {"__import__": "real"}}), "content[0]", "not a name"),
        (bare(SYMBOLS, SYMBOLS), "content[1]", "the name `a` is taken"),
        (bare(SYMBOLS, {**CHAIN, "first": "a +"}), "content[1]", "an operand is missing"),
        (bare(SYMBOLS, {**CHAIN, "first": ""}), "content[1]", "the line is empty"),
        (bare(SYMBOLS, {**CHAIN, "first": "c"}), "content[1]", "`c`"),
        (bare(SYMBOLS, {**CHAIN, "first": "__import__('os')"}), "content[1]", "unknown character"),
        (bare(SYMBOLS, {**CHAIN, "first": "(" * 999}), "content[1]", "nested more than"),
        (bare(SYMBOLS, {**CHAIN, "lemma": "L"}), "content[1].lemma", "no lemma `L` before"),
        (bare(SYMBOLS, line()), "content[1].chain", "only 0 chains before"),
        (bare(SYMBOLS, CHAIN, line(chain=True)), "content[2].chain", "the number of a chain"),
        (bare(SYMBOLS, CHAIN, line(chain=-1)), "content[2].chain", "the number of a chain"),
        (bare(SYMBOLS, CHAIN, line(relation="==")), "content[2].relation", "is no relation"),
        (bare(SYMBOLS, CHAIN, line(over=["a"])), "content[2]", "`over` does not go with `=`"),
        (bare(SYMBOLS, CHAIN, line(relation="->")), "content[2]", "`over` is missing with `->`"),
        (bare(SYMBOLS, CHAIN, line(reasons="algebra")), "content[2].reasons", "a list is expected"),
        (
            bare(SYMBOLS, CHAIN, line(reasons=[{"kind": "faith"}])),
            "content[2].reasons[0]",
            "not a kind",
        ),
        (
            bare(SYMBOLS, CHAIN, line(reasons=[{"kind": "theory", "name": "magic"}])),
            "content[2].reasons[0]",
            "there is no theory",
        ),
        (
            bare(SYMBOLS, CHAIN, line(reasons=[{"kind": "algebra", "words": "obvious"}])),
            "content[2].reasons[0]",
            "these words",
        ),
        (
            bare(SYMBOLS, CHAIN, line(reasons=[{"kind": "line", "name": "1", "words": "w"}])),
            "content[2].reasons[0]",
            "no words",
        ),
        (
            bare(SYMBOLS, CHAIN, line(reasons=[{"kind": "axiom", "name": "A"}])),
            "content[2]",
            "no axiom `A`",
        ),
        (
            bare(SYMBOLS, {"kind": "style", "name": "a", "latex": r"\input{x}"}),
            "content[1].latex",
            r"`\input`",
        ),
        (
            bare(SYMBOLS, {"kind": "style", "name": "a", "latex": "x}$"}),
            "content[1].latex",
            "LaTeX of a name",
        ),
        (
            bare(SYMBOLS, {"kind": "style", "name": "a", "latex": "}{"}),
            "content[1].latex",
            "braces",
        ),
        (
            bare(SYMBOLS, {"kind": "style", "name": "a", "latex": "^^5cinput"}),
            "content[1].latex",
            "twice",
        ),
        ({"name": "x\n✓  y  verified", "content": []}, "name", "one line"),
        (
            bare(SYMBOLS, {"kind": "lemma", "name": "L\n✓  y  verified"}),
            "content[1].name",
            "one line",
        ),
        (bare(SYMBOLS, CHAIN, line(number="1\r✓")), "content[2].number", "one line"),
        (
            bare(SYMBOLS, {"kind": "style", "name": "a", "unicode": "a\u2028b"}),
            "content[1].unicode",
            "one line",
        ),
        (
            bare(SYMBOLS, CHAIN, {"kind": "at", "chain": 0, "values": {"c": "1"}}),
            "content[2]",
            "not a declared symbol",
        ),
        (
            bare(SYMBOLS, CHAIN, {"kind": "at", "chain": 0, "values": {"a": 1}}),
            "content[2].values",
            "object of texts",
        ),
    ],
)
def test_data_that_describe_no_derivation_are_refused(data, place, words):
    with pytest.raises(DerivationError) as caught:
        derivation_from(data, "x.json")
    assert caught.value.location.within == place
    assert words in caught.value.problem


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        ("{", "not JSON"),
        ('{"name": "x", "name": "y", "content": []}', "the name `name` stands twice"),
        ('{"name": "x", "content": NaN}', "`NaN` is no number"),
        ('{"name": "x", "content": -Infinity}', "`-Infinity` is no number"),
        ('{"name": "x", "content": 1e999}', "is not whole"),
        ('{"name": "x", "content": ' + "9" * 5000 + "}", "has more than 18 digits"),
        ("[" * 100_000, "nested too deeply"),
        ('{"name":' * 100_000, "nested too deeply"),
        (r'{"name": "\ud800", "content": []}', "half of a character"),
        ('{"name": "x", "content": [' + "9," * 10 + "]}", "not JSON"),
        ('{"name": "x", "steps": []}', "without its derivation"),
        ('{"derivation": {}, "more": 1}', "`more` is unknown in a report"),
        ('{"derivation": {"name": "x", "content": [{}]}}', "derivation.content[0].kind"),
    ],
)
def test_a_file_that_is_no_derivation_is_refused(text, words, tmp_path):
    path = as_file(tmp_path, text)
    with pytest.raises(LibraryError) as caught:
        load(path)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_file_that_is_too_long_is_refused(tmp_path):
    path = as_file(tmp_path, '{"name": "' + "x" * 3_000_000 + '"}')
    with pytest.raises(LibraryError, match="more than 2 million bytes"):
        load(path)


def test_a_file_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "latin.json"
    path.write_bytes('{\n"name": "é"}'.encode("latin-1"))
    with pytest.raises(LibraryError, match=r"latin.json:2: the file is not in UTF-8"):
        load(path)


def test_a_lemma_that_cites_itself_through_another_proves_nothing():
    content = [
        SYMBOLS,
        {"kind": "lemma", "name": "A"},
        {"kind": "chain", "first": "a", "lemma": "A"},
        line(right="b", reasons=[{"kind": "lemma", "name": "B"}]),
        {"kind": "lemma", "name": "B"},
        {"kind": "chain", "first": "a", "lemma": "B"},
        line(chain=1, right="b", reasons=[{"kind": "lemma", "name": "A"}]),
    ]
    report = verify(derivation_from(bare(*content), "x.json"))
    assert not report.verified
    assert "proved" not in {each.verdict.status for each in report.lines()}


def test_a_line_alone_is_checked(tmp_path):
    path = as_file(
        tmp_path, bare(SYMBOLS, {**CHAIN, "first": "(a + b)**2"}, line(right="a**2 + 2*a*b + b**2"))
    )
    assert verify(load(path)).verified
