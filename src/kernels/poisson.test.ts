import { describe, expect, it } from 'vitest'
import { keyOf } from '../base/index.js'
import { openKernels } from './kernels.js'

const kernels = openKernels({ bytes: 8 * 1024 ** 2 })
const n = 1 << 19

/** Means on the grid of a quarter, beside it, and beyond the table. */
const means = [0, 0.07, 0.25, 0.9, 3, 5.13, 12, 25, 47.7, 63.99, 64, 130, 500, 12_345]

describe('Poisson numbers', () => {
  it.each(means)('of mean %d have its probabilities, mean and variance', mean => {
    const x = new Float32Array(n).fill(mean)
    const out = new Float32Array(n)
    kernels.poisson(x, out, { scale: 1 }, keyOf(4, 'poisson', mean * 100))
    const counts = new Map<number, number>()
    let [sum, squares] = [0, 0]
    for (const k of out) {
      counts.set(k, (counts.get(k) ?? 0) + 1)
      sum += k
      squares += (k - mean) ** 2
    }
    if (mean === 0) expect([...counts]).toEqual([[0, n]])
    else {
      expect(Math.abs(sum / n - mean)).toBeLessThan(5 * Math.sqrt(mean / n))
      const spread = Math.sqrt((2 * mean ** 2 + mean) / n)
      expect(Math.abs(squares / n - mean)).toBeLessThan(5 * spread)
      expect(Math.abs(chiSquaredScore(counts, mean))).toBeLessThan(5)
    }
  })

  it('are none of what is not positive, and NaN of NaN', () => {
    const out = new Float32Array(20)
    const x = new Float32Array(20).fill(-3)
    x[4] = Number.NaN
    kernels.poisson(x, out, { scale: 5 }, keyOf(1, 'poisson'))
    expect(out[4]).toBeNaN()
    expect(out.filter(v => v === 0).length).toBe(19)
  })
})

/** Chi-squared over the counts with at least 20 expected, as a standard score. */
function chiSquaredScore(counts: ReadonlyMap<number, number>, mean: number): number {
  let [sum, bins, seen, wanted] = [0, 0, 0, 0]
  let logChance = -mean
  for (let k = 0; k < mean * 2 + 60; k++) {
    if (k > 0) logChance += Math.log(mean / k)
    const expectedCount = n * Math.exp(logChance)
    if (expectedCount < 20) continue
    sum += ((counts.get(k) ?? 0) - expectedCount) ** 2 / expectedCount
    seen += counts.get(k) ?? 0
    wanted += expectedCount
    bins++
  }
  // The rest in one bin.
  if (n - wanted > 5) {
    sum += (n - seen - (n - wanted)) ** 2 / (n - wanted)
    bins++
  }
  const df = bins - 1
  return ((sum / df) ** (1 / 3) - (1 - 2 / (9 * df))) / Math.sqrt(2 / (9 * df))
}
