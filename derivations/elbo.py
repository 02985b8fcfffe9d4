"""Why variational inference minimises a KL divergence: the evidence lower bound (ELBO).

Follows the first answer of the document; numbers such as `elbo:3` count its relations. The document writes the product
rule into the formulas; here it is cited as Bayes' rule and marginalisation of the joint density p(x, z). What it leaves
silent stands with the lines: q is positive only where the posterior is, and each expectation is finite.
"""

from klderive import Derivation, Source, by

d = Derivation(
    "elbo",
    title="Minimising the KL divergence to a posterior is maximising the ELBO",
    source=Source("Why KL and not L2: answers", place="001_fc4b509ac39a408e.txt"),
)
d.variable("x", on="(-oo, oo)")
d.variable("z", on="(-oo, oo)")
d.joint("p", of="x, z")
q = d.density("q", of="z")


d.section("The posterior")

d.chain("p(z | x)").eq(
    "p(x | z)*p(z)/Integral(p(x | z)*p(z), z)",
    by.bayes("p(z | x)"),
    by.marginalisation("p"),
    number="elbo:1",
)


d.section("The KL divergence of an approximation from the posterior")

kl = d.chain("KL(q(z), p(z | x), z)")
kl.eq("Integral(q(z)*log(q(z)/p(z | x)), z)", by.definition("KL"), number="elbo:2")
kl.eq(
    "E(log(q(z)), z in q) - E(log(p(x | z)*p(z)/p(x)), z in q)",
    by.definition("E"),
    by.logarithms,
    by.linearity,
    by.bayes("p(z | x)"),
    number="elbo:3",
)
kl.eq(
    "-E(log(p(x | z)*p(z)), z in q) + E(log(q(z)), z in q) + E(log(p(x)), z in q)",
    by.definition("E"),
    by.logarithms,
    by.linearity,
    number="elbo:4",
)
d.define("ELBO(q)", "E(log(p(x | z)*p(z)), z in q) - E(log(q(z)), z in q)")
kl.eq(
    "-ELBO(q) + log(p(x))",
    by.definition("ELBO"),
    by.definition("E"),
    by.linearity,
    by.normalisation(q),
    restate=True,
    number="elbo:5",
)


d.section("The normalising constant is discarded")

d.chain("ArgMin(KL(q(z), p(z | x), z), q)").eq("ArgMax(ELBO(q), q)", by.line(kl), number="elbo:6")


gibbs = d.lemma("Gibbs", "The divergence is not negative")
positive = gibbs.chain("-KL(q(z), p(z | x), z)")
positive.eq(
    "Integral(q(z)*log(p(z | x)/q(z)), z)", by.definition("KL"), by.logarithms, by.linearity
)
positive.le("Integral(p(z | x) - q(z), z)", by.logarithm_bound)
positive.eq("0", by.linearity, by.normalisation("p(z | x)"), by.normalisation(q))


d.section("What the name says: a lower bound of the evidence")

evidence = d.chain("log(p(x))")
evidence.eq("ELBO(q) + KL(q(z), p(z | x), z)", by.line(kl))
evidence.ge("ELBO(q)", by.lemma(gibbs), number="elbo:7")
