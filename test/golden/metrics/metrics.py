"""Golden values of the room metrics, by scikit-learn (1.2.1) and scipy (1.10.1) wherever they have the
measure or its main step, else by plain numpy definitions. Run: python3 metrics.py

Writes metrics.bin: for 1,000 random tables, which follow from their number alone (see `table`), the
values named below, as little-endian doubles; and smooth.json: smooth calibration errors, computed
with the exact kernel on a fine grid.
"""

import json
import os

import numpy as np
from scipy import special, stats
from sklearn import metrics

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


def binned(conf, hit, bins=15):
    """Of the bins that hold samples: their share, and how far confidence and accuracy lie apart."""
    mean, _, _ = stats.binned_statistic(conf, [conf, hit], "mean", bins, (0, 1))
    count, _, _ = stats.binned_statistic(conf, conf, "count", bins, (0, 1))
    used = count > 0
    return count[used] / len(conf), np.abs(mean[1] - mean[0])[used]


def tied_errors(conf, wrong):
    """Errors among the first i + 1 by falling confidence, the mean over all orders of equal ones."""
    order = np.argsort(-conf, kind="stable")
    c, w = conf[order], wrong[order].astype(float)
    for value in np.unique(c):
        w[c == value] = w[c == value].mean()
    return np.cumsum(w), c


def sides(noisy, clean):
    """Whether a sample is noisy, and its score."""
    return np.repeat([1, 0], [len(noisy), len(clean)]), np.concatenate([noisy, clean])


def auroc(noisy, clean):
    return metrics.roc_auc_score(*sides(noisy, clean))


def aupr(noisy, clean):
    return metrics.average_precision_score(*sides(noisy, clean))


def fpr95(noisy, clean):
    false, true, _ = metrics.roc_curve(*sides(noisy, clean), drop_intermediate=False)
    return false[np.argmax(true >= 0.95)]


def entropy(p):
    return stats.entropy(p, axis=1)


def energy(z):
    return -special.logsumexp(z, axis=1)


def values(i):
    zc, z, y = table(i)
    n, k = z.shape
    pc, p = special.softmax(zc, 1), special.softmax(z, 1)
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
        "accuracy": metrics.accuracy_score(y, pred),
        "nll": metrics.log_loss(y, p, labels=range(k), eps=1e-300),
        "brier": metrics.mean_squared_error(one_hot, p) * k,
        "entropy": entropy(p).mean(),
        "ece": (share * gap).sum(),
        "maximumCalibrationError": gap.max(),
        "rmsCalibrationError": np.sqrt((share * gap**2).sum()),
        "classCalibrationError": np.mean([(s * g).sum() for s, g in per_class]),
        "adaptiveCalibrationError": adaptive,
        "aurc": metrics.auc(x, errors / np.arange(1, n + 1)) / (1 - 1 / n),
        "augrc": metrics.auc(x, errors / n) / (1 - 1 / n),
        "coverageAt5Risk": max(allowed, default=0) / n,
        "riskAt80Coverage": errors[top80 - 1] / top80,
        "agreement": metrics.accuracy_score(pc.argmax(1), pred),
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
        "balancedAccuracy": metrics.recall_score(y, pred, labels=np.unique(y), average="macro", zero_division=0),
    }
    return [made[name] for name in NAMES]


def smooth(i, points=4000):
    _, z, y = table(i)
    p = special.softmax(z / 4, 1)
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
