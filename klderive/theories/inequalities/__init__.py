"""Known inequalities: Gibbs', Jensen's, Markov's, Cauchy and Schwarz's, those of the means, and more.

Each file holds one of them, as a rule that makes a polynomial smaller; the search looks for a chain of rules after
which the sign shows.
"""
