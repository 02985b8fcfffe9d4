"""What to write for functions and operators that other notations call otherwise; for hints only.

klderive has one spelling for each thing. Where a line uses another that is usual in programs or papers, the error says
which is right, or how to say it with what there is.
"""

from __future__ import annotations

_NO_STEPS = "there is no such function; a value by cases is `Cases((a, x >= c), (b, otherwise))`"

OTHER_SPELLINGS: dict[str, str] = {
    **dict.fromkeys(("ln", "Log"), "the natural logarithm is `log(x)`"),
    "log2": "write `log(x)/log(2)`",
    "log10": "write `log(x)/log(10)`",
    "log1p": "write `log(1 + x)`",
    "expm1": "write `exp(x) - 1`",
    "Exp": "write `exp(x)`",
    "Sqrt": "write `sqrt(x)`",
    "cbrt": "write `root(x, 3)`",
    **dict.fromkeys(("Abs", "fabs", "norm"), "the absolute value is `abs(x)`"),
    "pow": "a power is `x**n`",
    "square": "a power is `x**2`",
    **dict.fromkeys(
        ("max", "maximum"),
        "write `Cases((x, x >= y), (y, otherwise))`, or `Max(f, x)` for the greatest value of f over x",
    ),
    **dict.fromkeys(
        ("min", "minimum"),
        "write `Cases((x, x <= y), (y, otherwise))`, or `Min(f, x)` for the least value of f over x",
    ),
    **dict.fromkeys(("sign", "sgn"), "write `x/abs(x)`, where x is not 0"),
    **dict.fromkeys(
        ("floor", "ceil", "ceiling", "round", "mod", "Mod"), "there is no such function"
    ),
    **dict.fromkeys(
        ("Heaviside", "heaviside", "step", "relu", "ReLU", "Piecewise", "piecewise", "where"),
        _NO_STEPS,
    ),
    **dict.fromkeys(
        ("Indicator", "indicator"),
        "write `Cases((1, x >= c), (0, otherwise))`; a probability is `Prob(x >= c, x in p)`",
    ),
    **dict.fromkeys(
        ("binomial", "binom", "comb", "choose", "C"),
        "write `factorial(n)/(factorial(k)*factorial(n - k))`",
    ),
    "fact": "write `factorial(n)`",
    **dict.fromkeys(("beta", "Beta", "B"), "write `gamma(a)*gamma(b)/gamma(a + b)`"),
    "Gamma": "write `gamma(x)`",
    **dict.fromkeys(("lgamma", "gammaln", "lnGamma", "logGamma"), "write `log(gamma(x))`"),
    **dict.fromkeys(("psi", "polygamma"), "write `digamma(x)`"),
    **dict.fromkeys(("sigmoid", "logistic", "expit"), "write `1/(1 + exp(-x))`"),
    "logit": "write `log(x/(1 - x))`",
    "softplus": "write `log(1 + exp(x))`",
    "softmax": "write `exp(x[k])/Sum(exp(x[j]), (j, 1, K))`",
    **dict.fromkeys(
        ("logsumexp", "LogSumExp", "lse"),
        "write `log(Sum(exp(x[k]), (k, 1, K)))`, or `log(exp(x) + exp(y))`",
    ),
    "cot": "write `cos(x)/sin(x)`",
    "sec": "write `1/cos(x)`",
    "csc": "write `1/sin(x)`",
    **{f"arc{name}": f"write `a{name}(x)`" for name in ("sin", "cos", "tan")},
    **dict.fromkeys(
        ("sum", "Summation", "summation"),
        "a sum is `Sum(f, (i, 1, n))`, or `Sum(f, (x, X))` over a set",
    ),
    **dict.fromkeys(("prod", "Prod", "product"), "a product is `Product(f, (i, 1, n))`"),
    **dict.fromkeys(
        ("integrate", "integral", "Int", "int", "quad"),
        "an integral is `Integral(f, (x, a, b))`, or `Integral(f, x)` over the domain of x",
    ),
    **dict.fromkeys(("diff", "Derivative", "derivative", "grad"), "a derivative is `Diff(f, x)`"),
    **dict.fromkeys(("limit", "lim", "Lim"), "a limit is `Limit(f, n, oo)`"),
    **dict.fromkeys(("argmin", "argMin", "Argmin", "arg_min"), "write `ArgMin(f, x)`"),
    **dict.fromkeys(("argmax", "argMax", "Argmax", "arg_max"), "write `ArgMax(f, x)`"),
    **dict.fromkeys(("inf", "infimum"), "the least value is `Min(f, x)`"),
    **dict.fromkeys(("sup", "supremum"), "the greatest value is `Max(f, x)`"),
    **dict.fromkeys(
        ("H", "entropy", "S", "ConditionalEntropy"),
        "an entropy is `Entropy(p)` or `Entropy(p(z | x), z)`, a cross-entropy `CrossEntropy(p, q)`",
    ),
    **dict.fromkeys(
        ("cross_entropy", "crossentropy", "CE"), "a cross-entropy is `CrossEntropy(p, q)`"
    ),
    **dict.fromkeys(
        ("D_KL", "DKL", "KLD", "kl", "Kl", "KL_divergence", "D"),
        "the Kullback-Leibler divergence is `KL(p, q)`",
    ),
    **dict.fromkeys(
        ("I", "MI", "MutualInformation"), "a mutual information is `KL(p(x, z), p(x)*p(z), x, z)`"
    ),
    **dict.fromkeys(("JSD", "JS"), "write it with `KL`: `KL(p(x), (p(x) + q(x))/2, x)/2 + ...`"),
    **dict.fromkeys(
        ("Expectation", "Mean", "mean", "expect", "Ex", "EE"), "an expectation is `E(f(x), x in p)`"
    ),
    **dict.fromkeys(("Variance", "variance", "var", "V"), "a variance is `Var(x, x in p)`"),
    **dict.fromkeys(
        ("Cov", "cov", "Covariance"),
        "write `E(x*y, (x, y) in p(x, y)) - E(x, x in p(x))*E(y, y in p(y))`",
    ),
    **dict.fromkeys(("Std", "std", "sd"), "write `sqrt(Var(x, x in p))`"),
    **dict.fromkeys(("Pr", "prob", "Probability"), "a probability is `Prob(x >= c, x in p)`"),
    "len": "the number of data has a name of its own, such as `N`",
}
"""What a hint says of a function that is not declared, by its name."""
