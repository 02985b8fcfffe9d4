"""What the layers of theories share: no private method of one is hidden by another's of the same name."""

from __future__ import annotations

from klderive.theories import TOGETHER


def test_no_private_method_is_hidden() -> None:
    owners: dict[str, list[str]] = {}
    for layer in TOGETHER.layer.__mro__:
        for name in vars(layer):
            if name.startswith("_") and not name.startswith("__"):
                owners.setdefault(name, []).append(layer.__name__)
    assert len(owners) > 50
    assert {name: found for name, found in owners.items() if len(found) > 1} == {}
