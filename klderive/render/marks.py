"""The mark of each status, in Unicode and in ASCII, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass

from klderive.kernel import Status


@dataclass(frozen=True, slots=True)
class Mark:
    """How a status is shown: a sign, its ASCII form (two cells at most), its style, its word."""

    sign: str
    ascii: str
    style: str
    one: str
    many: str


MARKS: dict[Status, Mark] = {
    "proved": Mark("✓", "ok", "green", "proved", "proved"),
    "definition": Mark("≔", ":=", "cyan", "definition", "definitions"),
    "assumed": Mark("∗", "*", "yellow", "assumed", "assumed"),
    "wrong_reason": Mark("!", "!", "bold magenta", "wrong reason", "wrong reasons"),
    "refuted": Mark("✗", "x", "bold red", "refuted", "refuted"),
    "undecided": Mark("?", "?", "bold yellow", "undecided", "undecided"),
}
"""In the order in which a summary counts them."""

ERRATUM = Mark("✗", "x", "red", "erratum", "errata")
"""A false line of the document, refuted as expected."""

TRUE_ERRATUM = Mark("!", "!", "bold red", "erratum not refuted", "errata not refuted")
"""A line marked as an erratum that is not refuted."""

CONTRADICTION = Mark("!", "!", "bold red", "internal contradiction", "internal contradictions")
"""A proved line whose sides evaluate to something else."""
