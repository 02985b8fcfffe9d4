"""Proposals of antiderivatives and antidifferences: nothing here is trusted, the kernel checks what is proposed."""
