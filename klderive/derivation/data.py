r"""A derivation as plain data, and a derivation from plain data.

Accepts dictionaries, lists, texts, numbers and booleans, as JSON has them: a name, a title, a source, and the content,
a list of what the author said in order. Each entry is a call of the method that its kind names; `FIELDS` says what it
takes. The idea: what is read is said again to the same methods that a Python file calls, so that the two can mean
nothing different, and every check is the same. A verdict has no place in the data.

Caveats: chains are counted from 0 in the order in which they are opened. Data may come from anywhere: the LaTeX of a
name is read only if it is built of letters, accents and alphabets, for LaTeX commands can read files.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn, cast

from klderive.derivation.chains import Chain, Lemma
from klderive.derivation.model import Derivation
from klderive.derivation.parts import DerivationError, Location, Source, written_at
from klderive.derivation.reason import Reason, reason_from
from klderive.notation import NotationError
from klderive.notation.names import LATEX_LETTERS

Data = Mapping[str, object]


def derivation_data(derivation: Derivation) -> dict[str, object]:
    """The derivation as plain data, from which `derivation_from` makes it again."""
    source = derivation.source
    return {
        "name": derivation.name,
        "title": derivation.title,
        "source": None
        if source is None
        else {"title": source.title, "author": source.author, "place": source.place},
        "content": [{"kind": entry.kind, **entry.fields} for entry in derivation.entries],
    }


def derivation_from(data: object, path: str, line: int = 1, within: str = "") -> Derivation:
    """The derivation that the data describe, each of its lines located at its place in them.

    Args:
        data: what `derivation_data` gives.
        path: the file that the data come from, for messages.
        line: the line of the file.
        within: where the data stand in a greater whole, such as `derivation`.

    Raises:
        DerivationError: if the data describe none; the message names the place.
    """
    at = _Place(path, line, within)
    whole = at.record(data, _WHOLE)
    source = whole.get("source")
    written = None
    if source is not None:
        fields = at.inner("source").record(source, _SOURCE)
        written = Source(**{name: cast(str, text) for name, text in fields.items()})
    name = cast(str, whole["name"])
    if not name.strip():
        at.inner("name").fail("a derivation needs a name")
    derivation = Derivation(name, title=cast(str, whole.get("title", "")), source=written)
    teller = _Teller(derivation)
    for position, entry in enumerate(cast(list[object], whole["content"])):
        teller.say(entry, at.inner(f"content[{position}]"))
    return derivation


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in the data."""

    path: str
    line: int
    within: str

    def inner(self, name: str) -> _Place:
        """A place in this one."""
        return _Place(self.path, self.line, f"{self.within}.{name}" if self.within else name)

    def fail(self, problem: str) -> NoReturn:
        """Refuse what stands here."""
        raise DerivationError(problem, self.location)

    @property
    def location(self) -> Location:
        """The place as lines and errors carry it."""
        return Location(self.path, self.line, self.within)

    def record(self, data: object, fields: Mapping[str, Field]) -> dict[str, object]:
        """An object with these fields, each of its type."""
        if not isinstance(data, dict):
            self.fail(f"{_a(data)} stands where an object is expected")
        for name in data:
            if name not in fields:
                near = difflib.get_close_matches(str(name)[:80], fields, n=1)
                known = f"did you mean `{near[0]}`?" if near else f"there is {', '.join(fields)}"
                self.fail(f"the field `{str(name)[:80]}` is unknown; {known}")
        for name, field in fields.items():
            if name in data:
                field.check(data[name], self.inner(name))
            elif field.required:
                self.fail(f"the field `{name}` is missing")
        return data


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an entry: what it is called in a message, the check of its type, whether it must stand."""

    words: str
    fits: Callable[[object], bool]
    required: bool = False

    def check(self, value: object, at: _Place) -> None:
        """Refuse a value of another type."""
        if not self.fits(value):
            at.fail(f"{_a(value)} stands where {self.words} is expected")


def _a(value: object) -> str:
    """What a value is, for a message."""
    names = {dict: "an object", list: "a list", str: "a text", bool: "a truth value"}
    return "nothing" if value is None else names.get(type(value), "a number")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_label(value: object) -> bool:
    return isinstance(value, str) and len(value.splitlines()) <= 1


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_place(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_table(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


def _is_source(value: object) -> bool:
    return value is None or isinstance(value, dict)


_TEXT = Field("a text", _is_text)
_FLAG = Field("a truth value", _is_flag)
_TEXTS = Field("a list of texts", _are_texts)
_NEEDED = Field("a text", _is_text, required=True)
# A name that goes on in another line could look like another derivation's verdict in a report.
_LABEL = Field("a text of one line", _is_label)
_NAME = Field("a text of one line", _is_label, required=True)
_TABLE = Field("an object of texts", _is_table, required=True)
_CHAIN = Field("the number of a chain", _is_place, required=True)
_LIST = Field("a list", _is_list)

_SOURCE = {"title": _NEEDED, "author": _NEEDED, "place": _NEEDED}
_WHOLE = {
    "name": _NAME,
    "title": _LABEL,
    "source": Field("an object or nothing", _is_source),
    "content": Field("a list", _is_list, required=True),
}
_REASON = {"kind": _NEEDED, "name": _TEXT, "words": _TEXT}
_PREMISE = {"name": _NEEDED, "statement": _TEXT, "conditions": _TEXTS, "source": _TEXT}

FIELDS: Mapping[str, Mapping[str, Field]] = {
    "symbols": {"kinds": _TABLE},
    "style": {"name": _NEEDED, "unicode": _LABEL, "latex": _TEXT},
    "variable": {"name": _NEEDED, "on": _NEEDED},
    "function": {"name": _NEEDED, "of": _NEEDED, "implied": _FLAG},
    "data": {"name": _NEEDED, "of": _TEXT, "length": _TEXT, "counts": _TEXT},
    "density": {
        **{"name": _NEEDED, "of": _NEEDED, "given": _TEXT, "on": _TEXT, "law": _TEXT},
        **{"as": _TEXT, "positive": _FLAG, "implied": _FLAG, "number": _LABEL},
    },
    "joint": {"name": _NEEDED, "of": _NEEDED, "given": _TEXT},
    "define": {"name": _NEEDED, "as": _NEEDED, "number": _LABEL},
    "assume": {"relation": _NEEDED},
    "axiom": {**_PREMISE, "over": _TEXT, "to": _TEXT},
    "hypothesis": _PREMISE,
    "section": {"title": _NAME},
    "lemma": {"name": _NAME, "title": _LABEL},
    "chain": {"first": _NEEDED, "lemma": _TEXT, "remark": _FLAG},
    "at": {"chain": _CHAIN, "values": _TABLE},
    "line": {
        **{"chain": _CHAIN, "relation": _NEEDED, "right": _NEEDED, "over": _TEXTS, "to": _TEXT},
        **{"reasons": _LIST, "number": _LABEL, "note": _TEXT, "erratum": _TEXT},
        **{"corrects": _TEXT, "restate": _FLAG},
    },
}
"""The kinds of entries with their fields."""

_RENAMED = {"as": "as_"}
"""Words of Python that are no names of arguments."""


class _Teller:
    """Says entries to a derivation; it keeps the chains and lemmas that later entries speak of."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation
        self.chains: list[Chain] = []
        self.lemmas: dict[str, Lemma] = {}

    def say(self, entry: object, at: _Place) -> None:
        """Say one entry."""
        if not isinstance(entry, dict):
            at.fail(f"{_a(entry)} stands where an object is expected")
        kind = entry.get("kind")
        if not isinstance(kind, str) or kind not in FIELDS:
            at.inner("kind").fail(f"an entry has one of the kinds {', '.join(FIELDS)}")
        given = {name: value for name, value in entry.items() if name != "kind"}
        fields = at.record(given, FIELDS[kind])
        with written_at(at.location):
            try:
                self._said(kind, fields, at)
            except NotationError as error:
                at.fail(str(error))

    def _said(self, kind: str, fields: dict[str, object], at: _Place) -> None:
        derivation = self.derivation
        match kind:
            case "symbols":
                derivation.symbols(**cast(dict[str, str], fields["kinds"]))
            case "style":
                _check_latex(cast(str, fields.get("latex", "")), at.inner("latex"))
                derivation.style(**cast(dict[str, str], fields))
            case "lemma":
                lemma = derivation.lemma(**cast(dict[str, str], fields))
                self.lemmas[lemma.name] = lemma
            case "chain":
                self.chains.append(self._opened(fields, at))
            case "at":
                values = cast(dict[str, str], fields["values"])
                self.chains.append(self._chain(fields, at).at(**values))
            case "line":
                self._line(fields, at)
            case _:
                named = {_RENAMED.get(name, name): value for name, value in fields.items()}
                getattr(derivation, kind)(**named)

    def _opened(self, fields: dict[str, object], at: _Place) -> Chain:
        first, remark = cast(str, fields["first"]), cast(bool, fields.get("remark", False))
        if "lemma" not in fields:
            return self.derivation.chain(first, remark=remark)
        lemma = self.lemmas.get(cast(str, fields["lemma"]))
        if lemma is None:
            at.inner("lemma").fail(f"there is no lemma `{fields['lemma']}` before")
        return lemma.chain(first, remark=remark)

    def _chain(self, fields: dict[str, object], at: _Place) -> Chain:
        place = cast(int, fields["chain"])
        if place >= len(self.chains):
            at.inner("chain").fail(f"there are only {len(self.chains)} chains before")
        return self.chains[place]

    def _line(self, fields: dict[str, object], at: _Place) -> None:
        chain = self._chain(fields, at)
        right = cast(str, fields["right"])
        reasons = [
            _reason(reason, at.inner(f"reasons[{position}]"))
            for position, reason in enumerate(cast(list[object], fields.get("reasons", [])))
        ]
        options = {
            name: cast(str, fields[name])
            for name in ("number", "note", "erratum", "corrects", "restate")
            if name in fields
        }
        over = cast(list[str], fields.get("over", []))
        relation = cast(str, fields["relation"])
        speaks = relation in ("->", "up to", "proportional")
        for name, stands in (("over", speaks), ("to", relation == "->")):
            if (name in fields) != stands:
                at.fail(
                    f"`{name}` {'is missing with' if stands else 'does not go with'} `{relation}`"
                )
        match relation:
            case "->":
                if len(over) != 1:
                    at.inner("over").fail("one symbol tends, not several")
                chain.tends(right, over[0], cast(str, fields["to"]), *reasons, **options)
            case "up to":
                chain.up_to(right, ", ".join(over), *reasons, **options)
            case "proportional":
                chain.proportional(right, ", ".join(over), *reasons, **options)
            case "=" | "!=" | "<=" | ">=" | "<" | ">" | "~":
                _SAYS[relation](chain, right, *reasons, **options)
            case _:
                at.inner("relation").fail(f"`{relation[:80]}` is no relation")


