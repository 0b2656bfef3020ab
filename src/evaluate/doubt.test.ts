import { describe, expect, it } from 'vitest'
import { keyOf, Random, wilsonInterval } from '../base/index.js'
import { answersOf } from '../metrics/index.js'
import { DoubtMeter } from './doubt.js'
import type { Condition } from './suites/suite.js'

const condition = (draws: number): Condition => ({
  at: draws > 1 ? 'weight' : 'input',
  kind: 'gaussian',
  severity: 1,
  level: {},
  clip: null,
  draws,
})

/** Answers to two-class samples that are right where `right` says. */
function answers(right: readonly boolean[]) {
  const logits = right.flatMap(r => (r ? [1, 0] : [0, 1]))
  return answersOf(logits, { kind: 'logits', columns: 2, labels: right.map(() => 0) })
}

describe('the doubt of accuracies and drops', () => {
  it('is Wilson’s for one draw, and the paired difference for a drop', () => {
    const meter = new DoubtMeter([condition(1)])
    const clean = Array.from({ length: 200 }, (_, i) => i < 180)
    const noisy = clean.map((right, i) => right && i % 3 !== 0)
    meter.add(answers(clean), [[answers(noisy)]])
    const { conditions, meanDropInterval } = meter.result()!
    const right = noisy.filter(Boolean).length
    expect(conditions[0].accuracyInterval).toEqual(wilsonInterval(right, 200))
    const drops = clean.map((c, i) => Number(c) - Number(noisy[i]))
    const mean = drops.reduce((a, b) => a + b, 0) / 200
    const variance = drops.reduce((sum, d) => sum + (d - mean) ** 2, 0) / 199
    const [low, high] = conditions[0].dropInterval
    expect((low + high) / 2).toBeCloseTo(mean, 12)
    expect(high - low).toBeCloseTo(2 * 1.96 * Math.sqrt(variance / 200), 12)
    expect(meanDropInterval).toEqual(conditions[0].dropInterval)
  })

  it('does not take draws of the weights for further samples', () => {
    const one = new DoubtMeter([condition(1)])
    const five = new DoubtMeter([condition(5)])
    const right = Array.from({ length: 100 }, (_, i) => i < 70)
    one.add(answers(right), [[answers(right)]])
    five.add(answers(right), [Array.from({ length: 5 }, () => answers(right))])
    const width = (meter: DoubtMeter) => {
      const [low, high] = meter.result()!.conditions[0].accuracyInterval
      return high - low
    }
    expect(width(five)).toBeCloseTo(width(one), 2)
  })

  it('covers the truth 95 % of the time, draws that differ included', () => {
    const random = new Random(keyOf(0, 'doubt test'))
    let covered = 0
    const trials = 400
    for (let trial = 0; trial < trials; trial++) {
      const meter = new DoubtMeter([condition(5)])
      const draws = Array.from({ length: 5 }, () => 0.6 + 0.05 * random.normal())
      const clean = answers(new Array(300).fill(true))
      meter.add(clean, [
        draws.map(p => answers(Array.from({ length: 300 }, () => random.float() < p))),
      ])
      const [low, high] = meter.result()!.conditions[0].accuracyInterval
      if (low <= 0.6 && 0.6 <= high) covered++
    }
    // Five draws estimate their own variance, so the normal interval is a little short or long.
    expect(covered / trials).toBeGreaterThan(0.88)
    expect(covered / trials).toBeLessThanOrEqual(1)
  })
})
