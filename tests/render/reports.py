"""Reports that the formats are tried on: every shipped derivation, and one whose every word is hostile."""

from __future__ import annotations

from functools import cache

from klderive.derivation import Derivation, Source, by
from klderive.library import catalogue, load_all
from klderive.verify import Report, verify

SHIPPED = [entry.name for entry in catalogue() if entry.package == "klderive"]
BAD = "<script>alert('x')</script> & \"q\" $x$ `y` *z* \\ ]] \ue0000\ue001 \ue00099\ue001"


@cache
def shipped(name: str) -> Report:
    """The report on a shipped derivation."""
    [derivation] = load_all(name)
    return verify(derivation)


@cache
def hostile() -> Report:
    """A derivation in which every text is out to be taken for markup, and lines fail in every way."""
    source = Source(BAD, author=BAD, place='"><img src=http://example.org/x>')
    d = Derivation("../<b>x", title=BAD, source=source)
    d.symbols(a="real", b="real")
    d.style("b", unicode="<i>b</i>", latex="b")
    d.axiom("b & *larger*", "b is large & _so_ on", conditions=["the <u>data</u> fit"], source=BAD)
    d.section(BAD)
    c = d.chain("(a + b)**2")
    c.eq("a**2 + b**2", by.algebra, erratum=BAD, number="<1>")
    c.eq("a**2 + 2*a*b + b**2", by.algebra, corrects="<1>", number='"2"', note=BAD)
    c.eq("a**2", by.algebra, number="<1>&")
    lemma = d.lemma("<L>", title=BAD)
    lemma.chain("log(exp(a))").eq("a", by.algebra, number="<L>.1")
    d.chain("a").le("b", by.axiom("b & *larger*"))
    d.chain("a").eq("b", by.lemma("<L>"), number="T")
    return verify(d)
