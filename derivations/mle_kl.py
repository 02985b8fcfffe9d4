"""Minimising the KL divergence from the true distribution is, as the data grow, maximum likelihood.

Follows the proof of the document; numbers such as `mle:5` count its relations. P(x | theta) is the probability of one
observation, positive for every theta considered (theta runs over a finite set Theta, x over a finite set X);
theta_star is the true parameter, the document's theta*. The document writes P(x | theta) for the sample, too, which is
the product of the P(x[i] | theta). One of its steps is false as printed: the limit is dropped, so that the estimate
from n observations is put equal to what it tends to. What holds for every n is proved beside it; that the two agree as
n grows is the consistency of maximum likelihood, an axiom here.
"""

from klderive import Derivation, Source, by

d = Derivation(
    "mle-kl",
    title="Minimising the KL divergence is, in the limit, maximum likelihood",
    source=Source("MLE and KL Divergence", place="003_f52fc139b228b94d.txt"),
)
d.symbols(n="positive integer")
d.variable("theta", on="Theta")
d.variable("theta_star", on="Theta")
d.variable("x", on="X")
d.density("P", of="x", given="theta", positive=True)
d.data("x", of="X")
d.style("theta_star", unicode="θ*", latex=r"\theta^{*}")
d.axiom(
    "law of large numbers",
    "for all theta together, the mean of log P(x[i] | theta) tends to its expectation, almost surely",
    conditions=["the x[i] are independent and come from P(x | theta_star)"],
    source="Billingsley, Probability and Measure, 3rd edition, theorem 6.1",
)
d.axiom(
    "consistency of maximum likelihood",
    "the maximum likelihood estimate tends to what maximises the expected log-likelihood",
    conditions=["the x[i] are independent and come from P(x | theta_star)"],
    source="van der Vaart, Asymptotic Statistics, theorem 5.7",
)
d.axiom(
    "exchange of limit and arg max",
    "what maximises the means tends to what maximises their limit; the document does this silently",
    conditions=["the means converge uniformly in theta, as they do on a finite set"],
    source="van der Vaart, Asymptotic Statistics, section 5.2",
)


d.section("Maximum likelihood estimation")

d.define("theta_MLE", "ArgMax(Product(P(x[i] | theta), (i, 1, n)), theta)", number="mle:1")


d.section("The parameter that minimises the KL divergence")

least = d.chain("ArgMin(KL(P(x | theta_star), P(x | theta), x), theta)")
least.eq(
    "ArgMin(E(log(P(x | theta_star)/P(x | theta)), x in P(x | theta_star)), theta)",
    by.definition("KL"),
    by.definition("E"),
    number="mle:5",
)
least.eq(
    "ArgMin(E(log(P(x | theta_star)) - log(P(x | theta)), x in P(x | theta_star)), theta)",
    by.logarithms,
    number="mle:6",
)
least.eq(
    "ArgMin(E(-log(P(x | theta)), x in P(x | theta_star)), theta)",
    by.definition("E"),
    by.linearity,
    number="mle:7",
)
least.eq(
    "ArgMax(E(log(P(x | theta)), x in P(x | theta_star)), theta)",
    by.definition("E"),
    by.linearity,
    number="mle:8",
)


d.section("The law of large numbers")

least.eq(
    "ArgMax(Limit(1/n*Sum(log(P(x[i] | theta)), (i, 1, n)), n, oo), theta)",
    by.axiom("law of large numbers"),
    number="mle:12",
)
least.eq(
    "ArgMax(log(Product(P(x[i] | theta), (i, 1, n))), theta)",
    erratum="the limit is dropped: n observations do not decide what infinitely many do",
    number="mle:13",
)


d.section("For every n")

estimate = d.chain("ArgMax(1/n*Sum(log(P(x[i] | theta)), (i, 1, n)), theta)")
estimate.eq(
    "ArgMax(log(Product(P(x[i] | theta), (i, 1, n))), theta)",
    by.logarithms,
    corrects="mle:13",
)
estimate.eq("ArgMax(Product(P(x[i] | theta), (i, 1, n)), theta)", by.monotone, number="mle:14a")
estimate.eq("theta_MLE", by.definition("theta_MLE"), number="mle:14b")


d.section("As n grows")

d.chain("theta_MLE").tends(
    "ArgMin(KL(P(x | theta_star), P(x | theta), x), theta)",
    "n",
    "oo",
    by.axiom("consistency of maximum likelihood"),
    by.axiom("exchange of limit and arg max"),
)
