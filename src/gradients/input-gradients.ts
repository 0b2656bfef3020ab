import { type LossSpec, lostReason, type TrainingGraph } from '../autodiff/index.js'
import { ModelError, sizeOf, type Tensor, tensor } from '../base/index.js'
import { createSession, type Device, type Session } from '../engine/index.js'
import type { LoweringOptions } from '../lowering/index.js'
import {
  type OpenedModel,
  type Preprocess,
  samplesInput,
  staticGraph,
  type Weights,
} from '../model/index.js'
import { trainingModel } from './training.js'

export interface InputGradientsOptions {
  readonly loss: LossSpec
  /** Shape of one physical sample, without the batch. */
  readonly sampleShape: readonly number[]
  readonly preprocess: Preprocess
  readonly batchNormalization?: 'batch' | 'frozen'
  /** Parameters whose values come with each call; default: the file's own are built in. */
  readonly fed?: readonly string[]
  /** Rows a session call; a larger batch is run in parts. A model of fixed batch sets it. */
  readonly rowsAtOnce?: number
  /** Fills every call up to `rowsAtOnce`: a sample's gradient has the same bits whatever it comes with. */
  readonly isSteady?: boolean
  readonly lowering?: LoweringOptions
  readonly threads?: number
  readonly device?: Device
}

/** `[rows, ...]` each; `weights` hold what is fed. */
export interface InputGradientsCall {
  readonly rows: number
  readonly samples: Float32Array
  readonly targets: Float32Array
  readonly weights?: Weights
}

interface Loaded {
  readonly training: TrainingGraph
  readonly session: Session
}

/**
 * d loss / d samples, in physical units, of the mean over each part that is run at once: what an
 * attack goes up. Throws ModelError where the gradient ends before it reaches the input.
 */
export class InputGradients {
  private readonly loaded = new Map<number, Promise<Loaded>>()

  constructor(
    private readonly opened: OpenedModel,
    private readonly options: InputGradientsOptions,
  ) {}

  /** Writes the gradient into `out`, as long as the samples. */
  async gradient(call: InputGradientsCall, out: Float32Array): Promise<void> {
    const { rows } = call
    const { kind, made } = this.opened.batch
    const { rowsAtOnce, isSteady } = this.options
    const most = (kind === 'fixed' ? made : rowsAtOnce) ?? rows
    const isFilled = kind === 'fixed' || isSteady
    const size = sizeOf(this.options.sampleShape)
    for (let row = 0; row < rows; row += most) {
      const count = Math.min(most, rows - row)
      const part = await this.part(call, row, count, isFilled ? most : count)
      out.set(part.subarray(0, count * size), row * size)
    }
  }

  async close(): Promise<void> {
    for (const loaded of this.loaded.values()) await (await loaded).session.close()
    this.loaded.clear()
  }

  /** The gradient of some rows, filled up to `filled` with rows that do not count. */
  private async part(call: InputGradientsCall, row: number, count: number, filled: number) {
    const { training, session } = await this.load(filled)
    const cut = (all: Float32Array) => {
      const width = all.length / call.rows
      const part = new Float32Array(filled * width)
      part.set(all.subarray(row * width, (row + count) * width))
      return part
    }
    const shapes = new Map(
      session.inputs.map(input => [input.name, (input.shape ?? []).map(Number)]),
    )
    // What is divided by is the same for every call of a steady one: rows of zeros count too.
    const counted = new Float32Array(filled).fill(1, 0, this.options.isSteady ? filled : count)
    const feeds: Record<string, Tensor> = {
      [samplesInput]: floats(cut(call.samples), [filled, ...this.options.sampleShape]),
      [training.targets]: floats(cut(call.targets), shapes.get(training.targets)!),
      [training.sampleWeights]: floats(counted, [filled]),
    }
    for (const name of this.options.fed ?? [])
      if (shapes.has(name)) feeds[name] = floats(call.weights!.get(name)!, shapes.get(name)!)
    const known = Object.entries(feeds).filter(([name]) => shapes.has(name))
    const wanted = training.gradients.get(samplesInput)!
    const made = await session.run(Object.fromEntries(known), { [wanted]: null })
    return made[wanted].data as Float32Array
  }

  private load(rows: number): Promise<Loaded> {
    const known = this.loaded.get(rows) ?? this.open(rows)
    this.loaded.set(rows, known)
    return known
  }

  private async open(rows: number): Promise<Loaded> {
    const { loss, sampleShape, preprocess, batchNormalization, fed, lowering } = this.options
    const graph = staticGraph(this.opened, rows, { sampleShape, preprocess })
    const { name: output, kind } = this.opened.output
    const isProbability = kind === 'probabilities' || kind === 'sigmoid'
    const wrt = [samplesInput]
    const settings = { output, isProbability, loss, wrt, feed: fed, batchNormalization }
    const { training, bytes } = trainingModel(this.opened, graph, settings, lowering)
    for (const lost of training.lost)
      throw new ModelError(`the input ${lostReason(lost)}, so there is no way up the loss.`)
    const { threads, device } = this.options
    return { training, session: await createSession(bytes, { threads, device }) }
  }
}

const floats = (data: Float32Array, shape: readonly number[]) => tensor('float32', shape, data)
