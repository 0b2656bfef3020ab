"""The peer of bench/step.ts: reads a network as JSON, then a line for each block of steps to run."""
import json, os, resource, sys, time
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../test/golden/networks'))
import torch
import torch.nn.functional as F
from execute import batch, fused, run, start

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

setup = json.loads(sys.stdin.readline())
torch.set_num_threads(setup['threads'])
before = peak()
network = fused(setup['network'])
values, trained = start(network, torch.float32)
x, labels = batch(network, 0, torch.float32)
optimizer = torch.optim.Adam(trained.values(), lr=1e-3)

def backward():
    optimizer.zero_grad()
    loss = F.cross_entropy(run(network, {**values, 'input': x}, True), labels)
    loss.backward()
    return loss

def gradients():
    backward()
    for i, value in enumerate(trained.values()):
        value.grad.numpy().tofile(os.path.join(setup['folder'], f'{i}.bin'))
    return {'names': list(trained)}

def steps(count):
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(count):
        loss = backward()
        optimizer.step()
    out = {'wall': (time.perf_counter() - wall) * 1e3 / count, 'cpu': (time.process_time() - cpu) * 1e3 / count}
    return {**out, 'loss': loss.item()}

print(json.dumps({'version': torch.__version__}), flush=True)
for line in sys.stdin:
    word = line.strip()
    if word == 'gradients':
        answer = gradients()
    elif word == 'memory':
        answer = {'peak': peak(), 'before': before}
    else:
        answer = steps(int(word))
    print(json.dumps(answer), flush=True)
