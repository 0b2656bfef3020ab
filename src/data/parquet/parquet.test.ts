import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { transpiledRooms } from '../../../test/support/transpiled.js'
import { batches, type Dataset, openData } from '../index.js'

const golden = resolve(import.meta.dirname, '../../../test/golden/data')
let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'temper-parquet-'))
  vi.stubEnv('XDG_CACHE_HOME', root)
})
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(root, { recursive: true })
})

const first = async (dataset: Dataset, index: number) => {
  const out = new Float32Array(dataset.shape.reduce((a, b) => a * b, 1))
  await dataset.read(index, out)
  return Math.round(out[0] * 255)
}

describe('image columns in shards that pyarrow wrote', () => {
  it('are split by name, labelled by their own class names, read in any order', async () => {
    const train = await openData(join(golden, 'parquet'))
    expect(train.detected).toBe(
      'parquet:train: 17 images in column "image" of 2 Parquet files, 3 classes in column "label", colour, 4x5.',
    )
    expect(train).toMatchObject({
      splits: ['test', 'train'],
      classes: ['zebra', 'ant', 'bee'],
      blocks: [4, 8, 10, 14, 17],
    })
    expect(Array.from(train.labels!)).toEqual(Array.from({ length: 17 }, (_, i) => i % 3))
    for (const index of [16, 0, 9, 10, 3]) expect(await first(train, index)).toBe(index)
    expect(train.identity(10)).toBe('train-00001-of-00002.parquet/0')
    const test = await openData(`${join(golden, 'parquet')}:test`)
    expect(await first(test, 2)).toBe(19)
    expect(await test.sha256()).not.toBe(await train.sha256())

    const values: number[] = []
    for await (const { data, indices } of batches(train, { batch: 5, order: 'shuffled', seed: 1 }))
      indices.forEach((index, n) => {
        expect(Math.round(data[n * 60] * 255)).toBe(index)
        values.push(index)
      })
    expect(values.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 17 }, (_, i) => i))
  })

  it('audio columns with text labels', async () => {
    const dataset = await openData(join(golden, 'parquet-audio.parquet'), { label: 'word' })
    expect(dataset).toMatchObject({
      kind: 'audio',
      sampleRate: 8000,
      shape: [1, 400],
      classes: ['no', 'yes'],
    })
    expect((await openData(join(golden, 'parquet-audio.parquet'))).labels).toBeUndefined()
  })
})

describe('tables that pandas wrote', () => {
  it.each(['snappy', 'gzip', 'zstd', 'brotli', 'lz4', 'none'])('%s', async codec => {
    const dataset = await openData(join(golden, `parquet-${codec}.parquet`))
    expect(dataset.detected).toBe(
      `parquet-${codec}.parquet: 3 rows of 3 numbers in parquet-${codec}.parquet, 2 classes in column "species".`,
    )
    expect(Array.from(dataset.labels!)).toEqual([0, 1, 0])
    const out = new Float32Array(3)
    dataset.read(2, out)
    expect(Array.from(out)).toEqual([3.5, 3, 1])
  })

  it('says what it cannot use', async () => {
    await expect(openData(join(golden, 'parquet-missing.parquet'))).rejects.toThrow(
      /row 1, column "age": expected a finite number, received "nothing"/,
    )
    await expect(openData(join(golden, 'parquet-text.parquet'), { label: 'age' })).rejects.toThrow(
      /received "the column "species""/,
    )
    await expect(openData(join(golden, 'parquet-none.parquet'), { label: 'kind' })).rejects.toThrow(
      /--label: expected a column of parquet-none.parquet \(age, count, flag, species\)/,
    )
    const cut = join(root, 'cut.parquet')
    writeFileSync(cut, 'PAR1 and no more')
    await expect(openData(cut)).rejects.toThrow(/cut\.parquet: not a Parquet file, or damaged/)
  })

  it('as split folders', async () => {
    const folder = join(root, 'folders')
    for (const split of ['train', 'validation']) {
      mkdirSync(join(folder, split), { recursive: true })
      copyFileSync(join(golden, 'parquet-none.parquet'), join(folder, split, '0000.parquet'))
    }
    expect(await openData(`${folder}:val`)).toMatchObject({ name: 'folders:validation', length: 3 })
  })
})

describe('the child process that decodes', () => {
  const write = transpiledRooms('base', 'kernels', 'onnx', 'record', 'supervise', 'data')
  const open = (path: string) =>
    run(
      write(
        'open.js',
        `
import { openData } from './data/index.js'
try {
  const dataset = await openData(${JSON.stringify(path)})
  const out = new Float32Array(60)
  await dataset.read(dataset.length - 1, out)
  console.log(dataset.length, Math.round(out[0] * 255))
} catch (error) { console.log(error.name, error.message) }
`,
      ),
    )
  const run = (script: URL) =>
    spawnSync(process.execPath, [fileURLToPath(script)], {
      encoding: 'utf8',
      timeout: 50_000,
    }).stdout.trim()

  it('reads the same, refuses the same, and ends when it hangs', () => {
    expect(open(join(golden, 'parquet'))).toBe('17 16')
    const cut = join(root, 'short.parquet')
    writeFileSync(cut, 'PAR1 and no more')
    expect(open(cut)).toMatch(/^DataError short\.parquet: not a Parquet file, or damaged/)
    write(
      'data/parquet/child.js',
      `import { serveActs } from '../../supervise/index.js'\nserveActs({ describe: () => { for (;;); } })`,
    )
    expect(open(cut)).toMatch(
      /^DataError short\.parquet: the Parquet file cannot be read \(its decoder made no progress for 4 s\)\.$/,
    )
  })
})
