import { resolve } from 'node:path'
import { DataError, expected, ModelError, UsageError } from '../../base/index.js'
import type { Dataset } from '../../data/index.js'
import { threadsAvailable } from '../../engine/index.js'
import {
  type Answers,
  fitScaling,
  joinTables,
  measure,
  type Scaling,
  type ScalingMethod,
  type ScoreTable,
  scaled,
  scalingMethods,
} from '../../metrics/index.js'
import { extendOutput, type ModelOutput, type OpenedModel } from '../../model/index.js'
import {
  type Calibration,
  type Measures,
  machine,
  temperVersion,
  versions,
  writeFileAtomic,
} from '../../record/index.js'
import type { MeasuredEvent } from '../evaluate.js'
import { measureSuite } from '../measure.js'
import { chosenSuite, openPredictor, openSet, type TestOptions } from '../subject.js'
import type { Suite } from '../suites/suite.js'
import { type Gathered, HalfGatherer } from './gather.js'
import { emitScaling } from './operators.js'

export interface CalibrateOptions extends Omit<TestOptions, 'predict' | 'outputs' | 'model'> {
  /** An ONNX classifier, path or bytes. */
  readonly model: string | Uint8Array
  /** Default `temperature`. */
  readonly method?: ScalingMethod
  /** Noise to fit on beside the clean samples: names of suites, or a suite. Default: none. */
  readonly suite?: string | Suite
  /** Where the calibrated model is written; default: nowhere. */
  readonly out?: string
  readonly onEvent?: (event: MeasuredEvent) => void
  readonly signal?: AbortSignal
}

/**
 * Fits a scaling of a classifier's answers on held-out data, clean or clean and noisy, and writes it
 * into the model: the calibrated file has the same inputs and outputs. What it changes is judged on
 * samples it was not fitted on: on each half with the fit of the other.
 * Throws DataError without labels, ModelError for a model that is no classifier.
 */
export async function calibrate(options: CalibrateOptions): Promise<Calibration> {
  const { method = 'temperature', seed = 0, device = 'cpu' } = options
  const threads = options.threads ?? threadsAvailable()
  checkMethod(method)
  const data = await openSet(options, options.model)
  const suite = options.suite === undefined ? undefined : await chosenSuite(options, data)
  const { predictor, facts, opened } = await openPredictor(options, data, { threads, device })
  try {
    const { output } = opened!
    checkOutput(opened!, data)
    const gatherer = new HalfGatherer(Math.max(2, output.size), seed)
    await measureSuite({
      predictor,
      data,
      suite: suite ?? { name: 'clean', preset: '', tldr: '', conditions: [] },
      seed,
      signal: options.signal,
      onAnswers: (clean, noisy) => gatherer.add(clean as Answers, noisy as Answers[][]),
      onProgress: (samples, of) => options.onEvent?.({ type: 'measured', samples, of }),
    })
    const gathered = gatherer.result()
    const scaling = fitScaling(method, joinTables([...gathered.clean, ...gathered.noisy]))
    if (options.out !== undefined)
      writeFileAtomic(resolve(options.out), withScaling(opened!, scaling))
    return {
      schema: 'temper.calibration/1',
      version: temperVersion,
      seed,
      device,
      threads,
      machine: machine(),
      versions: versions('onnxruntime-node'),
      model: { sha256: '', parameters: 0, ...facts },
      data: { source: data.name, samples: data.length, sha256: await data.sha256() },
      ...(suite && { suite: { name: suite.name, preset: suite.preset } }),
      ...scaling,
      ...judged(method, gathered),
    }
  } finally {
    await predictor.close()
  }
}

function checkMethod(method: string): void {
  const names = Object.keys(scalingMethods)
  if (!names.includes(method))
    throw new UsageError(expected('calibrate: method', `one of ${names.join(', ')}`, method))
}

function checkOutput({ output, original }: OpenedModel, data: Dataset): void {
  if (!data.labels || data.targets)
    throw new DataError(
      `calibrate: expected labelled samples, and ${data.name} has ${data.targets ? 'targets of a regression' : 'no labels'}.`,
    )
  if (output.kind === 'sigmoid' && output.size > 1)
    throw new ModelError(
      `calibrate: the output "${output.name}" holds ${output.size} independent probabilities (Sigmoid); scalings are of classes that exclude each other.`,
    )
  const shape = original.graph.outputs.find(({ name }) => name === output.name)?.shape
  if (shape && shape.length !== 2)
    throw new ModelError(
      `calibrate: expected an output of [batch, classes], received "${output.name}" of [${shape}].`,
    )
}

/** The file with a scaling behind its output. */
export function withScaling(opened: OpenedModel, scaling: Scaling): Uint8Array {
  const output: Pick<ModelOutput, 'kind' | 'size'> = opened.output
  return extendOutput(
    opened,
    (tail, from) => emitScaling(tail, from, scaling, output),
    new Map([['temper.calibration', said(scaling)]]),
  )
}

const said = (scaling: Scaling) =>
  scaling.method === 'temperature' ? `temperature ${scaling.temperature}` : scaling.method

/** Each half before, and after with the scaling fitted on the other half. */
function judged(method: ScalingMethod, { clean, noisy }: Gathered) {
  const fits = [1, 0].map(other => fitScaling(method, joinTables([clean[other], noisy[other]])))
  const compare = (tables: readonly ScoreTable[]) => ({
    before: measuresOf(
      tables.map(({ scores }) => scores),
      tables,
    ),
    after: measuresOf(
      tables.map(({ scores, classes }, half) => scaled(fits[half], scores, classes)),
      tables,
    ),
  })
  const hasNoise = noisy.some(({ labels }) => labels.length)
  return { clean: compare(clean), ...(hasNoise && { noisy: compare(noisy) }) }
}

const shown = [
  'accuracy',
  'accuracyInterval',
  'nll',
  'brier',
  'ece',
  'adaptiveCalibrationError',
  'classCalibrationError',
  'reliability',
]

function measuresOf(halves: readonly Float64Array[], tables: readonly ScoreTable[]): Measures {
  const [{ classes }] = tables
  const whole = joinTables(tables.map((table, half) => ({ ...table, scores: halves[half] })))
  const { scores, labels } = whole
  return measure(scores, { kind: 'logits', columns: classes, labels, names: shown }) as Measures
}
