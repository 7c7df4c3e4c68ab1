"""Makes golden/hash-schemes.json: check values for the tails of schemes made elsewhere, in Python's decimals.

twoScaleGamma: ln P((1-a)·G1 + a·G2 >= t), G1, G2 ~ Gamma(n, 1), by partial fractions of the Laplace transform
1/((1 + c1·s)(1 + c2·s))^n, whose alternating terms need hundreds of digits; another algorithm than the library's.

Usage: python3 make-hash-schemes.py golden/hash-schemes.json
"""
import json
import sys
from decimal import Decimal as D, getcontext

CASES = [(1, 1, 10, "3"), (2, 1, 10, "0.5"), (10, 1, 10, "25"), (50, 1, 10, "50"), (50, 1, 10, "110"), (50, 1, 10, "30"),
         (400, 1, 10, "540"), (400, 1, 10, "640"), (400, 3, 10, "520"), (400, 9, 10, "540"), (1000, 1, 3, "1200"),
         (1000, 49, 100, "1150"), (2000, 1, 10, "2600")]


def upper_gamma(x, count):
    """Q(1, x) ... Q(count, x)."""
    term, total, tails = (-x).exp(), D(0), []
    for j in range(count):
        total += term
        tails.append(total)
        term = term * x / (j + 1)
    return tails


def half(n, c1, c2, t):
    """The terms of the pole -1/c1: sum over j of C(n+j-1, j)·(-c2)^j·c1^n/(c1-c2)^(n+j) · Q(n-j, t/c1)."""
    tails = upper_gamma(t / c1, n)
    coefficient, total = (c1 / (c1 - c2)) ** n, D(0)
    for j in range(n):
        total += coefficient * tails[n - j - 1]
        coefficient = -coefficient * c2 * (n + j) / ((j + 1) * (c1 - c2))
    return total


def log_tail(n, a, b, t):
    getcontext().prec = 200 + 6 * n
    alpha, t = D(a) / D(b), D(t)
    p = half(n, 1 - alpha, alpha, t) + half(n, alpha, 1 - alpha, t)
    return str(p.ln().quantize(D("1e-25")))


result = {
    "source": "partial fractions in Python decimals, make-hash-schemes.py",
    "twoScaleGamma": [{"rows": n, "alpha": f"{a}/{b}", "sum": t, "logP": log_tail(n, a, b, t)} for n, a, b, t in CASES],
}
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump(result, file, indent=1)
    file.write("\n")
