export {
  type AnswerOptions,
  type Answers,
  answersOf,
  type MemberSpread,
  type OutputKind,
} from './answers.js'
export { calibrationBins, expectedCalibrationError } from './calibration.js'
export {
  ConformalFit,
  ConformalMeter,
  type ConformalMethod,
  type ConformalResult,
  conformalMethods,
  type Thresholds,
} from './conformal.js'
export { OutlierMeter } from './detection.js'
export { interleaved } from './interleaved.js'
export {
  type MeasureOptions,
  type Measures,
  Meter,
  type MeterOptions,
  measure,
  measureRegression,
} from './meter.js'
export type { Collector, Metric, MetricValue, Missing, Need, ReliabilityBin } from './metric.js'
export {
  fitScaling,
  joinTables,
  type Knots,
  oddsFloor,
  type Scaling,
  type ScalingMethod,
  ScoreGatherer,
  type ScoreTable,
  scaled,
  scalingMethods,
} from './scaling/index.js'
export { detailedMetrics, metrics, metricsNamed, type Task, usualMetrics } from './table.js'
export type { Values } from './values.js'
