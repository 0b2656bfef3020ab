import { join } from 'node:path'
import { UsageError } from '../../base/index.js'
import { limit } from '../../data/index.js'
import { threadsAvailable } from '../../engine/index.js'
import { evaluate } from '../../evaluate/index.js'
import { checkRecipe, type RecipeInput, type Resolved, resolveRecipe } from '../../recipe/index.js'
import { type NewEvent, type Scorecard, writeDocument } from '../../record/index.js'
import { parseSchedule } from '../../schedule/index.js'
import { checkSizeOf } from '../check-size.js'
import type { Progress } from '../loop.js'
import {
  refuseFilled,
  refuseUnfit,
  type Settled,
  startRun,
  type TrainOptions,
  type TrainResult,
} from '../train.js'
import { refuseChance } from './chance.js'
import { chooseRate, type Trial, tryLearningRates } from './learning-rate.js'
import { type HardenRequest, hardeningRecipe, openingRecipe } from './recipe.js'

/** Sent while hardening, beside the events of training. */
export type HardenEvent =
  | NewEvent
  | Progress
  | {
      readonly type: 'baseline'
      /** The given model on the samples that select. */
      readonly clean: Scorecard['clean']
    }
  | {
      readonly type: 'learningRate'
      readonly learningRate: number
      readonly trials: readonly Trial[]
    }

export interface HardenOptions
  extends HardenRequest,
    Pick<TrainOptions, 'threads' | 'device' | 'engine' | 'signal'> {
  /** An ONNX classifier or regressor. */
  readonly model: string
  /** DATA to train on. */
  readonly data: string
  /** DATA that selects; default: a tenth of `data`, by hash. */
  readonly val?: string
  /** DATA that reports; default: half of `val`, or a tenth of `data`, kept unseen by hash. */
  readonly test?: string
  /** Clean accuracy the noise may cost (regression: relative rise of the RMSE); default 0.01. */
  readonly maxCleanDrop?: number
  /** Default: about 2,000 updates. */
  readonly epochs?: number
  /** Default 128; 32 for fewer than 4,000 samples. */
  readonly batch?: number
  /** Default: found by trying a few. */
  readonly learningRate?: number
  /** What is meant by noisy; default: the usual suite of the data's kind. */
  readonly suite?: string
  /** Name patterns of parameters that stay as they are. */
  readonly freeze?: readonly string[]
  /** The run folder; it is made, and must be empty if it is there. */
  readonly out: string
  readonly onEvent?: (event: HardenEvent) => void
}

export interface HardenResult extends TrainResult {
  /** The given model on the unseen samples, as `scorecard` is the hardened one's. */
  readonly before: Scorecard
  readonly learningRate: number
}

/**
 * Fine-tunes any ONNX model so that it takes the most noise while its clean score stays within a
 * budget: each sample's level is drawn from none to a top that the checks raise and lower. Writes a
 * run folder as `train` does, its `model.onnx` the given file with other weights, and the scorecards
 * of both. Throws before anything is written when it cannot work.
 */
export async function harden(options: HardenOptions): Promise<HardenResult> {
  const { out, threads = threadsAvailable(), device = 'cpu', onEvent, signal } = options
  const settled = { threads, device, onEvent, signal }
  refuseFilled(out)
  const { resolved, recipe } = await prepare(options, settled)
  refuseUnfit(resolved)
  const { samples } = checkSizeOf(resolved)
  const selecting = limit(resolved.validation, samples, resolved.recipe.seed)
  const baseline = await measure(resolved, selecting, settled)
  refuseChance(baseline, selecting)
  onEvent?.({ type: 'baseline', clean: baseline.clean })
  const before = await measure(resolved, resolved.test!, settled)
  const learningRate = await rateFor(options, resolved, settled)
  const rated = withLearningRate(resolved, recipe, learningRate)
  const finished = startRun(rated.resolved, rated.recipe, out, settled)
  writeDocument(join(out, 'scorecard-before.json'), { ...before, name: 'given' })
  return { ...(await finished), before, learningRate }
}

/** Opens data and model to see what they are, then with the recipe that suits them. */
async function prepare(
  options: HardenOptions,
  { threads, device }: Settled,
): Promise<{ resolved: Resolved; recipe: RecipeInput }> {
  const { maxCleanDrop = 0.01, engine } = options
  if (!(maxCleanDrop > 0 && maxCleanDrop < 1))
    throw new UsageError(
      `--max-clean-drop: expected a share between 0 and 1 (0.01 is one point), received ${maxCleanDrop}.`,
    )
  const machine = { threads, device, engine }
  const first = await resolveRecipe(checkRecipe(openingRecipe(options)), machine)
  const recipe = hardeningRecipe(options, {
    kind: first.train.kind,
    samples: first.train.length,
    validationSamples: first.validation.length,
  })
  return { recipe, resolved: await resolveRecipe(checkRecipe(recipe), machine) }
}

/** The given model under the suite of the run. */
function measure(
  { recipe }: Resolved,
  data: Resolved['train'],
  { threads, device, signal }: Settled,
): Promise<Scorecard> {
  return evaluate({
    model: recipe.model.file,
    inputs: recipe.model.inputs,
    output: recipe.model.output,
    data,
    suite: recipe.monitor.suite,
    preprocess: recipe.preprocess,
    seed: recipe.seed,
    ...{ threads, device, signal },
  })
}

async function rateFor(
  { learningRate, onEvent }: HardenOptions,
  resolved: Resolved,
  settled: Settled,
): Promise<number> {
  if (learningRate !== undefined) return learningRate
  const trials = await tryLearningRates(resolved, settled)
  const chosen = chooseRate(trials)
  onEvent?.({ type: 'learningRate', learningRate: chosen, trials })
  return chosen
}

/** From the rate found down to a fiftieth of it: the last checks find their best there. */
function withLearningRate(resolved: Resolved, given: RecipeInput, rate: number) {
  const optimizer = { ...given.optimizer, learningRate: { cosine: [rate, rate / 50] } as never }
  const recipe = { ...given, optimizer }
  const checked = checkRecipe(recipe)
  const { learningRate } = checked.optimizer
  const where = 'optimizer.learningRate'
  const schedule = parseSchedule(learningRate, { lengths: resolved.lengths, where })
  const plan = {
    ...resolved.plan,
    optimizer: { ...checked.optimizer, learningRate: schedule.text },
  }
  return { recipe, resolved: { ...resolved, recipe: checked, learningRate: schedule, plan } }
}
