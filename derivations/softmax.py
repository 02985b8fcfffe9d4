"""The softmax function turns scores into probabilities, and its negative logarithm into a loss.

Follows the last section of the document; numbers such as `ce:22` count its relations. sigma(k) is the k-th component of
the softmax of the scores s[1], ..., s[c]; there is at least one class. The last chain is what readers need it for.
"""

from klderive import Derivation, Source, by

d = Derivation(
    "softmax",
    title="The softmax function",
    source=Source("Loss, MLE", place="002_c7276846b324572d.txt"),
)
d.symbols(c="positive integer", k="positive integer")
d.data("s")

d.define("sigma(k)", "exp(s[k])/Sum(exp(s[j]), (j, 1, c))", number="ce:22")


d.section("Its values are probabilities")

total = d.chain("Sum(sigma(i), (i, 1, c))")
total.eq(
    "Sum(exp(s[i])/Sum(exp(s[j]), (j, 1, c)), (i, 1, c))",
    by.definition("sigma"),
    note="each sum has at least one term",
)
total.eq("Sum(exp(s[i]), (i, 1, c))/Sum(exp(s[j]), (j, 1, c))", by.linearity)
total.eq("1", by.algebra, restate=True, number="ce:23a")
component = d.chain("sigma(k)")
component.eq("exp(s[k])/Sum(exp(s[j]), (j, 1, c))", by.definition("sigma"))
component.gt("0", by.algebra, number="ce:23b")


d.section("Its negative logarithm")

loss = d.chain("-log(sigma(k))")
loss.eq("-log(exp(s[k])/Sum(exp(s[j]), (j, 1, c)))", by.definition("sigma"))
loss.eq("-s[k] + log(Sum(exp(s[j]), (j, 1, c)))", by.logarithms, number="ce:24")
