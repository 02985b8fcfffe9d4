"""Decides statements: the one place where a proof becomes a verdict.

Accepts a statement, and what its reason allows: theories, definitions, facts. The idea: first both sides must be
defined wherever the assumptions hold, whatever the reason says; then the difference must have normal form zero modulo
what the reason allows. Which reason would do is for others to find: they ask again.

Outside help only proposes: points that refute, witness or satisfy come from a searcher and are certified here.
"""

from __future__ import annotations

from sympy import Expr, Integer, Symbol
from sympy.core.function import AppliedUndef

from klderive.certificates.certificate import certify
from klderive.kernel.attempt import Attempt
from klderive.kernel.definitions import conditions_of_definition, is_defined_positive
from klderive.kernel.events import UnestablishedError
from klderive.kernel.needs import Searcher
from klderive.kernel.reasons import Allowed, unused
from klderive.kernel.relations import Relations
from klderive.kernel.ring import BudgetExceededError
from klderive.kernel.session import Session
from klderive.kernel.theory import Theories
from klderive.kernel.verdict import Verdict, _token
from klderive.notation.nodes import Defined
from klderive.notation.tree import deep_recursion
from klderive.statement import Condition, Context, Statement

BUDGET = 400_000
"""Products of terms that one attempt may take."""

TOO_DEEP = "the step nests too deeply"


