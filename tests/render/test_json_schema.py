"""What is written as JSON is what the schema says."""

import json

import pytest
from jsonschema import Draft202012Validator

from klderive.derivation import Derivation, by
from klderive.library import catalogue, load
from klderive.render.json_report import report_data, report_schema
from klderive.verify import verify

SCHEMA = report_schema()
NAMES = [entry.name for entry in catalogue() if entry.package == "klderive"]


def problems(data):
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(data)]


def failing():
    d = Derivation("failing")
    d.symbols(a="real", b="positive", w="real")
    d.axiom("in words", "something is so", conditions=["it is"])
    d.chain("(a + b)**2").eq("a**2 + b**2", by.algebra)
    d.chain("log(b**2)").eq("2*log(b)", by.algebra)
    d.chain("a").eq("b", by.axiom("in words"))
    d.chain("a/b").eq("b", erratum="it is not", number="doc:1")
    d.chain("a + w").up_to("w", "w", by.algebra).at(a=1).eq("1 + w")
    return verify(d)


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", NAMES)
def test_reports_are_valid(name):
    assert problems(json.loads(json.dumps(report_data(verify(load(name)))))) == []


def test_a_report_on_false_lines_is_valid():
    data = json.loads(json.dumps(report_data(failing())))
    assert problems(data) == []
    assert {step["status"] for step in data["steps"]} >= {"refuted", "wrong_reason", "assumed"}


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.pop("verified"),
        lambda data: data.update(more=1),
        lambda data: data["counts"].update(guessed=1),
        lambda data: data["steps"][0].update(status="guessed"),
        lambda data: data["steps"][0].update(relation="=="),
        lambda data: data["steps"][0].pop("conditions"),
        lambda data: data["steps"][0].update(line="1"),
        lambda data: data["steps"][0].update(erratum={"why": "it is false"}),
        lambda data: data["supports"][0].update(kind="rumour"),
    ],
)
def test_the_schema_sees_what_is_wrong(change):
    data = json.loads(json.dumps(report_data(verify(load("softmax")))))
    change(data)
    assert problems(data)
