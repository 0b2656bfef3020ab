import { describe, expect, it } from 'vitest'
import { keyOf } from '../../base/index.js'
import { completeLevel } from '../level.js'
import { noiseOf } from '../table.js'
import type { Level, TargetContext } from '../types.js'
import { cifar100Superclasses } from './class-map.js'

const n = 20_000

/** How often each class comes out of one class. */
function counts(
  kind: string,
  level: Level,
  from: number,
  classes: number,
  context: TargetContext = {},
) {
  const noise = noiseOf('target', kind)
  const full = completeLevel(noise, level)
  const y = new Float32Array(classes)
  y[from] = 1
  const out = new Float32Array(classes)
  const seen = new Array<number>(classes).fill(0)
  for (let i = 0; i < n; i++) {
    noise.apply(y, out, full, keyOf(3, kind, i), context)
    seen[out.indexOf(1)]++
  }
  return seen
}

const score = (count: number, p: number) => Math.abs(count - n * p) / Math.sqrt(n * p * (1 - p))

describe('flips', () => {
  it('of pairs go to the next class and wrap', () => {
    const seen = counts('pair_flip', { rate: 0.45 }, 4, 5)
    expect(score(seen[0], 0.45)).toBeLessThan(5)
    expect(seen[4] + seen[0]).toBe(n)
  })

  it('that include the true class flip rate (K - 1) / K', () => {
    const seen = counts('inclusive_flip', { rate: 0.5 }, 1, 4)
    expect(score(n - seen[1], 0.375)).toBeLessThan(5)
  })

  it.each([
    ['asymmetric_mnist', 7, 1],
    ['asymmetric_mnist', 6, 5],
    ['asymmetric_cifar10', 9, 1],
    ['asymmetric_cifar10', 5, 3],
  ])('of %s take %i to %i', (kind, from, to) => {
    expect(score(counts(kind, { rate: 0.3 }, from, 10)[to], 0.3)).toBeLessThan(5)
    expect(counts(kind, { rate: 1 }, 0, 10)[0]).toBe(n)
  })

  it('of CIFAR-100 stay inside superclasses of five', () => {
    const noise = noiseOf('target', 'asymmetric_cifar100')
    for (let c = 0; c < 20; c++)
      expect(cifar100Superclasses.filter(other => other === c).length).toBe(5)
    const reached = new Set<number>()
    for (let from = 0; from < 100; from++) {
      const y = new Float32Array(100)
      y[from] = 1
      noise.apply(y, y, { rate: 1 }, keyOf(0, 'x'), {})
      const to = y.indexOf(1)
      expect(to).not.toBe(from)
      expect(cifar100Superclasses[to]).toBe(cifar100Superclasses[from])
      reached.add(to)
    }
    expect(reached.size).toBe(100)
  })

  it('of two classes have a rate each', () => {
    expect(
      score(counts('binary_flip', { positive: 0.3, negative: 0.1 }, 1, 2)[0], 0.3),
    ).toBeLessThan(5)
    expect(
      score(counts('binary_flip', { positive: 0.3, negative: 0.1 }, 0, 2)[1], 0.1),
    ).toBeLessThan(5)
  })

  it('follow any transition matrix, and refuse what is none', () => {
    const transition = Float32Array.from([0.7, 0.2, 0.1, 0, 1, 0, 0.5, 0, 0.5])
    const seen = counts('transition_flip', {}, 0, 3, { transition })
    ;[0.7, 0.2, 0.1].forEach((p, k) => {
      expect(score(seen[k], p)).toBeLessThan(5)
    })
    const half = counts('transition_flip', { amount: 0.5 }, 2, 3, { transition })
    expect(score(half[0], 0.25)).toBeLessThan(5)
    expect(() => counts('transition_flip', {}, 0, 3)).toThrow(/a matrix of 3 x 3, received "none"/)
    const broken = transition.map(p => p * 0.9)
    expect(() => counts('transition_flip', {}, 0, 3, { transition: broken })).toThrow(/add up to 1/)
  })

  it('move the most likely class of soft targets and keep the rest', () => {
    const y = Float32Array.from([0.1, 0.6, 0.3])
    const out = new Float32Array(3)
    noiseOf('target', 'pair_flip').apply(y, out, { rate: 1 }, keyOf(0, 'x'), {})
    expect(out).toEqual(Float32Array.from([0.1, 0.3, 0.6]))
  })
})

describe('soft targets', () => {
  it('smooth towards the class frequencies', () => {
    const out = new Float32Array(2)
    const prior = Float32Array.from([0.9, 0.1])
    noiseOf('target', 'prior_smoothing').apply(
      Float32Array.from([0, 1]),
      out,
      { amount: 0.2 },
      keyOf(0, ''),
      { prior },
    )
    expect([...out].map(v => v.toFixed(3))).toEqual(['0.180', '0.820'])
  })

  it('soften by a temperature', () => {
    const out = new Float32Array(2)
    noiseOf('target', 'temperature').apply(
      Float32Array.from([0.8, 0.2]),
      out,
      { temperature: 2 },
      keyOf(0, ''),
      {},
    )
    expect(out[0]).toBeCloseTo(2 / 3, 5)
  })
})
