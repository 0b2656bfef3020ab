import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { DataError, UsageError } from '../base/index.js'
import { type Device, threadsAvailable } from '../engine/index.js'
import {
  encodeScores,
  evaluate,
  type SampleScores,
  scoresBeside,
  suiteOf,
  usualSuite,
} from '../evaluate/index.js'
import { checkTrainable } from '../gradients/index.js'
import { classesKey, exportModel, type Preprocess, preprocessKey } from '../model/index.js'
import { type Detectable, detectableDrop } from '../monitor/index.js'
import {
  checkRecipe,
  type Plan,
  parseRecipe,
  planHash,
  type Resolved,
  resolveRecipe,
} from '../recipe/index.js'
import {
  EventLog,
  latestCheckpoint,
  metricsCsv,
  type NewEvent,
  readEvents,
  type Scorecard,
  temperVersion,
  writeDocument,
  writeFileAtomic,
} from '../record/index.js'
import { withTables } from '../schedule/index.js'
import { Board } from './board.js'
import { checkSizeOf } from './check-size.js'
import type { Progress } from './loop.js'
import { rowsAtOnce } from './machinery.js'
import { Run } from './run.js'
import type { RunState } from './state.js'

interface Common {
  /** Threads of the runtime; default: all cores. A resumed run keeps those of its plan. */
  readonly threads?: number
  readonly device?: Device
  readonly onEvent?: (event: NewEvent | Progress) => void
  /** Aborting saves the state and returns with `finished: false`. */
  readonly signal?: AbortSignal
  /** Pauses after so many epochs, checked and saved, with `finished: false`. Default: to the end. */
  readonly untilEpoch?: number
  /** Whether the finished model is measured on the test data; default true. */
  readonly measureTest?: boolean
}

export interface TrainOptions extends Common {
  /**
   * A recipe as data; a schedule may be a function of the moment, `{ batch, epoch, sample, progress }`,
   * which plan and run folder hold as a table.
   */
  readonly recipe: unknown
  /** What the training graph is made of; default: portable operators. */
  readonly engine?: Plan['engine']
  /** The run folder; it is made, and must be empty if it is there. */
  readonly out: string
}

export interface ResumeOptions extends Common {
  /** The run folder. */
  readonly run: string
}

export interface TrainResult {
  readonly finished: boolean
  /** The run folder. */
  readonly run: string
  /** The deployable model, where the run finished: no noise inside. */
  readonly model?: string
  readonly best: RunState['best']
  readonly steps: number
  /** How the model does on `data.test`, where the recipe names one. */
  readonly scorecard?: Scorecard
}

/** Trains what a recipe says; throws before anything is written when it cannot work. */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const recipe = checkRecipe(options.recipe)
  const { out, threads = threadsAvailable(), device = 'cpu', engine } = options
  refuseFilled(out)
  const resolved = await resolveRecipe(recipe, { threads, device, engine })
  refuseUnfit(resolved)
  return startRun(resolved, options.recipe, out, { ...options, threads, device })
}

/** The plan of a recipe, checked as `train` would, and what its checks could notice. */
export async function planOfRecipe(options: Omit<TrainOptions, 'out'>) {
  const { threads = threadsAvailable(), device = 'cpu', engine } = options
  const resolved = await resolveRecipe(checkRecipe(options.recipe), { threads, device, engine })
  refuseUnfit(resolved)
  const { plan } = resolved
  return { plan, check: checkSizeOf(resolved), detectable: detectableIn(resolved) }
}

/** What fall of clean accuracy the held-out samples can show; undefined where there are no classes. */
export function detectableIn(resolved: Resolved): Detectable | undefined {
  const { recipe, validation, noises } = resolved
  if (!validation.labels || !noises.length) return undefined
  return detectableDrop({
    samples: checkSizeOf(resolved).samples,
    maxCleanDrop: recipe.monitor.maxCleanDrop,
  })
}

/** Makes the run folder and trains in it; `recipe` is what a resume reads. */
export function startRun(
  resolved: Resolved,
  recipe: unknown,
  out: string,
  options: Settled,
): Promise<TrainResult> {
  mkdirSync(join(out, 'checkpoints'), { recursive: true })
  const { lengths } = resolved
  writeFileAtomic(join(out, 'recipe.yaml'), stringify(withTables(recipe, { lengths })))
  writeFileAtomic(join(out, 'plan.json'), `${JSON.stringify(resolved.plan, null, 2)}\n`)
  return carryOut(resolved, out, options)
}

/**
 * Before anything is written: throws ModelError where a parameter could not be trained, UsageError
 * where the suite does not suit the data.
 */
export function refuseUnfit({ opened, plan, train, validation, recipe, copies }: Resolved): void {
  suiteOf(recipe.monitor.suite ?? usualSuite[validation.kind], validation)
  const { batch } = recipe.train
  const most = Math.min(batch, train.length) * copies.copies
  const rows = rowsAtOnce(opened, recipe.train, copies.copies) ?? most
  const preprocess = plan.preprocess as Preprocess
  const { trained } = plan.model
  checkTrainable(opened, trained, { batch: rows, sampleShape: train.shape, preprocess })
}

