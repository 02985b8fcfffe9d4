"""What a kernel may be given beside its own rules: theories, each of which can be read and left out alone.

The kernel proves by algebra, logarithms, linearity, definitions and facts. A theory adds layers to its normal form,
ways to read a line, tests of convergence, or provers of relations that the comparison of normal forms does not settle.
A prover makes attempts, and no verdicts: what it comes to goes through the same conditions as all else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sympy import Expr, Symbol

from klderive.kernel.attempt import Attempt
from klderive.kernel.convergence import Convergence
from klderive.kernel.events import Event, Mode
from klderive.kernel.kinds import AtomKind
from klderive.kernel.needs import Inner
from klderive.kernel.normal_form import Normalizer
from klderive.kernel.reasons import Allowed
from klderive.kernel.relations import Relations
from klderive.kernel.signs import Signs
from klderive.statement import Condition, Statement


class Prover:
    """Proves statements that the kernel's own comparison does not; this one proves none.

    Args:
        attempts: the attempts of one session.
    """

    def __init__(self, attempts: Relations) -> None:
        self.attempts = attempts
        self.session = attempts.session
        self.comparison = attempts.comparison

    def read(self, statement: Statement) -> Statement:
        """The statement as it is understood."""
        return statement

    def varied_by(self, statement: Statement) -> set[str]:
        """The names that the sides of a statement vary: no hypothesis may fix them."""
        return set()

    def of_no_values(self, statement: Statement, allowed: Allowed) -> Attempt | None:
        """An attempt on a statement whose sides are no numbers; None if it is not one that this prover knows."""
        return None

    def of_values(
        self, statement: Statement, allowed: Allowed, definedness: Sequence[Event]
    ) -> Attempt | None:
        """An attempt on a statement whose sides are established to be defined; None if there is nothing to try."""
        return None

    def name(self, name: Symbol, meaning: Expr) -> tuple[Condition, ...] | None:
        """The conditions under which a name may be given to something that is no number; None if it is unknown.

        Raises:
            UnestablishedError: if it may not.
        """
        return None


Reading = Callable[[list[Mode], tuple[Expr, ...], Allowed], list[Mode]]
"""Adds to the modes in which the sides of a line are tried."""


@dataclass(frozen=True)
class Theory:
    """One theory: the names by which reasons call it, and what it adds.

    `layers` add rules to the normal form, the first outermost, with the kinds of atoms that they make. A theory without
    reasons extends what is always allowed, as the Gamma function does algebra.
    """

    reasons: frozenset[str] = frozenset()
    layers: tuple[type[Normalizer], ...] = ()
    readings: tuple[Reading, ...] = ()
    signs: type[Signs] | None = None
    convergence: type[Convergence] | None = None
    inner: type[Inner] | None = None
    provers: tuple[type[Prover], ...] = ()


class Theories:
    """The theories that a kernel is given, put together.

    Args:
        theories: the theories by name, those whose layers stand outermost first; of two with tests of convergence, or
            with signs, the last counts.
    """

    def __init__(self, theories: Mapping[str, Theory] = MappingProxyType({})) -> None:
        self.reasons: frozenset[str] = frozenset()
        self.signs: type[Signs] = Signs
        self.convergence: type[Convergence] = Convergence
        self.inner: type[Inner] = Inner
        layers: list[type[Normalizer]] = []
        readings: list[Reading] = []
        provers: list[type[Prover]] = []
        for theory in theories.values():
            self.reasons |= theory.reasons
            self.signs = theory.signs or self.signs
            self.convergence = theory.convergence or self.convergence
            self.inner = theory.inner or self.inner
            layers += theory.layers
            readings += theory.readings
            provers += theory.provers
        self.readings = tuple(dict.fromkeys(readings))
        self.provers = tuple(dict.fromkeys(provers))
        self.layer: type[Normalizer] = _together(layers)
        self.kinds: dict[str, AtomKind] = {}
        for layer in self.layer.__mro__:
            self.kinds |= vars(layer).get("kinds", {})


def _together(layers: Sequence[type[Normalizer]]) -> type[Normalizer]:
    """A normal form with all layers; one that another stands on comes with it."""
    outermost = [
        layer
        for layer in dict.fromkeys(layers)
        if not any(other is not layer and issubclass(other, layer) for other in layers)
    ]
    return type("Layers", tuple(outermost), {}) if outermost else Normalizer
