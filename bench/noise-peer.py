"""The peer of bench/noise.ts: the same work in torch, numpy and OpenCV, one thread.

Reads lines {"case": name, "repeats": n}; answers {"wall": us, "cpu": us} per call, or {"missing": why}.
"""
import json, os, sys, time
os.environ['OMP_NUM_THREADS'] = '1'
sys.dont_write_bytecode = True
import cv2, numpy as np, torch

torch.set_num_threads(1)
cv2.setNumThreads(1)
rng = np.random.Generator(np.random.SFC64(0))
f32 = np.float32
batch = rng.random((128, 3, 32, 32), dtype=f32)
other, out = batch[::-1].copy(), np.empty_like(batch)
t_batch, t_other, t_out = (torch.from_numpy(a) for a in (batch, other, out))
waves = rng.standard_normal((32, 16000), dtype=f32)
noise = rng.standard_normal((32, 16000), dtype=f32)
images = np.uint8(rng.random((100, 32, 32, 3)) * 255)
planes = [np.ascontiguousarray(image.astype(f32) / 255) for image in images]
grey = rng.random((100, 28, 28), dtype=f32)
large = rng.random((4, 224, 224, 3), dtype=f32)
def pink():
    spectrum = np.fft.rfft(rng.standard_normal(waves.shape, dtype=f32))
    scale = np.sqrt(np.maximum(np.fft.rfftfreq(16000), 1 / 16000))
    return np.fft.irfft(spectrum / scale).astype(f32)


def snr_mix():
    gain = np.sqrt((waves ** 2).sum(1, keepdims=True) / ((noise ** 2).sum(1, keepdims=True) * f32(10)))
    return waves + gain * noise


def torch_gaussian():
    t_out.normal_()
    return t_out.mul_(0.1).add_(t_batch).clamp_(0, 1)


def numpy_gaussian():
    rng.standard_normal(out=out, dtype=f32)
    np.multiply(out, f32(0.1), out=out)
    np.add(out, batch, out=out)
    return np.clip(out, 0, 1, out=out)


kernels = {
    'gaussian / torch in place': torch_gaussian,
    'gaussian / torch': lambda: (t_batch + 0.1 * torch.randn_like(t_batch)).clamp(0, 1),
    'gaussian / numpy': numpy_gaussian,
    'uniform / torch in place': lambda: t_out.uniform_(-0.1, 0.1).add_(t_batch).clamp_(0, 1),
    'uniform / numpy': lambda: np.clip(batch + (rng.random(batch.shape, dtype=f32) - f32(0.5)) * f32(0.2), 0, 1),
    'laplace / torch': lambda: (t_batch + torch.distributions.Laplace(0., 0.1).sample(t_batch.shape)).clamp(0, 1),
    'laplace / numpy': lambda: np.clip(batch + rng.laplace(0, 0.1, batch.shape).astype(f32), 0, 1),
    'salt_and_pepper / numpy': lambda: np.where((u := rng.random(batch.shape, dtype=f32)) < 0.025, f32(0), np.where(u > 0.975, f32(1), batch)),
    'salt_and_pepper / torch': lambda: torch.where((u := torch.rand_like(t_batch)) < 0.025, 0., torch.where(u > 0.975, 1., t_batch)),
    'speckle / torch': lambda: (t_batch + t_batch * 0.1 * torch.randn_like(t_batch)).clamp(0, 1),
    'poisson 25 / torch': lambda: torch.poisson(t_batch * 25).div_(25).clamp_(0, 1),
    'poisson 25 / numpy': lambda: np.clip(rng.poisson(batch * 25) / f32(25), 0, 1).astype(f32),
    'mixup / torch lerp': lambda: torch.lerp(t_batch, t_other, 0.3, out=t_out),
    'mixup / torch': lambda: 0.7 * t_batch + 0.3 * t_other,
    'pink / scipy': pink,
    'white at snr, given noise / numpy': snr_mix,
    'blur 32 px / OpenCV': lambda: [cv2.GaussianBlur(p, (9, 9), 1) for p in planes],
    'blur 28 px / OpenCV': lambda: [cv2.GaussianBlur(p, (9, 9), 1) for p in grey],
    'blur 224 px / OpenCV': lambda: [cv2.GaussianBlur(p, (9, 9), 1) for p in large],
}


cases = kernels
print(json.dumps({'versions': {'torch': torch.__version__, 'numpy': np.__version__, 'cv2': cv2.__version__}, 'cases': list(cases)}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    run = cases[request['case']]
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(request['repeats']):
        run()
    scale = 1e6 / request['repeats']
    print(json.dumps({'wall': (time.perf_counter() - wall) * scale, 'cpu': (time.process_time() - cpu) * scale}), flush=True)
