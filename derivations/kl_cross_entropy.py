"""From the KL divergence to the cross-entropy: what is dropped on the way is constant in the parameters.

Follows the first half of the document's section on the cross-entropy loss; numbers such as `ce:12` count its relations.
ps is the document's p*, the true distribution of (x, y); p(y, x | w) is the model, whose marginal of x does not depend
on the parameters: p(x | w) = p(x), a hypothesis that the document uses silently. X, Y and the set W of parameters are
finite, so that all sums have a value (the document has x in R^d). Two of its lines are false as printed: the constant
terms are not zero, and the arguments of the divergence may not be exchanged.
"""

from klderive import Derivation, Source, by

d = Derivation(
    "kl-cross-entropy",
    title="Minimising the KL divergence is minimising the cross-entropy",
    source=Source("Loss, MLE", place="002_c7276846b324572d.txt"),
)
d.variable("x", on="X")
d.variable("y", on="Y")
d.variable("w", on="W")
d.density("ps", of="y, x")
d.joint("p", of="y, x", given="w")
d.density("p", of="x")
d.style("ps", unicode="p*", latex="p^{*}")
d.hypothesis("p(x | w) = p(x)")


d.section("The divergence of the model from the true distribution")

kl = d.chain("KL(ps(y, x), p(y, x | w), x, y)")
kl.eq("Sum(ps(y, x)*log(ps(y, x)/p(y, x | w)), ((x, y), X*Y))", by.definition("KL"), number="ce:11")
kl.eq(
    "Sum(ps(y, x)*[log(ps(y, x)) - log(p(y | x, w)*p(x))], ((x, y), X*Y))",
    by.logarithms,
    by.product_rule("p"),
    by.hypothesis("p(x | w) = p(x)"),
    number="ce:12",
)
kl.eq(
    'Underbrace(Sum(ps(y, x)*log(ps(y, x)), ((x, y), X*Y)), "constant term")'
    " - Sum(ps(y, x)*log(p(y | x, w)), ((x, y), X*Y))"
    ' - Underbrace(Sum(ps(y, x)*log(p(x)), ((x, y), X*Y)), "constant term")',
    by.logarithms,
    by.linearity,
    number="ce:13",
)
kl.eq(
    "-Sum(ps(y, x)*log(p(y | x, w)), ((x, y), X*Y))",
    erratum="the two constant terms are dropped, which does not leave the value what it was",
    number="ce:14",
)
kl.up_to("-Sum(ps(y, x)*log(p(y | x, w)), ((x, y), X*Y))", "w", by.algebra, corrects="ce:14")


d.section("Minimising")

least = d.chain("ArgMin(KL(ps(y, x), p(y, x | w), x, y), w)")
d.chain("ArgMin(KL(p(y, x | w), ps(y, x), x, y), w)").eq(
    "ArgMin(-Sum(ps(y, x)*log(p(y | x, w)), ((x, y), X*Y)), w)",
    erratum="the arguments of the divergence are exchanged: D(p || p*) is not D(p* || p)",
    number="ce:15",
)
least.eq(
    "ArgMin(-Sum(ps(y, x)*log(p(y | x, w)), ((x, y), X*Y)), w)",
    by.line("ce:13"),
    corrects="ce:15",
)
least.eq(
    "ArgMin(CrossEntropy(ps(y, x), p(y | x, w), x, y), w)",
    by.definition("CrossEntropy"),
    number="ce:16",
)
least.eq(
    "ArgMin(-E(log(p(y | x, w)), (x, y) in ps(y, x)), w)",
    by.definition("CrossEntropy"),
    by.definition("E"),
    number="ce:17",
)
