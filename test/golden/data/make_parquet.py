"""Small Parquet files by pyarrow and pandas, in the layouts of Hugging Face. Needs pyarrow, pandas and Pillow.
Run in this folder: python3 make_parquet.py (after make.sh)"""
import io
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

features = {
    'image': {'_type': 'Image'},
    'label': {'names': ['zebra', 'ant', 'bee'], '_type': 'ClassLabel'},
}
huggingface = {'huggingface': json.dumps({'info': {'features': features}})}


def png(value):
    bytes_ = io.BytesIO()
    Image.fromarray(np.full((4, 5, 3), value, 'u1')).save(bytes_, 'PNG')
    return bytes_.getvalue()


def images(first, count):
    cells = [{'bytes': png(first + i), 'path': f'{first + i}.png'} for i in range(count)]
    kind = pa.struct([('bytes', pa.binary()), ('path', pa.string())])
    labels = pa.array([(first + i) % 3 for i in range(count)], pa.int64())
    table = pa.table({'image': pa.array(cells, kind), 'label': labels})
    return table.replace_schema_metadata(huggingface)


# two shards of train with small row groups, one of test; value i has label i % 3
pq.write_table(images(0, 10), 'parquet/train-00000-of-00002.parquet', row_group_size=4)
pq.write_table(images(10, 7), 'parquet/train-00001-of-00002.parquet', row_group_size=4)
pq.write_table(images(17, 3), 'parquet/test-00000-of-00001.parquet')

wav = open('wav/pcm16.wav', 'rb').read()
kind = pa.struct([('bytes', pa.binary()), ('path', pa.string())])
table = pa.table({'audio': pa.array([{'bytes': wav, 'path': 'a.wav'}] * 3, kind), 'word': ['yes', 'no', 'yes']})
pq.write_table(table, 'parquet-audio.parquet')

frame = pd.DataFrame({'age': [1.5, 2.5, 3.5], 'count': [1, 2, 3], 'flag': [True, False, True], 'species': ['cat', 'dog', 'cat']})
for codec in ['snappy', 'gzip', 'zstd', 'brotli', 'lz4', 'none']:
    frame.to_parquet(f'parquet-{codec}.parquet', compression=codec)
frame.assign(age=[1.5, None, 3.5]).to_parquet('parquet-missing.parquet')
frame.assign(name=['a', 'b', 'c']).to_parquet('parquet-text.parquet')
