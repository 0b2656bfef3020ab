"""What scikit-image, OpenCV, SciPy and Pillow make of the published corruptions' steps on small images.

Writes corruptions.json.gz beside this file. Each step is called as the published definitions say
(Hendrycks & Dietterich 2019; Mu & Gilmer 2019); arrays are base64 of little-endian bytes.
"""
import base64, gzip, io, json, pathlib
import cv2, numpy as np, skimage
from PIL import Image
from scipy import ndimage
from skimage import color, feature, filters, transform

rng = np.random.default_rng(0)


def pack(a):
    a = np.ascontiguousarray(a)
    return {'dtype': str(a.dtype), 'shape': list(a.shape), 'data': base64.b64encode(a.tobytes()).decode()}


def picture(h, w):
    y, x = np.mgrid[0:h, 0:w]
    planes = [127 + 90 * np.sin(x / (3 + c) + c) * np.cos(y / (4 - c)) + rng.normal(0, 20, (h, w)) for c in range(3)]
    planes[0][h // 3:h // 2, w // 3:] = 255
    planes[1][:4, :9] = 0
    return np.uint8(np.clip(np.stack(planes, -1), 0, 255))


def chw(a):
    return a.transpose(2, 0, 1) if a.ndim == 3 else a


def byte(a):
    return np.uint8(np.clip(a, 0, 1) * 255)


def hsv(x, change):
    h = color.rgb2hsv(x / 255.)
    change(h)
    return byte(color.hsv2rgb(h))


def zoomed(img, z):
    h = img.shape[0]
    ch = int(np.ceil(h / z))
    top = (h - ch) // 2
    out = ndimage.zoom(img[top:top + ch, top:top + ch], (z, z, 1), order=1)
    trim = (out.shape[0] - h) // 2
    return out[trim:trim + h, trim:trim + h]


def zoom_blur(x, stop, step):
    x = (x / 255.).astype(np.float32)
    out = np.zeros_like(x)
    factors = np.arange(1, stop, step)
    for z in factors:
        out += zoomed(x, z)
    return byte((x + out) / (len(factors) + 1))


def defocus(x, radius, softness):
    reach, size = (8, (3, 3)) if radius <= 8 else (radius, (5, 5))
    X, Y = np.meshgrid(np.arange(-reach, reach + 1), np.arange(-reach, reach + 1))
    disk = np.array(X ** 2 + Y ** 2 <= radius ** 2, dtype=np.float32)
    kernel = cv2.GaussianBlur(disk / disk.sum(), ksize=size, sigmaX=softness)
    return byte(np.stack([cv2.filter2D(x[:, :, c] / 255., -1, kernel) for c in range(3)], -1))


def contrast(x, c):
    x = x / 255.
    mean = x.mean(axis=(0, 1), keepdims=True)
    return byte((x - mean) * c + mean)


def jpeg(x, quality):
    out = io.BytesIO()
    Image.fromarray(x).save(out, 'JPEG', quality=quality)
    return np.array(Image.open(out))


def pixelate(x, factor):
    h, w = x.shape[:2]
    small = Image.fromarray(x).resize((int(w * factor), int(h * factor)), Image.BOX)
    return np.array(small.resize((w, h), Image.BOX))


def warped(x, **kind):
    m = transform.AffineTransform(**kind).params
    t = [13.5 * (1 - m[0, 0] - m[0, 1]), 13.5 * (1 - m[1, 0] - m[1, 1])]
    return byte(transform.warp(x / 255., inverse_map=transform.AffineTransform(translation=t, **kind)))


square, odd = picture(32, 32), picture(37, 51)
digit = np.zeros((28, 28), np.uint8)
cv2.ellipse(digit, (14, 13), (6, 9), 20, 0, 300, 255, 2)
digit = np.uint8(filters.gaussian(digit / 255., 0.6) * 255)

cases = []


def case(kind, level, image, result):
    cases.append({'kind': kind, 'level': level, 'image': image, 'result': pack(chw(result))})


for sigma in (0.4, 1, 6):
    case('gaussian_blur', {'sigma': sigma}, 'square', byte(filters.gaussian(square / 255., sigma=sigma, channel_axis=-1)))
for r, s in ((0.3, 0.4), (1.5, 0.1), (3, 0.1), (10, 0.5), (12, 0.5)):
    case('defocus_blur', {'radius': r, 'softness': s}, 'square', defocus(square, r, s))
for stop, step in ((1.06, .01), (1.11, .01), (1.26, .01), (1.31, .03)):
    case('zoom_blur', {'stop': stop, 'step': step}, 'square', zoom_blur(square, stop, step))
for shift in (0.05, 0.2, 0.5):
    def brighter(h, shift=shift): h[:, :, 2] = np.clip(h[:, :, 2] + shift, 0, 1)
    case('brightness', {'shift': shift}, 'square', hsv(square, brighter))
for factor, shift in ((0.3, 0), (0.1, 0), (2.5, 0.2), (20, 0.2)):
    def saturated(h, f=factor, s=shift): h[:, :, 1] = np.clip(h[:, :, 1] * f + s, 0, 1)
    case('saturate', {'factor': factor, 'shift': shift}, 'square', hsv(square, saturated))
for c in (0.75, 0.05):
    case('contrast', {'factor': c}, 'square', contrast(square, c))
for f in (0.95, 0.65, 0.25):
    case('pixelate', {'factor': f}, 'square', pixelate(square, f))
case('pixelate', {'factor': 0.6}, 'odd', pixelate(odd, 0.6))
for q in (80, 25, 7):
    case('jpeg_compression', {'quality': q}, 'square', jpeg(square, q))
    case('jpeg_compression', {'quality': q}, 'odd', jpeg(odd, q))
    case('jpeg_compression', {'quality': q}, 'digit', jpeg(digit, q))
case('scale', {'factor': 0.7}, 'digit', warped(digit, scale=(1 / .7, 1 / .7)))
case('canny_edges', {'blend': 1}, 'digit', np.uint8(feature.canny(digit / 255.)) * 255)
striped = digit.copy()
striped[:, :7], striped[:, 21:] = 255 - striped[:, :7], 255 - striped[:, 21:]
case('stripe', {'blend': 1}, 'digit', striped)

signed = [{'kind': k, 'level': {'angle': 0.4}, 'results': [pack(warped(digit, **{name: s * 0.4})) for s in (1, -1)]}
          for k, name in (('rotate', 'rotation'), ('shear', 'shear'))]

# The steps of elastic_transform and spatter, on given draws.
h = w = 32
plane = square[:, :, 0].astype(np.float32) / 255.
pts1 = np.float32([[26, 26], [26, 6], [6, 6]])
pts2 = pts1 + rng.uniform(-3, 3, (3, 2)).astype(np.float32)
affine = cv2.getAffineTransform(pts1, pts2)
dx, dy = rng.uniform(-4, 4, (2, h, w))
yy, xx = np.mgrid[0:h, 0:w]
steps = {
    'plane': pack(plane.astype(np.float64)),
    'from': pts1.tolist(), 'to': pts2.astype(float).tolist(),
    'affine': affine.ravel().tolist(),
    'warped': pack(cv2.warpAffine(plane, affine, (w, h), borderMode=cv2.BORDER_REFLECT_101).astype(np.float64)),
    'dx': pack(dx), 'dy': pack(dy),
    'displaced': pack(ndimage.map_coordinates(plane.astype(np.float64), [yy + dy, xx + dx], order=1, mode='reflect')),
    'reflected': {str(s): pack(filters.gaussian(plane.astype(np.float64), s, mode='reflect', truncate=3)) for s in (1.3, 24.)},
}

def liquid_of(mean, deviation, sigma, threshold, side=32):
    layer = filters.gaussian(rng.normal(mean, deviation, (side, side)), sigma=sigma)
    layer[layer < threshold] = 0
    return layer

def water(x, liquid, intensity):
    x = x.astype(np.float32) / 255.
    b = (liquid * 255).astype(np.uint8)
    edges = cv2.Canny(b, 50, 150)
    dist = cv2.distanceTransform(255 - edges, cv2.DIST_L2, 5)
    far = dist.copy()
    _, dist = cv2.threshold(dist, 20, 20, cv2.THRESH_TRUNC)
    dist = cv2.equalizeHist(cv2.blur(dist, (3, 3)).astype(np.uint8))
    dist = cv2.filter2D(dist, cv2.CV_8U, np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]))
    dist = cv2.blur(dist, (3, 3)).astype(np.float32)
    m = (b * dist)[..., None]
    m = m / m.max() * intensity
    return edges, far, byte(x + m * (np.float32([175, 238, 238]) / np.float32(255)))

