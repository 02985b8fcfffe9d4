"""The moments of the normal distribution, from the Gaussian integral.

The one thing cited is the integral of exp(-t²) over the real line. The substitution x = mu + sqrt(2) sigma t reduces
every moment to it: odd integrands vanish by symmetry, even ones are integrated by parts. Numbers such as `normal:1`
count the relations.
"""

from klderive import Derivation, Source, by

d = Derivation(
    "normal-moments",
    title="Normalisation, mean and variance of the normal distribution",
    source=Source(
        "The Book of Statistical Proofs",
        place="Normal distribution: probability density function, mean, variance",
    ),
)
d.symbols(mu="real", sigma="positive")
d.variable("x", on="(-oo, oo)")
d.variable("t", on="(-oo, oo)")

gauss = d.axiom(
    "Gaussian integral",
    "Integral(exp(-t**2), t) = sqrt(pi)",
    source="Rudin, Principles of Mathematical Analysis, 3rd edition, section 8.21",
)

d.define(
    "f(x)",
    "1/(sigma*sqrt(2*pi))*exp(-(x - mu)**2/(2*sigma**2))",
    number="normal:1",
)


normalisation = d.lemma("normalisation", "The density integrates to one")

one = normalisation.chain("Integral(f(x), x)")
one.eq(
    "Integral(1/(sigma*sqrt(2*pi))*exp(-(x - mu)**2/(2*sigma**2)), x)",
    by.definition("f"),
    number="normal:2",
)
one.eq(
    "Integral(1/sqrt(pi)*exp(-t**2), t)",
    by.substitution("x", "mu + sqrt(2)*sigma*t"),
    number="normal:3",
)
one.eq("1/sqrt(pi)*Integral(exp(-t**2), t)", by.linearity)
one.eq("1", by.axiom(gauss), number="normal:4")


mean = d.lemma("mean", "The mean is mu")

first = mean.chain("Integral(x*f(x), x)")
first.eq(
    "Integral((mu + sqrt(2)*sigma*t)/sqrt(pi)*exp(-t**2), t)",
    by.definition("f"),
    by.substitution("x", "mu + sqrt(2)*sigma*t"),
    number="normal:5",
)
first.eq(
    "mu/sqrt(pi)*Integral(exp(-t**2), t) + sqrt(2)*sigma/sqrt(pi)*Integral(t*exp(-t**2), t)",
    by.linearity,
    number="normal:6",
)
first.eq("mu/sqrt(pi)*Integral(exp(-t**2), t)", by.parity, number="normal:7")
first.eq("mu", by.axiom(gauss), number="normal:8")


variance = d.lemma("variance", "The variance is sigma squared")

parts = variance.chain("Integral(t**2*exp(-t**2), t)", remark=True)
parts.eq(
    "Bar(-t/2*exp(-t**2), (t, -oo, oo)) + 1/2*Integral(exp(-t**2), t)",
    by.parts,
    number="normal:9",
)
parts.eq(
    "1/2*Integral(exp(-t**2), t)",
    by.algebra,
    note="the boundary term vanishes at both ends",
    number="normal:10",
)
parts.eq("sqrt(pi)/2", by.axiom(gauss), number="normal:11")
spread = variance.chain("Integral((x - mu)**2*f(x), x)")
spread.eq(
    "Integral((sqrt(2)*sigma*t)**2/sqrt(pi)*exp(-t**2), t)",
    by.definition("f"),
    by.substitution("x", "mu + sqrt(2)*sigma*t"),
    number="normal:12",
)
spread.eq("2*sigma**2/sqrt(pi)*Integral(t**2*exp(-t**2), t)", by.linearity, number="normal:13")
spread.eq("sigma**2", by.line("normal:11"), number="normal:14")


second = d.lemma("second moment", "The second moment is the variance plus the square of the mean")

square = second.chain("Integral(x**2*f(x), x)")
square.eq(
    "Integral(((x - mu)**2 + 2*mu*x - mu**2)*f(x), x)",
    by.algebra,
    number="normal:15",
)
square.eq(
    "Integral((x - mu)**2*f(x), x) + 2*mu*Integral(x*f(x), x) - mu**2*Integral(f(x), x)",
    by.linearity,
    number="normal:16",
)
square.eq(
    "sigma**2 + 2*mu*mu - mu**2",
    by.lemma("variance"),
    by.lemma("mean"),
    by.lemma("normalisation"),
    number="normal:17",
)
square.eq("sigma**2 + mu**2", by.algebra, number="normal:18")
