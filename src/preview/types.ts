import type { Level } from '../noise/index.js'
import type { Change } from './change.js'
import type { Rung } from './rungs.js'

/** One noise at one level, and what it did. */
export interface PreviewedLevel extends Rung {
  readonly kind: string
  readonly level: Level
  readonly change: Change
  /** The noisy file of this level, where one was written. */
  readonly file?: string
}

/** A level with the sample it gave. */
export interface Disturbed extends PreviewedLevel {
  readonly noisy: Float32Array
}
