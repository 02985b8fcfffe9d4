"""Lower bounds: why a difference that is no sum of signs is not negative all the same.

Accepts a polynomial in normal form that is claimed to be nonnegative. The idea: it is made smaller by a known
inequality until its sign shows. The inequalities are facts (earlier lines, lemmas), log u <= u - 1, Markov's and
Jensen's, each only where the reason allows it; under an integral or sum they are used for all values of the bound
variable, weighted by something proved nonnegative, so that integrals over one domain are compared by their integrands.

Caveats: each inequality is used on everything that it fits, once; a fact is used with a factor that makes one of its
terms cancel. Strict relations come only from signs and strict facts. Where a weight is 0, a summand with a logarithm
is 0, as everywhere under a binder; the other side of the bound is then required to be nonnegative there.

Sources: Cover and Thomas, Elements of Information Theory, 2nd edition, theorems 2.6.2 (Jensen) and 2.6.3 (Gibbs, from
log u <= u - 1) and problem 3.1 (Markov).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from flint import fmpq

from klderive.kernel.attempt import Attempt
from klderive.kernel.events import Domain, Event, Mode, Obligation, UnestablishedError, Use
from klderive.kernel.reasons import Allowed
from klderive.kernel.ring import ONE, Frozen, Monomial, Polynomial, as_fmpq, freeze
from klderive.kernel.signs import NEGATIVE, POSITIVE
from klderive.kernel.theory import Prover
from klderive.statement import Fact, Statement
from klderive.theories.bounds import Bounds
from klderive.theories.monotonicity import Monotonicity
from klderive.theories.sum_inequalities import by_cauchy_schwarz, by_triangle

FACTS_TOGETHER = 3
"""Inequalities among the facts that are used in one bound."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A polynomial that is at most another, and what that rests on."""

    polynomial: Polynomial
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What of a polynomial stands under one integral or sum, put under one sign."""

    name: str
    domain: Domain
    variable: int
    body: Polynomial


class KnownInequalities(Prover):
    """Proves inequalities by known ones: each functional as a whole first, then in pieces."""

    def of_values(
        self, statement: Statement, allowed: Allowed, definedness: Sequence[Event]
    ) -> Attempt | None:
        """An inequality by known inequalities, in the first mode in which that succeeds."""
        if statement.relation not in ("<=", ">=", "<", ">"):
            return None
        for mode in self.session.modes((statement.left, statement.right), allowed):
            try:
                attempt = self._bounded(statement, mode, allowed, definedness)
            except UnestablishedError:
                continue
            if attempt is not None:
                return attempt
        return None

    def _bounded(
        self,
        statement: Statement,
        mode: Mode,
        allowed: Allowed,
        definedness: Sequence[Event],
    ) -> Attempt | None:
        """An inequality by known inequalities: each functional as a whole first, then in pieces."""
        normalizer = self.session.normalizer(mode, allowed.facts)
        whole = self.session.normalizer(replace(mode, split=False), allowed.facts)
        pieces = self.session.layered(Bounds, replace(mode, split=True), allowed.facts)
        inequalities = Inequalities(pieces, allowed.facts)
        strict = statement.relation in ("<", ">")
        for sides in (whole, normalizer) if mode.split else (whole,):
            try:
                left, left_events = sides.side(statement.left)
                right, right_events = sides.side(statement.right)
                gap = self.session.ring.subtract(right, left)
                if statement.relation in (">=", ">"):
                    gap = self.session.ring.scale(gap, -1)
                rests = inequalities.proof(gap, strict)
            except UnestablishedError:
                continue
            if rests is None:
                continue
            attempt = self.attempts.conclude(
                statement,
                sides,
                [*left_events, *right_events, *rests],
                [*definedness, *rests],
            )
            if attempt.proved:
                return attempt
        return None


class Inequalities:
    """Proves that polynomials are nonnegative, in one mode, modulo facts.

    Args:
        normalizer: normal forms with functionals split, in which new integrals and sums are made.
        facts: the facts that are allowed; inequalities among them bound.
    """

    def __init__(self, normalizer: Bounds, facts: Sequence[Fact]) -> None:
        self.normalizer = normalizer
        self.ring = normalizer.ring
        self.signs = normalizer.signs
        self.theories = normalizer.mode.theories
        self.monotonicity = Monotonicity(normalizer)
        self.facts = [fact for fact in facts if fact.relation in ("<=", ">=", "<", ">")]

    def proof(self, polynomial: Polynomial, strict: bool) -> tuple[Event, ...] | None:
        """What the proof of a polynomial's sign rests on; None if there is none."""
        for bound in self._bounds(polynomial):
            found = self._by_facts(bound, strict, self._gaps())
            if found is not None:
                return found
        uses = self.monotonicity.proof(polynomial, strict)
        return None if uses is None else tuple(Use(name) for name in sorted(uses))

    def _bounds(self, polynomial: Polynomial) -> Iterator[Bound]:
        """The polynomial and smaller ones, by one inequality and then another."""
        first = Bound(polynomial)
        yield first
        level = [first]
        for rule in (
            self._markov,
            self._jensen,
            self._convex,
            self._logarithms,
            self._exponentials,
            self._cauchy_schwarz,
            self._triangle,
        ):
            found = []
            for bound in level:
                try:
                    smaller = rule(bound.polynomial)
                except UnestablishedError:
                    continue
                if smaller is not None:
                    found.append(Bound(smaller.polynomial, (*bound.events, *smaller.events)))
            yield from found
            level += found

    # Signs, and facts

    def _by_facts(
        self, bound: Bound, strict: bool, gaps: Sequence[tuple[Polynomial, bool, Bound]]
    ) -> tuple[Event, ...] | None:
        """Subtracts multiples of what the facts say is nonnegative until the sign shows."""
        shown = self._sign_shows(bound.polynomial, strict)
        if shown is not None:
            return (*bound.events, *shown)
        if not gaps:
            return None
        for place, (gap, is_strict, rests) in enumerate(gaps):
            for factor in self._factors(bound.polynomial, gap):
                rest = self.ring.subtract(bound.polynomial, self.ring.multiply(factor, gap))
                smaller = Bound(rest, (*bound.events, *rests.events))
                wanted = strict and not (is_strict and self.signs.is_positive(factor))
                found = self._by_facts(smaller, wanted, gaps[place + 1 :])
                if found is not None:
                    return found
        return None

    def _gaps(self) -> list[tuple[Polynomial, bool, Bound]]:
        """What each fact says is nonnegative (positive, if strict), with its name and conditions as events."""
        gaps = []
        for fact in self.facts[:FACTS_TOGETHER]:
            try:
                left, left_events = self.normalizer.side(fact.left)
                right, right_events = self.normalizer.side(fact.right)
            except UnestablishedError:
                continue
            gap = self.ring.subtract(right, left)
            if fact.relation in (">=", ">"):
                gap = self.ring.scale(gap, -1)
            events = (Use(fact.name), *left_events, *right_events)
            gaps.append((gap, fact.relation in ("<", ">"), Bound({}, events)))
        return gaps

    def _factors(self, polynomial: Polynomial, gap: Polynomial) -> Iterator[Polynomial]:
        """Nonnegative factors with which a term of the gap cancels one of the polynomial."""
        seen = set()
        for monomial, coefficient in gap.items():
            for mine, own in polynomial.items():
                inverse = self.ring.monomial_power(monomial, -1)
                factor = self.ring.multiply({mine: own / coefficient}, inverse)
                key = freeze(factor)
                if key in seen or self.signs.sign(factor) & NEGATIVE:
                    continue
                seen.add(key)
                # A negative power of something that may vanish is no factor.
                if all(
                    e > 0 or self.signs.is_nonzero({((n, 1),): ONE}) for m in factor for n, e in m
                ):
                    yield factor

    def _sign_shows(self, polynomial: Polynomial, strict: bool) -> tuple[Event, ...] | None:
        """What it rests on that the sign shows: at once, or when what stands under one integral is put together.

        What stands under none may go under one whose weight is normalised.
        """
        signs = self.signs.sign(polynomial)
        if signs == POSITIVE if strict else not signs & NEGATIVE:
            return ()
        split = self._merged(polynomial)
        if split is None or strict:
            return None
        rest, parts = split
        if self.signs.sign(rest) & NEGATIVE:
            return None
        open_parts = [part for part in parts if self.signs.sign(part.body) & NEGATIVE]
        if not open_parts:
            return ()
        if len(open_parts) > 1:
            return None
        (part,) = open_parts
        for weight in self._weights(part.body):
            mass = self._accumulated(part, weight)
            whole = self.ring.add(part.body, self.ring.multiply(rest, weight))
            if mass.polynomial == self.ring.number(1) and not self.signs.sign(whole) & NEGATIVE:
                return mass.events
        return None

    def _weights(self, body: Polynomial) -> Iterator[Polynomial]:
        """The functions among the factors of a body that are proved nonnegative, such as densities."""
        seen = set()
        for monomial in body:
            for number, exponent in monomial:
                weight: Polynomial = {((number, 1),): ONE}
                if self.ring.atoms[number].kind != "apply" or exponent != 1 or number in seen:
                    continue
                seen.add(number)
                if not self.signs.sign(weight) & NEGATIVE:
                    yield weight

    def _merged(self, polynomial: Polynomial) -> tuple[Polynomial, list[Part]] | None:
        """The polynomial as a rest and one integrand for each domain; None if it is not linear in functionals."""
        ring = self.ring
        rest: Polynomial = {}
        normalizer = self.normalizer
        bodies: dict[tuple[str, Domain], list[tuple[Polynomial, Frozen, int | None]]] = {}
        for monomial, coefficient in polynomial.items():
            functionals = [p for p in monomial if ring.atoms[p[0]].kind == "functional"]
            if not functionals:
                rest[monomial] = coefficient
                continue
            if len(functionals) > 1 or functionals[0][1] != 1:
                return None
            number = functionals[0][0]
            name, kind, lower, upper, body = ring.atoms[number].key
            if kind == "oriented":
                return None
            cofactor = {tuple(p for p in monomial if p not in functionals): coefficient}
            place = bodies.setdefault((name, (kind, lower, upper)), [])
            place.append((cofactor, body, normalizer.bound_in(number)))
        parts = []
        for (name, domain), terms in bodies.items():
            variables = {variable for _, _, variable in terms if variable is not None}
            # Those of another index, or bound around as well, get one that is bound nowhere.
            variable = variables.pop() if len(variables) == 1 else None
            if variable is None or variable in normalizer.active:
                variable = normalizer.fresh_variable(domain, "x")
            merged = [
                ring.multiply(
                    cofactor,
                    dict(body if own is None else normalizer.renamed(body, own, variable)),
                )
                for cofactor, body, own in terms
            ]
            parts.append(Part(name, domain, variable, ring.add(*merged)))
        return rest, parts

    def _accumulated(self, part: Part, body: Polynomial) -> Bound:
        """The integral or sum of a body, which must have a value."""
        normalizer = self.normalizer
        outer, normalizer.events = normalizer.events, []
        try:
            with normalizer.binding(part.variable):
                body = normalizer.factoring.by_denominator(body)
            value = normalizer.accumulate(part.name, part.domain, part.variable, body)
            # That integrals are compared by their integrands is part of the inequality, not a use of linearity.
            events = [e for e in normalizer.events if e != Use("linearity")]
        finally:
            normalizer.events = outer
        pieces = [
            replace(e, body=freeze({monomial: ONE}))
            for e in events
            if isinstance(e, Obligation)
            for monomial, _ in e.body
        ]
        return Bound(value, (*events, *pieces))

    # Finite sums

    def _cauchy_schwarz(self, polynomial: Polynomial) -> Bound | None:
        """The polynomial with a square of a sum bounded, so that its sign shows."""
        return self._first_shown(polynomial, "Cauchy-Schwarz inequality", by_cauchy_schwarz)

    def _triangle(self, polynomial: Polynomial) -> Bound | None:
        """The polynomial with the absolute value of a sum bounded, so that its sign shows."""
        return self._first_shown(polynomial, "triangle inequality", by_triangle)

    def _first_shown(
        self,
        polynomial: Polynomial,
        name: str,
        bounds: Callable[[Bounds, Polynomial], Iterator[Polynomial]],
    ) -> Bound | None:
        if name not in self.theories:
            return None
        normalizer = self.normalizer
        outer, normalizer.events = normalizer.events, []
        try:
            for smaller in bounds(normalizer, polynomial):
                if self._sign_shows(smaller, False) == ():
                    rests = [e for e in normalizer.events if not isinstance(e, Use)]
                    return Bound(smaller, (Use(name), *rests))
        finally:
            normalizer.events = outer
        return None

    # log u <= u - 1

    def _logarithms(self, polynomial: Polynomial) -> Bound | None:
        """The polynomial with each -w log(r) replaced by the smaller -(w r - w)."""
        if "log u <= u - 1" not in self.theories:
            return None
        split = self._merged(polynomial)
        if split is None:
            return None
        rest, parts = split
        smaller = self._linearised(rest)
        changed = smaller is not rest
        result, events = smaller, [Use("log u <= u - 1")] if changed else []
        found: list[Event] = list(events)
        for part in parts:
            body = self._linearised(part.body)
            inner = self._inside(part) if body is part.body else Bound(body)
            if inner is None:
                total = Bound(self._original(polynomial, part))
            else:
                changed = True
                total = self._accumulated(part, inner.polynomial)
                found += [Use("log u <= u - 1"), *inner.events]
            result = self.ring.add(result, total.polynomial)
            found += total.events
        return Bound(result, tuple(dict.fromkeys(found))) if changed else None

    def _inside(self, part: Part) -> Bound | None:
        """The body with the logarithms bounded that stand under further integrals or sums in it."""
        with self.normalizer.binding(part.variable):
            return self._logarithms(part.body)

    def _original(self, polynomial: Polynomial, part: Part) -> Polynomial:
        """The terms of a polynomial that a part was put together from."""
        return {
            monomial: coefficient
            for monomial, coefficient in polynomial.items()
            if any(
                self.ring.atoms[n].kind == "functional"
                and self.ring.atoms[n].key[0] == part.name
                and self.ring.atoms[n].key[1:4] == part.domain
                for n, _ in monomial
            )
        }

    def _linearised(self, body: Polynomial) -> Polynomial:
        """The body with the logarithms of each weight together bounded; the same object if none is."""
        for weight, scale, argument, rest in self._logarithmic(body):
            product = self._weighted(weight, argument)
            if product is not None:
                difference = self.ring.subtract(product, weight)
                smaller = self.ring.subtract(rest, self.ring.scale(difference, scale))
                return self._linearised(smaller)
        return body

    def _logarithmic(
        self, body: Polynomial
    ) -> Iterator[tuple[Polynomial, fmpq, Polynomial, Polynomial]]:
        """The ways to write a body as rest - scale * weight * log(argument), the weight proved nonnegative."""
        ring = self.ring
        groups: dict[Monomial, dict[int, fmpq]] = {}
        for monomial, coefficient in body.items():
            logs = [n for n, e in monomial if ring.atoms[n].kind == "log" and e == 1]
            if len(logs) == 1:
                weight = tuple(p for p in monomial if p[0] != logs[0])
                groups.setdefault(weight, {})[logs[0]] = coefficient
        for weight, logs_of in groups.items():
            if self.signs.sign({weight: ONE}) & NEGATIVE:
                continue
            terms = {tuple(sorted((*weight, (log, 1)))) for log in logs_of}
            rest = {m: c for m, c in body.items() if m not in terms}
            for scale in sorted({abs(c) for c in logs_of.values()}):
                argument = self._argument(logs_of, scale)
                if argument is not None:
                    yield {weight: ONE}, scale, argument, rest

    def _argument(self, logs: dict[int, fmpq], scale: fmpq) -> Polynomial | None:
        """The product of the arguments of logarithms, each to its coefficient divided by -scale."""
        argument = self.ring.number(1)
        for number, coefficient in logs.items():
            exponent = -coefficient / scale
            if exponent.q != 1:
                return None
            inside = dict(self.ring.atoms[number].key[0])
            if exponent < 0:
                inside = self.normalizer.inverse(inside)
            argument = self.ring.multiply(argument, self.ring.power(inside, abs(int(exponent.p))))
        return argument

    def _weighted(self, weight: Polynomial, argument: Polynomial) -> Polynomial | None:
        """Weight times argument, if that makes sense and is nonnegative also where the weight is 0."""
        product = self.normalizer.factoring.lowest_terms(self.ring.multiply(weight, argument))
        for monomial in product:
            for number, exponent in monomial:
                if exponent < 0 and not self.signs.is_nonzero({((number, 1),): ONE}):
                    return None
        return None if self.signs.sign(product) & NEGATIVE else product

    # Jensen

    def _jensen(self, polynomial: Polynomial) -> Bound | None:
        """The polynomial with each -(integral of w log r) replaced by the smaller -log(integral of w r)."""
        if "Jensen's inequality" not in self.theories:
            return None
        split = self._merged(polynomial)
        if split is None:
            return None
        result, parts = split
        events: list[Event] = []
        changed = False
        for part in parts:
            for weight, scale, argument, rest in self._logarithmic(part.body):
                product = self._weighted(weight, argument)
                if product is None:
                    continue
                mass = self._accumulated(part, weight)
                if mass.polynomial != self.ring.number(1):
                    continue
                mean = self._accumulated(part, product)
                remaining = self._accumulated(part, rest)
                value, logged = self._logarithm(mean.polynomial)
                result = self.ring.add(result, remaining.polynomial, self.ring.scale(value, -scale))
                events += [
                    Use("Jensen's inequality"),
                    *mass.events,
                    *mean.events,
                    *remaining.events,
                    *logged,
                ]
                changed = True
                break
            else:
                result = self.ring.add(result, self._original(polynomial, part))
        return Bound(result, tuple(dict.fromkeys(events))) if changed else None

    def _logarithm(self, polynomial: Polynomial) -> tuple[Polynomial, tuple[Event, ...]]:
        """The logarithm of a mean, which is positive because that of which it is the mean is."""
        normalizer = self.normalizer
        outer, normalizer.events = normalizer.events, []
        try:
            value = normalizer.log_of(polynomial, split=normalizer.mode.logarithms)
            return value, tuple(e for e in normalizer.events if not isinstance(e, Use))
        finally:
            normalizer.events = outer

    def _convex(self, polynomial: Polynomial) -> Bound | None:
        """The polynomial with -(integral of w g)^2 and -exp(integral of w g) replaced by what is smaller.

        The square and exp are convex: these are at most the integrals of w g^2 and of w exp(g).
        """
        if "Jensen's inequality" not in self.theories:
            return None
        result = dict(polynomial)
        events: list[Event] = []
        for monomial, coefficient in polynomial.items():
            for inside, outside, mean in self._convex_parts(monomial):
                factor = {outside: -coefficient}
                if self.signs.sign(factor) & NEGATIVE:
                    continue
                larger = self._mean_of(mean, inside)
                if larger is None:
                    continue
                gap = self.ring.add(
                    {monomial: coefficient}, self.ring.multiply(factor, larger.polynomial)
                )
                result = self.ring.subtract(result, gap)
                events += [Use("Jensen's inequality"), *larger.events]
                break
        return Bound(result, tuple(dict.fromkeys(events))) if events else None

    def _convex_parts(self, monomial: Monomial) -> Iterator[tuple[str, Monomial, Polynomial]]:
        """The convex functions among the factors, what stands beside them, and their arguments."""
        for number, exponent in monomial:
            if self.ring.atoms[number].kind == "functional" and exponent == 2:
                rest = tuple(p for p in monomial if p[0] != number)
                yield "square", rest, {((number, 1),): ONE}
        powers = [p for p in monomial if self.ring.atoms[p[0]].kind == "exp"]
        if powers:
            argument: Polynomial = {}
            for number, exponent in powers:
                inner = {self.ring.atoms[number].key[0]: ONE}
                argument = self.ring.add(argument, self.ring.scale(inner, as_fmpq(exponent)))
            yield "exp", tuple(p for p in monomial if p not in powers), argument

    def _mean_of(self, mean: Polynomial, function: str) -> Bound | None:
        """The integral of w f(g), if a polynomial is the integral of w g and that of w is 1."""
        split = self._merged(mean)
        if split is None or len(split[1]) != 1:
            return None
        rest, (part,) = split
        for weight in self._weights(part.body):
            ((((number, _),), _),) = weight.items()
            if any((number, 1) not in monomial for monomial in part.body):
                continue
            mass = self._accumulated(part, weight)
            if mass.polynomial != self.ring.number(1):
                continue
            g = {tuple(p for p in m if p != (number, 1)): c for m, c in part.body.items()}
            if any(number in self.ring.atoms[n].free or n == number for m in g for n, _ in m):
                continue
            g = self.ring.add(g, rest)
            value = (
                self.ring.power(g, 2)
                if function == "square"
                else self.normalizer.exp_of(g, undo_logs=False)
            )
            found = self._accumulated(part, self.ring.multiply(weight, value))
            return Bound(found.polynomial, (*mass.events, *found.events))
        return None

    # exp

    def _exponentials(self, polynomial: Polynomial) -> Bound | None:
        """The polynomial with each w exp(a) replaced by the smaller w (1 + a), which is log u <= u - 1 at exp(a)."""
        if "log u <= u - 1" not in self.theories:
            return None
        result = dict(polynomial)
        changed = False
        for monomial, coefficient in polynomial.items():
            for kind, outside, argument in self._convex_parts(monomial):
                factor = {outside: coefficient}
                if kind != "exp" or self.signs.sign(factor) & NEGATIVE:
                    continue
                line = self.ring.add(self.ring.number(1), argument)
                gap = self.ring.subtract({monomial: coefficient}, self.ring.multiply(factor, line))
                result = self.ring.subtract(result, gap)
                changed = True
        return Bound(result, (Use("log u <= u - 1"),)) if changed else None

    # Markov

    def _markov(self, polynomial: Polynomial) -> Bound | None:
        """The polynomial with each -w 1[f >= c] replaced by the smaller -w f/c, under a binder; f >= 0 and c > 0."""
        if "Markov's inequality" not in self.theories:
            return None
        split = self._merged(polynomial)
        if split is None:
            return None
        result, parts = split
        events: list[Event] = []
        changed = False
        for part in parts:
            body = self._without_indicators(part)
            if body is None:
                result = self.ring.add(result, self._original(polynomial, part))
                continue
            total = self._accumulated(part, body)
            result = self.ring.add(result, total.polynomial)
            events += [Use("Markov's inequality"), *total.events]
            changed = True
        return Bound(result, tuple(dict.fromkeys(events))) if changed else None

    def _without_indicators(self, part: Part) -> Polynomial | None:
        """The body with its indicators bounded, or None if it has none that can be."""
        ring = self.ring
        result: Polynomial = {}
        changed = False
        for monomial, coefficient in part.body.items():
            indicators = [n for n, _ in monomial if ring.atoms[n].kind == "indicator"]
            term = {monomial: coefficient}
            if len(indicators) == 1:
                number = indicators[0]
                weight = {tuple(p for p in monomial if p[0] != number): -coefficient}
                quotient = self._quotient(number, part.variable)
                if quotient is None or self.signs.sign(weight) & NEGATIVE:
                    return None
                term = ring.scale(ring.multiply(weight, quotient), -1)
                changed = True
            elif indicators:
                return None
            result = ring.add(result, term)
        return result if changed else None

    def _quotient(self, number: int, variable: int) -> Polynomial | None:
        """f/c for the event f >= c, where f is nonnegative and holds the variable, and c is positive and does not."""
        ring = self.ring
        event = dict(ring.atoms[number].key[0])
        moving = {
            m: c for m, c in event.items() if any(variable in ring.atoms[n].free for n, _ in m)
        }
        fixed = {m: -c for m, c in event.items() if m not in moving}
        for f, c in self._ways(moving, fixed):
            if any(variable in ring.atoms[n].free for m in c for n, _ in m):
                continue
            if self.signs.is_positive(c) and self.signs.is_nonnegative(f):
                return ring.multiply(f, self.normalizer.inverse(c))
        return None

    def _ways(
        self, moving: Polynomial, fixed: Polynomial
    ) -> Iterator[tuple[Polynomial, Polynomial]]:
        """Ways to write an event as f >= c: as it stands, and with a square completed."""
        yield moving, fixed
        ring = self.ring
        for monomial in moving:
            for number, exponent in monomial:
                if exponent != 2:
                    continue
                leading = {
                    tuple(p for p in m if p[0] != number): c
                    for m, c in moving.items()
                    if (number, 2) in m
                }
                linear = {
                    tuple(p for p in m if p[0] != number): c
                    for m, c in moving.items()
                    if (number, 1) in m
                }
                if len(leading) != 1 or not self.signs.is_positive(leading):
                    continue
                if len(leading) + len(linear) != len(moving):
                    continue
                square = ring.scale(
                    ring.multiply(ring.power(linear, 2), self.normalizer.inverse(leading)),
                    fmpq(1, 4),
                )
                yield ring.add(moving, square), ring.add(fixed, square)
