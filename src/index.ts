/** Temper: measure how a network holds up under noise, and train it to hold up. */
export {
  type CertifyOptions,
  certify,
  type Predictions,
  type PredictOptions,
  predict,
} from './certify/index.js'
export {
  type CalibrateOptions,
  calibrate,
  type EvaluateOptions,
  evaluate,
  type MeasuredEvent,
  type Suite,
} from './evaluate/index.js'
export {
  type GradientsOptions,
  type GradientsResult,
  gradients,
  type InspectOptions,
  inspect,
} from './gradients/index.js'
export { type OpenedModel, type OpenOptions, openModel as loadModel } from './model/index.js'
export { checkRecipe, type Recipe, type RecipeInput, readRecipe } from './recipe/index.js'
export type { Calibration, Certificate, Measures, Scorecard, Study } from './record/index.js'
export {
  type HardenEvent,
  type HardenOptions,
  type HardenResult,
  harden,
  type Progress,
  type ResumeOptions,
  resume,
  type TrainOptions,
  type TrainResult,
  train,
} from './train/index.js'
export {
  type ResumeStudyOptions,
  resumeStudy,
  type TuneEvent,
  type TuneOptions,
  type TuneResult,
  tune,
} from './tune/index.js'
