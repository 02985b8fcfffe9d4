"""Gibbs' inequality: the KL divergence is not negative, and the entropy is at most the cross-entropy.

The proof is the usual one, from log u <= u - 1 at u = q(x)/p(x). Where p is 0 the integrand on the left is 0 and q is
not negative, so that the bound holds there, too. Sums go the same way; they are shown for a finite set.
Source: Cover and Thomas, Elements of Information Theory, 2nd edition, theorem 2.6.3.
"""

from klderive import Derivation, Source, by

d = Derivation(
    "gibbs-inequality",
    title="Gibbs' inequality: the KL divergence is not negative",
    source=Source(
        "Elements of Information Theory, 2nd edition", "Cover and Thomas", "theorem 2.6.3"
    ),
)
d.symbols(u="positive")
p = d.density("p", of="x")
q = d.density("q", of="x")
P = d.density("P", of="k", on="K")
Q = d.density("Q", of="k", on="K")


d.section("The logarithm lies below its tangent")

d.chain("log(u)").le("u - 1", by.logarithm_bound)


d.section("Densities")

densities = d.lemma("densities", "Gibbs' inequality for densities")
bound = densities.chain("-KL(p, q)")
bound.eq("-Integral(p(x)*log(p(x)/q(x)), x)", by.definition("KL"))
bound.eq("Integral(p(x)*log(q(x)/p(x)), x)", by.logarithms, by.linearity)
bound.le("Integral(q(x) - p(x), x)", by.logarithm_bound)
bound.eq("Integral(q(x), x) - Integral(p(x), x)", by.linearity)
bound.eq("1 - 1", by.normalisation(q), by.normalisation(p))
bound.eq("0", by.algebra)

d.section("What it says")

d.chain("KL(p, q)").ge("0", by.lemma(densities))
d.chain("CrossEntropy(p, q)").ge(
    "Entropy(p)",
    by.lemma(densities),
    by.definition("KL"),
    by.definition("CrossEntropy"),
    by.definition("Entropy"),
    by.logarithms,
    by.linearity,
)


finite = d.lemma("sums", "Gibbs' inequality for distributions on a finite set")
total = finite.chain("-KL(P, Q)")
total.eq("-Sum(P(k)*log(P(k)/Q(k)), k)", by.definition("KL"))
total.eq("Sum(P(k)*log(Q(k)/P(k)), k)", by.logarithms, by.linearity)
total.le("Sum(Q(k) - P(k), k)", by.logarithm_bound)
total.eq("1 - 1", by.linearity, by.normalisation(Q), by.normalisation(P))
total.eq("0", by.algebra)

d.section("Distributions on a finite set")

d.chain("KL(P, Q)").ge("0", by.lemma(finite))
