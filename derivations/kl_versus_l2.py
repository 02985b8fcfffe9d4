"""What the squared distance of two densities does that the KL divergence does not, and what it does to probabilities.

Follows the second part of the first answer, and the second answer; numbers such as `elbo:8` count the document's
relations. The third term of the expanded square is free of q; the second is not, and it holds the evidence p(x). That
squaring makes differences smaller is true of probabilities, not of densities: 3 and 0 give 9 > 3.
"""

from klderive import Derivation, Source, by

d = Derivation(
    "kl-versus-l2",
    title="The squared distance of densities, and of probabilities",
    source=Source("Why KL and not L2: answers", place="001_fc4b509ac39a408e.txt"),
)
d.variable("x", on="(-oo, oo)")
d.variable("z", on="(-oo, oo)")
d.joint("p", of="x, z")
q = d.density("q", of="z")
r = d.density("r", of="z")


d.section("The square, expanded")

square = d.chain("Integral([q(z) - p(z | x)]**2, z)")
square.eq("Integral([q(z)**2 - 2*q(z)*p(z | x) + p(z | x)**2], z)", by.algebra, number="elbo:8")


d.section("The third term does not depend on q; the second does, and needs the evidence")

square.up_to("Integral([q(z)**2 - 2*q(z)*p(z | x)], z)", "q", by.linearity, number="elbo:9a")
d.chain("Integral(2*q(z)*p(z | x), z)").ne(
    "Integral(2*r(z)*p(z | x), z)", by.witness, number="elbo:9b"
)
second = d.chain("Integral(2*q(z)*p(z | x), z)")
second.eq("2/p(x)*Integral(q(z)*p(x | z)*p(z), z)", by.bayes("p(z | x)"), by.linearity)


d.section("Squaring makes a difference of probabilities smaller")

d.symbols(P="nonnegative", Q="nonnegative")
d.assume("P <= 1")
d.assume("Q <= 1")
small = d.chain("0")
small.le("(P - Q)**2", by.algebra, number="elbo:10a")
small.le("abs(P - Q)", by.algebra, number="elbo:10b")
d.symbols(a="nonnegative", b="nonnegative")