/** Goes on from the last checkpoint, to the same bits as an unbroken run. */
export async function resume({ run, ...options }: ResumeOptions): Promise<TrainResult> {
  const plan = readPlan(run)
  const recipe = checkRecipe(
    parseRecipe(readFileSync(join(run, 'recipe.yaml'), 'utf8'), 'recipe.yaml'),
  )
  const { threads, engine, sessions = 1 } = plan
  const device = plan.device as Device
  const resolved = await resolveRecipe(recipe, { threads, sessions, device, engine })
  return carryOut(resolved, run, { ...options, threads, device }, true)
}

export type Settled = Common & { readonly threads: number; readonly device: Device }

async function carryOut(
  resolved: Resolved,
  folder: string,
  options: Settled,
  isResumed = false,
): Promise<TrainResult> {
  const log = new EventLog(join(folder, 'events.jsonl'))
  const checkpoints = join(folder, 'checkpoints')
  const { untilEpoch } = options
  const pauseAt = untilEpoch && untilEpoch * resolved.lengths.batchesPerEpoch
  const board = new Board(join(folder, 'tb'))
  const run = new Run({
    ...options,
    resolved,
    planHash: planHash(resolved.plan),
    checkpoints,
    log,
    board,
    pauseAt,
  })
  try {
    if (isResumed) run.restore(latestCheckpoint(checkpoints))
    else {
      run.say({ type: 'start', version: temperVersion, seed: resolved.recipe.seed })
      warnOfFewSamples(resolved, run)
    }
    const finished = await run.drive()
    const result = { finished, run: folder, best: run.state.best, steps: run.state.step }
    if (!finished) return result
    const model = writeTrained(resolved, run, folder)
    return { ...result, model, scorecard: await measureTrained(resolved, model, folder, options) }
  } finally {
    board.close()
    log.close()
  }
}

/** The held-out samples may be too few to see what the budget forbids. */
function warnOfFewSamples(resolved: Resolved, run: Run): void {
  const { warning } = detectableIn(resolved) ?? {}
  if (warning) run.say({ type: 'note', step: 0, noise: 'monitor', reason: warning })
}

/** Writes `model.onnx` with the best weights and says `end`. */
function writeTrained({ opened, plan, train }: Resolved, run: Run, folder: string): string {
  const path = join(folder, 'model.onnx')
  const metadata = new Map([
    ['temper.version', plan.version],
    ['temper.seed', String(plan.seed)],
    ['temper.plan', planHash(plan)],
    [preprocessKey, JSON.stringify(plan.preprocess)],
    ['temper.noise', plan.noise.map(n => `${n.at}:${n.kind}`).join(' ')],
  ])
  // Fewer names than outputs would say nothing of which is which.
  if (train.classes?.length === Math.max(2, opened.output.size))
    metadata.set(classesKey, JSON.stringify(train.classes))
  writeFileAtomic(path, exportModel(opened, run.bestWeights(), metadata))
  const { step = run.state.step, reason = 'no check was made' } = run.state.best ?? {}
  run.say({
    type: 'end',
    step: run.state.step,
    best: { step, reason },
    reason: run.state.stopped ?? 'every epoch was trained',
  })
  return path
}

/** Measures the finished model on the test data and writes `scorecard.json` and `metrics.csv`. */
async function measureTrained(
  { test, recipe, plan, noises }: Resolved,
  model: string,
  folder: string,
  { threads, device, signal, measureTest = true }: Settled,
): Promise<Scorecard | undefined> {
  writeFileAtomic(
    join(folder, 'metrics.csv'),
    metricsCsv(readEvents(join(folder, 'events.jsonl')).events),
  )
  if (!test || !measureTest) return undefined
  let scores: SampleScores | undefined
  const scorecard = await evaluate({
    model,
    data: test,
    inputs: recipe.model.inputs,
    output: recipe.model.output,
    suite: recipe.monitor.suite,
    preprocess: plan.preprocess as Preprocess,
    seed: recipe.seed,
    seen: noises.map(({ entry }) => `${entry.at}:${entry.kind}`),
    threads,
    device,
    signal,
    onEvent: event => {
      if (event.type === 'samples') scores = event.scores
    },
  })
  writeDocument(join(folder, 'scorecard.json'), scorecard)
  if (scores) writeFileAtomic(scoresBeside(join(folder, 'scorecard.json')), encodeScores(scores))
  return scorecard
}

export function refuseFilled(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length)
    throw new UsageError(
      `--out: the folder "${folder}" is not empty. Name another one, or go on in it with temper resume ${folder}.`,
    )
}

function readPlan(run: string): Plan {
  const path = join(run, 'plan.json')
  if (!existsSync(path))
    throw new DataError(`resume: "${run}" is no run folder: it has no plan.json.`)
  return JSON.parse(readFileSync(path, 'utf8'))
}
