"""The model of a derivation: what it declares, and its lines in the order of the document.

Accepts lines as text in SymPy syntax or as SymPy expressions, with equal standing; both become written trees at once,
so that a line that cannot be read is reported where it was written. The idea: a derivation is a list of parts, a part
is a list of lines, a line is one relation between two written formulas with the reasons that stand beside it. A chain
is only a way to write lines: each new side is related to the side before it.

The model knows nothing of checking or printing. A line may cite only what stands above it; the verifier sees to that.
"""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from sympy import (
    Add,
    Basic,
    Dummy,
    Expr,
    Mul,
    Number,
    NumberSymbol,
    Pow,
    Symbol,
    Tuple,
    oo,
    preorder_traversal,
)
from sympy.core.facts import InconsistentAssumptions
from sympy.core.function import AppliedUndef

from klderive.derivation.reason import Reason
from klderive.kernel.statement import (
    Context,
    Fact,
    FunctionDeclaration,
    FunctionSign,
    RelationName,
    Statement,
)
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
from klderive.notation.scope import FunctionName, NameStyle, VariableRange, function_key
from klderive.notation.translation import CONSTANTS, KNOWN_FUNCTIONS, undefined_function
from klderive.notation.tree import (
    Application,
    BigOperator,
    Binder,
    Name,
    Node,
    Relation,
    RelationSign,
)
from klderive.probability import (
    Density,
    declare_density,
    distribution_of,
    joint_facts,
    limits_of,
    probability_operators,
    recognised,
)

Formula: TypeAlias = str | Basic
"""A formula as an author gives it: text in SymPy syntax, or a SymPy expression."""

Role = Literal["step", "definition", "assumption", "erratum"]
"""An `erratum` is a false line of the document, written as printed: it is expected to be refuted."""


class DerivationError(ValueError):
    """A derivation that is not well formed: where (file and line), what is wrong, what would be right."""

    def __init__(self, problem: str, location: Location | None = None) -> None:
        self.problem = problem
        self.location = location
        super().__init__(f"{location}: {problem}" if location else problem)


@dataclass(frozen=True, slots=True)
class Location:
    """The place in an author's file where a line was written."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Source:
    """The document that a derivation follows."""

    title: str
    author: str = ""
    place: str = ""
    """Where it stands: a file, a page, an address."""


@dataclass(frozen=True, slots=True)
class Premise:
    """An axiom or a hypothesis that lines cite by name.

    `text` is its statement in words or as typed. A hypothesis may be a formula: `relation` is the written tree and
    `statement` what it stands for, which holds for all values of the `parameters`; `closed` says the same without free
    variables, for a counterexample to meet.
    """

    kind: Literal["axiom", "hypothesis"]
    name: str
    text: str = ""
    conditions: tuple[str, ...] = ()
    source: str = ""
    relation: Relation | None = None
    statement: Statement | None = None
    parameters: tuple[Symbol, ...] = ()
    closed: Statement | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One relation of a derivation, as written and as checked.

    `label` is unique in the derivation (`8`, `T1.3`); `number` is the relation's number in the document. `left` and
    `right` are the written sides; `first` is the first side of the chain, printed on the left where the line opens the
    chain or `restated` asks for it. A `remark` is an inline relation that a paper would put into the text.
    `where` gives symbols the values of a special case. `erratum` says why a false line of the document is false;
    `corrects` is the number or label of the erratum that this line puts right.
    """

    label: str
    left: Node
    sign: RelationSign
    right: Node
    statement: Statement
    first: Node
    opening: bool
    reasons: tuple[Reason, ...] | None = None
    role: Role = "step"
    number: str = ""
    restated: bool = False
    remark: bool = False
    where: tuple[tuple[str, Node], ...] = ()
    givens: tuple[Statement, ...] = ()
    note: str = ""
    erratum: str = ""
    corrects: str = ""
    location: Location | None = field(default=None, compare=False)


def compose(signs: Sequence[RelationSign]) -> RelationSign | None:
    """What a chain of relations concludes about its ends, or None if it concludes nothing."""
    others = [sign for sign in signs if sign != "="]
    if not others:
        return "="
    kinds = set(others)
    if kinds <= {"<", "<="}:
        return "<" if "<" in kinds else "<="
    if kinds <= {">", ">="}:
        return ">" if ">" in kinds else ">="
    return others[0] if len(others) == 1 or kinds == {"~"} else None


