"""Sets a name as Unicode, ASCII or LaTeX.

Accepts identifiers: a base, then subscripts separated by underscores. The idea: a Greek word becomes its letter, a
subscript stays as typed (upright in LaTeX if it is a word), and the last parts `hat`, `tilde`, `bar`, `star` and
`prime` become accents. A `NameStyle` in the scope overrules all of this.
"""

from __future__ import annotations

import re
from functools import lru_cache

from klderive.notation.scope import Scope

GREEK = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε",
    "zeta": "ζ",
    "eta": "η",
    "theta": "θ",
    "iota": "ι",
    "kappa": "κ",
    "lambda": "λ",
    "mu": "μ",
    "nu": "ν",
    "xi": "ξ",
    "pi": "π",
    "rho": "ρ",
    "sigma": "σ",
    "tau": "τ",
    "upsilon": "υ",
    "phi": "φ",
    "chi": "χ",
    "psi": "ψ",
    "omega": "ω",
    "Gamma": "Γ",
    "Delta": "Δ",
    "Theta": "Θ",
    "Lambda": "Λ",
    "Xi": "Ξ",
    "Pi": "Π",
    "Sigma": "Σ",
    "Phi": "Φ",
    "Psi": "Ψ",
    "Omega": "Ω",
}
"""Greek letters by their names; their LaTeX commands are the same names."""

LATEX_LETTERS = {**{name: f"\\{name}" for name in GREEK}, "epsilon": "\\varepsilon", "ell": "\\ell"}
UNICODE_LETTERS = {**GREEK, "ell": "ℓ"}
UNICODE_ACCENTS = {"hat": "\u0302", "tilde": "\u0303", "bar": "\u0304", "star": "*", "prime": "′"}
LATEX_ACCENTS = {"hat": "\\hat", "tilde": "\\tilde", "bar": "\\bar"}
LATEX_MARKS = {"star": "*", "prime": "\\prime"}
CONSTANTS_UNICODE = {"oo": "∞"}
CONSTANTS_LATEX = {"oo": "\\infty"}

_TRAILING_DIGITS = re.compile(r"([A-Za-z]+)(\d+)")


@lru_cache(maxsize=4096)
def _parts(name: str) -> tuple[str, tuple[str, ...], str]:
    """The base of a name, its subscripts, and its accent or an empty text."""
    base, *subscripts = name.split("_")
    accent = ""
    if subscripts and subscripts[-1] in UNICODE_ACCENTS:
        accent = subscripts.pop()
    return base, tuple(subscripts), accent


def set_parts(name: str) -> tuple[str, tuple[str, ...], str]:
    """The parts of a name where subscripts can be set: digits after a letter are one, as in `n0`."""
    base, subscripts, accent = _parts(name)
    digits = _TRAILING_DIGITS.fullmatch(base)
    if digits and (len(digits[1]) == 1 or digits[1] in LATEX_LETTERS):
        base, subscripts = digits[1], (digits[2], *subscripts)
    return base, tuple(part for part in subscripts if part), accent


def unicode_name(name: str, scope: Scope | None) -> str:
    """A name in Unicode: `sigma_gt` is `σ_gt`."""
    style = scope.styles.get(name) if scope else None
    if style is not None and style.unicode is not None:
        return style.unicode
    return _plain_unicode(name)


@lru_cache(maxsize=4096)
def _plain_unicode(name: str) -> str:
    if name in CONSTANTS_UNICODE:
        return CONSTANTS_UNICODE[name]
    base, subscripts, accent = _parts(name)
    letter = UNICODE_LETTERS.get(base, base)
    if accent in ("hat", "tilde", "bar"):
        letter += UNICODE_ACCENTS[accent]
    shown = "_".join([letter, *(UNICODE_LETTERS.get(part, part) for part in subscripts)])
    return shown + UNICODE_ACCENTS[accent] if accent in ("star", "prime") else shown


def ascii_name(name: str, scope: Scope | None) -> str:
    """A name in ASCII: as typed, unless its style says otherwise."""
    style = scope.styles.get(name) if scope else None
    if style is not None and style.ascii is not None and style.ascii.isascii():
        return style.ascii
    return name


def latex_name(name: str, scope: Scope | None) -> str:
    r"""A name in LaTeX: `sigma_gt` is `\sigma_{\mathrm{gt}}`."""
    style = scope.styles.get(name) if scope else None
    if style is not None and style.latex is not None:
        return style.latex
    return _plain_latex(name)


@lru_cache(maxsize=4096)
def _plain_latex(name: str) -> str:
    if name in CONSTANTS_LATEX:
        return CONSTANTS_LATEX[name]
    base, subscripts, accent = set_parts(name)
    letter = _latex_word(base)
    if accent in LATEX_ACCENTS:
        letter = f"{LATEX_ACCENTS[accent]}{{{letter}}}"
    if subscripts:
        inner = ", ".join(map(_latex_word, subscripts))
        letter += f"_{inner}" if len(inner) == 1 else f"_{{{inner}}}"
    if accent in LATEX_MARKS:
        letter += f"^{{{LATEX_MARKS[accent]}}}"
    return letter


def _latex_word(word: str) -> str:
    """A Greek letter, a single letter or digits as they are, any other word upright."""
    if word in LATEX_LETTERS:
        return LATEX_LETTERS[word]
    return word if len(word) == 1 or word.isdigit() else f"\\mathrm{{{word}}}"
