"""The peer of bench/eval.mjs: the cnn of `temper new`, the same noise and measures, in PyTorch."""
import json, sys, time
import torch
import torch.nn.functional as F

setup = json.loads(sys.stdin.readline())
torch.set_num_threads(setup['threads'])
torch.manual_seed(0)
network = torch.nn.Sequential(
    torch.nn.Conv2d(1, 16, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
    torch.nn.Conv2d(16, 32, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
    torch.nn.Flatten(), torch.nn.Linear(32 * 49, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10),
).eval()
images = torch.rand(setup['samples'], 1, 28, 28)
labels = torch.randint(10, (setup['samples'],))
sigmas = [0.08, 0.12, 0.18, 0.26, 0.38]


class Measures:
    def __init__(self):
        self.correct = self.nll = self.brier = self.entropy = self.same = self.kl = 0
        self.bins = torch.zeros(3, 15)
        self.sure = []

    def add(self, z, y, clean):
        logp = F.log_softmax(z, 1)
        p = logp.exp()
        sure, top = p.max(1)
        hit = (top == y).float()
        self.correct += hit.sum()
        self.nll += F.nll_loss(logp, y, reduction='sum')
        self.brier += ((p - F.one_hot(y, 10)) ** 2).sum()
        self.entropy -= (p * logp).sum()
        at = (sure * 15).long().clamp(max=14)
        for row, values in enumerate([torch.ones_like(sure), sure, hit]):
            self.bins[row].index_add_(0, at, values)
        self.sure.append(sure)
        if clean is not None:
            self.same += (top == clean.argmax(1)).sum()
            self.kl += F.kl_div(logp, F.log_softmax(clean, 1), log_target=True, reduction='sum')


def evaluate(what):
    batch = what['batch']
    measures = [Measures() for _ in range(6)]
    for i in range(0, len(images), batch):
        x, y = images[i:i + batch], labels[i:i + batch]
        clean = network(x)
        measures[0].add(clean, y, None)
        for m, sigma in zip(measures[1:], sigmas):
            m.add(network((x + sigma * torch.randn_like(x)).clamp(0, 1)), y, clean)
    return 6 * len(images)


def certify(what):
    batch = what['batch']
    for i in range(what['certified']):
        counts = torch.zeros(10)
        for start in range(0, what['copies'], batch):
            n = min(batch, what['copies'] - start)
            x = images[i:i + 1].repeat(n, 1, 1, 1)
            counts += torch.bincount(network(x + 0.25 * torch.randn_like(x)).argmax(1), minlength=10)
    return what['certified'] * what['copies']


print(json.dumps({'version': torch.__version__}), flush=True)
with torch.no_grad():
    for line in sys.stdin:
        what = json.loads(line)
        clock = time.perf_counter()
        made = {'evaluate': evaluate, 'certify': certify}[what['act']](what)
        print(json.dumps({'rate': made / (time.perf_counter() - clock)}), flush=True)
