export type { CheckSize } from './check-size.js'
export {
  type DataCheck,
  type DataCheckEvent,
  type DataCheckOptions,
  inspectData,
} from './data-check.js'
export {
  type HardenEvent,
  type HardenOptions,
  type HardenResult,
  harden,
} from './harden/harden.js'
export type { Progress } from './loop.js'
export { optimizers } from './optimizer.js'
export {
  planOfRecipe,
  type ResumeOptions,
  resume,
  type TrainOptions,
  type TrainResult,
  train,
} from './train.js'
export { type TrialOptions, type TrialResult, trial, trialSamples } from './trial/trial.js'