@dataclass(slots=True)
class Part:
    """A section of a derivation, or a lemma with its proof."""

    kind: Literal["section", "lemma"]
    name: str = ""
    title: str = ""
    lines: list[Line] = field(default_factory=list)

    def conclusion(self) -> tuple[Node, RelationSign, Node, Line] | None:
        """What the part's last chain concludes: its first side, the composed sign, its last side, its last line."""
        lines = [
            line
            for line in self.lines
            if not line.remark and line.role not in ("definition", "erratum")
        ]
        if not lines:
            return None
        last = lines[-1]
        signs = [line.sign for line in lines if line.first is last.first]
        composed = compose(signs)
        return None if composed is None else (last.first, composed, last.right, last)


class Chain:
    """A chain of relations, written side by side: each method relates a new side to the one before it.

    Made by `Derivation.chain` and `Lemma.chain`. Every method takes the new side (text or SymPy), the reasons from
    `by`, and optionally the relation's number in the document; it returns the chain itself.

    A false line of the document is written as printed with `erratum="why it is false"`; the next line is then related
    to the side before it, so that the right line, marked `corrects="number"`, follows in the same chain.
    """

    def __init__(
        self,
        derivation: Derivation,
        part_of: Lemma | None,
        first: Node,
        expression: Expr,
        *,
        remark: bool = False,
        where: tuple[tuple[str, Node, Statement], ...] = (),
    ) -> None:
        self._derivation = derivation
        self._lemma = part_of
        self._first = first
        self._side = first
        self._expression = expression
        self._remark = remark
        self._where = where
        self._lines: list[Line] = []

    @property
    def lines(self) -> tuple[Line, ...]:
        """The chain's lines so far."""
        return tuple(self._lines)

    @property
    def label(self) -> str:
        """The label of the chain's last line that is no erratum, by which `by.line` cites it."""
        for line in reversed(self._lines):
            if line.role != "erratum":
                return line.label
        raise DerivationError("a chain without a line cannot be cited")

    def eq(self, side: Formula, *reasons: Reason, **options: str | bool) -> Chain:
        """Add `= side`."""
        return self._add("=", "=", side, reasons, **options)

    def ne(self, side: Formula, *reasons: Reason, **options: str | bool) -> Chain:
        """Add `!= side`: the two are not identically equal."""
        return self._add("!=", "!=", side, reasons, **options)

    def le(self, side: Formula, *reasons: Reason, **options: str | bool) -> Chain:
        """Add `<= side`."""
        return self._add("<=", "<=", side, reasons, **options)

    def ge(self, side: Formula, *reasons: Reason, **options: str | bool) -> Chain:
        """Add `>= side`."""
        return self._add(">=", ">=", side, reasons, **options)

    def lt(self, side: Formula, *reasons: Reason, **options: str | bool) -> Chain:
        """Add `< side`."""
        return self._add("<", "<", side, reasons, **options)

    def gt(self, side: Formula, *reasons: Reason, **options: str | bool) -> Chain:
        """Add `> side`."""
        return self._add(">", ">", side, reasons, **options)

    def approx(self, side: Formula, *reasons: Reason, **options: str | bool) -> Chain:
        """Add `~ side`, approximately equal: always assumed, never proved."""
        return self._add("~", "approx", side, reasons, **options)

    def at(self, **values: Formula | int) -> Chain:
        """A new chain for the special case in which symbols take values; it opens with this chain's first side.

        The lines of this chain are cited in it by `by.line(chain)`.
        """
        location = _location()
        where = []
        for name, value in values.items():
            symbol = self._derivation.scope.symbols.get(name)
            if symbol is None:
                raise DerivationError(f"`{name}` is not a declared symbol", location)
            node, expression = self._derivation.read(str(value), location)
            where.append((name, node, Statement(symbol, "=", expression)))
        return Chain(
            self._derivation,
            self._lemma,
            self._first,
            self._derivation.translate(self._first, location),
            where=(*self._where, *where),
        )

    def _add(
        self,
        sign: RelationSign,
        relation: RelationName,
        side: Formula,
        reasons: tuple[Reason, ...],
        *,
        number: str | bool = "",
        note: str | bool = "",
        restate: str | bool = False,
        erratum: str | bool = "",
        corrects: str | bool = "",
    ) -> Chain:
        location = _location()
        role = _role(relation, erratum, corrects, location)
        for reason in reasons:
            if not isinstance(reason, Reason):
                raise DerivationError(
                    f"a reason comes from `by`, such as by.logarithms, not {reason!r}", location
                )
            self._derivation.check_premise(reason, location)
        node, expression = self._derivation.read(side, location)
        part = self._derivation.part_for(self._lemma)
        line = Line(
            label=self._derivation.next_label(part),
            left=self._side,
            sign=sign,
            right=node,
            statement=Statement(self._expression, relation, expression),
            first=self._first,
            opening=not self._lines,
            reasons=reasons or None,
            role=role,
            number=str(number),
            restated=bool(restate),
            remark=self._remark,
            where=tuple((name, value) for name, value, _ in self._where),
            givens=tuple(given for _, _, given in self._where),
            note=str(note),
            erratum=str(erratum or ""),
            corrects=str(corrects or ""),
            location=location,
        )
        self._derivation.check_number(line)
        part.lines.append(line)
        self._lines.append(line)
        if role != "erratum":
            self._side, self._expression = node, expression
        return self


