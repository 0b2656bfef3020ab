import { type Collector, metric, missing } from './metric.js'

/** Counts by predicted class and label, and sums of probabilities by predicted class. */
interface Confusion {
  samples: number
  classes: number
  /** [predicted, label] */
  counts: Float64Array
  /** [predicted, class]: sums of probabilities. */
  sums: Float64Array
  /** Sum over samples of the sum of squared probabilities. */
  squares: number
  /** Samples of each label, and those answered right. */
  labelled: Float64Array
  correct: Float64Array
}

const confusion: Collector<Confusion> = {
  begin: classes => ({
    samples: 0,
    classes,
    counts: new Float64Array(classes * classes),
    sums: new Float64Array(classes * classes),
    squares: 0,
    labelled: new Float64Array(classes),
    correct: new Float64Array(classes),
  }),

  update(state, { samples, classes, probabilities, predictions, labels }) {
    if (!labels) return
    for (let i = 0; i < samples; i++) {
      const [predicted, label] = [predictions[i], labels[i]]
      state.samples++
      state.labelled[label]++
      if (predicted < 0) state.squares = Number.NaN
      if (predicted < 0) continue
      if (predicted === label) state.correct[label]++
      state.counts[predicted * classes + label]++
      for (let j = 0; j < classes; j++) {
        const p = probabilities[i * classes + j]
        state.sums[predicted * classes + j] += p
        state.squares += p * p
      }
    }
  },
}

/**
 * The cells are the predicted classes; with d_k the label distribution of cell k, w_k its share and
 * d the label distribution of all:
 *   uncertainty = sum (d - d^2),  resolution = sum_k w_k |d_k - d|^2,
 *   reliability = mean over samples of |p - d_k|^2.
 * Brier = uncertainty - resolution + reliability holds where p is constant in a cell.
 */
function decompose(state: Confusion) {
  const { samples, classes, counts, sums, labelled } = state
  let [resolution, reliability] = [0, state.squares / samples]
  for (let k = 0; k < classes; k++) {
    const cell = counts.subarray(k * classes, (k + 1) * classes)
    const size = cell.reduce((a, b) => a + b, 0)
    if (size === 0) continue
    for (let j = 0; j < classes; j++) {
      const share = cell[j] / size
      resolution += (size / samples) * (share - labelled[j] / samples) ** 2
      // |p - d|^2 = |p|^2 - 2 p d + |d|^2, summed over the cell's samples.
      reliability += (size * share * share - 2 * share * sums[k * classes + j]) / samples
    }
  }
  const uncertainty = labelled.reduce((sum, n) => sum + n / samples - (n / samples) ** 2, 0)
  return { uncertainty, resolution, reliability }
}

const shared = { unit: '1', needs: ['labels'], collector: confusion } as const
const paper = 'Broecker 2009, cells by predicted class'

export const confusionMetrics = [
  metric({
    name: 'brierUncertainty',
    meaning: 'part of the Brier score that only the labels decide',
    better: 'neither',
    paper,
    ...shared,
    result: state => decompose(state).uncertainty,
  }),
  metric({
    name: 'brierResolution',
    meaning: 'part of the Brier score won by telling classes apart',
    better: 'higher',
    paper,
    ...shared,
    result: state => decompose(state).resolution,
  }),
  metric({
    name: 'brierReliability',
    meaning: 'part of the Brier score lost by probabilities that are off',
    better: 'lower',
    paper,
    ...shared,
    result: state => decompose(state).reliability,
  }),
  metric({
    name: 'classAccuracy',
    meaning: 'accuracy of each class in turn; null for a class without samples',
    better: 'higher',
    ...shared,
    result: ({ samples, labelled, correct }) =>
      samples ? Array.from(labelled, (n, k) => (n ? correct[k] / n : null)) : missing('no samples'),
  }),
  metric({
    name: 'balancedAccuracy',
    meaning: 'mean of the accuracies of the classes that have samples',
    better: 'higher',
    ...shared,
    result({ labelled, correct }) {
      const seen = [...labelled.keys()].filter(k => labelled[k] > 0)
      return seen.reduce((sum, k) => sum + correct[k] / labelled[k], 0) / seen.length
    },
  }),
]
