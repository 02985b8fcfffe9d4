"""Proposes counterexamples, witnesses and models; the kernel certifies them."""

from klderive.refute.search import Search

__all__ = ["Search"]
