"""Points in plain text: the values of symbols, the elements of sets, the data, the models of functions.

Accepts a point. A density that is a normal or exponential law is named as a law, `normal(0, 1)` with its mean and its
deviation, `exponential(2)` with its rate; any other formula is printed as a formula.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import zip_longest

from flint import fmpq

from klderive.certificates.gaussian_integrals import law_of
from klderive.certificates.models import Formula, Model, Point, StepFunction, Table
from klderive.certificates.real_arithmetic import power
from klderive.notation.scope import form_of_key


def point_texts(point: Point, implied: Collection[str] = ()) -> list[str]:
    """A point in plain text, one thing a line, sorted by name, but for the names that are implied."""
    values = {str(s): v for s, v in point.values.items() if str(s) not in implied}
    sets = {str(s): e for s, e in point.sets.items() if str(s) not in implied}
    lines = [f"{name} = {values[name]}" for name in sorted(values)]
    lines += [f"{over} = {{{', '.join(map(str, sets[over]))}}}" for over in sorted(sets)]
    for name in sorted(set(point.families) - set(implied)):
        members = [f"{name}[{place}] = {v}" for place, v in enumerate(point.families[name], 1)]
        lines.append(f"{', '.join(members)}, repeating")
    functions = sorted(set(point.functions) - set(implied))
    shapes = Counter(_shape(name) for name in functions)
    lines += [
        _model_text(name, point.functions[name], named=shapes[_shape(name)] > 1)
        for name in functions
    ]
    return lines


def _shape(name: str) -> tuple[str, int, int]:
    """What a value of a function shows of it: p(x | w) and p(y | w) are both p(0 | 1) somewhere."""
    form = form_of_key(name)
    return (name, 0, 0) if form is None else (form.name, len(form.parameters), len(form.given))


def _model_text(name: str, model: Model, *, named: bool) -> str:
    """A model in plain text; in a table that is `named` with the names of the arguments: `p(x = 0 | w = 1)`."""
    if isinstance(model, StepFunction):
        cells = [f"{height} on [{left}, {right})" for left, right, height in model.cells()]
        which = f"; depends on argument {model.place + 1} only" if model.arguments > 1 else ""
        return f"{name}: " + ", ".join(cells) + ", 0 elsewhere" + which
    if isinstance(model, Table):
        form = form_of_key(name)
        names = [*form.parameters, *form.given] if form is not None and named else []
        lead = [f"{n} = " for n in names]
        return ", ".join(
            f"{_applied(name, [a + str(b) for a, b in zip_longest(lead, key, fillvalue='')])}"
            f" = {value}"
            for key, value in sorted(model.entries.items())
        )
    form = form_of_key(name)
    own = len(model.parameters) if form is None else len(form.parameters)
    law = law_text(model) if own == 1 else ""
    return f"{_applied(name, list(map(str, model.parameters)))} = {law or model.expression}"


def law_text(model: Formula) -> str:
    """The law of the first parameter, given the others, that a formula is the density of; empty if none is known."""
    law = law_of(model)
    if law is None:
        return ""
    if law.name == "exponential":
        return f"exponential({law.parameter})"
    deviation = power(law.parameter, fmpq(1, 2))
    return f"normal({law.mean}, {deviation if isinstance(deviation, fmpq) else f'sqrt({law.parameter})'})"


def _applied(name: str, arguments: Sequence[str]) -> str:
    """A function at a point, as it is typed: `p(0 | 1, 0)`."""
    form = form_of_key(name)
    own = len(form.parameters) if form is not None and form.given else len(arguments)
    groups = (arguments[:own], arguments[own:])
    inner = " | ".join(", ".join(group) for group in groups if group)
    return f"{name if form is None else form.name}({inner})"
