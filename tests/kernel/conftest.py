"""What the tests of the kernel share."""

from __future__ import annotations

import sys

import pytest

from klderive.certificates.certificate import Point
from klderive.refute import Search
from klderive.statement import Context, Statement


class _NoCounterexamples(Search):
    """Proposes witnesses and models only: what is proved does not depend on what is refuted."""

    def counterexample(self, statement: Statement, context: Context) -> Point | None:
        return None


@pytest.fixture
def only_proofs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that is not proved is not refuted either, which saves the search."""
    monkeypatch.setattr(sys.modules["klderive.verify.heeding"], "Search", _NoCounterexamples)
