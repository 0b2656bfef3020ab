"""Writes the networks beside this file and what PyTorch says of them: run with any PyTorch from 1.13.

Each network is an ONNX file without weights (they are inputs). Weights, inputs and targets are
numbers both sides compute: see `numbers`. golden.json holds losses and gradients.
"""

import json
import math
import pathlib
import warnings

import torch
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(__file__).parent
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
warnings.filterwarnings("ignore")


def numbers(name, shape):
    """Uniform in [-1, 1): a linear congruential generator started by the FNV-1a hash of the name."""
    state = 0x811C9DC5
    for byte in name.encode():
        state = ((state ^ byte) * 0x01000193) & 0xFFFFFFFF
    values = []
    for _ in range(math.prod(shape)):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        values.append((state >> 8) / 2**23 - 1)
    return torch.tensor(values).reshape(shape)


def fill(model):
    """Weights of deviation 1/sqrt(fan in); scales about 1; variances from 0.5 to 1.5."""
    for name, value in [*model.named_parameters(), *model.named_buffers()]:
        if not value.is_floating_point():
            continue
        u = numbers(name, value.shape).float().double()
        fan_in = math.prod(value.shape[1:])
        if name.endswith("running_var"):
            u = 1 + 0.5 * u
        elif value.dim() == 1 and name.endswith("weight"):
            u = 1 + 0.1 * u
        elif value.dim() == 1:
            u = 0.1 * u
        else:
            u = u * math.sqrt(3 / fan_in)
        value.data = u.float().double()


class Lambda(nn.Module):
    def __init__(self, f):
        super().__init__()
        self.f = f

    def forward(self, x):
        return self.f(x)


class Residual(nn.Module):
    def __init__(self, channels, out, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, out, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(out)
        self.short = None
        if stride > 1 or channels != out:
            self.short = nn.Sequential(nn.Conv2d(channels, out, 1, stride, bias=False), nn.BatchNorm2d(out))

    def forward(self, x):
        y = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(y + (x if self.short is None else self.short(x)))


def resnet8():
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, 1, 1, bias=False), nn.BatchNorm2d(4), nn.ReLU(),
        Residual(4, 4, 1), Residual(4, 8, 2), Residual(8, 12, 2),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(12, 5),
    )


