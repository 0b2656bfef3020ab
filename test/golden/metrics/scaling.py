"""Golden values of the scalings, by scipy and numpy. Run: python3 scaling.py

Writes scaling.json: for some random tables, which follow from their number alone (see `table`), the
best temperature, the vector scaling and its loss, and isotonic curves at some probabilities.
"""

import json
import os

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.special import log_softmax

here = os.path.dirname(os.path.abspath(__file__))


def table(i):
    """300 rows of logits from -8 to 8 and labels; half of the labels are the largest logit's class."""
    state = (i * 747796405 + 2891336453) % 4294967296

    def draw():
        nonlocal state
        state = (state * 1664525 + 1013904223) % 4294967296
        return state >> 16

    k = 2 + i % 4
    z = np.array([[(draw() % 1024) / 64 - 8 for _ in range(k)] for _ in range(300)])
    y = np.array([int(z[n].argmax()) if draw() % 2 else draw() % k for n in range(300)])
    return z, y


def nll(z, y):
    return -log_softmax(z, axis=1)[np.arange(len(y)), y].mean()


def vector(z, y, w0):
    k = z.shape[1]
    f = lambda x: nll(z * x[:k] + x[k:], y) + 5e-7 * (((x[:k] - w0) ** 2).sum() + (x[k:] ** 2).sum())
    x = np.concatenate([np.full(k, w0), np.zeros(k)])
    for _ in range(2):
        x = minimize(f, x, method="BFGS", options={"gtol": 1e-10}).x
    return x[:k], x[k:] - x[k:].mean(), f(x)


def isotonic(x, y):
    """The fit at the sorted distinct x, by the min-max formula."""
    values, where = np.unique(x, return_inverse=True)
    w = np.bincount(where).astype(float)
    m = np.bincount(where, y) / w
    c, s = np.concatenate([[0], np.cumsum(w)]), np.concatenate([[0], np.cumsum(w * m)])
    n = len(values)
    mean = lambda a, b: (s[b + 1] - s[a]) / (c[b + 1] - c[a])
    return values, np.array([max(min(mean(a, b) for b in range(j, n)) for a in range(j + 1)) for j in range(n)])


def probability(odds):
    """What has these log-odds: (p + e) / (1 + e - p) = exp(odds)."""
    r = np.exp(odds)
    return (r * (1 + 1e-6) - 1e-6) / (1 + r)


made = []
for i in range(6):
    z, y = table(i)
    t = 1 / minimize_scalar(lambda b: nll(b * z, y), bounds=(0.001, 50), method="bounded", options={"xatol": 1e-12}).x
    w, b, value = vector(z, y, 1 / t)
    p = np.exp(log_softmax(z, axis=1))
    odds = np.log(p[:, 0] + 1e-6) - np.log(1 + 1e-6 - p[:, 0])
    x, fit = isotonic(0.01 * np.rint(odds / 0.01), (y == 0).astype(float))
    some = list(range(0, len(x), max(1, len(x) // 12)))
    made.append({
        "table": i, "temperature": t, "scale": w.tolist(), "shift": b.tolist(), "loss": value,
        "probability": probability(x[some]).tolist(), "isotonic": fit[some].tolist(),
    })
with open(os.path.join(here, "scaling.json"), "w") as f:
    json.dump(made, f)
