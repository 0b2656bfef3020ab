/** Layouts in files that numpy, pandas, gzip, ImageMagick and h5py wrote (test/golden/data/make*.py). */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { decodeImage, imageHead } from '../codecs/image.js'
import { type Dataset, openData } from '../index.js'

const golden = resolve(import.meta.dirname, '../../../test/golden/data')
const root = mkdtempSync(join(tmpdir(), 'temper-programs-'))
afterAll(() => rmSync(root, { recursive: true }))

const open = (path: string, options = {}) => openData(join(golden, path), options)
const labels = ({ labels }: Dataset) => Array.from(labels ?? [])
async function sample(dataset: Dataset, index: number): Promise<number[]> {
  const out = new Float32Array(dataset.shape.reduce((a, b) => a * b, 1))
  await dataset.read(index, out)
  return Array.from(out)
}
const bytes = async (dataset: Dataset, index: number) =>
  (await sample(dataset, index)).map(value => Math.round(value * 255))

describe('IDX and CIFAR as numpy writes them', () => {
  it('IDX, plain and gzipped, with labels and without', async () => {
    const train = await open('idx')
    expect(train).toMatchObject({ length: 5, shape: [1, 4, 3], splits: ['test', 'train'] })
    expect(labels(train)).toEqual([2, 0, 1, 2, 0])
    expect(await bytes(train, 2)).toEqual(Array.from({ length: 12 }, (_, i) => 24 + i))
    const test = await open('idx:test')
    expect(test.labels).toBeUndefined()
    expect(await bytes(test, 1)).toEqual(Array.from({ length: 12 }, (_, i) => 255 - 12 - i))
  })

  it('CIFAR-10: planes in their order, rows from the top', async () => {
    const data = await open('cifar')
    expect(labels(data)).toEqual([3, 9])
    const [row, column] = [5, 17]
    const at = async (index: number, plane: number) =>
      (await bytes(data, index))[plane * 1024 + row * 32 + column]
    expect([await at(0, 0), await at(0, 1), await at(0, 2)]).toEqual([5, 17, 22])
    expect([await at(1, 0), await at(1, 1), await at(1, 2)]).toEqual([136, 40, 0])
  })
})

describe('tables as pandas writes them', () => {
  const kinds = ['a, b', 'plain', 'say "yes"', 'čaj']

  it.each(['plain.csv', 'tabs.tsv', 'semicolons.csv', 'with-index.csv'])(
    '%s: quotes, exponents, umlauts, byte order mark; no row numbers among the numbers',
    async name => {
      const data = await open(`tables/${name}`, { group: 'patient' })
      expect(data).toMatchObject({ length: 6, shape: [2], classes: kinds })
      expect(labels(data)).toEqual([2, 0, 1, 3, 0, 1])
      expect(await sample(data, 1)).toEqual([5.299, 2.5e10].map(Math.fround))
      expect((await sample(data, 0))[1]).toBe(Math.fround(1e-7))
      expect(data.group!(3)).toBe('p3')
      const left = 'a first column without a name (row numbers) left out'
      expect(data.detected.includes(left)).toBe(name === 'with-index.csv')
    },
  )

  it('an empty cell and an infinite one are named, or left out and counted', async () => {
    const asked = { group: 'patient' }
    await expect(open('tables/holes.csv', asked)).rejects.toThrow(
      /line 3, column "width": expected a value, received "nothing"/,
    )
    const data = await open('tables/holes.csv', { ...asked, onBadSample: 'skip' })
    expect(data.length).toBe(4)
    expect(data.detected).toContain('2 rows with missing or wrong cells left out')
  })

  it.each(['metadata.csv', 'metadata.jsonl'])('%s beside its pictures', async name => {
    const folder = join(root, name)
    mkdirSync(join(folder, 'in'), { recursive: true })
    copyFileSync(join(golden, 'tables', name), join(folder, name))
    for (const file of ['a.png', 'b.png'])
      copyFileSync(join(golden, 'images/colour.png'), join(folder, 'in', file))
    const data = await openData(folder, { group: 'who' })
    expect(data).toMatchObject({ format: 'metadata', classes: ['cat', 'dog'], shape: [3, 24, 32] })
    expect(labels(data)).toEqual([1, 0])
  })
})

describe('pictures as ImageMagick writes them', () => {
  const wanted = Array.from(readFileSync(join(golden, 'images/colour.npy')).subarray(128))

  async function decoded(name: string, channels: number): Promise<number[]> {
    const file = readFileSync(join(golden, 'magick', name))
    const { height, width } = await imageHead(file, name)
    const out = new Float32Array(channels * height * width)
    await decodeImage(file, { kind: 'image', channels, height, width }, out, name)
    return Array.from(out, value => Math.round(value * 255))
  }

  it.each([
    ['interlaced.png', 0],
    ['progressive.jpg', 3],
    ['lossy.webp', 6],
    // libvips mixes inks as a printer does, ImageMagick by plain subtraction
    ['cmyk.jpg', 20],
  ])('%s is the picture it was, on average within %i of 255', async (name, mean) => {
    const found = await decoded(name, 3)
    const pixels = found.length / 3
    const differences = found.map((value, i) =>
      Math.abs(value - wanted[(i % pixels) * 3 + Math.floor(i / pixels)]),
    )
    expect(differences.reduce((a, b) => a + b, 0) / found.length).toBeLessThanOrEqual(mean)
  })

  it('grey and two colours have one channel', async () => {
    for (const name of ['grey.jpg', 'two-colours.png'])
      expect((await imageHead(readFileSync(join(golden, 'magick', name)), name)).channels).toBe(1)
    expect(new Set(await decoded('two-colours.png', 1))).toEqual(new Set([0, 255]))
  })
})

describe('what is not read says what to do instead', () => {
  it.each([
    ['arrays.h5', /^arrays\.h5: \.h5 files are not read \(save the arrays with numpy: np\.savez/],
    ['refused.bmp', /^refused\.bmp: \.bmp files are not read \(convert them to PNG\)/],
    ['refused.tiff', /^refused\.tiff: \.tiff files are not read \(convert them to PNG\)/],
    ['refused.gif', /^refused\.gif: \.gif files are not read \(convert them to PNG\)/],
  ])('%s', async (name, sentence) => {
    await expect(open(`refused/${name}`)).rejects.toThrow(sentence)
    const folder = join(root, `folder of ${name}`)
    mkdirSync(join(folder, 'a'), { recursive: true })
    copyFileSync(join(golden, 'refused', name), join(folder, 'a', name))
    await expect(openData(folder)).rejects.toThrow(/no samples found, only files with \.\w+ \(/)
  })
})
