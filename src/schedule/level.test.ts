import { describe, expect, it } from 'vitest'
import { fold, keyOf, momentAt } from '../base/index.js'
import { draws, parseLevel, parseWindow } from './index.js'

const lengths = { epochs: 10, batchesPerEpoch: 100, samplesPerEpoch: 12800 }
const context = { lengths, where: 'level' }
const key = keyOf(0, 'test:level')
const count = 20_000

function drawn(spec: unknown, batch = 0): number[] {
  const level = parseLevel(spec, context)
  return Array.from({ length: count }, (_, i) =>
    level.resolve(momentAt(batch, lengths), fold(key, i)),
  )
}
const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length
const deviation = (values: number[]) => {
  const m = mean(values)
  return Math.sqrt(mean(values.map(v => (v - m) ** 2)))
}

describe.each(Object.entries(draws))('draw %s', (_, form) => {
  const level = parseLevel(form.example, context)
  const moment = momentAt(300, lengths)

  it('stays between its bounds, and two draws differ', () => {
    const values = Array.from({ length: 500 }, (_, i) => level.resolve(moment, fold(key, i)))
    expect(Math.min(...values)).toBeGreaterThanOrEqual(level.low(moment))
    expect(Math.max(...values)).toBeLessThanOrEqual(level.high(moment))
    expect(new Set(values).size).toBeGreaterThan(1)
  })

  it('gives the same level for the same key', () => {
    expect(level.resolve(moment, key)).toBe(level.resolve(moment, key))
  })

  it('says whether one draw serves a sample or a batch', () => {
    expect(parseLevel({ ...form.example, per: 'batch' }, context).per).toBe('batch')
    expect(parseLevel({ ...form.example, per: undefined }, context).per).toBe('sample')
  })
})

describe('means within 5 standard errors', () => {
  const within = (values: number[], wanted: number) =>
    expect(Math.abs(mean(values) - wanted)).toBeLessThan((5 * deviation(values)) / Math.sqrt(count))

  it('uniform', () => within(drawn({ uniform: [0.1, { ramp: [0.1, 0.5] }] }, 500), 0.2))
  it('log-uniform: the logarithm is uniform', () =>
    within(drawn({ logUniform: [0.01, 1] }).map(Math.log10), -1))
  it('beta with both shapes below 1', () => within(drawn({ beta: [0.4, 0.8] }), 1 / 3))
  it('beta on a range', () => within(drawn({ beta: [2, 6], range: [1, 3] }), 1.5))
  it('choice', () => within(drawn({ choice: [1, 2, 6] }), 3))
})

it('has the variance of Beta(2, 5) within 5 %', () => {
  expect(deviation(drawn({ beta: [2, 5] })) ** 2 / (10 / (49 * 8))).toBeCloseTo(1, 1)
})

describe('a window of a noise entry', () => {
  const open = (spec: object, batch: number) =>
    parseWindow(spec, { lengths, where: 'noise[2]' })(momentAt(batch, lengths))

  it('opens at each multiple of `every`, for `for`', () => {
    const spec = { every: '4ep', for: '2ep' }
    expect([0, 199, 200, 399, 400, 800].map(batch => open(spec, batch))).toEqual([
      true,
      true,
      false,
      false,
      true,
      true,
    ])
    expect(open({}, 5)).toBe(true)
  })

  it('refuses `for` alone and windows no batch falls into', () => {
    expect(() => open({ for: '2ep' }, 0)).toThrow(
      'noise[2].for: expected `every` beside `for`, received for alone. Write every: 4ep, for: 2ep.',
    )
    expect(() => open({ every: '3ba', for: '10sp' }, 0)).toThrow(
      'noise[2].for: expected at least one batch (1ba), received 10sp.',
    )
  })
})
