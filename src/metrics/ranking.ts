import { calibrationBins } from './calibration.js'
import { type Collector, metric, missing } from './metric.js'
import { Store } from './store.js'

/**
 * Every sample's confidence, negative where the answer was wrong: 8 bytes a sample. A confidence is
 * at least 1 / classes, so the sign is never lost.
 */
const ranking: Collector<Store> = {
  begin: () => new Store(),
  update(store, { samples, classes, probabilities, predictions, labels }) {
    if (!labels) return
    for (let i = 0; i < samples; i++) {
      const top = predictions[i]
      const confidence = top < 0 ? Number.NaN : probabilities[i * classes + top]
      store.push(top === labels[i] ? confidence : -confidence)
    }
  },
}

/** All samples, the surest first; equals stand together in groups, in no order. */
interface Ranked {
  readonly confidences: Float64Array
  /** Errors among the first i + 1; within a group their expected number over its orders. */
  readonly errors: Float64Array
  /** Whether a group ends here, so that a threshold can cut. */
  readonly ends: Uint8Array
}

/** Null where a confidence is not a number. */
function rank(store: Store): Ranked | null {
  const sorted = store.sorted()
  const n = sorted.length
  if (n && Number.isNaN(sorted[n - 1])) return null
  const made = {
    confidences: new Float64Array(n),
    errors: new Float64Array(n),
    ends: new Uint8Array(n),
  }
  // Ascending: the wrong ones stand first, the surest leading; the right ones last, the surest at
  // the very end.
  const run = (from: number, step: 1 | -1, value: number) => {
    let at = from
    while (sorted[at] === value) at += step
    return Math.abs(at - from)
  }
  let [wrong, right, placed] = [0, n - 1, 0]
  while (placed < n) {
    const confidence = Math.max(-sorted[wrong], sorted[right])
    const [errors, rights] = [run(wrong, 1, -confidence), run(right, -1, confidence)]
    const size = errors + rights
    for (let j = 1; j <= size; j++) {
      made.confidences[placed] = confidence
      made.errors[placed] = wrong + (errors * j) / size
      made.ends[placed++] = j === size ? 1 : 0
    }
    wrong += errors
    right -= rights
  }
  return made
}

/** The mean over steps of a curve's two ends: its area by trapezoids, on an axis of length 1. */
function meanOfSteps(points: number, at: (i: number) => number): number {
  let sum = 0
  for (let i = 1; i < points; i++) sum += (at(i - 1) + at(i)) / 2
  return sum / (points - 1)
}

/** A result from the ranking, missing where there is none or too little. */
function ranked(result: (r: Ranked) => ReturnType<typeof missing> | number, least = 1) {
  return (store: Store) => {
    if (store.length < least) return missing(`fewer than ${least} samples`)
    const r = rank(store)
    return r ? result(r) : Number.NaN
  }
}

/** sum over bins of equal numbers of samples of their share times |accuracy - confidence|. */
function adaptiveError({ confidences, errors }: Ranked): number {
  const n = confidences.length
  const bins = Math.min(calibrationBins, n)
  const longer = n % bins
  let [end, total] = [n, 0]
  // From the least sure, the first bins taking one more where the samples do not divide evenly.
  for (let b = 0; b < bins; b++) {
    const start = end - Math.floor(n / bins) - (b < longer ? 1 : 0)
    const wrong = errors[end - 1] - (start > 0 ? errors[start - 1] : 0)
    const sure = confidences.subarray(start, end).reduce((sum, c) => sum + c, 0)
    total += Math.abs(end - start - wrong - sure)
    end = start
  }
  return total / n
}

const shared = { unit: '1', needs: ['labels'], collector: ranking } as const

export const rankingMetrics = [
  metric({
    name: 'adaptiveCalibrationError',
    meaning: 'mean |accuracy - confidence| over 15 bins of equal numbers of samples',
    better: 'lower',
    paper: 'Nixon et al. 2019',
    ...shared,
    result: ranked(adaptiveError),
  }),
  metric({
    name: 'aurc',
    meaning: 'area under the error rate of the surest share of samples, against that share',
    better: 'lower',
    paper: 'Geifman and El-Yaniv 2017',
    ...shared,
    result: ranked(({ errors }) => meanOfSteps(errors.length, i => errors[i] / (i + 1)), 2),
  }),
  metric({
    name: 'augrc',
    meaning: 'area under the share of samples accepted and wrong, against the share accepted',
    better: 'lower',
    paper: 'Traub et al. 2024',
    ...shared,
    result: ranked(({ errors }) => meanOfSteps(errors.length, i => errors[i] / errors.length), 2),
  }),
  metric({
    name: 'coverageAt5Risk',
    meaning: 'largest share of samples one can answer with at most 5 % errors',
    better: 'higher',
    paper: 'Geifman and El-Yaniv 2017',
    ...shared,
    result: ranked(({ errors, ends }) => {
      const last = errors.findLastIndex((e, i) => ends[i] === 1 && e <= 0.05 * (i + 1))
      return (last + 1) / errors.length
    }),
  }),
  metric({
    name: 'riskAt80Coverage',
    meaning: 'error rate of the surest 80 % of samples',
    better: 'lower',
    paper: 'Geifman and El-Yaniv 2017',
    ...shared,
    result: ranked(({ errors }) => {
      const count = Math.ceil(0.8 * errors.length)
      return errors[count - 1] / count
    }),
  }),
]
