"""Certified evaluation: what a line says at a point, in exact rationals and Arb balls, and the certificates made of it.

A refutation, a witness and a model of assumptions rest on this part of the kernel, and a proof on no more of it than
that the conditions listed with a line can hold together. It knows of the rest of the kernel what a statement is.
"""
