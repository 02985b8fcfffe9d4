"""Words for a terminal that knows ASCII only."""

import pytest

from klderive.render.alphabet import ascii_rows, in_ascii


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("log u ≤ u − 1", "log u <= u - 1"),
        ("a → ∞", "a -> oo"),
        ("Poincaré’s “lemma”", 'Poincare\'s "lemma"'),
        ("日", "?"),
        ("plain", "plain"),
    ],
)
def test_signs_are_spelled(text, expected):
    assert in_ascii(text) == expected


def test_rows_that_grow_are_broken():
    rows = ascii_rows(["  " + "a ≤ b " * 5, "short"], 30)
    assert max(map(len, rows)) <= 30
    assert rows[-1] == "short"
    assert all(row.startswith("  ") for row in rows[:-1])
    assert " ".join(row.strip() for row in rows[:-1]) == ("a <= b " * 5).strip()
