"""Five steps of PyTorch's optimizers on 21 parameters; writes optimizers.json beside this file."""
import json, pathlib, torch

torch.manual_seed(0)
start = torch.randn(21)
gradients = [torch.randn(21) * 10 ** torch.empty(21).uniform_(-4, 1) for _ in range(5)]
cases = {
    'adam': (torch.optim.Adam, dict(lr=1e-2)),
    'adam-decay': (torch.optim.Adam, dict(lr=1e-2, weight_decay=0.1, betas=(0.8, 0.99), eps=1e-3)),
    'adamw': (torch.optim.AdamW, dict(lr=1e-2, weight_decay=0.1)),
    'sgd': (torch.optim.SGD, dict(lr=0.1, weight_decay=0.01)),
    'momentum': (torch.optim.SGD, dict(lr=0.1, momentum=0.9, weight_decay=0.01)),
    'nesterov': (torch.optim.SGD, dict(lr=0.1, momentum=0.9, nesterov=True)),
}
results = {}
for name, (make, options) in cases.items():
    p = start.clone().requires_grad_()
    optimizer = make([p], **options)
    for g in gradients:
        p.grad = g.clone()
        optimizer.step()
    results[name] = p.detach().tolist()
document = {'torch': torch.__version__, 'start': start.tolist(), 'gradients': [g.tolist() for g in gradients], 'results': results}
pathlib.Path(__file__).with_suffix('.json').write_text(json.dumps(document) + '\n')