_SAYS: dict[str, Callable[..., Chain]] = {
    "=": Chain.eq,
    "!=": Chain.ne,
    "<=": Chain.le,
    ">=": Chain.ge,
    "<": Chain.lt,
    ">": Chain.gt,
    "~": Chain.approx,
}


def _reason(data: object, at: _Place) -> Reason:
    fields = cast(dict[str, str], at.record(data, _REASON))
    try:
        return reason_from(**fields)
    except ValueError as error:
        at.fail(str(error))


_LATEX = re.compile(r"\\[A-Za-z]+|[A-Za-z0-9 ,.*+()'-]|[{}^_]")
_COMMANDS = frozenset(
    (
        *LATEX_LETTERS.values(),
        *("\\mathbf", "\\mathrm", "\\mathit", "\\mathsf", "\\mathcal", "\\mathbb", "\\mathfrak"),
        *("\\boldsymbol", "\\hat", "\\tilde", "\\bar", "\\vec", "\\dot", "\\ddot", "\\check"),
        *("\\breve", "\\overline", "\\underline", "\\widehat", "\\widetilde", "\\epsilon"),
        *("\\vartheta", "\\varphi", "\\varrho", "\\varsigma", "\\prime", "\\ast", "\\star"),
        *("\\dagger", "\\circ", "\\infty", "\\perp"),
    )
)
"""What the LaTeX of a name may be built of, beside letters, digits and indices."""


def _check_latex(latex: str, at: _Place) -> None:
    """Refuse what is more than the notation of a name; `^^5c` would be a backslash."""
    for mark in ("^^", "__"):
        if mark in latex:
            at.fail(f"`{mark}` stands in the LaTeX of a name: a sign twice")
    depth, position = 0, 0
    while position < len(latex):
        token = _LATEX.match(latex, position)
        if token is None or (token[0][0] == "\\" and token[0] not in _COMMANDS):
            shown = token[0] if token else latex[position]
            at.fail(f"`{shown[:40]}` cannot stand in the LaTeX of a name")
        depth += {"{": 1, "}": -1}.get(token[0], 0)
        if depth < 0:
            break
        position = token.end()
    if depth:
        at.fail("the braces in the LaTeX of a name do not match")
