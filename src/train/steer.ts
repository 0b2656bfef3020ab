/**
 * Steers the strength of the noise by what a check measures: from one place, short branches are
 * trained with all gains lower, as they are, and higher; the run goes on with those of the best.
 * Branches share batches, draws and held-out samples, so they differ by the strength alone.
 */
import { Moments, parseTime, timeInBatches } from '../base/index.js'
import { branch } from './branch.js'
import type { LoopParts } from './loop.js'
import type { RunState } from './state.js'

/** A branch: its gains beside those of the run, and what it gained in score. */
export interface Tried {
  readonly factor: number
  /** Mean over the held-out samples of the score beyond that of the branch left as it is. */
  readonly gained: number
  /** Standard error of `gained`, sample by sample. */
  readonly error: number
}

/** Steps of one branch, at least enough for the weights to answer. */
const leastSteps = 8
/** Gains stay above this, so that a noise can come back. */
const leastGain = 0.05

/** Trains the branches: the one to follow, if any is better beyond its doubt, and all that were tried. */
export async function trySteering(
  parts: LoopParts,
  measure: () => Promise<Float64Array>,
): Promise<{ best?: Tried; tried: readonly Tried[] }> {
  const { resolved, state } = parts
  const steer = resolved.recipe.monitor.steer!
  const asked = timeInBatches(parseTime(steer.trial, 'monitor.steer.trial'), resolved.lengths)
  const steps = Math.max(leastSteps, Math.round(asked))
  const train = (factor: number) => {
    const controls = scaled(state.controls, resolved.noises, factor, steer.bound)
    return branch(parts, { steps, controls, isAveraged: true }, measure)
  }
  const asItIs = await train(1)
  const tried: Tried[] = []
  for (const factor of factorsAt(state.step, parts))
    tried.push({ factor, ...difference(asItIs, await train(factor)) })
  return { best: follow(tried), tried }
}

/** The branch that gained most, where that is more than one standard error. */
export function follow(tried: readonly Tried[]): Tried | undefined {
  const sure = tried.filter(({ gained, error }) => gained > error)
  return sure.length ? sure.reduce((a, b) => (b.gained > a.gained ? b : a)) : undefined
}

function difference(before: Float64Array, after: Float64Array) {
  const moments = new Moments()
  for (const [i, value] of after.entries()) moments.add(value - before[i])
  return { gained: moments.mean, error: Math.sqrt(moments.sampleVariance / moments.count) }
}

/**
 * Weaker and stronger by a ratio that closes in, from `ratio` at the start to its root
 * at `until`: ratio^(1 - t / 2).
 */
function factorsAt(step: number, { resolved }: LoopParts): number[] {
  const { ratio, until } = resolved.recipe.monitor.steer!
  const t = step / timeInBatches(parseTime(until, 'monitor.steer.until'), resolved.lengths)
  const now = Number((ratio ** (1 - t / 2)).toPrecision(4))
  return [Number((1 / now).toPrecision(4)), now]
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
