import { createHash } from 'node:crypto'
import { basename, dirname } from 'node:path'
import { ModelError, sizeOf } from '../base/index.js'
import {
  type ExternalReader,
  externalDataIn,
  foldConstants,
  type Graph,
  liftToCanonical,
  type Model,
  readModel,
  readModelBytes,
  subgraphsOf,
  type ValueInfo,
  withBatch,
} from '../onnx/index.js'
import { type BatchReport, proveBatch } from './batch.js'
import { type Bindings, bindInputs } from './bindings.js'
import {
  dataInput,
  declaredSample,
  guessLayout,
  inOrder,
  type LayoutGuess,
  sizesFor,
} from './input.js'
import { type FoundPreprocess, findClasses, findPreprocess } from './lookup.js'
import { chosenOutput, kindOf, type ModelOutput, placesOf } from './output.js'
import { declaredSettings, findParameters, type Parameter, parameterNames } from './parameters.js'
import { widenHalf } from './widen.js'

export interface OpenOptions {
  /** Which output is measured or trained; needed where there are several. */
  output?: string
  /** Values for inputs that the data does not feed (`--input sr=16000`). */
  inputs?: Bindings
  /** The input that samples feed, where others stay open: a model to be looked at, or fed by hand. */
  input?: string
  /** A sample's physical shape, channels first: closes sizes that the file leaves open. */
  sample?: readonly number[]
  /**
   * Whether a batch that the file fixed is tried out, in this process; default true. Without it
   * the batch stays fixed.
   */
  prove?: boolean
}

/** A model ready to be measured or trained: its canonical graph, and the file it came from. */
export interface OpenedModel {
  /** File name without folders; absent for bytes. */
  readonly file?: string
  /** The file as given: export patches weights into these bytes. */
  readonly bytes: Uint8Array
  /** SHA-256 of `bytes`, hexadecimal. */
  readonly sha256: string
  /** As read, before anything was changed. */
  readonly original: Model
  /** Whether weights stand in other files beside it. */
  readonly hasExternalData: boolean
  /**
   * The canonical copy: one opset, one output, other inputs bound, constants folded, float32; batch
   * free where the file leaves it free.
   */
  readonly model: Model
  /** What takes the samples. */
  readonly input: ValueInfo
  /** Order of the input's axes, as the model tells it. */
  readonly layout: LayoutGuess
  readonly output: ModelOutput
  readonly parameters: readonly Parameter[]
  readonly batch: BatchReport
  /** What the model comes with; whoever is told otherwise says otherwise. */
  readonly found: FoundPreprocess
  /** Whether it computes with quantised numbers: such a model is measured, not trained. */
  readonly isQuantised: boolean
}

/**
 * Opens an ONNX file (path or bytes): read, lifted, inputs bound, constants folded, parameters
 * found, output recognised. Throws ModelError when it cannot be used.
 */
export async function openModel(
  source: string | Uint8Array,
  options: OpenOptions = {},
): Promise<OpenedModel> {
  if (typeof source !== 'string') return open(source, undefined, options)
  const bytes = readModelBytes(source)
  try {
    return await open(bytes, source, options)
  } catch (error) {
    if (!(error instanceof ModelError) || error.message.includes(source)) throw error
    throw new ModelError(`${source}: ${error.message}`, error.fields)
  }
}

/**
 * The preprocessing a model comes with, read before its data is opened: sizes and rates in it say
 * how samples are brought to one shape.
 */
export function modelPreprocess(
  source: string | Uint8Array,
): FoundPreprocess & { readonly classes?: readonly string[] } {
  const path = typeof source === 'string' ? source : undefined
  const bytes = typeof source === 'string' ? readModelBytes(source) : source
  const { original } = read(bytes, path)
  const found = findPreprocess(original, original.graph.inputs[0] ?? { name: '' }, path)
  return { ...found, classes: findClasses(original) }
}

