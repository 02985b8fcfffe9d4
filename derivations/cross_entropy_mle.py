"""The empirical cross-entropy is the mean negative log-likelihood: minimising it is maximising the likelihood.

Follows the second half of the document's section on the cross-entropy loss; numbers such as `ce:19` count its
relations. ps is the document's p*; the data are the pairs (x[i], y[i]), i = 1, ..., N. That the expectation is replaced
by the mean over the data is an approximation, which the law of large numbers makes better as N grows; that the
minimisers come near each other, too, is one more assumption, which the document makes silently.
"""

from klderive import Derivation, Source, by

d = Derivation(
    "cross-entropy-mle",
    title="Minimising the cross-entropy of data is maximum likelihood",
    source=Source("Loss, MLE", place="002_c7276846b324572d.txt"),
)
d.symbols(N="positive integer")
d.variable("x", on="X")
d.variable("y", on="Y")
d.variable("w", on="W")
d.density("ps", of="y, x")
d.density("p", of="y", given="x, w", positive=True)
d.data("x", of="X")
d.data("y", of="Y")
d.style("ps", unicode="p*", latex="p^{*}")
d.axiom(
    "law of large numbers",
    "the mean of log p(y[i] | x[i], w) over the data tends to its expectation, almost surely",
    conditions=["the pairs (x[i], y[i]) are independent and come from p*"],
    source="Billingsley, Probability and Measure, 3rd edition, theorem 6.1",
)
d.axiom(
    "exchange of limit and arg min",
    "what minimises the mean over the data comes near to what minimises the expectation",
    conditions=["the means converge uniformly in w"],
    source="van der Vaart, Asymptotic Statistics, theorem 5.7",
)


d.section("The expectation is replaced by the mean over the data")

least = d.chain("ArgMin(-E(log(p(y | x, w)), (x, y) in ps(y, x)), w)")
least.approx(
    "ArgMin(1/N*Sum(-log(p(y[i] | x[i], w)), (i, 1, N)), w)",
    by.axiom("law of large numbers"),
    by.axiom("exchange of limit and arg min"),
    number="ce:18",
)
least.eq("ArgMin(-Sum(log(p(y[i] | x[i], w)), (i, 1, N)), w)", by.linearity, number="ce:19")


d.section("Maximum likelihood")

least.eq("ArgMin(-log(Product(p(y[i] | x[i], w), (i, 1, N))), w)", by.logarithms, number="ce:20")
least.eq("ArgMax(Product(p(y[i] | x[i], w), (i, 1, N)), w)", by.monotone, number="ce:21")
