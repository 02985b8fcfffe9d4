"""A report as data for JSON: plain dictionaries, lists, texts and booleans.

Formulas are in the notation that lines are typed in. The derivation itself stands in the data as well, so that
`klderive.library` can read it back and it can be checked anew. The file `report.schema.json` beside this one says what
there is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files

from sympy import Expr

from klderive.derivation.data import derivation_data
from klderive.notation import NotationError, Scope, read_sympy, to_text
from klderive.render.summary import reason_words, tags
from klderive.verify import LineReport, PartReport, Report

Json = dict[str, object]


def report_schema() -> Json:
    """The JSON schema of a report's data."""
    text = files("klderive.render").joinpath("report.schema.json").read_text("utf-8")
    schema: Json = json.loads(text)
    return schema


def report_data(report: Report) -> Json:
    """The report with its steps in order and what they rest on."""
    derivation = report.derivation
    called = tags(report)
    data = derivation_data(derivation)
    return {
        **{field: data[field] for field in ("name", "title", "source")},
        "verified": report.verified,
        "errata": {
            "refuted": sum(line.verified for line in report.errata()),
            "not refuted": sum(not line.verified for line in report.errata()),
        },
        "counts": {str(status): count for status, count in sorted(report.counts().items())},
        "steps": [
            _step(part, line, called, derivation.scope)
            for part in report.parts
            for line in part.lines
        ],
        "supports": [
            {
                "kind": support.kind,
                "text": support.text,
                "statement": support.statement,
                "conditions": list(support.conditions),
                "steps": list(support.lines),
                "paths": list(support.paths),
                "source": support.source,
            }
            for support in report.supports
        ],
        "derivation": data,
        "satisfiability": {
            "assumed": report.satisfiability.claims,
            "shown": report.satisfiability.shown,
            "model": report.satisfiability.model_texts(),
        },
    }


def _formula(expression: Expr, scope: Scope) -> str:
    try:
        return to_text(read_sympy(expression, scope))
    except NotationError:
        return str(expression)


def _step(part: PartReport, report: LineReport, called: Mapping[str, str], scope: Scope) -> Json:
    line, verdict = report.line, report.verdict
    left, right = to_text(line.left), to_text(line.right)
    location = line.location
    return {
        "number": line.number,
        "label": line.label,
        "lemma": part.part.name if part.part.kind == "lemma" else None,
        "section": part.part.title if part.part.kind == "section" else None,
        "text": f"{left} {line.sign} {right}",
        "left": left,
        "relation": line.sign,
        "right": right,
        "over": list(line.over),
        "to": None if line.to is None else to_text(line.to),
        "where": {name: to_text(value) for name, value in line.where},
        "reason": reason_words(report, called),
        "status": verdict.status,
        "verified": report.verified,
        "erratum": {"why": line.erratum, "corrected_by": list(report.corrected_by)}
        if report.erratum
        else None,
        "corrects": line.corrects or None,
        "conditions": [str(condition) for condition in verdict.conditions],
        "message": verdict.message,
        "leftover": None if verdict.leftover is None else _formula(verdict.leftover, scope),
        "counterexample": None
        if verdict.counterexample is None
        else list(verdict.counterexample.explain()),
        "slip": report.slip or None,
        "cross_check": None
        if report.cross_check is None
        else {
            "points": report.cross_check.points,
            "contradiction": list(report.cross_check.contradiction),
        },
        "uses": list(verdict.uses),
        "suggestion": list(verdict.suggestion),
        "unused": list(verdict.unused),
        "cites": list(report.cites),
        "file": location.path if location else None,
        "line": location.line if location else None,
        "within": location.within or None if location else None,
    }
