import { join } from 'node:path'
import { type CertifyOptions, certify, type PredictOptions, predict } from '../certify/index.js'
import { type DataOptions, type Dataset, openData } from '../data/index.js'
import { probeBlock } from '../engine/index.js'
import {
  type CalibrateOptions,
  calibrate,
  chosenSuite,
  type EvaluateOptions,
  evaluate,
  joinRight,
  type ModelStripOptions,
  modelStrip,
  type RightEvent,
} from '../evaluate/index.js'
import { type InspectOptions, inspect } from '../gradients/index.js'
import { type Bindings, parseBinding, physicalOptions, readPreprocess } from '../model/index.js'
import { type PreviewOptions, previewNoise } from '../preview/index.js'
import { openSets, readRecipe } from '../recipe/index.js'
import type { Act } from '../supervise/index.js'
import {
  type DataCheckOptions,
  type HardenOptions,
  harden,
  inspectData,
  type ResumeOptions,
  resume,
  type TrainOptions,
  type TrialOptions,
  train,
  trial,
} from '../train/index.js'
import { type LookPayload, look } from './look.js'

/** Every act a child process can do, by name. */
export const acts: Readonly<Record<string, Act>> = {
  evaluate(payload, { emit, signal }) {
    const { preprocessFile, bind, ...options } = payload as EvaluatePayload
    const preprocess = preprocessFile === undefined ? undefined : readPreprocess(preprocessFile)
    return evaluate({ ...options, inputs: bindings(bind), preprocess, onEvent: emit, signal })
  },

  calibrate(payload, { emit, signal }) {
    const { preprocessFile, bind, ...options } = payload as CalibratePayload
    const preprocess = preprocessFile === undefined ? undefined : readPreprocess(preprocessFile)
    return calibrate({ ...options, inputs: bindings(bind), preprocess, onEvent: emit, signal })
  },

  inspect(payload) {
    const { model, bind, ...options } = payload as InspectPayload
    return inspect(model, { ...options, inputs: bindings(bind) })
  },

  certify(payload, { emit, signal }) {
    const { preprocessFile, bind, ...options } = payload as CertifyPayload
    const preprocess = preprocessFile === undefined ? undefined : readPreprocess(preprocessFile)
    return certify({ ...options, inputs: bindings(bind), preprocess, onEvent: emit, signal })
  },

  predict(payload, { emit, signal }) {
    const { preprocessFile, bind, ...options } = payload as PredictPayload
    const preprocess = preprocessFile === undefined ? undefined : readPreprocess(preprocessFile)
    return predict({ ...options, inputs: bindings(bind), preprocess, onEvent: emit, signal })
  },

  async strip(payload) {
    const { preprocessFile, bind, run, ...options } = payload as StripPayload
    const preprocess = preprocessFile === undefined ? undefined : readPreprocess(preprocessFile)
    const data = run === undefined ? options.data : await testDataOf(run)
    return data && modelStrip({ preprocess, inputs: bindings(bind), ...options, data })
  },

  async train(payload, { emit, signal }) {
    const { recipeFile, set, bind, output, ...options } = payload as TrainPayload
    if (recipeFile === undefined) return train({ ...options, onEvent: emit, signal })
    const given = readRecipe(recipeFile, set)
    const recipe = { ...given, model: { ...given.model, ...chosenValues(bind, output) } }
    return train({ ...options, recipe, onEvent: emit, signal })
  },

  harden(payload, { emit, signal }) {
    const { preprocessFile, bind, ...options } = payload as HardenPayload
    const preprocess = preprocessFile === undefined ? undefined : readPreprocess(preprocessFile)
    const inputs = bindings(bind) as HardenOptions['inputs']
    return harden({ ...options, inputs, preprocess, onEvent: emit, signal })
  },

  noise: payload => previewNoise(payload as PreviewOptions),

  /** What is in some DATA: content hash, length, and how many conditions a suite has on it. */
  async fingerprint(payload) {
    const { data, options, suite } = payload as FingerprintPayload
    const opened = await openData(data, options)
    const { conditions } = await chosenSuite({ suite }, opened)
    const [sha256, samples] = [await opened.sha256(), opened.length]
    return { sha256, samples, conditions: conditions.length }
  },

  /** Some conditions of an evaluation, with which answers were right. */
  async part(payload, { emit, signal }) {
    const { preprocessFile, bind, ...options } = payload as EvaluatePayload
    const events: RightEvent[] = []
    const onEvent = (event: { type: string }) =>
      event.type === 'right' ? events.push(event as RightEvent) : emit(event)
    const scorecard = await evaluate({ ...options, inputs: bindings(bind), onEvent, signal })
    return { scorecard, ...joinRight(events) }
  },

  checkData(payload, { emit, signal }) {
    const { preprocessFile, ...options } = payload as DataCheckPayload
    const said = preprocessFile === undefined ? undefined : readPreprocess(preprocessFile)
    const physical = said && physicalOptions(said)
    return inspectData({ ...options, ...physical, onEvent: emit, signal })
  },

  /** What a data set is, without reading its samples. */
  async describe(payload) {
    const { data, ...options } = payload as { data: string } & DataOptions
    const opened = await openData(data, options)
    const { name, kind, shape, length, sampleRate, split, splits, detected } = opened
    return { name, kind, shape, length, sampleRate, split, splits, detected }
  },

  /** The block size of the fast path on this machine; a crash of it is the answer too. */
  probe: () => probeBlock(),

  /** A part of one trial of a study. */
  trial(payload, { emit, signal }) {
    return trial({ ...(payload as TrialOptions), onEvent: emit, signal })
  },

  /** What a recipe with searches meets: content and kind of its data, or why it cannot work. */
  look: payload => look(payload as LookPayload),

  resume(payload, { emit, signal }) {
    return resume({ ...(payload as ResumeOptions), onEvent: emit, signal })
  },
}

