"""The variance of a mean of n uncorrelated random variables is the nth part of theirs.

The random variables X(1, omega), ..., X(n, omega) live on a finite sample space Omega with probabilities P(omega). They
have one mean mu and one variance sigma^2, and are uncorrelated, which independence implies; that is one hypothesis on
the expectations of their products.
Source: Feller, An Introduction to Probability Theory and Its Applications, vol. 1, 3rd edition, section IX.5.
"""

from klderive import Derivation, Source, by

d = Derivation(
    "variance-of-mean",
    title="The variance of a mean of uncorrelated variables",
    source=Source(
        "An Introduction to Probability Theory and Its Applications, vol. 1, 3rd edition",
        "Feller",
        "section IX.5",
    ),
)
d.symbols(n="positive integer", mu="real", sigma="positive")
d.variable("i", on="{1, ..., n}")
d.variable("j", on="{1, ..., n}")
d.density("P", of="omega", on="Omega")
d.function("X", of="i, omega")
d.hypothesis("equal means", "Sum(X(i, omega)*P(omega), omega) = mu")
d.hypothesis(
    "equal variances, no correlation",
    "Sum(X(i, omega)*X(j, omega)*P(omega), omega)"
    " = mu**2 + Cases((sigma**2, i = j), (0, otherwise))",
)


d.section("The mean of the mean")

d.chain("E(1/n*Sum(X(i, omega), (i, 1, n)), omega in P)").eq(
    "mu", by.definition("E"), by.linearity, by.hypothesis("equal means")
)


d.section("The variance of the mean")

c = d.chain("Var(1/n*Sum(X(i, omega), (i, 1, n)), omega in P)")
c.eq(
    "E((1/n*Sum(X(i, omega), (i, 1, n)) - mu)**2, omega in P)",
    by.definition("Var"),
    by.definition("E"),
    by.linearity,
    by.hypothesis("equal means"),
)
c.eq(
    "1/n**2*Sum(Sum(E((X(i, omega) - mu)*(X(j, omega) - mu), omega in P), (j, 1, n)), (i, 1, n))",
    by.definition("E"),
    by.linearity,
)
c.eq(
    "1/n**2*Sum(Sum(Cases((sigma**2, i = j), (0, otherwise)), (j, 1, n)), (i, 1, n))",
    by.definition("E"),
    by.linearity,
    by.normalisation("P"),
    by.hypothesis("equal means"),
    by.hypothesis("equal variances, no correlation"),
)
c.eq("1/n**2*Sum(sigma**2, (i, 1, n))", by.linearity)
c.eq("sigma**2/n", by.linearity, restate=True)