def depthwise(channels):
    def part(kernel, groups):
        return [
            nn.Conv2d(channels, channels, kernel, 1, kernel // 2, groups=groups, bias=False),
            nn.BatchNorm2d(channels), nn.ReLU(),
        ]
    return part(3, channels) + part(1, 1)


def ds_cnn():
    first = [nn.Conv2d(1, 8, (5, 4), 2, (2, 1), bias=False), nn.BatchNorm2d(8), nn.ReLU()]
    return nn.Sequential(*first, *depthwise(8), *depthwise(8), nn.AvgPool2d((7, 5)), nn.Flatten(), nn.Linear(8, 4))


class Encoder(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, 2 * width)
        self.fc2 = nn.Linear(2 * width, width)

    def forward(self, x):
        n, t, w = x.shape
        q, k, v = self.qkv(self.norm1(x)).chunk(3, dim=-1)
        split = lambda y: y.reshape(n, t, self.heads, w // self.heads).transpose(1, 2)
        q, k, v = split(q), split(k), split(v)
        a = torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(w // self.heads), dim=-1)
        x = x + self.out((a @ v).transpose(1, 2).reshape(n, t, w))
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(11, 8)
        self.place = nn.Parameter(torch.zeros(6, 8))
        self.layers = nn.Sequential(Encoder(8, 2), Encoder(8, 2))
        self.norm = nn.LayerNorm(8)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        return self.head(self.norm(self.layers(self.embed(x) + self.place))[:, 0])


class Recurrent(nn.Module):
    def __init__(self, cell, **options):
        super().__init__()
        self.rnn = cell(5, 6, batch_first=True, **options)
        self.head = nn.Linear(12 if options.get("bidirectional") else 6, 3)

    def forward(self, x):
        return self.head(self.rnn(x)[0].mean(1))


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down1 = nn.Conv2d(2, 4, 3, padding=1)
        self.down2 = nn.Conv2d(4, 8, 3, stride=2, padding=1)
        self.down3 = nn.Conv2d(8, 8, 3, stride=2, padding=1)
        self.turn = nn.ConvTranspose2d(8, 8, 2, stride=2)
        self.up2 = nn.Conv2d(16, 4, 3, padding=1)
        self.up1 = nn.Conv2d(8, 1, 3, padding=1)
        self.slope = nn.PReLU(4)

    def forward(self, x):
        a = F.leaky_relu(self.down1(x), 0.1)
        b = F.silu(self.down2(a))
        c = F.elu(self.down3(b))
        c = self.turn(c) + F.interpolate(c, scale_factor=2, mode="nearest")
        d = self.slope(self.up2(torch.cat([c, b], 1)))
        d = F.interpolate(d, scale_factor=2, mode="bilinear", align_corners=False)
        return self.up1(torch.cat([d, a], 1))


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 4, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 6, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(24, 10), nn.ReLU(), nn.Linear(10, 4), nn.Softmax(dim=1),
    )


def cnn1d():
    return nn.Sequential(
        nn.Conv1d(1, 4, 16, 4, bias=False), nn.BatchNorm1d(4), nn.ReLU(), nn.MaxPool1d(3, 2, 1),
        nn.Conv1d(4, 6, 3, dilation=2), nn.GroupNorm(3, 6), nn.Tanh(), nn.AvgPool1d(4),
        Lambda(lambda x: x.mean(2)), nn.Linear(6, 3),
    )


# name: network, input shape, kind of loss, batch statistics
NETWORKS = {
    "mlp": (lambda: nn.Sequential(nn.Flatten(), nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 4)), [5, 3, 4], "cross-entropy", False),
    "lenet": (lenet, [3, 1, 20, 20], "cross-entropy", False),
    "resnet8-frozen": (resnet8, [3, 3, 12, 12], "cross-entropy", False),
    "resnet8-batch": (resnet8, [3, 3, 12, 12], "cross-entropy", True),
    "ds-cnn": (ds_cnn, [3, 1, 13, 10], "cross-entropy", True),
    "cnn1d": (cnn1d, [3, 1, 200], "cross-entropy", True),
    "transformer": (Transformer, [4, 6], "cross-entropy", False),
    "gru": (lambda: Recurrent(nn.GRU, bidirectional=True), [3, 7, 5], "cross-entropy", False),
    "lstm": (lambda: Recurrent(nn.LSTM, num_layers=2), [3, 7, 5], "binary-cross-entropy", False),
    "unet": (UNet, [2, 2, 12, 8], "mean-squared-error", False),
}


def loss_of(kind, y, t):
    if kind == "cross-entropy":
        return F.cross_entropy(y, t)
    if kind == "binary-cross-entropy":
        return F.binary_cross_entropy_with_logits(y, t)
    return F.mse_loss(y, t)


def targets_of(name, kind, shape):
    u = numbers(f"{name}:targets", shape)
    if kind == "mean-squared-error":
        return u
    return (u + 1) / (u + 1).sum(1, keepdim=True) if kind == "cross-entropy" else (u + 1) / 2


def inputs_of(name, shape):
    u = numbers(f"{name}:input", shape)
    return ((u + 1) * 5.5).long() if name == "transformer" else u.float().double()


def listed(value):
    """The norm and at most 50 elements, every `step`-th."""
    flat = value.detach().reshape(-1)
    step = math.ceil(flat.numel() / 50)
    values = [float(f"{x:.8g}") for x in flat[::step].tolist()]
    return {"norm": flat.norm().item(), "step": step, "values": values}


def export(name, model, x):
    path = HERE / f"{name}.onnx"
    fill(model)  # equal weights would be merged
    model.eval()
    args = (model.float(), x if x.dtype == torch.long else x.float(), str(path))
    names = {"input_names": ["input"], "output_names": ["output"], "opset_version": 17}
    torch.onnx.export(*args, **names, export_params=False, do_constant_folding=False, keep_initializers_as_inputs=True, training=torch.onnx.TrainingMode.PRESERVE)
    model.double()


def network(name):
    make, shape, kind, batch = NETWORKS[name]
    torch.set_default_dtype(torch.float32)
    model = make()
    x = inputs_of(name, shape)
    export(name, model, x)
    torch.set_default_dtype(torch.float64)
    fill(model)
    model.train(batch)
    if x.is_floating_point():
        x.requires_grad_()
    y = model(x)
    t = targets_of(name, kind, y.shape)
    # the network ends in Softmax: PyTorch's loss takes the logarithm instead
    logits = torch.log(y) if name == "lenet" else y
    loss = loss_of(kind, logits, t)
    loss.backward()
    gradients = {key: listed(value.grad) for key, value in model.named_parameters()}
    if x.is_floating_point():
        gradients["input"] = listed(x.grad)
    buffers = {k: listed(v) for k, v in model.named_buffers() if batch and v.is_floating_point()}
    return {"loss": loss.item(), "kind": kind, "batch": batch, "gradients": gradients, "buffers": buffers}


def curve():
    """100 steps of SGD with momentum 0.9 on four batches of the mlp-sized CNN, float32."""
    torch.set_default_dtype(torch.float32)
    model = nn.Sequential(nn.Conv2d(1, 4, 3, 1, 1, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 3))
    x = numbers("curve:input", [4, 8, 1, 8, 8]).float()
    export("curve", model, x[0])
    fill(model)
    model = model.float()
    model.train()
    t = targets_of("curve", "cross-entropy", [4 * 8, 3]).reshape(4, 8, 3).float()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    losses = []
    for step in range(100):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x[step % 4]), t[step % 4])
        loss.backward()
        optimizer.step()
        losses.append(float(f"{loss.item():.9g}"))
    return losses


