/** Models in this thread and in worker threads, so that answers asked for together are worked out side by side. */
import type { Tensor } from '../base/index.js'
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
  /** One a model. */
  readonly sessions: readonly Session[]
  /** Answers asked for and not yet given. */
  load: number
}

/** Which of the models, the first by default, and what else it is fed. */
interface Asked {
  readonly model?: number
  readonly fed?: Readonly<Record<string, Tensor>>
}

export class Lanes {
  private scratch = new Float32Array(0)
  private isBusy = false

  private constructor(
    private readonly models: readonly RowModel[],
    private readonly threads: readonly SessionThread[],
    private readonly own: readonly Session[],
    private readonly lanes: readonly Lane[],
  ) {}

  /**
   * `count` sessions of each model that share `threads`, one of them here; resolves when all are
   * loaded. Throws ModelError where one does not load.
   */
  static async open(models: readonly RowModel[], count: number, threads: number): Promise<Lanes> {
    const each = Math.max(1, Math.floor(threads / count))
    const others = Array.from({ length: count - 1 }, openThread)
    try {
      const opening = others.map(async thread => ({
        sessions: await opened(models, bytes => thread.createSession(bytes, each)),
        load: 0,
      }))
      const lanes = await Promise.all(opening)
      const own = await opened(models, bytes => createSession(bytes, { threads: each }))
      return new Lanes(models, others, own, lanes)
    } catch (error) {
      await Promise.all(others.map(thread => thread.close()))
      throw error
    }
  }

  /** Answers worth asking for at once: more keep no one busier. */
  get width(): number {
    return fill * (this.lanes.length + 1)
  }

  /** Answers `[rows, width]` of one of the models; the samples are copied before this returns. */
  async answer(samples: Float32Array, rows: number, asked: Asked = {}): Promise<Float32Array> {
    const idlest = this.lanes.reduce((a, b) => (b.load < a.load ? b : a))
    if (idlest.load >= fill && !this.isBusy) return this.answerHere(samples, rows, asked)
    const { model = 0, fed } = asked
    idlest.load++
    try {
      return await answerRows(idlest.sessions[model], this.models[model], samples, rows, fed)
    } finally {
      idlest.load--
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map(thread => thread.close()))
    for (const session of this.own) await session.close()
  }

  private async answerHere(
    samples: Float32Array,
    rows: number,
    { model = 0, fed }: Asked,
  ): Promise<Float32Array> {
    this.isBusy = true
    if (this.scratch.length < samples.length) this.scratch = new Float32Array(samples.length)
    this.scratch.set(samples)
    const kept = this.scratch.subarray(0, samples.length)
    try {
      return await answerRows(this.own[model], this.models[model], kept, rows, fed)
    } finally {
      this.isBusy = false
    }
  }
}

/** A session a model, one after another. */
async function opened(
  models: readonly RowModel[],
  open: (bytes: Uint8Array) => Promise<Session>,
): Promise<Session[]> {
  const sessions: Session[] = []
  for (const { bytes } of models) sessions.push(await open(bytes))
  return sessions
}
