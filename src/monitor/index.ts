export type { Attribution, Probe } from './attribute.js'
export {
  type Best,
  bestCheck,
  type Detectable,
  type DetectableOptions,
  detectableDrop,
  reasonToStop,
  type Scored,
  type StopOptions,
} from './best.js'
export {
  type Answers,
  type Chance,
  type Check,
  chanceOfLabels,
  chanceOfTargets,
  scoreOf,
} from './check.js'
export { backOff, type ControlOptions, grow, type NoiseControl, newControl } from './control.js'
export type { Evidence, Judgement, JudgeOptions, Trouble } from './judge.js'
export {
  type Decision,
  Monitor,
  type MonitorEvent,
  type MonitorOptions,
  type OnOveruse,
} from './monitor.js'
