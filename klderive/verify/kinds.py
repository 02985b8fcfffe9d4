"""What the names in a single line mean, said in a few words each: `density of x = normal(mu, sigma)`.

Accepts a mapping from names to kinds, in any order of symbols, variables, data and assumptions; functions and
densities are declared after these, in the order given, because a formula may speak of those before it. A kind is a
SymPy symbol or one of:

    positive integer                            a symbol with SymPy's assumptions
    variable on (0, oo)                         the domain of a bound variable
    data, data on {0, 1}, data on [0, 1]        an indexed family x[i], and where its members lie
    data on {0, 1} with counts a, b of N        how many of the first N members are 0, and 1
    function, function of x                     a function of which nothing is known
    function of x = 1/(1 + exp(-x))             one that is defined by a formula
    density of x, density of x, y               a density, or a mass function if x runs over integers or a set
    density of y given x, w                     a conditional density
    density of x on {0, 1}                      with the domain of its variable
    density of x = normal(mu, sigma)            with its law, or a formula
    joint density of x, z                       p(x, z), p(x | z), p(z | x), p(x) and p(z), and what ties them
    ArgMax(f, w)                                the set of optimal points, under a name

`positive` before `density` says that it is positive on its whole domain; several densities under one letter are
separated by `;`. A variable of which no domain is said runs over the real line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice

from sympy import Symbol

from klderive.derivation import Derivation, DerivationError
from klderive.derivation.declarations import names_in
from klderive.notation.scope import FunctionName
from klderive.notation.translation import CONSTANTS, KNOWN_FUNCTIONS
from klderive.notation.tree import Application, Relation
from klderive.notation.tree import names_in as names_in_tree
from klderive.probability import LAWS

_NAMES = r"[A-Za-z]\w*(?:\s*,\s*[A-Za-z]\w*)*"
_DENSITY = re.compile(
    rf"(?P<positive>positive )?density of (?P<of>{_NAMES})"
    rf"(?: given (?P<given>{_NAMES}))?(?: on (?P<on>[^=]+?))?(?:\s*=(?P<formula>.+))?",
    re.DOTALL,
)
_JOINT = re.compile(rf"joint density of (?P<of>{_NAMES})(?: given (?P<given>{_NAMES}))?")
_FUNCTION = re.compile(rf"function of (?P<of>{_NAMES})(?:\s*=(?P<formula>.+))?", re.DOTALL)
_DATA = re.compile(
    rf"data(?: on (?P<on>.+?))?(?: with counts (?P<counts>{_NAMES}) of (?P<length>\w+))?"
)
_VARIABLE = "variable on "
_INTRODUCED = re.compile(rf"\b(?:on|counts) ({_NAMES})")
_DENSITIES = re.compile(rf"\bdensity of ({_NAMES})")
_WORD = re.compile(r"[A-Za-z]\w*")
_SUMS = re.compile(r"\b(?:Sum|Product)\(")

_OTHER_LAWS = frozenset(
    (
        *(
            "gaussian",
            "gauss",
            "n",
            "norm",
            "normal",
            "exponential",
            "expon",
            "laplace",
            "uniform",
            "unif",
            "u",
        ),
        *(
            "bernoulli",
            "bern",
            "ber",
            "geometric",
            "geom",
            "poisson",
            "pois",
            "beta",
            "binomial",
            "binom",
            "bin",
        ),
        *(
            "categorical",
            "cat",
            "multinomial",
            "dirichlet",
            "cauchy",
            "student",
            "studentt",
            "t",
            "chi2",
            "lognormal",
        ),
        *(
            "weibull",
            "pareto",
            "logistic",
            "gumbel",
            "mvn",
            "multivariatenormal",
            "multivariate_normal",
            "dirac",
        ),
        *("negativebinomial", "negative_binomial", "discrete", "halfnormal", "inversegamma"),
    )
)
"""Laws as other notations call them, in small letters."""

USAGE = (
    "`positive`, `variable on (0, oo)`, `data`, `function of x`, `density of x`,"
    " `density of y given x`, `density of x = normal(mu, sigma)`, `joint density of x, z`"
)
"""Kinds by example, for messages."""


def spoken_of(
    kinds: Mapping[str, str | Symbol], formulas: Sequence[object]
) -> dict[str, str | Symbol]:
    """The names that formulas speak of, directly or through the kinds of others; what else is declared is no matter."""
    words = {word for formula in formulas for word in _WORD.findall(str(formula))}
    found: dict[str, str | Symbol] = {}
    while True:
        new = {
            name: kind
            for name, kind in kinds.items()
            if name not in found and (name in words or words & _introduced(str(kind)))
        }
        if not new:
            # Where a variable runs may be said by a density alone; the first that says so is enough.
            said = {word for kind in found.values() for word in _variables(str(kind))} | {*kinds}
            new = dict(
                islice(
                    (
                        (name, kind)
                        for name, kind in kinds.items()
                        if words & _variables(str(kind)) - said
                    ),
                    1,
                )
            )
        if not new:
            return {name: kind for name, kind in kinds.items() if name in found}
        found |= new
        words |= {word for kind in new.values() for word in _WORD.findall(str(kind))}


def _variables(kind: str) -> set[str]:
    """The variables whose domain a density says."""
    return {word for names in _DENSITIES.findall(kind) for word in _WORD.findall(names)}


def _introduced(kind: str) -> set[str]:
    """The names of sets and counts that a kind declares beside its own name."""
    return {word for names in _INTRODUCED.findall(kind) for word in _WORD.findall(names)}


def declare_symbols(
    derivation: Derivation, kinds: Mapping[str, str | Symbol]
) -> dict[str, str | Symbol]:
    """Declare the symbols, variables and data among names; the others are given back.

    Raises:
        DerivationError: for a kind that is none, or a name that means two things.
    """
    for name, kind in kinds.items():
        if not isinstance(kind, str | Symbol):
            raise _unreadable(name, str(kind))
    later = dict(kinds)
    for stage in (_is_symbol, _is_variable, _is_data):
        for name, kind in kinds.items():
            if stage(kind):
                _declare(derivation, name, later.pop(name))
    return later


def declare_functions(
    derivation: Derivation, kinds: Mapping[str, str | Symbol], assuming: Sequence[str]
) -> None:
    """Declare functions, densities and optima in the order given, and what is assumed.

    An assumption on symbols holds wherever the line is made; an equation that speaks of functions, or of sums of data,
    is a hypothesis, which a proof may use.

    Raises:
        DerivationError: for a kind that is none, or an assumption that cannot be read.
    """
    pending = []
    for given in assuming:
        if set(names_in_tree(derivation.read_tree(given, None))) & kinds.keys():
            pending.append(given)
        else:
            _assume(derivation, given)
    for name, kind in kinds.items():
        _declare_function(derivation, name, str(kind))
    for given in pending:
        _assume(derivation, given)


def _is_symbol(kind: str | Symbol) -> bool:
    return isinstance(kind, Symbol) or not (
        {"density", "function", "data", "variable"} & {*kind.split()} or _is_optima(kind)
    )


def _is_variable(kind: str | Symbol) -> bool:
    return isinstance(kind, str) and kind.startswith(_VARIABLE)


def _is_data(kind: str | Symbol) -> bool:
    return isinstance(kind, str) and kind.split()[:1] == ["data"]


def _is_optima(kind: str) -> bool:
    return kind.startswith(("ArgMax(", "ArgMin("))


def _declare(derivation: Derivation, name: str, kind: str | Symbol) -> None:
    """Declare a symbol, a variable, or data."""
    if isinstance(kind, Symbol):
        if kind.name != name:
            raise DerivationError(f"the symbol {kind} is declared under the name {name}")
        if name in CONSTANTS or name in KNOWN_FUNCTIONS:
            raise DerivationError(f"the name {name} has a meaning already; rename the symbol")
        derivation.scope.symbols[name] = kind
    elif kind.startswith(_VARIABLE):
        derivation.variable(name, on=kind.removeprefix(_VARIABLE))
    elif _is_data(kind):
        found = _DATA.fullmatch(kind)
        if found is None:
            raise _unreadable(name, kind)
        derivation.data(
            name, of=found["on"], length=found["length"] or "", counts=found["counts"] or ""
        )
    else:
        derivation.symbols(**{name: kind})


def _declare_function(derivation: Derivation, name: str, kind: str) -> None:
    """Declare a function, densities, or a set of optimal points."""
    if kind == "function":
        derivation.check_fresh(name, None)
        derivation.scope.functions[name] = (FunctionName(name, ("x",), key=name),)
    elif _is_optima(kind):
        derivation.define(name, as_=kind)
    elif (found := _FUNCTION.fullmatch(kind)) is not None:
        if found["formula"] is not None:
            derivation.define(f"{name}({found['of']})", as_=found["formula"].strip())
        else:
            _give_domains(derivation, found["of"])
            derivation.function(name, of=found["of"])
    else:
        for part in kind.split(";"):
            _declare_density(derivation, name, part.strip())


def _declare_density(derivation: Derivation, name: str, kind: str) -> None:
    joint = _JOINT.fullmatch(kind)
    if joint is not None:
        _give_domains(derivation, joint["of"], joint["given"])
        derivation.joint(name, of=joint["of"], given=joint["given"] or "")
        return
    found = _DENSITY.fullmatch(kind)
    if found is None:
        raise _unreadable(name, kind)
    of, given, formula = found["of"], found["given"], found["formula"]
    if given is not None or "," in of or name in derivation.scope.functions:
        if found["on"] is not None or formula is not None:
            raise DerivationError(
                f"`{kind}`: a density of several variables, with something given, or under a letter that"
                " has another, is declared without domain and formula; declare the variables"
            )
        _give_domains(derivation, of, given)
        derivation.density(name, of=of, given=given or "", positive=bool(found["positive"]))
        return
    law = as_ = None
    if formula is not None:
        node = derivation.read_tree(formula.strip(), None)
        named = isinstance(node, Application) and node.function.name in LAWS
        if isinstance(node, Application) and not named and _is_other_law(node, derivation):
            laws = ", ".join(f"`{law.usage}`" for law in LAWS.values())
            raise DerivationError(
                f"`{node.function.name}` is no law; laws are {laws};"
                " another density is given by its formula"
            )
        law, as_ = (formula.strip(), None) if named else (None, formula.strip())
    derivation.density(
        name, of=of, on=found["on"], law=law, as_=as_, positive=bool(found["positive"])
    )


def _is_other_law(node: Application, derivation: Derivation) -> bool:
    """Whether an application is a law of another notation, or one that there is not, and no function."""
    name = node.function.name
    if name in derivation.scope.functions:
        return False
    return name.lower() in _OTHER_LAWS or (name in ("gamma", "Gamma") and len(node.arguments) > 1)


def _give_domains(derivation: Derivation, *lists: str | None) -> None:
    """Let variables of which no domain is said run over the real line."""
    for names in lists:
        for name in names_in(names or ""):
            if name not in derivation.scope.ranges and name not in derivation.scope.symbols:
                derivation.variable(name, on="(-oo, oo)")


def _unreadable(name: str, kind: str) -> DerivationError:
    return DerivationError(f"`{kind}`, said of `{name}`, is no kind; kinds are {USAGE}")


def _assume(derivation: Derivation, given: str) -> None:
    node = derivation.read_tree(given, None)
    scope = derivation.scope
    named = set(names_in_tree(node))
    abstract = named & {*scope.functions, *scope.operators}
    summed = named & {*scope.families} and _SUMS.search(given)
    if isinstance(node, Relation) and node.signs == ("=",) and (abstract or summed):
        derivation.hypothesis(given)
    else:
        derivation.assume(given)
