"""Learning a Gaussian is least squares: the KL divergence of two Gaussians, and what it is for equal spreads.

Follows the document line by line; numbers such as `gauss:8` count its relations. Square brackets are brackets like
any other, written where the document writes them. The mean, variance and normalisation of a Gaussian are cited, as
the document cites them. One step is added at the end: what minimises the divergence minimises the square.
"""

from klderive import Derivation, Source, by

d = Derivation(
    "gaussian-l2",
    title="On the relation of learning Gaussian and the L2 loss",
    source=Source(
        "On the relation of learning Gaussian and the L2 loss",
        place="000_92d7b8271037694d.txt",
    ),
)
d.symbols(mu_gt="real", mu_m="real", sigma_gt="positive", sigma_m="positive", A="real", B="real")


d.section("Kullback-Leibler Divergence")

P = d.density("P", of="x", implied=True)
Q = d.density("Q", of="x", implied=True)
d.define("KL(P, Q)", "Integral(P(x)*log(P(x)/Q(x)), x)", number="gauss:1")

d.chain("KL(P, Q)").ne("KL(Q, P)", by.witness, number="gauss:2")

# The Euclidean distance of two points on the line.
d.define("d(A, B)", "sqrt((A - B)**2)")
d.chain("d(A, B)").eq("d(B, A)", by.definition("d"), number="gauss:3")


d.section("KL Divergence in data-driven machine learning")

P_gt = d.density(
    "P_gt",
    of="x",
    law="normal(mu_gt, sigma_gt)",
    as_="1/(sigma_gt*sqrt(2*pi))*e**(-1/2*[(x - mu_gt)**2/sigma_gt**2])",
    implied=True,
    number="gauss:4",
)
P_m = d.density(
    "P_m",
    of="x",
    law="normal(mu_m, sigma_m)",
    as_="1/(sigma_m*sqrt(2*pi))*e**(-1/2*[(x - mu_m)**2/sigma_m**2])",
    implied=True,
    number="gauss:5",
)

kl = d.chain("KL(P_gt, P_m)")
kl.eq("Integral(P_gt(x)*log(P_gt(x)/P_m(x)), x)", by.definition("KL"), number="gauss:6")

learning = d.chain("ArgMin(KL(P_gt, P_m), mu_m, sigma_m)")
learning.eq(
    "ArgMin(Integral(P_gt(x)*log(P_gt(x)/P_m(x)), x), mu_m, sigma_m)",
    by.definition("KL"),
    number="gauss:7",
)


d.section("Relation of KL Divergence to L2 loss")

kl.eq(
    'Underbrace(Integral(P_gt(x)*log(P_gt(x)), x), "T1")'
    ' - Underbrace(Integral(P_gt(x)*log(P_m(x)), x), "T2")',
    by.logarithms,
    by.linearity,
    restate=True,
    number="gauss:8",
)


T1 = d.lemma("T1", "Focusing on term T1")

t1 = T1.chain("Integral(P_gt(x)*log(P_gt(x)), x)")
t1.eq(
    "Integral(P_gt(x)*log(1/(sigma_gt*sqrt(2*pi))*e**(-1/2*[(x - mu_gt)**2/sigma_gt**2])), x)",
    by.definition(P_gt),
    number="gauss:9",
)
t1.eq(
    "Integral(P_gt(x)*log(1/(sigma_gt*sqrt(2*pi))), x)"
    " + Integral(P_gt(x)*log(e**(-1/2*[(x - mu_gt)**2/sigma_gt**2])), x)",
    by.logarithms,
    by.linearity,
    number="gauss:10",
)
t1.eq(
    "log(1/(sigma_gt*sqrt(2*pi)))*Integral(P_gt(x), x)"
    " - Integral(1/2*[(x - mu_gt)**2/sigma_gt**2]*P_gt(x)*log(e), x)",
    by.logarithms,
    by.linearity,
    number="gauss:11",
)
T1.chain("log(e)", remark=True).eq("1", by.logarithms, number="gauss:12")
T1.chain("Integral(P_gt(x), x)", remark=True).eq("1", by.normalisation(P_gt), number="gauss:13")
t1.eq(
    "-log(sigma_gt*sqrt(2*pi)) - 1/(2*sigma_gt**2)*Integral((x - mu_gt)**2*P_gt(x), x)",
    by.logarithms,
    by.linearity,
    by.normalisation(P_gt),
    number="gauss:14",
)
t1.eq(
    "-log(sigma_gt*sqrt(2*pi)) - 1/(2*sigma_gt**2)*[Integral(x**2*P_gt(x), x)"
    " - 2*mu_gt*Integral(x*P_gt(x), x) + mu_gt**2*Integral(P_gt(x), x)]",
    by.linearity,
    number="gauss:15",
)
mean = T1.chain("Integral(x*P_gt(x), x)", remark=True)
mean.eq("E(x, x in P_gt)", by.definition("E"), number="gauss:16a")
mean.eq("mu_gt", by.definition("E"), by.mean(P_gt), number="gauss:16b")
t1.eq(
    "-log(sigma_gt*sqrt(2*pi)) - 1/(2*sigma_gt**2)*[Integral(x**2*P_gt(x), x) - 2*mu_gt**2 + mu_gt**2]",
    by.mean(P_gt),
    by.normalisation(P_gt),
    number="gauss:17",
)
T1.chain("Integral(x**2*P(x), x)", remark=True).eq(
    "Var(x, x in P) + [Integral(x*P(x), x)]**2",
    by.definition("Var"),
    by.linearity,
    by.normalisation(P),
    number="gauss:18",
)
T1.chain("Integral(x**2*P_gt(x), x)", remark=True).eq(
    "sigma_gt**2 + mu_gt**2",
    by.variance(P_gt),
    by.mean(P_gt),
    by.normalisation(P_gt),
    by.linearity,
    number="gauss:19",
)
t1.eq(
    "-log(sigma_gt*sqrt(2*pi))"
    " - 1/(2*sigma_gt**2)*[sigma_gt**2 + mu_gt**2 - 2*mu_gt**2 + mu_gt**2]",
    by.line("gauss:19"),
    restate=True,
    number="gauss:20",
)
t1.eq("-log(sigma_gt*sqrt(2*pi)) - 1/2", by.algebra, restate=True, number="gauss:21")


