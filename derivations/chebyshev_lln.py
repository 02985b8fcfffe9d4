"""The law of large numbers as the document states it, with Chebyshev's inequality and its misprint.

Follows the document's section on the law of large numbers; numbers such as `mle:10` count its relations. The sample
X(1, omega), ..., X(n, omega) lives on a finite sample space Omega with probabilities P(omega); its members have mean mu
and variance sigma^2 and are uncorrelated. The general formula is about another variable x with finitely many values,
whose mean is m and whose deviation is s; the document calls these mu and sigma, too. It writes the variance where the
deviation is meant; then the bound for the sample would not follow, but sigma^4/(n^2 epsilon^2) in its place.
"""

from klderive import Derivation, Source, by

d = Derivation(
    "chebyshev-lln",
    title="The law of large numbers and Chebyshev's inequality",
    source=Source("MLE and KL Divergence", place="003_f52fc139b228b94d.txt"),
)
d.symbols(n="positive integer", mu="real", sigma="positive", epsilon="positive")
d.variable("i", on="{1, ..., n}")
d.variable("j", on="{1, ..., n}")
P = d.density("P", of="omega", on="Omega")
d.function("X", of="i, omega")
d.hypothesis("equal means", "Sum(X(i, omega)*P(omega), omega) = mu")
d.hypothesis(
    "equal variances, no correlation",
    "Sum(X(i, omega)*X(j, omega)*P(omega), omega)"
    " = mu**2 + Cases((sigma**2, i = j), (0, otherwise))",
)
d.axiom(
    "strong law of large numbers",
    "the mean of n variables tends to their expectation, for almost all omega",
    conditions=["the X(i, omega) are independent and have one distribution"],
    source="Billingsley, Probability and Measure, 3rd edition, theorem 6.1",
)


d.section("The law of large numbers")

d.chain("Limit(1/n*Sum(X(i, omega), (i, 1, n)), n, oo)").eq(
    "mu", by.axiom("strong law of large numbers"), number="mle:9"
)


spread = d.lemma("variance", "The variance of the mean")
square = spread.chain("E((1/n*Sum(X(i, omega), (i, 1, n)) - mu)**2, omega in P)")
square.eq(
    "1/n**2*Sum(Sum(E((X(i, omega) - mu)*(X(j, omega) - mu), omega in P), (j, 1, n)), (i, 1, n))",
    by.definition("E"),
    by.linearity,
)
square.eq(
    "1/n**2*Sum(Sum(Cases((sigma**2, i = j), (0, otherwise)), (j, 1, n)), (i, 1, n))",
    by.definition("E"),
    by.linearity,
    by.normalisation(P),
    by.hypothesis("equal means"),
    by.hypothesis("equal variances, no correlation"),
)
square.eq("sigma**2/n", by.linearity, restate=True)


d.section("A more precise statement")

deviation = d.chain("Prob(abs(1/n*Sum(X(i, omega), (i, 1, n)) - mu) >= epsilon, omega in P)")
deviation.le(
    "E((1/n*Sum(X(i, omega), (i, 1, n)) - mu)**2, omega in P)/epsilon**2",
    by.markov,
    by.definition("Prob"),
    by.definition("E"),
)
deviation.eq("sigma**2/(n*epsilon**2)", by.lemma(spread), number="mle:10")


d.section("Chebyshev's inequality in general")

d.symbols(m="real", s="positive", k="positive")
p = d.density("p", of="x", on="S")
d.hypothesis("the mean of x is m", "Sum(x*p(x), x) = m")
d.hypothesis("the variance of x is s**2", "Sum((x - m)**2*p(x), x) = s**2")

variance = d.chain("Var(x, x in p)")
variance.eq("Sum((x - m)**2*p(x), x)", by.definition("Var"), by.hypothesis("the mean of x is m"))
variance.eq("s**2", by.hypothesis("the variance of x is s**2"))
d.chain("Prob(abs(x - m) >= k*s**2, x in p)").le(
    "1/k**2",
    erratum="the deviation is meant, not the variance: the bound fails where s < 1",
    number="mle:11",
)
right = d.chain("Prob(abs(x - m) >= k*s, x in p)")
right.le("E((x - m)**2, x in p)/(k*s)**2", by.markov, by.definition("Prob"), by.definition("E"))
right.eq("1/k**2", by.definition("E"), by.hypothesis("the variance of x is s**2"))
d.chain("Prob(abs(x - m) >= k*s, x in p)").le("1/k**2", by.line(right), corrects="mle:11")
