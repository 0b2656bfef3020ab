import { Moments } from '../base/index.js'
import { type Collector, metric, missing, type RegressionMetric } from './metric.js'
import type { Values } from './values.js'

/** Errors against the targets, summed over samples and outputs. */
interface Errors {
  count: number
  squared: number
  absolute: number
  signed: number
  largest: number
  /** Of each sample's mean squared error. */
  ofSamples: Moments
  /** By output: squared errors, and the targets' own spread. */
  squaredOf: Float64Array
  targets: Moments[]
}

const errors: Collector<Errors, Values> = {
  begin: columns => ({
    count: 0,
    squared: 0,
    absolute: 0,
    signed: 0,
    largest: 0,
    ofSamples: new Moments(),
    squaredOf: new Float64Array(columns),
    targets: Array.from({ length: columns }, () => new Moments()),
  }),
  update(state, { samples, columns, outputs, targets }) {
    if (!targets) return
    let ofSample = 0
    for (let at = 0; at < samples * columns; at++) {
      const error = outputs[at] - targets[at]
      ofSample = (at % columns ? ofSample : 0) + (error * error) / columns
      if (at % columns === columns - 1) state.ofSamples.add(ofSample)
      state.count++
      state.squared += error * error
      state.absolute += Math.abs(error)
      state.signed += error
      if (!(Math.abs(error) <= state.largest)) state.largest = Math.abs(error)
      state.squaredOf[at % columns] += error * error
      state.targets[at % columns].add(targets[at])
    }
  },
}

interface Change {
  count: number
  squared: number
}

const change: Collector<Change, Values> = {
  begin: () => ({ count: 0, squared: 0 }),
  update(state, { samples, columns, outputs, clean }) {
    if (!clean) return
    for (let at = 0; at < samples * columns; at++) {
      state.count++
      state.squared += (outputs[at] - clean[at]) ** 2
    }
  },
}

/** sqrt(mean +- 1.96 sd / sqrt(n)) over the samples' mean squared errors. */
function rmseInterval({ ofSamples }: Errors) {
  if (ofSamples.count < 2) return missing('fewer than 2 samples')
  const half = 1.96 * Math.sqrt(ofSamples.sampleVariance / ofSamples.count)
  const ends = [ofSamples.mean - half, ofSamples.mean + half]
  return ends.every(Number.isFinite) ? ends.map(mse => Math.sqrt(Math.max(0, mse))) : Number.NaN
}

const shared = { needs: ['labels'], collector: errors } as const

export const regressionMetrics: RegressionMetric[] = [
  metric({
    name: 'loss',
    meaning: 'mean squared error',
    unit: 'target',
    better: 'lower',
    ...shared,
    result: s => s.squared / s.count,
  }),
  metric({
    name: 'rmse',
    meaning: 'root mean squared error, over samples and outputs',
    unit: 'target',
    better: 'lower',
    ...shared,
    result: s => Math.sqrt(s.squared / s.count),
  }),
  metric({
    name: 'rmseInterval',
    meaning: '95 % interval of the RMSE, from the spread of the squared errors of samples',
    unit: 'target',
    better: 'lower',
    ...shared,
    result: rmseInterval,
  }),
  metric({
    name: 'mae',
    meaning: 'mean absolute error, over samples and outputs',
    unit: 'target',
    better: 'lower',
    ...shared,
    result: s => s.absolute / s.count,
  }),
  metric({
    name: 'bias',
    meaning: 'mean error, output minus target: how far outputs are off to one side',
    unit: 'target',
    better: 'neither',
    ...shared,
    result: s => s.signed / s.count,
  }),
  metric({
    name: 'largestError',
    meaning: 'largest absolute error',
    unit: 'target',
    better: 'lower',
    ...shared,
    result: s => (s.count ? s.largest : missing('no samples')),
  }),
  metric({
    name: 'r2',
    meaning: 'share of the variance of the targets explained, mean over outputs',
    unit: '1',
    better: 'higher',
    ...shared,
    result(s) {
      if (s.targets.some(t => t.variance === 0)) return missing('targets that never change')
      const shares = s.targets.map((t, k) => 1 - s.squaredOf[k] / (t.variance * t.count))
      return shares.reduce((sum, share) => sum + share, 0) / shares.length
    },
  }),
  metric({
    name: 'rmsChange',
    meaning: 'root mean square of the change from the output without noise',
    unit: 'target',
    better: 'lower',
    needs: ['clean'],
    collector: change,
    result: s => Math.sqrt(s.squared / s.count),
  }),
]
