export type { Attribution, Probe, Under } from './attribute.js'
export {
  type Answers,
  type Chance,
  type Check,
  chanceOfLabels,
  chanceOfTargets,
  scoreOf,
} from './check.js'
export { type Condition, parseCondition } from './condition.js'
export { backOff, type ControlOptions, grow, type NoiseControl, newControl } from './control.js'
export { type Detectable, type DetectableOptions, detectableDrop } from './detectable.js'
export {
  bestOf,
  type Figures,
  figures,
  figuresOf,
  type History,
  type Measured,
} from './figures.js'
export type { Evidence, Judgement, JudgeOptions, Trouble } from './judge.js'
export { type KeepRule, parseKeep } from './keep.js'
export {
  type Decision,
  Monitor,
  type MonitorEvent,
  type MonitorOptions,
  type OnOveruse,
} from './monitor.js'
export { reasonToStop, type StopRule } from './stop.js'
