import { fold, type Key, sizeOf } from '../../base/index.js'
import type { Level } from '../types.js'
import type { Ascent } from './types.js'

/** Writes d loss / d samples into `out`, `[rows, ...shape]`. */
export type GradientOfSamples = (samples: Float32Array, out: Float32Array) => Promise<void>

export interface AttackOptions {
  readonly ascent: Ascent
  /** `[rows, ...shape]`, moved in place. */
  readonly samples: Float32Array
  readonly rows: number
  readonly shape: readonly number[]
  /** The level of a row; undefined leaves it as it is. */
  readonly levelOf: (row: number) => Level | undefined
  /** The draw of a row's random start. */
  readonly keyOf: (row: number) => Key
  /** Range every value is kept in. */
  readonly clip?: readonly [number, number] | null
  readonly gradientOf: GradientOfSamples
}

/** Moves samples up the loss by an ascent at the input; as many gradients as its steps. */
export async function attack(options: AttackOptions): Promise<void> {
  const { ascent, samples, rows, shape, clip, gradientOf } = options
  const size = sizeOf(shape)
  const from = samples.slice()
  const gradient = new Float32Array(samples.length)
  const row = (array: Float32Array, i: number) => array.subarray(i * size, (i + 1) * size)
  const climbers = Array.from({ length: rows }, (_, i) => ({
    ...{ level: options.levelOf(i), from: row(from, i), at: row(samples, i) },
    gradient: row(gradient, i),
  }))
  const stepsOf = (level: Level | undefined) => (level ? ascent.steps(level) : 0)
  for (const [i, climber] of climbers.entries())
    if (climber.level && stepsOf(climber.level)) {
      ascent.start?.(climber, climber.level, fold(options.keyOf(i), 0))
      keepWithin(climber.at, clip)
    }
  const most = Math.max(0, ...climbers.map(({ level }) => stepsOf(level)))
  for (let step = 0; step < most; step++) {
    await gradientOf(samples, gradient)
    for (const climber of climbers.filter(({ level }) => step < stepsOf(level))) {
      ascent.climb([climber], climber.level!)
      keepWithin(climber.at, clip)
    }
  }
}

function keepWithin(at: Float32Array, clip: AttackOptions['clip']): void {
  if (!clip) return
  for (let i = 0; i < at.length; i++) at[i] = Math.min(clip[1], Math.max(clip[0], at[i]))
}
