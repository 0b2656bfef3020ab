import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transpiledRooms } from '../../../test/support/transpiled.js'
import { badSamples, batches, type Dataset, openData } from '../index.js'
import { keepDecoded } from './kept.js'

const golden = resolve(import.meta.dirname, '../../../test/golden/data/images')
const names = ['colour.png', 'palette.png', 'photo.jpg', 'lossless.webp', 'alpha.png']
let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'temper-decoding-'))
  for (let i = 0; i < 60; i++) {
    mkdirSync(join(root, 'good', String(i % 3)), { recursive: true })
    copyFileSync(
      join(golden, names[i % 5]),
      join(root, 'good', String(i % 3), `${i}${names[i % 5]}`),
    )
  }
  mkdirSync(join(root, 'bad', 'a'), { recursive: true })
  for (let i = 0; i < 20; i++)
    copyFileSync(join(golden, 'colour.png'), join(root, 'bad', 'a', `${i}.png`))
  for (const i of [3, 11, 19]) writeFileSync(join(root, 'bad', 'a', `${i}.png`), 'broken')
})
afterAll(() => rmSync(root, { recursive: true }))

/** A hash of each batch of one epoch. */
async function epoch(dataset: Dataset, options = {}) {
  const all: string[] = []
  for await (const { data } of batches(dataset, { batch: 17, order: 'shuffled', ...options }))
    all.push(createHash('sha256').update(data).digest('hex'))
  return all
}

/** The same data set, counting how many samples are decoded. */
function counted(dataset: Dataset) {
  const count = { decoded: 0 }
  const readMany: Dataset['readMany'] = (indices, out) => {
    count.decoded += indices.length
    return dataset.readMany!(indices, out)
  }
  return { dataset: { ...dataset, readMany }, count }
}

describe('decoding', () => {
  it('gives the same bits whether samples are kept or decoded anew, in any mixture', async () => {
    const plain = await openData(join(root, 'good'), { keepMb: 0 })
    const wanted = await epoch(plain)
    for (const samples of [60, 23, 1]) {
      const { dataset, count } = counted(plain)
      const kept = keepDecoded(dataset, samples * 3 * 24 * 32)
      expect(await epoch(kept)).toEqual(wanted)
      expect(await epoch(kept)).toEqual(wanted)
      expect(count.decoded).toBe(60 + (60 - samples))
    }
    expect(await epoch(plain, { copies: 2, prefetch: 0 })).toEqual(
      await epoch(keepDecoded(plain), { copies: 2 }),
    )
  })

  it('names what is unreadable, or leaves it out and counts it', async () => {
    const path = join(root, 'bad')
    await expect(epoch(await openData(path))).rejects.toThrow(
      /a\/\d+\.png: expected a PNG, JPEG or WebP image/,
    )
    const dataset = await openData(path, { onBadSample: 'skip' })
    expect(dataset.length).toBe(17)
    expect(dataset.leftOut!.map(({ identity }) => identity)).toEqual([
      'a/11.png',
      'a/19.png',
      'a/3.png',
    ])
    expect(dataset.detected).toMatch(/; 3 unreadable samples left out\.$/)
    expect(await badSamples(dataset)).toEqual([])
    expect((await epoch(dataset)).length).toBe(1)
  })

  it('in worker threads gives the same bits, and lets the process end', async () => {
    const write = transpiledRooms('base', 'kernels', 'onnx', 'record', 'supervise', 'data')
    const script = write(
      'entry.js',
      `
import { createHash } from 'node:crypto'
import { batches, openData } from './data/index.js'
import { decodePool } from './data/sources/decode-pool.js'
const hash = createHash('sha256')
const dataset = await openData(${JSON.stringify(join(root, 'good'))})
for await (const { data } of batches(dataset, { batch: 40 })) hash.update(data)
const bad = await openData(${JSON.stringify(join(root, 'bad'))}, { onBadSample: 'skip' })
console.log(JSON.stringify([hash.digest('hex'), bad.leftOut.length, decodePool.size > 0]))
`,
    )
    const { stdout, status } = spawnSync(process.execPath, [fileURLToPath(script)], {
      encoding: 'utf8',
      timeout: 50_000,
    })
    const hash = createHash('sha256')
    for await (const { data } of batches(await openData(join(root, 'good')), { batch: 40 }))
      hash.update(data)
    expect(JSON.parse(stdout)).toEqual([hash.digest('hex'), 3, true])
    expect(status).toBe(0)
  })
})