T2 = d.lemma("T2", "Focusing on term T2")

t2 = T2.chain("-Integral(P_gt(x)*log(P_m(x)), x)")
t2.eq(
    "-Integral(P_gt(x)*log(1/(sigma_m*sqrt(2*pi))*e**(-1/2*[(x - mu_m)**2/sigma_m**2])), x)",
    by.definition(P_m),
    number="gauss:22",
)
t2.eq(
    "-Integral(P_gt(x)*log(1/(sigma_m*sqrt(2*pi))), x)"
    " - Integral(P_gt(x)*log(e**(-1/2*[(x - mu_m)**2/sigma_m**2])), x)",
    by.logarithms,
    by.linearity,
    number="gauss:23",
)
t2.eq(
    "log(sigma_m*sqrt(2*pi))*Integral(P_gt(x), x)"
    " + Integral(P_gt(x)/2*[(x - mu_m)**2/sigma_m**2]*log(e), x)",
    by.logarithms,
    by.linearity,
    number="gauss:24",
)
t2.eq(
    "log(sigma_m*sqrt(2*pi)) + 1/(2*sigma_m**2)*Integral((x - mu_m)**2*P_gt(x), x)",
    by.logarithms,
    by.linearity,
    by.normalisation(P_gt),
    number="gauss:25",
)
t2.eq(
    "log(sigma_m*sqrt(2*pi)) + 1/(2*sigma_m**2)*Integral((x**2 - 2*x*mu_m + mu_m**2)*P_gt(x), x)",
    by.algebra,
    number="gauss:26",
)
t2.eq(
    "log(sigma_m*sqrt(2*pi)) + 1/(2*sigma_m**2)*[Integral(x**2*P_gt(x), x)"
    " - 2*mu_m*Integral(x*P_gt(x), x) + mu_m**2*Integral(P_gt(x), x)]",
    by.linearity,
    number="gauss:27",
)
t2.eq(
    "log(sigma_m*sqrt(2*pi))"
    " + 1/(2*sigma_m**2)*[Integral(x**2*P_gt(x), x) - 2*mu_m*mu_gt + mu_m**2]",
    by.mean(P_gt),
    by.normalisation(P_gt),
    number="gauss:28",
)
t2.eq(
    "log(sigma_m*sqrt(2*pi)) + 1/(2*sigma_m**2)*[sigma_gt**2 + mu_gt**2 - 2*mu_m*mu_gt + mu_m**2]",
    by.line("gauss:19"),
    restate=True,
    number="gauss:29",
)
t2.eq(
    "log(sigma_m*sqrt(2*pi)) + 1/(2*sigma_m**2)*[sigma_gt**2 + (mu_gt - mu_m)**2]",
    by.algebra,
    restate=True,
    number="gauss:30",
)


d.section("Substituting terms T1 and T2 in original equation")

# "Recall": the document displays gauss:8 once more.
total = d.chain("KL(P_gt, P_m)")
total.eq(
    'Underbrace(Integral(P_gt(x)*log(P_gt(x)), x), "T1")'
    ' - Underbrace(Integral(P_gt(x)*log(P_m(x)), x), "T2")',
    by.line("gauss:8"),
)
total.eq(
    "-log(sigma_gt*sqrt(2*pi)) - 1/2"
    " + log(sigma_m*sqrt(2*pi)) + 1/(2*sigma_m**2)*[sigma_gt**2 + (mu_gt - mu_m)**2]",
    by.lemma(T1),
    by.lemma(T2),
    restate=True,
    number="gauss:31",
)
total.eq(
    "-1/2 + log(sigma_m/sigma_gt) + 1/(2*sigma_m**2)*[sigma_gt**2 + (mu_gt - mu_m)**2]",
    by.logarithms,
    restate=True,
    number="gauss:32",
)


d.section("Relation to L2 loss")

fixed = total.at(sigma_gt=1, sigma_m=1)
fixed.eq("-1/2 + log(1) + 1/2 + 1/2*[(mu_gt - mu_m)**2]", by.line(total), number="gauss:33")
fixed.eq("1/2*[(mu_gt - mu_m)**2]", by.logarithms, restate=True, number="gauss:34")


d.section("Beyond the document: learning with KL is learning with the square")

loss = d.chain("ArgMin(KL(P_gt, P_m), mu_m)")
loss.eq("ArgMin((mu_gt - mu_m)**2, mu_m)", by.line(total))
