"""Takes the underbraces off a tree, for whoever prints or means what stands above them.

Accepts every tree. The idea: an underbrace only names a part, so what is meant is the tree without it, and what is
printed is that tree with a brace below the part. Printers get the tree without underbraces, in which all their rules
hold as they are, and are told which of its nodes have a label.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeAlias

from klderive.notation.tree import Node, Sum, Term, Underbrace

Labels: TypeAlias = Mapping[int, tuple[str, ...]]
"""The labels below nodes, by the identity of the node; of several, the innermost first."""


def without_underbraces(node: Node) -> tuple[Node, Labels]:
    """The tree without underbraces, and the labels of its nodes."""
    if not _has_underbrace(node):
        return node, {}
    labels: dict[int, tuple[str, ...]] = {}
    bare = _bare(node, labels)
    assert isinstance(bare, Node)
    return bare, labels


def joins(term: Term, labels: Labels) -> bool:
    """Whether the body of a term is a sum with a label, which joins the sum around it without a bracket."""
    body = term.body
    return (
        id(body) in labels and term.sign != "-" and isinstance(body, Sum) and not body.terms[0].sign
    )


def _has_underbrace(node: Node) -> bool:
    pending: list[object] = [node]
    while pending:
        part = pending.pop()
        if isinstance(part, Underbrace):
            return True
        if isinstance(part, Node):
            pending += [getattr(part, slot) for slot in part.__dataclass_fields__]
        elif isinstance(part, tuple):
            pending += part
    return False


def _bare(part: Any, labels: dict[int, tuple[str, ...]]) -> Any:
    """A part of a tree without underbraces, made anew so that no two nodes are one object."""
    if isinstance(part, Underbrace):
        body = _bare(part.body, labels)
        labels[id(body)] = (*labels.get(id(body), ()), part.label)
        return body
    if isinstance(part, Node):
        inner = {
            field.name: _bare(getattr(part, field.name), labels)
            for field in fields(part)
            if field.name != "span"
        }
        return replace(part, **inner)
    if isinstance(part, tuple):
        return tuple(_bare(item, labels) for item in part)
    return part
