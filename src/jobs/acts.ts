import { join } from 'node:path'
import type { CertifyOptions, PredictOptions } from '../certify/index.js'
import type { DataOptions, Dataset, SpokenDigitsOptions } from '../data/index.js'
import type { EstimateOptions } from '../estimate/index.js'
import type {
  CalibrateOptions,
  EvaluateOptions,
  ModelStripOptions,
  RightEvent,
} from '../evaluate/index.js'
import type { InspectOptions } from '../gradients/index.js'
import type { Bindings } from '../model/index.js'
import type { PreviewOptions } from '../preview/index.js'
import type { Act } from '../supervise/index.js'
import type {
  DataCheckOptions,
  HardenOptions,
  ResumeOptions,
  TrainOptions,
  TrialOptions,
} from '../train/index.js'
import type { LookPayload } from './look.js'

/** The rooms behind the acts, loaded when an act is done: a child starts with what it needs alone. */
const rooms = {
  certify: () => import('../certify/index.js'),
  data: () => import('../data/index.js'),
  engine: () => import('../engine/index.js'),
  estimate: () => import('../estimate/index.js'),
  evaluate: () => import('../evaluate/index.js'),
  gradients: () => import('../gradients/index.js'),
  look: () => import('./look.js'),
  model: () => import('../model/index.js'),
  preview: () => import('../preview/index.js'),
  recipe: () => import('../recipe/index.js'),
  train: () => import('../train/index.js'),
}

