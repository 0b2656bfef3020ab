import { type Lengths, momentAt } from '../base/index.js'
import { isAscent, type Level } from '../noise/index.js'
import type { ResolvedNoise } from './resolve-noise.js'

interface Run {
  readonly noises: readonly ResolvedNoise[]
  readonly lengths: Lengths
}

/** One pass, and as many more as noise that asks for a gradient takes steps at its strongest. */
export function passesOf({ noises, lengths }: Run): number {
  const most = ({ noise, levels }: ResolvedNoise) =>
    isAscent(noise) ? Math.max(...overRun(levels, lengths).map(level => noise.steps(level))) : 0
  return noises.reduce((sum, noise) => sum + most(noise), 1)
}

/** The highest level at 101 moments of the run. */
function overRun(levels: ResolvedNoise['levels'], lengths: Lengths): Level[] {
  const steps = lengths.epochs * lengths.batchesPerEpoch
  return Array.from({ length: 101 }, (_, i) => {
    const moment = momentAt((steps * i) / 100, lengths)
    return Object.fromEntries(
      Object.entries(levels).map(([field, level]) => [field, level.high(moment)]),
    )
  })
}