def cross_entropy(z, t):
    return F.cross_entropy(z, t, reduction="none")


def generalized(z, t, q=0.7, truncation=0):
    return (t * (1 - torch.softmax(z, 1).clamp(min=truncation) ** q) / q).sum(1)


def symmetric(z, t, alpha=0.1, beta=1.0, floor=1e-4):
    p = torch.softmax(z, 1)
    return alpha * cross_entropy(z, t) - beta * (p * torch.log(t.clamp(min=floor))).sum(1)


def forward_correction(z, t, rate=0.2, transition=None):
    classes = z.shape[1]
    matrix = torch.full((classes, classes), rate / (classes - 1))
    matrix.fill_diagonal_(1 - rate)
    matrix = matrix if transition is None else torch.tensor(transition)
    return -(t * torch.log(torch.softmax(z, 1) @ matrix)).sum(1)


def bootstrapped(z, t, own, beta):
    return -((beta * t + (1 - beta) * own) * torch.log_softmax(z, 1)).sum(1)


def soft_bootstrapping(z, t, beta=0.95):
    return bootstrapped(z, t, torch.softmax(z, 1), beta)


def hard_bootstrapping(z, t, beta=0.8):
    return bootstrapped(z, t, F.one_hot(z.argmax(1), z.shape[1]), beta)


def focal(z, t, gamma=2.0):
    return -(t * (1 - torch.softmax(z, 1)) ** gamma * torch.log_softmax(z, 1)).sum(1)


def confidence_penalty(z, t, beta=0.1):
    p = torch.softmax(z, 1)
    return cross_entropy(z, t) + beta * (p * torch.log_softmax(z, 1)).sum(1)


def binary(z, t):
    return F.binary_cross_entropy_with_logits(z, t, reduction="none").mean(1)


def squared(z, t):
    return F.mse_loss(z, t, reduction="none").mean(1)


def absolute(z, t):
    return F.l1_loss(z, t, reduction="none").mean(1)


def huber(z, t, delta=1.0):
    return F.huber_loss(z, t, reduction="none", delta=delta).mean(1)


def temperature_targets(z, t, amount=0.1, temperature=2.0):
    own = torch.softmax(z / temperature, 1).detach()
    return cross_entropy(z, (1 - amount) * t + amount * own)


def consistency(z, t, copies=2, **settings):
    """smoothing-consistency, consistency_loss(logits, lbd, eta, 'default') beside cross-entropy."""
    lbd, eta = settings.get("lambda", 10.0), settings.get("eta", 0.5)
    grouped = z.reshape(-1, copies, z.shape[1])
    average = torch.softmax(grouped, 2).mean(1)
    kl = sum(
        F.kl_div(F.log_softmax(grouped[:, i], 1), average, reduction="none").sum(1) for i in range(copies)
    ) / copies
    entropy = -(average * torch.log(average)).sum(1)
    # Per sample, on each of its rows but for the divergence: the mean over rows is the same.
    each = cross_entropy(z, t).reshape(-1, copies)
    own = torch.stack([
        F.kl_div(F.log_softmax(grouped[:, i], 1), average, reduction="none").sum(1) for i in range(copies)
    ], 1)
    assert torch.allclose(own.mean(1), kl)
    return (each + lbd * own + eta * entropy[:, None]).reshape(-1)


