/** How much a check looks at. */
import { parseTime, timeInBatches } from '../base/index.js'
import { suiteOf, usualSuite } from '../evaluate/index.js'
import type { Resolved } from '../recipe/index.js'
import { batchesLookedAt } from './observation.js'

export interface CheckSize {
  /** Held-out samples, each answered once without noise. */
  readonly samples: number
  /** Conditions of the suite that each of them meets, dealt out in turn; each draw counts as one. */
  readonly looks: number
  /** Conditions there are. */
  readonly conditions: number
}

/** Held-out samples of a check, as far as they are there and not too dear. */
const usual = { least: 400, most: 1000 }

/**
 * Answers a check may take for each sample trained since the last: a network as light as the mlp
 * trains one in the time of not quite two answers, the cnn of four, so that is 4 % at most.
 */
const answersPerSample = 0.06
/** So few answers are always given: they are a matter of milliseconds. */
const fewestAnswers = 800

/**
 * Samples the recipe asks for meet every condition. Otherwise there are up to 1,000, at least 400,
 * and as many conditions for each as keep the checks under a twentieth of the training.
 */
export function checkSizeOf(resolved: Resolved): CheckSize {
  const { recipe, validation, lengths } = resolved
  const { samples: asked, every, suite } = recipe.monitor
  const conditions = suiteOf(suite ?? usualSuite[validation.kind], validation).conditions.reduce(
    (sum, { draws }) => sum + draws,
    0,
  )
  if (asked !== undefined)
    return { samples: Math.min(asked, validation.length), looks: conditions, conditions }
  const batchesBetween = timeInBatches(parseTime(every, 'monitor.every'), lengths)
  const trained = (batchesBetween * lengths.samplesPerEpoch) / lengths.batchesPerEpoch
  const onTraining = 2 * batchesLookedAt(recipe.train.batch) * recipe.train.batch
  const answers = Math.max(fewestAnswers, Math.floor(answersPerSample * trained) - onTraining)
  const samples = Math.min(validation.length, within(answers / 2, usual.least, usual.most))
  return { samples, looks: Math.min(conditions, within(answers / samples - 1, 1)), conditions }
}

const within = (value: number, least: number, most = Number.POSITIVE_INFINITY) =>
  Math.min(most, Math.max(least, Math.floor(value)))
