"""Why a line holds: the words that stand beside it, and what they allow the kernel to use.

`by` makes reasons the way a paper words them: `by.logarithms`, `by.definition(P)`, `by.lemma("T1")`. A line may have
several. The kernel gets exactly what the reasons name, and plain algebra.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, cast, get_args

ReasonKind = Literal[
    "algebra",
    "logarithms",
    "linearity",
    "definition",
    "fact",
    "lemma",
    "line",
    "witness",
    "theory",
    "axiom",
    "hypothesis",
    "substitution",
]


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: its kind, and the name of what it cites (a definition, a fact, a lemma, a line, an axiom)."""

    kind: ReasonKind
    name: str = ""
    words: str = ""
    """How the reason is printed, if not by its kind and name."""

    def __str__(self) -> str:
        if self.words:
            return self.words
        match self.kind:
            case "algebra" | "logarithms" | "linearity" | "witness":
                return self.kind
            case "definition":
                return f"definition of {self.name}" if self.name else "definition"
            case "lemma":
                return f"lemma {self.name}"
            case "line":
                return f"line {self.name}"
            case "substitution":
                return f"substitution {self.name}"
            case _:
                return self.name or self.kind

    def data(self) -> dict[str, str]:
        """The reason as plain data, from which `reason_from` makes it again."""
        given = {"kind": self.kind, "name": self.name, "words": self.words}
        return {field: text for field, text in given.items() if text}


def _name_of(thing: object) -> str:
    """A cited thing's name: the thing itself if it is text, otherwise its `name`."""
    return thing if isinstance(thing, str) else str(getattr(thing, "name", thing))


def _fact(words: str) -> Callable[[object], Reason]:
    def reason(density: object) -> Reason:
        name = _name_of(density)
        return Reason("fact", f"{words} of {name}")

    reason.__doc__ = f"The cited fact: {words} of a density."
    return reason


class _Reasons:
    """The vocabulary of reasons; use it as `by`."""

    algebra = Reason("algebra")
    logarithms = Reason("logarithms")
    linearity = Reason("linearity")
    witness = Reason("witness", words="a counterexample to equality")
    logarithm_bound = Reason("theory", "log u <= u - 1", words="log u ≤ u − 1")
    markov = Reason("theory", "Markov's inequality")
    jensen = Reason("theory", "Jensen's inequality")
    monotone = Reason("theory", "monotone maps", words="monotone maps keep the optimum")
    antiderivative = Reason("theory", "fundamental theorem of calculus", words="an antiderivative")
    parts = Reason("theory", "fundamental theorem of calculus", words="integration by parts")
    parity = Reason("theory", "parity", words="an odd integrand on a symmetric interval")
    stationary = Reason("theory", "stationary point")
    continuity = Reason("theory", "continuity")
    integration = Reason("theory", "integration")
    summation = Reason("theory", "summation")
    asymptotics = Reason("theory", "asymptotic expansion")
    mean_value_theorem = Reason("theory", "mean value theorem")
    cauchy_schwarz = Reason("theory", "Cauchy-Schwarz inequality")
    triangle = Reason("theory", "triangle inequality")
    means = Reason("theory", "inequality of the means")
    terms = Reason("theory", "terms of a sum", words="a sum is no less than a term of it")

    normalisation = staticmethod(_fact("normalisation"))
    mean = staticmethod(_fact("mean"))
    variance = staticmethod(_fact("variance"))
    second_moment = staticmethod(_fact("second moment"))
    product_rule = staticmethod(_fact("product rule"))
    marginalisation = staticmethod(_fact("marginalisation"))
    conditioning = staticmethod(_fact("conditioning"))
    sum_rule = staticmethod(_fact("sum rule"))

    @staticmethod
    def definition(thing: object) -> Reason:
        """The definition of a density, or of an operator given by its name: `by.definition("KL")`."""
        return Reason("definition", _name_of(thing))

    @staticmethod
    def bayes(conditional: object) -> Reason:
        """Bayes' rule for a conditional density: `by.bayes("p(z | x)")`."""
        return Reason("fact", f"Bayes' rule for {_name_of(conditional)}")

    @staticmethod
    def counting(data: str) -> Reason:
        """Equal terms of a sum or product over data are put together, by the counts declared with the data."""
        return Reason("fact", f"counts of {data}", words=f"equal values of {data} together")

    @staticmethod
    def fact(name: str) -> Reason:
        """A named fact of the derivation."""
        return Reason("fact", name)

    @staticmethod
    def lemma(lemma: object) -> Reason:
        """A lemma that stands earlier in the derivation."""
        return Reason("lemma", _name_of(lemma))

    @staticmethod
    def line(label: object) -> Reason:
        """An earlier line, by its label or its number in the document."""
        return Reason("line", getattr(label, "label", None) or _name_of(label))

    @staticmethod
    def substitution(variable: str, formula: str) -> Reason:
        """A change of variable under the integrals over `variable`: `by.substitution("x", "mu + sigma*t")`.

        The name in the formula that is not declared as a symbol is the new variable. It runs where the right side's
        integral over it says, or over its declared domain; the formula must increase there.
        """
        return Reason("substitution", f"{variable} = {formula}")

    @staticmethod
    def axiom(axiom: object) -> Reason:
        """A declared axiom, by its name: a fact if it is a formula; in words, the line is assumed, not proved."""
        return Reason("axiom", _name_of(axiom))

    @staticmethod
    def hypothesis(hypothesis: object) -> Reason:
        """A declared hypothesis: a fact if it is an equation; in words, the line is assumed, not proved."""
        return Reason("hypothesis", _name_of(hypothesis))


by = _Reasons()

_COUNTS = "counts of "


def reason_from(kind: str, name: str = "", words: str = "") -> Reason:
    """The reason of the vocabulary that is said so.

    Raises:
        ValueError: if the vocabulary has none; the message says what there is.
    """
    worded = [reason for reason in vars(_Reasons).values() if isinstance(reason, Reason)]
    if kind not in get_args(ReasonKind):
        raise ValueError(
            f"`{kind}` is not a kind of reason; kinds are {', '.join(get_args(ReasonKind))}"
        )
    alike = [reason for reason in worded if reason.kind == kind]
    if kind == "fact" and name.startswith(_COUNTS):
        alike = [by.counting(name.removeprefix(_COUNTS))]
    for reason in alike:
        if reason.name == name and words in ("", reason.words):
            return reason
    if alike and kind != "fact":
        known = ", ".join(f"`{reason.name or reason.kind}`" for reason in alike)
        raise ValueError(f"there is no {kind} `{name}` with these words; there is {known}")
    if words:
        raise ValueError(f"the reason `{kind}` has no words of its own")
    if not name:
        raise ValueError(f"the reason `{kind}` needs a name")
    return Reason(cast(ReasonKind, kind), name)
