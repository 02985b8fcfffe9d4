"""Whether a function may have the definition that it is given.

Accepts a function of the context with a definition. It must be defined for all values of the parameters in their
domains, have the declared sign there, and not be defined by means of itself.
"""

from __future__ import annotations

from sympy.core.function import AppliedUndef

from klderive.kernel.attempt import Attempts
from klderive.kernel.events import UnestablishedError
from klderive.kernel.signs import NEGATIVE, POSITIVE
from klderive.statement import Condition


def conditions_of_definition(attempts: Attempts, name: str) -> tuple[Condition, ...]:
    """The conditions under which the definition of a function does.

    Raises:
        UnestablishedError: if it does not.
        BudgetExceededError: if that takes too long to tell.
    """
    session = attempts.session
    declared = session.context.functions[name]
    definition = declared.definition
    if definition is None:
        raise UnestablishedError(f"{name} has no definition")
    if any(part.func.__name__ == name for part in definition.atoms(AppliedUndef)):
        raise UnestablishedError(f"{name} is defined by means of itself")
    conditions: dict[Condition, None] = {}
    for value, events in session.probe.defined_values(declared):
        needs = attempts.conditions.needs([], events, False, session.probe)
        if needs.problem:
            raise UnestablishedError(needs.problem)
        signs = session.signs.sign(value)
        wrong = {"nonnegative": signs & NEGATIVE, "positive": signs != POSITIVE}
        if wrong.get(declared.sign):
            raise UnestablishedError(
                f"the definition of {name} is not proved {declared.sign} on its domain"
            )
        conditions.update(needs.conditions)
    return tuple(conditions)


def is_defined_positive(attempts: Attempts, name: str) -> bool:
    """Whether the definition of a function is proved positive for all values of its parameters in their domains."""
    session = attempts.session
    try:
        if conditions_of_definition(attempts, name):
            return False
    except UnestablishedError:
        return False
    values = session.probe.defined_values(session.context.functions[name])
    return all(session.signs.is_positive(value) for value, _ in values)
