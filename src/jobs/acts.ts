import { type CertifyOptions, certify, type PredictOptions, predict } from '../certify/index.js'
import {
  type EvaluateOptions,
  evaluate,
  type ModelStripOptions,
  modelStrip,
} from '../evaluate/index.js'
import { readPreprocess } from '../model/index.js'
import { readRecipe } from '../recipe/index.js'
import type { Act } from '../supervise/index.js'
import { type ResumeOptions, resume, type TrainOptions, train } from '../train/index.js'

/** Every act a child process can do, by name. */
export const acts: Readonly<Record<string, Act>> = {
  evaluate(payload, { emit, signal }) {
    const { preprocessFile, ...options } = payload as EvaluatePayload
    const preprocess = preprocessFile === undefined ? undefined : readPreprocess(preprocessFile)
    return evaluate({ ...options, preprocess, onEvent: emit, signal })
  },

  certify(payload, { emit, signal }) {
    const { preprocessFile, ...options } = payload as CertifyPayload
    const preprocess = preprocessFile === undefined ? undefined : readPreprocess(preprocessFile)
    return certify({ ...options, preprocess, onEvent: emit, signal })
  },

  predict(payload, { emit, signal }) {
    const { preprocessFile, ...options } = payload as PredictPayload
    const preprocess = preprocessFile === undefined ? undefined : readPreprocess(preprocessFile)
    return predict({ ...options, preprocess, onEvent: emit, signal })
  },

  strip(payload) {
    const { preprocessFile, ...options } = payload as StripPayload
    const preprocess = preprocessFile === undefined ? undefined : readPreprocess(preprocessFile)
    return modelStrip({ preprocess, ...options })
  },

  async train(payload, { emit, signal }) {
    const { recipeFile, set, ...options } = payload as TrainPayload
    const recipe = recipeFile === undefined ? options.recipe : readRecipe(recipeFile, set)
    return train({ ...options, recipe, onEvent: emit, signal })
  },

  resume(payload, { emit, signal }) {
    return resume({ ...(payload as ResumeOptions), onEvent: emit, signal })
  },
}

interface TrainPayload extends TrainOptions {
  readonly recipeFile?: string
  readonly set?: readonly string[]
}

interface EvaluatePayload extends EvaluateOptions {
  readonly preprocessFile?: string
}

interface CertifyPayload extends CertifyOptions {
  readonly preprocessFile?: string
}

interface PredictPayload extends PredictOptions {
  readonly preprocessFile?: string
}

interface StripPayload extends ModelStripOptions {
  readonly preprocessFile?: string
}
