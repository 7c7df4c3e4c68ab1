"""Writes golden/statistics.json: check values of tails and e-values at 50 digits (mpmath 1.3).

Binomial and Gamma tails: the continued fractions DLMF 8.17.22 and 8.9.2 (uncontracted, evaluated backwards) or, for
small cases, mpmath's own functions; prefactors by loggamma. E-values: their defining integrals, by numerical integration.
Weighted sums of exponentials: mixtures of Gamma distributions.
"""
import json
import os
from fractions import Fraction
from mpmath import mp, mpf, log, log1p, exp, loggamma, quad, erfc, sqrt, gammainc

mp.dps = 50


def ln_binomial_pmf(n, k, p):
    return loggamma(n + 1) - loggamma(k + 1) - loggamma(n - k + 1) + k * log(p) + (n - k) * log1p(-p)


def ln_beta_cf(a, b, x, levels):
    """ln I_x(a,b) by DLMF 8.17.22 evaluated backwards, for x below the mean."""
    value = mpf(1)
    for j in range(levels, 0, -1):
        m = j // 2
        if j % 2 == 0:
            d = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            d = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        value = 1 + d / value
    ln_b = loggamma(a) + loggamma(b) - loggamma(a + b)
    return a * log(x) + b * log1p(-x) - log(a) - ln_b - log(value)


def ln_upper_tail(n, k, gamma, levels):
    p = mpf(gamma.numerator) / gamma.denominator
    if k == 0:
        return mpf(0)
    if k == n:
        return n * log(p)
    if Fraction(k) >= n * gamma:
        return ln_beta_cf(mpf(k), mpf(n - k + 1), p, levels)
    return log1p(-exp(ln_beta_cf(mpf(n - k + 1), mpf(k), 1 - p, levels)))


def binomial():
    cases = []
    for n, a, b, offsets in [
        (10**6, 1, 4, [0, -1, 1, 300, -300]),
        (10**9, 1, 2, [0, 10, -10]),
        (10**12, 1, 4, [0, -1, 1, 50000]),
        (10**12, 1, 2, [0, 1000]),
        (10**12, 6554, 65536, [0, 300000]),
        (10**12, 1, 10**12, [0, 1, 2, 10, 100]),
        (10**12, 10**12 - 1, 10**12, [0, -2]),
        (10**9, 333333333333333333, 10**18, [0, 20000]),
        (7, 1, 1000, [0, 1, 3]),
        (12345, 999, 1000, [0, 3, -40]),
    ]:
        mean = n * a // b
        for offset in offsets:
            k = mean + offset
            if not 0 <= k <= n:
                continue
            levels = 4000 if n <= 10**6 else 12000 if n <= 10**9 else 120000
            cases.append({"n": n, "k": k, "gamma": f"{a}/{b}", "lnp": mp.nstr(ln_upper_tail(n, k, Fraction(a, b), levels), 25)})
    return cases


def ln_gamma_tail(n, s):
    if s >= n:  # DLMF 8.9.2 backwards
        levels = 4000 if n <= 10**6 else 120000
        value = mpf(s) - n + 1 + 2 * levels
        for j in range(levels, 0, -1):
            value = mpf(s) - n + 1 + 2 * (j - 1) + j * (n - j) / value
        return n * log(s) - s - loggamma(n) - log(value)
    return log(gammainc(n, s, regularized=True))


def gamma():
    cases = []
    for n, s in [(1, 3), (2, 0.5), (5, 1e-3), (5, 700), (100, 100), (100, 60), (10**6, 10**6), (10**6, 10**6 + 2500), (10**12, 10**12),
                 (10**12, 10**12 + 10**7), (10**12, 15 * 10**11), (1000, 1e6)]:
        cases.append({"n": n, "s": s, "lnp": mp.nstr(ln_gamma_tail(n, mpf(s)), 25)})
    return cases


def integral(ratio_log, low, high, peak, width):
    points = sorted({low, high} | {x for x in (peak + i * width for i in range(-12, 13)) if low < x < high})
    top = ratio_log(min(max(peak, low + (high - low) * mpf(10)**-30), high - (high - low) * mpf(10)**-30))
    return log(quad(lambda x: exp(ratio_log(x) - top), points)) + top


