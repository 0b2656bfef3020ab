"""Golden values of the room metrics, by plain numpy definitions. Run: python3 metrics.py

Writes metrics.bin: for 1,000 random tables, which follow from their number alone (see `table`), the
values named below, as little-endian doubles; and smooth.json: smooth calibration errors, computed
with the exact kernel on a fine grid.
"""

import json
import os

import numpy as np
from scipy import stats

here = os.path.dirname(os.path.abspath(__file__))
NAMES = [
    "accuracy", "nll", "brier", "entropy", "ece", "maximumCalibrationError", "rmsCalibrationError",
    "classCalibrationError", "adaptiveCalibrationError", "aurc", "augrc", "coverageAt5Risk",
    "riskAt80Coverage", "agreement", "meanKl", "auroc", "aupr", "fpr95", "aurocMaxLogit",
    "aurocEnergy", "auprEntropy", "fpr95Energy", "brierUncertainty", "brierResolution",
    "brierReliability", "balancedAccuracy",
]


def table(i):
    """Clean logits, noisy logits and labels of table i: from -8 to 8."""
    state = (i * 747796405 + 2891336453) % 4294967296

    def draw():
        nonlocal state
        state = (state * 1664525 + 1013904223) % 4294967296
        return state >> 16

    n, k = 2 + draw() % 59, 2 + draw() % 6
    # Every other table is coarse, with many equal confidences; two classes keep those equal to the bit.
    step, k = (64, k) if i % 2 == 0 else (4, 2)
    clean = np.array([[(draw() % 1024) // (1024 // (16 * step)) / step - 8 for _ in range(k)] for _ in range(n)])
    noisy = np.array([[(draw() % 1024) // (1024 // (16 * step)) / step - 8 for _ in range(k)] for _ in range(n)])
    return clean, noisy, np.array([draw() % k for _ in range(n)])


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def binned(conf, hit, bins=15):
    index = np.minimum((conf * bins).astype(int), bins - 1)
    used = [index == b for b in range(bins) if (index == b).any()]
    return np.array([u.mean() for u in used]), np.array([abs(hit[u].mean() - conf[u].mean()) for u in used])


def tied_errors(conf, wrong):
    """Errors among the first i + 1 by falling confidence, the mean over all orders of equal ones."""
    order = np.argsort(-conf, kind="stable")
    c, w = conf[order], wrong[order].astype(float)
    for value in np.unique(c):
        w[c == value] = w[c == value].mean()
    return np.cumsum(w), c


def auroc(noisy, clean):
    d = noisy[:, None] - clean[None, :]
    return ((d > 0) + 0.5 * (d == 0)).mean()


def aupr(noisy, clean):
    area, last = 0.0, 0.0
    for t in np.unique(np.concatenate([noisy, clean]))[::-1]:
        recall = (noisy >= t).mean()
        area += (recall - last) * (noisy >= t).sum() / ((noisy >= t).sum() + (clean >= t).sum())
        last = recall
    return area


def fpr95(noisy, clean):
    for t in np.unique(noisy)[::-1]:
        if (noisy >= t).sum() >= 0.95 * len(noisy):
            return (clean >= t).mean()


def entropy(p):
    return -(p * np.log(np.where(p > 0, p, 1))).sum(1)


def energy(z):
    return -(np.log(np.exp(z - z.max(1, keepdims=True)).sum(1)) + z.max(1))


def values(i):
    zc, z, y = table(i)
    n, k = z.shape
    pc, p = softmax(zc), softmax(z)
    pred, conf = p.argmax(1), p.max(1)
    hit = pred == y
    one_hot = np.eye(k)[y]
    share, gap = binned(conf, hit)
    per_class = [binned(p[:, c], y == c) for c in range(k)]
    errors, ranked = tied_errors(conf, ~hit)
    parts = np.array_split(np.arange(n)[::-1], min(15, n))
    right = np.diff(np.concatenate([[0], np.arange(1, n + 1) - errors]))
    adaptive = sum(abs(right[q].sum() - ranked[q].sum()) for q in parts) / n
    x = np.arange(1, n + 1) / n
    ends = [j for j in range(n) if j == n - 1 or ranked[j] != ranked[j + 1]]
    allowed = [j + 1 for j in ends if errors[j] <= 0.05 * (j + 1)]
    top80 = int(np.ceil(0.8 * n))
    label_share = np.array([(y == c).mean() for c in range(k)])
    resolution, reliability = 0.0, 0.0
    for c in range(k):
        cell = pred == c
        if cell.any():
            d = np.array([(y[cell] == j).mean() for j in range(k)])
            resolution += cell.mean() * ((d - label_share) ** 2).sum()
            reliability += ((p[cell] - d) ** 2).sum() / n
    made = {
        "accuracy": hit.mean(),
        "nll": -np.log(p[np.arange(n), y]).mean(),
        "brier": ((p - one_hot) ** 2).sum(1).mean(),
        "entropy": entropy(p).mean(),
        "ece": (share * gap).sum(),
        "maximumCalibrationError": gap.max(),
        "rmsCalibrationError": np.sqrt((share * gap**2).sum()),
        "classCalibrationError": np.mean([(s * g).sum() for s, g in per_class]),
        "adaptiveCalibrationError": adaptive,
        "aurc": np.trapz(errors / np.arange(1, n + 1), x) / (1 - 1 / n),
        "augrc": np.trapz(errors / n, x) / (1 - 1 / n),
        "coverageAt5Risk": max(allowed, default=0) / n,
        "riskAt80Coverage": errors[top80 - 1] / top80,
        "agreement": (pred == pc.argmax(1)).mean(),
        "meanKl": np.mean([stats.entropy(a, b) for a, b in zip(pc, p)]),
        "auroc": auroc(-conf, -pc.max(1)),
        "aupr": aupr(-conf, -pc.max(1)),
        "fpr95": fpr95(-conf, -pc.max(1)),
        "aurocMaxLogit": auroc(-z.max(1), -zc.max(1)),
        "aurocEnergy": auroc(energy(z), energy(zc)),
        "auprEntropy": aupr(entropy(p), entropy(pc)),
        "fpr95Energy": fpr95(energy(z), energy(zc)),
        "brierUncertainty": (label_share - label_share**2).sum(),
        "brierResolution": resolution,
        "brierReliability": reliability,
        "balancedAccuracy": np.mean([hit[y == c].mean() for c in range(k) if (y == c).any()]),
    }
    return [made[name] for name in NAMES]


def smooth(i, points=4000):
    _, z, y = table(i)
    p = softmax(z / 4)
    conf, residual = p.max(1), (p.argmax(1) == y) - p.max(1)
    t = (np.arange(points) + 0.5) / points

    def error(s):
        r = np.zeros(points)
        for f, d in zip(conf, residual):
            for image in range(-4, 5):
                for centre in (2 * image + f, 2 * image - f):
                    r += d * stats.norm.pdf(t, centre, s)
        return np.abs(r).mean() / len(conf)

    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if error(middle) > middle else (low, middle)
    return low


all_values = np.array([values(i) for i in range(1000)])
assert np.isfinite(all_values).all()
all_values.astype("<f8").tofile(os.path.join(here, "metrics.bin"))
with open(os.path.join(here, "smooth.json"), "w") as f:
    json.dump({"table": list(range(12)), "value": [round(smooth(i), 7) for i in range(12)]}, f)
