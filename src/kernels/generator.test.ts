import { describe, expect, it } from 'vitest'
import { keyOf, philox } from '../base/index.js'
import { openKernels } from './kernels.js'

const kernels = openKernels({ bytes: 48 * 1024 ** 2 })
const n = 1 << 22

/** Chi-squared, turned into a standard score (Wilson-Hilferty). */
function chiSquaredScore(counts: ArrayLike<number>, wanted: (bin: number) => number): number {
  let sum = 0
  for (let i = 0; i < counts.length; i++) sum += (counts[i] - wanted(i)) ** 2 / wanted(i)
  const df = counts.length - 1
  return ((sum / df) ** (1 / 3) - (1 - 2 / (9 * df))) / Math.sqrt(2 / (9 * df))
}

/** The standard normal distribution function (Abramowitz & Stegun 7.1.26 is too coarse: a series). */
function normalCdf(z: number): number {
  let [sum, term] = [z, z]
  for (let k = 1; Math.abs(term) > 1e-17; k++) {
    term *= (z * z) / (2 * k + 1)
    sum += term
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI)
}

describe('Philox4x32-10', () => {
  it.each([
    [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [[-1, -1, -1, -1], [-1, -1], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      'd16cfe09 94fdcceb 5001e420 24126ea1',
    ],
  ] as const)('gives the known answer of Random123 for %s', (counter, key, answer) => {
    const words = philox([...counter] as [number, number, number, number], [...key])
    expect(words.map(w => w.toString(16).padStart(8, '0')).join(' ')).toBe(answer)
  })
})

describe('the words', () => {
  it('stay what they are from one version to the next', () => {
    const out = new Uint32Array(8)
    kernels.words(out, { seed: [1, 2], stream: [3, 4] }, 4096)
    expect([...out].map(w => w.toString(16))).toMatchInlineSnapshot(`
      [
        "b96768b2",
        "a14ccef2",
        "dccffbdd",
        "2f3f9ac7",
        "cd3f8a7b",
        "c03fdcff",
        "cc057c6d",
        "92bf7092",
      ]
    `)
  })

  it('are uniform in their upper and lower bits, and without memory', () => {
    const floats = kernels.alloc(n)
    const words = new Uint32Array(floats.buffer, floats.byteOffset, n)
    kernels.words(words, keyOf(1, 'words'))
    const [upper, lower, pairs] = [0, 1, 2].map(() => new Float64Array(4096))
    for (let i = 0; i < n; i++) {
      upper[words[i] >>> 20]++
      lower[words[i] & 4095]++
      // Neighbours of one lane are four apart.
      if (i >= 4) pairs[((words[i] >>> 26) << 6) | (words[i - 4] >>> 26)]++
    }
    for (const counts of [upper, lower, pairs])
      expect(Math.abs(chiSquaredScore(counts, () => n / 4096))).toBeLessThan(5)
  })

  it('differ between streams, seeds and blocks that are neighbours', () => {
    const keys = [
      { seed: [1, 2], stream: [3, 4] },
      { seed: [1, 2], stream: [4, 4] },
      { seed: [2, 2], stream: [3, 4] },
      { seed: [1, 2], stream: [3, 5] },
      { seed: [1, 3], stream: [3, 4] },
    ] as const
    const first = keys.map(key => {
      const out = new Uint32Array(2048)
      kernels.words(out, key)
      return out
    })
    const all = new Set(first.flatMap(words => [...words]))
    // 10,240 draws of 2^32 meet 0.012 times on average.
    expect(all.size).toBeGreaterThan(10_237)
  })
})

describe('the normal numbers', () => {
  const z = kernels.alloc(n)
  kernels.normal(z, 1, keyOf(2, 'normal'))

  it('have the moments of N(0, 1) within five standard errors', () => {
    const sums = [0, 0, 0, 0]
    let [lagged, last] = [0, 0]
    for (const x of z) {
      sums[0] += x
      sums[1] += x * x
      sums[2] += x ** 3
      sums[3] += x ** 4
      lagged += x * last
      last = x
    }
    const [mean, square, cube, fourth] = sums.map(s => s / n)
    const score = (value: number, variance: number) => Math.abs(value) / Math.sqrt(variance / n)
    expect(score(mean, 1)).toBeLessThan(5)
    expect(score(square - 1, 2)).toBeLessThan(5)
    expect(score(cube, 15)).toBeLessThan(5)
    expect(score(fourth - 3, 96)).toBeLessThan(5)
    expect(score(lagged / n, 1)).toBeLessThan(5)
  })

  it('have the distribution of N(0, 1): Kolmogorov-Smirnov over 8,192 bins, and the tails', () => {
    const bins = 8192
    const counts = new Float64Array(bins)
    for (const x of z) counts[Math.min(bins - 1, Math.max(0, Math.floor((x + 8) * (bins / 16))))]++
    let [seen, distance] = [0, 0]
    for (let i = 0; i < bins - 1; i++) {
      seen += counts[i]
      const edge = -8 + ((i + 1) * 16) / bins
      distance = Math.max(distance, Math.abs(seen / n - normalCdf(edge)))
    }
    // P(D sqrt(n) > 2.6) is about 3e-6.
    expect(distance * Math.sqrt(n)).toBeLessThan(2.6)
    const beyond = z.reduce((count, x) => count + (Math.abs(x) > 4 ? 1 : 0), 0)
    const wanted = 6.334e-5 * n
    expect(Math.abs(beyond - wanted)).toBeLessThan(5 * Math.sqrt(wanted))
  })
})

describe('the uniform numbers', () => {
  it('fill their interval evenly', () => {
    const x = kernels.alloc(n)
    kernels.uniform(x, x, { halfWidth: 0.25 }, keyOf(3, 'uniform'))
    const counts = new Float64Array(1000)
    expect(kernels.maxAbs(x)).toBeLessThanOrEqual(0.25)
    for (const value of x) counts[Math.min(999, Math.floor((value + 0.25) * 2000))]++
    expect(Math.abs(chiSquaredScore(counts, () => n / 1000))).toBeLessThan(5)
  })
})
