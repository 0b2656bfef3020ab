import { didYouMean, UsageError } from '../base/index.js'
import type { Answers } from './answers.js'
import { calibrationMetrics } from './calibration.js'
import { comparisonMetrics } from './comparison.js'
import { confusionMetrics } from './confusion.js'
import { detectionMetrics } from './detection.js'
import { memberMetrics } from './members.js'
import type { Metric } from './metric.js'
import { rankingMetrics } from './ranking.js'
import { regressionMetrics } from './regression.js'
import { smoothMetrics } from './smooth.js'
import { tallyMetrics } from './tally.js'
import type { Values } from './values.js'

export type Task = 'classification' | 'regression'

/** Every metric, by what the model does. */
export const metrics: {
  readonly classification: readonly Metric<unknown, Answers>[]
  readonly regression: readonly Metric<unknown, Values>[]
} = {
  classification: [
    ...tallyMetrics,
    ...calibrationMetrics,
    ...smoothMetrics,
    ...rankingMetrics,
    ...comparisonMetrics,
    ...detectionMetrics,
    ...confusionMetrics,
    ...(memberMetrics as unknown as readonly Metric<unknown, Answers>[]),
  ],
  regression: regressionMetrics,
}

/** The measures of a scorecard; others by name, or all. */
export const usualMetrics: Readonly<Record<Task, readonly string[]>> = {
  classification: [
    'accuracy',
    'accuracyInterval',
    'loss',
    'nll',
    'brier',
    'ece',
    'entropy',
    'agreement',
    'flipRate',
    'meanKl',
    'auroc',
    'mutualInformation',
    'expectedEntropy',
    'variationRatio',
  ],
  regression: ['rmse', 'mae', 'r2', 'loss', 'rmsChange'],
}

/** Those that cost little beside the usual ones: what a scorecard holds too. */
export const detailedMetrics: Readonly<Record<Task, readonly string[]>> = {
  classification: [
    'top5Accuracy',
    'balancedAccuracy',
    'classAccuracy',
    'reliability',
    'eceInterval',
    'maximumCalibrationError',
    'rmsCalibrationError',
    'brierUncertainty',
    'brierResolution',
    'brierReliability',
    'agreementInterval',
  ],
  regression: ['rmseInterval', 'bias', 'largestError'],
}

/** The rows of these names, in the table's order; throws UsageError for a name it does not have. */
export function metricsNamed<T extends Task>(
  task: T,
  names: readonly string[],
): (typeof metrics)[T][number][] {
  const rows = metrics[task] as readonly (typeof metrics)[T][number][]
  const known = rows.map(row => row.name)
  const unknown = names.find(name => !known.includes(name))
  if (unknown !== undefined)
    throw new UsageError(
      `metrics: there is no ${task} metric "${unknown}".${didYouMean(unknown, known)}`,
    )
  return rows.filter(row => names.includes(row.name))
}
