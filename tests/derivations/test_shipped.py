"""Every shipped derivation is verified, and false lines like those of the documents are refuted."""

from __future__ import annotations

import pytest

from klderive import Derivation, by, prove
from klderive.library import catalogue, load
from klderive.probability import declare_density
from klderive.probability.distributions import LAWS
from klderive.statement import Fact, Statement
from klderive.verify import Report, verify

NAMES = sorted(entry.name for entry in catalogue() if entry.package == "klderive")

EXPECTED = {
    "chebyshev",
    "chebyshev-lln",
    "coin-kl",
    "cross-entropy-mle",
    "elbo",
    "gaussian-l2",
    "gaussian-mle-least-squares",
    "gibbs-inequality",
    "jensen-shannon",
    "kl-cross-entropy",
    "kl-versus-l2",
    "mle-kl",
    "normal-moments",
    "softmax",
    "variance-of-mean",
}

ERRATA = {
    "ce:14": "kl-cross-entropy",
    "ce:15": "kl-cross-entropy",
    "mle:4": "jensen-shannon",
    "mle:11": "chebyshev-lln",
    "mle:13": "mle-kl",
}


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    return {name: verify(load(name)) for name in NAMES}


def test_all_derivations_are_there() -> None:
    assert set(NAMES) >= EXPECTED


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_shipped_derivation_is_verified(name: str, reports: dict[str, Report]) -> None:
    failing = [
        (line.line.label, line.verdict.status, line.verdict.message)
        for line in reports[name].lines()
        if not line.verified
    ]
    assert failing == []
    # A reason that is not needed would be a wrong hint to the reader.
    unused = [(line.line.label, line.verdict.unused) for line in reports[name].lines()]
    assert [entry for entry in unused if entry[1]] == []


def test_the_errata_of_the_documents_are_refuted_and_corrected(reports: dict[str, Report]) -> None:
    found = {}
    for name, report in reports.items():
        for line in report.lines():
            if line.erratum:
                assert line.verdict.counterexample is not None
                assert line.corrected_by
                found[line.line.number] = name
    assert found == ERRATA


def test_only_what_is_named_is_assumed(reports: dict[str, Report]) -> None:
    assumed = {
        line.line.number
        for report in reports.values()
        for line in report.lines()
        if line.verdict.status == "assumed"
    }
    assert assumed == {"ce:9", "ce:18", "mle:9", "mle:12", ""}


def test_every_declared_premise_is_used(reports: dict[str, Report]) -> None:
    for report in reports.values():
        for support in report.supports:
            if support.kind in ("axiom", "hypothesis"):
                assert support.lines, (report.derivation.name, support.text)


def test_the_moments_of_the_normal_law_are_what_is_derived_of_them() -> None:
    derivation = load("normal-moments")
    mu, sigma = (derivation.scope.symbols[name] for name in ("mu", "sigma"))
    law = LAWS["normal"].make(mu, sigma)
    assert law.derived_in == derivation.name
    limits = derivation.functions["f"].limits[0]
    cited: dict[str, Fact] = {
        fact.name.partition(" of ")[0]: fact
        for fact in declare_density("f", (limits,), distribution=law).facts
    }
    for name, lemma in derivation.lemmas.items():
        conclusion = lemma.conclusion()
        assert conclusion is not None
        first, sign, _, last = conclusion
        assert sign == "="
        left = derivation.translate(first, None)
        fact = cited.pop(name)
        for ours, theirs in ((left, fact.left), (last.statement.right, fact.right)):
            assert prove(ours, theirs, using=[]).status == "proved", name
    assert not cited


# Lines of the kinds that the documents get wrong, made up


def judged(derivation: Derivation) -> list[str]:
    return [line.verdict.status for line in verify(derivation).lines() if line.line.reasons]


