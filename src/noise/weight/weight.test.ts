import { describe, expect, it } from 'vitest'
import { keyOf } from '../../base/index.js'
import { sharedKernels } from '../../kernels/index.js'
import { completeLevel } from '../level.js'
import { noiseOf } from '../table.js'
import type { Level } from '../types.js'
import { driftExponent, programmingDeviation, readDeviation } from './phase-change.js'

const shape = [100, 50, 20]
const n = 100_000
const key = keyOf(4, 'weights')
const w = new Float32Array(n)
sharedKernels().normal(w, 0.1, keyOf(1, 'weights'))
const largest = sharedKernels().maxAbs(w)

function run(kind: string, level: Level, x = w, context = { shape }) {
  const noise = noiseOf('weight', kind)
  const out = new Float32Array(x.length)
  noise.apply(x, out, completeLevel(noise, level), key, context)
  return out
}

const changed = (out: Float32Array) => out.filter((v, i) => v !== w[i]).length
const score = (count: number, of: number, p: number) =>
  (count - of * p) / Math.sqrt(of * p * (1 - p))

function deviationOf(out: ArrayLike<number>, x: ArrayLike<number>, from = 0, to = x.length) {
  let sum = 0
  for (let i = from; i < to; i++) sum += (out[i] - x[i]) ** 2
  return Math.sqrt(sum / (to - from))
}

describe('gaussian', () => {
  it('is relative to the largest weight of each channel, on either axis', () => {
    const steps = Float32Array.from({ length: 4000 * 3 }, (_, i) => (i % 3) + 1)
    const rows = run('gaussian', { channelRelative: 0.1 }, steps, {
      shape: [4000, 3],
      channelAxis: 1,
    } as never)
    for (let c = 0; c < 3; c++) {
      const column = (a: Float32Array) => a.filter((_, i) => i % 3 === c)
      expect(deviationOf(column(rows), column(steps)) / (0.1 * (c + 1))).toBeCloseTo(1, 1)
    }
  })
})

describe('what is added or multiplied', () => {
  const root = (a: ArrayLike<number>) => deviationOf(a, new Float32Array(a.length))
  it('is as strong as asked', () => {
    const added = (kind: string, level: Level) => deviationOf(run(kind, level), w)
    expect(added('gaussian', { relative: 0.1 }) / (0.1 * largest)).toBeCloseTo(1, 1.7)
    expect(added('multiplicative', { sigma: 0.3 }) / (0.3 * root(w))).toBeCloseTo(1, 1.7)
    const reach = 0.2 * largest
    expect(added('uniform', { relative: 0.2 }) / (reach / Math.sqrt(3))).toBeCloseTo(1, 1.7)
  })
})

describe('faults', () => {
  it.each(['zeroed', 'random_value', 'sign_flip', 'stuck_at', 'dropconnect'])(
    'of %s strike as often as asked',
    kind => {
      const out = run(kind, kind === 'dropconnect' ? { rate: 0.02, rescale: 0 } : { rate: 0.02 })
      expect(Math.abs(score(changed(out), n, 0.02))).toBeLessThan(5)
    },
  )

  it('stick at either end and at zero, within the range of the tensor', () => {
    const out = run('stuck_at', { rate: 1, high: 0.4 })
    expect(Math.abs(score(out.filter(v => v === 0).length, n, 0.6))).toBeLessThan(5)
    expect(Math.abs(score(out.filter(v => v === largest).length, n, 0.2))).toBeLessThan(5)
    expect(Math.abs(score(out.filter(v => v === -largest).length, n, 0.2))).toBeLessThan(5)
    expect(sharedKernels().maxAbs(run('random_value', { rate: 1 }))).toBeLessThanOrEqual(largest)
  })

  it('flip every bit of an integer weight at the rate asked', () => {
    const rate = 0.01
    const out = run('bit_flip', { rate, bits: 8 })
    expect(Math.abs(score(changed(out), n, 1 - (1 - rate) ** 8))).toBeLessThan(5)
    const step = largest / 127
    const jumps = new Map<number, number>()
    out.forEach((v, i) => {
      if (v === w[i]) return
      const jump = Math.round(Math.abs(v - w[i]) / step)
      jumps.set(jump, (jumps.get(jump) ?? 0) + 1)
    })
    for (let bit = 0; bit < 8; bit++)
      expect(Math.abs(score(jumps.get(2 ** bit) ?? 0, n, rate * (1 - rate) ** 7))).toBeLessThan(6)
  })

  it('keep the mean when dropped weights are made up for', () => {
    const ones = new Float32Array(n).fill(1)
    const out = run('dropconnect', { rate: 0.25 }, ones)
    expect(out.reduce((a, b) => a + b) / n).toBeCloseTo(1, 1.6)
  })
})

