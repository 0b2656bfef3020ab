"""One step of training with each ascent on a tiny network, by PyTorch: writes golden.json.

SAM as in davda54/sam, ASAM as in equation 3 of its paper (T = |w| + eta for every parameter), AWP as
in csdongxian/AWP (its proxy step by plain SGD, so the direction is the gradient's), FGSM, PGD and PGD
in L2 without a random start. Numbers are those of ../pytorch/make.py.
"""

import json
import math
import pathlib

import torch
from torch.nn import functional as F

HERE = pathlib.Path(__file__).parent
torch.set_default_dtype(torch.float64)


def numbers(name, shape):
    """Uniform in [-1, 1): a linear congruential generator started by the FNV-1a hash of the name."""
    state = 0x811C9DC5
    for byte in name.encode():
        state = ((state ^ byte) * 0x01000193) & 0xFFFFFFFF
    values = []
    for _ in range(math.prod(shape)):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        values.append((state >> 8) / 2**23 - 1)
    return torch.tensor(values).reshape(shape).float().double()


SHAPES = {"w1": [4, 6], "b1": [6], "w2": [6, 3], "b2": [3]}
RATE = 0.1


def weights():
    return {name: numbers(name, shape).requires_grad_() for name, shape in SHAPES.items()}


def loss_of(w, x, t):
    return F.cross_entropy(torch.relu(x @ w["w1"] + w["b1"]) @ w["w2"] + w["b2"], t)


def gradients(w, x, t):
    return dict(zip(w, torch.autograd.grad(loss_of(w, x, t), list(w.values()))))


def sam(w, g, level):
    scale = level["radius"] / (torch.cat([v.reshape(-1) for v in g.values()]).norm() + 1e-12)
    return {k: w[k] + scale * g[k] for k in w}


def asam(w, g, level):
    size = {k: w[k].abs() + level["eta"] for k in w}
    norm = torch.cat([(size[k] * g[k]).reshape(-1) for k in w]).norm() + 1e-12
    return {k: w[k] + level["radius"] * size[k] ** 2 * g[k] / norm for k in w}


def awp(w, g, level):
    """diff_in_weights and add_into_weights: the proxy's step, made as long as the weight."""
    moved = {}
    for k in w:
        step = 0.01 * g[k]
        length = level["radius"] * w[k].norm() / (step.norm() + 1e-20)
        moved[k] = w[k] + length * step if w[k].dim() > 1 else w[k]
    return moved


def awp_steps(w, x, t, level):
    """So many steps of radius / steps, kept within radius |w| of the start."""
    at = dict(w)
    for _ in range(level["steps"]):
        leaf = {k: v.detach().requires_grad_() for k, v in at.items()}
        g = gradients(leaf, x, t)
        for k in w:
            if w[k].dim() < 2:
                continue
            ball = level["radius"] * w[k].norm()
            away = leaf[k] + ball / level["steps"] * g[k] / g[k].norm() - w[k]
            at[k] = w[k] + away * min(1, ball / away.norm())
    return {k: v.detach().requires_grad_() for k, v in at.items()}


def attack(w, x, t, level, step, project):
    at = x.clone()
    for _ in range(level.get("steps", 1)):
        leaf = at.detach().requires_grad_()
        (g,) = torch.autograd.grad(loss_of(w, leaf, t), leaf)
        at = project(leaf + step(g)).clamp(-1, 1)
    return at.detach()


def fgsm(w, x, t, level):
    return attack(w, x, t, level, lambda g: level["radius"] * g.sign(), lambda at: at)


def pgd(w, x, t, level):
    r = level["radius"]
    step = lambda g: level["stepSize"] * r * g.sign()
    return attack(w, x, t, level, step, lambda at: torch.max(torch.min(at, x + r), x - r))


def pgd_l2(w, x, t, level):
    r = level["radius"]
    step = lambda g: level["stepSize"] * r * g / g.norm(dim=1, keepdim=True)
    def project(at):
        away = at - x
        return x + away * (r / away.norm(dim=1, keepdim=True)).clamp(max=1)
    return attack(w, x, t, level, step, project)


CASES = [
    ("weight", "sharpness_aware", {"radius": 0.3}, sam),
    ("weight", "adaptive_sharpness_aware", {"radius": 0.5, "eta": 0.02}, asam),
    ("weight", "adversarial", {"radius": 0.1, "steps": 1}, awp),
    ("weight", "adversarial", {"radius": 0.2, "steps": 4}, None),
    ("input", "fast_gradient_sign", {"radius": 0.1}, fgsm),
    ("input", "projected_gradient", {"radius": 0.2, "steps": 5, "stepSize": 0.3, "start": 0}, pgd),
    ("input", "projected_gradient_l2", {"radius": 0.4, "steps": 5, "stepSize": 0.4, "start": 0}, pgd_l2),
]


def listed(value):
    return [float(f"{v:.9g}") for v in value.detach().reshape(-1).tolist()]


rows = []
for at, kind, level, f in CASES:
    w, x, t = weights(), numbers("x", [5, 4]), torch.tensor([0, 2, 1, 1, 0])
    if at == "input":
        moved = x = f(w, x, t, level)
        g = gradients(w, x, t)
        row = {"moved": {"x": listed(moved)}, "loss": loss_of(w, x, t).item()}
    else:
        moved = f(w, gradients(w, x, t), level) if f else awp_steps(w, x, t, level)
        moved = {k: v.detach().requires_grad_() for k, v in moved.items()}
        g = gradients(moved, x, t)
        row = {"moved": {k: listed(v) for k, v in moved.items()}, "loss": loss_of(moved, x, t).item()}
    after = {k: listed(w[k] - RATE * g[k]) for k in w}
    rows.append({"at": at, "kind": kind, "level": level, **row, "after": after})
(HERE / "golden.json").write_text(json.dumps(rows, separators=(",", ":")) + "\n")
