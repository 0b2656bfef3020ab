/** What is measured, opened: a model or any predictor, its data, its suite. */
import { DataError, ModelError, UsageError } from '../base/index.js'
import { type DataOptions, type Dataset, inClasses, openData } from '../data/index.js'
import type { Device } from '../engine/index.js'
import {
  type Bindings,
  modelPredictor,
  modelPreprocess,
  type OpenedModel,
  openModel,
  type Predictor,
  type Preprocess,
  physicalOptions,
  requireOneAnswer,
} from '../model/index.js'
import type { ModelFacts } from './scorecard.js'
import type { Suite } from './suites/suite.js'
import { openSuite, usualSuite } from './suites/suites.js'

/** A model, or any predictor, and the data it is tested on. */
export interface TestOptions extends DataOptions {
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
  readonly threads?: number
  readonly device?: Device
}

/**
 * The data, brought to one shape as was said, or as the model's own preprocessing says, with labels
 * by the names of the model's classes where it names them.
 */
export async function openSet(
  { data, preprocess, ...options }: Omit<TestOptions, 'model'>,
  model: TestOptions['model'],
): Promise<Dataset> {
  const own = model === undefined ? undefined : modelPreprocess(model)
  if (typeof data !== 'string') return inClasses(data, own?.classes)
  const physical = physicalOptions(preprocess ?? own?.preprocess)
  const { split, format, label, group, limit, first, skip, seed } = options
  const asked = { split, format, label, group, limit, first, skip, seed }
  const opened = await openData(data, { preferSplit: 'test', ...physical, ...asked })
  return inClasses(opened, own?.classes)
}

/** The suite that was named, or the usual one of the data's kind. */
export async function chosenSuite(
  { suite }: { readonly suite?: string | Suite },
  data: Dataset,
): Promise<Suite> {
  return typeof suite === 'object' ? suite : openSuite(suite ?? usualSuite[data.kind], data)
}

export interface Opened {
  readonly predictor: Predictor
  readonly facts: ModelFacts
  readonly opened?: OpenedModel
}

export async function openPredictor(
  options: TestOptions,
  data: Dataset,
  machine: { threads: number; device: Device },
): Promise<Opened> {
  const { model, predict, outputs, output, inputs, preprocess } = options
  if (predict) return { predictor: foreign(predict, outputs), facts: { file: 'a function' } }
  if (model === undefined)
    throw new UsageError('evaluate: give a model (an ONNX file) or a predict function.')
  const opened = await openModel(model, { output, inputs, sample: data.shape })
  checkPlaces(opened, data)
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

function foreign(predict: NonNullable<TestOptions['predict']>, outputs?: number): Predictor {
  if (outputs === undefined)
    throw new UsageError('evaluate: with `predict`, say how many numbers it answers in `outputs`.')
  return {
    outputKind: 'logits',
    outputSize: outputs,
    predict: async (samples, rows) => predict(samples, rows),
    close: async () => {},
  }
}

/** An output that answers at many places is measured against its own clean answers alone. */
function checkPlaces({ output }: OpenedModel, { labels, targets }: Dataset): void {
  if (output.places === 1) return
  if (labels || targets) requireOneAnswer(output, 'data with labels')
  if (output.kind === 'probabilities' || output.kind === 'sigmoid') return
  throw new ModelError(
    `model: the output "${output.name}" gives ${output.places.toLocaleString('en')} rows of ${output.size / output.places} numbers a sample, and ${output.reason}, so they are no classes. Pick an output that ends in Softmax or Sigmoid with --output.`,
  )
}

function checkLabels({ output }: OpenedModel, { labels, classes, name }: Dataset): void {
  const known = Math.max(2, output.size)
  if (!labels || !classes || classes.length <= known) return
  throw new DataError(
    `data: the labels of ${name} go up to ${classes.length - 1} (${classes.length} classes), and the model's output "${output.name}" tells ${known} apart. Give the data it was made for, or another --output.`,
  )
}
