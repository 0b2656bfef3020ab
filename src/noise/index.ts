export {
  allocatePort,
  clearPort,
  feedsOf,
  fillRow,
  type PortBuffers,
  spreadRow,
} from './activation/feed.js'
export {
  type ActivationMatch,
  type ActivationRequest,
  activationSites,
  matchActivations,
  sitesOf,
} from './activation/select.js'
export {
  type ActivationNoise,
  type ActivationPort,
  type ActivationSite,
  type FormScope,
  type PortFill,
  type PortInput,
  type PortRole,
  portRoles,
} from './activation/types.js'
export { type AttackOptions, attack, type GradientOfSamples } from './ascent/attack.js'
export type { Ascent, Climber } from './ascent/types.js'
export {
  at,
  chain,
  type Disturbance,
  oneOf,
  onlyWhere,
  someOf,
  withProbability,
} from './combine.js'
export { completeLevel, isIdentity } from './level.js'
export { mixInputs, mixTargets } from './mix/apply.js'
export {
  type Draw,
  type Mixed,
  type MixupOptions,
  mixup,
  type PerturbOptions,
  perturb,
  smooth,
} from './perturb.js'
export { levelOfSeverity, nearestPreset, suites } from './preset.js'
export {
  allNoises,
  ascentOf,
  ascents,
  isAscent,
  isSite,
  type Noise,
  type NoiseAt,
  noiseOf,
  noises,
  type TableSite,
} from './table.js'
export type {
  Card,
  DisturbedRows,
  GradientNoise,
  InputContext,
  InputNoise,
  Level,
  LevelField,
  MixContext,
  MixNoise,
  MixPlan,
  Modality,
  Preset,
  Site,
  Source,
  TargetContext,
  TargetNoise,
  WeightContext,
  WeightNoise,
} from './types.js'
export { clipToDeviations } from './weight/clipping.js'
