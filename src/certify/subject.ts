import { DataError, sizeOf } from '../base/index.js'
import { type DataOptions, type Dataset, inClasses, openData } from '../data/index.js'
import { type Device, threadsAvailable } from '../engine/index.js'
import {
  type Bindings,
  FastPredictor,
  modelPredictor,
  modelPreprocess,
  type OutputKind,
  openModel,
  type Predictor,
  type Preprocess,
  physicalOptions,
  requireOneAnswer,
} from '../model/index.js'
import type { Certificate } from '../record/index.js'
import type { Subject } from './samples.js'
import type { Classify } from './votes.js'

/** A classifier and the data it is certified on. */
export interface SubjectOptions extends DataOptions {
  /** An ONNX file, path or bytes. */
  model: string | Uint8Array
  /** DATA: a name with an optional split, a path, or an opened data set. */
  data: string | Dataset
  preprocess?: Preprocess
  /** Which output, where the model has several. */
  output?: string
  /** Values for inputs that the data does not feed. */
  inputs?: Bindings
  threads?: number
  device?: Device
}

export interface OpenedSubject {
  readonly data: Dataset
  readonly seed: number
  readonly threads: number
  readonly device: Device
  readonly facts: Certificate['model']
  /** What the classes are called, where the data or the model name them. */
  readonly classes?: readonly string[]
  /** Whether labels are the model's own clean answers, the data having none. */
  readonly ownLabels: boolean
  readonly classify: Classify
  /** Calls of `classify` that may be under way at once. */
  readonly width: number
  /** Every sample with its label, in the data's order. */
  subjects(): Promise<Subject[]>
  /** The number reports give the sample at a position: its row in the source, where it has one. */
  numberAt(position: number): number
  /** One sample by that number: its values, and its id for noise keys. */
  sample(number: number): Promise<{ values: Float32Array; id: number }>
  close(): Promise<void>
}

/** Noisy copies of each sample, and how many of them are classified at once. */
interface Copies {
  readonly count: number
  readonly batch: number
}

/** Opens both; throws DataError for what is no classification. */
export async function openSubject(options: SubjectOptions, copies: Copies): Promise<OpenedSubject> {
  const { seed = 0, threads = threadsAvailable(), device = 'cpu', preprocess } = options
  const own = modelPreprocess(options.model)
  const data = inClasses(await openSet(options, own.preprocess), own.classes)
  if (data.targets)
    throw new DataError(`data: ${data.name} has targets, not classes; certificates are of classes.`)
  const { output, inputs } = options
  const opened = await openModel(options.model, { output, inputs, sample: data.shape })
  requireOneAnswer(opened.output, 'certificates')
  const predictor = await modelPredictor(opened, {
    sampleShape: data.shape,
    preprocess: preprocess ?? opened.found.preprocess,
    threads,
    device,
  })
  const read = reader(data)
  const calls = data.length * Math.ceil(copies.count / copies.batch)
  const fast = new FastPredictor(predictor, calls)
  const classify: Classify = async (batch, count) =>
    classesOf(await fast.predict(batch, count), predictor)
  const order = Array.from({ length: data.length }, (_, position) => position)
  const positions = new Map(order.map(position => [numberOf(data, position), position]))
  return {
    data,
    seed,
    threads,
    device,
    facts: {
      file: opened.file ?? 'bytes',
      sha256: opened.sha256,
      parameters: opened.parameters.reduce((sum, p) => sum + p.length, 0),
      classes: Math.max(2, opened.output.size),
    },
    ownLabels: data.labels === undefined,
    classes: data.classes ?? own.classes,
    classify,
    get width() {
      return fast.width
    },
    subjects: () => subjectsOf(data, read, classify),
    numberAt: position => numberOf(data, position),
    sample: async number => {
      const position = positions.get(number) as number
      return { values: await read(position), id: data.id(position) }
    },
    async close() {
      await fast.close()
      await predictor.close()
    },
  }
}

/** The data, brought to one shape as was said, or as the model's own preprocessing says. */
function openSet(
  { data, preprocess, ...options }: SubjectOptions,
  own: Preprocess,
): Promise<Dataset> | Dataset {
  if (typeof data !== 'string') return data
  const physical = physicalOptions(preprocess ?? own)
  const { split, format, label, group, limit, first, skip, seed } = options
  const asked = { split, format, label, group, limit, first, skip, seed }
  return openData(data, { preferSplit: 'test', ...physical, ...asked })
}

function reader(data: Dataset): (position: number) => Promise<Float32Array> {
  const size = sizeOf(data.shape)
  return async position => {
    const out = new Float32Array(size)
    await data.read(position, out)
    return out
  }
}

/** A subset keeps its source's row numbers; samples that are files are counted. */
function numberOf(data: Dataset, position: number): number {
  const identity = data.identity(position)
  return /^\d{1,15}$/.test(identity) ? Number(identity) : position
}

async function subjectsOf(
  data: Dataset,
  read: (position: number) => Promise<Float32Array>,
  classify: Classify,
): Promise<Subject[]> {
  const made: Subject[] = []
  for (let position = 0; position < data.length; position++) {
    const label = data.labels?.[position] ?? (await classify(await read(position), 1))[0]
    if (label >= 0) made.push({ index: numberOf(data, position), label })
  }
  return made
}

/** The class of each row of outputs, the first of equals; -1 for a row that holds no numbers. */
export function classesOf(
  outputs: Float32Array,
  { outputSize, outputKind }: Pick<Predictor, 'outputSize'> & { outputKind: OutputKind },
): Int32Array {
  const classes = new Int32Array(outputs.length / outputSize)
  // One number is the second of two classes: its logit or its probability.
  const threshold = outputKind === 'logits' ? 0 : 0.5
  for (let row = 0; row < classes.length; row++) {
    const from = row * outputSize
    const best = largest(outputs, from, from + outputSize)
    if (best < 0) classes[row] = -1
    else classes[row] = outputSize === 1 ? Number(outputs[from] > threshold) : best - from
  }
  return classes
}

/** Where the largest is, the first of equals; -1 where one is not a number. */
function largest(values: Float32Array, from: number, to: number): number {
  let best = from
  for (let k = from; k < to; k++) {
    if (Number.isNaN(values[k])) return -1
    if (values[k] > values[best]) best = k
  }
  return best
}
