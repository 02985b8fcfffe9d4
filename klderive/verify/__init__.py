"""Walks a derivation, asks the kernel about each line, collects a report; `prove` for a single line."""

from klderive.verify.answer import Answer
from klderive.verify.cross_check import CrossCheck
from klderive.verify.limits import LimitsUnavailableError
from klderive.verify.prove import prove
from klderive.verify.report import LineReport, PartReport, Report, Support
from klderive.verify.verifier import verdict_words, verify, words_for

__all__ = [
    "Answer",
    "CrossCheck",
    "LimitsUnavailableError",
    "LineReport",
    "PartReport",
    "Report",
    "Support",
    "prove",
    "verdict_words",
    "verify",
    "words_for",
]
