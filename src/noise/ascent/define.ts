import { scaleLinearly } from '../level.js'
import type { Card, LevelField } from '../types.js'
import type { Ascent } from './types.js'

type Parts = Omit<Ascent, 'scale' | 'presets' | 'identity' | 'deterministic'> &
  Partial<Pick<Card, 'deterministic'>>

/** An ascent from what is its own; at radius 0 nothing moves, and no gradient is asked for. */
export function defineAscent(parts: Parts): Ascent {
  const identity = { radius: 0 }
  const { levels } = parts
  return {
    presets: {},
    identity,
    scale: scaleLinearly({ identity, levels }),
    ...parts,
    steps: level => (level.radius > 0 ? parts.steps(level) : 0),
  }
}

export const radius = (what: string, unit: string, value: number): LevelField => ({
  what,
  unit,
  range: [0, Infinity],
  default: value,
})

export const stepsField = (value: number): LevelField => ({
  what: 'steps up the loss, a gradient each',
  unit: 'steps',
  range: [1, 1000],
  default: value,
  whole: true,
})

/** The Euclidean norm of arrays taken as one. */
export function normOf(arrays: readonly Float32Array[]): number {
  let sum = 0
  for (const array of arrays) for (let i = 0; i < array.length; i++) sum += array[i] ** 2
  return Math.sqrt(sum)
}

/** Brings x back to within `radius` (Euclidean) of where it set out. */
export function withinBall(from: Float32Array, at: Float32Array, radius: number): void {
  const distance = normOf([at.map((value, i) => value - from[i])])
  if (distance <= radius) return
  const share = radius / distance
  for (let i = 0; i < at.length; i++) at[i] = from[i] + share * (at[i] - from[i])
}