def beta_mixture():
    cases = []
    for n, k, a, b, gamma in [(1, 1, 1, 1, "1/4"), (1, 0, 1, 1, "1/4"), (10, 4, 1, 1, "1/3"), (40, 0, 1, 1, "1/2"), (40, 40, 1, 1, "1/2"),
                              (1000, 100, 1, 1, "1/4"), (1000, 300, 2.5, 7.25, "1/4"), (1000, 200, 2.5, 7.25, "1/4"), (200, 60, 30, 50, "1/4"),
                              (5000, 1400, 0.25, 3, "1/4"), (100000, 30000, 1, 1, "1/4"), (100000, 20000, 1, 1, "1/4")]:
        top, bottom = map(int, gamma.split("/"))
        g = mpf(top) / bottom
        prior = lambda t: (a - 1) * log(t) + (b - 1) * log1p(-t)
        likelihood = lambda t: prior(t) + k * log(t / g) + (n - k) * (log1p(-t) - log1p(-g))
        peak = max(mpf(k + 1) / (n + 2), g)
        width = sqrt(peak * (1 - peak) / n)
        value = integral(likelihood, g, mpf(1), peak, width) - integral(prior, g, mpf(1), mpf(a) / (a + b), mpf(1) / 10)
        cases.append({"n": n, "k": k, "gamma": gamma, "a": a, "b": b, "lnE": mp.nstr(value, 20)})
    return cases


def exponential_mixture():
    cases = []
    for n, s in [(1, 0), (1, 2), (10, 0.5), (10, 10), (10, 30), (1000, 1000), (1000, 900), (1000, 1100), (1000, 1500), (100000, 101000), (100000, 99000)]:
        likelihood = lambda t: n * log(t) + (1 - t) * mpf(s)
        peak = min(mpf(1), mpf(n) / s if s else mpf(1))
        value = integral(likelihood, mpf(0), mpf(1), peak, peak / sqrt(mpf(n)))
        cases.append({"n": n, "s": s, "lnE": mp.nstr(value, 20)})
    return cases


def normal():
    return [{"z": z, "lnq": mp.nstr(log(erfc(mpf(z) / sqrt(2)) / 2), 20)}
            for z in [-40, -8, -3, -1, -0.25, 0, 1e-9, 0.5, 1, 1.9, 2, 2.1, 3, 4.75, 8, 20, 40, 200, 1e5]]


def ln_weighted_exponential(classes, t):
    """ln P(sum >= t) as a mixture of Gamma distributions of the smallest scale (Moschopoulos 1985): positive terms only."""
    low = min(w for w, _ in classes)
    rows = sum(n for _, n in classes)
    terms = int(t / low + 60 * sqrt(t / low + 1) + 400)
    mixture = [mpf(1)]
    for w, n in classes:
        p, q = low / w, 1 - low / w  # index ~ negative binomial(n, p)
        masses = [p ** n]
        for j in range(1, terms):
            if masses[-1] == 0:
                break
            masses.append(masses[-1] * q * (n + j - 1) / j)
        mixture = convolve(mixture, masses, terms)
    s = t / low
    # Q(rows + k, s) by recurrence upwards: Q(a+1, s) = Q(a, s) + s^a e^-s / Gamma(a+1).
    tail = gammainc(rows, s, regularized=True)
    step = exp(rows * log(s) - s - loggamma(rows + 1))
    total, mass = mpf(0), mpf(0)
    for k, m in enumerate(mixture):
        total += m * tail
        mass += m
        tail += step
        step *= s / (rows + k + 1)
    return log(total + (1 - mass))  # what lies beyond the last index is certain to exceed t


def convolve(a, b, terms):
    """Convolution in fixed point with 60 digits, by one big-integer product."""
    scale = 10 ** 60
    width = 140 * 4
    pack = lambda x: sum(int(v * scale) << (width * i) for i, v in enumerate(x))
    product = pack(a) * pack(b)
    mask = (1 << width) - 1
    out = []
    for _ in range(min(terms, len(a) + len(b) - 1)):
        out.append(mpf(product & mask) / scale / scale)
        product >>= width
    return out


def weighted_exponential():
    cases = []
    for classes, totals in [
        ([("0.9", 1), ("0.1", 1)], ["0.001", "1", "5", "40"]),
        ([("0.9", 5), ("0.1", 5)], ["1", "5", "20"]),
        ([("0.9", 50), ("0.1", 50)], ["30", "50.5", "90", "120"]),
        ([("0.75", 20), ("0.25", 20)], ["20.001", "45"]),
        ([("1", 3), ("0.5", 4), ("0.2", 2)], ["0.5", "5.4", "30"]),
        ([("0.09", 35), ("0.01", 35), ("0.36", 10), ("0.04", 10), ("0.9", 5), ("0.1", 5)], ["18", "45"]),
        ([("1", 1), ("0.05", 200)], ["11", "40"]),
    ]:
        for t in totals:
            value = ln_weighted_exponential([(mpf(w), n) for w, n in classes], mpf(t))
            cases.append({"classes": [[float(w), n] for w, n in classes], "t": float(t), "lnp": mp.nstr(value, 20)})
    return cases


out = {"source": "make-statistics.py, mpmath 1.3 at 50 digits", "binomial": binomial(), "gamma": gamma(), "beta_mixture": beta_mixture(),
       "exponential_mixture": exponential_mixture(), "normal": normal(),
       "weighted_exponential": weighted_exponential()}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden", "statistics.json")
with open(path, "w", encoding="utf-8") as file:
    json.dump(out, file, indent=1)
    file.write("\n")