@pytest.mark.parametrize(
    ("left", "right", "status"),
    [
        ("KL(P, M) + 1/2*KL(Q, M)", "KL(Q, M) + 1/2*KL(P, M)", "refuted"),
        ("1/2*KL(P, M) + 1/2*KL(Q, M)", "1/2*KL(M, P) + 1/2*KL(Q, M)", "refuted"),
        ("1/2*KL(P, M) + 1/2*KL(Q, M)", "KL(P, M) + KL(Q, M)", "refuted"),
        ("1/2*KL(P, M) + 1/2*KL(Q, M)", "1/2*KL(Q, M) + 1/2*KL(P, M)", "proved"),
    ],
)
def test_a_jensen_shannon_divergence(left: str, right: str, status: str) -> None:
    d = Derivation("t")
    d.density("P", of="x")
    d.density("Q", of="x")
    d.density("M", of="x", as_="1/2*(P(x) + Q(x))")
    d.chain(left).eq(right, by.algebra)
    assert judged(d) == [status]


@pytest.mark.parametrize(
    ("left", "right", "status"),
    [
        ("ArgMin(KL(p(k | w), r(k), k), w)", "ArgMin(-Sum(r(k)*log(p(k | w)), k), w)", "refuted"),
        ("ArgMin(KL(r(k), p(k | w), k), w)", "ArgMax(-Sum(r(k)*log(p(k | w)), k), w)", "refuted"),
        ("ArgMin(KL(r(k), p(k | w), k), w)", "ArgMin(-Sum(p(k | w)*log(r(k)), k), w)", "refuted"),
        ("ArgMin(KL(r(k), p(k | w), k), w)", "ArgMin(-Sum(r(k)*log(p(k | w)), k), w)", "proved"),
    ],
)
def test_arguments_exchanged_under_arg_min(left: str, right: str, status: str) -> None:
    d = Derivation("t")
    d.variable("k", on="K")
    d.variable("w", on="W")
    d.density("r", of="k", positive=True)
    d.density("p", of="k", given="w", positive=True)
    d.chain(left).eq(right, by.definition("KL"), by.logarithms, by.linearity)
    assert judged(d) == [status]


@pytest.mark.parametrize(
    ("event", "bound", "status"),
    [
        ("abs(x - m) >= k*s**2", "1/k**2", "refuted"),
        ("abs(x - m) >= k*s", "1/k**3", "refuted"),
        ("abs(x - m) >= k*s", "1/(2*k**2)", "refuted"),
        ("abs(x - m) >= sqrt(k)*s", "1/k**2", "refuted"),
        ("abs(x - m) >= k*s", "1/k**2", "proved"),
        ("abs(x - m) >= 2*k*s", "1/(4*k**2)", "proved"),
    ],
)
def test_chebyshev_with_wrong_powers(event: str, bound: str, status: str) -> None:
    d = Derivation("t")
    d.symbols(m="real", s="positive", k="positive")
    d.density("p", of="x", on="S")
    d.hypothesis("mean", "Sum(x*p(x), x) = m")
    d.hypothesis("variance", "Sum((x - m)**2*p(x), x) = s**2")
    d.chain(f"Prob({event}, x in p)").le(
        bound, by.markov, by.definition("Prob"), by.hypothesis("variance")
    )
    assert judged(d) == [status]


@pytest.mark.parametrize(
    ("left", "right", "status"),
    [
        (
            "Limit(1/n*Sum(log(P(x[i] | theta)), (i, 1, n)), n, oo)",
            "log(P(x[1] | theta))",
            "refuted",
        ),
        ("Sum(log(P(x[i] | theta)), (i, 1, n))", "log(P(x[1] | theta))", "refuted"),
        (
            "1/n*Sum(log(P(x[i] | theta)), (i, 1, n))",
            "Product(P(x[i] | theta), (i, 1, n))",
            "proved",
        ),
    ],
)
def test_estimates_from_data(left: str, right: str, status: str) -> None:
    d = Derivation("t")
    d.symbols(n="positive integer")
    d.variable("x", on="X")
    d.variable("theta", on="Theta")
    d.density("P", of="x", given="theta", positive=True)
    d.data("x", of="X")
    d.chain(f"ArgMax({left}, theta)").eq(
        f"ArgMax({right}, theta)", by.logarithms, by.linearity, by.monotone
    )
    assert judged(d) == [status]


def test_statements_of_the_shipped_are_not_all_trivial(reports: dict[str, Report]) -> None:
    for report in reports.values():
        for line in report.lines():
            if line.line.role == "step" and line.line.sign == "=":
                statement: Statement = line.line.statement
                assert statement.left != statement.right, line.line.label
