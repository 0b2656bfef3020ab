"""The peer of bench/noise.ts: the same work in torch, numpy, scipy, OpenCV and scikit-image, one thread.

Reads lines {"case": name, "repeats": n}; answers {"wall": us, "cpu": us} per call, or {"missing": why}.
"""
import io, json, os, sys, time
os.environ['OMP_NUM_THREADS'] = '1'
sys.dont_write_bytecode = True
import cv2, numpy as np, torch
from PIL import Image
from scipy import ndimage, signal
from skimage import color, filters, util

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
turn = [0]


def image():
    turn[0] = (turn[0] + 1) % 100
    return images[turn[0]]


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
}


def hsv(change):
    h = color.rgb2hsv(image() / 255.)
    change(h)
    return np.uint8(np.clip(color.hsv2rgb(h), 0, 1) * 255)


def brighter(h): h[:, :, 2] = np.clip(h[:, :, 2] + 0.15, 0, 1)
def saturated(h): h[:, :, 1] = np.clip(h[:, :, 1] * 1.5, 0, 1)
def floor(x): return np.uint8(np.clip(x, 0, 1) * 255)


def disk(radius, softness):
    X, Y = np.meshgrid(np.arange(-8, 9), np.arange(-8, 9))
    d = np.array(X ** 2 + Y ** 2 <= radius ** 2, dtype=f32)
    return cv2.GaussianBlur(d / d.sum(), ksize=(3, 3), sigmaX=softness)


def defocus():
    x, kernel = image() / 255., disk(0.5, 0.6)
    return floor(np.stack([cv2.filter2D(x[:, :, c], -1, kernel) for c in range(3)], -1))


def glass(sigma=0.4, delta=1, passes=1):
    x = np.uint8(filters.gaussian(image() / 255., sigma=sigma, channel_axis=-1) * 255)
    for _ in range(passes):
        for h in range(32 - delta, delta, -1):
            for w in range(32 - delta, delta, -1):
                dx, dy = np.random.randint(-delta, delta, size=(2,))
                x[h, w], x[h + dy, w + dx] = x[h + dy, w + dx], x[h, w]
    return floor(filters.gaussian(x / 255., sigma=sigma, channel_axis=-1))


def zoomed(x, z):
    h = x.shape[0]
    ch = int(np.ceil(h / z))
    top = (h - ch) // 2
    y = ndimage.zoom(x[top:top + ch, top:top + ch], (z, z, 1), order=1)
    t = (y.shape[0] - h) // 2
    return y[t:t + h, t:t + h]


def zoom_blur():
    x = (image() / 255.).astype(f32)
    factors = np.arange(1, 1.16, 0.01)
    return floor((x + sum(zoomed(x, z) for z in factors)) / (len(factors) + 1))


