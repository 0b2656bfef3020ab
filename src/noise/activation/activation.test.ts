import { describe, expect, it } from 'vitest'
import { keyOf, sizeOf } from '../../base/index.js'
import { completeLevel } from '../level.js'
import { noises } from '../table.js'
import type { Level } from '../types.js'
import { type ActivationNoise, type PortFill, portRoles } from './types.js'

const key = (n: number) => keyOf(6, 'activation', n)

/** A level that acts, also where the default does nothing. */
const acting: Readonly<Record<string, Level>> = { gaussian: { sigma: 0.3, relative: 0.1 } }

function filled(noise: ActivationNoise, level: Level, n = 1, shape = [8, 12, 12]): PortFill {
  const kept = noise.axes?.(shape) ?? shape.map(() => true)
  const own = shape.map((size, axis) => (kept[axis] ? size : 1))
  const arrays = noise.roles(Object.keys(noise.levels)).map(role => {
    const length = portRoles[role].per === 'sample' ? 1 : sizeOf(own)
    return [role, new Float32Array(length).fill(Number.NaN)] as const
  })
  const port = { shape: own, position: 1, ...Object.fromEntries(arrays) }
  noise.fill(port, completeLevel(noise, level), key(n))
  return port
}

const arraysOf = ({ shape: _, position: __, ...arrays }: PortFill) => Object.entries(arrays)
const rows = Object.values(noises.activation).map(noise => [noise.kind, noise] as const)

describe.each(rows)('%s', (kind, noise) => {
  it('is y at its identity', () => {
    for (const [role, array] of arraysOf(filled(noise, noise.identity)))
      expect(array.every(v => v === portRoles[role as keyof typeof portRoles].identity)).toBe(true)
  })

  it('follows its key, is finite, and scales to its identity', () => {
    const usual = completeLevel(
      noise,
      acting[kind] ?? ('stochastic' in noise.levels ? { stochastic: 1 } : {}),
    )
    expect(filled(noise, usual)).toEqual(filled(noise, usual))
    const draws = [...Array(60).keys()].map(n => JSON.stringify(filled(noise, usual, n)))
    expect(new Set(draws).size).toBeGreaterThan(1)
    for (const [, array] of arraysOf(filled(noise, usual)))
      expect(array.every(Number.isFinite)).toBe(true)
    expect(noise.scale(usual, 0)).toMatchObject(noise.identity)
    expect(noise.scale(usual, 1)).toEqual(usual)
  })
})

describe('the strength of activation noise', () => {
  const { activation } = noises
  const mean = (a: Float32Array) => a.reduce((s, v) => s + v, 0) / a.length
  const deviation = (a: Float32Array) => Math.sqrt(mean(a.map(v => v * v)))
  const big = [64, 50, 50]
  const n = sizeOf(big)
  const score = (count: number, p: number) => Math.abs(count - n * p) / Math.sqrt(n * p * (1 - p))

  it.each(['dropout', 'drop_block'])('of %s keeps the mean and drops the share', kind => {
    const { scale } = filled(activation[kind], { rate: 0.2 }, 1, big)
    expect(mean(scale!)).toBeCloseTo(1, 1.7)
    const dropped = scale!.filter(v => v === 0).length / n
    // Squares of DropBlock overlap: the share is met only where it is small.
    expect(dropped).toBeGreaterThan(kind === 'dropout' ? 0.195 : 0.15)
    expect(dropped).toBeLessThan(0.205)
  })

  it('of alpha dropout keeps zero mean and unit variance', () => {
    const { scale, shift } = filled(activation.alpha_dropout, { rate: 0.3 }, 1, big)
    // For x of mean 0 and variance 1: E y = mean b, Var y = mean a^2 + Var b.
    const b = mean(shift!)
    const variance = mean(scale!.map(v => v * v)) + mean(shift!.map(v => (v - b) ** 2))
    expect(b).toBeCloseTo(0, 1.7)
    expect(variance).toBeCloseTo(1, 1.5)
  })

  it('of whole channels and branches is one number each, deeper branches dropped more', () => {
    expect(filled(activation.spatial_dropout, {}).scale?.length).toBe(8)
    expect(filled(activation.stochastic_depth, {}).scale?.length).toBe(1)
    const droppedAt = (position: number) => {
      const scale = new Float32Array(1)
      const port = { scale, shape: [1], position }
      const drop = (i: number) => {
        activation.stochastic_depth.fill(port, { rate: 0.4, linear: 1 }, key(i))
        return scale[0] === 0
      }
      return [...Array(4000).keys()].filter(drop).length / 4000
    }
    expect(droppedAt(0.25)).toBeCloseTo(0.1, 1.3)
    expect(droppedAt(1)).toBeCloseTo(0.4, 1.3)
  })

  it('of gaussian noise is as asked, absolute and relative apart', () => {
    const { shift, relativeShift } = filled(
      activation.gaussian,
      { sigma: 0.3, relative: 0.05 },
      1,
      big,
    )
    expect(deviation(shift!) / 0.3).toBeCloseTo(1, 1.7)
    expect(deviation(relativeShift!) / 0.05).toBeCloseTo(1, 1.7)
    const product = mean(shift!.map((v, i) => v * relativeShift![i])) / 0.015
    expect(Math.abs(product) * Math.sqrt(n)).toBeLessThan(5)
    const { scale } = filled(activation.gaussian_dropout, { rate: 0.2 }, 1, big)
    expect(deviation(scale!.map(v => v - 1)) / 0.5).toBeCloseTo(1, 1.7)
  })

  it.each(['zeroed', 'sign_flip', 'random_value', 'stuck_at'])(
    'of %s strikes as often as asked',
    kind => {
      const { scale } = filled(activation[kind], { rate: 0.02 }, 1, big)
      expect(score(scale!.filter(v => v !== 1).length, 0.02)).toBeLessThan(5)
    },
  )

  it('of bit flips strikes every bit alike, the sign bit as its worth', () => {
    const { mask, steps } = filled(activation.bit_flip, { rate: 0.01, bits: 8 }, 1, big)
    expect([...steps!]).toEqual([127])
    for (let bit = 0; bit < 8; bit++)
      expect(score(mask!.filter(v => (v >> bit) & 1).length, 0.01)).toBeLessThan(5)
    expect(mask!.every(v => v >= -128 && v <= 127)).toBe(true)
  })

  it('of converters is their number of steps', () => {
    const at = (level: Level) => filled(activation.converter, level)
    expect([...at({ bits: 7 }).steps!]).toEqual([63])
    expect([at({ bits: 7, range: 12 }).limit![0], at({ range: 12 }).own![0]]).toEqual([12, 0])
    expect([at({ bits: 7 }).limit![0], at({}).own![0]]).toEqual([0, 1])
    expect([...filled(activation.quantization, { bits: 4 }).steps!]).toEqual([15])
  })
})
