"""What a wrong line may have meant: the usual slip that explains it, if one does.

Accepts a line that is refuted or undecided, with the kernel that judged it. The idea: every usual slip is undone on the
right side, one at a time; evaluation drops those that stay different, and the kernel says of the others, the likeliest
first, whether the line is then true. What is said is what the kernel proves, so that it is never wrong; but it need not
be what the author meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

from sympy import Derivative as SymPyDerivative
from sympy import Expr, preorder_traversal

from klderive.kernel import Allowed, Context, Kernel, Point, Statement
from klderive.kernel.certificate import Work, certify
from klderive.notation import NotationError, Scope, read_sympy, to_text
from klderive.notation.nodes import Optimum
from klderive.notation.tree import (
    Node,
    Sum,
    Term,
    names_in,
)
from klderive.refute import Search
from klderive.verify.slips import KINDS, Slip, slips

CANDIDATES = 60
"""Changed lines that the kernel is asked about."""

BUDGET = 20_000
"""Products of terms that one of them may take."""

LARGEST = 400
"""Nodes of a right side beyond which no slip is looked for."""

WORK = 20_000
"""Nodes that are evaluated to drop a changed line."""

Translate = Callable[[Node], Expr]


class _Models(Search):
    """A search for models only: a changed line need not be refuted."""

    def counterexample(self, statement: Statement, context: Context) -> Point | None:
        """None: whether a changed line is false is not asked."""
        return None


def diagnosis(
    statement: Statement,
    right: Node,
    context: Context,
    everything: Allowed,
    *,
    scope: Scope,
    translate: Translate,
    left: Node | None = None,
    leftover: Expr | None = None,
    point: Point | None = None,
) -> str:
    """A sentence that says how the line would be true, if a usual slip explains it; empty otherwise.

    Args:
        statement: the line, an equation.
        right: its written right side.
        context: what may be assumed.
        everything: all that the line may use.
        scope: the names.
        translate: gives what a written formula stands for.
        left: the written left side, where inner functions are looked for.
        leftover: left minus right, as far as the kernel knows it.
        point: the counterexample of a refuted line.
    """
    if statement.relation != "=" or _size(right) > LARGEST:
        return ""
    kernel = Kernel(context, _Models(), budget=BUDGET)
    tried = 0
    for slip in _ordered(statement, right, scope, left, leftover):
        try:
            changed = Statement(statement.left, "=", translate(slip.tree))
        except (NotationError, ValueError, TypeError):
            continue
        if point is not None and _still_fails(changed, context, point):
            continue
        tried += 1
        if tried > CANDIDATES:
            break
        verdict = kernel.judge(changed, everything, everything)
        if verdict.status == "proved":
            return f"it would be true {slip.words}"
    return ""


def _ordered(
    statement: Statement, right: Node, scope: Scope, left: Node | None, leftover: Expr | None
) -> Iterator[Slip]:
    """The slips, the likeliest first; what changes least comes before what changes more."""
    order = {kind: place for place, kind in enumerate(KINDS)}
    inner = list(_inner_derivatives(statement.left, scope))
    found = list(slips(right, names=list(_pairs(right, left, scope)), inner=inner))
    found.sort(key=lambda slip: order[slip.kind])
    yield from found[: CANDIDATES * 4]
    yield from _dropped(right, leftover)


def _dropped(right: Node, leftover: Expr | None) -> Iterator[Slip]:
    """The right side with the constant that it lacks."""
    if leftover is None or leftover.free_symbols or not leftover.is_number:
        return
    try:
        constant = read_sympy(leftover)
    except NotationError:
        return
    terms = right.terms if isinstance(right, Sum) else (Term("", right),)
    added = constant.terms if isinstance(constant, Sum) else (Term("", constant),)
    signed = tuple(Term("-" if term.sign == "-" else "+", term.body) for term in added)
    words = " ".join(f"{term.sign} {to_text(term.body)}" for term in signed)
    yield Slip("dropped term", Sum((*terms, *signed)), f"with the constant `{words}` added")


def _pairs(right: Node, left: Node | None, scope: Scope) -> Iterator[tuple[str, str]]:
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


def _still_fails(statement: Statement, context: Context, point: Point) -> bool:
    """Whether a changed line is false at the same point, so that it is not what was meant."""
    if isinstance(statement.left, Optimum) != isinstance(statement.right, Optimum):
        return False
    return certify(statement, context, point, Work(WORK)) is not None


def _size(node: object) -> int:
    if isinstance(node, Node):
        return 1 + sum(_size(getattr(node, slot)) for slot in node.__dataclass_fields__)
    return sum(map(_size, node)) if isinstance(node, tuple) else 0
