/** One model in this thread and in worker threads, so that answers asked for together are worked out side by side. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { InternalError, ModelError, type TemperError } from '../base/index.js'
import type { LaneAsk, LaneData, LaneReady, LaneTold } from './lane.js'
import { answerRows, type RowModel } from './rows.js'
import { createSession, type Session } from './session.js'

const entry = new URL('./lane.js', import.meta.url)
/** A checkout that runs its TypeScript directly has no such file. */
const canStart = existsSync(fileURLToPath(entry))

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

interface Pending {
  resolve(answers: Float32Array): void
  reject(error: TemperError): void
}

export class Lanes {
  private readonly free: ArrayBuffer[] = []
  private asked = 0
  private isBusy = false

  private constructor(
    private readonly model: RowModel,
    private readonly own: Session,
    private readonly lanes: readonly Lane[],
  ) {}

  /**
   * `count` sessions that share `threads`, one of them here; resolves when all are loaded. Throws
   * ModelError where one does not load.
   */
  static async open(model: RowModel, count: number, threads: number): Promise<Lanes> {
    const each = Math.max(1, Math.floor(threads / count))
    const lanes = Array.from({ length: count - 1 }, () => new Lane({ model, threads: each }))
    try {
      await Promise.all(lanes.map(lane => lane.ready))
      return new Lanes(model, await createSession(model.bytes, { threads: each }), lanes)
    } catch (error) {
      await Promise.all(lanes.map(lane => lane.close()))
      throw error
    }
  }

  /** Answers worth asking for at once: more keep no one busier. */
  get width(): number {
    return fill * (this.lanes.length + 1)
  }

  /** Answers `[rows, width]`; the samples are copied before this returns. */
  async answer(samples: Float32Array, rows: number): Promise<Float32Array> {
    const buffer = this.bufferFor(samples.byteLength)
    const copy = new Float32Array(buffer, 0, samples.length)
    copy.set(samples)
    const idlest = this.lanes.reduce((a, b) => (b.load < a.load ? b : a))
    if (idlest.load >= fill && !this.isBusy) return this.answerHere(copy, rows)
    const ask = { id: this.asked++, samples: buffer, floats: samples.length, rows }
    return idlest.ask(ask, given => this.free.push(given))
  }

  async close(): Promise<void> {
    await Promise.all(this.lanes.map(lane => lane.close()))
    await this.own.close()
  }

  private async answerHere(samples: Float32Array, rows: number): Promise<Float32Array> {
    this.isBusy = true
    try {
      return await answerRows(this.own, this.model, samples, rows)
    } finally {
      this.isBusy = false
      this.free.push(samples.buffer as ArrayBuffer)
    }
  }

  private bufferFor(bytes: number): ArrayBuffer {
    const known = this.free.findIndex(buffer => buffer.byteLength >= bytes)
    return known < 0 ? new ArrayBuffer(bytes) : this.free.splice(known, 1)[0]
  }
}

class Lane {
  readonly ready: Promise<void>
  private readonly worker: Worker
  private readonly exited: Promise<void>
  private readonly pending = new Map<number, Pending & { back(buffer: ArrayBuffer): void }>()

  constructor(workerData: LaneData) {
    const worker = new Worker(entry, { workerData })
    this.worker = worker
    this.exited = new Promise(resolve => worker.once('exit', () => resolve()))
    this.ready = new Promise((resolve, reject) => {
      worker.on('message', (told: LaneTold | LaneReady) => {
        if ('ready' in told) resolve()
        else this.settle(told)
      })
      const end = (error: TemperError) => {
        reject(error)
        for (const asked of this.pending.values()) asked.reject(error)
        this.pending.clear()
      }
      worker.on('error', error => end(errorOf(error as Error)))
      worker.on('exit', () => end(new InternalError('a thread that answers samples ended')))
    })
    this.ready.catch(() => {}) // thrown where it is awaited
  }

  get load(): number {
    return this.pending.size
  }

  ask(ask: LaneAsk, back: (buffer: ArrayBuffer) => void): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      this.pending.set(ask.id, { resolve, reject, back })
      this.worker.postMessage(ask, [ask.samples])
    })
  }

  /** Ends the thread once its session is closed. */
  async close(): Promise<void> {
    this.worker.postMessage('close')
    await this.exited
  }

  private settle({ id, samples, answers, failed }: LaneTold): void {
    const { resolve, reject, back } = this.pending.get(id)!
    this.pending.delete(id)
    back(samples)
    if (failed) reject(errorOf(failed))
    else resolve(new Float32Array(answers!))
  }
}

/** The error again, as far as its class says something here. */
function errorOf({ name, message }: Pick<Error, 'name' | 'message'>): TemperError {
  if (name === 'ModelError') return new ModelError(message)
  return new InternalError(message.replace(/^internal: /, ''))
}
