import { openThread, type SessionThread } from '../engine/index.js'
import { InputGradients } from '../gradients/index.js'
import type { Kernels } from '../kernels/index.js'
import type { OpenedModel } from '../model/index.js'
import { type Buffers, viewOf } from './layout.js'
import {
  openStep,
  type StepGraphOptions,
  type StepInput,
  type StepSession,
  type Wanted,
} from './step-session.js'

export interface StepperOptions extends StepGraphOptions {
  /** Rows a session call; a larger batch is run in parts whose gradients add up. Default: all. */
  readonly rowsAtOnce?: number
  /**
   * Sessions of one thread each that share the rows of a batch, side by side; their gradients are
   * averaged in the rows' order. Default 1: one session with all threads. With `rowsAtOnce`: 1.
   */
  readonly sessions?: number
  /** Rows that must not be parted: the copies of a sample. Default 1. */
  readonly rowsTogether?: number
}

/** A part of a batch. */
interface Part {
  readonly input: StepInput
  /** The row it begins at. */
  readonly row: number
  /** Which of the sessions beside one another runs it; 0 on this thread. */
  readonly place: number
}

/** A part and how much it counts in the mean. */
interface Weighed {
  readonly part: Part
  readonly share: number
}

/** Runs forward, loss and backward in one session call a part; gradients land in the flat buffer. */
export class Stepper {
  private readonly sessions = new Map<string, StepSession>()
  private inputGradients?: InputGradients
  /** Where parts beside the first run; only where sessions share a batch. */
  private readonly threads: readonly SessionThread[]

  constructor(
    private readonly opened: OpenedModel,
    private readonly buffers: Buffers,
    private readonly options: StepperOptions,
    private readonly kernels: Pick<Kernels, 'addScaled' | 'scaleAdd'>,
  ) {
    const { sessions = 1, rowsAtOnce } = options
    this.threads = Array.from({ length: rowsAtOnce ? 0 : sessions - 1 }, openThread)
  }

  /** The loss of each sample, nothing else changed; the graph behind it computes no gradient. */
  async losses(input: StepInput): Promise<Float32Array> {
    const losses = new Float32Array(input.rows)
    const parts = this.parts(input)
    const found = await this.each(parts, 'losses', (session, part) =>
      session.losses(part.input, part.row),
    )
    for (const [i, { input: own, row }] of parts.entries()) {
      losses.set(found[i].subarray(0, Math.min(own.rows, input.rows - row)), row)
    }
    return losses
  }

  /**
   * The mean loss of the batch. Where it is run in parts:
   * mean over the batch = sum over parts of (weight of the part / weight of all) mean of the part.
   */
  async run(input: StepInput): Promise<number> {
    const parts = this.parts(input)
    if (parts.length === 1) return this.runPart(parts[0], input.rows)
    const total = sumOf(input.sampleWeights, input.rows)
    const weighed = parts
      .map(part => ({ part, share: sumOf(part.input.sampleWeights, part.input.rows) / total }))
      .filter(({ share }) => share !== 0)
    return this.threads.length
      ? this.runBeside(weighed, input.rows)
      : this.runInTurn(weighed, input.rows)
  }

  /** Work on each part: in turn, or all at once where they have threads; the first, which blocks this one, is begun last. */
  private async each<T>(
    parts: readonly Part[],
    wanted: Wanted,
    work: (session: StepSession, part: Part) => Promise<T>,
  ): Promise<T[]> {
    const made: T[] = []
    if (!this.threads.length) {
      for (const part of parts) made.push(await work(await this.session(part, wanted), part))
      return made
    }
    const sessions: StepSession[] = []
    for (const part of parts) sessions.push(await this.session(part, wanted))
    const begun = parts.map((part, i) => ({ part, session: sessions[i] })).reverse()
    return (await Promise.all(begun.map(({ part, session }) => work(session, part)))).reverse()
  }

  private async runInTurn(parts: readonly Weighed[], rows: number): Promise<number> {
    const { gradients, partial } = this.buffers
    const [sum] = partial
    sum.fill(0)
    let loss = 0
    for (const { part, share } of parts) {
      loss += share * (await this.runPart(part, rows))
      this.kernels.addScaled(sum, gradients, sum, share)
    }
    gradients.set(sum)
    return loss
  }

  private async runBeside(parts: readonly Weighed[], rows: number): Promise<number> {
    const losses = await this.each(
      parts.map(({ part }) => part),
      'gradients',
      (session, part) => this.runOn(session, part, rows),
    )
    const { gradients } = this.buffers
    for (const [i, { part, share }] of parts.entries()) {
      const own = this.gradientsOf(part)
      if (i === 0) this.kernels.scaleAdd(own, gradients, share, 0)
      else this.kernels.addScaled(gradients, own, gradients, share)
    }
    return losses.reduce((sum, loss, i) => sum + parts[i].share * loss, 0)
  }