class Lemma:
    """A lemma with lines of its own, cited later by `by.lemma(name)`."""

    def __init__(self, derivation: Derivation, part: Part) -> None:
        self._derivation = derivation
        self.part = part

    @property
    def name(self) -> str:
        """The name by which the lemma is cited."""
        return self.part.name

    def chain(self, first: Formula, *, remark: bool = False) -> Chain:
        """Open a chain in the proof of the lemma; what the last chain concludes is the lemma's statement."""
        location = _location()
        node, expression = self._derivation.read(first, location)
        return Chain(self._derivation, self, node, expression, remark=remark)


class Derivation:
    """A derivation: declarations, then lines in the order of a document.

    Args:
        name: the name by which it is looked up, such as `gaussian-l2`.
        title: a title for print.
        source: the document it follows, if any.
    """

    def __init__(self, name: str, *, title: str = "", source: Source | None = None) -> None:
        self.name = name
        self.title = title or name
        self.source = source
        self.scope = Scope(operators=dict(probability_operators()))
        self.functions: dict[str, FunctionDeclaration] = {}
        self.facts: dict[str, Fact] = {}
        self.densities: dict[str, Density] = {}
        self.givens: list[tuple[Node, Statement]] = []
        self.premises: dict[str, Premise] = {}
        self.parts: list[Part] = []
        self._numbers: dict[str, Line] = {}
        self._defined: set[str] = set()
        self._letters: set[str] = set()

    # Declarations

    def symbols(self, **kinds: str) -> None:
        """Declare symbols, each with its kind: `mu="real", sigma="positive", n="positive integer"`.

        Kinds are combinations of SymPy's assumptions: real, positive, nonnegative, negative, nonpositive, nonzero,
        integer, even, odd, prime, rational.

        Raises:
            DerivationError: if a name is taken or a kind is unknown.
        """
        location = _location()
        for name, kind in kinds.items():
            self._fresh(name, location)
            try:
                self.scope.symbols[name] = Symbol(name, **_assumptions(kind, location))
            except InconsistentAssumptions:
                raise DerivationError(f"nothing is `{kind}`", location) from None

    def style(self, name: str, *, unicode: str | None = None, latex: str | None = None) -> None:
        """Say how a name is printed where the printers' own choice is not wanted."""
        self.scope.styles[name] = NameStyle(unicode=unicode, latex=latex)

    def variable(self, name: str, *, on: str) -> None:
        """Declare the domain over which a bound variable runs if a line gives no bounds: an interval or a set.

        `on` is an interval such as `(0, oo)`, or the name of a finite set, which it declares.
        """
        self._declare_range(name, on, _location())

    def data(self, name: str) -> None:
        """Declare an indexed family of reals, such as data `x[i]` or scores `s[k]`."""
        location = _location()
        self._fresh(name, location)
        self.scope.families[name] = 1

    def density(
        self,
        name: str,
        *,
        of: str,
        given: str = "",
        on: str | None = None,
        law: str | None = None,
        as_: Formula | None = None,
        positive: bool = False,
        implied: bool = False,
        number: str = "",
    ) -> Density:
        """Declare a density, or a probability mass function over a finite set.

        Args:
            name: its name, such as `P_gt`.
            of: its variable, such as `x`, or variables with declared domains, such as `y, x`.
            given: what is given, such as `x, w` for `p(y | x, w)`: variables with declared domains, or symbols; the
                density is normalised for all their values. The same letter may stand for several densities, told
                apart by their variables.
            on: the variable's domain, an interval such as `(0, oo)` or the name of a finite set; the support of the
                law, or the real line, if left out.
            law: a known distribution with its parameters, such as `normal(mu, sigma)`; its moments become cited
                facts.
            as_: the definition, which becomes a line of the derivation.
            positive: whether an abstract density is positive on all of its domain.
            implied: whether print leaves out the argument.
            number: the definition's number in the document.

        Raises:
            DerivationError: if a name is taken, a domain or law cannot be read, or the definition is circular.
        """
        location = _location()
        if given or "," in of or name in self._letters:
            if law is not None or as_ is not None or on is not None:
                raise DerivationError(
                    "a density of several variables, or with something given, has no law here",
                    location,
                )
            return self._family(name, of, given, positive, implied, location)
        self._fresh(name, location)
        law_node = self._read_only(law, location) if law is not None else None
        try:
            distribution = None
            if law_node is not None:
                distribution = distribution_of(law_node, self.scope)
            domain = on or (distribution.support if distribution else "(-oo, oo)")
        except NotationError as error:
            raise DerivationError(str(error), location) from None
        if distribution is not None:
            if on is not None and self._range(on, location) != self._range(
                distribution.support, location
            ):
                raise DerivationError(
                    f"the support of this law is {distribution.support}, not {on}", location
                )
            parameters = {str(s) for p in distribution.parameters for s in p.free_symbols}
            if parameters & {of, *self.scope.ranges}:
                raise DerivationError("a parameter of the law is a bound variable", location)
        limits = self._declare_range(of, domain, location)
        self._letters.add(name)
        self.scope.functions[name] = (FunctionName(name, (of,), key=name, implied=implied),)
        head = Application(Name(name), (Name(of),))
        if as_ is not None and distribution is None:
            inner = self._inner_scope(head)
            distribution = recognised(self._translate(as_, inner, location), limits)
        sign: FunctionSign = "positive" if positive or distribution else "nonnegative"
        density = declare_density(name, (limits,), sign=sign, distribution=distribution)
        self.densities[name] = density
        self.functions[name] = density.declaration
        self.facts.update({fact.name: fact for fact in density.facts})
        if as_ is not None:
            self._define(head, as_, number, location)
        return density

    def joint(self, name: str, *, of: str, given: str = "") -> None:
        """Declare the densities of two variables under one letter: joint, both conditionals, both marginals.

        With `of="x, z"` these are p(x, z), p(x | z), p(z | x), p(x) and p(z), with the product rule, Bayes' rule and
        marginalisation as facts. `given` is given to all of them.

        Raises:
            DerivationError: if there are not two variables with declared domains.
        """
        location = _location()
        a, b = (*_names(of), "", "")[:2]
        if len(_names(of)) != 2:
            raise DerivationError(f"`{of}` is not two variables such as `x, z`", location)
        for first, second in ((a, b), (b, a)):
            self._family(
                name, first, ", ".join(n for n in (second, given) if n), False, False, location
            )
        for variables in (f"{a}, {b}", a, b):
            self._family(name, variables, given, False, False, location)
        groups = [(self._parameter(a, location),), (self._parameter(b, location),)]
        others = tuple(self._parameter(n, location) for n in _names(given))
        ties: list[Fact] = []
        for first_group, second_group in (groups, groups[::-1]):
            for fact in joint_facts(name, first_group, second_group, others):
                self.facts.setdefault(fact.name, fact)
                ties.append(fact)
        # A model of any of them must satisfy what ties them together.
        for form in self.scope.functions[name]:
            declared = self.functions[form.key]
            self.functions[form.key] = replace(declared, facts=(*declared.facts, *ties))

    def _family(
        self,
        name: str,
        of: str,
        given: str,
        positive: bool,
        implied: bool,
        location: Location | None,
    ) -> Density:
        """One of the densities that share a letter."""
        if name not in self._letters:
            self._fresh(name, location)
            self._letters.add(name)
        variables, others = _names(of), _names(given)
        key = function_key(name, variables, others)
        same = (tuple(variables), tuple(others))
        if any((f.parameters, f.given) == same for f in self.scope.functions.get(name, ())):
            raise DerivationError(f"the name `{name}` is taken: {key} is declared", location)
        for variable in variables:
            if variable not in self.scope.ranges:
                raise DerivationError(
                    f'`{variable}` has no domain: declare it with d.variable("{variable}", on=...)',
                    location,
                )
        form = FunctionName(name, tuple(variables), tuple(others), key=key, implied=implied)
        self.scope.functions[name] = (*self.scope.functions.get(name, ()), form)
        density = declare_density(
            key,
            [self._parameter(n, location) for n in variables],
            given=[self._parameter(n, location) for n in others],
            sign="positive" if positive else "nonnegative",
        )
        self.densities[key] = density
        self.functions[key] = density.declaration
        self.facts.update({fact.name: fact for fact in density.facts})
        return density

    def _parameter(self, name: str, location: Location | None) -> Tuple:
        """The domain of a variable, or of a symbol that may be any real."""
        if name in self.scope.ranges:
            return limits_of(name, self.scope.ranges[name])
        if name in self.scope.symbols:
            return Tuple(self.scope.symbols[name], -oo, oo)
        raise DerivationError(f"`{name}` is neither a variable nor a symbol", location)

    def assume(self, relation: str) -> None:
        """Add a hypothesis on the symbols, a relation such as `p < 1`."""
        location = _location()
        node = self._read_only(relation, location)
        if not isinstance(node, Relation):
            raise DerivationError(f"`{relation}` is not a relation such as `p < 1`", location)
        for left, sign, right in zip(node.sides, node.signs, node.sides[1:], strict=False):
            if sign not in ("=", "!=", "<=", ">=", "<", ">"):
                raise DerivationError(f"`{sign}` cannot be assumed of symbols", location)
            statement = Statement(
                self.translate(left, location), sign, self.translate(right, location)
            )
            self.givens.append((Relation((left, right), (sign,)), statement))

    def axiom(
        self, name: str, statement: str = "", *, conditions: Sequence[str] = (), source: str = ""
    ) -> Premise:
        """Declare an axiom, which lines cite by `by.axiom(name)`; such a line is assumed, not proved.

        Args:
            name: what it is called, such as `law of large numbers`.
            statement: what it says, in words or as a formula.
            conditions: what it asks for, such as `the X[i] are independent`.
            source: where it is proved.

        Raises:
            DerivationError: if the name is taken.
        """
        return self._premise(
            Premise("axiom", name, statement, _texts(conditions), source), _location()
        )

    def hypothesis(
        self, name: str, statement: str = "", *, conditions: Sequence[str] = (), source: str = ""
    ) -> Premise:
        """Declare a hypothesis, which lines cite by `by.hypothesis(name)`.

        An equation, such as `p(x | w) = p(x)`, is a fact for the lines that cite it: they are checked, and proved from
        it. It holds for all values of its variables, and of symbols that a line varies. A hypothesis in words can only
        be assumed.

        Args:
            name: what it is called, in words or as an equation.
            statement: what it says, in words or as an equation; a text with a relation sign in it is a formula.
            conditions: what else it asks for.
            source: where it comes from.

        Raises:
            DerivationError: if the name is taken, or a formula cannot be read or is no equation.
        """
        location = _location()
        formula = next((text for text in (statement, name) if _is_relation(text)), "")
        premise = Premise("hypothesis", name, statement, _texts(conditions), source)
        if formula:
            premise = self._formula_premise(premise, formula, location)
        return self._premise(premise, location)

    def check_premise(self, reason: Reason, location: Location | None) -> None:
        """See that the axiom or hypothesis that a reason names is declared.

        Raises:
            DerivationError: if it is not, with the nearest names.
        """
        if reason.kind not in ("axiom", "hypothesis"):
            return
        premise = self.premises.get(reason.name)
        if premise is not None and premise.kind == reason.kind:
            return
        if premise is not None:
            problem = f"`{reason.name}` is declared as {_a(premise.kind)}, not {_a(reason.kind)}"
            raise DerivationError(problem, location)
        known = [p.name for p in self.premises.values() if p.kind == reason.kind]
        near = difflib.get_close_matches(reason.name, known, n=2, cutoff=0.5) or known
        hint = f"; did you mean {' or '.join(f'`{name}`' for name in near)}?" if near else ""
        raise DerivationError(
            f"there is no {reason.kind} `{reason.name}`: declare it by d.{reason.kind}(...){hint}",
            location,
        )

    def _premise(self, premise: Premise, location: Location | None) -> Premise:
        if not premise.name.strip():
            raise DerivationError(f"{_a(premise.kind)} needs a name", location)
        if premise.name in self.premises:
            raise DerivationError(f"`{premise.name}` is declared already", location)
        self.premises[premise.name] = premise
        return premise

    def _formula_premise(
        self, premise: Premise, formula: str, location: Location | None
    ) -> Premise:
        node = self._read_only(formula, location)
        if not isinstance(node, Relation) or node.signs != ("=",):
            raise DerivationError(
                f"`{formula}` is not an equation; other relations are assumed by d.assume(...)",
                location,
            )
        left, right = node.sides
        free = [n for n in self.scope.ranges if n not in self.scope.symbols]
        scope = replace(
            self.scope, symbols={**self.scope.symbols, **{n: bound_variable(n) for n in free}}
        )
        try:
            sides = [translate(side, scope, formula) for side in (left, right)]
        except NotationError as error:
            raise DerivationError(str(error), location) from None
        plain = (Symbol, Number, NumberSymbol, Add, Mul, Pow)
        if all(isinstance(part, plain) for side in sides for part in preorder_traversal(side)):
            raise DerivationError(
                f"`{formula}` speaks of symbols only: it is assumed by d.assume(...)", location
            )
        names = {str(symbol) for side in sides for symbol in side.free_symbols}
        variables = [n for n in free if n in names]
        statement = Statement(sides[0], "=", sides[1])
        closed = statement
        if variables:
            text = f"({to_text(left)} - ({to_text(right)}))**2"
            for n in variables:
                where = self.scope.ranges[n]
                text = (
                    f"Sum({text}, ({n}, {where.over}))" if where.over else f"Integral({text}, {n})"
                )
            closed = Statement(self.read(text, location)[1], "=", self.read("0", location)[1])
        return replace(
            premise,
            relation=node,
            statement=statement,
            parameters=tuple(bound_variable(n) for n in variables),
            closed=closed,
        )

    def define(self, name: Formula, as_: Formula, *, number: str = "") -> None:
        """Add a definition as a line: of a function (`d(A, B)`), or of an operator, as a reminder (`KL(P, Q)`).

        The definition of a function declares it, with its arguments as parameters. The definition of an operator that
        klderive has must be the one that it has.
        """
        location = _location()
        node = self._read_only(name, location)
        if not isinstance(node, Application | BigOperator):
            raise DerivationError(
                f"`{to_text(node)}` cannot be defined: write a function with its arguments",
                location,
            )
        if isinstance(node, BigOperator) or node.function.name in self.scope.operators:
            line = self._definition_line(node, *self.read(as_, location), number, location)
            self._append(line)
            return
        if node.function.name not in self.scope.functions:
            self._declare_function(node, location)
        self._define(node, as_, number, location)

    def lemma(self, name: str, title: str = "") -> Lemma:
        """Open a lemma, whose chains are its proof."""
        location = _location()
        if any(part.kind == "lemma" and part.name == name for part in self.parts):
            raise DerivationError(f"there is a lemma {name} already", location)
        part = Part("lemma", name, title)
        self.parts.append(part)
        return Lemma(self, part)

    def section(self, title: str) -> None:
        """Open a section with a heading."""
        self.parts.append(Part("section", title=title))

    def chain(self, first: Formula, *, remark: bool = False) -> Chain:
        """Open a chain with its first side; a `remark` is an inline relation beside the main chain."""
        location = _location()
        node, expression = self.read(first, location)
        return Chain(self, None, node, expression, remark=remark)

    # What the verifier and the printers read

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
        return Context(givens=givens + (line.givens if line else ()), functions=self.functions)

    def conclusion(self) -> tuple[Node, RelationSign, Node, Line] | None:
        """What the derivation's last chain outside the lemmas concludes."""
        for part in reversed(self.parts):
            if part.kind == "section" and (conclusion := part.conclusion()) is not None:
                return conclusion
        return None

    # Reading, for chains

    def read(self, formula: Formula, location: Location | None) -> tuple[Node, Expr]:
        """The written tree of a formula and the SymPy expression it stands for.

        Raises:
            DerivationError: if the formula cannot be read, with the place where it was written.
        """
        node = self._read_only(formula, location)
        return node, self.translate(node, location, formula)

    def translate(
        self, node: Node, location: Location | None, formula: Formula | None = None
    ) -> Expr:
        """The SymPy expression that a tree stands for here."""
        try:
            return translate(node, self.scope, formula if isinstance(formula, str) else "")
        except NotationError as error:
            raise DerivationError(str(error), location) from None

    def part_for(self, lemma: Lemma | None) -> Part:
        """The part to which the next line belongs: the lemma, or the last section."""
        if lemma is not None:
            return lemma.part
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

    def _read_only(self, formula: Formula, location: Location | None) -> Node:
        try:
            if isinstance(formula, str):
                return read_text(formula)
            self._check_symbols(formula, location)
            return read_sympy(formula, self.scope)
        except NotationError as error:
            raise DerivationError(str(error), location) from None

    def _check_symbols(self, formula: Basic, location: Location | None) -> None:
        """The symbols of a SymPy expression are told apart by their names, so one name must mean one symbol."""
        for symbol in formula.atoms(Symbol):
            if isinstance(symbol, Dummy):
                raise DerivationError(
                    f"the expression holds the Dummy {symbol}; replace it by a Symbol", location
                )
        for symbol in formula.free_symbols:
            known = self.scope.symbols.get(symbol.name)
            if known is not None and known != symbol:
                raise DerivationError(
                    f"two symbols are called {symbol.name}, with different assumptions", location
                )

    def _append(self, line: Line) -> None:
        self.check_number(line)
        self.part_for(None).lines.append(line)

    def _definition_line(
        self, head: Node, body: Node, expression: Expr, number: str, location: Location | None
    ) -> Line:
        return Line(
            label=self.next_label(self.part_for(None)),
            left=head,
            sign="=",
            right=body,
            statement=Statement(self.translate(head, location), "=", expression),
            first=head,
            opening=True,
            role="definition",
            number=number,
            location=location,
        )

    def _declare_function(self, node: Application, location: Location | None) -> None:
        name = node.function.name
        self._fresh(name, location)
        names = []
        for argument in (*node.arguments, *node.given):
            if not isinstance(argument, Name):
                raise DerivationError(
                    f"`{to_text(node)}` cannot be defined: its arguments must be names", location
                )
            names.append(argument.name)
        of_functions = [argument in self.scope.functions for argument in names]
        if any(of_functions) and not all(of_functions):
            raise DerivationError(
                f"`{to_text(node)}` mixes names of functions and parameters", location
            )
        self.scope.functions[name] = (
            FunctionName(
                name,
                tuple(names[: len(node.arguments)]),
                tuple(names[len(node.arguments) :]),
                key=name,
                of_functions=any(of_functions),
            ),
        )

    def _define(
        self, head: Application, as_: Formula, number: str, location: Location | None
    ) -> None:
        name = head.function.name
        known = self.functions.get(name)
        if name in self._defined:
            raise DerivationError(f"{name} is defined already", location)
        self._defined.add(name)
        body = self._read_only(as_, location)
        inner = self._inner_scope(head)
        expression = self._translate(as_, inner, location)
        if name in self._functions_of(expression):
            raise DerivationError(f"{name} would be defined by means of itself", location)
        density = self.densities.get(name)
        if density is not None and density.law is None:
            self._withdraw_facts(density)
            known = self.functions[name]
        symbols = tuple(
            inner.symbols[argument.name]
            for argument in (*head.arguments, *head.given)
            if isinstance(argument, Name)
        )
        head_expression = undefined_function(self.scope.functions[name][0].key)(*symbols)
        if known is not None:
            declaration = FunctionDeclaration(
                key=known.key,
                parameters=symbols,
                limits=tuple(
                    Tuple(symbol, *limits[1:])
                    for symbol, limits in zip(symbols, known.limits, strict=True)
                ),
                sign=known.sign,
                definition=expression,
                facts=known.facts,
            )
        else:
            declaration = FunctionDeclaration(
                key=name,
                parameters=symbols,
                limits=tuple(Tuple(symbol, -oo, oo) for symbol in symbols),
                definition=expression,
            )
        self.functions[name] = declaration
        line = Line(
            label=self.next_label(self.part_for(None)),
            left=head,
            sign="=",
            right=body,
            statement=Statement(head_expression, "=", expression),
            first=head,
            opening=True,
            role="definition",
            number=number,
            location=location,
        )
        self._append(line)

    def _functions_of(self, expression: Expr) -> set[str]:
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

    def _withdraw_facts(self, density: Density) -> None:
        """What is defined by a formula that is no known density is not known to be normalised."""
        for fact in density.facts:
            self.facts.pop(fact.name, None)
        bare = density.without_facts()
        self.densities[density.name] = bare
        self.functions[density.name] = bare.declaration

    def _inner_scope(self, head: Application) -> Scope:
        """The scope of a definition's right side: with the parameters, and without the name that is defined."""
        name = head.function.name
        arguments = (*head.arguments, *head.given)
        parameters = [argument.name for argument in arguments if isinstance(argument, Name)]
        return replace(
            self.scope,
            symbols={**self.scope.symbols, **{p: bound_variable(p) for p in parameters}},
            functions={k: v for k, v in self.scope.functions.items() if k != name},
        )

    def _translate(self, formula: Formula, scope: Scope, location: Location | None) -> Expr:
        node = self._read_only(formula, location)
        try:
            return translate(node, scope, formula if isinstance(formula, str) else "")
        except NotationError as error:
            raise DerivationError(str(error), location) from None

    def _declare_range(self, variable: str, on: str, location: Location | None) -> Tuple:
        known = self.scope.ranges.get(variable)
        where = self._range(on, location)
        if known is not None and known != where:
            raise DerivationError(
                f"`{variable}` has another domain already; use another name for the variable",
                location,
            )
        if known is None:
            if variable in self.scope.functions or variable in self.scope.operators:
                raise DerivationError(f"the name `{variable}` is taken", location)
            self.scope.ranges[variable] = where
        return limits_of(variable, where)

    def _range(self, on: str, location: Location | None) -> VariableRange:
        text = on.strip()
        if text.isidentifier():
            over = self.scope.sets.setdefault(text, Symbol(text))
            return VariableRange(over=over)
        if text[:1] in "([" and text[-1:] in ")]" and text:
            ends = self._read_only(f"Integral(1, (x, {text[1:-1]}))", location)
            if isinstance(ends, BigOperator) and isinstance(ends.binders[0], Binder):
                binder = ends.binders[0]
                if binder.lower is not None and binder.upper is not None:
                    return VariableRange(
                        lower=self.translate(binder.lower, location, text),
                        upper=self.translate(binder.upper, location, text),
                    )
        raise DerivationError(
            f"`{on}` is not a domain: write an interval such as (0, oo), or the name of a set",
            location,
        )

    def _fresh(self, name: str, location: Location | None) -> None:
        if name in self.scope.symbols or name in self.scope.functions or name in self.scope.sets:
            raise DerivationError(f"the name `{name}` is taken", location)
        if name in self.scope.operators:
            raise DerivationError(f"the name `{name}` is an operator of klderive", location)
        if name in CONSTANTS or name in KNOWN_FUNCTIONS:
            raise DerivationError(f"the name `{name}` has a meaning already", location)
        if not is_name(name):
            raise DerivationError(
                f"`{name}` is not a name: use ASCII letters, digits and underscores", location
            )


