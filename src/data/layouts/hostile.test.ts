import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DataError, sizeOf } from '../../base/index.js'
import { openData } from '../index.js'

const golden = resolve(import.meta.dirname, '../../../test/golden/data')
const RUNS = Number(process.env.TEMPER_MUTATIONS ?? 60)
let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'temper-hostile-'))
})
afterAll(() => rmSync(root, { recursive: true }))

interface Mutation {
  flips: [place: number, byte: number][]
  keep: number
  extra: Uint8Array
}

const mutations = fc.record<Mutation>({
  flips: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
    maxLength: 12,
  }),
  keep: fc.oneof(
    { weight: 3, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
  ),
  extra: fc.uint8Array({ maxLength: 20 }),
})

/** Half of the flips fall into the first 128 bytes, where the heads are. */
function mutate(seed: Uint8Array, { flips, keep, extra }: Mutation): Uint8Array {
  const bytes = Buffer.concat([seed.subarray(0, Math.ceil(seed.length * keep)), extra])
  flips.forEach(([place, byte], n) => {
    const span = n % 2 ? bytes.length : Math.min(128, bytes.length)
    if (span) bytes[Math.floor(place * (span - 1))] = byte
  })
  return bytes
}

/** Opens and reads everything; a DataError with a sentence is a fine answer, anything else is not. */
async function survives(path: string): Promise<void> {
  try {
    const dataset = await openData(path, { seconds: 0.05 })
    const out = new Float32Array(sizeOf(dataset.shape))
    for (let i = 0; i < Math.min(3, dataset.length); i++) {
      await dataset.read(i, out)
      expect(out.every(Number.isFinite)).toBe(true)
    }
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    expect(error.message).toMatch(/^.{10,900}\.$/s)
    expect(error.message).not.toMatch(/undefined|NaN\b.*expected|\[object/)
  }
}

describe('damaged files are read or refused with a sentence', () => {
  it.each([
    'wav/pcm16.wav',
    'wav/pcm24-extensible.wav',
    'wav/float64.wav',
    'flac/best.flac',
    'flac/mid-side.flac',
    'flac/piped.flac',
    'numpy/images.npz',
    'numpy/images-compressed.npz',
    'numpy/splits.npz',
    'numpy/f8-big.npy',
    'numpy/fortran.npy',
    'numpy/text.npy',
    'images/palette.png',
    'images/photo.jpg',
    'images/lossless.webp',
  ])('%s', async file => {
    const seed = readFileSync(join(golden, file))
    const isArray = /\.np[yz]$/.test(file)
    const folder = mkdtempSync(join(root, 'one-'))
    const name = file.split('/')[1]
    await fc.assert(
      fc.asyncProperty(mutations, async mutation => {
        writeFileSync(join(folder, name), mutate(seed, mutation))
        await survives(isArray ? join(folder, name) : folder)
      }),
      { numRuns: RUNS, seed: 1 },
    )
  })

  it('an IDX file, gzipped or not', async () => {
    const seed = Buffer.concat([
      Buffer.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4]),
      Buffer.from(Array.from({ length: 24 }, (_, i) => i * 10)),
    ])
    for (const [name, bytes] of [
      ['train-images-idx3-ubyte', seed],
      ['train-images-idx3-ubyte.gz', gzipSync(seed)],
    ] as const) {
      const folder = mkdtempSync(join(root, 'idx-'))
      await fc.assert(
        fc.asyncProperty(mutations, async mutation => {
          writeFileSync(join(folder, name), mutate(bytes, mutation))
          await survives(folder)
        }),
        { numRuns: RUNS, seed: 1 },
      )
    }
  })

  it('an array of 2^40 samples of nothing has no samples', async () => {
    const head = "{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776, 0), }\n"
    const magic = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, head.length, 0])
    const path = join(root, 'nothing.npy')
    writeFileSync(path, Buffer.concat([magic, Buffer.from(head)]))
    await expect(openData(path)).rejects.toThrow(
      'nothing.npy: there are no samples in it (x is [1099511627776, 0]).',
    )
  })

  it('a table of anything', async () => {
    const seed = Buffer.from('a,b,y\n1,2,0\n"3",4,1\n5e1,-6,1\n')
    const path = join(root, 'table.csv')
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          mutations.map(m => mutate(seed, m)),
          fc.uint8Array({ maxLength: 200 }),
        ),
        async bytes => {
          writeFileSync(path, bytes)
          await survives(path)
        },
      ),
      { numRuns: RUNS * 2, seed: 1 },
    )
  })
})
