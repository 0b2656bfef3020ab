import { describe, expect, it } from 'vitest'
import { type Repeats, spreadOf, summaryOf } from './repeats.js'

describe('the spread over seeds', () => {
  it('is the t interval of the mean', () => {
    // Mean 2, sample deviation 1, t of 2 degrees 4.303: half of 4.303 / sqrt 3.
    const { mean, standardDeviation, interval } = spreadOf([1, 2, 3])
    expect([mean, standardDeviation]).toEqual([2, 1])
    expect(interval[1]).toBeCloseTo(2 + 4.303 / Math.sqrt(3), 9)
  })

  it('keeps shares between 0 and 1 and leaves out what not every run has', () => {
    const runs: Repeats['runs'] = [
      { seed: 0, run: 'a', figures: { cleanAccuracy: 0.7, meanDrop: 0.1 } },
      { seed: 1, run: 'b', figures: { cleanAccuracy: 0.9 } },
    ]
    const summary = summaryOf(runs)
    expect(Object.keys(summary)).toEqual(['cleanAccuracy'])
    expect(summary.cleanAccuracy.interval).toEqual([0, 1])
  })
})