def plasma(side=32, decay=2.5):
    m, step, wibble = np.zeros((side, side)), side, 100
    mean = lambda a: a / 4 + wibble * np.random.uniform(-wibble, wibble, a.shape)
    while step >= 2:
        c = m[0:side:step, 0:side:step]
        s = c + np.roll(c, -1, axis=0)
        s += np.roll(s, -1, axis=1)
        m[step // 2::step, step // 2::step] = mean(s)
        dr, ul = m[step // 2::step, step // 2::step], m[0:side:step, 0:side:step]
        m[0:side:step, step // 2::step] = mean(dr + np.roll(dr, 1, axis=0) + ul + np.roll(ul, -1, axis=1))
        m[step // 2::step, 0:side:step] = mean(dr + np.roll(dr, 1, axis=1) + ul + np.roll(ul, -1, axis=0))
        step //= 2
        wibble /= decay
    m -= m.min()
    return m / m.max()


def fog(amount=0.75):
    x = image() / 255.
    return floor((x + amount * plasma()[..., None]) * x.max() / (x.max() + amount))


def elastic(alpha=0.08 * 32, sigma=0.06 * 32, jitter=0.06 * 32):
    x = image().astype(f32) / 255.
    p = f32([[26, 26], [26, 6], [6, 6]])
    m = cv2.getAffineTransform(p, p + np.random.uniform(-jitter, jitter, (3, 2)).astype(f32))
    x = cv2.warpAffine(x, m, (32, 32), borderMode=cv2.BORDER_REFLECT_101)
    d = [(filters.gaussian(np.random.uniform(-1, 1, (32, 32)), sigma, mode='reflect', truncate=3) * alpha)[..., None] for _ in range(2)]
    a, b, c = np.meshgrid(np.arange(32), np.arange(32), np.arange(3))
    at = [np.reshape(b + d[1], (-1, 1)), np.reshape(a + d[0], (-1, 1)), np.reshape(c, (-1, 1))]
    return floor(ndimage.map_coordinates(x, at, order=1, mode='reflect').reshape(x.shape))


def jpeg(quality=58):
    stream = io.BytesIO()
    Image.fromarray(image()).save(stream, 'JPEG', quality=quality)
    return np.array(Image.open(stream))


def pixelate(factor=0.85):
    x = Image.fromarray(image()).resize((int(32 * factor),) * 2, Image.BOX)
    return np.array(x.resize((32, 32), Image.BOX))


def contrast(c=0.4):
    x = image() / 255.
    mean = x.mean(axis=(0, 1), keepdims=True)
    return floor((x - mean) * c + mean)


def motion_of(x, radius, sigma, angle):
    """Half a Gaussian along a line, with numpy: ImageMagick's own is faster in C, but costs an encoder each way."""
    taps = 2 * radius + 1
    k = np.exp(-np.arange(taps) ** 2 / (2 * sigma ** 2))
    k /= k.sum()
    r, padded = taps, np.pad(x.astype(f32), [(taps, taps), (taps, taps)] + [(0, 0)] * (x.ndim - 2), mode='edge')
    total = 0
    for i, weight in enumerate(k):
        dx, dy = int(np.ceil(i * np.cos(angle) - .5)), int(np.ceil(i * np.sin(angle) - .5))
        total = total + weight * padded[r + dy:r + dy + 32, r + dx:r + dx + 32]
    return np.uint8(total)


def snow():
    x = image().astype(f32) / 255.
    layer = zoomed(np.random.normal(0.15, 0.3, (32, 32))[..., None], 1.75)
    layer[layer < 0.55] = 0
    layer = motion_of(floor(layer.squeeze()), 10, 4, -1.5)[..., None] / 255.
    grey = cv2.cvtColor(x, cv2.COLOR_RGB2GRAY).reshape(32, 32, 1)
    x = 0.9 * x + 0.1 * np.maximum(x, grey * 1.5 + 0.5)
    return floor(x + layer + np.rot90(layer, k=2))


def frost(texture=np.uint8(rng.random((200, 200, 3)) * 255)):
    a, b = np.random.randint(0, 168, 2)
    return np.uint8(np.clip(0.9 * image() + 0.4 * texture[a:a + 32, b:b + 32], 0, 255))


def noisy(change):
    return lambda: floor(change(image() / 255.))


corruptions = {
    'gaussian_noise': noisy(lambda x: x + np.random.normal(size=x.shape, scale=0.08)),
    'shot_noise': noisy(lambda x: np.random.poisson(x * 100) / 100),
    'impulse_noise': noisy(lambda x: util.random_noise(x, mode='s&p', amount=0.03)),
    'defocus_blur': defocus, 'glass_blur': glass,
    'motion_blur': lambda: motion_of(image(), 6, 2, np.random.uniform(-.78, .78)),
    'zoom_blur': zoom_blur, 'snow': snow, 'frost': frost, 'fog': fog,
    'brightness': lambda: hsv(brighter), 'contrast': contrast, 'elastic_transform': elastic,
    'pixelate': pixelate, 'jpeg_compression': jpeg,
}
cases = {**kernels, **{f'cifar-c {name}': run for name, run in corruptions.items()}}
print(json.dumps({'versions': {'torch': torch.__version__, 'numpy': np.__version__, 'cv2': cv2.__version__}, 'cases': list(cases)}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    run = cases[request['case']]
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(request['repeats']):
        run()
    scale = 1e6 / request['repeats']
    print(json.dumps({'wall': (time.perf_counter() - wall) * scale, 'cpu': (time.process_time() - cpu) * scale}), flush=True)