describe('quantization', () => {
  it('is unbiased when stochastic, at the nearest value when not', () => {
    const third = new Float32Array(n).fill(0.3)
    third[0] = 1
    const out = run('quantization', { bits: 3, stochastic: 1 }, third)
    expect(new Set(out.subarray(1)).size).toBe(2)
    expect(out.subarray(1).reduce((a, b) => a + b) / (n - 1)).toBeCloseTo(0.3, 2)
    const nearest = run('quantization', { bits: 8, stochastic: 0 })
    const step = largest / 127
    expect(sharedKernels().maxAbs(nearest.map((v, i) => v - w[i]))).toBeLessThanOrEqual(
      step * 0.5001,
    )
  })

  it('has a scale of its own for each channel where asked', () => {
    const rows = Float32Array.from({ length: 40 }, (_, i) => (i < 20 ? 1 : 100) * Math.sin(i))
    const level = { bits: 4, perChannel: 1 }
    const out = run('quantization', level, rows, { shape: [2, 20] })
    const tops = [0, 20].map(at => sharedKernels().maxAbs(rows.slice(at, at + 20)))
    out.forEach((v, i) => {
      const step = tops[i < 20 ? 0 : 1] / 7
      expect(Math.abs(v - rows[i])).toBeLessThanOrEqual(step * 0.5001)
      expect(Math.abs(v / step - Math.round(v / step))).toBeLessThan(1e-4)
    })
  })

  it('of DoReFa has 2^bits values and keeps the range', () => {
    const out = run('dorefa', { bits: 2 })
    expect(new Set(out).size).toBe(4)
    expect(sharedKernels().maxAbs(out)).toBeCloseTo(largest, 6)
  })
})

describe('a random direction', () => {
  it('is as long as asked, over the norm of the tensor', () => {
    const norm = (a: Float32Array) => Math.sqrt(sharedKernels().sumOfSquares(a))
    const step = run('random_direction', { rho: 0.25 }).map((v, i) => v - w[i])
    expect(norm(step) / norm(w)).toBeCloseTo(0.25, 5)
  })
})

describe('phase-change memory', () => {
  it('has the published deviations', () => {
    expect(programmingDeviation(1) * 25).toBeCloseTo(1.05538, 5)
    expect(programmingDeviation(0) * 25).toBeCloseTo(0.26348, 5)
    expect(driftExponent(1)).toEqual({ mean: 0.049, deviation: 0.008 })
    expect(driftExponent(0.01).mean).toBeCloseTo(-0.0155 * Math.log(0.01) + 0.0244, 9)
    expect(readDeviation(1, 20)).toBeCloseTo(0.0088 * Math.sqrt(Math.log(20.00000025 / 5e-7)), 9)
  })

  it('programs with its deviation and drifts by its exponent', () => {
    const flat = Float32Array.from({ length: n }, (_, i) => (i % 2 ? 1 : 0.5))
    const halves = (a: Float32Array) => a.filter((_, i) => i % 2 === 0)
    const programmed = run(
      'phase_change',
      { programming: 1, drift: 0, read: 0, compensation: 0 },
      flat,
    )
    // The other cell of the pair is at zero, where half of the normal numbers are cut.
    const cut = programmingDeviation(0) ** 2 * (0.5 - 0.5 / Math.PI)
    const mean = programmingDeviation(0) / Math.sqrt(2 * Math.PI)
    const wanted = Math.sqrt(programmingDeviation(0.5) ** 2 + cut + mean ** 2)
    expect(deviationOf(halves(programmed), halves(flat)) / wanted).toBeCloseTo(1, 1.5)
    const day = run(
      'phase_change',
      { programming: 0, drift: 1, read: 0, seconds: 86400, compensation: 0 },
      flat,
    )
    const drifted = halves(day).reduce((a, b) => a + b) / (n / 2) / 0.5
    const nu = driftExponent(0.5).mean
    expect(drifted).toBeCloseTo((86400 / 20) ** -nu, 2)
    const restored = run(
      'phase_change',
      { programming: 0, drift: 1, read: 0, seconds: 86400 },
      flat,
    )
    expect(restored.reduce((a, b) => a + b) / n).toBeCloseTo(0.75, 5)
  })
})

describe('polynomial noise', () => {
  it('has the deviation of its polynomial, and keeps signs when asked', () => {
    const flat = new Float32Array(n).fill(0.5)
    flat[0] = 1
    const out = run('polynomial', {}, flat)
    const wanted = 0.0105392 + 0.0768 * 0.5 - 0.046925 * 0.25
    expect(deviationOf(out, flat, 1) / wanted).toBeCloseTo(1, 1.7)
    const kept = run('polynomial', { sigma: 20, keepSign: 1 })
    expect(kept.every((v, i) => v * w[i] >= 0)).toBe(true)
  })
})

describe('clipping', () => {
  it('cuts at a fixed value, and leaves what is within', () => {
    const out = run('fixed_clipping', { limit: 0.125 })
    expect(sharedKernels().maxAbs(out)).toBe(0.125)
    expect(out.every((v, i) => v === w[i] || Math.abs(w[i]) > 0.125)).toBe(true)
  })

  it('cuts at so many standard deviations', () => {
    expect(sharedKernels().maxAbs(run('clipping', { deviations: 2 }))).toBeCloseTo(0.2, 2)
  })
})
