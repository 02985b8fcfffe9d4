"""Densities, expectation, KL divergence, entropies: their definitions and facts, on the kernel's functionals."""

from klderive.probability.density import Density, declare_density, further_joint_facts, joint_facts
from klderive.probability.distributions import LAWS, Distribution, distribution_of, recognised
from klderive.probability.divergences import (
    KL,
    CrossEntropy,
    Entropy,
    Expectation,
    Probability,
    Variance,
)
from klderive.probability.operators import limits_of, probability_operators

__all__ = [
    "KL",
    "LAWS",
    "CrossEntropy",
    "Density",
    "Distribution",
    "Entropy",
    "Expectation",
    "Probability",
    "Variance",
    "declare_density",
    "distribution_of",
    "further_joint_facts",
    "joint_facts",
    "limits_of",
    "probability_operators",
    "recognised",
]
