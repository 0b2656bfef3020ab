import { UsageError } from '../base/index.js'
import type { Dataset } from '../data/index.js'
import type { Recipe } from './schema.js'

/**
 * How much a sample of each class counts in the loss: as given, or
 * balanced: weight of c = samples / (classes x samples of c), so that every class counts the same.
 * Throws UsageError where the data have no classes, or another number of them.
 */
export function classWeightsOf(
  { train }: Recipe,
  { labels, classes, name }: Dataset,
): readonly number[] | undefined {
  const given = train.classWeights
  const isAsked = given !== undefined || train.sampling === 'balanced'
  if (isAsked && (!labels || !classes))
    throw new UsageError(
      `train.${given ? 'classWeights' : 'sampling'}: ${name} has no classes to balance.`,
    )
  if (given === undefined) return undefined
  if (given === 'balanced') return balanced(labels!, classes!.length)
  if (given.length !== classes!.length)
    throw new UsageError(
      `train.classWeights: expected ${classes!.length} weights, one a class of ${name}, received ${given.length}.`,
    )
  return given
}

function balanced(labels: Int32Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0)
  for (const label of labels) counts[label]++
  const present = counts.filter(count => count > 0).length
  return counts.map(count => (count ? labels.length / (present * count) : 0))
}
