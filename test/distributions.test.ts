import { describe, expect, it } from 'vitest'
import { distributions, examine } from './support/distributions.js'

// Ten million draws of each are in proofs/distributions.md.
describe('every distribution that noise draws from', () => {
  it.each(distributions.map(one => [one.name, one] as const))('%s', (_, one) => {
    const seen = examine(one, one.slow ? 1 << 16 : 1 << 20)
    // P(D sqrt(n) > 2.8) is 3e-7, five standard errors.
    expect(seen.distance).toBeLessThan(2.8)
    for (const score of [seen.mean, seen.variance]) expect(Math.abs(score)).toBeLessThan(5)
    // Few draws lie in the tails here: counts of rare events are skewed to the right.
    for (const score of [seen.lowTail, seen.highTail]) {
      expect(score).toBeGreaterThan(-5)
      expect(score).toBeLessThan(8)
    }
  })

  it('would be told from a neighbour', () => {
    const [gaussian] = distributions
    const wide = { ...gaussian, variance: 1.04, below: (x: number) => gaussian.below(x / 1.02) }
    expect(examine(wide, 1 << 20).distance).toBeGreaterThan(2.8)
    expect(examine(wide, 1 << 20).variance).toBeLessThan(-5)
  })
})
