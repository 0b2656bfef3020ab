"""The peer of bench/noise-suite.ts: the published CIFAR-10-C recipes with OpenCV, scikit-image, SciPy,
Pillow and numpy, one thread, on images held in memory.

argv: a CIFAR-10 binary file, how many images. Reads lines {"kind": name, "severity": 1 to 5, "from": n,
"to": n}; answers {"wall": us, "cpu": us, "mean": what the corrupted bytes average} for those images.
"""
import io, json, os, sys, time
os.environ['OMP_NUM_THREADS'] = '1'
sys.dont_write_bytecode = True
import cv2, numpy as np, scipy, skimage
from PIL import Image
from scipy import ndimage
from skimage import color, filters, util

cv2.setNumThreads(1)
np.random.seed(0)
f32 = np.float32
raw = np.fromfile(sys.argv[1], np.uint8, 3073 * int(sys.argv[2])).reshape(-1, 3073)[:, 1:]
images = np.ascontiguousarray(raw.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
texture = np.uint8(np.random.random((200, 200, 3)) * 255)

levels = {
    'gaussian_noise': [.04, .06, .08, .09, .10],
    'shot_noise': [500, 250, 100, 75, 50],
    'impulse_noise': [.01, .02, .03, .05, .07],
    'defocus_blur': [(.3, .4), (.4, .5), (.5, .6), (1, .2), (1.5, .1)],
    'glass_blur': [(.05, 1, 1), (.25, 1, 1), (.4, 1, 1), (.25, 1, 2), (.4, 1, 2)],
    'motion_blur': [(6, 1), (6, 1.5), (6, 2), (8, 2), (9, 2.5)],
    'zoom_blur': [1.06, 1.11, 1.16, 1.21, 1.26],
    'snow': [(.1, .2, 1, .6, 8, 3, .95), (.1, .2, 1, .5, 10, 4, .9), (.15, .3, 1.75, .55, 10, 4, .9),
             (.25, .3, 2.25, .6, 12, 6, .85), (.3, .3, 1.25, .65, 14, 12, .8)],
    'frost': [(1, .2), (1, .3), (.9, .4), (.85, .4), (.75, .45)],
    'fog': [(.2, 3), (.5, 3), (.75, 2.5), (1, 2), (1.5, 1.75)],
    'brightness': [.05, .1, .15, .2, .3],
    'contrast': [.75, .5, .4, .3, .15],
    'elastic_transform': [(0, 0, .08), (.05, .2, .07), (.08, .06, .06), (.1, .04, .05), (.1, .03, .03)],
    'pixelate': [.95, .9, .85, .75, .65],
    'jpeg_compression': [80, 65, 58, 50, 40],
}


def floor(x): return np.uint8(np.clip(x, 0, 1) * 255)


def gaussian_noise(x, scale):
    x = x / 255.
    return floor(x + np.random.normal(size=x.shape, scale=scale))


def shot_noise(x, photons): return floor(np.random.poisson(x / 255. * photons) / photons)
def impulse_noise(x, amount): return floor(util.random_noise(x / 255., mode='s&p', amount=amount))


def defocus_blur(x, level):
    radius, softness = level
    across = np.arange(-8, 9)
    X, Y = np.meshgrid(across, across)
    disk = np.array(X ** 2 + Y ** 2 <= radius ** 2, dtype=f32)
    kernel = cv2.GaussianBlur(disk / disk.sum(), ksize=(3, 3), sigmaX=softness)
    x = x / 255.
    return floor(np.stack([cv2.filter2D(x[:, :, c], -1, kernel) for c in range(3)], -1))


def glass_blur(x, level):
    sigma, delta, passes = level
    x = np.uint8(filters.gaussian(x / 255., sigma=sigma, channel_axis=-1) * 255)
    for _ in range(passes):
        for h in range(32 - delta, delta, -1):
            for w in range(32 - delta, delta, -1):
                dx, dy = np.random.randint(-delta, delta, size=(2,))
                if h < 32 and w < 32:
                    x[h, w], x[h + dy, w + dx] = x[h + dy, w + dx], x[h, w]
    return floor(filters.gaussian(x / 255., sigma=sigma, channel_axis=-1))


def motion_of(x, radius, sigma, angle):
    """Half a Gaussian along a line, as imagecorruptions does it: ImageMagick's own costs an encoder each way."""
    taps = 2 * radius + 1
    k = np.exp(-np.arange(taps) ** 2 / (2 * sigma ** 2))
    k /= k.sum()
    padded = np.pad(x.astype(f32), [(taps, taps), (taps, taps)] + [(0, 0)] * (x.ndim - 2), mode='edge')
    total = 0
    for i, weight in enumerate(k):
        dx, dy = int(np.ceil(i * np.cos(angle) - .5)), int(np.ceil(i * np.sin(angle) - .5))
        total = total + weight * padded[taps + dy:taps + dy + 32, taps + dx:taps + dx + 32]
    return np.uint8(total)


def motion_blur(x, level): return motion_of(x, *level, np.radians(np.random.uniform(-45, 45)))


def zoomed(x, z):
    h = x.shape[0]
    ch = int(np.ceil(h / z))
    top = (h - ch) // 2
    y = ndimage.zoom(x[top:top + ch, top:top + ch], (z, z, 1), order=1)
    t = (y.shape[0] - h) // 2
    return y[t:t + h, t:t + h]


def zoom_blur(x, stop):
    x = (x / 255.).astype(f32)
    factors = np.arange(1, stop, .01)
    return floor((x + sum(zoomed(x, z) for z in factors)) / (len(factors) + 1))


def snow(x, level):
    mean, deviation, zoom, threshold, radius, sigma, keep = level
    x = x.astype(f32) / 255.
    layer = zoomed(np.random.normal(mean, deviation, (32, 32))[..., None], zoom)
    layer[layer < threshold] = 0
    angle = np.radians(np.random.uniform(-135, -45))
    layer = motion_of(floor(layer.squeeze()), radius, sigma, angle)[..., None] / 255.
    grey = cv2.cvtColor(x, cv2.COLOR_RGB2GRAY).reshape(32, 32, 1)
    x = keep * x + (1 - keep) * np.maximum(x, grey * 1.5 + .5)
    return floor(x + layer + np.rot90(layer, k=2))


def frost(x, level):
    a, b = np.random.randint(0, 168, 2)
    return np.uint8(np.clip(level[0] * x + level[1] * texture[a:a + 32, b:b + 32], 0, 255))


def plasma(decay, side=32):
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


def fog(x, level):
    x = x / 255.
    return floor((x + level[0] * plasma(level[1])[..., None]) * x.max() / (x.max() + level[0]))


def brightness(x, shift):
    h = color.rgb2hsv(x / 255.)
    h[:, :, 2] = np.clip(h[:, :, 2] + shift, 0, 1)
    return floor(color.hsv2rgb(h))


def contrast(x, factor):
    x = x / 255.
    mean = x.mean(axis=(0, 1), keepdims=True)
    return floor((x - mean) * factor + mean)


def elastic_transform(x, level):
    alpha, sigma, jitter = (32 * value for value in level)
    x = x.astype(f32) / 255.
    p = f32([[26, 26], [26, 6], [6, 6]])
    m = cv2.getAffineTransform(p, p + np.random.uniform(-jitter, jitter, (3, 2)).astype(f32))
    x = cv2.warpAffine(x, m, (32, 32), borderMode=cv2.BORDER_REFLECT_101)
    smooth = lambda: filters.gaussian(np.random.uniform(-1, 1, (32, 32)), sigma, mode='reflect', truncate=3)
    d = [(smooth() * alpha)[..., None] for _ in range(2)]
    a, b, c = np.meshgrid(np.arange(32), np.arange(32), np.arange(3))
    at = [np.reshape(b + d[1], (-1, 1)), np.reshape(a + d[0], (-1, 1)), np.reshape(c, (-1, 1))]
    return floor(ndimage.map_coordinates(x, at, order=1, mode='reflect').reshape(x.shape))


def pixelate(x, factor):
    small = Image.fromarray(x).resize((int(32 * factor),) * 2, Image.BOX)
    return np.array(small.resize((32, 32), Image.BOX))


def jpeg_compression(x, quality):
    stream = io.BytesIO()
    Image.fromarray(x).save(stream, 'JPEG', quality=quality)
    return np.array(Image.open(stream))


versions = {'numpy': np.__version__, 'OpenCV': cv2.__version__, 'scikit-image': skimage.__version__, 'SciPy': scipy.__version__}
print(json.dumps({'versions': versions, 'kinds': list(levels)}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    change, level = globals()[request['kind']], levels[request['kind']][request['severity'] - 1]
    wall, cpu = time.perf_counter(), time.process_time()
    results = [change(image, level) for image in images[request['from']:request['to']]]
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({'wall': wall * 1e6, 'cpu': cpu * 1e6, 'mean': float(np.mean(results))}), flush=True)