/** The test data of a run's recipe, as the run divided it. */
async function testDataOf(run: string): Promise<Dataset | undefined> {
  const { test } = await openSets(readRecipe(join(run, 'recipe.yaml')))
  return test
}

/** What `--input name=value` says, each a line. */
interface Bound {
  readonly bind?: readonly string[]
}

function bindings(bind: readonly string[] | undefined): Bindings | undefined {
  return bind && Object.fromEntries(bind.map(parseBinding))
}

/** What the flags change in a recipe's `model`. */
function chosenValues(bind: readonly string[] | undefined, output: string | undefined) {
  return { ...(bind && { inputs: bindings(bind) }), ...(output !== undefined && { output }) }
}

interface InspectPayload extends Bound, Omit<InspectOptions, 'inputs'> {
  readonly model: string
}

interface TrainPayload extends TrainOptions, Bound {
  readonly output?: string
  readonly recipeFile?: string
  readonly set?: readonly string[]
}

interface HardenPayload extends HardenOptions, Bound {
  readonly preprocessFile?: string
}

interface EvaluatePayload extends EvaluateOptions, Bound {
  readonly preprocessFile?: string
}

interface CalibratePayload extends CalibrateOptions, Bound {
  readonly preprocessFile?: string
}

interface CertifyPayload extends CertifyOptions, Bound {
  readonly preprocessFile?: string
}

interface PredictPayload extends PredictOptions, Bound {
  readonly preprocessFile?: string
}

interface StripPayload extends ModelStripOptions, Bound {
  readonly preprocessFile?: string
  /** A run folder whose test data is shown, instead of `data`. */
  readonly run?: string
}

interface DataCheckPayload extends DataCheckOptions {
  readonly preprocessFile?: string
}

interface FingerprintPayload {
  readonly data: string
  readonly options: DataOptions
  readonly suite?: string
}