async function open(
  bytes: Uint8Array,
  path: string | undefined,
  options: OpenOptions,
): Promise<OpenedModel> {
  const { original, hasExternalData } = read(bytes, path)
  const canonical = liftToCanonical(original)
  const { graph, names } = simplified(canonical, options)
  const input = dataInput(graph, options.input)
  const found = findPreprocess(original, input, path)
  const opened: Omit<OpenedModel, 'output'> = {
    file: path === undefined ? undefined : basename(path),
    bytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    original,
    hasExternalData,
    model: { ...canonical, graph },
    input,
    layout: guessLayout(graph, input),
    parameters: findParameters(graph, names, original.graph),
    batch: batchOf(input),
    found,
    isQuantised: isQuantised(graph),
  }
  const complete = { ...opened, output: outputOf(opened, names, options.sample) }
  return { ...complete, batch: await freed(complete, options) }
}

function read(bytes: Uint8Array, path: string | undefined) {
  const inFolder = path === undefined ? undefined : externalDataIn(dirname(path))
  let hasExternalData = false
  const externalData: ExternalReader | undefined =
    inFolder &&
    (part => {
      hasExternalData = true
      return inFolder(part)
    })
  return { original: readModel(bytes, { externalData }), hasExternalData }
}

/** One output, other inputs bound, 16-bit floats widened, constants folded; and what was learned. */
function simplified(model: Model, { output, inputs = {} }: OpenOptions) {
  const { graph } = model
  const bound = bindInputs(widenHalf(graph), inputs)
  const whole = { ...bound, outputs: [chosenOutput(graph, output)] }
  const names = parameterNames(whole, declaredSettings(model))
  return { graph: foldConstants(whole, { parameters: names }), names }
}

function outputOf(
  opened: Omit<OpenedModel, 'output'>,
  names: ReadonlySet<string>,
  sample?: readonly number[],
): ModelOutput {
  const { graph } = opened.model
  const closed = closedGraph(opened, names, sample) ?? graph
  const [{ name, shape = [] }] = closed.outputs
  const known = shape.slice(1).filter(size => typeof size === 'number')
  return { name, ...kindOf(closed, name), size: sizeOf(known), places: placesOf(known) }
}

/** The graph with every size known; undefined while the input leaves some open, or only a run can tell. */
function closedGraph(
  { model: { graph }, input, layout, found }: Omit<OpenedModel, 'output'>,
  names: ReadonlySet<string>,
  given?: readonly number[],
): Graph | undefined {
  const order = found.preprocess.layout ?? layout.layout
  const sample = declaredSample(input, order) ?? given
  if (!sample) return undefined
  const [first] = input.shape!
  const inputs = [{ ...input, shape: [first, ...sizesFor(input, inOrder(sample, order))] }]
  const batch = typeof first === 'number' ? first : 1
  try {
    return withBatch({ ...graph, inputs }, batch, { parameters: names })
  } catch (error) {
    // Such a model can still be measured; training it will say what is wrong.
    if (error instanceof ModelError) return undefined
    throw error
  }
}

function batchOf({ shape }: ValueInfo): BatchReport {
  const [first] = shape!
  if (typeof first === 'string') return { kind: 'free', reason: 'the file leaves the batch open' }
  return { kind: 'fixed', made: first, reason: `the file fixes the batch to ${first}` }
}

async function freed(
  opened: OpenedModel,
  { prove = true, sample }: OpenOptions,
): Promise<BatchReport> {
  const { batch, input, found, layout } = opened
  if (opened.model.graph.inputs.length > 1) return batch
  const declared = declaredSample(input, found.preprocess.layout ?? layout.layout)
  const sampleShape = declared ?? sample
  if (!prove || batch.kind === 'free' || !sampleShape) return batch
  return proveBatch(opened, { sampleShape, preprocess: found.preprocess })
}

const quantising = /^(QLinear|Quantize|Dequantize|DynamicQuantize)|Integer$/

function isQuantised(graph: Graph): boolean {
  return graph.nodes.some(node => quantising.test(node.op) || subgraphsOf(node).some(isQuantised))
}
