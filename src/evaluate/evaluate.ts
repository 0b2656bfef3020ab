import type { Dataset } from '../data/index.js'
import { threadsAvailable } from '../engine/index.js'
import type { OpenedModel, Predictor, Preprocess } from '../model/index.js'
import type { Scorecard } from '../record/index.js'
import { attackerFor } from './attack.js'
import { fastestBatch, usualBatch } from './batch-size.js'
import { readBaseline } from './corruption-error.js'
import type { SampleScores } from './doubt.js'
import { flipLevels } from './flip-level.js'
import { DrawWatch } from './internal/draws.js'
import { sensitivity } from './internal/sensitivity.js'
import { sharpness, tolerances } from './internal/tolerance.js'
import { measureSuite } from './measure.js'
import { type MemberOptions, openMembers } from './members/open.js'
import { partOf, type RightEvent, rightEvent, type ShardOf } from './part.js'
import { scorecardOf } from './scorecard.js'
import { type Strip, type StripModel, sampleStrip } from './strip.js'
import { chosenSuite, openPredictor, openSet } from './subject.js'
import type { Suite } from './suites/suite.js'
import { suspicions } from './suspicions.js'
import { openWatches, type Watches } from './watches.js'

/** Sent while measuring. */
export interface MeasuredEvent {
  readonly type: 'measured'
  readonly samples: number
  readonly of: number
}

/** Sent once, at the end: what a comparison with another model pairs. */
export interface SamplesEvent {
  readonly type: 'samples'
  readonly scores: SampleScores
}

export interface EvaluateOptions extends MemberOptions {
  /** Kinds of noise the model was trained with, as `input:gaussian`. */
  readonly seen?: readonly string[]
  /** Measures beside the usual ones: names of `temper list metrics`, or `all`. */
  readonly metrics?: readonly string[]
  /** What corruption errors are divided by: `alexnet`, or a scorecard (read, or its file). */
  readonly baseline?: string | Scorecard
  /** Held-out data that prediction sets (THR, APS, RAPS) are fitted on; none without it. */
  readonly conformal?: string | Dataset
  /** How often a prediction set is to hold the right class; default 0.9. */
  readonly coverage?: number
  /** Data the model does not know, to be told from the clean samples by its uncertainty. */
  readonly ood?: string | Dataset
  /** Noises one weight tensor at a time and ranks them; of a model that is one file. */
  readonly perLayer?: boolean
  /** The fall of the clean score up to which noise on weights is tolerated; default 0.01. */
  readonly maxDrop?: number
  /**
   * Whether corrupted images are kept on disk for the next time, all together at most
   * `TEMPER_CACHE_MB` (default 2048) mebibytes; default true.
   */
  readonly keep?: boolean
  /** A noise on inputs whose smallest level that changes the answer is found for each sample. */
  readonly flipLevel?: string
  /** Samples a session call; it changes no figure. Default: the fastest of a few tried. */
  readonly batch?: number
  /** Only every `of`-th condition from number `index` on: a part of work that others do the rest of. */
  readonly shard?: ShardOf
  readonly onEvent?: (event: MeasuredEvent | SamplesEvent | RightEvent) => void
  readonly signal?: AbortSignal
}

/**
 * Measures how a model holds up: clean, then under every condition of a suite, in one pass over the
 * data. Throws UsageError, DataError or ModelError before it starts when it cannot work.
 */
export async function evaluate(options: EvaluateOptions): Promise<Scorecard> {
  const { seed = 0, threads = threadsAvailable(), device = 'cpu' } = options
  const machine = { threads, device }
  const baseline = options.baseline === undefined ? undefined : readBaseline(options.baseline)
  const data = await openSet(options, options.model)
  const suite = partOf(await chosenSuite(options, data), options.shard)
  const subject = await openPredictor(options, data, machine)
  const { facts, opened } = subject
  const { predictor, uncertainty } = await openMembers(options, subject, data, machine)
  try {
    const draws = new DrawWatch(suite)
    const watches = await openWatches(options, { predictor, data, suite })
    const attacked = uncertainty ? undefined : opened
    const { seconds, batch, ...measured } = await measure(options, [watches, draws], {
      ...{ predictor, data, suite, attacked },
    })
    if (measured.sampleScores) options.onEvent?.({ type: 'samples', scores: measured.sampleScores })
    const said = saidOrFound(options, opened)
    const isFirst = (options.shard?.index ?? 0) === 0
    const warnings = isFirst ? await suspicions(measured, data, said, opened, machine) : []
    const seen = options.seen ?? seenBy(opened)
    const header = { seed, device, threads, seconds, batch, warnings, seen }
    const internal = await internalOf(options, draws, subject.predictor, data)
    const flips = await flipLevelsOf(options, predictor, data)
    const beside = { baseline, ...watches.result(), uncertainty, internal, flipLevels: flips }
    return await scorecardOf(measured, { data, suite, facts, header, ...beside })
  } finally {
    await predictor.close()
  }
}

