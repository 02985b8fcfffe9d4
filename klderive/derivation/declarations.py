"""Declarations: symbols, variables, data, densities, definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from sympy import (
    Integer,
    Symbol,
    Tuple,
    oo,
)
from sympy.core.facts import InconsistentAssumptions

from klderive.derivation.parts import (
    DerivationError,
    Formula,
    Line,
    Location,
    author_location,
)
from klderive.derivation.reading import Reading
from klderive.derivation.record import recorded
from klderive.kernel import Allowed
from klderive.notation import (
    NotationError,
    to_text,
)
from klderive.notation.nodes import Optimum
from klderive.notation.scope import FunctionName, NameStyle, function_key
from klderive.notation.translation import undefined_function
from klderive.notation.tree import (
    Application,
    BigOperator,
    Name,
    Relation,
)
from klderive.probability import (
    Density,
    declare_density,
    distribution_of,
    further_joint_facts,
    joint_facts,
    limits_of,
    recognised,
)
from klderive.refute import Search
from klderive.statement import (
    Context,
    Fact,
    FamilyDeclaration,
    FunctionDeclaration,
    FunctionSign,
    Statement,
)
from klderive.theories import full_kernel


class Declarations(Reading):
    """Adds what an author declares."""

    @recorded
    def symbols(self, /, **kinds: str) -> None:
        """Declare symbols, each with its kind: `mu="real", sigma="positive", n="positive integer"`.

        Kinds are combinations of SymPy's assumptions: real, positive, nonnegative, negative, nonpositive, nonzero,
        integer, even, odd, prime, rational.

        Raises:
            DerivationError: if a name is taken or a kind is unknown.
        """
        location = author_location()
        for name, kind in kinds.items():
            self.check_fresh(name, location)
            try:
                self.scope.symbols[name] = Symbol(name, **_assumptions(kind, location))
            except InconsistentAssumptions:
                raise DerivationError(f"nothing is `{kind}`", location) from None

    @recorded
    def style(self, name: str, *, unicode: str | None = None, latex: str | None = None) -> None:
        """Say how a name is printed where the printers' own choice is not wanted."""
        self.scope.styles[name] = NameStyle(unicode=unicode, latex=latex)

    @recorded
    def variable(self, name: str, *, on: str) -> None:
        """Declare the domain of a variable, over which it runs where it is bound without bounds.

        `on` is an interval such as `(0, oo)`; consecutive integers, such as `{0, 1}`, `{1, ..., K}` or `{0, 1, ...}`;
        or the name of a finite set, which it declares.

        Raises:
            DerivationError: if the domain cannot be read, is another than before, or may be empty.
        """
        location = author_location()
        limits = self.declare_range(name, on, location)
        if len(limits) == 4:
            self._check_ordered(limits, location)

    @recorded
    def function(self, name: str, *, of: str, implied: bool = False) -> None:
        """Declare a function of which nothing is known but its domain, such as a random variable `X(i, omega)`.

        Args:
            name: its name.
            of: its arguments, such as `i, omega`: variables with declared domains, or symbols.
            implied: whether print leaves out the arguments.

        Raises:
            DerivationError: if a name is taken, or an argument has no domain.
        """
        location = author_location()
        self.check_fresh(name, location)
        arguments = names_in(of)
        limits = tuple(self._parameter(argument, location) for argument in arguments)
        self.scope.functions[name] = (
            FunctionName(name, tuple(arguments), key=name, implied=implied),
        )
        self.functions[name] = FunctionDeclaration(
            key=name, parameters=tuple(bounds[0] for bounds in limits), limits=limits
        )

    @recorded
    def data(self, name: str, *, of: str | None = None, length: str = "", counts: str = "") -> None:
        """Declare an indexed family of reals, such as data `x[i]` or scores `s[k]`.

        Args:
            name: its name.
            of: the domain of each member, as `variable` reads it, or an interval with its ends, such as `[0, oo)`; any
                real, if left out.
            length: the symbol, a positive integer, that says how many data are counted.
            counts: for data in few integers, the symbols that say how many of the first `length` data are each of
                them, such as `n_0, n_1` for data in `{0, 1}`; they are declared, and assumed to sum to the length.

        Raises:
            DerivationError: if a name is taken, a domain cannot be read or may be empty, or counts do not fit it.
        """
        location = author_location()
        self.check_fresh(name, location)
        limits, belongs = None, (False, False)
        if of is not None:
            where, belongs = self.range_with_ends(of, location, name)
            limits = limits_of(name, where)
            self._check_ordered(limits, location)
        family = FamilyDeclaration(name, limits, _sign_in(limits, belongs[0]), belongs=belongs)
        if length or counts:
            family = self._counted(family, length, names_in(counts), location)
        self.scope.families[name] = 1
        self.families[name] = family

    def _counted(
        self,
        family: FamilyDeclaration,
        length: str,
        counts: Sequence[str],
        location: Location | None,
    ) -> FamilyDeclaration:
        """A family with counts of its values, which sum to its length."""
        limits, whole = family.limits, self.scope.symbols.get(length)
        if whole is None or not (whole.is_integer and whole.is_positive):
            raise DerivationError(
                f"the length `{length}` of data is not a declared positive integer", location
            )
        if limits is None or len(limits) != 4 or not limits[2].is_Integer:
            raise DerivationError(
                f"only data in explicit integers, such as {{0, 1}}, are counted; of `{family.name}`, "
                "leave out the length: lines name it, such as Sum(x[i], (i, 1, N))",
                location,
            )
        if len(set(counts)) != len(counts) or len(counts) != limits[2] - limits[1] + 1:
            raise DerivationError(
                f"`{family.name}` takes {limits[2] - limits[1] + 1} values,"
                f" each with its own count, not {len(counts)}",
                location,
            )
        for count in counts:
            known = self.scope.symbols.get(count)
            if known is None:
                self.check_fresh(count, location)
                self.scope.symbols[count] = Symbol(count, real=True, nonnegative=True, integer=True)
            elif known == whole or not (known.is_integer and known.is_nonnegative):
                raise DerivationError(
                    f"the count `{count}` is declared, but not as a nonnegative integer", location
                )
        node = self.read_tree(f"{' + '.join(counts)} = {length}", location)
        assert isinstance(node, Relation)
        left, right = (self.translate(side, location) for side in node.sides)
        self.givens.append((node, Statement(left, "=", right)))
        name = f"counts of {family.name}"
        # The counts are those of given data: they and the length do not vary on their own.
        self.facts[name] = Fact(
            name, left, right, "data", restricts=frozenset({length, *counts, family.name})
        )
        return replace(
            family,
            values=tuple(range(int(limits[1]), int(limits[2]) + 1)),
            counts=tuple(self.scope.symbols[count] for count in counts),
            length=whole,
        )

    @recorded
    def density(
        self,
        name: str,
        *,
        of: str,
        given: str = "",
        on: str | None = None,
        law: str | None = None,
        as_: Formula | None = None,
        positive: bool = False,
        implied: bool = False,
        number: str = "",
    ) -> Density:
        """Declare a density, or a probability mass function over a finite set.

        Args:
            name: its name, such as `P_gt`.
            of: its variable, such as `x`, or variables with declared domains, such as `y, x`.
            given: what is given, such as `x, w` for `p(y | x, w)`: variables with declared domains, or symbols; the
                density is normalised for all their values. The same letter may stand for several densities, told
                apart by their variables.
            on: the variable's domain, as `variable` reads it; if left out, the one declared, the support of the law, or
                the real line.
            law: a known distribution with its parameters, such as `normal(mu, sigma)`; its moments become cited
                facts.
            as_: the definition, which becomes a line of the derivation.
            positive: whether an abstract density is positive on all of its domain.
            implied: whether print leaves out the argument.
            number: the definition's number in the document.

        Raises:
            DerivationError: if a name is taken, a domain or law cannot be read, or the definition is circular.
        """
        location = author_location()
        if given or "," in of or name in self._letters:
            if law is not None or as_ is not None or on is not None:
                raise DerivationError(
                    "a density of several variables, or with something given, has no law here",
                    location,
                )
            return self._family(name, of, given, positive, implied, location)
        self.check_fresh(name, location)
        law_node = self.read_tree(law, location) if law is not None else None
        try:
            distribution = None
            if law_node is not None:
                distribution = distribution_of(law_node, self.scope, self._established)
            domain = on or (distribution.support if distribution else "(-oo, oo)")
        except NotationError as error:
            raise DerivationError(str(error), location) from None
        if distribution is not None:
            if on is not None and self.range_of(on, location) != self.range_of(
                distribution.support, location
            ):
                raise DerivationError(
                    f"the support of this law is {distribution.support}, not {on}", location
                )
            free = {str(s) for p in distribution.parameters for s in p.free_symbols}
            bound = {str(s) for p in distribution.parameters for s in p.atoms(Symbol)} - free
            if free & {of, *self.scope.ranges} or of in bound:
                raise DerivationError("a parameter of the law is a bound variable", location)
        if on is None and distribution is None and of in self.scope.ranges:
            limits = limits_of(of, self.scope.ranges[of])
        else:
            limits = self.declare_range(of, domain, location)
        self._check_ordered(limits, location)
        self._letters.add(name)
        self.scope.functions[name] = (FunctionName(name, (of,), key=name, implied=implied),)
        head = Application(Name(name), (Name(of),))
        if as_ is not None and distribution is None:
            inner = self.inner_scope(head)
            distribution = recognised(self.translate_in(as_, inner, location), limits)
        sign: FunctionSign = "positive" if positive or distribution else "nonnegative"
        density = declare_density(name, (limits,), sign=sign, distribution=distribution)
        self.densities[name] = density
        self.functions[name] = density.declaration
        self.facts.update({fact.name: fact for fact in density.facts})
        if as_ is not None:
            self.define_function(head, as_, number, location)
        return density

    @recorded
    def joint(self, name: str, *, of: str, given: str = "") -> None:
        """Declare the densities of two variables under one letter: joint, both conditionals, both marginals.

        With `of="x, z"` these are p(x, z), p(x | z), p(z | x), p(x) and p(z), with the product rule, Bayes' rule,
        marginalisation and what follows from them as facts. `given` is given to all of them.

        Raises:
            DerivationError: if there are not two variables with declared domains.
        """
        location = author_location()
        a, b = (*names_in(of), "", "")[:2]
        if len(names_in(of)) != 2:
            raise DerivationError(f"`{of}` is not two variables such as `x, z`", location)
        for first, second in ((a, b), (b, a)):
            self._family(
                name, first, ", ".join(n for n in (second, given) if n), False, False, location
            )
        for variables in (f"{a}, {b}", a, b):
            self._family(name, variables, given, False, False, location)
        groups = [(self._parameter(a, location),), (self._parameter(b, location),)]
        others = tuple(self._parameter(n, location) for n in names_in(given))
        ties: list[Fact] = []
        for mirrored, order in ((False, groups), (True, groups[::-1])):
            tied = joint_facts(name, order[0], order[1], others, mirrored=mirrored)
            ties += tied
            further = further_joint_facts(name, order[0], order[1], others, mirrored=mirrored)
            self.facts.update({fact.name: fact for fact in (*tied, *further)})
        # A model of any of them must satisfy what ties them together.
        for form in self.scope.functions[name]:
            declared = self.functions[form.key]
            self.functions[form.key] = replace(declared, facts=(*declared.facts, *ties))

    @recorded
    def define(self, name: Formula, as_: Formula, *, number: str = "") -> None:
        """Add a definition as a line: of a function (`d(A, B)`), of an operator, as a reminder (`KL(P, Q)`), or a name.

        The definition of a function declares it, with its arguments as parameters. The definition of an operator that
        klderive has must be the one that it has. A bare name, such as `theta_MLE`, stands for a set of optimal points:
        an `ArgMin` or `ArgMax`.
        """
        location = author_location()
        node = self.read_tree(name, location)
        if isinstance(node, Name):
            self._name_optima(node, as_, number, location)
            return
        if not isinstance(node, Application | BigOperator):
            raise DerivationError(
                f"`{to_text(node)}` cannot be defined: write a function with its arguments",
                location,
            )
        if isinstance(node, BigOperator) or node.function.name in self.scope.operators:
            line = self.definition_line(node, *self.read(as_, location), number, location)
            self.append(line)
            return
        if node.function.name not in self.scope.functions:
            self._declare_function(node, location)
        self.define_function(node, as_, number, location)

    def _name_optima(
        self, node: Name, as_: Formula, number: str, location: Location | None
    ) -> None:
        """Let a name stand for a set of optimal points."""
        body, optima = self.read(as_, location)
        if not isinstance(optima, Optimum):
            raise DerivationError(
                f"`{node.name}` cannot be defined: a bare name stands for a set of optimal points,"
                " ArgMin(...) or ArgMax(...); a function is written with its arguments",
                location,
            )
        self.check_fresh(node.name, location)
        if node.name in self.scope.ranges or node.name in self.scope.families:
            raise DerivationError(f"the name `{node.name}` is taken", location)
        symbol = self.scope.optima[node.name] = Symbol(node.name)
        self.optima[symbol] = optima
        self.append(self.definition_line(node, body, optima, number, location))

    def _family(
        self,
        name: str,
        of: str,
        given: str,
        positive: bool,
        implied: bool,
        location: Location | None,
    ) -> Density:
        """One of the densities that share a letter."""
        if name not in self._letters:
            self.check_fresh(name, location)
            self._letters.add(name)
        variables, others = names_in(of), names_in(given)
        key = function_key(name, variables, others)
        same = (tuple(variables), tuple(others))
        if any((f.parameters, f.given) == same for f in self.scope.functions.get(name, ())):
            raise DerivationError(f"the name `{name}` is taken: {key} is declared", location)
        for variable in variables:
            if variable not in self.scope.ranges:
                raise DerivationError(
                    f'`{variable}` has no domain: declare it with d.variable("{variable}", on=...)',
                    location,
                )
        if len({*variables, *others}) < len(variables) + len(others):
            raise DerivationError(f"{key} names a variable twice", location)
        for variable in variables:
            self._check_ordered(self._parameter(variable, location), location)
        form = FunctionName(name, tuple(variables), tuple(others), key=key, implied=implied)
        self.scope.functions[name] = (*self.scope.functions.get(name, ()), form)
        density = declare_density(
            key,
            [self._parameter(n, location) for n in variables],
            given=[self._parameter(n, location) for n in others],
            sign="positive" if positive else "nonnegative",
        )
        self.densities[key] = density
        self.functions[key] = density.declaration
        self.facts.update({fact.name: fact for fact in density.facts})
        return density

    def _check_ordered(self, limits: Tuple, location: Location | None) -> None:
        """A density lives on a domain that is not empty: its ends must be proved to be in order."""
        if len(limits) == 2 or limits[1] == -oo or limits[2] == oo:
            return
        sign: Literal["<", "<="] = "<=" if len(limits) == 4 else "<"
        if not self._established(Statement(limits[1], sign, limits[2])):
            raise DerivationError(
                f"it is not established that {limits[1]} {sign} {limits[2]}, the ends of a domain;"
                " assume it before",
                location,
            )

    def _established(self, statement: Statement) -> bool:
        """Whether the kernel proves a relation from what is assumed; the search sees to it that this can hold."""
        # The definitions are not judged yet: each use of one must establish that it is defined.
        functions = {
            name: declared
            if declared.definition is None
            else replace(declared, sign="unknown", facts=(), total=False, bounded=False)
            for name, declared in self.functions.items()
        }
        givens = tuple(given for _, given in self.givens)
        kernel = full_kernel(Context(givens, functions, families=self.families), Search())
        verdict = kernel.judge(statement, Allowed(definitions=None))
        return verdict.status == "proved" and not verdict.conditions

    def _parameter(self, name: str, location: Location | None) -> Tuple:
        """The domain of a variable, or of a symbol that may be any real."""
        if name in self.scope.ranges:
            return limits_of(name, self.scope.ranges[name])
        if name in self.scope.symbols:
            return Tuple(self.scope.symbols[name], -oo, oo)
        raise DerivationError(f"`{name}` is neither a variable nor a symbol", location)

    def _declare_function(self, node: Application, location: Location | None) -> None:
        name = node.function.name
        self.check_fresh(name, location)
        names = []
        for argument in (*node.arguments, *node.given):
            if not isinstance(argument, Name):
                raise DerivationError(
                    f"`{to_text(node)}` cannot be defined: its arguments must be names", location
                )
            names.append(argument.name)
        of_functions = [argument in self.scope.functions for argument in names]
        if any(of_functions) and not all(of_functions):
            raise DerivationError(
                f"`{to_text(node)}` mixes names of functions and parameters", location
            )
        self.scope.functions[name] = (
            FunctionName(
                name,
                tuple(names[: len(node.arguments)]),
                tuple(names[len(node.arguments) :]),
                key=name,
                of_functions=any(of_functions),
            ),
        )

    def define_function(
        self, head: Application, as_: Formula, number: str, location: Location | None
    ) -> None:
        """Give a declared function its definition, as a line."""
        name = head.function.name
        known = self.functions.get(name)
        if name in self._defined:
            raise DerivationError(f"{name} is defined already", location)
        self._defined.add(name)
        body = self.read_tree(as_, location)
        inner = self.inner_scope(head)
        expression = self.translate_in(as_, inner, location)
        if name in self.functions_of(expression):
            raise DerivationError(f"{name} would be defined by means of itself", location)
        density = self.densities.get(name)
        if density is not None and density.law is None:
            self._withdraw_facts(density)
            known = self.functions[name]
        symbols = tuple(
            inner.symbols[argument.name]
            for argument in (*head.arguments, *head.given)
            if isinstance(argument, Name)
        )
        head_expression = undefined_function(self.scope.functions[name][0].key)(*symbols)
        if known is not None:
            declaration = FunctionDeclaration(
                key=known.key,
                parameters=symbols,
                limits=tuple(
                    Tuple(symbol, *limits[1:])
                    for symbol, limits in zip(symbols, known.limits, strict=True)
                ),
                sign=known.sign,
                definition=expression,
                facts=known.facts,
            )
        else:
            declaration = FunctionDeclaration(
                key=name,
                parameters=symbols,
                limits=tuple(self._domain(symbol) for symbol in symbols),
                definition=expression,
            )
        self.functions[name] = declaration
        for symbol in expression.free_symbols - set(symbols):
            self.scope.reserved.setdefault(symbol.name, name)
        line = Line(
            label=self.next_label(self.part_for(None)),
            left=head,
            sign="=",
            right=body,
            statement=Statement(head_expression, "=", expression),
            first=head,
            start=head,
            opening=True,
            role="definition",
            number=number,
            location=location,
            scope=self.scope,
        )
        self.append(line)

    def _domain(self, parameter: Symbol) -> Tuple:
        """The domain of a defined function's parameter: that of the variable or integer symbol it is named after."""
        known = self.scope.symbols.get(parameter.name)
        if known is not None and known.is_integer and known.is_nonnegative:
            return Tuple(parameter, Integer(1 if known.is_positive else 0), oo, 1)
        if known is None and parameter.name in self.scope.ranges:
            return Tuple(
                parameter, *limits_of(parameter.name, self.scope.ranges[parameter.name])[1:]
            )
        return Tuple(parameter, -oo, oo)

    def _withdraw_facts(self, density: Density) -> None:
        """What is defined by a formula that is no known density is not known to be normalised."""
        for fact in density.facts:
            self.facts.pop(fact.name, None)
        bare = density.without_facts()
        self.densities[density.name] = bare
        self.functions[density.name] = bare.declaration


