"""The model of a derivation: statements, reasons, lemmas; it knows nothing of checking or printing."""

from klderive.derivation.chains import Chain, Lemma
from klderive.derivation.model import Derivation
from klderive.derivation.parts import (
    DerivationError,
    Formula,
    Line,
    Location,
    Part,
    Premise,
    Source,
)
from klderive.derivation.reason import Reason, by

__all__ = [
    "Chain",
    "Derivation",
    "DerivationError",
    "Formula",
    "Lemma",
    "Line",
    "Location",
    "Part",
    "Premise",
    "Reason",
    "Source",
    "by",
]
