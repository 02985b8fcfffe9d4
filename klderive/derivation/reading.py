"""Reading formulas among declared names, and appending lines: what declarations and chains stand on.

A formula that cannot be read is reported with the place in the author's file.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from sympy import (
    Basic,
    Dummy,
    Expr,
    Integer,
    Symbol,
    Tuple,
    oo,
)
from sympy.core.function import AppliedUndef

from klderive.derivation.parts import (
    DerivationError,
    Formula,
    Line,
    Location,
    Part,
    Premise,
    Source,
)
from klderive.derivation.record import Entry
from klderive.notation import (
    NotationError,
    Scope,
    bound_variable,
    is_name,
    read_sympy,
    read_text,
    to_text,
    translate,
)
from klderive.notation.nodes import Defined
from klderive.notation.scope import VariableRange
from klderive.notation.translation import CONSTANTS, KNOWN_FUNCTIONS
from klderive.notation.tree import (
    Application,
    BigOperator,
    Binder,
    Name,
    Node,
)
from klderive.probability import (
    Density,
    limits_of,
    probability_operators,
)
from klderive.statement import (
    Fact,
    FamilyDeclaration,
    FunctionDeclaration,
    Statement,
)


class Reading:
    """The names of a derivation, its parts, and the reading of formulas in which the names stand."""

    def __init__(self, name: str, *, title: str = "", source: Source | None = None) -> None:
        self.name = name
        self.title = title or name
        self.source = source
        self.scope = Scope(operators=dict(probability_operators()))
        self.functions: dict[str, FunctionDeclaration] = {}
        self.facts: dict[str, Fact] = {}
        self.densities: dict[str, Density] = {}
        self.families: dict[str, FamilyDeclaration] = {}
        self.optima: dict[Symbol, Expr] = {}
        self.givens: list[tuple[Node, Statement]] = []
        self.premises: dict[str, Premise] = {}
        self.parts: list[Part] = []
        self.entries: list[Entry] = []
        self.chains = 0
        self._numbers: dict[str, Line] = {}
        self._defined: set[str] = set()
        self._letters: set[str] = set()

    def read(self, formula: Formula, location: Location | None) -> tuple[Node, Expr]:
        """The written tree of a formula and the SymPy expression it stands for.

        Raises:
            DerivationError: if the formula cannot be read, with the place where it was written.
        """
        node = self.read_tree(formula, location)
        return node, self.translate(node, location, formula)

    def translate(
        self, node: Node, location: Location | None, formula: Formula | None = None
    ) -> Expr:
        """The SymPy expression that a tree stands for here."""
        try:
            return translate(node, self.scope, formula if isinstance(formula, str) else "")
        except NotationError as error:
            raise DerivationError(str(error), location) from None

    def read_tree(self, formula: Formula, location: Location | None) -> Node:
        """The written tree of a formula."""
        if not isinstance(formula, str | Basic):
            kind = type(formula).__name__
            raise DerivationError(f"a formula is text or a SymPy expression, not {kind}", location)
        try:
            if isinstance(formula, str):
                return read_text(formula)
            self._check_symbols(formula, location)
            return read_sympy(formula, self.scope)
        except NotationError as error:
            raise DerivationError(str(error), location) from None

    def text_of(self, formula: Basic) -> str:
        """The text of a SymPy expression in the notation that lines are typed in."""
        return to_text(read_sympy(formula, self.scope))

    def _check_symbols(self, formula: Basic, location: Location | None) -> None:
        """The symbols of a SymPy expression are told apart by their names, so one name must mean one symbol."""
        for symbol in formula.atoms(Symbol):
            if isinstance(symbol, Dummy):
                raise DerivationError(
                    f"the expression holds the Dummy {symbol}; replace it by a Symbol", location
                )
        for node in formula.atoms(Defined):
            for limits in node.binders:
                if self.scope.ranges.get(limits[0].name) != range_in(limits):
                    raise DerivationError(
                        f"`{limits[0]}` has another domain here than {tuple(limits[1:])};"
                        " declare it, or write the integral or sum out",
                        location,
                    )
        for symbol in formula.free_symbols:
            known = self.scope.symbols.get(symbol.name)
            if known is not None and known != symbol:
                raise DerivationError(
                    f"two symbols are called {symbol.name}, with different assumptions", location
                )

    def translate_in(self, formula: Formula, scope: Scope, location: Location | None) -> Expr:
        """The expression that a formula stands for in another scope."""
        node = self.read_tree(formula, location)
        try:
            return translate(node, scope, formula if isinstance(formula, str) else "")
        except NotationError as error:
            raise DerivationError(str(error), location) from None

    def inner_scope(self, head: Application) -> Scope:
        """The scope of a definition's right side: with the parameters, and without the name that is defined."""
        name = head.function.name
        arguments = (*head.arguments, *head.given)
        parameters = [argument.name for argument in arguments if isinstance(argument, Name)]
        return replace(
            self.scope,
            symbols={**self.scope.symbols, **{p: bound_variable(p) for p in parameters}},
            functions={k: v for k, v in self.scope.functions.items() if k != name},
        )

    def functions_of(self, expression: Expr) -> set[str]:
        """The functions that an expression is made of, with those of their definitions."""
        found: set[str] = set()
        pending = [expression]
        while pending:
            for application in pending.pop().atoms(AppliedUndef):
                name = application.func.__name__
                if name not in found:
                    found.add(name)
                    declared = self.functions.get(name)
                    if declared is not None and declared.definition is not None:
                        pending.append(declared.definition)
        return found

    def declare_range(self, variable: str, on: str, location: Location | None) -> Tuple:
        """Declare the domain of a variable, if it has none, and give its limits."""
        known = self.scope.ranges.get(variable)
        where = self.range_of(on, location, variable)
        if known is not None and known != where:
            raise DerivationError(
                f"`{variable}` has another domain already; use another name for the variable",
                location,
            )
        if known is None:
            scope = self.scope
            if any(variable in n for n in (scope.functions, scope.operators, scope.optima)):
                raise DerivationError(f"the name `{variable}` is taken", location)
            self.scope.ranges[variable] = where
        return limits_of(variable, where)

    def range_of(self, on: str, location: Location | None, variable: str = "") -> VariableRange:
        """The domain of a variable in words: an open interval, integers, or a finite set, which it declares.

        Raises:
            DerivationError: if the text describes none, or an interval with an end.
        """
        where, belongs = self.range_with_ends(on, location, variable)
        if any(belongs):
            inside = on.strip()[1:-1]
            lower, upper = (to_text(read_sympy(end)) for end in (where.lower, where.upper))
            ends = [f"{lower} <= x"] * belongs[0] + [f"x <= {upper}"] * belongs[1]
            raise DerivationError(
                f"`{on}`: the domain of a variable or density is an open interval, for no integral needs its ends:"
                f" write ({inside}); what may be an end is a real symbol, of which one assumes {' and '.join(ends)}",
                location,
            )
        return where

    def range_with_ends(
        self, on: str, location: Location | None, variable: str = ""
    ) -> tuple[VariableRange, tuple[bool, bool]]:
        """The domain that a text describes, and whether the lower and the upper end of an interval belong to it.

        Raises:
            DerivationError: if the text describes none.
        """
        text = on.strip()
        if text[:1] == "{":
            return self._integers(text, location), (False, False)
        if text.isidentifier():
            meant = _number_sets(variable).get(text)
            if meant is not None:
                raise DerivationError(
                    f"`{text}` as a domain would be a finite set of this name: write {meant},"
                    " or give the set another name",
                    location,
                )
            over = self.scope.sets.setdefault(text, Symbol(text))
            return VariableRange(over=over), (False, False)
        if text[:1] in "([" and text[-1:] in ")]" and text:
            ends = self.read_tree(f"Integral(1, (x, {text[1:-1]}))", location)
            if isinstance(ends, BigOperator) and isinstance(ends.binders[0], Binder):
                binder = ends.binders[0]
                if binder.lower is not None and binder.upper is not None:
                    lower = self.translate(binder.lower, location, text)
                    upper = self.translate(binder.upper, location, text)
                    # No number is infinite, however the bracket is written.
                    belongs = (
                        text[0] == "[" and not lower.is_infinite,
                        text[-1] == "]" and not upper.is_infinite,
                    )
                    return VariableRange(lower=lower, upper=upper), belongs
        raise DerivationError(
            f"`{on}` is not a domain: write an interval such as (0, oo), integers such as {{0, 1}}"
            " or {1, ..., K}, or the name of a set",
            location,
        )

    def _integers(self, text: str, location: Location | None) -> VariableRange:
        """Consecutive integers: `{0, 1}`, `{1, ..., K}`, `{0, 1, ...}`."""
        items = [item.strip() for item in text[1:-1].split(",")]
        endless = items[-1] == "..."
        listed = items[:-1] if endless else items[:-2] if "..." in items else items
        if (
            text[-1:] != "}"
            or not listed
            or not all(_is_integer(item) for item in listed)
            or any(int(b) - int(a) != 1 for a, b in pairwise(listed))
            or ("..." in items and items.index("...") != len(items) - (1 if endless else 2))
        ):
            raise DerivationError(
                f"`{text}` is not a domain: write consecutive integers, such as {{0, 1}},"
                " {1, 2, 3}, {1, ..., K} or {0, 1, ...}; any other finite set has a name, such as X",
                location,
            )
        if endless:
            return VariableRange(lower=Integer(int(listed[0])), upper=oo, integers=True)
        last = items[-1]
        upper = Integer(int(last)) if _is_integer(last) else self.scope.symbols.get(last)
        if upper is None or not upper.is_integer:
            raise DerivationError(
                f"`{last}` in `{text}` is neither an integer nor a declared symbol that is one;"
                " where it is a formula, declare a symbol for it, and write the other numbers with that",
                location,
            )
        if isinstance(upper, Integer) and upper < int(listed[-1]):
            raise DerivationError(f"`{text}` ends before it begins", location)
        return VariableRange(lower=Integer(int(listed[0])), upper=upper, integers=True)

    def check_fresh(self, name: str, location: Location | None) -> None:
        """Refuse a name that means something already."""
        scope = self.scope
        taken = (scope.symbols, scope.functions, scope.sets, scope.optima)
        if any(name in names for names in taken):
            raise DerivationError(f"the name `{name}` is taken", location)
        if name in self.scope.operators:
            raise DerivationError(f"the name `{name}` is an operator of klderive", location)
        if name in CONSTANTS or name in KNOWN_FUNCTIONS:
            raise DerivationError(f"the name `{name}` has a meaning already", location)
        if not is_name(name):
            raise DerivationError(
                f"`{name}` is not a name: use ASCII letters, digits and underscores", location
            )

    def part_for(self, own: Part | None) -> Part:
        """The part to which the next line belongs: its own, if it is a lemma's, or the last section."""
        if own is not None:
            return own
        if not self.parts or self.parts[-1].kind == "lemma":
            self.parts.append(Part("section"))
        return self.parts[-1]

    def next_label(self, part: Part) -> str:
        """A label for the part's next line: `T1.3` in a lemma, else a running number."""
        if part.kind == "lemma":
            return f"{part.name}.{len(part.lines) + 1}"
        return str(1 + sum(len(other.lines) for other in self.parts if other.kind == "section"))

    def check_number(self, line: Line) -> None:
        """Record a line's number in the document.

        Raises:
            DerivationError: if another line has it.
        """
        if not line.number:
            return
        if line.number.isdigit():
            raise DerivationError(
                f"the number {line.number} could be a line's label: write it with its document,"
                f" such as doc:{line.number}",
                line.location,
            )
        if line.number in self._numbers:
            raise DerivationError(
                f"number {line.number} is line {self._numbers[line.number].label} already",
                line.location,
            )
        self._numbers[line.number] = line

    def append(self, line: Line) -> None:
        """Add a line to the last section."""
        self.check_number(line)
        self.part_for(None).lines.append(line)

    def definition_line(
        self, head: Node, body: Node, expression: Expr, number: str, location: Location | None
    ) -> Line:
        """A definition as a line of the last section."""
        return Line(
            label=self.next_label(self.part_for(None)),
            left=head,
            sign="=",
            right=body,
            statement=Statement(self.translate(head, location), "=", expression),
            first=head,
            start=head,
            opening=True,
            role="definition",
            number=number,
            location=location,
            scope=self.scope,
        )


def _is_integer(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and text.isascii()


def _number_sets(variable: str) -> dict[str, str]:
    """Names that stand for sets of numbers elsewhere, with the domains to write; z in Z is a set named as usual."""
    real, interval, natural = (
        "(-oo, oo)",
        "an interval such as (0, oo)",
        "{0, 1, ...} or {1, 2, ...}",
    )
    names = dict.fromkeys(("R", "RR", "Real", "Reals", "real", "reals"), real)
    names |= dict.fromkeys(("N", "NN", "Natural", "Naturals", "naturals", "N0", "N_0"), natural)
    names |= dict.fromkeys(("Z", "ZZ", "Integer", "Integers", "integers"), natural)
    names |= dict.fromkeys(("Q", "QQ", "Rational", "Rationals", "C", "CC", "Complexes"), interval)
    return {
        name: meant for name, meant in names.items() if name != variable.upper() or name in "RN"
    }


def range_in(limits: Tuple) -> VariableRange:
    """The domain that the limits of a node describe."""
    if len(limits) == 2:
        return VariableRange(over=limits[1])
    return VariableRange(lower=limits[1], upper=limits[2], integers=len(limits) == 4)