  private gradientsOf({ place }: Part): Float32Array {
    return place ? this.buffers.partial[place - 1] : this.buffers.gradients
  }

  /** What the network answered in the last run, `[rows, outputs]`, before a final Softmax. */
  logits: Float32Array = new Float32Array(0)

  private async runPart(part: Part, rows: number): Promise<number> {
    return this.runOn(await this.session(part, 'gradients'), part, rows)
  }

  private async runOn(session: StepSession, part: Part, rows: number): Promise<number> {
    const { input, row } = part
    const loss = await session.run(input, row)
    if (session.logits) this.keepLogits(session.logits, input.rows, row, rows)
    return loss
  }

  /** Rows that fill up a part are left out. */
  private keepLogits(logits: Float32Array, made: number, row: number, rows: number): void {
    const width = logits.length / made
    if (this.logits.length !== rows * width) this.logits = new Float32Array(rows * width)
    this.logits.set(logits.subarray(0, Math.min(made, rows - row) * width), row * width)
  }

  /** Writes the gradient of the loss by the samples into `out`; nothing else is changed. */
  async inputGradient({ weights, ...input }: StepInput, out: Float32Array): Promise<void> {
    const { slots } = this.buffers.layout
    this.inputGradients ??= new InputGradients(this.opened, {
      ...this.options,
      fed: slots.map(({ name }) => name),
    })
    const fed = new Map(slots.map(slot => [slot.name, viewOf(weights, slot)]))
    const { rows, samples, targets, sampleWeights } = input
    const width = targets.length / sampleWeights.length
    const call = { rows, samples, targets: targets.subarray(0, rows * width), weights: fed }
    await this.inputGradients.gradient(call, out)
  }

  async close(): Promise<void> {
    await this.inputGradients?.close()
    for (const session of this.sessions.values()) await session.close()
    this.sessions.clear()
    for (const thread of this.threads) await thread.close()
  }

  /** The session for a number of rows, opened where it is new: a graph embeds its batch size. */
  private async session(part: Part, wanted: Wanted): Promise<StepSession> {
    const { rows, activations } = part.input
    const { place } = part
    const key = `${place} ${rows} ${wanted}${activations ? ' noisy' : ''}`
    const known = this.sessions.get(key)
    if (known) return known
    const options = { ...this.options, ...(!activations && { activations: undefined }) }
    const buffers = { ...this.buffers, gradients: this.gradientsOf(part) }
    const opened = await openStep(
      this.opened,
      buffers,
      { rows, wanted },
      {
        ...options,
        ...(this.threads.length && { threads: 1, thread: this.threads[place - 1] }),
      },
    )
    this.sessions.set(key, opened)
    return opened
  }

  /** The batch in parts: of `rowsAtOnce`, or one a session. */
  private parts(input: StepInput): Part[] {
    const {
      rowsTogether = 1,
      rowsAtOnce = rowsTogether * Math.ceil(input.rows / rowsTogether / (this.threads.length + 1)),
    } = this.options
    const count = Math.ceil(input.rows / rowsAtOnce)
    if (count === 1 && !this.mustPad(input.rows)) return [{ input, row: 0, place: 0 }]
    return Array.from({ length: count }, (_, i) => {
      const row = i * rowsAtOnce
      const rows = Math.min(rowsAtOnce, input.rows - row)
      return { row, place: this.threads.length && i, input: this.part(input, row, rows) }
    })
  }

  /** Some rows of a batch; a model of fixed batch gets its size, filled up with rows that do not count. */
  private part(input: StepInput, row: number, rows: number): StepInput {
    const cut = (all: Float32Array) => {
      const size = all.length / input.sampleWeights.length
      return all.subarray(row * size, (row + rows) * size)
    }
    const { samples, targets, sampleWeights, weights, activations, isTrial } = input
    const kept = { weights, activations, isTrial }
    const part = { rows, samples: cut(samples), targets: cut(targets), ...kept }
    const own = { ...part, sampleWeights: cut(sampleWeights) }
    return this.mustPad(rows) ? padded(own, this.opened.batch.made!) : own
  }

  private mustPad(rows: number): boolean {
    const { kind, made } = this.opened.batch
    return kind === 'fixed' && rows !== made
  }
}

function sumOf(values: Float32Array, count: number): number {
  let sum = 0
  for (let i = 0; i < count; i++) sum += values[i]
  return sum
}

function padded(
  { rows, samples, targets, sampleWeights, ...kept }: StepInput,
  made: number,
): StepInput {
  const fill = (part: Float32Array) => {
    const filled = new Float32Array((part.length / rows) * made)
    filled.set(part)
    return filled
  }
  return {
    ...{ ...kept, rows: made, samples: fill(samples), targets: fill(targets) },
    sampleWeights: fill(sampleWeights),
  }
}