interface Subject {
  readonly predictor: Predictor
  readonly data: Dataset
  readonly suite: Suite
  /** The model that attacks go up; absent where there is not one alone. */
  readonly attacked?: OpenedModel
}

/** The pass over the suite, with its time and the batch size it took. */
async function measure(
  options: EvaluateOptions,
  watches: readonly Pick<Watches, 'add'>[],
  { predictor, data, suite, attacked }: Subject,
) {
  const { seed = 0, keep = true, onEvent, signal } = options
  const answers = data.length * (1 + suite.conditions.length)
  const isPlain = !options.monteCarlo && !options.ensemble
  const batch =
    options.batch ?? (isPlain ? await fastestBatch(predictor, data, answers) : usualBatch)
  const attacker = attackerFor(suite, data, attacked, options)
  const started = performance.now()
  try {
    const measured = await measureSuite({
      ...{ predictor, data, suite, seed, batch, signal, keep, attacker },
      onProgress: (samples, of) => onEvent?.({ type: 'measured', samples, of }),
      onAnswers(clean, noisy) {
        for (const watch of watches) watch.add(clean, noisy)
        if (options.shard && 'labels' in clean && clean.labels) onEvent?.(rightEvent(clean, noisy))
      },
      also: ['detailed', ...(options.metrics ?? [])],
    })
    return { ...measured, batch, seconds: (performance.now() - started) / 1000 }
  } finally {
    await attacker?.close()
  }
}

/** Tolerance and sharpness from the suite's conditions on weights; the ranking where it is asked for. */
async function internalOf(
  { maxDrop = 0.01, perLayer, seed = 0, batch, signal, onEvent }: EvaluateOptions,
  watch: DrawWatch,
  predictor: Predictor,
  data: Dataset,
): Promise<Scorecard['internal']> {
  const clean = watch.clean()
  const measured = watch.result()
  const tolerance = clean ? tolerances(measured, clean, maxDrop) : []
  const sharp = clean ? sharpness(measured, clean) : []
  const onProgress = (samples: number, of: number) => onEvent?.({ type: 'measured', samples, of })
  const ranked = perLayer
    ? await sensitivity({ predictor, data, seed, batch, signal, onProgress })
    : undefined
  if (!tolerance.length && !sharp.length && !ranked) return undefined
  return {
    ...(tolerance.length && { tolerance }),
    ...(sharp.length && { sharpness: sharp }),
    ...(ranked && { sensitivity: ranked }),
  }
}

function flipLevelsOf(options: EvaluateOptions, predictor: Predictor, data: Dataset) {
  const { flipLevel: kind, seed = 0, signal } = options
  return kind === undefined ? undefined : flipLevels({ predictor, data, kind, seed, signal })
}

export interface ModelStripOptions extends Omit<EvaluateOptions, 'model' | 'predict' | 'outputs'> {
  readonly models: readonly { readonly name: string; readonly model: string }[]
  /** How many samples; default 5. */
  readonly samples?: number
}

/** The same few samples at growing strength with the answers of several models. */
export async function modelStrip(options: ModelStripOptions): Promise<Strip | undefined> {
  const { models, samples, seed = 0, threads = threadsAvailable(), device = 'cpu' } = options
  const data = await openSet(options, models[0]?.model)
  const suite = await chosenSuite(options, data)
  const opened: StripModel[] = []
  try {
    for (const { name, model } of models) {
      const { predictor } = await openPredictor({ ...options, model }, data, { threads, device })
      opened.push({ name, predictor })
    }
    return await sampleStrip({ models: opened, data, suite, seed, samples })
  } finally {
    for (const { predictor } of opened) await predictor.close()
  }
}

/** The preprocessing that was said, or that the model came with; undefined where it was only assumed. */
function saidOrFound(
  { preprocess }: EvaluateOptions,
  opened?: OpenedModel,
): Preprocess | undefined {
  const { found } = opened ?? {}
  return preprocess ?? (found?.source === undefined ? undefined : found.preprocess)
}

/** What a model trained by Temper says of the noise it saw. */
function seenBy(opened: OpenedModel | undefined): readonly string[] {
  const noted = opened?.model.metadata.get('temper.noise')
  return noted ? noted.split(' ') : []
}
