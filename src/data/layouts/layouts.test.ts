import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Dataset, openData, splitBy } from '../index.js'

const golden = resolve(import.meta.dirname, '../../../test/golden/data')
const fsdd = resolve(import.meta.dirname, '../../../../shared/data/fsdd')
let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'temper-layouts-'))
})
afterAll(() => rmSync(root, { recursive: true }))

/** A folder of copies of golden files: path in the folder, path of the golden file. */
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
const identities = (dataset: Dataset) =>
  Array.from({ length: dataset.length }, (_, i) => dataset.identity(i))

describe('class folders', () => {
  it('of images: classes sorted, labels, decoded samples, a sentence', async () => {
    const path = folder('photos', {
      'dog/b.png': 'images/colour.png',
      'dog/a.jpg': 'images/photo.jpg',
      'cat/deep/c.webp': 'images/lossless.webp',
      'cat/.hidden.png': 'images/colour.png',
      'cat/notes.txt': text('not a sample'),
    })
    const dataset = await openData(path)
    expect(dataset.detected).toBe('photos: 3 images in 2 class folders, colour, 24x32.')
    expect(dataset).toMatchObject({ kind: 'image', shape: [3, 24, 32], classes: ['cat', 'dog'] })
    expect(identities(dataset)).toEqual(['cat/deep/c.webp', 'dog/a.jpg', 'dog/b.png'])
    expect(Array.from(dataset.labels!)).toEqual([0, 1, 1])
    const out = new Float32Array(3 * 24 * 32)
    await dataset.read(2, out)
    expect(out[0]).toBe(Math.fround(127 / 255))
    const sha256 = await dataset.sha256()
    expect(await (await openData(path)).sha256()).toBe(sha256)
    writeFileSync(join(path, 'dog/b.png'), Uint8Array.of(1))
    expect(await (await openData(path)).sha256()).not.toBe(sha256)
  })

  it('under splits: the same label in each, by any of its names', async () => {
    const path = folder('split', {
      'train/dog/a.png': 'images/colour.png',
      'train/cat/a.png': 'images/colour.png',
      'val/dog/a.png': 'images/colour.png',
    })
    const train = await openData(path)
    expect(train).toMatchObject({ name: 'split:train', splits: ['train', 'val'], length: 2 })
    for (const spec of [`${path}:val`, `${path}:validation`, join(path, 'val')])
      expect((await openData(spec)).length).toBe(1)
    expect(Array.from((await openData(`${path}:val`)).labels!)).toEqual([1])
    expect((await openData(`${path}:val`)).detected).toContain('(empty: cat)')
    await expect(openData(`${path}:test`)).rejects.toThrow(
      /split has no split "test"; it has train, val/,
    )
    const known = await openData(join(path, 'val'), { classes: ['bird', 'cat', 'dog'] })
    expect(Array.from(known.labels!)).toEqual([2])
    await expect(openData(path, { classes: ['cat', 'dogs'] })).rejects.toThrow(
      /"dog" is none of the 2 classes.*Did you mean dogs/,
    )
  })

  it('of WAV files: the first rate, the longest length, or what is asked', async () => {
    const path = folder('words', {
      'yes/a.wav': 'wav/pcm16.wav',
      'no/b.wav': 'wav/band.wav',
      'no/c.flac': 'flac/piped.flac',
    })
    expect((await openData(join(path, 'no'))).length).toBe(2)
    const dataset = await openData(path)
    expect(dataset).toMatchObject({
      kind: 'audio',
      shape: [1, 4000],
      sampleRate: 16000,
      classes: ['no', 'yes'],
    })
    expect(dataset.detected).toContain('read at 16000 Hz and 0.25 seconds each')
    const asked = await openData(path, { sampleRate: 8000, seconds: 0.1 })
    expect(asked.shape).toEqual([1, 800])
    const out = new Float32Array(800)
    await asked.read(2, out)
    expect(out.slice(400)).toEqual(new Float32Array(400))
  })

  it('links inside are followed, links that lead out are not', async () => {
    const path = folder('links', {
      'a/in.png': 'images/colour.png',
      'b/other.png': 'images/grey.png',
    })
    symlinkSync(join(path, 'a/in.png'), join(path, 'b/inside.png'))
    symlinkSync(join(golden, 'images/colour.png'), join(path, 'b/outside.png'))
    symlinkSync(path, join(path, 'a/loop'))
    const dataset = await openData(path)
    expect(identities(dataset)).toContain('b/inside.png')
    expect(identities(dataset)).not.toContain('b/outside.png')
  })
})

