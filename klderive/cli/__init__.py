"""The command `klderive`: thin commands over the library, the verifier and the printers.

Only click is imported to answer `--help`, `--version` and `list`; everything that needs SymPy is imported by the
command that needs it.
"""

from klderive.cli.program import main

__all__ = ["main"]
