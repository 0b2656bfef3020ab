import type { Key } from '../../base/index.js'
import type { Card, Level } from '../types.js'

/** One tensor of weights, or one sample, on its way up the loss. */
export interface Climber {
  /** Where it set out; never changed. */
  readonly from: Float32Array
  /** Where it is, moved in place. */
  readonly at: Float32Array
  /** d loss / d at. */
  readonly gradient: Float32Array
}

/** Noise that asks for a gradient: it moves weights or inputs up the loss, within a radius. */
export interface Ascent extends Card {
  readonly at: 'weight' | 'input'
  /** How many gradients it asks for at a level: as many more as training takes without it. */
  steps(level: Level): number
  /** Whether a weight tensor is moved; default: every one. */
  moves?(shape: readonly number[]): boolean
  /** Moves away from the start before the first gradient is taken. */
  start?(climber: Pick<Climber, 'from' | 'at'>, level: Level, key: Key): void
  /**
   * One step up the loss, in place. Weights: all tensors together; inputs: one sample at a time.
   * Where the gradient is zero nothing moves.
   */
  climb(climbers: readonly Climber[], level: Level): void
}
