"""Small files in the layouts people have, by numpy, pandas and h5py. Called by make.sh."""
import gzip
import os

import h5py
import numpy as np
import pandas as pd

for folder in ['idx', 'cifar', 'tables', 'refused']:
    os.makedirs(folder, exist_ok=True)
rng = np.random.default_rng(7)


def idx(path, values):
    """LeCun's format: magic number, sizes, bytes."""
    head = np.array([0x0800 + values.ndim, *values.shape], '>u4')
    with open(path, 'wb') as file:
        head.tofile(file)
        values.astype('u1').tofile(file)


ramp = np.arange(5 * 4 * 3).reshape(5, 4, 3)
idx('idx/train-images-idx3-ubyte', ramp)
idx('idx/train-labels-idx1-ubyte', np.array([2, 0, 1, 2, 0]))
idx('idx/t10k-images-idx3-ubyte', 255 - ramp[:2])
with open('idx/t10k-images-idx3-ubyte', 'rb') as plain:
    open('idx/t10k-images-idx3-ubyte.gz', 'wb').write(gzip.compress(plain.read(), mtime=0))
os.remove('idx/t10k-images-idx3-ubyte')

rows, columns = np.mgrid[0:32, 0:32]
with open('cifar/data_batch_1.bin', 'wb') as file:
    for label, planes in [(3, (rows, columns, rows + columns)), (9, (columns * 8, rows * 8, rows * 0))]:
        np.array([label], 'u1').tofile(file)
        np.stack(planes).astype('u1').tofile(file)

table = pd.DataFrame({
    'length': np.round(rng.normal(5, 1, 6), 3),
    'width': [1e-7, 2.5e10, -3, 0, 4.25, 5],
    'patient': ['p1', 'p2', 'p1', 'p3', 'p3', 'p2'],
    'kind': ['say "yes"', 'a, b', 'plain', 'čaj', 'a, b', 'plain'],
})
table.to_csv('tables/plain.csv', index=False)
table.to_csv('tables/with-index.csv')
table.to_csv('tables/tabs.tsv', index=False, sep='\t')
table.to_csv('tables/semicolons.csv', index=False, sep=';', encoding='utf-8-sig', lineterminator='\r\n')
table.assign(width=[1, np.nan, 2, np.inf, 3, 4]).to_csv('tables/holes.csv', index=False)
files = pd.DataFrame({'file_name': ['in/a.png', 'in/b.png'], 'text': ['dog', 'cat'], 'who': [1, 2]})
files.to_csv('tables/metadata.csv', index=False)
files.to_json('tables/metadata.jsonl', orient='records', lines=True)
with h5py.File('refused/arrays.h5', 'w') as file:
    file['x'] = ramp
    file['y'] = [0, 1, 2, 0, 1]
