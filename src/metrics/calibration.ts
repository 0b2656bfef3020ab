import { keyOf, quantile, Random } from '../base/index.js'
import { type Collector, metric, missing, type ReliabilityBin } from './metric.js'

/** Bins of equal width on [0, 1]; a confidence of exactly 1 counts in the last. */
export const calibrationBins = 15

const binOf = (p: number) => Math.min(calibrationBins - 1, Math.floor(p * calibrationBins))

/** By bin: how many, how sure they were in sum, how many were right. */
interface Bins {
  samples: number
  counts: Float64Array
  confidence: Float64Array
  hits: Float64Array
}

const emptyBins = (rows = 1): Bins => ({
  samples: 0,
  counts: new Float64Array(rows * calibrationBins),
  confidence: new Float64Array(rows * calibrationBins),
  hits: new Float64Array(rows * calibrationBins),
})

function addTo(bins: Bins, row: number, p: number, hit: boolean): void {
  const bin = row * calibrationBins + binOf(p)
  bins.counts[bin]++
  bins.confidence[bin] += p
  if (hit) bins.hits[bin]++
}

/** The most probable class alone. */
const topBins: Collector<Bins> = {
  begin: () => emptyBins(),
  update(bins, { samples, classes, probabilities, predictions, labels }) {
    if (!labels) return
    for (let i = 0; i < samples; i++) {
      const top = predictions[i]
      bins.samples++
      if (top < 0) bins.confidence.fill(Number.NaN)
      else addTo(bins, 0, probabilities[i * classes + top], top === labels[i])
    }
  },
}

/** Every class, each with bins of its own. */
const classBins: Collector<Bins> = {
  begin: emptyBins,
  update(bins, { samples, classes, probabilities, predictions, labels }) {
    if (!labels) return
    for (let i = 0; i < samples; i++) {
      bins.samples++
      if (predictions[i] < 0) bins.confidence.fill(Number.NaN)
      else
        for (let k = 0; k < classes; k++)
          addTo(bins, k, probabilities[i * classes + k], k === labels[i])
    }
  },
}

/** By bin that holds something: its share of the samples and |accuracy - confidence|. */
function gaps({ samples, counts, confidence, hits }: Bins): { share: number; gap: number }[] {
  const made = []
  for (let b = 0; b < counts.length; b++)
    if (counts[b] > 0 || Number.isNaN(confidence[b]))
      made.push({
        share: counts[b] / samples,
        gap: Math.abs(hits[b] - confidence[b]) / counts[b],
      })
  return made
}

const expectedGap = (bins: Bins) =>
  bins.samples ? gaps(bins).reduce((sum, { share, gap }) => sum + share * gap, 0) : Number.NaN

/**
 * The ECE of confidences in the class answered, and whether it was right (1) or wrong (0); of the
 * samples drawn, where `drawn` lists some.
 */
export function expectedCalibrationError(
  confidence: ArrayLike<number>,
  right: ArrayLike<number>,
  drawn?: ArrayLike<number>,
): number {
  const bins = emptyBins()
  bins.samples = (drawn ?? confidence).length
  for (let i = 0; i < bins.samples; i++) {
    const sample = drawn ? drawn[i] : i
    addTo(bins, 0, confidence[sample], right[sample] === 1)
  }
  return expectedGap(bins)
}

/** Replicates of the interval's bootstrap. */
const replicates = 400

/** The bootstrap's normal numbers, the same for every interval: drawn once, as far as they are needed. */
const normals: number[] = []
const source = new Random(keyOf(0, 'ece interval'))
const normalAt = (i: number): number => {
  while (normals.length <= i) normals.push(source.normal())
  return normals[i]
}

/**
 * A 95 % interval of the ECE that leans to caution. Bins are redrawn as gap + N(0, a (1 - a) / n),
 * a = (hits + 1) / (n + 2), which adds to every gap: so the upper end is the .975 quantile q itself,
 * and the lower end is mirrored, 2 ece - q, or 0 where bins without any gap reach the ECE too.
 */
function gapInterval({ samples, counts, confidence, hits }: Bins) {
  if (!samples) return missing('no samples')
  if (confidence.some(Number.isNaN)) return Number.NaN
  const used = [...counts.keys()].filter(b => counts[b] > 0)
  const ece = expectedGap({ samples, counts, confidence, hits })
  const gap = used.map(b => (hits[b] - confidence[b]) / counts[b])
  const weight = used.map(b => counts[b] / samples)
  const deviation = used.map(b => {
    const share = (hits[b] + 1) / (counts[b] + 2)
    return Math.sqrt((share * (1 - share)) / counts[b])
  })
  let drawn = 0
  const upper = (isCalibrated: boolean) => {
    const redrawn = new Float64Array(replicates)
    for (let r = 0; r < replicates; r++)
      for (let k = 0; k < used.length; k++)
        redrawn[r] +=
          weight[k] * Math.abs((isCalibrated ? 0 : gap[k]) + deviation[k] * normalAt(drawn++))
    return quantile(redrawn.sort(), 0.975)
  }
  const high = Math.max(ece, upper(false))
  const low = ece <= upper(true) ? 0 : Math.max(0, 2 * ece - high)
  return [low, Math.min(1, high)]
}

/** The bins that hold something, for a reliability diagram. */
function reliability({ samples, counts, confidence, hits }: Bins) {
  if (samples === 0 || confidence.some(Number.isNaN)) return Number.NaN
  const made: ReliabilityBin[] = []
  counts.forEach((n, b) => {
    if (n) made.push({ confidence: confidence[b] / n, accuracy: hits[b] / n, samples: n })
  })
  return made.length ? made : missing('no samples')
}

const shared = { unit: '1', better: 'lower', needs: ['labels'] } as const

export const calibrationMetrics = [
  metric({
    name: 'ece',
    meaning: 'expected calibration error: mean |accuracy - confidence| over 15 equal bins',
    paper: 'Guo et al. 2017',
    ...shared,
    collector: topBins,
    result: expectedGap,
  }),
  metric({
    name: 'eceInterval',
    meaning: '95 % interval of the ECE',
    ...shared,
    collector: topBins,
    result: gapInterval,
  }),
  metric({
    name: 'maximumCalibrationError',
    meaning: 'largest |accuracy - confidence| of the 15 equal bins',
    paper: 'Guo et al. 2017',
    ...shared,
    collector: topBins,
    result: bins =>
      gaps(bins).reduce((most, { gap }) => Math.max(most, gap), bins.samples ? 0 : NaN),
  }),
  metric({
    name: 'rmsCalibrationError',
    meaning: 'root mean square of accuracy - confidence over 15 equal bins',
    paper: 'Hendrycks et al. 2019',
    ...shared,
    collector: topBins,
    result: bins =>
      Math.sqrt(gaps(bins).reduce((sum, { share, gap }) => sum + share * gap * gap, 0)) /
      (bins.samples ? 1 : 0),
  }),
  metric({
    name: 'reliability',
    meaning: 'mean confidence, accuracy and samples of each of the 15 equal bins that has any',
    unit: '1',
    better: 'neither',
    needs: ['labels'],
    paper: 'Guo et al. 2017',
    collector: topBins,
    result: reliability,
  }),
  metric({
    name: 'classCalibrationError',
    meaning: 'mean over classes of the calibration error of the probability of that class',
    paper: 'Nixon et al. 2019 (static calibration error)',
    ...shared,
    collector: classBins,
    result: bins => expectedGap(bins) / (bins.counts.length / calibrationBins),
  }),
]
