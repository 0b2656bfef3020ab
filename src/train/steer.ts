/**
 * Steers the strength of the noise by what a check measures: from one place, short branches are
 * trained with all gains lower, as they are, and higher; the run goes on with those of the best.
 * Branches share batches, draws and held-out samples, so they differ by the strength alone.
 */
import { parseTime, timeInBatches } from '../base/index.js'
import { branch } from './branch.js'
import type { LoopParts } from './loop.js'
import type { RunState } from './state.js'

/** A branch's gains and what it reached. */
export interface Tried {
  readonly factor: number
  readonly value: number
}

/** Steps of one branch, at least enough for the weights to answer. */
const leastSteps = 8
/** Gains stay above this, so that a noise can come back. */
const leastGain = 0.05

/** Trains the branches; the factor that did best, and all that were tried. */
export async function trySteering(
  parts: LoopParts,
  measure: () => Promise<number>,
): Promise<{ best: number; tried: readonly Tried[] }> {
  const { resolved, state } = parts
  const steer = resolved.recipe.monitor.steer!
  const asked = timeInBatches(parseTime(steer.trial, 'monitor.steer.trial'), resolved.lengths)
  const steps = Math.max(leastSteps, Math.round(asked))
  const tried: Tried[] = []
  for (const factor of factorsAt(state.step, parts)) {
    const controls = scaled(state.controls, resolved.noises, factor, steer.bound)
    const value = await branch(parts, { steps, controls, isAveraged: true }, measure)
    tried.push({ factor, value })
  }
  return { best: tried.reduce((a, b) => (b.value > a.value ? b : a)).factor, tried }
}

/**
 * As it is, weaker and stronger by a ratio that closes in, from `ratio` at the start to its root
 * at `until`: ratio^(1 - t / 2).
 */
function factorsAt(step: number, { resolved }: LoopParts): number[] {
  const { ratio, until } = resolved.recipe.monitor.steer!
  const t = step / timeInBatches(parseTime(until, 'monitor.steer.until'), resolved.lengths)
  const now = Number((ratio ** (1 - t / 2)).toPrecision(4))
  return [1, 1 / now, now]
}

/** The controls of all noises with their gains times a factor. */
export function scaled(
  controls: RunState['controls'],
  noises: readonly { readonly name: string }[],
  factor: number,
  bound: number,
): RunState['controls'] {
  return Object.fromEntries(
    noises.map(({ name }) => {
      const { gain = 1, hold = 0, ceiling = 1 } = controls[name] ?? {}
      const next = Math.min(bound, Math.max(leastGain, gain * factor))
      return [name, { gain: Number(next.toPrecision(12)), hold, ceiling: Math.max(ceiling, next) }]
    }),
  )
}
