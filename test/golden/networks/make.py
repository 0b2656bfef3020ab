"""Gradients and loss curves of the networks beside this file, by PyTorch: writes golden.json.

Each network runs operator by operator in double precision. A gradient is stored as its norm and
its products with eight fixed vectors, enough to bound a difference. Curves: 100 steps of SGD.
"""
import json, os, glob
import numpy as np, torch
import torch.nn.functional as F

torch.set_num_threads(1)
here = os.path.dirname(os.path.abspath(__file__))

def numbers(name, count):
    state = 0x811C9DC5
    for letter in name:
        state = ((state ^ ord(letter)) * 0x01000193) & 0xFFFFFFFF
    out = np.empty(count)
    for i in range(count):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        out[i] = (state - 2**32 if state >= 2**31 else state) / 2**31
    return out.astype(np.float32).astype(np.float64)

def parameter(name, shape):
    count = int(np.prod(shape))
    fan = count / (shape[0] or 1)
    is_scale = name.endswith('scale') or name.endswith('variance')
    factor = (0.3 if is_scale else 0.1) if len(shape) == 1 else np.sqrt(3 / fan)
    values = factor * numbers(name, count) + (1 if is_scale else 0)
    return torch.tensor(values.astype(np.float32).astype(np.float64).reshape(shape))

def batch(network, index):
    shape, classes = network['input'], network['classes']
    x = torch.tensor(numbers(f'input {index}', int(np.prod(shape))).reshape(shape))
    labels = np.floor((numbers(f'labels {index}', shape[0]) + 1) / 2 * classes).astype(np.int64)
    return x, torch.tensor(labels)

def pads_of(a, rank):
    pads = a.get('pads', [0] * 2 * rank)
    return [p for i in reversed(range(rank)) for p in (pads[i], pads[i + rank])]

def conv(x, w, b=None, **a):
    rank = x.dim() - 2
    f = [F.conv1d, F.conv2d, F.conv3d][rank - 1]
    return f(F.pad(x, pads_of(a, rank)), w, b, stride=a.get('strides', 1), groups=a.get('group', 1))

def max_pool(x, **a):
    f = [F.max_pool1d, F.max_pool2d][x.dim() - 3]
    return f(x, a['kernel_shape'], a['strides'])

def resize(x, _roi=None, _scales=None, sizes=None, mode='nearest', **a):
    if mode == 'nearest':
        return F.interpolate(x, size=[int(s) for s in sizes[2:]], mode='nearest')
    return F.interpolate(x, size=[int(s) for s in sizes[2:]], mode='bilinear', align_corners=False)

def reshape(x, shape):
    return x.reshape([x.shape[i] if s == 0 else int(s) for i, s in enumerate(shape)])

def recurrent(function, order, states):
    """ONNX keeps gates in another order: z r h for r z n, i o f c for i f g o."""
    def run(x, w, r, b, hidden_size, direction='forward', **a):
        two = direction == 'bidirectional'
        reorder = lambda t: torch.cat([t.chunk(len(order))[k] for k in order])
        weights = []
        for d in range(1 + two):
            wb, rb = b[d].chunk(2)
            weights += [reorder(t) for t in (w[d], r[d], wb, rb)]
        zeros = torch.zeros(1 + two, x.shape[1], hidden_size, dtype=x.dtype)
        initial = zeros if states == 1 else (zeros, zeros)
        return function(x, initial, weights, True, 1, 0.0, True, two, False)[:2]
    return run

operators = {
    'Add': lambda a, b: a + b,
    'Mul': lambda a, b: a * b,
    'Concat': lambda *xs, axis: torch.cat(xs, axis),
    'Conv': conv,
    'Flatten': lambda x, axis=1: x.reshape(x.shape[0], -1),
    'Gelu': lambda x: F.gelu(x),
    'Gemm': lambda x, w, b, transB=0: x @ (w.T if transB else w) + b,
    'GlobalAveragePool': lambda x: x.mean(dim=list(range(2, x.dim())), keepdim=True),
    'GRU': recurrent(torch._VF.gru, [1, 0, 2], 1),
    'LSTM': recurrent(torch._VF.lstm, [0, 2, 3, 1], 2),
    'LayerNormalization': lambda x, g, b, axis, epsilon: F.layer_norm(x, [x.shape[-1]], g, b, epsilon),
    'MatMul': torch.matmul,
    'MaxPool': max_pool,
    'ReduceMean': lambda x, axes, keepdims=1: x.mean([int(a) for a in axes], keepdim=bool(keepdims)),
    'Relu': F.relu,
    'Reshape': reshape,
    'Resize': resize,
    'Softmax': lambda x, axis: F.softmax(x, axis),
    'Transpose': lambda x, perm: x.permute(perm),
}

def run(network, values, training):
    for node in network['nodes']:
        inputs = [values[name] if name else None for name in node['inputs']]
        attributes = {k: v['value'] for k, v in node['attributes'].items()}
        if node['op'] == 'BatchNormalization':
            x, scale, bias, mean, variance = inputs
            momentum = 1 - attributes.get('momentum', 0.9)
            y = F.batch_norm(x, mean, variance, scale, bias, training, momentum, attributes.get('epsilon', 1e-5))
        else:
            y = operators[node['op']](*inputs, **attributes)
        for name, value in zip(node['outputs'], y if isinstance(y, tuple) else (y,)):
            values[name] = value
    return values['logits']

is_statistic = lambda name: name.endswith('.mean') or name.endswith('.variance')

def start(network):
    values = {k: parameter(k, s) for k, s in network['parameters'].items()}
    trained = {k: v.requires_grad_() for k, v in values.items() if not is_statistic(k)}
    for k, c in network['constants'].items():
        values[k] = c['values'] if c['dtype'] == 'int64' else torch.tensor(c['values'], dtype=torch.float64).reshape(c['shape'])
    return values, trained

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
