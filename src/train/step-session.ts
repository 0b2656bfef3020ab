import { type LossSpec, lostError, type TrainingGraph } from '../autodiff/index.js'
import { InternalError, sizeOf, type Tensor } from '../base/index.js'
import { createSession, type Device, type Session, type SessionThread } from '../engine/index.js'
import { trainingModel } from '../gradients/index.js'
import type { LoweringOptions } from '../lowering/index.js'
import {
  insertActivationNoise,
  type OpenedModel,
  type Preprocess,
  samplesInput,
  staticGraph,
} from '../model/index.js'
import type { ActivationRequest } from '../noise/index.js'
import type { Graph } from '../onnx/index.js'
import { type ActivationDraws, NoisePorts } from './activations.js'
import { type Buffers, type Slot, viewOf } from './layout.js'

/** What the training graph of a step is made of. */
export interface StepGraphOptions {
  readonly loss: LossSpec
  readonly batchNormalization: 'batch' | 'frozen'
  readonly sampleShape: readonly number[]
  readonly preprocess: Preprocess
  readonly lowering?: LoweringOptions
  /** Noise on activations, by name: what a noisy graph has ports for. */
  readonly activations?: ReadonlyMap<string, ActivationRequest>
  /** Keeps what the network answers, for `logits`. */
  readonly keepsLogits?: boolean
  readonly threads?: number
  readonly device?: Device
}

/** What one step reads, `[rows, ...]`. */
export interface StepInput {
  readonly rows: number
  readonly samples: Float32Array
  readonly targets: Float32Array
  readonly sampleWeights: Float32Array
  /** Where the weights are read: the clean buffer or the noisy one. */
  readonly weights: Float32Array
  /** The noise on activations that acts on this batch; without it the plain graph runs. */
  readonly activations?: ActivationDraws
  /** A look aside: running statistics stay as they are. */
  readonly isTrial?: boolean
}

/** What a session is there for. */
export type Wanted = 'gradients' | 'losses'

/** Differentiates and lowers the model for so many rows, and loads it, on this thread or another. */
export async function openStep(
  opened: OpenedModel,
  buffers: Buffers,
  { rows, wanted }: { readonly rows: number; readonly wanted: Wanted },
  options: StepGraphOptions & { readonly thread?: SessionThread },
): Promise<StepSession> {
  const { sampleShape, preprocess, loss, batchNormalization, threads, device, lowering } = options
  const plain = staticGraph(opened, rows, { sampleShape, preprocess })
  const { slots } = buffers.layout
  const isMoved = (slot: Slot) => slot.trained && wanted === 'gradients'
  const wrt = slots.filter(isMoved).map(slot => slot.name)
  const feed = slots.filter(slot => !isMoved(slot)).map(slot => slot.name)
  const { name: output, kind } = opened.output
  const isProbability = kind === 'probabilities' || kind === 'sigmoid'
  const settings = { output, isProbability, loss, wrt, feed, batchNormalization }
  const { graph, noise } = noisyGraph(plain, options.activations)
  const { training, bytes } = trainingModel(opened, graph, settings, lowering)
  if (training.lost.length) throw lostError(training.lost)
  if (options.thread && training.statistics.length)
    throw new InternalError('batch statistics of a part are not those of the batch')
  const session = options.thread
    ? await options.thread.createSession(bytes)
    : await createSession(bytes, { threads, device })
  const made = new StepSession(training, session, buffers, rows, sampleShape, noise)
  if (options.keepsLogits) made.keepLogits()
  return made
}

/** The graph with a port for every activation noise, and what feeds them. */
function noisyGraph(plain: Graph, requests: StepGraphOptions['activations']) {
  if (!requests) return { graph: plain }
  const options = { purpose: 'gradient' } as const
  const { graph, ports } = insertActivationNoise(plain, [...requests.values()], options)
  return { graph, noise: NoisePorts.of(ports, [...requests.keys()]) }
}

/** The training graph of one batch size, loaded, its fetches bound to the flat buffers. */
export class StepSession {
  logits?: Float32Array
  private readonly loss = new Float32Array(1)
  private readonly fetches: Record<string, Tensor> = {}
  private readonly targetShape: readonly number[]
  /** Slots that the session reads, and the statistics it computes anew. */
  private readonly read: readonly Slot[]
  private readonly statistics: readonly { readonly slot: Slot; readonly updated: Float32Array }[]

  constructor(
    private readonly training: TrainingGraph,
    private readonly session: Session,
    private readonly buffers: Buffers,
    rows: number,
    private readonly sampleShape: readonly number[],
    private readonly noise?: NoisePorts,
  ) {
    const { slots } = buffers.layout
    const inputs = new Map(session.inputs.map(input => [input.name, input.shape ?? []]))
    this.targetShape = inputs.get(training.targets)?.map(Number) ?? [rows]
    this.read = slots.filter(slot => inputs.has(slot.name))
    this.fetches[training.loss] = floats([], this.loss)
    for (const slot of slots) this.bindGradient(slot)
    this.statistics = training.statistics.map(({ name, updated }) => {
      const slot = slots.find(s => s.name === name)!
      const into = new Float32Array(slot.length)
      this.fetches[updated] = floats(slot.shape, into)
      return { slot, updated: into }
    })
  }

  /** From now on each run leaves in `logits` what the network answered. */
  keepLogits(): void {
    const info = this.session.outputs.find(({ name }) => name === this.training.logits)!
    const shape = (info.shape ?? []).map(Number)
    this.logits = new Float32Array(sizeOf(shape))
    this.fetches[this.training.logits] = floats(shape, this.logits)
  }

  /** `row` is where in the batch this part begins. */
  async run(input: StepInput, row: number): Promise<number> {
    await this.session.run(this.feeds(input, row), this.fetches)
    if (input.isTrial) return this.loss[0]
    for (const { slot, updated } of this.statistics)
      viewOf(this.buffers.parameters, slot).set(updated)
    return this.loss[0]
  }

  async losses(input: StepInput, row: number): Promise<Float32Array> {
    const { losses } = this.training
    const made = await this.session.run(this.feeds(input, row), { [losses]: null })
    return made[losses].data as Float32Array
  }

  close(): Promise<void> {
    return this.session.close()
  }

  private feeds(input: StepInput, row: number) {
    const { rows, samples, targets, sampleWeights, weights, activations } = input
    if (activations) this.noise?.fill(activations, row, rows)
    const feeds: Record<string, Tensor> = {
      ...this.noise?.feeds(),
      [samplesInput]: floats([rows, ...this.sampleShape], samples),
      [this.training.targets]: floats(this.targetShape, targets),
      [this.training.sampleWeights]: floats([rows], sampleWeights),
    }
    for (const slot of this.read) feeds[slot.name] = floats(slot.shape, viewOf(weights, slot))
    return feeds
  }

  private bindGradient(slot: Slot): void {
    const gradient = this.training.gradients.get(slot.name)
    if (slot.trained && gradient)
      this.fetches[gradient] = floats(slot.shape, viewOf(this.buffers.gradients, slot))
  }
}

/** A tensor over the start of an array. */
function floats(shape: readonly number[], data: Float32Array): Tensor {
  const length = sizeOf(shape)
  return { dtype: 'float32', shape, data: data.length === length ? data : data.subarray(0, length) }
}
