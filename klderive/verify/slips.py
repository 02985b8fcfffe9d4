"""The usual slips: a written formula with one thing changed, in every place where it can be.

Accepts a written tree. Slips of the pen undo themselves or another one (a sign is flipped, a square dropped or added),
so that the same list makes wrong lines out of right ones, to test the kernel, and right ones out of wrong ones, to say
what may have been meant. Laws that do not hold are only undone. The kinds are listed in `KINDS`.

A change is named by the piece that it changes. If that piece stands in several places, the smallest piece around it
that stands in one place is named instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from klderive.notation import to_text
from klderive.notation.tree import Application, BigOperator, Binder, Index, Name, Node, Term
from klderive.verify.misapplied_laws import laws_undone
from klderive.verify.slips_of_the_pen import (
    KINDS,
    Change,
    Kind,
    half,
    held,
    instead,
    negated,
    product,
    slips_of_the_pen,
    twice,
)

__all__ = ["KINDS", "Kind", "Slip", "slips"]

Path = tuple[str | int, ...]
"""The slots and places that lead to a part of a tree."""

_PLACELESS = ("span", "function", "variables", "variable")


@dataclass(frozen=True, slots=True)
class Slip:
    """A formula with one thing changed; `words` complete "it would be true ..." if the changed one is right."""

    kind: Kind
    tree: Node
    words: str


def slips(
    tree: Node,
    *,
    names: Sequence[tuple[str, str]] = (),
    inner: Sequence[Node] = (),
    factors: Sequence[Node] = (),
) -> Iterator[Slip]:
    """Every change of a formula, by kind.

    Args:
        tree: the formula.
        names: pairs of names that could be taken for each other.
        inner: derivatives that a chain rule may have asked for.
        factors: factors that may have been left out.
    """
    seen = {tree}
    for found in _all(tree, names, inner, factors):
        if found.tree not in seen:
            seen.add(found.tree)
            yield found


def _all(
    tree: Node,
    names: Sequence[tuple[str, str]],
    inner: Sequence[Node],
    factors: Sequence[Node],
) -> Iterator[Slip]:
    places = list(_places(tree, ()))
    counted = Counter(node for node, _ in places)
    counted.update(part for part in _terms(tree))
    for node, path in places:
        changes = [
            *slips_of_the_pen(node, factors),
            *laws_undone(node),
            *_other_names(node, names),
        ]
        for change in changes:
            new = _replaced(tree, path, change.new)
            words = change.words
            if not words or counted[change.subject or node] > 1:
                words = _named(tree, new, path, counted)
            yield Slip(change.kind, new, f"{words}: {change.why}" if change.why else words)
    if not (isinstance(tree, BigOperator) and tree.kind in ("ArgMin", "ArgMax")):
        yield from _of_the_whole(tree, inner)
    for first, second in names:
        words = f"with `{first}` and `{second}` exchanged"
        yield Slip("names exchanged", _exchanged(tree, first, second), words)


def _of_the_whole(tree: Node, inner: Sequence[Node]) -> Iterator[Slip]:
    yield Slip("sign", negated(tree), "with the other sign of the whole right side")
    yield Slip("factor 2", twice(tree), "with twice the right side")
    yield Slip("factor 2", half(tree), "with half of the right side")
    for derivative in inner:
        words = f"with the derivative of the inner function, `{to_text(derivative)}`, as a factor"
        yield Slip("inner derivative", product(held(tree), held(derivative)), words)


def _other_names(node: Node, names: Sequence[tuple[str, str]]) -> Iterator[Change]:
    """Another name for a name or a function."""
    for first, second in names:
        other = {first: second, second: first}
        if isinstance(node, Name) and node.name in other:
            yield Change("one name", replace(node, name=other[node.name]))
        if isinstance(node, Application) and node.function.name in other:
            function = replace(node.function, name=other[node.function.name])
            yield Change("one name", replace(node, function=function))


def _named(old: Node, new: Node, path: Path, counted: Counter[Node]) -> str:
    """The change as one of the smallest piece that stands in one place."""
    for length in range(len(path), 0, -1):
        piece = _at(old, path[:length])
        if isinstance(piece, Node) and not isinstance(piece, Term | Binder) and counted[piece] == 1:
            return instead(_at(new, path[:length]), piece)
    return instead(new, old)


def _places(node: object, path: Path) -> Iterator[tuple[Node, Path]]:
    """Every subformula, with where it stands."""
    if isinstance(node, Node):
        if not isinstance(node, Term | Binder):
            yield node, path
        for slot in fields(node):
            name = slot.name
            if name in _PLACELESS or (name == "base" and isinstance(node, Index)):
                continue
            yield from _places(getattr(node, name), (*path, name))
    elif isinstance(node, tuple):
        for i, item in enumerate(node):
            yield from _places(item, (*path, i))


def _terms(node: object) -> Iterator[Term]:
    """The terms of all sums, without their signs."""
    if isinstance(node, Term):
        yield replace(node, sign="")
    if isinstance(node, Node):
        for slot in fields(node):
            yield from _terms(getattr(node, slot.name))
    elif isinstance(node, tuple):
        for item in node:
            yield from _terms(item)


def _at(tree: Any, path: Path) -> Any:
    for step in path:
        tree = getattr(tree, step) if isinstance(step, str) else tree[step]
    return tree


def _replaced(tree: Any, path: Path, new: Node) -> Any:
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(step, str):
        changes: dict[str, Any] = {step: _replaced(getattr(tree, step), rest, new)}
        return replace(tree, **changes)
    return (*tree[:step], _replaced(tree[step], rest, new), *tree[step + 1 :])


def _exchanged(node: Any, first: str, second: str) -> Any:
    """A tree with two names exchanged."""
    if isinstance(node, Name):
        other = {first: second, second: first}.get(node.name)
        return replace(node, name=other) if other else node
    if isinstance(node, Node):
        changes = {
            slot.name: _exchanged(getattr(node, slot.name), first, second)
            for slot in fields(node)
            if slot.name != "span"
        }
        return replace(node, **changes)
    if isinstance(node, tuple):
        return tuple(_exchanged(item, first, second) for item in node)
    return node
