import { describe, expect, it } from 'vitest'
import { DataError, keyOf, Random } from '../base/index.js'
import { decodeScores, encodeScores, pairedDifference } from './paired.js'

describe('a paired difference', () => {
  it('is far surer than two intervals apart when the models fail on the same samples', () => {
    const random = new Random(keyOf(0, 'paired test'))
    const a = Array.from({ length: 2000 }, () => Number(random.float() < 0.8))
    const b = a.map((right, i) => (right === 0 && i % 10 === 0 ? 1 : right))
    const { value, interval } = pairedDifference(a, b)
    expect(value).toBeCloseTo(b.reduce((s, x, i) => s + x - a[i], 0) / 2000, 12)
    expect(interval[0]).toBeGreaterThan(0)
    // Unpaired, the half width alone would be 1.96 sqrt(2 .8 .2 / 2000) = .025.
    expect(interval[1] - value).toBeLessThan(0.012)
  })

  it('refuses samples that do not pair', () => {
    expect(() => pairedDifference([1], [1, 0])).toThrow(DataError)
  })

  it('survives its way through a file', () => {
    const scores = { clean: [1, 0, 1], noisy: [0.5, 0.25, 1] }
    const bytes = Buffer.concat(encodeScores(scores))
    expect(decodeScores(bytes, 'test')).toEqual(scores)
  })
})
