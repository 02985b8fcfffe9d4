"""A polynomial with a value put in for a symbol, also inside its atoms.

Accepts a polynomial in normal form. The atoms that depend on the symbol are made again with the value in them, by the
same rules and under the same conditions as in the normal form; what no rule is given for here is refused. Sums are
entered if they are finite and their bounds are free of the symbol.
"""

from __future__ import annotations

from fractions import Fraction

from klderive.kernel.events import Domain, UnestablishedError
from klderive.kernel.ring import ONE, Exponent, Polynomial
from klderive.theories.elementary import Elementary
from klderive.theories.gamma_function import GammaFunction
from klderive.theories.whole_powers import WholePowers


class Replacement(Elementary, GammaFunction, WholePowers):
    """Adds putting in a value."""

    def put(self, polynomial: Polynomial, leaf: int, value: Polynomial) -> Polynomial:
        """The polynomial with a value for a symbol.

        Where something is bound inside the polynomial, the value must be free of bound variables.

        Raises:
            UnestablishedError: if the result is not defined, or there is no rule for an atom.
        """
        ring = self.ring
        if ring.height(polynomial) and any(
            isinstance(n, int) and ring.atoms[n].kind == "bound" for n in ring.free(value)
        ):
            raise UnestablishedError("the value depends on a bound variable")
        result: Polynomial = {}
        for monomial, coefficient in polynomial.items():
            term = ring.number(coefficient)
            for number, exponent in monomial:
                factor: Polynomial = {((number, exponent),): ONE}
                if leaf in ring.atoms[number].free:
                    factor = self._power_of(self.put_in(number, leaf, value), exponent)
                term = ring.multiply(term, factor)
            result = ring.add(result, term)
        return result

    def put_in(self, number: int, leaf: int, value: Polynomial) -> Polynomial:
        """An atom with a value for a symbol, made again by the rules of its kind."""
        if number == leaf:
            return value
        atom = self.ring.atoms[number]
        match atom.kind:
            case "exp":
                return self.exp_of(self.put({atom.key[0]: ONE}, leaf, value), self.mode.logarithms)
            case "gamma":
                return self.gamma(self.put(dict(atom.key[0]), leaf, value))
            case "power":
                base, exponent = (self.put(dict(part), leaf, value) for part in atom.key)
                if not self.is_integer(exponent) or not (
                    self.signs.is_nonnegative(exponent) or self.signs.is_nonzero(base)
                ):
                    raise UnestablishedError("the power is not established to have a value there")
                return self.integer_symbol_power(base, exponent)
            case "log":
                return self.log_of(
                    self.put(dict(atom.key[0]), leaf, value), split=self.mode.logarithms
                )
            case "sum":
                return self.put(dict(atom.key[0]), leaf, value)
            case "sine" | "elementary":
                name = "sin" if atom.kind == "sine" else str(atom.key[0])
                return self.elementary(name, self.put(dict(atom.key[1]), leaf, value))
            case "abs":
                return self.absolute(self.put(dict(atom.key[0]), leaf, value))
            case "root":
                return self.root(self.put(dict(atom.key[0]), leaf, value), atom.key[1])
            case "functional":
                domain, variable, body = self.finite_sum(number, leaf)
                with self.binding(variable):
                    body = self.factoring.by_denominator(self.put(body, leaf, value))
                return self.accumulate("sum", domain, variable, body)
        raise UnestablishedError(f"no value can be put into {self.text({((number, 1),): ONE})}")

    def _power_of(self, base: Polynomial, exponent: Exponent) -> Polynomial:
        if isinstance(exponent, Fraction):
            return self.root(base, exponent)
        return self.integer_power(base, exponent)

    def finite_sum(self, number: int, leaf: int) -> tuple[Domain, int, Polynomial]:
        """The domain, the bound variable and the body of a finite sum with bounds free of a symbol.

        A sum whose bounds depend on another bound variable is refused, unless it stands as it was made.

        Raises:
            UnestablishedError: if the atom is no such sum.
        """
        ring = self.ring
        name, kind, lower, upper, body = ring.atoms[number].key
        shown = self.text({((number, 1),): ONE})
        if name != "sum" or not (kind == "set" or isinstance(upper, frozenset)):
            raise UnestablishedError(f"{shown} is no finite sum")
        if any(isinstance(b, frozenset) and leaf in ring.free(dict(b)) for b in (lower, upper)):
            raise UnestablishedError(f"the bounds of {shown} depend on the variable")
        return (kind, lower, upper), self.own_variable(number), dict(body)

    def own_variable(self, number: int) -> int:
        """The variable that a functional binds.

        Raises:
            UnestablishedError: if it is not told apart from those of the binders around.
        """
        ring = self.ring
        _, kind, lower, upper, body = ring.atoms[number].key
        # The binders around are entered, so that what is bound and not active is the sum's own variable.
        own = [
            n
            for n in ring.free(dict(body))
            if isinstance(n, int)
            and ring.atoms[n].kind == "bound"
            and ring.atoms[n].key[1:4] == (kind, lower, upper)
            and n not in self.active
        ]
        if len(own) != 1:
            shown = self.text({((number, 1),): ONE})
            raise UnestablishedError(f"the variable of {shown} is not told apart")
        return own[0]
