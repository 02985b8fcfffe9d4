"""`python -m klderive` is the command `klderive`."""

from klderive.cli import main

if __name__ == "__main__":
    main()
