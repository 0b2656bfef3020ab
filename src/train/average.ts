/** An average of the weights over the updates: what checks measure and the model holds. */
import { type Lengths, parseTime, timeInBatches } from '../base/index.js'
import type { Recipe } from '../recipe/index.js'

type Settings = NonNullable<Recipe['optimizer']['average']>

/**
 * Takes in the weights after update `step` (from 1), in place.
 * exponential: a += (1 - d) (w - a), d = min(decay, (1 + step) / (10 + step)), so that the start
 *   does not weigh for ever (the rule of TensorFlow's ExponentialMovingAverage).
 * stochastic: the weights themselves until `from`, then a += (w - a) / n over the n updates since
 *   (Izmailov et al. 2018).
 */
export function averageWeights(
  settings: Settings,
  average: Float32Array,
  weights: Float32Array,
  { step, lengths }: { readonly step: number; readonly lengths: Lengths },
): void {
  const rate =
    settings.kind === 'exponential'
      ? exponential(settings, step)
      : stochastic(settings, step, lengths)
  if (rate === 1) average.set(weights)
  else for (let i = 0; i < average.length; i++) average[i] += rate * (weights[i] - average[i])
}

function exponential({ decay }: Extract<Settings, { kind: 'exponential' }>, step: number): number {
  return 1 - Math.min(decay, (1 + step) / (10 + step))
}

function stochastic(
  { from }: Extract<Settings, { kind: 'stochastic' }>,
  step: number,
  lengths: Lengths,
): number {
  const start = timeInBatches(parseTime(from, 'optimizer.average.from'), lengths)
  return step <= start ? 1 : 1 / Math.ceil(step - start)
}
