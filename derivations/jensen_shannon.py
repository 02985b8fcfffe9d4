"""The Jensen-Shannon divergence as the document prints it is not symmetric; with the usual second term it is.

Follows the section on the KL divergence; numbers such as `mle:4` count its relations. P and Q are densities on the real
line, M is their mean. The document calls the printed formula symmetric; it writes D(M || P) where D(Q || M) is meant.
"""

from klderive import Derivation, Source, by

d = Derivation(
    "jensen-shannon",
    title="The Jensen-Shannon divergence and symmetry",
    source=Source("MLE and KL Divergence", place="003_f52fc139b228b94d.txt"),
)

P = d.density("P", of="x", implied=True)
Q = d.density("Q", of="x", implied=True)


d.section("Kullback-Leibler divergence")

d.define("KL(P, Q)", "E(log(P(x)/Q(x)), x in P)", number="mle:2a")
d.chain("E(log(P(x)/Q(x)), x in P)").eq(
    "Integral(P(x)*log(P(x)/Q(x)), (x, -oo, oo))", by.definition("E"), number="mle:2b"
)
d.chain("KL(P, Q)").ne("KL(Q, P)", by.witness, number="mle:3")


d.section("Jensen-Shannon divergence")

M = d.density("M", of="x", as_="1/2*[P(x) + Q(x)]", implied=True)

d.chain("1/2*KL(P, M) + 1/2*KL(M, P)").eq(
    "1/2*KL(Q, M) + 1/2*KL(M, Q)",
    by.algebra,
    erratum="the second term must be the divergence of Q from M for P and Q to play the same part",
    number="mle:4",
)
d.chain("1/2*KL(P, M) + 1/2*KL(Q, M)").eq(
    "1/2*KL(Q, M) + 1/2*KL(P, M)", by.algebra, corrects="mle:4"
)
