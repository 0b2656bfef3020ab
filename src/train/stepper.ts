import { type LossSpec, lostError, type TrainingGraph } from '../autodiff/index.js'
import { sizeOf, type Tensor } from '../base/index.js'
import { createSession, type Device, type Session } from '../engine/index.js'
import { trainingModel } from '../gradients/index.js'
import { type OpenedModel, type Preprocess, samplesInput, staticGraph } from '../model/index.js'
import { type Buffers, type Slot, viewOf } from './layout.js'

export interface StepperOptions {
  readonly loss: LossSpec
  readonly batchNormalization: 'batch' | 'frozen'
  readonly sampleShape: readonly number[]
  readonly preprocess: Preprocess
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
}

/** Runs forward, loss and backward in one session call; gradients land in the flat buffer. */
export class Stepper {
  private readonly sessions = new Map<number, StepSession>()

  constructor(
    private readonly opened: OpenedModel,
    private readonly buffers: Buffers,
    private readonly options: StepperOptions,
  ) {}

  /** Opens the session for a number of rows: a graph embeds its batch size. */
  async prepare(rows: number): Promise<void> {
    if (this.sessions.has(rows)) return
    this.sessions.set(rows, await openStep(this.opened, this.buffers, rows, this.options))
  }

  /** The loss of each sample, nothing else changed: gradients are left in their buffer. */
  async losses(input: StepInput): Promise<Float32Array> {
    await this.prepare(input.rows)
    return this.sessions.get(input.rows)!.losses(input)
  }

  /** The mean loss of the batch. */
  async run(input: StepInput): Promise<number> {
    await this.prepare(input.rows)
    return this.sessions.get(input.rows)!.run(input)
  }

  async close(): Promise<void> {
    for (const session of this.sessions.values()) await session.close()
    this.sessions.clear()
  }
}

async function openStep(
  opened: OpenedModel,
  buffers: Buffers,
  rows: number,
  options: StepperOptions,
): Promise<StepSession> {
  const { sampleShape, preprocess, loss, batchNormalization, threads, device } = options
  const plain = staticGraph(opened, rows, { sampleShape, preprocess })
  const { slots } = buffers.layout
  const wrt = slots.filter(slot => slot.trained).map(slot => slot.name)
  const feed = slots.filter(slot => !slot.trained).map(slot => slot.name)
  const settings = { output: opened.output.name, loss, wrt, feed, batchNormalization }
  const { training, bytes } = trainingModel(opened, plain, settings)
  if (training.lost.length) throw lostError(training.lost)
  const session = await createSession(bytes, { threads, device })
  return new StepSession(training, session, buffers, rows, sampleShape)
}

/** The training graph of one batch size, loaded, its fetches bound to the flat buffers. */
class StepSession {
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

  async run(input: StepInput): Promise<number> {
    await this.session.run(this.feeds(input), this.fetches)
    for (const { slot, updated } of this.statistics)
      viewOf(this.buffers.parameters, slot).set(updated)
    return this.loss[0]
  }

  async losses(input: StepInput): Promise<Float32Array> {
    const { losses } = this.training
    const made = await this.session.run(this.feeds(input), { [losses]: null })
    return made[losses].data as Float32Array
  }

  close(): Promise<void> {
    return this.session.close()
  }

  private feeds({ rows, samples, targets, sampleWeights, weights }: StepInput) {
    const feeds: Record<string, Tensor> = {
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
