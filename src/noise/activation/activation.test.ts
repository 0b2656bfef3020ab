import { describe, expect, it } from 'vitest'
import { keyOf, sizeOf } from '../../base/index.js'
import { completeLevel } from '../level.js'
import { activationNoises } from '../table.js'
import type { Level } from '../types.js'
import type { ActivationNoise } from './types.js'

const key = (n: number) => keyOf(6, 'activation', n)

function filled(noise: ActivationNoise, level: Level, n = 1, shape = [8, 12, 12]) {
  const kept = noise.axes?.(shape) ?? shape.map(() => true)
  const own = shape.map((size, axis) => (kept[axis] ? size : 1))
  const make = (role: 'scale' | 'shift') =>
    noise.uses.includes(role) ? new Float32Array(sizeOf(own)).fill(Number.NaN) : undefined
  const port = { shape: own, scale: make('scale'), shift: make('shift') }
  noise.fill(port, completeLevel(noise, level), key(n))
  return port
}

describe.each(Object.values(activationNoises).map(n => [n.kind, n] as const))('%s', (_, noise) => {
  it('is y at its identity', () => {
    const { scale, shift } = filled(noise, noise.identity)
    expect(scale?.every(v => v === 1) ?? true).toBe(true)
    expect(shift?.every(v => v === 0) ?? true).toBe(true)
  })

  it('follows its key, is finite, and scales to its identity', () => {
    const usual = completeLevel(noise, {})
    expect(filled(noise, usual)).toEqual(filled(noise, usual))
    const draws = [...Array(60).keys()].map(n => JSON.stringify(filled(noise, usual, n)))
    expect(new Set(draws).size).toBeGreaterThan(1)
    const { scale, shift } = filled(noise, usual)
    for (const array of [scale, shift]) expect(array?.every(Number.isFinite) ?? true).toBe(true)
    expect(noise.scale(usual, 0)).toMatchObject(noise.identity)
    expect(noise.scale(usual, 1)).toEqual(usual)
  })
})

describe('the strength of activation noise', () => {
  const mean = (a: Float32Array) => a.reduce((s, v) => s + v, 0) / a.length
  const big = [64, 50, 50]

  it.each(['dropout', 'drop_block'])('of %s keeps the mean and drops the share', kind => {
    const { scale } = filled(activationNoises[kind], { rate: 0.2 }, 1, big)
    expect(mean(scale!)).toBeCloseTo(1, 1.7)
    const dropped = scale!.filter(v => v === 0).length / scale!.length
    // Squares of DropBlock overlap: the share is met only where it is small.
    expect(dropped).toBeGreaterThan(kind === 'dropout' ? 0.195 : 0.15)
    expect(dropped).toBeLessThan(0.205)
  })

  it('of alpha dropout keeps zero mean and unit variance', () => {
    const { scale, shift } = filled(activationNoises.alpha_dropout, { rate: 0.3 }, 1, big)
    // For x of mean 0 and variance 1: E y = mean b, Var y = mean a^2 + Var b.
    const b = mean(shift!)
    const variance = mean(scale!.map(v => v * v)) + mean(shift!.map(v => (v - b) ** 2))
    expect(b).toBeCloseTo(0, 1.7)
    expect(variance).toBeCloseTo(1, 1.5)
  })

  it('of whole channels and branches is one number each', () => {
    expect(filled(activationNoises.spatial_dropout, {}).scale?.length).toBe(8)
    expect(filled(activationNoises.stochastic_depth, {}).scale?.length).toBe(1)
  })

  it('of gaussian and converter noise is as asked', () => {
    const deviation = (a: Float32Array) => Math.sqrt(mean(a.map(v => v * v)))
    const { shift } = filled(activationNoises.gaussian, { sigma: 0.3 }, 1, big)
    expect(deviation(shift!) / 0.3).toBeCloseTo(1, 1.7)
    const steps = filled(activationNoises.converter, { bits: 6, range: 10 }, 1, big)
    expect(deviation(steps.shift!) / (10 / 63 / Math.sqrt(12))).toBeCloseTo(1, 1.7)
  })
})
