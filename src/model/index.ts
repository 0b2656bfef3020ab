export { type InsertOptions, insertActivationNoise, type NoisyGraph } from './activation-noise.js'
export { type BatchReport, proveBatch } from './batch.js'
export { type Binding, type Bindings, parseBinding } from './bindings.js'
export { exportModel } from './export.js'
export { extendOutput, type Tail } from './extend.js'
export { FastPredictor } from './fast-predictor.js'
export type { Layout, LayoutGuess } from './input.js'
export { classesKey, type FoundPreprocess, preprocessKey } from './lookup.js'
export type { NoisyPredictor, RowFill } from './noisy-predictor.js'
export { modelPreprocess, type OpenedModel, type OpenOptions, openModel } from './open.js'
export { type ModelOutput, type OutputKind, requireOneAnswer } from './output.js'
export { type Parameter, parameterNames, type Role } from './parameters.js'
export { type Place, placeOf } from './place.js'
export { modelPredictor, type Predictor, type PredictorOptions, type Weights } from './predictor.js'
export { samplesInput } from './prefix.js'
export {
  type Preprocess,
  physicalOptions,
  preprocessSchema,
  type Resize,
  readPreprocess,
} from './preprocess.js'
export { dynamicGraph, feedParameters, type SamplesOptions, staticGraph } from './static.js'
export { widenTensor } from './widen.js'