def stability(z, t, copies=2, divergence=0, **settings):
    grouped = z.reshape(-1, copies, z.shape[1])
    clean, noisy = grouped[:, :1], grouped[:, 1:]
    p = torch.softmax(clean, 2)
    apart = -(p * (torch.log_softmax(grouped, 2) - divergence * torch.log_softmax(clean, 2))).sum(2)
    apart = torch.cat([torch.zeros_like(apart[:, :1]), apart[:, 1:] * copies / (copies - 1)], 1)
    first = cross_entropy(z, t).reshape(-1, copies)[:, :1]
    return (first + settings.get("lambda", 2.0) * apart).reshape(-1)


def jensen_shannon(z, t, copies=3, **settings):
    """AugMix: cifar.py, with the mixture clamped from 1e-7 to 1."""
    grouped = z.reshape(-1, copies, z.shape[1])
    p = torch.softmax(grouped, 2)
    mixture = p.mean(1, keepdim=True).clamp(1e-7, 1).log()
    apart = F.kl_div(mixture.expand_as(p), p, reduction="none").sum(2)
    first = cross_entropy(z, t).reshape(-1, copies)[:, :1]
    return (first + settings.get("lambda", 12.0) * apart).reshape(-1)


TRANSITION = [[0.7, 0.3, 0, 0], [0, 1, 0, 0], [0.1, 0.2, 0.3, 0.4], [0.25, 0.25, 0.25, 0.25]]

# kind, function, settings beside the defaults
LOSSES = [
    ("cross-entropy", cross_entropy, {}),
    ("binary-cross-entropy", binary, {}),
    ("mean-squared-error", squared, {}),
    ("mean-absolute-error", absolute, {}),
    ("huber", huber, {"delta": 0.5}),
    ("generalized-cross-entropy", generalized, {"q": 0.3}),
    ("generalized-cross-entropy", generalized, {"q": 0.5, "truncation": 0.4}),
    ("symmetric-cross-entropy", symmetric, {"alpha": 2, "beta": 0.5, "floor": 0.01}),
    ("forward-correction", forward_correction, {"rate": 0.45}),
    ("forward-correction", forward_correction, {"transition": TRANSITION}),
    ("soft-bootstrapping", soft_bootstrapping, {"beta": 0.6}),
    ("hard-bootstrapping", hard_bootstrapping, {"beta": 0.3}),
    ("focal", focal, {"gamma": 0.5}),
    ("confidence-penalty", confidence_penalty, {"beta": 1.5}),
    ("temperature-targets", temperature_targets, {"amount": 0.7, "temperature": 0.5}),
    ("online-smoothing", lambda z, t, **_: cross_entropy(z, t), {"alpha": 0.3}),
    ("consistency", consistency, {"copies": 3, "lambda": 3, "eta": 2}),
    ("stability", stability, {"copies": 3, "lambda": 5, "divergence": 1}),
    ("jensen-shannon", jensen_shannon, {"copies": 2, "lambda": 3}),
]


def loss_table():
    """Each loss with its defaults and beside them, on one-hot and soft targets, weighted by sample."""
    torch.set_default_dtype(torch.float64)
    rows = []
    for kind, f, settings in LOSSES:
        for given in [{}, settings] if settings else [{}]:
            for hard in [True, False]:
                z = (3 * numbers("losses:z", [6, 4])).requires_grad_()
                soft = targets_of("losses", "cross-entropy", [6, 4])
                t = F.one_hot(soft.argmax(1), 4).double() if hard else soft
                w = numbers("losses:weights", [6]) + 1
                each = f(z, t, **given)
                loss = (w * each).sum() / w.sum()
                loss.backward()
                rows.append({
                    "loss": {"kind": kind, **given}, "hard": hard, "losses": listed(each)["values"],
                    "mean": loss.item(), "gradient": listed(z.grad)["values"],
                })
    return rows


if __name__ == "__main__":
    golden = {"losses": loss_table(), "networks": {name: network(name) for name in NETWORKS}, "curve": curve()}
    (HERE / "golden.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
