"""What is wrong with a line, and what would put it right.

Accepts a line that is refuted or undecided, with the kernel's verdict. Asked are, in this order: whether it holds under
one more assumption on its symbols; whether it holds with its relation turned; whether it holds with one usual slip
undone on the right side. Evaluation drops the changed lines that are false at the counterexample, too, and the kernel
says of the others, the likeliest first, whether they are true. What is said is what the kernel proves, so that it is
never wrong; but it need not be what the author meant. Beside that, the terms are named in which the sides differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

from flint import fmpq
from sympy import Derivative as SymPyDerivative
from sympy import Expr, Integer, Symbol, log, preorder_traversal

from klderive.certificates.certificate import Point, Work, certify
from klderive.certificates.evaluation import (
    InexactError,
    UndefinedError,
    UndeterminedError,
    Value,
    compare,
    evaluate,
)
from klderive.kernel import Allowed, Kernel, Verdict
from klderive.kernel.theory import Theories
from klderive.notation import NotationError, Scope, read_sympy, to_text, translate
from klderive.notation.nodes import Optimum
from klderive.notation.tree import (
    Application,
    Index,
    Name,
    Node,
    Sum,
    Term,
    deep_recursion,
    names_in,
)
from klderive.refute import Search
from klderive.statement import Context, RelationName, Statement
from klderive.verify.difference import Difference, difference
from klderive.verify.slips import KINDS, Slip, slips

CANDIDATES = 60
"""Changed lines that the kernel is asked about."""

BUDGET = 20_000
"""Products of terms that one of them may take."""

TOTAL = 60_000
"""The same for all of them."""

LARGEST = 400
"""Nodes of a right side beyond which no slip is looked for."""

CHANGES = 2_000
"""Changes of one line that are looked at."""

WORK = 100_000
"""Nodes that are evaluated to drop changed lines."""

PRECISION = 64
"""Bits of that evaluation."""

ASSUMPTIONS = 8
"""Assumptions that are tried."""

FACTORS = 6
"""Factors of which it is asked whether they were left out."""

_TRIVIAL = ("one name", "names exchanged", "number", "inner function", "missing factor")
"""Kinds that say nothing if they make the right side the left one."""

_TURNED: dict[RelationName, tuple[RelationName, ...]] = {
    "<=": (">=",),
    ">=": ("<=",),
    "<": ("<=", ">", ">="),
    ">": (">=", "<", "<="),
}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong with a line: a sentence on how it would be true, and the terms in which its sides differ."""

    slip: str = ""
    difference: Difference | None = None


_OF_PROOFS = (
    "the sign of the difference",
    "the kernel has no rule",
    "no value can be put",
    "no limit is known",
    "it is not established that no side vanishes",
    "it is not established that the quotient",
)
"""What says only how far a proof came, and nothing of a line that is false."""


def teaches(verdict: Verdict) -> bool:
    """Whether the message of a verdict says more than that the sides differ, which a difference says better."""
    if verdict.status == "refuted" and verdict.message.startswith(_OF_PROOFS):
        return False
    said_better = ("the right side lacks", "the two sides have different normal forms")
    better = verdict.leftover is not None and verdict.message.startswith(said_better)
    return bool(verdict.message) and not better


class _Models(Search):
    """A search for models only: a changed line need not be refuted."""

    def counterexample(self, statement: Statement, context: Context) -> Point | None:
        """None: whether a changed line is false is not asked."""
        return None


def diagnosis(
    statement: Statement,
    verdict: Verdict,
    sides: tuple[Node, Node],
    *,
    context: Context,
    everything: Allowed,
    scope: Scope,
    theories: Theories,
) -> Diagnosis:
    """What is wrong with a line that is refuted or undecided; nothing is said of others.

    Args:
        statement: the line.
        verdict: the kernel's verdict on it.
        sides: its written sides.
        context: what may be assumed.
        everything: all that the line may use.
        scope: the names.
        theories: those by which the line was judged.
    """
    if verdict.status not in ("refuted", "undecided"):
        return Diagnosis()
    with deep_recursion():
        searched = _Diagnosing(statement, verdict, sides, context, everything, scope, theories)
        return Diagnosis(searched.sentence(), searched.difference())


