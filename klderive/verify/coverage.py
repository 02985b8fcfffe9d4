"""Which of the documents' relations stand in which derivation, and whether as they should.

Accepts the inventory and the reports on derivations. The idea: a line's number is the number of a relation, or of a
part of it (`mle:2a`); every relation should occur once, complete, with the status that the inventory expects.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from klderive.library.relations import DocumentRelation
from klderive.verify.report import LineReport, Report


@dataclass(frozen=True, slots=True)
class Place:
    """A line that stands for a relation or a part of it."""

    derivation: str
    line: LineReport

    @property
    def number(self) -> str:
        """The number that the line has."""
        return self.line.line.number

    @property
    def status(self) -> str:
        """The status of the line."""
        return self.line.verdict.status


@dataclass(frozen=True, slots=True)
class Covered:
    """A relation with the lines that stand for it; without any it is open."""

    relation: DocumentRelation
    places: tuple[Place, ...]

    @property
    def open(self) -> bool:
        """Whether no derivation has the relation yet."""
        return not self.places

    def problems(self) -> tuple[str, ...]:
        """What is wrong with the lines that stand for the relation; nothing if it is open."""
        return tuple(self._problems())

    def _problems(self) -> Iterator[str]:
        number, expect = self.relation.number, self.relation.expect
        found = [place.number for place in self.places]
        for double in sorted({n for n in found if found.count(n) > 1}):
            yield f"{double} occurs {found.count(double)} times"
        if self.open or (set(found) == {number} and len(expect) == 1):
            wanted = [number] if self.places else []
        else:
            parts = max(len(expect), len(set(found))) if len(expect) == 1 else len(expect)
            wanted = [f"{number}{chr(ord('a') + i)}" for i in range(max(2, parts))]
        yield from (f"{n} is missing" for n in wanted if n not in found)
        yield from (f"{n} is not in the inventory" for n in sorted(set(found)) if n not in wanted)
        for place in self.places:
            if place.number not in wanted:
                continue
            position = wanted.index(place.number)
            expected = expect[position] if len(expect) > 1 else expect[0]
            if place.status != expected:
                yield f"{place.number} is {place.status}, not {expected}"
            elif not place.line.verified:
                yield f"{place.number} is {place.status}, but not marked as an erratum"


def coverage(
    relations: Sequence[DocumentRelation], reports: Sequence[Report]
) -> tuple[tuple[Covered, ...], tuple[Place, ...]]:
    """Each relation with its lines; and the lines with a number of these documents that is not in the inventory."""
    documents = {relation.document for relation in relations}
    known = {relation.number: relation for relation in relations}
    places: dict[str, list[Place]] = {number: [] for number in known}
    strange = []
    for report in reports:
        for line in report.lines():
            number = line.line.number
            if number.partition(":")[0] not in documents:
                continue
            place = Place(report.derivation.name, line)
            whole = number if number in known else number.rstrip("abcdefghijklmnopqrstuvwxyz")
            if whole in known:
                places[whole].append(place)
            else:
                strange.append(place)
    covered = tuple(
        Covered(known[number], tuple(sorted(found, key=lambda place: place.number)))
        for number, found in places.items()
    )
    return covered, tuple(strange)
