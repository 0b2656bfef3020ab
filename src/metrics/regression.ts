import { Moments } from '../base/index.js'
import { type Collector, metric, missing, type RegressionMetric } from './metric.js'
import type { Values } from './values.js'

/** Errors against the targets, summed over samples and outputs. */
interface Errors {
  count: number
  squared: number
  absolute: number
  /** By output: squared errors, and the targets' own spread. */
  squaredOf: Float64Array
  targets: Moments[]
}

const errors: Collector<Errors, Values> = {
  begin: columns => ({
    count: 0,
    squared: 0,
    absolute: 0,
    squaredOf: new Float64Array(columns),
    targets: Array.from({ length: columns }, () => new Moments()),
  }),
  update(state, { samples, columns, outputs, targets }) {
    if (!targets) return
    for (let at = 0; at < samples * columns; at++) {
      const error = outputs[at] - targets[at]
      state.count++
      state.squared += error * error
      state.absolute += Math.abs(error)
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
    name: 'mae',
    meaning: 'mean absolute error, over samples and outputs',
    unit: 'target',
    better: 'lower',
    ...shared,
    result: s => s.absolute / s.count,
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