def _names(text: str) -> list[str]:
    """The names in a list such as `x, w`."""
    return [name.strip() for name in text.split(",") if name.strip()]


_KINDS = (
    "real",
    "positive",
    "nonnegative",
    "negative",
    "nonpositive",
    "nonzero",
    "integer",
    "even",
    "odd",
    "prime",
    "rational",
)


def _assumptions(kind: str, location: Location | None) -> Mapping[str, bool]:
    words = kind.split()
    for word in words:
        if word not in _KINDS:
            raise DerivationError(
                f"`{word}` is not a kind of symbol; kinds are {', '.join(_KINDS)}", location
            )
    return {"real": True, **dict.fromkeys(words, True)}


def _role(
    relation: RelationName, erratum: str | bool, corrects: str | bool, location: Location | None
) -> Role:
    for name, value in (("erratum", erratum), ("corrects", corrects)):
        if value is True or (isinstance(value, str) and value and not value.strip()):
            what = "why the line is false" if name == "erratum" else "the number of an erratum"
            raise DerivationError(f"{name}= says {what}", location)
    if erratum and corrects:
        raise DerivationError("a line is an erratum or corrects one, not both", location)
    if relation == "approx":
        if erratum:
            raise DerivationError(
                "an approximate relation is never refuted, so it is no erratum", location
            )
        return "assumption"
    return "erratum" if erratum else "step"


def _texts(given: Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _is_relation(text: str) -> bool:
    return any(sign in text for sign in "=<>")


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


_HERE = os.path.dirname(os.path.abspath(__file__))


def _location() -> Location | None:
    """The nearest caller outside this package: the author's line."""
    frame = sys._getframe(1)
    while frame is not None:
        path = frame.f_code.co_filename
        if os.path.dirname(os.path.abspath(path)) != _HERE:
            return Location(path, frame.f_lineno)
        frame = frame.f_back  # type: ignore[assignment]
    return None
