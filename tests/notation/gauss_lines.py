"""The displayed lines of the Gaussian document, by their numbers, as text."""

LINES = {
    "1": "KL(P, Q) = Integral(P(x)*log(P(x)/Q(x)), x)",
    "2": "KL(P, Q) != KL(Q, P)",
    "3": "d(A, B) = d(B, A)",
    "4": "P_gt(x) = 1/(sigma_gt*sqrt(2*pi))*e**(-1/2*[(x - mu_gt)**2/sigma_gt**2])",
    "6": "KL(P_gt, P_m) = Integral(P_gt(x)*log(P_gt(x)/P_m(x)), x)",
    "7": "ArgMin(KL(P_gt, P_m), mu_m, sigma_m)"
    " = ArgMin(Integral(P_gt(x)*log(P_gt(x)/P_m(x)), x), mu_m, sigma_m)",
    "8": "KL(P_gt, P_m) = Integral(P_gt(x)*log(P_gt(x)), x) - Integral(P_gt(x)*log(P_m(x)), x)",
    "9": "T_1 = Integral(P_gt(x)*log(1/(sigma_gt*sqrt(2*pi))*e**(-1/2*[(x - mu_gt)**2/sigma_gt**2])), x)",
    "10": "Integral(P_gt(x)*log(1/(sigma_gt*sqrt(2*pi))), x)"
    " + Integral(P_gt(x)*log(e**(-1/2*[(x - mu_gt)**2/sigma_gt**2])), x)",
    "11": "log(1/(sigma_gt*sqrt(2*pi)))*Integral(P_gt(x), x)"
    " - Integral(1/2*[(x - mu_gt)**2/sigma_gt**2]*P_gt(x)*log(e), x)",
    "12": "log(e) = 1",
    "13": "Integral(P_gt(x), x) = 1",
    "14": "-log(sigma_gt*sqrt(2*pi)) - 1/(2*sigma_gt**2)*Integral((x - mu_gt)**2*P_gt(x), x)",
    "15": "-log(sigma_gt*sqrt(2*pi)) - 1/(2*sigma_gt**2)*[Integral(x**2*P_gt(x), x)"
    " - 2*mu_gt*Integral(x*P_gt(x), x) + mu_gt**2*Integral(P_gt(x), x)]",
    "16": "Integral(x*P_gt(x), x) = E(x) = mu_gt",
    "17": "-log(sigma_gt*sqrt(2*pi)) - 1/(2*sigma_gt**2)*[Integral(x**2*P_gt(x), x)"
    " - 2*mu_gt**2 + mu_gt**2]",
    "18": "Integral(x**2*P(x), x) = Var(x) + [Integral(x*P(x), x)]**2",
    "19": "Integral(x**2*P_gt(x), x) = sigma_gt**2 + mu_gt**2",
    "21": "T_1 = -log(sigma_gt*sqrt(2*pi)) - 1/2",
    "24": "log(sigma_m*sqrt(2*pi))*Integral(P_gt(x), x)"
    " + Integral(P_gt(x)/2*[(x - mu_m)**2/sigma_m**2]*log(e), x)",
    "26": "log(sigma_m*sqrt(2*pi)) + 1/(2*sigma_m**2)*Integral((x**2 - 2*x*mu_m + mu_m**2)*P_gt(x), x)",
    "28": "1/(2*sigma_m**2)*[Integral(x**2*P_gt(x), x) - 2*mu_m*mu_gt + mu_m**2]",
    "30": "-T_2 = log(sigma_m*sqrt(2*pi)) + 1/(2*sigma_m**2)*[sigma_gt**2 + (mu_gt - mu_m)**2]",
    "31": "KL(P_gt, P_m) = -log(sigma_gt*sqrt(2*pi)) - 1/2 + log(sigma_m*sqrt(2*pi))"
    " + 1/(2*sigma_m**2)*[sigma_gt**2 + (mu_gt - mu_m)**2]",
    "32": "KL(P_gt, P_m) = -1/2 + log(sigma_m/sigma_gt)"
    " + 1/(2*sigma_m**2)*[sigma_gt**2 + (mu_gt - mu_m)**2]",
    "33": "KL(P_gt, P_m) = -1/2 + log(1) + 1/2 + 1/2*[(mu_gt - mu_m)**2]",
    "34": "KL(P_gt, P_m) = 1/2*[(mu_gt - mu_m)**2]",
    "elbo 3": "E(log(q(z)), z in q) - E(log(p(x | z)*p(z)/p(x)), z in q)",
    "elbo 2": "KL(q(z), p(z | x), z) = Integral(q(z)*log(q(z)/p(z | x)), z)",
    "elbo 8": "Integral([q(z) - p(z | x)]**2, z)",
    "elbo 10": "0 <= (p - q)**2 <= abs(p - q)",
    "ce 1": "KL(p, q) = Sum(p(x)*log(p(x)/q(x)), (x, X))",
    "ce 4": "Product(p(x[i]), (i, 1, N))/Product(q(x[i]), (i, 1, N)) = p(0)**n_0*p(1)**n_1/(q(0)**n_0*q(1)**n_1)",
    "ce 5": "log(ratio**(1/N)) = (1/N)*log(ratio)",
    "ce 9": "(n_0/N)*log(p(0)/q(0)) + n_1/N*log(p(1)/q(1)) -> p(0)*log(p(0)/q(0)) + p(1)*log(p(1)/q(1))",
    "ce 11": "KL(p_star, p) = Sum(p_star(y, x)*log(p_star(y, x)/p(y, x | w)), ((y, x), Y*X))",
    "ce 18": "ArgMin(-Sum(log(p(y | x, w)), ((x, y), D)), w) ~ ArgMin(1/N*Sum(-log(p(y | x, w)), ((x, y), D)), w)",
    "ce 22": "softmax(s, i) = e**s[i]/Sum(e**s[j], (j, 1, c))",
    "mle 1": "theta_MLE = ArgMax(P(x | theta), theta)",
    "mle 5": "theta_minKL = ArgMin(E(log(P(x | theta_star)/P(x | theta)), x in P_star), theta)",
    "mle 9": "Limit(1/n*Sum(X[i], (i, 1, n)), n, oo) = mu",
    "mle 10": "Prob(abs(Sum(X[i], (i, 1, n))/n - mu) >= epsilon) <= sigma**2/(n*epsilon**2)",
    "dots": "2*3*x*2 + x*(y + 1)*(a - b) + a*-b - -c",
    "nested": "x/y/z + a*(b/c)*d + (a/b)/c + 1/Integral(x, x) + 2*Sum(x, (x, X))*y",
    "powers": "x**-2 + x**(1/2) + x**(n + 1) + (x**2)**3 + log(x)**2 + p(x)**2 + theta_star**2 + x**n*(y)",
    "rest": "Bar(x**2, (x, 0, 1)) + Diff(x**2, x, y) + Cases((1, x > 0), (0, otherwise))"
    " + hat(theta_m)*root(x, 3)*gamma(x)",
    "integrals": "Integral(-x, x) + Integral(x + 1, (x, -oo, oo)) + Integral(f(x, y), x, (y, 0, n_1))",
}