def mud(x, liquid, threshold, intensity):
    x = x.astype(np.float32) / 255.
    m = filters.gaussian(np.where(liquid > threshold, 1, 0).astype(np.float32), sigma=intensity)
    m[m < 0.8] = 0
    return byte(x * (1 - m[..., None]) + np.float32([63, 42, 20]) / np.float32(255) * m[..., None])

spatters = []
for mean, deviation, sigma, threshold, intensity in ((.65, .3, 1, .69, .5), (.62, .1, .7, .7, .5), (.65, .3, 2, .68, .5)):
    liquid = liquid_of(mean, deviation, sigma, threshold)
    edges, far, result = water(square, liquid, intensity)
    spatters.append({'liquid': pack(liquid), 'threshold': threshold, 'intensity': intensity, 'edges': pack(edges), 'far': pack(far.astype(np.float64)), 'water': pack(chw(result)),
                     'mud': pack(chw(mud(square, liquid, threshold, 0.6)))})


def plasma(side, decay):
    m, step, wibble, draws = np.zeros((side, side)), side, 100, []
    def mean(a):
        u = rng.uniform(-1, 1, a.shape)
        draws.append(u.ravel())
        return a / 4 + wibble * wibble * u
    while step >= 2:
        corner = m[0:side:step, 0:side:step]
        s = corner + np.roll(corner, -1, axis=0)
        s += np.roll(s, -1, axis=1)
        m[step // 2::step, step // 2::step] = mean(s)
        dr, ul = m[step // 2::step, step // 2::step], m[0:side:step, 0:side:step]
        m[0:side:step, step // 2::step] = mean(dr + np.roll(dr, 1, axis=0) + ul + np.roll(ul, -1, axis=1))
        m[step // 2::step, 0:side:step] = mean(dr + np.roll(dr, 1, axis=1) + ul + np.roll(ul, -1, axis=0))
        step //= 2
        wibble /= decay
    m -= m.min()
    return np.concatenate(draws), m / m.max()


def line(c0, r0, c1, r1):
    if c1 == c0:
        return np.zeros((28, 28))
    cc, rr = np.meshgrid(np.arange(28.), np.arange(28.), sparse=True)
    d = np.clip(np.abs(rr - ((r1 - r0) / (c1 - c0) * (cc - c0) + r0)), 0, 2.3 - 1e-10)
    s = np.clip(np.log(1 - d / 2.3) + 1, 0, 1)
    s[:, :int(np.floor(c0))] = 0
    s[:, int(np.ceil(c1)):] = 0
    return s


def zigzag(x, r0, r1, a=2., b=2., c0=2, c1=25):
    x = x / 255.
    theta = np.arctan((r1 - r0) / (c1 - c0))
    d = (c1 - c0) / np.cos(theta)
    points = [(0, 0)]
    for i in range(int((d - a) // (2 * a)) + 1):
        points.append(((2 * i + 1) * a, (-1) ** i * b))
    most = 2 * a * (d // (2 * a))
    if d != most:
        points.append((d, points[-1][1] / (2 * (d - most))))
    turn = np.array([[np.cos(theta), -np.sin(theta)], [np.sin(theta), np.cos(theta)]])
    cs, rs = turn @ np.array(points).T
    cs, rs = cs + c0, rs + r0
    for i in range(1, len(cs)):
        x = np.clip(x + line(cs[i - 1], rs[i - 1], cs[i], rs[i]), 0, 1)
    return np.uint8(x * 255)


draws, clouds = plasma(16, 1.75)
document = {
    'made with': {'skimage': skimage.__version__, 'cv2': cv2.__version__, 'PIL': Image.__version__},
    'images': {'square': pack(chw(square)), 'odd': pack(chw(odd)), 'digit': pack(digit)},
    'cases': cases, 'signed': signed, 'steps': steps, 'spatters': spatters,
    'plasma': {'side': 16, 'decay': 1.75, 'draws': pack(draws), 'map': pack(clouds)},
    'lines': [{'points': p, 'line': pack(line(*p))} for p in ([0, 3, 27, 20], [2.5, 9.1, 6.2, 4.4])],
    'zigzags': [{'rows': r, 'result': pack(zigzag(digit, *r))} for r in ([13, 9], [3, 3], [20, 24], [0, -5])],
}
pathlib.Path(__file__).with_suffix('.json.gz').write_bytes(gzip.compress(json.dumps(document).encode(), mtime=0))
