import { describe, expect, it } from 'vitest'
import { keyOf, Random } from '../base/index.js'
import { sharedKernels } from '../kernels/index.js'
import { beta } from './mix/beta.js'
import { perturb } from './perturb.js'
import { noiseOf } from './table.js'

const key = (n: number) => keyOf(5, 'strength', n)

/** How far a count of n draws of chance p is from its mean, in standard errors. */
const score = (count: number, n: number, p: number) => (count - n * p) / Math.sqrt(n * p * (1 - p))

describe('units', () => {
  it('halve as they should', () => {
    const half = (at: 'input' | 'gradient', kind: string, level: Record<string, number>) =>
      noiseOf(at, kind).scale(level, 0.5)
    expect(half('input', 'white', { snr: 20 }).snr).toBeCloseTo(26.0206, 4)
    expect(half('input', 'gaussian', { sigma: 0.3 })).toEqual({ sigma: 0.15 })
    expect(half('gradient', 'gaussian', { variance: 4 })).toEqual({ variance: 1 })
  })
})

describe('flip', () => {
  it('flips the share asked for, to each other class alike, never to the same', () => {
    const flip = noiseOf('target', 'flip')
    const n = 40_000
    const counts = new Array(5).fill(0)
    const y = Float32Array.from([0, 0, 1, 0, 0])
    const out = new Float32Array(5)
    for (let i = 0; i < n; i++) {
      flip.apply(y, out, { rate: 0.3 }, key(i), {})
      counts[out.indexOf(1)]++
    }
    expect(Math.abs(score(n - counts[2], n, 0.3))).toBeLessThan(5)
    for (const other of [0, 1, 3, 4])
      expect(Math.abs(score(counts[other], n, 0.075))).toBeLessThan(5)
  })
})

describe('gaussian weights', () => {
  it('are relative to the largest weight of the tensor', () => {
    const w = new Float32Array(100_000)
    w[7] = -2
    const out = new Float32Array(w.length)
    noiseOf('weight', 'gaussian').apply(w, out, { sigma: 0, relative: 0.05 }, key(1), {
      shape: [100_000],
    })
    const kernels = sharedKernels()
    kernels.addScaled(out, w, out, -1)
    expect(Math.sqrt(kernels.sumOfSquares(out) / w.length) / 0.1).toBeCloseTo(1, 1.7)
  })
})

describe('Beta numbers', () => {
  it.each([0.05, 0.2, 1, 3])('have the mean and variance of Beta(%d) on both sides', alpha => {
    const random = new Random(key(alpha * 100))
    const n = 40_000
    let [sum, squares] = [0, 0]
    for (let i = 0; i < n; i++) {
      const draw = beta(alpha, alpha, random)
      sum += draw
      squares += (draw - 0.5) ** 2
    }
    const variance = 1 / (4 * (2 * alpha + 1))
    // Var((x - 1/2)^2) is at most 1/16 (1 / (2 alpha + 1)) for a symmetric Beta.
    expect(Math.abs(sum / n - 0.5)).toBeLessThan(5 * Math.sqrt(variance / n))
    expect(Math.abs(squares / n - variance)).toBeLessThan(
      5 * Math.sqrt(1 / (16 * n * (2 * alpha + 1))),
    )
  })
})

describe('perturb', () => {
  const shape = [1, 7, 9]
  const x = Float32Array.from({ length: 63 * 6 }, (_, i) => (i % 100) / 100)

  it('gives a batch the bits of its samples alone', () => {
    const options = {
      kind: 'gaussian',
      sigma: 0.2,
      shape,
      seed: 3,
      epoch: 2,
      clip: [0, 1] as const,
    }
    const whole = perturb(x, { ...options, index: 10 })
    const parts = [0, 1, 2, 3, 4, 5].map(k =>
      perturb(x.subarray(k * 63, (k + 1) * 63), { ...options, index: 10 + k }),
    )
    expect(Float32Array.from(parts.flatMap(part => [...part]))).toEqual(whole)
  })

  it('shares a draw among the values of a channel or of the sample', () => {
    const zeros = new Float32Array(12)
    const count = (per: 'element' | 'pixel' | 'channel' | 'sample') =>
      new Set(perturb(zeros, { kind: 'gaussian', sigma: 1, shape: [3, 2, 2], per })).size
    expect((['element', 'pixel', 'channel', 'sample'] as const).map(count)).toEqual([12, 4, 3, 1])
  })

  it('draws anew for every seed, stream, epoch, index and copy', () => {
    const one = x.subarray(0, 63)
    const draws = ['seed', 'stream', 'epoch', 'index', 'copy'].map(name =>
      perturb(one, { kind: 'uniform', halfWidth: 0.1, shape, [name]: 1 }).join(),
    )
    expect(
      new Set([perturb(one, { kind: 'uniform', halfWidth: 0.1, shape }).join(), ...draws]).size,
    ).toBe(6)
  })

  it.each([
    [{ kind: 'gausian' }, /expected a noise at input, received "gausian". Did you mean gaussian/],
    [
      { kind: 'gaussian', sigm: 1 },
      /a level of gaussian \(sigma\), received "sigm". Did you mean sigma/,
    ],
    [{ kind: 'gaussian', sigma: -1 }, /gaussian.sigma: expected a number 0 or more .*received -1/],
    [{ kind: 'gaussian', sigma: Number.NaN }, /received NaN/],
    [{ kind: 'smoothing' }, /It exists at target/],
    [{ kind: 'gaussian', shape: [5] }, /samples of 5 values \(\[5\]\), received "378 values"/],
  ])('refuses %o in a sentence', (options, sentence) => {
    expect(() => perturb(x, { shape, ...options } as never)).toThrow(sentence)
  })

  it('says that silence has no signal-to-noise ratio', () => {
    const silence = new Float32Array(100)
    const options = { kind: 'white', snr: 10, shape: [100] }
    expect(() => perturb(silence, options)).toThrow(/the sample is silent/)
    const notes: string[] = []
    expect(perturb(silence, { ...options, note: why => notes.push(why) })).toEqual(silence)
    expect(notes.length).toBe(1)
  })
})
