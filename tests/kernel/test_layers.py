"""What the layers of theories share: no private method of one is hidden by another's of the same name."""

from __future__ import annotations

from klderive.theories import TOGETHER

EXTENDED = {"_put_in", "_integrated", "_summed"}
"""Private methods that a layer extends on purpose, calling that of the layer below."""


def test_no_private_method_is_hidden_by_accident() -> None:
    owners: dict[str, list[str]] = {}
    for layer in TOGETHER.layer.__mro__:
        for name in vars(layer):
            if name.startswith("_") and not name.startswith("__"):
                owners.setdefault(name, []).append(layer.__name__)
    hidden = {name: found for name, found in owners.items() if len(found) > 1}
    assert hidden.keys() <= EXTENDED, hidden