class Kernel:
    """Decides statements in one context; atoms and normal forms are kept between statements.

    Args:
        context: the givens and the declared functions.
        searcher: proposes counterexamples, witnesses and models; without one nothing is refuted.
        theories: what may be used beside the kernel's own rules; by default nothing.
        budget: products of terms that one attempt may take.
    """

    def __init__(
        self,
        context: Context,
        searcher: Searcher | None = None,
        theories: Theories | None = None,
        *,
        budget: int = BUDGET,
    ) -> None:
        self.context = context
        self.searcher = searcher
        self.session = Session(context, theories or Theories(), budget)
        with deep_recursion():
            self.relations = Relations(self.session, searcher)

    def prove(
        self, statement: Statement, allowed: Allowed, needed: tuple[str, ...] | None = None
    ) -> Verdict:
        """The verdict on a statement with a reason: proved by what that allows, or undecided.

        Args:
            statement: the statement.
            allowed: what the reason allows.
            needed: the names of what is allowed, if all of it is known to be needed, whatever the proof touches.
        """
        attempt = self._attempt(statement, allowed)
        if not attempt.proved:
            return Verdict(_token, "undecided", leftover=attempt.leftover, message=attempt.message)
        return Verdict(
            _token,
            "proved",
            uses=attempt.uses if needed is None else needed,
            conditions=attempt.conditions,
            counterexample=attempt.counterexample,
            unused=unused(allowed, attempt.uses) if needed is None else (),
        )

    def refute(self, statement: Statement, undecided: Verdict) -> Verdict:
        """The verdict on a statement that is not proved: refuted by a certified point, or as it was."""
        if self.searcher is None or self.session.problem:
            return undecided
        point = self.searcher.counterexample(statement, self.context)
        certificate = certify(statement, self.context, point) if point is not None else None
        if certificate is None:
            return undecided
        return Verdict(
            _token,
            "refuted",
            leftover=undecided.leftover,
            counterexample=certificate,
            message=undecided.message,
        )

    def judge(self, statement: Statement, allowed: Allowed) -> Verdict:
        """The verdict on a statement with a reason: proved, refuted or undecided."""
        verdict = self.prove(statement, allowed)
        return verdict if verdict.status == "proved" else self.refute(statement, verdict)

    def blame(self, proved: Verdict, suggestion: tuple[str, ...]) -> Verdict:
        """The verdict on a line that was proved, but not by the reason given; `suggestion` would do.

        Raises:
            ValueError: if the verdict is not that it was proved.
        """
        if proved.status != "proved":
            raise ValueError("only what was proved can have a wrong reason")
        return Verdict(
            _token,
            "wrong_reason",
            uses=proved.uses,
            conditions=proved.conditions,
            message="the line is true, but not by the reason given",
            suggestion=suggestion,
        )

    def difference(self, statement: Statement, allowed: Allowed) -> Expr | None:
        """Left minus right in normal form, for messages: 0 if the statement is proved, None if it is not known."""
        attempt = self._attempt(statement, allowed)
        return Integer(0) if attempt.proved else attempt.leftover

    def assume(self, name: str) -> Verdict:
        """The verdict on a line that an axiom or a hypothesis states: assumed."""
        return Verdict(_token, "assumed", uses=(name,))

    def reject(self, problem: str) -> Verdict:
        """The verdict on a line whose reason cannot be used: undecided, with the problem."""
        return Verdict(_token, "undecided", message=problem)

    def define(self, statement: Statement) -> Verdict:
        """The verdict on a definition.

        The left side must be a function of the context applied to its parameters, with the right side as its
        definition in names other than its own and of the sign declared; or an operator whose definition, which it
        brings, is the right side; or the name of a set of optima in the context, which is the right side.
        """
        left, right = statement.left, statement.right
        if isinstance(left, Defined):
            return self._define_operator(left.name, statement)
        self.session.ring.work = 0
        with deep_recursion():
            try:
                if self.session.problem:
                    raise UnestablishedError(self.session.problem)
                if isinstance(left, Symbol) and self.context.optima.get(left) == right:
                    name, conditions = str(left), self._named(left, right)
                elif isinstance(left, AppliedUndef) and self._is_definition(left, right):
                    name = left.func.__name__
                    conditions = conditions_of_definition(self.relations, name)
                else:
                    raise UnestablishedError("only a fresh name can be defined")
            except (UnestablishedError, BudgetExceededError) as error:
                return Verdict(_token, "undecided", message=str(error))
            except RecursionError:
                return Verdict(_token, "undecided", message=TOO_DEEP)
        return Verdict(_token, "definition", uses=(name,), conditions=conditions)

    def _named(self, name: Symbol, meaning: Expr) -> tuple[Condition, ...]:
        for prover in self.relations.provers:
            conditions = prover.name(name, meaning)
            if conditions is not None:
                return conditions
        raise UnestablishedError("only a number can be named")

    def _is_definition(self, left: AppliedUndef, right: Expr) -> bool:
        declared = self.context.functions.get(left.func.__name__)
        return declared is not None and declared.definition == right

    def _define_operator(self, name: str, statement: Statement) -> Verdict:
        others = {node.name for node in statement.right.atoms(Defined)}
        if name in others:
            return Verdict(_token, "undecided", message=f"{name} is defined by means of itself")
        allowed = Allowed(definitions=frozenset({name, *others}))
        attempt = self._attempt(statement, allowed, defined=False)
        if attempt.proved:
            return Verdict(_token, "definition", uses=(f"definition {name}",))
        return Verdict(
            _token,
            "undecided",
            leftover=attempt.leftover,
            message=f"this is not the definition that klderive has of {name}",
        )

    def is_positive(self, name: str) -> bool:
        """Whether the definition of a function is proved positive for all values of its parameters in their domains."""
        self.session.ring.work = 0
        with deep_recursion():
            try:
                return is_defined_positive(self.relations, name)
            except (BudgetExceededError, RecursionError):
                return False

    def _attempt(self, statement: Statement, allowed: Allowed, *, defined: bool = True) -> Attempt:
        self.session.ring.work = 0
        if self.session.problem:
            return Attempt(False, message=self.session.problem)
        with deep_recursion():
            try:
                return self.relations.compare(statement, allowed, defined=defined)
            except UnestablishedError as error:
                return Attempt(False, message=str(error))
            except BudgetExceededError as error:
                return Attempt(False, message=str(error))
            except RecursionError:
                return Attempt(False, message=TOO_DEEP)
