import { describe, expect, it } from 'vitest'
import { keyOf } from '../../base/index.js'
import { completeLevel } from '../level.js'
import { attack } from './attack.js'
import { normOf } from './define.js'
import { ascentRows } from './index.js'
import type { Ascent } from './types.js'

/** The loss a . x, whose gradient is a everywhere. */
const slope = Float32Array.from({ length: 12 }, (_, i) => Math.sin(3 * i) + 0.1)
const start = Float32Array.from({ length: 12 }, (_, i) => Math.cos(i))
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i], 0)

/** How far an ascent may go, in its own norm. */
function distance({ kind, at }: Ascent, from: Float32Array, to: Float32Array): number {
  const away = to.map((v, i) => v - from[i])
  if (kind === 'adversarial') return normOf([away]) / normOf([from])
  if (kind === 'adaptive_sharpness_aware')
    return normOf([away.map((v, i) => v / (Math.abs(from[i]) + 0.01))])
  const isLargest = at === 'input' && !kind.endsWith('l2')
  return isLargest ? Math.max(...away.map(Math.abs)) : normOf([away])
}

function climbed(ascent: Ascent, gain = 1, seed = 0): Float32Array {
  const level = ascent.scale(completeLevel(ascent, { radius: 0.2 }), gain)
  const at = start.slice()
  const climber = { from: start, at, gradient: slope }
  if (ascent.steps(level)) ascent.start?.(climber, level, keyOf(seed, 'start'))
  for (let step = 0; step < ascent.steps(level); step++) ascent.climb([climber], level)
  return at
}

describe.each(ascentRows.map(row => [`${row.at} ${row.kind}`, row] as const))('%s', (_, ascent) => {
  it('goes up the loss, as far as its radius and no farther', () => {
    const at = climbed(ascent)
    expect(dot(slope, at)).toBeGreaterThan(dot(slope, start))
    expect(distance(ascent, start, at)).toBeLessThanOrEqual(0.2 + 1e-5)
    expect(distance(ascent, start, at)).toBeGreaterThan(0.19)
  })

  it('goes half as far at half the gain, and nowhere at none', () => {
    expect(distance(ascent, start, climbed(ascent, 0.5))).toBeCloseTo(0.1, 2)
    expect(climbed(ascent, 0)).toEqual(start)
  })

  it('stays where the gradient is zero, and draws its start from the key alone', () => {
    const level = completeLevel(ascent, { radius: 0.2 })
    const at = start.slice()
    ascent.climb([{ from: start, at, gradient: new Float32Array(12) }], level)
    expect(at).toEqual(start)
    expect(climbed(ascent, 1, 3)).toEqual(climbed(ascent, 1, 3))
    const drawn = (seed: number) => {
      const own = start.slice()
      ascent.start?.({ from: start, at: own }, level, keyOf(seed, 'start'))
      return own
    }
    if (ascent.start) expect(drawn(1)).not.toEqual(drawn(2))
    expect(ascent.deterministic === true).toBe(ascent.start === undefined)
  })
})

it('an attack keeps samples in their range, and leaves rows without a level alone', async () => {
  const ascent = ascentRows.find(({ kind }) => kind === 'projected_gradient')!
  const samples = new Float32Array(24).fill(0.95)
  const level = completeLevel(ascent, { radius: 0.2 })
  await attack({
    ...{ ascent, samples, rows: 2, shape: [12], clip: [0, 1] },
    levelOf: row => (row === 0 ? level : undefined),
    keyOf: row => keyOf(0, 'attack', row),
    gradientOf: async (_, out) => {
      out.set(slope)
      out.set(slope, 12)
    },
  })
  for (let i = 0; i < 12; i++) expect(samples[i]).toBeCloseTo(slope[i] > 0 ? 1 : 0.75, 5)
  expect([...samples.subarray(12)].every(v => v === Math.fround(0.95))).toBe(true)
})
