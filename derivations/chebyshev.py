"""Chebyshev's inequality, from Markov's: few values lie far from the mean, measured in standard deviations.

The event |x - mu| >= k sigma is the event (x - mu)^2 >= k^2 sigma^2; Markov's inequality bounds its probability by the
expectation of the square, which is the variance.
Source: Billingsley, Probability and Measure, 3rd edition, equations (5.31) and (5.32).
"""

from klderive import Derivation, Source, by

d = Derivation(
    "chebyshev",
    title="Chebyshev's inequality",
    source=Source("Probability and Measure, 3rd edition", "Billingsley", "section 5"),
)
d.symbols(mu="real", sigma="positive", k="positive", a="positive")
p = d.density("p", of="x")
f = d.density("f", of="t", on="(0, oo)")
d.hypothesis("the variance of x is sigma**2", "Integral((x - mu)**2*p(x), x) = sigma**2")


markov = d.lemma("Markov", "Markov's inequality for a variable that is not negative")
markov.chain("Prob(t >= a, t in f)").le(
    "E(t, t in f)/a", by.markov, by.definition("Prob"), by.definition("E")
)

d.section("Chebyshev's inequality")

c = d.chain("Prob(abs(x - mu) >= k*sigma, x in p)")
c.eq("Prob((x - mu)**2 >= k**2*sigma**2, x in p)", by.definition("Prob"))
c.le("E((x - mu)**2, x in p)/(k**2*sigma**2)", by.markov, by.definition("Prob"), by.definition("E"))
c.eq("sigma**2/(k**2*sigma**2)", by.definition("E"), by.hypothesis("the variance of x is sigma**2"))
c.eq("1/k**2", by.algebra)
