"""Small arrays by numpy and small images by Pillow, with what Pillow itself decodes. Called by make.sh."""
import numpy as np
from PIL import Image

rng = np.random.default_rng(0)

for code in ['f2', 'f4', 'f8', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'b1']:
    values = (np.arange(12) % 2 == 0) if code == 'b1' else np.arange(12).reshape(2, 3, 2)
    for order in ['<', '>']:
        name = 'little' if order == '<' else 'big'
        np.save(f'numpy/{code}-{name}.npy', values.reshape(2, 3, 2).astype(order + code))
np.save('numpy/fortran.npy', np.asfortranarray(np.arange(24, dtype='f4').reshape(2, 3, 4)))
np.save('numpy/scalar.npy', np.float64(3.5))
np.save('numpy/text.npy', np.array(['cat', 'dog', 'čaj', 'cat']))
np.save('numpy/bytes.npy', np.array([b'cat', b'dog']))
np.save('numpy/refused-objects.npy', np.array([[1], [1, 2]], dtype=object), allow_pickle=True)
np.save('numpy/refused-records.npy', np.zeros(2, dtype=[('a', 'f4'), ('b', 'i4')]))
np.save('numpy/refused-complex.npy', np.zeros(2, dtype='c8'))

x = rng.integers(0, 256, (6, 4, 5)).astype('u1')
np.savez('numpy/images.npz', x=x, y=np.array([0, 1, 2, 0, 1, 2]))
np.savez_compressed('numpy/images-compressed.npz', x=x, y=np.array([0, 1, 2, 0, 1, 2]))
np.savez('numpy/colour-last.npz', images=rng.integers(0, 256, (3, 2, 4, 3)).astype('u1'), labels=np.array(['b', 'a', 'b']))
np.savez('numpy/splits.npz', x_train=rng.random((5, 7)).astype('f4'), y_train=np.array([0, 1, 0, 1, 0]),
         x_test=rng.random((3, 7)).astype('f4'), y_test=np.array([1, 0, 1]))
np.savez('numpy/regression.npz', x=rng.random((4, 3)), y=np.array([0.5, -1.5, 2, 3]))
np.savez('numpy/one-hot.npz', x=rng.random((3, 2)), y=np.eye(3, dtype='f4')[[2, 0, 1]])
rng_more = np.random.default_rng(1)
np.savez('numpy/series.npz', x=rng_more.normal(0, 2, (4, 3, 5)).astype('f4'), y=np.array([0, 1, 0, 1]))
np.savez('numpy/unit-planes.npz', x=rng_more.random((4, 3, 5)).astype('f4'))
np.savez('numpy/float-bytes.npz', x=rng_more.integers(0, 256, (4, 3, 5)).astype('f4'))


def picture(height, width):
    """Smooth in three directions, so that JPEG keeps it well."""
    i, j = np.mgrid[0:height, 0:width]
    red = 127 + 100 * np.sin(i / 5)
    green = 127 + 100 * np.cos(j / 4)
    blue = 127 + 60 * np.sin((i + j) / 7)
    return Image.fromarray(np.stack([red, green, blue], 2).astype('u1'))


def keep(name, image):
    """What Pillow decodes, as RGB bytes."""
    np.save(f'images/{name}.npy', np.asarray(image.convert('RGB')))


colour = picture(24, 32)
colour.save('images/colour.png')
keep('colour', colour)
np.save('images/colour-grey.npy', np.asarray(colour.convert('L')))
colour.convert('L').save('images/grey.png')
keep('grey', colour.convert('L'))
colour.convert('P', palette=Image.Palette.ADAPTIVE, colors=16).save('images/palette.png')
keep('palette', Image.open('images/palette.png'))
alpha = colour.convert('RGBA')
alpha.putalpha(Image.fromarray((np.arange(24 * 32).reshape(24, 32) % 256).astype('u1')))
alpha.save('images/alpha.png')
keep('alpha', alpha)
Image.fromarray((np.arange(24 * 32).reshape(24, 32) * 85).astype('u2')).save('images/grey16.png')
colour.save('images/photo.jpg', quality=92)
keep('photo', Image.open('images/photo.jpg'))
colour.save('images/lossless.webp', lossless=True)
keep('lossless', Image.open('images/lossless.webp'))
exif = Image.Exif()
exif[0x0112] = 6  # turn a quarter to the right
colour.save('images/turned.jpg', quality=92, exif=exif)
keep('turned', Image.open('images/turned.jpg').transpose(Image.Transpose.ROTATE_270))

large = picture(60, 80)
large.save('images/large.png')
resample = Image.Resampling
keep('large-stretch-bilinear-24x20', large.resize((20, 24), resample.BILINEAR))
keep('large-stretch-bicubic-24x20', large.resize((20, 24), resample.BICUBIC))
keep('large-stretch-bilinear-90x100', large.resize((100, 90), resample.BILINEAR))
# torchvision: Resize(32), CenterCrop(24)
short = large.resize((int(32 * 80 / 60), 32), resample.BILINEAR)
top, left = round((32 - 24) / 2), round((short.width - 24) / 2)
keep('large-crop-32-24', short.crop((left, top, left + 24, top + 24)))
