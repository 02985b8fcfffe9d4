"""A coin: the logarithm of a likelihood ratio, per flip, tends to the KL divergence.

Follows the document's section on the KL divergence; numbers such as `ce:4` count its relations. The coin of the
document, p = (1/2, 1/2) and q = (2/3, 1/3) on {0, 1}, shows twice: its ten flips 0, 1, 0, 1, ... in full, and N flips
x[1], ..., x[N] with n_0 zeros and n_1 ones. The document calls 0 heads at first and tails later; here 0 and
1 stay numbers. The definition of the divergence is written for any finite set X.
"""

from klderive import Derivation, Source, by

d = Derivation(
    "coin-kl",
    title="The KL divergence is the expected log-likelihood ratio of a coin",
    source=Source("Loss, MLE", place="002_c7276846b324572d.txt"),
)
d.symbols(N="positive integer")
d.data("x", of="{0, 1}", length="N", counts="n_0, n_1")
d.axiom(
    "law of large numbers",
    "n_0/N tends to p(0) and n_1/N to p(1), almost surely",
    conditions=["the flips are independent and come from p"],
    source="Billingsley, Probability and Measure, 3rd edition, theorem 6.1",
)


d.section("Kullback-Leibler divergence")

P = d.density("P", of="s", on="X")
Q = d.density("Q", of="s", on="X")
d.define("KL(P, Q)", "Sum(P(s)*log(P(s)/Q(s)), (s, X))", number="ce:1")


d.section("A fair coin, and another one")

p = d.density("p", of="k", on="{0, 1}", as_="Cases((1/2, k = 1), (1/2, k = 0))", number="ce:2a")
q = d.density("q", of="k", on="{0, 1}", as_="Cases((1/3, k = 1), (2/3, k = 0))")
d.chain("Sum(p(k), k)").eq("1", by.definition(p), number="ce:2b")
d.chain("Sum(q(k), k)").eq("1", by.definition(q))


d.section("Ten flips")

d.define("A(p)", "p(0)*p(1)*p(0)*p(1)*p(0)*p(1)*p(0)*p(1)*p(0)*p(1)", number="ce:3a")
d.define("B(q)", "q(0)*q(1)*q(0)*q(1)*q(0)*q(1)*q(0)*q(1)*q(0)*q(1)", number="ce:3b")
d.chain("A(p)/B(q)").eq(
    "p(0)**5*p(1)**5/[q(0)**5*q(1)**5]", by.definition("A"), by.definition("B"), number="ce:4a"
)


d.section("N flips")

d.chain("Product(p(x[i]), (i, 1, N))/Product(q(x[i]), (i, 1, N))").eq(
    "p(0)**n_0*p(1)**n_1/[q(0)**n_0*q(1)**n_1]", by.counting("x"), number="ce:4b"
)
ratio = d.chain("log([Product(p(x[i]), (i, 1, N))/Product(q(x[i]), (i, 1, N))]**(1/N))")
ratio.eq(
    "1/N*log(Product(p(x[i]), (i, 1, N))/Product(q(x[i]), (i, 1, N)))",
    by.logarithms,
    number="ce:5",
)
ratio.eq("1/N*log(p(0)**n_0*p(1)**n_1/[q(0)**n_0*q(1)**n_1])", by.counting("x"), number="ce:6a")
ratio.eq(
    "1/N*log(p(0)**n_0) + 1/N*log(p(1)**n_1) - 1/N*log(q(0)**n_0) - 1/N*log(q(1)**n_1)",
    by.logarithms,
    number="ce:6b",
)
ratio.eq(
    "n_0/N*log(p(0)) + n_1/N*log(p(1)) - n_0/N*log(q(0)) - n_1/N*log(q(1))",
    by.logarithms,
    number="ce:7",
)
ratio.eq("n_0/N*log(p(0)/q(0)) + n_1/N*log(p(1)/q(1))", by.logarithms, number="ce:8")


d.section("As N grows")

ratio.tends(
    "p(0)*log(p(0)/q(0)) + p(1)*log(p(1)/q(1))",
    "N",
    "oo",
    by.axiom("law of large numbers"),
    number="ce:9",
)
ratio.eq("KL(p, q)", by.definition("KL"), number="ce:10a")
value = d.chain("KL(p, q)")
value.eq(
    "1/2*log((1/2)/(2/3)) + 1/2*log((1/2)/(1/3))",
    by.definition("KL"),
    by.definition(p),
    by.definition(q),
    number="ce:10b",
)
value.eq("1/2*log(9/8)", by.logarithms)
