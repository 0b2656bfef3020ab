import { describe, expect, it } from 'vitest'
import { keyOf } from '../../../base/index.js'
import { completeLevel } from '../../level.js'
import { noiseOf } from '../../table.js'
import type { InputContext, Level } from '../../types.js'

const key = keyOf(2, 'any')
const shape = [4, 100, 500]
const grey = new Float32Array(200_000).fill(0.5)

function run(kind: string, level: Level, context: Partial<InputContext> = {}, x = grey) {
  const noise = noiseOf('input', kind)
  const out = new Float32Array(x.length)
  noise.apply(x, out, completeLevel(noise, level), key, { shape, ...context })
  return out
}

/** How far a count is from n p, in standard errors. */
const score = (count: number, n: number, p: number) => (count - n * p) / Math.sqrt(n * p * (1 - p))
const countOf = (a: Float32Array, wanted: number) => a.filter(v => v === wanted).length

function deviationOf(a: Float32Array): number {
  const mean = a.reduce((s, v) => s + v, 0) / a.length
  return Math.sqrt(a.reduce((s, v) => s + (v - mean) ** 2, 0) / a.length)
}

describe('shares', () => {
  it('of salt and of pepper are as asked', () => {
    const out = run('salt_and_pepper', { amount: 0.2, salt: 0.25 })
    expect(Math.abs(score(countOf(out, 0), out.length, 0.15))).toBeLessThan(5)
    expect(Math.abs(score(countOf(out, 1), out.length, 0.05))).toBeLessThan(5)
    expect(countOf(run('salt_and_pepper', { amount: 1 }), 0.5)).toBe(0)
  })

  it('of impulses and masks are as asked, even when all or a few', () => {
    for (const amount of [0.001, 0.3]) {
      const kept = countOf(run('impulse', { amount }), 0.5)
      expect(Math.abs(score(out(kept), grey.length, amount))).toBeLessThan(5)
      const masked = countOf(run('masking', { amount, fill: -7 }), -7)
      expect(Math.abs(score(masked, grey.length, amount))).toBeLessThan(5)
    }
    expect(countOf(run('masking', { amount: 1 }), 0)).toBe(grey.length)
    function out(kept: number) {
      return grey.length - kept
    }
  })
})

describe('shared draws', () => {
  const plane = 50_000

  it('of a pixel are the same in every channel', () => {
    const out = run('gaussian', { sigma: 0.2 }, { per: 'pixel' })
    for (let c = 1; c < 4; c++)
      expect(out.subarray(c * plane, (c + 1) * plane).every((v, i) => v === out[i])).toBe(true)
    expect(deviationOf(out) / 0.2).toBeCloseTo(1, 1.7)
  })

  it('of a channel and of a sample are one number', () => {
    expect(new Set(run('uniform', { halfWidth: 0.2 }, { per: 'channel' })).size).toBe(4)
    expect(new Set(run('laplace', { scale: 0.2 }, { per: 'sample' })).size).toBe(1)
    expect(
      run('masking', { amount: 0.5 }, { per: 'channel' }).filter(v => v === 0).length % plane,
    ).toBe(0)
  })

  it('count in the deviations of features and of channels', () => {
    const deviations = Float32Array.from([1, 2, 0, 10])
    const out = run('gaussian', { sigma: 0.1 }, { deviations })
    for (const [c, d] of deviations.entries())
      expect(deviationOf(out.subarray(c * plane, (c + 1) * plane))).toBeCloseTo(
        0.1 * d,
        d > 5 ? 1.5 : 2,
      )
    expect(() => run('gaussian', {}, { deviations: new Float32Array(3) })).toThrow(
      /one for each of 200000 features or 4 channels, received 3/,
    )
  })
})

describe('quantization', () => {
  it('leaves 2^bits values, each at the nearest step', () => {
    const ramp = Float32Array.from({ length: 1001 }, (_, i) => i / 1000)
    const out = run('quantization', { bits: 2 }, { shape: [1001] }, ramp)
    expect([...new Set(out)].map(v => Math.round(v * 3))).toEqual([0, 1, 2, 3])
    expect(Math.max(...out.map((v, i) => Math.abs(v - ramp[i])))).toBeCloseTo(1 / 6, 3)
  })
})

describe('embedding noise', () => {
  it('is alpha / sqrt(length width) at most', () => {
    const out = run('embedding', { alpha: 5 }, { shape: [20, 50] }, new Float32Array(1000))
    const bound = 5 / Math.sqrt(1000)
    expect(Math.max(...out)).toBeLessThanOrEqual(bound)
    expect(Math.max(...out)).toBeGreaterThan(bound * 0.97)
  })
})

describe('beta', () => {
  it('has the mean and spread of its shapes, and stays within the scale', () => {
    const [scale, alpha, beta, n] = [0.2, 0.5, 1.5, 200_000]
    const change = run('beta', { scale, alpha, beta }).map(v => v - 0.5)
    // Beta(0.5, 1.5): mean 1/4, variance 1/16.
    const mean = change.reduce((sum, v) => sum + v, 0) / n
    expect(Math.abs(mean + scale / 2)).toBeLessThan((5 * scale * 0.5) / Math.sqrt(n))
    expect(deviationOf(change) / (2 * scale * 0.25)).toBeCloseTo(1, 2)
    expect(change.every(v => Math.abs(v) <= scale + 1e-6)).toBe(true)
    expect(noiseOf('input', 'beta').deviation?.({ scale, alpha, beta })).toBeCloseTo(0.1, 6)
  })
})
