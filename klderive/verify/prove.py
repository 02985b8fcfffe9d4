"""Checks a single line: `prove("log(x*y)", "log(x) + log(y)", symbols={"x": "positive", "y": "positive"})`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import get_args

from sympy import Basic, Symbol
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.tensor.indexed import Indexed

from klderive.derivation import Derivation, DerivationError, Formula
from klderive.derivation.reading import range_in
from klderive.kernel import Allowed
from klderive.kernel.theory import Theories
from klderive.notation import NotationError, to_text
from klderive.notation.nodes import Defined
from klderive.notation.scope import FunctionName
from klderive.notation.translation import CONSTANTS, KNOWN_FUNCTIONS
from klderive.notation.tree import Relation as WrittenRelation
from klderive.statement import Fact, RelationName, Statement
from klderive.theories import THEORIES as ALL_THEORIES
from klderive.theories import TOGETHER, chosen
from klderive.verify.answer import Answer
from klderive.verify.diagnosis import diagnosis
from klderive.verify.kinds import declare_functions, declare_symbols, spoken_of
from klderive.verify.reasons import find_reason, judge
from klderive.verify.verifier import Walk

_OTHER_RELATIONS = {
    **{"==": "=", "eq": "=", "≠": "!=", "<>": "!=", "≤": "<=", "=<": "<=", "le": "<=", "lt": "<"},
    **{"≥": ">=", "=>": ">=", "ge": ">=", "gt": ">", "→": "->", "~": "approx", "≈": "approx"},
    **{"∝": "proportional", "prop": "proportional"},
}
"""Relations as other notations write them."""

RELATIONS = get_args(RelationName)
"""The relations by name."""

THEORIES = ("algebra", "logarithms", "linearity")
"""Theories by name; beside them `definition` stands for all definitions, `definition NAME` for one."""


def prove(
    lhs: Formula,
    rhs: Formula,
    relation: RelationName = "=",
    *,
    assuming: Sequence[str | Basic] = (),
    using: Sequence[str] | None = None,
    over: str | Sequence[str | Symbol] = (),
    to: Formula | None = None,
    symbols: Mapping[str, str | Symbol] | None = None,
    theories: Collection[str] | None = None,
) -> Answer:
    """The kernel's verdict on one line; `print` says what is wrong with a line that fails.

    Args:
        lhs: the left side: text in SymPy syntax, or a SymPy expression, whose symbols bring their assumptions.
        rhs: the right side, likewise.
        relation: `=`, `!=` (not identically equal), `<=`, `>=`, `<`, `>`, `up to` (a term free of `over`),
            `proportional` (up to a factor free of `over`), `->` (as `over` tends to `to`), `approx`.
        assuming: relations between the symbols, such as `p < 1`; an equation that speaks of functions or of sums of
            data, such as `p(x | z) = p(x)`, is a hypothesis that the proof may use.
        using: what the proof may use beside algebra: `logarithms`, `linearity`, `definition` or `definition KL`,
            `normalisation of p` and the like. Without it everything may be used, and `verdict.uses` is the smallest
            reason that suffices.
        over: the variables that the relation speaks of.
        to: where `over` tends, for `->`.
        symbols: what the names in text mean: a SymPy symbol; or a kind such as `positive integer`,
            `variable on (0, oo)`, `data on {0, 1}`, `function of x`, `density of x = normal(mu, sigma)`,
            `density of y given x`, `joint density of x, z`. `klderive.verify.kinds` lists them all.
        theories: names of those theories in `klderive.theories.ALL` that the kernel may use beside its own rules;
            without them all.

    Raises:
        ValueError: if there is no theory of a name.
        DerivationError: if a side or a kind cannot be read, or a name means two things.
    """
    try:
        return _answer(
            lhs,
            rhs,
            relation,
            assuming,
            using,
            over,
            to,
            symbols or {},
            TOGETHER if theories is None else chosen(theories),
        )
    except DerivationError as error:
        # The place is that of the call.
        raise DerivationError(error.problem) from None


def _answer(
    lhs: Formula,
    rhs: Formula,
    relation: RelationName,
    assuming: Sequence[str | Basic],
    using: Sequence[str] | None,
    over: str | Sequence[str | Symbol],
    to: Formula | None,
    symbols: Mapping[str, str | Symbol],
    theories: Theories,
) -> Answer:
    if isinstance(using, str):
        raise DerivationError("using= takes a list of names, such as ['logarithms']")
    if relation not in RELATIONS:
        meant = _OTHER_RELATIONS.get(relation)
        hint = f"write `{meant}`" if meant else f"there are {', '.join(RELATIONS)}"
        raise DerivationError(f"`{relation}` is not a relation; {hint}")
    derivation = Derivation("prove")
    formulas = [lhs, rhs, to, over, *assuming, *(using or ())]
    functions = declare_symbols(derivation, spoken_of(symbols, formulas))
    for formula in (lhs, rhs, *assuming, *([to] if to is not None else [])):
        if isinstance(formula, Basic):
            _declare_parts(derivation, formula, functions)
    declare_functions(derivation, functions, [_relation_text(given) for given in assuming])
    sides = [derivation.read(side, None) for side in (lhs, rhs)]
    for node, _ in sides:
        if isinstance(node, WrittenRelation):
            raise DerivationError(
                f"`{to_text(node)}` is a relation: a side is one formula;"
                " give both sides, and the relation between them"
            )
    left, right = (side[1] for side in sides)
    names = (over,) if isinstance(over, str) else tuple(str(v) for v in over)
    if relation in ("up to", "proportional", "->") and not names:
        raise DerivationError(f"`{relation}` needs the variables it speaks of: over=...")
    scope = derivation.scope
    for name in names:
        if not any(name in known for known in (scope.symbols, scope.functions, scope.ranges)):
            raise DerivationError(f"`{name}`, named in over=, is not declared")
    limit = derivation.read(to, None)[1] if to is not None else None
    statement = Statement(left, relation, right, names, limit)
    walk = Walk(derivation, theories=theories)
    for name, problem in walk.withdrawn.items():
        if name in derivation.densities:
            raise DerivationError(f"`{name}` is not defined as a density: {problem}")
    kernel = walk.kernel(None)
    facts = {name: known.fact for name, known in walk.known.items()}
    everything = Allowed(True, True, None, tuple(facts.values()), ALL_THEORIES)
    if relation == "approx":
        verdict = kernel.assume("approximation")
    elif using is None:
        verdict = find_reason(kernel, statement, everything)
    else:
        verdict = judge(kernel, statement, _allowed(facts, using), everything)
    return Answer(
        verdict,
        derivation.scope,
        lambda: diagnosis(
            statement,
            verdict,
            (sides[0][0], sides[1][0]),
            context=kernel.context,
            everything=everything,
            scope=derivation.scope,
            theories=theories,
        ),
    )


def _declare_parts(derivation: Derivation, formula: Basic, functions: Collection[str]) -> None:
    """Declare what a SymPy expression brings: its symbols, its functions, its indexed families.

    `functions` are declared later, by name.
    """
    scope = derivation.scope
    for symbol in sorted(formula.free_symbols, key=str):
        if not isinstance(symbol, Symbol):
            continue
        if symbol.name in CONSTANTS or symbol.name in KNOWN_FUNCTIONS:
            raise DerivationError(
                f"the name {symbol.name} has a meaning already; rename the symbol"
            )
        known = scope.symbols.get(symbol.name)
        if known is not None and known != symbol:
            raise DerivationError(
                f"two symbols are called {symbol.name}, with different assumptions"
            )
        scope.symbols[symbol.name] = symbol
    for application in formula.atoms(AppliedUndef):
        name = application.func.__name__
        if name in KNOWN_FUNCTIONS or name in scope.operators:
            raise DerivationError(f"the name {name} has a meaning already; rename the function")
        if name not in scope.functions and name not in functions:
            parameters = tuple(f"x{i + 1}" for i in range(len(application.args)))
            scope.functions[name] = (FunctionName(name, parameters, key=name),)
    for node in formula.atoms(Defined):
        for limits in node.binders:
            scope.ranges.setdefault(limits[0].name, range_in(limits))
            if len(limits) == 2:
                scope.sets.setdefault(limits[1].name, limits[1])
    for indexed in formula.atoms(Indexed):
        scope.families.setdefault(str(indexed.base), len(indexed.indices))


def _relation_text(given: str | Basic) -> str:
    if isinstance(given, str):
        return given
    if not isinstance(given, Relational):
        raise DerivationError(f"`{given}` is not a relation such as p < 1")
    from klderive.notation import read_sympy

    try:
        sign = {"==": "=", "!=": "!="}.get(given.rel_op, given.rel_op)
        return f"{to_text(read_sympy(given.lhs))} {sign} {to_text(read_sympy(given.rhs))}"
    except NotationError as error:
        raise DerivationError(str(error)) from None


def _allowed(known: Mapping[str, Fact], using: Sequence[str]) -> Allowed:
    definitions: frozenset[str] | None = frozenset(
        name.removeprefix("definition ") for name in using if name.startswith("definition ")
    )
    if "definition" in using:
        definitions = None
    facts = []
    for name in using:
        if name in (*THEORIES, *ALL_THEORIES, "definition") or name.startswith("definition "):
            continue
        if name not in known:
            names = ", ".join([*THEORIES, *sorted(ALL_THEORIES), "definition", *known])
            raise DerivationError(f"there is no theory or fact `{name}`; there are {names}")
        facts.append(known[name])
    return Allowed(
        "logarithms" in using,
        "linearity" in using,
        definitions,
        tuple(facts),
        ALL_THEORIES & frozenset(using),
    )
