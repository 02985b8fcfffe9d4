"""KL divergence, cross-entropy, entropy, expectation and variance as nodes with a definition.

Each node holds formulas in a bound variable, and the limits of that variable; `definition()` is the integral or sum it
stands for, unevaluated. Limits are written as `klderive.notation.nodes.Defined` says.

Sources: Cover and Thomas, Elements of Information Theory, 2nd edition, equations (2.1), (2.26), (8.1), (8.46);
cross-entropy as in Murphy, Probabilistic Machine Learning: An Introduction, section 6.1.2.
"""

from __future__ import annotations

from sympy import Add, Expr, Integer, Mul, Pow, log

from klderive.notation.nodes import Defined, accumulate


def _log(e: Expr) -> Expr:
    return log(e, evaluate=False)


def _times(*factors: Expr) -> Expr:
    return Mul(*factors, evaluate=False)


class KL(Defined):
    """The Kullback-Leibler divergence of p from q: the integral or sum of p log(p/q)."""

    name = "KL"
    formulas = 2

    def definition(self) -> Expr:
        """The integral or sum of p log(p/q)."""
        p, q, *limits = self.args
        quotient = _times(p, Pow(q, -1, evaluate=False))
        return accumulate(_times(p, _log(quotient)), *limits)


class CrossEntropy(Defined):
    """The cross-entropy of q relative to p: minus the integral or sum of p log q."""

    name = "CrossEntropy"
    formulas = 2

    def definition(self) -> Expr:
        """Minus the integral or sum of p log q."""
        p, q, *limits = self.args
        return _times(Integer(-1), accumulate(_times(p, _log(q)), *limits))


class Entropy(Defined):
    """The entropy of p, differential if p is a density: minus the integral or sum of p log p."""

    name = "Entropy"

    def definition(self) -> Expr:
        """Minus the integral or sum of p log p."""
        p, *limits = self.args
        return _times(Integer(-1), accumulate(_times(p, _log(p)), *limits))


class Expectation(Defined):
    """The expectation of f under the density p: the integral or sum of f p."""

    name = "E"
    formulas = 2

    def definition(self) -> Expr:
        """The integral or sum of p f."""
        f, p, *limits = self.args
        return accumulate(_times(p, f), *limits)


class Probability(Defined):
    """The probability of an event under the density p: the integral or sum of p where it holds.

    The event is an `Indicator`, a `StrictIndicator`, or a product of such.
    """

    name = "Prob"
    formulas = 2

    def definition(self) -> Expr:
        """The integral or sum of p times the indicator of the event."""
        event, p, *limits = self.args
        return accumulate(_times(p, event), *limits)


class Variance(Defined):
    """The variance of f under the density p: the expectation of (f - E f)^2."""

    name = "Var"
    formulas = 2

    def definition(self) -> Expr:
        """The integral or sum of p (f - E f)^2."""
        f, p, *limits = self.args
        mean = Expectation(f, p, *limits).definition()
        centred = Add(f, _times(Integer(-1), mean), evaluate=False)
        return accumulate(_times(p, Pow(centred, 2, evaluate=False)), *limits)
