export { type CalibrateOptions, calibrate } from './calibrate/calibrate.js'
export type { SampleScores } from './doubt.js'
export {
  type EvaluateOptions,
  evaluate,
  type MeasuredEvent,
  type ModelStripOptions,
  modelStrip,
  type SamplesEvent,
} from './evaluate.js'
export {
  type MeasuredCondition,
  type MeasuredSuite,
  type MeasureSuiteOptions,
  measureSuite,
} from './measure.js'
export { decodeScores, encodeScores, pairedDifference, scoresBeside } from './paired.js'
export { joinRight, mergeParts, type Part, type RightEvent } from './part.js'
export type { Strip } from './strip.js'
export { chosenSuite, openSet } from './subject.js'
export type { Condition, Suite, SuiteFor } from './suites/suite.js'
export { suiteOf, suites, usualSuite } from './suites/suites.js'
