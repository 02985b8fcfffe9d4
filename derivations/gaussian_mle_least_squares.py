"""Maximum likelihood under Gaussian noise is least squares, and the slope that both choose.

Each y[i] is w x[i] with Gaussian noise of standard deviation sigma; the data are pairs x[i], y[i], i = 1, ..., N, and
not all x[i] are 0. Numbers such as `mle-ls:1` count the relations.
"""

from klderive import Derivation, Source, by

d = Derivation(
    "gaussian-mle-least-squares",
    title="Maximum likelihood under Gaussian noise is least squares",
    source=Source(
        "Pattern Recognition and Machine Learning",
        place="section 3.1.1, Maximum likelihood and least squares",
    ),
)
d.symbols(w="real", sigma="positive", N="positive integer")
d.data("x")
d.data("y")
d.assume("Sum(x[i]**2, (i, 1, N)) > 0")


d.section("The log-likelihood")

d.define(
    "p(y | x, w)",
    "1/(sigma*sqrt(2*pi))*exp(-(y - w*x)**2/(2*sigma**2))",
    number="mle-ls:1",
)

likelihood = d.chain("Sum(log(p(y[i] | x[i], w)), (i, 1, N))")
likelihood.eq(
    "Sum(log(1/(sigma*sqrt(2*pi))*exp(-(y[i] - w*x[i])**2/(2*sigma**2))), (i, 1, N))",
    by.definition("p"),
    number="mle-ls:2",
)
likelihood.eq(
    "Sum(-log(sigma*sqrt(2*pi)) - (y[i] - w*x[i])**2/(2*sigma**2), (i, 1, N))",
    by.logarithms,
    number="mle-ls:3",
)
likelihood.eq(
    "-N*log(sigma*sqrt(2*pi)) - 1/(2*sigma**2)*Sum((y[i] - w*x[i])**2, (i, 1, N))",
    by.linearity,
    number="mle-ls:4",
)


d.section("Maximising the likelihood is minimising the sum of squares")

learning = d.chain("ArgMax(Product(p(y[i] | x[i], w), (i, 1, N)), w)")
learning.eq("ArgMax(log(Product(p(y[i] | x[i], w), (i, 1, N))), w)", by.monotone)
learning.eq("ArgMax(Sum(log(p(y[i] | x[i], w)), (i, 1, N)), w)", by.logarithms)
learning.eq(
    "ArgMax(-N*log(sigma*sqrt(2*pi)) - 1/(2*sigma**2)*Sum((y[i] - w*x[i])**2, (i, 1, N)), w)",
    by.definition("p"),
    by.logarithms,
    by.linearity,
    number="mle-ls:5",
)
learning.eq(
    "ArgMin(Sum((y[i] - w*x[i])**2, (i, 1, N)), w)",
    by.algebra,
    note="the first term is free of w, and the factor of the second is negative",
    number="mle-ls:6",
)


d.section("The slope")

slope = d.chain("Diff(Sum((y[i] - w*x[i])**2, (i, 1, N)), w)")
slope.eq("Sum(-2*x[i]*(y[i] - w*x[i]), (i, 1, N))", by.algebra, number="mle-ls:7")
slope.eq(
    "2*w*Sum(x[i]**2, (i, 1, N)) - 2*Sum(x[i]*y[i], (i, 1, N))",
    by.linearity,
    number="mle-ls:8",
)
root = d.chain(
    "2*(Sum(x[i]*y[i], (i, 1, N))/Sum(x[i]**2, (i, 1, N)))*Sum(x[i]**2, (i, 1, N))"
    " - 2*Sum(x[i]*y[i], (i, 1, N))"
)
root.eq("0", by.algebra, note="the derivative at the point below", number="mle-ls:9")
curvature = d.chain("Diff(Diff(Sum((y[i] - w*x[i])**2, (i, 1, N)), w), w)")
curvature.eq(
    "Diff(2*w*Sum(x[i]**2, (i, 1, N)) - 2*Sum(x[i]*y[i], (i, 1, N)), w)",
    by.linearity,
)
curvature.eq("2*Sum(x[i]**2, (i, 1, N))", by.algebra, number="mle-ls:10")
curvature.gt("0", by.algebra, number="mle-ls:11")
learning.eq(
    "Sum(x[i]*y[i], (i, 1, N))/Sum(x[i]**2, (i, 1, N))",
    by.stationary,
    restate=True,
    number="mle-ls:12",
)
