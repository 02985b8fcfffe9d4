"""Limits by continuity: what a formula tends to when the quotients in it tend to their limits.

Accepts a formula in normal form, the variable that tends to infinity or to a number, and facts that say where
quotients s/N tend. The idea: s becomes t N, with t for the quotient; what is left must not depend on N but through 1/N,
which becomes 0; then each t becomes its limit. Putting a value in asks for everything to be defined there, and what the
kernel knows is continuous where it is defined (it refuses to put values into events and cases).
(Rudin, Principles of Mathematical Analysis, 3rd edition, theorems 3.3 and 4.7.)

What is not defined there is expanded (see `asymptotics`); that it is defined near the place is then established, too.

Caveat: a symbol that the assumptions tie to N, such as a count among N data, must occur as a quotient of which a fact
says the limit; nothing is known of how else it grows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sympy import Expr, Limit, Symbol, oo

from klderive.kernel.attempt import Attempt, first_proved
from klderive.kernel.events import Domain, Event, Mode, Nonzero, UnestablishedError, Use
from klderive.kernel.reasons import Allowed
from klderive.kernel.ring import ONE, Frozen, Polynomial, freeze
from klderive.kernel.signs import NEGATIVE, POSITIVE, symbol_sign
from klderive.kernel.theory import Prover
from klderive.statement import Context, Fact, Statement
from klderive.theories.bounds import Bounds


class Limits(Prover):
    """Proves where something tends."""

    def read(self, statement: Statement) -> Statement:
        """A limit that is equal to something tends there."""
        return as_limit(statement)

    def of_values(
        self, statement: Statement, allowed: Allowed, definedness: Sequence[Event]
    ) -> Attempt | None:
        """A limit by continuity, from facts that say where quotients tend."""
        if statement.relation != "->":
            return None
        if not {"continuity", "asymptotic expansion"} & allowed.theories:
            return Attempt(False, message="a limit is proved by continuity, or assumed by an axiom")

        def attempt(mode: Mode) -> Attempt:
            normalizer = self.session.layered(Bounds, mode, allowed.facts)
            found = check_limit(normalizer, statement, allowed.facts)
            near = without_variable(normalizer, definedness, statement)
            return self.attempts.conclude(statement, normalizer, found, near)

        return first_proved(self.session.modes((statement.left,), allowed), attempt)


def check_limit(
    normalizer: Bounds, statement: Statement, facts: Sequence[Fact]
) -> tuple[Event, ...]:
    """Establish that the left side tends to the right one; the events are what that needs.

    Raises:
        UnestablishedError: if it is not established.
    """
    theories = normalizer.mode.theories
    problem = UnestablishedError("continuity is not among the reasons")
    if "continuity" in theories:
        try:
            return _by_continuity(normalizer, statement, facts)
        except UnestablishedError as error:
            problem = error
    if "asymptotic expansion" in theories:
        try:
            return _by_expansion(normalizer, statement)
        except UnestablishedError as error:
            problem = error
    raise problem


def _by_expansion(normalizer: Bounds, statement: Statement) -> tuple[Event, ...]:
    """Establish a limit by expansions, from both sides if the variable may come from both."""
    ring = normalizer.ring
    variable = _variable(normalizer, statement)
    number = ring.intern("symbol", (variable,))
    f, events = normalizer.side(statement.left)
    limit, more = normalizer.side(statement.right)
    # Of an assumption that holds near the place nothing follows for the others as the variable tends.
    givens = tuple(
        given
        for given in normalizer.context.givens
        if variable not in given.left.free_symbols | given.right.free_symbols
        or given.relation == "="
        or not _holds_near(normalizer, given, variable, statement.to)
    )
    context = replace(normalizer.context, givens=givens)
    tied = {ring.intern("symbol", (s,)) for s in tied_to(variable, context)}
    if {number, *tied} & ring.free(limit) or tied & ring.free(f):
        raise UnestablishedError(f"the right side, or an assumption, depends on {variable}")
    start = len(normalizer.events)
    for domain, side in _approaches(normalizer, statement, variable):
        for event in (*events, *more):
            if isinstance(event, Nonzero) and number in ring.free(dict(event.polynomial)):
                normalizer.need_nonzero_toward(
                    dict(event.polynomial), number, domain, side, (*events, *more)
                )
        value = normalizer.limit_toward(f, number, domain, side, (*events, *more))
        difference = ring.subtract(value, limit)
        if not normalizer.factoring.is_zero(difference):
            shown = normalizer.text(normalizer.factoring.by_denominator(difference))
            raise UnestablishedError(f"the limit differs by {shown}")
    found = normalizer.events[start:]
    del normalizer.events[start:]
    return (
        *(e for e in (*events, *more, *found) if not _speaks_of(normalizer, e, number)),
        Use("asymptotic expansion"),
    )


def without_variable(
    normalizer: Bounds, events: Sequence[Event], statement: Statement
) -> list[Event]:
    """The events without those that a denominator with the variable does not vanish: near the place it does not."""
    number = normalizer.ring.intern("symbol", (_variable(normalizer, statement),))
    return [event for event in events if not _speaks_of(normalizer, event, number)]


def _speaks_of(normalizer: Bounds, event: Event, number: int) -> bool:
    return isinstance(event, Nonzero) and number in normalizer.ring.free(dict(event.polynomial))


def _approaches(
    normalizer: Bounds, statement: Statement, variable: Symbol
) -> Iterator[tuple[Domain, int]]:
    """The intervals at an end of which the variable may tend where it should, and which end that is."""
    signs = symbol_sign(variable)
    zero = freeze({})
    if statement.to in (oo, -oo):
        yield (
            ("interval", zero, oo) if statement.to == oo else ("interval", -oo, zero),
            (1 if statement.to == oo else -1),
        )
        return
    assert statement.to is not None
    place = normalizer.normal(statement.to, normalizer.values)
    at = freeze(normalizer.factoring.lowest_terms(place))
    here = normalizer.signs.sign(place)
    below, above = _ends(normalizer, statement, variable)
    if signs & POSITIVE or here & NEGATIVE:
        yield ("interval", at, above or (oo if signs & POSITIVE else zero)), -1
    if signs & NEGATIVE or here & POSITIVE:
        yield ("interval", below or (-oo if signs & NEGATIVE else zero), at), 1


def _ends(
    normalizer: Bounds, statement: Statement, variable: Symbol
) -> tuple[Frozen | None, Frozen | None]:
    """Between what the assumptions keep a variable, such as h > -1, if they say it so."""
    found: dict[bool, Frozen] = {}
    for given in normalizer.context.givens:
        for side, other, turned in (
            (given.left, given.right, False),
            (given.right, given.left, True),
        ):
            if side == variable and given.relation in ("<", ">"):
                is_below = (given.relation == ">") != turned
                found.setdefault(is_below, freeze(normalizer.normal(other, normalizer.values)))
    return found.get(True), found.get(False)


def _by_continuity(
    normalizer: Bounds, statement: Statement, facts: Sequence[Fact]
) -> tuple[Event, ...]:
    ring = normalizer.ring
    variable = _variable(normalizer, statement)
    tied = tied_to(variable, normalizer.context)
    f, events = normalizer.side(statement.left)
    limit, more = normalizer.side(statement.right)
    number = ring.intern("symbol", (variable,))
    if {number, *(ring.intern("symbol", (s,)) for s in tied)} & ring.free(limit):
        raise UnestablishedError(f"the right side depends on {variable}")
    start = len(normalizer.events)
    fresh: list[int] = []
    try:
        goals = []
        for fact in facts:
            found = _quotient(normalizer, fact, statement, variable, tied)
            if found is None:
                continue
            symbol, goal = found
            own = ring.intern("symbol", (symbol,))
            if own not in ring.free(f):
                continue
            stand_in = ring.intern("symbol", (_stand_in(symbol),))
            fresh.append(stand_in)
            f = normalizer.put(f, own, {tuple(sorted(((stand_in, 1), (number, 1)))): ONE})
            goals.append((stand_in, goal))
            normalizer.use(fact.name)
        left = {s for s in tied if ring.intern("symbol", (s,)) in ring.free(f)}
        if left:
            raise UnestablishedError(
                f"it is not said where {min(map(str, left))} tends as {variable} does"
            )
        if statement.to == oo:
            inverse = ring.intern("symbol", (Symbol(f"1/{variable}", positive=True),))
            fresh.append(inverse)
            f = normalizer.factoring.by_denominator(
                normalizer.put(f, number, {((inverse, -1),): ONE})
            )
            f = normalizer.put(normalizer.factoring.lowest_terms(f), inverse, {})
        else:
            assert statement.to is not None
            f = normalizer.put(f, number, normalizer.normal(statement.to, normalizer.values))
        for stand_in, goal in goals:
            f = normalizer.put(f, stand_in, goal)
        difference = ring.subtract(f, limit)
        if not normalizer.factoring.is_zero(difference):
            shown = normalizer.text(normalizer.factoring.by_denominator(difference))
            raise UnestablishedError(f"the limit differs by {shown}")
        normalizer.use("continuity")
        on_the_way = normalizer.events[start:]
        normalizer.see_to([e for e in on_the_way if isinstance(e, Nonzero)], (*events, *more))
        found_events = (*events, *more, *on_the_way)
    finally:
        del normalizer.events[start:]
    for event in found_events:
        if isinstance(event, Nonzero) and {number, *fresh} & ring.free(dict(event.polynomial)):
            raise UnestablishedError(
                f"{normalizer.text(dict(event.polynomial))} != 0 is not established on the way"
            )
    return found_events


def tied_to(variable: Symbol, context: Context) -> set[Symbol]:
    """The symbols that givens or counts of data tie to a variable."""
    groups = [
        {s for side in (given.left, given.right) for s in side.free_symbols}
        for given in context.givens
    ]
    groups += [
        {*family.counts, family.length}
        for family in context.families.values()
        if family.length is not None
    ]
    tied = {variable}
    while True:
        more = set().union(*(group for group in groups if group & tied)) - tied
        if not more:
            return tied - {variable}
        tied |= more


def _variable(normalizer: Bounds, statement: Statement) -> Symbol:
    """The symbol that tends: no inequality that is assumed may keep it from where it tends."""
    if len(statement.over) != 1 or statement.to is None:
        raise UnestablishedError("a limit needs one variable, and where it tends")
    sides = [statement.left, statement.right]
    sides += [side for given in normalizer.context.givens for side in (given.left, given.right)]
    symbols = {s for side in sides for s in side.free_symbols if str(s) == statement.over[0]}
    if len(symbols) != 1:
        raise UnestablishedError(f"the sides do not speak of {statement.over[0]}")
    (variable,) = symbols
    if not isinstance(variable, Symbol) or variable in normalizer.values:
        raise UnestablishedError(f"the assumptions fix {variable}, which should vary")
    for given in normalizer.context.givens:
        names = given.left.free_symbols | given.right.free_symbols
        if (
            given.relation != "="
            and variable in names
            and not _holds_near(normalizer, given, variable, statement.to)
        ):
            raise UnestablishedError(f"the assumptions restrict {variable}, which should vary")
    if statement.to in (oo, -oo):
        kept = variable.is_nonpositive if statement.to == oo else variable.is_nonnegative
        if kept or (statement.to == -oo and variable.is_integer):
            raise UnestablishedError(f"{variable} does not tend to {statement.to}")
    elif variable.is_integer:
        raise UnestablishedError(f"the integer {variable} tends to infinity only")
    else:
        place = normalizer.normal(statement.to, normalizer.values)
        behind = normalizer.ring.scale(place, -1)
        if (variable.is_nonnegative and not normalizer.signs.is_nonnegative(place)) or (
            variable.is_nonpositive and not normalizer.signs.is_nonnegative(behind)
        ):
            raise UnestablishedError(f"the sign of {variable} may keep it from {statement.to}")
    return variable


def _holds_near(normalizer: Bounds, given: Statement, variable: Symbol, to: Expr) -> bool:
    """Whether a strict inequality that is assumed holds at the place of a limit, and so near it."""
    if to is None or to in (oo, -oo) or given.relation not in ("<", ">"):
        return False
    ring = normalizer.ring
    left, right = (
        normalizer.put(normalizer.normal(side, normalizer.values), number, place)
        for number in (ring.intern("symbol", (variable,)),)
        for place in (normalizer.normal(to, normalizer.values),)
        for side in (given.left, given.right)
    )
    gap = ring.subtract(left, right)
    return normalizer.signs.is_positive(ring.scale(gap, 1 if given.relation == ">" else -1))


def _quotient(
    normalizer: Bounds, fact: Fact, statement: Statement, variable: Symbol, tied: set[Symbol]
) -> tuple[Symbol, Polynomial] | None:
    """The symbol s of a fact that s/N tends somewhere, and where."""
    if fact.relation != "->" or fact.over != statement.over or not fact.to == statement.to == oo:
        return None
    quotient, _ = normalizer.side(fact.left)
    goal, _ = normalizer.side(fact.right)
    ring = normalizer.ring
    number = ring.intern("symbol", (variable,))
    for symbol in sorted(tied, key=str):
        own = ring.intern("symbol", (symbol,))
        if quotient == {tuple(sorted(((own, 1), (number, -1)))): ONE}:
            return symbol, goal
    return None


def _stand_in(symbol: Symbol) -> Symbol:
    """A symbol for a quotient s/N, of the sign of s."""
    sign = {"nonnegative": True} if symbol.is_nonnegative else {"real": True}
    return Symbol(f"the limit of {symbol}", **sign)


def as_limit(statement: Statement) -> Statement:
    """A statement `Limit(f, N, oo) = L` as `f -> L`; any other as it is."""
    if statement.relation != "=" or not isinstance(statement.left, Limit):
        return statement
    body, variable, to = statement.left.args[:3]
    return Statement(body, "->", statement.right, (str(variable),), to)
