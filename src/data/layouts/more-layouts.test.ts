import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { float32Tensor } from '../../base/index.js'
import { encodeTensor } from '../../onnx/index.js'
import { type Dataset, openData, splitBy } from '../index.js'

const golden = resolve(import.meta.dirname, '../../../test/golden/data')
const shared = resolve(import.meta.dirname, '../../../../shared/data')
let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'temper-layouts-'))
})
afterAll(() => rmSync(root, { recursive: true }))

/** A folder of copies of golden files: path in the folder, path of the golden file or content. */
function folder(name: string, files: Record<string, string | Uint8Array>): string {
  for (const [path, content] of Object.entries(files)) {
    const to = join(root, name, path)
    mkdirSync(dirname(to), { recursive: true })
    if (typeof content === 'string') copyFileSync(join(golden, content), to)
    else writeFileSync(to, content)
  }
  return join(root, name)
}

const text = (content: string) => Buffer.from(content)
const labels = (dataset: Dataset) => Array.from(dataset.labels ?? [])
const identities = (dataset: Dataset) =>
  Array.from({ length: dataset.length }, (_, i) => dataset.identity(i))

describe('CIFAR binaries', () => {
  const record = (labelBytes: number[], fill: number) =>
    Buffer.from([...labelBytes, ...new Array(3072).fill(fill)])

  it('CIFAR-10 in several batches, by number, with their names', async () => {
    const path = folder('c10', {
      'data_batch_10.bin': record([2], 10),
      'data_batch_2.bin': Buffer.concat([record([1], 2), record([0], 3)]),
      'test_batch.bin': record([9], 255),
      'batches.meta.txt': text(
        `${Array.from({ length: 10 }, (_, i) => `name ${i}`).join('\n')}\n\n`,
      ),
    })
    const train = await openData(path)
    expect(train.detected).toBe(
      'c10:train: 3 images of CIFAR-10 (binary), colour, 32x32, 10 classes.',
    )
    expect(labels(train)).toEqual([1, 0, 2])
    expect(train.classes![3]).toBe('name 3')
    const out = new Float32Array(3072)
    await train.read(2, out)
    expect(out[3071]).toBe(Math.fround(10 / 255))
    expect(labels(await openData(`${path}:test`))).toEqual([9])
  })

  it('CIFAR-100 takes the fine label; wrong labels and lengths are refused', async () => {
    expect(labels(await openData(folder('c100', { 'train.bin': record([3, 77], 1) })))).toEqual([
      77,
    ])
    await expect(openData(folder('c bad', { 'train.bin': record([11], 1) }))).rejects.toThrow(
      /expected labels from 0 to 9, received "11 in record 0"/,
    )
    await expect(
      openData(folder('c cut', { 'train.bin': record([1], 1).subarray(5) })),
    ).rejects.toThrow(/c cut\/train\.bin: expected records of 3073 bytes/)
  })

  it.skipIf(!existsSync(shared))('real CIFAR-10 (needs ../shared)', async () => {
    const test = await openData(join(shared, 'cifar10:test'))
    expect(test).toMatchObject({ length: 1000, shape: [3, 32, 32] })
    expect(test.classes![0]).toBe('airplane')
  })
})

describe('numpy arrays side by side', () => {
  it('x.npy with y.npy, splits, one alone', async () => {
    const pair = await openData(
      folder('pair', { 'x.npy': 'numpy/f4-little.npy', 'y.npy': 'numpy/bytes.npy' }),
    )
    expect(pair).toMatchObject({
      format: 'npy',
      // Numbers beyond [0, 1] are no picture.
      kind: 'vector',
      length: 2,
      shape: [3, 2],
      classes: ['cat', 'dog'],
    })
    const split = folder('npy split', {
      'x_train.npy': 'numpy/u1-little.npy',
      'x_test.npy': 'numpy/i2-big.npy',
    })
    expect((await openData(`${split}:test`)).labels).toBeUndefined()
    expect((await openData(join(golden, 'numpy/fortran.npy'))).shape).toEqual([3, 4])
    await expect(openData(join(golden, 'numpy/scalar.npy'))).rejects.toThrow(
      /expected x of numbers \[samples, ...\], received "a single number"/,
    )
  })
})

describe('Speech Commands', () => {
  const files = {
    'yes/aa_nohash_0.wav': 'wav/pcm16.wav',
    'yes/bb_nohash_0.wav': 'wav/pcm16.wav',
    'no/aa_nohash_0.wav': 'wav/pcm16.wav',
    'no/cc_nohash_0.wav': 'wav/pcm16.wav',
    '_background_noise_/hum.wav': 'wav/band.wav',
    'testing_list.txt': text('yes/bb_nohash_0.wav\n'),
    'validation_list.txt': text('no/cc_nohash_0.wav\n'),
  }

  it('splits by its lists, keeps noise apart, knows the speakers', async () => {
    const path = folder('speech', files)
    const train = await openData(path)
    expect(identities(train)).toEqual(['no/aa_nohash_0.wav', 'yes/aa_nohash_0.wav'])
    expect(train).toMatchObject({
      classes: ['no', 'yes'],
      sampleRate: 16000,
      shape: [1, 16000],
      splits: ['train', 'validation', 'test'],
    })
    expect(train.noises).toEqual([join(path, '_background_noise_/hum.wav')])
    expect([0, 1].map(i => train.group!(i))).toEqual(['aa', 'aa'])
    expect(identities(await openData(`${path}:val`))).toEqual(['no/cc_nohash_0.wav'])
    expect(labels(await openData(`${path}:test`))).toEqual([1])
  })

  it('without lists takes all words, still without the noise', async () => {
    const { 'testing_list.txt': _, 'validation_list.txt': __, ...rest } = files
    const all = await openData(folder('speech all', rest))
    expect(all.length).toBe(4)
    expect(splitBy(all, { fraction: 0.5, seed: 3, by: 'group' }).held.length).toBeGreaterThan(0)
  })
})

