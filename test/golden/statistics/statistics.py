"""Golden values of base/statistics, from scipy (1.10.1). Run: python3 statistics.py

Writes statistics.json (rows [function, arguments, value]) and triples.bin: what certification and
intervals use, of 10,000 triples that follow from their number alone (see `triple`), as little-endian
doubles, one column after the other: see `columns`.
"""

import json
import os

import numpy as np
from scipy import optimize, special, stats

here = os.path.dirname(os.path.abspath(__file__))


def triple(i):
    """Successes, trials and alpha of row i; the test computes the same in whole numbers."""
    a = (i * 2654435761) % 4294967296
    b = (i * 40503 + 12345) % 65536
    n = 1 + a % [10, 100, 1000, 10000, 200000][i % 5]
    k = (b * (n + 1)) // 65536
    return k, n, [0.001, 0.05, 0.025, 1e-6, 0.5, 0.0005, 0.25][i % 7]


def columns(k, n, alpha):
    """Clopper and Pearson's lower and upper bound, sigmas certified by the lower, PREDICT's p-value."""
    lower = 0.0 if k == 0 else stats.beta.ppf(alpha, k, n - k + 1)
    upper = 1.0 if k == n else stats.beta.isf(alpha, k + 1, n - k)
    return lower, upper, stats.norm.ppf(lower), stats.binomtest(k, n, 0.5).pvalue


def tango(n, lost, gained, m):
    """The score with q found as the root of the likelihood's derivative, not by the closed form."""
    low, high = max(0.0, -m), (1 - m) / 2

    def slope(q):
        rest = n - lost - gained
        return lost / (q + m) + gained / q - 2 * rest / (1 - 2 * q - m)

    q = optimize.brentq(slope, low + 1e-13, high - 1e-13, xtol=1e-16, rtol=1e-15, maxiter=500)
    return (lost - gained - n * m) / np.sqrt(n * (2 * q + m * (1 - m)))


rows = []


def row(name, arguments, value):
    values = [float(v) for v in np.atleast_1d(value)]
    assert all(np.isfinite(values)), (name, arguments)
    rows.append([name, [a if isinstance(a, (int, str, list)) else float(a) for a in arguments], values])


random = np.random.default_rng(7)
for x in [-37.5, -20, -8.3, -5, -3.1, -1, -0.6, -0.1, 0, 1e-9, 0.3, 0.7, 1.5, 2.9, 4.2, 8]:
    row("normalCdf", [x], stats.norm.cdf(x))
for p in [1e-300, 1e-100, 1e-20, 1e-9, 0.001, 0.025, 0.0749, 0.0751, 0.3, 0.5, 0.6, 0.93, 0.99, 0.9995]:
    row("normalQuantile", [p], stats.norm.ppf(p))
for x in [1e-5, 0.1, 0.5, 1.5, 2.5, 7.3, 15.9, 16.1, 100, 12345.6]:
    row("logGamma", [x], special.gammaln(x))
for _ in range(60):
    a, b = np.exp(random.uniform(-2, 11, 2))
    spread = np.sqrt(a * b / (a + b) ** 2 / (a + b + 1))
    x = float(np.clip(a / (a + b) + random.normal() * 2 * spread, 1e-9, 1 - 1e-9))
    row("betaCdf", [x, a, b], stats.beta.cdf(x, a, b))
    p = float(random.uniform(0.0001, 0.9))
    row("betaQuantile", [p, a, b], stats.beta.ppf(p, a, b))
for _ in range(40):
    n = int(np.exp(random.uniform(0, 9)))
    p = float(random.choice([0.5, 0.1, 0.37, 0.99]))
    k = int(random.binomial(n, random.choice([p, 0.5])))
    for side in ["less", "greater", "two-sided"]:
        row("binomialTest", [k, n, p, side], stats.binomtest(k, n, p, side).pvalue)
    test = stats.binomtest(k, n)
    row("wilsonInterval", [k, n, 0.95], test.proportion_ci(0.95, "wilson"))
    row("clopperPearson", [k, n, 0.99], test.proportion_ci(0.99, "exact"))
for _ in range(40):
    n = int(random.integers(20, 5000))
    lost, gained = int(random.integers(1, n // 5 + 2)), int(random.integers(1, n // 5 + 2))
    m = float(random.uniform(0.001, 0.2))
    row("tangoScore", [n, lost, gained, m], tango(n, lost, gained, m))
for _ in range(12):
    values = [float(v) for v in random.normal(size=random.integers(3, 25)).round(6)]
    falling = stats.kendalltau(range(len(values)), values, method="exact", alternative="less").pvalue
    row("mannKendall", [values], falling)

with open(os.path.join(here, "statistics.json"), "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n")
made = np.array([columns(*triple(i)) for i in range(10000)]).T
assert np.isfinite(made[[0, 1, 3]]).all() and not np.isnan(made).any()
made.astype("<f8").tofile(os.path.join(here, "triples.bin"))
