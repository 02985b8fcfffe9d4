"""The inventory of the relations in the four documents, read from `relations.toml`.

Accepts nothing; gives each relation's number, what it says in our own words, and the statuses that its lines must have.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class DocumentRelation:
    """A relation of a document.

    `expect` holds the status of its line; several statuses are those of its parts a, b and so on.
    """

    number: str
    says: str
    expect: tuple[str, ...]

    @property
    def document(self) -> str:
        """The short name of the document, such as `gauss`."""
        return self.number.partition(":")[0]


@lru_cache(maxsize=1)
def document_relations() -> tuple[DocumentRelation, ...]:
    """All relations, in the order of the documents."""
    text = files("klderive.library").joinpath("relations.toml").read_text("utf-8")
    return tuple(
        DocumentRelation(row["number"], row["says"], tuple(row["expect"]))
        for row in tomllib.loads(text)["relation"]
    )