describe('metadata files of Hugging Face', () => {
  const images = {
    'train/a.png': 'images/colour.png',
    'train/b.png': 'images/colour.png',
    'test/c.png': 'images/colour.png',
  }

  it('one for all, split by the folder in the name', async () => {
    const path = folder('hf', {
      ...images,
      'metadata.csv': text(
        'file_name,label\ntrain/a.png,zebra\ntrain/b.png,ant\ntest/c.png,zebra\n',
      ),
    })
    const train = await openData(path)
    expect(train.detected).toBe(
      'hf:train: 2 images named in metadata.csv, 2 classes, colour, 24x32.',
    )
    expect(labels(train)).toEqual([1, 0])
    expect(labels(await openData(`${path}:test`))).toEqual([1])
  })

  it('one in each split, as JSON lines, with regression targets', async () => {
    const path = folder('hf lines', {
      ...images,
      'train/metadata.jsonl': text(
        '{"file_name":"a.png","target":0.5}\n\n{"target":1.5,"file_name":"b.png"}\n',
      ),
      'test/metadata.jsonl': text('{"file_name":"c.png","target":2}\n'),
    })
    expect((await openData(path)).targets).toEqual(Float32Array.of(0.5, 1.5))
    expect(identities(await openData(`${path}:test`))).toEqual(['test/c.png'])
  })

  it('refuses paths that leave, lines that are no objects, and a missing column', async () => {
    const one = (name: string, file: string, content: string) =>
      folder(name, { 'a.png': 'images/colour.png', [file]: text(content) })
    await expect(
      openData(one('hf out', 'metadata.csv', 'file_name,label\n../a.png,x\n')),
    ).rejects.toThrow(/hf out\/metadata\.csv, line 2: expected a path inside the folder/)
    await expect(
      openData(one('hf bad', 'metadata.jsonl', '{"file_name":"a.png"}\n[1]\n')),
    ).rejects.toThrow(/line 2: not a JSON object/)
    await expect(openData(one('hf col', 'metadata.csv', 'name,label\na.png,x\n'))).rejects.toThrow(
      /expected a column file_name/,
    )
    const gone = await openData(
      one('hf gone', 'metadata.csv', 'file_name,label\na.png,x\nb.png,y\n'),
    )
    await expect(gone.read(1, new Float32Array(3 * 24 * 32))).rejects.toThrow(
      /b\.png: the file cannot be read \(ENOENT\)/,
    )
  })
})

describe('recorded runs of the ONNX model zoo', () => {
  it('gives the first inputs, in order', async () => {
    const tensor = (value: number) =>
      encodeTensor('input_0', float32Tensor([value, 2, 3, 4], [1, 1, 2, 2]))
    const path = folder('zoo', {
      'test_data_set_0/input_0.pb': tensor(0),
      'test_data_set_10/input_0.pb': tensor(10),
      'test_data_set_2/input_0.pb': tensor(2),
    })
    const dataset = await openData(path)
    const out = new Float32Array(4)
    expect(dataset).toMatchObject({ length: 3, shape: [1, 2, 2] })
    await dataset.read(2, out)
    expect(out[0]).toBe(10)
    const bad = folder('zoo bad', { 'test_data_set_0/input_0.pb': text('not a tensor') })
    await expect(openData(bad)).rejects.toThrow(
      /zoo bad\/test_data_set_0\/input_0\.pb: not an ONNX tensor/,
    )
  })

  it.skipIf(!existsSync(shared))(
    'reads what the ONNX project recorded (needs ../shared)',
    async () => {
      expect((await openData(join(shared, 'onnx-node-tests/test_add'))).shape).toEqual([4, 5])
    },
  )
})

describe('other files people have', () => {
  it.each([
    ['data.h5', /\.h5 files are not read \(save the arrays with numpy/],
    ['data.pkl', /a pickle runs code/],
    ['data.tar', /unpack it and point at the folder/],
  ])('%s is refused with what to do', async (name, sentence) => {
    await expect(openData(join(folder('others', { [name]: text('x') }), name))).rejects.toThrow(
      sentence,
    )
  })

  it('a corrupted set is to be pointed at by severity', async () => {
    const path = folder('imagenet-c', {
      'blur/1/cat/a.png': 'images/colour.png',
      'blur/5/cat/a.png': 'images/colour.png',
    })
    await expect(openData(path)).rejects.toThrow(
      /Point at one severity, for instance imagenet-c\/blur\/5/,
    )
    expect((await openData(join(path, 'blur/5'))).classes).toEqual(['cat'])
  })
})
