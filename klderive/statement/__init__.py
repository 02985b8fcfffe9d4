"""What a line claims, and the context that it is claimed in."""

from klderive.statement.context import (
    Context,
    FamilyDeclaration,
    FunctionDeclaration,
    FunctionSign,
)
from klderive.statement.statement import (
    Condition,
    ConditionKind,
    Fact,
    RelationName,
    Statement,
)

__all__ = [
    "Condition",
    "ConditionKind",
    "Context",
    "Fact",
    "FamilyDeclaration",
    "FunctionDeclaration",
    "FunctionSign",
    "RelationName",
    "Statement",
]
