"""
The peer of bench/whole.mjs: five epochs of the two-layer CNN on Fashion-MNIST with Gaussian noise,
mixup and checks under noise, as a PyTorch user would write it for speed: all images in one tensor,
batches gathered from it, no DataLoader.
"""
import json, sys
import numpy as np, torch
import torch.nn as nn
import torch.nn.functional as F

folder, epochs, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(threads)
torch.manual_seed(0)
x = torch.from_numpy(np.fromfile(f'{folder}/x.bin', np.uint8).reshape(-1, 1, 28, 28)).float() / 255
y = torch.from_numpy(np.fromfile(f'{folder}/y.bin', np.uint8)).long()
order = torch.randperm(len(x))
held, train = order[: len(x) // 10], order[len(x) // 10:]
held = held[:1000]

net = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(1568, 128), nn.ReLU(), nn.Linear(128, 10))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
steps = epochs * -(-len(train) // 128)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps, 1e-5)
one_hot = F.one_hot(y, 10).float()

def soft(logits, targets):
    return -(targets * F.log_softmax(logits, 1)).sum(1).mean()

def calibration_error(p, labels, bins=15):
    top, chosen = p.max(1)
    right = (chosen == labels).float()
    at = torch.clamp((top * bins).long(), max=bins - 1)
    count = torch.bincount(at, minlength=bins).clamp(min=1)
    gap = torch.bincount(at, right - top, minlength=bins)
    return (gap.abs() / len(labels)).sum().item()

def measure(images, labels):
    p = torch.cat([F.softmax(net(part), 1) for part in images.split(64)])
    return {'accuracy': (p.argmax(1) == labels).float().mean().item(), 'ece': calibration_error(p, labels),
            'nll': F.nll_loss(p.clamp(min=1e-12).log(), labels).item(), 'brier': ((p - F.one_hot(labels, 10)) ** 2).sum(1).mean().item(),
            'entropy': -(p * p.clamp(min=1e-12).log()).sum(1).mean().item()}

def check():
    images, labels = x[held], y[held]
    with torch.no_grad():
        clean = measure(images, labels)
        noisy = [measure((images + s * torch.randn_like(images)).clamp(0, 1), labels) for s in json.loads(sys.argv[4])]
    return clean, noisy

for epoch in range(epochs):
    for rows in train[torch.randperm(len(train))].split(128):
        images, targets = x[rows], one_hot[rows]
        weight = torch.distributions.Beta(0.2, 0.2).sample((len(rows),))
        partner = torch.randperm(len(rows))
        images = torch.lerp(images, images[partner], weight[:, None, None, None])
        targets = torch.lerp(targets, targets[partner], weight[:, None])
        images = images.add_(torch.randn_like(images), alpha=0.2).clamp_(0, 1)
        optimizer.zero_grad()
        soft(net(images), targets).backward()
        optimizer.step()
        schedule.step()
    clean, noisy = check()
print(json.dumps({'clean': clean['accuracy'], 'noisy': float(np.mean([n['accuracy'] for n in noisy]))}))