class _Diagnosing:
    """The search for what is wrong with one line."""

    def __init__(
        self,
        statement: Statement,
        verdict: Verdict,
        sides: tuple[Node, Node],
        context: Context,
        everything: Allowed,
        scope: Scope,
        theories: Theories,
    ) -> None:
        self.statement = statement
        self.verdict = verdict
        self.left, self.right = sides
        self.context = context
        self.everything = everything
        self.scope = scope
        self.theories = theories
        self.kernel = Kernel(context, _Models(), theories, budget=BUDGET)
        certificate = verdict.counterexample
        self.point = certificate.point if certificate is not None else None
        self.work = Work(WORK)
        self.value = self._value(statement.left)

    def difference(self) -> Difference | None:
        """The terms in which the sides of an equation differ, if that is known."""
        if self.statement.relation != "=" or self.verdict.leftover is None or not self.small:
            return None
        return difference(self.kernel, self.statement, self.everything)

    @cached_property
    def small(self) -> bool:
        """Whether the kernel gets through the line itself with the budget of a changed one."""
        self._proves(self.statement)
        return self.kernel.session.ring.work < BUDGET

    def sentence(self) -> str:
        """How the line would be true, if that is found; empty otherwise."""
        if _size(self.right) > LARGEST or _size(self.left) > LARGEST:
            return ""
        # An undecided line may be true as it stands.
        would = "true" if self.verdict.status == "refuted" else "proved"
        for found in (self._assumption, self._relation, self._slip):
            said = found()
            if said:
                return f"it would be {would} {said}"
        return ""

    def _proves(self, statement: Statement) -> bool:
        return self.kernel.prove(statement, self.everything).status == "proved"

    def _assumption(self) -> str:
        """Assumptions under which the line holds, as few as will do."""
        if self.statement.relation not in ("=", "<=", ">=", "<", ">"):
            return ""
        possible = [given for given in self._assumptions() if not self._is_said(given)]
        # One that holds at the counterexample is of no help alone.
        alone = [given for given in possible if not self._holds(given)]
        for given in alone[:ASSUMPTIONS]:
            if self._holds_given([given]):
                return self._given([given])
        strict = [given for given in possible if given.relation == ">"]
        if alone and 1 < len(strict) <= ASSUMPTIONS and self._holds_given(strict):
            for given in reversed(strict):
                fewer = [other for other in strict if other is not given]
                if self._holds_given(fewer):
                    strict = fewer
            return self._given(strict)
        return ""

    def _is_said(self, given: Statement) -> bool:
        """Whether an assumption says no more than the line itself, or than that it holds strictly."""
        sides = (self.statement.left, self.statement.right)
        return given.left in sides and given.right in sides

    def _holds_given(self, givens: Sequence[Statement]) -> bool:
        context = replace(self.context, givens=(*self.context.givens, *givens))
        kernel = Kernel(context, _Models(), self.theories, budget=BUDGET)
        verdict = kernel.prove(self.statement, self.everything)
        # Where 0 must be left out, the strict assumption comes next.
        weak = any(given.relation == ">=" for given in givens)
        listed = any(condition.kind == "nonzero" for condition in verdict.conditions)
        return verdict.status == "proved" and not (weak and listed)

    def _given(self, givens: Sequence[Statement]) -> str:
        try:
            shown = [
                f"`{to_text(read_sympy(given.left, self.scope))} {given.relation} 0`"
                for given in givens
            ]
        except NotationError:
            return ""
        return f"if {' and '.join(shown)}"

    def _holds(self, given: Statement) -> bool:
        """Whether an assumption certainly holds at the counterexample."""
        value = self._value(given.left)
        return value is not None and compare(given.relation, value, _ZERO) is True

    def _assumptions(self) -> Iterator[Statement]:
        """That symbols are not negative, or positive, and that arguments of logarithms are, where that may fail."""
        declared = set(self.scope.symbols.values())
        symbols: dict[Expr, None] = {}
        arguments: dict[Expr, None] = {}
        for side in (self.statement.left, self.statement.right):
            for part in preorder_traversal(side):
                if part in declared and not part.is_positive:
                    symbols[part] = None
                elif isinstance(part, log) and part.free_symbols and part.free_symbols <= declared:
                    arguments[part.args[0]] = None
        for symbol in symbols:
            if not symbol.is_nonnegative:
                yield Statement(symbol, ">=", Integer(0))
        for expression in {**symbols, **arguments}:
            yield Statement(expression, ">", Integer(0))

    def _relation(self) -> str:
        """The relation with which the line holds."""
        for relation in _TURNED.get(self.statement.relation, ()):
            if self._proves(replace(self.statement, relation=relation)):
                return f"with {relation} instead of {self.statement.relation}"
        return ""

    def _slip(self) -> str:
        """The slip without which the line holds."""
        if self.statement.relation != "=":
            return ""
        if not self.small:
            return ""
        # An undecided line may be true as it stands: l**2 = l of l in {0, 1}.
        trivial = _TRIVIAL if self.verdict.status == "refuted" else (*_TRIVIAL, "square")
        spent = tried = 0
        for slip in self._slips():
            if slip.tree == self.left and slip.kind in trivial:
                continue
            try:
                right = translate(slip.tree, self.scope, "")
            except (NotationError, ValueError, TypeError):
                continue
            changed = replace(self.statement, right=right)
            if self._still_fails(changed):
                continue
            tried += 1
            if tried > CANDIDATES or spent > TOTAL:
                break
            if self._proves(changed):
                return slip.words
            spent += self.kernel.session.ring.work
        return ""

    def _slips(self) -> Iterator[Slip]:
        """The slips, the likeliest first; what changes least comes before what changes more."""
        order = {kind: place for place, kind in enumerate(KINDS)}
        found = list(
            slips(
                self.right,
                names=list(_pairs(self.right, self.left, self.scope)),
                inner=list(_inner_derivatives(self.statement.left, self.scope)),
                factors=_factors(self.left, self.right, self.scope),
            )
        )
        found.sort(key=lambda slip: order[slip.kind])
        yield from found[:CHANGES]
        yield from self._constant()

    def _constant(self) -> Iterator[Slip]:
        """The right side with the constant that it lacks."""
        leftover = self.verdict.leftover
        if leftover is None or not all(_is_constant(part) for part in preorder_traversal(leftover)):
            return
        try:
            constant = read_sympy(leftover)
        except NotationError:
            return
        terms = self.right.terms if isinstance(self.right, Sum) else (Term("", self.right),)
        added = constant.terms if isinstance(constant, Sum) else (Term("", constant),)
        signed = tuple(Term("-" if term.sign == "-" else "+", term.body) for term in added)
        words = " ".join(f"{term.sign} {to_text(term.body)}" for term in signed)
        yield Slip("dropped term", Sum((*terms, *signed)), f"with the constant `{words}` added")

    def _still_fails(self, changed: Statement) -> bool:
        """Whether a changed line is false at the counterexample, too, so that it is not what was meant."""
        if self.point is None:
            return False
        if isinstance(changed.left, Optimum) or isinstance(changed.right, Optimum):
            if type(changed.left) is not type(changed.right):
                return False
            return certify(changed, self.context, self.point, self.work) is not None
        if self.value is None:
            return False
        try:
            value = evaluate(
                changed.right, self.point, PRECISION, self.context.functions, self.work
            )
        except UndefinedError:
            return True
        except _UNKNOWN:
            return False
        return compare("=", self.value, value) is False

    def _value(self, expression: Expr) -> Value | None:
        """The value of an expression at the counterexample, if there is one and it can be told."""
        if self.point is None or isinstance(expression, Optimum):
            return None
        try:
            return evaluate(expression, self.point, PRECISION, self.context.functions, self.work)
        except (UndefinedError, *_UNKNOWN):
            return None