/** Every act a child process can do, by name. */
export const acts: Readonly<Record<string, Act>> = {
  async evaluate(payload, { emit, signal }) {
    const { evaluate } = await rooms.evaluate()
    const { preprocessFile, bind, ...options } = payload as EvaluatePayload
    const preprocess = await preprocessOf(preprocessFile)
    return evaluate({ ...options, inputs: await bindings(bind), preprocess, onEvent: emit, signal })
  },

  async calibrate(payload, { emit, signal }) {
    const { calibrate } = await rooms.evaluate()
    const { preprocessFile, bind, ...options } = payload as CalibratePayload
    const preprocess = await preprocessOf(preprocessFile)
    return calibrate({
      ...options,
      inputs: await bindings(bind),
      preprocess,
      onEvent: emit,
      signal,
    })
  },

  async inspect(payload) {
    const { inspect } = await rooms.gradients()
    const { model, bind, ...options } = payload as InspectPayload
    return inspect(model, { ...options, inputs: await bindings(bind) })
  },

  async certify(payload, { emit, signal }) {
    const { certify } = await rooms.certify()
    const { preprocessFile, bind, ...options } = payload as CertifyPayload
    const preprocess = await preprocessOf(preprocessFile)
    return certify({ ...options, inputs: await bindings(bind), preprocess, onEvent: emit, signal })
  },

  async predict(payload, { emit, signal }) {
    const { predict } = await rooms.certify()
    const { preprocessFile, bind, ...options } = payload as PredictPayload
    const preprocess = await preprocessOf(preprocessFile)
    return predict({ ...options, inputs: await bindings(bind), preprocess, onEvent: emit, signal })
  },

  async strip(payload) {
    const { modelStrip } = await rooms.evaluate()
    const { preprocessFile, bind, run, ...options } = payload as StripPayload
    const preprocess = await preprocessOf(preprocessFile)
    const data = run === undefined ? options.data : await testDataOf(run)
    return data && modelStrip({ preprocess, inputs: await bindings(bind), ...options, data })
  },

  /** What a recipe comes to, with nothing trained and nothing written. */
  async plan(payload) {
    const [{ planOfRecipe }, { readRecipe }] = [await rooms.train(), await rooms.recipe()]
    const { recipeFile, set, bind, output, ...options } = payload as TrainPayload
    const given = readRecipe(recipeFile!, set)
    const recipe = { ...given, model: { ...given.model, ...(await chosenValues(bind, output)) } }
    return planOfRecipe({ ...options, recipe })
  },

  async train(payload, { emit, signal }) {
    const { train } = await rooms.train()
    const { recipeFile, set, bind, output, ...options } = payload as TrainPayload
    if (recipeFile === undefined) return train({ ...options, onEvent: emit, signal })
    const { readRecipe } = await rooms.recipe()
    const given = readRecipe(recipeFile, set)
    const recipe = { ...given, model: { ...given.model, ...(await chosenValues(bind, output)) } }
    return train({ ...options, recipe, onEvent: emit, signal })
  },

  async harden(payload, { emit, signal }) {
    const { harden } = await rooms.train()
    const { preprocessFile, bind, ...options } = payload as HardenPayload
    const preprocess = await preprocessOf(preprocessFile)
    const inputs = (await bindings(bind)) as HardenOptions['inputs']
    return harden({ ...options, inputs, preprocess, onEvent: emit, signal })
  },

  noise: async payload => (await rooms.preview()).previewNoise(payload as PreviewOptions),

  async estimate(payload, { emit, signal }) {
    const { estimateNoise } = await rooms.estimate()
    return estimateNoise({ ...(payload as EstimateOptions), onEvent: emit, signal })
  },

  /** What is in some DATA: content hash, length, and how many conditions a suite has on it. */
  async fingerprint(payload) {
    const { data, options, suite } = payload as FingerprintPayload
    const [{ openData }, { chosenSuite }] = [await rooms.data(), await rooms.evaluate()]
    const opened = await openData(data, options)
    const { conditions } = await chosenSuite({ suite }, opened)
    const [sha256, samples] = [await opened.sha256(), opened.length]
    return { sha256, samples, conditions: conditions.length }
  },

  /** Some conditions of an evaluation, with which answers were right. */
  async part(payload, { emit, signal }) {
    const { preprocessFile, bind, ...options } = payload as EvaluatePayload
    const { evaluate, joinRight } = await rooms.evaluate()
    const events: RightEvent[] = []
    const onEvent = (event: { type: string }) =>
      event.type === 'right' ? events.push(event as RightEvent) : emit(event)
    const scorecard = await evaluate({ ...options, inputs: await bindings(bind), onEvent, signal })
    return { scorecard, ...joinRight(events) }
  },

  async checkData(payload, { emit, signal }) {
    const { inspectData } = await rooms.train()
    const { physicalOptions } = await rooms.model()
    const { preprocessFile, ...options } = payload as DataCheckPayload
    const said = await preprocessOf(preprocessFile)
    const physical = said && physicalOptions(said)
    return inspectData({ ...options, ...physical, onEvent: emit, signal })
  },

  /** Writes synthetic spoken digits into a folder. */
  async speak(payload, { emit, signal }) {
    const { folder, ...options } = payload as SpokenDigitsOptions & { folder: string }
    const { writeSpokenDigits } = await rooms.data()
    const onProgress = (done: number, of: number) => emit({ type: 'spoken', done, of })
    await writeSpokenDigits(folder, { ...options, onProgress, signal })
  },

  /** What a data set is, without reading its samples. */
  async describe(payload) {
    const { data, ...options } = payload as { data: string } & DataOptions
    const { openData } = await rooms.data()
    const opened = await openData(data, options)
    const { name, kind, shape, length, sampleRate, split, splits, detected } = opened
    return { name, kind, shape, length, sampleRate, split, splits, detected }
  },

  /** The block size of the fast path on this machine; a crash of it is the answer too. */
  probe: async () => (await rooms.engine()).probeBlock(),

  /** A part of one trial of a study. */
  async trial(payload, { emit, signal }) {
    const { trial } = await rooms.train()
    return trial({ ...(payload as TrialOptions), onEvent: emit, signal })
  },

  /** What a recipe with searches meets: content and kind of its data, or why it cannot work. */
  look: async payload => (await rooms.look()).look(payload as LookPayload),

  async resume(payload, { emit, signal }) {
    const { resume } = await rooms.train()
    return resume({ ...(payload as ResumeOptions), onEvent: emit, signal })
  },
}

/** The test data of a run's recipe, as the run divided it. */
async function testDataOf(run: string): Promise<Dataset | undefined> {
  const { openSets, readRecipe } = await rooms.recipe()
  const { test } = await openSets(readRecipe(join(run, 'recipe.yaml')))
  return test
}

/** What `--input name=value` says, each a line. */
interface Bound {
  readonly bind?: readonly string[]
}

async function bindings(bind: readonly string[] | undefined): Promise<Bindings | undefined> {
  if (!bind) return undefined
  const { parseBinding } = await rooms.model()
  return Object.fromEntries(bind.map(parseBinding))
}

async function preprocessOf(file: string | undefined) {
  return file === undefined ? undefined : (await rooms.model()).readPreprocess(file)
}

/** What the flags change in a recipe's `model`. */
async function chosenValues(bind: readonly string[] | undefined, output: string | undefined) {
  return { ...(bind && { inputs: await bindings(bind) }), ...(output !== undefined && { output }) }
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
