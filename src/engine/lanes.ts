/** One model in this thread and in worker threads, so that answers asked for together are worked out side by side. */
import { answerRows, type RowModel } from './rows.js'
import { createSession, type Session } from './session.js'
import { canStart, openThread, type SessionThread } from './thread.js'

/** One thread feeds them all: it is busy with about so many. */
const mostLanes = 8
/** Batches a worker has, so that it does not run out while this thread works on one of its own. */
const fill = 3
/** Bytes that all copies of the model together may take. */
const mostBytes = 2 ** 29

/** How many sessions a model of so many bytes of weights is to have on these threads; 1 is a plain session. */
export function lanesFor(bytes: number, threads: number): number {
  if (!canStart) return 1
  return Math.max(1, Math.min(threads, mostLanes, Math.floor(mostBytes / bytes)))
}

interface Lane {
  readonly session: Session
  /** Answers asked for and not yet given. */
  load: number
}

export class Lanes {
  private scratch = new Float32Array(0)
  private isBusy = false

  private constructor(
    private readonly model: RowModel,
    private readonly threads: readonly SessionThread[],
    private readonly own: Session,
    private readonly lanes: readonly Lane[],
  ) {}

  /**
   * `count` sessions that share `threads`, one of them here; resolves when all are loaded. Throws
   * ModelError where one does not load.
   */
  static async open(model: RowModel, count: number, threads: number): Promise<Lanes> {
    const each = Math.max(1, Math.floor(threads / count))
    const others = Array.from({ length: count - 1 }, openThread)
    try {
      const opening = others.map(thread => thread.createSession(model.bytes, each))
      const lanes = (await Promise.all(opening)).map(session => ({ session, load: 0 }))
      const own = await createSession(model.bytes, { threads: each })
      return new Lanes(model, others, own, lanes)
    } catch (error) {
      await Promise.all(others.map(thread => thread.close()))
      throw error
    }
  }

  /** Answers worth asking for at once: more keep no one busier. */
  get width(): number {
    return fill * (this.lanes.length + 1)
  }

  /** Answers `[rows, width]`; the samples are copied before this returns. */
  async answer(samples: Float32Array, rows: number): Promise<Float32Array> {
    const idlest = this.lanes.reduce((a, b) => (b.load < a.load ? b : a))
    if (idlest.load >= fill && !this.isBusy) return this.answerHere(samples, rows)
    idlest.load++
    try {
      return await answerRows(idlest.session, this.model, samples, rows)
    } finally {
      idlest.load--
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map(thread => thread.close()))
    await this.own.close()
  }

  private async answerHere(samples: Float32Array, rows: number): Promise<Float32Array> {
    this.isBusy = true
    if (this.scratch.length < samples.length) this.scratch = new Float32Array(samples.length)
    this.scratch.set(samples)
    try {
      return await answerRows(this.own, this.model, this.scratch.subarray(0, samples.length), rows)
    } finally {
      this.isBusy = false
    }
  }
}