_ZERO = fmpq(0)
_UNKNOWN = (InexactError, UndeterminedError, ZeroDivisionError, OverflowError)


def _is_constant(part: object) -> bool:
    return isinstance(part, Expr) and not isinstance(part, Symbol) and not part.is_Function


def _factors(left: Node, right: Node, scope: Scope) -> list[Node]:
    """What may have been left out as a factor: symbols and densities of the line."""
    found: dict[Node, None] = {}
    for side in (left, right):
        for node in _nodes(side):
            density = isinstance(node, Application) and node.function.name in scope.functions
            if density or (isinstance(node, Name) and node.name in scope.symbols):
                found[node] = None
    return list(found)[:FACTORS]


def _nodes(part: object) -> Iterator[Node]:
    if isinstance(part, Node):
        yield part
        for slot in part.__dataclass_fields__:
            if not (isinstance(part, Application | Index) and slot in ("function", "base")):
                yield from _nodes(getattr(part, slot))
    elif isinstance(part, tuple):
        for item in part:
            yield from _nodes(item)


def _pairs(right: Node, left: Node, scope: Scope) -> Iterator[tuple[str, str]]:
    """Names of one kind, one on the right side and both in the line."""
    inside = set(names_in(right))
    both = inside | set(names_in(left))
    for kind in (scope.symbols, scope.functions, scope.ranges):
        for first, second in combinations(sorted(set(kind) & both), 2):
            if {first, second} & inside:
                yield first, second


def _inner_derivatives(side: Expr, scope: Scope) -> Iterator[Node]:
    """The derivatives of what stands inside another function in a derivative of the left side."""
    for part in preorder_traversal(side):
        if not isinstance(part, SymPyDerivative) or len(part.args) != 2:
            continue
        body, (variable, _) = part.args[0], part.args[1]
        for function in preorder_traversal(body):
            for argument in function.args[:1]:
                if function.is_Add or function.is_Mul or argument == variable:
                    continue
                if variable in argument.free_symbols:
                    try:
                        yield read_sympy(argument.diff(variable), scope)
                    except (NotationError, NotImplementedError):
                        continue


def _size(node: object) -> int:
    if isinstance(node, Node):
        return 1 + sum(_size(getattr(node, slot)) for slot in node.__dataclass_fields__)
    return sum(map(_size, node)) if isinstance(node, tuple) else 0
