"""Runs a network described as JSON operator by operator in PyTorch, with gradients."""
import numpy as np, torch
import torch.nn.functional as F

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

def batch(network, index, dtype=torch.float64):
    shape, classes = network['input'], network['classes']
    x = torch.tensor(numbers(f'input {index}', int(np.prod(shape))).reshape(shape)).to(dtype)
    labels = np.floor((numbers(f'labels {index}', shape[0]) + 1) / 2 * classes).astype(np.int64)
    return x, torch.tensor(labels)

def conv(x, w, b=None, **a):
    rank = x.dim() - 2
    pads = a.get('pads', [0] * 2 * rank)
    before, after = pads[:rank], pads[rank:]
    if before != after:
        x = F.pad(x, [p for i in reversed(range(rank)) for p in (pads[i], pads[i + rank])])
        before = 0
    f = [F.conv1d, F.conv2d, F.conv3d][rank - 1]
    return f(x, w, b, a.get('strides', 1), before, groups=a.get('group', 1))

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
    'Gemm': lambda x, w, b, transB=0: F.linear(x, w if transB else w.T, b),
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

def fused(network):
    """A product with a weight and the bias after it are one operator, as PyTorch's users write it."""
    nodes, shapes = network['nodes'], network['parameters']
    bias = {n['inputs'][0]: n for n in nodes if n['op'] == 'Add' and len(shapes.get(n['inputs'][1], [])) == 1}
    pairs = [(n, bias[n['outputs'][0]]) for n in nodes if n['op'] == 'MatMul'
             and n['outputs'][0] in bias and len(shapes.get(n['inputs'][1], [])) == 2]
    gone = {id(add) for _, add in pairs}
    linear = {id(n): {'op': 'Gemm', 'inputs': [*n['inputs'], add['inputs'][1]], 'outputs': add['outputs'],
                      'attributes': {}} for n, add in pairs}
    return {**network, 'nodes': [linear.get(id(n), n) for n in nodes if id(n) not in gone]}

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

def start(network, dtype=torch.float64):
    values = {k: parameter(k, s).to(dtype) for k, s in network['parameters'].items()}
    trained = {k: v.requires_grad_() for k, v in values.items() if not is_statistic(k)}
    for k, c in network['constants'].items():
        values[k] = c['values'] if c['dtype'] == 'int64' else torch.tensor(c['values'], dtype=dtype).reshape(c['shape'])
    return values, trained
