"""The peer of bench/step.ts: reads a network as JSON, then a line for each block of steps to run."""
import json, os, sys, time
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../test/golden/networks'))
import torch
import torch.nn.functional as F
from execute import batch, fused, run, start

setup = json.loads(sys.stdin.readline())
torch.set_num_threads(setup['threads'])
network = fused(setup['network'])
values, trained = start(network, torch.float32)
x, labels = batch(network, 0, torch.float32)
optimizer = torch.optim.Adam(trained.values(), lr=1e-3)

def step():
    optimizer.zero_grad()
    loss = F.cross_entropy(run(network, {**values, 'input': x}, True), labels)
    loss.backward()
    optimizer.step()
    return loss

print(json.dumps({'version': torch.__version__}), flush=True)
for line in sys.stdin:
    steps = int(line)
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(steps):
        loss = step()
    out = {'wall': (time.perf_counter() - wall) * 1e3 / steps, 'cpu': (time.process_time() - cpu) * 1e3 / steps}
    print(json.dumps({**out, 'loss': loss.item()}), flush=True)
