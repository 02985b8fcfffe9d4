"""The model of a derivation: what it declares, and its lines in the order of the document.

Accepts lines as text in SymPy syntax or as SymPy expressions, with equal standing; both become written trees at once,
so that a line that cannot be read is reported where it was written. The idea: a derivation is a list of parts, a part
is a list of lines, a line is one relation between two written formulas with the reasons that stand beside it. A chain
is only a way to write lines: each new side is related to the side before it.

The model knows nothing of checking or printing. A line may cite only what stands above it; the verifier sees to that.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Symbol, Tuple

from klderive.derivation.chains import Chain, Lemma
from klderive.derivation.display import Displayed
from klderive.derivation.parts import (
    DerivationError,
    Formula,
    Line,
    Part,
    author_location,
    compose,
)
from klderive.derivation.premises import Premises
from klderive.derivation.record import recorded
from klderive.notation import bound_variable
from klderive.notation.tree import (
    Node,
    RelationSign,
)
from klderive.probability import limits_of
from klderive.statement import (
    Context,
)


class Derivation(Premises, Displayed):
    """A derivation: declarations, then lines in the order of a document.

    Args:
        name: the name by which it is looked up, such as `gaussian-l2`.
        title: a title for print.
        source: the document it follows, if any.
    """

    @recorded
    def lemma(self, name: str, title: str = "") -> Lemma:
        """Open a lemma, whose chains are its proof."""
        location = author_location()
        if any(part.kind == "lemma" and part.name == name for part in self.parts):
            raise DerivationError(f"there is a lemma {name} already", location)
        part = Part("lemma", name, title)
        self.parts.append(part)
        return Lemma(self, part)

    @recorded
    def section(self, title: str) -> None:
        """Open a section with a heading."""
        self.parts.append(Part("section", title=title))

    def chain(self, first: Formula, *, remark: bool = False) -> Chain:
        """Open a chain with its first side; a `remark` is an inline relation beside the main chain."""
        location = author_location()
        node, expression = self.read(first, location)
        return Chain(self, None, node, expression, remark=remark).opened()

    @property
    def lemmas(self) -> dict[str, Part]:
        """The lemmas by name."""
        return {part.name: part for part in self.parts if part.kind == "lemma"}

    def lines(self) -> Iterator[Line]:
        """All lines in order."""
        for part in self.parts:
            yield from part.lines

    def context(self, line: Line | None = None) -> Context:
        """What may be assumed at a line (at every line, if none is given)."""
        givens = tuple(statement for _, statement in self.givens)
        return Context(
            givens=givens + (line.givens if line else ()),
            functions=self.functions,
            ranges=self.free_ranges(),
            families=self.families,
            optima=self.optima,
        )

    def free_ranges(self) -> dict[Symbol, Tuple]:
        """The domains of the variables that are not symbols, and so stand for any element of their domain."""
        return {
            bound_variable(name): limits_of(name, where)
            for name, where in self.scope.ranges.items()
            if name not in self.scope.symbols
        }

    def conclusion(self) -> tuple[Node, RelationSign, Node, Line] | None:
        """What the derivation's last chain outside the lemmas concludes."""
        part = self._concluding()
        found = None if part is None else part.conclusion()
        if found is None:
            return None
        last = found[3]
        chain = [
            line
            for line in self.lines()
            if line.first is last.first and line.role not in ("definition", "erratum")
        ]
        composed = compose([line.link for line in chain])
        return None if composed is None else (last.first, composed, last.right, last)

    def qualified(self) -> Line | None:
        """The line, if there is one, that says what the conclusion speaks of."""
        part = self._concluding()
        return None if part is None else part.qualified()

    def _concluding(self) -> Part | None:
        for part in reversed(self.parts):
            if part.kind == "section" and part.conclusion() is not None:
                return part
        return None
