import { type LossSpec, lostError, resolveLoss } from '../autodiff/index.js'
import { expected, isFloat, ModelError, type Tensor, tensor, UsageError } from '../base/index.js'
import { createSession, type Device } from '../engine/index.js'
import type { LoweringOptions } from '../lowering/index.js'
import { type OpenedModel, openModel, widenTensor } from '../model/index.js'
import { type Graph, type ValueInfo, withBatch } from '../onnx/index.js'
import { readTargets } from './targets.js'
import { trainingModel } from './training.js'

export interface GradientsOptions {
  /** A tensor for every input of the model, as the file itself wants them: `[batch, ...]`. */
  readonly inputs: Readonly<Record<string, Tensor>>
  /**
   * What the output should have been: of the output's shape (one-hot or soft for classes), or one
   * whole number a sample, the class.
   */
  readonly targets: Tensor
  /** One of `temper list losses`, alone or with its parameters. */
  readonly loss: LossSpec
  /** What to differentiate by: all weights (default), all float inputs, or values by name. */
  readonly wrt?: 'parameters' | 'inputs' | readonly string[]
  /** Which output, where the model has several. */
  readonly output?: string
  /** Which operators the graph is made of; default: standard ones. */
  readonly engine?: LoweringOptions
  readonly threads?: number
  readonly device?: Device
}

export interface GradientsResult {
  /** The mean over the batch. */
  readonly loss: number
  /** d loss / d value, in the value's shape, by name; float32. */
  readonly gradients: Map<string, Tensor>
}

/**
 * Loss and gradients of any ONNX model (path or bytes) on one batch, means over the batch. The model
 * is as it runs: running statistics are used, Dropout is off. Runs in this process.
 * Throws ModelError where a value asked for loses its gradient, naming operator and node.
 */
export async function gradients(
  model: string | Uint8Array,
  options: GradientsOptions,
): Promise<GradientsResult> {
  const { inputs, output, loss, wrt = 'parameters', engine } = options
  refuseMemory(loss)
  const batch = batchOf(inputs)
  const opened = await openForHand(model, inputs, output, batch)
  const graph = staticGraph(opened, inputs, batch)
  const names = namesOf(wrt, opened, graph)
  const { name, kind } = opened.output
  const isProbability = kind === 'probabilities' || kind === 'sigmoid'
  const settings = { output: name, isProbability, loss, wrt: names }
  const { training, bytes } = trainingModel(opened, graph, settings, engine)
  if (training.lost.length) throw lostError(training.lost, 'Leave out of `wrt`:')
  const shape = training.graph.inputs.find(i => i.name === training.targets)!.shape as number[]
  const feeds: Record<string, Tensor> = {
    ...floatFeeds(inputs, opened),
    ...weightFeeds(names, opened),
    [training.targets]: readTargets(options.targets, shape),
    [training.sampleWeights]: tensor('float32', [shape[0]], new Float32Array(shape[0]).fill(1)),
  }
  const session = await createSession(bytes, options)
  try {
    const known = new Set(session.inputs.map(({ name }) => name))
    const fed = Object.fromEntries(Object.entries(feeds).filter(([name]) => known.has(name)))
    const results = await session.run(fed)
    const found = names.map(name => [name, results[training.gradients.get(name)!]] as const)
    const [value] = results[training.loss].data as Float32Array
    return { loss: value, gradients: new Map(found) }
  } finally {
    await session.close()
  }
}

/** One batch has no earlier epochs. */
function refuseMemory(loss: LossSpec): void {
  const { row, kind } = resolveLoss(loss)
  if (row.remembers)
    throw new UsageError(
      `gradients: ${kind} depends on the answers of earlier epochs; it is a loss of training runs.`,
    )
}

function batchOf(inputs: GradientsOptions['inputs']): number {
  const first = Object.values(inputs).find(({ dtype, shape }) => isFloat(dtype) && shape.length)
  if (!first)
    throw new UsageError(expected('gradients: inputs', 'a float tensor of [batch, ...]', 'none'))
  return first.shape[0]
}

/** The model with whole-number inputs bound, so that what they decide is decided; floats stay open. */
async function openForHand(
  model: string | Uint8Array,
  inputs: GradientsOptions['inputs'],
  output: string | undefined,
  batch: number,
): Promise<OpenedModel> {
  const entries = Object.entries(inputs)
  const bound = Object.fromEntries(entries.filter(([, { dtype }]) => !isFloat(dtype)))
  const input = entries.find(([, { dtype, shape }]) => isFloat(dtype) && shape.length)![0]
  const opened = await openModel(model, { output, inputs: bound, input, prove: batch > 1 })
  const open = opened.model.graph.inputs
  const missing = open.filter(({ name }) => !Object.hasOwn(inputs, name))
  const unknown = entries.find(([n]) => !Object.hasOwn(bound, n) && !open.some(i => i.name === n))
  if (missing.length || unknown)
    throw new ModelError(
      expected(
        'gradients: inputs',
        `a tensor for each of ${open.map(({ name }) => name).join(', ')}`,
        entries.map(([name]) => name).join(', '),
      ),
    )
  return opened
}

/** Every shape as given; a batch that the file fixes is changed where that was proved sound. */
function staticGraph(opened: OpenedModel, given: GradientsOptions['inputs'], batch: number): Graph {
  const { model, parameters } = opened
  const inputs = model.graph.inputs.map(info => ({ ...info, shape: sizesOf(info, given) }))
  const isSame = inputs.every(({ name, shape }) => shape[0] === given[name].shape[0])
  const { kind, made, reason } = opened.batch
  if (!isSame && kind === 'fixed')
    throw new ModelError(`gradients: expected a batch of ${made}, received ${batch}: ${reason}.`)
  const names = new Set(parameters.map(p => p.name))
  const size = isSame ? (inputs.find(i => i.shape.length)?.shape[0] ?? batch) : batch
  return withBatch({ ...model.graph, inputs }, size, { parameters: names })
}

function sizesOf({ name, shape }: ValueInfo, given: GradientsOptions['inputs']): number[] {
  const sizes = given[name].shape
  const fits =
    shape?.length === sizes.length &&
    shape.every((size, i) => i === 0 || typeof size === 'string' || size === sizes[i])
  if (!fits)
    throw new ModelError(expected(`gradients: input "${name}"`, `[${shape}]`, `[${sizes}]`))
  return shape.map((size, i) => (typeof size === 'string' ? sizes[i] : size))
}

function namesOf(
  wrt: NonNullable<GradientsOptions['wrt']>,
  { parameters }: OpenedModel,
  graph: Graph,
): readonly string[] {
  if (wrt === 'parameters')
    return parameters.filter(({ role }) => role !== 'statistic').map(({ name }) => name)
  return wrt === 'inputs' ? graph.inputs.map(({ name }) => name) : wrt
}

function floatFeeds(inputs: GradientsOptions['inputs'], { model }: OpenedModel) {
  const open = model.graph.inputs.map(({ name }) => [name, widenTensor(inputs[name])] as const)
  return Object.fromEntries(open)
}

function weightFeeds(names: readonly string[], { parameters }: OpenedModel) {
  const asked = parameters.filter(({ name }) => names.includes(name))
  return Object.fromEntries(asked.map(({ name, value }) => [name, value]))
}
