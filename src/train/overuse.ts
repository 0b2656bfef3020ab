/** The monitor beside the loop: what it is shown at a check, and what its decisions do. */
import { keyOf, momentAt } from '../base/index.js'
import type { Dataset } from '../data/index.js'
import {
  type Chance,
  type Check,
  chanceOfLabels,
  chanceOfTargets,
  type Decision,
  Monitor,
  type Probe,
} from '../monitor/index.js'
import type { Resolved, ResolvedNoise } from '../recipe/index.js'
import { isOpen, type NoiseTime, scheduleMoment } from './levels.js'
import { type LoopParts, timeAt, timeOf } from './loop.js'
import { type Observer, risingNoises, trainingLosses } from './observation.js'

/** Watches the noises of a recipe; nothing to watch without one. */
export function monitorOf({ recipe, noises }: Resolved, samples: Dataset): Monitor | undefined {
  if (!noises.length) return undefined
  const { onOveruse, maxCleanDrop } = recipe.monitor
  return new Monitor({
    noises: noises.map(({ name }) => name),
    onOveruse,
    maxCleanDrop,
    // What steers the strengths upwards is one thing only.
    ...(recipe.monitor.steer && { growth: 0, bound: recipe.monitor.steer.bound }),
    chance: chanceOf(samples),
    key: keyOf(recipe.seed, 'monitor'),
  })
}

function chanceOf({ labels, targets, classes }: Dataset): Chance {
  if (targets) return chanceOfTargets(targets)
  return chanceOfLabels(labels!, classes!.length)
}

/** Shows the monitor one check and gives its decision. */
export async function judgeCheck(
  monitor: Monitor,
  parts: LoopParts,
  observer: Observer,
  probe: Probe,
): Promise<Decision> {
  const { buffers, state, sumOfSquares } = parts
  return monitor.observe(
    {
      step: state.step,
      ...observer.result(),
      ...(await trainingLosses(parts, unseenTime(parts))),
      levels: activeLevels(parts, state.step - 1),
      rising: risingNoises(parts),
      gradientNorm: Math.sqrt(sumOfSquares(buffers.gradients)),
      parameterNorm: Math.sqrt(sumOfSquares(buffers.parameters)),
    },
    probe,
  )
}

/**
 * This moment, in an epoch after the last: samples get draws that the run has not trained on, which
 * a network may know by heart after one step. A noise drawn once a run keeps its draw.
 */
function unseenTime(parts: LoopParts): NoiseTime {
  const { lengths } = parts.resolved
  const epoch = Math.floor(momentAt(parts.state.step, lengths).epoch)
  return { ...timeOf(parts, epoch), epoch: lengths.epochs + epoch }
}

/** A check of a run whose loss is no number: there is nothing to measure any more. */
export function divergedCheck(parts: LoopParts): Check {
  const nothing = { right: new Uint8Array(0), confidence: new Float32Array(0) }
  return {
    step: parts.state.step,
    clean: nothing,
    noisy: nothing,
    noisyLoss: Number.NaN,
    noisyLossError: Number.NaN,
    cleanLoss: Number.NaN,
    levels: activeLevels(parts, parts.state.step),
  }
}

/** 1 for a noise that acted between the check before and the step `until`; 0 for one that was off. */
function activeLevels(parts: LoopParts, until: number): Record<string, number> {
  const { resolved, state } = parts
  const since = state.history.findLast(({ step }) => step < state.step)?.step ?? 0
  const acted = (active: ResolvedNoise) => {
    for (let step = until; step >= since; step--)
      if (acts(active, timeAt(parts, step), state.controls[active.name]?.gain)) return 1
    return 0
  }
  return Object.fromEntries(resolved.noises.map(active => [active.name, acted(active)]))
}

function acts(active: ResolvedNoise, time: NoiseTime, gain = 1): boolean {
  const moment = scheduleMoment(active, time)
  const isIdentity = Object.entries(active.levels).every(([field, level]) =>
    [level.low(moment), level.high(moment)].every(value => value === active.noise.identity[field]),
  )
  return !isIdentity && gain !== 0 && isOpen(active, time)
}
