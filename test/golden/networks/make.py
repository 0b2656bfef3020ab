"""Gradients and loss curves of the networks beside this file, by PyTorch: writes golden.json.

Each network runs operator by operator in double precision. A gradient is stored as its norm and
its products with eight fixed vectors, enough to bound a difference. Curves: 100 steps of SGD.
"""
import json, os, glob
import numpy as np, torch
import torch.nn.functional as F
from execute import batch, is_statistic, numbers, run, start

torch.set_num_threads(1)
here = os.path.dirname(os.path.abspath(__file__))

def projected(name, gradient):
    flat = gradient.detach().numpy().reshape(-1)
    products = [float(flat @ numbers(f'{name}#{k}', flat.size)) for k in range(8)]
    return [float(f'{v:.9g}') for v in [np.linalg.norm(flat), *products]]

def gradients(network, training):
    values, trained = start(network)
    x, labels = batch(network, 0)
    values['input'] = x.requires_grad_()
    loss = F.cross_entropy(run(network, values, training), labels)
    loss.backward()
    own = {**trained, 'input': x}
    return {'loss': loss.item(), 'gradients': {k: projected(k, v.grad) for k, v in own.items()}}

def curve(network, rate, steps=100, batches=4):
    """Losses of all steps, and the running statistics after the first."""
    values, trained = start(network)
    losses = []
    for step in range(steps):
        x, labels = batch(network, step % batches)
        own = {**values, 'input': x}
        loss = F.cross_entropy(run(network, own, True), labels)
        for p in trained.values():
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in trained.values():
                p -= rate * p.grad
        losses.append(float(f'{loss.item():.7g}'))
        if step == 0:
            statistics = {k: projected(k, v) for k, v in values.items() if is_statistic(k)}
    return {'rate': rate, 'batches': batches, 'losses': losses, 'statistics': statistics}

golden = {}
for path in sorted(glob.glob(os.path.join(here, '*.json'))):
    name = os.path.basename(path)[:-5]
    if name == 'golden':
        continue
    network = json.load(open(path))
    entry = {'frozen': gradients(network, False)}
    if any(n['op'] == 'BatchNormalization' for n in network['nodes']):
        entry['batch'] = gradients(network, True)
    rates = {'mlp': 0.1, 'lenet': 0.02, 'resnet8': 0.02, 'gru': 0.3, 'transformer': 0.02, 'unet': 0.1}
    if name in rates:
        entry['curve'] = curve(network, rates[name])
    golden[name] = entry
    print(name, entry['frozen']['loss'], entry.get('curve', {}).get('losses', [None])[-1])
json.dump({'producer': f'PyTorch {torch.__version__}', 'networks': golden},
          open(os.path.join(here, 'golden.json'), 'w'))
