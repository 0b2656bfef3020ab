import { describe, expect, it } from 'vitest'
import { keyOf } from '../base/index.js'
import {
  at,
  chain,
  type Disturbance,
  oneOf,
  onlyWhere,
  someOf,
  withProbability,
} from './combine.js'
import { noiseOf } from './table.js'

const context = { shape: [2, 4, 8] }
const x = Float32Array.from({ length: 64 }, (_, i) => i / 64)
const add =
  (value: number): Disturbance =>
  (from, out) =>
    from.forEach((v, i) => {
      out[i] = v + value
    })
const run = (d: Disturbance, n = 0) => {
  const out = new Float32Array(64)
  d(x, out, keyOf(1, 'combine', n), context)
  return out
}
/** What was added to the first value, over many keys. */
const added = (d: Disturbance, count = 4000) =>
  Array.from({ length: count }, (_, n) => Math.round(run(d, n)[0]))
const shareOf = (values: number[], wanted: number) =>
  values.filter(v => v === wanted).length / values.length

describe('combinators', () => {
  it('chain one after the other, each part with its own draws', () => {
    expect(run(chain([add(1), add(2)]))[0]).toBe(3)
    const gaussian = at(noiseOf('input', 'gaussian'), { sigma: 0.1 })
    const twice = run(chain([gaussian, gaussian])).map((v, i) => v - x[i])
    const once = run(chain([gaussian])).map((v, i) => v - x[i])
    // Two equal draws would double every value.
    expect(twice.some((v, i) => Math.abs(v - 2 * once[i]) > 1e-3)).toBe(true)
  })

  it('choose one, by weights', () => {
    const values = added(oneOf([add(1), add(2), add(3)], [1, 3, 0]))
    expect(shareOf(values, 1)).toBeCloseTo(0.25, 1)
    expect(shareOf(values, 3)).toBe(0)
    expect(shareOf(added(oneOf([add(1), add(2)])), 1)).toBeCloseTo(0.5, 1)
  })

  it('choose some, each as often', () => {
    const values = added(someOf(2, [add(1), add(10), add(100)]))
    for (const sum of [11, 101, 110]) expect(shareOf(values, sum)).toBeCloseTo(1 / 3, 1)
  })

  it('act with a probability, or where a mask says', () => {
    expect(shareOf(added(withProbability(0.3, add(5))), 5)).toBeCloseTo(0.3, 1)
    const mask = Float32Array.from({ length: 32 }, (_, i) => i % 2)
    const out = run(onlyWhere(mask, add(1)))
    expect(out.every((v, i) => v === (i % 2 ? Math.fround(x[i] + 1) : x[i]))).toBe(true)
    const inPlace = x.slice()
    onlyWhere(mask, add(1))(inPlace, inPlace, keyOf(0, ''), context)
    expect(inPlace).toEqual(out)
  })

  it('refuse what makes no sense in a sentence', () => {
    expect(() => oneOf([add(1)], [0])).toThrow(/1 weights of 0 or more/)
    expect(() => someOf(3, [add(1)])).toThrow(/from 0 to 1, received 3/)
    expect(() => withProbability(1.5, add(1))).toThrow(/probability from 0 to 1/)
    expect(() => run(onlyWhere(new Float32Array(7), add(1)))).toThrow(/a mask that fits 64 values/)
  })
})