describe('folders that are refused', () => {
  const refusals: [string, Record<string, string | Uint8Array>, RegExp][] = [
    [
      'differing sizes',
      { 'a/1.png': 'images/colour.png', 'a/2.png': 'images/large.png' },
      /images differ in size: a\/1\.png is 24x32, a\/2\.png is 60x80 .*`size` in --preprocess/,
    ],
    [
      'other files',
      { 'a/1.mp3': text('ID3') },
      /no samples found, only files with \.mp3 \(convert them to WAV/,
    ],
    ['nothing', {}, /the folder is empty/],
    [
      'nothing readable',
      { 'a/1.png': text('no image') },
      /none of the images looked at can be read/,
    ],
    [
      'SVG named PNG',
      { 'a/1.png': text('<svg xmlns="http://www.w3.org/2000/svg"/>') },
      /none of the images/,
    ],
  ]
  it.each(refusals)('%s', async (name, files, sentence) => {
    const path = folder(`refused ${name}`, files)
    mkdirSync(path, { recursive: true })
    await expect(openData(path)).rejects.toMatchObject({
      name: 'DataError',
      exitCode: 3,
      message: expect.stringMatching(sentence),
    })
  })

  it('resizes when a size is given', async () => {
    const path = folder('sizes', { 'a/1.png': 'images/colour.png', 'a/2.png': 'images/large.png' })
    const dataset = await openData(path, { size: [16, 16], channels: 1 })
    expect(dataset.shape).toEqual([1, 16, 16])
    await dataset.read(1, new Float32Array(256))
  })

  it('a path that is not there, a misspelt name, an unknown format', async () => {
    await expect(openData('fashion-mist')).rejects.toThrow(
      /nothing at that path.*Did you mean fashion-mnist/,
    )
    await expect(openData(golden, { format: 'class-folder' })).rejects.toThrow(
      /--format: expected one of .*Did you mean class-folders/,
    )
    await expect(openData(join(golden, 'make.sh'))).rejects.toThrow(
      /make\.sh: \.sh files are not read/,
    )
  })
})

describe('IDX folders', () => {
  const idx = (rank: number, sizes: number[], values: Uint8Array) => {
    const head = Buffer.alloc(4 + 4 * rank)
    head[2] = 8
    head[3] = rank
    sizes.forEach((size, axis) => {
      head.writeUInt32BE(size, 4 + 4 * axis)
    })
    return Buffer.concat([head, values])
  }
  const images = idx(
    3,
    [2, 2, 3],
    Uint8Array.from({ length: 12 }, (_, i) => i),
  )

  it('plain and gzipped, by split', async () => {
    const path = folder('idx', {
      'train-images-idx3-ubyte': images,
      'train-labels-idx1-ubyte': idx(1, [2], Uint8Array.of(1, 0)),
      't10k-images-idx3-ubyte.gz': gzipSync(images),
      't10k-labels-idx1-ubyte.gz': gzipSync(idx(1, [2], Uint8Array.of(0, 2))),
    })
    expect(await openData(path)).toMatchObject({
      name: 'idx:train',
      shape: [1, 2, 3],
      classes: ['0', '1'],
    })
    const test = await openData(`${path}:test`)
    expect(Array.from(test.labels!)).toEqual([0, 2])
    const out = new Float32Array(6)
    test.read(1, out)
    expect(out[5]).toBe(Math.fround(11 / 255))
  })

  it('refuses a count that disagrees, and a cut file', async () => {
    const counts = folder('idx counts', {
      'train-images-idx3-ubyte': images,
      'train-labels-idx1-ubyte': idx(1, [3], Uint8Array.of(1, 0, 2)),
    })
    await expect(openData(counts)).rejects.toThrow(
      /expected one label for each of 2 images, received "labels \[3\]"/,
    )
    const cut = folder('idx cut', { 'train-images-idx3-ubyte': images.subarray(0, 20) })
    await expect(openData(cut)).rejects.toThrow(
      /expected 12 values .* received "4 bytes".*cut short/,
    )
  })
})

describe('tables', () => {
  const write = (name: string, content: string) =>
    join(folder('tables', { [name]: text(content) }), name)

  it('numbers with a head: the last column is the label', async () => {
    const dataset = await openData(
      write('iris.csv', 'length,width,species\n5.1,3.5,setosa\n7.0,3.2,virginica\n6e0,.5,setosa\n'),
    )
    expect(dataset.detected).toBe('iris.csv: 3 rows of 2 numbers, label column "species".')
    expect(dataset.classes).toEqual(['setosa', 'virginica'])
    expect(Array.from(dataset.labels!)).toEqual([0, 1, 0])
    const out = new Float32Array(2)
    dataset.read(2, out)
    expect(Array.from(out)).toEqual([6, 0.5])
  })

  it('a label column by name, none, a regression target, semicolons, tabs, no head', async () => {
    const path = write('digits.csv', 'label,a,b\n2,1,2\n0,3,4\n')
    expect(Array.from((await openData(path, { label: 'label' })).labels!)).toEqual([2, 0])
    expect((await openData(path, { label: 'none' })).shape).toEqual([3])
    expect(Array.from((await openData(path, { task: 'regression' })).targets!)).toEqual([2, 4])
    await expect(openData(path, { label: 'lable' })).rejects.toThrow(
      /--label: expected a column .*Did you mean label/,
    )
    expect((await openData(write('prices.csv', 'a;b;price\n1;2;3.5\n'))).targets).toEqual(
      Float32Array.of(3.5),
    )
    expect((await openData(write('t.tsv', 'a\tb\n1\t0\n'))).shape).toEqual([1])
    expect((await openData(write('bare.csv', '1,2,0\n3,4,1\n'))).length).toBe(2)
  })

  it('a cell that is no number is named, or its row left out and counted', async () => {
    const path = write('holes.csv', 'age,size,y\n1,2,0\n,2,1\n3,x,1\n4,5,1\n')
    await expect(openData(path)).rejects.toThrow(
      /holes\.csv, line 3, column "age": expected a value, received "nothing"/,
    )
    const dataset = await openData(path, { onBadSample: 'skip' })
    expect(dataset.length).toBe(2)
    expect(dataset.detected).toContain('2 rows with missing or wrong cells left out')
    await expect(openData(write('ragged.csv', 'a,b\n1,2\n3\n'))).rejects.toThrow(
      /ragged\.csv, line 3: expected 2 cells as in the first row, received 1\./,
    )
    await expect(openData(write('empty.csv', ''))).rejects.toThrow(/the table is empty/)
  })

  it('paths and labels, never out of the folder', async () => {
    folder('tables', { 'clips/a.wav': 'wav/pcm16.wav', 'clips/b.wav': 'wav/pcm8.wav' })
    const dataset = await openData(
      write('clips.csv', 'file,word\nclips/a.wav,yes\nclips/b.wav,no\n'),
    )
    expect(dataset).toMatchObject({ kind: 'audio', length: 2, classes: ['no', 'yes'] })
    for (const path of [
      '../a.wav',
      '/etc/a.wav',
      'clips\\a.wav',
      'c:a.wav',
      'clips/%2e%2e/a.wav',
      'clips//a.wav',
      './../a.wav',
    ])
      await expect(openData(write('out.csv', `file,word\n${path},yes\n`))).rejects.toThrow(
        /line 2: expected a path inside the folder/,
      )
  })
})

describe('choosing at the door', () => {
  it('skip, first and limit, and groups', async () => {
    const rows = Array.from({ length: 100 }, (_, i) => `${i},${i % 4}`).join('\n')
    const path = join(folder('choose', { 'rows.csv': text(`x,y\n${rows}\n`) }), 'rows.csv')
    expect((await openData(path, { skip: 10 })).length).toBe(10)
    expect((await openData(path, { first: 7 })).length).toBe(7)
    expect((await openData(path, { limit: 20, seed: 1 })).length).toBe(20)
  })

  it.skipIf(!existsSync(fsdd))(
    'real spoken digits: class and speaker from the names (needs ../shared)',
    async () => {
      const dataset = await openData(fsdd, { seconds: 1 })
      expect(dataset.detected).toContain('10 classes by the text before the first underscore')
      expect(dataset).toMatchObject({ length: 2000, sampleRate: 8000, shape: [1, 8000] })
      const { held } = splitBy(dataset, { fraction: 0.4, seed: 1, by: 'group' })
      expect(held.length % 500).toBe(0)
      const out = new Float32Array(8000)
      await dataset.read(0, out)
      expect(Math.max(...out.map(Math.abs))).toBeGreaterThan(0.05)
    },
  )
})