def names_in(text: str) -> list[str]:
    """The names in a list such as `x, w`."""
    return [name.strip() for name in text.split(",") if name.strip()]


def _sign_in(limits: Tuple | None, belongs: bool) -> FunctionSign:
    """The sign of everything in a domain, as far as its lower end is a number, which may belong to it."""
    if limits is None or len(limits) == 2 or not limits[1].is_Rational or limits[1] < 0:
        return "unknown"
    if len(limits) == 4 or belongs:
        return "positive" if limits[1] > 0 else "nonnegative"
    return "positive"


_KINDS = (
    "real",
    "positive",
    "nonnegative",
    "negative",
    "nonpositive",
    "nonzero",
    "integer",
    "even",
    "odd",
    "prime",
    "rational",
)


_INTERVAL = "declare it `real`, and assume its interval, such as `0 < theta < 1`"
_DENSITY = "a density is declared by its variable, such as `density of x`"
_OTHER_KINDS = {
    **dict.fromkeys(("", "in", "probability", "between", "proportion", "interval"), _INTERVAL),
    **dict.fromkeys(
        ("natural", "whole", "count", "index"), "write `positive integer`, or `nonnegative integer`"
    ),
    **dict.fromkeys(("int", "integers"), "write `integer`"),
    **dict.fromkeys(
        ("float", "number", "scalar", "constant", "reals", "parameter"), "write `real`"
    ),
    **dict.fromkeys(("complex", "imaginary"), "numbers are real here"),
    **dict.fromkeys(("vector", "matrix"), "a symbol is a number; a family of numbers is `data`"),
    **dict.fromkeys(("non-negative", "non_negative"), "write `nonnegative`"),
    **dict.fromkeys(("pdf", "pmf", "distribution", "law", "probability density", "mass"), _DENSITY),
    **dict.fromkeys(_KINDS, "words are separated by blanks, such as `positive integer`"),
}
"""What to write for kinds of symbols that there are not."""


def _assumptions(kind: str, location: Location | None) -> Mapping[str, bool]:
    words = kind.split()
    for word in words:
        if word not in _KINDS:
            plain = word.strip("(),0123456789[]<>=.").lower()
            meant = _OTHER_KINDS.get(plain, f"kinds are {', '.join(_KINDS)}")
            raise DerivationError(f"`{word}` is not a kind of symbol; {meant}", location)
    return {"real": True, **dict.fromkeys(words, True)}
