import { DataError, UsageError } from '../base/index.js'
import { type DataOptions, type Dataset, openData } from '../data/index.js'
import { type Device, threadsAvailable } from '../engine/index.js'
import {
  type Bindings,
  modelPredictor,
  modelPreprocess,
  type OpenedModel,
  openModel,
  type Predictor,
  type Preprocess,
} from '../model/index.js'
import type { Scorecard } from '../record/index.js'
import type { SampleScores } from './doubt.js'
import { type MeasuredSuite, measureSuite } from './measure.js'
import { type ModelFacts, scorecardOf } from './scorecard.js'
import { type Strip, type StripModel, sampleStrip } from './strip.js'
import type { Suite } from './suite.js'
import { suiteOf, usualSuite } from './suites.js'
import { suspicions } from './suspicions.js'

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

export interface EvaluateOptions extends DataOptions {
  /** An ONNX file (path or bytes); or give `predict`. */
  readonly model?: string | Uint8Array
  /**
   * Any predictor: samples `[rows, ...shape]` in physical units to `[rows, outputs]` logits. Needs
   * `outputs`; conditions on weights are refused.
   */
  readonly predict?: (samples: Float32Array, rows: number) => Promise<Float32Array> | Float32Array
  /** Numbers a sample `predict` answers. */
  readonly outputs?: number
  /** DATA: a name with an optional split, a path, or an opened data set. */
  readonly data: string | Dataset
  /** Names of `temper list suites` joined by commas, or a suite; default: the usual one of the data's kind. */
  readonly suite?: string | Suite
  readonly preprocess?: Preprocess
  /** Which output, where the model has several. */
  readonly output?: string
  /** Values for inputs of the model that the data does not feed. */
  readonly inputs?: Bindings
  /** Kinds of noise the model was trained with, as `input:gaussian`. */
  readonly seen?: readonly string[]
  readonly threads?: number
  readonly device?: Device
  /** Samples a session call; it changes no figure. Default 256. */
  readonly batch?: number
  readonly onEvent?: (event: MeasuredEvent | SamplesEvent) => void
  readonly signal?: AbortSignal
}

/**
 * Measures how a model holds up: clean, then under every condition of a suite, in one pass over the
 * data. Throws UsageError, DataError or ModelError before it starts when it cannot work.
 */
export async function evaluate(options: EvaluateOptions): Promise<Scorecard> {
  const { seed = 0, threads = threadsAvailable(), device = 'cpu', onEvent, batch, signal } = options
  const data = await openSet(options, options.model)
  const suite = chosenSuite(options, data)
  const { predictor, facts, opened } = await openPredictor(options, data, { threads, device })
  try {
    const onProgress = (samples: number, of: number) => onEvent?.({ type: 'measured', samples, of })
    const started = performance.now()
    const measured = await measureSuite({
      predictor,
      data,
      suite,
      seed,
      batch,
      onProgress,
      signal,
      isDetailed: true,
    })
    const seconds = (performance.now() - started) / 1000
    const { sampleScores: scores } = measured
    if (scores) onEvent?.({ type: 'samples', scores })
    const warnings = await suspicions(measured, data, saidOrFound(options, opened), opened, {
      threads,
      device,
    })
    const header = {
      seed,
      device,
      threads,
      seconds,
      warnings,
      seen: options.seen ?? seenBy(opened),
    }
    return await scorecardOf(measured, { data, suite, facts, header })
  } finally {
    await predictor.close()
  }
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
  const suite = chosenSuite(options, data)
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

/** The data, brought to one shape as was said, or as the model's own preprocessing says. */
async function openSet(
  { data, preprocess, ...options }: Omit<EvaluateOptions, 'model'>,
  model: EvaluateOptions['model'],
): Promise<Dataset> {
  if (typeof data !== 'string') return data
  const own = model === undefined ? undefined : modelPreprocess(model).preprocess
  const { size, channels, sampleRate, seconds } = preprocess ?? own ?? {}
  const physical = { size: size as [number, number] | undefined, channels, sampleRate, seconds }
  const { split, format, label, limit, first, skip, seed } = options
  const asked = { split, format, label, limit, first, skip, seed }
  return openData(data, { preferSplit: 'test', ...physical, ...asked })
}

function chosenSuite({ suite }: Pick<EvaluateOptions, 'suite'>, data: Dataset): Suite {
  return typeof suite === 'object' ? suite : suiteOf(suite ?? usualSuite[data.kind], data)
}

interface Opened {
  readonly predictor: Predictor
  readonly facts: ModelFacts
  readonly opened?: OpenedModel
}

async function openPredictor(
  options: EvaluateOptions,
  data: Dataset,
  machine: { threads: number; device: Device },
): Promise<Opened> {
  const { model, predict, outputs, output, inputs, preprocess } = options
  if (predict) return { predictor: foreign(predict, outputs), facts: { file: 'a function' } }
  if (model === undefined)
    throw new UsageError('evaluate: give a model (an ONNX file) or a predict function.')
  const opened = await openModel(model, { output, inputs, sample: data.shape })
  checkLabels(opened, data)
  const predictor = await modelPredictor(opened, {
    sampleShape: data.shape,
    preprocess: preprocess ?? opened.found.preprocess,
    ...machine,
  })
  const parameters = opened.parameters.reduce((sum, p) => sum + p.length, 0)
  const { file = 'bytes', sha256 } = opened
  return { predictor, opened, facts: { file, sha256, parameters, classes: data.classes?.length } }
}

function foreign(predict: NonNullable<EvaluateOptions['predict']>, outputs?: number): Predictor {
  if (outputs === undefined)
    throw new UsageError('evaluate: with `predict`, say how many numbers it answers in `outputs`.')
  return {
    outputKind: 'logits',
    outputSize: outputs,
    predict: async (samples, rows) => predict(samples, rows),
    close: async () => {},
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

function checkLabels({ output }: OpenedModel, { labels, classes, name }: Dataset): void {
  const known = Math.max(2, output.size)
  if (!labels || !classes || classes.length <= known) return
  throw new DataError(
    `data: the labels of ${name} go up to ${classes.length - 1} (${classes.length} classes), and the model's output "${output.name}" tells ${known} apart. Give the data it was made for, or another --output.`,
  )
}

/** What a model trained by Temper says of the noise it saw. */
function seenBy(opened: OpenedModel | undefined): readonly string[] {
  const noted = opened?.model.metadata.get('temper.noise')
  return noted ? noted.split(' ') : []
}

export type { MeasuredSuite }
