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
import type { Resolved } from '../recipe/index.js'
import { type LoopParts, lastTime, timeOf } from './loop.js'
import { isOpen, type NoiseTime, scheduleMoment } from './noising.js'
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
      levels: activeLevels(parts),
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
    levels: activeLevels(parts),
  }
}

/** 1 for a noise that acts at the last step, 0 for one that is off. */
function activeLevels(parts: LoopParts): Record<string, number> {
  const { resolved, state } = parts
  const time = lastTime(parts)
  return Object.fromEntries(
    resolved.noises.map(active => {
      const { name, noise, levels } = active
      const moment = scheduleMoment(active, time)
      const isIdentity = Object.entries(levels).every(([field, level]) =>
        [level.low(moment), level.high(moment)].every(value => value === noise.identity[field]),
      )
      const isOff = isIdentity || state.controls[name]?.gain === 0 || !isOpen(active, time)
      return [name, isOff ? 0 : 1]
    }),
  )
}
